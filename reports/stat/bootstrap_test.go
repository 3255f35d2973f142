package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func draws(seed uint64, rounds, units int) [][]int32 {
	var all [][]int32
	Bootstrap(seed, rounds, units, func(counts []int32) { all = append(all, slices.Clone(counts)) })
	return all
}

func TestBootstrapIsReproducible(t *testing.T) {
	a, b, other := draws(7, 5, 20), draws(7, 5, 20), draws(8, 5, 20)
	if len(a) != 5 || !slices.EqualFunc(a, b, slices.Equal[[]int32]) {
		t.Errorf("one seed drew %v and %v", a, b)
	}
	if slices.EqualFunc(a, other, slices.Equal[[]int32]) || slices.Equal(a[0], a[1]) {
		t.Error("seeds or rounds do not differ")
	}
	// What is drawn must not change with a version: the same report would name another worst stage.
	if want := []int32{0, 2, 1, 1, 1}; !slices.Equal(draws(1, 1, 5)[0], want) {
		t.Errorf("seed 1 draws %v, want %v", draws(1, 1, 5)[0], want)
	}
	if draws(1, 3, 0) != nil {
		t.Error("drew from nothing")
	}
}

func TestBootstrapDrawsEachUnitAlike(t *testing.T) {
	const rounds, units = 4000, 10
	var sums, squares [units]float64
	for _, counts := range draws(3, rounds, units) {
		total := 0
		for i, n := range counts {
			sums[i] += float64(n)
			squares[i] += square(float64(n))
			total += int(n)
		}
		if total != units {
			t.Fatalf("drew %d of %d", total, units)
		}
	}
	for i := range sums {
		mean := sums[i] / rounds
		variance := squares[i]/rounds - square(mean)
		if math.Abs(mean-1) > 0.08 || math.Abs(variance-0.9) > 0.12 { // binomial: 1, 0.9
			t.Errorf("unit %d was drawn %g times on average, variance %g", i, mean, variance)
		}
	}
}

// The bootstrap's standard error of a mean is known: the population's standard deviation over the root of n.
func TestPercentilesOfAMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	values := make([]float64, 400)
	var sum, squares float64
	for i := range values {
		values[i] = 10 + 4*rng.NormFloat64()
		sum += values[i]
		squares += square(values[i])
	}
	n := float64(len(values))
	mean := sum / n
	se := math.Sqrt((squares/n - square(mean)) / n)
	var means []float64
	Bootstrap(11, Rounds, len(values), func(counts []int32) {
		sum := 0.0
		for i, k := range counts {
			sum += float64(k) * values[i]
		}
		means = append(means, sum/n)
	})
	e := Percentiles(means)
	for what, pair := range map[string][2]float64{
		"middle": {e.Value, mean}, "low": {e.Low, mean - z*se}, "high": {e.High, mean + z*se},
	} {
		if math.Abs(pair[0]-pair[1]) > se/5 {
			t.Errorf("%s is %g, want about %g", what, pair[0], pair[1])
		}
	}
}

func TestPercentilesWithUnknownDraws(t *testing.T) {
	mostly := make([]float64, 100)
	for i := range mostly {
		mostly[i] = float64(i)
	}
	for i := range 5 {
		mostly[i] = math.NaN()
	}
	if e := Percentiles(mostly); !e.Bounded() || e.Value != 52 {
		t.Errorf("5 of 100 unknown: %+v", e)
	}
	mostly[5] = math.NaN()
	if e := Percentiles(mostly); !e.Known() || Known(e.Low) || Known(e.High) {
		t.Errorf("6 of 100 unknown: %+v", e)
	}
	if e := Percentiles(nil); e.Known() || e.Bounded() {
		t.Errorf("no draws: %+v", e)
	}
}

func TestFirstShares(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	worse, alike := make([][]float64, 200), make([][]float64, 200)
	for i := range worse {
		a, b, c := rng.ExpFloat64(), rng.ExpFloat64(), rng.ExpFloat64()
		worse[i], alike[i] = []float64{a, 3 * b, c}, []float64{a, a, c / 10}
	}
	if firsts := FirstShares(1, Rounds, worse); firsts[1] < 0.975 {
		t.Errorf("three times the days are first in %v only", firsts)
	}
	if firsts := FirstShares(1, Rounds, alike); firsts[0]+firsts[1]+firsts[2] != 0 {
		t.Errorf("of two equal columns one is first in %v", firsts)
	}
	if FirstShares(1, Rounds, nil) != nil || FirstShares(1, 0, worse) != nil {
		t.Error("there is a first of nothing")
	}
}

// Of two stages alike, one must be named in at most 5 % of all cases.
func TestFirstSharesSeldomNameOneOfEquals(t *testing.T) {
	const cases, units = 500, 60
	named := 0
	rng := rand.New(rand.NewPCG(9, 9))
	for range cases {
		totals := make([][]float64, units)
		for i := range totals {
			totals[i] = []float64{rng.ExpFloat64(), rng.ExpFloat64()}
		}
		if slices.Max(FirstShares(rng.Uint64(), 400, totals)) >= 0.975 {
			named++
		}
	}
	// Binomial: above 40 of 500 is three standard deviations over 5 %.
	if named > 40 {
		t.Errorf("named one in %d of %d cases", named, cases)
	}
}

func TestHashGroupsAreEven(t *testing.T) {
	const groups, each = 100, 400
	var sizes [groups]int
	for id := range uint64(groups * each) {
		sizes[HashGroup(id, groups)]++
	}
	chi := 0.0
	for _, n := range sizes {
		chi += square(float64(n-each)) / each
	}
	if p := chiSquare(chi, groups-1).P; p < 0.001 || p > 0.999 {
		t.Errorf("sizes are uneven or too even (p %g): %v", p, sizes)
	}
	if g := HashGroup(12345, 1000); g != 944 {
		t.Errorf("deal 12345 has moved to group %d", g)
	}
}
