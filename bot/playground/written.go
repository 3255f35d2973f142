package playground

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// encoded is what is already written as Slack writes it: <@U…>, <#C…|name>, <!here>, <https://…>.
	encoded = `<(?:[@#][A-Z][A-Z0-9]+(?:\|[^<>]*)?|!(?:here|channel|everyone|subteam\^[A-Z0-9]+(?:\|[^<>]*)?)|https?://[^<>\s]+|mailto:[^<>\s]+)>`
	written = regexp.MustCompile(encoded + `|https?://[^\s<>]+|[@#][\pL\pN][\pL\pN._-]*|[&<>]`)
	marked  = regexp.MustCompile(encoded)
	unmark  = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// encodeText writes what a person typed as Slack passes it on: mentions, channels and links as marks, and
// the characters of marks escaped. withNames is the form of commands, <@U…|name>.
func (s *Server) encodeText(text string, withNames bool) string {
	var out strings.Builder
	at := 0
	for _, span := range written.FindAllStringIndex(text, -1) {
		out.WriteString(text[at:span[0]])
		part := text[span[0]:span[1]]
		if before, _ := utf8.DecodeLastRuneInString(text[:span[0]]); part[0] != '@' || !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			part = s.encodePart(part, withNames)
		}
		out.WriteString(part)
		at = span[1]
	}
	return out.String() + text[at:]
}

func (s *Server) encodePart(part string, withNames bool) string {
	switch {
	case part == "&":
		return "&amp;"
	case part == ">":
		return "&gt;"
	case part == "<":
		return "&lt;"
	case part[0] == '@':
		return s.encodeMention(part, withNames)
	case part[0] == '#':
		name := strings.TrimRight(part[1:], ".")
		if c := s.ws.channel(name, ""); c != nil && c.name == name {
			return "<#" + c.id + "|" + c.name + ">" + part[1+len(name):]
		}
	case part[0] == 'h':
		address := strings.TrimRight(part, ".,;:!?)")
		return "<" + strings.ReplaceAll(address, "&", "&amp;") + ">" + part[len(address):]
	case withNames && strings.HasPrefix(part, "<@") && !strings.Contains(part, "|"):
		if u := s.ws.user(part[2 : len(part)-1]); u != nil {
			return "<@" + u.ID + "|" + u.Name + ">"
		}
	}
	return part
}

func (s *Server) encodeMention(part string, withNames bool) string {
	name := strings.TrimRight(part[1:], ".-")
	rest := part[1+len(name):]
	mark := func(open, id, shown string) string {
		if withNames {
			return open + id + "|" + shown + ">" + rest
		}
		return open + id + ">" + rest
	}
	switch {
	case name == "here" || name == "channel" || name == "everyone":
		return "<!" + name + ">" + rest
	case s.app.isNamed(name):
		return mark("<@", s.app.botUser, strings.ToLower(s.app.botName))
	}
	for _, u := range s.ws.users {
		if strings.EqualFold(u.Name, name) {
			return mark("<@", u.ID, u.Name)
		}
	}
	for _, g := range s.ws.groups {
		if strings.EqualFold(g.Handle, name) {
			return mark("<!subteam^", g.ID, "@"+g.Handle)
		}
	}
	return part
}

// richTextOf is the rich text that Slack puts beside a person's message.
func richTextOf(text string) list {
	var out list
	plainPart := func(t string) {
		if t != "" {
			out = append(out, obj{"type": "text", "text": unmark.Replace(t)})
		}
	}
	at := 0
	for _, span := range marked.FindAllStringIndex(text, -1) {
		plainPart(text[at:span[0]])
		body, _, _ := strings.Cut(text[span[0]+1:span[1]-1], "|")
		switch {
		case body[0] == '@':
			out = append(out, obj{"type": "user", "user_id": body[1:]})
		case body[0] == '#':
			out = append(out, obj{"type": "channel", "channel_id": body[1:]})
		case strings.HasPrefix(body, "!subteam^"):
			out = append(out, obj{"type": "usergroup", "usergroup_id": strings.TrimPrefix(body, "!subteam^")})
		case body[0] == '!':
			out = append(out, obj{"type": "broadcast", "range": body[1:]})
		default:
			out = append(out, obj{"type": "link", "url": unmark.Replace(body)})
		}
		at = span[1]
	}
	plainPart(text[at:])
	return out
}
