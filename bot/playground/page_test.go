package playground

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPage drives the page as a person would.
func TestPage(t *testing.T) {
	b := openBrowser(t)
	b.open("#/u/U0ANA/c/C0DEALS")
	b.shot("01-welcome")

	// A slash command, with completion.
	input := "[data-composer=channel]"
	b.write(input, "/de")
	b.sees(".offer", "/deal")
	b.shot("02-completion")
	b.keys(kb.Tab)
	b.sees(".usage", "new NAME")
	b.keys(`new "Acme rollout" 12k`)
	b.keys(kb.Enter)
	b.sees(".ephemeral", `Done: /deal new "Acme rollout" 12k`)
	b.sees(".block-header", "Acme rollout")
	b.shot("03-card")

	// What was typed comes back; an ephemeral message can be dismissed.
	b.keys(kb.ArrowUp)
	b.is("the command is back", `document.querySelector("[data-composer=channel]").value.startsWith("/deal new")`)
	b.click("[data-dismiss]")
	b.seesNot(".ephemeral")

	// Buttons: a confirmation that is refused, then a click that updates the card and answers in the thread.
	b.click("[data-action-id=lose]")
	b.sees(".dialog-confirm", "Close as lost?")
	b.shot("04-confirm")
	b.click("[data-confirm=no]")
	b.seesNot("dialog")
	b.click("[data-action-id=advance]")
	b.sees(".block-context", "Proposal, day 1")
	b.sees(".thread-summary", "1 reply")
	if a := b.clicked(); a.ActionID != "advance" || a.Value != "D-12" {
		t.Errorf("the app saw %s %s first, not the click that was confirmed", a.ActionID, a.Value)
	}

	b.thread(t)
	b.form(t)
	b.people(t)
	b.clock(t)
	b.traffic(t)
	b.failures(t)
}

func (b *browser) thread(t *testing.T) {
	b.click(".thread-summary")
	b.sees(".thread-pane", "moved it to Proposal")
	thread := "[data-composer=thread]"
	b.write(thread, "/deal list"+kb.Enter)
	b.sees(".thread-pane .composer-notice", "do not work in threads")
	b.shot("05-thread-slash")
	b.click(".composer-notice .btn")
	b.is("the words are rewritten", `document.querySelector("[data-composer=thread]").value === "@Pipewright deal list"`)
	b.keys(kb.Enter)
	b.sees(".thread-pane .message", "Noted, @Ana Reyes")
	b.sees(".thread-summary", "3 replies")
	b.shot("06-thread")
	b.click("[data-close-pane=thread]")
	b.seesNot(".thread-pane")
}

func (b *browser) form(t *testing.T) {
	b.click("[data-shortcuts]")
	b.click("[data-callback-id=new_quote]")
	b.sees("dialog", "Request a quote")
	b.is("the first field has the focus", `document.activeElement.closest("[data-input-block]").dataset.inputBlock === "title"`)
	b.shot("07-form")
	b.click("[data-submit]")
	b.sees("[data-input-block=title] .input-error", "Please fill this in")
	b.shot("08-form-required")
	b.write("[data-block-id=title] input", "Acme, first year")
	b.write("[data-block-id=amount] input", "120000")
	b.click("button[data-block-id=terms]")
	b.keys("90")
	b.keys(kb.Enter)
	b.click("button[data-block-id=product]")
	b.keys("x")
	b.sees(".option", "Gateway x")
	b.shot("09-form-external")
	b.keys(kb.ArrowDown + kb.Enter)
	b.click("button[data-block-id=people]")
	b.keys("bo" + kb.Enter)
	b.keys(kb.Escape)
	b.click("button[data-block-id=until]")
	b.sees(".calendar", "")
	b.shot("10-form-calendar")
	b.keys(kb.ArrowDown + kb.Enter)
	b.click("[data-submit]")
	b.sees("[data-input-block=amount] .input-error", "above 99,999")
	b.shot("11-form-error")
	b.write("[data-block-id=amount] input", "48000")
	b.keys(kb.Enter)
	b.seesNot("dialog")
	select {
	case v := <-b.bot.submitted:
		got := fmt.Sprint(v["title"]["v"].Value, "|", v["amount"]["v"].Value, "|", v["terms"]["v"].SelectedOption.Value, "|",
			v["product"]["v"].SelectedOption.Value, "|", v["people"]["v"].SelectedUsers, "|", v["extras"]["v"].SelectedOptions[0].Value, "|", v["call"]["v"].SelectedTime)
		if want := "Acme, first year|48000|net90|meter x|[U0BO]|support|09:30"; got != want {
			t.Errorf("submitted %s, want %s", got, want)
		}
		if len(v["until"]["v"].SelectedDate) != len("2026-01-31") {
			t.Errorf("submitted the date %q", v["until"]["v"].SelectedDate)
		}
	case <-time.After(20 * time.Second):
		t.Error("the form was never submitted")
	}
}

func (b *browser) people(t *testing.T) {
	b.keys("3", chromedp.ModifierAlt)
	b.sees(".me-text", "林晓伟")
	b.sees(".side-heading", "频道")
	b.is("the address names the person", `location.hash.startsWith("#/u/U0WEI/c/C0DEALS")`)
	b.is("the page speaks Chinese", `document.documentElement.lang === "zh-CN"`)
	b.shot("12-chinese")
	b.click("[data-switcher]")
	b.shot("13-people")
	b.click("[data-locale=en-US][data-user=U0WEI]")
	b.sees(".side-heading", "Channels")
	b.click("[data-switcher]")
	b.click(".people-panel [data-switch=U0BO]")
	b.sees(".me-text", "Bo Lindqvist")

	// The app's Home, and a private message that waits for somebody else.
	b.click("[data-go=home]")
	b.sees(".home-body", "What needs you now")
	b.shot("14-home")
	b.bot.say("U0ANA", "", "Your quote was approved.", nil)
	b.is("Ana has news", `document.querySelector(".face[data-user=U0ANA] .face-dot")`)
	b.keys("k", chromedp.ModifierCtrl)
	b.write("[data-quick]", "ana")
	b.shot("15-quick")
	b.keys(kb.Enter)
	b.sees(".me-text", "Ana Reyes")
	b.is("the message counts as unread", `[...document.querySelectorAll(".side-count")].some(e => e.textContent === "1")`)
	b.follow("#/u/U0ANA/c/C0DEALS")
}

func (b *browser) clock(t *testing.T) {
	before := b.Server.clock.Now()
	b.click("[data-clock]")
	b.shot("16-clock")
	b.click("[data-advance=monday]")
	b.is("the clock shows that it moves", `document.querySelector(".clock.moving")`)
	b.sees(".message", "Weekly digest")
	b.sees(".toast", "Mon")
	b.seesNot(".clock.moving")
	zone, _ := time.LoadLocation("America/New_York")
	at := b.Server.clock.Now().In(zone)
	if at.Weekday() != time.Monday || at.Hour() != 9 || at.Minute() != 0 || at.Sub(before) > 7*24*time.Hour {
		t.Errorf("the clock went from %v to %v", before, at)
	}
	b.sees(".row-day", "Today")
}

func (b *browser) traffic(t *testing.T) {
	b.click("[data-go=traffic]")
	b.sees(".traffic-row", "chat.postMessage")
	b.click(`.segments [data-dir=to_bot]`)
	b.is("only what went to the app is listed", `!document.querySelector(".traffic-row.dir-from_bot") && document.querySelector(".traffic-row.dir-to_bot")`)
	b.click(".traffic-row summary")
	b.sees(".json", "\"command\": \"/deal\"")
	b.shot("17-traffic")
	b.click("[data-close-pane=traffic]")
}

func (b *browser) failures(t *testing.T) {
	b.Server.limits.ack = 300 * time.Millisecond
	b.write("[data-composer=channel]", "/slow ")
	b.keys(kb.Enter)
	b.sees(".toast-error", "did not answer within 3 seconds")
	b.shot("18-timeout")
	b.write("[data-composer=channel]", "/nonsense"+kb.Enter)
	b.sees(".composer-notice", "/nonsense is not a command here")
}

// TestPagePhone works at a phone's width: one column, sheets from the bottom, ways back.
func TestPagePhone(t *testing.T) {
	b := openBrowser(t)
	b.size(390, 844)
	b.open("#/u/U0ANA")
	b.sees(".sidebar", "deals")
	b.seesNot(".main")
	b.shot("phone-1-list")
	b.click(".side-item[data-channel=C0DEALS]")
	b.seesNot(".sidebar")
	b.shot("phone-2-welcome")
	b.click("[data-try]")
	b.click("[data-send]")
	b.sees(".block-header", "Acme rollout")
	b.click("[data-dismiss-welcome]")
	b.shot("phone-3-card")

	b.click("article.message:not(.ephemeral) [data-more]")
	b.sees(".sheet", "Log to a deal")
	b.shot("phone-4-menu")
	b.click("[data-callback-id=log_message]")
	b.sees("dialog", "Request a quote")
	b.shot("phone-5-form")
	b.click("button[data-block-id=terms]")
	b.sees(".sheet .option", "On delivery")
	b.shot("phone-6-select")
	b.click(".option[data-value=delivery]")
	b.sees("button[data-block-id=terms]", "On delivery")
	b.click("[data-close]")
	b.seesNot("dialog")

	b.click("[data-action-id=advance]")
	b.click(".thread-summary")
	b.sees(".thread-pane", "moved it to Proposal")
	b.seesNot(".main")
	b.shot("phone-7-thread")
	b.click(".thread-pane [data-back]")
	b.sees(".main", "deals")

	b.click("[data-clock]")
	b.sees(".sheet", "+1 week")
	b.shot("phone-8-clock")
	b.click("[data-advance='24h']")
	b.sees(".message", "Weekly digest")
	b.click("[data-switcher]")
	b.sees(".sheet", "Who are you now?")
	b.shot("phone-9-people")
	b.click(".sheet [data-switch=U0CARLA]")
	b.is("Carla sits here", `document.title.includes("Carla") && location.hash.startsWith("#/u/U0CARLA/c/C0DEALS")`)
	b.click(".main [data-back]")
	b.sees(".sidebar", "deals")
}

// TestPageKeyboard works without a mouse.
func TestPageKeyboard(t *testing.T) {
	b := openBrowser(t)
	ts := b.bot.say("C0DEALS", "", "Acme rollout: Discovery", b.bot.card())
	b.open("#/u/U0ANA/c/C0DEALS")
	b.sees(".block-header", "Acme rollout")

	// From the list of messages into a message, and into its thread.
	b.js(`document.querySelector(".messages").focus()`)
	b.keys(kb.ArrowUp)
	b.is("the message has the focus", `document.activeElement.dataset.ts === "`+ts+`"`)
	b.shot("keyboard-1-message")
	b.keys("m")
	b.sees(".menu", "Copy link")
	b.keys(kb.Escape)
	b.seesNot(".menu")
	b.keys("r")
	b.sees(".thread-pane", "Acme rollout")
	b.is("the reply field has the focus", `document.activeElement.dataset.composer === "thread"`)
	b.keys("looks good @pipe")
	b.sees(".offer", "Pipewright")
	b.keys(kb.Enter + kb.Enter)
	b.sees(".thread-pane .message", "Noted, @Ana Reyes")

	// A dialog keeps the focus inside, Escape closes it, and the focus returns.
	b.js(`document.querySelector("[data-action-id=lose]").focus()`)
	b.keys(kb.Enter)
	b.sees(".dialog-confirm", "Close as lost?")
	for range 5 {
		b.keys(kb.Tab)
		b.is("the focus is in the dialog or the browser", `document.activeElement === document.body || document.activeElement.closest("dialog")`)
	}
	b.keys(kb.Escape)
	b.seesNot("dialog")
	b.is("the focus is back", `document.activeElement.dataset.actionId === "lose"`)

	// After a form, writing goes on where it was.
	b.js(`document.querySelector(".main .composer-input").focus()`)
	b.keys("/quote acme" + kb.Enter)
	b.sees("dialog", "Request a quote")
	b.keys(kb.Escape)
	b.seesNot("dialog")
	b.keys("thanks")
	b.is("the letters arrive", `document.querySelector(".main .composer-input").value === "thanks"`)

	// A permalink leads to its message.
	b.run("follow a permalink", chromedp.Navigate(b.URL()+"/archives/C0DEALS/p"+strings.Replace(ts, ".", "", 1)))
	b.sees(".thread-pane", "Acme rollout")
	b.is("the address is the page's own", `location.pathname === "/" && location.hash.endsWith("/c/C0DEALS/t/`+ts+`")`)

	// Every control has a name, every picture a text.
	b.is("all controls are named", `[...document.querySelectorAll("button, a[href], input, textarea, [role=button]")].filter(e => e.checkVisibility())
		.every(e => (e.textContent + (e.getAttribute("aria-label") || "") + (e.labels?.length ? "label" : "") + (e.getAttribute("aria-labelledby") || "")).trim())`)
	b.is("all pictures have a text", `[...document.images].every(e => e.alt)`)
}

// TestPageStrings finds a word that one language lacks, in the page itself.
func TestPageStrings(t *testing.T) {
	b := openBrowser(t)
	b.open("#/u/U0ANA")
	b.js(`import("/_page/strings.js").then((m) => { window.words = m })`)
	b.is("the module is there", "window.words")
	for _, table := range []string{"strings", "errors"} {
		b.is("both languages have the same words: "+table, fmt.Sprintf(`Object.keys(words.%s.en).sort().join() === Object.keys(words.%s.zh).sort().join()`, table, table))
	}
	b.is("no Chinese word is left in English", `Object.values(words.strings.zh).filter(w => typeof w === "string").every(w => /[\u4e00-\u9fff]/.test(String(w)))`)
}

// TestPageText checks how text, dates and the clock are read, in the page's own modules.
func TestPageText(t *testing.T) {
	b := openBrowser(t)
	b.open("#/u/U0ANA")
	b.js(`Promise.all(["mrkdwn", "markdown", "format", "clock", "complete", "dom"].map((m) => import("/_page/" + m + ".js")))
		.then((all) => { Object.assign(window, ...all); window.html = (nodes) => h("div", null, nodes).innerHTML; window.loaded = true })`)
	b.is("the modules are there", "window.loaded")
	for text, want := range map[string]string{
		"*bold* and _so_ and ~no~":                "<strong>bold</strong> and <em>so</em> and <s>no</s>",
		"2*3*4 and snake_case_name":               "2*3*4 and snake_case_name",
		"价格*很*高":                                  "价格*很*高",
		"*_both_*, `*code*`":                      `<strong><em>both</em></strong>, <code class="code">*code*</code>`,
		"&gt; said\nplain":                        `<blockquote class="quote">said</blockquote>plain`,
		"a &lt;b&gt; &amp;amp;":                   "a &lt;b&gt; &amp;amp;",
		"<javascript:alert(1)|x>":                 "<span>x</span>",
		"<@U0BO> in <!here>":                      `<span class="mention" data-user="U0BO">@Bo Lindqvist</span> in <span class="mention mention-me">@here</span>`,
		"<!subteam^S0LEGAL> <!subteam^S0REPS|@r>": `<span class="mention">@legal</span> <span class="mention mention-me">@reps</span>`,
		"<!subteam^S404|@old> <!subteam^S404>":    `<span class="mention">@old</span> <span class="mention">@S404</span>`,
		"<!date^oops^{date}|then>":                `<time title="">then</time>`,
		":unknown_name: 10:30:15":                 ":unknown_name: 10:30:15",
		"*open _still*":                           "<strong>open _still</strong>",
		"*\u200ba\u200b* `\u200bb\u200b`":         "*\u200ba\u200b* `\u200bb\u200b`", // as apps write what somebody typed
	} {
		b.is(text, fmt.Sprintf("html(mrkdwn(%q)) === %q", text, want))
	}
	b.is("Markdown", `html(markdown("**a** _b_ snake_case [x](https://e.com)")).startsWith("<p class=\"md-p\"><strong>a</strong> <em>b</em> snake_case <a ")`)
	b.is("a date in the reader's zone", `slackDate(1797595200, "{date_num} {time}").replace(/\s/g, " ") === "2026-12-18 7:00 AM"`)
	b.is("mentions are encoded", `encode("@Bo Lindqvist, see #deals & <b>") === "<@U0BO>, see <#C0DEALS> & <b>"`)

	// The Monday after the clocks go forward in New York is one hour nearer.
	b.is("daylight saving", `instant(2026, 3, 9, 9) - instant(2026, 3, 2, 9) === (7 * 24 - 1) * 3600e3`)
	b.is("next Monday", `nextMonday(instant(2026, 11, 29, 23)) === instant(2026, 11, 30, 9) && nextMonday(instant(2026, 11, 30, 9)) === instant(2026, 12, 7, 9)`)
}

// TestPageBlocks looks at one of every block, at both widths, light and dark, in both languages.
func TestPageBlocks(t *testing.T) {
	b := openBrowser(t)
	b.bot.gallery()
	b.run("a visit before", chromedp.Navigate(b.URL()+"/_page/icon.svg"))
	b.js(`localStorage.setItem("playground.welcome", "done")`)
	b.open("#/u/U0ANA/c/C0GALLERY")
	b.sees(".chart-title", "Won by month")
	b.is("every chart is drawn", `document.querySelectorAll(".chart-figure svg path").length > 10`)
	b.is("nothing is unknown", `!document.querySelector(".unknown")`)
	b.is("markup stays text", `!document.querySelector(".section-text :is(script, b)") && document.body.textContent.includes("<b>HTML</b> & never: <script>alert(1)</script>")`)

	// A table is sorted by its numbers and read page by page; a button in it works.
	b.click("[data-column='2']")
	b.is("the largest value is first", `document.querySelector(".data-table tbody tr").textContent.startsWith("Borealis")`)
	b.click("[data-page=next]")
	b.sees(".data-table tbody", "Cobalt")
	b.click("[data-action-id=open_3]")
	if a := b.clicked(); a.Value != "D-14" {
		t.Errorf("clicked %s", a.Value)
	}
	b.click("[data-action-id=owner]")
	b.keys("wei" + kb.Enter)
	if a := b.clicked(); a.SelectedUser != "U0WEI" {
		t.Errorf("selected %s", a.SelectedUser)
	}
	b.sees("[data-action-id=owner]", "林晓伟")

	for _, theme := range []string{"light", "dark"} {
		for _, person := range []string{"U0ANA", "U0WEI"} {
			for _, width := range []int64{1280, 390} {
				b.gallery(theme, person, width)
			}
		}
	}
}

func (b *browser) gallery(theme, person string, width int64) {
	b.T.Helper()
	name := fmt.Sprintf("%s-%s-%d-", theme, strings.ToLower(person[2:]), width)
	b.size(width, map[int64]int64{1280: 800, 390: 844}[width])
	b.run("open", chromedp.Navigate(b.URL()+"/?theme="+theme+"#/u/"+person+"/c/C0GALLERY"), chromedp.Reload())
	b.sees(".chart-title", "Won by month")
	for i := range 5 {
		b.js(fmt.Sprintf(`document.querySelectorAll("article.message")[%d].scrollIntoView({block: "start"})`, i))
		b.shot(fmt.Sprintf("%sgallery-%d", name, i))
	}
	b.is("nothing is wider than the page", `document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll("article.message")].every(m => m.scrollWidth <= m.clientWidth + 1)`)
	for _, place := range []string{"c/C0EMPTY", "c/C0LONG", "home", "threads", "c/C0GALLERY/traffic"} {
		b.follow("#/u/" + person + "/" + place)
		b.is("the place is there", `location.hash.endsWith("`+place+`") && document.querySelector(".conversation, .pane")`)
		b.shot(name + strings.ReplaceAll(place, "/", "-"))
	}
}
