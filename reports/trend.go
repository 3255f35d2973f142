package reports

import (
	"math"
	"math/rand/v2"

	"pipewright/reports/stat"
)

// minWeeks is over how many whole weeks waiting must have been seen to call it growing.
const minWeeks = 8

// trend is how a stage's work in progress ÷ arrivals goes from week to week: how
// long deals wait, and not how much demand there is.
type trend struct {
	ratios []float64 // at the ends of weeks, in weeks of arrivals
}

// trend looks at the whole weeks of the span from one p90 stay after the first deal on,
// when the stage has filled.
func (f *flow) trend(w span) trend {
	w.from = max(w.from, f.filled())
	if w.to-w.from < minWeeks*weekMillis {
		return trend{}
	}
	weeks := int((w.to - w.from) / weekMillis)
	w.from = w.to - int64(weeks)*weekMillis
	wip, arrivals := make([]float64, weeks+1), make([]float64, weeks)
	// The first end of a week that is not before t.
	next := func(t int64) int64 { return min(int64(weeks)+1, (max(t, w.from)-w.from+weekMillis-1)/weekMillis) }
	changes := make([]float64, weeks+2) // of the work in progress, from one end of a week to the next
	for _, s := range f.stays {
		if !w.touches(s) {
			continue
		}
		if s.Entered >= w.from {
			arrivals[(s.Entered-w.from)/weekMillis]++
		}
		changes[next(s.Entered)]++
		changes[next(max(s.Entered, s.Left))]--
	}
	sum := 0.0
	for i := range wip {
		sum += changes[i]
		wip[i] = sum
	}
	return newTrend(wip, arrivals)
}

// newTrend divides by arrivals as a line through them has it, since those of one week
// are mostly chance.
func newTrend(wip, arrivals []float64) trend {
	slope, mean := line(arrivals)
	centre := float64(len(arrivals)) / 2
	var t trend
	for i, n := range wip {
		demand := mean + slope*(float64(i)-centre)
		if demand <= 0 {
			return trend{}
		}
		t.ratios = append(t.ratios, n/demand)
	}
	return t
}

// slope returns the growth each week of the least-squares line; unknown below minWeeks.
func (t trend) slope() float64 {
	if len(t.ratios) <= minWeeks {
		return math.NaN()
	}
	slope, _ := line(t.ratios)
	return slope
}

// grows reports whether the bootstrap's 95 % lower bound of the slope lies above 0. What
// is drawn are the changes from week to week, so that the bound is that of a random
// walk: work in progress wanders, and in a busy but stable queue it wanders far.
func (t trend) grows() bool {
	slope := t.slope()
	n := len(t.ratios) - 1
	if !(slope > 0) {
		return false
	}
	mean := (t.ratios[n] - t.ratios[0]) / float64(n)
	widen := math.Sqrt(float64(n) / float64(n-1)) // a sample varies less around its own mean
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	chance, path := make([]float64, stat.Rounds), make([]float64, n+1)
	for i := range chance {
		for j := range n {
			k := rng.IntN(n)
			path[j+1] = path[j] + widen*(t.ratios[k+1]-t.ratios[k]-mean)
		}
		chance[i], _ = line(path)
	}
	return slope > stat.Quantiles(chance, stat.Level)[0]
}

// line returns the slope and the mean of the least-squares line through values at 0, 1, 2 …
func line(values []float64) (slope, mean float64) {
	n := float64(len(values))
	var sxx, sxy, sum float64
	for i, v := range values {
		x := float64(i) - (n-1)/2
		sxx, sxy, sum = sxx+x*x, sxy+x*v, sum+v
	}
	return sxy / sxx, sum / n
}

// filled returns when the stage had filled: one p90 stay after its first deal came.
func (f *flow) filled() int64 {
	p90 := f.times.quantile(0.9)
	if !stat.Known(p90) {
		return math.MaxInt64
	}
	return f.first + int64(p90*dayMillis)
}
