package handlers

import (
	"context"
	"slices"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

const (
	homeLately = 12 * time.Hour   // so long after it was opened a Home may still be looked at
	homeEvery  = 10 * time.Second // a Home that others change is drawn at most so often
)

// Homes has the Homes of those who opened them lately drawn anew when something that
// they show was changed elsewhere. What then looks the same is not sent to Slack. It
// follows the sealed log, so that no command has to think of Home, and the first
// look of a program that was away takes everything for new.
type Homes struct {
	Store *store.Store

	known store.NewsMark
	due   map[string]bool      // people whose Home is to be drawn
	drawn map[string]time.Time // when that was last asked for
}

// Refresh looks for what is new, and enqueues the Homes whose turn it is. now is protocol time.
func (h *Homes) Refresh(ctx context.Context, now time.Time) error {
	var look homeLook
	err := h.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		look, err = h.look(ctx, r, now)
		return err
	})
	if err != nil {
		return err
	}
	h.known = look.mark
	due := map[string]bool{}
	var turn []string
	for _, user := range look.opened {
		switch {
		case !h.due[user] && !look.concerns(user):
		case now.Sub(h.drawn[user]) < homeEvery:
			due[user] = true
		default:
			turn = append(turn, user)
		}
	}
	h.due = due
	if len(turn) == 0 {
		return nil
	}
	if h.drawn == nil || len(h.drawn) > 10_000 {
		h.drawn = map[string]time.Time{}
	}
	err = h.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, user := range turn {
			if err := tx.Card(ctx, store.HomeSubject(user), user, ""); err != nil {
				return err
			}
		}
		return nil
	})
	for _, user := range turn {
		if h.due[user] = err != nil; err == nil {
			h.drawn[user] = now
		}
	}
	return err
}

// homeLook is one look at who may see something new.
type homeLook struct {
	opened []string // who opened their Home lately
	mark   store.NewsMark
	all    bool // it may concern anybody
	news   []store.News
	org    *sales.Organisation
}

func (h *Homes) look(ctx context.Context, r *store.Reader, now time.Time) (l homeLook, err error) {
	if l.mark, err = r.NewsMark(ctx); err != nil || l.mark == h.known && len(h.due) == 0 {
		return l, err
	}
	if l.opened, err = r.HomesOpened(ctx, now.Add(-homeLately)); err != nil || len(l.opened) == 0 || l.mark == h.known {
		return l, err
	}
	if l.all = l.mark.Maps != h.known.Maps; l.all { // at the first look as well
		return l, nil
	}
	if l.news, err = r.News(ctx, h.known); err != nil {
		return l, err
	}
	l.all = slices.ContainsFunc(l.news, func(n store.News) bool { return forMany(n.Type) })
	l.org, err = r.Organisation(ctx)
	return l, err
}

// forMany reports whether an event concerns others than who acted, who has the deal now and who leads.
func forMany(t sales.EventType) bool {
	return sales.OfApproval(t) || t == sales.Assigned || t == sales.Undone
}

func (l *homeLook) concerns(user string) bool {
	if l.all || len(l.news) == 0 {
		return l.all
	}
	return l.org.Leads(user) || slices.ContainsFunc(l.news, func(n store.News) bool { return n.Actor == user || n.Owner == user })
}
