package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"slices"
	"time"

	"pipewright/internal/sales"
)

const activityColumns = `id, deal, type, minutes, actor, at, outcome, note, link, cost, cost_currency, undone, event`

type activityRow struct {
	ID           int64
	Deal         int64
	Type         string
	Minutes      int
	Actor        string
	At           sql.NullInt64
	Outcome      string
	Note         string
	Link         string
	Cost         int64
	CostCurrency string `db:"cost_currency"`
	Undone       bool
	Event        int
}

func (r *activityRow) activity() sales.Activity {
	return sales.Activity{
		ID: r.ID, Deal: r.Deal, Type: r.Type, Minutes: r.Minutes, Actor: r.Actor, At: fromMillis(r.At), Outcome: r.Outcome,
		Note: r.Note, Link: r.Link, Cost: sales.Money{Minor: r.Cost, Currency: r.CostCurrency}, Undone: r.Undone, Event: r.Event,
	}
}

// activityValues are the columns after the id.
func activityValues(a sales.Activity) []any {
	return []any{
		a.Deal, a.Type, a.Minutes, a.Actor, millis(a.At), a.Outcome, a.Note, a.Link, a.Cost.Minor, a.Cost.Currency, a.Undone, a.Event,
	}
}

const (
	activitiesSQL = `SELECT ` + activityColumns + ` FROM activity WHERE ` + ofDeal + ` ORDER BY id`
	lastBySQL     = `SELECT a.id, a.deal, a.type, a.minutes, a.actor, a.at, a.outcome, a.note, a.link, a.cost, a.cost_currency,
		a.undone, a.event FROM activity a JOIN deal ON deal.id = a.deal
		WHERE a.actor = ? AND NOT a.undone AND ` + visible + ` ORDER BY a.at DESC, a.id DESC LIMIT 1`
	undoActivitySQL = `UPDATE activity SET undone = TRUE WHERE id = ? AND NOT undone`
)

var insertActivitySQL = `INSERT INTO activity (deal, type, minutes, actor, at, outcome, note, link, cost, cost_currency,
	undone, event) VALUES (` + marks(12) + `) RETURNING id`

// Activities returns the deal's activities in the order in which they were logged, undone ones included.
func (r *Reader) Activities(ctx context.Context, deal int64) ([]sales.Activity, error) {
	var rows []activityRow
	if err := r.all(ctx, &rows, activitiesSQL, deal); err != nil {
		return nil, wrap("read a deal's activities", err)
	}
	out := make([]sales.Activity, len(rows))
	for i := range rows {
		out[i] = rows[i].activity()
	}
	return out, nil
}

// countedSQL reads no more than rules look at, for a deal in work has many activities.
const countedSQL = `SELECT id, type, actor, at, event FROM activity WHERE ` + ofDeal + ` AND NOT undone ORDER BY id`

// counted returns the deal's activities that were not undone, see sales.Case.
func (r *Reader) counted(ctx context.Context, deal int64) ([]sales.Activity, error) {
	rows, err := r.query(ctx, countedSQL, deal)
	if err != nil {
		return nil, wrap("read a deal's activities", err)
	}
	defer rows.Close()
	var out []sales.Activity
	for rows.Next() {
		a, at := sales.Activity{Deal: deal}, sql.NullInt64{}
		if err := rows.Scan(&a.ID, &a.Type, &a.Actor, &at, &a.Event); err != nil {
			return nil, r.note(wrap("read a deal's activities", err))
		}
		a.At = fromMillis(at)
		out = append(out, a)
	}
	return out, r.note(wrap("read a deal's activities", rows.Err()))
}

// LastActivityBy returns the person's latest activity on any deal that was not undone, and whether there is one.
func (r *Reader) LastActivityBy(ctx context.Context, user string) (sales.Activity, bool, error) {
	var row activityRow
	found, err := r.get(ctx, &row, lastBySQL, user)
	return row.activity(), found, wrap("read a person's last activity", err)
}

// AddActivity logs the activity, gives it its id, in its event too, and applies the events.
func (tx *Tx) AddActivity(ctx context.Context, c *sales.Case, a sales.Activity, events []sales.Event) (sales.Activity, error) {
	if len(events) == 0 {
		return a, errNoEvents
	}
	a.Deal, a.At, a.Event = c.Deal.ID, stored(a.At), events[0].Version
	for _, s := range []*string{&a.Note, &a.Outcome, &a.Link} {
		*s = clean(*s)
	}
	if _, err := tx.get(ctx, &a.ID, insertActivitySQL, activityValues(a)...); err != nil {
		return a, wrap("log an activity", err)
	}
	events = slices.Clone(events)
	for i := range events {
		if events[i].Type == sales.Logged {
			events[i].Data.Activity = a.ID
		}
	}
	if err := tx.Apply(ctx, c, events); err != nil {
		return a, err
	}
	c.Activities = append(slices.Clone(c.Activities), a)
	return a, nil
}

// UndoActivity marks the activity as undone and applies the events. Conflict
// "deal.changed_meanwhile" when it was undone already.
func (tx *Tx) UndoActivity(ctx context.Context, c *sales.Case, a sales.Activity, events []sales.Event) error {
	n, err := tx.exec(ctx, undoActivitySQL, a.ID)
	if err != nil {
		return wrap("undo an activity", err)
	}
	if n == 0 {
		return tx.changedMeanwhile(c)
	}
	if err := tx.Apply(ctx, c, events); err != nil {
		return err
	}
	c.Activities = slices.Clone(c.Activities)
	for i := range c.Activities {
		if c.Activities[i].ID == a.ID {
			c.Activities[i].Undone = true
		}
	}
	return nil
}

// rememberSQL touches no row when the same was done too short a time ago.
const rememberSQL = `INSERT INTO recent (person, fingerprint, at) VALUES (?, ?, ?)
	ON CONFLICT (person, fingerprint) DO UPDATE SET at = excluded.at WHERE recent.at <= ?`

// RecentSame reports whether the person did the same less than `within` ago: then
// they are asked whether they mean it. Otherwise it remembers that they did it now. Of
// two at the same moment one is told so.
func (tx *Tx) RecentSame(ctx context.Context, user, fingerprint string, now time.Time, within time.Duration) (bool, error) {
	sum := sha256.Sum256([]byte(fingerprint)) // it is a key, and no index takes a text without an end
	n, err := tx.exec(ctx, rememberSQL, user, hex.EncodeToString(sum[:]), now.UnixMilli(), now.Add(-within).UnixMilli())
	return n == 0, wrap("remember a command", err)
}
