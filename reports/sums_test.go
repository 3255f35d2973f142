package reports

import (
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

// Deals that are taken out, put in and changed leave what counting anew gives, in sums and in times.
func TestRevisedIsCountedAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScript(t)
		before, after := s.history(rapid.Float64Range(0, 120).Draw(t, "before")), s.history(rapid.Float64Range(0, 120).Draw(t, "after"))
		for _, h := range []*History{before, after} {
			for _, d := range h.Deals {
				d.minor = rapid.SampledFrom([]int64{0, 1, 250_00, math.MaxInt64 / 3, math.MaxInt64}).Draw(t, "minor")
				d.traits = &traits{currency: rapid.SampledFrom([]string{"", "EUR", "USD"}).Draw(t, "currency"), Status: d.Status, Reason: d.Reason}
			}
		}
		same := map[int64]bool{}
		var gone, come []*Deal
		for j, d := range after.Deals {
			if i := before.deal(d.ID); i >= 0 && rapid.Bool().Draw(t, "stays as it is") {
				same[d.ID], after.Deals[j] = true, before.Deals[i]
			} else {
				come = append(come, d)
			}
		}
		for _, d := range before.Deals {
			if !same[d.ID] {
				gone = append(gone, d)
			}
		}
		stages := len(after.Stages)
		if got, want := before.sums().revised(stages, gone, come), after.sums(); !reflect.DeepEqual(got, want) {
			t.Fatalf("-anew +revised: %s", cmp.Diff(want, got, sameSums))
		}
		was, is := &History{Process: after.Process, Stages: after.Stages, Deals: gone}, &History{Process: after.Process, Stages: after.Stages, Deals: come}
		if got, want := newTimesheet(before).revised(newTimesheet(was), newTimesheet(is)), newTimesheet(after); !sameTimes(got, want) {
			t.Fatal("the times are not those of the deals")
		}
	})
}

func sameTimes(a, b *timesheet) bool {
	same := func(x, y durations) bool { return slices.Equal(x.ended, y.ended) && slices.Equal(x.since, y.since) }
	return slices.EqualFunc(a.stages, b.stages, same) && slices.EqualFunc(a.between, b.between, same) && same(a.episodes, b.episodes) && slices.Equal(a.over, b.over)
}

// The medians of the map are those of all moves, sorted.
func TestMediansOfMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyScript(t).history(rapid.Float64Range(0, 120).Draw(t, "as of"))
		took := map[[2]string][]float64{}
		for _, d := range h.Deals {
			passages(d.stays, func(from, to int16, ms int64, _ bool) {
				key := [2]string{h.keyOf(from), h.keyOf(to)}
				took[key] = append(took[key], days(ms))
			})
		}
		rows := follows(h, Options{}).(followsBody).rows
		if len(rows) != len(took) {
			t.Fatalf("%d arrows, want %d", len(rows), len(took))
		}
		for _, r := range rows {
			all := slices.Sorted(slices.Values(took[[2]string{r.From, r.To}]))
			if want := stat.Quantile(all, 0.5); r.N != len(all) || float64(r.Median) != want {
				t.Fatalf("from %s to %s: %d with the median %v, want %d with %v", r.From, r.To, r.N, r.Median, len(all), want)
			}
		}
	})
}

// Of many deals, what is kept of their fixed groups is what they spent in all time.
func TestGroupsSpentWhatTheirDealsSpent(t *testing.T) {
	for _, n := range []int{10, stat.MaxUnits + 200} {
		h := many(n)
		w := span{math.MinInt64, h.AsOf.UnixMilli()}
		got, want := h.spentEver(h.sums()), h.spent(h.during(w), w)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("of %d deals the groups have spent something else", n)
		}
	}
}

// Sums of gigantic deals stay at the largest number, and come back from there.
func TestAmountsComeBack(t *testing.T) {
	a, rng := amounts{}, rand.New(rand.NewPCG(1, 2))
	a.add(sales.Money{Minor: 5, Currency: "EUR"}, 1)
	kept := maps.Clone(a)
	var large []sales.Money
	for range 20_000 {
		m := sales.Money{Minor: math.MaxInt64 - rng.Int64N(1000), Currency: "EUR"}
		large = append(large, m)
		a.add(m, 1)
	}
	if got := a.money()["EUR"]; got != math.MaxInt64 {
		t.Errorf("the sum is %d", got)
	}
	for _, m := range large {
		a.add(m, -1)
	}
	if !maps.Equal(a, kept) || a.money()["EUR"] != 5 {
		t.Errorf("%v is left, want %v", a, kept)
	}
	if a.add(sales.Money{Minor: 5, Currency: "EUR"}, -1); len(a) > 0 {
		t.Errorf("%v is left of nothing", a)
	}
}
