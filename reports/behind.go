package reports

import (
	"cmp"
	"slices"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

// Stages returns the keys of the stages in which the result counts something, in their order.
func (res Result) Stages() []string {
	h := res.History
	visits, skipped := h.visits(), h.skipped()
	var out []string
	for _, i := range h.shown(func(i int) bool { return visits[i].entries+skipped[i] > 0 }) {
		out = append(out, h.Stages[i])
	}
	return out
}

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
	return res.History.pick(func(d Deal, _ []Stay) bool {
		return (status == "" || d.Status == status) && (reason == nil || d.Reason == *reason)
	})
}

// What can have become of a deal in a stage, for At.
const (
	Reached  = "reached" // it came here or further
	Entered  = "entered"
	MovedOn  = "on" // to a later stage, by winning or by being completed
	WentBack = "back"
	LostHere = "lost"
	OpenHere = "open"
	Skipped  = "skipped" // it was moved past
)

// AtStage lists what can have become of a deal in a stage, in the order of the funnel's columns.
func AtStage() []string {
	return []string{Reached, Entered, MovedOn, WentBack, LostHere, OpenHere, Skipped}
}

var becameOf = map[string][]stat.Cause{
	MovedOn: {exitForward, exitWon, exitCompleted}, WentBack: {exitBack}, LostHere: {exitLost}, OpenHere: {stat.Censored},
	Entered: {exitForward, exitWon, exitCompleted, exitBack, exitLost, stat.Censored},
}

// At returns the deals of which that became in the stage. A deal that was there more
// than once stands for all its visits.
func (res Result) At(stage, what string) []int64 {
	h := res.History
	place := int16(slices.Index(h.Stages, stage))
	return h.pick(func(d Deal, stays []Stay) bool {
		was := func(exits []stat.Cause) bool {
			return slices.ContainsFunc(stays, func(s Stay) bool { return s.Stage == place && slices.Contains(exits, s.Exit) })
		}
		switch what {
		case Reached:
			return int(place) < len(h.Process.Stages) && d.Furthest >= place || int(place) >= len(h.Process.Stages) && was(becameOf[Entered])
		case Skipped:
			return slices.Contains(d.Skipped, place)
		}
		return was(becameOf[what])
	})
}

// pick returns the deals that are kept, those that are open first, then the latest.
func (h *History) pick(keep func(Deal, []Stay) bool) []int64 {
	var kept []Deal
	for _, d := range h.Deals {
		if keep(d, h.staysOf(d)) {
			kept = append(kept, d)
		}
	}
	slices.SortStableFunc(kept, func(a, b Deal) int {
		if aOpen, bOpen := a.Status == sales.Open, b.Status == sales.Open; aOpen != bOpen {
			return map[bool]int{true: -1, false: 1}[aOpen]
		}
		return cmp.Or(cmp.Compare(b.Closed, a.Closed), cmp.Compare(b.ID, a.ID))
	})
	out := make([]int64, len(kept))
	for i, d := range kept {
		out[i] = d.ID
	}
	return out
}
