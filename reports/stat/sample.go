package stat

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// Cause says what ended an observation: Censored, or a number of the caller's.
type Cause uint8

// Censored is the cause of an observation whose end has not been seen.
const Censored Cause = 0

// Observation is one time until an end.
type Observation struct {
	Time  float64 // from 0, in the caller's unit
	Group int32   // what a bootstrap draws: a deal, or a fixed group of deals; see Resample
	Cause Cause
}

// Sample is a set of observations in order of time. It is safe for concurrent use.
type Sample struct {
	obs       []Observation
	tolerance float64 // neighbours at most this far apart are tied
	counts    []int32 // how often each group counts; nil means once
	n         int
}

// NewSample sorts observations, which it takes over, and returns them as a sample. Those whose time is not a duration (negative,
// infinite, NaN) are left out; N tells. 16 bytes an observation. Large ones are quickest in order of time.
func NewSample(obs []Observation) *Sample {
	if !ordered(obs) {
		obs = slices.DeleteFunc(obs, func(o Observation) bool { return !(o.Time >= 0 && o.Time <= math.MaxFloat64) })
		slices.SortStableFunc(obs, func(a, b Observation) int { return cmp.Compare(a.Time, b.Time) })
	}
	return &Sample{obs: obs, tolerance: tieTolerance(obs), n: len(obs)}
}

// ordered reports whether the observations are durations, and sorted.
func ordered(obs []Observation) bool {
	last := 0.0
	for i := range obs {
		if !(obs[i].Time >= last) {
			return false
		}
		last = obs[i].Time
	}
	return last <= math.MaxFloat64
}

// Resample returns the sample in which each observation counts as often as counts says for its group. It shares the observations:
// a round of a bootstrap costs one pass.
func (s *Sample) Resample(counts []int32) *Sample {
	r := *s
	r.counts, r.n = counts, 0
	for i := range s.obs {
		r.n += int(counts[s.obs[i].Group])
	}
	return &r
}

// N returns the number of observations.
func (s *Sample) N() int { return s.n }

// Count returns the number of observations that ended by one of the causes; of Censored, the number still open.
func (s *Sample) Count(causes ...Cause) int {
	wanted := setOf(causes)
	n := 0
	for i := range s.obs {
		if wanted[s.obs[i].Cause] {
			n += s.weight(i)
		}
	}
	return n
}

// Times returns the times that ended by one of the causes, ascending, ready for Quantile. A resampled sample repeats them.
func (s *Sample) Times(causes ...Cause) []float64 {
	wanted := setOf(causes)
	times := make([]float64, 0, s.Count(causes...))
	for i := range s.obs {
		if wanted[s.obs[i].Cause] {
			for range s.weight(i) {
				times = append(times, s.obs[i].Time)
			}
		}
	}
	return times
}

func (s *Sample) weight(i int) int {
	if s.counts == nil {
		return 1
	}
	return int(s.counts[s.obs[i].Group])
}

// riskSet is what happens at one distinct time: of the n at risk, d end, dj of them by a wanted cause, and c are censored just
// after.
type riskSet struct {
	time        float64
	n, d, dj, c int
}

// riskSets walks over the distinct times, ascending.
func (s *Sample) riskSets(wanted *causeSet) iter.Seq[riskSet] {
	return func(yield func(riskSet) bool) {
		n := s.n
		for i := 0; i < len(s.obs); {
			r := riskSet{time: s.obs[i].Time, n: n}
			for last := r.time; i < len(s.obs) && s.obs[i].Time-last <= s.tolerance; i++ {
				last = s.obs[i].Time
				w, cause := s.weight(i), s.obs[i].Cause
				switch {
				case cause == Censored:
					r.c += w
				case wanted[cause]:
					r.dj += w
					r.d += w
				default:
					r.d += w
				}
			}
			n -= r.c + r.d
			if r.c+r.d > 0 && !yield(r) {
				return
			}
		}
	}
}

// causeSet is the causes that are asked for.
type causeSet [256]bool

func setOf(causes []Cause) *causeSet {
	var set causeSet
	for _, c := range causes {
		set[c] = true
	}
	return &set
}

// tieTolerance returns how far apart two neighbouring times are still one, as R's survival has it: times that differ only by
// rounding must not be ordered by it.
func tieTolerance(obs []Observation) float64 {
	const relative = 1.4901161193847656e-8 // the square root of the machine's epsilon
	sum, distinct := 0.0, 0
	for i := range obs {
		if i == 0 || obs[i].Time != obs[i-1].Time {
			sum += obs[i].Time
			distinct++
		}
	}
	if distinct == 0 {
		return relative
	}
	return relative * math.Max(1, sum/float64(distinct))
}
