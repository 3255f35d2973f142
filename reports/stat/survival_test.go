package stat

import (
	"math"
	"slices"
	"testing"
)

func TestSurvivalAgainstR(t *testing.T) {
	cases := samples(t)
	for _, r := range readRows(t, "survival.csv") {
		t.Run(r["case"], func(t *testing.T) {
			s := NewSample(cases[r["case"]])
			if n, ended := s.N(), s.Count(1, 2); n != r.count(t, "n") || ended != r.count(t, "ended") {
				t.Errorf("%d observations of which %d ended, R says %s and %s", n, ended, r["n"], r["ended"])
			}
			m := s.Median()
			expect(t, "median", m.Value, r.number(t, "median"))
			expect(t, "lower limit", m.Low, r.number(t, "low"))
			expect(t, "upper limit", m.High, r.number(t, "high"))
		})
	}
}

func TestHorizonsAgainstR(t *testing.T) {
	cases := samples(t)
	for _, r := range readRows(t, "survival_horizons.csv") {
		t.Run(r["case"]+"@"+r["h"], func(t *testing.T) {
			s, h := NewSample(slices.Clone(cases[r["case"]])), r.number(t, "h")
			expectHorizon := func(prefix string, e HorizonEstimate) {
				t.Helper()
				expect(t, prefix, e.Value, r.number(t, prefix))
				expect(t, prefix+" lower", e.Low, r.number(t, prefix+"_low"))
				expect(t, prefix+" upper", e.High, r.number(t, prefix+"_high"))
				expect(t, prefix+" standard error", e.StdErr, r.number(t, prefix+"_se"))
				if want := r["extended"] == "1"; e.Extended != want {
					t.Errorf("%s extended is %v, want %v", prefix, e.Extended, want)
				}
			}
			expectHorizon("s", s.Survival(h))
			expectHorizon("f1", s.Incidence(h, 1))
			expectHorizon("f2", s.Incidence(h, 2))

			mean := s.RMST(h)
			expect(t, "rmst", mean.Value, r.number(t, "rmst"))
			expect(t, "rmst standard error", mean.StdErr, r.number(t, "rmst_se"))
			if want := r["extended"] == "1"; mean.Extended != want {
				t.Errorf("rmst extended is %v, want %v", mean.Extended, want)
			}
		})
	}
}

func TestCurvesAgainstR(t *testing.T) {
	cases := samples(t)
	curves := map[string][]Step{}
	for name, obs := range cases {
		curves[name] = NewSample(slices.Clone(obs)).Curve()
	}
	for _, r := range readRows(t, "survival_curves.csv") {
		time := r.number(t, "time")
		steps := curves[r["case"]]
		i := slices.IndexFunc(steps, func(s Step) bool { return near(s.Time, time) })
		if i < 0 {
			t.Errorf("%s has no step at %g", r["case"], time)
			continue
		}
		s := steps[i]
		if s.AtRisk != r.count(t, "n") || s.Ended != r.count(t, "d") || s.Censored != r.count(t, "c") {
			t.Errorf("%s at %g: %d at risk, %d ended, %d censored; R says %s, %s, %s",
				r["case"], time, s.AtRisk, s.Ended, s.Censored, r["n"], r["d"], r["c"])
		}
		expect(t, "S", s.Survival.Value, r.number(t, "s"))
		expect(t, "S lower", s.Survival.Low, r.number(t, "low"))
		expect(t, "S upper", s.Survival.High, r.number(t, "high"))
	}
}

func TestLogRankAgainstR(t *testing.T) {
	cases := samples(t)
	for _, r := range readRows(t, "logrank.csv") {
		t.Run(r["case"], func(t *testing.T) {
			var arms [4][]Observation
			for _, o := range cases[r["case"]] {
				arms[o.Group-1] = append(arms[o.Group-1], o)
			}
			var groups []*Sample
			for _, obs := range arms {
				groups = append(groups, NewSample(obs))
			}
			test := LogRank(groups...)
			expect(t, "chi-square", test.Statistic, r.number(t, "chisq"))
			expect(t, "p", test.P, r.number(t, "p"))
			if Known(test.P) && test.DF != r.count(t, "df") {
				t.Errorf("%d degrees of freedom, R says %s", test.DF, r["df"])
			}
		})
	}
}

// R stops at an empty sample; here everything is unknown, and nothing panics.
func TestEmptySample(t *testing.T) {
	s := NewSample(nil)
	for name, v := range map[string]float64{
		"median": s.Median().Value, "low": s.Median().Low, "high": s.Median().High,
		"RMST": s.RMST(30).Value, "S": s.Survival(30).Value, "F": s.Incidence(30, 1).Value, "log-rank": LogRank(s, s).P,
	} {
		if Known(v) {
			t.Errorf("%s of nothing is %g", name, v)
		}
	}
	if len(s.Curve()) != 0 || len(s.IncidenceCurve(1)) != 0 || len(s.Times(1)) != 0 || s.N() != 0 {
		t.Error("an empty sample has a curve or observations")
	}
	if Known(LogRank().P) {
		t.Error("the log-rank test of no samples is known")
	}
}

func TestNewSampleLeavesOutWhatIsNoDuration(t *testing.T) {
	s := NewSample([]Observation{{Time: -1}, {Time: math.NaN()}, {Time: math.Inf(1)}, {Time: 4, Cause: 1}, {Time: math.Copysign(0, -1), Cause: 1}})
	if got := s.Times(1); !slices.Equal(got, []float64{0, 4}) || s.N() != 2 {
		t.Errorf("kept %v", got)
	}
}

// An interval of no width would be false confidence.
func TestRMSTWithoutVariationHasNoInterval(t *testing.T) {
	mean := NewSample([]Observation{{Time: 40}, {Time: 50}, {Time: 60, Cause: 1}}).RMST(30)
	if mean.Value != 30 || mean.StdErr != 0 || mean.Bounded() || mean.Extended {
		t.Errorf("got %+v", mean)
	}
}

func TestDifference(t *testing.T) {
	a := HorizonEstimate{Estimate{10, 8, 12}, 3, false}
	b := HorizonEstimate{Estimate{4, 2, 6}, 4, true}
	d := Difference(a, b)
	expect(t, "difference", d.Value, 6)
	expect(t, "standard error", d.StdErr, 5)
	expect(t, "low", d.Low, 6-5*1.959963984540054)
	expect(t, "high", d.High, 6+5*1.959963984540054)
	if !d.Extended {
		t.Error("not extended")
	}
	b.Low = math.NaN()
	if Difference(a, b).Bounded() {
		t.Error("a difference from an estimate without interval has one")
	}
}
