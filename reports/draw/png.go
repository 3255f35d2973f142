package draw

import (
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"sync"

	"git.sr.ht/~sbinet/gg"
)

// Two pixels for each CSS pixel are crisp on a phone; a very large drawing gets fewer, so that its
// pixels take 32 MB at most.
const (
	crisp     = 2.0
	maxPixels = 8e6
)

// painting lets one PNG at a time be made: what it takes is given back before the next.
var painting sync.Mutex

type pngWriter struct {
	*gg.Context
	scale float64
	fonts *fonts
	err   error
}

// PNG writes the drawing with two pixels for each CSS pixel. It fails with [ErrFont]
// when no font has what is written on it.
func (d *Drawing) PNG(out io.Writer) error {
	painting.Lock()
	defer painting.Unlock()
	letters, err := openFonts(d, fontDirs())
	if err != nil {
		return err
	}
	defer letters.close()
	scale := min(crisp, math.Sqrt(maxPixels/(d.Width*d.Height)))
	w := &pngWriter{Context: gg.NewContext(int(math.Ceil(d.Width*scale)), int(math.Ceil(d.Height*scale))), scale: scale, fonts: letters}
	w.paint(White)
	w.Clear()
	for _, s := range d.shapes {
		s.png(w)
	}
	if w.err != nil {
		return w.err
	}
	if err := png.Encode(out, w.Image()); err != nil {
		return fmt.Errorf("write a picture: %w", err)
	}
	return nil
}

func (w *pngWriter) paint(c Colour) { w.SetColor(color.NRGBA{c[0], c[1], c[2], 255}) }

func (r Rect) png(w *pngWriter) {
	s := w.scale
	round := min(r.Round, r.W/2, r.H/2)
	w.DrawRoundedRectangle(r.X*s, r.Y*s, r.W*s, r.H*s, round*s)
	w.paint(r.Fill)
	if r.Line == 0 {
		w.Fill()
		return
	}
	w.FillPreserve()
	w.paint(r.Border)
	w.SetLineWidth(r.Line * s)
	if r.Dashed {
		w.SetDash(5*s, 4*s)
	}
	w.Stroke()
	w.SetDash()
}

func (p Path) png(w *pngWriter) {
	s := w.scale
	for i, x := range p.steps() {
		switch {
		case i == 0:
			w.MoveTo(x.X*s, x.Y*s)
		case x.Bend:
			w.QuadraticTo(x.Corner.X*s, x.Corner.Y*s, x.X*s, x.Y*s)
		default:
			w.LineTo(x.X*s, x.Y*s)
		}
	}
	w.paint(p.Colour)
	w.SetLineWidth(p.Thick * s)
	w.SetLineCapButt()
	w.Stroke()
	if !p.Head {
		return
	}
	corners, _ := p.head()
	for i, c := range corners {
		if i == 0 {
			w.MoveTo(c.X*s, c.Y*s)
		} else {
			w.LineTo(c.X*s, c.Y*s)
		}
	}
	w.ClosePath()
	w.Fill()
}

func (t Text) png(w *pngWriter) {
	face, err := w.fonts.face(t.Bold, t.Size*w.scale)
	if err != nil {
		w.err = err
		return
	}
	w.SetFontFace(face)
	w.paint(t.Colour)
	written := w.fonts.known(t.S, t.Bold)
	x := t.X * w.scale
	if t.Anchor != Start {
		long, _ := w.MeasureString(written)
		x -= long * float64(t.Anchor) / 2
	}
	w.DrawString(written, x, t.Y*w.scale)
}
