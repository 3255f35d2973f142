package view

import (
	"slices"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Waiting is one step that waits, for whom, and for how long.
type Waiting struct {
	Approval
	Step   sales.Awaited
	For    sales.TurnOf
	Since  time.Time
	Worked time.Duration // working time since then that it waited for its approvers
}

// MaxWaiting is how many steps a message lists; Home shows MaxHomeTeam.
const MaxWaiting = 15

// line says what waits for whom, since when.
func (w Waiting) line(p text.Printer) string {
	who := w.at(w.Step.Step).Awaited(p)
	switch w.For {
	case sales.ForRequester:
		who = p.T("an answer of %s", w.Name(w.Approval.Approval.Requester))
	case sales.ForNobody:
		who = w.missing(p, w.Step.Step)
	}
	worked := p.WorkDuration(w.Worked, w.Process.Calendar.DayLength())
	return Lines(ApprovalLine(p, w.Approval), p.T("%s: waiting for %s since %s (working time: %s)", w.StepName(p, w.Step.Step), who, p.DateTime(w.Since), worked))
}

// absent are those for whom nobody else may answer yet.
func (w Waiting) absent() []string {
	if w.For != sales.ForApprovers {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(w.Step.People), func(u string) bool { return len(w.Step.InPlaceOf(u)) > 0 })
}

// WaitingBlocks list what waits for whom, the longest first, with buttons that open a request and
// delegate for somebody.
func WaitingBlocks(p text.Printer, rows []Waiting, pages Pages) []slack.Block {
	const delegates = 2
	blocks := []slack.Block{Section("*" + p.T("Who waits for whom") + "*")}
	if len(rows) == 0 {
		blocks = append(blocks, Section(p.T("No request waits for anybody.")))
	}
	for _, w := range rows {
		buttons := []slack.BlockElement{w.shown(p.T("Open"))}
		for _, u := range w.absent()[:min(len(w.absent()), delegates)] {
			buttons = append(buttons, DelegateButton(p, u, p.T("Delegate for %s…", text.Truncate(unescaped(w.Name(u)), 24))))
		}
		blocks = append(append(blocks, Section(w.line(p))), Actions(buttons...)...)
	}
	blocks = append(fit(blocks), pages.buttons(p)...)
	return append(blocks, Actions(Run("approvals delegations", p.T("Who decides in whose place")))...)
}

// WaitingRow is a step that waits in Home.
func WaitingRow(p text.Printer, w Waiting) slack.Block {
	s := Section(w.line(p))
	s.Accessory = slack.NewAccessory(w.shown(p.T("Open")))
	return s
}
