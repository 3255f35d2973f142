package view

import (
	"strings"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
)

// Intro shows a new colleague the commands that matter, and the map.
type Intro struct {
	Slash   string // what commands begin with: "/" and the prefix
	Process *sales.Process
	Others  []*sales.Process // beside it
	Quote   string           // the command that asks for an approval, "" when there is none
	Map     bool             // there is a command that shows the map
	Picture *reports.Picture // of the map, may be nil
}

// How much of the map the introduction shows.
const (
	maxIntroStages = 20
	maxIntroOthers = 5
)

func (i Intro) blocks(p text.Printer) []slack.Block {
	blocks := []slack.Block{
		Header(p.T("Welcome to Pipewright")),
		Section(p.T("I keep track of deals in Slack: what was done, what comes next, and who has to approve what. Three commands are enough:")),
		withButton(p.T("`%s` what you did: a call, a demo, a visit. For example `%s`", i.Slash+"log", i.Slash+p.T("log call acme 25m they want SSO")), Run("log", p.T("Log…"))),
		withButton(p.T("`%s` a deal, and move it on with `%s`. I say what is missing.", i.Slash+"deal new", i.Slash+p.T("deal advance acme")), Run("deal new", p.T("New deal…"))),
	}
	if i.Quote != "" {
		blocks = append(blocks, withButton(p.T("`%s` asks for an approval. Whoever may decide gets a card, and so do you.", i.Slash+i.Quote+" "+p.T("acme")), Run(i.Quote, p.T("Ask…"))))
	}
	blocks = append(blocks, Section(i.stages(p)))
	if i.Picture != nil {
		blocks = append(blocks, *i.Picture)
	}
	var buttons []slack.BlockElement
	if i.Map {
		buttons = append(buttons, Run("process", p.T("Show the whole map")))
	}
	buttons = append(buttons, Run("help", p.T("All commands")), Button("home.intro", "seen", p.T("Got it")))
	return append(append(blocks, Actions(buttons...)...), slack.NewDividerBlock())
}

// stages is the map in a few lines: the stages in their order, and which other processes there are.
func (i Intro) stages(p text.Printer) string {
	var names, others []string
	for _, s := range i.Process.Stages[:min(len(i.Process.Stages), maxIntroStages)] {
		names = append(names, Name(s.Name.In(p.Lang())))
	}
	if len(i.Process.Stages) > maxIntroStages {
		names = append(names, "…")
	}
	lines := []string{p.T("*How a deal goes* (%s)", Name(i.Process.Name.In(p.Lang()))), strings.Join(names, " → ")}
	for _, o := range i.Others[:min(len(i.Others), maxIntroOthers)] {
		others = append(others, Name(o.Name.In(p.Lang())))
	}
	if len(others) > 0 {
		lines = append(lines, p.T("There is also: %s.", p.List(others)))
	}
	return Lines(lines...)
}

// withButton is a paragraph with a button beside it.
func withButton(s string, b *slack.ButtonBlockElement) *slack.SectionBlock {
	block := Section(s)
	block.Accessory = slack.NewAccessory(b)
	return block
}
