package store_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pipewright/internal/sales"
	"pipewright/store"
)

// sameAsLog compares what is stored of a deal with what its log amounts to.
func sameAsLog(t testing.TB, s *store.Store, id int64) {
	t.Helper()
	if diff := againstLog(t, s, id); diff != "" {
		t.Fatalf("D-%d is not what its log says (-log +stored):\n%s", id, diff)
	}
}

func againstLog(t testing.TB, s *store.Store, id int64) string {
	t.Helper()
	var log []sales.Event
	got := sales.History{}
	read(t, s, func(ctx context.Context, r *store.Reader) (err error) {
		if log, err = r.Events(ctx, id); err != nil {
			return err
		}
		if got.Deal, err = r.Deal(ctx, id); err != nil {
			return err
		}
		err = r.EachStay(ctx, got.Deal.Process, func(s sales.Stay) error {
			if s.Deal == id {
				got.Stays = append(got.Stays, s)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return r.EachWait(ctx, got.Deal.Process, func(w sales.Wait) error {
			if w.Deal == id && w.For != sales.ForApproval {
				got.Waits = append(got.Waits, w)
			}
			return nil
		})
	})
	want := sales.Fold(log)
	slices.SortStableFunc(want.Waits, func(a, b sales.Wait) int { // as EachWait has them
		return cmp.Or(a.From.Compare(b.From), strings.Compare(string(a.For), string(b.For)))
	})
	return gocmp.Diff(want, got, cmpopts.EquateEmpty())
}

func TestDealLifecycle(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		d := newDeal(t, s, "Acme pilot", "Acme GmbH")
		if d.ID != 1 || d.Ref() != "D-1" || d.Stage != "contact" || d.Team != "north" {
			t.Fatalf("new deal: %+v", d)
		}
		now := t0
		step := func(rule func(c *sales.Case, now time.Time) ([]sales.Event, error)) {
			t.Helper()
			now = now.Add(time.Hour)
			mustDecide(t, s, d.ID, func(c *sales.Case) ([]sales.Event, error) { return rule(c, now) })
			sameAsLog(t, s, d.ID)
		}
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) { return c.Advance("UREP", sales.Move{}, now) })
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) {
			return c.WaitOn("UREP", sales.WaitCustomer, "their lawyer", now)
		})
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) {
			return c.Park("UREP", now.Add(48*time.Hour), "holidays", now)
		})
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) {
			return c.Advance("UREP", sales.Move{To: "signed"}, now)
		})
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) { return c.Undo("UREP", now.Add(-time.Hour)) })
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) {
			return c.Lose("UREP", "price", "too dear", 0, now)
		})
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) {
			return c.Reopen("UREP", "a new budget", now)
		})
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) { return c.Set("UREP", "amount", "", now) })
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) { return c.Set("UREP", "margin", "33.3", now) })
		step(func(c *sales.Case, now time.Time) ([]sales.Event, error) { return c.Assign("UREP", "USOUTH", now) })
	})
}

func TestUnknownDeal(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		err := s.Read(ctx, func(ctx context.Context, r *store.Reader) error {
			_, err := r.Case(ctx, 99)
			return err
		})
		var e *sales.Error
		if !errors.As(err, &e) || e.Kind != sales.NotFound || e.Code != "deal.unknown" || e.Facts["ref"] != "D-99" {
			t.Fatalf("got %v", err)
		}
	})
}
