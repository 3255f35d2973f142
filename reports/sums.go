package reports

import (
	"maps"
	"math"
	"slices"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

// sums is what reports count and add up over all deals. They are whole numbers, so that a deal can be
// taken out again, and what is left is to the last bit what the other deals add up to.
type sums struct {
	stages    []visits       // by place
	moves     [][]moves      // by the places from and to; the ends come first
	groups    [][]lengths    // by fixed group of deals and place
	timed     int            // deals that were in some stage
	jumps     int            // moves that passed over some stage
	won, lost closed         // deals by their outcome
	reasons   map[string]int // of losses
}

// closed are deals that came to an end.
type closed struct {
	deals int
	value amounts
}

// moves is all that went from one place to another.
type moves struct {
	n, deals, back int
	timed          int   // of n: nobody knows how long it took what ended before it began
	millis         int64 // that these had been in the first one
}

// visits is what happened to the stays in one stage.
type visits struct {
	entries, advanced, back, won, lost, open int
	lostValue                                amounts
	deals                                    int // distinct
	took                                     lengths
	furthest                                 int // deals that came here and no further
	skipped                                  int // moves that passed it over
	overrides                                int // moves out of it whose gate was not met
}

// settled returns how many stays have ended.
func (v *visits) settled() int { return v.entries - v.open }

// lengths adds up how long stays lasted or, when they go on, since when.
type lengths struct {
	ended, since int64
	open         int64 // how many go on
}

func (l *lengths) add(s *Stay, times int64) {
	if s.Exit == stat.Censored {
		l.open, l.since = l.open+times, l.since+times*s.Entered
		return
	}
	l.ended += times * max(0, s.Left-s.Entered)
}

// at returns the sum at a cut, in milliseconds.
func (l *lengths) at(cut int64) int64 { return l.ended + l.open*cut - l.since }

// amounts are sums of money by currency, for subtracting too. A currency goes with the last of its deals.
type amounts map[string]amount

type amount struct {
	deals     int
	high, low int64 // the sum is high·2³² + low, which gigantic deals do not overflow
}

func (a amounts) add(m sales.Money, times int) {
	if !m.IsSet() {
		return
	}
	sum := a[m.Currency]
	sum.deals += times
	sum.high += int64(times) * (m.Minor >> 32)
	sum.low += int64(times) * (m.Minor & math.MaxUint32)
	a[m.Currency] = sum
	if sum.deals == 0 {
		delete(a, m.Currency)
	}
}

// money is as near as an int64 comes to the sums.
func (a amounts) money() money {
	out := money{}
	for code, sum := range a {
		out[code] = math.MaxInt64
		if sum.high <= math.MaxInt32 {
			out[code] = sales.AddMinor(sum.high<<32, sum.low)
		}
	}
	return out
}

func newSums(stages int) *sums {
	t := &sums{stages: make([]visits, stages), moves: make([][]moves, stages+ends), groups: make([][]lengths, stat.HashGroups), reasons: map[string]int{}}
	t.won.value, t.lost.value = amounts{}, amounts{}
	for i := range t.stages {
		t.stages[i].lostValue = amounts{}
	}
	for i := range t.moves {
		t.moves[i] = make([]moves, stages+ends)
	}
	all := make([]lengths, stages*stat.HashGroups)
	for i := range t.groups {
		t.groups[i], all = all[:stages:stages], all[stages:]
	}
	return t
}

// sums returns those of the history's deals: what is kept, or counted for the occasion.
func (h *History) sums() *sums {
	if h.added != nil {
		return h.added
	}
	t := newSums(len(h.Stages))
	for _, d := range h.Deals {
		t.count(d, 1)
	}
	return t
}

// revised returns the sums of so many stages after some deals have gone, and others have come.
func (t *sums) revised(stages int, gone, come []*Deal) *sums {
	out := newSums(stages)
	for i, v := range t.stages {
		v.lostValue = maps.Clone(v.lostValue)
		out.stages[i] = v
	}
	for i := range t.moves {
		copy(out.moves[i], t.moves[i])
	}
	for i := range t.groups {
		copy(out.groups[i], t.groups[i])
	}
	out.timed, out.jumps, out.won, out.lost, out.reasons = t.timed, t.jumps, t.won, t.lost, maps.Clone(t.reasons)
	out.won.value, out.lost.value = maps.Clone(t.won.value), maps.Clone(t.lost.value)
	for _, d := range gone {
		out.count(d, -1)
	}
	for _, d := range come {
		out.count(d, 1)
	}
	return out
}

// count adds a deal, as often as times says.
func (t *sums) count(d *Deal, times int) {
	group := t.groups[d.group()]
	for i := range d.stays {
		s := &d.stays[i]
		v := &t.stages[s.Stage]
		v.count(s.Exit, times)
		if s.Exit == exitLost {
			v.lostValue.add(d.Amount(), times)
		}
		if !slices.ContainsFunc(d.stays[:i], func(b Stay) bool { return b.Stage == s.Stage }) {
			v.deals += times
		}
		v.took.add(s, int64(times))
		group[s.Stage].add(s, int64(times))
	}
	if len(d.stays) > 0 {
		t.timed += times
	}
	if d.Furthest >= 0 {
		t.stages[d.Furthest].furthest += times
	}
	t.jumps += times * int(d.jumps)
	for _, place := range d.Skipped {
		if place >= 0 {
			t.stages[place].skipped += times
		}
	}
	for _, o := range d.overrides {
		if o.Stage >= 0 {
			t.stages[o.Stage].overrides += times
		}
	}
	t.countMoves(d, times)
	switch d.Status {
	case sales.Won:
		t.won.count(d, times)
	case sales.Lost:
		t.lost.count(d, times)
		if t.reasons[d.Reason] += times; t.reasons[d.Reason] == 0 {
			delete(t.reasons, d.Reason)
		}
	}
}

func (c *closed) count(d *Deal, times int) {
	c.deals += times
	c.value.add(d.Amount(), times)
}

func (v *visits) count(exit stat.Cause, times int) {
	v.entries += times
	switch exit {
	case exitForward, exitCompleted:
		v.advanced += times
	case exitBack:
		v.back += times
	case exitWon:
		v.won += times
	case exitLost:
		v.lost += times
	default:
		v.open += times
	}
}

func (t *sums) countMoves(d *Deal, times int) {
	var seen [16]*moves
	known := seen[:0]
	passages(d.stays, func(from, to int16, took int64, back bool) {
		m := &t.moves[from+ends][to+ends]
		if !slices.Contains(known, m) {
			known = append(known, m)
			m.deals += times
		}
		m.n += times
		if took >= 0 {
			m.timed += times
			m.millis += int64(times) * took
		}
		if back {
			m.back += times
		}
	})
}

// shown returns the places of the stages that get a row: all of the process, and
// removed ones where something happened.
func (h *History) shown(happened func(i int) bool) []int {
	var out []int
	for i := range h.Stages {
		if i < len(h.Process.Stages) || happened(i) {
			out = append(out, i)
		}
	}
	return out
}
