package store

import (
	"context"
	"time"

	"pipewright/internal/sales"
)

// Asked is a span in which a step of a request of the kind waited for people to decide.
type Asked struct {
	Kind string
	sales.StepWait
}

type askedRow struct {
	Kind string
	stepWaitRow
}

var askedSinceSQL = `SELECT a.kind, ` + of("w", stepWaitColumns) + `
	FROM approval_wait w JOIN approval a ON a.id = w.approval JOIN deal ON deal.id = w.deal
	WHERE deal.process = ? AND ` + visible + ` AND w.awaited = 'approvers' AND w.began IS NOT NULL AND (w.ended IS NULL OR w.ended >= ?)
	ORDER BY w.began, w.approval, w.n`

// AskedSince returns when requests about deals of the process waited for people to decide, of what
// was not over at the instant; the earliest first.
func (r *Reader) AskedSince(ctx context.Context, process string, since time.Time) ([]Asked, error) {
	var rows []askedRow
	if err := r.all(ctx, &rows, askedSinceSQL, process, since.UnixMilli()); err != nil {
		return nil, wrap("read what approvers were asked", err)
	}
	out := make([]Asked, len(rows))
	for i := range rows {
		out[i] = Asked{rows[i].Kind, rows[i].stepWait()}
	}
	return out, nil
}
