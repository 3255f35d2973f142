package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
	"pipewright/store/pgtest"
)

// clock is protocol time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type outboxTest struct {
	*testing.T
	*store.Store
	clock *clock
}

func withOutbox(t *testing.T, test func(o *outboxTest)) {
	t.Helper()
	onBoth(t, func(t *testing.T, url string) {
		c := &clock{now: time.Now().UTC().Truncate(time.Millisecond)}
		test(&outboxTest{t, open(t, url, store.Options{Clock: c.read}), c})
	})
}

func (o *outboxTest) enqueue(rows ...store.Outbound) {
	o.Helper()
	inTx(o, o.Store, func(ctx context.Context, tx *store.Tx) error {
		for _, row := range rows {
			if err := tx.Enqueue(ctx, row); err != nil {
				return err
			}
		}
		return nil
	})
}

func (o *outboxTest) card(subject, channel, under string) {
	o.Helper()
	inTx(o, o.Store, func(ctx context.Context, tx *store.Tx) error { return tx.Card(ctx, subject, channel, under) })
}

func (o *outboxTest) lease() []store.Outbound {
	o.Helper()
	out, err := o.Lease(ctx, 10, 30*time.Second)
	if err != nil {
		o.Fatalf("lease: %v", err)
	}
	return out
}

// expect leases, and compares the keys.
func (o *outboxTest) expect(keys ...string) []store.Outbound {
	o.Helper()
	rows := o.lease()
	var got []string
	for _, r := range rows {
		got = append(got, r.Key)
	}
	if fmt.Sprint(got) != fmt.Sprint(keys) {
		o.Fatalf("leased %q, want %q", got, keys)
	}
	return rows
}

func (o *outboxTest) delivered(row store.Outbound, ts string) {
	o.Helper()
	if err := o.Delivered(ctx, row, "C-"+row.Channel, ts, "hash-"+ts); err != nil {
		o.Fatalf("delivered %s: %v", row.Key, err)
	}
}

func post(key, channel string) store.Outbound {
	return store.Outbound{Key: key, Kind: "post", Channel: channel, Body: []byte(`{"n":1}`)}
}

func isCode(err error, code string) bool {
	var e *sales.Error
	return errors.As(err, &e) && e.Code == code
}

func TestOutboxKeepsOrderInALane(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		o.enqueue(post("a1", "A"), post("a2", "A"), post("b1", "B"), post("a1", "A"))
		rows := o.expect("a1", "b1")
		o.expect()
		o.delivered(rows[0], "1.0")
		rows2 := o.expect("a2")
		o.delivered(rows2[0], "2.0")
		o.delivered(rows[1], "3.0")
		o.expect()
		o.enqueue(post("a1", "A")) // delivered already: its key is remembered
		o.expect()
		if idle, err := o.Idle(ctx); err != nil || !idle {
			o.Fatalf("idle %v, %v", idle, err)
		}
	})
}

func TestOutboxHeadHoldsItsLane(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		o.enqueue(post("a1", "A"), post("a2", "A"), post("b1", "B"))
		rows := o.expect("a1", "b1")
		if err := o.Retry(ctx, rows[0], o.clock.read().Add(time.Minute), "rate_limited"); err != nil {
			o.Fatal(err)
		}
		o.delivered(rows[1], "1.0")
		o.expect()
		next, waits, err := o.NextDue(ctx)
		if err != nil || !waits || !next.Equal(o.clock.read().Add(time.Minute)) {
			o.Fatalf("next due %v %v %v", next, waits, err)
		}
		if idle, err := o.Idle(ctx); err != nil || !idle {
			o.Fatalf("idle %v, %v: nothing is due now", idle, err)
		}
		o.clock.add(time.Minute)
		rows = o.expect("a1")
		if rows[0].Attempts != 1 || rows[0].Error != "rate_limited" {
			o.Fatalf("%+v", rows[0])
		}
		if idle, _ := o.Idle(ctx); idle {
			o.Fatal("idle with a row in flight")
		}
	})
}

func TestOutboxLeaseIsFenced(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		o.enqueue(post("a1", "A"), post("a2", "A"))
		late := o.expect("a1")[0]
		o.clock.add(31 * time.Second)
		next := o.expect("a1")[0]
		if !strings.HasPrefix(next.Error, store.OutcomeUnknown) || next.Attempts != 1 {
			o.Fatalf("the second holder must know that the first may have delivered: %+v", next)
		}
		for name, err := range map[string]error{
			"delivered": o.Delivered(ctx, late, "A", "1.0", ""),
			"retry":     o.Retry(ctx, late, time.Time{}, "x"),
			"bury":      o.Bury(ctx, late, "x"),
		} {
			if !isCode(err, "outbox.lease_lost") {
				o.Errorf("%s by the late holder: %v", name, err)
			}
		}
		o.delivered(next, "1.0")
		if err := o.Delivered(ctx, next, "A", "1.0", ""); !isCode(err, "outbox.lease_lost") {
			o.Errorf("delivered twice: %v", err)
		}
		o.expect("a2")
	})
}

func TestCardsLeaseIsFenced(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		o.card("deal:1", "A", "")
		late := o.expect("card:deal:1:A")[0]
		o.clock.add(31 * time.Second)
		next := o.expect("card:deal:1:A")[0]
		if err := o.Delivered(ctx, late, "A", "1.0", "old"); !isCode(err, "outbox.lease_lost") {
			o.Errorf("delivered by the late holder: %v", err)
		}
		o.delivered(next, "2.0")
		read(o, o.Store, func(ctx context.Context, r *store.Reader) error {
			places, err := r.Places(ctx, "deal:1")
			if len(places) != 1 || places[0].TS != "2.0" {
				o.Errorf("%+v", places)
			}
			return err
		})
	})
}

func TestCardsAreRenderedAgain(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		o.card("deal:1", "A", "")
		o.card("deal:1", "U1", "")
		o.card("deal:1", "A", "")
		rows := o.expect("card:deal:1:A", "card:deal:1:U1")
		if rows[0].TS != "" || rows[0].Subject != "deal:1" {
			o.Fatalf("%+v", rows[0])
		}
		inTx(o, o.Store, func(ctx context.Context, tx *store.Tx) error { return tx.Refresh(ctx, "deal:1") })
		o.delivered(rows[0], "1.0")
		o.delivered(rows[1], "2.0")
		rows = o.expect("card:deal:1:A", "card:deal:1:U1")
		if rows[0].TS != "1.0" || rows[0].Place != "C-A" || rows[0].Rendered != "hash-1.0" {
			o.Fatalf("%+v", rows[0])
		}
		o.delivered(rows[0], "1.0")
		o.delivered(rows[1], "2.0")
		o.expect()
		read(o, o.Store, func(ctx context.Context, r *store.Reader) error {
			places, err := r.Places(ctx, "deal:1")
			if err != nil || len(places) != 2 || places[1].Channel != "C-U1" || places[1].TS != "2.0" {
				o.Fatalf("places %+v, %v", places, err)
			}
			at, ok, err := r.PlaceAt(ctx, "C-A", "1.0")
			if err != nil || !ok || at.Subject != "deal:1" {
				o.Fatalf("place at %+v, %v, %v", at, ok, err)
			}
			if _, ok, _ = r.PlaceAt(ctx, "C-A", "9.9"); ok {
				o.Fatal("no card stands there")
			}
			return nil
		})
	})
}

// A request's copy in a direct message shows the way to the deal's thread, which may not stand yet.
func TestRequestsAreDrawnAnewWhenTheirDealStands(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		seedMap(o.T, o.Store)
		d := newDeal(o.T, o.Store, "Acme", "")
		a := request(o.T, o.Store, d.ID)
		deal, copy := fmt.Sprintf("deal:%d", d.ID), fmt.Sprintf("approval:%d", a.ID)
		o.card(copy, "U1", "")
		o.delivered(o.expect("card:" + copy + ":U1")[0], "1.0")
		o.card(deal, "A", "")
		o.delivered(o.expect("card:" + deal + ":A")[0], "2.0")
		o.delivered(o.expect("card:" + copy + ":U1")[0], "1.0")
		o.card(deal, "A", "")
		o.delivered(o.expect("card:" + deal + ":A")[0], "2.0")
		o.expect() // the way is known
	})
}

func TestRepliesWaitForTheirCard(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		reply := post("r1", "A")
		reply.Under = "deal:1"
		second := reply
		second.Key = "r2"
		o.enqueue(reply)
		o.expect() // the card is not even asked for
		o.enqueue(post("a1", "A"))
		o.card("deal:1", "A", "")
		o.card("approval:1", "A", "deal:1")
		o.enqueue(second)
		first := o.expect("a1")
		o.expect() // the card is ordered after a1
		o.delivered(first[0], "1.0")
		card := o.expect("card:deal:1:A")
		o.expect()
		o.delivered(card[0], "2.0")
		rows := o.expect("r1")
		if rows[0].Thread != "2.0" || rows[0].Place != "C-A" {
			o.Fatalf("%+v", rows[0])
		}
		o.delivered(rows[0], "3.0")
		rows = o.expect("card:approval:1:A")
		if rows[0].Thread != "2.0" {
			o.Fatalf("%+v", rows[0])
		}
		o.delivered(rows[0], "4.0")
		o.delivered(o.expect("r2")[0], "5.0")
	})
}

func TestBuriedCardTakesItsThreadAlong(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		under := func(key, subject string) store.Outbound {
			r := post(key, "A")
			r.Under = subject
			return r
		}
		o.card("deal:1", "A", "")
		o.card("approval:1", "A", "deal:1")
		o.enqueue(under("r1", "deal:1"), under("q1", "approval:1"), post("a1", "A"))
		card := o.expect("card:deal:1:A")[0]
		if err := o.Bury(ctx, card, "channel_not_found"); err != nil {
			o.Fatal(err)
		}
		o.enqueue(under("r2", "deal:1"))
		o.delivered(o.expect("a1")[0], "1.0")
		o.expect()
		stats, err := o.OutboxStats(ctx)
		if err != nil || stats.Dead != 5 || stats.Due != 0 || !stats.Oldest.IsZero() {
			o.Fatalf("%+v, %v", stats, err)
		}
		dead, err := o.DeadLetters(ctx, 10)
		if err != nil || len(dead) != 5 || dead[0].Key != "r2" || dead[4].Error != "channel_not_found" {
			o.Fatalf("%+v, %v", dead, err)
		}
		// Asked for again, it is tried again, and new replies can follow.
		o.card("deal:1", "A", "")
		o.enqueue(under("r3", "deal:1"))
		o.delivered(o.expect("card:deal:1:A")[0], "2.0")
		o.delivered(o.expect("r3")[0], "3.0")
	})
}

func TestBuriedUpdateLeavesItsThread(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		o.card("deal:1", "A", "")
		o.delivered(o.expect("card:deal:1:A")[0], "1.0")
		inTx(o, o.Store, func(ctx context.Context, tx *store.Tx) error { return tx.Refresh(ctx, "deal:1") })
		row := post("r1", "A")
		row.Under = "deal:1"
		o.enqueue(row)
		rows := o.expect("r1", "card:deal:1:A")
		if err := o.Bury(ctx, rows[1], "message_not_found"); err != nil {
			o.Fatal(err)
		}
		o.delivered(rows[0], "2.0")
	})
}

func TestWake(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		for len(o.Wake()) > 0 {
			<-o.Wake()
		}
		o.enqueue(post("a1", "A"))
		select {
		case <-o.Wake():
		case <-time.After(5 * time.Second):
			o.Fatal("nobody woke")
		}
	})
}

// A replica hears of what another one enqueued.
func TestWakeOtherReplica(t *testing.T) {
	url := pgtest.Start(t)
	here, there := open(t, url, store.Options{}), open(t, url, store.Options{})
	heard := time.After(10 * time.Second)
	for i := 0; ; i++ {
		inTx(t, here, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, post(fmt.Sprint(i), "A")) })
		select {
		case <-there.Wake():
			if i > 0 { // the first may be the greeting of a fresh listener
				return
			}
		case <-time.After(200 * time.Millisecond):
		case <-heard:
			t.Fatal("the other replica heard nothing")
		}
	}
}

// Many workers, several stores: every row once, in order within its lane.
func TestOutboxWorkers(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		stores := []*store.Store{open(t, url, store.Options{}), open(t, url, store.Options{})}
		const lanes, each = 5, 12
		inTx(t, stores[0], func(ctx context.Context, tx *store.Tx) error {
			for i := range lanes * each {
				if err := tx.Enqueue(ctx, post(fmt.Sprintf("%03d", i), fmt.Sprint("L", i%lanes))); err != nil {
					return err
				}
			}
			return nil
		})
		var mu sync.Mutex
		got := map[string][]string{}
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				s := stores[i%2]
				for {
					rows, err := s.Lease(ctx, 3, time.Minute)
					if err != nil {
						t.Error(err)
						return
					}
					for _, row := range rows {
						mu.Lock()
						got[row.Channel] = append(got[row.Channel], row.Key)
						mu.Unlock()
						if err := s.Delivered(ctx, row, row.Channel, row.Key, ""); err != nil {
							t.Error(err)
						}
					}
					if stats, err := s.OutboxStats(ctx); err != nil || stats.Due == 0 {
						return
					}
				}
			})
		}
		wg.Wait()
		for lane, keys := range got {
			for i := 1; i < len(keys); i++ {
				if keys[i] <= keys[i-1] {
					t.Errorf("%s: %v", lane, keys)
				}
			}
			if len(keys) != each {
				t.Errorf("%s: %d rows, want %d", lane, len(keys), each)
			}
		}
	})
}
