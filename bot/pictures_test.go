package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pipewright/bot/playground/browsertest"
)

// TestPictures plays the stories behind the pictures of docs/ and draws these anew into the folder that PICTURES
// names (make pictures); without one it only sees that there is what they show. Each of testdata/pictures/*.txtar is a
// story in one language, played on the sample company; beside the lines of TestStories it has
//
//	picture NAME: ana in #deals          what she sees there (… in dm, at home)
//	picture NAME on a phone: ana at home
//	…, thread "Acme"                     with that thread open
//	…, at "text"                         scrolled to where the text stands
//	…, tidy                              without the answers that only she sees
func TestPictures(t *testing.T) {
	for language := range locales {
		t.Run(language, func(t *testing.T) {
			inParallelUndrawn(t)
			newGallery(t, "testdata/pictures/"+language+".txtar", language).show()
		})
	}
}

// inParallelUndrawn plays stories side by side as long as no browsers have to keep up.
func inParallelUndrawn(t *testing.T) {
	t.Helper()
	if os.Getenv("PICTURES") == "" {
		t.Parallel()
	}
}

// gallery is a story of which pictures are taken.
type gallery struct {
	*story
	dir      string // where they go, "" when none are drawn
	language string
	ids      map[string]string // of people and channels, by name
	browser  context.Context
	tab      context.Context // of the picture being taken
}

var locales = map[string]string{"en": "en-US", "zh": "zh-CN"}

// newGallery starts the company at the same instant each time, with its sample deals unless the story begins with "starts empty".
func newGallery(t *testing.T, file, language string) *gallery {
	t.Helper()
	g := &gallery{story: newStory(t, file), dir: os.Getenv("PICTURES"), language: language, ids: map[string]string{}}
	var err error
	if g.lab, err = newLab("127.0.0.1:0", sqliteFile(t), modeSocket, english, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.lab.close)
	g.lab.cfg.Locale = locales[language]
	begin := time.Date(2026, 11, 30, 8, 30, 0, 0, g.lab.cfg.zone)
	g.lab.clock.offset.Store(int64(time.Until(begin)))
	seed := "demo"
	if g.lines[0].text == "starts empty" {
		seed, g.at = "empty", 1
	}
	g.bot, g.stop = started(t, g.lab, seed)
	state := g.get("state", nil)
	for _, kind := range []string{"users", "channels"} {
		for _, x := range asList(state[kind]) {
			g.ids[str(asObj(x)["name"])] = str(asObj(x)["id"])
		}
	}
	if g.dir != "" {
		g.browser = browsertest.Start(t)
	}
	return g
}

var pictureLine = regexp.MustCompile(`^picture ([\w-]+)( on a phone)?: (\w+) (at home|in dm|in #([\w-]+))(?:, thread "([^"]*)")?(?:, at "([^"]*)")?(, tidy)?$`)

// show plays the story and takes its pictures.
func (g *gallery) show() {
	g.t.Helper()
	for ; g.at < len(g.lines); g.at++ {
		g.settle()
		if m := pictureLine.FindStringSubmatch(g.lines[g.at].text); m != nil {
			g.picture(m)
			continue
		}
		g.line()
	}
}

func (g *gallery) picture(m []string) {
	g.t.Helper()
	name, user, place, channel, thread, at := m[1], m[3], m[4], m[5], m[6], m[7]
	if place == "in dm" {
		channel = "dm"
	}
	ts := ""
	if thread != "" {
		ts = str(g.message(user, channel, thread)["ts"])
	}
	page := ""
	g.eventually(func() bool {
		page = g.onPage(user, channel, ts)
		return page != "" && strings.Contains(page, at)
	}, func() { g.failf("%s sees instead:\n%s", user, page) })
	if g.dir == "" {
		return
	}
	defer g.newTab()()
	hash := "/#/u/" + g.ids[user]
	switch channel {
	case "":
		hash += "/home"
	case "dm":
		hash += "/c/" + g.directChannel(user)
	default:
		hash += "/c/" + g.ids[channel]
	}
	shown := ".message, .home-body .block, dialog"
	if thread != "" {
		hash, shown = hash+"/t/"+ts, ".thread-pane .message"
	}
	viewport := browsertest.Viewport(1280, 800)
	if m[2] != "" {
		name, viewport = name+"-phone", browsertest.Viewport(390, 844)
	}
	g.visit(hash, viewport)
	g.until(fmt.Sprintf(`document.querySelector(".people .me") && document.querySelector(%q)`, shown))
	time.Sleep(700 * time.Millisecond) // until the stream has brought everything
	if m[8] != "" {
		g.browse(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("[data-dismiss]").forEach(b => b.click())`))
	}
	if at != "" {
		g.browse(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(scrollTo, at)))
	}
	time.Sleep(300 * time.Millisecond)
	writePicture(g.t, filepath.Join(g.dir, g.language+"-"+name+".png"), g.capture())
}

// onPage is what a person can read in a conversation, or in Home where there is no channel, and in the open form.
func (g *gallery) onPage(user, channel, thread string) string {
	g.t.Helper()
	if channel == "" {
		return words(asObj(g.ask("home", obj{"user": user})["view"]))
	}
	said := words(g.view(user))
	for _, m := range g.messages(user, channel, thread) {
		said += "\n" + words(m)
	}
	return said
}

// newTab opens a tab, and returns what closes it, and its stream with it: a browser keeps only six connections to one host.
func (g *gallery) newTab() (close func()) {
	var cancel context.CancelFunc
	g.tab, cancel = chromedp.NewContext(g.browser)
	return cancel
}

// visit opens the page in a window, as somebody who has been there before.
func (g *gallery) visit(hash string, viewport chromedp.Action[chromedp.Void]) {
	g.t.Helper()
	welcomed := chromedp.Evaluate[chromedp.Void](`localStorage.setItem("playground.welcome", "done")`)
	g.browse(viewport, chromedp.Navigate(g.lab.ground.URL()+"/_control/clock"), welcomed, chromedp.Navigate(g.lab.ground.URL()+hash))
}

// scrollTo brings the smallest thing that says the text to the top.
const scrollTo = `(() => {
	const all = [...document.querySelectorAll(".message, .home-body .block, dialog .block")].filter(e => e.checkVisibility() && e.textContent.includes(%q));
	if (all.length) all[all.length - 1].scrollIntoView({block: "start"});
})()`

// directChannel is where the bot writes to the person.
func (g *gallery) directChannel(user string) string {
	g.t.Helper()
	return str(g.get("messages", url.Values{"user": {user}, "channel": {"dm"}})["channel"])
}

func (g *gallery) browse(steps ...chromedp.Action[chromedp.Void]) {
	g.t.Helper()
	if err := chromedp.Do(g.tab, steps...); err != nil {
		g.failf("the page: %v", err)
	}
}

// until waits for the JavaScript expression to hold.
func (g *gallery) until(js string) {
	g.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if yes, err := chromedp.Run(g.tab, chromedp.Evaluate[bool]("Boolean("+js+")")); err == nil && yes {
			return
		}
	}
	g.failf("on the page this never came to hold: %s", js)
}

// capture is what the window shows.
func (g *gallery) capture() image.Image {
	g.t.Helper()
	raw, err := chromedp.Run(g.tab, chromedp.CaptureScreenshot())
	if err != nil {
		g.t.Fatal(err)
	}
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		g.t.Fatal(err)
	}
	return full
}

// fewColours keeps the 256 colours that matter most; others become the nearest of
// them. A page has few colours, and the rest are the edges of its letters.
func fewColours(full image.Image) *image.Paletted {
	area := full.Bounds()
	count := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(full.At(x, y)).(color.RGBA) }
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	palette := color.Palette{}
	for _, c := range byWeight(count)[:min(len(count), 256)] {
		palette = append(palette, c)
	}
	out := image.NewPaletted(area, palette)
	nearest := map[color.RGBA]uint8{}
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			c := at(x, y)
			i, known := nearest[c]
			if !known {
				i = uint8(palette.Index(c))
				nearest[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	return out
}

// byWeight returns the commonest colour of each hue first, so that a small sign keeps
// its own, and then the others, the commonest first.
func byWeight(count map[color.RGBA]int) []color.RGBA {
	all := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var first, rest []color.RGBA
	seen := map[color.RGBA]bool{}
	for _, c := range all {
		hue := color.RGBA{c.R >> 5, c.G >> 5, c.B >> 5, 0}
		if seen[hue] {
			rest = append(rest, c)
			continue
		}
		seen[hue] = true
		first = append(first, c)
	}
	return append(first, rest...)
}
