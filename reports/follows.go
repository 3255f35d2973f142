package reports

import (
	"cmp"
	"slices"

	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// Ends of the map that are no stages.
const (
	toLost      = "lost"
	toCompleted = "completed"
)

// FollowsRow is one arrow of "process": how often To came right after From, and
// how long deals had been in From. A lost deal that was reopened comes from "lost".
type FollowsRow struct {
	From   string `json:"from"`
	To     string `json:"to"` // a stage, "lost" or "completed"
	N      int    `json:"n"`
	Median Num    `json:"median_days"`
	Mean   Num    `json:"mean_days"`

	back  bool
	deals int // that moved so, once or several times
}

type followsBody struct {
	h           *History
	rows        []FollowsRow
	moves, back int
	jumps       int
}

// follows draws the map from what happened, as a directly-follows graph.
func follows(h *History, _ Options) Body {
	all, times := h.sums(), h.times()
	b := followsBody{h: h, rows: []FollowsRow{}, jumps: all.jumps}
	for i, row := range all.moves {
		from := int16(i - ends)
		medians := times.medians(from, row)
		for j, m := range row {
			if m.n == 0 {
				continue
			}
			b.moves, b.back = b.moves+m.n, b.back+m.back
			b.rows = append(b.rows, FollowsRow{
				From: h.keyOf(from), To: h.keyOf(int16(j - ends)), N: m.n, Median: Num(medians[j]), Mean: Num(days(m.millis) / float64(m.timed)),
				back: m.back > 0, deals: m.deals,
			})
		}
	}
	slices.SortFunc(b.rows, func(x, y FollowsRow) int {
		return cmp.Or(cmp.Compare(h.placeOf(x.From), h.placeOf(y.From)), cmp.Compare(h.placeOf(x.To), h.placeOf(y.To)), cmp.Compare(x.To, y.To))
	})
	return b
}

// passages calls pass with every move of a deal, from one place to the next.
func passages(stays []Stay, pass func(from, to int16, took int64, back bool)) {
	for i := range stays {
		if s := &stays[i]; s.Exit != stat.Censored {
			pass(s.Stage, nextOf(s), s.Left-s.Entered, s.Exit == exitBack)
		}
	}
	returns(stays, func(left, again *Stay) { pass(nextOf(left), again.Stage, again.Entered-left.Left, true) })
}

// returns calls again with every stay that ended the deal, or won it, and the one that it came back to.
func returns(stays []Stay, again func(left, again *Stay)) {
	for i := 1; i < len(stays); i++ {
		if s := &stays[i-1]; s.Exit == exitLost || s.Exit == exitWon && stays[i].Stage != s.To {
			again(s, &stays[i])
		}
	}
}

// Places of the ends, below those of the stages.
const (
	placeLost      = -1
	placeCompleted = -2
	ends           = 2 // how many they are
)

// nextOf returns where a deal went from an ended stay.
func nextOf(s *Stay) int16 {
	switch {
	case s.Exit == exitLost:
		return placeLost
	case s.To >= 0:
		return s.To
	}
	return placeCompleted
}

// keyOf returns the key of a stage or of an end.
func (h *History) keyOf(place int16) string {
	switch place {
	case placeLost:
		return toLost
	case placeCompleted:
		return toCompleted
	}
	return h.Stages[place]
}

// placeOf returns the place of a stage's key; ends come after all stages.
func (h *History) placeOf(key string) int {
	if i := slices.Index(h.Stages, key); i >= 0 {
		return i
	}
	return len(h.Stages)
}

func (b followsBody) Rows() any { return b.rows }

func (b followsBody) Lead(p text.Printer) string {
	if b.moves == 0 {
		return p.T("Nothing has moved yet.")
	}
	number := func(n int) string { return p.Number(float64(n), 0) }
	moves := p.N(b.moves, "%d move", "%d moves")
	if b.back+b.jumps == 0 {
		return p.T("%s: none went back, none passed over a stage.", moves)
	}
	return p.T("%s: %s went back or reopened a deal, %s passed over a stage.", moves, number(b.back), number(b.jumps))
}

func (b followsBody) Table(p text.Printer) Table {
	t := Table{Caption: p.T("What really happens"), Columns: []Column{
		{Title: p.T("From")}, {Title: p.T("To")}, {Title: p.T("Moves"), Right: true}, {Title: p.T("Half within"), Right: true}, {Title: p.T("On average"), Right: true},
	}}
	for _, r := range b.rows {
		to := b.end(r.To, p)
		if r.back {
			to = p.T("%s (back)", to)
		}
		t.Rows = append(t.Rows, []Cell{
			label(b.end(r.From, p)), label(to), count(p, r.N), value(plainDays(p, float64(r.Median), r.N), float64(r.Median)),
			value(plainDays(p, float64(r.Mean), r.N), float64(r.Mean)),
		})
	}
	return t
}

func (b followsBody) end(key string, p text.Printer) string {
	if i := b.h.placeOf(key); i < len(b.h.Stages) {
		return b.h.stageName(i, p)
	}
	if key == toCompleted {
		return p.T("Completed")
	}
	return p.T("Lost")
}

func (b followsBody) numbers(n *counter) {
	for _, r := range b.rows {
		n.add(b.end(r.From, n.p)+" → "+b.end(r.To, n.p), r.deals, ByMove, r.From, r.To)
	}
}

// Chart is none: arrows are no bars.
func (b followsBody) Chart(text.Printer) *Chart { return nil }
