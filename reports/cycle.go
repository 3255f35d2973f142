package reports

import (
	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// CycleRow is one row of "cycle": how long deals took from the start of their
// last episode until they were won or lost.
type CycleRow struct {
	Outcome string `json:"outcome"` // won, lost or all
	N       int    `json:"n"`
	P25     Num    `json:"p25_days"` // quantiles over closed deals
	Median  Num    `json:"median_days"`
	P90     Num    `json:"p90_days"`
}

// CycleAllRow is the row for all deals, open ones included as censored.
type CycleAllRow struct {
	CycleRow
	KMMedian Num `json:"km_median_days"`
	KMLow    Num `json:"km_low"`
	KMHigh   Num `json:"km_high"`
	RMST     Num `json:"rmst_days"`
}

type cycleBody struct {
	h         *History
	won, lost CycleRow
	all       CycleAllRow
	median    stat.Estimate
	rmst      stat.HorizonEstimate
	open      int
	horizon   float64
	left      int // deals whose times make no sense, beside those without a creation
}

func cycle(h *History, o Options) Body {
	var b cycleBody
	h.times().episodes.sample(h.AsOf, func(s *stat.Sample) { b = cycleOf(h, s, o) })
	return b
}

func cycleOf(h *History, s *stat.Sample, o Options) cycleBody {
	b := cycleBody{
		h:   h,
		won: cycleRow("won", s, exitWon), lost: cycleRow("lost", s, exitLost), all: CycleAllRow{CycleRow: cycleRow("all", s, exitWon, exitLost)},
		median: s.Median(), rmst: s.RMST(o.horizon()), open: s.Count(stat.Censored), horizon: o.horizon(), left: len(h.Deals) - s.N() - h.Left.NoCreated,
	}
	b.all.N = s.N()
	b.all.KMMedian, b.all.KMLow, b.all.KMHigh = Num(b.median.Value), Num(b.median.Low), Num(b.median.High)
	b.all.RMST = Num(b.rmst.Value)
	return b
}

func cycleRow(outcome string, s *stat.Sample, causes ...stat.Cause) CycleRow {
	times := s.Times(causes...)
	return CycleRow{
		Outcome: outcome, N: len(times),
		P25: Num(stat.Quantile(times, 0.25)), Median: Num(stat.Quantile(times, 0.5)), P90: Num(stat.Quantile(times, 0.9)),
	}
}

func (b cycleBody) Rows() any { return []any{b.won, b.lost, b.all} }

func (b cycleBody) Lead(p text.Printer) string {
	switch closed := b.won.N + b.lost.N; {
	case closed < few:
		return p.T("Not enough history for times: %d closed deals are needed (now %d: %d won, %d lost). Mark deals as won or lost when they end.",
			few, closed, b.won.N, b.lost.N)
	case b.won.N < few:
		return p.T("Half of the lost deals took %s or less; too few were won to say the same of them.", p.Days(float64(b.lost.Median)))
	case b.lost.N < few:
		return p.T("Half of the won deals took %s or less; too few were lost to say the same of them.", p.Days(float64(b.won.Median)))
	default:
		return p.T("Half of the won deals took %s or less, half of the lost ones %s.", p.Days(float64(b.won.Median)), p.Days(float64(b.lost.Median)))
	}
}

func (b cycleBody) Table(p text.Printer) Table {
	t := Table{Caption: p.T("Length of the cycle"), Columns: []Column{
		{Title: p.T("Outcome")}, {Title: p.T("Deals"), Right: true}, {Title: p.T("Half within"), Right: true},
		{Title: p.T("A quarter within"), Right: true}, {Title: p.T("Nine in ten within"), Right: true},
	}}
	for _, r := range []struct {
		name   string
		row    CycleRow
		closed int
	}{
		{p.T("Won"), b.won, b.won.N},
		{p.T("Lost"), b.lost, b.lost.N},
		{p.T("Closed"), b.all.CycleRow, b.won.N + b.lost.N},
	} {
		cell := func(days Num) Cell { return value(plainDays(p, float64(days), r.closed), float64(days)) }
		t.Rows = append(t.Rows, []Cell{label(r.name), count(p, r.closed), cell(r.row.Median), cell(r.row.P25), cell(r.row.P90)})
	}
	t.Rows = append(t.Rows, []Cell{
		label(p.T("All, open ones included")), count(p, b.all.N), value(duration(p, b.median, b.won.N+b.lost.N), b.median.Value), unknown, unknown,
	})
	return t
}

func (b cycleBody) heads(p text.Printer) []Column {
	return []Column{{Title: p.T("Half closed within"), Right: true}, {Title: p.T("Won"), Right: true}, {Title: p.T("Lost"), Right: true}, {Title: p.T("Open now"), Right: true}}
}

func (b cycleBody) cells(p text.Printer) []Cell {
	return []Cell{value(duration(p, b.median, b.won.N+b.lost.N), b.median.Value), count(p, b.won.N), count(p, b.lost.N), count(p, b.open)}
}

func (b cycleBody) Chart(p text.Printer) *Chart {
	if b.won.N < few && b.lost.N < few {
		return nil
	}
	c := &Chart{Title: p.T("Length of the cycle"), Unit: p.T("Days"), Labels: []string{p.T("A quarter within"), p.T("Half within"), p.T("Nine in ten within")}}
	for _, r := range []struct {
		name string
		row  CycleRow
	}{{p.T("Won"), b.won}, {p.T("Lost"), b.lost}} {
		if r.row.N >= few {
			c.Series = append(c.Series, Series{Name: r.name, Values: []float64{tenths(r.row.P25), tenths(r.row.Median), tenths(r.row.P90)}})
		}
	}
	return c
}

func (b cycleBody) numbers(n *counter) { n.ends(b.h) }

func (b cycleBody) notes() []Note {
	out := extended(b.rmst.Extended, b.horizon)
	for i := range out {
		out[i].Data = true // rmst_days is not in the table
	}
	if b.open > 0 {
		out = append(out, Note{Say: func(p text.Printer) string {
			return p.N(b.open, "%d deal is still open: it counts with the time that it has taken so far.", "%d deals are still open: they count with the time that they have taken so far.")
		}})
	}
	return append(out, untimed(b.left)...)
}

// untimed says how many deals have times that make no sense.
func untimed(n int) []Note {
	if n == 0 {
		return nil
	}
	return []Note{{Say: func(p text.Printer) string {
		return p.N(n, "%d deal is left out of times: it has no usable start or end.", "%d deals are left out of times: they have no usable start or end.")
	}}}
}
