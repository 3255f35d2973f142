package reports

import (
	"math"
	"strings"

	"pipewright/internal/text"
	"pipewright/reports/draw"
)

// The measures of a bar chart, in CSS pixels.
const (
	chartWidth = 560.0
	chartName  = 176.0 // room for names
	chartValue = 84.0  // and for numbers
	barHeight  = 20.0
	barStep    = 25.0
)

// seriesColours tell series apart; their names stand beside them.
var seriesColours = []draw.Colour{{0x2f, 0x6f, 0xab}, {0xd9, 0x77, 0x06}, {0x2e, 0x8b, 0x57}, {0x8a, 0x4f, 0x9e}, {0xb9, 0x3c, 0x0b}, {0x53, 0x62, 0x71}}

// draw makes a picture of the chart, with what is said below it. Above it stand the title and the sentence
// that matters first; where there is no such sentence, the chart's own title is enough.
func (c Chart) draw(p text.Printer, title, lead string, said []string) *draw.Drawing {
	d := &draw.Drawing{Width: chartWidth, Lang: p.Lang(), Title: c.Title, About: c.about(p)}
	y := margin + 16
	write := func(s string, size, step float64, lines int, bold bool) {
		for _, part := range draw.Wrap(s, size, chartWidth-2*margin, lines) {
			d.Text(draw.Text{X: margin, Y: y, Size: size, S: part, Bold: bold, Colour: ink})
			y += step
		}
	}
	if lead == "" {
		write(c.heading(p), 18, 24, 2, true)
	} else {
		d.Title, d.About = title, lead
		write(title, 18, 26, 2, true)
		write(lead, 15, 21, 8, false)
		y += 12
		write(c.heading(p), 15, 20, 2, true)
	}
	y = c.drawNames(d, y+6)
	most := c.most()
	for i, label := range c.Labels {
		y = c.drawBars(d, p, i, label, most, y)
	}
	y += 24
	for _, s := range said {
		for _, part := range draw.Wrap(s, 13, chartWidth-2*margin, 3) {
			d.Text(draw.Text{X: margin, Y: y, Size: 13, S: part, Colour: grey})
			y += 18
		}
	}
	d.Height = y + margin - 14
	return d
}

// heading is the title with what the bars count.
func (c Chart) heading(p text.Printer) string {
	if c.Unit == "" || strings.Contains(strings.ToLower(c.Title), strings.ToLower(c.Unit)) {
		return c.Title
	}
	return p.T("%s (%s)", c.Title, c.Unit)
}

// drawNames says which colour is which series, where there are several.
func (c Chart) drawNames(d *draw.Drawing, y float64) float64 {
	if len(c.Series) < 2 {
		return y
	}
	x := margin
	for i, s := range c.Series {
		d.Rect(draw.Rect{X: x, Y: y - 11, W: 12, H: 12, Round: 3, Fill: seriesColours[i%len(seriesColours)]})
		d.Text(draw.Text{X: x + 18, Y: y, Size: 13, S: s.Name, Colour: grey})
		x += 18 + draw.Wide(s.Name, 13) + 18
	}
	return y + 18
}

// drawBars draws the bars of one label, one for each series, and returns where the next begin.
func (c Chart) drawBars(d *draw.Drawing, p text.Printer, i int, label string, most, y float64) float64 {
	const room = chartWidth - 2*margin - chartName - chartValue
	size, name := 15.0, draw.Wrap(label, 15, chartName-10, 2)
	if len(name) > 1 {
		size, name = 12, draw.Wrap(label, 12, chartName-10, 2)
	}
	for k, part := range name {
		d.Text(draw.Text{X: margin, Y: y + 15 + 13*float64(k) - 6*float64(len(name)-1), Size: size, S: part, Colour: ink})
	}
	for j, s := range c.Series {
		long := 0.0
		if most > 0 {
			long = room * max(s.Values[i], 0) / most
		}
		x := margin + chartName
		d.Rect(draw.Rect{X: x, Y: y, W: max(long, 2), H: barHeight, Round: 3, Fill: seriesColours[j%len(seriesColours)]})
		d.Text(draw.Text{X: x + max(long, 2) + 8, Y: y + 15, Size: 15, S: barNumber(p, s.Values[i]), Bold: true, Colour: ink})
		y += barStep
	}
	return y + 5
}

// wholePercent is a share as bars show it: the number that tables and sentences name as well.
func wholePercent(share float64) float64 { return math.Round(100 * share) }

// tenths is a number of days as bars show it: rounded as in tables and sentences.
func tenths(days Num) float64 { return math.Round(10*float64(days)) / 10 }

// barNumber writes a value, with one decimal where it is no whole number.
func barNumber(p text.Printer, v float64) string {
	if v != float64(int(v)) {
		return p.Number(v, 1)
	}
	return p.Number(v, 0)
}

func (c Chart) most() float64 {
	most := 0.0
	for _, s := range c.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	return most
}

// about says in words what the bars show, for who cannot see them.
func (c Chart) about(p text.Printer) string {
	var parts []string
	for i, label := range c.Labels {
		for _, s := range c.Series {
			name := label
			if len(c.Series) > 1 {
				name += ", " + s.Name
			}
			parts = append(parts, p.T("%s: %s", name, barNumber(p, s.Values[i])))
		}
	}
	return p.List(parts)
}
