package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/reports"
	"pipewright/store"
)

var seedNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) // a Tuesday

// companyMapSaved is the company's map as the store gives it back.
func companyMapSaved(t testing.TB) sampleMap {
	t.Helper()
	m := companyMap()
	out := sampleMap{org: m.Organisation, processes: map[string]*sales.Process{}}
	out.org.Groups = map[string][]string{groupLegal: {userLeo}}
	for _, p := range m.Processes {
		out.processes[p.Key] = p
	}
	return out
}

// The sample company looks like one: enough of everything that a visitor wants to
// see, nothing in the future, and the bottleneck that the reports should find.
func TestSampleCompany(t *testing.T) {
	m := companyMapSaved(t)
	lives, err := sampleLives(m, seedNow)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	var early, late []float64 // working days until the price of a quote was decided
	for _, l := range lives {
		n["deals"]++
		n[string(l.Deal.Status)]++
		n["of "+l.Deal.Team]++
		n["in "+l.Deal.Process]++
		if l.Deal.Owner == userAna && l.Deal.Status == sales.Open {
			n["open of Ana"]++
		}
		for _, alert := range sales.Attention(l.Deal, l.Process, seedNow) {
			n[string(alert)]++
		}
		if l.Deal.IsParked(seedNow) {
			n["parked"]++
		}
		if l.Deal.Waiting == sales.WaitCustomer {
			n["waiting for the customer"]++
		}
		n["activities"] += len(l.Activities)
		for _, a := range l.Approvals {
			n["approval "+string(a.State)]++
			for _, who := range l.Deciders(a) {
				n["pending for "+who]++
			}
			for _, s := range a.Steps {
				if s.Key == "pricing" && s.Status == sales.StepApproved {
					waited := float64(l.Process.Calendar.WorkDays(l.Process.Calendar.Worked(time.UnixMilli(s.Opened), time.UnixMilli(s.Closed))))
					if a.At.Before(seedNow.AddDate(0, -4, 0)) {
						early = append(early, waited)
					} else if a.At.After(seedNow.AddDate(0, -2, 0)) {
						late = append(late, waited)
					}
				}
			}
		}
		if l.Deal.Reason != "" {
			n["reason "+l.Deal.Reason]++
		}
		for i, e := range l.log {
			if e.At.After(seedNow) || e.Version != i+1 || e.Data.Source != sampleSource {
				t.Fatalf("%s: event %d at %v from %q", l.name, e.Version, e.At, e.Data.Source)
			}
			if e.Type == sales.Moved && e.Data.Override {
				n["overrides"]++
			}
			if e.Type == sales.Moved && len(e.Data.Skipped) > 0 {
				n["skips"]++
			}
			if !l.Process.Calendar.InHours(e.At) && e.Type != sales.Parked && e.Type != sales.Resumed {
				n["out of hours"]++
			}
		}
	}
	t.Log(n)
	for what, bounds := range map[string][2]int{
		"deals": {120, 180}, "won": {25, 80}, "lost": {35, 90}, "open": {25, 60}, "of north": {40, 120}, "of south": {40, 120},
		"in b2b": {80, 140}, "in renewal": {25, 60}, "open of Ana": {8, 20}, "over_target": {5, 45}, "quiet": {3, 40}, "next_past": {2, 40},
		"parked": {1, 10}, "waiting for the customer": {1, 15}, "activities": {300, 2000}, "approval pending": {5, 30}, "approval rejected": {2, 30},
		"approval approved": {40, 200}, "pending for " + userLin: {3, 20}, "pending for " + userLeo: {1, 10}, "overrides": {1, 15}, "skips": {1, 30},
		"reason price": {2, 40}, "reason no_budget": {1, 40},
	} {
		if n[what] < bounds[0] || n[what] > bounds[1] {
			t.Errorf("%s: %d, want %d to %d", what, n[what], bounds[0], bounds[1])
		}
	}
	if n["out of hours"] > n["activities"]/20 {
		t.Errorf("%d events out of working hours", n["out of hours"])
	}
	if a, b := mean(early), mean(late); b < 3*a || len(early) < 5 || len(late) < 4 {
		t.Errorf("quotes waited %.1f working days for their price at first and %.1f lately (%d and %d): no bottleneck", a, b, len(early), len(late))
	}
}

func mean(values []float64) (sum float64) {
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

// The same moment has the same company, on any day of the week.
func TestSampleIsTheSameEveryTime(t *testing.T) {
	for day := range 7 {
		now := seedNow.AddDate(0, 0, day)
		var said [2]string
		for i := range said {
			lives, err := sampleLives(companyMapSaved(t), now)
			if err != nil {
				t.Fatalf("%s: %v", now.Weekday(), err)
			}
			for _, l := range lives {
				said[i] += fmt.Sprintf("%+v %d\n", l.Deal, len(l.log))
			}
		}
		if said[0] != said[1] {
			t.Errorf("%s: two runs differ", now.Weekday())
		}
	}
}

func TestSeedDemo(t *testing.T) {
	ctx := context.Background()
	st, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "seed.db"), store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := saveMap(ctx, st, companyMap(), seedNow); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := seedDemo(ctx, st, seedNow); err != nil {
		t.Fatal(err)
	}
	t.Logf("seeded in %v", time.Since(began))
	count := func() (deals int) {
		err := st.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
			deals, err = r.CountDeals(ctx, store.DealFilter{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return deals
	}
	n := count()
	if err := seedDemo(ctx, st, seedNow); err != nil || count() != n {
		t.Errorf("a second run: %v, %d deals instead of %d", err, count(), n)
	}
	err = st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		deals, err := r.Deals(ctx, store.DealFilter{Owner: userAna, Alive: true})
		if err != nil {
			return err
		}
		all, err := r.Deals(ctx, store.DealFilter{})
		if err != nil {
			return err
		}
		slices.SortFunc(all, func(a, b sales.Deal) int { return int(a.ID - b.ID) })
		if !slices.IsSortedFunc(all, func(a, b sales.Deal) int { return strings.Compare(a.Process, b.Process) }) {
			t.Error("the deals get other numbers in each run: their processes are mixed")
		}
		cards := 0
		for _, d := range deals {
			places, err := r.Places(ctx, fmt.Sprintf("deal:%d", d.ID))
			if err != nil {
				return err
			}
			cards += len(places)
		}
		if cards < 6 || cards > 10 {
			t.Errorf("%d cards of Ana's %d deals", cards, len(deals))
		}
		for _, who := range []string{userLin, userLeo} {
			pending, err := r.Approvals(ctx, store.ApprovalFilter{State: sales.Pending, Decider: who})
			if err != nil {
				return err
			}
			if len(pending) == 0 {
				t.Errorf("nothing waits for %s", who)
			}
			for _, a := range pending {
				places, err := r.Places(ctx, fmt.Sprintf("approval:%d", a.ID))
				if err != nil {
					return err
				}
				if len(places) == 0 {
					t.Errorf("approval %d has no card", a.ID)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	cards, lines := firstPage(t, st)
	if cards > 40 {
		t.Errorf("%d cards would be posted at once", cards)
	}
	if stats, err := st.OutboxStats(ctx); err != nil || stats.Due != cards+lines {
		t.Errorf("%d messages would be posted, want %d cards and %d quiet lines in their threads: %v", stats.Due, cards, lines, err)
	}
	if report, err := st.VerifyAudit(ctx); err != nil || report.Broken != nil {
		t.Errorf("audit: %+v %v", report, err)
	}
	if !strings.HasPrefix(livingDeals()[0].deal.Name, "Harbour") {
		t.Error("the first deal of the tour is another one")
	}
}

// firstPage counts the cards of deals and requests that are to be posted, and the lines that tell in
// the threads of the deals' cards what happened.
func firstPage(t *testing.T, st *store.Store) (cards, lines int) {
	t.Helper()
	err := st.Read(t.Context(), func(ctx context.Context, r *store.Reader) error {
		deals, err := r.Deals(ctx, store.DealFilter{})
		if err != nil {
			return err
		}
		for _, d := range deals {
			places, err := r.Places(ctx, fmt.Sprintf("deal:%d", d.ID))
			if err != nil {
				return err
			}
			cards += len(places)
			if len(places) == 0 {
				continue
			}
			log, err := r.Events(ctx, d.ID)
			if err != nil {
				return err
			}
			for _, e := range log {
				if e.Type != sales.Requested { // whose own card says it
					lines++
				}
			}
		}
		pending, err := r.Approvals(ctx, store.ApprovalFilter{State: sales.Pending})
		if err != nil {
			return err
		}
		for _, a := range pending {
			places, err := r.Places(ctx, fmt.Sprintf("approval:%d", a.ID))
			if err != nil {
				return err
			}
			cards += len(places)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cards, lines
}

// The report finds the bottleneck that was planted, whatever day it is.
func TestSampleHasABottleneck(t *testing.T) {
	for _, days := range []int{0, 5, 100} {
		now := seedNow.AddDate(0, 0, days)
		i := newImporter(t)
		i.apply(companyMap())
		i.open(func(st *store.Store) {
			if err := seedDemo(context.Background(), st, now); err != nil {
				t.Fatal(err)
			}
			err := st.Read(context.Background(), func(ctx context.Context, r *store.Reader) error {
				res, err := reports.Compute(ctx, r, "bottleneck", reports.Options{AsOf: now})
				if err != nil {
					return err
				}
				rows, ok := res.Body.Rows().([]reports.BottleneckRow)
				if !ok || rows[0].Stage != "proposal" || rows[0].Verdict != reports.VerdictBottleneck || rows[0].WaitsFor == nil || *rows[0].WaitsFor != "approver" {
					t.Errorf("on %s the report says %+v", now.Format(time.DateOnly), res.Body.Rows())
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
