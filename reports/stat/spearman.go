package stat

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Spearman returns the rank correlation of pairs, ties sharing their mean rank, and the one-sided p
// of there being none against its being positive (from the t distribution, as R's cor.test without
// exact). Unknown below three pairs, or where one of them does not vary.
func Spearman(x, y []float64) (rho, p float64) {
	if len(x) != len(y) || len(x) < 3 {
		return math.NaN(), math.NaN()
	}
	rho = pearson(ranks(x), ranks(y))
	df := float64(len(x) - 2)
	switch {
	case rho >= 1:
		return rho, 0
	case rho <= -1:
		return rho, 1
	}
	t := rho * math.Sqrt(df/(1-rho*rho))
	return rho, distuv.StudentsT{Sigma: 1, Nu: df}.Survival(t)
}

// ranks returns the place of each value among all, from 1.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	out := make([]float64, len(values))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && values[order[j]] == values[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			out[k] = float64(i+j+1) / 2
		}
		i = j
	}
	return out
}

func pearson(x, y []float64) float64 {
	n := float64(len(x))
	var mx, my, sxx, syy, sxy float64
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		sxx, syy, sxy = sxx+dx*dx, syy+dy*dy, sxy+dx*dy
	}
	return sxy / math.Sqrt(sxx*syy)
}
