package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"pipewright/bot/playground/browsertest"
)

const askedOnAPhone = `What approvers see on a phone: a quote that was changed, and a contract whose amount has to be typed.
-- story --
start 2026-11-23 09:00
ana: /deal new "Northern Lights Manufacturing rollout, second phase" 120k for "Northern Lights Manufacturing"
ana: /quote northern
> Quote approval
ana fills in:
  Discount: 15
  Margin: 35
  Terms: 30 days net
ana clicks "Change the request…" on "Northern Lights"
ana fills in:
  Discount: 12
dm raj: 15% → 12%
ana: /contract northern
ana submits
dm eva: waiting for Eva Novak
`

// TestApprovalOnAPhone: with nothing but opening the direct message, an approver has all that the decision needs
// on one screen of a phone, in English and in Chinese, and decides there with a tap, a reason or the amount typed.
func TestApprovalOnAPhone(t *testing.T) {
	browsertest.Need(t, "what is seen on a phone")
	file := filepath.Join(t.TempDir(), "phone.txtar")
	if err := os.WriteFile(file, []byte(askedOnAPhone), 0o600); err != nil {
		t.Fatal(err)
	}
	g := &gallery{story: newStory(t, file), browser: browsertest.Start(t)}
	g.replicas = 1
	g.story.open(modeSocket, sqliteFile(t))
	for ; g.at < len(g.lines); g.at++ {
		g.line()
	}
	g.settle()

	g.phone("raj", userRaj, func() {
		g.sees("Northern Lights Manufacturing rollout, second phase", "Ana Silva", "version 2", "$120,000", "15% → 12%", "35%", "30 days net",
			"Feasibility", "waiting for Raj Patel, due on", "Price", "Approve", "Reject…")
		g.tap("Approve")
		g.until(`![...document.querySelectorAll(".message button")].some(b => b.checkVisibility() && b.textContent.trim() === "Approve")`)
		g.sees("approved by Raj Patel")
	})
	g.phone("lin", userLin, func() {
		g.sees("Northern Lights Manufacturing rollout, second phase", "Ana Silva", "第 2 版", "US$120,000", "15% → 12%", "35%", "30 days net",
			"Raj Patel", "等待 林悦 Lin Yue", "批准", "驳回…")
		g.tap("驳回…")
		g.fill("利润太低")
		g.tap("驳回")
		g.tap("关闭")
		g.sees("林悦 Lin Yue 于", "驳回", "利润太低")
	})
	g.message("ana", "dm", "利润太低")
	g.phone("eva", userEva, func() {
		g.sees("Northern Lights Manufacturing rollout, second phase", "Ana Silva", "$120,000", "Executive sign-off", "waiting for Eva Novak, due on", "Approve…", "Reject…")
		g.tap("Approve…")
		g.fill("120,000")
		g.tap("Approve")
		g.tap("Close")
		g.sees("approved by Eva Novak")
	})
	g.epilogue()
}

// phone opens a person's direct messages on one.
func (g *gallery) phone(name, user string, look func()) {
	g.t.Helper()
	defer g.newTab()()
	g.visit("/#/u/"+user+"/c/"+g.directChannel(name), browsertest.Viewport(390, 844))
	g.until(`document.querySelector(".message button")`)
	browsertest.Shot(g.tab, g.t, name+"-asked")
	look()
	browsertest.Shot(g.tab, g.t, name+"-decided")
}

// sees waits until all of it can be read without scrolling, in one and the same view.
func (g *gallery) sees(texts ...string) {
	g.t.Helper()
	var all []string
	for _, text := range texts {
		all = append(all, fmt.Sprintf(onScreen, text))
		g.until(all[len(all)-1])
	}
	g.until(strings.Join(all, " && "))
	g.until(`document.documentElement.scrollWidth <= innerWidth`)
}

// tap taps the last button of that name, which has to be on screen.
func (g *gallery) tap(label string) {
	g.t.Helper()
	g.until(fmt.Sprintf(button, label))
	g.browse(chromedp.Click(chromedp.CSS("[data-tap]"), chromedp.NodeVisible))
}

// fill types into the first field of the form, which has to be on screen.
func (g *gallery) fill(text string) {
	g.t.Helper()
	g.until(`(() => {
		const field = [...document.querySelectorAll("dialog input, dialog textarea")].filter(e => e.checkVisibility());
		if (!field.length) return false;
		field[0].setAttribute("data-fill", "");
		const r = field[0].getBoundingClientRect();
		return r.top >= 0 && r.bottom <= innerHeight;
	})()`)
	g.browse(chromedp.SendKeys(chromedp.CSS("[data-fill]"), text))
}

// button marks a button that can be tapped without scrolling.
const button = `(() => {
	document.querySelectorAll("[data-tap]").forEach(b => b.removeAttribute("data-tap"));
	const b = [...document.querySelectorAll(".message button, dialog button")].filter(b => b.checkVisibility() && b.textContent.trim() === %q).at(-1);
	if (!b) return false;
	const r = b.getBoundingClientRect();
	if (r.top < 0 || r.bottom > innerHeight) return false;
	b.setAttribute("data-tap", "");
	return true;
})()`

// onScreen finds the text on an approval's card, where no scrolling is needed to see it and nothing covers it.
const onScreen = `[...document.querySelectorAll(".message")].filter(m => /Feasibility|可行性|Executive/.test(m.textContent)).some(card =>
	[...card.querySelectorAll("*")].filter(e => e.checkVisibility() && e.textContent.includes(%q)).some((e, i, all) => {
		if (all.some(other => other !== e && e.contains(other))) return false;
		const r = e.getBoundingClientRect(), line = e.getClientRects()[0];
		const seen = document.elementFromPoint(line.left + Math.min(line.width / 2, 20), line.top + Math.min(line.height / 2, 8));
		return r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth && seen && (e.contains(seen) || seen.contains(e));
	}))`
