package reports

import (
	"slices"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// FunnelRow is one stage of "funnel". Entries = Advanced + Back + Won + Lost + Open.
type FunnelRow struct {
	Stage            string         `json:"stage"`
	Entries          int            `json:"entries"`  // visits
	Advanced         int            `json:"advanced"` // forward, and completed
	Back             int            `json:"back"`
	Won              int            `json:"won"`
	Lost             int            `json:"lost"`
	Open             int            `json:"open"`
	Reached          int            `json:"reached"`      // deals that came here or further
	Skipped          int            `json:"skipped"`      // moves that passed it over
	Overrides        int            `json:"overrides"`    // moves out of it by override: the gate was not met
	AdvanceRate      Num            `json:"advance_rate"` // (advanced + won) / settled, with its Wilson interval
	AdvanceLow       Num            `json:"advance_low"`
	AdvanceHigh      Num            `json:"advance_high"`
	AdvanceByHorizon Num            `json:"advance_by_horizon"` // cumulative incidence; going back and losing compete
	LostValue        map[string]Num `json:"lost_value"`         // by currency, in its units

	place     int
	rate      stat.Estimate
	lostMoney money
}

func (r FunnelRow) settled() int { return r.Entries - r.Open }

type funnelBody struct {
	h        *History
	rows     []FunnelRow
	horizon  float64
	extended bool
}

// funnel follows deals through the stages.
func funnel(h *History, o Options) Body {
	b := funnelBody{h: h, rows: []FunnelRow{}, horizon: o.horizon()}
	sums, times := h.sums(), h.times()
	all, reached := sums.stages, sums.reached(h.Process)
	for _, i := range h.shown(func(i int) bool { return all[i].entries+all[i].skipped+all[i].overrides > 0 }) {
		v := &all[i]
		e := stat.Wilson(v.advanced+v.won, v.settled())
		by, extended := 0.0, false
		times.stages[i].sample(h.AsOf, func(s *stat.Sample) {
			by, extended = s.IncidenceValue(b.horizon, exitForward, exitWon, exitCompleted)
		})
		b.extended = b.extended || extended
		b.rows = append(b.rows, FunnelRow{
			Stage: h.Stages[i], Entries: v.entries, Advanced: v.advanced, Back: v.back, Won: v.won, Lost: v.lost, Open: v.open,
			Reached: reached[i], Skipped: v.skipped, Overrides: v.overrides, AdvanceRate: Num(e.Value), AdvanceLow: Num(e.Low), AdvanceHigh: Num(e.High),
			AdvanceByHorizon: Num(by), LostValue: v.lostValue.money().units(), place: i, rate: e, lostMoney: v.lostValue.money(),
		})
	}
	return b
}

// reached returns how many deals came to each stage or to a later one.
func (t *sums) reached(p *sales.Process) []int {
	out, n := make([]int, len(t.stages)), len(p.Stages)
	for place := len(out) - 1; place >= 0; place-- {
		switch v := &t.stages[place]; {
		case place >= n: // removed stages have no order: who was there reached them
			out[place] = v.deals
		case place == n-1:
			out[place] = v.furthest
		default:
			out[place] = v.furthest + out[place+1]
		}
	}
	return out
}

func (b funnelBody) Rows() any { return b.rows }

func (b funnelBody) Lead(p text.Printer) string {
	n, won := len(b.h.Deals), b.h.won()
	if n == 0 {
		return p.T("No deals yet.")
	}
	if won >= len(b.rows) {
		return p.N(n, "%d deal so far.", "%d deals so far.")
	}
	of, name, open := p.N(n, "%d deal", "%d deals"), b.h.stageName(won, p), stillOpen(p, b.h.open())
	if b.rows[won].Reached == 0 {
		return p.T("Of %s, none came as far as %s; %s.", of, name, open)
	}
	return p.T("Of %s, %d came as far as %s; %s.", of, b.rows[won].Reached, name, open)
}

func (b funnelBody) Table(p text.Printer) Table {
	t := Table{Caption: p.T("Funnel"), Columns: []Column{
		{Title: p.T("Stage")}, {Title: p.T("Reached"), Right: true}, {Title: p.T("Rate"), Right: true}, {Title: p.T("Entered"), Right: true}, {Title: p.T("Moved on"), Right: true},
		{Title: p.T("Back"), Right: true}, {Title: p.T("Lost"), Right: true}, {Title: p.T("Open now"), Right: true}, {Title: p.T("Skipped"), Right: true},
		{Title: p.T("Value lost"), Right: true},
	}}
	for _, r := range b.rows {
		t.Rows = append(t.Rows, []Cell{
			label(b.h.stageName(r.place, p)), count(p, r.Reached), value(rate(p, r.rate, r.settled()), r.rate.Value), count(p, r.Entries), count(p, r.Advanced+r.Won),
			count(p, r.Back), count(p, r.Lost), count(p, r.Open), count(p, r.Skipped), label(r.lostMoney.short(p)),
		})
	}
	return t
}

// heads are the stages after the first one, up to the win.
func (b funnelBody) heads(p text.Printer) []Column {
	out := []Column{{Title: p.T("Deals"), Right: true}}
	for i := 1; i <= b.h.won(); i++ {
		out = append(out, Column{Title: b.h.stageName(i, p), Right: true})
	}
	return append(out, Column{Title: p.T("Lost"), Right: true}, Column{Title: p.T("Open now"), Right: true})
}

func (b funnelBody) cells(p text.Printer) []Cell {
	out := []Cell{count(p, len(b.h.Deals))}
	for i := 1; i <= b.h.won(); i++ {
		out = append(out, count(p, b.rows[i].Reached))
	}
	return append(out, count(p, b.h.count(ended(sales.Lost, nil))), count(p, b.h.open()))
}

func (b funnelBody) Chart(p text.Printer) *Chart {
	if len(b.h.Deals) == 0 {
		return nil
	}
	c := &Chart{Title: p.T("Deals that reached each stage"), Unit: p.T("Deals")}
	s := Series{Name: p.T("Deals")}
	for _, r := range b.rows {
		c.Labels = append(c.Labels, b.h.stageName(r.place, p))
		s.Values = append(s.Values, float64(r.Reached))
	}
	c.Series = []Series{s}
	return c
}

func (b funnelBody) numbers(n *counter) {
	for _, r := range b.rows {
		n.add(b.h.stageName(r.place, n.p), r.Reached, ByStage, r.Stage, Reached)
	}
	for _, r := range b.rows {
		if r.Overrides > 0 {
			n.add(n.p.T("%s, override", b.h.stageName(r.place, n.p)), b.h.count(b.h.overrode(r.place)), ByStage, r.Stage, Overridden)
		}
	}
}

func (b funnelBody) notes() []Note {
	out := extended(b.extended, b.horizon)
	for i := range out {
		out[i].Data = true // advance_by_horizon is not in the table
	}
	rated := slices.ContainsFunc(b.rows, func(r FunnelRow) bool { return r.settled() >= few })
	if n := b.h.open(); n > 0 && rated {
		out = append(out, Note{Say: func(p text.Printer) string {
			return p.N(n, "%d deal is still open; the rate is the share that moved on of the visits that have ended.",
				"%d deals are still open; the rate is the share that moved on of the visits that have ended.")
		}})
	}
	passed := make([]int, len(b.h.Stages))
	for _, r := range b.rows {
		passed[r.place] = r.Overrides
	}
	if slices.ContainsFunc(passed, func(n int) bool { return n > 0 }) {
		out = append(out, Note{Say: func(p text.Printer) string { return b.h.passedText(passed, p) }})
	}
	return out
}
