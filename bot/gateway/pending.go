package gateway

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"runtime/debug"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers"
	"pipewright/store"
)

// parkIntent commits the intent as a pending row, so that it is finished even if
// the process ends now. It reports whether it did.
func (g *Gateway) parkIntent(in handlers.Intent) bool {
	body, err := json.Marshal(in)
	if err != nil {
		g.Log.Error("gateway: an intent cannot be parked", "name", in.Name, "error", err)
		return false
	}
	ctx, cancel := context.WithTimeout(g.life, g.deadline-g.park)
	defer cancel()
	err = g.Store.Park(ctx, store.Inbound{Key: in.Key, Kind: string(in.Kind), User: in.User, Body: body, At: time.Now()})
	if err != nil {
		g.Log.Error("gateway: an intent cannot be parked", "name", in.Name, "key", in.Key, "error", err)
	}
	return err == nil
}

// lateAck acknowledges an intent whose answer comes later. A form is kept open
// with a word of patience, or its answer would have no place.
func (g *Gateway) lateAck(in handlers.Intent) any {
	if in.Kind != handlers.Submission {
		return nil
	}
	patience := handlers.Reply{Text: g.printer(g.life, in).T("This takes a moment. The answer will appear here.")}
	return slack.ViewSubmissionResponse{ResponseAction: slack.RAUpdate, View: g.notice(g.life, in, patience)}
}

// late finishes a parked intent: its row is closed, its answer delivered. When
// the handler failed the row stays pending, and is tried again.
func (g *Gateway) late(in handlers.Intent, received time.Time, o outcome) {
	if o.err != nil {
		g.Log.Error("gateway: parked, to be tried again", "kind", in.Kind, "name", in.Name, "user", in.User, "key", in.Key, "error", o.err)
		g.Observe(in, OutcomeFailed, time.Since(received))
		return
	}
	g.Observe(in, OutcomeLate, time.Since(received))
	ctx, cancel := context.WithTimeout(g.life, 20*time.Second)
	defer cancel()
	err := g.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, done, _, err := tx.Seen(ctx, in.Key)
		if err != nil || done {
			return err
		}
		return tx.MarkDone(ctx, in.Key, []byte("{}"), g.Now())
	})
	if err != nil {
		g.Log.Error("gateway: a finished intent stays pending", "key", in.Key, "error", err)
	}
	if in.Kind == handlers.Submission {
		g.lateForm(ctx, in, o.reply)
		return
	}
	g.deliver(ctx, in, o.reply)
}

// lateForm replaces the word of patience by the answer.
func (g *Gateway) lateForm(ctx context.Context, in handlers.Intent, r handlers.Reply) {
	modal := r.Modal
	if modal == nil {
		p := g.printer(ctx, in)
		for _, problem := range r.Errors {
			r.Text += problem + "\n"
		}
		if r.Text == "" && len(r.Blocks) == 0 {
			r.Text = p.T("Done.")
		}
		modal = g.notice(ctx, in, r)
	}
	if _, err := g.API.UpdateViewContext(ctx, *modal, "", "", in.View.ID); err != nil {
		g.Log.Warn("gateway: the form was closed before its answer came", "name", in.Name, "user", in.User, "error", detail(err))
	}
}

// FinishPending handles what was parked and acknowledged, but not finished, at
// least so long ago. It returns how many intents it finished. What fails for long is given up.
func (g *Gateway) FinishPending(ctx context.Context, atLeast time.Duration) (int, error) {
	var rows []store.Inbound
	err := g.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		rows, err = r.PendingInbound(ctx, time.Now().Add(-atLeast))
		return err
	})
	if err != nil {
		return 0, err
	}
	finished := 0
	for _, row := range rows {
		var in handlers.Intent
		if err := json.Unmarshal(row.Body, &in); err != nil {
			g.Log.Error("gateway: a pending row cannot be read", "key", row.Key, "error", err)
			continue
		}
		in.Trigger = "" // long since expired
		o := g.handle(in)
		if o.err != nil && g.life.Err() == nil && time.Since(row.At) > giveUpAfter {
			o = g.giveUp(in, o.err)
		}
		g.late(in, row.At, o)
		if o.err == nil {
			finished++
		}
		if ctx.Err() != nil {
			return finished, ctx.Err()
		}
	}
	return finished, nil
}

// giveUpAfter is how long a parked intent is tried again: a little less than its
// response URL lives, so that the person can still be told.
const giveUpAfter = 25 * time.Minute

// giveUp says that an intent fails each time, and that it is not tried any more.
func (g *Gateway) giveUp(in handlers.Intent, err error) outcome {
	id := rand.Text()[:8]
	g.Log.Error("gateway: parked, and given up", "id", id, "kind", in.Kind, "name", in.Name, "user", in.User, "key", in.Key, "error", err)
	p := g.printer(g.life, in)
	said := p.T("Something went wrong here (id %s). Nothing was changed. Try again, and tell your admin the id if it stays.", id)
	return outcome{reply: handlers.Reply{Text: said}}
}

func stack() string { return string(debug.Stack()) }
