package stat

import (
	"iter"
	"math"
	"math/rand/v2"
	"sync"
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
	for counts := range resamples(seed, rounds, units) {
		f(counts)
	}
}

// kept are the draws of groups that were made last, since making them takes longer than most that is done with them: 4 MB.
var kept struct {
	sync.Mutex
	seed   uint64
	rounds int
	counts []uint16
}

// resamples yields, for each round, how often each unit is drawn; the slice is used again.
func resamples(seed uint64, rounds, units int) iter.Seq[[]int32] {
	return func(yield func([]int32) bool) {
		if units == HashGroups && rounds <= Rounds {
			yieldKept(keptDraws(seed, rounds), yield)
			return
		}
		rng := rand.New(rand.NewPCG(seed, uint64(units)))
		counts := make([]int32, units)
		for range rounds {
			drawn(rng, counts)
			if !yield(counts) {
				return
			}
		}
	}
}

func drawn(rng *rand.Rand, counts []int32) {
	clear(counts)
	for range counts {
		counts[rng.IntN(len(counts))]++
	}
}

func keptDraws(seed uint64, rounds int) []uint16 {
	kept.Lock()
	defer kept.Unlock()
	if kept.seed != seed || kept.rounds != rounds {
		all := make([]uint16, 0, rounds*HashGroups)
		rng := rand.New(rand.NewPCG(seed, HashGroups))
		counts := make([]int32, HashGroups)
		for range rounds {
			drawn(rng, counts)
			for _, n := range counts {
				all = append(all, uint16(n)) // never more than there are groups
			}
		}
		kept.seed, kept.rounds, kept.counts = seed, rounds, all
	}
	return kept.counts
}

func yieldKept(all []uint16, yield func([]int32) bool) {
	counts := make([]int32, HashGroups)
	for ; len(all) > 0; all = all[HashGroups:] {
		for i := range counts {
			counts[i] = int32(all[i])
		}
		if !yield(counts) {
			return
		}
	}
}

// FirstShares returns, for each column of totals, in which share of bootstraps over the rows (deals, or groups of deals) the
// column's sum is strictly the greatest. A draw with two equal greatest sums has no first. All rows must have the same length.
func FirstShares(seed uint64, rounds int, totals [][]float64) []float64 {
	if len(totals) == 0 || rounds < 1 {
		return nil
	}
	width := len(totals[0])
	columns := inFours(totals)
	firsts, sums := make([]float64, width), make([]float64, 4*len(columns))
	Bootstrap(seed, rounds, len(totals), func(counts []int32) {
		for i, four := range columns {
			copy(sums[4*i:], weighted(four, counts))
		}
		if first := greatest(sums[:width]); first >= 0 {
			firsts[first]++
		}
	})
	for j := range firsts {
		firsts[j] /= float64(rounds)
	}
	return firsts
}

// inFours returns the columns, four by four, each row's four together.
func inFours(rows [][]float64) [][][4]float64 {
	out := make([][][4]float64, (len(rows[0])+3)/4)
	for i := range out {
		out[i] = make([][4]float64, len(rows))
		for j, row := range rows {
			copy(out[i][j][:], row[4*i:])
		}
	}
	return out
}

// weighted returns the sums of four columns. Four at a time take no longer than one: an addition
// waits for the one before it in its own column only.
func weighted(rows [][4]float64, counts []int32) []float64 {
	var a, b, c, d float64
	for i := range rows {
		n, row := float64(counts[i]), &rows[i]
		a, b, c, d = a+n*row[0], b+n*row[1], c+n*row[2], d+n*row[3]
	}
	return []float64{a, b, c, d}
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
