package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"pipewright/internal/sales"
)

// bulkRows is how many rows one INSERT of an import writes.
const bulkRows = 50

// bulk gathers the rows of imported deals and writes them with few statements.
type bulk struct {
	tx         *Tx
	calendar   sales.Calendar
	deals      [][]any
	events     [][]any
	stays      [][]any
	waits      [][]any
	activities [][]any
	approvals  [][]any
	stepWaits  [][]any
	logged     []names // which event waits for the id of which activity
	asked      []names // or approval
	waited     []int   // row of the approval that each step's wait belongs to
	marshalled []sales.Event
}

// names says that an event names a row whose id is not known yet.
type names struct{ event, row int }

const (
	bulkDealColumns  = `id, batch, approvals, ` + dealSets
	bulkEventColumns = `deal, version, at, actor, type, data, pos`
	bulkWaitColumns  = `deal, n, kind, began, ended, why`
)

// deal gathers one deal under the id that it is to have.
func (b *bulk) deal(id, batch int64, d ImportedDeal) error {
	events := asStored(d.Events)
	for i := range events {
		events[i].Deal = id
	}
	events[0].Data.External = d.External
	h := sales.Fold(events)
	values, err := dealValues(h.Deal, events[len(events)-1].At.UnixMilli())
	if err != nil {
		return err
	}
	b.deals = append(b.deals, append([]any{id, batch, len(d.Approvals)}, values...))
	for _, s := range h.Stays {
		values, err := stayValues(s)
		if err != nil {
			return err
		}
		b.stays = append(b.stays, values)
	}
	for i, w := range h.Waits {
		b.waits = append(b.waits, waitValues(w, i+1))
	}
	first := len(b.marshalled)
	b.marshalled = append(b.marshalled, events...)
	for _, a := range d.Activities {
		a.Deal = id
		a.Note, a.Outcome, a.Link = clean(a.Note), clean(a.Outcome), clean(a.Link)
		if i := slices.IndexFunc(events, func(e sales.Event) bool { return e.Version == a.Event && e.Type == sales.Logged }); i >= 0 {
			b.logged = append(b.logged, names{first + i, len(b.activities)})
		}
		b.activities = append(b.activities, activityValues(a))
	}
	for _, a := range d.Approvals {
		for i, e := range events {
			if e.Data.Approval == a.ID {
				b.asked = append(b.asked, names{first + i, len(b.approvals)})
			}
		}
		for _, w := range sales.StepWaits(events, a.ID, b.calendar) {
			b.waited = append(b.waited, len(b.approvals))
			b.stepWaits = append(b.stepWaits, stepWaitValues(w))
		}
		a.Deal = id
		values, err := approvalValues(a)
		if err != nil {
			return err
		}
		b.approvals = append(b.approvals, values)
	}
	return nil
}

// number gives the rows of a table their ids, and returns them.
func (b *bulk) number(ctx context.Context, table string, rows [][]any) ([]int64, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids, err := b.tx.nextIDs(ctx, table, len(rows))
	if err != nil {
		return nil, err
	}
	for i, values := range rows {
		rows[i] = append([]any{ids[i]}, values...)
	}
	return ids, nil
}

func (b *bulk) write(ctx context.Context) error {
	ids, err := b.number(ctx, "activity", b.activities)
	if err != nil {
		return err
	}
	for _, l := range b.logged {
		b.marshalled[l.event].Data.Activity = ids[l.row]
	}
	if ids, err = b.number(ctx, "approval", b.approvals); err != nil {
		return err
	}
	for i, l := range b.asked {
		e := &b.marshalled[l.event]
		e.Data.Approval = ids[l.row]
		if i == len(b.asked)-1 || b.asked[i+1].row != l.row {
			if e.Data.Digest, err = digest(b.approvals[l.row][1:]); err != nil {
				return err
			}
		}
	}
	for i, row := range b.waited {
		b.stepWaits[i][0] = ids[row]
	}
	for _, e := range b.marshalled {
		data, err := json.Marshal(e.Data)
		if err != nil {
			return err
		}
		b.events = append(b.events, []any{e.Deal, e.Version, millis(e.At), e.Actor, string(e.Type), string(data), 0})
	}
	for _, part := range []struct {
		table, columns string
		rows           [][]any
	}{
		{"deal", bulkDealColumns, b.deals},
		{"event", bulkEventColumns, b.events},
		{"stay", stayColumns, b.stays},
		{"wait", bulkWaitColumns, b.waits},
		{"activity", activityColumns, b.activities},
		{"approval", approvalColumns, b.approvals},
		{"approval_wait", stepWaitColumns, b.stepWaits},
	} {
		if err := b.tx.insertMany(ctx, part.table, part.columns, part.rows); err != nil {
			return err
		}
	}
	return nil
}

// insertMany writes rows with COPY where there is one; otherwise bulkRows at a
// time, and what is left over one by one.
func (tx *Tx) insertMany(ctx context.Context, table, columns string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	if tx.copyFrom != nil {
		return tx.note(tx.copyFrom(ctx, table, columnNames(columns), rows))
	}
	query := `INSERT INTO ` + table + ` (` + columns + `) VALUES `
	one := "(" + marks(len(rows[0])) + ")"
	many := strings.TrimSuffix(strings.Repeat(one+", ", bulkRows), ", ")
	for len(rows) >= bulkRows {
		if _, err := tx.exec(ctx, query+many, slices.Concat(rows[:bulkRows]...)...); err != nil {
			return err
		}
		rows = rows[bulkRows:]
	}
	for _, row := range rows {
		if _, err := tx.exec(ctx, query+one, row...); err != nil {
			return err
		}
	}
	return nil
}
