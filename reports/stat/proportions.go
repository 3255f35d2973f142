package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson returns the proportion k/n with its score interval, without continuity correction. Unknown unless 0 ≤ k ≤ n, n > 0.
func Wilson(k, n int) Estimate {
	if !counts(k, n) {
		return unknown()
	}
	p, m := float64(k)/float64(n), float64(n)
	middle := p + z*z/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	scale := 1 + z*z/m
	e := Estimate{p, (middle - half) / scale, (middle + half) / scale}
	// Rounding must not put a limit beyond the estimate.
	if k == 0 {
		e.Low = 0
	}
	if k == n {
		e.High = 1
	}
	return e
}

// ClopperPearson returns the proportion k/n with its exact two-sided interval. Unknown unless 0 ≤ k ≤ n, n > 0.
func ClopperPearson(k, n int) Estimate {
	if !counts(k, n) {
		return unknown()
	}
	return Estimate{float64(k) / float64(n), exactLower(k, n, (1-Level)/2), exactUpper(k, n, (1-Level)/2)}
}

// ClopperPearsonUpper returns the exact one-sided upper limit of k/n: with 95 % confidence the proportion lies below it.
func ClopperPearsonUpper(k, n int) float64 {
	if !counts(k, n) {
		return math.NaN()
	}
	return exactUpper(k, n, 1-Level)
}

// ClopperPearsonLower returns the exact one-sided lower limit of k/n: with 95 % confidence the proportion lies above it.
func ClopperPearsonLower(k, n int) float64 {
	if !counts(k, n) {
		return math.NaN()
	}
	return exactLower(k, n, 1-Level)
}

// RiskDifference returns k1/n1 − k2/n2 with Newcombe's interval (his method 10: from the two Wilson intervals).
func RiskDifference(k1, n1, k2, n2 int) Estimate {
	a, b := Wilson(k1, n1), Wilson(k2, n2)
	d := a.Value - b.Value
	return Estimate{
		Value: d,
		Low:   d - math.Hypot(a.Value-a.Low, b.High-b.Value),
		High:  d + math.Hypot(a.High-a.Value, b.Value-b.Low),
	}
}

func counts(k, n int) bool { return n > 0 && 0 <= k && k <= n }

func exactLower(k, n int, alpha float64) float64 {
	if k == 0 {
		return 0
	}
	return distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(alpha)
}

func exactUpper(k, n int, alpha float64) float64 {
	if k == n {
		return 1
	}
	return distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - alpha)
}
