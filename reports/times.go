package reports

import (
	"math"
	"slices"
	"sort"
	"sync"
	"time"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

// timesheet holds how long deals stayed, in the order that the estimators want. It does not
// depend on the cut, so that a later cut and a new event need no sorting.
type timesheet struct {
	stages   []durations // by place
	between  []durations // by place, the ends coming first: until deals that had left came back, from there
	episodes durations   // last ones, until the deal was won or lost
	over     []int       // by place: ended stays that took more working time than the target
}

// durations are how long what has ended took, and since when the rest goes on.
type durations struct {
	ended []lasted // ascending
	since []int64  // Unix milliseconds, ascending: the latest comes first in order of time
}

// lasted is a duration in milliseconds and, in its lowest bits, what ended it and the place where that
// led: one number sorts quickly, and holds 2,000 years.
type lasted uint64

const (
	causeBits = 3
	placeBits = 15
)

func newLasted(ms int64, to int16, cause stat.Cause) lasted {
	return lasted(ms)<<(placeBits+causeBits) | lasted(to+ends)<<causeBits | lasted(cause)
}

func (l lasted) millis() int64 { return int64(l >> (placeBits + causeBits)) }

func (l lasted) to() int16 { return int16(l>>causeBits&(1<<placeBits-1)) - ends }

func (l lasted) cause() stat.Cause { return stat.Cause(l & (1<<causeBits - 1)) }

// times returns the history's sheet: what is kept, or one made for the occasion.
func (h *History) times() *timesheet {
	if h.kept != nil {
		return h.kept
	}
	return newTimesheet(h)
}

func newTimesheet(h *History) *timesheet {
	s := &timesheet{stages: make([]durations, len(h.Stages)), between: make([]durations, len(h.Stages)+ends), over: h.endedOverTarget()}
	ended, open := make([]int, len(h.Stages)), make([]int, len(h.Stages))
	for s := range h.each {
		if s.Exit == stat.Censored {
			open[s.Stage]++
		} else {
			ended[s.Stage]++
		}
	}
	for i := range s.stages {
		s.stages[i] = durations{make([]lasted, 0, ended[i]), make([]int64, 0, open[i])}
	}
	for stay := range h.each {
		s.stages[stay.Stage].add(stay.Entered, stay.Left, nextOf(stay), stay.Exit)
	}
	for _, d := range h.Deals {
		if d.Start != never && (d.Closed != never || d.Status == sales.Open) {
			s.episodes.add(d.Start, d.Closed, nowhere, outcomesOf[d.Status])
		}
		returns(d.stays, func(left *Stay, again *Stay) {
			s.between[nextOf(left)+ends].add(left.Left, again.Entered, again.Stage, exitBack)
		})
	}
	var room []lasted
	for i := range s.between {
		s.between[i].sort(&room)
	}
	s.episodes.sort(&room)
	for i := range s.stages {
		s.stages[i].sort(&room)
	}
	return s
}

// stays returns how many there are.
func (s *timesheet) stays() int {
	n := 0
	for i := range s.stages {
		n += len(s.stages[i].ended) + len(s.stages[i].since)
	}
	return n
}

// outcomesOf says how episodes ended; the rest go on.
var outcomesOf = map[sales.Status]stat.Cause{sales.Won: exitWon, sales.Lost: exitLost}

// add leaves out what ended before it began: nobody knows how long that took.
func (d *durations) add(from, to int64, place int16, cause stat.Cause) {
	switch {
	case cause == stat.Censored:
		d.since = append(d.since, from)
	case to >= from:
		d.ended = append(d.ended, newLasted(to-from, place, cause))
	}
}

func (d *durations) sort(room *[]lasted) {
	slices.Sort(d.since)
	sortLasted(d.ended, room)
}

// sortLasted sorts eleven bits at a time, since comparing millions takes much longer. It needs as much room again.
func sortLasted(all []lasted, room *[]lasted) {
	const bits, few = 11, 2000
	if len(all) < few {
		slices.Sort(all)
		return
	}
	*room = slices.Grow((*room)[:0], len(all))
	largest, from, to := slices.Max(all), all, (*room)[:len(all)]
	for shift := 0; largest>>shift > 0; shift += bits {
		var starts [1 << bits]int
		for _, l := range from {
			starts[l>>shift&(1<<bits-1)]++
		}
		start := 0
		for digit, n := range starts {
			starts[digit] = start
			start += n
		}
		for _, l := range from {
			digit := l >> shift & (1<<bits - 1)
			to[starts[digit]] = l
			starts[digit]++
		}
		from, to = to, from
	}
	if &from[0] != &all[0] {
		copy(all, from)
	}
}

// rooms for samples are used again: those of a million deals are large.
var rooms = sync.Pool{New: func() any { return new([]stat.Observation) }}

// sample calls use with the durations as they stand at the cut: what goes on is censored there. The sample lasts
// until use returns.
func (d *durations) sample(cut time.Time, use func(s *stat.Sample)) {
	room := rooms.Get().(*[]stat.Observation)
	defer rooms.Put(room)
	obs := slices.Grow((*room)[:0], len(d.ended)+len(d.since))
	*room = obs
	open, until := len(d.since)-1, cut.UnixMilli()
	for _, l := range d.ended {
		for ; open >= 0 && until-d.since[open] < l.millis(); open-- {
			obs = append(obs, stat.Observation{Time: days(until - d.since[open])})
		}
		obs = append(obs, stat.Observation{Time: days(l.millis()), Cause: l.cause()})
	}
	for ; open >= 0; open-- {
		obs = append(obs, stat.Observation{Time: days(until - d.since[open])})
	}
	use(stat.NewSample(obs))
}

// medians returns how many days half of the moves from a place took, by the place where they led, the ends
// coming first. How many moves there are is known, so that one look at the times in their order finds the middle ones.
func (s *timesheet) medians(from int16, to []moves) []float64 {
	type middle struct {
		seen         int
		below, above int64
	}
	found := make([]middle, len(to))
	note := func(l lasted) {
		m, last := &found[l.to()+ends], to[l.to()+ends].timed-1
		switch m.seen {
		case last / 2:
			m.below = l.millis()
		case last/2 + 1:
			m.above = l.millis()
		}
		m.seen++
	}
	var stayed []lasted
	if from >= 0 {
		stayed = s.stages[from].ended
	}
	for _, l := range s.between[from+ends].ended {
		for len(stayed) > 0 && stayed[0] < l {
			note(stayed[0])
			stayed = stayed[1:]
		}
		note(l)
	}
	for _, l := range stayed {
		note(l)
	}
	out := make([]float64, len(to))
	for i, m := range found {
		out[i] = stat.QuantileAt(m.seen, func(j int) float64 {
			if j == (m.seen-1)/2 {
				return days(m.below)
			}
			return days(m.above)
		}, 0.5)
	}
	return out
}

// quantile is of what has ended, in days.
func (d *durations) quantile(p float64) float64 {
	return stat.QuantileAt(len(d.ended), func(i int) float64 { return days(d.ended[i].millis()) }, p)
}

// overTarget returns how many visits took more working time than their stage's target.
// Of those that go on, whoever came earlier has been worked on at least as long.
func (h *History) overTarget(s *timesheet) []int {
	out := slices.Clone(s.over)
	for i, stage := range h.Process.Stages {
		if stage.Target <= 0 {
			continue
		}
		since, limit := s.stages[i].since, worked(stage.Target, h.Process.Calendar.DayLength())
		out[i] += sort.Search(len(since), func(j int) bool {
			return !longer(h.Process.Calendar, since[j], h.AsOf.UnixMilli(), limit)
		})
	}
	return out
}

// endedOverTarget counts those that have ended.
func (h *History) endedOverTarget() []int {
	out := make([]int, len(h.Stages))
	day := h.Process.Calendar.DayLength()
	limits := make([]time.Duration, len(h.Stages)) // 0 is none
	for i, stage := range h.Process.Stages {
		limits[i] = worked(max(0, stage.Target), day)
	}
	n, all := 0, span{math.MaxInt64, math.MinInt64}
	for s := range h.each {
		if s.Exit != stat.Censored && limits[s.Stage] > 0 {
			n, all = n+1, span{min(all.from, s.Entered), max(all.to, s.Left)}
		}
	}
	if n == 0 {
		return out
	}
	table := newWorkTable(h.Process.Calendar, all, n)
	for s := range h.each {
		if limit := limits[s.Stage]; s.Exit != stat.Censored && limit > 0 && s.Left-s.Entered > limit.Milliseconds() && table.worked(span{s.Entered, s.Left}) > limit {
			out[s.Stage]++
		}
	}
	return out
}

// revised returns the sheet after some deals have changed: gone is the sheet of what they
// were, come that of what they are. Stages that nothing happened to are shared.
func (s *timesheet) revised(gone, come *timesheet) *timesheet {
	out := &timesheet{stages: make([]durations, len(come.stages)), between: make([]durations, len(come.between)), over: make([]int, len(come.stages))}
	for i := range out.stages {
		var was, less durations
		if i < len(s.stages) {
			was, out.over[i] = s.stages[i], s.over[i]
		}
		if i < len(gone.stages) {
			less = gone.stages[i]
			out.over[i] -= gone.over[i]
		}
		out.over[i] += come.over[i]
		out.stages[i] = was.revised(less, come.stages[i])
	}
	for i := range out.between {
		var was, less durations
		if i < len(s.between) {
			was = s.between[i]
		}
		if i < len(gone.between) {
			less = gone.between[i]
		}
		out.between[i] = was.revised(less, come.between[i])
	}
	out.episodes = s.episodes.revised(gone.episodes, come.episodes)
	return out
}

func (d durations) revised(gone, come durations) durations {
	return durations{revise(d.ended, gone.ended, come.ended), revise(d.since, gone.since, come.since)}
}

// revise returns the ascending values without those that are gone and with those that come, all ascending.
func revise[T int64 | lasted](values, gone, come []T) []T {
	if len(gone)+len(come) == 0 {
		return values
	}
	out := make([]T, 0, len(values)-len(gone)+len(come))
	for len(gone)+len(come) > 0 { // what lies before the next change is copied at once
		takes := len(gone) > 0 && (len(come) == 0 || gone[0] <= come[0])
		if takes {
			i, _ := slices.BinarySearch(values, gone[0])
			out, values, gone = append(out, values[:i]...), values[i+1:], gone[1:]
			continue
		}
		i, _ := slices.BinarySearch(values, come[0])
		out, values, come = append(append(out, values[:i]...), come[0]), values[i:], come[1:]
	}
	return append(out, values...)
}
