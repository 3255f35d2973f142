package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// behindButtons open the deals behind a report's numbers: by outcome for those that
// count outcomes, by stage for the others.
func behindButtons(p text.Printer, q query, res reports.Result) []slack.BlockElement {
	var out []slack.BlockElement
	add := func(label string, deals int, what string) {
		if deals > 0 {
			out = append(out, view.Button("report.deals", q.value()+"|"+what, p.T("%s: %d", view.Unmarked(label), deals)))
		}
	}
	if byOutcome(q.name) {
		for _, s := range []sales.Status{sales.Won, sales.Lost, sales.Open} {
			add(view.OutcomeName(p, string(s)), len(res.Outcome(s, nil)), "outcome:"+string(s))
		}
		return out
	}
	for _, key := range res.Stages() {
		add(view.StageName(p, res.History.Process, key), len(res.At(key, reports.Reached)), "stage:"+key+":"+reports.Reached)
	}
	return out
}

func byOutcome(report string) bool { return report == "outcomes" || report == "cycle" }

// clickBehind lists the deals behind a number, as far as the person may read them, in a modal:
// "QUERY|outcome:lost:price|PAGE" or "QUERY|stage:demo:back|PAGE".
func (a *App) clickBehind(ctx context.Context, c *Call) (Reply, error) {
	q, rest, err := queryOf(c.Value)
	if err != nil || len(rest) == 0 {
		return Reply{}, sales.Refuse(sales.NotFound, "button.old")
	}
	page := 0
	if len(rest) > 1 {
		page, _ = strconv.Atoi(rest[1])
	}
	kind, key, _ := strings.Cut(rest[0], ":")
	key, sub, _ := strings.Cut(key, ":")
	var b view.Behind
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		res, err := a.compute(ctx, r, q, c.User)
		if err != nil {
			return err
		}
		var ids []int64
		if kind == "outcome" {
			b, ids = behindOutcome(c.Printer, q, res, sales.Status(key), sub)
		} else {
			b, ids = behindStage(c.Printer, q, res, key, sub)
		}
		b.Value, b.Page, b.Total, b.Now, b.Name, b.AsOf = q.value()+"|"+rest[0], max(0, page), len(ids), c.Now, names(ctx, r), q.asOf
		b.Rows, err = behindRows(ctx, r, c, ids, b.Page)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.BehindModal(c.Printer, b)}, nil
}

// behindOutcome are the deals with an outcome; sub is a loss reason, "-" that none was given.
func behindOutcome(p text.Printer, q query, res reports.Result, status sales.Status, sub string) (view.Behind, []int64) {
	b := view.Behind{Title: view.OutcomeName(p, string(status))}
	all := view.BehindPart{Label: p.T("All"), Value: q.value() + "|outcome:" + string(status), Deals: len(res.Outcome(status, nil))}
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
			b.Parts = append(b.Parts, view.BehindPart{Label: label, Value: q.value() + "|outcome:lost:" + named, Deals: len(res.Outcome(status, &key))})
		}
	}
	return b, res.Outcome(status, reason)
}

const noReason = "-"

// behindStage are the deals of which something became in a stage.
func behindStage(p text.Printer, q query, res reports.Result, stage, what string) (view.Behind, []int64) {
	if !slices.Contains(reports.AtStage(), what) {
		what = reports.Reached
	}
	name := view.Unmarked(view.StageName(p, res.History.Process, stage))
	b := view.Behind{Title: name + " · " + view.BecameName(p, what)}
	for _, x := range reports.AtStage() {
		b.Parts = append(b.Parts, view.BehindPart{Label: view.BecameName(p, x), Value: q.value() + "|stage:" + stage + ":" + x, Deals: len(res.At(stage, x))})
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
