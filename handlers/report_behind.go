package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// clickBehind lists the deals behind a number, as far as the person may read them, in a modal:
// "QUERY|outcome:lost:price|PAGE" or "QUERY|stage:demo:back|PAGE".
func (a *App) clickBehind(ctx context.Context, c *Call) (Reply, error) {
	q, rest, err := reports.ParseQuery(c.Value)
	if err != nil || len(rest) == 0 {
		return Reply{}, sales.Refuse(sales.NotFound, "button.old")
	}
	page := 0
	if len(rest) > 1 {
		page = pageNumber(rest[1])
	}
	kind, key, _ := strings.Cut(rest[0], ":")
	key, sub, _ := strings.Cut(key, ":")
	var b view.Behind
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		counted := q
		if kind == reports.Closed || kind == reports.Created {
			counted.From, counted.To = time.Time{}, time.Time{} // not the deals of a period, but what happened in it
		}
		res, err := a.compute(ctx, r, counted, c.User)
		if err != nil {
			return err
		}
		var ids []int64
		switch kind {
		case reports.ByOutcome:
			b, ids = behindOutcome(c.Printer, q, res, sales.Status(key), sub)
		case reports.Closed, reports.Created:
			b.Title, ids = c.T("New"), res.During(sales.Status(key), q.From, q.To)
			if key != "" {
				b.Title = view.OutcomeName(c.Printer, key)
			}
			b.Title += " · " + c.T("%s to %s", c.DateTime(q.From), c.DateTime(q.To))
		default:
			b, ids = behindStage(c.Printer, q, res, key, sub)
		}
		b.Value, b.Page, b.Total, b.Now, b.Name, b.AsOf = q.Value(rest[0]), max(0, page), len(ids), c.Now, names(ctx, r), q.AsOf
		b.Rows, err = behindRows(ctx, r, c, ids, b.Page)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.BehindModal(c.Printer, b)}, nil
}

// behindOutcome are the deals with an outcome; sub is a loss reason, "-" that none was given.
func behindOutcome(p text.Printer, q reports.Query, res reports.Result, status sales.Status, sub string) (view.Behind, []int64) {
	b := view.Behind{Title: view.OutcomeName(p, string(status))}
	all := view.BehindPart{Label: p.T("All"), Value: q.Value(reports.ByOutcome + ":" + string(status)), Deals: res.CountOutcome(status, nil)}
	var reason *string
	if status == sales.Lost {
		b.Parts = append(b.Parts, all)
		for _, key := range res.Reasons() {
			named := noReason
			label := p.T("no reason")
			if key != "" {
				named, label = key, view.Unmarked(view.ReasonName(p, res.History.Process, key))
			}
			if sub == named {
				reason = &key
				b.Title += " · " + label
			}
			b.Parts = append(b.Parts, view.BehindPart{Label: label, Value: q.Value(reports.ByOutcome + ":lost:" + named), Deals: res.CountOutcome(status, &key)})
		}
	}
	return b, res.Outcome(status, reason)
}

const noReason = "-"

// behindStage are the deals of which something became in a stage.
func behindStage(p text.Printer, q reports.Query, res reports.Result, stage, what string) (view.Behind, []int64) {
	if !slices.Contains(reports.AtStage(), what) {
		what = reports.Reached
	}
	name := view.Unmarked(view.StageName(p, res.History.Process, stage))
	b := view.Behind{Title: name + " · " + view.BecameName(p, what)}
	for _, x := range reports.AtStage() {
		b.Parts = append(b.Parts, view.BehindPart{Label: view.BecameName(p, x), Value: q.Value(reports.ByStage + ":" + stage + ":" + x), Deals: res.CountAt(stage, x)})
	}
	return b, res.At(stage, what)
}

// behindRows reads one page of deals as they are now.
func behindRows(ctx context.Context, r *store.Reader, c *Call, ids []int64, page int) ([]view.DealRow, error) {
	from := min(page*view.BehindPage, len(ids))
	var out []view.DealRow
	for _, id := range ids[from:min(from+view.BehindPage, len(ids))] {
		d, err := r.Deal(ctx, id)
		if err != nil {
			return nil, err
		}
		p, err := r.Process(ctx, d.Process)
		if err != nil {
			return nil, err
		}
		out = append(out, view.DealRow{Deal: d, Process: p, Alerts: sales.Attention(d, p, c.Now)})
	}
	return out, nil
}
