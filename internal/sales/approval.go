package sales

import (
	"slices"
	"strconv"
	"time"
)

// ApprovalState is where a request stands.
type ApprovalState string

const (
	Pending   ApprovalState = "pending"
	Approved  ApprovalState = "approved"
	Rejected  ApprovalState = "rejected"
	Retracted ApprovalState = "withdrawn"
)

// Verdict is one person's answer.
type Verdict string

const (
	Approve Verdict = "approve"
	Reject  Verdict = "reject"
)

// Approval is one request under a policy. Its steps are decided in order.
type Approval struct {
	ID        int64
	Deal      int64
	Episode   int
	Kind      string
	Version   int // grows with every change; buttons carry it
	Requester string
	At        time.Time
	Form      map[string]string // canonical form, by field key
	State     ApprovalState
	Steps     []StepState
	Ended     time.Time
	Map       int // version of the process whose policy rules it
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
	When      Condition  `json:"when,omitempty"`
	Status    StepStatus `json:"status"`
	Opened    int64      `json:"opened,omitempty"` // Unix milliseconds
	Closed    int64      `json:"closed,omitempty"`
	Decisions []Decision `json:"decisions,omitempty"`
}

// Decision is one person's answer to one step.
type Decision struct {
	By      string  `json:"by"`
	Verdict Verdict `json:"verdict"`
	At      int64   `json:"at"` // Unix milliseconds
	Comment string  `json:"comment,omitempty"`
	Seen    int     `json:"seen"` // Approval.Version that the person saw
	Via     string  `json:"via"`  // thread, dm, command, home
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
// Invalid "approval.discount", and a step that nobody but the requester may decide
// Conflict "approval.nobody" with the step and its roles.
func (c *Case) Request(actor, kind string, form map[string]string, now time.Time) (Approval, []Event, error) {
	if err := c.MayRequest(actor, kind); err != nil {
		return Approval{}, nil, err
	}
	policy, _ := c.Process.Policy(kind)
	for _, f := range policy.Required {
		if form[f] == "" {
			return Approval{}, nil, refuse(Invalid, "approval.field", "field", f)
		}
	}
	if d, err := strconv.ParseFloat(form["discount"], 64); err == nil && (d < 0 || d > 100) {
		return Approval{}, nil, refuse(Invalid, "approval.discount", "field", "discount", "value", form["discount"])
	}
	a := Approval{
		Deal: c.Deal.ID, Episode: c.Deal.Episode, Kind: kind, Version: 1, Requester: actor, At: now, Form: form,
		State: Pending, Map: c.Process.Version,
	}
	for _, s := range policy.Steps {
		holds, err := s.When.Holds(withForm(c.env(), policy, form))
		if err != nil {
			return Approval{}, nil, err
		}
		state := StepState{Key: s.Key, Roles: s.Roles, When: s.When, Status: StepAhead}
		if !holds {
			state.Status = StepSkipped
		} else if len(c.deciders(state, actor)) == 0 {
			return Approval{}, nil, refuse(Conflict, "approval.nobody", "step", s.Key, "roles", s.Roles)
		}
		a.Steps = append(a.Steps, state)
	}
	a.open(now)
	return a, c.event(actor, now, Requested, EventData{Kind: kind}), nil
}

// Current returns the step that waits for a decision, or nil.
func (a *Approval) Current() *StepState {
	i := slices.IndexFunc(a.Steps, func(s StepState) bool { return s.Status == StepWaiting })
	if i < 0 {
		return nil
	}
	return &a.Steps[i]
}

// Deciders returns who may decide the current step.
func (c *Case) Deciders(a Approval) []string {
	if s := a.Current(); s != nil {
		return c.deciders(*s, a.Requester)
	}
	return nil
}

func (c *Case) deciders(s StepState, requester string) []string {
	var out []string
	for _, r := range s.Roles {
		for _, u := range c.Org.Holders(r) {
			if u != requester && !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	return out
}

// Decide records one person's answer to the current step and returns the
// approval as it then stands. It refuses with NotAllowed (the requester, or
// somebody without the step's role), Conflict "approval.decided" when the
// request is over, Conflict "approval.moved_on" when the person saw an older
// version (told before the rights, since the step that they saw may be another's
// by now), and Invalid "approval.no_reason" for a rejection without a comment.
func (c *Case) Decide(a Approval, d Decision, now time.Time) (Approval, []Event, error) {
	if a.State != Pending {
		return a, nil, refuse(Conflict, "approval.decided", "id", a.ID, "state", string(a.State))
	}
	if err := c.isOver(); err != nil {
		return a, nil, err
	}
	if d.By == a.Requester {
		e := refuse(NotAllowed, "approval.own", "id", a.ID)
		e.Who = c.Deciders(a)
		return a, nil, e
	}
	if d.Seen != 0 && d.Seen != a.Version {
		return a, nil, refuse(Conflict, "approval.moved_on", "id", a.ID)
	}
	if may := c.Deciders(a); !slices.Contains(may, d.By) {
		e := refuse(NotAllowed, "approval.not_yours", "id", a.ID, "step", a.Current().Key)
		e.Who = may
		return a, nil, e
	}
	if d.Verdict != Approve && d.Verdict != Reject {
		return a, nil, refuse(Invalid, "button.old")
	}
	if d.Verdict == Reject && d.Comment == "" {
		return a, nil, refuse(Invalid, "approval.no_reason")
	}
	a.Steps = slices.Clone(a.Steps)
	s := a.Current()
	d.At, d.Seen = now.UnixMilli(), a.Version
	s.Decisions = append(slices.Clone(s.Decisions), d)
	s.Closed = now.UnixMilli()
	s.Status = StepApproved
	if d.Verdict == Reject {
		s.Status, a.State, a.Ended = StepRejected, Rejected, now
	}
	data := EventData{Kind: a.Kind, Approval: a.ID, Step: s.Key, Verdict: d.Verdict, Note: d.Comment}
	a.Version++
	if a.State == Pending {
		a.open(now)
	}
	data.Outcome = string(a.State)
	return a, c.event(d.By, now, Decided, data), nil
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
	a.Version++
	return a, c.event(actor, now, Withdrawn, EventData{Kind: a.Kind, Approval: a.ID}), nil
}

// open makes the next step wait, or ends the request as approved when none is left.
func (a *Approval) open(now time.Time) {
	i := slices.IndexFunc(a.Steps, func(s StepState) bool { return s.Status == StepAhead })
	if i < 0 {
		a.State, a.Ended = Approved, now
		return
	}
	a.Steps[i].Status, a.Steps[i].Opened = StepWaiting, now.UnixMilli()
}
