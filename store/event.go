package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pipewright/internal/sales"
)

type eventRow struct {
	Deal    int64
	Version int
	At      sql.NullInt64
	Actor   string
	Type    string
	Data    string
}

func (r *eventRow) event() (sales.Event, error) {
	e := sales.Event{Deal: r.Deal, Version: r.Version, At: fromMillis(r.At), Actor: r.Actor, Type: sales.EventType(r.Type)}
	if err := json.Unmarshal([]byte(r.Data), &e.Data); err != nil {
		return e, fmt.Errorf("read event %d of D-%d: %w", r.Version, r.Deal, err)
	}
	return e, nil
}

const eventsSQL = `SELECT deal, version, at, actor, type, data FROM event WHERE ` + ofDeal + ` ORDER BY version`

// Events returns the deal's log, oldest first.
func (r *Reader) Events(ctx context.Context, deal int64) ([]sales.Event, error) {
	var rows []eventRow
	if err := r.all(ctx, &rows, eventsSQL, deal); err != nil {
		return nil, wrap("read a deal's log", err)
	}
	out := make([]sales.Event, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].event(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const insertEventSQL = `INSERT INTO event (deal, version, at, actor, type, data) VALUES (?, ?, ?, ?, ?, ?)`

func (tx *Tx) insertEvents(ctx context.Context, events []sales.Event) error {
	for _, e := range events {
		data, err := json.Marshal(e.Data)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, insertEventSQL, e.Deal, e.Version, millis(e.At), e.Actor, string(e.Type), string(data)); err != nil {
			return wrap("write a deal's log", err)
		}
	}
	return nil
}

var (
	insertDealSQL = `INSERT INTO deal (` + dealSets + `) VALUES (` + marks(dealKeys+dealOthers) + `) RETURNING id`
	updateDealSQL = `UPDATE deal SET ` + sets(dealSets) + ` WHERE id = ? AND version = ?`
	// updateDealFieldsSQL leaves the indexes alone: SQLite rewrites those of every column that is named.
	updateDealFieldsSQL = `UPDATE deal SET ` + sets(dealFields) + ` WHERE id = ? AND version = ?`
)

// CreateDeal writes a new deal as its events say, gives it the next id and returns it.
func (tx *Tx) CreateDeal(ctx context.Context, events []sales.Event) (sales.Deal, error) {
	if len(events) == 0 {
		return sales.Deal{}, errNoEvents
	}
	events = asStored(events)
	h := sales.Fold(events)
	values, err := dealValues(h.Deal, events[len(events)-1].At.UnixMilli())
	if err != nil {
		return sales.Deal{}, err
	}
	if _, err := tx.get(ctx, &h.Deal.ID, insertDealSQL, values...); err != nil {
		return sales.Deal{}, wrap("create a deal", err)
	}
	for i := range events {
		events[i].Deal = h.Deal.ID
	}
	if err := tx.insertEvents(ctx, events); err != nil {
		return sales.Deal{}, err
	}
	return h.Deal, tx.replaceSpans(ctx, h.Deal.ID, h)
}

// Apply appends the events to the deal's log and brings its row, its stays and
// its waits up to date; c.Deal is the new state afterwards. Conflict
// "deal.changed_meanwhile" when the deal is no longer the one that was read.
func (tx *Tx) Apply(ctx context.Context, c *sales.Case, events []sales.Event) error {
	if len(events) == 0 {
		return errNoEvents
	}
	if events[0].Version != c.Deal.Version+1 {
		return tx.changedMeanwhile(c)
	}
	events = asStored(events)
	d, save, err := tx.advance(ctx, c, events)
	if err != nil {
		return err
	}
	if err := tx.updateDeal(ctx, c, d, events[len(events)-1].At.UnixMilli()); err != nil {
		return err
	}
	if err := tx.insertEvents(ctx, events); err != nil {
		return err
	}
	if err := save(); err != nil {
		return err
	}
	c.Deal = d
	if len(c.Log) > 0 {
		c.Log = append(slices.Clone(c.Log), events...)
	}
	return nil
}

// updateDeal is the compare-and-set on the version that was read.
func (tx *Tx) updateDeal(ctx context.Context, c *sales.Case, d sales.Deal, touched int64) error {
	values, err := dealValues(d, touched)
	if err != nil {
		return err
	}
	query := updateDealSQL
	if sameKeys(c.Deal, d) {
		query, values = updateDealFieldsSQL, values[dealKeys:]
	}
	n, err := tx.exec(ctx, query, append(values, d.ID, c.Deal.Version)...)
	if err == nil && n == 0 {
		return tx.changedMeanwhile(c)
	}
	return wrap("change a deal", err)
}

// sameKeys reports whether nothing changed that an index holds.
func sameKeys(a, b sales.Deal) bool {
	return a.Process == b.Process && a.Stage == b.Stage && a.Owner == b.Owner && a.External == b.External &&
		a.Name == b.Name && a.Account == b.Account && isAlive(a) == isAlive(b)
}

func (tx *Tx) changedMeanwhile(c *sales.Case) error {
	return sales.Refuse(sales.Conflict, "deal.changed_meanwhile", "ref", c.Deal.Ref())
}

// advance returns the deal after the events, and how to save what became of its stays and waits.
func (tx *Tx) advance(ctx context.Context, c *sales.Case, events []sales.Event) (sales.Deal, func() error, error) {
	if slices.ContainsFunc(events, func(e sales.Event) bool { return sales.Undoes(e.Type) }) {
		log, err := tx.Events(ctx, c.Deal.ID)
		if err != nil {
			return sales.Deal{}, nil, err
		}
		if len(log) != c.Deal.Version {
			return sales.Deal{}, nil, tx.changedMeanwhile(c)
		}
		h := sales.Fold(append(log, events...))
		return h.Deal, func() error { return tx.replaceSpans(ctx, h.Deal.ID, h) }, nil
	}
	open, err := tx.lastSpans(ctx, c.Deal, events)
	if err != nil {
		return sales.Deal{}, nil, err
	}
	h := sales.History{Deal: c.Deal, Stays: slices.Clone(open.Stays), Waits: slices.Clone(open.Waits)}
	for _, e := range events {
		h.Apply(e)
	}
	return h.Deal, func() error { return tx.saveSpans(ctx, open, h) }, nil
}

// asStored is the events as they will be read again: UTC, whole milliseconds,
// and texts that both databases can hold.
func asStored(events []sales.Event) []sales.Event {
	out := slices.Clone(events)
	for i := range out {
		e := &out[i]
		e.At = stored(e.At)
		for _, s := range []*string{&e.Actor, &e.Data.Why, &e.Data.Value, &e.Data.Was, &e.Data.Note, &e.Data.Outcome, &e.Data.External} {
			*s = clean(*s)
		}
		if len(e.Data.Initial) > 0 {
			initial := make(map[string]string, len(e.Data.Initial))
			for k, v := range e.Data.Initial {
				initial[clean(k)] = clean(v)
			}
			e.Data.Initial = initial
		}
	}
	return out
}

// clean leaves out what PostgreSQL refuses in a text: NUL, and bytes that are no UTF-8.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
