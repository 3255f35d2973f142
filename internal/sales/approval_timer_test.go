package sales

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// waits opens a request of UANA that expires, on Monday at 09:00, under a policy with these steps.
func waits(t *testing.T, expire Days, steps ...Step) (*story, Approval) {
	t.Helper()
	s, a := under(t, steps...)
	s.Process.Policies[0].Expire = expire
	s.Process.Calendar = Calendar{Zone: "UTC", Hours: "09:00-17:00"}
	a.At, a.Expire = at("Mon 09:00"), expire
	for i := range a.Steps {
		if a.Steps[i].Opened != 0 {
			a.Steps[i].Opened = a.At.UnixMilli()
		}
	}
	return s, a
}

// at is an instant of the first week: "Tue 09:30", or with "+" of the second one.
func at(when string) time.Time {
	week := 0
	if when[0] == '+' {
		week, when = 7, when[1:]
	}
	day := slices.Index(weekdays, map[string]string{"Sun": "sun", "Mon": "mon", "Tue": "tue", "Wed": "wed", "Thu": "thu", "Fri": "fri", "Sat": "sat"}[when[:3]])
	clock, err := time.Parse("15:04", when[4:])
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 11, 22+day+week, clock.Hour(), clock.Minute(), 0, 0, time.UTC)
}

func TestTimeOfRequests(t *testing.T) {
	type pause struct{ from, to string } // asked, answered; no end while it is open
	for name, c := range map[string]struct {
		expire, after Days
		pauses        []pause
		expires       string // "" never
		escalates     string
	}{
		"nothing is foreseen":                     {0, 0, nil, "", ""},
		"working time":                            {10, 1, nil, "+Fri 17:00", "Mon 17:00"},
		"hours":                                   {1, 0.5, nil, "Mon 17:00", "Mon 13:00"},
		"over a weekend":                          {6, 5.5, nil, "+Mon 17:00", "+Mon 13:00"},
		"a question stops the clock":              {2, 1, []pause{{"Mon 13:00", "Wed 13:00"}}, "Thu 17:00", "Wed 17:00"},
		"an open one has no end":                  {2, 1, []pause{{"Mon 13:00", ""}}, "", ""},
		"outside of the hours nothing is paused":  {2, 1, []pause{{"Mon 18:00", "Tue 08:00"}}, "Tue 17:00", "Mon 17:00"},
		"questions at the same time":              {2, 1, []pause{{"Mon 11:00", "Mon 15:00"}, {"Mon 13:00", "Mon 14:00"}}, "Wed 13:00", "Tue 13:00"},
		"questions that overlap":                  {2, 1, []pause{{"Mon 11:00", "Mon 13:00"}, {"Mon 12:00", "Mon 15:00"}}, "Wed 13:00", "Tue 13:00"},
		"one after the other":                     {2, 1, []pause{{"Mon 10:00", "Mon 11:00"}, {"Mon 12:00", "Mon 13:00"}}, "Wed 11:00", "Tue 11:00"},
		"one open, one answered":                  {2, 1, []pause{{"Mon 10:00", ""}, {"Mon 12:00", "Mon 13:00"}}, "", ""},
		"what was due before a question stays so": {2, 0.5, []pause{{"Mon 13:00", "Wed 13:00"}}, "Thu 17:00", "Mon 13:00"},
	} {
		t.Run(name, func(t *testing.T) {
			s, a := waits(t, c.expire, Step{Key: "s", Roles: []string{"board"}, Escalate: Escalation{After: c.after, To: []string{"legal"}}})
			for _, p := range c.pauses {
				q := Question{Step: "s", By: "B1", At: at(p.from).UnixMilli()}
				if p.to != "" {
					q.Closed = at(p.to).UnixMilli()
				}
				a.Questions = append(a.Questions, q)
			}
			for what, got := range map[string]struct {
				is   time.Time
				want string
			}{"expires": {s.Expires(a), c.expires}, "escalates": {s.Escalates(a, a.Steps[0]), c.escalates}} {
				if got.want == "" && !got.is.IsZero() || got.want != "" && !got.is.Equal(at(got.want)) {
					t.Errorf("%s at %v, want %s", what, got.is, got.want)
				}
			}
		})
	}
}

func TestRemindersComeInThePersonsHours(t *testing.T) {
	s, a := waits(t, 0, Step{Key: "s", Roles: []string{"board"}, Remind: 0.5})
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Reminds(a, a.Steps[0], time.UTC); !got.Equal(at("Mon 13:00")) {
		t.Errorf("%v", got)
	}
	if got := s.Reminds(a, a.Steps[0], shanghai); !got.Equal(at("Tue 05:00")) { // asked at 17:00 there, so from the next morning on
		t.Errorf("%v", got)
	}
	a.Steps[0].Remind = 0
	if got := s.Reminds(a, a.Steps[0], time.UTC); !got.Equal(at("Mon 17:00")) {
		t.Errorf("when nobody says: %v", got)
	}
}

func TestARequestExpiresOnce(t *testing.T) {
	s, a := waits(t, 2, Step{Key: "s", Roles: []string{"board"}})
	if b, events := s.Pass(a, at("Tue 16:59")); len(events) > 0 || b.Version != a.Version {
		t.Fatalf("early: %+v", events)
	}
	b, events := s.Pass(a, at("Tue 17:00"))
	if b.State != Expired || len(events) != 1 || events[0].Type != Lapsed || events[0].Actor != "" || b.Current() != nil {
		t.Fatalf("%+v %+v", b, events)
	}
	if _, again := s.Pass(b, at("+Fri 17:00")); len(again) > 0 {
		t.Fatalf("twice: %+v", again)
	}
	_, _, err := s.Case.Decide(b, Decision{By: "B1", Verdict: Approve}, at("Wed 09:00"))
	s.refused(err, Conflict, "approval.decided")
	_, _, err = s.Ask(b, "B1", "why?", at("Wed 09:00"))
	s.refused(err, Conflict, "approval.decided")
	s.Approvals = []Approval{b}
	if err := s.MayRequest("UANA", "quote"); err != nil {
		t.Fatalf("it may be asked for again: %v", err)
	}
}

func TestEscalationOpensAStepToOthers(t *testing.T) {
	for name, c := range map[string]struct {
		step    Step
		who     []string // who may decide besides
		approve []string // completes the step
	}{
		"any":                  {Step{Roles: []string{"finance"}, Escalate: Escalation{1, []string{"board"}}}, []string{"B1", "B2", "B3"}, []string{"B2"}},
		"all: in one's place":  {Step{Roles: []string{"legal"}, Rule: RuleAll, Escalate: Escalation{1, []string{"UBOSS"}}}, []string{"UBOSS"}, []string{"L1", "UBOSS"}},
		"two: in one's place":  {Step{Roles: []string{"legal"}, Rule: "2", Escalate: Escalation{1, []string{"UBOSS"}}}, []string{"UBOSS"}, []string{"UBOSS", "L2"}},
		"each: in one's place": {Step{Roles: []string{"legal", "finance"}, Rule: RuleEach, Escalate: Escalation{1, []string{"UBOSS"}}}, []string{"UBOSS"}, []string{"UBOSS", "L2"}},
		"the manager":          {Step{Roles: []string{"finance"}, Escalate: Escalation{1, []string{EscalateManager}}}, []string{"UMANAGER"}, []string{"UMANAGER"}},
		"never the requester":  {Step{Roles: []string{"finance"}, Escalate: Escalation{1, []string{"legal"}}}, []string{"L2"}, []string{"L2"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.step.Key = "s"
			s, a := waits(t, 0, c.step)
			for _, u := range c.who {
				if slices.Contains(s.Deciders(a), u) {
					t.Fatalf("%s may decide too early", u)
				}
			}
			a, events := s.Pass(a, at("Mon 17:00"))
			if len(events) != 1 || events[0].Type != Escalated || !s.Escalates(a, a.Steps[0]).IsZero() {
				t.Fatalf("%+v", events)
			}
			for _, u := range c.who {
				if !slices.Contains(s.Deciders(a), u) || !slices.Contains(events[0].Data.Users, u) {
					t.Fatalf("%s may not decide: %v", u, s.Deciders(a))
				}
			}
			if _, again := s.Pass(a, at("+Fri 17:00")); len(again) > 0 {
				t.Fatalf("twice: %+v", again)
			}
			for _, u := range c.approve {
				var err error
				if a, _, err = s.Case.Decide(a, Decision{By: u, Verdict: Approve}, at("Tue 09:00")); err != nil {
					t.Fatal(err)
				}
			}
			if a.State != Approved {
				t.Fatalf("%+v", a)
			}
		})
	}
}

func TestAQuestionStopsTheClock(t *testing.T) {
	s, a := waits(t, 2, Step{Key: "s", Roles: []string{"board"}, Rule: "2", Escalate: Escalation{1, []string{"legal"}}})
	_, _, err := s.Ask(a, "UANA", "why?", at("Mon 10:00"))
	s.refused(err, NotAllowed, "approval.own_question")
	_, _, err = s.Ask(a, "L2", "why?", at("Mon 10:00"))
	s.refused(err, NotAllowed, "approval.not_yours")
	_, _, err = s.Ask(a, "B1", "", at("Mon 10:00"))
	s.refused(err, Invalid, "approval.no_question")
	_, _, err = s.Answer(a, "UANA", 0, "because", at("Mon 10:00"))
	s.refused(err, Conflict, "approval.no_open_question")

	b, events, err := s.Ask(a, "B1", "Why so much?", at("Mon 10:00"))
	if err != nil || events[0].Data.Question != 1 || len(a.Questions) != 0 {
		t.Fatalf("%+v %v", events, err)
	}
	if _, events := s.Pass(b, at("+Fri 17:00")); len(events) > 0 {
		t.Fatalf("the clock ran: %+v", events)
	}
	b, _, err = s.Ask(b, "B2", "And why now?", at("Mon 11:00"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Answer(b, "UANA", 0, "because", at("Mon 12:00"))
	s.refused(err, Ambiguous, "approval.which_question")
	_, _, err = s.Answer(b, "B1", 1, "because", at("Mon 12:00"))
	s.refused(err, NotAllowed, "deal.not_yours")
	_, _, err = s.Answer(b, "UANA", 1, "", at("Mon 12:00"))
	s.refused(err, Invalid, "approval.no_answer")
	c, events, err := s.Answer(b, "UANA", 2, "They asked", at("Mon 12:00"))
	if err != nil || events[0].Data.User != "B2" || !slices.Equal(c.OpenQuestions(), []int{1}) {
		t.Fatalf("%+v %v", c, err)
	}
	_, _, err = s.Answer(c, "UBEN", 2, "They asked", at("Mon 12:00"))
	s.refused(err, Conflict, "approval.question_over")

	d, _, err := s.Case.Decide(c, Decision{By: "B3", Verdict: Approve}, at("Mon 13:00")) // another's answer leaves it open
	if err != nil || len(d.OpenQuestions()) != 1 {
		t.Fatalf("%+v %v", d, err)
	}
	d, _, err = s.Case.Decide(c, Decision{By: "B1", Verdict: Approve}, at("Tue 10:00")) // the asker needs no answer any more
	if err != nil || len(d.OpenQuestions()) != 0 || d.State != Pending {
		t.Fatalf("%+v %v", d, err)
	}
	if got := s.Expires(d); !got.Equal(at("Wed 17:00")) {
		t.Fatalf("expires at %v", got)
	}
	w, _, err := s.Withdraw(c, "UANA", at("Tue 10:00"))
	if err != nil || len(w.OpenQuestions()) != 0 || w.Questions[0].Closed == 0 {
		t.Fatalf("%+v %v", w, err)
	}
}

// Who loses a role leaves no step behind that waits for nobody without anybody's knowing.
func TestLostRoles(t *testing.T) {
	for name, c := range map[string]struct {
		step Step
		lose func(o *Organisation)
		left string // who is still awaited
	}{
		"any of nobody":        {Step{Roles: []string{"finance"}}, func(o *Organisation) { o.Roles[1].Users = nil }, ""},
		"all of nobody":        {Step{Roles: []string{"finance"}, Rule: RuleAll}, func(o *Organisation) { o.Roles[1].Users = nil }, ""},
		"two of one":           {Step{Roles: []string{"finance"}, Rule: "2"}, func(o *Organisation) { o.Roles[1].Users = []string{"F1"} }, "F1"},
		"one of each":          {Step{Roles: []string{"legal", "finance"}, Rule: RuleEach}, func(o *Organisation) { o.Roles[1].Users = nil }, "L1"},
		"left the workspace":   {Step{Roles: []string{"finance"}}, func(o *Organisation) { o.Gone = []string{"F1", "L1"} }, ""},
		"a person who is gone": {Step{Users: []string{"UCID"}}, func(o *Organisation) { o.Gone = []string{"UCID"} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.step.Key = "s"
			s, a := waits(t, 0, c.step)
			before := s.Org
			s.Org = s.Org.Clone()
			c.lose(s.Org)
			b, events := s.Pass(a, at("Mon 10:00"))
			if len(events) != 1 || events[0].Type != Stranded || b.Steps[0].Stranded == 0 || b.State != Pending {
				t.Fatalf("%+v", events)
			}
			if c.left != "" && !slices.Contains(s.Deciders(b), c.left) {
				t.Fatalf("%v", s.Deciders(b))
			}
			if w := s.Turns(b); len(w) != 1 || w[0].For != ForNobody {
				t.Fatalf("%+v", w)
			}
			if _, again := s.Pass(b, at("Tue 10:00")); len(again) > 0 {
				t.Fatalf("twice: %+v", again)
			}
			s.Org = before
			d, events := s.Pass(b, at("Tue 11:00"))
			if len(events) != 1 || events[0].Type != Staffed || d.Steps[0].Stranded != 0 || len(s.Deciders(d)) == 0 {
				t.Fatalf("%+v", events)
			}
		})
	}
}

// Of "all", those who are left having approved is not the approval of everybody who was asked.
func TestTakingARoleAwayApprovesNothing(t *testing.T) {
	s, a := waits(t, 0, Step{Key: "s", Roles: []string{"legal"}, Rule: RuleAll})
	a, _, err := s.Case.Decide(a, Decision{By: "L1", Verdict: Approve}, at("Mon 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	s.Org = s.Org.Clone()
	s.Org.Roles[0].Users = []string{"L1"}
	a, events := s.Pass(a, at("Mon 11:00"))
	if a.State != Pending || len(events) != 1 || events[0].Type != Stranded {
		t.Fatalf("%+v %+v", a, events)
	}
	s.Org.Roles[0].Users = []string{"L1", "L3"}
	if a, events = s.Pass(a, at("Mon 12:00")); len(events) != 1 || !slices.Equal(s.Deciders(a), []string{"L3"}) {
		t.Fatalf("%+v %v", events, s.Deciders(a))
	}
}

func TestALostRoleEscalatesAtOnce(t *testing.T) {
	s, a := waits(t, 0, Step{Key: "s", Roles: []string{"finance"}, Escalate: Escalation{5, []string{"board"}}})
	s.Org = s.Org.Clone()
	s.Org.Roles[1].Users = nil
	a, events := s.Pass(a, at("Mon 10:00"))
	if len(events) != 1 || events[0].Type != Escalated || !slices.Contains(s.Deciders(a), "B1") {
		t.Fatalf("%+v", events)
	}
	s.Org.Roles[2].Users = nil
	if _, events = s.Pass(a, at("Mon 11:00")); len(events) != 1 || events[0].Type != Stranded {
		t.Fatalf("%+v", events)
	}
}

// TestTimeNeverDecides plays requests under all sorts of policies with people, roles and the clock:
// time never approves or rejects, a paused clock never expires or escalates, and there is always somebody who is
// awaited, an end, or an alarm.
func TestTimeNeverDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := someRequest(t)
		now := c.now
		escalated, expired := map[string]int{}, 0
		for range rapid.IntRange(1, 25).Draw(t, "turns") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "minutes")) * time.Minute)
			changed := c.somebodyActs(t, &a, now)
			decisions, open := countDecisions(a), len(a.OpenQuestions()) > 0
			next, events := c.Pass(a, now)
			if next.State == Approved && a.State != Approved || next.State == Rejected && a.State != Rejected || countDecisions(next) != decisions {
				t.Fatalf("time decided: %+v", next)
			}
			for _, e := range events {
				switch e.Type {
				case Lapsed:
					expired++
				case Escalated:
					escalated[fmt.Sprint(e.Data.Step, a.step(e.Data.Step).Opened)]++
				}
				if open && (e.Type == Lapsed || e.Type == Escalated && !changed && c.canGoOn(a, *a.step(e.Data.Step))) {
					t.Fatalf("%s while a question is open", e.Type)
				}
			}
			a = next
			for _, s := range a.Waiting() {
				if s.Stranded == 0 && (len(c.mayDecide(a, *s)) == 0 || slices.Contains(c.mayDecide(a, *s), a.Requester)) {
					t.Fatalf("%s waits for %v and nobody was told", s.Key, c.mayDecide(a, *s))
				}
			}
			if look := c.NextLook(a, now); a.State == Pending && (!look.After(now) || look.After(now.Add(lookDaily))) {
				t.Fatalf("the next look is at %v, now is %v", look, now)
			}
		}
		for step, n := range escalated {
			if n > 1 {
				t.Fatalf("%s escalated %d times", step, n)
			}
		}
		if expired > 1 {
			t.Fatalf("it expired %d times", expired)
		}
		if a.State == Pending && a.Expire > 0 && len(a.OpenQuestions()) == 0 {
			if b, _ := c.Pass(a, now.AddDate(0, 3, 0)); b.State != Expired {
				t.Fatalf("it never expires: %+v", b)
			}
		}
	})
}

// played is a case in which time passes.
type played struct {
	Case
	now time.Time
}

func someRequest(t *rapid.T) (*played, Approval) {
	p := testProcess()
	p.Policies[0].Steps = someSteps(t)
	p.Policies[0].Required = nil
	p.Policies[0].Expire = rapid.SampledFrom([]Days{0, 0.5, 3, 10}).Draw(t, "expire")
	for i := range p.Policies[0].Steps {
		p.Policies[0].Steps[i].Escalate = rapid.SampledFrom([]Escalation{{}, {0.5, []string{"r1"}}, {1, []string{"P5", EscalateManager}}, {2, []string{"r2", "r3"}}}).Draw(t, "escalate")
	}
	org := testOrg()
	org.Admins = []string{"UADMIN"}
	people := rapid.SliceOfNDistinct(rapid.SampledFrom(everybody), 1, 4, rapid.ID)
	for _, r := range []string{"r1", "r2", "r3"} {
		org.Roles = append(org.Roles, Role{Key: r, Users: people.Draw(t, r)})
	}
	c := &played{Case: Case{Process: p, Org: org, Deal: Deal{ID: 1, Owner: "UANA", Status: Open, Stage: p.Stages[0].Key, Episode: 1}}, now: monday}
	a, _, err := c.Request("UANA", "quote", map[string]string{"discount": "20"}, monday)
	var e *Error
	switch {
	case errors.As(err, &e) && e.Code == "approval.nobody":
		t.Skip("nobody could decide it") // another request is drawn
	case err != nil:
		t.Fatal(err)
	}
	a.ID = 1
	return c, a
}

// somebodyActs has one thing happen to the request, and reports whether the organisation changed.
func (c *played) somebodyActs(t *rapid.T, a *Approval, now time.Time) bool {
	actor := rapid.SampledFrom(everybody).Draw(t, "actor")
	keep := func(next Approval, _ []Event, err error) {
		if err == nil {
			*a = next
		}
	}
	switch rapid.SampledFrom([]string{"approve", "reject", "ask", "answer", "roles", "gone", "edit", "nothing", "nothing"}).Draw(t, "act") {
	case "approve":
		keep(c.Decide(*a, Decision{By: actor, Verdict: Approve}, now))
	case "reject":
		if rapid.IntRange(0, 5).Draw(t, "really") == 0 {
			keep(c.Decide(*a, Decision{By: actor, Verdict: Reject, Comment: "no"}, now))
		}
	case "ask":
		keep(c.Ask(*a, actor, "why?", now))
	case "answer":
		for _, n := range a.OpenQuestions() {
			keep(c.Answer(*a, "UANA", n, "because", now))
		}
	case "edit":
		next, events, _, err := c.Edit(*a, "UANA", map[string]string{"discount": fmt.Sprint(20 + now.Minute()%3)}, a.Version, now)
		keep(next, events, err)
	case "roles":
		c.Org = c.Org.Clone()
		c.Org.Roles[len(c.Org.Roles)-1].Users = rapid.SliceOfNDistinct(rapid.SampledFrom(everybody), 0, 3, rapid.ID).Draw(t, "holders")
		return true
	case "gone":
		c.Org = c.Org.Clone()
		c.Org.Gone = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"P1", "P2", "P3", "P4", "P5"}), 0, 3, rapid.ID).Draw(t, "gone")
		return true
	}
	return false
}

func countDecisions(a Approval) int {
	n := 0
	for _, s := range a.Steps {
		n += len(s.Decisions)
	}
	return n
}
