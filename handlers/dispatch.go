package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
)

// dispatch hands the intent to what answers it.
func (a *App) dispatch(ctx context.Context, c *Call) (Reply, error) {
	name, _, _ := strings.Cut(c.Name, ":") // buttons that share an action are numbered
	switch c.Kind {
	case Command:
		return a.command(ctx, c)
	case Mention:
		if c.Thread != "" && Assents(c.Text) {
			if r, err := a.assent(ctx, c); err != nil || !r.Empty() {
				return r, err
			}
		}
		if r, done, err := a.answerInThread(ctx, c); done || err != nil {
			return r, err
		}
		a.address(c)
		return a.command(ctx, c)
	case Action:
		r, err := a.by(ctx, c, func(b book) map[string]handler { return b.actions }, name)
		return c.distinct(r), err
	case Submission:
		return a.by(ctx, c, func(b book) map[string]handler { return b.submissions }, name)
	case Shortcut:
		return a.by(ctx, c, func(b book) map[string]handler { return b.shortcuts }, name)
	case Options:
		return a.by(ctx, c, func(b book) map[string]handler { return b.options }, name)
	}
	h, ok := find(func(b book) map[string]handler { return b.events }, name)
	if !ok {
		return Reply{}, nil
	}
	return h(a, ctx, c)
}

func (a *App) by(ctx context.Context, c *Call, pick func(book) map[string]handler, name string) (Reply, error) {
	h, ok := find(pick, name)
	if !ok {
		return Reply{}, sales.Refuse(sales.NotFound, "button.old")
	}
	return h(a, ctx, c)
}

// coreBook holds what belongs to no noun.
func coreBook() book {
	return book{
		actions: map[string]handler{
			"run":      (*App).run,
			"run.sure": (*App).run,
			"link":     func(*App, context.Context, *Call) (Reply, error) { return Reply{}, nil },
			"dismiss":  func(_ *App, _ context.Context, c *Call) (Reply, error) { return c.dismissed(), nil },
		},
		submissions: map[string]handler{
			"notice": func(*App, context.Context, *Call) (Reply, error) { return Reply{Clear: true}, nil },
		},
		refusals: coreRefusals,
	}
}

// run does what a button with a command line says, as if it had been typed.
func (a *App) run(ctx context.Context, c *Call) (Reply, error) {
	c.Sure = strings.HasPrefix(c.Name, "run.sure")
	c.Name, c.Text, _ = strings.Cut(c.Value, " ")
	return a.command(ctx, c)
}

// dismissed takes a question away.
func (c *Call) dismissed() Reply {
	if c.View.ID != "" {
		return Reply{Modal: view.Notice(c.Printer, c.T("Done"), c.T("Nothing was changed."))}
	}
	return Reply{Delete: true}
}

// command finds the route of a command line and runs it.
func (a *App) command(ctx context.Context, c *Call) (Reply, error) {
	words := split(c.Text)
	commands := commandNames()
	if c.Name == "help" || len(words) > 0 && words[0].is(helpWord...) {
		return a.help(c, words), nil
	}
	if !slices.Contains(commands, c.Name) {
		return a.unknown(c, c.Name, commands), nil
	}
	c.asked = c.line()
	first := ""
	if len(words) > 0 && !words[0].Quoted {
		first = words[0].Text
	}
	route, ok := verb(c.Name, first)
	if ok && first != "" {
		c.gap, c.Words = words[0].End, words[1:]
		if len(c.Words) == 1 && c.Words[0].is(helpWord...) {
			return a.help(c, words[:1]), nil
		}
		return a.form(c)(route.Run(a, ctx, c))
	}
	if route, ok = verb(c.Name, ""); !ok {
		return a.misspelt(c, words), nil
	}
	c.gap, c.Words = 0, words
	reply, err := a.form(c)(route.Run(a, ctx, c))
	if e := (*sales.Error)(nil); first != "" && (len(c.within) > 0 || errors.As(err, &e) && e.Kind == sales.NotFound) {
		if near, ok := nearest(first, verbsOf(c.Name)); ok {
			return a.meant(c, c.with(words[:1], near), c.others(words[:1])...), nil
		}
	}
	return reply, err
}

// others are the deals that the words may have meant instead.
func (c *Call) others(words []Word) []slack.BlockElement {
	const most = 3
	var out []slack.BlockElement
	for _, d := range c.within[:min(len(c.within), most)] {
		out = append(out, view.Run(c.with(words, d.Ref()), d.Name))
	}
	return out
}

// form puts a button in the place of a form that cannot be opened, since nobody
// clicked anything: a mention has no trigger.
func (a *App) form(c *Call) func(Reply, error) (Reply, error) {
	return func(r Reply, err error) (Reply, error) {
		if err != nil || r.Modal == nil || c.Trigger != "" {
			return r, err
		}
		sentence := c.T("One tap opens the form: Slack lets me do that only after a click.")
		return say(sentence, view.Actions(view.Run(c.line(), c.T("Open the form")))...), nil
	}
}

// say is an answer of one sentence and, below it, what more there is.
func say(sentence string, more ...slack.Block) Reply {
	return Reply{Text: sentence, Blocks: append([]slack.Block{view.Section(sentence)}, more...)}
}

// commandWords are other names of commands, for mentions.
var commandWords = map[string][]string{
	"deal": {"deals", "商机", "交易"}, "log": {"记录", "记"}, "quote": {"报价"}, "contract": {"合同"}, "approval": {"审批"},
	"approvals": {"待审批", "我的审批"},
	"process":   {"流程"}, "report": {"reports", "报表", "报告"}, "help": append(slices.Clone(helpWord), "hi", "hello", "hey", "你好", "您好"),
}

// address reads a mention: the command in front, with or without its slash, or
// else the words of /deal.
func (a *App) address(c *Call) {
	s := strings.TrimSpace(c.Text)
	if a.Bot != "" {
		s = strings.TrimSpace(strings.TrimPrefix(s, "<@"+a.Bot+">"))
	}
	c.Name, c.Text = "deal", s
	words := split(s)
	if len(words) == 0 {
		c.Name = "help"
		return
	}
	name := strings.ToLower(strings.TrimPrefix(words[0].Text, "/"))
	name = strings.TrimPrefix(name, a.Prefix)
	for _, command := range append(commandNames(), "help") {
		if name == command || words[0].is(commandWords[command]...) {
			c.Name, c.Text = command, strings.TrimSpace(s[words[0].End:])
			return
		}
	}
}

// commandNames lists the commands that there are, in the order of help.
func commandNames() []string {
	var out []string
	for _, r := range routes {
		if !slices.Contains(out, r.Command) {
			out = append(out, r.Command)
		}
	}
	return out
}

// verbsOf lists the words that a command understands, its own before the others.
func verbsOf(command string) []string {
	var own, also []string
	for _, r := range routes {
		if r.Command == command && r.Verb != "" {
			own, also = append(own, r.Verb), append(also, r.Also...)
		}
	}
	return append(own, also...)
}

// misspelt answers a word that the command does not know.
func (a *App) misspelt(c *Call, words []Word) Reply {
	if len(words) == 0 {
		return a.help(c, nil)
	}
	if near, ok := nearest(words[0].Text, verbsOf(c.Name)); ok {
		return a.meant(c, c.with(words[:1], near))
	}
	sentence := c.T("I don't know “%s” here. This is what there is:", view.Name(words[0].Text))
	help := a.help(c, nil)
	return say(sentence, help.Blocks...)
}

// unknown answers a command that there is not.
func (a *App) unknown(c *Call, name string, commands []string) Reply {
	if near, ok := nearest(name, commands); ok {
		return a.meant(c, strings.TrimSpace(near+" "+c.Text))
	}
	return a.help(c, nil)
}

// meant offers the nearest right command, and perhaps others.
func (a *App) meant(c *Call, line string, others ...slack.BlockElement) Reply {
	sentence := c.T("Did you mean `%s`?", a.slash(line))
	buttons := append([]slack.BlockElement{view.Run(line, c.T("Yes, do that"))}, others...)
	return say(sentence, view.Actions(append(buttons, view.Button("dismiss", "", c.T("No")))...)...)
}

// slash is a command line as somebody would type it, fit to stand in code marks.
func (a *App) slash(line string) string {
	return "/" + a.Prefix + view.Literal(readable(line))
}
