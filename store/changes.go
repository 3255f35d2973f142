package store

import (
	"context"
	"sync"

	"pipewright/internal/sales"
)

// Mark is how much of the log a reader sees. It only grows, and of two readers the
// one that sees more has the higher one.
type Mark struct {
	Pos   int64 // the last sealed position
	Tail  int64 // events that are not sealed yet
	Batch int64 // the last published import
}

// Behind reports whether the reader with mark m sees less than the other.
func (m Mark) Behind(other Mark) bool {
	return m.Pos+m.Tail < other.Pos+other.Tail || m.Batch < other.Batch
}

// Change names a deal of which something may have been written, and its version now.
type Change struct {
	ID      int64
	Version int
}

const (
	markSQL = `SELECT (SELECT pos FROM audit_head WHERE id = 1) AS pos, (SELECT COUNT(*) FROM event WHERE pos IS NULL) AS tail,
		(SELECT COALESCE(MAX(id), 0) FROM import_batch WHERE published IS NOT NULL AND process = ?) AS batch`
	// The order of the joins is given: from the few new events, and the new imports, to their deals. So is that of
	// the two bounds: SQLite searches by the first; the second is what the index is of.
	changesSQL = `SELECT deal.id, deal.version FROM event e CROSS JOIN deal
		WHERE deal.id = e.deal AND e.pos > ? AND e.pos > 0 AND deal.process = ? AND ` + visible + `
		UNION SELECT deal.id, deal.version FROM event e CROSS JOIN deal
		WHERE deal.id = e.deal AND e.pos IS NULL AND deal.process = ? AND ` + visible + `
		UNION SELECT deal.id, deal.version FROM import_batch b CROSS JOIN deal
		WHERE deal.batch = b.id AND deal.batch <> 0 AND b.id > ? AND deal.process = ? AND ` + visible + ` ORDER BY 1`
	sealedHashSQL  = `SELECT hash FROM event WHERE pos = ? AND pos > 0`
	stageEventsSQL = `SELECT deal, version, at, actor, type, data FROM event WHERE ` + ofDeal + ` AND ` + ofStages + ` ORDER BY version`
	dealWaitsSQL   = `SELECT deal, n, kind, began, ended, why FROM wait WHERE ` + ofDeal + `
		UNION ALL SELECT deal, id, 'approval', at, ended, kind FROM approval WHERE ` + ofDeal + ` ORDER BY 1, 4, 3, 2`
)

// Mark returns how much of the process's log this reader sees.
func (r *Reader) Mark(ctx context.Context, process string) (Mark, error) {
	var m Mark
	_, err := r.get(ctx, &m, markSQL, process)
	return m, wrap("read how long the log is", err)
}

// Changes returns the deals of the process that may have changed since the mark, by
// number. The unsealed tail is named each time, changed or not: compare the versions.
func (r *Reader) Changes(ctx context.Context, process string, since Mark) ([]Change, error) {
	var out []Change
	err := r.all(ctx, &out, changesSQL, since.Pos, process, process, since.Batch, process)
	return out, wrap("read what is new in the log", err)
}

// StageEvents returns what [Reader.EachEvent] would of one deal.
func (r *Reader) StageEvents(ctx context.Context, deal int64) ([]sales.Event, error) {
	var out []sales.Event
	err := each(ctx, r.session, func(row *eventRow) error {
		e, err := row.event()
		out = append(out, e)
		return err
	}, stageEventsSQL, deal)
	return out, wrap("read a deal's log", err)
}

// DealWaits returns what [Reader.EachWait] would of one deal.
func (r *Reader) DealWaits(ctx context.Context, deal int64) ([]sales.Wait, error) {
	var out []sales.Wait
	err := each(ctx, r.session, func(row *waitRow) error {
		out = append(out, row.wait())
		return nil
	}, dealWaitsSQL, deal, deal)
	return out, wrap("read a deal's waits", err)
}

// SealedHash returns the audit chain's hash at a position, nil when there is none. Two
// databases with the same hash there have the same log up to there.
func (r *Reader) SealedHash(ctx context.Context, pos int64) ([]byte, error) {
	var hash []byte
	_, err := r.get(ctx, &hash, sealedHashSQL, pos)
	return hash, wrap("read the audit chain", err)
}

// Beside returns the name of a file beside the database, for what can be made anew from
// it; "" where there is no such place, as with PostgreSQL.
func (r *Reader) Beside(name string) string { return r.store.engine.beside(name) }

// kept holds what others derived from the database and keep while it is open.
type kept struct {
	mu     sync.Mutex
	values map[any]any
}

// Kept returns the value under the key, which make makes once for the open store.
// The second result is false inside a write transaction: what that sees may
// be rolled back, and nothing may be kept of it.
func (r *Reader) Kept(key any, make func() any) (any, bool) {
	if r.writing {
		return nil, false
	}
	return r.store.kept.get(key, make), true
}

func (k *kept) get(key any, make func() any) any {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.values[key]
	if !ok {
		if k.values == nil {
			k.values = map[any]any{}
		}
		v = make()
		k.values[key] = v
	}
	return v
}
