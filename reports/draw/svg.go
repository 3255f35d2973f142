package draw

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

const svgFonts = `system-ui,-apple-system,'Segoe UI','Noto Sans','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif`

type svgWriter struct{ strings.Builder }

// SVG writes the drawing as a picture of its own.
func (d *Drawing) SVG(out io.Writer) error {
	w := &svgWriter{}
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%[1]s" height="%[2]s" role="img" aria-labelledby="title desc" xml:lang="%s" font-family="%s">`+"\n",
		px(d.Width), px(d.Height), xmlText(d.Lang), svgFonts)
	fmt.Fprintf(w, `<title id="title">%s</title>`+"\n"+`<desc id="desc">%s</desc>`+"\n", xmlText(d.Title), xmlText(d.About))
	fmt.Fprintf(w, `<rect width="%s" height="%s" fill="%s"/>`+"\n", px(d.Width), px(d.Height), White.hex())
	for _, s := range d.shapes {
		s.svg(w)
	}
	w.WriteString("</svg>\n")
	_, err := io.WriteString(out, w.String())
	return err
}

func (r Rect) svg(w *svgWriter) {
	border := ""
	if r.Line > 0 {
		border = fmt.Sprintf(` stroke="%s" stroke-width="%s"`, r.Border.hex(), px(r.Line))
		if r.Dashed {
			border += ` stroke-dasharray="5 4"`
		}
	}
	fmt.Fprintf(w, `<rect x="%s" y="%s" width="%s" height="%s" rx="%s" fill="%s"%s/>`+"\n", px(r.X), px(r.Y), px(r.W), px(r.H), px(r.Round), r.Fill.hex(), border)
}

func (p Path) svg(w *svgWriter) {
	var d strings.Builder
	for i, s := range p.steps() {
		switch {
		case i == 0:
			fmt.Fprintf(&d, "M%s %s", px(s.X), px(s.Y))
		case s.Bend:
			fmt.Fprintf(&d, " Q%s %s %s %s", px(s.Corner.X), px(s.Corner.Y), px(s.X), px(s.Y))
		default:
			fmt.Fprintf(&d, " L%s %s", px(s.X), px(s.Y))
		}
	}
	fmt.Fprintf(w, `<path d="%s" fill="none" stroke="%s" stroke-width="%s"/>`+"\n", d.String(), p.Colour.hex(), px(p.Thick))
	if !p.Head {
		return
	}
	corners, _ := p.head()
	var points []string
	for _, c := range corners {
		points = append(points, px(c.X)+","+px(c.Y))
	}
	fmt.Fprintf(w, `<polygon points="%s" fill="%s"/>`+"\n", strings.Join(points, " "), p.Colour.hex())
}

func (t Text) svg(w *svgWriter) {
	more := ""
	if t.Bold {
		more += ` font-weight="700"`
	}
	switch t.Anchor {
	case Middle:
		more += ` text-anchor="middle"`
	case End:
		more += ` text-anchor="end"`
	}
	fmt.Fprintf(w, `<text x="%s" y="%s" font-size="%s" fill="%s"%s>%s</text>`+"\n", px(t.X), px(t.Y), px(t.Size), t.Colour.hex(), more, xmlText(t.S))
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
