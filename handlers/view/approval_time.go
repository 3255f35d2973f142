package view

import (
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// until says when the request ends without approval, "" when it does not.
func (a Approval) until(p text.Printer) string {
	k := &sales.Case{Process: a.Process}
	if at := k.Expires(a.Approval); !at.IsZero() {
		return p.T("expires on %s", p.DateTime(at))
	}
	return ""
}

// escalated says since when a step waits and who may decide it besides, "" when it is nobody.
func (a Approval) escalated(p text.Printer, s sales.StepState) string {
	if also := a.Also[s.Key]; len(also) > 0 {
		return ":arrow_up: " + p.T("Waiting since %s, now also with %s.", p.DateTime(time.UnixMilli(s.Opened)), AnyOf(p, also, a.Name))
	}
	return ""
}

// stranded says that too few people are left for a step.
func (a Approval) stranded(p text.Printer, s sales.StepState) string {
	if s.Stranded == 0 {
		return ""
	}
	return ":rotating_light: " + p.T("Too few people are left to decide it. A manager or an admin has to name somebody.")
}

// RoleOf is a role that a step asks for, "" when it names none.
func (a Approval) RoleOf(step string) string {
	if s := a.stateOf(step); len(s.Roles) > 0 {
		return s.Roles[0]
	}
	return ""
}

// stateOf is the step with the key; without anything when there is none.
func (a Approval) stateOf(step string) sales.StepState {
	for _, s := range a.Approval.Steps {
		if s.Key == step {
			return s
		}
	}
	return sales.StepState{}
}

// StrandedMessage tells the reader that too few people are left for a step, and what to do. command gives
// the step's role to somebody.
func (a Approval) StrandedMessage(p text.Printer, step, command string, org *sales.Organisation) (string, []slack.Block) {
	sentence := p.T("The step *%s* of the %s approval for %s can't be decided any more: too few people are left for it.", a.StepName(p, step), lower(a.name(p)), DealName(a.Deal))
	role, groups := a.RoleOf(step), AnyOf(p, a.stateOf(step).Groups, a.Name)
	switch {
	case role != "" && groups != "" && org.Leads(a.Reader):
		sentence = p.Sentences(sentence, p.T("Give somebody else the role %[1]s: `%[2]s` Or add somebody else to the user group %[3]s in Slack.", RoleName(p, org, role), command, groups))
	case role != "" && groups != "":
		sentence = p.Sentences(sentence, p.T("Your manager and the admins know. As soon as enough people are there again, it goes on."))
	case role == "" && groups != "" && org.Leads(a.Reader):
		sentence = p.Sentences(sentence, p.T("Add somebody else to the user group %s in Slack, and it goes on.", groups))
	case role == "" && groups != "":
		sentence = p.Sentences(sentence, p.T("Your manager and the admins know. As soon as somebody else is in the user group %s, it goes on.", groups))
	case role == "":
		sentence = p.Sentences(sentence, p.T("Have an admin name somebody else in the process, then ask again."))
	case org.Leads(a.Reader):
		sentence = p.Sentences(sentence, p.T("Give somebody else the role %s: `%s`", RoleName(p, org, role), command))
	default:
		sentence = p.Sentences(sentence, p.T("Your manager and the admins know. As soon as somebody else has the role %s, it goes on.", RoleName(p, org, role)))
	}
	return sentence, Actions(a.shown(p.T("Show it")))
}

// Reminder is what waits for one person, what has waited longest first.
type Reminder struct {
	Approvals []Approval // to decide
	Questions []AskedQuestion
}

// How much a reminder shows; the rest is behind a button.
const (
	maxReminded          = 8
	maxRemindedQuestions = 4
)

// ReminderMessage is the reminder as a direct message.
func ReminderMessage(p text.Printer, r Reminder) (sentence string, blocks []slack.Block) {
	switch n, q := len(r.Approvals), len(r.Questions); {
	case q == 0:
		sentence = p.N(n, "%d approval waits for you", "%d approvals wait for you")
	case n == 0:
		sentence = p.N(q, "%d question waits for your answer", "%d questions wait for your answer")
	default:
		sentence = p.T("%s, %s", p.N(n, "%d approval waits for you", "%d approvals wait for you"), p.N(q, "%d question waits for your answer", "%d questions wait for your answer"))
	}
	blocks = []slack.Block{Section(":hourglass_flowing_sand: *" + sentence + "*")}
	for _, x := range r.Questions[:min(len(r.Questions), maxRemindedQuestions)] {
		blocks = append(blocks, x.row(p, x.shown(p.T("Open")))) // it may be answered by the time it is read
	}
	for _, x := range r.Approvals[:min(len(r.Approvals), maxReminded)] {
		blocks = append(blocks, ApprovalRow(p, x))
	}
	if more := len(r.Approvals) - maxReminded; more > 0 {
		blocks = append(blocks, Actions(Run("approvals waiting", p.N(more, "%d more approval", "%d more approvals")))...)
	}
	return sentence, fit(blocks)
}
