package store

import (
	"context"
	"database/sql"

	"pipewright/internal/sales"
)

type stayRow struct {
	Deal    int64
	Visit   int
	Episode int
	Stage   string
	Entered sql.NullInt64
	LeftAt  sql.NullInt64 `db:"left_at"`
	Exit    string
	ToStage string `db:"to_stage"`
	Skipped string
	Actor   string
	Event   int
}

func (r *stayRow) stay() (sales.Stay, error) {
	skipped, err := fromJSON[[]string](r.Skipped)
	return sales.Stay{
		Deal: r.Deal, Episode: r.Episode, Visit: r.Visit, Stage: r.Stage, Entered: fromMillis(r.Entered),
		Left: fromMillis(r.LeftAt), Exit: sales.Exit(r.Exit), To: r.ToStage, Skipped: skipped, Actor: r.Actor, Event: r.Event,
	}, wrap("read a stay", err)
}

func stayValues(s sales.Stay) ([]any, error) {
	skipped, err := toJSON(s.Skipped, len(s.Skipped) == 0)
	return []any{
		s.Deal, s.Visit, s.Episode, s.Stage, millis(s.Entered), millis(s.Left), string(s.Exit), s.To, skipped, s.Actor, s.Event,
	}, err
}

type waitRow struct {
	Deal  int64
	N     int64
	Kind  string
	Began sql.NullInt64
	Ended sql.NullInt64
	Why   string
}

func (r *waitRow) wait() sales.Wait {
	return sales.Wait{Deal: r.Deal, For: sales.WaitFor(r.Kind), From: fromMillis(r.Began), To: fromMillis(r.Ended), Why: r.Why}
}

func waitValues(w sales.Wait, n int) []any {
	return []any{w.Deal, n, string(w.For), millis(w.From), millis(w.To), w.Why}
}

// spans are the stays and waits of a deal that events may still change.
type spans struct {
	Stays []sales.Stay
	Waits []sales.Wait // all of them, or none when the events touch none
}

const (
	stayColumns = `deal, visit, episode, stage, entered, left_at, exit, to_stage, skipped, actor, event`
	lastStaySQL = `SELECT ` + stayColumns + ` FROM stay WHERE ` + ofDeal + ` ORDER BY visit DESC LIMIT 1`
	waitsSQL    = `SELECT deal, n, kind, began, ended, why FROM wait WHERE ` + ofDeal + ` ORDER BY n`
)

// lastSpans reads no more than the events need.
func (tx *Tx) lastSpans(ctx context.Context, d sales.Deal, events []sales.Event) (spans, error) {
	var out spans
	stays, waits := false, d.Waiting != "" || !d.ParkFrom.IsZero()
	for _, e := range events {
		switch e.Type {
		case sales.Created, sales.Moved, sales.LostEvent, sales.Reopened, sales.Completed, sales.Relocated:
			stays = true
		case sales.Waited, sales.Parked:
			waits = true
		}
	}
	if stays {
		var row stayRow
		found, err := tx.get(ctx, &row, lastStaySQL, d.ID)
		if err != nil {
			return out, wrap("read a deal's last stay", err)
		}
		if found {
			s, err := row.stay()
			if err != nil {
				return out, err
			}
			out.Stays = append(out.Stays, s)
		}
	}
	if waits {
		var err error
		if out.Waits, err = tx.Waits(ctx, d.ID); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Waits returns the spans in which the deal waited on purpose, in order; approvals are not among them.
func (r *Reader) Waits(ctx context.Context, deal int64) ([]sales.Wait, error) {
	var rows []waitRow
	if err := r.all(ctx, &rows, waitsSQL, deal); err != nil {
		return nil, wrap("read a deal's waits", err)
	}
	var out []sales.Wait
	for i := range rows {
		out = append(out, rows[i].wait())
	}
	return out, nil
}

var (
	insertStaySQL = `INSERT INTO stay (` + stayColumns + `) VALUES (` + marks(11) + `)`
	insertWaitSQL = `INSERT INTO wait (deal, n, kind, began, ended, why) VALUES (` + marks(6) + `)`
)

const (
	leaveStaySQL = `UPDATE stay SET left_at = ?, exit = ?, to_stage = ?, skipped = ?, actor = ? WHERE deal = ? AND visit = ?`
	endWaitSQL   = `UPDATE wait SET ended = ? WHERE deal = ? AND n = ?`
	dropStaysSQL = `DELETE FROM stay WHERE deal = ?`
	dropWaitsSQL = `DELETE FROM wait WHERE deal = ?`
)

// saveSpans writes what became of the spans that were read, and the new ones.
func (tx *Tx) saveSpans(ctx context.Context, before spans, h sales.History) error {
	for i, s := range h.Stays {
		if i >= len(before.Stays) {
			if err := tx.insertStay(ctx, s); err != nil {
				return err
			}
			continue
		}
		if s.Exit == before.Stays[i].Exit {
			continue
		}
		skipped, err := toJSON(s.Skipped, len(s.Skipped) == 0)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, leaveStaySQL, millis(s.Left), string(s.Exit), s.To, skipped, s.Actor, s.Deal, s.Visit)
		if err != nil {
			return wrap("end a stay", err)
		}
	}
	for i, w := range h.Waits {
		var err error
		if i >= len(before.Waits) {
			_, err = tx.exec(ctx, insertWaitSQL, waitValues(w, i+1)...)
		} else if !w.To.Equal(before.Waits[i].To) {
			_, err = tx.exec(ctx, endWaitSQL, millis(w.To), w.Deal, i+1)
		}
		if err != nil {
			return wrap("save a wait", err)
		}
	}
	return nil
}

func (tx *Tx) insertStay(ctx context.Context, s sales.Stay) error {
	values, err := stayValues(s)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, insertStaySQL, values...)
	return wrap("begin a stay", err)
}

// replaceSpans writes all stays and waits of a deal anew.
func (tx *Tx) replaceSpans(ctx context.Context, deal int64, h sales.History) error {
	for _, query := range []string{dropStaysSQL, dropWaitsSQL} {
		if _, err := tx.exec(ctx, query, deal); err != nil {
			return wrap("replace a deal's stays", err)
		}
	}
	for _, s := range h.Stays {
		s.Deal = deal
		if err := tx.insertStay(ctx, s); err != nil {
			return err
		}
	}
	for i, w := range h.Waits {
		w.Deal = deal
		if _, err := tx.exec(ctx, insertWaitSQL, waitValues(w, i+1)...); err != nil {
			return wrap("save a wait", err)
		}
	}
	return nil
}
