package reports

import (
	"math"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// StagesRow is one stage of "stages". Days are calendar days, but for the target.
type StagesRow struct {
	Stage      string `json:"stage"`
	Visits     int    `json:"visits"`
	Deals      int    `json:"deals"`
	Open       int    `json:"open"`
	KMMedian   Num    `json:"km_median_days"` // of a visit, open ones censored
	KMLow      Num    `json:"km_low"`
	KMHigh     Num    `json:"km_high"`
	RMST       Num    `json:"rmst_days"`
	NaiveMean  Num    `json:"naive_mean_days"` // of ended visits only, to compare with
	TotalDays  Num    `json:"total_days"`      // open time included
	Share      Num    `json:"share_of_days"`   // of the days before the win; null for later stages
	Target     Num    `json:"target_days"`     // working days
	OverTarget int    `json:"over_target"`     // visits whose working time exceeds it

	place  int
	median stat.Estimate
}

func (r StagesRow) settled() int { return r.Visits - r.Open }

type stagesBody struct {
	h       *History
	rows    []StagesRow
	slowest ranking
}

// stages tells how long deals stay in each stage.
func stages(h *History, o Options) Body {
	sums, times := h.sums(), h.times()
	b := stagesBody{h: h, rows: []StagesRow{}, slowest: h.slowest(h.spentEver(sums))}
	all, cut := sums.stages, h.AsOf.UnixMilli()
	over := h.overTarget(times)
	for _, i := range h.shown(func(i int) bool { return all[i].entries > 0 }) {
		var row StagesRow
		times.stages[i].sample(h.AsOf, func(s *stat.Sample) { row = stagesRow(&all[i], cut, s, o.horizon()) })
		row.Stage, row.place, row.OverTarget, row.Target = h.Stages[i], i, over[i], Num(math.NaN())
		row.Share = Num(math.NaN())
		if h.beforeWin(i) {
			row.Share = Num(b.slowest.share(i))
		}
		if i < len(h.Process.Stages) && h.Process.Stages[i].Target > 0 {
			row.Target = Num(h.Process.Stages[i].Target)
		}
		b.rows = append(b.rows, row)
	}
	return b
}

func stagesRow(v *visits, cut int64, s *stat.Sample, horizon float64) StagesRow {
	r := StagesRow{Visits: v.entries, Deals: v.deals, Open: v.open, TotalDays: Num(days(v.took.at(cut))), NaiveMean: Num(days(v.took.ended) / float64(v.settled()))}
	r.median = s.Median()
	r.KMMedian, r.KMLow, r.KMHigh = Num(r.median.Value), Num(r.median.Low), Num(r.median.High)
	rmst, _ := s.RMSTValue(horizon)
	r.RMST = Num(rmst)
	return r
}

// over reports whether the stay is longer than its stage's target, in working time.
func (h *History) over(s *Stay) bool {
	if int(s.Stage) >= len(h.Process.Stages) {
		return false
	}
	c, target := h.Process.Calendar, h.Process.Stages[s.Stage].Target
	return target > 0 && longer(c, s.Entered, h.until(s), worked(target, c.DayLength()))
}

func worked(target sales.Days, day time.Duration) time.Duration {
	return time.Duration(float64(target) * float64(day))
}

// longer reports whether more than the limit was worked between two instants; nobody works
// longer than that lasts.
func longer(c sales.Calendar, from, to int64, limit time.Duration) bool {
	return to-from > limit.Milliseconds() && c.Worked(instant(from), instant(to)) > limit
}

func (b stagesBody) Rows() any { return b.rows }

func (b stagesBody) Lead(p text.Printer) string { return b.slowest.sentence(b.h, p) }

func (b stagesBody) Table(p text.Printer) Table {
	t := Table{Caption: p.T("Time in stages"), Columns: []Column{
		{Title: p.T("Stage")}, {Title: p.T("Share of time"), Right: true}, {Title: p.T("Half within"), Right: true}, {Title: p.T("Visits"), Right: true},
		{Title: p.T("Open now"), Right: true}, {Title: p.T("Target"), Right: true}, {Title: p.T("Over target"), Right: true},
	}}
	for _, r := range b.rows {
		target, over := unknown, unknown
		if stat.Known(float64(r.Target)) {
			target, over = value(b.h.workDays(p, r.Target), float64(r.Target)), count(p, r.OverTarget)
		}
		t.Rows = append(t.Rows, []Cell{
			label(b.h.stageName(r.place, p)), value(p.Percent(float64(r.Share), 0), float64(r.Share)), value(duration(p, r.median, r.settled()), r.median.Value),
			count(p, r.Visits), count(p, r.Open), target, over,
		})
	}
	return t
}

// workDays writes working days of the process's calendar: "2.5 working days".
func (h *History) workDays(p text.Printer, days Num) string {
	length := h.Process.Calendar.DayLength()
	return p.WorkDuration(time.Duration(float64(days)*float64(length)), length)
}

func (b stagesBody) heads(p text.Printer) []Column {
	return []Column{{Title: p.T("Most time in")}, {Title: p.T("Visits"), Right: true}, {Title: p.T("Open now"), Right: true}, {Title: p.T("Over target"), Right: true}}
}

func (b stagesBody) cells(p text.Printer) []Cell {
	visits, open, over := 0, 0, 0
	for _, r := range b.rows {
		visits, open, over = visits+r.Visits, open+r.Open, over+r.OverTarget
	}
	return []Cell{label(b.slowest.short(b.h, p)), count(p, visits), count(p, open), count(p, over)}
}

func (b stagesBody) Chart(p text.Printer) *Chart {
	c := &Chart{Title: p.T("Share of all deals' time"), Unit: p.T("Percent")}
	s := Series{Name: p.T("Share of time")}
	for _, r := range b.rows {
		if !stat.Known(float64(r.Share)) {
			continue
		}
		c.Labels = append(c.Labels, b.h.stageName(r.place, p))
		s.Values = append(s.Values, wholePercent(float64(r.Share)))
	}
	if len(c.Labels) == 0 {
		return nil
	}
	c.Series = []Series{s}
	return c
}

func (b stagesBody) numbers(n *counter) {
	for _, r := range b.rows {
		n.add(b.h.stageName(r.place, n.p), r.Deals, ByStage, r.Stage, Entered)
	}
}

func (b stagesBody) notes() []Note {
	var out []Note
	for _, place := range b.slowest.leaders() {
		why := b.h.whyEver(place)
		out = append(out, why.note(b.h, place))
	}
	open := 0
	for _, r := range b.rows {
		open += r.Open
	}
	if open == 0 {
		return out
	}
	return append(out, Note{Say: func(p text.Printer) string {
		return p.N(open, "%d visit is still going on: it counts with the time that it has taken so far.",
			"%d visits are still going on: they count with the time that they have taken so far.")
	}})
}
