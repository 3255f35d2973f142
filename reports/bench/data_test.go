package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// The calendar of the data: deals begin in the first days, nothing happens after the end, and
// reports are as of the end.
const (
	beginDays = 850
	endDay    = 1000
	stayCount = 5
)

func day(d float64) time.Time {
	return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(d * 86_400 * float64(time.Second))).Truncate(time.Second)
}

var asOf = day(endDay)

func process() *sales.Process {
	p := &sales.Process{
		Key: "b2b", Default: true, Name: sales.Text{"en": "New business"}, Currency: "EUR",
		Calendar: sales.Calendar{Zone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, Hours: "09:00-17:00"},
		Reasons:  []sales.Reason{{Key: "price"}, {Key: "timing"}},
	}
	for i, key := range []string{"lead", "qualified", "demo", "offer", "contract", "signed"} {
		p.Stages = append(p.Stages, sales.Stage{Key: key, Name: sales.Text{"en": key}, Target: sales.Days(4 + 2*i), Won: key == "signed"})
	}
	return p
}

// life is the log of a deal with five stays. Deals come in no order of time; of ten moves one goes back
// and one skips a stage, and of the deals about a third each are open, lost and won.
func life(rng *rand.Rand, p *sales.Process) []sales.Event {
	currency := [...]string{"EUR", "EUR", "USD"}[rng.IntN(3)]
	now, place, won := beginDays*rng.Float64(), 0, p.WonIndex()
	log := []sales.Event{{Version: 1, At: day(now), Actor: "UIMPORT", Type: sales.Created, Data: sales.EventData{
		Process: p.Key, To: p.Stages[0].Key, User: fmt.Sprintf("U%02d", rng.IntN(40)), Team: [...]string{"north", "south"}[rng.IntN(2)], Source: "import",
		Initial: map[string]string{"amount": fmt.Sprintf("%d.00 %s", 100+rng.IntN(90_000), currency)},
	}}}
	add := func(t sales.EventType, data sales.EventData) {
		data.From, data.Source = p.Stages[place].Key, "import"
		log = append(log, sales.Event{Version: len(log) + 1, At: day(now), Actor: "UIMPORT", Type: t, Data: data})
	}
	for stay := 1; ; stay++ {
		if now += float64(4+2*place) * rng.ExpFloat64(); now > endDay-1 {
			return log
		}
		switch to, chance := place+1, rng.IntN(100); {
		case stay == stayCount && chance < 33:
			return log
		case stay == stayCount && chance < 66:
			add(sales.LostEvent, sales.EventData{Reason: p.Reasons[chance%2].Key})
			return log
		case stay == stayCount:
			add(sales.Moved, sales.EventData{To: p.Stages[won].Key, Direction: sales.ExitWon, Skipped: keys(p, to, won), Ends: true})
			return log
		case place > 0 && (chance < 10 || to == won):
			add(sales.Moved, sales.EventData{To: p.Stages[place-1].Key, Direction: sales.ExitBack})
			place--
		default:
			if chance > 90 && to+1 < won {
				to++
			}
			add(sales.Moved, sales.EventData{To: p.Stages[to].Key, Direction: sales.ExitForward, Skipped: keys(p, place+1, to)})
			place = to
		}
	}
}

func keys(p *sales.Process, from, to int) []string {
	var out []string
	for _, s := range p.Stages[from:to] {
		out = append(out, s.Key)
	}
	return out
}

// fill imports n deals into a new database and seals their events; the same n makes the same deals.
func fill(tb testing.TB, url string, n int) {
	tb.Helper()
	ctx := context.Background()
	st := open(tb, url)
	defer st.Close()
	p := process()
	err := st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveProcess(ctx, p, "UADMIN", "bench", day(-1))
	})
	must(tb, err)
	im, err := st.Importer(ctx, p.Key, asOf)
	must(tb, err)
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	for done := 0; done < n; {
		batch := make([]store.ImportedDeal, min(500, n-done))
		for i := range batch {
			batch[i] = store.ImportedDeal{External: fmt.Sprint("X", done+i), Events: life(rng, p)}
		}
		must(tb, im.Add(ctx, batch))
		done += len(batch)
	}
	_, err = im.Publish(ctx)
	must(tb, err)
	_, err = st.Seal(ctx, asOf)
	must(tb, err)
}

func open(tb testing.TB, url string) *store.Store {
	tb.Helper()
	st, err := store.Open(context.Background(), url, store.Options{})
	must(tb, err)
	return st
}

// move appends an event to the deal's log, as somebody's command does.
func move(ctx context.Context, st *store.Store, id int64, now time.Time) error {
	return st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Case(ctx, id)
		if err != nil {
			return err
		}
		data := sales.EventData{From: c.Deal.Stage, To: "demo", Direction: sales.ExitForward}
		if c.Deal.Stage == "demo" {
			data.To = "offer"
		}
		return tx.Apply(ctx, c, []sales.Event{{Deal: id, Version: c.Deal.Version + 1, At: now, Actor: "UANA", Type: sales.Moved, Data: data}})
	})
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
