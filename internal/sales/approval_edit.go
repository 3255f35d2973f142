package sales

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// IsMaterial reports whether changing the field of a pending request asks everybody anew.
// A policy that names no material fields holds all of them for material.
func (p Policy) IsMaterial(field string) bool {
	return len(p.Material) == 0 || slices.Contains(p.Material, field)
}

// Edit changes what a pending request asks for; only its requester may. Changing a material
// field, or one that decides which steps are asked, voids the answers so far and asks again:
// voided. A form that changes nothing is Invalid "approval.same". seen is the version that the
// requester saw: Conflict "approval.edited" when the request was changed since. Other
// refusals are those of Request and Withdraw.
func (c *Case) Edit(a Approval, actor string, form map[string]string, seen int, now time.Time) (out Approval, events []Event, voided bool, err error) {
	if err := c.MayEdit(a, actor); err != nil {
		return a, nil, false, err
	}
	if seen < a.asked() {
		return a, nil, false, refuse(Conflict, "approval.edited", "id", a.ID)
	}
	policy, _ := c.Process.Policy(a.Kind)
	if err := c.checkForm(policy, form); err != nil {
		return a, nil, false, err
	}
	before := changes(a.Form, form)
	if len(before) == 0 {
		return a, nil, false, refuse(Invalid, "approval.same", "id", a.ID)
	}
	next := a
	next.Form, next.Version = form, a.Version+1
	if next.Steps, voided, err = c.stepsAfter(a, policy, form); err != nil {
		return a, nil, false, err
	}
	voided = voided || slices.ContainsFunc(slices.Collect(maps.Keys(before)), policy.IsMaterial)
	data := EventData{Kind: a.Kind, Approval: a.ID, Seen: next.Version, Before: before, Form: form}
	if voided {
		data.Outcome, next.Facts = Voided, c.facts(policy)
		data.Facts = next.Facts
		next.open(now)
		next.settle("", now)
	} else {
		next.Steps = a.Steps
	}
	return next, c.event(actor, now, Edited, data), voided, nil
}

// Voided is the outcome of an edit that asks again.
const Voided = "voided"

// MayEdit reports whether the person may change the request now.
func (c *Case) MayEdit(a Approval, actor string) error {
	if a.State != Pending {
		return refuse(Conflict, "approval.decided", "id", a.ID, "state", string(a.State))
	}
	if err := c.isOver(); err != nil {
		return err
	}
	if actor != a.Requester {
		e := refuse(NotAllowed, "approval.not_asker", "id", a.ID)
		e.Who = []string{a.Requester}
		return e
	}
	return nil
}

// asked is the version in which the steps that wait were opened.
func (a *Approval) asked() int {
	first := 0
	for _, s := range a.Waiting() {
		first = max(first, s.From)
	}
	return first
}

// changes returns the former values of the fields that differ.
func changes(was, is map[string]string) map[string]string {
	out := map[string]string{}
	for f := range was {
		if is[f] != was[f] {
			out[f] = was[f]
		}
	}
	for f := range is {
		if is[f] != was[f] {
			out[f] = was[f]
		}
	}
	return out
}

// stepsAfter are the request's steps begun anew, and whether the form asks for others than before.
func (c *Case) stepsAfter(a Approval, policy Policy, form map[string]string) (steps []StepState, others bool, err error) {
	for _, s := range a.Steps {
		was := s.Status
		if s.Status, err = c.beginning(s, policy, form, a.Requester); err != nil {
			return nil, false, err
		}
		others = others || (was == StepSkipped) != (s.Status == StepSkipped)
		s.Decisions, s.Forwards, s.Opened, s.Closed, s.From = slices.Clone(s.Decisions), nil, 0, 0, 0
		s.Escalated, s.Stranded = 0, 0
		for i := range s.Decisions {
			s.Decisions[i].Void = true
		}
		steps = append(steps, s)
	}
	return steps, others, c.shared(steps, a.Requester)
}

// beginning is how a step begins: ahead, or skipped when its condition does not hold.
func (c *Case) beginning(s StepState, policy Policy, form map[string]string, requester string) (StepStatus, error) {
	holds, err := c.asks(s.When, policy, form)
	switch {
	case err != nil:
		return "", err
	case !holds:
		return StepSkipped, nil
	case !c.canBeMet(s, requester):
		return "", refuse(Conflict, "approval.nobody", "step", s.Key, "roles", s.Roles, "groups", s.Groups)
	}
	return StepAhead, nil
}

// checkForm refuses a form without a required field, with a discount that is none, or in another currency than the deal.
func (c *Case) checkForm(policy Policy, form map[string]string) error {
	for _, f := range policy.Required {
		if form[f] == "" {
			return refuse(Invalid, "approval.field", "field", f)
		}
	}
	if d, err := strconv.ParseFloat(form["discount"], 64); err == nil && (d < 0 || d > 100) {
		return refuse(Invalid, "approval.discount", "field", "discount", "value", form["discount"])
	}
	return c.checkCurrencies(policy, form)
}
