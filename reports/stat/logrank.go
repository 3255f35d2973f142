package stat

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// LogRank tests whether times until an end, by any cause, are distributed alike in all samples (Mantel–Haenszel, as R's survdiff
// with rho = 0). Samples in which no end was to be expected are left out; with fewer than two others the test is unknown.
func LogRank(samples ...*Sample) Test {
	n := 0
	for _, s := range samples {
		n += s.N()
	}
	pooled := make([]Observation, 0, n)
	for arm, s := range samples {
		for i, o := range s.obs {
			o.Group = int32(arm)
			for range s.weight(i) {
				pooled = append(pooled, o)
			}
		}
	}
	return NewSample(pooled).compareGroups(len(samples))
}

// compareGroups tests the groups of a sample against each other: at each time, what has ended in a group is compared with
// its share of those at risk, under the hypergeometric distribution.
func (s *Sample) compareGroups(groups int) Test {
	atRisk, ended, gone := make([]float64, groups), make([]float64, groups), make([]float64, groups)
	excess, expected := make([]float64, groups), make([]float64, groups)
	covariance := mat.NewSymDense(max(groups, 1), nil)
	for i := range s.obs {
		atRisk[s.obs[i].Group]++
	}
	i := 0
	for r := range s.riskSets(&causeSet{}) {
		clear(ended)
		clear(gone)
		for end := i + r.d + r.c; i < end; i++ {
			gone[s.obs[i].Group]++
			if s.obs[i].Cause != Censored {
				ended[s.obs[i].Group]++
			}
		}
		n, d := float64(r.n), float64(r.d)
		for a := range atRisk {
			share := atRisk[a] / n
			expected[a] += d * share
			excess[a] += ended[a] - d*share
			for b := a; b < groups && n > 1; b++ {
				v := -share * atRisk[b] / n
				if a == b {
					v += share
				}
				covariance.SetSym(a, b, covariance.At(a, b)+v*d*(n-d)/(n-1))
			}
		}
		for a := range atRisk {
			atRisk[a] -= gone[a]
		}
	}
	return quadraticForm(excess, expected, covariance)
}

// quadraticForm returns the chi-square test of the excesses of the groups in which anything was expected. They sum to zero, so the first
// of them is left out.
func quadraticForm(excess, expected []float64, covariance *mat.SymDense) Test {
	var keep []int
	for a, e := range expected {
		if e > 0 {
			keep = append(keep, a)
		}
	}
	if len(keep) < 2 {
		return chiSquare(math.NaN(), 0)
	}
	keep = keep[1:]
	u, v := mat.NewVecDense(len(keep), nil), mat.NewSymDense(len(keep), nil)
	for i, a := range keep {
		u.SetVec(i, excess[a])
		for j, b := range keep {
			v.SetSym(i, j, covariance.At(a, b))
		}
	}
	var solution mat.VecDense
	if err := solution.SolveVec(v, u); err != nil { // singular: nothing varies
		return chiSquare(math.NaN(), len(keep))
	}
	return chiSquare(mat.Dot(u, &solution), len(keep))
}
