package main

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// sees checks that the last act showed its actor that text: a private answer, an
// open form, Home, or a message in their direct messages.
func (s *story) sees(text string) {
	s.t.Helper()
	last := ""
	s.eventually(func() bool {
		last = s.screen()
		return strings.Contains(last, text)
	}, func() { s.failf("%s sees instead:\n%s", s.actor, last) })
}

func (s *story) seesNot(text string) {
	s.t.Helper()
	if shown := s.screen(); strings.Contains(shown, text) {
		s.failf("%s sees:\n%s", s.actor, shown)
	}
}

// screen is what the actor has before them as a result of the last act.
func (s *story) screen() string {
	if v := s.view(s.actor); v != nil {
		return words(v) + "\n" + s.errors
	}
	if s.home {
		return words(asObj(s.ask("home", obj{"user": s.actor})["view"]))
	}
	out := s.errors
	for ts, said := range s.private() {
		if s.before[ts] != said {
			out += said + "\n"
		}
	}
	return out
}

// private is what only the actor sees in the place of the last act, by ts.
func (s *story) private() map[string]string {
	out := map[string]string{}
	threads := []string{""}
	if s.thread != "" {
		threads = append(threads, s.thread)
	}
	for _, thread := range threads {
		for _, m := range s.messages(s.actor, s.place, thread) {
			if m["is_ephemeral"] == true || s.place == "dm" && m["bot_id"] != nil {
				out[str(m["ts"])] = words(m)
			}
		}
	}
	return out
}

// standsIn checks what everybody sees in a channel, or in one thread of it.
func (s *story) standsIn(channel, root, how, text string) {
	s.t.Helper()
	reader := "sam"
	s.stands(how, text, func() []obj {
		thread := ""
		if root != "" {
			for _, m := range s.messages(reader, channel, "") {
				if strings.Contains(words(m), root) {
					thread = str(m["ts"])
				}
			}
			if thread == "" {
				return nil
			}
			return s.messages(reader, channel, thread)[1:]
		}
		return s.messages(reader, channel, "")
	})
}

func (s *story) standsInDM(user, how, text string) {
	s.t.Helper()
	s.stands(how, text, func() []obj { return s.messages(user, "dm", "") })
}

func (s *story) stands(how, text string, read func() []obj) {
	s.t.Helper()
	count := func() (int, string) {
		n, all := 0, ""
		for _, m := range read() {
			if m["is_ephemeral"] == true {
				continue
			}
			all += words(m) + "\n---\n"
			if strings.Contains(words(m), text) {
				n++
			}
		}
		return n, all
	}
	how = strings.TrimSpace(how)
	if how != "" { // a later message could still change the answer
		s.settle()
	}
	last := ""
	s.eventually(func() bool {
		n, all := count()
		last = all
		return how == "" && n > 0 || how == "once" && n == 1 || how == "not" && n == 0
	}, func() { s.failf("there stands:\n%s", last) })
}

// message returns the newest message in the channel that says the text.
func (s *story) message(user, channel, text string) obj {
	s.t.Helper()
	var found obj
	s.eventually(func() bool {
		for _, m := range newestFirst(s.messages(user, channel, "")) {
			if m["is_ephemeral"] != true && strings.Contains(words(m), text) {
				found = m
				return true
			}
		}
		return false
	}, func() { s.failf("no message in #%s says %q", channel, text) })
	return found
}

func (s *story) messages(user, channel, thread string) []obj {
	s.t.Helper()
	q := url.Values{"channel": {channel}}
	if user != "" {
		q.Set("user", user)
	}
	if thread != "" {
		q.Set("thread_ts", thread)
	}
	var out []obj
	for _, m := range asList(s.get("messages", q)["messages"]) {
		out = append(out, asObj(m))
	}
	return out
}

func (s *story) view(user string) obj {
	s.t.Helper()
	return asObj(s.get("view", url.Values{"user": {user}})["view"])
}

func newestFirst(messages []obj) []obj {
	out := slices.Clone(messages)
	slices.Reverse(out)
	return out
}

// element is something that can be clicked.
type element struct {
	action, block string
	value         any
}

// elementIn finds a button, or an option of a menu, by its label.
func elementIn(blocks any, label string) (element, bool) {
	for _, b := range asList(blocks) {
		block := str(asObj(b)["block_id"])
		if e, ok := clickIn(b, label); ok {
			e.block = block
			return e, true
		}
	}
	return element{}, false
}

func clickIn(v any, label string) (element, bool) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			if e, ok := clickIn(inner, label); ok {
				return e, true
			}
		}
	case obj:
		if id := str(v["action_id"]); id != "" {
			if textOf(v["text"]) == label {
				value := any(label)
				if v["value"] != nil {
					value = v["value"]
				}
				return element{action: id, value: value}, true
			}
			for _, o := range asList(v["options"]) {
				if textOf(asObj(o)["text"]) == label {
					return element{action: id, value: label}, true
				}
			}
		}
		for _, inner := range v {
			if e, ok := clickIn(inner, label); ok {
				return e, true
			}
		}
	}
	return element{}, false
}

// words is everything that can be read on a message or view, as a person reads it.
func words(m obj) string {
	var out []string
	collect(m["title"], &out)
	if blocks := asList(m["blocks"]); len(blocks) > 0 {
		collect(blocks, &out)
	} else {
		collect(m["text"], &out)
	}
	return readable(strings.Join(out, "\n"))
}

// collect gathers texts in the order of Slack's own fields, not of a map.
func collect(v any, out *[]string) {
	switch v := v.(type) {
	case string:
		if v != "" {
			*out = append(*out, v)
		}
	case []any:
		for _, inner := range v {
			collect(inner, out)
		}
	case obj:
		for _, key := range []string{"title", "caption", "label", "text", "fields", "hint", "placeholder", "initial_value", "elements", "element", "accessory", "options", "initial_option", "child_blocks", "rows", "chart", "alt_text"} {
			if key == "text" || v[key] == nil {
				if s, ok := v[key].(string); ok && v["type"] != "image" {
					collect(s, out)
					continue
				}
			}
			switch inner := v[key].(type) {
			case string:
				if key != "alt_text" || v["slack_file"] != nil { // what our own pictures say
					collect(inner, out)
				}
			case nil:
			default:
				if key == "rows" || key == "chart" {
					raw, _ := json.Marshal(inner)
					collect(string(raw), out)
					continue
				}
				collect(inner, out)
			}
		}
	}
}

var (
	dates    = regexp.MustCompile(`<!date\^[^|>]*\|([^>]*)>`)
	labelled = regexp.MustCompile(`<[^|<>]*\|([^<>]*)>`)
	people   = strings.NewReplacer("<@"+userAna+">", "@ana", "<@"+userBo+">", "@bo", "<@"+userMia+">", "@mia", "<@"+userRaj+">", "@raj",
		"<@"+userLin+">", "@lin", "<@"+userLeo+">", "@leo", "<@"+userEva+">", "@eva", "<@"+userSam+">", "@sam",
		"<#"+channelDeals+">", "#deals", "<#"+channelNorth+">", "#team-north", "<#"+channelGeneral+">", "#general")
	marks = strings.NewReplacer("*", "", "`", "", "\u200b", "", "&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// readable takes Slack's marks out of a text.
func readable(text string) string {
	text = people.Replace(text)
	text = dates.ReplaceAllString(text, "$1")
	text = labelled.ReplaceAllString(text, "$1")
	return marks.Replace(text)
}

func textOf(v any) string {
	if o, ok := v.(obj); ok {
		return str(o["text"])
	}
	return ""
}

func str(v any) string { s, _ := v.(string); return s }

func num(v any) float64 { n, _ := v.(float64); return n }

func asObj(v any) obj { o, _ := v.(obj); return o }

func asList(v any) []any { l, _ := v.([]any); return l }
