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
	skips       int
}

// follows draws the map from what happened, as a directly-follows graph.
func follows(h *History, _ Options) Body {
	b := followsBody{h: h, rows: []FollowsRow{}}
	arrows := newArrows(len(h.Stages))
	deal := 0
	pass := func(from, to int16, took float64, back bool) {
		p := arrows.at(from, to)
		if p.last != deal+1 {
			p.last, p.deals = deal+1, p.deals+1
		}
		p.days, p.sum, p.back = append(p.days, took), p.sum+took, p.back || back
		b.moves++
		if back {
			b.back++
		}
	}
	for i, d := range h.Deals {
		deal = i
		passages(d.stays, pass)
		b.skips += len(d.Skipped)
	}
	for i := range arrows.passages {
		p := &arrows.passages[i]
		n := len(p.days)
		if n == 0 {
			continue
		}
		from, to := arrows.ends(i)
		b.rows = append(b.rows, FollowsRow{
			From: h.keyOf(from), To: h.keyOf(to), N: n, Median: Num(stat.Select(p.days, 0.5)), Mean: Num(p.sum / float64(n)), back: p.back, deals: p.deals,
		})
	}
	slices.SortFunc(b.rows, func(x, y FollowsRow) int {
		return cmp.Or(cmp.Compare(h.placeOf(x.From), h.placeOf(y.From)), cmp.Compare(h.placeOf(x.To), h.placeOf(y.To)), cmp.Compare(x.To, y.To))
	})
	return b
}

// passages calls pass with every move of a deal, from one place to the next.
func passages(stays []Stay, pass func(from, to int16, took float64, back bool)) {
	for i := range stays {
		s := &stays[i]
		if s.Exit == stat.Censored {
			continue
		}
		pass(s.Stage, nextOf(s), s.Days(), s.Exit == exitBack)
		if i+1 < len(stays) && (s.Exit == exitLost || s.Exit == exitWon && stays[i+1].Stage != s.To) {
			pass(nextOf(s), stays[i+1].Stage, days(stays[i+1].Entered-s.Left), true)
		}
	}
}

// passage is all that went along an arrow.
type passage struct {
	days  []float64
	sum   float64
	back  bool
	deals int
	last  int // the deal seen last, and 1
}

// Places of the ends, below those of the stages.
const (
	placeLost      = -1
	placeCompleted = -2
	ends           = 2
)

// arrows are all that may lead from a stage or an end to another.
type arrows struct {
	passages []passage
	width    int
}

func newArrows(stages int) arrows {
	width := stages + ends
	return arrows{make([]passage, width*width), width}
}

func (a arrows) at(from, to int16) *passage {
	return &a.passages[(int(from)+ends)*a.width+int(to)+ends]
}

func (a arrows) ends(i int) (from, to int16) { return int16(i/a.width - ends), int16(i%a.width - ends) }

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
	return p.T("%s: %d went back or reopened a deal, %d passed over a stage.", p.N(b.moves, "%d move", "%d moves"), b.back, b.skips)
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
