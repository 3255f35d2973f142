package store

import (
	"context"
	"database/sql"
	"time"
)

// Inbound is one payload that came in, by the key that its repetitions share.
type Inbound struct {
	Key   string
	Kind  string
	User  string
	Body  []byte // nil once it is done
	At    time.Time
	Reply []byte
	Done  bool
}

type inboundRow struct {
	Key    string
	Kind   string
	Person string
	Body   []byte
	At     sql.NullInt64
	Reply  []byte
	Done   bool
}

const (
	seenSQL     = `SELECT reply, done FROM inbox WHERE key = ?`
	markDoneSQL = `INSERT INTO inbox (key, kind, person, at, reply, done) VALUES (?, '', '', ?, ?, TRUE)
		ON CONFLICT (key) DO UPDATE SET reply = excluded.reply, done = TRUE, body = NULL`
	parkSQL = `INSERT INTO inbox (key, kind, person, body, at, done) VALUES (?, ?, ?, ?, ?, FALSE)
		ON CONFLICT (key) DO NOTHING`
	pendingInboundSQL = `SELECT key, kind, person, body, at, reply, done FROM inbox WHERE NOT done AND at < ? ORDER BY at, key`
	pruneInboxSQL     = `DELETE FROM inbox WHERE done AND key IN (SELECT key FROM inbox WHERE done AND at < ? LIMIT 1000)`
	pruneRecentSQL    = `DELETE FROM recent WHERE at < ?`
)

// Seen looks a payload's key up: found when it was parked or done before, and then
// the reply that it got. It is the first statement of every deciding transaction;
// until that ends, another one with the same key waits.
func (tx *Tx) Seen(ctx context.Context, key string) (reply []byte, done, found bool, err error) {
	tx.keyed = true
	if err := tx.lockKey(ctx, key); err != nil {
		return nil, false, false, wrap("look a request up", err)
	}
	var row struct {
		Reply []byte
		Done  bool
	}
	found, err = tx.get(ctx, &row, seenSQL, key)
	return row.Reply, row.Done, found, wrap("look a request up", err)
}

// MarkDone notes that the payload was dealt with, and the reply that its repetitions get. What it held is forgotten.
func (tx *Tx) MarkDone(ctx context.Context, key string, reply []byte, now time.Time) error {
	_, err := tx.exec(ctx, markDoneSQL, key, millis(now), reply)
	return wrap("note a request as done", err)
}

// Park commits a payload that is not dealt with yet, so that a restart finds it.
// It does nothing when the key is there already.
func (s *Store) Park(ctx context.Context, in Inbound) error {
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, parkSQL, in.Key, in.Kind, in.User, in.Body, millis(in.At))
		return wrap("park a request", err)
	})
}

// PendingInbound returns the parked payloads from before the instant, oldest first.
func (r *Reader) PendingInbound(ctx context.Context, olderThan time.Time) ([]Inbound, error) {
	var rows []inboundRow
	if err := r.all(ctx, &rows, pendingInboundSQL, olderThan.UnixMilli()); err != nil {
		return nil, wrap("read the parked requests", err)
	}
	out := make([]Inbound, len(rows))
	for i, row := range rows {
		out[i] = Inbound{row.Key, row.Kind, row.Person, row.Body, fromMillis(row.At), row.Reply, row.Done}
	}
	return out, nil
}

// PruneInbox forgets what was done before the instant, in small steps, and
// returns how many payloads that were.
func (s *Store) PruneInbox(ctx context.Context, before time.Time) (int, error) {
	_, err := s.prune(ctx, pruneRecentSQL, before)
	if err != nil {
		return 0, err
	}
	return s.pruneAll(ctx, pruneInboxSQL, before)
}

// pruneAll repeats a deletion that takes a thousand rows at a time.
func (s *Store) pruneAll(ctx context.Context, query string, before time.Time) (int, error) {
	total := 0
	for {
		n, err := s.prune(ctx, query, before)
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}

func (s *Store) prune(ctx context.Context, query string, before time.Time) (int, error) {
	var n int64
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) (err error) {
		n, err = tx.exec(ctx, query, before.UnixMilli())
		return wrap("forget what is old", err)
	})
	return int(n), err
}
