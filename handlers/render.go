package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// RenderCard draws the card of a subject as it stands in a channel, from the
// state at this moment. In channels it speaks the workspace's language, in a DM
// and in App Home, which is a card as well, the person's.
func (a *App) RenderCard(ctx context.Context, subject, channel string) (view.Message, error) {
	kind, name, _ := strings.Cut(subject, ":")
	for _, b := range nouns() {
		if draw, ok := b.cards[kind]; ok {
			return draw(a, ctx, name, channel)
		}
	}
	return view.Message{}, fmt.Errorf("card of %q: no such noun", subject)
}

// RenderHistory draws the line of one event in the thread of its deal.
func (a *App) RenderHistory(ctx context.Context, body []byte) (view.Message, error) {
	var b historyBody
	if err := json.Unmarshal(body, &b); err != nil {
		return view.Message{}, err
	}
	var m view.Message
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		d, err := r.Deal(ctx, b.Deal)
		if err != nil {
			return err
		}
		log, err := r.Events(ctx, b.Deal)
		if err != nil {
			return err
		}
		event := func(version int) sales.Event {
			i := slices.IndexFunc(log, func(e sales.Event) bool { return e.Version == version })
			if i < 0 {
				return sales.Event{}
			}
			return log[i]
		}
		h := view.History{Event: event(b.Version), Name: names(ctx, r), Now: a.now()}
		h.Undone = event(h.Event.Data.Undoes)
		if h.Process, err = r.Process(ctx, d.Process); err != nil {
			return err
		}
		if h.Link, err = loggedFrom(ctx, r, h.Event); err != nil {
			return err
		}
		m = view.HistoryLine(a.Channel(), h)
		return nil
	})
	return m, err
}

// loggedFrom returns the permalink of the message that an activity was logged from, if it was from one.
func loggedFrom(ctx context.Context, r *store.Reader, e sales.Event) (string, error) {
	if e.Type != sales.Logged {
		return "", nil
	}
	all, err := r.Activities(ctx, e.Deal)
	if i := slices.IndexFunc(all, func(a sales.Activity) bool { return a.ID == e.Data.Activity }); i >= 0 {
		return all[i].Link, err
	}
	return "", err
}

// RenderPost draws a post that was frozen when it was enqueued.
func (a *App) RenderPost(body []byte) (view.Message, error) {
	r, err := decodeReply(body)
	return view.Message{Text: r.Text, Blocks: r.Blocks, Plain: r.Plain}, err
}

// printerAt speaks to those who read a channel, or to the person of a DM.
func (a *App) printerAt(ctx context.Context, r *store.Reader, channel string) (text.Printer, error) {
	if !strings.HasPrefix(channel, "U") && !strings.HasPrefix(channel, "W") {
		return a.Channel(), nil
	}
	return a.printerOf(ctx, r, channel)
}

// printerOf speaks to one person who is not the one who acts.
func (a *App) printerOf(ctx context.Context, r *store.Reader, user string) (text.Printer, error) {
	p, err := r.Person(ctx, user)
	if err != nil {
		return text.Printer{}, err
	}
	s, err := r.Settings(ctx, user)
	if err != nil {
		return text.Printer{}, err
	}
	return a.printerFor(p, s), nil
}

// now is business time for what is drawn when it is delivered.
func (a *App) now() time.Time {
	if a.Clock != nil {
		return a.Clock()
	}
	return time.Now().UTC()
}
