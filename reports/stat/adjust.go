package stat

import (
	"cmp"
	"math"
	"slices"
)

// BenjaminiHochberg returns the p values adjusted for having tested them all, in the order of ps: of those called true because their
// adjusted value is below q, a share of at most q is expected to be false. Unknown p values stay unknown and are not counted.
func BenjaminiHochberg(ps []float64) []float64 {
	qs := make([]float64, len(ps))
	var order []int
	for i, p := range ps {
		qs[i] = math.NaN()
		if Known(p) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(ps[i], ps[j]) })
	least := 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = math.Min(least, float64(len(order))/float64(rank)*ps[i])
		qs[i] = least
	}
	return qs
}
