package reports

import (
	"cmp"
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

// clip returns how much of a stay lies in the span, in days.
func (w span) clip(s *Stay) float64 { return max(0, days(min(s.Left, w.to)-max(s.Entered, w.from))) }

// touches reports whether the stay was going on at some time in the span.
func (w span) touches(s *Stay) bool {
	return s.Entered < w.to && (s.Left > w.from || s.Exit == stat.Censored)
}

// units returns the unit of bootstraps for each deal, and how many there are:
// the deals that have stays in the span or, when those are many, fixed groups of them.
func (h *History) units(w span) (unit []int32, n int) {
	unit = make([]int32, len(h.Deals))
	for i := range unit {
		unit[i] = -1
	}
	for s, deal := range h.each {
		if unit[deal] < 0 && w.touches(s) {
			unit[deal] = int32(n)
			n++
		}
	}
	if n <= stat.MaxUnits {
		return unit, n
	}
	for i := range unit {
		if unit[i] >= 0 {
			unit[i] = stat.HashGroup(uint64(h.Deals[i].ID), stat.HashGroups)
		}
	}
	return unit, stat.HashGroups
}

// slowest ranks the stages before the win by their deal-days in the span.
func (h *History) slowest(w span) ranking {
	r := ranking{days: make([]float64, len(h.Stages)), firsts: make([]float64, len(h.Stages)), visits: make([]int, len(h.Stages))}
	column := make([]int, len(h.Stages))
	for i := range h.Stages {
		column[i] = -1
		if h.beforeWin(i) {
			column[i] = len(r.places)
			r.places = append(r.places, i)
		}
	}
	unit, n := h.units(w)
	totals := make([][]float64, n)
	for i := range totals {
		totals[i] = make([]float64, len(r.places))
	}
	for s, deal := range h.each {
		if column[s.Stage] < 0 || !w.touches(s) {
			continue
		}
		d := w.clip(s)
		totals[unit[deal]][column[s.Stage]] += d
		r.days[s.Stage] += d
		r.visits[s.Stage]++
		r.total += d
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

// sentence says where deals spend their time, as far as can be told.
func (r ranking) sentence(h *History, p text.Printer) string {
	switch c := r.candidates(); len(c) {
	case 0:
		return p.T("Not enough history to say where deals spend their time.")
	case 1:
		return p.T("Deals spend more time in %s than anywhere else: %s of the time of all deals.", h.stageName(c[0], p), p.Percent(r.share(c[0]), 0))
	default:
		return p.T("%s cannot be told apart: each of them may take the most time.", p.List(h.stageNames(c, p)))
	}
}

func (h *History) stageNames(places []int, p text.Printer) []string {
	var out []string
	for _, i := range places {
		out = append(out, h.stageName(i, p))
	}
	return out
}
