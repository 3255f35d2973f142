package store_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// noise is text that no compression makes short.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for range n {
		b.WriteRune(rune('a' + r.IntN(26)))
	}
	return b.String()
}

// Texts of any length are kept and found: no index is too narrow for them.
func TestLongTexts(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		name, account, line := noise(3000), noise(3000), noise(40_000)
		d := newDeal(t, s, name, account)
		err := decide(s, d.ID, func(c *sales.Case) ([]sales.Event, error) {
			return c.LogActivity("UREP", sales.Activity{Type: "call", Note: line}, t0)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{name[:40], name, account[500:540]} {
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				found, err := r.Deals(ctx, store.DealFilter{Query: query})
				if len(found) != 1 {
					t.Errorf("%d deals are called %.50s…", len(found), query)
				}
				return err
			})
		}
		for _, want := range []bool{false, true} {
			inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
				same, err := tx.RecentSame(ctx, "UREP", "log "+line, t0, time.Minute)
				if same != want {
					t.Errorf("the same as a moment ago: %v", same)
				}
				return err
			})
		}
	})
}
