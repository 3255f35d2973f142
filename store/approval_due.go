package store

import (
	"context"
	"database/sql"
	"time"

	"pipewright/internal/sales"
)

// A request that waits is looked at when time may change it, after each change of itself, and
// after each change of the map or of who holds a role: then its note of the map's versions is old.

// mapAge grows with each change of the map, of user groups, of who has left and of delegations.
const mapAge = `(SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM map_head)`

const (
	dueApprovalsSQL = `SELECT id FROM approval WHERE state = 'pending' AND ` + notStaged + `
		AND (due IS NULL OR due <= ? OR looked <> ` + mapAge + `) ORDER BY id`
	nextApprovalSQL = `SELECT MIN(CASE WHEN looked <> ` + mapAge + ` THEN 0 ELSE COALESCE(due, 0) END) FROM approval WHERE state = 'pending' AND ` + notStaged
	lookedAtSQL     = `UPDATE approval SET due = ?, looked = ` + mapAge + ` WHERE id = ?`
)

// DueApprovals returns the requests that have to be looked at by the instant, by id.
func (r *Reader) DueApprovals(ctx context.Context, now time.Time) ([]int64, error) {
	ids, err := columnOf[int64](ctx, r.session, dueApprovalsSQL, now.UnixMilli())
	return ids, wrap("look for approvals that are due", err)
}

// NextApprovalDue returns when the next request has to be looked at: an instant long past when that
// is now, zero when there is none.
func (r *Reader) NextApprovalDue(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	_, err := r.get(ctx, &at, nextApprovalSQL)
	return fromMillis(at), wrap("look when an approval is due", err)
}

// LookedAt notes when the request has to be looked at next, zero when never; see [sales.Case.NextLook].
func (tx *Tx) LookedAt(ctx context.Context, approval int64, next time.Time) error {
	_, err := tx.exec(ctx, lookedAtSQL, millis(next), approval)
	return wrap("note when an approval is due", err)
}

// Waiting is a request that waits, with what is needed to tell whose turn it is.
type Waiting struct {
	sales.Approval
	Process string
	Owner   string    // of the deal
	Parked  time.Time // until when the deal rests or rested; zero when it never did
}

var waitingSQL = `SELECT deal.process AS of_process, deal.owner AS of_owner, deal.parked AS of_parked, ` + of("a", approvalColumns) + `
	FROM approval a JOIN deal ON deal.id = a.deal WHERE a.state = 'pending' AND ` + visible

// WaitingApprovals returns the requests that wait, of all or of those with the ids, those that were asked for
// first at the front.
func (r *Reader) WaitingApprovals(ctx context.Context, ids ...int64) ([]Waiting, error) {
	query := waitingSQL
	if len(ids) > 0 {
		query += ` AND a.id IN (` + marks(len(ids)) + `)`
	}
	var out []Waiting
	err := each(ctx, r.session, func(row *waitingRow) error {
		a, err := row.approval()
		out = append(out, Waiting{a, row.Process, row.Owner, fromMillis(row.Parked)})
		return err
	}, query+` ORDER BY a.at, a.id`, anys(ids)...)
	return out, wrap("read the approvals that wait", err)
}

type waitingRow struct {
	Process string        `db:"of_process"`
	Owner   string        `db:"of_owner"`
	Parked  sql.NullInt64 `db:"of_parked"`
	approvalRow
}
