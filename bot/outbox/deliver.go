package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// delivery is one row on its way.
type delivery struct {
	store.Outbound
	msg  view.Message
	hash string

	shown      []store.PictureFile // in the blocks that were sent last
	unpictured bool                // Slack does not show its pictures
}

// cardKind is the Kind of rows whose message is updated in its place.
const cardKind = "card"

// work delivers one leased row and records how that ended. What began is
// finished even if the program is about to end; only waiting for a turn is not.
func (b *Outbox) work(o store.Outbound) {
	start := time.Now()
	life := context.WithoutCancel(b.ending)
	ctx, cancel := context.WithTimeout(life, b.Lease-2*time.Second)
	defer cancel()
	outcome, err := b.try(ctx, o)
	if err != nil {
		ctx, cancel := context.WithTimeout(life, 5*time.Second)
		defer cancel()
		outcome = b.settle(ctx, o, err)
	}
	b.Observe(o.Kind, outcome, time.Since(start))
}

// try renders and sends one row. It returns the error that settle judges.
func (b *Outbox) try(ctx context.Context, o store.Outbound) (string, error) {
	d, err := b.prepare(ctx, o)
	if err != nil {
		return "", err
	}
	if d.TS != "" && d.Rendered == d.hash && d.Attempts == 0 { // a try that did not end may have shown something else
		return OutcomeUnchanged, b.done(ctx, d, d.Place, d.TS)
	}
	if d.TS == "" && mayStand(o) && d.msg.Home == nil && d.msg.Only == "" {
		channel, ts, err := b.find(ctx, d)
		switch {
		case err != nil:
			return "", err
		case ts != "" && o.Kind != cardKind:
			return OutcomeFound, b.done(ctx, d, channel, ts)
		}
		d.Place, d.TS = channel, ts // it may show an older state: updated now
	}
	channel, ts, err := b.send(ctx, &d)
	if err != nil {
		return "", err
	}
	return OutcomeDelivered, b.done(ctx, d, channel, ts)
}

// prepare renders the row.
func (b *Outbox) prepare(ctx context.Context, o store.Outbound) (delivery, error) {
	d := delivery{Outbound: o}
	msg, err := b.render(ctx, o)
	if err != nil {
		return d, &renderError{err}
	}
	if msg.Text == "" && len(msg.Blocks) == 0 && msg.Home == nil {
		return d, &renderError{errors.New("nothing to say")}
	}
	d.msg = msg
	d.hash, err = hash(msg)
	return d, err
}

// render asks the renderer; a panic is an error of that row alone.
func (b *Outbox) render(ctx context.Context, o store.Outbound) (m view.Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			b.Log.Error("outbox: a rendering panicked", "id", o.ID, "kind", o.Kind, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return b.Render.Render(ctx, o)
}

func hash(m view.Message) (string, error) {
	raw, err := json.Marshal(struct {
		Text   string
		Blocks []slack.Block
		Home   *slack.HomeTabViewRequest `json:",omitempty"`
	}{m.Text, m.Blocks, m.Home})
	if err != nil {
		return "", &renderError{err}
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16]), nil
}

func (b *Outbox) done(ctx context.Context, d delivery, channel, ts string) error {
	if err := b.Store.Delivered(ctx, d.Outbound, channel, ts, d.hash); err != nil {
		return &unrecorded{err}
	}
	return nil
}

// renderError is a row that cannot be turned into a message.
type renderError struct{ cause error }

func (e *renderError) Error() string { return "cannot be rendered: " + e.cause.Error() }
func (e *renderError) Unwrap() error { return e.cause }

// unrecorded is a message that was sent, and could not be marked as sent.
type unrecorded struct{ cause error }

func (e *unrecorded) Error() string { return "sent, but not recorded: " + e.cause.Error() }
func (e *unrecorded) Unwrap() error { return e.cause }

// settle records how a delivery failed, and returns its outcome.
func (b *Outbox) settle(ctx context.Context, o store.Outbound, err error) string {
	tries := o.Attempts + 1
	var cannot *renderError
	var rule *sales.Error
	var later *notYet
	var undrawn *notUploaded
	switch {
	case errors.As(err, &cannot):
		if errors.As(err, &rule) || tries >= b.MaxTries {
			return b.bury(ctx, o, err.Error())
		}
		return b.retry(ctx, o, backoff(b.Backoff, tries), err.Error())
	case errors.As(err, &later):
		return b.postpone(ctx, o, later)
	case errors.As(err, &undrawn):
		return b.retry(ctx, o, backoff(b.Backoff, tries), undrawn.Error())
	}
	f, after := judge(err)
	switch {
	case f == pause:
		b.pauseAll(o, err)
		return b.retry(ctx, o, time.Minute, reason(err))
	case f == never, f == blocks, f == gone, tries >= mostTries:
		return b.bury(ctx, o, reason(err))
	case f == unknown:
		return b.retry(ctx, o, backoff(b.Backoff, tries), unknownMark+reason(err))
	}
	return b.retry(ctx, o, max(after, backoff(b.Backoff, tries)), reason(err))
}

func (b *Outbox) retry(ctx context.Context, o store.Outbound, in time.Duration, why string) string {
	b.Log.Warn("outbox: not delivered yet", "id", o.ID, "kind", o.Kind, "channel", o.Channel, "tries", o.Attempts+1, "again_in", in, "reason", why)
	if err := b.Store.Retry(ctx, o, time.Now().Add(in), why); err != nil {
		b.Log.Error("outbox: a row waits for its lease to end", "id", o.ID, "error", err)
	}
	return OutcomeRetry
}

// postpone gives a row back until its turn comes; nothing is wrong with it.
func (b *Outbox) postpone(ctx context.Context, o store.Outbound, later *notYet) string {
	if err := b.Store.Retry(ctx, o, time.Now().Add(later.in), later.why); err != nil {
		b.Log.Error("outbox: a row waits for its lease to end", "id", o.ID, "error", err)
	}
	return OutcomeLater
}

func (b *Outbox) bury(ctx context.Context, o store.Outbound, why string) string {
	b.Log.Error("outbox: set aside for good", "id", o.ID, "kind", o.Kind, "channel", o.Channel, "reason", why)
	if err := b.Store.Bury(ctx, o, why); err != nil {
		b.Log.Error("outbox: a row waits for its lease to end", "id", o.ID, "error", err)
		return OutcomeRetry
	}
	if o.Kind != alarmKind {
		b.alarm(ctx, o, why)
	}
	return OutcomeBuried
}

// pauseAll stops everything for a minute: no message would pass.
func (b *Outbox) pauseAll(o store.Outbound, err error) {
	b.paused.Store(time.Now().Add(time.Minute).UnixMilli())
	b.Log.Error("outbox: Slack refuses the app; pausing for a minute. Run `pipewright doctor`", "id", o.ID, "reason", reason(err))
}

// mostTries is reached after about eight hours of trying.
const mostTries = 100

// unknownMark begins the error of a row of which nobody knows whether it was
// delivered. The store writes it as well, about leases that ended without a word.
const unknownMark = store.OutcomeUnknown

// mayStand reports whether an earlier try may have been delivered unnoticed.
func mayStand(o store.Outbound) bool { return strings.HasPrefix(o.Error, unknownMark) }
