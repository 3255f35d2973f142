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
	head := p.T("%s can't be completed yet. First:", deal)
	if g.To != "" {
		head = p.T("%s can't go on to *%s* yet. First:", deal, StageName(p, g.Case.Process, g.To))
	}
	buttons := GateButtons(p, g)
	if g.Override {
		buttons = append(buttons, Button("deal.override", fmt.Sprintf("%d:%d:%s", g.Case.Deal.ID, g.Case.Deal.Moves, g.To), p.T("Override…")))
	}
	return toDo(p, g.Case.Process, head, g.Missing), Actions(buttons...)
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

// Before says what has to be done before a stage, or that nothing has: "Before *Demo*: log the discovery call."
func Before(p text.Printer, process *sales.Process, to string, missing []sales.Missing) string {
	switch {
	case to == "" && len(missing) == 0:
		return p.T("Ready to be completed.")
	case to == "":
		return toDo(p, process, p.T("Before it is completed:"), missing)
	case len(missing) == 0:
		return p.T("Ready for *%s*.", StageName(p, process, to))
	}
	return toDo(p, process, p.T("Before *%s*:", StageName(p, process, to)), missing)
}

// toDo is a head with what a gate still asks for: one thing in the same line, several below it.
func toDo(p text.Printer, process *sales.Process, head string, missing []sales.Missing) string {
	if len(missing) == 1 {
		return p.T("%s %s.", head, lower(MissingLine(p, process, missing[0])))
	}
	return Lines(head, MissingList(p, process, missing))
}

// MissingList is what a gate still asks for, a line each.
func MissingList(p text.Printer, process *sales.Process, missing []sales.Missing) string {
	var lines []string
	for _, m := range missing {
		lines = append(lines, "• "+MissingLine(p, process, m))
	}
	return Lines(lines...)
}

// MissingLine is one thing that a gate still asks for, as what to do: "Log the discovery call".
func MissingLine(p text.Printer, process *sales.Process, m sales.Missing) string {
	switch m.Kind {
	case sales.NeedField:
		return p.T("Set the %s", lower(FieldName(p, process, m.Field)))
	case sales.NeedActivity:
		name := lower(ActivityName(p, process, m.Type))
		if m.Want > 1 {
			return p.T("Log the %s: %d of %d so far", name, m.Have, m.Want)
		}
		return p.T("Log the %s", name)
	}
	name := lower(PolicyName(p, process, m.Type))
	switch m.State {
	case sales.Approved:
		return p.T("Request the %s approval again: %s", name, uncovered(p, process, m.Type, m.Shifts, m.Step))
	case sales.Pending:
		return p.T("Wait for the %s approval", name)
	case sales.Rejected:
		return p.T("Request the %s approval again: it was rejected", name)
	case sales.Expired:
		return p.T("Request the %s approval again: it has expired", name)
	case sales.Retracted:
		return p.T("Request the %s approval again: it was withdrawn", name)
	}
	return p.T("Request the %s approval", name)
}
