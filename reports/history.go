package reports

import (
	"cmp"
	"math"
	"slices"
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
	Owner     string
	Team      string
	Source    string
	Amount    sales.Money
	Created   int64
	Start     int64 // of its last episode
	Closed    int64 // of its last episode
	Status    sales.Status
	Reason    string
	At        int16   // place of the stage where it stands, or stood when it was closed
	Furthest  int16   // place of the furthest stage of the process that it reached, or nowhere
	Skipped   []int16 // stages passed over, move by move
	Unseen    bool    // an import did not know when it entered some stage
	Sample    bool
	firstStay int32
	stays     int32
	firstWait int32
	waits     int32
}

// Wait is a span in which a deal waited on purpose; an open one lasts to the cut.
type Wait struct {
	Deal     int32
	For      sales.WaitFor
	From, To int64
}

// Stay is one visit of a deal to a stage.
type Stay struct {
	Entered, Left int64 // Unix milliseconds; an open stay is left at the cut
	Deal          int32 // place in History.Deals
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

// won returns the place of the stage that wins a deal.
func (h *History) won() int { return h.Process.WonIndex() }

// beforeWin reports whether the stage enters figures of winning, losing and time:
// later ones, for delivery and payment, do not.
func (h *History) beforeWin(stage int) bool { return stage < h.won() || stage >= len(h.Process.Stages) }

// Only returns the history of the deals that are kept.
func (h *History) Only(keep func(Deal) bool) *History {
	out := &History{Process: h.Process, AsOf: h.AsOf, Stages: h.Stages}
	for _, d := range h.Deals {
		if keep(d) {
			out.add(d, h.staysOf(d), h.waitsOf(d))
		}
	}
	return out
}

// add appends a deal with its stays and waits, and counts what is not known of it.
func (h *History) add(d Deal, stays []Stay, waits []Wait) {
	d.firstStay, d.stays = int32(len(h.Stays)), int32(len(stays))
	d.firstWait, d.waits = int32(len(h.Waits)), int32(len(waits))
	for _, w := range waits {
		w.Deal = int32(len(h.Deals))
		h.Waits = append(h.Waits, w)
	}
	for _, s := range stays {
		s.Deal = int32(len(h.Deals))
		h.Stays = append(h.Stays, s)
	}
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

// builder makes a History from events that come deal by deal, in order.
type builder struct {
	h      *History
	stages map[string]int16
	log    []sales.Event // of the deal that is being read
}

func newBuilder(p *sales.Process, asOf time.Time) *builder {
	b := &builder{h: &History{Process: p, AsOf: asOf}, stages: map[string]int16{}}
	for _, s := range p.Stages {
		b.stage(s.Key)
	}
	return b
}

// stage returns the stage's place, and gives one to a stage that the process does not have.
func (b *builder) stage(key string) int16 {
	if key == "" {
		return nowhere
	}
	i, ok := b.stages[key]
	if !ok {
		i = int16(len(b.h.Stages))
		b.stages[key] = i
		b.h.Stages = append(b.h.Stages, key)
	}
	return i
}

// event takes the next event. Those after the cut are not seen.
func (b *builder) event(e sales.Event) error {
	if len(b.log) > 0 && b.log[0].Deal != e.Deal {
		b.flush()
	}
	if !e.At.After(b.h.AsOf) {
		b.log = append(b.log, e)
	}
	return nil
}

// flush folds the deal whose events were read. An event that was undone later
// than the cut still stands.
func (b *builder) flush() {
	if len(b.log) == 0 {
		return
	}
	folded := sales.Fold(b.log)
	b.h.add(b.deal(folded), b.rows(folded.Stays), nil)
	b.log = b.log[:0]
}

func (b *builder) deal(folded sales.History) Deal {
	from := folded.Deal
	d := Deal{
		ID: b.log[0].Deal, Owner: from.Owner, Team: from.Team, Source: from.Source, Amount: from.Amount, Created: millis(from.Created),
		Closed: millis(from.Closed), Status: from.Status, Reason: from.Reason, At: b.stage(from.Stage), Furthest: nowhere,
	}
	d.Start = d.Created
	if i := slices.IndexFunc(folded.Stays, func(s sales.Stay) bool { return s.Episode == from.Episode }); from.Episode > 1 && i >= 0 {
		d.Start = millis(folded.Stays[i].Entered)
	}
	d.reach(b.h.Process, from.Stage)
	for _, s := range folded.Stays {
		d.reach(b.h.Process, s.Stage)
		if s.Exit == sales.ExitWon {
			d.reach(b.h.Process, s.To)
		}
		for _, key := range s.Skipped {
			d.Skipped = append(d.Skipped, b.stage(key))
		}
	}
	for _, e := range b.log {
		d.Unseen = d.Unseen || e.Data.NoStay
		d.Sample = d.Sample || e.Data.Source == "sample"
	}
	return d
}

func (d *Deal) reach(p *sales.Process, stage string) {
	d.Furthest = max(d.Furthest, int16(p.StageIndex(stage)))
}

// rows makes rows of a deal's stays. Where one is followed at once by another in
// the same stage, the two are one.
func (b *builder) rows(folded []sales.Stay) []Stay {
	var out []Stay
	for i, s := range folded {
		row := Stay{Entered: millis(s.Entered), Left: b.h.AsOf.UnixMilli(), Stage: b.stage(s.Stage), To: b.stage(s.To), Exit: exits[s.Exit]}
		if s.Exit != sales.ExitOpen {
			row.Left = millis(s.Left)
		}
		if n := len(out); n > 0 && repeats(folded[i-1], s) {
			row.Entered = out[n-1].Entered
			out[n-1] = row
			continue
		}
		out = append(out, row)
	}
	return out
}

func repeats(before, s sales.Stay) bool {
	return before.Stage == s.Stage && before.Episode == s.Episode && before.Exit != sales.ExitLost && before.Left.Equal(s.Entered)
}

// describe adds what the log of stages does not say of a deal.
func (b *builder) describe(d sales.Deal) error {
	if row := b.find(d.ID); row != nil {
		row.Owner, row.Team, row.Source, row.Amount = d.Owner, d.Team, d.Source, d.Amount
	}
	return nil
}

// wait adds a span of waiting, as far as it lies before the cut; they come deal by deal.
func (b *builder) wait(w sales.Wait) error {
	row := b.find(w.Deal)
	if row == nil || w.From.IsZero() || w.From.After(b.h.AsOf) {
		return nil
	}
	if row.waits == 0 {
		row.firstWait = int32(len(b.h.Waits))
	}
	row.waits++
	end := b.h.AsOf
	if !w.To.IsZero() && w.To.Before(end) {
		end = w.To
	}
	b.h.Waits = append(b.h.Waits, Wait{Deal: b.place(w.Deal), For: w.For, From: w.From.UnixMilli(), To: end.UnixMilli()})
	return nil
}

// find returns the row of a deal, nil when it was created after the cut.
func (b *builder) find(id int64) *Deal {
	if i := b.place(id); i >= 0 {
		return &b.h.Deals[i]
	}
	return nil
}

func (b *builder) place(id int64) int32 {
	i, ok := slices.BinarySearchFunc(b.h.Deals, id, func(row Deal, id int64) int { return cmp.Compare(row.ID, id) })
	if !ok {
		return nowhere
	}
	return int32(i)
}

// history returns what was read.
func (b *builder) history() *History {
	b.flush()
	return b.h
}
