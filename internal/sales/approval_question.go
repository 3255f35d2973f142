package sales

import (
	"slices"
	"time"
)

// Question is what an approver wants to know of the requester before deciding. While one is
// open the request's clock stands: nobody is reminded, nothing escalates or expires.
type Question struct {
	Step   string `json:"step"`
	By     string `json:"by"`
	Text   string `json:"text"`
	At     int64  `json:"at"` // Unix milliseconds
	Answer string `json:"answer,omitempty"`
	Who    string `json:"who,omitempty"`    // answered; "" when a decision or a change ended it
	Closed int64  `json:"closed,omitempty"` // when the clock went on, Unix milliseconds; 0 while it is open
}

// Open reports whether the request waits for an answer to the question.
func (q Question) Open() bool { return q.Closed == 0 }

// OpenQuestions returns the numbers, from 1, of the questions that wait for an answer.
func (a *Approval) OpenQuestions() []int {
	var out []int
	for i, q := range a.Questions {
		if a.State == Pending && q.Open() {
			out = append(out, i+1)
		}
	}
	return out
}

// Ask puts a question of somebody who may decide to the requester. It refuses with
// NotAllowed (the requester, or who is not asked), those of Decide for who comes too late, and Invalid
// "approval.no_question" without a text.
func (c *Case) Ask(a Approval, actor, question string, now time.Time) (Approval, []Event, error) {
	step, err := c.at(now).stepOf(&a, actor)
	if err != nil {
		return a, nil, err
	}
	if question == "" {
		return a, nil, refuse(Invalid, "approval.no_question")
	}
	a.Questions = append(slices.Clone(a.Questions), Question{Step: step, By: actor, Text: question, At: now.UnixMilli()})
	a.Version++
	return a, c.event(actor, now, Asked, EventData{Kind: a.Kind, Approval: a.ID, Step: step, Note: question, Question: len(a.Questions)}), nil
}

// stepOf returns the step that waits for the person, or why there is none.
func (c *Case) stepOf(a *Approval, actor string) (string, error) {
	if a.State == Pending && actor == a.Requester {
		return "", refuse(NotAllowed, "approval.own_question", "id", a.ID)
	}
	s, _, err := c.stepFor(a, Decision{By: actor})
	if err != nil {
		return "", err
	}
	return s.Key, nil
}

// Answer answers the question with the number, or with 0 the only one that is open: the
// requester, or who may work the deal. Conflict "approval.no_open_question" when none is, Ambiguous
// "approval.which_question" when several are, Conflict "approval.question_over" when somebody was
// faster, Invalid "approval.no_answer" without a text.
func (c *Case) Answer(a Approval, actor string, number int, answer string, now time.Time) (Approval, []Event, error) {
	number, err := c.MayAnswer(a, actor, number)
	if err != nil {
		return a, nil, err
	}
	if answer == "" {
		return a, nil, refuse(Invalid, "approval.no_answer")
	}
	a.Questions = slices.Clone(a.Questions)
	q := &a.Questions[number-1]
	q.Answer, q.Who, q.Closed = answer, actor, now.UnixMilli()
	a.Version++
	return a, c.event(actor, now, Answered, EventData{Kind: a.Kind, Approval: a.ID, Step: q.Step, Note: answer, Question: number, User: q.By}), nil
}

// MayAnswer returns which question the person may answer now; see Answer.
func (c *Case) MayAnswer(a Approval, actor string, number int) (int, error) {
	if a.State != Pending {
		return 0, refuse(Conflict, "approval.decided", "id", a.ID, "state", string(a.State))
	}
	if actor != a.Requester {
		if err := c.mayWork(actor); err != nil {
			return 0, err
		}
	}
	open := a.OpenQuestions()
	switch {
	case number > 0 && slices.Contains(open, number):
		return number, nil
	case number > 0 && number <= len(a.Questions):
		return 0, refuse(Conflict, "approval.question_over", "id", a.ID, "question", number)
	case len(open) == 0:
		return 0, refuse(Conflict, "approval.no_open_question", "id", a.ID)
	case len(open) > 1:
		return 0, refuse(Ambiguous, "approval.which_question", "id", a.ID)
	}
	return open[0], nil
}

// Answerers are those whom an open question waits for: the requester or, when they have left,
// the deal's owner or the requester's manager.
func (c *Case) Answerers(a Approval) []string {
	for _, u := range []string{a.Requester, c.Deal.Owner} {
		if u != "" && !c.Org.isGone(u) {
			return []string{u}
		}
	}
	return c.Org.ManagersOf(a.Requester)
}

// settle ends the questions of somebody who has decided, and all of a step that does not
// wait any more: what they asked is of no use now.
func (a *Approval) settle(decided string, now time.Time) {
	a.Questions = slices.Clone(a.Questions)
	for i := range a.Questions {
		q := &a.Questions[i]
		asks := slices.ContainsFunc(a.Waiting(), func(s *StepState) bool { return s.Key == q.Step && s.Opened <= q.At })
		if q.Open() && (!asks || decided != "" && q.By == decided) {
			q.Closed = now.UnixMilli()
		}
	}
}
