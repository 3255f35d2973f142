package stat

import "math"

// Incidence returns the Aalen–Johansen cumulative incidence at the horizon: the share that has ended by one of the causes within h,
// all other causes competing. It counts ends at h itself, is carried flat beyond the last observation, and flagged. The
// standard error is the infinitesimal jackknife's and the interval that of the log transform, as R's multi-state survfit
// gives them; an incidence of 0 has no interval. Unknown without observations.
func (s *Sample) Incidence(h float64, causes ...Cause) HorizonEstimate {
	if s.n == 0 || math.IsNaN(h) {
		return HorizonEstimate{unknown(), math.NaN(), false}
	}
	wanted := setOf(causes)
	f, extended := s.incidence(h, wanted)
	se := math.Sqrt(s.incidenceVariance(h, f, wanted))
	return HorizonEstimate{logInterval(f, se/f), se, extended}
}

// IncidenceValue is Incidence without interval and standard error, in half the time.
func (s *Sample) IncidenceValue(h float64, causes ...Cause) (value float64, extended bool) {
	if s.n == 0 || math.IsNaN(h) {
		return math.NaN(), false
	}
	return s.incidence(h, setOf(causes))
}

// Point is a point of a curve that stays at Value from Time on.
type Point struct {
	Time, Value float64
}

// IncidenceCurve returns the cumulative incidence of the causes at each time at which it rises.
func (s *Sample) IncidenceCurve(causes ...Cause) []Point {
	var points []Point
	surviving, f := 1.0, 0.0
	for r := range s.riskSets(setOf(causes)) {
		f += surviving * float64(r.dj) / float64(r.n)
		surviving *= float64(r.n-r.d) / float64(r.n)
		if r.dj > 0 {
			points = append(points, Point{r.time, f})
		}
	}
	return points
}

// incidence returns F(h), and whether it was carried flat to h.
func (s *Sample) incidence(h float64, wanted *causeSet) (f float64, extended bool) {
	surviving, end := 1.0, 0.0
	for r := range s.riskSets(wanted) {
		end = r.time
		if r.time > h {
			break
		}
		f += surviving * float64(r.dj) / float64(r.n)
		surviving *= float64(r.n-r.d) / float64(r.n)
	}
	return f, end < h && surviving > 0
}

// incidenceVariance returns the sum of the squared influences of the observations on F(h) = f. An observation pushes F up when it
// ends by a wanted cause, by S/n; it changes the hazards of all times at which it is at risk; and through S it changes what later
// times may add, f − F. So its influence is what has accumulated for all that were at risk so long, and its own end.
func (s *Sample) incidenceVariance(h, f float64, wanted *causeSet) float64 {
	surviving, reached := 1.0, 0.0 // S just before, F
	atRisk, variance, left := 0.0, 0.0, s.n
	for r := range s.riskSets(wanted) {
		if r.time > h {
			break
		}
		n := float64(r.n)
		hazard, wantedHazard := float64(r.d)/n, float64(r.dj)/n
		direct := surviving / n
		reached += surviving * wantedHazard
		surviving *= float64(r.n-r.d) / n
		later := 0.0
		if r.d < r.n {
			later = (f - reached) / float64(r.n-r.d)
		}
		atRisk += later*hazard - direct*wantedHazard
		variance += float64(r.c)*square(atRisk) +
			float64(r.d-r.dj)*square(atRisk-later) +
			float64(r.dj)*square(atRisk-later+direct)
		left -= r.c + r.d
	}
	return variance + float64(left)*square(atRisk)
}

func square(x float64) float64 { return x * x }
