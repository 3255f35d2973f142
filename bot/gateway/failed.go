package gateway

import (
	"context"
	"errors"
	"time"

	"pipewright/handlers"
	"pipewright/store"
)

// answersFailure reports whether somebody waits for what becomes of the intent. Slack sends
// it once and never again, so silence would be all that they get; an event it repeats.
func answersFailure(in handlers.Intent) bool {
	return in.Kind == handlers.Command || in.Kind == handlers.Action || in.Kind == handlers.Submission || in.Kind == handlers.Shortcut
}

// errPanicked is of a handler that ended in the middle: what it did before may stand.
var errPanicked = errors.New("gateway: internal error")

// failure says that an intent was not taken: nothing was changed, or nobody knows.
func (g *Gateway) failure(in handlers.Intent, err error) handlers.Reply {
	ctx, cancel := context.WithTimeout(g.life, 150*time.Millisecond) // what could not be saved may be hard to read as well
	defer cancel()
	p := g.printer(ctx, in)
	said := p.T("I could not do that just now. Nothing was changed. Please try again in a minute.")
	switch {
	case errors.Is(err, errBusy):
		said = p.T("I have too much to do just now, and did not do that. Nothing was changed. Please try again in a minute.")
	case errors.Is(err, store.ErrUnsure), errors.Is(err, errPanicked):
		said = p.T("Something went wrong, and I can't tell whether that was saved. Have a look before you try again.")
	}
	r := handlers.Reply{Text: said}
	if in.Kind == handlers.Submission { // what was typed stays in the form below
		r.Modal, r.Push = g.notice(ctx, in, r), true
	}
	return r
}

// apologise acknowledges an intent that was not taken with the word that it was not.
func (g *Gateway) apologise(in handlers.Intent, err error) (any, func()) {
	ack, later := g.split(in, g.failure(in, err))
	if later == nil {
		return ack, nil
	}
	return ack, func() { g.inTime(later) }
}

// overdue acknowledges an intent that can be neither finished nor parked in time, with the word
// that its end is still open, and says how it ended when that is known.
func (g *Gateway) overdue(in handlers.Intent, received time.Time, done <-chan outcome) (any, func()) {
	ctx, cancel := context.WithTimeout(g.life, 150*time.Millisecond)
	defer cancel()
	p := g.printer(ctx, in)
	patience := handlers.Reply{Text: p.T("This takes longer than it should. I'll tell you here how it ends; if I don't within a minute, have a look before you try again.")}
	ack, later := g.split(in, patience)
	g.running.Go(func() {
		if later != nil {
			g.inTime(later)
		}
		o := <-done
		if o.err != nil {
			g.Log.Error("gateway: acknowledged as overdue, and not taken", "kind", in.Kind, "name", in.Name, "user", in.User, "key", in.Key, "error", o.err)
			o.reply = g.failure(in, o.err)
		}
		g.Observe(in, map[bool]string{true: OutcomeLate, false: OutcomeFailed}[o.err == nil], time.Since(received))
		g.inTime(func(ctx context.Context) {
			if in.Kind == handlers.Submission {
				g.lateForm(ctx, in, o.reply)
			} else {
				g.deliver(ctx, in, o.reply)
			}
		})
	})
	return ack, nil
}

// inTime runs what Slack has to be told beside an acknowledgement.
func (g *Gateway) inTime(tell func(ctx context.Context)) {
	ctx, cancel := context.WithTimeout(g.life, 10*time.Second)
	defer cancel()
	tell(ctx)
}
