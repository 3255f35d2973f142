package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/text"
)

// Nudge is a reminder to one person, or a summary of their day.
type Nudge struct {
	Deals     []Pressing // that need the person
	Total     int        // how many need them, those that are not shown included
	New       int        // how many of them for a new reason, since there was a nudge before; 0 says nothing of it
	Daily     bool       // a summary, which also shows what follows
	Approvals []Approval // that the person may decide
	Waiting   int        // how many they are, those that are not shown included
	Today     []Pressing // others with a next step or a close date today
	Open      int        // open deals of the person
	Now       time.Time
}

// How much a nudge shows; the rest is behind a button.
const (
	MaxNudged          = 5
	MaxNudgedApprovals = 4
	maxNudgedToday     = 5
)

// How long a nudge can be put off.
const (
	SnoozeTomorrow = "tomorrow"
	SnoozeWeek     = "week"
)

// NudgeMessage is the reminder as a direct message.
func NudgeMessage(p text.Printer, n Nudge) (sentence string, blocks []slack.Block) {
	sentence = n.lead(p)
	blocks = append([]slack.Block{Section("*" + sentence + "*")}, n.waiting(p)...)
	for _, x := range n.Deals {
		blocks = append(blocks, PressingBlocks(p, x, nil, n.Now)...)
	}
	if more := n.Total - len(n.Deals); more > 0 {
		blocks = append(blocks, Actions(Button("deal.list", "0:mine", p.N(more, "%d more deal", "%d more deals")))...)
	}
	blocks = append(blocks, n.today(p)...)
	blocks = append(blocks, Actions(
		Button("nudge.snooze", SnoozeTomorrow, p.T("Remind me tomorrow")), Button("nudge.snooze", SnoozeWeek, p.T("Remind me next week")),
		Button("nudge.mute", "", p.T("No more reminders")),
	)...)
	return Lines(sentence, n.names()), fit(blocks)
}

// lead says how much there is to do.
func (n Nudge) lead(p text.Printer) string {
	var parts []string
	if n.Waiting > 0 {
		parts = append(parts, p.N(n.Waiting, "%d approval waits for you", "%d approvals wait for you"))
	}
	if n.Total > 0 {
		s := p.N(n.Total, "%d deal needs you", "%d deals need you")
		if n.New > 0 && n.New < n.Total {
			s = p.N(n.Total, "%d deal needs you (%d new)", "%d deals need you (%d new)", n.New)
		}
		parts = append(parts, s)
	}
	if len(n.Today) > 0 {
		parts = append(parts, p.N(len(n.Today), "%d thing is due today", "%d things are due today"))
	}
	if len(parts) == 0 {
		return p.N(n.Open, "Nothing is due: %d open deal is on its way", "Nothing is due: %d open deals are on their way")
	}
	if !n.Daily {
		return strings.Join(parts, p.T(", "))
	}
	return p.T("%s: %s", p.Weekday(n.Now), strings.Join(parts, p.T(", ")))
}

// names lists the deals, for notifications and screen readers.
func (n Nudge) names() string {
	var out []string
	for _, x := range n.Deals {
		out = append(out, Name(x.Deal.Name)+" ("+x.Deal.Ref()+")")
	}
	return strings.Join(out, ", ")
}

func (n Nudge) waiting(p text.Printer) []slack.Block {
	var blocks []slack.Block
	for _, a := range n.Approvals {
		blocks = append(blocks, ApprovalRow(p, a))
	}
	if more := n.Waiting - len(n.Approvals); more > 0 {
		blocks = append(blocks, Actions(Run("approvals waiting", p.N(more, "%d more approval", "%d more approvals")))...)
	}
	return blocks
}

// today is what falls due in the course of the day.
func (n Nudge) today(p text.Printer) []slack.Block {
	if len(n.Today) == 0 {
		return nil
	}
	blocks := []slack.Block{Section("*" + p.T("Due today") + "*")}
	for _, x := range n.Today[:min(len(n.Today), maxNudgedToday)] {
		blocks = append(blocks, withButton(x.line(p, nil, n.Now), Button("deal.open", fmt.Sprint(x.Deal.ID), p.T("Show"))))
	}
	if more := len(n.Today) - maxNudgedToday; more > 0 {
		blocks = append(blocks, Context(p.N(more, "%d more", "%d more")))
	}
	return blocks
}
