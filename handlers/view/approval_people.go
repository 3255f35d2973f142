package view

import (
	"slices"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// inPlaceOf names somebody who acts in an approver's place.
func inPlaceOf(p text.Printer, who, approver string) string { return p.T("%s for %s", who, approver) }

// who is who answered, and in whose place.
func (a Approval) who(p text.Printer, d sales.Decision) string {
	if d.For == "" {
		return a.Name(d.By)
	}
	return inPlaceOf(p, a.Name(d.By), a.Name(d.For))
}

// awaitedOne names one of those who are awaited, with who may answer in their place.
func (a Approval) awaitedOne(p text.Printer, w sales.Awaited, user string) string {
	others := w.InPlaceOf(user)
	if len(others) == 0 {
		return a.Name(user)
	}
	return p.T("%s (delegate: %s)", a.Name(user), AnyOf(p, others, a.Name))
}

// standsIn tells the reader in whose place they decide, "" when it is their own.
func (a Approval) standsIn(p text.Printer) string {
	for _, w := range a.Awaiting {
		if slices.Contains(w.People, a.Reader) {
			return ""
		}
		for _, s := range w.StandIns {
			if s.Who == a.Reader {
				return p.T("You decide in the place of %s.", a.Name(s.For))
			}
		}
	}
	return ""
}

// forwards says who handed their part of the step to whom.
func (a Approval) forwards(p text.Printer, s sales.StepState) string {
	const most = 3
	var lines []string
	for _, f := range s.Forwards[max(0, len(s.Forwards)-most):] {
		who := a.Name(f.By)
		if f.For != "" {
			who = inPlaceOf(p, who, a.Name(f.For))
		}
		line := ":arrow_right_hook: " + p.T("*%s*: %s forwarded it to %s on %s", a.StepName(p, s.Key), who, a.Name(f.To), p.DateTime(time.UnixMilli(f.At)))
		if f.Why != "" {
			line += " “" + Note(f.Why) + "”"
		}
		lines = append(lines, line)
	}
	return Lines(lines...)
}

// ForwardForm asks to whom a request is forwarded.
func ForwardForm(p text.Printer, a Approval, who []string) *slack.ModalViewRequest {
	var options []*slack.OptionBlockObject
	for _, u := range who {
		options = append(options, Option(u, Unmarked(a.Name(u))))
	}
	initial := ""
	if len(who) == 1 {
		initial = who[0]
	}
	return Modal(p, "approval.forward", ApprovalSeen(a.Approval), p.T("Forward"), p.T("Forward"), []slack.Block{
		Section(p.T("*%s approval* for %s", a.name(p), DealName(a.Deal))),
		Input("approval.to", p.T("To whom?"), p.T("They are asked in your place, and you no longer are."), false, Select("approval.to", p.T("Choose a person"), initial, options)),
		Input("approval.why", p.T("Because"), p.T("It stands on the card and in the deal's history."), true, TextInput("approval.why", "", "", true)),
	})
}
