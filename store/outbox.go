package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"time"

	"pipewright/internal/sales"
)

// Outbound is one thing to be said or done in Slack.
type Outbound struct {
	ID        int64
	Key       string // enqueuing the same key again does nothing
	Kind      string // "card", "post", "dm", "digest", "history" …: who renders it
	Channel   string // as asked for: a channel's id, or a user's for a DM
	Thread    string // ts of the message that it replies to; of a row with Under, once leased, the card's
	Under     string // subject of the card in the channel in whose thread it goes; it waits until that stands
	Subject   string // of a card: "deal:12"
	Body      []byte // JSON, frozen when enqueued
	NotBefore time.Time
	Attempts  int
	Error     string
	Enqueued  time.Time
	Token     string // of the lease

	// Filled when leased:
	Place    string // channel in which the card, or the card that it goes under, stands; "" when it doesn't yet
	TS       string // message in which the card stands; "" when it has to be posted
	Rendered string // hash of the card as last delivered
}

type outboundRow struct {
	ID        int64
	Key       string
	Kind      string
	Channel   string
	Thread    string
	Under     string
	Subject   string
	Body      []byte
	NotBefore sql.NullInt64 `db:"not_before"`
	Attempts  int
	Error     string
	Enqueued  sql.NullInt64
	Token     string
	Place     string
	TS        string
	Rendered  string
}

const outboundColumns = `id, key, kind, channel, thread, under, subject, body, not_before, attempts, error, enqueued, token,
	place, ts, rendered`

func (r *outboundRow) outbound() Outbound {
	return Outbound{
		ID: r.ID, Key: r.Key, Kind: r.Kind, Channel: r.Channel, Thread: r.Thread, Under: r.Under, Subject: r.Subject,
		Body: r.Body, NotBefore: fromMillis(r.NotBefore), Attempts: r.Attempts, Error: r.Error, Enqueued: fromMillis(r.Enqueued),
		Token: r.Token, Place: r.Place, TS: r.TS, Rendered: r.Rendered,
	}
}

// lane names what has to stay in order.
func lane(channel, thread, under string) string {
	switch {
	case under != "":
		return channel + "/" + under
	case thread != "":
		return channel + "/" + thread
	}
	return channel
}

// deadBelow is for rows whose card was buried before it stood.
const deadBelow = `EXISTS (SELECT 1 FROM outbox c WHERE c.key = ? AND c.dead AND c.ts = '')`

const (
	enqueueSQL = `INSERT INTO outbox (key, kind, lane, channel, thread, under, subject, body, not_before, enqueued, pending)
		VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?, TRUE) ON CONFLICT (key) DO NOTHING`
	enqueueUnderSQL = `INSERT INTO outbox (key, kind, lane, channel, thread, under, subject, body, not_before, enqueued, pending, dead, error)
		VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?, NOT ` + deadBelow + `, ` + deadBelow + `, CASE WHEN ` + deadBelow + ` THEN ? ELSE '' END)
		ON CONFLICT (key) DO NOTHING`
)

const noThread = "the card that would begin the thread could not be posted"

// Enqueue has something said once the transaction is committed. A card is better
// asked for with Card.
func (tx *Tx) Enqueue(ctx context.Context, o Outbound) error {
	if o.Kind == kindCard {
		return tx.Card(ctx, o.Subject, o.Channel, o.Under)
	}
	if o.Enqueued.IsZero() {
		o.Enqueued = tx.store.options.Clock()
	}
	query := enqueueSQL
	args := []any{
		o.Key, o.Kind, lane(o.Channel, o.Thread, o.Under), o.Channel, o.Thread, o.Under, o.Body, millis(o.NotBefore), millis(o.Enqueued),
	}
	if o.Under != "" {
		card := cardKey(o.Under, o.Channel)
		query, args = enqueueUnderSQL, append(args, card, card, card, noThread)
	}
	n, err := tx.exec(ctx, query, args...)
	tx.woke = tx.woke || n > 0
	return wrap("enqueue a message", err)
}

// OutcomeUnknown begins the Error of a row that may have been delivered without
// anybody noting it: its delivery was cut off, or Slack's answer was lost.
const OutcomeUnknown = "outcome unknown: "

// lanes walks from one pending lane to the next through the index, whatever the
// number of rows in each; head is the first row of each lane.
const lanes = `WITH RECURSIVE lanes (lane) AS (
		SELECT MIN(lane) FROM outbox WHERE pending
		UNION ALL
		SELECT (SELECT MIN(o.lane) FROM outbox o WHERE o.pending AND o.lane > lanes.lane) FROM lanes WHERE lanes.lane IS NOT NULL
	)`

const heads = ` FROM lanes JOIN outbox head ON head.id = (SELECT MIN(o.id) FROM outbox o WHERE o.pending AND o.lane = lanes.lane)
	WHERE (head.under = '' OR head.ts <> '' OR EXISTS (
		SELECT 1 FROM outbox c WHERE c.key = 'card:' || head.under || ':' || head.channel AND c.ts <> ''))`

const (
	dueSQL = lanes + ` SELECT head.id` + heads + `
		AND (head.not_before IS NULL OR head.not_before <= ?)
		AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.lane = head.lane AND f.leased IS NOT NULL AND f.leased > ?)
		ORDER BY head.ts <> '', CASE WHEN head.ts = '' THEN head.id ELSE -head.enqueued END, head.id LIMIT ?`
	// claimSQL looks again at what dueSQL saw, since that was outside of the transaction.
	// A token that is still there belongs to a lease that ended without an answer.
	claimSQL = `UPDATE outbox SET attempts = CASE WHEN token <> '' THEN attempts + 1 ELSE attempts END,
		error = CASE WHEN token <> '' THEN '` + OutcomeUnknown + `the delivery was cut off' ELSE error END,
		token = ?, leased = ?, taken = dirty
		WHERE id = ? AND pending AND (not_before IS NULL OR not_before <= ?)
		AND id = (SELECT MIN(o.id) FROM outbox o WHERE o.pending AND o.lane = outbox.lane)
		AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.lane = outbox.lane AND f.leased IS NOT NULL AND f.leased > ?)
		RETURNING ` + outboundColumns
	underSQL = `SELECT ts, place FROM outbox WHERE key = ?`
)

// Lease claims up to n rows that are due; see Due and Claim.
func (s *Store) Lease(ctx context.Context, n int, ttl time.Duration) ([]Outbound, error) {
	ids, err := s.Due(ctx, n)
	if err != nil {
		return nil, err
	}
	return s.Claim(ctx, ids, ttl)
}

// Due returns up to n rows that can be claimed, at most one of each lane: first what
// nobody has seen yet, the oldest first, then cards that are drawn anew, the latest
// first. Many of those, after a change of the map, hold up nothing that is new.
// Looking takes the longer the more lanes wait.
func (s *Store) Due(ctx context.Context, n int) ([]int64, error) {
	now := s.options.Clock().UnixMilli()
	var ids []int64
	err := s.Read(ctx, func(ctx context.Context, r *Reader) (err error) {
		ids, err = columnOf[int64](ctx, r.session, dueSQL, now, now, n)
		return err
	})
	return ids, wrap("look for due messages", err)
}

// Claim claims those of the rows that are still due, for the time ttl, which must be
// longer than a delivery can take. Who holds the lease answers with Delivered, Retry
// or Bury.
func (s *Store) Claim(ctx context.Context, ids []int64, ttl time.Duration) ([]Outbound, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	now := s.options.Clock()
	var out []Outbound
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		out = nil
		if err := tx.lock(ctx, lockLease); err != nil {
			return err
		}
		for _, id := range ids {
			o, found, err := tx.claim(ctx, id, now, ttl)
			if err != nil {
				return err
			}
			if found {
				out = append(out, o)
			}
		}
		return nil
	})
	return out, wrap("claim due messages", err)
}

func (tx *Tx) claim(ctx context.Context, id int64, now time.Time, ttl time.Duration) (Outbound, bool, error) {
	var row outboundRow
	found, err := tx.get(ctx, &row, claimSQL, rand.Text(), now.Add(ttl).UnixMilli(), id, now.UnixMilli(), now.UnixMilli())
	if err != nil || !found {
		return Outbound{}, false, err
	}
	o := row.outbound()
	if o.Under == "" {
		return o, true, nil
	}
	var card struct{ TS, Place string }
	if _, err := tx.get(ctx, &card, underSQL, cardKey(o.Under, o.Channel)); err != nil {
		return o, false, err
	}
	o.Thread = card.TS
	if o.Place == "" {
		o.Place = card.Place
	}
	return o, true, nil
}

const (
	deliveredSQL = `UPDATE outbox SET pending = FALSE, sent = ?, body = NULL, error = '', token = '', leased = NULL,
		place = ?, ts = ? WHERE id = ? AND token = ?`
	cardDeliveredSQL = `UPDATE outbox SET pending = (dirty > taken), lane = key, error = '', attempts = 0, not_before = NULL,
		token = '', leased = NULL, place = ?, ts = ?, rendered = ? WHERE id = ? AND token = ?`
	retrySQL = `UPDATE outbox SET attempts = attempts + 1, error = ?, not_before = ?, token = '', leased = NULL
		WHERE id = ? AND token = ? AND pending`
)

// Delivered notes that a leased row was delivered, and where: the channel and ts
// of the message. rendered is the hash of what a card then showed; a card that became
// dirty since the lease stays due. Conflict "outbox.lease_lost" when somebody
// else holds the row by now.
func (s *Store) Delivered(ctx context.Context, o Outbound, channel, ts, rendered string) error {
	return s.leased(ctx, o, func(ctx context.Context, tx *Tx) (int64, error) {
		tx.woke = true // a lane moves on
		if o.Kind == kindCard {
			if o.TS == "" {
				if err := tx.redrawRequests(ctx, o.Subject); err != nil {
					return 0, err
				}
			}
			return tx.exec(ctx, cardDeliveredSQL, channel, ts, rendered, o.ID, o.Token)
		}
		return tx.exec(ctx, deliveredSQL, s.options.Clock().UnixMilli(), channel, ts, o.ID, o.Token)
	})
}

// Retry gives a leased row back, to be tried again at the instant; its lane waits for it.
func (s *Store) Retry(ctx context.Context, o Outbound, at time.Time, reason string) error {
	return s.leased(ctx, o, func(ctx context.Context, tx *Tx) (int64, error) {
		return tx.exec(ctx, retrySQL, clean(reason), millis(at), o.ID, o.Token)
	})
}

const (
	burySQL = `UPDATE outbox SET pending = FALSE, dead = TRUE, error = ?, token = '', leased = NULL
		WHERE id = ? AND token = ?`
	buryUnderSQL = `UPDATE outbox SET pending = FALSE, dead = TRUE, error = ?, token = '', leased = NULL
		WHERE under = ? AND channel = ? AND pending RETURNING kind, subject, channel, ts`
)

// Bury sets a leased row aside for good, visibly. A card that never stood takes
// along what waits to go under it.
func (s *Store) Bury(ctx context.Context, o Outbound, reason string) error {
	return s.leased(ctx, o, func(ctx context.Context, tx *Tx) (int64, error) {
		tx.woke = true // a lane moves on
		n, err := tx.exec(ctx, burySQL, clean(reason), o.ID, o.Token)
		if err != nil || n == 0 || o.Kind != kindCard || o.TS != "" {
			return n, err
		}
		return n, tx.buryUnder(ctx, o.Subject, o.Channel)
	})
}

func (tx *Tx) buryUnder(ctx context.Context, subject, channel string) error {
	var rows []struct{ Kind, Subject, Channel, TS string }
	if err := tx.all(ctx, &rows, buryUnderSQL, noThread, subject, channel); err != nil {
		return err
	}
	for _, row := range rows {
		if row.Kind == kindCard && row.TS == "" {
			if err := tx.buryUnder(ctx, row.Subject, row.Channel); err != nil {
				return err
			}
		}
	}
	return nil
}

// leased runs one statement that is fenced by the lease's token.
func (s *Store) leased(ctx context.Context, o Outbound, fn func(ctx context.Context, tx *Tx) (int64, error)) error {
	if o.Token == "" {
		return sales.Refuse(sales.Conflict, "outbox.lease_lost", "key", o.Key)
	}
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := fn(ctx, tx)
		if err == nil && n == 0 {
			return sales.Refuse(sales.Conflict, "outbox.lease_lost", "key", o.Key)
		}
		return wrap("note what became of a message", err)
	})
}
