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

// Select returns the quantile p of values in any order, none of them NaN, and leaves them in another order. For one quantile it is
// much quicker than sorting.
func Select(values []float64, p float64) float64 {
	n := len(values)
	return QuantileAt(n, func(i int) float64 {
		partition(values, i)
		return values[i]
	}, p)
}

// partition puts the value that belongs at place k there, the smaller ones before it and the greater ones behind: Hoare's
// quickselect, with the median of three as the pivot.
func partition(values []float64, k int) {
	for lo, hi := 0, len(values)-1; lo < hi; {
		pivot := middle(values[lo], values[lo+(hi-lo)/2], values[hi])
		i, j := lo, hi
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return
		}
	}
}

func middle(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
