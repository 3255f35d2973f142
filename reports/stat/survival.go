package stat

import "math"

// kaplanMeier is the curve while it is walked: S, and Greenwood's sum, the variance of log S.
type kaplanMeier struct {
	s, variance float64
}

func (k *kaplanMeier) add(r riskSet) {
	n, left := float64(r.n), float64(r.n-r.d)
	k.s *= left / n
	if r.d > 0 {
		k.variance += float64(r.d) / (n * left)
	}
}

// above reports whether the curve and both its limits are certainly greater than y: exp(-x) is at least 1 - x, which is quicker.
func (k *kaplanMeier) above(y float64) bool {
	const margin = 1e-6
	return k.s*(1-z*math.Sqrt(k.variance)) > y+margin
}

func (k *kaplanMeier) estimate() Estimate { return logInterval(k.s, math.Sqrt(k.variance)) }

// Step is one distinct time of a Kaplan–Meier curve: S is Survival from Time on, until the next step.
type Step struct {
	Time                    float64
	AtRisk, Ended, Censored int
	Survival                Estimate
}

// Curve returns the Kaplan–Meier curve, any cause an event: one step for each distinct time. Before the first, S is 1.
func (s *Sample) Curve() []Step {
	var steps []Step
	km := kaplanMeier{s: 1}
	for r := range s.riskSets(&causeSet{}) {
		km.add(r)
		steps = append(steps, Step{r.time, r.n, r.d, r.c, km.estimate()})
	}
	return steps
}

// Survival returns S(t), the share that lasts longer than t, with the log interval; unknown without observations. It is
// carried flat beyond the last observation, and flagged. At S = 0 neither interval nor standard error is known.
func (s *Sample) Survival(t float64) HorizonEstimate {
	if s.n == 0 {
		return HorizonEstimate{unknown(), math.NaN(), false}
	}
	km, end := kaplanMeier{s: 1}, 0.0
	for r := range s.riskSets(&causeSet{}) {
		end = r.time
		if r.time > t {
			break
		}
		km.add(r)
	}
	return HorizonEstimate{km.estimate(), km.s * math.Sqrt(km.variance), end < t && km.s > 0}
}

// Median returns the Kaplan–Meier median, any cause an event, with the interval from the log transform. Value and limits are each
// NaN when not reached.
func (s *Sample) Median() Estimate {
	value, low, high := newCrossing(), newCrossing(), newCrossing()
	km := kaplanMeier{s: 1}
	for r := range s.riskSets(&causeSet{}) {
		if r.d == 0 {
			continue
		}
		km.add(r)
		if km.above(0.5) {
			continue
		}
		e := km.estimate()
		value.add(r.time, e.Value)
		low.add(r.time, e.Low) // the lower curve crosses first
		high.add(r.time, e.High)
		if value.done && low.done && high.done {
			break
		}
	}
	return Estimate{value.at, low.at, high.at}
}

// crossing finds where a falling curve crosses one half: the midpoint, when it is flat there.
type crossing struct {
	at, level float64
	done      bool
}

func newCrossing() crossing { return crossing{at: math.NaN()} }

func (c *crossing) add(time, y float64) {
	const tolerance = 1.4901161193847656e-8
	switch {
	case c.done || math.IsNaN(y):
	case math.IsNaN(c.at) && y < 0.5+tolerance:
		c.at, c.level = time, y
		c.done = math.Abs(y-0.5) >= tolerance
	case y < c.level:
		c.at, c.done = (c.at+time)/2, true
	}
}

// RMST returns the restricted mean, the area under S up to the horizon, any cause an event: how long of the first h units an
// observation lasts on average. S is carried flat to h where the data end before it, and flagged. The interval is
// the normal one within 0 and h, and unknown where nothing varies (one event, or none). Unknown without observations or horizon.
func (s *Sample) RMST(h float64) HorizonEstimate {
	if s.n == 0 || !(h > 0) {
		return HorizonEstimate{unknown(), math.NaN(), false}
	}
	mean, extended := s.area(h)
	// The variance weighs each event by the area that it takes away: that from its time to h.
	km, last, area, variance := kaplanMeier{s: 1}, 0.0, 0.0, 0.0
	for r := range s.riskSets(&causeSet{}) {
		if r.time > h {
			break
		}
		area += km.s * (r.time - last)
		km.add(r)
		last = r.time
		if left := r.n - r.d; left > 0 {
			rest := mean - area
			variance += rest * rest * float64(r.d) / (float64(r.n) * float64(left))
		}
	}
	e := HorizonEstimate{Estimate{mean, math.NaN(), math.NaN()}, math.Sqrt(variance), extended}
	if variance > 0 {
		e.Low, e.High = math.Max(0, mean-z*e.StdErr), math.Min(h, mean+z*e.StdErr)
	}
	return e
}

// RMSTValue is RMST without interval and standard error, in half the time.
func (s *Sample) RMSTValue(h float64) (value float64, extended bool) {
	if s.n == 0 || !(h > 0) {
		return math.NaN(), false
	}
	return s.area(h)
}

// area returns the area under S up to h, and whether S was carried flat to get there.
func (s *Sample) area(h float64) (area float64, extended bool) {
	km, last := kaplanMeier{s: 1}, 0.0
	for r := range s.riskSets(&causeSet{}) {
		if r.time >= h {
			return area + km.s*(h-last), false
		}
		area += km.s * (r.time - last)
		km.add(r)
		last = r.time
	}
	return area + km.s*(h-last), km.s > 0
}
