package stat

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestFisherAgainstR(t *testing.T) {
	for _, r := range readRows(t, "fisher.csv") {
		table := Table{r.count(t, "a"), r.count(t, "b"), r.count(t, "c"), r.count(t, "d")}
		t.Run(fmt.Sprint(table), func(t *testing.T) {
			p, odds := Fisher(table)
			expect(t, "p", p, r.number(t, "p"))
			expect(t, "odds ratio", odds, r.number(t, "odds"))
		})
	}
}

func TestFisherDegenerate(t *testing.T) {
	for _, table := range []Table{{}, {A: 3, B: 4}, {A: 3, C: 4}, {D: 9}} {
		if p, odds := Fisher(table); p != 1 || Known(odds) {
			t.Errorf("%v: p %g, odds ratio %g", table, p, odds)
		}
	}
}

func TestFisherOfMillionsIsQuick(t *testing.T) {
	start := time.Now()
	p, odds := Fisher(Table{1_000_000, 1_500_000, 1_001_000, 1_499_000})
	if elapsed := time.Since(start); elapsed > 2*time.Second {
		t.Errorf("took %v", elapsed)
	}
	// With such counts the exact test and the chi-square test with continuity correction agree closely.
	if math.Abs(odds-(1_000_000*1_499_000.0)/(1_500_000*1_001_000.0)) > 1e-6 || p < 0.3 || p > 0.4 {
		t.Errorf("p %g, odds ratio %g", p, odds)
	}
}

// However far the margins let the odds ratio go, the expected count at it is the observed one.
func TestFisherOddsRatioOfExtremeTables(t *testing.T) {
	for _, table := range []Table{{999_999, 1, 1, 999_999}, {1, 999_999, 999_999, 1}, {2, 500_000, 1, 3}, {1, 1, 2_000_000, 3}, {30, 1, 1, 2}} {
		_, odds := Fisher(table)
		h := hypergeometric{row: table.A + table.B, other: table.C + table.D, column: table.A + table.C}
		mean, variance := h.moments(odds)
		if math.Abs(mean-float64(table.A)) > 1e-9*math.Sqrt(variance)*math.Max(1, float64(table.A)) {
			t.Errorf("%v: odds ratio %g, at which %.12g is expected", table, odds, mean)
		}
	}
}

func TestMantelHaenszelAgainstR(t *testing.T) {
	for _, r := range readRows(t, "mantel_haenszel.csv") {
		var strata []Table
		for cells := range strings.SplitSeq(r["strata"], ";") {
			var s Table
			if _, err := fmt.Sscan(cells, &s.A, &s.B, &s.C, &s.D); err != nil {
				t.Fatal(err)
			}
			strata = append(strata, s)
		}
		e := MantelHaenszel(append(strata, Table{})) // an empty stratum changes nothing
		expect(t, r["case"], e.Value, r.number(t, "odds"))
		expect(t, r["case"]+" low", e.Low, r.number(t, "low"))
		expect(t, r["case"]+" high", e.High, r.number(t, "high"))
	}
}

func TestMantelHaenszelWithoutDiscordance(t *testing.T) {
	if e := MantelHaenszel(nil); e.Known() || Known(e.Low) {
		t.Errorf("no strata give %+v", e)
	}
	if e := MantelHaenszel([]Table{{A: 3, D: 4}}); !math.IsInf(e.Value, 1) || Known(e.Low) || Known(e.High) {
		t.Errorf("got %+v", e)
	}
	if e := MantelHaenszel([]Table{{B: 3, C: 4}}); e.Value != 0 || Known(e.High) {
		t.Errorf("got %+v", e)
	}
}

func TestChiSquareAgainstR(t *testing.T) {
	for _, r := range readRows(t, "chi_square.csv") {
		counts := [][]int{{0, 0}} // a row without counts changes nothing
		cells := r.numbers(t, "cells")
		for i := 0; i < len(cells); i += 2 {
			counts = append(counts, []int{int(cells[i]), int(cells[i+1])})
		}
		test := ChiSquare(counts)
		expect(t, "chi-square", test.Statistic, r.number(t, "chisq"))
		expect(t, "p", test.P, r.number(t, "p"))
		expect(t, "least expected", test.MinExpected, r.number(t, "min_expected"))
		if test.DF != r.count(t, "df") {
			t.Errorf("%d degrees of freedom, R says %s", test.DF, r["df"])
		}
	}
}

func TestChiSquareUnknown(t *testing.T) {
	for _, counts := range [][][]int{nil, {{1, 2}}, {{1, 0}, {5, 0}}, {{0, 0}, {0, 0}}} {
		if test := ChiSquare(counts); Known(test.P) || Known(test.Statistic) || Known(test.MinExpected) {
			t.Errorf("%v gives %+v", counts, test)
		}
	}
}

func TestBenjaminiHochbergAgainstR(t *testing.T) {
	for _, r := range readRows(t, "benjamini_hochberg.csv") {
		want := r.numbers(t, "q")
		for i, q := range BenjaminiHochberg(r.numbers(t, "p")) {
			expect(t, "q", q, want[i])
		}
	}
}

func TestBenjaminiHochbergSkipsUnknown(t *testing.T) {
	got := BenjaminiHochberg([]float64{0.02, math.NaN(), 0.04})
	expect(t, "first", got[0], 0.04)
	expect(t, "unknown", got[1], math.NaN())
	expect(t, "third", got[2], 0.04)
}

func TestQuantilesAgainstR(t *testing.T) {
	for _, r := range readRows(t, "quantiles.csv") {
		got := Quantiles(r.numbers(t, "values"), 0, 0.25, 0.5, 0.9, 1)
		for i, column := range []string{"q0", "q25", "q50", "q90", "q100"} {
			expect(t, column, got[i], r.number(t, column))
		}
	}
}

func TestQuantileUnknown(t *testing.T) {
	for _, v := range []float64{
		Quantile(nil, 0.5), Quantile([]float64{1}, -0.1), Quantile([]float64{1}, 1.1), Quantile([]float64{1}, math.NaN()),
		Quantiles([]float64{math.NaN()}, 0.5)[0],
	} {
		if Known(v) {
			t.Errorf("got %g", v)
		}
	}
}

func TestSpearmanAgainstR(t *testing.T) {
	for _, r := range readRows(t, "spearman.csv") {
		rho, p := Spearman(r.numbers(t, "x"), r.numbers(t, "y"))
		expect(t, r["case"], rho, r.number(t, "rho"))
		expect(t, r["case"]+" p", p, r.number(t, "p"))
	}
	for _, x := range [][]float64{nil, {1}, {1, 2}} {
		if rho, p := Spearman(x, x); Known(rho) || Known(p) {
			t.Errorf("%v: %g, %g", x, rho, p)
		}
	}
}

// Over five thousand observations, as over few.
func TestListsOfThousandsAgainstR(t *testing.T) {
	obs := samples(t)["large"]
	times, arms, most := make([]float64, len(obs)), make([]float64, len(obs)), 0.0
	counts := make([][]int, 4)
	for i, o := range obs {
		times[i], arms[i], most = o.Time, float64(o.Group), math.Max(most, o.Time)
		if row := &counts[o.Group-1]; *row == nil {
			*row = make([]int, 3)
		}
		counts[o.Group-1][o.Cause]++
	}
	got := map[string]float64{}
	for i, q := range Quantiles(times, 0, 0.25, 0.5, 0.9, 1) {
		got[[]string{"q0", "q25", "q50", "q90", "q100"}[i]] = q
	}
	ps := make([]float64, len(times))
	for i := range ps {
		ps[i] = times[i] / most
	}
	adjusted := BenjaminiHochberg(ps)
	for _, q := range adjusted {
		got["bh_sum"] += q
	}
	got["bh_first"], got["bh_last"] = adjusted[0], adjusted[len(adjusted)-1]
	got["rho"], got["rho_p"] = Spearman(times, arms)
	test := ChiSquare(counts)
	got["chisq"], got["chisq_p"] = test.Statistic, test.P
	ended := func(arm int) (with, without int) {
		return counts[arm][1], counts[arm][0] + counts[arm][2]
	}
	a, b := ended(0)
	c, d := ended(1)
	got["fisher_p"], _ = Fisher(Table{a, b, c, d})
	for _, r := range readRows(t, "large.csv") {
		expect(t, r["what"], got[r["what"]], r.number(t, "value"))
	}
}

func TestNothingToAdjust(t *testing.T) {
	if got := BenjaminiHochberg(nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
