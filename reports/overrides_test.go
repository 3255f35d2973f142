package reports

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// overridden marks the deal's last event as an override.
func (s *script) overridden(deal int64) *script {
	log := s.log[deal]
	log[len(log)-1].Data.Override = true
	return s
}

// overrides are two in demo and one in paid; a fourth, in lead, was undone, and a fifth, in offer, is undone on day 25.
func overrides() *script {
	s := newScript(testProcess())
	s.create(1, 0, "lead").move(1, 1, "demo").move(1, 2, "offer").overridden(1).move(1, 3, "demo").move(1, 10, "signed").overridden(1)
	s.create(2, 0, "lead").move(2, 1, "demo").overridden(2).undo(2, 1.001, 2)
	s.create(3, 0, "paid").add(3, 12, sales.Completed, sales.EventData{From: "paid"}).overridden(3)
	s.create(4, 0, "offer").move(4, 20, "signed").overridden(4).undo(4, 25, 2)
	return s
}

func TestOverridesAreCounted(t *testing.T) {
	res := overrides().result(t, "funnel", Options{AsOf: at(30)})
	for _, row := range res.Body.Rows().([]FunnelRow) {
		deals := map[string][]int64{"demo": {1}, "paid": {3}}[row.Stage]
		if want := map[string]int{"demo": 2, "paid": 1}[row.Stage]; row.Overrides != want {
			t.Errorf("%s: %d overrides, want %d", row.Stage, row.Overrides, want)
		}
		if got := res.At(row.Stage, Overridden); !slices.Equal(got, deals) || res.CountAt(row.Stage, Overridden) != len(deals) {
			t.Errorf("%s: D-%d are behind its overrides, want %d", row.Stage, got, deals)
		}
	}
	for lang, want := range map[string]string{"en": "Gates passed without what they ask for: 2 in Demo and 1 in Paid.", "zh": "例外放行（条件未满足）："} {
		p := text.For(lang, time.UTC)
		if notes := strings.Join(res.notes(p), "\n"); !strings.Contains(notes, want) {
			t.Errorf("%s: no %q in %s", lang, want, notes)
		}
	}
	if before := overrides().result(t, "funnel", Options{AsOf: at(22)}); before.CountAt("offer", Overridden) != 1 {
		t.Error("what is undone later still stood on day 22")
	}
	if none := small().result(t, "funnel", Options{AsOf: at(30)}); strings.Contains(strings.Join(none.notes(text.For("en", time.UTC)), ""), "Gates") {
		t.Error("a note about overrides where there are none")
	}
}

func TestOverridesOfAWeek(t *testing.T) {
	res := overrides().result(t, "funnel", Options{AsOf: at(30)})
	h, p := res.History, text.For("en", time.UTC)
	for _, test := range []struct {
		from, to float64
		say      string
		deals    []int64
	}{
		{5, 12, "Gates passed without what they ask for: 1 in Demo and 1 in Paid.", []int64{3, 1}},
		{12, 19, "", nil}, // its beginning belongs to the week before
		{18, 26, "", nil}, // undone
	} {
		w := span{at(test.from).UnixMilli(), at(test.to).UnixMilli()}
		if got := h.passedText(h.passed(w), p); got != test.say {
			t.Errorf("day %g to %g: %q, want %q", test.from, test.to, got, test.say)
		}
		got := res.OverriddenDuring(at(test.from), at(test.to))
		slices.Sort(got)
		slices.Sort(test.deals)
		if !slices.Equal(got, test.deals) {
			t.Errorf("day %g to %g: D-%d, want D-%d", test.from, test.to, got, test.deals)
		}
	}
}

// What a deal waited for is read after what was passed.
func TestOverridesOfDealsThatWaited(t *testing.T) {
	s := overrides()
	s.waits = []sales.Wait{{Deal: 1, For: sales.ForCustomer, From: at(4), To: at(5)}, {Deal: 1, For: sales.ForUs, From: at(6), To: at(7)}}
	res := s.result(t, "funnel", Options{AsOf: at(30)})
	if got := res.At("demo", Overridden); !slices.Equal(got, []int64{1}) {
		t.Errorf("D-%d are behind the overrides of demo, want D-1", got)
	}
	if d := res.History.Deals[res.History.deal(1)]; len(d.waits) != 2 {
		t.Errorf("D-1 waited %d times, want 2", len(d.waits))
	}
}
