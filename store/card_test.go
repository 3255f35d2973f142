package store_test

import (
	"context"
	"testing"
	"time"

	"pipewright/store"
)

func TestShowMakesACardStandAndRefreshesItEverywhere(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		show := func() {
			inTx(o, o.Store, func(ctx context.Context, tx *store.Tx) error { return tx.Show(ctx, "deal:1", "A") })
		}
		o.card("deal:1", "U1", "")
		show()
		for _, row := range o.expect("card:deal:1:U1", "card:deal:1:A") {
			o.delivered(row, "1.0")
		}
		show()
		for _, row := range o.expect("card:deal:1:U1", "card:deal:1:A") {
			if err := o.Bury(ctx, row, "gone"); err != nil {
				o.Fatal(err)
			}
		}
		show() // a card that was given up is tried again where it is asked for
		o.expect("card:deal:1:A")
	})
}

// After a change of the map every card is drawn anew: that must not hold up what is new.
func TestWhatIsNewComesBeforeCardsThatAreDrawnAnew(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		for _, subject := range []string{"deal:1", "deal:2", "deal:3"} {
			o.card(subject, "A", "")
			o.delivered(o.expect("card:" + subject + ":A")[0], "1.0")
		}
		for _, subject := range []string{"deal:2", "deal:1", "deal:3"} {
			o.clock.add(time.Second)
			inTx(o, o.Store, func(ctx context.Context, tx *store.Tx) error { return tx.Refresh(ctx, subject) })
		}
		o.enqueue(post("b1", "B"))
		o.card("deal:4", "B", "")
		o.enqueue(post("c1", "C"))
		o.expect("b1", "c1", "card:deal:3:A", "card:deal:1:A", "card:deal:2:A")
	})
}

func TestClaimLooksAgain(t *testing.T) {
	withOutbox(t, func(o *outboxTest) {
		o.enqueue(post("a1", "A"), post("b1", "B"))
		due, err := o.Due(ctx, 10)
		if err != nil || len(due) != 2 {
			t.Fatal(due, err)
		}
		first, err := o.Claim(ctx, due[:1], 30*time.Second)
		if err != nil || len(first) != 1 {
			t.Fatal(first, err)
		}
		rest, err := o.Claim(ctx, due, 30*time.Second)
		if err != nil || len(rest) != 1 || rest[0].Key != "b1" {
			t.Errorf("claimed %+v, %v; a1 is another's", rest, err)
		}
	})
}
