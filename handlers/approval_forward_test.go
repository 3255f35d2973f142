package handlers

import (
	"strings"
	"testing"

	"pipewright/internal/sales"
)

func TestForward(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	card := w.card("approval:1", raj)
	form := w.press(raj, raj, card, "Forward…")
	if form.Modal == nil {
		t.Fatalf("%s", shown(t, form))
	}
	r := w.submits(raj, form, map[string]string{"approval.to": rosa, "approval.why": "she knows them"})
	contains(t, r.Text, "Forwarded to Rosa Diaz: the quote approval for *Acme pilot* (D-1) no longer waits for you.")
	contains(t, strings.Join(w.deliver(), "\n"), "post "+rosa+": Raj Patel forwarded the quote approval for *Acme pilot* (D-1) to you: it waits for you now. “she knows them”",
		"history "+deals+": Raj Patel forwarded the quote (Feasibility) to Rosa Diaz. “she knows them”", "waiting for Rosa Diaz")
	contains(t, shown(t, w.card("approval:1", deals)), "*Feasibility*: Raj Patel forwarded it to Rosa Diaz on", "“she knows them”")
	if s := shown(t, w.card("approval:1", raj)); strings.Contains(s, "[Approve]") {
		t.Errorf("he still may: %s", s)
	}
	contains(t, w.press(raj, raj, card, "Approve").Text, "has changed since you saw it", "Now it waits for Rosa Diaz.")
	contains(t, w.types(rosa, "/approval forward acme to <@"+raj+">").Text, "This step needs your answer")
	contains(t, w.press(rosa, rosa, w.card("approval:1", rosa), "Approve").Text, "You approved")
}

// What cannot be forwarded says so in one sentence, and changes nothing.
func TestForwardsThatDoNotGo(t *testing.T) {
	w := withApprovers(t)
	w.types(ana, "/deal new Beta")
	w.asked(map[string]string{"approval.discount": "10"})
	for _, tt := range []struct{ user, line, want string }{
		{raj, "acme to <@" + ben + ">", "Ben Ode is not asked in this step. You can forward it to Rosa Diaz."},
		{raj, "acme to <@" + ana + ">", "They asked for it, so somebody else has to decide."},
		{raj, "acme to <@" + raj + ">", "It waits for you already. Name somebody else to forward it to."},
		{lin, "acme to <@" + raj + ">", "*可行性* 这一步不由您审批"},
		{ana, "acme to <@" + raj + ">", "You asked for it, so somebody else has to decide."},
		{raj, "beta to <@" + rosa + ">", "Nothing is asked for this deal at the moment."},
		{raj, "acme contract to <@" + rosa + ">", "Nothing is asked for this deal at the moment."},
		{raj, "acme nonsense to <@" + rosa + ">", "There is no approval “nonsense”."},
		{raj, "acme to Nobody", "I don't know who “Nobody” is."},
	} {
		if r := w.types(tt.user, "/approval forward "+tt.line); !strings.Contains(r.Text, tt.want) {
			t.Errorf("%s: %s", tt.line, r.Text)
		}
	}
	if a := w.approval(1); a.Version != 1 {
		t.Errorf("%+v", a)
	}
}

// Two requests of one deal wait for the same person: the kind is asked back.
func TestForwardOfOneOfTwo(t *testing.T) {
	w := withApprovers(t)
	w.policy(func(o *sales.Policy) { o.Steps = []sales.Step{oneOf("law", "Law", false, "", "legal")} })
	w.organise(func(o *sales.Organisation) {
		for i, r := range o.Roles {
			if r.Key == "legal" {
				o.Roles[i].Users = []string{leo, eva}
			}
		}
	})
	w.asked(map[string]string{"approval.discount": "10"})
	w.submits(ana, w.types(ana, "/contract acme"), nil)
	ask := w.types(leo, "/approval forward acme to <@"+eva+"> because of a trial")
	contains(t, shown(t, ask), "Which kind of approval?", "[Contract]", "[Quote]")
	contains(t, w.clicks(leo, ask, "Quote").Text, "Forwarded to Eva Novak: the quote approval")
	contains(t, w.types(leo, "/approval forward acme to <@"+eva+">").Text, "Forwarded to Eva Novak: the contract approval")
}
