package sales

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// away lets people decide in the place of others for a day: "B1>UCID" is B1 away and Cid in their place.
func (s *story) away(pairs ...string) {
	for i, p := range pairs {
		from, to, _ := strings.Cut(p, ">")
		s.Org.Delegations = append(s.Org.Delegations, Delegation{
			ID: int64(i + 1), Approver: from, Delegate: to, From: s.now.Add(-time.Hour), Until: s.now.Add(24 * time.Hour), Begun: true,
		})
	}
}

func TestDelegates(t *testing.T) {
	for name, c := range map[string]struct {
		step   Step
		away   []string
		before []string // who approved already
		who    string
		places string // for whom; "" when they may not answer
	}{
		"in their place":                     {Step{Roles: []string{"board"}}, []string{"B1>UX"}, nil, "UX", "B1"},
		"a chain":                            {Step{Roles: []string{"board"}}, []string{"B1>UX", "UX>UY"}, nil, "UY", "B1"},
		"a circle":                           {Step{Users: []string{"B1"}}, []string{"B1>UX", "UX>B1"}, nil, "UX", "B1"},
		"the approver keeps the right":       {Step{Users: []string{"B1"}}, []string{"B1>UX", "UX>B1"}, nil, "B1", "B1"},
		"rather for themselves":              {Step{Roles: []string{"board"}}, []string{"B1>B2"}, nil, "B2", "B2"},
		"not the requester":                  {Step{Roles: []string{"board"}}, []string{"B1>UANA"}, nil, "UANA", ""},
		"not through the requester":          {Step{Roles: []string{"board"}}, []string{"B1>UANA", "UANA>UX"}, nil, "UX", ""},
		"not twice, of two":                  {Step{Roles: []string{"board"}, Rule: "2"}, []string{"B1>B2"}, []string{"B2"}, "B2", ""},
		"for two, once":                      {Step{Roles: []string{"board"}, Rule: "2"}, []string{"B1>UX", "B2>UX"}, []string{"UX"}, "UX", ""},
		"not for whom somebody answered":     {Step{Roles: []string{"board"}, Rule: "2"}, []string{"B1>UX", "B1>UY"}, []string{"UX"}, "UY", ""},
		"nor the approver then":              {Step{Roles: []string{"board"}, Rule: "2"}, []string{"B1>UX"}, []string{"UX"}, "B1", ""},
		"of all, each is needed themselves":  {Step{Roles: []string{"board"}, Rule: RuleAll}, []string{"B1>B2"}, nil, "B2", "B2"},
		"for one of a user group":            {Step{Groups: []string{"SDESK"}}, []string{"D1>UX"}, nil, "UX", "D1"},
		"of each, for a user group":          {Step{Roles: []string{"board"}, Groups: []string{"SDESK"}, Rule: RuleEach}, []string{"D1>UX"}, []string{"B2"}, "UX", "D1"},
		"of all, by an outsider":             {Step{Roles: []string{"board"}, Rule: RuleAll}, []string{"B1>UX"}, nil, "UX", "B1"},
		"of each, for one group":             {Step{Roles: []string{"legal", "finance"}, Rule: RuleEach}, []string{"F1>UX"}, []string{"L1", "L2"}, "UX", ""},
		"of each, for the group that is due": {Step{Roles: []string{"legal", "finance"}, Rule: RuleEach}, []string{"F1>UX"}, []string{"L2"}, "UX", "F1"},
	} {
		t.Run(name, func(t *testing.T) {
			c.step.Key = "s"
			s, a := under(t, c.step)
			s.away(c.away...)
			for _, u := range c.before {
				var err error
				if a, _, err = s.Case.Decide(a, Decision{By: u, Verdict: Approve}, s.now); err != nil {
					t.Fatal(u, err)
				}
			}
			if got := slices.Contains(s.Deciders(a), c.who); got != (c.places != "") {
				t.Fatalf("waits for %v", s.Deciders(a))
			}
			b, events, err := s.Case.Decide(a, Decision{By: c.who, Verdict: Approve}, s.now)
			if c.places == "" {
				if err == nil {
					t.Fatalf("%+v", b)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			d := b.Steps[0].Decisions[len(c.before)]
			if d.By != c.who || d.Approver() != c.places || events[0].Data.Behalf != d.For || (d.For == "") != (c.who == c.places) {
				t.Fatalf("%+v %+v", d, events[0])
			}
		})
	}
}

// The right of a delegate ends at the instant at which the period does, whatever cards show.
func TestDelegatesHaveTheirPeriod(t *testing.T) {
	s, a := under(t, Step{Key: "s", Roles: []string{"board"}})
	s.away("B1>UX")
	until := s.Org.Delegations[0].Until
	_, _, err := s.Case.Decide(a, Decision{By: "UX", Verdict: Approve}, until)
	if e := s.refused(err, NotAllowed, "approval.not_yours"); !slices.Equal(e.Who, []string{"B1", "B2", "B3"}) {
		t.Errorf("%v", e.Who)
	}
	_, _, err = s.Case.Decide(a, Decision{By: "UX", Verdict: Approve}, s.now.Add(-2*time.Hour))
	s.refused(err, NotAllowed, "approval.not_yours")
	if _, _, err = s.Case.Decide(a, Decision{By: "UX", Verdict: Approve}, until.Add(-time.Millisecond)); err != nil {
		t.Fatal(err)
	}
}

// Who answers in the place of somebody is spent in a request that wants different people.
func TestDelegatesOfDistinctRequests(t *testing.T) {
	s, a, err := distinctly(t, Step{Key: "first", Roles: []string{"both"}}, Step{Key: "second", Roles: []string{"both"}})
	if err != nil {
		t.Fatal(err)
	}
	s.away("P1>UX", "P2>UX")
	if a, _, err = s.Case.Decide(a, Decision{By: "UX", Verdict: Approve}, s.now); err != nil {
		t.Fatal(err)
	}
	if who := s.Deciders(a); !slices.Equal(who, []string{"P2"}) {
		t.Fatalf("waits for %v", who)
	}
	_, _, err = s.Case.Decide(a, Decision{By: "UX", Verdict: Approve, Seen: a.Version}, s.now)
	s.refused(err, Conflict, "approval.answered")
	_, _, err = s.Case.Decide(a, Decision{By: "P1", Verdict: Approve, Seen: a.Version}, s.now)
	s.refused(err, Conflict, "approval.answered")
}

// P1 is the only one for the second step, so the first is not theirs to decide for somebody else either.
func TestDelegatesAreNotSpentWhereALaterStepNeedsThem(t *testing.T) {
	s, a, err := distinctly(t, Step{Key: "first", Roles: []string{"both"}}, Step{Key: "second", Roles: []string{"one"}})
	if err != nil {
		t.Fatal(err)
	}
	s.away("P2>P1", "P2>UX", "P1>P2")
	if who := s.Deciders(a); !slices.Equal(who, []string{"P2", "UX"}) {
		t.Fatalf("waits for %v", who)
	}
	_, _, err = s.Case.Decide(a, Decision{By: "P1", Verdict: Approve}, s.now)
	s.refused(err, NotAllowed, "approval.not_yours")
}

// Who answered for somebody and is given the role afterwards has no answer of their own beside that.
func TestDelegatesWhoJoinTheStepAnswerOnce(t *testing.T) {
	s, a := under(t, Step{Key: "s", Roles: []string{"board"}, Rule: "2"})
	s.away("B1>UX", "UX>B1", "B1>UX")
	if w := s.Awaited(a); !slices.Equal(w[0].StandIns, []StandIn{{"UX", "B1"}}) {
		t.Fatalf("%+v", w)
	}
	a, _, err := s.Case.Decide(a, Decision{By: "UX", Verdict: Approve}, s.now)
	if err != nil {
		t.Fatal(err)
	}
	s.Org.Roles[2].Users = append(slices.Clone(s.Org.Roles[2].Users), "UX")
	if who := s.Deciders(a); !slices.Equal(who, []string{"B2", "B3"}) {
		t.Fatalf("waits for %v", who)
	}
	_, _, err = s.Case.Decide(a, Decision{By: "UX", Verdict: Approve, Seen: a.Version}, s.now)
	s.refused(err, Conflict, "approval.answered")
}

func TestArrangingDelegations(t *testing.T) {
	s, _ := under(t, Step{Key: "s", Roles: []string{"board"}, Users: []string{"UADMIN"}})
	s.Org.Admins = []string{"UADMIN"}
	s.Org.Delegations = []Delegation{{ID: 7, Approver: "B3", Delegate: "B2", From: s.now, Until: s.now.Add(time.Hour)}}
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		actor       string
		from, until time.Duration
		pair        [2]string
		code        string
	}{
		"their own":                 {"B1", -time.Hour, day, [2]string{"B1", "UX"}, ""},
		"a manager, for them":       {"UMANAGER", day, 2 * day, [2]string{"B1", "UX"}, ""},
		"after the other":           {"B3", time.Hour, day, [2]string{"B3", "UX"}, ""},
		"a delegate, of their part": {"B2", 0, day, [2]string{"B2", "UX"}, ""},
		"a rep, for somebody":       {"UANA", 0, day, [2]string{"B1", "UX"}, "delegation.not_allowed"},
		"a manager, for an admin":   {"UMANAGER", 0, day, [2]string{"UADMIN", "UX"}, "delegation.only_admins"},
		"an admin, for an admin":    {"UADMIN", 0, day, [2]string{"UADMIN", "UX"}, ""},
		"to themselves":             {"B1", 0, day, [2]string{"B1", "B1"}, "delegation.self"},
		"over already":              {"B1", -2 * day, -day, [2]string{"B1", "UX"}, "delegation.past"},
		"backwards":                 {"B1", 2 * day, day, [2]string{"B1", "UX"}, "delegation.order"},
		"who decides nothing":       {"UCID", 0, day, [2]string{"UCID", "UX"}, "delegation.nothing"},
		"twice at a time":           {"B3", 0, day, [2]string{"B3", "UX"}, "delegation.overlap"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := s.Org.Delegate(c.actor, Delegation{Approver: c.pair[0], Delegate: c.pair[1], From: s.now.Add(c.from), Until: s.now.Add(c.until)}, []*Process{s.Process}, s.now)
			if c.code == "" {
				if err != nil || d.By != c.actor || d.From.Before(s.now) || d.Begun != !d.From.After(s.now) {
					t.Fatalf("%+v %v", d, err)
				}
				return
			}
			if e, ok := errors.AsType[*Error](err); !ok || e.Code != c.code {
				t.Fatalf("%v", err)
			}
		})
	}
	d := Delegation{Approver: "B1", Delegate: "UX", By: "UADMIN"}
	for user, may := range map[string]bool{"B1": true, "UX": true, "UADMIN": true, "UMANAGER": true, "UANA": false} {
		if err := s.Org.MayEnd(user, d); (err == nil) != may {
			t.Errorf("%s: %v", user, err)
		}
	}
}

// absences draws delegations at random: chains and circles come by themselves.
func absences(t *rapid.T, now time.Time) []Delegation {
	var out []Delegation
	people := append(slices.Clone(everybody), "X1", "X2")
	for i := range rapid.IntRange(0, 8).Draw(t, "absences") {
		out = append(out, Delegation{
			ID: int64(i), Approver: rapid.SampledFrom(people).Draw(t, "away"), Delegate: rapid.SampledFrom(people).Draw(t, "delegate"),
			From: now, Until: now.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "minutes")) * time.Minute), Begun: rapid.Bool().Draw(t, "begun"),
		})
	}
	return out
}

// Whoever is away, whatever is handed on, in whatever order: nothing is approved against its rule,
// nobody has two parts in a step, the requester has none, and somebody is awaited until the end.
func TestDelegatedAndForwardedApprovalsKeepTheirRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		org := testOrg()
		org.Roles = nil
		for _, r := range []string{"r1", "r2", "r3"} {
			org.Roles = append(org.Roles, Role{Key: r, Users: rapid.SliceOfNDistinct(rapid.SampledFrom(everybody), 1, 4, rapid.ID).Draw(t, r)})
		}
		now := monday
		org.Delegations = absences(t, now)
		c := &Case{Process: testProcess(), Org: org, Deal: Deal{ID: 1, Owner: "UANA", Team: "north", Status: Open, Episode: 1, Stage: "offer", Process: "b2b"}}
		c.Process.Policies[0].Steps = someSteps(t)
		c.Process.Policies[0].Distinct = rapid.Bool().Draw(t, "distinct")
		a, ok := asked(t, c, map[string]string{"amount": "20000 EUR", "discount": "5"}, now)
		if !ok {
			return
		}
		a.ID = 1
		for range 80 {
			if a.State != Pending {
				break
			}
			now = now.Add(time.Minute)
			awaited := c.at(now).Deciders(a)
			if len(awaited) == 0 || slices.Contains(awaited, a.Requester) || len(c.at(now).Awaited(a)[0].People) == 0 {
				t.Fatalf("waits for %v: %+v", awaited, a)
			}
			by := rapid.SampledFrom(slices.Concat(everybody, awaited, awaited)).Draw(t, "by")
			if rapid.IntRange(0, 3).Draw(t, "forward") == 0 {
				to := rapid.SampledFrom(append(slices.Clone(everybody), c.Successors(a, by, now)...)).Draw(t, "to")
				if b, _, err := c.Forward(a, Forward{By: by, To: to}, a.Version, now); err == nil {
					if !slices.Contains(awaited, by) || !slices.Contains(c.at(now).Deciders(b), to) {
						t.Fatalf("%s forwarded to %s: %+v", by, to, b)
					}
					a = b
				}
				continue
			}
			b, _, err := c.Decide(a, Decision{By: by, Verdict: Approve, Seen: a.Version}, now)
			if (err == nil) != slices.Contains(awaited, by) {
				t.Fatalf("%s, awaited were %v: %v", by, awaited, err)
			}
			a = b
		}
		if a.State != Approved {
			t.Fatalf("no end: %+v", a)
		}
		parts := map[string]bool{}
		for _, s := range a.Steps {
			if !s.Distinct {
				parts = map[string]bool{}
			}
			for _, d := range s.Decisions {
				mine := compact([]string{d.By, d.Approver()})
				if slices.ContainsFunc(mine, func(u string) bool { return parts[u] || u == a.Requester }) {
					t.Fatalf("a second part: %+v", s)
				}
				for _, u := range mine {
					parts[u] = true
				}
				if !slices.Contains(c.Approvers(s, a.Requester), d.Approver()) {
					t.Fatalf("for nobody of the step: %+v", s)
				}
			}
			if s.Status == StepApproved && !keeps(c, s, a.Requester) {
				t.Fatalf("approved against its rule: %+v", s)
			}
		}
	})
}
