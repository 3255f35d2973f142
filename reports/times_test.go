package reports

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSortingAgreesWithComparing(t *testing.T) {
	var room []lasted
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		most := rapid.Uint64Range(1, 1<<63).Draw(t, "most")
		all := make([]lasted, rapid.IntRange(0, 5000).Draw(t, "n"))
		for i := range all {
			all[i] = lasted(rng.Uint64N(most))
		}
		want := slices.Sorted(slices.Values(all))
		if sortLasted(all, &room); !slices.Equal(all, want) {
			t.Fatal("not in order")
		}
	})
}
