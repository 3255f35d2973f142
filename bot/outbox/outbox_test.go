package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

func saying(messages []shown) []string {
	var out []string
	for _, m := range messages {
		out = append(out, m.text)
	}
	return out
}

func TestEverythingArrivesOnceAndInOrder(t *testing.T) {
	w := newWorld(t)
	var want []string
	var rows []store.Outbound
	for i := range 30 {
		text := fmt.Sprintf("message %02d", i)
		want, rows = append(want, text), append(rows, post(text, "C0DEALS", text))
	}
	for i, kind := range []string{"rate_limited", "error", "lost_reply", "disconnect"} {
		w.fault("chat.postMessage", kind, map[string]any{"times": i%2 + 1})
	}
	w.enqueue(rows...)
	w.enqueue(rows...) // the same keys again
	w.settled()
	if diff := cmp.Diff(want, saying(w.messages("deals"))); diff != "" {
		t.Error(diff)
	}
}

func TestLostReplyIsLookedFor(t *testing.T) {
	w := newWorld(t)
	w.fault("chat.postMessage", "lost_reply", nil)
	w.enqueue(post("k", "C0DEALS", "once"))
	w.settled()
	if got := saying(w.messages("deals")); len(got) != 1 {
		t.Errorf("posted %d times", len(got))
	}
	if w.calls("chat.postMessage") != 1 || w.calls("conversations.history") != 1 {
		t.Error("it was sent again instead of looked for")
	}
}

// Where somebody's direct messages are is not known before the first of them is answered.
func TestLostReplyOfTheFirstMessageToSomebody(t *testing.T) {
	w := newWorld(t)
	w.fault("chat.postMessage", "lost_reply", nil)
	w.enqueue(post("k", "U0ANA", "once"))
	w.settled()
	if w.calls("chat.postMessage") != 1 || w.calls("conversations.open") != 1 {
		t.Error("it was sent again instead of looked for")
	}
}

func TestWithoutTheScopeALostReplyIsSentAgain(t *testing.T) {
	w := newWorld(t)
	w.ask("/_control/features", map[string]any{"without_scopes": []string{"channels:history"}})
	w.fault("chat.postMessage", "lost_reply", nil)
	w.enqueue(post("k", "C0DEALS", "twice is better than never"))
	w.settled()
	if got := len(w.messages("deals")); got != 2 {
		t.Errorf("posted %d times, want 2: nobody can tell", got)
	}
}

// TestCutOffDeliveryIsLookedFor leases a row, posts its message and dies before
// noting it, as a killed process does.
func TestCutOffDeliveryIsLookedFor(t *testing.T) {
	w := newWorld(t)
	w.stop()
	w.enqueue(post("k", "C0DEALS", "once"))
	rows, err := w.store.Lease(t.Context(), 1, 50*time.Millisecond)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	d := delivery{Outbound: rows[0], msg: view.Message{Text: "once"}}
	w.outbox.ending = t.Context()
	if _, _, err := w.outbox.send(t.Context(), &d); err != nil {
		t.Fatal(err)
	}
	w.start()
	w.settled()
	if got := saying(w.messages("deals")); len(got) != 1 {
		t.Errorf("posted %d times", len(got))
	}
}

func TestCardIsUpdatedInPlace(t *testing.T) {
	w := newWorld(t)
	w.render.set("deal:1", "Acme, qualified")
	card := func() {
		t.Helper()
		if err := w.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.Card(ctx, "deal:1", "C0DEALS", "") }); err != nil {
			t.Fatal(err)
		}
		w.settled()
	}
	card()
	w.render.set("deal:1", "Acme, demo")
	card()
	if got := saying(w.messages("deals")); len(got) != 1 || got[0] != "Acme, demo" {
		t.Errorf("got %q", got)
	}
	card()
	if n := w.calls("chat.update"); n != 1 {
		t.Errorf("%d updates, want 1: the second looks the same", n)
	}
	w.fault("chat.update", "error", map[string]any{"error": "message_not_found"})
	w.render.set("deal:1", "Acme, proposal")
	card()
	if got := saying(w.messages("deals")); len(got) != 2 || got[1] != "Acme, proposal" {
		t.Errorf("got %q, want it posted anew", got)
	}
}

func TestHistoryGoesUnderItsCard(t *testing.T) {
	w := newWorld(t)
	w.fault("chat.postMessage", "error", nil)
	err := w.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Card(ctx, "deal:1", "C0DEALS", ""); err != nil {
			return err
		}
		for _, line := range []string{"created", "moved", "won"} {
			err := tx.Enqueue(ctx, store.Outbound{Key: line, Kind: "history", Channel: "C0DEALS", Under: "deal:1", Body: []byte(line)})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.settled()
	all := w.messages("deals")
	if diff := cmp.Diff([]string{"deal:1", "created", "moved", "won"}, saying(all)); diff != "" {
		t.Fatal(diff)
	}
	for _, m := range all[1:] {
		if m.thread != all[0].ts {
			t.Errorf("%q is in thread %q, want %q", m.text, m.thread, all[0].ts)
		}
	}
}

func TestRefusedForGoodIsSetAsideAndTold(t *testing.T) {
	w := newWorld(t)
	w.enqueue(post("gone", "C0NOWHERE", "lost"), post("cannot", "C0DEALS", "broken"), post("fine", "C0DEALS", "fine"))
	w.render.mu.Lock()
	w.render.err["broken"] = sales.Refuse(sales.NotFound, "deal.unknown")
	w.render.mu.Unlock()
	w.settled()
	if got := saying(w.messages("deals")); len(got) != 1 || got[0] != "fine" {
		t.Errorf("got %q: one bad message holds up another", got)
	}
	dead, err := w.store.DeadLetters(t.Context(), 10)
	if err != nil || len(dead) != 2 {
		t.Fatalf("%d dead letters, want 2: %v", len(dead), err)
	}
	told := saying(w.list("/_control/messages?user=sam&channel=dm"))
	if len(told) != 1 || !strings.Contains(told[0], "could not be delivered") {
		t.Errorf("the admin was told %q, want one message for both", told)
	}
}

func TestNativeBlocksAreRememberedAsRefused(t *testing.T) {
	w := newWorld(t)
	w.ask("/_control/features", map[string]any{"native_blocks": false})
	section := func(text string) slack.Block {
		return slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", text, false, false), nil, nil)
	}
	table := slack.NewTableBlock("t").AddRow(slack.NewTableRichTextCell(slack.NewRichTextSection(slack.NewRichTextSectionTextElement("won", nil))))
	native := view.Message{Text: "digest", Blocks: []slack.Block{table}, Plain: []slack.Block{section("won: 3")}}
	w.render.mu.Lock()
	w.render.cards["first"], w.render.cards["second"] = native, native
	w.render.mu.Unlock()
	w.enqueue(post("1", "C0DEALS", "first"), post("2", "C0DEALS", "second"))
	w.settled()
	if got := len(w.messages("deals")); got != 2 {
		t.Fatalf("%d messages, want 2", got)
	}
	if n := w.calls("chat.postMessage"); n != 3 {
		t.Errorf("%d calls, want 3: the second message should not try native blocks again", n)
	}
	fresh := w.newOutbox(w.outbox.Log)
	fresh.recall(t.Context())
	if !fresh.plain.Load() {
		t.Error("a restart forgets what the workspace refuses")
	}
}

// TestWhatTheGatewayFoundOutIsKnown has somebody else note, while the outbox runs, that
// the workspace refuses native blocks.
func TestWhatTheGatewayFoundOutIsKnown(t *testing.T) {
	w := newWorld(t)
	w.ask("/_control/features", map[string]any{"native_blocks": false})
	table := slack.NewTableBlock("t").AddRow(slack.NewTableRichTextCell(slack.NewRichTextSection(slack.NewRichTextSectionTextElement("won", nil))))
	w.render.mu.Lock()
	w.render.cards["first"] = view.Message{Text: "digest", Blocks: []slack.Block{table}, Plain: []slack.Block{view.Section("won: 3")}}
	w.render.mu.Unlock()
	if err := w.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SetMeta(ctx, nativeBlocks, "off") }); err != nil {
		t.Fatal(err)
	}
	w.enqueue(post("1", "C0DEALS", "first"))
	w.settled()
	if n := w.calls("chat.postMessage"); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

func TestRefusedTokenPausesAndLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.fault("chat.postMessage", "error", map[string]any{"error": "invalid_auth"})
	w.enqueue(post("k", "C0DEALS", "later"))
	for range 400 {
		if w.outbox.paused.Load() > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	stats, err := w.store.OutboxStats(t.Context())
	if err != nil || stats.Due != 1 || stats.Dead != 0 || w.outbox.paused.Load() == 0 {
		t.Errorf("got %+v, paused until %d, %v", stats, w.outbox.paused.Load(), err)
	}
}

func TestPaceIsKeptWithoutASecondWait(t *testing.T) {
	p := pacer{every: time.Minute}
	turns := map[time.Duration]bool{}
	for row := range int64(10) {
		err := p.post(t.Context(), row, "C1")
		var later *notYet
		if row < postBurst {
			if err != nil {
				t.Errorf("row %d of the burst waits: %v", row, err)
			}
			continue
		}
		if !errors.As(err, &later) {
			t.Fatalf("row %d passes", row)
		}
		turns[later.in.Round(time.Minute)] = true
		if err := p.post(t.Context(), row, "C1"); err == nil {
			t.Errorf("row %d passes before its turn", row)
		}
		p.tickets[row] = time.Now().Add(-time.Second) // its turn came
		if err := p.post(t.Context(), row, "C1"); err != nil {
			t.Errorf("row %d has a ticket, and waits again: %v", row, err)
		}
	}
	if len(turns) != 10-postBurst {
		t.Errorf("turns %v: each row should have its own", turns)
	}
	if err := p.post(t.Context(), 99, "C2"); err != nil {
		t.Errorf("another channel waits: %v", err)
	}
}

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		err  error
		want fate
	}{
		{&slack.RateLimitedError{RetryAfter: 3 * time.Second}, again},
		{slack.SlackErrorResponse{Err: "internal_error"}, again},
		{slack.SlackErrorResponse{Err: "is_archived"}, never},
		{slack.SlackErrorResponse{Err: "token_revoked"}, pause},
		{slack.SlackErrorResponse{Err: "invalid_blocks"}, blocks},
		{slack.SlackErrorResponse{Err: "message_not_found"}, gone},
		{slack.SlackErrorResponse{Err: "something_new"}, never},
		{slack.StatusCodeError{Code: 503, Status: "503"}, unknown},
		{context.DeadlineExceeded, unknown},
		{errors.New("EOF"), unknown},
	} {
		if got, _ := judge(fmt.Errorf("wrapped: %w", test.err)); got != test.want {
			t.Errorf("%v: %d, want %d", test.err, got, test.want)
		}
	}
	if _, after := judge(&slack.RateLimitedError{RetryAfter: 7 * time.Second}); after != 7*time.Second {
		t.Errorf("Retry-After is not kept: %v", after)
	}
	for tries := range 200 {
		if d := backoff(time.Second, tries); d <= 0 || d > 5*time.Minute {
			t.Errorf("backoff(%d) = %v", tries, d)
		}
	}
}
