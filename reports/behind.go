package reports

import (
	"cmp"
	"slices"
	"time"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

// Reasons returns the keys of the reasons for which deals of the result were lost, in
// the process's order; "" is no reason.
func (res Result) Reasons() []string {
	counted := map[string]bool{}
	for _, d := range res.History.Deals {
		if d.Status == sales.Lost {
			counted[d.Reason] = true
		}
	}
	out := sortedKeys(counted)
	place := func(key string) int {
		i := slices.IndexFunc(res.History.Process.Reasons, func(r sales.Reason) bool { return r.Key == key })
		if i < 0 {
			return len(res.History.Process.Reasons)
		}
		return i
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	return out
}

// Outcome returns the deals with an outcome: all of them for "", and of the lost ones
// those with a reason when one is given.
func (res Result) Outcome(status sales.Status, reason *string) []int64 {
	return res.History.list(ended(status, reason))
}

// CountOutcome returns how many they are.
func (res Result) CountOutcome(status sales.Status, reason *string) int {
	return res.History.count(ended(status, reason))
}

// Within returns the deals that ended so within the report's horizon of their beginning, or of being reopened.
func (res Result) Within(status sales.Status) []int64 {
	return res.History.list(inTime(status, res.Options.horizon()))
}

// Valued returns those that ended so and have a value.
func (res Result) Valued(status sales.Status) []int64 { return res.History.list(valued(status)) }

func inTime(status sales.Status, horizon float64) among {
	return func(d *Deal) bool {
		took := d.Closed - d.Start
		return d.Status == status && d.Start != never && d.Closed != never && took >= 0 && float64(took) <= horizon*dayMillis
	}
}

func valued(status sales.Status) among {
	return func(d *Deal) bool { return d.Status == status && d.Amount().IsSet() }
}

// among says which deals are behind a number.
type among func(d *Deal) bool

func ended(status sales.Status, reason *string) among {
	return func(d *Deal) bool {
		return (status == "" || d.Status == status) && (reason == nil || d.Reason == *reason)
	}
}

// What can have become of a deal in a stage, for Report.AtStage and At.
const (
	Reached    = "reached" // it came here or further
	Entered    = "entered"
	MovedOn    = "on" // to a later stage, by winning or by being completed
	WentBack   = "back"
	LostHere   = "lost"
	OpenHere   = "open"
	Skipped    = "skipped"  // it was moved past
	Overridden = "override" // it left although the gate was not met
	Over       = "over"     // it took more working time here than the target
	Arrived    = "in"       // it came in the report's window of the calendar
	Departed   = "out"      // it left in that window
)

// becomings are all of them that have no window.
var becomings = []string{Reached, Entered, MovedOn, WentBack, LostHere, OpenHere, Skipped, Overridden}

var becameOf = map[string][]stat.Cause{
	MovedOn: {exitForward, exitWon, exitCompleted}, WentBack: {exitBack}, LostHere: {exitLost}, OpenHere: {stat.Censored},
	Entered: {exitForward, exitWon, exitCompleted, exitBack, exitLost, stat.Censored},
}

// At returns the deals of which that became in the stage. A deal that was there more
// than once stands for all its visits.
func (res Result) At(stage, what string) []int64 {
	return res.History.list(res.became(stage, what))
}

// CountAt returns how many they are.
func (res Result) CountAt(stage, what string) int {
	return res.History.count(res.became(stage, what))
}

func (res Result) became(stage, what string) among {
	h, w := res.History, res.Options.window()
	place := int16(slices.Index(h.Stages, stage))
	known := int(place) < len(h.Process.Stages)
	return func(d *Deal) bool {
		here := func(is func(s *Stay) bool) bool {
			return slices.ContainsFunc(d.stays, func(s Stay) bool { return s.Stage == place && is(&s) })
		}
		was := func(exits []stat.Cause) bool {
			return here(func(s *Stay) bool { return slices.Contains(exits, s.Exit) })
		}
		switch {
		case what == Over:
			return here(h.over)
		case what == Arrived:
			return here(func(s *Stay) bool { return w.touches(s) && s.Entered >= w.from })
		case what == Departed:
			return here(func(s *Stay) bool { return w.touches(s) && s.gone(w) })
		case what == OpenHere && res.Report.Window:
			return here(func(s *Stay) bool { return w.touches(s) && !s.gone(w) })
		case what == Reached && known:
			return d.Furthest >= place
		case what == Reached: // removed stages have no order
			return was(becameOf[Entered])
		case what == Skipped:
			return slices.Contains(d.Skipped, place)
		case what == Overridden:
			return h.overrode(int(place))(d)
		}
		return was(becameOf[what])
	}
}

// gone reports whether the stay ended before the window did.
func (s *Stay) gone(w span) bool { return s.Exit != stat.Censored && s.Left < w.to }

// Moved returns the deals that went from one place to the other: stages' keys, "lost" or "completed".
func (res Result) Moved(from, to string) []int64 {
	h := res.History
	return h.list(func(d *Deal) bool {
		found := false
		passages(d.stays, func(a, b int16, _ int64, _ bool) { found = found || h.keyOf(a) == from && h.keyOf(b) == to })
		return found
	})
}

// Overdue returns the deals that are in the stage and have been there longer than its target.
func (res Result) Overdue(stage string) []int64 {
	h := res.History
	place := int16(slices.Index(h.Stages, stage))
	return h.list(func(d *Deal) bool {
		return slices.ContainsFunc(d.stays, func(s Stay) bool { return s.Stage == place && s.Exit == stat.Censored && h.over(&s) })
	})
}

// MovedDuring returns the deals that a digest says moved after from and until to.
func (res Result) MovedDuring(from, to time.Time) []int64 {
	moved := map[int64]bool{}
	for _, c := range res.History.changes(span{from.UnixMilli(), to.UnixMilli()}) {
		moved[c.id] = true
	}
	return res.History.list(func(d *Deal) bool { return moved[d.ID] })
}

// OverriddenDuring returns the deals that a digest says passed a gate by override after from and until to.
func (res Result) OverriddenDuring(from, to time.Time) []int64 {
	return res.History.list(overrodeIn(span{from.UnixMilli(), to.UnixMilli()}))
}

// Among returns those of the deals that the result is about, in the order of lists.
func (res Result) Among(ids map[int64]bool) []int64 {
	return res.History.list(func(d *Deal) bool { return ids[d.ID] })
}

// During returns the deals that were closed with the outcome, or for "" created, after
// from and until to, which is what a digest counts.
func (res Result) During(status sales.Status, from, to time.Time) []int64 {
	w := span{from.UnixMilli(), to.UnixMilli()}
	return res.History.list(func(d *Deal) bool {
		if status == "" {
			return w.during(d.Created)
		}
		return d.Status == status && w.during(d.Closed)
	})
}

// list returns the deals that are kept, those that are open first, then the latest.
func (h *History) list(keep among) []int64 {
	var kept []*Deal
	for _, d := range h.Deals {
		if keep(d) {
			kept = append(kept, d)
		}
	}
	slices.SortStableFunc(kept, func(a, b *Deal) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Closed, a.Closed), cmp.Compare(b.ID, a.ID))
	})
	out := make([]int64, len(kept))
	for i, d := range kept {
		out[i] = d.ID
	}
	return out
}

func rank(d *Deal) int {
	if d.Status == sales.Open {
		return 0
	}
	return 1
}

func (h *History) count(keep among) int {
	n := 0
	for _, d := range h.Deals {
		if keep(d) {
			n++
		}
	}
	return n
}
