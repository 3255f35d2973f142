package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestReportPictures draws one sheet for the digest and for each report in each language, into the folder reports of
// the one that PICTURES names: the whole message on a desktop and beside it on a phone, with much data, with little and
// with none, from top to bottom. testdata/pictures/reports/*.txtar are the stories behind; their first line says what
// the company begins with (demo or empty). Where SHOTS names a folder, every message is kept there by itself as well.
func TestReportPictures(t *testing.T) {
	dir := os.Getenv("PICTURES")
	if dir == "" {
		t.Skip("PICTURES names no folder")
	}
	dir = filepath.Join(dir, "reports")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	for language := range locales {
		t.Run(language, func(t *testing.T) {
			sheets := map[string][]image.Image{}
			for _, amount := range []string{"much", "little", "none"} {
				g := &gallery{story: newStory(t, "testdata/pictures/reports/"+amount+".txtar"), dir: dir, language: language, ids: map[string]string{}}
				g.at = 1
				g.open(g.lines[0].text)
				for name, pair := range g.reports(amount) {
					sheets[name] = append(sheets[name], pair)
				}
				g.stop()
			}
			for name, rows := range sheets {
				writePicture(t, filepath.Join(dir, language+"-"+name+".png"), stacked(rows))
			}
		})
	}
}

// reports plays the story and returns each report on a desktop and on a phone, side by side.
func (g *gallery) reports(amount string) map[string]image.Image {
	g.t.Helper()
	g.story.language("mia", locales[g.language])
	answers := map[string]string{} // ts of each report's answer
	for ; g.at < len(g.lines); g.at++ {
		g.settle()
		g.line()
		if name, is := strings.CutPrefix(g.lines[g.at].text, "mia: /report "); is && !strings.Contains(name, " ") {
			g.settle()
			for ts, said := range g.private() {
				if g.before[ts] != said {
					answers[name] = ts
				}
			}
		}
	}
	for _, m := range newestFirst(g.messages("mia", "team-north", "")) {
		if m["bot_id"] != nil && answers["digest"] == "" {
			answers["digest"] = str(m["ts"])
		}
	}
	out := map[string]image.Image{}
	for name, ts := range answers {
		channel := "deals"
		if name == "digest" {
			channel = "team-north"
		}
		var pair []image.Image
		for _, width := range []int{1280, 390} {
			shot := g.whole(channel, ts, width)
			if dir := os.Getenv("SHOTS"); dir != "" {
				writePicture(g.t, filepath.Join(dir, fmt.Sprintf("%s-%s-%s-%d.png", g.language, name, amount, width)), shot)
			}
			pair = append(pair, shot)
		}
		out[name] = sideBySide(pair)
	}
	return out
}

// whole is the whole message, however high it is, in a window of that width.
func (g *gallery) whole(channel, ts string, width int) image.Image {
	g.t.Helper()
	const high = 3000
	defer g.newTab()()
	viewport := chromedp.EmulateViewport(int64(width), high)
	if width < 600 {
		viewport = chromedp.EmulateViewport(int64(width), high, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	g.visit("/#/u/"+g.ids["mia"]+"/c/"+g.ids[channel], viewport)
	node := fmt.Sprintf(`document.querySelector('article[data-ts="%s"]')`, ts)
	g.until(node + ` && [...` + node + `.querySelectorAll("img")].every(i => i.complete)`)
	g.browse(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(alone, ts)))
	time.Sleep(500 * time.Millisecond) // until the stream has brought everything
	box, err := chromedp.Run(g.tab, chromedp.Evaluate[[]float64](`(r => [r.left, r.top, r.right, r.bottom])(`+node+`.getBoundingClientRect())`))
	if err != nil {
		g.t.Fatal(err)
	}
	if height := box[3] - box[1]; height > high-300 {
		g.failf("the message is %.0f pixels high, which is more than the window shows", height)
	}
	g.t.Logf("%s %s %s at %d: %.0f px", g.language, filepath.Base(g.file), channel, width, box[3]-box[1])
	const widest = 734 // of what stands in a message, its margins included
	area := image.Rect(int(box[0]), int(box[1]), min(int(box[2]), int(box[0])+widest), int(box[3]))
	full := g.capture()
	out := image.NewRGBA(image.Rect(0, 0, area.Dx(), area.Dy()))
	draw.Draw(out, out.Bounds(), full, area.Min, draw.Src)
	return out
}

// alone leaves one message in the conversation.
const alone = `document.head.append(Object.assign(document.createElement("style"), {textContent: 'article.message:not([data-ts="%s"]) { display: none }'}))`

const gap = 24

// stacked puts pictures below each other, with a line between them.
func stacked(rows []image.Image) image.Image {
	size := image.Point{Y: -gap}
	for _, x := range rows {
		size.X, size.Y = max(size.X, x.Bounds().Dx()), size.Y+x.Bounds().Dy()+gap
	}
	out := canvas(size)
	y := 0
	for i, x := range rows {
		if i > 0 {
			line := image.Rect(0, y-gap/2, size.X, y-gap/2+1)
			draw.Draw(out, line, image.NewUniform(color.Gray{200}), image.Point{}, draw.Src)
		}
		draw.Draw(out, x.Bounds().Add(image.Pt(0, y)), x, image.Point{}, draw.Src)
		y += x.Bounds().Dy() + gap
	}
	return out
}

// sideBySide puts pictures next to each other.
func sideBySide(columns []image.Image) image.Image {
	size := image.Point{X: -gap}
	for _, x := range columns {
		size.X, size.Y = size.X+x.Bounds().Dx()+gap, max(size.Y, x.Bounds().Dy())
	}
	out := canvas(size)
	at := 0
	for _, x := range columns {
		draw.Draw(out, x.Bounds().Add(image.Pt(at, 0)), x, image.Point{}, draw.Src)
		at += x.Bounds().Dx() + gap
	}
	return out
}

func canvas(size image.Point) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	return out
}

// writePicture keeps the picture with few colours, so that the repository stays small.
func writePicture(t *testing.T, file string, full image.Image) {
	t.Helper()
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, fewColours(full)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
