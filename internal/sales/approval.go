package sales

import (
	"slices"
	"time"
)

// ApprovalState is where a request stands.
type ApprovalState string

const (
	Pending   ApprovalState = "pending"
	Approved  ApprovalState = "approved"
	Rejected  ApprovalState = "rejected"
	Retracted ApprovalState = "withdrawn"
	Expired   ApprovalState = "expired" // nobody decided in time
)

// Verdict is one person's answer.
type Verdict string

const (
	Approve Verdict = "approve"
	Reject  Verdict = "reject"
)

// Approval is one request under a policy. Its steps are decided in order, those that are
// parallel at the same time.
type Approval struct {
	ID        int64
	Deal      int64
	Episode   int
	Kind      string
	Version   int // grows with every change; buttons carry it
	Requester string
	At        time.Time
	Form      map[string]string // canonical form, by field key
	Facts     map[string]string // what the deal said of the fields that bind the request, when it was asked for or followed the deal last
	State     ApprovalState
	Steps     []StepState
	Ended     time.Time
	Map       int // version of the process whose policy rules it
	Expire    Days
	Questions []Question // that approvers asked the requester, in order
}

// StepStatus is where one step stands.
type StepStatus string

const (
	StepAhead    StepStatus = "ahead"   // earlier steps come first
	StepWaiting  StepStatus = "waiting" // it can be decided now
	StepApproved StepStatus = "approved"
	StepRejected StepStatus = "rejected"
	StepSkipped  StepStatus = "skipped" // its condition does not hold
)

// StepState is one step of a request.
type StepState struct {
	Key       string     `json:"key"`
	Roles     []string   `json:"roles"`
	Groups    []string   `json:"groups,omitempty"` // ids of Slack user groups
	Users     []string   `json:"users,omitempty"`
	Manager   bool       `json:"manager,omitempty"` // of the requester
	Rule      Rule       `json:"rule,omitempty"`
	Distinct  bool       `json:"distinct,omitempty"` // who answered another step may not answer this one
	Parallel  bool       `json:"parallel,omitempty"` // asked together with the step before it
	From      int        `json:"from,omitempty"`     // Approval.Version from which on it can be decided
	When      Condition  `json:"when,omitempty"`
	Confirm   float64    `json:"confirm,omitempty"` // amount above which it has to be typed
	Status    StepStatus `json:"status"`
	Opened    int64      `json:"opened,omitempty"` // Unix milliseconds
	Closed    int64      `json:"closed,omitempty"`
	Decisions []Decision `json:"decisions,omitempty"`
	Forwards  []Forward  `json:"forwards,omitempty"`

	Remind    Days       `json:"remind,omitempty"`
	Escalate  Escalation `json:"escalate,omitzero"`
	Escalated int64      `json:"escalated,omitempty"` // since when those of Escalate may decide as well, Unix milliseconds
	Stranded  int64      `json:"stranded,omitempty"`  // since when too few people are there to meet the rule, Unix milliseconds
}

// Decision is one person's answer to one step.
type Decision struct {
	By      string   `json:"by"`
	For     string   `json:"for,omitempty"` // approver in whose place By answered
	Verdict Verdict  `json:"verdict"`
	At      int64    `json:"at"` // Unix milliseconds
	Comment string   `json:"comment,omitempty"`
	Amount  string   `json:"amount,omitempty"` // as it was typed to confirm it, in canonical form
	Seen    int      `json:"seen"`             // Approval.Version that the person saw; 0 is the present one
	In      int      `json:"in,omitempty"`     // Approval.Version that it came in; 0 in older ones: Seen
	Via     string   `json:"via"`              // thread, dm, command, home
	Void    bool     `json:"void,omitempty"`   // the request was changed since: it no longer counts
	As      []string `json:"as,omitempty"`     // for a step that asks one of each: whom the person answered for

	Escalated bool `json:"escalated,omitempty"` // the person was asked only because the step had waited for long
}

// FormFields returns the built-in and own fields of the policy's form.
func (p Policy) FormFields() []Field {
	return append([]Field{
		{Key: "amount", Type: FieldMoney},
		{Key: "discount", Type: FieldNumber},
		{Key: "margin", Type: FieldNumber},
		{Key: "terms", Type: FieldText},
		{Key: "link", Type: FieldLink},
	}, p.Form...)
}

// MayRequest reports whether the person may ask for an approval of the kind now: on
// an open deal, or a won one that is not completed. A second request while one is
// pending is Conflict "approval.open" with the id of the first.
func (c *Case) MayRequest(actor, kind string) error {
	if err := c.mayWork(actor); err != nil {
		return err
	}
	if _, ok := c.Process.Policy(kind); !ok {
		return refuse(NotFound, "approval.unknown_kind", "kind", kind)
	}
	if err := c.isOver(); err != nil {
		return err
	}
	if last, ok := c.Approval(kind); ok && last.State == Pending {
		return refuse(Conflict, "approval.open", "kind", kind, "id", last.ID)
	}
	return nil
}

// isOver refuses what is only of use while the deal still moves.
func (c *Case) isOver() error {
	switch {
	case c.Deal.Status == Lost:
		return refuse(Conflict, "deal.lost", "ref", c.Deal.Ref())
	case !c.Deal.Done.IsZero():
		return refuse(Conflict, "deal.completed", "ref", c.Deal.Ref())
	}
	return nil
}

// Request opens an approval; see MayRequest for who may. A missing required field
// is Invalid "approval.field" with the field, a discount that is no share of a price
// Invalid "approval.discount", an amount in another currency than the deal's Invalid "approval.currency", and a step that nobody but the requester may decide
// Conflict "approval.nobody" with the step, its roles and its user groups.
func (c *Case) Request(actor, kind string, form map[string]string, now time.Time) (Approval, []Event, error) {
	if err := c.MayRequest(actor, kind); err != nil {
		return Approval{}, nil, err
	}
	policy, _ := c.Process.Policy(kind)
	if err := c.checkForm(policy, form); err != nil {
		return Approval{}, nil, err
	}
	a := Approval{
		Deal: c.Deal.ID, Episode: c.Deal.Episode, Kind: kind, Version: 1, Requester: actor, At: now, Form: form,
		Facts: c.facts(policy), State: Pending, Map: c.Process.Version, Expire: policy.Expire,
	}
	for _, s := range policy.Steps {
		state := newStep(s)
		state.Distinct, state.Confirm = policy.Distinct, policy.confirmAbove(s)
		var err error
		if state.Status, err = c.beginning(state, policy, form, actor); err != nil {
			return Approval{}, nil, err
		}
		a.Steps = append(a.Steps, state)
	}
	if err := c.shared(a.Steps, actor); err != nil {
		return Approval{}, nil, err
	}
	a.open(now)
	return a, c.event(actor, now, Requested, EventData{Kind: kind, Form: form, Facts: a.Facts}), nil
}

// newStep is a step as its policy defines it, before anybody is asked.
func newStep(s Step) StepState {
	return StepState{
		Key: s.Key, Roles: s.Roles, Groups: s.Groups, Users: s.Users, Manager: s.Manager, Rule: s.Rule, Parallel: s.Parallel, When: s.When, Status: StepAhead,
		Remind: s.Remind, Escalate: s.Escalate,
	}
}

// UserGroups returns the ids of the user groups that the step asks or escalates to.
func (s StepState) UserGroups() []string { return slices.Concat(s.Groups, s.Escalate.groups()) }

// Waiting returns the steps that can be decided now, in order.
func (a *Approval) Waiting() []*StepState {
	var out []*StepState
	for i := range a.Steps {
		if a.State == Pending && a.Steps[i].Status == StepWaiting {
			out = append(out, &a.Steps[i])
		}
	}
	return out
}

// Current returns the first step that waits for a decision, or nil.
func (a *Approval) Current() *StepState {
	if w := a.Waiting(); len(w) > 0 {
		return w[0]
	}
	return nil
}

// Deciders returns who may decide a step that waits, each once: approvers first, then those who
// may do it in their place.
func (c *Case) Deciders(a Approval) []string {
	var out, others []string
	for _, w := range c.Awaited(a) {
		out = append(out, w.People...)
		for _, s := range w.StandIns {
			others = append(others, s.Who)
		}
	}
	return compact(append(out, others...))
}

// Decide records one person's answer to the first waiting step that is theirs and
// returns the approval as it then stands: rejected by one rejection, its step approved when
// the rule is met. It refuses with NotAllowed (the requester, or somebody whom
// the step does not ask), Conflict "approval.decided" when the request is over,
// Conflict "approval.answered" when the person has answered and others are awaited,
// Conflict "approval.moved_on" when the step opened or the person answered after what they
// saw (told before the rights, since the step that they saw may be another's
// by now), Invalid "approval.no_reason" for a rejection without a comment, and Invalid "approval.confirm"
// for the approval of a large amount that was not typed, and "approval.amount" for any that was typed wrongly.
func (c *Case) Decide(a Approval, d Decision, now time.Time) (Approval, []Event, error) {
	c = c.at(now)
	a.Steps = slices.Clone(a.Steps)
	s, approver, err := c.stepFor(&a, d)
	if err != nil {
		return a, nil, err
	}
	if d.Verdict != Approve && d.Verdict != Reject {
		return a, nil, refuse(Invalid, "button.old")
	}
	if d.Verdict == Reject && d.Comment == "" {
		return a, nil, refuse(Invalid, "approval.no_reason")
	}
	if err := a.confirmed(*s, d); err != nil {
		return a, nil, err
	}
	d.At, d.In, d.For = now.UnixMilli(), a.Version, ""
	if d.Seen == 0 {
		d.Seen = a.Version
	}
	if approver != d.By {
		d.For = approver
	}
	if s.Rule == RuleEach {
		d.As = c.as(*s, a.Requester, approver)
	}
	d.Escalated = !slices.Contains(c.named(*s, a.Requester), approver)
	s.Decisions = append(slices.Clone(s.Decisions), d)
	switch {
	case d.Verdict == Reject:
		s.Status, s.Closed, a.State, a.Ended = StepRejected, now.UnixMilli(), Rejected, now
	case c.met(*s, a.Requester):
		s.Status, s.Closed = StepApproved, now.UnixMilli()
	}
	data := EventData{Kind: a.Kind, Approval: a.ID, Step: s.Key, Verdict: d.Verdict, Note: d.Comment, Behalf: d.For, Seen: d.Seen, Via: d.Via, Value: d.Amount}
	a.Version++
	if a.State == Pending {
		a.open(now)
	}
	a.settle(d.By, now)
	data.Outcome = string(a.State)
	return a, c.event(d.By, now, Decided, data), nil
}

// stepFor finds the step that a person's answer is for, and the approver whose answer it is; or
// why there is none.
func (c *Case) stepFor(a *Approval, d Decision) (own *StepState, approver string, err error) {
	if a.State != Pending {
		return nil, "", refuse(Conflict, "approval.decided", "id", a.ID, "state", string(a.State))
	}
	if err := c.isOver(); err != nil {
		return nil, "", err
	}
	if d.By == a.Requester {
		e := refuse(NotAllowed, "approval.own", "id", a.ID)
		e.Who = c.Deciders(*a)
		return nil, "", e
	}
	now := c.unstuck(*a)
	for _, s := range a.Waiting() {
		if u := c.inPlaceOf(now, *now.step(s.Key), d.By); own == nil && u != "" {
			own, approver = s, u
		}
	}
	if d.Seen != 0 && (own == nil && d.Seen != a.Version || own != nil && d.Seen < max(own.from(a), a.answered(d.By)+1)) {
		return nil, "", refuse(Conflict, "approval.moved_on", "id", a.ID)
	}
	switch {
	case own != nil:
		return own, approver, nil
	case a.spentOn(d.By), slices.ContainsFunc(a.Waiting(), func(s *StepState) bool { return slices.Contains(s.spent(), d.By) }):
		return nil, "", refuse(Conflict, "approval.answered", "id", a.ID)
	}
	e := refuse(NotAllowed, "approval.not_yours", "id", a.ID, "step", a.Current().Key)
	e.Who = c.Deciders(*a)
	return nil, "", e
}

// from is the version from which on the step can be decided. Steps of requests that are older
// than parallel ones know it not: theirs is the present one.
func (s StepState) from(a *Approval) int {
	if s.From == 0 {
		return a.Version
	}
	return s.From
}

// answered is the version in which the person last answered a step, so that a second click
// on what they saw before answers no other; 0 when they have not.
func (a *Approval) answered(user string) int {
	last := 0
	for _, s := range a.Steps {
		for _, d := range s.Decisions {
			if d.By == user {
				last = max(last, d.In, d.Seen)
			}
		}
	}
	return last
}

// Withdraw takes a pending request back: its requester, or somebody who may work the deal.
func (c *Case) Withdraw(a Approval, actor string, now time.Time) (Approval, []Event, error) {
	if a.State != Pending {
		return a, nil, refuse(Conflict, "approval.decided", "id", a.ID, "state", string(a.State))
	}
	if actor != a.Requester {
		if err := c.mayWork(actor); err != nil {
			return a, nil, err
		}
	}
	a.State, a.Ended = Retracted, now
	a.settle("", now)
	a.Version++
	return a, c.event(actor, now, Withdrawn, EventData{Kind: a.Kind, Approval: a.ID}), nil
}

// open makes the next step wait, with those that are parallel to it, unless one waits
// already; or ends the request as approved when none is left.
func (a *Approval) open(now time.Time) {
	if len(a.Waiting()) > 0 {
		return
	}
	i := slices.IndexFunc(a.Steps, func(s StepState) bool { return s.Status == StepAhead })
	if i < 0 {
		a.State, a.Ended = Approved, now
		return
	}
	for first := i; i < len(a.Steps) && (i == first || a.Steps[i].Parallel); i++ {
		if s := &a.Steps[i]; s.Status == StepAhead {
			s.Status, s.Opened, s.From = StepWaiting, now.UnixMilli(), a.Version
		}
	}
}
