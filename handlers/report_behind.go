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
// "QUERY|outcome:lost:price|PAGE" or "QUERY|stage:demo:back|PAGE". Of a list to choose from the
// action's name carries the query.
func (a *App) clickBehind(ctx context.Context, c *Call) (Reply, error) {
	value := c.Value
	if _, query, ok := strings.Cut(c.Name, ":"); ok && !strings.Contains(value, "|") {
		value = query + "|" + value
	}
	q, rest, err := reports.ParseQuery(value)
	if err != nil || len(rest) == 0 {
		return Reply{}, sales.Refuse(sales.NotFound, "button.old")
	}
	page := 0
	if len(rest) > 1 {
		page = pageNumber(rest[1])
	}
	var b view.Behind
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		kind, key, _ := strings.Cut(rest[0], ":")
		of := counted(q, kind, key)
		res, err := a.compute(ctx, r, of, c.User)
		if err != nil {
			return err
		}
		var ids []int64
		if b, ids, err = behind(ctx, r, c, q, of, res, kind, key); err != nil {
			return err
		}
		b.About = res.About(c.Printer)
		b.Value, b.Page, b.Total, b.Now, b.Name, b.AsOf = q.Value(rest[0]), max(0, page), len(ids), c.Now, names(ctx, r), q.AsOf
		b.Rows, err = behindRows(ctx, r, c, ids, b.Page)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.BehindModal(c.Printer, b)}, nil
}

// counted is the query of whose deals a number tells.
func counted(q reports.Query, kind, key string) reports.Query {
	switch {
	case kind == reports.ByGroup:
		return q.Of(key)
	case reports.OfDigest(kind):
		q.From, q.To = time.Time{}, time.Time{}
	}
	q.By = ""
	return q
}

// behind returns the deals behind a number of the query q, under its title; res is the answer to what it tells of.
func behind(ctx context.Context, r *store.Reader, c *Call, q, of reports.Query, res reports.Result, kind, key string) (view.Behind, []int64, error) {
	if kind == reports.ByGroup {
		b, ids := behindGroup(c.Printer, res)
		return b, ids, nil
	}
	key, sub, _ := strings.Cut(key, ":")
	during := " · " + c.T("%s to %s", c.DateTime(q.From), c.DateTime(q.To))
	switch kind {
	case reports.ByOutcome:
		b, ids := behindOutcome(c.Printer, q, res, sales.Status(key), sub)
		return b, ids, nil
	case reports.Within:
		within := " · " + c.T("within %s", c.Days(reports.DefaultHorizon))
		return view.Behind{Title: view.OutcomeName(c.Printer, key) + within}, res.Within(sales.Status(key)), nil
	case reports.Valued:
		return view.Behind{Title: view.OutcomeName(c.Printer, key) + " · " + c.T("with a value")}, res.Valued(sales.Status(key)), nil
	case reports.ByMove:
		from, to := placeName(c.Printer, res, key), placeName(c.Printer, res, sub)
		return view.Behind{Title: from + " → " + to}, res.Moved(key, sub), nil
	case reports.Closed:
		return view.Behind{Title: view.OutcomeName(c.Printer, key) + during}, res.During(sales.Status(key), q.From, q.To), nil
	case reports.Created:
		return view.Behind{Title: c.T("New") + during}, res.During("", q.From, q.To), nil
	case reports.Moved:
		return view.Behind{Title: c.T("Moved") + during}, res.MovedDuring(q.From, q.To), nil
	case reports.Passed:
		return view.Behind{Title: c.T("Override") + during}, res.OverriddenDuring(q.From, q.To), nil
	case reports.Overdue:
		return view.Behind{Title: placeName(c.Printer, res, key) + " · " + c.T("Over target")}, res.Overdue(key), nil
	case reports.Waiting:
		ids, err := waitingDeals(ctx, r, q.AsOf)
		return view.Behind{Title: c.T("Wait for an approval")}, res.Among(ids), err
	case reports.Attention:
		ids, err := pressingDeals(ctx, r, res.History.Process, q.AsOf)
		return view.Behind{Title: c.T("Need somebody")}, res.Among(ids), err
	case reports.Standing:
		sub = reports.OpenHere
	}
	b, ids := behindStage(c.Printer, of, res, key, sub)
	return b, ids, nil
}

// details are numbers that are left out beside all that are won or lost.
var details = []string{reports.ByOutcome + ":" + string(sales.Lost) + ":", reports.Within + ":", reports.Valued + ":"}

// behindGroup are the deals of one group of a breakdown, with the numbers of its own report.
func behindGroup(p text.Printer, res reports.Result) (view.Behind, []int64) {
	b := view.Behind{Title: p.T("All deals")}
	for _, n := range res.Numbers(p) {
		if slices.ContainsFunc(details, func(s string) bool { return strings.Contains(n.Value, "|"+s) }) {
			continue
		}
		b.Parts = append(b.Parts, view.BehindPart{Label: n.Label, Value: n.Value, Deals: n.N})
	}
	return b, res.Outcome("", nil)
}

// placeName is a stage's name, or that of an end.
func placeName(p text.Printer, res reports.Result, key string) string {
	switch key {
	case "lost":
		return p.T("Lost")
	case "completed":
		return p.T("Completed")
	}
	return view.Unmarked(view.StageName(p, res.History.Process, key))
}

// waitingDeals are those with an approval that was pending at the instant.
func waitingDeals(ctx context.Context, r *store.Reader, at time.Time) (map[int64]bool, error) {
	pending, err := r.Approvals(ctx, store.ApprovalFilter{State: sales.Pending})
	ids := map[int64]bool{}
	for _, x := range pending {
		if !x.At.After(at) {
			ids[x.Deal] = true
		}
	}
	return ids, err
}

// pressingDeals are the open ones that needed somebody at the instant.
func pressingDeals(ctx context.Context, r *store.Reader, p *sales.Process, at time.Time) (map[int64]bool, error) {
	ids := map[int64]bool{}
	err := r.EachDeal(ctx, p.Key, func(d sales.Deal) error {
		if d.Status == sales.Open && len(sales.Attention(d, p, at)) > 0 {
			ids[d.ID] = true
		}
		return nil
	})
	return ids, err
}

// behindOutcome are the deals with an outcome; sub is a loss reason, "-" that none was given.
func behindOutcome(p text.Printer, q reports.Query, res reports.Result, status sales.Status, sub string) (view.Behind, []int64) {
	b := view.Behind{Title: view.OutcomeName(p, string(status))}
	all := view.BehindPart{Label: p.T("All"), Value: q.Value(reports.ByOutcome + ":" + string(status)), Deals: res.CountOutcome(status, nil)}
	var reason *string
	if status == sales.Lost {
		b.Parts = append(b.Parts, all)
		for _, key := range res.Reasons() {
			named := reports.NoReason
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

// behindStage are the deals of which something became in a stage.
func behindStage(p text.Printer, q reports.Query, res reports.Result, stage, what string) (view.Behind, []int64) {
	if !slices.Contains(res.Report.AtStage, what) {
		what = res.Report.AtStage[0]
	}
	name := view.Unmarked(view.StageName(p, res.History.Process, stage))
	b := view.Behind{Title: name + " · " + view.BecameName(p, what)}
	for _, x := range res.Report.AtStage {
		if x == reports.Overridden && x != what && res.CountAt(stage, x) == 0 { // the rule, of which nobody needs to hear
			continue
		}
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
