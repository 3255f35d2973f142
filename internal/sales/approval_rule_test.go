package sales

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// under opens a request of UANA under a policy with these steps.
func under(t *testing.T, steps ...Step) (*story, Approval) {
	t.Helper()
	s := begin(t, Money{2_000_000, "EUR"})
	s.Org.Roles = []Role{{Key: "legal", Users: []string{"L1", "L2", "UANA"}}, {Key: "finance", Users: []string{"F1", "L1"}}, {Key: "board", Users: []string{"B1", "B2", "B3"}}}
	s.Org.Groups = map[string][]string{"SDESK": {"D1", "D2", "B1", "UANA"}, "SOTHER": {"O1"}, "SEMPTY": {}}
	s.Process.Policies[0].Steps = steps
	a, events, err := s.Request("UANA", "quote", map[string]string{"amount": "20000 EUR"}, s.now)
	s.ok(events, err)
	a.ID = 1
	return s, a
}

func TestRulesOfSteps(t *testing.T) {
	for name, c := range map[string]struct {
		step    Step
		approve []string // in this order; the last one completes the step
	}{
		"any":                     {Step{Roles: []string{"board"}}, []string{"B2"}},
		"any, by its name":        {Step{Roles: []string{"board"}, Rule: RuleAny}, []string{"B2"}},
		"all, but the requester":  {Step{Roles: []string{"legal"}, Rule: RuleAll}, []string{"L2", "L1"}},
		"two of three":            {Step{Roles: []string{"board"}, Rule: "2"}, []string{"B3", "B1"}},
		"one of each":             {Step{Roles: []string{"legal", "finance"}, Rule: RuleEach}, []string{"L1", "F1"}},
		"one of each, both hats":  {Step{Roles: []string{"legal", "finance"}, Rule: RuleEach}, []string{"L1", "L2"}},
		"a person":                {Step{Users: []string{"UCID"}}, []string{"UCID"}},
		"the requester's manager": {Step{Manager: true}, []string{"UMANAGER"}},
		"a user group":            {Step{Groups: []string{"SDESK"}}, []string{"D2"}},
		"all of a user group":     {Step{Groups: []string{"SDESK"}, Rule: RuleAll}, []string{"D2", "B1", "D1"}},
		"two of group and role":   {Step{Roles: []string{"finance"}, Groups: []string{"SDESK"}, Rule: "2"}, []string{"F1", "D1"}},
		"each of group and role":  {Step{Roles: []string{"board"}, Groups: []string{"SDESK"}, Rule: RuleEach}, []string{"B1", "D1"}},
		"each of two groups":      {Step{Groups: []string{"SDESK", "SOTHER"}, Rule: RuleEach}, []string{"D2", "O1"}},
		"manager and a role":      {Step{Roles: []string{"finance"}, Manager: true, Rule: RuleEach}, []string{"UMANAGER", "F1"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.step.Key = "s"
			s, a := under(t, c.step)
			for i, u := range c.approve {
				if a.State != Pending || !slices.Contains(s.Deciders(a), u) || s.Awaited(a)[0].N != len(c.approve)-i {
					t.Fatalf("before %s: %s, %+v", u, a.State, s.Awaited(a))
				}
				var err error
				if a, _, err = s.Case.Decide(a, Decision{By: u, Verdict: Approve, Seen: 1}, s.now); err != nil {
					t.Fatalf("%s: %v", u, err)
				}
			}
			if a.State != Approved {
				t.Fatalf("%+v", a)
			}
		})
	}
}

func TestNobodyAnswersAStepTwice(t *testing.T) {
	s, a := under(t, Step{Key: "s", Roles: []string{"board"}, Rule: "2"})
	b, _, err := s.Case.Decide(a, Decision{By: "B1", Verdict: Approve, Seen: a.Version}, s.now)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Case.Decide(b, Decision{By: "B1", Verdict: Approve, Seen: a.Version}, s.now)
	s.refused(err, Conflict, "approval.moved_on")
	_, _, err = s.Case.Decide(b, Decision{By: "B1", Verdict: Approve, Seen: b.Version}, s.now)
	s.refused(err, Conflict, "approval.answered")
	if _, _, err = s.Case.Decide(b, Decision{By: "B2", Verdict: Approve, Seen: a.Version}, s.now); err != nil {
		t.Fatalf("what B2 saw still holds: %v", err)
	}
}

func TestParallelStepsWaitTogether(t *testing.T) {
	s, a := under(t,
		Step{Key: "legal", Roles: []string{"legal"}}, Step{Key: "finance", Roles: []string{"finance"}, Parallel: true}, Step{Key: "board", Roles: []string{"board"}})
	if len(a.Waiting()) != 2 {
		t.Fatalf("%+v", a.Steps)
	}
	b, _, err := s.Case.Decide(a, Decision{By: "L1", Verdict: Approve, Seen: a.Version}, s.now)
	if err != nil || b.Steps[0].Status != StepApproved || b.Steps[1].Status != StepWaiting {
		t.Fatalf("%+v %v", b, err)
	}
	_, _, err = s.Case.Decide(b, Decision{By: "L1", Verdict: Approve, Seen: a.Version}, s.now) // a double click on what asked for both
	s.refused(err, Conflict, "approval.moved_on")
	c, _, err := s.Case.Decide(b, Decision{By: "F1", Verdict: Approve, Seen: a.Version}, s.now)
	if err != nil || c.Current().Key != "board" {
		t.Fatalf("%+v %v", c, err)
	}
	if c, _, err = s.Case.Decide(b, Decision{By: "F1", Verdict: Reject, Comment: "no", Seen: a.Version}, s.now); err != nil || c.State != Rejected || c.Current() != nil {
		t.Fatalf("%+v %v", c, err)
	}
}

func TestRequestersManager(t *testing.T) {
	org := testOrg()
	org.Admins = []string{"UADMIN"}
	for user, want := range map[string]string{"UANA": "UMANAGER", "UMANAGER": "UADMIN", "UCID": "UADMIN", "USOMEBODY": "UADMIN"} {
		if got := org.ManagersOf(user); !slices.Equal(got, []string{want}) {
			t.Errorf("of %s: %v", user, got)
		}
	}
}

func TestMembersMayLeaveWhatTheyApproved(t *testing.T) {
	for _, rule := range []Rule{"2", RuleAll, RuleEach} {
		s, a := under(t, Step{Key: "s", Roles: []string{"legal", "finance"}, Rule: rule})
		for _, u := range []string{"L2", "F1", "L1"} {
			if a.State != Pending {
				break
			}
			var err error
			if a, _, err = s.Case.Decide(a, Decision{By: u, Verdict: Approve}, s.now); err != nil {
				t.Fatal(err)
			}
			for i := range s.Org.Roles {
				s.Org.Roles[i].Users = slices.DeleteFunc(s.Org.Roles[i].Users, func(x string) bool { return x == u })
			}
		}
		if a.State != Approved {
			t.Errorf("%s: %+v", rule, a)
		}
	}
}

var everybody = []string{"UANA", "UMANAGER", "P1", "P2", "P3", "P4", "P5"}

// someSteps draws the steps of a policy.
func someSteps(t *rapid.T) []Step {
	people := rapid.SliceOfNDistinct(rapid.SampledFrom(everybody), 0, 2, rapid.ID)
	roles := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"r1", "r2", "r3"}), 0, 3, rapid.ID)
	groups := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"SONE", "STWO"}), 0, 2, rapid.ID)
	var out []Step
	for i := range rapid.IntRange(1, 4).Draw(t, "steps") {
		out = append(out, Step{
			Key: fmt.Sprint("s", i), Roles: roles.Draw(t, "roles"), Groups: groups.Draw(t, "groups"), Users: people.Draw(t, "users"), Manager: rapid.Bool().Draw(t, "manager"),
			Rule:     rapid.SampledFrom([]Rule{"", RuleAny, RuleAll, RuleEach, "1", "2", "3"}).Draw(t, "rule"),
			Parallel: rapid.Bool().Draw(t, "parallel"), When: rapid.SampledFrom([]Condition{"", "", "discount > 15"}).Draw(t, "when"),
		})
	}
	return out
}

// keeps says the rule of a step in another way than the engine: by trying who sat where.
func keeps(c *Case, s StepState, requester string) bool {
	var by []string
	for _, d := range s.Decisions {
		if !d.Void {
			by = append(by, d.Approver())
		}
	}
	everyone := slices.DeleteFunc(slices.Clone(c.Approvers(s, requester)), func(u string) bool { return u == requester })
	switch s.Rule {
	case RuleAll:
		return len(by) == len(everyone) && len(by) > 0
	case RuleEach:
		var lists [][]string
		for _, r := range s.Roles {
			lists = append(lists, c.Org.Holders(r))
		}
		for _, g := range s.Groups {
			lists = append(lists, c.Org.Groups[g])
		}
		for _, u := range s.Users {
			lists = append(lists, []string{u})
		}
		if s.Manager {
			lists = append(lists, []string{"UMANAGER"})
		}
		var assign func(i int, left []string) bool
		assign = func(i int, left []string) bool {
			return i == len(lists) || slices.ContainsFunc(left, func(u string) bool {
				rest := slices.DeleteFunc(slices.Clone(left), func(x string) bool { return x == u })
				return slices.Contains(lists[i], u) && assign(i+1, rest)
			})
		}
		return len(by) == len(lists) && assign(0, by)
	case "2", "3":
		return fmt.Sprint(len(by)) == string(s.Rule)
	}
	return len(by) == 1
}

// asked requests a quote for a deal with a drawn policy and people; there may be nobody who could decide it.
func asked(t *rapid.T, c *Case, form map[string]string, now time.Time) (Approval, bool) {
	a, _, err := c.Request("UANA", "quote", form, now)
	if err != nil && codeOf(err) != "approval.nobody" {
		t.Fatal(err)
	}
	return a, err == nil
}

// Whatever the policy, the people, the order and the repeats of clicks: nothing is approved against
// its rule, nobody answers a step twice, and somebody is awaited until the end.
func TestApprovalsKeepTheirRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		org := testOrg()
		org.Roles = nil
		for _, r := range []string{"r1", "r2", "r3"} {
			org.Roles = append(org.Roles, Role{Key: r, Users: rapid.SliceOfNDistinct(rapid.SampledFrom(everybody), 1, 4, rapid.ID).Draw(t, r)})
		}
		org.Groups = map[string][]string{}
		for _, g := range []string{"SONE", "STWO"} {
			org.Groups[g] = rapid.SliceOfNDistinct(rapid.SampledFrom(everybody), 0, 3, rapid.ID).Draw(t, g)
		}
		c := &Case{Process: testProcess(), Org: org, Deal: Deal{ID: 1, Owner: "UANA", Team: "north", Status: Open, Episode: 1, Stage: "offer", Process: "b2b"}}
		c.Process.Policies[0].Steps = someSteps(t)
		c.Process.Policies[0].Distinct = rapid.Bool().Draw(t, "distinct")
		c.Process.Policies[0].Material = rapid.SampledFrom([][]string{nil, {"amount"}}).Draw(t, "material")
		now := monday
		form := map[string]string{"amount": "20000 EUR", "discount": rapid.SampledFrom([]string{"5", "20"}).Draw(t, "discount")}
		a, ok := asked(t, c, form, now)
		if !ok {
			return
		}
		a.ID = 1
		var err error
		versions := []int{a.Version}
		for range 60 {
			if a.State != Pending {
				break
			}
			awaited := c.Deciders(a)
			if len(awaited) == 0 || slices.Contains(awaited, a.Requester) {
				t.Fatalf("waits for %v: %+v", awaited, a)
			}
			if rapid.IntRange(0, 9).Draw(t, "edit") == 0 {
				next := map[string]string{"amount": rapid.SampledFrom([]string{"1 EUR", "2 EUR"}).Draw(t, "amount"), "discount": rapid.SampledFrom([]string{"5", "20"}).Draw(t, "discount"), "terms": rapid.SampledFrom([]string{"a", "b"}).Draw(t, "terms")}
				if b, _, _, err := c.Edit(a, a.Requester, next, a.Version, now); err == nil {
					versions, a = append(versions, b.Version), b
				}
				continue
			}
			d := Decision{By: rapid.SampledFrom(slices.Concat(everybody, awaited)).Draw(t, "by"), Verdict: Approve, Seen: rapid.SampledFrom(versions).Draw(t, "seen")}
			if rapid.IntRange(0, 30).Draw(t, "verdict") == 0 {
				d.Verdict, d.Comment = Reject, "no"
			}
			now = now.Add(time.Minute)
			b, _, err := c.Decide(a, d, now)
			var e *Error
			switch {
			case err == nil:
				if !slices.Contains(awaited, d.By) {
					t.Fatalf("%s decided, awaited were %v", d.By, awaited)
				}
				versions = append(versions, b.Version)
				a = b
			case !errors.As(err, &e):
				t.Fatal(err)
			}
		}
		seen := map[string]bool{}
		for _, s := range a.Steps {
			if !s.Distinct {
				seen = map[string]bool{}
			}
			for _, d := range s.Decisions {
				if d.Void {
					continue
				}
				if seen[d.By] {
					t.Fatalf("%s answered twice: %+v", d.By, s)
				}
				if d.Seen < s.From {
					t.Fatalf("an answer to what was asked before: %+v", s)
				}
				seen[d.By] = true
			}
			if s.Status == StepApproved && !keeps(c, s, a.Requester) {
				t.Fatalf("approved against its rule: %+v", s)
			}
			if a.State == Approved && s.Status != StepApproved && s.Status != StepSkipped {
				t.Fatalf("approved without a step: %+v", s)
			}
		}
		if a.State == Pending { // everybody clicks once more on what they see now
			for range 60 {
				if a.State != Pending {
					return
				}
				if a, _, err = c.Decide(a, Decision{By: c.Deciders(a)[0], Verdict: Approve, Seen: a.Version}, now); err != nil {
					t.Fatal(err)
				}
			}
			t.Fatalf("no end: %+v", a)
		}
	})
}
