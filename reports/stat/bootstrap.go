package stat

import (
	"math"
	"math/rand/v2"
)

// Rounds is how many resamples a bootstrap draws, if there is no reason for another number.
const Rounds = 2000

// Above MaxUnits deals, not deals are drawn but HashGroups fixed groups of deals.
const (
	MaxUnits   = 5000
	HashGroups = 1000
)

// HashGroup returns the group, below groups, to which the thing with this number always belongs.
func HashGroup(id uint64, groups int) int32 {
	// Mixed as in SplitMix64, since neighbouring numbers must not be neighbours in groups.
	id += 0x9e3779b97f4a7c15
	id = (id ^ id>>30) * 0xbf58476d1ce4e5b9
	id = (id ^ id>>27) * 0x94d049bb133111eb
	return int32((id ^ id>>31) % uint64(groups))
}

// Bootstrap draws, for each round, as many units as there are, with replacement, and calls f with how often each was drawn. f must
// not keep counts. The same seed always draws the same.
func Bootstrap(seed uint64, rounds, units int, f func(counts []int32)) {
	if units < 1 {
		return
	}
	rng := rand.New(rand.NewPCG(seed, uint64(units)))
	counts := make([]int32, units)
	for range rounds {
		clear(counts)
		for range units {
			counts[rng.IntN(units)]++
		}
		f(counts)
	}
}

// FirstShares returns, for each column of totals, in which share of bootstraps over the rows (deals, or groups of deals) the
// column's sum is strictly the greatest. A draw with two equal greatest sums has no first. All rows must have the same length.
func FirstShares(seed uint64, rounds int, totals [][]float64) []float64 {
	if len(totals) == 0 || rounds < 1 {
		return nil
	}
	width := len(totals[0])
	firsts, sums := make([]float64, width), make([]float64, width)
	Bootstrap(seed, rounds, len(totals), func(counts []int32) {
		clear(sums)
		for i, row := range totals {
			if n := float64(counts[i]); n > 0 {
				for j, v := range row {
					sums[j] += n * v
				}
			}
		}
		if first := greatest(sums); first >= 0 {
			firsts[first]++
		}
	})
	for j := range firsts {
		firsts[j] /= float64(rounds)
	}
	return firsts
}

// greatest returns the index of the one greatest value, or -1.
func greatest(values []float64) int {
	best, top := -1, math.Inf(-1)
	for i, v := range values {
		switch {
		case v > top:
			best, top = i, v
		case v == top:
			best = -1
		}
	}
	return best
}

// Percentiles returns the median of bootstrap draws with their percentile interval. Unknown draws are left out; if more than one in
// twenty is unknown, so is the interval.
func Percentiles(draws []float64) Estimate {
	q := Quantiles(draws, 0.5, (1-Level)/2, (1+Level)/2)
	unknown := 0
	for _, d := range draws {
		if !Known(d) {
			unknown++
		}
	}
	if float64(unknown) > (1-Level)*float64(len(draws)) {
		return Estimate{q[0], math.NaN(), math.NaN()}
	}
	return Estimate{q[0], q[1], q[2]}
}
