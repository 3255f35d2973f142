package view

import (
	"fmt"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// ApprovalEnded is what the requester is told when a request has ended.
type ApprovalEnded struct {
	Approval
	Case    *sales.Case
	Missing []sales.Missing // for the next stage
}

// EndedMessage says how a request ended, and has a button for what comes next:
// "Advance now", or asking again.
func EndedMessage(p text.Printer, e ApprovalEnded) (string, []slack.Block) {
	name, deal := lower(e.name(p)), DealName(e.Case.Deal)
	d, _ := e.LastDecision()
	switch e.Approval.Approval.State {
	case sales.Approved:
		sentence := p.T("%s approved your %s for %s.", e.who(p, d), name, deal)
		if d.Comment != "" {
			sentence += " “" + Note(d.Comment) + "”"
		}
		return e.next(p, sentence)
	case sales.Rejected:
		return p.T("%s rejected your %s for %s: “%s”", e.who(p, d), name, deal, Note(d.Comment)), e.askAgain(p)
	case sales.Expired:
		return p.T("Your %s approval for %s has expired: nobody decided in time, so nothing is approved. You can ask again.", name, deal), e.askAgain(p)
	}
	sentence := p.T("Your %s approval for %s was withdrawn.", name, deal)
	if e.EndedBy != "" {
		sentence = p.T("%s withdrew your %s approval for %s.", e.Name(e.EndedBy), name, deal)
	}
	return sentence, Actions(Button("deal.open", fmt.Sprint(e.Case.Deal.ID), p.T("Show the deal")))
}

// askAgain are the buttons for a request that ended without approval.
func (e ApprovalEnded) askAgain(p text.Printer) []slack.Block {
	return Actions(
		Button("approval.form", fmt.Sprintf("%d:%s", e.Case.Deal.ID, e.Approval.Approval.Kind), p.T("Ask again…")),
		Button("deal.open", fmt.Sprint(e.Case.Deal.ID), p.T("Show the deal")))
}

// next adds what the deal still needs, or the way on.
func (e ApprovalEnded) next(p text.Printer, sentence string) (string, []slack.Block) {
	d := Deal{Case: e.Case}
	if !d.working() {
		return sentence, nil
	}
	show := Button("deal.open", fmt.Sprint(e.Case.Deal.ID), p.T("Show the deal"))
	if len(e.Missing) > 0 {
		to, _ := d.following()
		buttons := append(GateButtons(p, Gate{Case: e.Case, Missing: e.Missing}), show)
		return cutText(Lines(sentence, Before(p, e.Case.Process, to.Key, e.Missing)), maxSection), Actions(buttons...)
	}
	return sentence, Actions(Primary("deal.advance", ids(&e.Case.Deal), p.T("Advance now")), show)
}
