package handlers

import (
	"strings"
	"testing"
	"time"
)

func TestCardSaysWhyADealWaits(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme")
	w.types(ana, "/deal wait acme customer because their <lawyer> &lt;is&gt; away")
	want := "Waiting for the customer since 23 Nov: “their &lt;lawyer&gt; &amp;lt;is&amp;gt; away”"
	if s := string(must(t, w.types(ana, "/deal acme").Blocks)); !strings.Contains(s, strings.ReplaceAll(want, "&", `\u0026`)) {
		t.Errorf("the card does not say %s:\n%s", want, s)
	}
	w.types(ana, "/deal wait acme us")
	if s := shown(t, w.types(ana, "/deal acme")); !strings.Contains(s, "Waiting for us since 23 Nov.") {
		t.Errorf("the card still tells the former reason:\n%s", s)
	}
}

// TestDatesThatAreNone asks back what looks like a date and is none, and refuses days
// that nobody means.
func TestDatesThatAreNone(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme")
	version := w.deal(1).Version
	for line, want := range map[string]string{
		"/deal next acme call them by 31 Feb":        "I can't read “31 Feb” as a date.",
		"/deal next acme call them by feb 31":        "I can't read “feb 31” as a date.",
		"/deal next acme 打电话 by 2月31日":               "I can't read “2月31日” as a date.",
		"/deal next acme call them by 2026-13-01":    "I can't read “2026-13-01” as a date.",
		"/deal next acme call them by 31 Dec 9999":   "“31 Dec 9999” is too far from today. Choose a day within 20 years.",
		"/deal next acme call them by 2062-12-01":    "“2062-12-01” is too far from today. Choose a day within 20 years.",
		"/deal set acme close 9999-12-31":            "“9999-12-31” is too far from today.",
		"/deal set acme close 1.1.1026":              "“1.1.1026” is too far from today.",
		"/deal park acme until 2199-12-01":           "“2199-12-01” is too far from today.",
		"/deal park acme until the end of year 2600": "I can't read",
	} {
		if s := shown(t, w.types(ana, line)); !strings.Contains(s, want) {
			t.Errorf("%s does not say %q:\n%s", line, want, s)
		}
	}
	w.submits(ana, w.types(ana, "/deal new"), map[string]string{"deal.name": "Far", "deal.close": "9999-12-31"})
	form := w.types(ana, "/deal next acme")
	if r := w.submits(ana, form, map[string]string{"deal.next": "call", "deal.by": "9999-12-31"}); !strings.Contains(r.Errors["deal.by"], "too far from today") {
		t.Errorf("the form takes the year 9999: %+v", r)
	}
	if v := w.deal(1).Version; v != version {
		t.Fatalf("%d refused lines changed the deal", v-version)
	}
	if s := shown(t, w.types(ana, "/deal far")); strings.Contains(s, "D-2") {
		t.Errorf("a deal that closes in the year 9999 was created:\n%s", s)
	}

	r := w.types(ana, "/deal next acme call by 2 people")
	w.clicks(ana, r, "Keep it as text")
	if d := w.deal(1); d.NextStep != "call by 2 people" || !d.NextBy.IsZero() {
		t.Errorf("kept as %q by %v", d.NextStep, d.NextBy)
	}
	if s := shown(t, w.types(ana, "/deal next acme call them by fridya")); !strings.Contains(s, "I can't read “fridya” as a date") || w.deal(1).NextStep != "call by 2 people" {
		t.Errorf("a slip in a weekday is answered with:\n%s", s)
	}
	w.types(ana, "/deal next acme send it by mail")
	if d := w.deal(1); d.NextStep != "send it by mail" {
		t.Errorf("got %q", d.NextStep)
	}
}

// TestDoneAgainAfterItWasTakenBack asks back only what was really done a moment ago.
func TestDoneAgainAfterItWasTakenBack(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme")
	again := func(line string) bool {
		t.Helper()
		w.now = w.now.Add(5 * time.Second)
		return strings.Contains(shown(t, w.types(ana, line)), "Once more?")
	}
	for _, line := range []string{"/deal park acme until 1 Dec", "/deal resume acme", "/deal park acme until 1 Dec", "/deal resume acme", "/log call acme", "/log undo", "/log call acme"} {
		if again(line) {
			t.Errorf("%s is no repetition", line)
		}
	}
	if !again("/log call acme") {
		t.Error("a repetition is not asked back")
	}
}

// TestOfferedDealsFit offers, where none is named, the deals with which it can be done.
func TestOfferedDealsFit(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Open")
	says := func(line, want string) {
		t.Helper()
		if s := shown(t, w.types(ana, line)); !strings.Contains(s, want) || strings.Contains(s, "Open (D-1)") {
			t.Errorf("%s does not say %q alone:\n%s", line, want, s)
		}
	}
	says("/deal reopen", "None of your deals is closed. `/deal list closed` shows those of all.")
	says("/deal resume", "None of your deals waits or rests.")
	for _, line := range []string{"/deal new Waits", "/deal new Parked", "/deal new Gone", "/deal wait waits customer", "/deal park parked until 15 Jan", "/deal lost gone price"} {
		w.types(ana, line)
	}
	says("/deal reopen", "[Gone (D-4) · Lost]")
	says("/deal resume", "[Parked (D-3) · First contact] [Waits (D-2) · First contact]")
}
