package reports

import (
	"math"
	"slices"
	"time"

	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// Verdict is what can be said of a stage.
type Verdict string

const (
	VerdictBottleneck Verdict = "bottleneck" // takes most of the time, and its waiting grows or its approvers are never idle
	VerdictSlow       Verdict = "slow"       // takes most of the time, but is not limited by capacity
	VerdictTied       Verdict = "tied"       // may take most of the time, as others may
	VerdictNone       Verdict = "none"
	VerdictUnknown    Verdict = "unknown" // not enough history
)

// windowWeeks is the calendar that "bottleneck" looks at, when nobody says.
const windowWeeks = 13

// BottleneckRow is one stage before the win of "bottleneck", most deal-days first.
type BottleneckRow struct {
	Stage      string  `json:"stage"`
	Share      Num     `json:"share_of_days"`
	Arrivals   Num     `json:"arrivals_per_day"`
	Departures Num     `json:"departures_per_day"`
	WIPNow     int     `json:"wip_now"`
	WIPMean    Num     `json:"wip_mean"`
	Trend      Num     `json:"wip_trend_per_week"` // weekly work in progress ÷ arrivals: its growth each week
	Verdict    Verdict `json:"verdict"`
	WaitsFor   *string `json:"waits_for"` // us, customer or approver
	First      Num     `json:"first_in_bootstraps"`

	place int
	why   why
	desk  *desk // who limits it, when that is seen
}

type bottleneckBody struct {
	h       *History
	rows    []BottleneckRow
	slowest ranking
	window  span
}

// bottleneck asks of the stage where most time is spent whether its waiting grows, or its
// approvers are never idle.
func bottleneck(h *History, o Options) Body {
	w := o.window()
	deals := h.during(w)
	b := bottleneckBody{h: h, window: w, slowest: h.slowest(h.spent(deals, w)), rows: []BottleneckRow{}}
	candidates, flows := b.slowest.candidates(), h.flows(deals, w)
	stays := 0
	for i := range flows {
		stays += len(flows[i].stays)
	}
	table := newWorkTable(h.Process.Calendar, w, stays)
	for _, place := range b.slowest.places {
		f := &flows[place]
		row := f.row(w)
		row.Stage, row.place = h.Stages[place], place
		row.Share, row.First = Num(b.slowest.share(place)), Num(b.slowest.firsts[place])
		trend := f.trend(w)
		row.Trend, row.Verdict = Num(trend.slope()), VerdictNone
		row.why = whyOf(f.each, w, table)
		row.WaitsFor = row.why.waitsFor()
		alone := len(candidates) == 1 && candidates[0] == place
		if alone && row.WaitsFor != nil && *row.WaitsFor == approver {
			row.desk = h.saturated(place, w)
		}
		switch {
		case len(candidates) == 0:
			row.Verdict = VerdictUnknown
			row.First = Num(math.NaN())
		case !slices.Contains(candidates, place):
		case len(candidates) > 1:
			row.Verdict = VerdictTied
		case row.desk != nil || trend.grows():
			row.Verdict = VerdictBottleneck
		default:
			row.Verdict = VerdictSlow
		}
		b.rows = append(b.rows, row)
	}
	return b
}

// window returns the stretch of the calendar that the report looks at.
func (o Options) window() span {
	w := span{o.AsOf.Add(-windowWeeks * 7 * 24 * time.Hour).UnixMilli(), o.AsOf.UnixMilli()}
	if !o.To.IsZero() {
		w.to = min(w.to, o.To.UnixMilli())
	}
	if !o.From.IsZero() {
		w.from = o.From.UnixMilli()
	} else if !o.To.IsZero() {
		w.from = w.to - windowWeeks*weekMillis
	}
	return w
}

const weekMillis = 7 * dayMillis

// flow is what went through a stage in a window.
type flow struct {
	stays []*Stay // that were going on at some time in the window
	deals []*Deal // whose they are
	first int64   // when the first deal of all came
	times *durations
}

// flows returns the flow of these deals, which are all that were in some stage in the window, through each stage.
func (h *History) flows(deals []*Deal, w span) []flow {
	out, times := make([]flow, len(h.Stages)), h.times()
	for i := range out {
		out[i].first, out[i].times = math.MaxInt64, &times.stages[i]
	}
	for s := range h.each {
		f := &out[s.Stage]
		f.first = min(f.first, s.Entered)
	}
	for _, d := range deals {
		for i := range d.stays {
			if s := &d.stays[i]; w.touches(s) {
				f := &out[s.Stage]
				f.stays, f.deals = append(f.stays, s), append(f.deals, d)
			}
		}
	}
	return out
}

// each goes over the stays, with their deals.
func (f *flow) each(yield func(*Stay, *Deal) bool) {
	for i, s := range f.stays {
		if !yield(s, f.deals[i]) {
			return
		}
	}
}

// row counts what came into the stage, what left it and what is there.
func (f *flow) row(w span) BottleneckRow {
	var row BottleneckRow
	in, out, total := 0, 0, int64(0)
	for _, s := range f.stays {
		total += w.clip(s)
		if s.Entered >= w.from {
			in++
		}
		if s.Exit != stat.Censored && s.Left < w.to {
			out++
		} else {
			row.WIPNow++
		}
	}
	length := days(w.to - w.from)
	row.Arrivals, row.Departures, row.WIPMean = Num(float64(in)/length), Num(float64(out)/length), Num(days(total)/length)
	return row
}

func (b bottleneckBody) Rows() any { return b.rows }

// Lead names the bottleneck, or says why none can be named.
func (b bottleneckBody) Lead(p text.Printer) string {
	if len(b.rows) == 0 {
		return b.slowest.sentence(b.h, p)
	}
	top := b.rows[0]
	name, share := b.h.stageName(top.place, p), p.Percent(float64(top.Share), 0)
	there := p.N(top.WIPNow, "%d deal is there now.", "%d deals are there now.")
	for _, r := range b.rows {
		switch r.Verdict {
		case VerdictBottleneck:
			if top.desk != nil {
				return p.Sentences(p.T("%s is the bottleneck: %s of the time of all deals. %s has had no idle day for %d weeks, and the more waits there, the longer it takes.",
					name, share, top.desk.name.In(p.Lang()), idleWeeks), there)
			}
			s := p.Sentences(p.T("%s is the bottleneck: %s of the time of all deals, and deals wait there longer every week.", name, share), there)
			if top.WaitsFor != nil {
				s = p.T("%s They mostly wait for %s.", s, partyName(*top.WaitsFor, p))
			}
			return s
		case VerdictSlow:
			if !stat.Known(float64(r.Trend)) {
				return p.T("%s takes the most time: %s of the time of all deals. It is too early to say whether waiting grows there.", name, share)
			}
			return p.T("%s takes the most time: %s of the time of all deals. It is slow, not capacity-limited: waiting is not seen to grow, so nothing says that people are missing.", name, share)
		}
	}
	return b.slowest.sentence(b.h, p)
}

func partyName(party string, p text.Printer) string {
	switch party {
	case "customer":
		return p.T("the customer")
	case "approver":
		return p.T("an approver")
	}
	return p.T("us")
}

func (b bottleneckBody) Table(p text.Printer) Table {
	t := Table{Caption: p.T("Bottleneck"), Columns: []Column{
		{Title: p.T("Stage")}, {Title: p.T("Share of time"), Right: true}, {Title: p.T("Verdict")}, {Title: p.T("Waits for")}, {Title: p.T("There now"), Right: true},
		{Title: p.T("On average"), Right: true}, {Title: p.T("In, a week"), Right: true}, {Title: p.T("Out, a week"), Right: true},
	}}
	for _, r := range b.rows {
		waits := dash
		if r.WaitsFor != nil {
			waits = partyName(*r.WaitsFor, p)
		}
		t.Rows = append(t.Rows, []Cell{
			label(b.h.stageName(r.place, p)), value(p.Percent(float64(r.Share), 0), float64(r.Share)), label(r.Verdict.text(p)), label(waits),
			count(p, r.WIPNow), value(p.Number(float64(r.WIPMean), 1), float64(r.WIPMean)), weekly(p, r.Arrivals), weekly(p, r.Departures),
		})
	}
	return t
}

func weekly(p text.Printer, perDay Num) Cell {
	v := 7 * float64(perDay)
	return value(p.Number(v, 1), v)
}

func (v Verdict) text(p text.Printer) string {
	switch v {
	case VerdictBottleneck:
		return p.T("bottleneck")
	case VerdictSlow:
		return p.T("slow")
	case VerdictTied:
		return p.T("maybe the slowest")
	}
	return dash
}

func (b bottleneckBody) Chart(p text.Printer) *Chart {
	if !(b.slowest.total > 0) {
		return nil
	}
	c := &Chart{Title: p.T("Share of all deals' time"), Unit: p.T("Percent")}
	s := Series{Name: p.T("Share of time")}
	for _, place := range slices.Sorted(slices.Values(b.slowest.places)) {
		c.Labels = append(c.Labels, b.h.stageName(place, p))
		s.Values = append(s.Values, wholePercent(b.slowest.share(place)))
	}
	c.Series = []Series{s}
	return c
}

func (b bottleneckBody) numbers(n *counter) {
	for _, r := range b.rows {
		n.add(n.p.T("%s, there now", b.h.stageName(r.place, n.p)), r.WIPNow, ByStage, r.Stage, OpenHere)
	}
}

func (b bottleneckBody) notes() []Note {
	var out []Note
	leaders := b.slowest.leaders()
	for i := range b.rows {
		if r := &b.rows[i]; slices.Contains(leaders, r.place) {
			out = append(out, r.why.note(b.h, r.place))
		}
	}
	return append(out, Note{Say: func(p text.Printer) string {
		return p.T("Looked at: %s to %s, stages before the win.", p.Date(instant(b.window.from)), p.Date(instant(b.window.to-1)))
	}})
}
