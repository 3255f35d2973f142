package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium is the path of the browser, "" where there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// needsChromium skips a test where there is no Chromium; in CI that is a failure.
func needsChromium(t *testing.T) {
	t.Helper()
	if chromium() != "" {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium: this test needs one in CI")
	}
	t.Skip("no Chromium on this machine: install it to test what is seen on a phone")
}

const askedOnAPhone = `What an approver sees on a phone.
-- story --
start 2026-11-23 09:00
ana: /deal new "Acme rollout" 12k for Acme
ana: /quote acme
> Quote approval
ana fills in:
  Discount: 20
  Margin: 35
  Terms: 30 days net
dm raj: waiting for Raj Patel
`

// TestApprovalOnAPhone: with nothing but opening the direct message, an approver has all that the decision needs
// on one screen of a phone, and decides with one tap.
func TestApprovalOnAPhone(t *testing.T) {
	needsChromium(t)
	if testing.Short() {
		t.Skip("a browser takes a while")
	}
	file := filepath.Join(t.TempDir(), "phone.txtar")
	if err := os.WriteFile(file, []byte(askedOnAPhone), 0o600); err != nil {
		t.Fatal(err)
	}
	g := &gallery{story: newStory(t, file), browser: browser(t)}
	g.replicas = 1
	g.story.open(modeSocket, sqliteFile(t))
	for ; g.at < len(g.lines); g.at++ {
		g.line()
	}
	g.settle()

	tab, cancel := chromedp.NewContext(g.browser)
	defer cancel()
	g.tab = tab
	g.browse(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch),
		chromedp.Navigate(g.lab.ground.URL()+"/_control/clock"), chromedp.Evaluate[chromedp.Void](`localStorage.setItem("playground.welcome", "done")`),
		chromedp.Navigate(g.lab.ground.URL()+"/#/u/U0RAJ00004/c/"+g.directChannel("raj")))
	for _, text := range []string{"Acme rollout", "$12,000", "20%", "Ana Silva", "Approve"} {
		g.until(fmt.Sprintf(onScreen, text))
	}
	g.shot("asked")
	g.until(`document.documentElement.scrollWidth <= innerWidth`)
	g.browse(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(".message button")].filter(b => b.textContent.trim() === "Approve").at(-1).setAttribute("data-tap", "")`),
		chromedp.Click(chromedp.CSS("[data-tap]"), chromedp.NodeVisible))
	g.until(`![...document.querySelectorAll(".message button")].some(b => b.checkVisibility() && b.textContent.trim() === "Approve")`)
	g.until(fmt.Sprintf(onScreen, "approved by Raj Patel"))
	g.shot("decided")
	g.message("lin", "dm", "Acme rollout") // it is the next one's turn
	g.epilogue()
}

// onScreen finds the text on the approval's card, where no scrolling is needed to see it and nothing covers it.
const onScreen = `[...document.querySelectorAll(".message")].filter(m => m.textContent.includes("Feasibility")).some(card =>
	[...card.querySelectorAll("*")].filter(e => e.checkVisibility() && e.textContent.includes(%q)).some((e, i, all) => {
		if (all.some(other => other !== e && e.contains(other))) return false;
		const r = e.getBoundingClientRect(), seen = document.elementFromPoint(r.left + Math.min(r.width / 2, 20), r.top + Math.min(r.height / 2, 8));
		return r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth && seen && (e.contains(seen) || seen.contains(e));
	}))`

// shot keeps a picture when SHOTS names a folder.
func (g *gallery) shot(name string) {
	g.t.Helper()
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return
	}
	time.Sleep(300 * time.Millisecond) // transitions
	png, err := chromedp.Run(g.tab, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
	}
	if err != nil {
		g.t.Logf("picture %s: %v", name, err)
	}
}
