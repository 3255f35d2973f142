package stat

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// generated returns n observations in no order: seconds as days, a third of them open.
func generated(n int) []Observation {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	obs := make([]Observation, n)
	for i := range obs {
		obs[i] = Observation{Time: float64(int(rng.ExpFloat64()*20*86400)) / 86400, Cause: Cause(rng.IntN(3)), Group: int32(rng.IntN(HashGroups))}
	}
	return obs
}

var sizes = []int{100_000, 1_000_000}

func benchmark(b *testing.B, f func(s *Sample)) {
	for _, n := range sizes {
		s := NewSample(generated(n))
		b.Run(fmt.Sprintf("%dk", n/1000), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f(s)
			}
		})
	}
}

func BenchmarkNewSample(b *testing.B) {
	for _, n := range sizes {
		obs := generated(n)
		b.Run(fmt.Sprintf("%dk", n/1000), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewSample(slices.Clone(obs))
			}
		})
	}
}

func BenchmarkKaplanMeier(b *testing.B) {
	benchmark(b, func(s *Sample) { s.Median(); s.RMST(30) })
}

func BenchmarkAalenJohansen(b *testing.B) {
	benchmark(b, func(s *Sample) { s.Incidence(30, 1) })
}

func BenchmarkCurve(b *testing.B) {
	benchmark(b, func(s *Sample) { s.Curve() })
}

// BenchmarkResample is one round of a bootstrap of the median.
func BenchmarkResample(b *testing.B) {
	var counts []int32
	Bootstrap(1, 1, HashGroups, func(c []int32) { counts = slices.Clone(c) })
	benchmark(b, func(s *Sample) { s.Resample(counts).Median() })
}

// BenchmarkFirstShares is what naming the worst of 8 stages costs.
func BenchmarkFirstShares(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	totals := make([][]float64, HashGroups)
	for i := range totals {
		totals[i] = make([]float64, 8)
		for j := range totals[i] {
			totals[i][j] = rng.ExpFloat64()
		}
	}
	for b.Loop() {
		FirstShares(1, Rounds, totals)
	}
}
