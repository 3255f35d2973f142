package store_test

import (
	"context"
	"testing"

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
