package stat

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// The packages of make truth know the same flag; here everything always runs whole.
var _ = flag.Bool("truth", false, "as in reports")

// seldom reports whether k of n would be seen less than once in a thousand times at every true share from low to high.
func seldom(k, n int, low, high float64) bool {
	few := distuv.Binomial{N: float64(n), P: low}.CDF(float64(k))
	many := 1 - distuv.Binomial{N: float64(n), P: high}.CDF(float64(k-1))
	return few < 0.001 || many < 0.001
}

// Over many samples of a known truth, 95 % of the intervals must hold it: between 94 % and 97 %, since most are
// approximations and the exact one holds it more often.
func TestIntervalsCoverTheTruth(t *testing.T) {
	const (
		cases, n  = 1000, 200
		win, lose = 1 / 30.0, 1 / 60.0 // hazards a day
		both      = win + lose
		h         = 20.0
		p         = 0.3
	)
	truth := map[string]float64{
		"S": math.Exp(-both * h), "F": win / both * (1 - math.Exp(-both*h)),
		"RMST": (1 - math.Exp(-both*h)) / both, "median": math.Ln2 / both, "Wilson": p, "exact": p,
		"risk difference": 0, "RMST difference": 0,
	}
	covered := map[string]int{}
	rng := rand.New(rand.NewPCG(17, 17))
	draw := func() *Sample {
		obs := make([]Observation, n)
		for i := range obs {
			a, b, open := rng.ExpFloat64()/win, rng.ExpFloat64()/lose, rng.Float64()*90
			switch least := min(a, b, open); least {
			case a:
				obs[i] = Observation{Time: a, Cause: won}
			case b:
				obs[i] = Observation{Time: b, Cause: lost}
			default:
				obs[i] = Observation{Time: open}
			}
		}
		return NewSample(obs)
	}
	successes := func() (k int) {
		for range n {
			if rng.Float64() < p {
				k++
			}
		}
		return k
	}
	for range cases {
		s, k := draw(), successes()
		for what, e := range map[string]Estimate{
			"S": s.Survival(h).Estimate, "F": s.Incidence(h, won).Estimate, "RMST": s.RMST(h).Estimate, "median": s.Median(),
			"Wilson": Wilson(k, n), "exact": ClopperPearson(k, n), "risk difference": RiskDifference(k, n, successes(), n),
			"RMST difference": Difference(s.RMST(h), draw().RMST(h)).Estimate,
		} {
			if v := truth[what]; e.Low <= v && v <= e.High {
				covered[what]++
			}
		}
	}
	for what := range truth {
		if seldom(covered[what], cases, 0.94, 0.97) {
			t.Errorf("%s: %d of %d intervals hold the truth", what, covered[what], cases)
		}
		t.Logf("%s: %.1f %%", what, 100*float64(covered[what])/cases)
	}
}

// When two samples come from one truth, the tests call a twentieth of them different.
func TestTestsKeepTheirLevel(t *testing.T) {
	const cases, n = 1000, 100
	rng := rand.New(rand.NewPCG(23, 23))
	draw := func() *Sample {
		obs := make([]Observation, n)
		for i := range obs {
			obs[i] = Observation{Time: rng.ExpFloat64(), Cause: Cause(rng.IntN(2))}
		}
		return NewSample(obs)
	}
	alarms := 0
	for range cases {
		if LogRank(draw(), draw(), draw()).P < 0.05 {
			alarms++
		}
	}
	if seldom(alarms, cases, 0.045, 0.055) {
		t.Errorf("the log-rank test raises %d false alarms in %d", alarms, cases)
	}
	t.Logf("log-rank: %.1f %% false alarms", 100*float64(alarms)/cases)
}
