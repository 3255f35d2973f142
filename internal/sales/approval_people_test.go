package sales

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ledger is what a clerk would write down beside the engine: who answered what, and in which parts.
type ledger struct {
	c        *Case
	policy   Policy
	answers  map[string]map[string][]string // step → person → whom they answered for at that time
	since    int                            // version in which everybody was asked anew
	rejected bool
}

// parts are the roles, names and posts of the step that the person has now.
func (l *ledger) parts(s Step, user string) []string {
	var out []string
	for _, r := range s.Roles {
		if role, _ := l.c.Org.Role(r); slices.Contains(role.Users, user) {
			out = append(out, r)
		}
	}
	for _, g := range s.Groups {
		if slices.Contains(l.c.Org.Groups[g], user) {
			out = append(out, "group "+g)
		}
	}
	if slices.Contains(s.Users, user) {
		out = append(out, "by name: "+user)
	}
	if s.Manager && user == l.c.Org.Teams[0].Manager {
		out = append(out, "manager")
	}
	return out
}

// write notes an answer that the engine took, and says what is wrong with it.
func (l *ledger) write(d Decision, step string, seen int) string {
	i := slices.IndexFunc(l.policy.Steps, func(s Step) bool { return s.Key == step })
	parts := l.parts(l.policy.Steps[i], d.By)
	switch {
	case d.By == "UANA":
		return "the requester answered"
	case len(parts) == 0:
		return d.By + " is not asked"
	case seen < l.since:
		return "an answer to what was asked before"
	case l.answers[step][d.By] != nil:
		return d.By + " answered " + step + " twice"
	}
	for _, others := range l.answers {
		if l.policy.Distinct && others[d.By] != nil {
			return d.By + " answered two steps"
		}
	}
	if d.Verdict == Reject {
		l.rejected = true
		return ""
	}
	if l.answers[step] == nil {
		l.answers[step] = map[string][]string{}
	}
	l.answers[step][d.By] = parts
	return ""
}

// enough reports whether the step has what its rule asks for, as things stand.
func (l *ledger) enough(s Step) bool {
	given := l.answers[s.Key]
	switch s.Rule {
	case RuleAll:
		for _, u := range everybody {
			if u != "UANA" && given[u] == nil && len(l.parts(s, u)) > 0 {
				return false
			}
		}
		return len(given) > 0
	case RuleEach:
		var names []string
		names = append(names, s.Roles...)
		for _, g := range s.Groups {
			names = append(names, "group "+g)
		}
		for _, u := range s.Users {
			names = append(names, "by name: "+u)
		}
		if s.Manager {
			names = append(names, "manager")
		}
		return l.seated(s, names, slices.Sorted(maps.Keys(given)))
	}
	return len(given) >= s.Rule.Number()
}

// seated tries every way in which the people can stand for the names.
func (l *ledger) seated(s Step, names, people []string) bool {
	return len(names) == 0 || slices.ContainsFunc(people, func(u string) bool {
		left := slices.DeleteFunc(slices.Clone(people), func(x string) bool { return x == u })
		may := slices.Contains(l.answers[s.Key][u], names[0]) || slices.Contains(l.parts(s, u), names[0])
		return may && l.seated(s, names[1:], left)
	})
}

// check compares the request with the ledger.
func (l *ledger) check(a Approval) string {
	left := 0
	for i, s := range a.Steps {
		switch {
		case s.Status == StepApproved && len(l.answers[s.Key]) == 0:
			return s.Key + " is approved by nobody"
		case s.Status == StepWaiting && a.State == Pending && s.Stranded == 0 && l.enough(l.policy.Steps[i]):
			return s.Key + " waits although it has all that it needs"
		case s.Status == StepWaiting && a.State == Pending && s.Stranded == 0 && len(l.c.mayDecide(l.c.unstuck(a), s)) == 0:
			return s.Key + " waits for nobody, and nobody is told"
		}
		if s.Status != StepApproved && s.Status != StepSkipped {
			left++
		}
	}
	if (a.State == Approved) != (left == 0) || (a.State == Rejected) != l.rejected {
		return fmt.Sprintf("%s with %d steps left, rejected: %t", a.State, left, l.rejected)
	}
	return ""
}

// People come into roles and user groups and leave them while a request is decided, changed and perhaps taken back:
// who answers has the part at that moment, and no step waits for nobody without an alarm.
func TestApprovalsWhilePeopleComeAndGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		org := testOrg()
		org.Roles = nil
		members := rapid.SliceOfNDistinct(rapid.SampledFrom(everybody), 0, 4, rapid.ID)
		for _, r := range []string{"r1", "r2", "r3"} {
			org.Roles = append(org.Roles, Role{Key: r, Users: members.Draw(t, r)})
		}
		org.Groups = map[string][]string{"SONE": members.Draw(t, "SONE"), "STWO": members.Draw(t, "STWO")}
		c := &Case{Process: testProcess(), Org: org, Deal: Deal{ID: 1, Owner: "UANA", Team: "north", Status: Open, Episode: 1, Stage: "offer", Process: "b2b"}}
		p := &c.Process.Policies[0]
		p.Steps, p.Distinct = someSteps(t), rapid.Bool().Draw(t, "distinct")
		now := monday
		form := map[string]string{"amount": "20000 EUR", "discount": rapid.SampledFrom([]string{"5", "20"}).Draw(t, "discount")}
		a, ok := asked(t, c, form, now)
		if !ok {
			return
		}
		a.ID = 1
		var err error
		l := &ledger{c: c, policy: *p, answers: map[string]map[string][]string{}}
		for range rapid.IntRange(1, 40).Draw(t, "acts") {
			now = now.Add(time.Minute)
			var next Approval
			switch act := rapid.IntRange(0, 19).Draw(t, "act"); {
			case act == 0:
				if next, _, err = c.Withdraw(a, "UANA", now); err == nil && next.State != Retracted {
					t.Fatalf("withdrawn, and %s", next.State)
				}
			case act == 1:
				next, _, _, err = c.Edit(a, "UANA", map[string]string{"amount": fmt.Sprint(now.Unix(), " EUR"), "discount": form["discount"]}, a.Version, now)
				if err == nil {
					l.answers, l.since = map[string]map[string][]string{}, next.Version
				}
			case act == 2:
				org.Groups[rapid.SampledFrom([]string{"SONE", "STWO"}).Draw(t, "group")] = members.Draw(t, "members")
				next, err = a, nil
			case act < 5:
				role := &org.Roles[rapid.IntRange(0, 2).Draw(t, "role")]
				role.Users = members.Draw(t, "members")
				next, err = a, nil
			default:
				d := Decision{By: rapid.SampledFrom(slices.Concat(everybody, c.Deciders(a), c.Deciders(a))).Draw(t, "by"), Verdict: Approve, Seen: a.Version - rapid.IntRange(0, 2).Draw(t, "late")}
				if d.Seen = max(d.Seen, 1); act == 19 {
					d.Verdict, d.Comment = Reject, "no"
				}
				var events []Event
				if next, events, err = c.Decide(a, d, now); err == nil {
					if wrong := l.write(d, events[0].Data.Step, d.Seen); wrong != "" {
						t.Fatalf("%s: %+v", wrong, next)
					}
				}
			}
			if e := (*Error)(nil); err != nil && !errors.As(err, &e) {
				t.Fatal(err)
			}
			if err == nil {
				if a.State != Pending && next.Version != a.Version {
					t.Fatalf("%s, and then %s", a.State, next.State)
				}
				a = next
			}
			if a.State == Retracted {
				return
			}
			a, _ = c.Pass(a, now) // as it is looked at after every change of the organisation
			if wrong := l.check(a); wrong != "" {
				t.Fatalf("%s: %+v", wrong, a)
			}
		}
	})
}

// Who answered in somebody's place, and comes into the role afterwards, has no second answer.
func TestAStandInWhoJoinsHasNoSecondAnswer(t *testing.T) {
	s, a := under(t, Step{Key: "s", Roles: []string{"board"}, Rule: "2"})
	s.Org.Delegations = []Delegation{{ID: 1, Approver: "B1", Delegate: "UX", From: s.now, Until: s.now.Add(time.Hour), Begun: true}}
	a, _, err := s.Case.Decide(a, Decision{By: "UX", Verdict: Approve, Seen: a.Version}, s.now)
	if err != nil || a.Steps[0].Decisions[0].For != "B1" {
		t.Fatalf("%+v %v", a, err)
	}
	s.Org.Roles[2].Users = append(s.Org.Roles[2].Users, "UX")
	if who := s.Deciders(a); slices.Contains(who, "UX") {
		t.Errorf("it waits for %v", who)
	}
	_, _, err = s.Case.Decide(a, Decision{By: "UX", Verdict: Approve, Seen: a.Version}, s.now)
	s.refused(err, Conflict, "approval.answered")
	if a, _, err = s.Case.Decide(a, Decision{By: "B2", Verdict: Approve, Seen: a.Version}, s.now); err != nil || a.State != Approved {
		t.Errorf("%+v %v", a, err)
	}
}
