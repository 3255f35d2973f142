package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Level is the confidence level of every interval.
const Level = 0.95

// z is the standard normal quantile of a two-sided interval at Level.
var z = distuv.UnitNormal.Quantile(1 - (1-Level)/2)

// Estimate is a number with its 95 % interval. Each of the three may be unknown (NaN) while the others are known: a median can
// have a lower limit and no upper one.
type Estimate struct {
	Value, Low, High float64
}

// HorizonEstimate is an estimate of something up to a horizon.
type HorizonEstimate struct {
	Estimate
	StdErr float64
	// Extended is set when the data end before the horizon with some observations still open: the curve was carried flat
	// from there, and the value depends on that.
	Extended bool
}

// Test is the result of a chi-square test: P is the probability of a statistic at least as large if there is no difference.
type Test struct {
	Statistic float64
	DF        int
	P         float64
}

// Known reports whether v is a number.
func Known(v float64) bool { return !math.IsNaN(v) }

// Known reports whether there is a value.
func (e Estimate) Known() bool { return Known(e.Value) }

// Bounded reports whether both limits are known.
func (e Estimate) Bounded() bool { return Known(e.Low) && Known(e.High) }

// Difference returns a − b for independent estimates, with the normal interval, unless one of them has none. It is extended if
// either is.
func Difference(a, b HorizonEstimate) HorizonEstimate {
	d, se := a.Value-b.Value, math.Hypot(a.StdErr, b.StdErr)
	e := HorizonEstimate{Estimate{d, d - z*se, d + z*se}, se, a.Extended || b.Extended}
	if !a.Bounded() || !b.Bounded() {
		e.Low, e.High = math.NaN(), math.NaN()
	}
	return e
}

// unknown is the estimate of which nothing is known.
func unknown() Estimate { return Estimate{math.NaN(), math.NaN(), math.NaN()} }

// logInterval returns p with its interval on the log scale, given the standard error of log p. At p = 0 it has none.
func logInterval(p, seLog float64) Estimate {
	if p == 0 {
		return Estimate{0, math.NaN(), math.NaN()}
	}
	return Estimate{p, p * math.Exp(-z*seLog), math.Min(1, p*math.Exp(z*seLog))}
}

// chiSquare returns the test of a chi-square statistic; without degrees of freedom there is nothing to test.
func chiSquare(statistic float64, df int) Test {
	if df < 1 || math.IsNaN(statistic) {
		return Test{math.NaN(), max(df, 0), math.NaN()}
	}
	return Test{statistic, df, distuv.ChiSquared{K: float64(df)}.Survival(statistic)}
}
