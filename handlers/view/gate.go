package view

import (
	"fmt"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Gate is what stands between a deal and a stage.
type Gate struct {
	Case     *sales.Case
	To       string // stage; "" is completion
	Missing  []sales.Missing
	Override bool // the reader may pass it all the same
}

// GateAnswer says what is missing, and has a button for everything that can be done about it.
func GateAnswer(p text.Printer, g Gate) (string, []slack.Block) {
	deal := DealName(g.Case.Deal)
	head := p.T("%s can't be completed yet. What is missing:", deal)
	if g.To != "" {
		head = p.T("%s can't go on to *%s* yet. What is missing:", deal, StageName(p, g.Case.Process, g.To))
	}
	buttons := GateButtons(p, g)
	if g.Override {
		buttons = append(buttons, Button("deal.override", fmt.Sprintf("%d:%d:%s", g.Case.Deal.ID, g.Case.Deal.Moves, g.To), p.T("Override…")))
	}
	return Lines(head, MissingList(p, g.Case.Process, g.Missing)), Actions(buttons...)
}

// GateButtons are buttons that do what is missing.
func GateButtons(p text.Printer, g Gate) []slack.BlockElement {
	var out []slack.BlockElement
	d := g.Case.Deal
	for _, m := range g.Missing {
		switch m.Kind {
		case sales.NeedActivity:
			label := p.T("Log the %s", lower(unescaped(ActivityName(p, g.Case.Process, m.Type))))
			out = append(out, Button("activity.form", fmt.Sprintf("%d:%s", d.ID, m.Type), label))
		case sales.NeedField:
			label := p.T("Set the %s", lower(unescaped(FieldName(p, g.Case.Process, m.Field))))
			out = append(out, Button("deal.field", fmt.Sprintf("%d:%s", d.ID, m.Field), label))
		case sales.NeedApproval:
			if m.State == sales.Pending {
				out = append(out, Button("approval.open", fmt.Sprint(m.ID), p.T("Show the %s approval", lower(unescaped(PolicyName(p, g.Case.Process, m.Type))))))
			} else {
				out = append(out, requestButton(p, g.Case, m.Type))
			}
		}
	}
	return out
}

// requestButton opens the form for requesting an approval.
func requestButton(p text.Printer, k *sales.Case, kind string) *slack.ButtonBlockElement {
	label := p.T("Request the %s approval", lower(unescaped(PolicyName(p, k.Process, kind))))
	return Button("approval.form", fmt.Sprintf("%d:%s", k.Deal.ID, kind), label)
}

// MissingList is what a gate still asks for, a line each.
func MissingList(p text.Printer, process *sales.Process, missing []sales.Missing) string {
	var lines []string
	for _, m := range missing {
		lines = append(lines, "• "+MissingLine(p, process, m))
	}
	return Lines(lines...)
}

// MissingLine is one thing that a gate still asks for: "Discovery call: 0 of 1 logged".
func MissingLine(p text.Printer, process *sales.Process, m sales.Missing) string {
	switch m.Kind {
	case sales.NeedField:
		return p.T("%s is not set", FieldName(p, process, m.Field))
	case sales.NeedActivity:
		if m.Want == 1 {
			return p.T("%s has not been logged", ActivityName(p, process, m.Type))
		}
		return p.T("%s: %d of %d logged", ActivityName(p, process, m.Type), m.Have, m.Want)
	}
	name := PolicyName(p, process, m.Type)
	switch m.State {
	case sales.Pending:
		return p.T("%s approval is waiting for a decision", name)
	case sales.Rejected:
		return p.T("%s approval was rejected: ask for a new one", name)
	case sales.Retracted:
		return p.T("%s approval was withdrawn: ask for a new one", name)
	}
	return p.T("%s approval has not been requested", name)
}
