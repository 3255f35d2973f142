package reports

import (
	"math"
	"time"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

// How a stay ended, as the statistics count it; stat.Censored is a stay that is
// open at the cut.
const (
	exitForward stat.Cause = iota + 1
	exitBack
	exitWon
	exitLost
	exitCompleted
)

var exits = map[sales.Exit]stat.Cause{
	sales.ExitForward: exitForward, sales.ExitBack: exitBack, sales.ExitWon: exitWon,
	sales.ExitLost: exitLost, sales.ExitCompleted: exitCompleted,
}

// never is the time of what an import did not say.
const never = math.MinInt64

// nowhere is the place of no stage.
const nowhere = -1

// History is every deal of one process with its stays, as the log says at one
// instant. It does not change once it was read.
type History struct {
	Process *sales.Process // as in force at AsOf
	AsOf    time.Time
	Stages  []string // keys: the process's in its order, then those that it no longer has
	Deals   []Deal
	Stays   []Stay // deal by deal, in order of time
	Waits   []Wait // deal by deal
	Left    Left

	desks []desk     // what approvers were asked; only where a bottleneck is sought are they read
	kept  *timesheet // of all that is kept of the log; nil when there is none
}

// Left counts what the data do not tell.
type Left struct {
	Unseen    int // deals whose time in some stage an import did not know
	NoCreated int // deals whose creation is not known
	Sample    int // deals that are sample data
}

// Deal is what the analyses need of a deal. Times are Unix milliseconds, or never.
type Deal struct {
	ID        int64
	Amount    sales.Money
	Created   int64
	Start     int64   // of its last episode
	Closed    int64   // of its last episode
	Skipped   []int16 // stages passed over, move by move
	At        int16   // place of the stage where it stands, or stood when it was closed
	Furthest  int16   // place of the furthest stage of the process that it reached, or nowhere
	Unseen    bool    // an import did not know when it entered some stage
	Sample    bool
	firstStay int32
	stays     int32
	firstWait int32
	waits     int32
	*traits
}

// traits are what many deals have in common. They are kept once, and do not change.
type traits struct {
	Owner  string
	Team   string
	Source string
	Status sales.Status
	Reason string // of a loss
}

// Wait is a span in which a deal waited on purpose; an open one lasts to the cut.
type Wait struct {
	For      sales.WaitFor
	From, To int64
}

// Stay is one visit of a deal to a stage.
type Stay struct {
	Entered, Left int64 // Unix milliseconds; an open stay is left at the cut
	Stage         int16 // place in History.Stages
	To            int16 // stage entered next, or nowhere
	Exit          stat.Cause
}

// Days returns how long the stay lasted, in days.
func (s Stay) Days() float64 { return days(s.Left - s.Entered) }

func days(millis int64) float64 { return float64(millis) / 86_400_000 }

func millis(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == never {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// staysOf returns the deal's stays, in order of time.
func (h *History) staysOf(d Deal) []Stay { return h.Stays[d.firstStay : d.firstStay+d.stays] }

func (h *History) waitsOf(d Deal) []Wait { return h.Waits[d.firstWait : d.firstWait+d.waits] }

// each goes over all stays, with the places of their deals.
func (h *History) each(yield func(s *Stay, deal int32) bool) {
	for i := range h.Deals {
		stays := h.staysOf(h.Deals[i])
		for j := range stays {
			if !yield(&stays[j], int32(i)) {
				return
			}
		}
	}
}

// won returns the place of the stage that wins a deal.
func (h *History) won() int { return h.Process.WonIndex() }

// beforeWin reports whether the stage enters figures of winning, losing and time:
// later ones, for delivery and payment, do not.
func (h *History) beforeWin(stage int) bool { return stage < h.won() || stage >= len(h.Process.Stages) }

// Only returns the history of the deals that are kept.
func (h *History) Only(keep func(Deal) bool) *History {
	out := &History{Process: h.Process, AsOf: h.AsOf, Stages: h.Stages, desks: h.desks}
	for _, d := range h.Deals {
		if keep(d) {
			out.add(d, h.staysOf(d), h.waitsOf(d))
		}
	}
	return out
}

// add appends a deal with its stays and waits.
func (h *History) add(d Deal, stays []Stay, waits []Wait) {
	d.firstStay, d.stays = int32(len(h.Stays)), int32(len(stays))
	d.firstWait, d.waits = int32(len(h.Waits)), int32(len(waits))
	h.Waits = append(h.Waits, waits...)
	h.Stays = append(h.Stays, stays...)
	h.put(d)
}

// addRun appends the deals of another history from place i up to place j.
func (h *History) addRun(from *History, i, j int) {
	if i == j {
		return
	}
	first, last := &from.Deals[i], &from.Deals[j-1]
	moved := int32(len(h.Stays)) - first.firstStay
	h.Stays = append(h.Stays, from.Stays[first.firstStay:last.firstStay+last.stays]...)
	for _, d := range from.Deals[i:j] {
		waits := from.waitsOf(d)
		d.firstStay, d.firstWait = d.firstStay+moved, int32(len(h.Waits))
		h.Waits = append(h.Waits, waits...)
		h.put(d)
	}
}

// put appends a deal whose stays and waits are there, and counts what is not known of it.
func (h *History) put(d Deal) {
	h.Deals = append(h.Deals, d)
	if d.Unseen {
		h.Left.Unseen++
	}
	if d.Created == never {
		h.Left.NoCreated++
	}
	if d.Sample {
		h.Left.Sample++
	}
}

// open returns how many deals are open at the cut.
func (h *History) open() int {
	n := 0
	for i := range h.Deals {
		if h.Deals[i].Status == sales.Open {
			n++
		}
	}
	return n
}

// worth sums up what the open deals are worth.
func (h *History) worth() money {
	m := money{}
	for i := range h.Deals {
		if h.Deals[i].Status == sales.Open {
			m.add(h.Deals[i].Amount)
		}
	}
	return m
}
