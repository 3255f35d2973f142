package sales

import (
	"maps"
	"slices"
	"testing"
)

func TestEditingARequest(t *testing.T) {
	base := map[string]string{"amount": "20000 EUR", "discount": "20", "terms": "30 days"}
	for name, c := range map[string]struct {
		material []string
		field    string
		value    string
		voided   bool
		waits    string
	}{
		"a material field":                      {[]string{"amount"}, "amount", "30000 EUR", true, "feasibility"},
		"another field":                         {[]string{"amount"}, "terms", "60 days", false, "price"},
		"no field is named: all are":            {nil, "terms", "60 days", true, "feasibility"},
		"one that decides which step is asked":  {[]string{"amount"}, "discount", "5", true, "feasibility"},
		"one that leaves the steps as they are": {[]string{"amount"}, "discount", "25", false, "price"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, Money{2_000_000, "EUR"})
			s.Process.Policies[0].Material = c.material
			a, _, err := s.Request("UANA", "quote", base, s.now)
			if err != nil {
				t.Fatal(err)
			}
			a.ID = 1
			if a, _, err = s.Case.Decide(a, Decision{By: "UPROD", Verdict: Approve}, s.now); err != nil {
				t.Fatal(err)
			}
			seen := a.Version
			form := maps.Clone(base)
			form[c.field] = c.value
			b, events, voided, err := s.Edit(a, "UANA", form, seen, s.now)
			if err != nil || voided != c.voided || b.Current().Key != c.waits || events[0].Data.Before[c.field] != base[c.field] {
				t.Fatalf("%+v, voided %v, %v", b, voided, err)
			}
			if a.Steps[0].Decisions[0].Void || b.Steps[0].Decisions[0].Void != c.voided {
				t.Fatal("what was decided is kept and marked, and what was passed in is left alone")
			}
			who := s.Deciders(b)[0]
			decided, answered, err := s.Case.Decide(b, Decision{By: who, Verdict: Approve, Seen: seen}, s.now)
			if c.voided {
				s.refused(err, Conflict, "approval.moved_on")
			} else if err != nil {
				t.Fatalf("what %s saw still holds: %v", who, err)
			} else if d := decided.step(c.waits).Decisions[0]; d.Seen != seen || d.In != b.Version || answered[0].Data.Seen != seen {
				t.Fatalf("%s saw version %d, and version %d was there: %+v", who, seen, b.Version, d)
			} else if before, after := Edition(events, 1, d.Seen, s.now), Edition(events, 1, d.In, s.now); before != 1 || after != 2 {
				t.Fatalf("they saw wording %d, and wording %d was there", before, after)
			}
			if c.voided {
				_, _, _, err = s.Edit(b, "UANA", base, seen, s.now)
				s.refused(err, Conflict, "approval.edited")
			}
		})
	}
}

func TestEditsThatCannotBe(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	form := map[string]string{"amount": "20000 EUR"}
	a, _, err := s.Request("UANA", "quote", form, s.now)
	if err != nil {
		t.Fatal(err)
	}
	other := map[string]string{"amount": "1 EUR"}
	_, _, _, err = s.Edit(a, "UPROD", other, a.Version, s.now)
	if e := s.refused(err, NotAllowed, "approval.not_asker"); !slices.Equal(e.Who, []string{"UANA"}) {
		t.Errorf("%v", e.Who)
	}
	_, _, _, err = s.Edit(a, "UANA", form, a.Version, s.now)
	s.refused(err, Invalid, "approval.same")
	_, _, _, err = s.Edit(a, "UANA", nil, a.Version, s.now)
	s.refused(err, Invalid, "approval.field")
	a, _, _ = s.Withdraw(a, "UANA", s.now)
	_, _, _, err = s.Edit(a, "UANA", other, a.Version, s.now)
	s.refused(err, Conflict, "approval.decided")
}
