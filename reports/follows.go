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

	back bool
}

type followsBody struct {
	h           *History
	rows        []FollowsRow
	moves, back int
	skips       int
}

// follows draws the map from what happened, as a directly-follows graph.
func follows(h *History, _ Options) Body {
	type arrow struct{ from, to string }
	times := map[arrow][]float64{}
	back := map[arrow]bool{}
	b := followsBody{h: h, rows: []FollowsRow{}}
	for _, d := range h.Deals {
		stays := h.staysOf(d)
		for i, s := range stays {
			if s.Exit == stat.Censored {
				continue
			}
			a := arrow{h.Stages[s.Stage], h.nextOf(s)}
			times[a] = append(times[a], s.Days())
			b.moves++
			if s.Exit == exitBack {
				b.back++
				back[a] = true
			}
			if i+1 < len(stays) && (s.Exit == exitLost || s.Exit == exitWon && stays[i+1].Stage != s.To) {
				again := arrow{h.ended(s), h.Stages[stays[i+1].Stage]}
				times[again] = append(times[again], days(stays[i+1].Entered-s.Left))
				back[again] = true
				b.moves++
				b.back++
			}
		}
		b.skips += len(d.Skipped)
	}
	for a, t := range times {
		sum := 0.0
		for _, v := range t {
			sum += v
		}
		median := stat.Quantiles(t, 0.5)[0]
		b.rows = append(b.rows, FollowsRow{From: a.from, To: a.to, N: len(t), Median: Num(median), Mean: Num(sum / float64(len(t))), back: back[a]})
	}
	slices.SortFunc(b.rows, func(x, y FollowsRow) int {
		return cmp.Or(cmp.Compare(h.placeOf(x.From), h.placeOf(y.From)), cmp.Compare(h.placeOf(x.To), h.placeOf(y.To)), cmp.Compare(x.To, y.To))
	})
	return b
}

// nextOf returns where a deal went from an ended stay.
func (h *History) nextOf(s Stay) string {
	switch {
	case s.Exit == exitLost:
		return toLost
	case s.To >= 0:
		return h.Stages[s.To]
	}
	return toCompleted
}

// ended returns where a deal stood when its episode was over.
func (h *History) ended(s Stay) string {
	if s.Exit == exitLost {
		return toLost
	}
	return h.Stages[s.To]
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
	return p.T("%d moves: %d went back or reopened a deal, %d passed over a stage.", b.moves, b.back, b.skips)
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

// Chart is none: arrows are no bars.
func (b followsBody) Chart(text.Printer) *Chart { return nil }
