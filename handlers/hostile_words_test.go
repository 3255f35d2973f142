package handlers

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

func TestBadInputChangesNothing(t *testing.T) {
	w := ready(t)
	for line, want := range map[string]string{
		"/log call acme 99999h":                               "I can't read “99999h” as a time.",
		"/log call acme -5m":                                  "I can't read “-5m” as a time.",
		"/log call acme 1e9m and a word":                      "I can't read “1e9m” as a time.",
		"/log call acme 100h":                                 "between 0 minutes and 24 hours",
		"/deal set acme margin 1e14":                          "100 per cent at most",
		"/deal set acme margin NaN":                           "I can't read “NaN” as a number.",
		"/deal set acme amount 1e309":                         "I can't read “1e309” as an amount.",
		"/deal set acme amount -5":                            "can't be below zero",
		"/deal set acme close 31 Feb":                         "I can't read “31 Feb” as a date.",
		"/deal set acme close 9999-12-31":                     "too far from today",
		"/deal new \u200b\u202e":                              "A deal needs a name.",
		"/deal new " + strings.Repeat("x", 3001):              "too long: 3000 characters",
		"/deal set acme account " + strings.Repeat("字", 4000): "too long: 3000 characters",
		"/deal set acme next " + strings.Repeat("字", 4000):    "too long: 3000 characters",
		"/deal D-99999999999999999999":                        "I can't find a deal",
		"/deal D-0":                                           "I can't find a deal",
		"/deal advance D-1 D-1":                               "don't know what to do with “D-1”",
	} {
		before := len(w.log(1))
		if r := w.types(ana, line); !strings.Contains(r.Text, want) {
			t.Errorf("%.60s: %s", line, r.Text)
		}
		if len(w.log(1)) != before {
			t.Errorf("%.60s changed something: %+v", line, w.log(1)[before])
		}
	}
}

// Lines that differ in a sign alone are different commands.
func TestAnotherSignIsAnotherCommand(t *testing.T) {
	w := ready(t)
	for _, margin := range []string{"5", "-5", "5"} {
		w.types(ana, "/deal set acme margin "+margin)
	}
	if d := w.deal(1); d.Margin == nil || *d.Margin != -0.05 {
		t.Errorf("the margin is %v", d.Margin)
	}
	if r := w.types(ana, "/deal  SET acme margin 5"); !strings.HasPrefix(r.Text, "You did just that") {
		t.Errorf("not asked back: %s", r.Text)
	}
}

// A deal that was given to a private team by mistake can be taken back, and is not read meanwhile.
func TestUndoGivingToAPrivateTeam(t *testing.T) {
	w := ready(t)
	given := w.types(ana, "/deal assign acme 李雷")
	if s := shown(t, w.types(ana, "/deal D-1")); strings.Contains(s, "pilot") {
		t.Errorf("read: %s", s)
	}
	if r := w.types(ben, "/deal undo D-1"); !strings.Contains(r.Text, "I can't find") {
		t.Errorf("another takes it back: %s", r.Text)
	}
	r := w.clicks(ana, given, "Undo")
	if d := w.deal(1); d.Owner != ana || !strings.HasPrefix(r.Text, "Taken back.") {
		t.Errorf("%s, owned by %s", r.Text, d.Owner)
	}
}

// NUL and broken UTF-8 are kept by no database alike, and seen by nobody.
func TestUnreadableBytes(t *testing.T) {
	w := ready(t)
	w.types(ana, "/deal new Zero\x00 sum\xff")
	if name := w.deal(2).Name; name != "Zero sum\ufffd" {
		t.Errorf("named %q", name)
	}
	form := w.types(ana, "/log")
	w.submits(ana, form, map[string]string{"deal.pick": "D-2", "activity.type": "call", "activity.note": "a\x00b\xff"})
	if log := w.log(2); log[len(log)-1].Data.Note != "ab\ufffd" {
		t.Errorf("noted %+v", log[len(log)-1].Data)
	}
}

// What is copied from a message into a command or a form, gaps included, means what it says there.
func TestCopiedFromAMessage(t *testing.T) {
	w := ready(t)
	const z = text.Gap
	for _, line := range []string{"/deal new *North* plan 5k for @Home", "/deal set" + z + " " + z + "D-2" + z + " amount" + z + " 13k" + z} {
		w.types(ana, line)
	}
	copied := text.Plain(w.deal(2).Name)
	if !strings.Contains(copied, z) {
		t.Fatalf("%q shows no gap", copied)
	}
	w.types(ana, "/deal new "+copied+" II")
	w.types(ana, "/log call"+z+" "+copied+" 25m"+z+" they"+z+" like it")
	w.submits(ana, w.types(ana, "/deal next D-2"), map[string]string{"deal.next": "Call " + text.Plain("@Home"), "deal.by": "2026-11-27"})
	if d := w.deal(2); d.Amount.Minor != 1_300_000 || d.NextStep != "Call @Home" {
		t.Errorf("amount and plan of %+v", d)
	}
	if name := w.deal(3).Name; name != "*North* plan II" {
		t.Errorf("named %q", name)
	}
	log := w.log(2)
	if i := slices.IndexFunc(log, func(e sales.Event) bool { return e.Type == sales.Logged }); i < 0 || log[i].Data.Minutes != 25 || log[i].Data.Note != "they like it" {
		t.Errorf("logged %+v", log)
	}
}

// Somebody whose role was taken sees no more of a private team's request than they
// saw: the card in their direct messages goes blank, and its button does nothing.
func TestCardOfWhoNoLongerDecides(t *testing.T) {
	w := secretive(t)
	w.types(ada, "/process role remove product @max because he left")
	w.types(ada, "/process role add product @ben")
	m, err := drawnCard(t, w.app, approvalSubject(1), maxim)
	if err != nil || !strings.Contains(m.Text, secret) { // he leads
		t.Errorf("a manager sees %q, %v", m.Text, err)
	}
	if m, err = drawnCard(t, w.app, approvalSubject(1), ben); err != nil || !strings.Contains(m.Text, secret) {
		t.Errorf("who decides sees %q, %v", m.Text, err)
	}
	w.types(ada, "/process role remove product @ben")
	if m, err = drawnCard(t, w.app, approvalSubject(1), ben); err != nil || strings.Contains(string(must(t, m)), secret) {
		t.Errorf("who no longer decides sees %s, %v", must(t, m), err)
	}
	r := w.do(Intent{Kind: Action, Name: "approval.approve", Value: "1:1", User: ben, Channel: "DBEN", Message: "9.9"})
	var state sales.ApprovalState
	w.read(func(ctx context.Context, r *store.Reader) error {
		a, err := r.Approval(ctx, 1)
		state = a.State
		return err
	})
	if state != sales.Pending || strings.Contains(whole(t, r), secret) {
		t.Errorf("%s: %s", state, whole(t, r))
	}
}

// Quotes that nothing closes are looked for once, not again at every word: otherwise
// one long message kept a worker busy for minutes.
func TestManyOpenQuotes(t *testing.T) {
	begun := time.Now()
	for _, quote := range []string{`"`, "“", "'", "「", "«"} {
		if n := len(split(strings.Repeat(quote+"a ", 100_000))); n != 100_000 {
			t.Errorf("%d words behind %s", n, quote)
		}
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if words := split(`"a "b c" "d` + ` e"x "f g"`); len(words) != 2 || words[0].Text != `a "b c` || words[1].Text != `d e"x "f g` {
		t.Errorf("%+v", words)
	}
}
