package reports

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
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
	h.kept = newTimesheet(h)
	return h
}

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

// benches are databases with many deals, by their number: each is made once and lasts till the end.
var benches struct {
	mu   sync.Mutex
	dir  string
	made map[int]bool
}

func TestMain(m *testing.M) {
	code := m.Run()
	if benches.dir != "" {
		os.RemoveAll(benches.dir)
	}
	os.Exit(code)
}

// sizes are how many deals there are. PIPEWRIGHT_BENCH_MILLION=1 adds a million, which take minutes.
func sizes() []int {
	if os.Getenv("PIPEWRIGHT_BENCH_MILLION") != "" {
		return []int{10_000, 100_000, 1_000_000}
	}
	return []int{10_000, 100_000}
}

func benchURL(b *testing.B, n int) string {
	b.Helper()
	benches.mu.Lock()
	defer benches.mu.Unlock()
	if benches.dir == "" {
		dir, err := os.MkdirTemp("", "pipewright-bench-")
		if err != nil {
			b.Fatal(err)
		}
		benches.dir, benches.made = dir, map[int]bool{}
	}
	url := "sqlite:" + filepath.Join(benches.dir, fmt.Sprint(n, ".db"))
	if !benches.made[n] {
		fill(b, url, n)
		benches.made[n] = true
	}
	return url
}

// fill imports n deals into a new database, and seals their events.
func fill(b *testing.B, url string, n int) {
	b.Helper()
	st := openStore(b, url)
	defer st.Close()
	inTx(b, st, func(ctx context.Context, tx *store.Tx) error {
		p := testProcess()
		p.Default, p.Version = true, 0
		return tx.SaveProcess(ctx, p, "UADMIN", "first", at(-400))
	})
	im, err := st.Importer(ctx, "b2b", at(1000))
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	for done := 0; done < n; done += 500 {
		batch := make([]store.ImportedDeal, 500)
		for i := range batch {
			batch[i] = store.ImportedDeal{External: fmt.Sprint("X", done+i), Events: life(rng, testProcess())}
		}
		if err := im.Add(ctx, batch); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := im.Publish(ctx); err != nil {
		b.Fatal(err)
	}
	if _, err := st.Seal(ctx, at(1000)); err != nil {
		b.Fatal(err)
	}
}

func answer(b *testing.B, st *store.Store, asOf time.Time, names ...string) {
	b.Helper()
	err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		for _, name := range names {
			if _, err := Compute(ctx, r, name, Options{AsOf: asOf}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCold opens the database and answers the first report.
func BenchmarkCold(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			url := benchURL(b, n)
			for b.Loop() {
				st := openStore(b, url)
				answer(b, st, at(1000), "funnel")
				_ = st.Close()
			}
		})
	}
}

// BenchmarkWarm answers all six reports after one new event. Beside the mean, it tells
// the 95th percentile, and what stays in memory.
func BenchmarkWarm(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			url := benchURL(b, n)
			before := heap()
			st := openStore(b, url)
			defer st.Close()
			answer(b, st, at(1000), Names()...)
			kept := heap() - before
			rng := rand.New(rand.NewPCG(2, uint64(n)))
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				move(b, st, 1+rng.Int64N(int64(n)), at(1000+float64(len(took))/1000))
				b.StartTimer()
				begin := time.Now()
				answer(b, st, at(1000+float64(len(took))/1000), Names()...)
				took = append(took, time.Since(begin))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			b.ReportMetric(kept/1e6, "kept-MB")
		})
	}
}

// move appends one event to the deal's log: it goes to another stage.
func move(b *testing.B, st *store.Store, id int64, now time.Time) {
	b.Helper()
	inTx(b, st, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Case(ctx, id)
		if err != nil {
			return err
		}
		data := sales.EventData{From: c.Deal.Stage, To: "demo", Direction: sales.ExitForward}
		if c.Deal.Stage == "demo" {
			data.To = "offer"
		}
		return tx.Apply(ctx, c, []sales.Event{{Deal: id, Version: c.Deal.Version + 1, At: now, Type: sales.Moved, Data: data}})
	})
}

// heap returns the bytes that are in use.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
