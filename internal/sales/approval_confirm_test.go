package sales

import "testing"

func TestLargeAmountsAreTyped(t *testing.T) {
	for name, c := range map[string]struct {
		policy, step float64
		form, typed  string
		verdict      Verdict
		code         string
	}{
		"nobody asks for it":            {0, 0, "20000.00 EUR", "", Approve, ""},
		"not above it":                  {20000, 0, "20000.00 EUR", "", Approve, ""},
		"not typed":                     {19999, 0, "20000.00 EUR", "", Approve, "approval.confirm"},
		"typed":                         {19999, 0, "20000.00 EUR", "20000.00 EUR", Approve, ""},
		"a zero too few":                {19999, 0, "20000.00 EUR", "2000.00 EUR", Approve, "approval.amount"},
		"another currency":              {19999, 0, "20000.00 EUR", "20000.00 USD", Approve, "approval.amount"},
		"the step asks for it earlier":  {50000, 100, "20000.00 EUR", "", Approve, "approval.confirm"},
		"the step asks for it later":    {100, 50000, "20000.00 EUR", "", Approve, ""},
		"the form's, which is larger":   {19999, 0, "90000.00 EUR", "90000.00 EUR", Approve, ""},
		"the deal's, and a small form":  {19999, 0, "1.00 EUR", "1.00 EUR", Approve, "approval.amount"},
		"the deal's is what is covered": {19999, 0, "1.00 EUR", "20000.00 EUR", Approve, ""},
		"who rejects types no amount":   {19999, 0, "20000.00 EUR", "", Reject, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, Money{2_000_000, "EUR"})
			s.Process.Policies[0].ConfirmAbove, s.Process.Policies[0].Steps[0].ConfirmAbove = c.policy, c.step
			s.ask(map[string]string{"amount": c.form})
			a, events, err := s.Case.Decide(*s.last(), Decision{By: "UPROD", Verdict: c.verdict, Comment: "so", Amount: c.typed, Seen: 1}, s.now)
			if c.code != "" {
				s.refused(err, Invalid, c.code)
				if a.State != Pending || len(events) > 0 {
					t.Fatalf("decided all the same: %+v", a)
				}
				return
			}
			if err != nil || events[0].Data.Value != c.typed || events[0].Data.Seen != 1 {
				t.Fatalf("%+v %v", events, err)
			}
		})
	}
}
