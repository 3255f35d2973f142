package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Pressing is an open deal that needs its owner, with what can be done about it.
type Pressing struct {
	DealRow
	Gate   Gate // what stands between it and the next stage
	Rested bool // its parking has ended, and nobody was told yet
	Next   bool // its next step is due today
	Close  bool // it should close today
}

// maxNext is how many things to do next a pressing deal offers.
const maxNext = 2

// PressingBlocks are the deal, why it needs its owner, and buttons that do something about it.
func PressingBlocks(p text.Printer, x Pressing, name func(user string) string, now time.Time) []slack.Block {
	return append([]slack.Block{Section(x.line(p, name, now))}, Actions(x.buttons(p)...)...)
}

func (x Pressing) line(p text.Printer, name func(user string) string, now time.Time) string {
	lines := []string{DealLine(p, x.DealRow, name, now)}
	if x.Rested {
		lines = append(lines, ":alarm_clock: "+p.T("It was parked until %s: time to take it up again.", p.DateShort(x.Deal.Parked, now)))
	}
	if x.Next {
		lines = append(lines, ":calendar: "+p.T("Today: %s", Note(x.Deal.NextStep)))
	}
	if x.Close {
		lines = append(lines, ":calendar: "+p.T("It should close today."))
	}
	return Lines(lines...)
}

// buttons do the next thing for each reason, the most pressing first; the last shows the deal.
func (x Pressing) buttons(p text.Printer) []slack.BlockElement {
	next := x.next(p)
	var out []slack.BlockElement
	for i, b := range next[:min(len(next), maxNext)] {
		if i == 0 {
			b.WithStyle(slack.StylePrimary)
		}
		out = append(out, b)
	}
	return append(out, Button("deal.open", fmt.Sprint(x.Deal.ID), p.T("Show")))
}

func (x Pressing) next(p text.Printer) []*slack.ButtonBlockElement {
	id := fmt.Sprint(x.Deal.ID)
	var out []*slack.ButtonBlockElement
	if x.Rested {
		out = append(out, Run("deal resume "+x.Deal.Ref(), p.T("Resume")))
	}
	for _, a := range x.Alerts {
		switch a {
		case sales.NextPast:
			out = append(out, Button("deal.plan", id, p.T("Next step…")))
		case sales.ClosePast:
			out = append(out, Button("deal.field", id+":close", p.T("Close date…")))
		case sales.OverTarget:
			if b := x.onward(p); b != nil {
				out = append(out, b)
			}
		case sales.Quiet:
			if !slices.ContainsFunc(out, func(b *slack.ButtonBlockElement) bool { return b.ActionID == "activity.form" }) {
				out = append(out, Button("activity.form", id, p.T("Log…")))
			}
		}
	}
	return out
}

// onward moves the deal on, or does the first thing that is missing for that; nil
// when others have to do it.
func (x Pressing) onward(p text.Printer) *slack.ButtonBlockElement {
	if len(x.Gate.Missing) == 0 {
		d := Deal{Case: x.Gate.Case}
		return Button("deal.advance", fmt.Sprintf("%d:%d", x.Deal.ID, x.Deal.Moves), d.forward(p))
	}
	for _, e := range GateButtons(p, x.Gate) {
		if b, ok := e.(*slack.ButtonBlockElement); ok && b != nil {
			return b
		}
	}
	return nil
}
