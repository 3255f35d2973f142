package handlers

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/text"
)

// help says what there is to type: everything, one command, or one verb of it.
func (a *App) help(c *Call, words []Word) Reply {
	words = slices.DeleteFunc(slices.Clone(words), func(w Word) bool { return w.is(helpWord...) })
	if !slices.Contains(commandNames(), c.Name) {
		return a.helpAll(c)
	}
	routes := slices.DeleteFunc(Routes(), func(r Route) bool { return r.Command != c.Name })
	if len(words) > 0 {
		if one, ok := verb(c.Name, words[0].Text); ok {
			routes = []Route{one}
		}
	}
	title := c.T("How to use %s", "`/"+a.Prefix+c.Name+"`")
	lines := make([]string, 0, len(routes))
	for _, r := range routes {
		lines = append(lines, a.usage(c, r, len(routes) == 1))
	}
	reply := say(title, paragraphs(lines)...)
	reply.Blocks = append(reply.Blocks, view.Context(c.T("In a thread or a DM, write %s instead of the slash. %s after any command shows how it is used.", "`@pipewright …`", "`help`")))
	reply.Text = view.Lines(append([]string{title}, lines...)...)
	return reply
}

// helpAll lists the commands, each with what its own help says first.
func (a *App) helpAll(c *Call) Reply {
	sentence := c.T("I keep track of deals: what you did for them, what they need next, and who has to approve what.")
	var lines []string
	for _, name := range commandNames() {
		for _, r := range routes {
			if r.Command == name {
				lines = append(lines, c.T("%s: %s", "`/"+a.Prefix+name+" help`", c.T(r.About)))
				break
			}
		}
	}
	reply := say(sentence, paragraphs(lines)...)
	reply.Text = view.Lines(append([]string{sentence}, lines...)...)
	return reply
}

// usage is one route: how it is typed, what it does and, when wanted, all its examples.
func (a *App) usage(c *Call, r Route, all bool) string {
	typed := strings.Join(slices.DeleteFunc([]string{r.Command, r.Verb, args(c, r)}, func(s string) bool { return s == "" }), " ")
	lines := []string{"`/" + a.Prefix + typed + "`", c.T(r.About)}
	examples := r.Examples
	if !all && len(examples) > 1 {
		examples = examples[:1]
	}
	for _, e := range examples {
		lines = append(lines, c.T("For example: %s", "`/"+a.Prefix+example(c.Printer, e)+"`"))
	}
	if all && len(r.Also) > 0 {
		lines = append(lines, c.T("Also: %s", strings.Join(r.Also, ", ")))
	}
	return view.Lines(lines...)
}

// example is an example for the reader. A single word is a command, which has one name.
func example(p text.Printer, line string) string {
	if !strings.Contains(line, " ") {
		return line
	}
	return p.T(line)
}

func args(c *Call, r Route) string {
	if r.Args == "" {
		return ""
	}
	return c.T(r.Args)
}

// paragraphs packs texts into as few sections as Slack's limits allow.
func paragraphs(texts []string) []slack.Block {
	const most = 2500
	var out []slack.Block
	packed := ""
	for _, t := range texts {
		if packed != "" && len(packed)+len(t) > most {
			out, packed = append(out, view.Section(packed)), ""
		}
		if packed != "" {
			packed += "\n\n"
		}
		packed += t
	}
	if packed != "" {
		out = append(out, view.Section(packed))
	}
	return out
}
