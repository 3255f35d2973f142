package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

const kindCard = "card"

// cardKey is the card's key in the outbox; heads spells it out too.
func cardKey(subject, channel string) string { return "card:" + subject + ":" + channel }

const (
	cardSQL = `INSERT INTO outbox (key, kind, lane, channel, thread, under, subject, enqueued, pending)
		VALUES (?, 'card', ?, ?, '', ?, ?, ?, TRUE)
		ON CONFLICT (key) DO UPDATE SET dirty = outbox.dirty + 1, pending = TRUE, dead = FALSE,
		enqueued = CASE WHEN outbox.pending THEN outbox.enqueued ELSE excluded.enqueued END,
		attempts = CASE WHEN outbox.dead THEN 0 ELSE outbox.attempts END,
		not_before = CASE WHEN outbox.dead THEN NULL ELSE outbox.not_before END`
	redrawSQL = `UPDATE outbox SET dirty = dirty + 1, pending = TRUE,
		enqueued = CASE WHEN pending THEN enqueued ELSE ? END
		WHERE subject <> '' AND NOT dead AND subject `
	refreshSQL   = redrawSQL + `= ?`
	refreshedSQL = refreshSQL + ` RETURNING channel`
)

// Card makes sure that a card of the subject stands, or will stand, in the
// channel, in the thread of the card `under` when one is named, and has it
// rendered again. A card that was given up is tried again.
func (tx *Tx) Card(ctx context.Context, subject, channel, under string) error {
	now := tx.store.options.Clock().UnixMilli()
	_, err := tx.exec(ctx, cardSQL, cardKey(subject, channel), lane(channel, "", under), channel, under, subject, now)
	tx.woke = true
	return wrap("enqueue a card", err)
}

// Refresh has the subject's card rendered and delivered again wherever it stands.
func (tx *Tx) Refresh(ctx context.Context, subject string) error {
	n, err := tx.exec(ctx, refreshSQL, tx.store.options.Clock().UnixMilli(), subject)
	tx.woke = tx.woke || n > 0
	return wrap("refresh a card", err)
}

// RefreshDeals has the cards of the deals that the filter selects, whatever its limit,
// and of their requests for approval rendered and delivered again wherever they stand.
func (tx *Tx) RefreshDeals(ctx context.Context, f DealFilter) error {
	where, args := f.where()
	query := redrawSQL + `IN (SELECT 'deal:' || id FROM deal WHERE ` + where + `
		UNION ALL SELECT 'approval:' || id FROM approval WHERE deal IN (SELECT id FROM deal WHERE ` + where + `))`
	n, err := tx.exec(ctx, query, slices.Concat([]any{tx.store.options.Clock().UnixMilli()}, args, args)...)
	tx.woke = tx.woke || n > 0
	return wrap("refresh the cards of deals", err)
}

const redrawRequestsSQL = redrawSQL + `IN (SELECT 'approval:' || id FROM approval WHERE ` + ofDeal + `)`

// redrawRequests has the cards of a deal's requests for approval drawn anew, when the deal's own
// card stands at last: they show the way to its thread.
func (tx *Tx) redrawRequests(ctx context.Context, subject string) error {
	id, deal := strings.CutPrefix(subject, "deal:")
	if !deal {
		return nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return wrap("have requests drawn anew", err)
	}
	_, err = tx.exec(ctx, redrawRequestsSQL, tx.store.options.Clock().UnixMilli(), n)
	return wrap("have requests drawn anew", err)
}

// Show is Card and Refresh together, in one statement where the card stands already: a
// card of the subject will stand in the channel, and is rendered again wherever it is.
func (tx *Tx) Show(ctx context.Context, subject, channel string) error {
	var stands []struct{ Channel string }
	if err := tx.all(ctx, &stands, refreshedSQL, tx.store.options.Clock().UnixMilli(), subject); err != nil {
		return wrap("refresh a card", err)
	}
	tx.woke = tx.woke || len(stands) > 0
	for _, at := range stands {
		if at.Channel == channel {
			return nil
		}
	}
	return tx.Card(ctx, subject, channel, "")
}

// Place is one message that shows a card, or will.
type Place struct {
	Subject  string
	Channel  string // where it stands; as asked for while it doesn't
	Asked    string // the channel as asked for: a person for their direct messages
	TS       string // "" until it stands
	Under    string // subject of the card in whose thread it goes
	Rendered string // hash of what was last delivered
	Dead     bool   // given up
}

const (
	placeColumns = `subject, CASE WHEN place <> '' THEN place ELSE channel END AS channel, outbox.channel AS asked, ts, under, rendered, dead`
	placesSQL    = `SELECT ` + placeColumns + ` FROM outbox WHERE subject = ? AND subject <> '' ORDER BY id`
	placeAtSQL   = `SELECT ` + placeColumns + ` FROM outbox WHERE place = ? AND ts = ? AND subject <> '' AND ts <> '' ORDER BY id LIMIT 1`
)

// Places returns where the subject's card stands or will stand.
func (r *Reader) Places(ctx context.Context, subject string) ([]Place, error) {
	var out []Place
	err := r.all(ctx, &out, placesSQL, subject)
	return out, wrap("read where a card stands", err)
}

// PlaceAt returns which card the message shows, and whether it shows one.
func (r *Reader) PlaceAt(ctx context.Context, channel, ts string) (Place, bool, error) {
	var out Place
	found, err := r.get(ctx, &out, placeAtSQL, channel, ts)
	return out, found, wrap("look a message up", err)
}
