package reports

import (
	"cmp"
	"slices"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// OutcomesRow is the only row of "outcomes".
type OutcomesRow struct {
	Won           int                `json:"won"`
	Lost          int                `json:"lost"`
	Open          int                `json:"open"`
	WinRate       Num                `json:"win_rate"` // of the decided, with its Wilson interval
	WinLow        Num                `json:"win_low"`
	WinHigh       Num                `json:"win_high"`
	WinByHorizon  Num                `json:"win_by_horizon"` // cumulative incidence, losing competing
	LostByHorizon Num                `json:"lost_by_horizon"`
	Value         map[string]WonLost `json:"value"` // by currency, in its units
	Reasons       []ReasonCount      `json:"reasons"`
	win           stat.Estimate      // the same as above, with intervals
	winBy, lostBy stat.HorizonEstimate
	wonValue      money
	lostValue     money
	horizon       float64
	timed, left   int // deals with a time, and those whose times make no sense beside those without a creation
	h             *History
}

// WonLost is what deals of one currency were worth.
type WonLost struct {
	Won  Num `json:"won"`
	Lost Num `json:"lost"`
}

// ReasonCount is how many deals were lost for a reason; nobody gave one when it is null.
type ReasonCount struct {
	Reason *string `json:"reason"`
	N      int     `json:"n"`
}

// outcomes counts each deal once, with the outcome of its last episode.
func outcomes(h *History, o Options) Body {
	sums := h.sums()
	row := OutcomesRow{
		Won: sums.won.deals, Lost: sums.lost.deals, Value: map[string]WonLost{}, Reasons: []ReasonCount{},
		wonValue: sums.won.value.money(), lostValue: sums.lost.value.money(), horizon: o.horizon(), h: h,
	}
	row.Open = len(h.Deals) - row.Won - row.Lost
	row.win = stat.Wilson(row.Won, row.Won+row.Lost)
	row.WinRate, row.WinLow, row.WinHigh = Num(row.win.Value), Num(row.win.Low), Num(row.win.High)
	h.times().episodes.sample(h.AsOf, func(s *stat.Sample) {
		row.timed, row.left = s.Count(exitWon, exitLost), len(h.Deals)-s.N()-h.Left.NoCreated
		row.winBy, row.lostBy = s.Incidence(row.horizon, exitWon), s.Incidence(row.horizon, exitLost)
	})
	row.WinByHorizon, row.LostByHorizon = Num(row.winBy.Value), Num(row.lostBy.Value)
	row.count(sums.reasons)
	return row
}

func (r *OutcomesRow) count(reasons map[string]int) {
	won, lost := r.wonValue.units(), r.lostValue.units()
	for code := range won {
		r.Value[code] = WonLost{Won: won[code], Lost: lost[code]}
	}
	for code := range lost {
		r.Value[code] = WonLost{Won: won[code], Lost: lost[code]}
	}
	for key, n := range reasons {
		c := ReasonCount{N: n}
		if key != "" {
			c.Reason = &key
		}
		r.Reasons = append(r.Reasons, c)
	}
	slices.SortFunc(r.Reasons, func(a, b ReasonCount) int {
		return cmp.Or(b.N-a.N, cmp.Compare(a.key(), b.key()))
	})
}

func (c ReasonCount) key() string {
	if c.Reason == nil {
		return ""
	}
	return *c.Reason
}

// Rows is one row.
func (r OutcomesRow) Rows() any { return []OutcomesRow{r} }

// Lead says the share that was won, or that there is too little to say it.
func (r OutcomesRow) Lead(p text.Printer) string {
	closed := r.Won + r.Lost
	switch {
	case closed < few:
		return p.T("Not enough history for a rate: %d closed deals are needed (now %d: %d won, %d lost). Mark deals as won or lost when they end.",
			few, closed, r.Won, r.Lost)
	case closed < enough:
		return p.T("%d of %d closed deals were won; with so few, the rate may be anything from %s to %s.", r.Won, closed,
			p.Percent(r.win.Low, 0), p.Percent(r.win.High, 0))
	default:
		return p.T("%s of %d closed deals were won; %s.", p.Percent(r.win.Value, 0), closed, stillOpen(p, r.Open))
	}
}

// stillOpen is a half-sentence.
func stillOpen(p text.Printer, n int) string {
	if n == 0 {
		return p.T("none is still open")
	}
	return p.N(n, "%d is still open", "%d are still open")
}

// Table has one line for each figure.
func (r OutcomesRow) Table(p text.Printer) Table {
	t := Table{Caption: p.T("Won and lost"), Columns: []Column{{Title: p.T("Figure")}, {Title: p.T("Value"), Right: true}}}
	add := func(name string, c Cell) { t.Rows = append(t.Rows, []Cell{label(name), c}) }
	add(p.T("Won"), count(p, r.Won))
	add(p.T("Lost"), count(p, r.Lost))
	add(p.T("Open now"), count(p, r.Open))
	add(p.T("Won of the closed"), value(rate(p, r.win, r.Won+r.Lost), r.win.Value))
	add(p.T("Won within %s", p.Days(r.horizon)), value(rate(p, r.winBy.Estimate, r.timed), r.winBy.Value))
	add(p.T("Lost within %s", p.Days(r.horizon)), value(rate(p, r.lostBy.Estimate, r.timed), r.lostBy.Value))
	add(p.T("Value won"), label(r.wonValue.short(p)))
	add(p.T("Value lost"), label(r.lostValue.short(p)))
	for _, c := range r.Reasons {
		add(p.T("Lost: %s", reasonName(r.h.Process, c.key(), p)), count(p, c.N))
	}
	return t
}

func (r OutcomesRow) settled() (yes, no int) { return r.Won, r.Lost }

func (r OutcomesRow) heads(p text.Printer) []Column {
	return []Column{{Title: p.T("Won of the closed"), Right: true}, {Title: p.T("Won"), Right: true}, {Title: p.T("Lost"), Right: true}, {Title: p.T("Open now"), Right: true}}
}

func (r OutcomesRow) cells(p text.Printer) []Cell {
	return []Cell{value(rate(p, r.win, r.Won+r.Lost), r.win.Value), count(p, r.Won), count(p, r.Lost), count(p, r.Open)}
}

// Chart compares won, lost and open.
func (r OutcomesRow) Chart(p text.Printer) *Chart {
	if r.Won+r.Lost+r.Open == 0 {
		return nil
	}
	return &Chart{Title: p.T("Won and lost"), Unit: p.T("Deals"), Labels: []string{p.T("Won"), p.T("Lost"), p.T("Open now")},
		Series: []Series{{Name: p.T("Deals"), Values: []float64{float64(r.Won), float64(r.Lost), float64(r.Open)}}}}
}

// numbers leaves out reasons in words of an import: they are behind all lost ones.
func (r OutcomesRow) numbers(n *counter) {
	n.ends(r.h)
	for _, x := range []struct {
		status        sales.Status
		within, value string
		money         money
	}{
		{sales.Won, n.p.T("Won within %s", n.p.Days(r.horizon)), n.p.T("Value won"), r.wonValue},
		{sales.Lost, n.p.T("Lost within %s", n.p.Days(r.horizon)), n.p.T("Value lost"), r.lostValue},
	} {
		n.add(x.within, r.h.count(inTime(x.status, r.horizon)), Within, string(x.status))
		n.add(x.value+" "+x.money.short(n.p), r.h.count(valued(x.status)), Valued, string(x.status))
	}
	for _, c := range r.Reasons {
		if _, known := r.h.Process.Reason(c.key()); known || c.key() == "" {
			n.add(n.p.T("Lost: %s", reasonName(r.h.Process, c.key(), n.p)), c.N, ByOutcome, string(sales.Lost), cmp.Or(c.key(), NoReason))
		}
	}
}

func (r OutcomesRow) notes() []Note {
	var out []Note
	if r.Open > 0 && r.Won+r.Lost >= few {
		out = append(out, Note{Say: func(p text.Printer) string {
			return p.N(r.Open, "%d deal is still open, so the share of the closed may change; “within %s” counts it as well.",
				"%d deals are still open, so the share of the closed may change; “within %s” counts them as well.", p.Days(r.horizon))
		}})
	}
	late := extended(r.winBy.Extended, r.horizon)
	for i := range late {
		late[i].Data = r.timed < few // the table has a dash then
	}
	return slices.Concat(out, untimed(r.left), late)
}

// extended warns where the data end before the horizon.
func extended(is bool, horizon float64) []Note {
	if !is {
		return nil
	}
	return []Note{{Say: func(p text.Printer) string {
		return p.T("The data end before %s: what is said about that time is what was known so far.", p.Days(horizon))
	}}}
}
