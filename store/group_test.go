package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
)

func TestGroups(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		for range 2 {
			newDeal(t, s, "Acme", "Acme")
		}
		other := newDeal(t, s, "Globex", "Globex")
		mustDecide(t, s, other.ID, func(c *sales.Case) ([]sales.Event, error) { return c.Set("UREP", "source", "fair", t0) })
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			got, err := r.Groups(ctx)
			want := []store.Group{{Process: "b2b", Owner: "UREP", Team: "north", Deals: 2}, {Process: "b2b", Owner: "UREP", Team: "north", Source: "fair", Deals: 1}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

// What approvers were asked is told as of when it was not over, and with its kind.
func TestAskedSince(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		a := request(t, s, newDeal(t, s, "Acme", "").ID) // at t0 and an hour
		if err := verdict(s, a.ID, "UPRICE", sales.Approve); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			all, err := r.AskedSince(ctx, "b2b", t0)
			if err != nil {
				return err
			}
			if len(all) != 2 || all[0].Kind != "quote" || all[0].Step != "price" || all[0].End != "approve" || all[1].Step != "law" || !all[1].To.IsZero() {
				t.Errorf("%+v", all)
			}
			later, err := r.AskedSince(ctx, "b2b", all[0].To.Add(time.Millisecond))
			if len(later) != 1 || later[0].Step != "law" {
				t.Errorf("%+v", later)
			}
			other, err2 := r.AskedSince(ctx, "renewal", t0)
			if len(other) > 0 {
				t.Errorf("%+v", other)
			}
			return errors.Join(err, err2)
		})
	})
}
