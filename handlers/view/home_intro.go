package view

import (
	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Intro shows a new colleague the commands that matter, and the map.
type Intro struct {
	Slash   string // what commands begin with: "/" and the prefix
	Process *sales.Process
	Others  []*sales.Process // beside it
	Quote   string           // the command that asks for an approval, "" when there is none
	Map     bool             // there is a command that shows the map
}

// How much of the map the introduction shows.
const (
	maxIntroStages = 20
	maxIntroWhat   = 90 // characters of what is done in a stage
)

func (i Intro) blocks(p text.Printer) []slack.Block {
	blocks := []slack.Block{
		Header(p.T("Welcome to Pipewright")),
		Section(p.T("I keep track of deals in Slack: what was done, what comes next, and who has to approve what. Three commands are enough:")),
		withButton(p.T("`%s` what you did: a call, a demo, a visit. For example `%s`", i.Slash+"log", i.Slash+p.T("log call acme 25m they want SSO")), Run("log", p.T("Log…"))),
		withButton(p.T("`%s` a deal, and move it on with `%s`. I say what is missing.", i.Slash+"deal new", i.Slash+p.T("deal advance acme")), Run("deal new", p.T("New deal…"))),
	}
	if i.Quote != "" {
		blocks = append(blocks, withButton(p.T("`%s` asks for an approval. Whoever may decide gets a card, and so do you.", i.Slash+i.Quote+" acme"), Run(i.Quote, p.T("Ask…"))))
	}
	blocks = append(blocks, paragraphs(i.stages(p))...)
	var buttons []slack.BlockElement
	if i.Map {
		buttons = append(buttons, Run("process", p.T("Show the whole map")))
	}
	buttons = append(buttons, Run("help", p.T("All commands")), Button("home.intro", "seen", p.T("Got it")))
	return append(append(blocks, Actions(buttons...)...), slack.NewDividerBlock())
}

// stages is the map, a line for each stage.
func (i Intro) stages(p text.Printer) []string {
	lines := []string{p.T("*How a deal goes* (%s)", Name(i.Process.Name.In(p.Lang())))}
	stages := i.Process.Stages
	for n, s := range stages[:min(len(stages), maxIntroStages)] {
		line := p.T("%d. *%s*: %s", n+1, Name(s.Name.In(p.Lang())), text.Plain(text.Truncate(s.What.In(p.Lang()), maxIntroWhat)))
		lines = append(lines, line)
	}
	if more := len(stages) - maxIntroStages; more > 0 {
		lines = append(lines, p.N(more, "… and %d more", "… and %d more"))
	}
	var others []string
	for _, o := range i.Others[:min(len(i.Others), 5)] {
		others = append(others, Name(o.Name.In(p.Lang())))
	}
	if len(others) > 0 {
		lines = append(lines, p.T("There is also: %s.", p.List(others)))
	}
	return lines
}

// withButton is a paragraph with a button beside it.
func withButton(s string, b *slack.ButtonBlockElement) *slack.SectionBlock {
	block := Section(s)
	block.Accessory = slack.NewAccessory(b)
	return block
}

// paragraphs packs lines into as few sections as they fit in.
func paragraphs(lines []string) []slack.Block {
	var out []slack.Block
	packed := ""
	for _, l := range lines {
		if packed != "" && len([]rune(packed))+len([]rune(l)) >= maxSection {
			out, packed = append(out, Section(packed)), ""
		}
		packed = Lines(packed, l)
	}
	if packed != "" {
		out = append(out, Section(packed))
	}
	return out
}
