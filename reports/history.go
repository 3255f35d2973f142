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
	Deals   []*Deal  // by number; other histories may share them, so they do not change either
	Left    Left

	desks []desk     // what approvers were asked; only where a bottleneck is sought are they read
	kept  *timesheet // of all deals, where the history is one that is kept; otherwise nil
	added *sums      // likewise
}

// Left counts what the data do not tell.
type Left struct {
	Unseen    int // deals whose time in some stage an import did not know
	NoCreated int // deals whose creation is not known
	Sample    int // deals that are sample data
}

// Deal is what the analyses need of a deal. Times are Unix milliseconds, or never. It does not depend on the
// instant of the cut but where something happened after it, so that histories can share it.
type Deal struct {
	ID       int64
	minor    int64 // of its amount
	Created  int64
	Start    int64 // of its last episode
	Closed   int64 // of its last episode
	At       int16 // place of the stage where it stands, or stood when it was closed
	Furthest int16 // place of the furthest stage of the process that it reached, or nowhere
	Unseen   bool  // an import did not know when it entered some stage
	Sample   bool
	version  int32  // of the deal that was read
	latest   int64  // when it last changed: at an earlier cut, the deal looked otherwise
	stays    []Stay // in order of time
	*traits
	*rare
}

// rare is what few deals have; the others share one that is empty.
type rare struct {
	Skipped   []int16 // stages passed over, move by move
	jumps     int32   // moves that passed over one of them or several
	waits     []Wait
	overrides []override
}

// override is a move out of a stage whose gate was not met.
type override struct {
	At    int64
	Stage int16
}

// traits are what many deals have in common. They are kept once, and do not change.
type traits struct {
	currency string
	Owner    string
	Team     string
	Source   string
	Status   sales.Status
	Reason   string // of a loss
}

// Amount is what the deal is worth.
func (d *Deal) Amount() sales.Money { return sales.Money{Minor: d.minor, Currency: d.currency} }

// Wait is a span in which a deal waited on purpose. It may last beyond the cut.
type Wait struct {
	For      sales.WaitFor
	From, To int64
}

// Stay is one visit of a deal to a stage.
type Stay struct {
	Entered, Left int64 // Unix milliseconds; an open stay is left at the end of time
	Stage         int16 // place in History.Stages
	To            int16 // stage entered next, or nowhere
	Exit          stat.Cause
}

func days(millis int64) float64 { return float64(millis) / dayMillis }

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

// standing reports whether the deal is in a stage now, and did not leave the last one.
func (d *Deal) standing() bool {
	return len(d.stays) > 0 && d.stays[len(d.stays)-1].Exit == stat.Censored
}

// each goes over all stays, with their deals.
func (h *History) each(yield func(s *Stay, d *Deal) bool) {
	for _, d := range h.Deals {
		for i := range d.stays {
			if !yield(&d.stays[i], d) {
				return
			}
		}
	}
}

// until returns when the stay was left, which for an open one is the cut.
func (h *History) until(s *Stay) int64 {
	if s.Exit == stat.Censored {
		return h.AsOf.UnixMilli()
	}
	return s.Left
}

// won returns the place of the stage that wins a deal.
func (h *History) won() int { return h.Process.WonIndex() }

// beforeWin reports whether the stage enters figures of winning, losing and time:
// later ones, for delivery and payment, do not.
func (h *History) beforeWin(stage int) bool { return stage < h.won() || stage >= len(h.Process.Stages) }

// Only returns the history of the deals that are kept.
func (h *History) Only(keep func(*Deal) bool) *History {
	out := h.none()
	for _, d := range h.Deals {
		if keep(d) {
			out.take(d)
		}
	}
	return out
}

// none returns the history without deals.
func (h *History) none() *History {
	return &History{Process: h.Process, AsOf: h.AsOf, Stages: h.Stages, desks: h.desks}
}

// take appends a deal of another history.
func (h *History) take(d *Deal) {
	h.Deals = append(h.Deals, d)
	h.Left.count(d, 1)
}

// count adds what is not known of a deal, as often as times says.
func (l *Left) count(d *Deal, times int) {
	if d.Unseen {
		l.Unseen += times
	}
	if d.Created == never {
		l.NoCreated += times
	}
	if d.Sample {
		l.Sample += times
	}
}

// open returns how many deals are open at the cut.
func (h *History) open() int {
	if h.added != nil {
		return len(h.Deals) - h.added.won.deals - h.added.lost.deals
	}
	n := 0
	for _, d := range h.Deals {
		if d.Status == sales.Open {
			n++
		}
	}
	return n
}

// worth sums up what the open deals are worth.
func (h *History) worth() money {
	m := money{}
	for _, d := range h.Deals {
		if d.Status == sales.Open {
			m.add(d.Amount())
		}
	}
	return m
}
