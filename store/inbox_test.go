package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

func TestInbox(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		in := store.Inbound{Key: "k1", Kind: "command", User: "U1", Body: []byte("text=/deal"), At: t0}
		if err := s.Park(ctx, in); err != nil {
			t.Fatal(err)
		}
		pending := func(before time.Time) []store.Inbound {
			var out []store.Inbound
			read(t, s, func(ctx context.Context, r *store.Reader) (err error) {
				out, err = r.PendingInbound(ctx, before)
				return err
			})
			return out
		}
		if got := pending(t0); len(got) != 0 {
			t.Errorf("not older than that: %+v", got)
		}
		if got := pending(t0.Add(time.Second)); len(got) != 1 || string(got[0].Body) != "text=/deal" || got[0].User != "U1" || got[0].Kind != "command" {
			t.Errorf("%+v", got)
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			if reply, done, found, err := tx.Seen(ctx, "k1"); err != nil || done || !found || reply != nil {
				t.Errorf("parked: %q %v %v %v", reply, done, found, err)
			}
			if _, _, found, err := tx.Seen(ctx, "k2"); err != nil || found {
				t.Errorf("never seen: %v %v", found, err)
			}
			if err := tx.MarkDone(ctx, "k2", nil, t0); err != nil {
				return err
			}
			return tx.MarkDone(ctx, "k1", []byte("done"), t0)
		})
		if err := s.Park(ctx, in); err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			if reply, done, found, err := tx.Seen(ctx, "k1"); err != nil || !done || !found || string(reply) != "done" {
				t.Errorf("done: %q %v %v %v", reply, done, found, err)
			}
			return nil
		})
		if got := pending(t0.Add(time.Hour)); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		if n, err := s.PruneInbox(ctx, t0); err != nil || n != 0 {
			t.Errorf("%d, %v", n, err)
		}
		if n, err := s.PruneInbox(ctx, t0.Add(time.Second)); err != nil || n != 2 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// The same payload many times at once, to several replicas: one effect, one reply.
func TestSamePayloadAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		replicas := []*store.Store{open(t, url, store.Options{}), open(t, url, store.Options{})}
		seedMap(t, replicas[0])
		d := newDeal(t, replicas[0], "Acme", "")
		const payloads, times = 10, 5
		var wg sync.WaitGroup
		var replies sync.Map
		for i := range payloads * times {
			wg.Go(func() {
				key := fmt.Sprint("payload:", i%payloads)
				reply, err := logOnce(replicas[i%2], key, d.ID, fmt.Sprint("reply ", i))
				if err != nil {
					t.Errorf("%s: %v", key, err)
					return
				}
				if first, loaded := replies.LoadOrStore(key, reply); loaded && first != reply {
					t.Errorf("%s was answered %q and %q", key, first, reply)
				}
			})
		}
		wg.Wait()
		read(t, replicas[0], func(ctx context.Context, r *store.Reader) error {
			activities, err := r.Activities(ctx, d.ID)
			if err != nil || len(activities) != payloads {
				t.Errorf("%d activities, want %d; %v", len(activities), payloads, err)
			}
			return nil
		})
		sameAsLog(t, replicas[0], d.ID)
	})
}

// logOnce is a deciding transaction as handlers write it.
func logOnce(s *store.Store, key string, deal int64, answer string) (string, error) {
	reply := ""
	err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		before, done, _, err := tx.Seen(ctx, key)
		if err != nil {
			return err
		}
		if done {
			reply = string(before)
			return nil
		}
		c, err := tx.Case(ctx, deal)
		if err != nil {
			return err
		}
		a := sales.Activity{Type: "call", Minutes: 5, Actor: "UREP", At: t0.Add(time.Hour), Note: key}
		events, err := c.LogActivity("UREP", a, a.At)
		if err != nil {
			return err
		}
		if _, err := tx.AddActivity(ctx, c, a, events); err != nil {
			return err
		}
		reply = answer
		return tx.MarkDone(ctx, key, []byte(answer), t0)
	})
	return reply, err
}

func TestRecentSame(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		same := func(user, what string, at time.Time) bool {
			var out bool
			inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				out, err = tx.RecentSame(ctx, user, what, at, time.Minute)
				return err
			})
			return out
		}
		for _, step := range []struct {
			user, what string
			after      time.Duration
			want       bool
		}{
			{"U1", "advance D-1", 0, false},
			{"U2", "advance D-1", 0, false},
			{"U1", "advance D-2", time.Second, false},
			{"U1", "advance D-1", 59 * time.Second, true},
			{"U1", "advance D-1", 3 * time.Minute, false},
		} {
			if got := same(step.user, step.what, t0.Add(step.after)); got != step.want {
				t.Errorf("%+v: %v", step, got)
			}
		}
	})
}

// The same typed twice at once, to two replicas, is done once and asked back once.
func TestRecentSameAtOnce(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		const times = 8
		same := make(chan bool, times)
		for range times {
			go func() {
				var out bool
				err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
					out, err = tx.RecentSame(ctx, "U1", "log call D-1", t0, time.Minute)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				same <- out
			}()
		}
		done := 0
		for range times {
			if !<-same {
				done++
			}
		}
		if done != 1 {
			t.Errorf("done %d times", done)
		}
	})
}

// Two people, one deal, one version: exactly one wins, and the other is told.
func TestOneWinnerPerVersion(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		d := newDeal(t, s, "Acme", "")
		for round := range 5 {
			var c *sales.Case
			read(t, s, func(ctx context.Context, r *store.Reader) (err error) {
				c, err = r.Case(ctx, d.ID)
				return err
			})
			var won atomic.Int32
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
						mine := *c
						events, err := mine.Plan("UREP", fmt.Sprint("step ", round, i), time.Time{}, t0)
						if err != nil {
							return err
						}
						return tx.Apply(ctx, &mine, events)
					})
					if err == nil {
						won.Add(1)
					} else if !isCode(err, "deal.changed_meanwhile") {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if won.Load() != 1 {
				t.Errorf("round %d: %d won", round, won.Load())
			}
		}
		sameAsLog(t, s, d.ID)
	})
}
