package handlers

import (
	"strings"
	"testing"
)

// TestDealListWords lists deals by whose they are and how they stand, in any order of the words.
func TestDealListWords(t *testing.T) {
	w := newWorld(t)
	for _, line := range []string{"/deal new Alpha", "/deal new Beta", "/deal new Gamma", "/deal lost gamma price"} {
		w.types(ana, line)
	}
	w.types(maxim, "/deal advance beta to signed override because they paid already")
	w.types(ben, "/deal new Delta")
	for line, want := range map[string]string{
		"/deal list":           "Open deals: Alpha Delta",
		"/deal list open":      "Open deals: Alpha Delta",
		"/deal list mine":      "Your open deals: Alpha",
		"/deal list mine lost": "Lost deals · yours: Gamma",
		"/deal list lost mine": "Lost deals · yours: Gamma",
		"/deal list 输单":        "Lost deals: Gamma",
		"/deal list team lost": "Lost deals · your team's: Gamma",
		"/deal list closed":    "Closed deals: Beta Gamma",
		"/deal list won":       "Won deals: Beta",
		"/deal list won mine":  "Won deals · yours: Beta",
		"/deal list team 赢单":   "Won deals · your team's: Beta",
		"/deal list all":       "All deals, closed ones too: Alpha Beta Gamma Delta",
		"/deal list <@UBEN>":   "Open deals · Ben: Delta",
		"/deal list stael":     "Did you mean `/deal list stale`?",
		"/deal list won lost":  "I don't know what to do with “lost”.",
		"/deal list first":     "Deals in First contact: Alpha Delta",
	} {
		r := w.types(ana, line)
		s := shown(t, r)
		title, names, listed := strings.Cut(want, ": ")
		if !strings.Contains(s, title) {
			t.Errorf("%s does not say %q:\n%s", line, title, s)
		}
		for _, name := range []string{"Alpha", "Beta", "Gamma", "Delta"} {
			if listed && strings.Contains(s, name) != strings.Contains(names, name) {
				t.Errorf("%s lists %s:\n%s", line, name, s)
			}
		}
	}
}

// TestLettersWithinAWordAreNoDeal suggests a command for a word that is one's slip rather
// than letters in the middle of a deal's name, and still offers the deal.
func TestLettersWithinAWordAreNoDeal(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Holstein pilot")
	for line, want := range map[string]string{
		"/deal lst": "Did you mean `/deal list`?", "/deal lst team": "Did you mean `/deal list team`?", "/deal stein": "Holstein pilot",
	} {
		if s := shown(t, w.types(ana, line)); !strings.Contains(s, want) {
			t.Errorf("%s does not say %q:\n%s", line, want, s)
		}
	}
	r := w.types(ana, "/deal lst")
	if s := shown(t, w.clicks(ana, r, "Holstein pilot")); !strings.Contains(s, "First contact") {
		t.Errorf("the deal is not shown:\n%s", s)
	}
}
