package stat

import (
	"math"
	"testing"
)

func TestProportionsAgainstR(t *testing.T) {
	for _, r := range readRows(t, "proportions.csv") {
		t.Run(r["k"]+" of "+r["n"], func(t *testing.T) {
			k, n := r.count(t, "k"), r.count(t, "n")
			w, e := Wilson(k, n), ClopperPearson(k, n)
			expect(t, "Wilson low", w.Low, r.number(t, "wilson_low"))
			expect(t, "Wilson high", w.High, r.number(t, "wilson_high"))
			expect(t, "exact low", e.Low, r.number(t, "exact_low"))
			expect(t, "exact high", e.High, r.number(t, "exact_high"))
			expect(t, "exact lower", ClopperPearsonLower(k, n), r.number(t, "exact_lower"))
			expect(t, "exact upper", ClopperPearsonUpper(k, n), r.number(t, "exact_upper"))
		})
	}
}

func TestRiskDifferenceAgainstR(t *testing.T) {
	for _, r := range readRows(t, "differences.csv") {
		d := RiskDifference(r.count(t, "k1"), r.count(t, "n1"), r.count(t, "k2"), r.count(t, "n2"))
		expect(t, "difference", d.Value, r.number(t, "difference"))
		expect(t, "low", d.Low, r.number(t, "low"))
		expect(t, "high", d.High, r.number(t, "high"))
	}
}

// Table II of Newcombe (1998), method 10, as printed there.
func TestRiskDifferenceAgainstNewcombe(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int
		low, high      float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775},
		{10, 10, 0, 10, 0.6075, 1},
	} {
		d := RiskDifference(c.k1, c.n1, c.k2, c.n2)
		if math.Abs(d.Low-c.low) > 5e-5 || math.Abs(d.High-c.high) > 5e-5 {
			t.Errorf("%+v: got [%.4f, %.4f]", c, d.Low, d.High)
		}
	}
}

func TestProportionsUnknown(t *testing.T) {
	for _, c := range [][2]int{{0, 0}, {-1, 5}, {6, 5}, {0, -1}} {
		k, n := c[0], c[1]
		for _, v := range []float64{
			Wilson(k, n).Value, Wilson(k, n).Low, ClopperPearson(k, n).High,
			ClopperPearsonUpper(k, n), ClopperPearsonLower(k, n), RiskDifference(k, n, 1, 2).Low,
		} {
			if Known(v) {
				t.Errorf("%d of %d gives %g", k, n, v)
			}
		}
	}
}
