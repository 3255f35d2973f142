package sales

import (
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// thresholds makes the quote's policy ask more of large deals, of very small ones and of thin margins.
func (s *story) thresholds() {
	s.Org.Roles = []Role{{Key: "product", Users: []string{"UPROD"}}, {Key: "board", Users: []string{"UBOSS"}}, {Key: "desk", Users: []string{"UDESK"}}}
	s.Process.Fields = []Field{{Key: "region", Type: FieldText}}
	s.Process.Policies[0].Steps = []Step{
		{Key: "feasibility", Roles: []string{"product"}},
		{Key: "board", Roles: []string{"board"}, When: "amount > 50000"},
		{Key: "desk", Roles: []string{"desk"}, When: "amount <= 1000 || margin < 20 && margin != 0"},
	}
	s.Process.Stages[1].Gate = Gate{Approvals: []ApprovalNeed{{Kind: "quote"}}}
}

func (s *story) set(field, value string) {
	s.t.Helper()
	s.ok(s.Set("UANA", field, value, s.now))
}

// ask opens a request and keeps it in the case.
func (s *story) ask(form map[string]string) {
	s.t.Helper()
	a, events, err := s.Request("UANA", "quote", form, s.now)
	s.ok(events, err)
	a.ID = int64(len(s.Approvals) + 1)
	s.Approvals = append(s.Approvals, a)
}

func (s *story) last() *Approval { return &s.Approvals[len(s.Approvals)-1] }

// all approves everything that waits.
func (s *story) all() {
	s.t.Helper()
	for s.last().State == Pending {
		a, events, err := s.Case.Decide(*s.last(), Decision{By: s.Deciders(*s.last())[0], Verdict: Approve}, s.now)
		s.ok(events, err)
		*s.last() = a
	}
}

func (s *story) follow() bool {
	s.t.Helper()
	a, events, err := s.Follow(*s.last(), "UANA", s.now)
	s.ok(events, err)
	*s.last() = a
	return len(events) > 0 && events[0].Data.Outcome == Voided
}

func TestARequestAsksForWhatDealOrFormNeeds(t *testing.T) {
	for name, c := range map[string]struct {
		deal, margin string
		form         map[string]string
		board, desk  bool
	}{
		"the same":                           {"20000.00 EUR", "", map[string]string{"amount": "20000.00 EUR"}, false, false},
		"a small form on a large deal":       {"90000.00 EUR", "", map[string]string{"amount": "1.00 EUR"}, true, true},
		"a large form on a small deal":       {"500.00 EUR", "", map[string]string{"amount": "90000.00 EUR"}, true, true},
		"the form has the amount alone":      {"", "", map[string]string{"amount": "90000.00 EUR"}, true, false},
		"a better margin in the form":        {"20000.00 EUR", "10", map[string]string{"amount": "20000.00 EUR", "margin": "50"}, false, true},
		"a worse margin in the form":         {"20000.00 EUR", "50", map[string]string{"amount": "20000.00 EUR", "margin": "10"}, false, true},
		"the form leaves out what is needed": {"20000.00 EUR", "10", map[string]string{"amount": "20000.00 EUR"}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, amountOf(c.deal))
			s.thresholds()
			if c.margin != "" {
				s.set("margin", c.margin)
			}
			s.ask(c.form)
			if board, desk := s.last().Steps[1].Status != StepSkipped, s.last().Steps[2].Status != StepSkipped; board != c.board || desk != c.desk {
				t.Fatalf("board %v, desk %v", board, desk)
			}
		})
	}
}

func TestRequestsInAnotherCurrencyThanTheDeal(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	_, _, err := s.Request("UANA", "quote", map[string]string{"amount": "20000.00 USD"}, s.now)
	if e := s.refused(err, Invalid, "approval.currency"); e.Facts["currency"] != "EUR" || e.Facts["other"] != "USD" || e.Facts["field"] != "amount" {
		t.Fatal(e.Facts)
	}
	s.ask(map[string]string{"amount": "20000.00 EUR"})
	_, _, _, err = s.Edit(*s.last(), "UANA", map[string]string{"amount": "20000.00 USD"}, 1, s.now)
	s.refused(err, Invalid, "approval.currency")
}

// What the deal says after the approval, and whether the gate still takes it.
func TestAnApprovalIsBoundToTheDeal(t *testing.T) {
	type change struct{ field, value string }
	for name, c := range map[string]struct {
		form            map[string]string
		material, exact []string
		change          change
		shift           *Shift
		step            string
	}{
		"nothing":                              {change: change{"source", "fair"}},
		"a higher amount":                      {change: change{"amount", "30000.00 EUR"}, shift: &Shift{"amount", "20000.00 EUR", "30000.00 EUR"}},
		"a lower amount":                       {change: change{"amount", "19999.00 EUR"}},
		"a lower amount that is held exactly":  {exact: []string{"amount"}, change: change{"amount", "19999.00 EUR"}, shift: &Shift{"amount", "20000.00 EUR", "19999.00 EUR"}},
		"so low that another step is asked":    {change: change{"amount", "900.00 EUR"}, step: "desk"},
		"so high that another step is asked":   {material: []string{"discount"}, change: change{"amount", "60000.00 EUR"}, step: "board"},
		"both":                                 {change: change{"amount", "60000.00 EUR"}, shift: &Shift{"amount", "20000.00 EUR", "60000.00 EUR"}, step: "board"},
		"higher, and nobody holds it material": {material: []string{"discount"}, change: change{"amount", "30000.00 EUR"}},
		"another currency":                     {change: change{"amount", "20000.00 USD"}, shift: &Shift{"amount", "20000.00 EUR", "20000.00 USD"}},
		"no amount any more":                   {change: change{"amount", ""}},
		"higher, but the form asked for more":  {form: map[string]string{"amount": "40000.00 EUR"}, change: change{"amount", "30000.00 EUR"}},
		"higher than both":                     {form: map[string]string{"amount": "25000.00 EUR"}, change: change{"amount", "30000.00 EUR"}, shift: &Shift{"amount", "25000.00 EUR", "30000.00 EUR"}},
		"a lower margin":                       {change: change{"margin", "25"}, shift: &Shift{"margin", "40", "25"}},
		"a better margin":                      {change: change{"margin", "45"}},
		"a margin that nobody knows any more":  {change: change{"margin", ""}, shift: &Shift{"margin", "40", ""}},
		"a field of the deal alone":            {material: []string{"amount", "region"}, change: change{"region", "north"}, shift: &Shift{"region", "", "north"}},
		"one that is not material":             {change: change{"region", "north"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, Money{2_000_000, "EUR"})
			s.thresholds()
			s.Process.Policies[0].Material, s.Process.Policies[0].Exact = c.material, c.exact
			s.set("margin", "40")
			s.ok(s.Advance("UANA", Move{}, s.now))
			if c.form == nil {
				c.form = map[string]string{"amount": "20000.00 EUR", "margin": "40"}
			}
			s.ask(c.form)
			s.all()
			if missing, err := s.Missing(""); err != nil || len(missing) > 0 {
				t.Fatalf("it stands: %v %v", missing, err)
			}
			s.set(c.change.field, c.change.value)
			_, err := s.Advance("UANA", Move{}, s.now)
			if c.shift == nil && c.step == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			m := s.refused(err, GateNotMet, "gate.not_met").Missing[0]
			if m.State != Approved || m.Step != c.step || (c.shift != nil) != (len(m.Shifts) == 1) || c.shift != nil && m.Shifts[0] != *c.shift {
				t.Fatalf("%+v", m)
			}
			form := maps.Clone(c.form)
			if c.change.field == "amount" && c.change.value != "" {
				form["amount"] = c.change.value
			}
			s.ask(form) // asked again with what the deal says now, it stands
			s.all()
			s.ok(s.Advance("UANA", Move{}, s.now))
		})
	}
}

// Two stages that ask for the same approval, when both are left at once, ask for it once.
func TestAnApprovalOfTwoStagesIsMissingOnce(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	s.thresholds()
	s.Process.Stages[2].Gate = s.Process.Stages[1].Gate
	missing, err := s.Missing("signed")
	if err != nil || len(missing) != 1 || missing[0].Stage != "offer" {
		t.Fatalf("%+v %v", missing, err)
	}
}

func TestAWaitingRequestFollowsItsDeal(t *testing.T) {
	for name, c := range map[string]struct {
		form, to string // amounts
		again    bool
		asks     string // the amount that is asked for afterwards
	}{
		"more than was asked for":          {"20000.00 EUR", "30000.00 EUR", true, "30000.00 EUR"},
		"more, but the form asked for it":  {"40000.00 EUR", "30000.00 EUR", false, "40000.00 EUR"},
		"less":                             {"20000.00 EUR", "19000.00 EUR", false, "20000.00 EUR"},
		"so low that a step is asked":      {"20000.00 EUR", "500.00 EUR", true, "20000.00 EUR"},
		"the form meant something else":    {"15000.00 EUR", "30000.00 EUR", true, "15000.00 EUR"},
		"another currency":                 {"20000.00 EUR", "20000.00 USD", true, "20000.00 USD"},
		"another currency beside the form": {"15000.00 EUR", "20000.00 USD", true, "15000.00 EUR"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, Money{2_000_000, "EUR"})
			s.thresholds()
			s.ask(map[string]string{"amount": c.form})
			seen := s.last().Version
			if s.follow() {
				t.Fatal("nothing has changed")
			}
			s.set("amount", c.to)
			if got := s.follow(); got != c.again || s.last().Form["amount"] != c.asks {
				t.Fatalf("asked again: %v, for %s", got, s.last().Form["amount"])
			}
			if s.follow() {
				t.Fatal("asked twice for one change")
			}
			_, _, err := s.Case.Decide(*s.last(), Decision{By: "UPROD", Verdict: Approve, Seen: seen}, s.now)
			if c.again {
				s.refused(err, Conflict, "approval.moved_on")
				if e := s.Log[len(s.Log)-1]; e.Type != Followed || e.Data.Form["amount"] != c.asks {
					t.Fatalf("%+v", e)
				}
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTheAmountOfARequest(t *testing.T) {
	for _, c := range []struct{ form, deal, want string }{
		{"1.00 EUR", "20000.00 EUR", "20000.00 EUR"}, {"30000.00 EUR", "20000.00 EUR", "30000.00 EUR"}, {"", "5.00 EUR", "5.00 EUR"}, {"5.00 EUR", "", "5.00 EUR"}, {"", "", ""}, {"5.00 USD", "9.00 EUR", "5.00 USD"},
	} {
		if got := (Approval{Form: map[string]string{"amount": c.form}, Facts: map[string]string{"amount": c.deal}}).Amount().Canonical(); got != c.want {
			t.Errorf("%q on %q: %q", c.form, c.deal, got)
		}
	}
}

// An approval of the time before requests looked at their deals covers what its form says.
func TestApprovalsWithoutFacts(t *testing.T) {
	s := begin(t, Money{100_000_000, "EUR"})
	s.thresholds()
	a := Approval{ID: 1, Kind: "quote", Episode: 1, State: Approved, Form: map[string]string{"amount": "1.00 EUR"}}
	if got := s.Outgrown(a); len(got) != 1 || got[0].Was != "1.00 EUR" {
		t.Fatal(got)
	}
	if a.Form = nil; len(s.Outgrown(a)) > 0 {
		t.Fatal("nothing is known of it")
	}
}

func TestConditionsWithTwoValuesForAName(t *testing.T) {
	env := map[string]any{"amount": 90000.0, "margin": 50.0}
	also := map[string]any{"amount": 1.0, "margin": 10.0}
	for when, want := range map[Condition]bool{
		"": true, "amount > 50000": true, "amount < 50": true, "amount > 50000 && margin < 20": true, // neither says both
		"amount == 5": false, "amount > 100000 || margin > 50": false, "discount > 0": false,
	} {
		if got, err := when.HoldsForAny(env, also); err != nil || got != want {
			t.Errorf("%s: %v %v", when, got, err)
		}
	}
	if _, err := Condition("nonsense > 1").HoldsForAny(env, also); err == nil {
		t.Error("an unknown name passed")
	}
}

// No order of setting, asking, changing, deciding and advancing takes a deal through its gate on an approval
// that does not cover what the deal says at that moment.
func TestNoOrderPassesAGateUncovered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &story{Case: Case{Process: testProcess(), Org: testOrg()}, now: monday, t: nil}
		s.thresholds()
		s.Process.Policies[0].Exact = rapid.SampledFrom([][]string{nil, {"amount"}}).Draw(t, "exact")
		s.Deal = Deal{ID: 1, Owner: "UANA", Team: "north", Status: Open, Episode: 1, Stage: "offer", Process: "b2b", Amount: Money{2_000_000, "EUR"}}
		amounts := []string{"500.00 EUR", "20000.00 EUR", "30000.00 EUR", "90000.00 EUR"}
		margins := []string{"", "10", "40"}
		// What was before each person's eyes when they approved: the larger amount and the lower margin.
		type sight struct{ amount, margin float64 }
		sights := map[int64]map[string][]sight{}
		apply := func(events []Event) {
			for _, e := range events {
				s.Deal.Apply(e)
			}
		}
		for range 80 {
			s.now = s.now.Add(time.Minute)
			var last *Approval
			if len(s.Approvals) > 0 {
				last = s.last()
			}
			switch what := rapid.SampledFrom([]string{"set", "set", "ask", "edit", "decide", "decide", "decide", "withdraw", "advance", "advance"}).Draw(t, "what"); {
			case what == "set":
				field, value := "amount", rapid.SampledFrom(amounts).Draw(t, "amount")
				if rapid.Bool().Draw(t, "of margin") {
					field, value = "margin", rapid.SampledFrom(margins).Draw(t, "margin")
				}
				events, err := s.Set("UANA", field, value, s.now)
				if err != nil {
					continue
				}
				apply(events)
				if last != nil {
					b, events, err := s.Follow(*last, "UANA", s.now)
					if err != nil {
						t.Fatal(err)
					}
					apply(events)
					*last = b
				}
			case what == "ask":
				form := map[string]string{"amount": rapid.SampledFrom(amounts).Draw(t, "asked"), "margin": rapid.SampledFrom(margins).Draw(t, "form's margin")}
				if a, events, err := s.Request("UANA", "quote", form, s.now); err == nil {
					a.ID = int64(len(s.Approvals) + 1)
					s.Approvals, sights[a.ID] = append(s.Approvals, a), map[string][]sight{}
					apply(events)
				}
			case last == nil:
			case what == "edit":
				form := maps.Clone(last.Form)
				form["amount"] = rapid.SampledFrom(amounts).Draw(t, "edited")
				if b, events, _, err := s.Edit(*last, "UANA", form, last.Version, s.now); err == nil {
					apply(events)
					*last = b
				}
			case what == "withdraw":
				if b, events, err := s.Withdraw(*last, "UANA", s.now); err == nil {
					apply(events)
					*last = b
				}
			case what == "decide":
				if last.State != Pending {
					continue
				}
				step := last.Current().Key
				b, events, err := s.Case.Decide(*last, Decision{By: s.Deciders(*last)[0], Verdict: Approve, Seen: last.Version}, s.now)
				if err != nil {
					t.Fatal(err)
				}
				apply(events)
				saw := sight{max(s.Deal.Amount.Float(), amountOf(b.Form["amount"]).Float()), 1000}
				for _, m := range []string{s.Deal.Value("margin"), b.Form["margin"]} {
					if m != "" {
						f, _ := strconv.ParseFloat(m, 64)
						saw.margin = min(saw.margin, f)
					}
				}
				sights[b.ID][step] = append(sights[b.ID][step], saw)
				*last = b
			case what == "advance":
				events, err := s.Advance("UANA", Move{To: "contract"}, s.now)
				if err != nil {
					continue
				}
				apply(events)
				s.Deal.Stage = "offer"
				if last.State != Approved {
					t.Fatalf("passed on a request that is %s", last.State)
				}
				amount, margin := s.Deal.Amount.Float(), 0.0
				if s.Deal.Margin != nil {
					margin = *s.Deal.Margin * 100
				}
				need := []string{"feasibility"}
				if amount > 50000 {
					need = append(need, "board")
				}
				if amount <= 1000 || margin < 20 && margin != 0 {
					need = append(need, "desk")
				}
				for _, key := range need {
					seen := sights[last.ID][key]
					if i := slices.IndexFunc(last.Steps, func(x StepState) bool { return x.Key == key }); last.Steps[i].Status != StepApproved || len(seen) == 0 {
						t.Fatalf("amount %v, margin %v: passed without %s: %+v", amount, margin, key, last.Steps)
					}
					if saw := seen[len(seen)-1]; amount > saw.amount || margin != 0 && margin < saw.margin-1e-9 {
						t.Fatalf("amount %v, margin %v: who decided %s saw %+v", amount, margin, key, saw)
					}
				}
			}
		}
	})
}
