package sales

import (
	"cmp"
	"slices"
	"time"
)

// Forward is one approver's part of a step that was handed to another of its approvers.
type Forward struct {
	By  string `json:"by"`
	For string `json:"for,omitempty"` // approver in whose place By did it
	To  string `json:"to"`
	At  int64  `json:"at"` // Unix milliseconds
	Why string `json:"why,omitempty"`
}

// approver is the one whose part was handed on.
func (f Forward) approver() string { return cmp.Or(f.For, f.By) }

// passed reports whether the person handed their part of the step on.
func (s StepState) passed(user string) bool {
	return slices.ContainsFunc(s.Forwards, func(f Forward) bool { return f.approver() == user })
}

// Forward hands the person's part of the first waiting step that is theirs to another of its
// approvers, and they are no longer awaited. It refuses as Decide does, and further with
// Invalid "forward.self" and "forward.asker", Conflict "forward.needed" when the step cannot be
// decided without them, and Invalid "forward.not_theirs" with those whom it can be forwarded to.
func (c *Case) Forward(a Approval, f Forward, seen int, now time.Time) (Approval, []Event, error) {
	c = c.at(now)
	a.Steps = slices.Clone(a.Steps)
	s, approver, err := c.stepFor(&a, Decision{By: f.By, Seen: seen})
	if err != nil {
		return a, nil, err
	}
	switch f.To {
	case f.By, approver:
		return a, nil, refuse(Invalid, "forward.self", "id", a.ID)
	case a.Requester:
		return a, nil, refuse(Invalid, "forward.asker", "id", a.ID)
	}
	f.At, f.For = now.UnixMilli(), ""
	if approver != f.By {
		f.For = approver
	}
	before := *s
	s.Forwards = append(slices.Clone(s.Forwards), f)
	if !c.canEnd(a) {
		return a, nil, refuse(Conflict, "forward.needed", "id", a.ID, "step", s.Key)
	}
	if who := c.successors(a, before, *s, approver); !slices.Contains(who, f.To) {
		e := refuse(Invalid, "forward.not_theirs", "id", a.ID, "user", f.To)
		e.Who = who
		return a, nil, e
	}
	a.Version++
	return a, c.event(f.By, now, Forwarded, EventData{Kind: a.Kind, Approval: a.ID, Step: s.Key, User: f.To, Behalf: f.For, Why: f.Why}), nil
}

// Successors returns to whom the person can forward their part of the request now.
func (c *Case) Successors(a Approval, user string, now time.Time) []string {
	c = c.at(now)
	a.Steps = slices.Clone(a.Steps)
	s, approver, err := c.stepFor(&a, Decision{By: user})
	if err != nil {
		return nil
	}
	before := *s
	s.Forwards = append(slices.Clone(s.Forwards), Forward{By: approver})
	if !c.canEnd(a) {
		return nil
	}
	return c.successors(a, before, *s, approver)
}

// successors may decide the step after the approver handed it on, and belong with them: of a step
// that asks one of each, to a slate that the approver would have answered for.
func (c *Case) successors(a Approval, before, after StepState, approver string) []string {
	who := c.mayDecide(a, after)
	if before.Rule != RuleEach {
		return who
	}
	slates := c.as(before, a.Requester, approver)
	return slices.DeleteFunc(who, func(u string) bool {
		return !slices.ContainsFunc(c.as(after, a.Requester, u), func(g string) bool { return slices.Contains(slates, g) })
	})
}

// canEnd reports whether those who are left can decide all steps that wait and, when everybody may
// answer once, those ahead of them as well.
func (c *Case) canEnd(a Approval) bool {
	if distinct(a.Steps) {
		return c.leavesEnough(a.Steps, a.Requester, "", "")
	}
	return !slices.ContainsFunc(a.Waiting(), func(s *StepState) bool { return !c.leavesEnough([]StepState{*s}, a.Requester, "", "") })
}

// unstuck is the request as people are asked about it now: when somebody is missing since parts
// of it were handed on, those who did that are asked again.
func (c *Case) unstuck(a Approval) Approval {
	if !slices.ContainsFunc(a.Steps, func(s StepState) bool { return len(s.Forwards) > 0 }) || c.canEnd(a) {
		return a
	}
	a.Steps = slices.Clone(a.Steps)
	for i := range a.Steps {
		a.Steps[i].Forwards = nil
	}
	return a
}

// step returns the step with the key, which there is.
func (a *Approval) step(key string) *StepState {
	return &a.Steps[slices.IndexFunc(a.Steps, func(s StepState) bool { return s.Key == key })]
}
