package reports

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pipewright/internal/sales"
)

// life is a deal of five stays at most, begun on any day, so that deals are in no order
// of time; every fifteenth move goes back, some deals are lost and many are open.
func life(rng *rand.Rand, p *sales.Process) []sales.Event {
	day, place := 900*rng.Float64(), 0
	log := []sales.Event{{Version: 1, At: at(day), Type: sales.Created, Data: sales.EventData{
		Process: p.Key, To: "lead", User: fmt.Sprintf("U%02d", rng.IntN(20)), Team: "north", Source: "import",
		Initial: map[string]string{"amount": fmt.Sprintf("%d.00 EUR", 100+rng.IntN(9000))},
	}}}
	for v := 2; v <= 5; v++ {
		day += 12 * rng.ExpFloat64()
		e := sales.Event{Version: v, At: at(day), Type: sales.Moved, Data: sales.EventData{From: p.Stages[place].Key, Direction: sales.ExitForward}}
		switch {
		case place == 2 && rng.IntN(6) == 0:
			e.Type, e.Data.Direction, e.Data.Reason = sales.LostEvent, "", "price"
			return append(log, e)
		case place > 0 && rng.IntN(15) == 0:
			place--
			e.Data.Direction = sales.ExitBack
		case place == 4 || rng.IntN(25) == 0:
			return log
		default:
			if place++; place == p.WonIndex() {
				e.Data.Direction = sales.ExitWon
			}
		}
		e.Data.To = p.Stages[place].Key
		log = append(log, e)
	}
	return log
}

// many is a history of n deals; always the same.
func many(n int) *History {
	b := newBuilder(testProcess(), at(1000))
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	for id := range int64(n) {
		for _, e := range life(rng, b.h.Process) {
			e.Deal = id + 1
			_ = b.event(e)
		}
	}
	h := b.history()
	h.kept, h.added = newTimesheet(h), h.sums()
	return h
}

// BenchmarkReports answers each report anew; reports/bench measures reading, restarts and DuckDB.
func BenchmarkReports(b *testing.B) {
	h := many(100_000)
	for _, r := range All() {
		b.Run(r.Name, func(b *testing.B) {
			for b.Loop() {
				r.of(h, Options{AsOf: h.AsOf})
			}
		})
	}
}
