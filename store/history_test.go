package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pipewright/internal/sales"
	"pipewright/store"
)

// Whatever people decide, in whatever order and with clocks that disagree, what is
// stored of a deal is what its log says.
func TestStoredIsFolded(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		rapid.Check(t, func(rt *rapid.T) {
			d := newDeal(t, s, "Deal", "")
			now := t0
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				now = now.Add(time.Duration(rapid.IntRange(-60, 400).Draw(rt, "seconds")) * time.Second)
				act(rt, s, d.ID, rapid.IntRange(0, 12).Draw(rt, "act"), now)
				if diff := againstLog(t, s, d.ID); diff != "" {
					rt.Fatalf("D-%d (-log +stored):\n%s", d.ID, diff)
				}
			}
		})
	})
}

// act does one thing to the deal; a refusal is as good as any answer.
func act(rt *rapid.T, s *store.Store, id int64, what int, now time.Time) {
	stage := rapid.SampledFrom(process().Stages).Draw(rt, "stage").Key
	rules := []func(c *sales.Case) ([]sales.Event, error){
		func(c *sales.Case) ([]sales.Event, error) { return c.Advance("UREP", sales.Move{To: stage}, now) },
		func(c *sales.Case) ([]sales.Event, error) { return c.Advance("UREP", sales.Move{}, now) },
		func(c *sales.Case) ([]sales.Event, error) {
			return c.Back("UREP", sales.Move{To: stage, Because: "x"}, now)
		},
		func(c *sales.Case) ([]sales.Event, error) { return c.Lose("UREP", "price", "", 0, now) },
		func(c *sales.Case) ([]sales.Event, error) { return c.Reopen("UREP", "again", now) },
		func(c *sales.Case) ([]sales.Event, error) { return c.WaitOn("UREP", sales.WaitCustomer, "why", now) },
		func(c *sales.Case) ([]sales.Event, error) { return c.WaitOn("UREP", sales.WaitUs, "", now) },
		func(c *sales.Case) ([]sales.Event, error) { return c.Park("UREP", now.Add(3*time.Minute), "rest", now) },
		func(c *sales.Case) ([]sales.Event, error) { return c.Resume("UREP", now) },
		func(c *sales.Case) ([]sales.Event, error) { return c.Undo("UREP", now) },
		func(c *sales.Case) ([]sales.Event, error) {
			return c.Set("UREP", "region", fmt.Sprint(now.Unix()%3), now)
		},
	}
	var err error
	switch what {
	case len(rules):
		err = logCall(s, id, now)
	case len(rules) + 1:
		err = unlogCall(s, id, now)
	default:
		err = decide(s, id, rules[what])
	}
	var refusal *sales.Error
	if err != nil && !errors.As(err, &refusal) {
		rt.Fatalf("act %d: %v", what, err)
	}
}

func logCall(s *store.Store, id int64, now time.Time) error {
	return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Case(ctx, id)
		if err != nil {
			return err
		}
		a := sales.Activity{Type: "call", Minutes: 15, Actor: "UREP", At: now}
		events, err := c.LogActivity("UREP", a, now)
		if err != nil {
			return err
		}
		_, err = tx.AddActivity(ctx, c, a, events)
		return err
	})
}

func unlogCall(s *store.Store, id int64, now time.Time) error {
	return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Case(ctx, id)
		if err != nil {
			return err
		}
		a, events, err := c.Unlog("UREP", 0, now)
		if err != nil {
			return err
		}
		return tx.UndoActivity(ctx, c, a, events)
	})
}
