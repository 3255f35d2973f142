package reports

import (
	"cmp"
	"math"
	"slices"

	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// seed makes every bootstrap repeatable.
const seed = 20260101

// surely is the share of bootstraps in which a stage must be first to be named.
const surely = 0.975

// ranking says which stages take most of the deal-days before the win.
type ranking struct {
	places []int     // stages before the win, most days first
	days   []float64 // by place: open time included
	firsts []float64 // by place: share of bootstraps in which it was first
	total  float64   // days in all stages before the win
	visits []int     // by place
}

// span is a stretch of the calendar in Unix milliseconds.
type span struct{ from, to int64 }

// clip returns how much of a stay lies in the span, in milliseconds.
func (w span) clip(s *Stay) int64 { return max(0, min(s.Left, w.to)-max(s.Entered, w.from)) }

// touches reports whether the stay was going on at some time in the span.
func (w span) touches(s *Stay) bool {
	return s.Entered < w.to && (s.Left > w.from || s.Exit == stat.Censored)
}

// touches reports whether the deal was in some stage at some time in the span.
func (d *Deal) touches(w span) bool {
	if d.latest <= w.from && !d.standing() {
		return false // as most of a long history
	}
	return slices.ContainsFunc(d.stays, func(s Stay) bool { return w.touches(&s) })
}

// spent is the time that units of a bootstrap spent in each stage: deals or, when those are
// many, fixed groups of them.
type spent struct {
	units  [][]int64 // milliseconds, by place
	visits []int     // by place
}

func newSpent(units, stages int) spent {
	out, all := spent{make([][]int64, units), make([]int, stages)}, make([]int64, units*stages)
	for i := range out.units {
		out.units[i], all = all[:stages:stages], all[stages:]
	}
	return out
}

// during returns the deals that were in some stage in the span.
func (h *History) during(w span) []*Deal {
	var out []*Deal
	for _, d := range h.Deals {
		if d.touches(w) {
			out = append(out, d)
		}
	}
	return out
}

// spent returns what these deals spent in the stages in the span.
func (h *History) spent(deals []*Deal, w span) spent {
	grouped := len(deals) > stat.MaxUnits
	units := len(deals)
	if grouped {
		units = stat.HashGroups
	}
	out := newSpent(units, len(h.Stages))
	for unit, d := range deals {
		if grouped {
			unit = d.group()
		}
		for i := range d.stays {
			if s := &d.stays[i]; w.touches(s) {
				out.units[unit][s.Stage] += w.clip(s)
				out.visits[s.Stage]++
			}
		}
	}
	return out
}

// spentEver is spent in all time; of many deals the sums know it.
func (h *History) spentEver(t *sums) spent {
	cut := h.AsOf.UnixMilli()
	if t.timed <= stat.MaxUnits {
		w := span{math.MinInt64, cut}
		return h.spent(h.during(w), w)
	}
	out := newSpent(stat.HashGroups, len(h.Stages))
	for i, group := range t.groups {
		for place := range group {
			out.units[i][place] = group[place].at(cut)
		}
	}
	for place := range t.stages {
		out.visits[place] = t.stages[place].entries
	}
	return out
}

// group is the deal's fixed group.
func (d *Deal) group() int { return int(stat.HashGroup(uint64(d.ID), stat.HashGroups)) }

// slowest ranks the stages before the win by the time that was spent in them.
func (h *History) slowest(t spent) ranking {
	r := ranking{days: make([]float64, len(h.Stages)), firsts: make([]float64, len(h.Stages)), visits: t.visits}
	for i := range h.Stages {
		if h.beforeWin(i) {
			r.places = append(r.places, i)
		}
	}
	sums, totals := make([]int64, len(h.Stages)), make([][]float64, len(t.units))
	for i, unit := range t.units {
		totals[i] = make([]float64, len(r.places))
		for column, place := range r.places {
			totals[i][column] = days(unit[place])
			sums[place] += unit[place]
		}
	}
	for _, place := range r.places {
		r.days[place] = days(sums[place])
		r.total += r.days[place]
	}
	for i, share := range stat.FirstShares(seed, stat.Rounds, totals) {
		r.firsts[r.places[i]] = share
	}
	slices.SortStableFunc(r.places, func(a, b int) int { return cmp.Compare(r.days[b], r.days[a]) })
	return r
}

// share returns the stage's share of all deal-days before the win; unknown without any.
func (r ranking) share(place int) float64 { return r.days[place] / r.total }

// candidates returns the stages of which one takes most of the time: the fewest
// that were first in 97.5 % of the bootstraps together. None, when there is too little to say.
func (r ranking) candidates() []int {
	if len(r.places) == 0 || r.total == 0 || r.visits[r.places[0]] < enough {
		return nil
	}
	byFirsts := slices.Clone(r.places)
	slices.SortStableFunc(byFirsts, func(a, b int) int { return cmp.Compare(r.firsts[b], r.firsts[a]) })
	sum := 0.0
	for i, place := range byFirsts {
		if sum += r.firsts[place]; sum >= surely {
			return byFirsts[:i+1]
		}
	}
	return byFirsts
}

// leaders returns the stages of which people read why they take long, most days first: the one that takes most of
// the time, or two of those that cannot be told apart; none with so few visits that people see counts only.
func (r ranking) leaders() []int {
	candidates := r.candidates()
	if candidates == nil {
		candidates = r.places[:min(1, len(r.places))]
	}
	var out []int
	for _, place := range r.places {
		if slices.Contains(candidates, place) && r.visits[place] >= few && r.days[place] > 0 && len(out) < 2 {
			out = append(out, place)
		}
	}
	return out
}

// sentence says where deals spend their time, as far as can be told.
func (r ranking) sentence(h *History, p text.Printer) string {
	switch c := r.candidates(); len(c) {
	case 0:
		return p.Sentences(p.T("Not enough history to say where deals spend their time."), r.needs(h, p))
	case 1:
		return p.T("Deals spend more time in %s than anywhere else: %s of the time of all deals.", h.stageName(c[0], p), p.Percent(r.share(c[0]), 0))
	default:
		return p.T("%s cannot be told apart: each of them may take the most time.", p.List(h.stageNames(c, p)))
	}
}

// needs says how much history there must be before a stage is named.
func (r ranking) needs(h *History, p text.Printer) string {
	if len(r.places) == 0 || r.total == 0 {
		return p.T("Move deals from stage to stage, and it will show.")
	}
	top := r.places[0]
	return p.T("%d visits to %s are needed (now %d): move deals on as soon as they are ready.", enough, h.stageName(top, p), r.visits[top])
}

// short names the stage with most of the time, or those of which one may be it: "Demo (39%)", "Demo or Offer".
func (r ranking) short(h *History, p text.Printer) string {
	switch c := r.candidates(); len(c) {
	case 0:
		return dash
	case 1:
		return p.T("%s (%s)", h.stageName(c[0], p), p.Percent(r.share(c[0]), 0))
	case 2:
		return p.T("%s or %s", h.stageName(c[0], p), h.stageName(c[1], p))
	default:
		return p.T("cannot be told")
	}
}

func (h *History) stageNames(places []int, p text.Printer) []string {
	var out []string
	for _, i := range places {
		out = append(out, h.stageName(i, p))
	}
	return out
}
