package reports

import (
	"cmp"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"pipewright/internal/sales"
)

// world is a process whose truth is known: Poisson arrivals, and stages in which
// a deal is worked on for an exponential time, by as many as the stage has.
type world struct {
	perDay  float64   // arrivals
	growth  float64   // of arrivals, each day
	mean    []float64 // days of work in lead, demo and offer
	workers []int     // 0 is one for every deal
	lost    float64   // share that is lost on leaving a stage
	days    float64

	asks     bool    // in the offer stage approvers are asked, who are its workers
	patience float64 // days after which a deal that still waits for them is lost; 0 is never
	fridays  bool    // they decide everything on Fridays
}

// approvers are what a world asks its approvers.
func (w world) approvers(from, done float64, id int64) asked {
	a := asked{deal: id, from: at(from).UnixMilli(), to: at(min(done, w.days)).UnixMilli(), people: max(1, w.workers[2])}
	a.over = done < w.days
	a.decided = a.over
	return a
}

// simulate draws a history as of the last day.
func (w world) simulate(seed uint64) *History {
	rng := rand.New(rand.NewPCG(seed, 99))
	s := newScript(testProcess())
	type deal struct {
		id int64
		at float64
	}
	var here []deal
	var asks []asked
	for t := rng.ExpFloat64() / w.perDay; t < w.days; t += rng.ExpFloat64() / (w.perDay * (1 + w.growth*t)) {
		here = append(here, deal{int64(len(here) + 1), t})
		s.log[int64(len(here))] = []sales.Event{{Deal: int64(len(here)), Version: 1, At: at(t), Type: sales.Created, Data: sales.EventData{To: "lead"}}}
	}
	next := []string{"demo", "offer", "signed"}
	for i, mean := range w.mean {
		free := make([]float64, w.workers[i])
		var on []deal
		for _, d := range here {
			begin, worker := d.at, -1
			if len(free) > 0 {
				worker = slices.Index(free, slices.Min(free))
				begin = max(begin, free[worker])
			}
			done := begin + mean*rng.ExpFloat64()
			if i == 2 && w.fridays {
				done = math.Ceil((d.at-4.2)/7)*7 + 4.2 // day 0 is a Monday
			}
			gaveUp := i == 2 && w.patience > 0 && begin-d.at > w.patience
			if gaveUp {
				done = d.at + w.patience
			} else if worker >= 0 {
				free[worker] = done
			}
			if i == 2 && w.asks {
				a := w.approvers(d.at, done, d.id)
				a.decided = a.decided && !gaveUp
				asks = append(asks, a)
				s.waits = append(s.waits, sales.Wait{Deal: d.id, For: sales.ForApproval, From: at(d.at), To: at(done)})
			}
			if done >= w.days {
				continue
			}
			from := s.process.Stages[i].Key
			if gaveUp || rng.Float64() < w.lost {
				s.add(d.id, done, sales.LostEvent, sales.EventData{From: from})
				continue
			}
			data := sales.EventData{From: from, To: next[i], Direction: sales.ExitForward}
			if next[i] == "signed" {
				data.Direction = sales.ExitWon
			}
			s.add(d.id, done, sales.Moved, data)
			on = append(on, deal{d.id, done})
		}
		slices.SortFunc(on, func(a, b deal) int {
			if a.at < b.at {
				return -1
			}
			return 1
		})
		here = on
	}
	slices.SortFunc(s.waits, func(a, b sales.Wait) int { return int(a.Deal - b.Deal) })
	h := s.history(w.days)
	if w.asks {
		slices.SortFunc(asks, func(a, b asked) int { return cmp.Compare(a.from, b.from) })
		h.desks = []desk{{name: sales.Text{"en": "Pricing", "zh": "定价"}, asked: asks}}
	}
	return h
}

// What make truth runs whole, tests run a part of.
var (
	fully = flag.Bool("truth", false, "draw 500 histories of each world whose truth is known, and ten years on PostgreSQL as well")
	seeds = flag.Int("seeds", 40, "histories drawn of each world whose truth is known")
)

// histories is how many are drawn.
func histories() int {
	switch {
	case *fully:
		return 500
	case testing.Short():
		return 8
	}
	return *seeds
}

// What is planted is named, and nothing is named where nothing was planted: by
// what share of the histories, at most or at least.
func TestVerdictsAgainstKnownTruth(t *testing.T) {
	const none = 0.0
	// One deal in ten is lost on leaving a stage, so that 0.81 of them come to the third.
	queue := func(load float64, workers int) world {
		return world{perDay: 1.5, mean: []float64{2, 2, load * float64(workers) / 1.5 / 0.81}, workers: []int{0, 0, workers}, lost: 0.1, days: 250}
	}
	asking := func(w world) world {
		w.asks = true
		return w
	}
	fridays, impatient := queue(0, 0), asking(queue(1.5, 1))
	fridays.fridays, fridays.days, impatient.patience = true, 250, 10
	tests := map[string]struct {
		world
		named float64 // share in which "offer" is the bottleneck, at least
		slow  float64 // share in which "offer" is slow or the bottleneck, at least
		alarm float64 // share in which anything is the bottleneck, at most
		first float64 // share in which any stage is named at all, at most
	}{
		"all alike":           {world{perDay: 1.5, mean: []float64{5, 5, 5}, workers: []int{0, 0, 0}, lost: 0, days: 250}, none, none, 0.05, 0.1},
		"slow":                {world{perDay: 1.5, mean: []float64{3, 3, 9}, workers: []int{0, 0, 0}, lost: 0.1, days: 250}, none, 0.95, 0.05, 1},
		"slow, and young":     {world{perDay: 1.5, mean: []float64{3, 3, 9}, workers: []int{0, 0, 0}, lost: 0.1, days: 90}, none, 0.95, 0.05, 1},
		"more demand":         {world{perDay: 1, growth: 0.01, mean: []float64{3, 3, 9}, workers: []int{0, 0, 0}, lost: 0.1, days: 250}, none, 0.95, 0.05, 1},
		"busy, but keeps up":  {queue(0.8, 3), none, none, 0.05, 1},
		"very busy":           {queue(0.9, 5), none, none, 0.05, 1},
		"a quarter too much":  {queue(1.25, 3), 0.35, 0.95, 1, 1},
		"half as much again":  {queue(1.5, 3), 0.5, 0.95, 1, 1},
		"twice what it bears": {queue(2, 3), 0.6, 0.95, 1, 1},

		"an approver who is always late":          {asking(world{perDay: 1.5, mean: []float64{2, 2, 8}, workers: []int{0, 0, 0}, lost: 0.1, days: 250}), none, 0.95, 0.05, 1},
		"many requests, always late":              {asking(world{perDay: 5, mean: []float64{2, 2, 8}, workers: []int{0, 0, 0}, lost: 0.1, days: 250}), none, 0.95, 0.05, 1},
		"an approver who decides on Fridays":      {asking(fridays), none, none, 0.05, 1},
		"an approver who keeps up":                {asking(queue(0.6, 1)), none, none, 0.05, 1},
		"a busy approver who keeps up":            {asking(queue(0.8, 1)), none, none, 0.05, 1},
		"three busy approvers who keep up":        {asking(queue(0.8, 3)), none, none, 0.05, 1},
		"an approver with a quarter too much":     {asking(queue(1.25, 1)), 0.95, 0.95, 1, 1},
		"three approvers with half too much":      {asking(queue(1.5, 3)), 0.95, 0.95, 1, 1},
		"too much, and who waits too long leaves": {impatient, 0.6, 0.9, 1, 1},
	}
	n := histories()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var named, slow, alarms, first int
			for seed := range n {
				h := test.simulate(uint64(seed))
				top := bottleneck(h, Options{AsOf: h.AsOf}).(bottleneckBody).rows[0]
				is := top.Verdict == VerdictBottleneck
				offer := top.Stage == "offer" && (is || top.Verdict == VerdictSlow)
				named, slow, alarms, first = named+ones(is && offer), slow+ones(offer), alarms+ones(is), first+ones(is || top.Verdict == VerdictSlow)
			}
			t.Logf(name+": of %d: bottleneck %d, slow or bottleneck %d, alarms %d, anything named %d", n, named, slow, alarms, first)
			atLeast(t, "the bottleneck is named", named, n, test.named)
			atLeast(t, "the slow stage is named", slow, n, test.slow)
			atLeast(t, "there is no alarm", n-alarms, n, 1-test.alarm)
			atLeast(t, "nothing is named", n-first, n, 1-test.first)
		})
	}
}

func ones(is bool) int {
	if is {
		return 1
	}
	return 0
}

// atLeast fails when the share is surely lower than it should be: so many or fewer
// would be seen less than once in a thousand.
func atLeast(t *testing.T, what string, k, n int, share float64) {
	t.Helper()
	if share <= 0 {
		return
	}
	if p := (distuv.Binomial{N: float64(n), P: min(share, 1-1e-9)}).CDF(float64(k)); p < 0.001 {
		t.Errorf("%s in %d of %d, want a share of %v", what, k, n, share)
	}
}
