package sales

import (
	"cmp"
	"slices"
	"strconv"
)

// Rule says how many of those who may decide a step have to approve it: "any" (or
// ""), "all", "each" (one of each role, user group and user that the step names, and the
// manager), or a number of people, such as "2".
type Rule string

const (
	RuleAny  Rule = "any"
	RuleAll  Rule = "all"
	RuleEach Rule = "each"
)

// Number is how many people a numeric rule asks for, 1 for "any" and "", and 0 for the others
// and for what is no rule.
func (r Rule) Number() int {
	if r == "" || r == RuleAny {
		return 1
	}
	n, err := strconv.Atoi(string(r))
	if err != nil {
		return 0
	}
	return n
}

// What the slates of a step are called that are no roles; no role is called so.
const (
	groupSlate   = "group:"
	userSlate    = "user:"
	managerSlate = "manager:" // of the requester
)

// Awaited is a step that waits, with those who may decide it and how many of them have to.
type Awaited struct {
	Step     string
	People   []string
	N        int
	StandIns []StandIn // who may answer in the place of one of them
}

// InPlaceOf returns who may answer in the place of that person.
func (w Awaited) InPlaceOf(user string) []string {
	var out []string
	for _, s := range w.StandIns {
		if s.For == user {
			out = append(out, s.Who)
		}
	}
	return out
}

// Present returns those whom the step waits for, with those in the place of the ones who named
// somebody, each once and sorted.
func (w Awaited) Present() []string {
	var out []string
	for _, user := range w.People {
		if others := w.InPlaceOf(user); len(others) > 0 {
			out = append(out, others...)
		} else {
			out = append(out, user)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Awaited returns the steps that wait, in order; nothing when the request is over.
func (c *Case) Awaited(a Approval) []Awaited {
	a = c.unstuck(a)
	var out []Awaited
	for _, s := range a.Waiting() {
		seats := c.seats(*s, a.Requester)
		w := Awaited{Step: s.Key, People: c.mayDecide(a, *s), N: len(seats) - filled(seats, s.approvers())}
		for _, u := range w.People {
			for _, who := range c.standIns(a, *s, u) {
				if !slices.Contains(w.People, who) {
					w.StandIns = append(w.StandIns, StandIn{who, u})
				}
			}
		}
		out = append(out, w)
	}
	return out
}

// Approvers returns everybody whom the step names, but the requester: those who may
// decide it and those who did, and once it has escalated those whom that names.
func (c *Case) Approvers(s StepState, requester string) []string {
	return compact(append(c.named(s, requester), c.escalated(s, requester)...))
}

// named are those whom the step itself names, but the requester.
func (c *Case) named(s StepState, requester string) []string {
	var out []string
	for _, g := range c.slates(s, requester) {
		out = append(out, g.people...)
	}
	return compact(out)
}

// slate is one of the things that a step names (a role, a user group, a person, the manager), with its people.
type slate struct {
	name   string
	people []string
}

// slates are what the step names, with the people of now, but the requester.
func (c *Case) slates(s StepState, requester string) []slate {
	var out []slate
	add := func(name string, people []string) {
		others := slices.DeleteFunc(slices.Clone(people), func(u string) bool { return u == requester || c.Org.isGone(u) })
		out = append(out, slate{name, compact(others)})
	}
	for _, r := range s.Roles {
		add(r, c.Org.Holders(r))
	}
	for _, g := range s.Groups {
		add(groupSlate+g, c.Org.Groups[g])
	}
	for _, u := range s.Users {
		add(userSlate+u, []string{u})
	}
	if s.Manager {
		add(managerSlate, c.Org.ManagersOf(requester))
	}
	return out
}

// ManagersOf returns the manager of the person's team, or, for somebody who manages it or is in
// none, the admins.
func (o *Organisation) ManagersOf(user string) []string {
	if t, ok := o.TeamOf(user); ok && t.Manager != "" && t.Manager != user && !o.isGone(t.Manager) {
		return []string{t.Manager}
	}
	return o.Holders(RoleAdmin)
}

// seat is one approval that a step needs: the people any of whom may give it.
type seat []string

// seats are the approvals that a step needs altogether. An approval that was given stays
// good when the person loses the role afterwards. Whom an escalation names may take any seat.
func (c *Case) seats(s StepState, requester string) []seat {
	var out []seat
	also := compact(append(c.escalated(s, requester), s.approved(true)...))
	people := compact(append(c.named(s, requester), s.approved(false)...))
	switch s.Rule {
	case RuleEach:
		for _, g := range c.slates(s, requester) {
			out = append(out, slices.Concat(g.people, s.answeredAs(g.name), also))
		}
	case RuleAll:
		for _, u := range people {
			out = append(out, append(seat{u}, also...))
		}
	default:
		for range s.Rule.Number() {
			out = append(out, slices.Concat(people, also))
		}
	}
	if len(out) == 0 {
		out = append(out, also) // all of nobody, or no rule at all: nobody else can meet it
	}
	if len(s.Forwards) > 0 {
		given := s.approvers()
		for i := range out {
			out[i] = slices.DeleteFunc(slices.Clone(out[i]), func(u string) bool { return s.passed(u) && !slices.Contains(given, u) })
		}
	}
	return out
}

// answeredAs are the people who approved the step for the slate.
func (s StepState) answeredAs(slate string) []string {
	var out []string
	for _, d := range s.approvals() {
		if slices.Contains(d.As, slate) {
			out = append(out, d.Approver())
		}
	}
	return out
}

// filled is how many seats the people can fill at most, each of them one.
func filled(seats []seat, people []string) int {
	sits := map[string]int{}
	n := 0
	for i := range seats {
		if seatOne(seats, i, people, sits, map[string]bool{}) {
			n++
		}
	}
	return n
}

// seatOne finds somebody for the seat, moving others when that makes room.
func seatOne(seats []seat, i int, people []string, sits map[string]int, tried map[string]bool) bool {
	for _, u := range seats[i] {
		if tried[u] || !slices.Contains(people, u) {
			continue
		}
		tried[u] = true
		if at, taken := sits[u]; !taken || seatOne(seats, at, people, sits, tried) {
			sits[u] = i
			return true
		}
	}
	return false
}

// canBeMet reports whether those whom the step names are enough for its rule.
func (c *Case) canBeMet(s StepState, requester string) bool {
	seats := c.seats(s, requester)
	return filled(seats, c.Approvers(s, requester)) == len(seats)
}

// met reports whether the approvals given are those that the step needs.
func (c *Case) met(s StepState, requester string) bool {
	seats := c.seats(s, requester)
	return filled(seats, s.approvers()) == len(seats)
}

// mayDecide returns those whose answer the step still needs, and no other step needs more.
func (c *Case) mayDecide(a Approval, s StepState) []string {
	seats := c.seats(s, a.Requester)
	given, spent := s.approvers(), s.spent()
	have := filled(seats, given)
	var out []string
	for _, u := range c.Approvers(s, a.Requester) {
		if slices.Contains(spent, u) || filled(seats, append(slices.Clone(given), u)) == have {
			continue
		}
		if s.Distinct && (a.spentOn(u) || !c.leavesEnough(a.Steps, a.Requester, s.Key, u)) {
			continue
		}
		out = append(out, u)
	}
	return out
}

// approvals are the answers that count for the step's rule.
func (s StepState) approvals() []Decision {
	return slices.DeleteFunc(slices.Clone(s.Decisions), func(d Decision) bool { return d.Verdict != Approve || d.Void })
}

// approvers are the people who approved the step, by themselves or through somebody else.
func (s StepState) approvers() []string {
	var out []string
	for _, d := range s.approvals() {
		out = append(out, d.Approver())
	}
	return out
}

// spent are the people who have a part in the step's answers: approvers, and who answered for them.
func (s StepState) spent() []string {
	out := s.approvers()
	for _, d := range s.approvals() {
		out = append(out, d.By)
	}
	return compact(out)
}

// Approver is the one whose answer the decision is.
func (d Decision) Approver() string { return cmp.Or(d.For, d.By) }

// approved are the approvers whom an escalation brought, or the others.
func (s StepState) approved(escalated bool) []string {
	var out []string
	for _, d := range s.approvals() {
		if d.Escalated == escalated {
			out = append(out, d.Approver())
		}
	}
	return out
}

// as names the slates of the step that the person belongs to.
func (c *Case) as(s StepState, requester, user string) []string {
	var out []string
	for _, g := range c.slates(s, requester) {
		if slices.Contains(g.people, user) {
			out = append(out, g.name)
		}
	}
	return out
}
