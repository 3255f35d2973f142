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

	"pipewright/bot/playground/browsertest"
	"pipewright/internal/text"
)

// TestReportPictures plays testdata/pictures/reports/*.txtar, in which Mia asks for every report of a company with
// much data, with little and with none. Where PICTURES names a folder, it draws one sheet for the digest and for each
// report in each language into the folder reports of it: the whole message on a desktop and beside it on a phone, from
// top to bottom. Where SHOTS names a folder, every message is kept there by itself as well.
func TestReportPictures(t *testing.T) {
	for language := range locales {
		t.Run(language, func(t *testing.T) {
			inParallelUndrawn(t)
			sheets := map[string][]image.Image{}
			for _, amount := range []string{"much", "little", "none"} {
				g := newGallery(t, "testdata/pictures/reports/"+amount+".txtar", language)
				answers := g.reports()
				if g.dir != "" {
					for name, ts := range answers {
						sheets[name] = append(sheets[name], g.pair(name, ts, amount))
					}
				}
				g.stop()
			}
			if len(sheets) == 0 {
				return
			}
			dir := filepath.Join(os.Getenv("PICTURES"), "reports")
			if err := os.MkdirAll(dir, 0o750); err != nil {
				t.Fatal(err)
			}
			for name, rows := range sheets {
				writePicture(t, filepath.Join(dir, language+"-"+name+".png"), stacked(rows))
			}
		})
	}
}

// reports plays the story and returns where each report stands that Mia asked for, the last time she did, and the
// newest digest of her team.
func (g *gallery) reports() map[string]string {
	g.t.Helper()
	g.story.language("mia", locales[g.language])
	answers := map[string]string{} // ts by name
	for ; g.at < len(g.lines); g.at++ {
		g.settle()
		g.line()
		if name, is := strings.CutPrefix(g.lines[g.at].text, "mia: /report "); is && !strings.Contains(name, " ") {
			answers[name] = g.answered()
		}
	}
	said := g.private()
	for name, ts := range answers {
		if comes := text.For(g.language, nil).T("The picture follows in a moment."); strings.Contains(said[ts], comes) {
			g.failf("%s has no picture yet: %s", name, said[ts])
		}
	}
	answers["digest"] = str(g.message("mia", "team-north", text.For(g.language, nil).T("Weekly digest"))["ts"])
	g.epilogue()
	return answers
}

// answered is where the answer to the last command stands; a picture that follows one has no words of its own.
func (g *gallery) answered() (ts string) {
	g.t.Helper()
	g.eventually(func() bool {
		for _, m := range g.messages(g.actor, g.place, "") {
			ts = str(m["ts"])
			blocks := asList(m["blocks"])
			if m["is_ephemeral"] == true && g.before[ts] != words(m) && len(blocks) > 0 && asObj(blocks[0])["type"] != "image" {
				return true
			}
		}
		return false
	}, func() { g.failf("no answer comes") })
	return ts
}

// pair is the report on a desktop and on a phone, side by side.
func (g *gallery) pair(name, ts, amount string) image.Image {
	g.t.Helper()
	channel := "deals"
	if name == "digest" {
		channel = "team-north"
	}
	var pair []image.Image
	for _, width := range []int64{1280, 390} {
		shot := g.whole(channel, ts, width)
		if dir := os.Getenv("SHOTS"); dir != "" {
			writePicture(g.t, filepath.Join(dir, fmt.Sprintf("%s-%s-%s-%d.png", g.language, name, amount, width)), shot)
		}
		pair = append(pair, shot)
	}
	return sideBySide(pair)
}

// whole is the whole message, however high it is, in a window of that width.
func (g *gallery) whole(channel, ts string, width int64) image.Image {
	g.t.Helper()
	const high = 3000
	defer g.newTab()()
	g.visit("/#/u/"+g.ids["mia"]+"/c/"+g.ids[channel], browsertest.Viewport(width, high))
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
