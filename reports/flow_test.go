package reports

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"pipewright/reports/stat"
)

// Little's law holds over any window, as an identity: the average number there is what came in, times how
// much of the window one of them was there. Nobody appears or goes lost on the way.
func TestLittlesLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyScript(t).history(rapid.Float64Range(20, 120).Draw(t, "as of"))
		from := rapid.Float64Range(0, 60).Draw(t, "from")
		o := Options{AsOf: h.AsOf, From: at(from), To: at(from + rapid.Float64Range(1, 60).Draw(t, "length"))}
		w := o.window()
		if w.from >= w.to {
			t.Skip("the window ends before it begins")
		}
		for _, row := range bottleneck(h, o).(bottleneckBody).rows {
			before, in, out, time := 0, 0, 0, 0.0
			var changes []int64 // instants at which the number there changes
			for s := range h.each {
				if h.Stages[s.Stage] != row.Stage || !w.touches(s) {
					continue
				}
				if s.Entered < w.from {
					before++
				} else {
					in++
				}
				if s.Exit != stat.Censored && s.Left < w.to {
					out++
				}
				time += days(w.clip(s))
				changes = append(changes, s.Entered, s.Left)
			}
			if before+in-out != row.WIPNow {
				t.Fatalf("%s: %d and %d in and %d out leave %d", row.Stage, before, in, out, row.WIPNow)
			}
			length := days(w.to - w.from)
			same := func(what string, got Num, want float64) {
				if math.Abs(float64(got)-want) > 1e-9*max(1, math.Abs(want)) {
					t.Fatalf("%s: %s is %v, want %v", row.Stage, what, got, want)
				}
			}
			same("arrivals", row.Arrivals, float64(in)/length)
			same("departures", row.Departures, float64(out)/length)
			if n := before + in; n > 0 { // L = λ·W, of those that were there
				same("average", row.WIPMean, float64(n)/length*(time/float64(n)))
			}
			same("average", row.WIPMean, countedMean(h, row.Stage, w, changes))
		}
	})
}

// countedMean goes from change to change and counts who is there.
func countedMean(h *History, stage string, w span, changes []int64) float64 {
	changes = append(changes, w.from, w.to)
	slices.Sort(changes)
	sum := 0.0
	for i, begin := range changes[:len(changes)-1] {
		end := changes[i+1]
		if begin < w.from || end > w.to || begin == end {
			continue
		}
		n := 0
		for s := range h.each {
			if h.Stages[s.Stage] == stage && s.Entered <= begin && s.Left >= end {
				n++
			}
		}
		sum += float64(n) * days(end-begin)
	}
	return sum / days(w.to-w.from)
}

// The intervals that reports give hold the truth as often as they promise, over histories in which
// the newest deals are open. They fail when so few (or many) of them hold it that a true coverage of 94 % (or 97 %)
// would show less than once in a thousand times.
func TestReportsCoverKnownTruth(t *testing.T) {
	const kept = 0.8 // of those that leave a stage
	w := world{perDay: 1.5, mean: []float64{3, 5, 8}, workers: []int{0, 0, 0}, lost: 1 - kept, days: 180}
	covered := map[string]int{}
	hold := func(what string, truth, low, high Num) {
		covered[what] += ones(low <= truth && truth <= high)
	}
	n := max(100, histories())
	for seed := range n {
		h := w.simulate(uint64(seed) + 5000)
		o := Options{AsOf: h.AsOf}
		steps := funnel(h, o).Rows().([]FunnelRow)
		for i, row := range stages(h, o).Rows().([]StagesRow)[:3] {
			hold("median of "+row.Stage, Num(w.mean[i]*math.Ln2), row.KMLow, row.KMHigh)
			hold("share that leaves "+row.Stage+" for the next", kept, steps[i].AdvanceLow, steps[i].AdvanceHigh)
		}
		out := outcomes(h, o).(OutcomesRow)
		hold("won within 30 days", Num(kept*kept*kept*withinAll(w.mean, 30)), Num(out.winBy.Low), Num(out.winBy.High))
	}
	for _, what := range sortedKeys(covered) {
		k := float64(covered[what])
		t.Logf("%s: %.1f %% of %d", what, 100*k/float64(n), n)
		few := distuv.Binomial{N: float64(n), P: 0.94}.CDF(k)
		many := 1 - distuv.Binomial{N: float64(n), P: 0.97}.CDF(k-1)
		if few < 0.001 || many < 0.001 {
			t.Errorf("%s: %.1f %% of the intervals hold the truth", what, 100*k/float64(n))
		}
	}
}

// withinAll is the probability that exponential times of these means, one after the other, are over by then.
func withinAll(means []float64, by float64) float64 {
	p := 1.0
	for i, a := range means {
		term := math.Exp(-by / a)
		for j, b := range means {
			if j != i {
				term *= a / (a - b)
			}
		}
		p -= term
	}
	return p
}
