package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

const rounding = 1e-12

// observations draws up to 60 observations with many ties, in 8 groups, of 2 causes.
func observations() *rapid.Generator[[]Observation] {
	one := rapid.Custom(func(t *rapid.T) Observation {
		return Observation{
			Time:  float64(rapid.IntRange(0, 40).Draw(t, "time")) / 2,
			Cause: Cause(rapid.IntRange(0, 2).Draw(t, "cause")),
			Group: int32(rapid.IntRange(0, 7).Draw(t, "group")),
		}
	})
	return rapid.SliceOfN(one, 1, 60)
}

func contains(e Estimate) bool {
	return !(e.Value < e.Low-rounding) && !(e.Value > e.High+rounding)
}

func TestSurvivalFallsWithinItsInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		last := 1.0
		for _, step := range NewSample(observations().Draw(t, "observations")).Curve() {
			s := step.Survival
			if s.Value > last || s.Value < 0 || !contains(s) {
				t.Fatalf("S goes from %g to %+v", last, s)
			}
			last = s.Value
		}
	})
}

func TestIncidencesAndSurvivalSumToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewSample(observations().Draw(t, "observations"))
		h := rapid.Float64Range(0, 25).Draw(t, "horizon")
		one, two, either, surviving := s.Incidence(h, 1), s.Incidence(h, 2), s.Incidence(h, 1, 2), s.Survival(h)
		if sum := one.Value + two.Value + surviving.Value; math.Abs(sum-1) > rounding {
			t.Fatalf("the sum is %.17g", sum)
		}
		if math.Abs(either.Value+surviving.Value-1) > rounding {
			t.Fatalf("both causes together make %g beside S = %g", either.Value, surviving.Value)
		}
		for _, e := range []HorizonEstimate{one, two, either} {
			if !contains(e.Estimate) || e.Value < -rounding || e.Value > 1+rounding || e.Extended != surviving.Extended {
				t.Fatalf("%+v beside S %+v", e, surviving)
			}
		}
	})
}

func TestIncidenceCurveEndsAtIncidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewSample(observations().Draw(t, "observations"))
		h := rapid.Float64Range(0, 25).Draw(t, "horizon")
		f := 0.0
		for _, p := range s.IncidenceCurve(1) {
			if p.Value < f {
				t.Fatalf("falls from %g to %g", f, p.Value)
			}
			if p.Time <= h {
				f = p.Value
			}
		}
		if got := s.Incidence(h, 1).Value; math.Abs(got-f) > rounding {
			t.Fatalf("the curve is at %g, the incidence %g", f, got)
		}
	})
}

// Without censoring, the estimators are what one would count.
func TestWithoutCensoringEstimatesAreCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obs := observations().Draw(t, "observations")
		h := float64(rapid.IntRange(1, 25).Draw(t, "horizon"))
		n := float64(len(obs))
		var longer, ones, sum float64
		for i := range obs {
			obs[i].Cause = max(obs[i].Cause, 1)
			sum += math.Min(obs[i].Time, h)
			if obs[i].Time > h {
				longer++
			} else if obs[i].Cause == 1 {
				ones++
			}
		}
		s := NewSample(obs)
		p := ones / n
		for what, pair := range map[string][2]float64{
			"S": {s.Survival(h).Value, longer / n}, "F": {s.Incidence(h, 1).Value, p}, "RMST": {s.RMST(h).Value, sum / n},
			"variance of F": {square(s.Incidence(h, 1).StdErr), p * (1 - p) / n},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-10 {
				t.Fatalf("%s is %g, counted %g", what, pair[0], pair[1])
			}
		}
	})
}

func TestRMSTGrowsWithItsHorizon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewSample(observations().Draw(t, "observations"))
		h, more := rapid.Float64Range(0.1, 25).Draw(t, "horizon"), rapid.Float64Range(0, 25).Draw(t, "more")
		short, long := s.RMST(h), s.RMST(h+more)
		if short.Value < 0 || short.Value > h+rounding || !contains(short.Estimate) {
			t.Fatalf("RMST@%g is %+v", h, short)
		}
		if grown := long.Value - short.Value; grown < -rounding || grown > more+rounding {
			t.Fatalf("grows by %g over %g", grown, more)
		}
	})
}

func TestMedianIsWhereTheCurveCrosses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewSample(observations().Draw(t, "observations"))
		m := s.Median()
		if !m.Known() {
			if steps := s.Curve(); steps[len(steps)-1].Survival.Value <= 0.5 {
				t.Fatal("not reached, though S falls to one half")
			}
			return
		}
		if m.Low > m.Value || m.High < m.Value {
			t.Fatalf("outside its interval: %+v", m)
		}
		if before, at := s.Survival(math.Nextafter(m.Value, -1)).Value, s.Survival(m.Value).Value; at > 0.5+rounding || before < 0.5-rounding {
			t.Fatalf("S goes from %g to %g at the median %g", before, at, m.Value)
		}
	})
}

// Drawing a group k times must be the same as having its observations k times.
func TestResampleEqualsRepetition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obs := observations().Draw(t, "observations")
		counts := rapid.SliceOfN(rapid.Int32Range(0, 3), 8, 8).Draw(t, "counts")
		var repeated []Observation
		for _, o := range obs {
			for range counts[o.Group] {
				repeated = append(repeated, o)
			}
		}
		a, b := NewSample(obs).Resample(counts), NewSample(repeated)
		other := NewSample([]Observation{{Time: 3, Cause: 1}, {Time: 9, Cause: 1}, {Time: 12}})
		same := func(what string, x, y float64) {
			if math.IsNaN(x) != math.IsNaN(y) || math.Abs(x-y) > 1e-10 {
				t.Fatalf("%s: %g, %g", what, x, y)
			}
		}
		same("n", float64(a.N()), float64(b.N()))
		same("open", float64(a.Count(Censored)), float64(b.Count(Censored)))
		same("median", a.Median().Value, b.Median().Value)
		same("upper limit", a.Median().High, b.Median().High)
		same("RMST", a.RMST(10).Value, b.RMST(10).Value)
		same("its error", a.RMST(10).StdErr, b.RMST(10).StdErr)
		same("F", a.Incidence(10, 2).Value, b.Incidence(10, 2).Value)
		same("its error", a.Incidence(10, 2).StdErr, b.Incidence(10, 2).StdErr)
		same("log-rank", LogRank(a, other).P, LogRank(b, other).P)
		if !slices.Equal(a.Times(1, 2), b.Times(1, 2)) {
			t.Fatal("other times")
		}
	})
}

func TestProportionIntervalsContainTheProportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n1, n2 := rapid.IntRange(1, 1e6).Draw(t, "n1"), rapid.IntRange(1, 1e6).Draw(t, "n2")
		k1, k2 := rapid.IntRange(0, n1).Draw(t, "k1"), rapid.IntRange(0, n2).Draw(t, "k2")
		w, exact, d := Wilson(k1, n1), ClopperPearson(k1, n1), RiskDifference(k1, n1, k2, n2)
		for _, e := range []Estimate{w, exact, d} {
			if !e.Bounded() || !contains(e) || e.Low >= e.High {
				t.Fatalf("%+v", e)
			}
		}
		if w.Low < 0 || w.High > 1 || exact.Low < 0 || exact.High > 1 || d.Low < -1-rounding || d.High > 1+rounding {
			t.Fatalf("impossible limits: %+v %+v %+v", w, exact, d)
		}
		if up := ClopperPearsonUpper(k1, n1); up > exact.High+rounding || up < exact.Value {
			t.Fatalf("one-sided %g, two-sided %+v", up, exact)
		}
		back := RiskDifference(k2, n2, k1, n1)
		if math.Abs(back.Low+d.High) > rounding || math.Abs(back.High+d.Low) > rounding {
			t.Fatalf("not symmetric: %+v, %+v", d, back)
		}
	})
}

func TestFisherIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int { return rapid.IntRange(0, 200).Draw(t, name) }
		table := Table{n("a"), n("b"), n("c"), n("d")}
		p, odds := Fisher(table)
		swapped, inverse := Fisher(Table{table.C, table.D, table.A, table.B})
		turned, same := Fisher(Table{table.A, table.C, table.B, table.D})
		if p <= 0 || p > 1+rounding || math.Abs(p-swapped) > 1e-10 || math.Abs(p-turned) > 1e-10 {
			t.Fatalf("p %g, %g, %g", p, swapped, turned)
		}
		if !Known(odds) {
			return
		}
		if (odds == 0) != math.IsInf(inverse, 1) || odds > 0 && !math.IsInf(odds, 1) && (math.Abs(odds*inverse-1) > 1e-9 || math.Abs(odds/same-1) > 1e-9) {
			t.Fatalf("odds ratio %g, %g, %g", odds, inverse, same)
		}
	})
}

func TestBenjaminiHochbergIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(t, "p")
		qs := BenjaminiHochberg(ps)
		for i := range ps {
			if qs[i] < ps[i] || qs[i] > 1 {
				t.Fatalf("p %g becomes %g", ps[i], qs[i])
			}
			for j := range ps {
				if ps[i] < ps[j] && qs[i] > qs[j] {
					t.Fatalf("p %g < %g, but q %g > %g", ps[i], ps[j], qs[i], qs[j])
				}
			}
		}
	})
}

func TestValuesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewSample(observations().Draw(t, "observations"))
		h := rapid.Float64Range(-1, 40).Draw(t, "h")
		same := func(what string, whole HorizonEstimate, value float64, extended bool) {
			if value != whole.Value && (Known(value) || Known(whole.Value)) || extended != whole.Extended {
				t.Fatalf("%s is %g and %t alone, %g and %t with its interval", what, value, extended, whole.Value, whole.Extended)
			}
		}
		value, extended := s.IncidenceValue(h, 1)
		same("incidence", s.Incidence(h, 1), value, extended)
		value, extended = s.RMSTValue(h)
		same("RMST", s.RMST(h), value, extended)
	})
}

func TestQuantileLiesBetweenNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 1, 50).Draw(t, "values")
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		q := Quantiles(values, p)[0]
		slices.Sort(values)
		h := p * float64(len(values)-1)
		below, above := values[int(math.Floor(h))], values[int(math.Ceil(h))]
		if slack := 1e-6; q < below-slack || q > above+slack {
			t.Fatalf("%g is not between %g and %g", q, below, above)
		}
	})
}
