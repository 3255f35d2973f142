package sales

import (
	"slices"
	"testing"
)

func TestQuoteIsDecidedStepByStep(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	form := map[string]string{"amount": "20000 EUR", "discount": "20"}
	a, events, err := s.Request("UANA", "quote", form, s.now)
	s.ok(events, err)
	if who := s.Deciders(a); !slices.Equal(who, []string{"UPROD"}) {
		t.Fatalf("deciders %v: the requester holds the role too, but cannot decide", who)
	}
	a.ID = 1
	s.Approvals = []Approval{a}
	_, _, err = s.Request("UANA", "quote", form, s.now)
	s.refused(err, Conflict, "approval.open")

	_, _, err = s.Case.Decide(a, Decision{By: "UANA", Verdict: Approve}, s.now)
	s.refused(err, NotAllowed, "approval.own")
	_, _, err = s.Case.Decide(a, Decision{By: "UPRICE", Verdict: Approve}, s.now)
	s.refused(err, NotAllowed, "approval.not_yours")
	_, _, err = s.Case.Decide(a, Decision{By: "UPROD", Verdict: Reject}, s.now)
	s.refused(err, Invalid, "approval.no_reason")

	b, events, err := s.Case.Decide(a, Decision{By: "UPROD", Verdict: Approve}, s.now)
	s.ok(events, err)
	if b.State != Pending || b.Current().Key != "price" {
		t.Fatalf("after the first step: %+v", b)
	}
	if a.Steps[0].Status != StepWaiting {
		t.Fatal("deciding changed the approval that was passed in")
	}
	_, _, err = s.Case.Decide(b, Decision{By: "UPRICE", Verdict: Approve, Seen: a.Version}, s.now)
	s.refused(err, Conflict, "approval.moved_on")
	_, _, err = s.Case.Decide(b, Decision{By: "UPROD", Verdict: Approve, Seen: a.Version}, s.now)
	s.refused(err, Conflict, "approval.moved_on") // a second click, on a step that is decided
	c, events, err := s.Case.Decide(b, Decision{By: "UPRICE", Verdict: Approve, Seen: b.Version}, s.now)
	s.ok(events, err)
	if c.State != Approved || c.Ended.IsZero() {
		t.Fatalf("not approved after the last step: %+v", c)
	}
	_, _, err = s.Case.Decide(c, Decision{By: "UPRICE", Verdict: Reject, Comment: "no"}, s.now)
	s.refused(err, Conflict, "approval.decided")
}

func TestAStepWhoseConditionIsFalseIsSkipped(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	a, events, err := s.Request("UANA", "quote", map[string]string{"amount": "20000 EUR", "discount": "5"}, s.now)
	s.ok(events, err)
	a, events, err = s.Case.Decide(a, Decision{By: "UPROD", Verdict: Approve}, s.now)
	s.ok(events, err)
	if a.State != Approved || a.Steps[1].Status != StepSkipped {
		t.Fatalf("%+v", a)
	}
}

func TestOneRejectionEndsIt(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	a, _, err := s.Request("UANA", "quote", map[string]string{"amount": "20000 EUR", "discount": "20"}, s.now)
	if err != nil {
		t.Fatal(err)
	}
	a, _, err = s.Case.Decide(a, Decision{By: "UPROD", Verdict: Reject, Comment: "cannot be built"}, s.now)
	if err != nil || a.State != Rejected || a.Current() != nil {
		t.Fatalf("%+v %v", a, err)
	}
}

func TestRequestsThatCannotBe(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	_, _, err := s.Request("UANA", "quote", nil, s.now)
	s.refused(err, Invalid, "approval.field")
	_, _, err = s.Request("UANA", "poem", nil, s.now)
	s.refused(err, NotFound, "approval.unknown_kind")
	_, _, err = s.Request("UCID", "quote", map[string]string{"amount": "1 EUR"}, s.now)
	s.refused(err, NotAllowed, "deal.not_yours")
	s.Org.Roles[0].Users = []string{"UANA"}
	_, _, err = s.Request("UANA", "quote", map[string]string{"amount": "1 EUR"}, s.now)
	s.refused(err, Conflict, "approval.nobody")
}

func TestWithdraw(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	a, _, err := s.Request("UANA", "quote", map[string]string{"amount": "20000 EUR"}, s.now)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Withdraw(a, "UPROD", s.now)
	s.refused(err, NotAllowed, "deal.not_yours")
	a, _, err = s.Withdraw(a, "UANA", s.now)
	if err != nil || a.State != Retracted {
		t.Fatalf("%+v %v", a, err)
	}
}

func TestApprovalsAreAskedForUntilTheDealIsOver(t *testing.T) {
	form := map[string]string{"amount": "20000 EUR"}
	for name, c := range map[string]struct {
		status Status
		done   bool
		code   string
	}{
		"open":                   {Open, false, ""},
		"won, not yet completed": {Won, false, ""},
		"completed":              {Won, true, "deal.completed"},
		"lost":                   {Lost, false, "deal.lost"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, Money{2_000_000, "EUR"})
			s.Deal.Status = c.status
			if c.done {
				s.Deal.Done = s.now
			}
			_, _, err := s.Request("UANA", "quote", form, s.now)
			if c.code == "" && err != nil {
				t.Fatal(err)
			}
			if c.code != "" {
				s.refused(err, Conflict, c.code)
			}
		})
	}
}

func TestDiscountIsAShareOfThePrice(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	for _, d := range []string{"-1", "100.5", "2000"} {
		_, _, err := s.Request("UANA", "quote", map[string]string{"amount": "20000 EUR", "discount": d}, s.now)
		s.refused(err, Invalid, "approval.discount")
	}
	for _, d := range []string{"", "0", "12.5", "100"} {
		if _, _, err := s.Request("UANA", "quote", map[string]string{"amount": "20000 EUR", "discount": d}, s.now); err != nil {
			t.Errorf("%q: %v", d, err)
		}
	}
}
