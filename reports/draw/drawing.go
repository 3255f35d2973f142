// Package draw makes drawings of boxes, lines and words, and writes them as SVG
// or as PNG. A drawing is made once, in CSS pixels from the top left; how it is
// written is the writer's business, so that both show the same.
//
// SVG names fonts and leaves the letters to who shows it. PNG draws them itself,
// with the fonts that [FindFonts] finds: what only those have, Chinese above all, is an
// [ErrFont] where there are none.
package draw

import (
	"fmt"
	"math"
)

// Drawing is a picture on white ground.
type Drawing struct {
	Width, Height float64
	Lang          string // of the words: "en", "zh"
	Title, About  string // what a screen reader says
	shapes        []shape
}

// Colour is red, green and blue.
type Colour [3]uint8

// White is the ground.
var White = Colour{255, 255, 255}

func (c Colour) hex() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// Blend returns the colour that lies between two, as far as share, 0 to 1, says.
func Blend(from, to Colour, share float64) Colour {
	var c Colour
	for i := range c {
		c[i] = uint8(math.Round(float64(from[i]) + (float64(to[i])-float64(from[i]))*min(max(share, 0), 1)))
	}
	return c
}

// shape is one thing that is drawn.
type shape interface {
	svg(w *svgWriter)
	png(w *pngWriter)
}

// Rect is a box with round corners. A Line of 0 draws no border.
type Rect struct {
	X, Y, W, H, Round float64
	Fill, Border      Colour
	Line              float64
	Dashed            bool
}

// Path is a line through points, with round corners; Head ends it with an arrow head.
type Path struct {
	Points []Point
	Round  float64
	Thick  float64
	Colour Colour
	Head   bool
}

// Point is a place.
type Point struct{ X, Y float64 }

// Anchor says which part of a text stands at its place.
type Anchor int

// Anchors.
const (
	Start Anchor = iota
	Middle
	End
)

// Text is one line; Y is its base line.
type Text struct {
	X, Y, Size float64
	S          string
	Bold       bool
	Colour     Colour
	Anchor     Anchor
}

// Rect adds a box.
func (d *Drawing) Rect(r Rect) { d.shapes = append(d.shapes, r) }

// Path adds a line.
func (d *Drawing) Path(p Path) { d.shapes = append(d.shapes, p) }

// Text adds a line of words; an empty one adds nothing.
func (d *Drawing) Text(t Text) {
	if t.S != "" {
		d.shapes = append(d.shapes, t)
	}
}

// headLength is how long an arrow's head is.
func headLength(thick float64) float64 { return 6 + 1.2*thick }

// HeadHalf is how far the head of an arrow reaches to each side of its line.
func HeadHalf(thick float64) float64 { return 0.6 * headLength(thick) }

// head returns the corners of the path's arrow head, and where its line ends.
func (p Path) head() (corners [3]Point, end Point) {
	n := len(p.Points)
	tip, before := p.Points[n-1], p.Points[n-2]
	length := math.Hypot(tip.X-before.X, tip.Y-before.Y)
	if length == 0 {
		return [3]Point{tip, tip, tip}, tip
	}
	dx, dy := (tip.X-before.X)/length, (tip.Y-before.Y)/length
	long, half := headLength(p.Thick), HeadHalf(p.Thick)
	end = Point{tip.X - dx*long, tip.Y - dy*long}
	return [3]Point{tip, {end.X - dy*half, end.Y + dx*half}, {end.X + dy*half, end.Y - dx*half}}, end
}

// step is a part of a path: straight to Point, or, when it is a bend, around Corner to it.
type step struct {
	Point
	Corner Point
	Bend   bool
}

// steps returns the way of the line, with its corners rounded and without its head.
func (p Path) steps() []step {
	points := append([]Point(nil), p.Points...)
	if p.Head {
		_, points[len(points)-1] = p.head()
	}
	out := []step{{Point: points[0]}}
	for i := 1; i < len(points)-1; i++ {
		at := points[i]
		in, on := toward(at, points[i-1], p.Round), toward(at, points[i+1], p.Round)
		out = append(out, step{Point: in}, step{Point: on, Corner: at, Bend: true})
	}
	return append(out, step{Point: points[len(points)-1]})
}

// toward returns the point that lies the distance, but half of the way at most, from a to b.
func toward(a, b Point, distance float64) Point {
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	if length == 0 {
		return a
	}
	share := min(distance/length, 0.5)
	return Point{a.X + (b.X-a.X)*share, a.Y + (b.Y-a.Y)*share}
}
