package reports

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

// TestNumbersHaveTheirDeals compares what the funnel and the outcomes count with the
// deals that are listed behind the numbers.
func TestNumbersHaveTheirDeals(t *testing.T) {
	for name, s := range map[string]*script{"small": small(), "year": year()} {
		res := s.result(t, "funnel", Options{AsOf: at(210)})
		visits := res.History.sums().stages
		for i, row := range res.Body.Rows().([]FunnelRow) {
			for what, want := range map[string]int{Reached: row.Reached, Entered: visits[i].deals, OpenHere: row.Open} {
				if got := res.At(row.Stage, what); len(got) != want || res.CountAt(row.Stage, what) != want {
					t.Errorf("%s: %s %s: %d deals, want %d", name, row.Stage, what, len(got), want)
				}
			}
			for what, most := range map[string]int{MovedOn: row.Advanced + row.Won, WentBack: row.Back, LostHere: row.Lost, Skipped: row.Skipped} {
				got := res.At(row.Stage, what)
				if len(got) > most || most > 0 && len(got) == 0 {
					t.Errorf("%s: %s %s: %d deals for %d visits", name, row.Stage, what, len(got), most)
				}
				if slices.Sort(got); len(slices.Compact(got)) != len(got) {
					t.Errorf("%s: %s %s: a deal stands twice", name, row.Stage, what)
				}
			}
		}
		out := s.result(t, "outcomes", Options{AsOf: at(210)})
		row := out.Body.Rows().([]OutcomesRow)[0]
		if won, lost, open := len(out.Outcome(sales.Won, nil)), len(out.Outcome(sales.Lost, nil)), out.CountOutcome(sales.Open, nil); won != row.Won || lost != row.Lost || open != row.Open {
			t.Errorf("%s: %d, %d and %d deals for %d won, %d lost and %d open", name, won, lost, open, row.Won, row.Lost, row.Open)
		}
		timed := out.History.times().episodes
		for status, cause := range map[sales.Status]stat.Cause{sales.Won: exitWon, sales.Lost: exitLost} {
			want, priced := 0, 0
			for _, e := range timed.ended {
				if e.cause() == cause && e.millis() <= 30*dayMillis {
					want++
				}
			}
			for _, sum := range map[sales.Status]closed{sales.Won: out.History.sums().won, sales.Lost: out.History.sums().lost}[status].value {
				priced += sum.deals
			}
			if within, valued := len(out.Within(status)), len(out.Valued(status)); within != want || valued != priced || want == 0 || priced == 0 {
				t.Errorf("%s: %d %s within 30 days and %d with a value, want %d and %d", name, within, status, valued, want, priced)
			}
		}
		sum := 0
		for _, key := range out.Reasons() {
			sum += len(out.Outcome(sales.Lost, &key))
		}
		if sum != row.Lost {
			t.Errorf("%s: %d deals behind the reasons of %d", name, sum, row.Lost)
		}
		week := span{at(200).UnixMilli(), at(207).UnixMilli()}
		n := out.History.period(week)
		if won, created := out.During(sales.Won, at(200), at(207)), out.During("", at(200), at(207)); len(won) != n.won || len(created) != n.created {
			t.Errorf("%s: %d won and %d created in a week of %d and %d", name, len(won), len(created), n.won, n.created)
		}
	}
}

func TestQueryGoesThroughAButton(t *testing.T) {
	q := Query{"funnel", Options{
		Process: "b2b", Owner: "U1", Team: "north", Source: "trade | fair", Band: sales.Band{Currency: "EUR", From: 1_000_000},
		From: at(1), AsOf: at(2).Add(time.Millisecond),
	}}
	got, rest, err := ParseQuery(q.Value("stage:demo:lost", "3"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(q, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"stage:demo:lost", "3"}, rest); diff != "" {
		t.Error(diff)
	}
	// Buttons that were posted before there were sources and bands.
	if old, _, err := ParseQuery("funnel|b2b||north|||1|stage:demo"); err != nil || old.Name != "funnel" || old.Team != "north" {
		t.Errorf("%+v, %v", old, err)
	}
	for _, value := range []string{"", "funnel", "funnel|b2b|||x!||", "a|b|c|d|e|f"} {
		if _, _, err := ParseQuery(value); err == nil {
			t.Errorf("%q was read", value)
		}
	}
}
