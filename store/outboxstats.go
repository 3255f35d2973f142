package store

import (
	"context"
	"database/sql"
	"time"
)

// OutboxStats is how the outbox stands.
type OutboxStats struct {
	Due    int       // rows that are not delivered yet
	Dead   int       // dead letters
	Oldest time.Time // when the oldest undelivered row was enqueued; zero when there is none
}

const outboxStatsSQL = `SELECT (SELECT COUNT(*) FROM outbox WHERE pending) AS due,
	(SELECT COUNT(*) FROM outbox WHERE dead) AS dead, (SELECT MIN(enqueued) FROM outbox WHERE pending) AS oldest`

// OutboxStats counts what waits and what was set aside.
func (s *Store) OutboxStats(ctx context.Context) (OutboxStats, error) {
	var row struct {
		Due, Dead int
		Oldest    sql.NullInt64
	}
	err := s.Read(ctx, func(ctx context.Context, r *Reader) error {
		_, err := r.get(ctx, &row, outboxStatsSQL)
		return err
	})
	return OutboxStats{row.Due, row.Dead, fromMillis(row.Oldest)}, wrap("count the outbox", err)
}

const deadLettersSQL = `SELECT ` + outboundColumns + ` FROM outbox WHERE dead ORDER BY id DESC LIMIT ?`

// DeadLetters returns what was set aside, newest first.
func (s *Store) DeadLetters(ctx context.Context, limit int) ([]Outbound, error) {
	var rows []outboundRow
	err := s.Read(ctx, func(ctx context.Context, r *Reader) error {
		return r.all(ctx, &rows, deadLettersSQL, limit)
	})
	out := make([]Outbound, len(rows))
	for i := range rows {
		out[i] = rows[i].outbound()
	}
	return out, wrap("read the dead letters", err)
}

// nextDueSQL takes the later of the head's time and the end of the lease in its lane.
const nextDueSQL = lanes + ` SELECT MIN(due.at) FROM (
		SELECT CASE WHEN busy > early THEN busy ELSE early END AS at FROM (
			SELECT COALESCE(head.not_before, 0) AS early, COALESCE((
				SELECT MAX(f.leased) FROM outbox f WHERE f.lane = head.lane AND f.leased IS NOT NULL), 0) AS busy` + heads + `
		) AS head
	) AS due`

// NextDue returns when something can next be leased, perhaps in the past, if nothing is enqueued
// or delivered before; false when nothing waits.
func (s *Store) NextDue(ctx context.Context) (time.Time, bool, error) {
	var at sql.NullInt64
	err := s.Read(ctx, func(ctx context.Context, r *Reader) error {
		_, err := r.get(ctx, &at, nextDueSQL)
		return err
	})
	return fromMillis(at), at.Valid, wrap("look for the next message", err)
}

const inFlightSQL = `SELECT COUNT(*) FROM outbox WHERE leased IS NOT NULL AND leased > ?`

// Idle reports whether nothing is due or in flight now.
func (s *Store) Idle(ctx context.Context) (bool, error) {
	now := s.options.Clock()
	idle := false
	err := s.Read(ctx, func(ctx context.Context, r *Reader) error {
		var next sql.NullInt64
		flying := 0
		if _, err := r.get(ctx, &flying, inFlightSQL, now.UnixMilli()); err != nil {
			return err
		}
		if _, err := r.get(ctx, &next, nextDueSQL); err != nil {
			return err
		}
		idle = flying == 0 && (!next.Valid || next.Int64 > now.UnixMilli())
		return nil
	})
	return idle, wrap("look whether anything is due", err)
}

const pruneOutboxSQL = `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE sent IS NOT NULL AND sent < ? LIMIT 1000)`

// PruneOutbox forgets the keys of what was delivered before the instant (protocol
// time) and returns how many they were. Cards and dead letters stay.
func (s *Store) PruneOutbox(ctx context.Context, before time.Time) (int, error) {
	return s.pruneAll(ctx, pruneOutboxSQL, before)
}
