package reports

import (
	"io"
	"math"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// The map's measures.
const (
	mapMargin = 28.0
	boxWidth  = 190.0
	boxHeight = 128.0
	boxPitch  = 310.0 // from one box to the next
	endDrop   = 62.0  // from a box to the end under it
	endHeight = 26.0
	arcStep   = 48.0
	lineStep  = 18.0
)

// Colours of moves: short times and long ones; and of a stage's share of the time.
var (
	quick, slow  = [3]float64{0x6b, 0x9b, 0xd1}, [3]float64{0xb9, 0x3c, 0x0b}
	empty, whole = [3]float64{0xff, 0xff, 0xff}, [3]float64{0xff, 0xc9, 0x7a}
)

// processMap is the drawing of "process": stages from left to right, forward moves
// between them, those that pass stages over above, and those that go back below.
type processMap struct {
	svg
	p        text.Printer
	h        *History
	rows     []FollowsRow
	stages   []StagesRow
	column   map[string]int // of a stage's key
	top      float64        // of the boxes
	most     int            // moves along one arrow
	longest  float64        // median of an arrow, in days
	up, down int            // steps that the highest and the lowest arcs take
}

// WriteSVG draws the map of what really happened. Reports other than "process" are no
// pictures: Invalid "report.svg".
func WriteSVG(w io.Writer, res Result, p text.Printer) error {
	b, ok := res.Body.(followsBody)
	if !ok {
		return sales.Refuse(sales.Invalid, "report.svg", "name", res.Report.Name)
	}
	m := &processMap{p: p, h: res.History, rows: b.rows, stages: stages(res.History, res.Options).(stagesBody).rows, column: map[string]int{}}
	for i, s := range m.stages {
		m.column[s.Stage] = i
	}
	m.measure()
	wide := 2*mapMargin + max(1, float64(len(m.stages)))*boxPitch - (boxPitch - boxWidth)
	var said []string
	for _, s := range append([]string{b.Lead(p), res.period(p), res.context(p)}, res.notes(p)...) {
		said = append(said, wrapText(s, 13, wide-2*mapMargin, 4)...)
	}
	m.top = mapMargin + 40 + arcStep*float64(m.up) + 12
	bottom := m.top + boxHeight + endDrop + endHeight + arcStep*float64(m.down) + 24
	m.open(wide, bottom+lineStep*float64(len(said))+mapMargin, p.Lang(), res.title(p), strings.Join(said, " "))
	m.text(mapMargin, mapMargin+14, res.title(p), `font-size="19" font-weight="700"`)
	for _, r := range m.rows {
		m.draw(r)
	}
	m.ends()
	for i := range m.stages {
		m.box(i)
	}
	for _, r := range m.rows {
		m.label(r)
	}
	for i, s := range said {
		m.text(mapMargin, bottom+lineStep*float64(i+1), s, `fill="#536271"`)
	}
	m.close()
	_, err := io.WriteString(w, m.String())
	return err
}

// measure finds what the widths, colours and heights of arrows are relative to.
func (m *processMap) measure() {
	for _, r := range m.rows {
		m.most = max(m.most, r.N)
		if d := float64(r.Median); stat.Known(d) {
			m.longest = max(m.longest, d)
		}
		switch span, between := m.span(r); {
		case !between || span == 1:
		case span >= 0:
			m.up = max(m.up, max(1, span-1))
		default:
			m.down = max(m.down, -span)
		}
	}
}

// span returns how many stages a move goes on, below 0 when it goes back; between is
// false for moves from or to an end.
func (m *processMap) span(r FollowsRow) (span int, between bool) {
	from, ok := m.column[r.From]
	to, also := m.column[r.To]
	return to - from, ok && also
}

func (m *processMap) left(column int) float64   { return mapMargin + float64(column)*boxPitch }
func (m *processMap) centre(column int) float64 { return m.left(column) + boxWidth/2 }

func (m *processMap) thickness(r FollowsRow) float64 {
	return 1.5 + 7*math.Sqrt(float64(r.N)/float64(m.most))
}

func (m *processMap) colour(r FollowsRow) string {
	if m.longest == 0 {
		return blend(quick, slow, 0)
	}
	return blend(quick, slow, float64(r.Median)/m.longest)
}

// ports are where an arc leaves and enters its boxes: the further it goes, the further
// inside, so that arcs of one box do not cross.
func (m *processMap) ports(r FollowsRow) (x1, x2 float64) {
	span, _ := m.span(r)
	out := max(12, 94-14*float64(span))
	if span < 0 {
		out = -max(58, 94-11*float64(-span))
	}
	return m.centre(m.column[r.From]) + out, m.centre(m.column[r.To]) - out
}

// height is how far an arc bulges: upwards below 0.
func (m *processMap) height(span int) float64 {
	if span < 0 {
		return endDrop + endHeight + arcStep*float64(-span) - 22
	}
	return -arcStep * float64(max(1, span-1))
}

func (m *processMap) draw(r FollowsRow) {
	span, between := m.span(r)
	from, thick, colour := m.column[r.From], m.thickness(r), m.colour(r)
	switch {
	case !between:
		m.drawEnd(r)
	case span == 1:
		y := m.top + boxHeight/2
		m.arrow(m.left(from)+boxWidth, y, m.left(from+1), y, thick, colour)
	default:
		x1, x2 := m.ports(r)
		y := m.top
		if span < 0 {
			y += boxHeight
		}
		m.arc(x1, x2, y, m.height(span), thick, colour)
	}
}

// drawEnd draws the arrow between a stage and what is under it.
func (m *processMap) drawEnd(r FollowsRow) {
	y1, y2 := m.top+boxHeight, m.top+boxHeight+endDrop
	if c, ok := m.column[r.From]; ok {
		m.arrow(m.endAt(c, r.To)+8, y1, m.endAt(c, r.To)+8, y2, m.thickness(r), m.colour(r))
	} else if c, ok := m.column[r.To]; ok {
		m.arrow(m.endAt(c, r.From)-16, y2, m.endAt(c, r.From)-16, y1, m.thickness(r), m.colour(r))
	}
}

// endAt is the middle of an end under a stage; two stand side by side.
func (m *processMap) endAt(column int, end string) float64 {
	switch under := m.under(column); {
	case len(under) < 2:
		return m.centre(column)
	case end == under[0]:
		return m.centre(column) - 28
	}
	return m.centre(column) + 28
}

// under lists the ends that deals came to from the stage, or came back from to it.
func (m *processMap) under(column int) []string {
	key := m.stages[column].Stage
	var out []string
	for _, end := range []string{toCompleted, toLost} {
		for _, r := range m.rows {
			if r.From == key && r.To == end || r.From == end && r.To == key {
				out = append(out, end)
				break
			}
		}
	}
	return out
}

func (m *processMap) ends() {
	for c := range m.stages {
		under := m.under(c)
		w := 104.0 / float64(max(1, len(under)))
		for _, end := range under {
			x, y := m.endAt(c, end), m.top+boxHeight+endDrop
			fill := "#fbe4de"
			if end == toCompleted {
				fill = "#dff2e4"
			}
			m.rect(x-w/2, y, w, endHeight, endHeight/2, `fill="`+fill+`"`)
			m.text(x, y+17.5, wrapText(followsBody{h: m.h}.end(end, m.p), 12, w-10, 1)[0], `font-size="12" text-anchor="middle"`)
		}
	}
}

// box draws a stage with its visits, how long half of them took, and its share of the time.
func (m *processMap) box(column int) {
	s, x, y := m.stages[column], m.left(column), m.top
	share := float64(s.Share)
	if !stat.Known(share) {
		share = 0
	}
	line := `stroke="#8796a5" stroke-width="1.5"`
	switch {
	case s.place == m.h.won():
		line = `stroke="#2e8b57" stroke-width="3"`
	case s.place >= len(m.h.Process.Stages): // the process no longer has it
		line += ` stroke-dasharray="5 4"`
	}
	m.rect(x, y, boxWidth, boxHeight, 10, `fill="`+blend(empty, whole, share)+`" `+line)
	name := wrapText(m.h.stageName(s.place, m.p), 15, boxWidth-24, 2)
	for i, part := range name {
		m.text(x+12, y+lineStep*float64(i)+36-9*float64(len(name)-1), part, `font-size="15" font-weight="700"`)
	}
	median, percent := dash, dash
	if stat.Known(s.median.Value) && s.settled() >= few {
		median = m.p.Days(s.median.Value)
	}
	if stat.Known(float64(s.Share)) && s.settled() >= few {
		percent = m.p.Percent(float64(s.Share), 0)
	}
	for i, v := range [][2]string{{m.p.T("Visits"), m.p.Number(float64(s.Visits), 0)}, {m.p.T("Half within"), median}, {m.p.T("Share of time"), percent}} {
		base := y + 70 + lineStep*float64(i)
		m.text(x+12, base, v[0], `font-size="12" fill="#536271"`)
		m.text(x+boxWidth-12, base, v[1], `text-anchor="end" font-weight="600"`)
	}
	m.rect(x+12, y+boxHeight-13, boxWidth-24, 5, 2.5, `fill="#dde4ea"`)
	if share > 0 {
		m.rect(x+12, y+boxHeight-13, (boxWidth-24)*share, 5, 2.5, `fill="#d97706"`)
	}
}

// label writes on an arrow how many moved, and how long half of them had been there.
func (m *processMap) label(r FollowsRow) {
	n, long := m.p.Number(float64(r.N), 0), ""
	if r.N >= few && stat.Known(float64(r.Median)) {
		long = m.p.Days(float64(r.Median))
	}
	const halo = `stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke" font-size="12" `
	span, between := m.span(r)
	switch {
	case !between:
		m.labelEnd(r, n, halo)
	case span == 1:
		x, y := m.left(m.column[r.From])+boxWidth+(boxPitch-boxWidth)/2, m.top+boxHeight/2
		m.text(x, y-m.thickness(r)/2-6, n, halo+`text-anchor="middle" font-weight="700"`)
		m.text(x, y+m.thickness(r)/2+16, long, halo+`text-anchor="middle"`)
	default:
		x1, x2 := m.ports(r)
		y := m.top + m.height(span) - m.thickness(r)/2 - 5
		if span < 0 {
			y = m.top + boxHeight + m.height(span) + m.thickness(r)/2 + 14
		}
		if long != "" {
			n += " · " + long
		}
		m.text((x1+x2)/2, y, n, halo+`text-anchor="middle" font-weight="600"`)
	}
}

func (m *processMap) labelEnd(r FollowsRow, n, halo string) {
	y := m.top + boxHeight + endDrop/2
	if c, ok := m.column[r.From]; ok {
		m.text(m.endAt(c, r.To)+16+m.thickness(r)/2, y, n, halo+`font-weight="600"`)
	} else if c, ok := m.column[r.To]; ok {
		m.text(m.endAt(c, r.From)-24-m.thickness(r)/2, y, n, halo+`text-anchor="end" font-weight="600"`)
	}
}
