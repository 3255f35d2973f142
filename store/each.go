package store

import (
	"context"
	"math"
	"time"

	"pipewright/internal/sales"
)

// The functions here stream for the analyses: ordered by deal, then time. While
// one runs, fn must not use the reader. An error of fn ends it and is returned.

// ofStages are the events that stays are made of, and those that undo.
const ofStages = `type IN ('created', 'moved', 'lost', 'reopened', 'completed', 'relocated', 'undone')`

const (
	eachDealSQL  = `SELECT ` + dealColumns + ` FROM deal WHERE process = ? AND ` + visible + ` ORDER BY id`
	eachEventSQL = `SELECT e.deal, e.version, e.at, e.actor, e.type, e.data FROM event e JOIN deal ON deal.id = e.deal
		WHERE deal.process = ? AND ` + visible + ` AND e.at <= ?
		AND ` + ofStages + `
		ORDER BY e.deal, e.version`
	eachWaitSQL = `SELECT w.deal, w.n, w.kind, w.began, w.ended, w.why FROM wait w JOIN deal ON deal.id = w.deal
		WHERE deal.process = ? AND ` + visible + `
		UNION ALL
		SELECT a.deal, a.id, 'approval', a.at, a.ended, a.kind FROM approval a JOIN deal ON deal.id = a.deal
		WHERE deal.process = ? AND ` + visible + ` ORDER BY 1, 4, 3, 2`
	snapshotSQL = `SELECT pos FROM audit_head`
)

var (
	eachStaySQL = `SELECT ` + of("s", stayColumns) + ` FROM stay s JOIN deal ON deal.id = s.deal
		WHERE deal.process = ? AND ` + visible + ` ORDER BY s.deal, s.visit`
	eachActivitySQL = `SELECT ` + of("a", activityColumns) + ` FROM activity a JOIN deal ON deal.id = a.deal
		WHERE deal.process = ? AND ` + visible + ` ORDER BY a.deal, a.at, a.id`
	eachApprovalSQL = `SELECT ` + of("a", approvalColumns) + ` FROM approval a JOIN deal ON deal.id = a.deal
		WHERE deal.process = ? AND ` + visible + ` ORDER BY a.deal, a.at, a.id`
)

// EachDeal calls fn with every deal of the process.
func (r *Reader) EachDeal(ctx context.Context, process string, fn func(sales.Deal) error) error {
	return each(ctx, r.session, func(row *dealRow) error {
		d, err := row.deal()
		if err != nil {
			return err
		}
		return fn(d)
	}, eachDealSQL, process)
}

// EachEvent calls fn with the events up to the instant, itself included, that say
// in which stage a deal is: those that [sales.Fold] makes stays of, and those that undo. The zero instant is no limit.
func (r *Reader) EachEvent(ctx context.Context, process string, upTo time.Time, fn func(sales.Event) error) error {
	until := int64(math.MaxInt64)
	if !upTo.IsZero() {
		until = upTo.UnixMilli()
	}
	return each(ctx, r.session, func(row *eventRow) error {
		e, err := row.event()
		if err != nil {
			return err
		}
		return fn(e)
	}, eachEventSQL, process, until)
}

// EachStay calls fn with every stay of the process's deals.
func (r *Reader) EachStay(ctx context.Context, process string, fn func(sales.Stay) error) error {
	return each(ctx, r.session, func(row *stayRow) error {
		s, err := row.stay()
		if err != nil {
			return err
		}
		return fn(s)
	}, eachStaySQL, process)
}

// EachActivity calls fn with every activity, undone ones included.
func (r *Reader) EachActivity(ctx context.Context, process string, fn func(sales.Activity) error) error {
	return each(ctx, r.session, func(row *activityRow) error { return fn(row.activity()) }, eachActivitySQL, process)
}

// EachApproval calls fn with every request for an approval.
func (r *Reader) EachApproval(ctx context.Context, process string, fn func(sales.Approval) error) error {
	return each(ctx, r.session, func(row *approvalRow) error {
		a, err := row.approval()
		if err != nil {
			return err
		}
		return fn(a)
	}, eachApprovalSQL, process)
}

// EachWait calls fn with every span in which a deal waited on purpose. An approval
// is waited for from its request to its end; Why is then its kind.
func (r *Reader) EachWait(ctx context.Context, process string, fn func(sales.Wait) error) error {
	return each(ctx, r.session, func(row *waitRow) error { return fn(row.wait()) }, eachWaitSQL, process, process)
}

// Snapshot returns the last position of the audit chain.
func (r *Reader) Snapshot(ctx context.Context) (int64, error) {
	var pos int64
	_, err := r.get(ctx, &pos, snapshotSQL)
	return pos, wrap("read the audit chain's head", err)
}
