package reports

import (
	"math/rand/v2"
	"testing"

	"pipewright/internal/sales"
)

// many is a history of n deals with five stays each, every fifteenth move one back; always the same.
func many(n int) *builder {
	b := newBuilder(testProcess(), at(1000))
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	for id := range int64(n) {
		day := 900 * rng.Float64()
		place := 0
		_ = b.event(sales.Event{Deal: id + 1, Version: 1, At: at(day), Type: sales.Created, Data: sales.EventData{To: "lead"}})
		for v := 2; v <= 5; v++ {
			day += 12 * rng.ExpFloat64()
			data := sales.EventData{From: b.h.Process.Stages[place].Key, Direction: sales.ExitForward}
			if place > 0 && rng.IntN(15) == 0 {
				place, data.Direction = place-1, sales.ExitBack
			} else if place++; place == 3 {
				data.Direction = sales.ExitWon
			}
			if place == 5 || place == 2 && rng.IntN(6) == 0 {
				break
			}
			data.To = b.h.Process.Stages[place].Key
			_ = b.event(sales.Event{Deal: id + 1, Version: v, At: at(day), Type: sales.Moved, Data: data})
		}
	}
	return b
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		many(100_000).history()
	}
}

func BenchmarkReports(b *testing.B) {
	h := many(100_000).history()
	for _, r := range All() {
		b.Run(r.Name, func(b *testing.B) {
			for b.Loop() {
				r.of(h, Options{AsOf: h.AsOf})
			}
		})
	}
}
