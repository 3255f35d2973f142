package handlers

import (
	"context"
	"strings"
	"testing"

	"pipewright/internal/sales"
	"pipewright/store"
)

func TestForms(t *testing.T) {
	w := newWorld(t)
	form := w.do(Intent{Kind: Shortcut, Name: "new_deal", User: ana})
	if r := w.submits(ana, form, map[string]string{"deal.name": "Acme", "deal.amount": "12.000"}); r.Errors["deal.amount"] == "" {
		t.Fatalf("no error: %s", shown(t, r))
	}
	done := w.submits(ana, form, map[string]string{"deal.name": "Acme", "deal.amount": "12k", "deal.account": "Acme Corp", "deal.close": "2026-12-01", "deal.source": "Fair", "deal.process": "renewal"})
	d := w.deal(1)
	if d.Name != "Acme" || d.Account != "Acme Corp" || d.Source != "Fair" || d.Process != "renewal" || canonical(d, "close") != "2026-12-01" || done.Modal == nil {
		t.Errorf("%+v", d)
	}
	w.types(ana, "/deal new Beta 5k")
	edit := w.types(ana, "/deal set beta")
	w.submits(ana, edit, map[string]string{"deal.name": "Beta 2", "deal.amount": "6k USD", "deal.next": "call", "deal.by": "2026-12-02", "deal.owner": ben, "deal.margin": "30", "deal.competitor": "Gamma"})
	d = w.deal(2)
	if d.Name != "Beta 2" || d.Amount.Minor != 600000 || d.NextStep != "call" || d.Owner != ben || canonical(d, "margin") != "30" || d.Fields["competitor"] != "Gamma" {
		t.Errorf("%+v", d)
	}
	if r := w.submits(ana, w.types(ana, "/deal set beta"), map[string]string{"deal.name": "Beta 3", "deal.margin": "many"}); r.Errors["deal.margin"] == "" || w.deal(2).Name != "Beta 2" {
		t.Errorf("all or nothing: %s %+v", shown(t, r), w.deal(2))
	}
	w.submits(ana, w.types(ana, "/deal next beta"), map[string]string{"deal.next": "write", "deal.by": ""})
	w.submits(ana, w.types(ana, "/deal wait beta"), map[string]string{"deal.party": "us"})
	if d = w.deal(2); d.NextStep != "write" || !d.NextBy.IsZero() || d.Waiting != sales.WaitUs {
		t.Errorf("%+v", d)
	}
	rest := w.types(ana, "/deal park beta")
	for _, until := range []string{"", "2026-11-01"} {
		if r := w.submits(ana, rest, map[string]string{"deal.until": until}); r.Errors["deal.until"] == "" {
			t.Errorf("parked until %q: %s", until, shown(t, r))
		}
	}
	w.submits(ana, rest, map[string]string{"deal.until": "2027-01-04", "deal.because": "budget"})
	w.submits(ana, w.types(ana, "/deal assign beta"), map[string]string{"deal.owner": ana})
	if d = w.deal(2); d.ParkWhy != "budget" || d.Owner != ana {
		t.Errorf("%+v", d)
	}
	w.types(maxim, "/deal advance beta to demo override because of history")
	w.submits(ana, w.types(ana, "/deal back beta"), map[string]string{"deal.stage": "lead", "deal.because": "too early"})
	w.types(ana, "/deal lost beta price")
	w.submits(ana, w.types(ana, "/deal reopen beta"), map[string]string{"deal.because": "they called"})
	if d = w.deal(2); d.Stage != "lead" || d.Status != sales.Open || d.Episode != 2 {
		t.Errorf("%+v", d)
	}
}

func TestCardMenu(t *testing.T) {
	w := ready(t)
	w.types(ana, "/deal advance acme to demo")
	press := func(label string) Reply { return w.clicks(ana, w.types(ana, "/deal D-1"), label) }
	w.submits(ana, press("Wait or park…"), map[string]string{"deal.party": "customer"})
	press("Resume")
	if w.deal(1).Waiting != "" {
		t.Error("still waiting")
	}
	w.submits(ana, press("Go back…"), map[string]string{"deal.because": "no"})
	if w.deal(1).Stage != "discovery" {
		t.Errorf("in %s", w.deal(1).Stage)
	}
	w.submits(ana, press("Next step…"), map[string]string{"deal.next": "call"})
	w.submits(ana, press("Edit…"), map[string]string{"deal.name": "Acme Two"})
	w.submits(ana, press("Lost…"), map[string]string{"deal.reason": "price"})
	w.submits(ana, press("Reopen…"), map[string]string{"deal.because": "yes"})
	if d := w.deal(1); d.Name != "Acme Two" || d.NextStep != "call" || d.Episode != 2 {
		t.Errorf("%+v", d)
	}
}

func TestOwnersArePeople(t *testing.T) {
	w := newWorld(t)
	err := w.app.Store.InTx(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		return tx.SavePeople(ctx, []store.Person{{ID: "UGONE", Name: "gone", Deleted: true}, {ID: "UBOT", Name: "pipewright", Bot: true}}, monday)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.types(ana, "/deal new Acme")
	for _, user := range []string{"UGONE", "UBOT"} {
		if r := w.types(ana, "/deal assign acme <@"+user+">"); !strings.Contains(r.Text, "can't have deals") || w.deal(1).Owner != ana {
			t.Errorf("%s: %s", user, r.Text)
		}
		form := w.do(Intent{Kind: Shortcut, Name: "new_deal", User: ana})
		if r := w.submits(ana, form, map[string]string{"deal.name": "Beta", "deal.owner": user}); r.Errors["deal.owner"] == "" {
			t.Errorf("%s: %s", user, shown(t, r))
		}
	}
}

func TestAfterTheWin(t *testing.T) {
	w := ready(t)
	w.clicks(ana, w.types(ana, "/deal won acme"), "Yes, €12,000")
	for _, line := range []string{
		"/log handover acme", "/deal advance acme", "/log acceptance acme", "/deal advance acme to payment", "/log invoice acme", "/deal set acme paid on 23 Nov",
	} {
		w.types(ana, line)
	}
	if d := w.deal(1); d.Stage != "payment" || d.Status != sales.Won || !d.Done.IsZero() {
		t.Fatalf("%+v", d)
	}
	if r := w.types(ana, "/deal advance D-1"); !strings.Contains(r.Text, "is completed") || w.deal(1).Done.IsZero() {
		t.Errorf("%s", r.Text)
	}
	if r := w.types(ana, "/deal advance acme"); !strings.Contains(r.Text, "no further stage") {
		t.Errorf("%s", r.Text)
	}
	w.types(ana, "/deal undo acme")
	w.types(ana, "/deal back acme to negotiation because they want to talk again")
	if d := w.deal(1); d.Status != sales.Open || d.Stage != "negotiation" || d.Episode != 2 || !d.Done.IsZero() {
		t.Errorf("%+v", d)
	}
}
