package stat

import (
	"math"
	"slices"
)

// Quantile returns the quantile p (0–1) of ascending values, linear between neighbours (type 7, R's default); NaN without values
// or with p outside 0–1.
func Quantile(ascending []float64, p float64) float64 {
	return QuantileAt(len(ascending), func(i int) float64 { return ascending[i] }, p)
}

// QuantileAt is Quantile of n values of which value returns the one at a place in ascending order.
func QuantileAt(n int, value func(i int) float64, p float64) float64 {
	if n == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	h := p * float64(n-1)
	i := int(h)
	if i+1 >= n {
		return value(n - 1)
	}
	below, above, w := value(i), value(i+1), h-float64(i)
	if below == above || w == 0 {
		return below
	}
	return (1-w)*below + w*above
}

// Quantiles returns the quantiles ps of values in any order, which it leaves as they are. NaN values are left out.
func Quantiles(values []float64, ps ...float64) []float64 {
	sorted := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	slices.Sort(sorted)
	quantiles := make([]float64, len(ps))
	for i, p := range ps {
		quantiles[i] = Quantile(sorted, p)
	}
	return quantiles
}
