package outbox

import (
	"context"
	"testing"

	"pipewright/store"
)

// TestHomeIsPublished publishes an App Home although Slack refuses at first and loses
// its answer, not again what looks the same, and again when it is opened.
func TestHomeIsPublished(t *testing.T) {
	w := newWorld(t)
	do := func(fn func(ctx context.Context, tx *store.Tx) error) {
		t.Helper()
		w.inTx(fn)
		w.settled()
	}
	open := func(ctx context.Context, tx *store.Tx) error { return tx.OpenHome(ctx, "U0ANA") }
	redraw := func(ctx context.Context, tx *store.Tx) error { return tx.Refresh(ctx, store.HomeSubject("U0ANA")) }

	w.homeSays("2 deals")
	w.fault("views.publish", "error", map[string]any{"error": "internal_error"})
	w.fault("views.publish", "lost_reply", nil)
	do(open)
	if n := w.calls("views.publish"); n != 3 || w.calls("conversations.history") != 0 {
		t.Errorf("published %d times, want 3: refused, unheard, done", n)
	}
	do(redraw)
	if n := w.calls("views.publish"); n != 3 {
		t.Errorf("what looks the same was published again")
	}
	w.homeSays("3 deals")
	do(redraw)
	do(open)
	if n := w.calls("views.publish"); n != 5 {
		t.Errorf("published %d times, want 5: changed, then opened", n)
	}
	if stats, err := w.store.OutboxStats(t.Context()); err != nil || stats.Dead > 0 {
		t.Errorf("%+v %v", stats, err)
	}
}
