package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
)

func TestActivities(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		d, other := newDeal(t, s, "Acme", ""), newDeal(t, s, "Other", "")
		want := sales.Activity{
			Type: "call", Minutes: 25, Actor: "UREP", At: t0.Add(time.Minute), Outcome: "good", Note: "they want SSO\x00 🙂",
			Link: "https://example.com/p1", Cost: sales.Money{Minor: 1250, Currency: "EUR"},
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Case(ctx, d.ID)
			if err != nil {
				return err
			}
			events, err := c.LogActivity("UREP", want, want.At)
			if err != nil {
				return err
			}
			a, err := tx.AddActivity(ctx, c, want, events)
			if a.ID == 0 || len(c.Activities) != 1 || c.Deal.Version != 2 || !c.Deal.Last.Equal(want.At) {
				t.Errorf("%+v %+v", a, c)
			}
			want = a
			return err
		})
		if want.Note != "they want SSO 🙂" {
			t.Errorf("note: %q", want.Note)
		}
		if err := logCall(s, other.ID, t0.Add(2*time.Minute)); err != nil {
			t.Fatal(err)
		}
		last := func() (a sales.Activity, ok bool) {
			read(t, s, func(ctx context.Context, r *store.Reader) (err error) {
				a, ok, err = r.LastActivityBy(ctx, "UREP")
				return err
			})
			return a, ok
		}
		if a, ok := last(); !ok || a.Deal != other.ID {
			t.Errorf("last: %+v %v", a, ok)
		}
		if err := unlogCall(s, other.ID, t0.Add(3*time.Minute)); err != nil {
			t.Fatal(err)
		}
		a, ok := last()
		if diff := cmp.Diff(want, a); diff != "" || !ok {
			t.Error(diff)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			log, err := r.Events(ctx, d.ID)
			if err != nil || log[1].Data.Activity != want.ID || want.Event != 2 {
				t.Errorf("%+v, %v", log, err)
			}
			undone, err := r.Activities(ctx, other.ID)
			if err != nil || len(undone) != 1 || !undone[0].Undone {
				t.Errorf("%+v, %v", undone, err)
			}
			if _, ok, err := r.LastActivityBy(ctx, "UNOBODY"); ok || err != nil {
				t.Errorf("%v, %v", ok, err)
			}
			return err
		})
		sameAsLog(t, s, other.ID)
	})
}

// The same activity is not undone twice, even from an old view of it.
func TestUndoneOnce(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		d := newDeal(t, s, "Acme", "")
		if err := logCall(s, d.ID, t0); err != nil {
			t.Fatal(err)
		}
		var c *sales.Case
		read(t, s, func(ctx context.Context, r *store.Reader) (err error) {
			c, err = r.Case(ctx, d.ID)
			return err
		})
		for i, want := range []string{"", "deal.changed_meanwhile"} {
			err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
				mine := *c
				a, events, err := mine.Unlog("UREP", 0, t0.Add(time.Minute))
				if err != nil {
					return err
				}
				return tx.UndoActivity(ctx, &mine, a, events)
			})
			if want == "" && err != nil || want != "" && !isCode(err, want) {
				t.Errorf("undo %d: %v", i+1, err)
			}
		}
		sameAsLog(t, s, d.ID)
	})
}
