package sales

import (
	"slices"
	"time"
)

// Delegation lets another person decide in an approver's place for a period. The approver keeps
// the right, and nothing of it reaches the person who asked for an approval.
type Delegation struct {
	ID       int64     `json:"id"`
	Approver string    `json:"approver"`
	Delegate string    `json:"delegate"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"` // no longer part of it
	Why      string    `json:"why,omitempty"`
	By       string    `json:"by"` // who arranged it
	At       time.Time `json:"at"`
	Begun    bool      `json:"-"` // it was given effect: the delegate has the cards
}

// holds reports whether the delegation is in force at the instant. The zero instant asks
// whether it was given effect, which is what cards show.
func (d Delegation) holds(at time.Time) bool {
	if at.IsZero() {
		return d.Begun
	}
	return !at.Before(d.From) && at.Before(d.Until)
}

// standIns are those who may decide in the approver's place, the nearest first: whom they named,
// whom those named in turn, and so on, each once. Through the requester nothing is passed on.
func (o *Organisation) standIns(approver, requester string, at time.Time) []string {
	chain := []string{approver}
	for i := 0; i < len(chain); i++ {
		for _, d := range o.Delegations {
			if d.Approver == chain[i] && d.Delegate != requester && d.holds(at) && !slices.Contains(chain, d.Delegate) {
				chain = append(chain, d.Delegate)
			}
		}
	}
	return chain[1:]
}

// Delegate checks a delegation that the actor arranges: their own, or as manager or admin one of
// somebody else. It returns it with its period beginning now at the earliest. The refusals are
// NotAllowed "delegation.not_allowed" and "delegation.only_admins", Invalid "delegation.self",
// "delegation.order" and "delegation.past" for the period, Conflict "delegation.nothing" for
// somebody who decides nothing, and "delegation.overlap" with the id of the one that exists.
func (o *Organisation) Delegate(actor string, d Delegation, all []*Process, now time.Time) (Delegation, error) {
	if err := o.MayDelegate(actor, d.Approver, all); err != nil {
		return d, err
	}
	if d.From.Before(now) {
		d.From = now
	}
	switch {
	case d.Delegate == d.Approver:
		return d, refuse(Invalid, "delegation.self")
	case !d.Until.After(now):
		return d, refuse(Invalid, "delegation.past")
	case !d.Until.After(d.From):
		return d, refuse(Invalid, "delegation.order")
	}
	for _, x := range o.Delegations {
		if x.Approver == d.Approver && x.From.Before(d.Until) && d.From.Before(x.Until) {
			return d, refuse(Conflict, "delegation.overlap", "id", x.ID, "user", d.Approver)
		}
	}
	d.By, d.At, d.Begun = actor, now, !d.From.After(now)
	return d, nil
}

// MayDelegate reports whether the actor may arrange a delegation of the approver, see Delegate.
func (o *Organisation) MayDelegate(actor, approver string, all []*Process) error {
	switch {
	case actor != approver && !o.Leads(actor):
		e := refuse(NotAllowed, "delegation.not_allowed", "user", approver)
		e.Who = compact(slices.Concat([]string{approver}, o.Holders(RoleManager), o.Holders(RoleAdmin)))
		return e
	case actor != approver && o.Holds(approver, RoleAdmin) && !o.Holds(actor, RoleAdmin):
		e := refuse(NotAllowed, "delegation.only_admins")
		e.Who = o.Holders(RoleAdmin)
		return e
	case !o.Decides(approver, all):
		return refuse(Conflict, "delegation.nothing", "user", approver)
	}
	return nil
}

// MayEnd reports whether the person may end the delegation: both of whom it speaks, who arranged
// it, managers and admins.
func (o *Organisation) MayEnd(actor string, d Delegation) error {
	if slices.Contains([]string{d.Approver, d.Delegate, d.By}, actor) || o.Leads(actor) {
		return nil
	}
	e := refuse(NotAllowed, "delegation.not_yours")
	e.Who = []string{d.Approver, d.Delegate}
	return e
}

// Decides reports whether the person may ever have something to decide: by a policy, or
// in the place of somebody.
func (o *Organisation) Decides(user string, all []*Process) bool {
	if slices.ContainsFunc(o.Delegations, func(d Delegation) bool { return d.Delegate == user }) {
		return true
	}
	for _, p := range all {
		for _, policy := range p.Policies {
			if slices.ContainsFunc(policy.Steps, func(s Step) bool { return o.named(s, user) }) {
				return true
			}
		}
	}
	return false
}

// named reports whether a step may ask the person.
func (o *Organisation) named(s Step, user string) bool {
	return slices.Contains(slices.Concat(s.Users, s.Escalate.To, o.Members(s.Groups), o.Members(s.Escalate.groups())), user) || (s.Manager || slices.Contains(s.Escalate.To, EscalateManager)) && o.Leads(user) ||
		slices.ContainsFunc(slices.Concat(s.Roles, s.Escalate.roles()), func(r string) bool { return o.Holds(user, r) })
}

// StandIn is somebody who may answer a step in an approver's place.
type StandIn struct{ Who, For string }

// standIns are those who may answer the step for the approver: nobody who has a part in the
// step's answers already, or whose own answer it cannot do without.
func (c *Case) standIns(a Approval, s StepState, approver string) []string {
	steps := a.Steps
	if !distinct(steps) {
		steps = []StepState{s}
	}
	return slices.DeleteFunc(c.Org.standIns(approver, a.Requester, c.At), func(who string) bool {
		return c.Org.isGone(who) || slices.Contains(s.spent(), who) || a.spentOn(who) ||
			c.leavesEnough(steps, a.Requester, s.Key, approver) && !c.leavesEnough(steps, a.Requester, s.Key, approver, who)
	})
}

// inPlaceOf returns the approver for whom the person may answer the step: rather themselves than
// another; "" when there is none.
func (c *Case) inPlaceOf(a Approval, s StepState, user string) string {
	own := c.mayDecide(a, s)
	if slices.Contains(own, user) {
		return user
	}
	for _, approver := range own {
		if slices.Contains(c.standIns(a, s, approver), user) {
			return approver
		}
	}
	return ""
}

// at is the case with the delegations that are in force at the instant.
func (c *Case) at(now time.Time) *Case {
	out := *c
	out.At = now
	return &out
}
