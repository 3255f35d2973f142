package reports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/draw"
)

// Picture is a chart or a map in a message. It is no block that Slack knows: whoever sends the
// message puts Image in its place once the picture is in Slack, and Instead where it cannot be.
type Picture struct {
	Name  string   `json:"name,omitempty"` // of a picture that is drawn anew only under another name; "" is named by what it shows
	Lang  string   `json:"lang"`
	Title string   `json:"title"`
	Chart *Chart   `json:"chart,omitempty"`
	Map   *Map     `json:"map,omitempty"`
	Lead  string   `json:"lead,omitempty"` // the sentence that matters first: above a chart, and all that a screen reader says
	Said  []string `json:"said,omitempty"` // below a chart

	// Make fills in the picture of a Name when it has to be drawn; one without Chart and Map is that there is
	// nothing to draw. Nothing stands in its place where it cannot be had.
	Make func(ctx context.Context) (Picture, error) `json:"-"`
}

// BlockType makes a picture a block.
func (Picture) BlockType() slack.MessageBlockType { return "picture" }

// ID makes a picture a block.
func (Picture) ID() string { return "" }

// Key is the same for the same picture.
func (x Picture) Key() (string, error) {
	if x.Name != "" {
		return x.Name, nil
	}
	raw, err := json.Marshal(x)
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16]), err
}

// Instead is what stands in the place of the picture where it cannot be shown: bars of
// characters for a chart, and a word that there is none for a map.
func (x Picture) Instead() []slack.Block {
	p := text.For(x.Lang, nil)
	switch {
	case x.Make != nil:
		return nil
	case x.Chart != nil:
		labels := unique(x.Chart.Labels[:min(len(x.Chart.Labels), maxLabels)])
		return []slack.Block{paragraph("*" + text.Plain(x.Chart.Title) + "*\n```" + bars(*x.Chart, labels, p) + "```")}
	}
	return []slack.Block{note(p.T("The picture could not be made: I may not upload files here, or have no font for it. `pipewright doctor` says which."))}
}

// Draw makes the drawing.
func (x Picture) Draw() *draw.Drawing {
	if x.Map != nil {
		return x.Map.Draw(x.Lang, x.Title)
	}
	return x.Chart.draw(text.For(x.Lang, nil), x.Title, x.Lead, x.Said)
}

// PNG draws the picture as a file. It fails with draw.ErrFont where Chinese cannot be written.
func (x Picture) PNG(w io.Writer) error { return x.Draw().PNG(w) }

// Alt is what a screen reader says of it.
func (x Picture) Alt() string {
	about := x.Lead
	switch {
	case about != "":
	case x.Map != nil:
		about = x.Map.Lead
	case x.Chart != nil:
		about = x.Chart.about(text.For(x.Lang, nil))
	}
	if about == "" {
		return literal(x.Title, maxAlt)
	}
	return literal(text.For(x.Lang, nil).T("%s: %s", x.Title, about), maxAlt)
}

// Image is the block for the picture in the file.
func (x Picture) Image(file string) *slack.ImageBlock {
	return slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: file}, x.Alt(), "", nil)
}

const maxAlt = 1900 // of 2,000

// Picture is how the result is drawn; ok is false where there is nothing to draw.
func (res Result) Picture(p text.Printer) (Picture, bool) {
	x := Picture{Lang: p.Lang(), Title: res.title(p)}
	if m, ok := res.drawnMap(p); ok {
		x.Map = &m
		return x, true
	}
	if x.Chart = res.Body.Chart(p); x.Chart == nil || res.Empty() {
		return Picture{}, false
	}
	x.Said = append([]string{res.Body.Lead(p)}, res.small(p)...)
	return x, true
}

// small is what stands below a picture: of which deals it tells, as of when, and what was left out.
func (res Result) small(p text.Printer) []string {
	all := append([]string{res.About(p), res.context(p)}, res.notes(p)...)
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// WriteSVG draws the result: the map of what really happened, or the report's chart.
// A result without one is Invalid "report.nothing_to_draw".
func WriteSVG(w io.Writer, res answer, p text.Printer) error {
	x, ok := res.Picture(p)
	if !ok {
		return sales.Refuse(sales.Invalid, "report.nothing_to_draw", "name", res.name())
	}
	return x.Draw().SVG(w)
}

// WritePNG draws the result as WriteSVG does. Without a font for its letters it is
// Invalid "report.font".
func WritePNG(w io.Writer, res answer, p text.Printer) error {
	x, ok := res.Picture(p)
	if !ok {
		return sales.Refuse(sales.Invalid, "report.nothing_to_draw", "name", res.name())
	}
	err := x.PNG(w)
	if errors.Is(err, draw.ErrFont) {
		return sales.Refuse(sales.Invalid, "report.font", "help", draw.FontHelp)
	}
	return err
}
