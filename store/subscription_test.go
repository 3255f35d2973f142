package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/store"
)

func TestSubscriptions(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		sub := store.Subscription{
			Report: "digest", Process: "b2b", Channel: "CTEAM", Owner: "UBOSS", Team: "north", Lang: "zh", Zone: "Asia/Shanghai",
			Every: "weekly", Weekday: time.Monday, Hour: 9, Minute: 30, Created: t0,
		}
		second := sub
		second.Report = "funnel"
		save := func(sub store.Subscription) (out store.Subscription, err error) {
			err = s.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
				out, err = tx.SaveSubscription(ctx, sub)
				return err
			})
			return out, err
		}
		sub, err := save(sub)
		if err != nil || sub.ID == 0 {
			t.Fatal(err)
		}
		if second, err = save(second); err != nil || second.ID == sub.ID {
			t.Fatal(err)
		}
		sub.Paused, sub.Hour = true, 7
		if _, err := save(sub); err != nil {
			t.Fatal(err)
		}
		if _, err := save(store.Subscription{ID: 99}); !isCode(err, "subscription.unknown") {
			t.Error(err)
		}
		end := func(id int64) error {
			return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteSubscription(ctx, id) })
		}
		if err := end(second.ID); err != nil {
			t.Fatal(err)
		}
		if err := end(second.ID); !isCode(err, "subscription.unknown") {
			t.Error(err)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			all, err := r.Subscriptions(ctx)
			if diff := cmp.Diff([]store.Subscription{sub}, all); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

// Any number of replicas claim a slot: one has it.
func TestSlotIsClaimedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		replicas := []*store.Store{open(t, url, store.Options{}), open(t, url, store.Options{})}
		for _, every := range []string{"weekly", "daily"} {
			inTx(t, replicas[0], func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.SaveSubscription(ctx, store.Subscription{Report: "digest", Every: every})
				return err
			})
		}
		for week, slot := range []string{"2026-W46", "2026-W47"} {
			var claimed atomic.Int32
			var wg sync.WaitGroup
			for i := range 10 {
				wg.Go(func() {
					err := replicas[i%2].InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
						mine, err := tx.ClaimSlot(ctx, 1, slot, t0.AddDate(0, 0, 7*week))
						if err == nil && mine {
							claimed.Add(1)
						}
						return err
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if claimed.Load() != 1 {
				t.Errorf("%s was claimed %d times", slot, claimed.Load())
			}
			read(t, replicas[0], func(ctx context.Context, r *store.Reader) error {
				last, err := r.LastSlots(ctx)
				if err != nil || last[1] != slot || last[2] != "" {
					t.Errorf("last slots %v, want %q and none; %v", last, slot, err)
				}
				return err
			})
		}
		// Of another rhythm, what was claimed before does not count; back again, it does.
		for _, step := range []struct{ every, last string }{{"monthly", ""}, {"daily", ""}, {"weekly", "2026-W47"}} {
			inTx(t, replicas[0], func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.SaveSubscription(ctx, store.Subscription{ID: 1, Report: "digest", Every: step.every})
				return err
			})
			read(t, replicas[0], func(ctx context.Context, r *store.Reader) error {
				last, err := r.LastSlots(ctx)
				if last[1] != step.last {
					t.Errorf("%s: last slot %q, want %q", step.every, last[1], step.last)
				}
				return err
			})
		}
	})
}
