package view

import (
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// maxPolicySteps is how many steps of a policy are shown.
const maxPolicySteps = 12

// policy says who decides what in a kind of approval, and what happens when nobody does.
func (m ProcessMap) policy(p text.Printer, o sales.Policy) string {
	var lines []string
	for _, s := range o.Steps[:min(len(o.Steps), maxPolicySteps)] {
		lines = append(lines, "• "+m.step(p, o, s))
	}
	if o.Expire > 0 {
		lines = append(lines, p.T("It expires after %s without a decision; nothing is approved then.", span(p, o.Expire, m.Process.Calendar)))
	}
	return Lines(lines...)
}

func (m ProcessMap) step(p text.Printer, o sales.Policy, s sales.Step) string {
	var facts []string
	if who := m.approvers(p, s); who != "" {
		facts = append(facts, who)
	}
	if s.When != "" {
		facts = append(facts, p.T("only when %s", m.conditions(o).say(p, s.When)))
	}
	if s.Remind > 0 {
		facts = append(facts, p.T("reminders after %s", span(p, s.Remind, m.Process.Calendar)))
	}
	if s.Escalate.After > 0 {
		facts = append(facts, p.T("after %s also %s", span(p, s.Escalate.After, m.Process.Calendar), AnyOf(p, s.Escalate.To, func(to string) string { return m.named(p, to) })))
	}
	return p.T("*%s*: %s", Name(s.Name.In(p.Lang())), strings.Join(facts, " · "))
}

// conditions says conditions of the process and, in a policy, of its form.
func (m ProcessMap) conditions(o sales.Policy) conditions {
	return conditions{process: m.Process, policy: o, org: m.Org, name: m.Name, now: m.Now}
}

// approvers are those whom a step names.
func (m ProcessMap) approvers(p text.Printer, s sales.Step) string {
	var who []string
	for _, r := range s.Roles {
		who = append(who, RoleName(p, m.Org, r))
	}
	for _, g := range s.Groups {
		who = append(who, m.Name(g))
	}
	for _, u := range s.Users {
		who = append(who, m.Name(u))
	}
	if s.Manager {
		who = append(who, p.T("the rep's manager"))
	}
	return AnyOf(p, who, func(name string) string { return name })
}

// named is what an escalation may name: the rep's manager, a role, a user group or a person.
func (m ProcessMap) named(p text.Printer, to string) string {
	switch {
	case to == sales.EscalateManager:
		return p.T("the rep's manager")
	case m.Org.KnowsRole(to):
		return RoleName(p, m.Org, to)
	}
	return m.Name(to)
}

// span is a length of working time: "4 working hours" below a day, else in working days.
func span(p text.Printer, d sales.Days, calendar sales.Calendar) string {
	if hours := float64(d) * calendar.DayLength().Hours(); d < 1 {
		return p.T("%s working hours", number(p, hours))
	}
	return workDays(p, d)
}
