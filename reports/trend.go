package reports

import (
	"math"

	"pipewright/reports/stat"
)

// A trend is seen over at least minWeeks whole weeks. Arrivals are those of the
// last smoothWeeks, since those of one week may be none.
const (
	minWeeks    = 8
	smoothWeeks = 4
)

// weeks returns what was in a stage and came to it week by week, counted from one p90
// stay after the first deal, when the stage has filled.
func (h *History) weeks(place int, w span) *weekTable {
	w.from = max(w.from, h.filled(place))
	if w.from >= w.to {
		return newWeekTable(0, 0)
	}
	weeks := int((w.to - w.from) / weekMillis)
	w.from = w.to - int64(weeks)*weekMillis
	unit, n := h.units(span{w.from - (smoothWeeks-1)*weekMillis, w.to})
	table := newWeekTable(weeks, n)
	for i := range h.Stays {
		if s := &h.Stays[i]; int(s.Stage) == place && unit[s.Deal] >= 0 {
			table.add(unit[s.Deal], s, w)
		}
	}
	return table
}

// filled returns when the stage had filled: one p90 stay after its first deal came.
func (h *History) filled(place int) int64 {
	first := int64(math.MaxInt64)
	var obs []stat.Observation
	for i := range h.Stays {
		if s := &h.Stays[i]; int(s.Stage) == place {
			first = min(first, s.Entered)
			obs = append(obs, stat.Observation{Time: s.Days(), Cause: s.Exit})
		}
	}
	if len(obs) == 0 {
		return math.MaxInt64
	}
	p90 := stat.Quantile(stat.NewSample(obs).Times(exitForward, exitBack, exitWon, exitLost, exitCompleted), 0.9)
	if !stat.Known(p90) {
		return math.MaxInt64
	}
	return first + int64(p90*86_400_000)
}

// weekTable holds deal-days in each week, and arrivals in each week and the
// smoothWeeks − 1 before, unit by unit.
type weekTable struct {
	weeks    int
	days     [][]float64
	arrivals [][]float64
}

func newWeekTable(weeks, units int) *weekTable {
	return &weekTable{weeks: weeks, days: make([][]float64, units), arrivals: make([][]float64, units)}
}

func (t *weekTable) add(unit int32, s *Stay, w span) {
	if t.days[unit] == nil {
		t.days[unit], t.arrivals[unit] = make([]float64, t.weeks), make([]float64, t.weeks)
	}
	for i := range t.weeks {
		week := span{w.from + int64(i)*weekMillis, w.from + int64(i+1)*weekMillis}
		t.days[unit][i] += week.clip(s)
		if s.Entered >= week.from-(smoothWeeks-1)*weekMillis && s.Entered < week.to {
			t.arrivals[unit][i]++
		}
	}
}

// slope returns by how much work in progress ÷ arrivals grows each week: how much
// longer deals wait, and not how much more demand there is. Unknown below minWeeks.
func (t *weekTable) slope() float64 {
	once := make([]int32, len(t.days))
	for i := range once {
		once[i] = 1
	}
	return t.fit(once)
}

// interval resamples the units for the slope's bootstrap interval.
func (t *weekTable) interval() stat.Estimate {
	var draws []float64
	stat.Bootstrap(seed, stat.Rounds, len(t.days), func(counts []int32) { draws = append(draws, t.fit(counts)) })
	return stat.Percentiles(draws)
}

// fit returns the least-squares slope of work in progress ÷ arrivals over the
// weeks that had arrivals.
func (t *weekTable) fit(counts []int32) float64 {
	days, arrivals := make([]float64, t.weeks), make([]float64, t.weeks)
	for unit, n := range counts {
		if n == 0 || t.days[unit] == nil {
			continue
		}
		for i := range t.weeks {
			days[i] += float64(n) * t.days[unit][i]
			arrivals[i] += float64(n) * t.arrivals[unit][i]
		}
	}
	var n, sx, sy, sxx, sxy float64
	for i := range t.weeks {
		if arrivals[i] > 0 {
			x, y := float64(i), (days[i]/7)/(arrivals[i]/smoothWeeks)
			n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
		}
	}
	if n < minWeeks {
		return math.NaN()
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
