package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// imported is a deal that somebody else's system kept: created, moved, called, and won or lost.
func imported(i int) store.ImportedDeal {
	at := t0.Add(time.Duration(i) * time.Minute)
	events := []sales.Event{
		{Version: 1, At: at, Type: sales.Created, Data: sales.EventData{
			Process: "b2b", Map: 1, To: "contact", User: "UREP", Team: "north", Source: "import",
			Initial: map[string]string{"name": fmt.Sprint("Imported ", i), "account": "Old CRM", "amount": "100.00 EUR"},
		}},
		{Version: 2, At: at.Add(time.Hour), Type: sales.Logged, Data: sales.EventData{Kind: "call", Minutes: 5, Source: "import"}},
		{Version: 3, At: at.Add(2 * time.Hour), Type: sales.Moved, Data: sales.EventData{From: "contact", To: "offer", Direction: sales.ExitForward}},
		{Version: 4, At: at.Add(3 * time.Hour), Type: sales.LostEvent, Data: sales.EventData{From: "offer", Reason: "price"}},
	}
	if i%2 == 0 {
		events = events[:3]
	}
	return store.ImportedDeal{
		External: fmt.Sprint("X-", i), Events: events,
		Activities: []sales.Activity{{Type: "call", Minutes: 5, Actor: "UREP", At: at.Add(time.Hour), Event: 2}},
	}
}

func importedDeals(from, to int) []store.ImportedDeal {
	var out []store.ImportedDeal
	for i := from; i < to; i++ {
		out = append(out, imported(i))
	}
	return out
}

func importer(t testing.TB, s *store.Store) *store.Importer {
	t.Helper()
	im, err := s.Importer(ctx, "", t0)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func add(t testing.TB, im *store.Importer, deals []store.ImportedDeal) {
	t.Helper()
	if err := im.Add(ctx, deals); err != nil {
		t.Fatal(err)
	}
}

// seen counts everything that a reader can see of deals.
func seen(t *testing.T, s *store.Store) string {
	t.Helper()
	var deals, events, stays, activities, listed, counted int
	read(t, s, func(ctx context.Context, r *store.Reader) error {
		list, err := r.Deals(ctx, store.DealFilter{})
		if err != nil {
			return err
		}
		listed = len(list)
		if counted, err = r.CountDeals(ctx, store.DealFilter{}); err != nil {
			return err
		}
		if err := r.EachDeal(ctx, "b2b", func(sales.Deal) error { deals++; return nil }); err != nil {
			return err
		}
		if err := r.EachEvent(ctx, "b2b", time.Time{}, func(sales.Event) error { events++; return nil }); err != nil {
			return err
		}
		if err := r.EachStay(ctx, "b2b", func(sales.Stay) error { stays++; return nil }); err != nil {
			return err
		}
		return r.EachActivity(ctx, "b2b", func(sales.Activity) error { activities++; return nil })
	})
	return fmt.Sprint(deals, listed, counted, events, stays, activities)
}

func TestImport(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		own := newDeal(t, s, "Own", "")
		before := seen(t, s)
		im := importer(t, s)
		add(t, im, importedDeals(0, 120))
		add(t, im, importedDeals(100, 130)) // some of it twice
		if now := seen(t, s); now != before {
			t.Fatalf("staged deals are seen: %s, before %s", now, before)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			if _, err := r.Deal(ctx, own.ID+1); !isCode(err, "deal.unknown") {
				t.Errorf("a staged deal is found: %v", err)
			}
			if _, ok, err := r.LastActivityBy(ctx, "UREP"); ok || err != nil {
				t.Errorf("a staged activity is found: %v", err)
			}
			totals, err := r.StageTotals(ctx, "b2b", nil)
			if len(totals) != 1 || totals[0].Deals != 1 {
				t.Errorf("totals: %+v", totals)
			}
			return err
		})
		if n := seal(t, s); n != 1 {
			t.Errorf("staged events are sealed: %d", n)
		}
		if r := auditOf(t, s); r.Broken != nil || r.Unsealed != 0 {
			t.Errorf("%+v", r)
		}
		next := newDeal(t, s, "meanwhile", "") // the bot keeps answering
		res, err := im.Publish(ctx)
		if err != nil || res != (store.ImportResult{Deals: 130, Known: 20, Events: 65*3 + 65*4, Activities: 130}) {
			t.Fatalf("%+v, %v", res, err)
		}
		if got, want := seen(t, s), fmt.Sprint(132, 132, 132, 2+65*2+65*3, 2+130*2, 130); got != want {
			t.Errorf("after publishing %s, want %s", got, want)
		}
		for _, id := range []int64{own.ID, own.ID + 1, own.ID + 2, next.ID} {
			sameAsLog(t, s, id)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			d, err := r.Deal(ctx, own.ID+1)
			log, _ := r.Events(ctx, d.ID)
			as, _ := r.Activities(ctx, d.ID)
			if err != nil || d.External != "X-0" || len(as) != 1 || log[1].Data.Activity != as[0].ID || as[0].Event != 2 {
				t.Errorf("%+v %+v %+v %v", d, log, as, err)
			}
			return nil
		})
		// Worked on before it is adopted.
		mustDecide(t, s, own.ID+1, func(c *sales.Case) ([]sales.Event, error) {
			return c.Advance("UREP", sales.Move{}, t0.Add(time.Hour))
		})
		if n := seal(t, s); n != 65*3+65*4+2 {
			t.Errorf("sealed %d", n)
		}
		if r := auditOf(t, s); r.Broken != nil || r.Unsealed != 0 {
			t.Errorf("%+v", r)
		}
		sameAsLog(t, s, own.ID+1)

		again := importer(t, s)
		add(t, again, importedDeals(0, 130))
		if res, err := again.Publish(ctx); err != nil || res != (store.ImportResult{Known: 130}) {
			t.Errorf("the second run: %+v, %v", res, err)
		}
	})
}

func TestDiscardedImport(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		newDeal(t, s, "Own", "")
		before := seen(t, s)
		im := importer(t, s)
		add(t, im, importedDeals(0, 400))
		if err := im.Discard(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := im.Publish(ctx); !isCode(err, "import.over") {
			t.Errorf("published what was discarded: %v", err)
		}
		if err := im.Add(ctx, importedDeals(0, 1)); !isCode(err, "import.over") {
			t.Errorf("added to what was discarded: %v", err)
		}
		if now := seen(t, s); now != before {
			t.Errorf("%s, before %s", now, before)
		}
		seal(t, s)
		if r := auditOf(t, s); r.Broken != nil || r.Events != 1 {
			t.Errorf("%+v", r)
		}
	})
}

// An import that died is cleared away by the next one; one that lives is left alone.
func TestAbandonedImport(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		c := &clock{now: time.Now().UTC()}
		s := open(t, url, store.Options{Clock: c.read})
		seedMap(t, s)
		dead := importer(t, s)
		add(t, dead, importedDeals(0, 10))
		if _, err := s.Importer(ctx, "b2b", t0); !isCode(err, "import.running") {
			t.Fatalf("two imports at once: %v", err)
		}
		c.add(3 * time.Minute)
		im := importer(t, s)
		add(t, im, importedDeals(0, 10))
		if err := dead.Add(ctx, importedDeals(10, 11)); !isCode(err, "import.over") {
			t.Errorf("the dead one goes on: %v", err)
		}
		if res, err := im.Publish(ctx); err != nil || res.Deals != 10 {
			t.Errorf("%+v, %v", res, err)
		}
		if got := seen(t, s); got != fmt.Sprint(10, 10, 10, 25, 20, 10) {
			t.Error(got)
		}
	})
}

func BenchmarkImport(b *testing.B) {
	benchBoth(b, func(b *testing.B, s *store.Store) {
		im := importer(b, s)
		deals := importedDeals(0, b.N)
		b.ResetTimer()
		for len(deals) > 0 {
			n := min(500, len(deals))
			add(b, im, deals[:n])
			deals = deals[n:]
		}
		if _, err := im.Publish(ctx); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deals/s")
	})
}
