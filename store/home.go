package store

import (
	"context"
	"time"

	"pipewright/internal/sales"
)

// HomeSubject is the subject of the card that is a person's App Home.
func HomeSubject(user string) string { return "home:" + user }

const (
	openHomeSQL    = `INSERT INTO home (person, opened) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET opened = excluded.opened`
	forgetDrawnSQL = `UPDATE outbox SET rendered = '' WHERE key = ?`
	homesSQL       = `SELECT person FROM home WHERE opened > ? ORDER BY person`
)

// OpenHome notes that the person has just opened their Home, and has it published
// whatever was published before.
func (tx *Tx) OpenHome(ctx context.Context, user string) error {
	if _, err := tx.exec(ctx, openHomeSQL, user, tx.store.options.Clock().UnixMilli()); err != nil {
		return wrap("note that a Home was opened", err)
	}
	if err := tx.Card(ctx, HomeSubject(user), user, ""); err != nil {
		return err
	}
	_, err := tx.exec(ctx, forgetDrawnSQL, cardKey(HomeSubject(user), user))
	return wrap("have a Home published anew", err)
}

// HomesOpened returns who opened their Home since the instant (protocol time), by id.
func (r *Reader) HomesOpened(ctx context.Context, since time.Time) ([]string, error) {
	out, err := columnOf[string](ctx, r.session, homesSQL, since.UnixMilli())
	return out, wrap("read who looks at their Home", err)
}

// NewsMark is how much of the sealed log and of the map somebody knows.
type NewsMark struct{ Pos, Maps int64 }

// News is what happened to one deal.
type News struct {
	Type  sales.EventType
	Actor string
	Owner string // of the deal now
}

const (
	newsMarkSQL = `SELECT (SELECT pos FROM audit_head WHERE id = 1) AS pos, ` + mapAge + ` AS maps`
	// The order of the joins and of the bounds is given, as in changesSQL.
	newsSQL = `SELECT DISTINCT e.type, e.actor, deal.owner FROM event e CROSS JOIN deal
		WHERE deal.id = e.deal AND e.pos > ? AND e.pos > 0`
)

// NewsMark returns how much there is to know.
func (r *Reader) NewsMark(ctx context.Context) (NewsMark, error) {
	var m NewsMark
	_, err := r.get(ctx, &m, newsMarkSQL)
	return m, wrap("read how long the log is", err)
}

// News returns what was sealed since the mark, each thing once.
func (r *Reader) News(ctx context.Context, since NewsMark) ([]News, error) {
	var out []News
	err := r.all(ctx, &out, newsSQL, since.Pos)
	return out, wrap("read what is new in the log", err)
}
