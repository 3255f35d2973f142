package reports

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// svg is a drawing that is being written. Lengths are in CSS pixels.
type svg struct{ strings.Builder }

const svgFonts = `system-ui,-apple-system,'Segoe UI','Noto Sans','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif`

// open begins a drawing; the title and the description are what a screen reader says.
func (g *svg) open(w, h float64, lang, title, about string) {
	fmt.Fprintf(g, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%[1]s" height="%[2]s" role="img" aria-labelledby="title desc" xml:lang="%s" font-family="%s" font-size="13" fill="#1d2733">`+"\n",
		px(w), px(h), xmlText(lang), svgFonts)
	fmt.Fprintf(g, `<title id="title">%s</title>`+"\n"+`<desc id="desc">%s</desc>`+"\n", xmlText(title), xmlText(about))
	fmt.Fprintf(g, `<rect width="%s" height="%s" fill="#ffffff"/>`+"\n", px(w), px(h))
}

func (g *svg) close() { g.WriteString("</svg>\n") }

// rect draws a box with round corners; more are further attributes.
func (g *svg) rect(x, y, w, h, round float64, more string) {
	fmt.Fprintf(g, `<rect x="%s" y="%s" width="%s" height="%s" rx="%s" %s/>`+"\n", px(x), px(y), px(w), px(h), px(round), more)
}

// text writes one line; y is its base line.
func (g *svg) text(x, y float64, s, more string) {
	fmt.Fprintf(g, `<text x="%s" y="%s" %s>%s</text>`+"\n", px(x), px(y), more, xmlText(s))
}

// arc draws an arrow from one place to another at the same height, bulging by
// the height: upwards when that is negative.
func (g *svg) arc(x1, x2, y, height, thick float64, colour string) {
	head := arrowHead(thick)
	end := y + math.Copysign(head, height)
	pull := y + height*4/3
	g.path(fmt.Sprintf("M%s %sC%s %s %s %s %s %s", px(x1), px(y), px(x1), px(pull), px(x2), px(pull), px(x2), px(end)), thick, colour)
	half := head * 0.6
	g.polygon(colour, x2, y, x2-half, end, x2+half, end)
}

// arrow draws a straight one.
func (g *svg) arrow(x1, y1, x2, y2, thick float64, colour string) {
	head := arrowHead(thick)
	length := math.Hypot(x2-x1, y2-y1)
	dx, dy := (x2-x1)/length, (y2-y1)/length
	x, y := x2-dx*head, y2-dy*head
	g.path(fmt.Sprintf("M%s %sL%s %s", px(x1), px(y1), px(x), px(y)), thick, colour)
	half := head * 0.6
	g.polygon(colour, x2, y2, x-dy*half, y+dx*half, x+dy*half, y-dx*half)
}

func arrowHead(thick float64) float64 { return 6 + 1.3*thick }

func (g *svg) path(d string, thick float64, colour string) {
	fmt.Fprintf(g, `<path d="%s" fill="none" stroke="%s" stroke-width="%s"/>`+"\n", d, colour, px(thick))
}

func (g *svg) polygon(colour string, xy ...float64) {
	var points []string
	for i := 0; i < len(xy); i += 2 {
		points = append(points, px(xy[i])+","+px(xy[i+1]))
	}
	fmt.Fprintf(g, `<polygon points="%s" fill="%s"/>`+"\n", strings.Join(points, " "), colour)
}

// px writes a length with one decimal at most.
func px(v float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
}

func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// blend returns the colour that lies between two, as far as share, 0 to 1, says.
func blend(from, to [3]float64, share float64) string {
	var c [3]int
	for i := range c {
		c[i] = int(math.Round(from[i] + (to[i]-from[i])*min(max(share, 0), 1)))
	}
	return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2])
}

// textWidth estimates how wide a text is; Chinese characters are as wide as they are high.
func textWidth(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			w += size
		default:
			w += 0.57 * size
		}
	}
	return w
}

// wrapText breaks a text into lines that are as wide as room at most: between words, or
// anywhere when there are none. What does not fit on the last line is cut off.
func wrapText(s string, size, room float64, lines int) []string {
	var out []string
	for s = strings.TrimSpace(s); s != "" && len(out) < lines; {
		n, space := 0, 0
		for i, r := range s {
			end := i + utf8.RuneLen(r)
			if textWidth(s[:end], size) > room && i > 0 {
				break
			}
			if n = end; r == ' ' {
				space = end
			}
		}
		if n < len(s) && len(out) == lines-1 {
			_, last := utf8.DecodeLastRuneInString(s[:n])
			return append(out, strings.TrimSpace(s[:n-last])+"…")
		}
		if n < len(s) && space > 0 && s[n] != ' ' && s[n] < utf8.RuneSelf {
			n = space
		}
		out = append(out, strings.TrimSpace(s[:n]))
		s = strings.TrimSpace(s[n:])
	}
	return out
}
