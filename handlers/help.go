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
		if len(routes) == 1 {
			lines = append(lines, a.usage(c, r))
		} else {
			lines = append(lines, a.brief(c, r))
		}
	}
	reply := say(title, paragraphs(lines)...)
	reply.Blocks = append(reply.Blocks, view.Context(c.T("In a thread or a DM, write %s instead of the slash. %s after any command shows all that it takes.", "`@pipewright …`", "`help`")))
	reply.Text = view.Lines(append([]string{title}, lines...)...)
	return reply
}

// helpAll lists the commands, each with what its own help says first.
func (a *App) helpAll(c *Call) Reply {
	sentence := c.T("I keep track of deals: what you did for them, what they need next, and who has to approve what.")
	var lines []string
	for _, name := range commandNames() {
		i := slices.IndexFunc(routes, func(r Route) bool { return r.Command == name })
		if first := slices.IndexFunc(routes, func(r Route) bool { return r.About == routes[i].About }); first == i { // not another name of the same
			lines = append(lines, c.T("%s: %s", "`/"+a.Prefix+name+" help`", c.T(routes[i].About)))
		}
	}
	reply := say(sentence, paragraphs(lines)...)
	reply.Text = view.Lines(append([]string{sentence}, lines...)...)
	return reply
}

// brief is one route among others: what it does, and what to type for it.
func (a *App) brief(c *Call, r Route) string {
	return view.Lines(c.T(r.About), "`/"+a.Prefix+example(c.Printer, r.Examples[0])+"`")
}

// usage is one route: how it is typed, what it does and all its examples.
func (a *App) usage(c *Call, r Route) string {
	typed := strings.Join(slices.DeleteFunc([]string{r.Command, r.Verb, args(c, r)}, func(s string) bool { return s == "" }), " ")
	lines := []string{"`/" + a.Prefix + typed + "`", c.T(r.About)}
	var examples []string
	for _, e := range r.Examples {
		if e = example(c.Printer, e); e != typed {
			examples = append(examples, "`/"+a.Prefix+e+"`")
		}
	}
	if len(examples) > 0 {
		lines = append(lines, c.T("For example: %s", view.Lines(examples...)))
	}
	if len(r.Also) > 0 {
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
