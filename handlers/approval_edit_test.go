package handlers

import (
	"strings"
	"testing"

	"pipewright/internal/sales"
)

// TestARequestIsChanged: a change of the amount voids what was decided, in plain sight;
// one of the terms does not; a button from before decides nothing.
func TestARequestIsChanged(t *testing.T) {
	w := withApprovers(t)
	w.policy(func(o *sales.Policy) { o.Material = []string{"amount", "discount"} })
	w.asked(map[string]string{"approval.discount": "20"})
	seen := w.card("approval:1", deals)
	w.press(raj, deals, seen, "Approve")
	w.deliver()

	r := w.submits(ana, w.press(ana, "D1", w.card("approval:1", ana), "Change the request…"), map[string]string{"approval.terms": "60 days"})
	if !strings.Contains(r.Text, "The answers so far still hold.") {
		t.Fatalf("%s", r.Text)
	}
	old := w.card("approval:1", lin)
	r = w.submits(ana, w.press(ana, "D1", w.card("approval:1", ana), "Change the request…"), map[string]string{"approval.amount": "15000 EUR"})
	if !strings.Contains(r.Text, "Everybody is asked again: it waits for Raj Patel or Rosa Diaz.") {
		t.Fatalf("%s", r.Text)
	}
	if said := strings.Join(w.deliver(), "\n"); !strings.Contains(said, "post "+raj+": Ana Silva changed the request for the quote approval") {
		t.Errorf("Raj does not hear of it:\n%s", said)
	}
	for _, button := range []string{"批准"} {
		if r := w.press(lin, "D2", old, button); w.approval(1).State != sales.Pending || r.Text == "" {
			t.Fatalf("%s", r.Text)
		}
	}
	card := shown(t, w.card("approval:1", deals))
	for _, want := range []string{"version 3, changed on", "the answer of Raj Patel no longer counts", "€12,000 → €15,000"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card lacks %q:\n%s", want, card)
		}
	}
	if r := w.press(rosa, deals, w.card("approval:1", deals), "Approve"); !strings.Contains(r.Text, "You approved") {
		t.Errorf("%s", r.Text)
	}
	if r := w.press(rosa, deals, seen, "Approve"); !strings.Contains(r.Text, "has changed since you saw it") {
		t.Errorf("%s", r.Text)
	}
}
