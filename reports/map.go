package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// Map is what the picture of "process" shows, in words and numbers, frozen with its language.
type Map struct {
	Stages []MapStage `json:"stages"`
	Moves  []MapMove  `json:"moves"`
	Lead   string     `json:"lead"`
	Said   []string   `json:"said,omitempty"` // what stands below the picture
	Words  mapWords   `json:"words"`
}

// MapStage is a box.
type MapStage struct {
	Name   string  `json:"name"`
	Visits string  `json:"visits"`
	Median string  `json:"median,omitempty"` // how long half of the visits took, where enough ended
	Share  string  `json:"share,omitempty"`
	Part   float64 `json:"part"` // Share as a number, as exact as it is said: the picture stays the same for a moment; 0 when it is unknown
	Won    bool    `json:"won,omitempty"`
	Gone   bool    `json:"gone,omitempty"` // the process no longer has it
}

// MapMove is an arrow, between places in Stages or from or to an end.
type MapMove struct {
	From int     `json:"from"`
	To   int     `json:"to"`
	N    int     `json:"n"`
	Many string  `json:"many"`           // N as people read it
	Time string  `json:"time,omitempty"` // how long half of them had been in From, where enough moved
	Days float64 `json:"days,omitempty"` // the same as a number, 0 when it is not told
}

// Ends of moves that are no stages.
const (
	mapLost = -1 - iota
	mapCompleted
)

// mapWords are what stands on every map.
type mapWords struct {
	Lost      string `json:"lost"`
	Completed string `json:"completed"`
	Reopened  string `json:"reopened"`
	Time      string `json:"time"`
	Many      string `json:"many"`
	Longest   string `json:"longest"`
	Least     string `json:"least"`
	Most      string `json:"most"`
}

// drawnMap is the picture of the result; ok is false for reports that have none.
func (res Result) drawnMap(p text.Printer) (m Map, ok bool) {
	b, ok := res.Body.(followsBody)
	if !ok {
		return Map{}, false
	}
	m = Map{Lead: b.Lead(p), Said: res.small(p)}
	place := map[string]int{toLost: mapLost, toCompleted: mapCompleted}
	for i, s := range stages(res.History, res.Options).(stagesBody).rows {
		place[s.Stage] = i
		m.Stages = append(m.Stages, mapStage(res.History, s, p))
	}
	for _, r := range b.rows {
		move := MapMove{From: place[r.From], To: place[r.To], N: r.N, Many: p.Number(float64(r.N), 0)}
		if days := float64(r.Median); r.N >= few && stat.Known(days) {
			move.Days, move.Time = days, careful(p.Days(days), r.N)
		}
		m.Moves = append(m.Moves, move)
	}
	m.words(p)
	if m.unsure() {
		m.Said = append([]string{lowConfidence(p)}, m.Said...)
	}
	return m, true
}

func mapStage(h *History, s StagesRow, p text.Printer) MapStage {
	out := MapStage{Name: h.stageName(s.place, p), Visits: p.N(s.Visits, "%d visit", "%d visits"), Won: s.place == h.won(), Gone: s.place >= len(h.Process.Stages)}
	if stat.Known(s.median.Value) && s.settled() >= few {
		out.Median = careful(p.T("half within %s", p.Days(s.median.Value)), s.settled())
	}
	if stat.Known(float64(s.Share)) && s.settled() >= few {
		out.Share, out.Part = p.T("%s of the time", p.Percent(float64(s.Share), 0)), math.Round(float64(s.Share)*100)/100
	}
	return out
}

// unsure reports whether a time on the map is marked as of low confidence.
func (m *Map) unsure() bool {
	return slices.ContainsFunc(m.Stages, func(s MapStage) bool { return strings.HasSuffix(s.Median, unsure) }) ||
		slices.ContainsFunc(m.Moves, func(v MapMove) bool { return strings.HasSuffix(v.Time, unsure) })
}

func (m *Map) words(p text.Printer) {
	m.Words = mapWords{
		Lost: p.T("Lost"), Completed: p.T("Completed"), Reopened: p.T("Reopened"),
		Time: p.T("Time before a move"), Many: p.T("Number of moves"),
	}
	if len(m.Moves) == 0 {
		return
	}
	least := slices.MinFunc(m.Moves, func(a, b MapMove) int { return cmp.Compare(a.N, b.N) })
	most := slices.MaxFunc(m.Moves, func(a, b MapMove) int { return cmp.Compare(a.N, b.N) })
	longest := slices.MaxFunc(m.Moves, func(a, b MapMove) int { return cmp.Compare(a.Days, b.Days) })
	m.Words.Least, m.Words.Most, m.Words.Longest = least.Many, most.Many, longest.Time
}

// span returns how many stages a move goes on, below 0 when it goes back; between is
// false for moves from or to an end.
func (m MapMove) span() (span int, between bool) {
	return m.To - m.From, m.From >= 0 && m.To >= 0
}
