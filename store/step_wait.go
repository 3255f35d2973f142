package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"pipewright/internal/sales"
)

type stepWaitRow struct {
	Approval int64
	N        int
	Deal     int64
	Step     string
	Round    int
	Awaited  string
	People   string
	Began    sql.NullInt64
	Ended    sql.NullInt64
	Worked   int64
	Ending   string
	EndedBy  string `db:"ended_by"`
}

const stepWaitColumns = `approval, n, deal, step, round, awaited, people, began, ended, worked, ending, ended_by`

func (r *stepWaitRow) stepWait() sales.StepWait {
	return sales.StepWait{
		Approval: r.Approval, N: r.N, Deal: r.Deal, Step: r.Step, Round: r.Round, For: sales.TurnOf(r.Awaited), People: strings.Fields(r.People),
		From: fromMillis(r.Began), To: fromMillis(r.Ended), Worked: time.Duration(r.Worked) * time.Millisecond, End: r.Ending, By: r.EndedBy,
	}
}

func stepWaitValues(w sales.StepWait) []any {
	return []any{
		w.Approval, w.N, w.Deal, w.Step, w.Round, string(w.For), strings.Join(w.People, " "), millis(w.From), millis(w.To), w.Worked.Milliseconds(), w.End, w.By,
	}
}

var saveStepWaitSQL = `INSERT INTO approval_wait (` + stepWaitColumns + `) VALUES (` + marks(12) + `)
	ON CONFLICT (approval, n) DO UPDATE SET ended = excluded.ended, worked = excluded.worked, ending = excluded.ending, ended_by = excluded.ended_by`

// saveStepWaits brings the waits of a request to what the deal's log tells: some have ended, others begun.
func (tx *Tx) saveStepWaits(ctx context.Context, c *sales.Case, a sales.Approval) error {
	log, err := tx.Events(ctx, a.Deal)
	if err != nil {
		return err
	}
	old, err := tx.StepWaits(ctx, a.ID)
	if err != nil {
		return err
	}
	for i, w := range sales.StepWaits(log, a.ID, c.Process.Calendar) {
		if i < len(old) && !old[i].To.IsZero() {
			continue // what has ended stays as it is
		}
		if _, err := tx.exec(ctx, saveStepWaitSQL, stepWaitValues(w)...); err != nil {
			return wrap("save the waits of an approval", err)
		}
	}
	return nil
}

var (
	stepWaitsSQL    = `SELECT ` + stepWaitColumns + ` FROM approval_wait WHERE approval = ? ORDER BY n`
	eachStepWaitSQL = `SELECT ` + of("w", stepWaitColumns) + `
		FROM approval_wait w JOIN deal ON deal.id = w.deal WHERE deal.process = ? AND ` + visible + ` ORDER BY w.deal, w.approval, w.n`
)

// StepWaits returns whom the steps of one request waited for, and how long, in order of time.
func (r *Reader) StepWaits(ctx context.Context, approval int64) ([]sales.StepWait, error) {
	var rows []stepWaitRow
	if err := r.all(ctx, &rows, stepWaitsSQL, approval); err != nil {
		return nil, wrap("read the waits of an approval", err)
	}
	out := make([]sales.StepWait, len(rows))
	for i := range rows {
		out[i] = rows[i].stepWait()
	}
	return out, nil
}

// EachStepWait calls fn with every span in which a step of a request waited for the same people; see
// [sales.StepWait]. Requests of before they were recorded have none.
func (r *Reader) EachStepWait(ctx context.Context, process string, fn func(sales.StepWait) error) error {
	return each(ctx, r.session, func(row *stepWaitRow) error { return fn(row.stepWait()) }, eachStepWaitSQL, process)
}
