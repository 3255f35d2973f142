package sales

import (
	"slices"
	"testing"
)

// distinctly opens a request whose policy forbids two answers of one person.
func distinctly(t *testing.T, steps ...Step) (*story, Approval, error) {
	t.Helper()
	s := begin(t, Money{2_000_000, "EUR"})
	s.Org.Roles = []Role{{Key: "both", Users: []string{"P1", "P2"}}, {Key: "one", Users: []string{"P1"}}}
	s.Process.Policies[0].Steps, s.Process.Policies[0].Distinct = steps, true
	a, _, err := s.Request("UANA", "quote", map[string]string{"amount": "20000 EUR"}, s.now)
	a.ID = 1
	return s, a, err
}

func TestNobodyAnswersTwoSteps(t *testing.T) {
	s, a, err := distinctly(t, Step{Key: "first", Roles: []string{"both"}}, Step{Key: "second", Roles: []string{"both"}})
	if err != nil {
		t.Fatal(err)
	}
	if a, _, err = s.Case.Decide(a, Decision{By: "P1", Verdict: Approve}, s.now); err != nil {
		t.Fatal(err)
	}
	if who := s.Deciders(a); !slices.Equal(who, []string{"P2"}) {
		t.Fatalf("waits for %v", who)
	}
	_, _, err = s.Case.Decide(a, Decision{By: "P1", Verdict: Approve, Seen: a.Version}, s.now)
	s.refused(err, Conflict, "approval.answered")
	if a, _, err = s.Case.Decide(a, Decision{By: "P2", Verdict: Approve, Seen: a.Version}, s.now); err != nil || a.State != Approved {
		t.Fatalf("%+v %v", a, err)
	}
}

// P1 is the only one for the second step, so the first one waits for P2.
func TestNobodyIsSpentWhereALaterStepNeedsThem(t *testing.T) {
	s, a, err := distinctly(t, Step{Key: "first", Roles: []string{"both"}}, Step{Key: "second", Roles: []string{"one"}})
	if err != nil {
		t.Fatal(err)
	}
	if who := s.Deciders(a); !slices.Equal(who, []string{"P2"}) {
		t.Fatalf("waits for %v", who)
	}
	_, _, err = distinctly(t, Step{Key: "first", Roles: []string{"one"}}, Step{Key: "second", Roles: []string{"one"}})
	if e := s.refused(err, Conflict, "approval.nobody"); e.Facts["step"] != "second" {
		t.Errorf("%v", e.Facts)
	}
}
