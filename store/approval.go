package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"pipewright/internal/sales"
)

const approvalColumns = `id, deal, episode, kind, version, requester, at, form, state, steps, ended, map, expire, questions, facts`

type approvalRow struct {
	ID        int64
	Deal      int64
	Episode   int
	Kind      string
	Version   int
	Requester string
	At        sql.NullInt64
	Form      string
	State     string
	Steps     string
	Ended     sql.NullInt64
	Map       int
	Expire    float64
	Questions string
	Facts     string
}

func (r *approvalRow) approval() (sales.Approval, error) {
	form, err := fromJSON[map[string]string](r.Form)
	if err != nil {
		return sales.Approval{}, fmt.Errorf("read approval %d: %w", r.ID, err)
	}
	steps, err := fromJSON[[]sales.StepState](r.Steps)
	if err != nil {
		return sales.Approval{}, fmt.Errorf("read approval %d: %w", r.ID, err)
	}
	questions, err := fromJSON[[]sales.Question](r.Questions)
	if err != nil {
		return sales.Approval{}, fmt.Errorf("read approval %d: %w", r.ID, err)
	}
	facts, err := fromJSON[map[string]string](r.Facts)
	if err != nil {
		return sales.Approval{}, fmt.Errorf("read approval %d: %w", r.ID, err)
	}
	return sales.Approval{
		ID: r.ID, Deal: r.Deal, Episode: r.Episode, Kind: r.Kind, Version: r.Version, Requester: r.Requester,
		At: fromMillis(r.At), Form: form, State: sales.ApprovalState(r.State), Steps: steps, Ended: fromMillis(r.Ended), Map: r.Map,
		Expire: sales.Days(r.Expire), Questions: questions, Facts: facts,
	}, nil
}

// approvalValues are the columns after the id.
func approvalValues(a sales.Approval) ([]any, error) {
	form, err := toJSON(a.Form, len(a.Form) == 0)
	if err != nil {
		return nil, err
	}
	questions, err := toJSON(a.Questions, len(a.Questions) == 0)
	if err != nil {
		return nil, err
	}
	facts, err := toJSON(a.Facts, len(a.Facts) == 0)
	if err != nil {
		return nil, err
	}
	steps, err := toJSON(a.Steps, len(a.Steps) == 0)
	return []any{
		a.Deal, a.Episode, a.Kind, a.Version, a.Requester, millis(a.At), clean(form), string(a.State), clean(steps), millis(a.Ended), a.Map,
		float64(a.Expire), clean(questions), clean(facts),
	}, err
}

const (
	approvalSQL    = `SELECT ` + approvalColumns + ` FROM approval WHERE id = ?`
	approvalsOfSQL = `SELECT ` + approvalColumns + ` FROM approval WHERE ` + ofDeal + ` ORDER BY id`
)

const lockDealOfSQL = `SELECT id FROM deal WHERE id = (SELECT deal FROM approval WHERE id = ?) FOR UPDATE`

// Approval returns one request. Inside a transaction nobody else changes it until
// that ends. NotFound "approval.unknown".
func (r *Reader) Approval(ctx context.Context, id int64) (sales.Approval, error) {
	if r.writing && r.dialect == postgresDialect {
		if _, err := r.exec(ctx, lockDealOfSQL, id); err != nil {
			return sales.Approval{}, wrap("lock a deal", err)
		}
	}
	var row approvalRow
	found, err := r.get(ctx, &row, approvalSQL, id)
	if err != nil {
		return sales.Approval{}, wrap("read an approval", err)
	}
	if !found {
		return sales.Approval{}, sales.Refuse(sales.NotFound, "approval.unknown", "id", id)
	}
	return row.approval()
}

func (r *Reader) approvals(ctx context.Context, query string, args ...any) ([]sales.Approval, error) {
	var rows []approvalRow
	if err := r.all(ctx, &rows, query, args...); err != nil {
		return nil, wrap("read the approvals", err)
	}
	out := make([]sales.Approval, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].approval(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// notStaged leaves out the approvals of imports that are not published.
const notStaged = `NOT EXISTS (SELECT 1 FROM deal WHERE deal.id = approval.deal AND batch <> 0 AND NOT ` + visible + `)`

// ApprovalFilter selects approvals; its zero values select everything.
type ApprovalFilter struct {
	Deal      int64
	State     sales.ApprovalState
	Requester string
	Decider   string    // pending ones whose current step this person may decide
	Since     time.Time // only those that wait, or ended since then
	Limit     int       // 0 is no limit
}

// Approvals returns the requests that the filter selects, newest first.
func (r *Reader) Approvals(ctx context.Context, f ApprovalFilter) ([]sales.Approval, error) {
	if f.Decider != "" {
		f.State = sales.Pending
	}
	query, args := `SELECT `+approvalColumns+` FROM approval WHERE `+notStaged, []any{}
	if f.Deal != 0 {
		query, args = query+` AND deal = ?`, append(args, f.Deal)
	}
	if f.Requester != "" {
		query, args = query+` AND requester = ?`, append(args, f.Requester)
	}
	if !f.Since.IsZero() {
		query, args = query+` AND (state = 'pending' OR ended >= ?)`, append(args, millis(f.Since))
	}
	switch f.State {
	case "":
	case sales.Pending:
		query += ` AND state = 'pending'` // as the index says
	default:
		query, args = query+` AND state = ?`, append(args, string(f.State))
	}
	query += ` ORDER BY id DESC`
	if f.Limit > 0 && f.Decider == "" {
		query, args = query+` LIMIT ?`, append(args, f.Limit)
	}
	out, err := r.approvals(ctx, query, args...)
	if err != nil || f.Decider == "" {
		return out, err
	}
	return r.decidableBy(ctx, out, f)
}

func (r *Reader) decidableBy(ctx context.Context, pending []sales.Approval, f ApprovalFilter) ([]sales.Approval, error) {
	org, err := r.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	c := &sales.Case{Org: org}
	var out []sales.Approval
	for _, a := range pending {
		if slices.Contains(c.Deciders(a), f.Decider) && (f.Limit == 0 || len(out) < f.Limit) {
			out = append(out, a)
		}
	}
	return out, nil
}

var insertApprovalSQL = `INSERT INTO approval (` + strings.TrimPrefix(approvalColumns, "id, ") + `)
	VALUES (` + marks(strings.Count(approvalColumns, ",")) + `) RETURNING id`

const (
	updateApprovalSQL = `UPDATE approval SET version = ?, form = ?, state = ?, steps = ?, ended = ?, questions = ?, facts = ?, due = NULL WHERE id = ? AND version = ?`
	countApprovalSQL  = `UPDATE deal SET approvals = approvals + 1 WHERE id = ?`
)

// SaveApproval writes a new request (ID 0) and gives it its id, in its events
// too, or the next version of one: Conflict "approval.moved_on" when that was
// changed meanwhile. It then applies the events to the deal.
func (tx *Tx) SaveApproval(ctx context.Context, c *sales.Case, a sales.Approval, events []sales.Event) (sales.Approval, error) {
	a.At, a.Ended = stored(a.At), stored(a.Ended)
	events = slices.Clone(events)
	values, err := approvalValues(a)
	if err != nil {
		return a, err
	}
	if err := sign(events, values); err != nil {
		return a, err
	}
	if a.ID == 0 {
		a.ID, err = tx.insertApproval(ctx, a.Deal, values)
	} else {
		err = tx.updateApproval(ctx, a, values)
	}
	if err != nil {
		return a, err
	}
	for i := range events {
		if sales.OfApproval(events[i].Type) {
			events[i].Data.Approval = a.ID
		}
	}
	if n := len(events); n > 0 {
		events[n-1].Data.Turns = c.Turns(a)
		if err := tx.Apply(ctx, c, events); err != nil {
			return a, err
		}
		if err := tx.saveStepWaits(ctx, c, a); err != nil {
			return a, err
		}
	}
	c.Approvals = slices.Clone(c.Approvals)
	if i := slices.IndexFunc(c.Approvals, func(x sales.Approval) bool { return x.ID == a.ID }); i >= 0 {
		c.Approvals[i] = a
	} else {
		c.Approvals = append(c.Approvals, a)
	}
	return a, nil
}

func (tx *Tx) insertApproval(ctx context.Context, deal int64, values []any) (id int64, err error) {
	if _, err := tx.get(ctx, &id, insertApprovalSQL, values...); err != nil {
		return 0, wrap("save an approval", err)
	}
	_, err = tx.exec(ctx, countApprovalSQL, deal)
	return id, wrap("save an approval", err)
}

func (tx *Tx) updateApproval(ctx context.Context, a sales.Approval, values []any) error {
	form, state, steps, ended, questions, facts := values[6], values[7], values[8], values[9], values[12], values[13]
	n, err := tx.exec(ctx, updateApprovalSQL, a.Version, form, state, steps, ended, questions, facts, a.ID, a.Version-1)
	if err != nil {
		return wrap("save an approval", err)
	}
	if n == 0 {
		return sales.Refuse(sales.Conflict, "approval.moved_on", "id", a.ID)
	}
	return nil
}
