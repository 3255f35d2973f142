package store_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
)

func TestChanges(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		var mark store.Mark
		// expect reads what is new since the last call; then goes on from there.
		expect := func(when string, want ...store.Change) {
			t.Helper()
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				got, err := r.Changes(ctx, "b2b", mark)
				if err != nil {
					return err
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", when, diff)
				}
				now, err := r.Mark(ctx, "b2b")
				if now.Behind(mark) {
					t.Errorf("%s: the mark went from %v to %v", when, mark, now)
				}
				mark = now
				return err
			})
		}
		expect("empty")
		a, b := newDeal(t, s, "A", "Acme"), newDeal(t, s, "B", "Beta")
		expect("unsealed", store.Change{ID: a.ID, Version: a.Version}, store.Change{ID: b.ID, Version: b.Version})
		expect("still unsealed", store.Change{ID: a.ID, Version: a.Version}, store.Change{ID: b.ID, Version: b.Version})
		if _, err := s.Seal(ctx, t0); err != nil {
			t.Fatal(err)
		}
		expect("sealed since", store.Change{ID: a.ID, Version: a.Version}, store.Change{ID: b.ID, Version: b.Version})
		expect("nothing new")
		mustDecide(t, s, b.ID, func(c *sales.Case) ([]sales.Event, error) {
			return []sales.Event{{Deal: b.ID, Version: c.Deal.Version + 1, At: t0, Type: sales.Waited, Data: sales.EventData{For: sales.WaitCustomer}}}, nil
		})
		expect("one waits", store.Change{ID: b.ID, Version: b.Version + 1})
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			waits, err := r.DealWaits(ctx, b.ID)
			if err != nil || len(waits) != 1 || waits[0].For != "customer" || !waits[0].From.Equal(t0) {
				t.Errorf("waits of the deal: %v, %v", waits, err)
			}
			events, err := r.StageEvents(ctx, b.ID)
			if err != nil || len(events) != 1 || events[0].Type != sales.Created {
				t.Errorf("events of stages: %v, %v", events, err)
			}
			return nil
		})

		im, err := s.Importer(ctx, "b2b", t0)
		if err != nil {
			t.Fatal(err)
		}
		created := sales.Event{Version: 1, At: t0, Type: sales.Created, Data: sales.EventData{Process: "b2b", To: "contact"}}
		if err := im.Add(ctx, []store.ImportedDeal{{External: "X1", Events: []sales.Event{created}}}); err != nil {
			t.Fatal(err)
		}
		expect("staged", store.Change{ID: b.ID, Version: b.Version + 1})
		if _, err := im.Publish(ctx); err != nil {
			t.Fatal(err)
		}
		imported := store.Change{ID: b.ID + 1, Version: 1}
		expect("published", store.Change{ID: b.ID, Version: b.Version + 1}, imported)
		expect("published before", store.Change{ID: b.ID, Version: b.Version + 1})
		if _, err := s.Seal(ctx, t0); err != nil {
			t.Fatal(err)
		}
		expect("adopted and sealed", store.Change{ID: b.ID, Version: b.Version + 1}, imported)
	})
}

func TestNothingIsKeptOfATransaction(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		type key struct{}
		made := 0
		make := func() any { made++; return made }
		inTx(t, s, func(_ context.Context, tx *store.Tx) error {
			if v, ok := tx.Kept(key{}, make); ok || v != nil {
				t.Errorf("inside a transaction: %v", v)
			}
			return nil
		})
		for range 2 {
			read(t, s, func(_ context.Context, r *store.Reader) error {
				if v, ok := r.Kept(key{}, make); !ok || v != 1 {
					t.Errorf("kept %v, %v; want the first", v, ok)
				}
				return nil
			})
		}
	})
}
