package store_test

import (
	"context"
	"testing"

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
