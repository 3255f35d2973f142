package reports

import (
	"cmp"
	"math"
	"slices"

	"pipewright/internal/text"
	"pipewright/reports/draw"
)

// The map's measures, in CSS pixels.
const (
	margin    = 24.0
	boxWidth  = 330.0
	boxHeight = 90.0
	boxPitch  = 136.0 // from one box to the next
	pillWidth = 96.0
	pillSpace = 48.0 // between a box and the pill beside it
	laneStep  = 66.0
	laneSpace = 52.0 // between the boxes, or the pills, and the first lane
	maxLanes  = 3    // on each side
	maxArcs   = 8    // on each side
	leastWide = 520.0
)

var (
	ink, grey, edge = draw.Colour{0x1d, 0x27, 0x33}, draw.Colour{0x53, 0x62, 0x71}, draw.Colour{0x87, 0x96, 0xa5}
	quick, slow     = draw.Colour{0x6b, 0x9b, 0xd1}, draw.Colour{0xb9, 0x3c, 0x0b} // short times and long ones
	empty, whole    = draw.Colour{0xff, 0xff, 0xff}, draw.Colour{0xff, 0xc9, 0x7a} // no share of the time, and all of it
	amber, rail     = draw.Colour{0xd9, 0x77, 0x06}, draw.Colour{0xdd, 0xe4, 0xea}
	rose, mint      = draw.Colour{0xfb, 0xe4, 0xde}, draw.Colour{0xdf, 0xf2, 0xe4}
	green           = draw.Colour{0x2e, 0x8b, 0x57}
)

// arc is a move past other stages or back, beside the boxes: in the lane on its side.
type arc struct {
	MapMove
	lane int
}

func (a arc) ends() (top, bottom int) { return min(a.From, a.To), max(a.From, a.To) }

// mapDrawing is the map while it is drawn: stages from top to bottom, moves to the
// next one between them, those that pass stages over on the right, beyond what
// left, and those that go back on the left.
type mapDrawing struct {
	Map
	*draw.Drawing
	left, top     float64 // of the first box
	ahead, behind []arc
	undrawn       []MapMove // what has no room
	pills         bool
	most          int
	longest       float64
}

// Draw makes the picture of the map, under its title.
func (m Map) Draw(lang, title string) *draw.Drawing {
	d := &mapDrawing{Map: m, Drawing: &draw.Drawing{Lang: lang, Title: title, About: m.Lead}}
	d.measure()
	d.heading()
	for _, a := range slices.Concat(d.ahead, d.behind) {
		d.drawArc(a)
	}
	for _, v := range m.Moves {
		if span, between := v.span(); between && span == 1 {
			d.drawNext(v)
		}
	}
	for i := range m.Stages {
		d.drawPills(i)
		d.drawBox(i)
	}
	for _, a := range slices.Concat(d.ahead, d.behind) {
		d.labelArc(a)
	}
	d.legend()
	return d.Drawing
}

// measure chooses what is drawn, and how wide that is.
func (d *mapDrawing) measure() {
	var ahead, behind []MapMove
	for _, v := range d.Moves {
		d.most, d.longest = max(d.most, v.N), max(d.longest, v.Days)
		switch span, between := v.span(); {
		case !between:
			d.pills = true
		case span > 1:
			ahead = append(ahead, v)
		case span < 0:
			behind = append(behind, v)
		}
	}
	d.ahead, d.behind = d.choose(ahead), d.choose(behind)
	d.left = margin + sideWidth(d.behind)
	d.Width = d.left + boxWidth + d.pillsWidth() + sideWidth(d.ahead) + margin
	if d.Width < leastWide {
		d.left += (leastWide - d.Width) / 2
		d.Width = leastWide
	}
}

// choose keeps the most frequent moves, as many as have room, and gives each a lane.
func (d *mapDrawing) choose(moves []MapMove) []arc {
	slices.SortStableFunc(moves, func(a, b MapMove) int { return cmp.Compare(b.N, a.N) })
	var kept []MapMove
	var out []arc
	for _, v := range moves {
		with := append(slices.Clip(kept), v)
		if arcs := lanes(with); arcs != nil {
			kept, out = with, arcs
			continue
		}
		d.undrawn = append(d.undrawn, v)
	}
	return out
}

// lanes gives each move a lane, short ones inside, and returns nil when they are too many.
func lanes(moves []MapMove) []arc {
	if len(moves) > maxArcs {
		return nil
	}
	moves = slices.Clone(moves)
	slices.SortStableFunc(moves, func(a, b MapMove) int {
		return cmp.Compare(max(a.To-a.From, a.From-a.To), max(b.To-b.From, b.From-b.To))
	})
	var out []arc
	for _, v := range moves {
		a := arc{MapMove: v}
		for slices.ContainsFunc(out, a.meets) {
			a.lane++
		}
		if a.lane == maxLanes {
			return nil
		}
		out = append(out, a)
	}
	return out
}

// meets reports whether two would lie upon each other.
func (a arc) meets(b arc) bool {
	top, bottom := a.ends()
	above, below := b.ends()
	return a.lane == b.lane && top < below && above < bottom
}

func sideWidth(arcs []arc) float64 {
	if len(arcs) == 0 {
		return 0
	}
	lanes := slices.MaxFunc(arcs, func(a, b arc) int { return cmp.Compare(a.lane, b.lane) }).lane + 1
	return laneSpace + float64(lanes-1)*laneStep + laneStep/2
}

func (d *mapDrawing) pillsWidth() float64 {
	if !d.pills {
		return 0
	}
	return pillSpace + pillWidth
}

// heading writes the title and the sentence that matters, and finds where the boxes begin.
func (d *mapDrawing) heading() {
	y := margin + 16
	for _, s := range draw.Wrap(d.Title, 20, d.Width-2*margin, 2) {
		d.Text(draw.Text{X: margin, Y: y, Size: 20, S: s, Bold: true, Colour: ink})
		y += 26
	}
	y = d.paragraph(d.Lead, y, 15, ink)
	d.top = y + 8
	d.Height = d.top + float64(max(1, len(d.Stages))-1)*boxPitch + boxHeight
	if len(d.Stages) == 0 {
		d.Height = d.top
	}
}

// paragraph writes a text over the width, and returns where the next line begins.
func (d *mapDrawing) paragraph(s string, y, size float64, c draw.Colour) float64 {
	for _, part := range draw.Wrap(s, size, d.Width-2*margin, 5) {
		d.Text(draw.Text{X: margin, Y: y, Size: size, S: part, Colour: c})
		y += 1.4 * size
	}
	return y
}

func (d *mapDrawing) y(stage int) float64 { return d.top + float64(stage)*boxPitch }

func (d *mapDrawing) thick(n int) float64 { return thickness(float64(n) / float64(max(1, d.most))) }

// thickness is of an arrow along which the share of the most moves went.
func thickness(share float64) float64 { return 1.5 + 8*math.Sqrt(share) }

func (d *mapDrawing) colour(v MapMove) draw.Colour {
	if d.longest == 0 {
		return quick
	}
	return draw.Blend(quick, slow, v.Days/d.longest)
}

// lane is where an arc runs.
func (d *mapDrawing) lane(a arc) float64 {
	if a.To < a.From {
		return d.left - laneSpace - float64(a.lane)*laneStep
	}
	return d.left + boxWidth + d.pillsWidth() + laneSpace + float64(a.lane)*laneStep
}

func (d *mapDrawing) drawArc(a arc) {
	x, lane, in := d.left+boxWidth, d.lane(a), 9+6*float64(a.lane)
	from, to := d.y(a.From)+boxHeight-in, d.y(a.To)+in
	if a.To < a.From {
		x = d.left
		from, to = d.y(a.From)+in, d.y(a.To)+boxHeight-in
	}
	d.Path(draw.Path{
		Points: []draw.Point{{X: x, Y: from}, {X: lane, Y: from}, {X: lane, Y: to}, {X: x, Y: to}},
		Round:  18, Thick: d.thick(a.N), Colour: d.colour(a.MapMove), Head: true,
	})
}

// labelArc writes how many moved, and after how long, upon the arc.
func (d *mapDrawing) labelArc(a arc) {
	x, y := d.lane(a), (d.y(a.From)+d.y(a.To)+boxHeight)/2
	lines := 1.0
	if a.Time != "" {
		lines = 2
	}
	wide := max(draw.Wide(a.Many, 14), draw.Wide(a.Time, 13)) + 6
	d.Rect(draw.Rect{X: x - wide/2, Y: y - 9*lines, W: wide, H: 18 * lines, Round: 4, Fill: draw.White})
	d.Text(draw.Text{X: x, Y: y - 9*lines + 14, Size: 14, S: a.Many, Bold: true, Colour: ink, Anchor: draw.Middle})
	d.Text(draw.Text{X: x, Y: y + 13, Size: 13, S: a.Time, Colour: ink, Anchor: draw.Middle})
}

// drawNext draws a move to the next stage.
func (d *mapDrawing) drawNext(v MapMove) {
	x, y := d.left+boxWidth/2, d.y(v.From)+boxHeight
	thick := d.thick(v.N)
	d.Path(draw.Path{Points: []draw.Point{{X: x, Y: y}, {X: x, Y: d.y(v.To)}}, Thick: thick, Colour: d.colour(v), Head: true})
	mid := y + (boxPitch-boxHeight)/2 + 5
	beside := draw.HeadHalf(thick) + 6
	d.Text(draw.Text{X: x - beside, Y: mid, Size: 15, S: v.Many, Bold: true, Colour: ink, Anchor: draw.End})
	d.Text(draw.Text{X: x + beside, Y: mid, Size: 14, S: v.Time, Colour: ink})
}

// drawPills draws what left the process in a stage, and what came back into it.
func (d *mapDrawing) drawPills(stage int) {
	y := d.y(stage) + boxHeight/2 - 3
	for _, end := range []struct {
		place int
		name  string
		fill  draw.Colour
	}{{mapLost, d.Words.Lost, rose}, {mapCompleted, d.Words.Completed, mint}} {
		out := slices.IndexFunc(d.Moves, func(v MapMove) bool { return v.From == stage && v.To == end.place })
		back := slices.IndexFunc(d.Moves, func(v MapMove) bool { return v.From == end.place && v.To == stage })
		if out < 0 && back < 0 {
			continue
		}
		x, name := d.left+boxWidth+pillSpace, end.name
		if out >= 0 {
			v := d.Moves[out]
			d.Path(draw.Path{Points: []draw.Point{{X: x - pillSpace, Y: y}, {X: x, Y: y}}, Thick: d.thick(v.N), Colour: d.colour(v), Head: true})
			name += " " + v.Many
		}
		d.Rect(draw.Rect{X: x, Y: y - 14, W: pillWidth, H: 28, Round: 14, Fill: end.fill})
		size := 14.0
		for size > 11 && draw.Wide(name, size) > pillWidth-8 { // "Completed 120"
			size -= 0.5
		}
		d.Text(draw.Text{X: x + pillWidth/2, Y: y + 5, Size: size, S: draw.Wrap(name, size, pillWidth-8, 1)[0], Colour: ink, Anchor: draw.Middle})
		if back >= 0 {
			v := d.Moves[back]
			d.Path(draw.Path{Points: []draw.Point{{X: x + pillWidth/4, Y: y + 14}, {X: x + pillWidth/4, Y: y + 27}, {X: x - pillSpace, Y: y + 27}},
				Round: 8, Thick: d.thick(v.N), Colour: d.colour(v), Head: true})
			d.Text(draw.Text{X: x + pillWidth/4 + 8, Y: y + 32, Size: 13, S: d.Words.Reopened + " " + v.Many, Colour: ink})
		}
		y += 40
	}
}

// drawBox draws a stage with its visits, how long half of them took, and its share of the time.
func (d *mapDrawing) drawBox(stage int) {
	s, x, y := d.Stages[stage], d.left, d.y(stage)
	border := draw.Rect{X: x, Y: y, W: boxWidth, H: boxHeight, Round: 10, Fill: draw.Blend(empty, whole, s.Part), Border: edge, Line: 1.5, Dashed: s.Gone}
	if s.Won {
		border.Border, border.Line = green, 3
	}
	d.Rect(border)
	const inner = boxWidth - 28
	size, name := 17.0, draw.Wrap(s.Name, 17, inner, 2)
	if len(name) > 1 {
		size, name = 14, draw.Wrap(s.Name, 14, inner, 2)
	}
	for i, part := range name {
		d.Text(draw.Text{X: x + 14, Y: y + 28 + 16*float64(i) - 9*float64(len(name)-1), Size: size, S: part, Bold: true, Colour: ink})
	}
	at := func(x, y float64, v string, anchor draw.Anchor) {
		d.Text(draw.Text{X: x, Y: y, Size: 13.5, S: v, Colour: ink, Anchor: anchor})
	}
	left, right := x+14, x+14+inner
	at(left, y+54, s.Visits, draw.Start)
	at(right, y+54, s.Median, draw.End)
	if s.Share != "" {
		at(right, y+76, s.Share, draw.End)
		bar := draw.Rect{X: left, Y: y + 68, W: inner - d.shareWidth() - 8, H: 5, Round: 2.5, Fill: rail}
		d.Rect(bar)
		bar.W, bar.Fill = bar.W*s.Part, amber
		d.Rect(bar)
	}
}

// shareWidth is that of the widest share, beside which bars of one length can be compared.
func (d *mapDrawing) shareWidth() float64 {
	widest := 0.0
	for _, s := range d.Stages {
		widest = max(widest, draw.Wide(s.Share, 13.5))
	}
	return widest
}

// legend says what colours and thickness mean, and under it what else a reader must know.
func (d *mapDrawing) legend() {
	y := d.Height + 40
	if d.longest > 0 {
		y = d.scale(d.Words.Time, "0", d.Words.Longest, y, func(x, w, share float64) {
			d.Rect(draw.Rect{X: x, Y: y - 9, W: w + 0.5, H: 8, Fill: draw.Blend(quick, slow, share)})
		})
	}
	if d.most > 0 {
		y = d.scale(d.Words.Many, d.Words.Least, d.Words.Most, y, func(x, w, share float64) {
			thick := thickness(share)
			d.Rect(draw.Rect{X: x, Y: y - 5 - thick/2, W: w + 0.5, H: thick, Fill: edge})
		})
	}
	said := slices.Clone(d.Said)
	if len(d.undrawn) > 0 {
		said = append([]string{d.missing()}, said...)
	}
	for _, s := range said {
		y = d.paragraph(s, y, 13, grey)
	}
	d.Height = y + margin - 16
}

// missing says what has no room, and the most frequent of it.
func (d *mapDrawing) missing() string {
	p, n := text.For(d.Lang, nil), 0
	for _, v := range d.undrawn {
		n += v.N
	}
	most := slices.MaxFunc(d.undrawn, func(a, b MapMove) int { return cmp.Compare(a.N, b.N) })
	return p.N(n, "No room to draw %d move: %s → %s (%s).", "No room to draw %d moves; the most frequent: %s → %s (%s).",
		d.Stages[most.From].Name, d.Stages[most.To].Name, most.Many)
}

// scale writes a line of the legend, with steps from the least to the most.
func (d *mapDrawing) scale(name, from, to string, y float64, step func(x, w, share float64)) float64 {
	const steps, long = 24, 120.0
	d.Text(draw.Text{X: margin, Y: y, Size: 13, S: name, Colour: grey})
	x := margin + 172
	d.Text(draw.Text{X: x - 8, Y: y, Size: 13, S: from, Colour: grey, Anchor: draw.End})
	for i := range steps {
		step(x+float64(i)*long/steps, long/steps, float64(i)/(steps-1))
	}
	d.Text(draw.Text{X: x + long + 8, Y: y, Size: 13, S: to, Colour: grey})
	return y + 22
}
