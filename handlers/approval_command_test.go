package handlers

import (
	"strings"
	"testing"

	"pipewright/internal/sales"
)

func TestDecidedByCommand(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	contains(t, w.types(raj, "/approval approve acme quote because it can be done").Text, "You approved the quote for *Acme pilot* (D-1). Next is")
	contains(t, w.types(lin, "/approval 驳回 acme 因为 太便宜").Text, "您驳回了")
	a := w.approval(1)
	if a.State != sales.Rejected {
		t.Fatalf("%+v", a)
	}
	for i, want := range []sales.Decision{{By: raj, Verdict: sales.Approve, Comment: "it can be done", Via: "command"}, {By: lin, Verdict: sales.Reject, Comment: "太便宜", Via: "command"}} {
		got := a.Steps[i].Decisions[0]
		if got.By != want.By || got.Verdict != want.Verdict || got.Comment != want.Comment || got.Via != want.Via {
			t.Errorf("%+v, not %+v", got, want)
		}
	}
	contains(t, strings.Join(w.deliver(), "\n"), "太便宜")
	contains(t, shown(t, w.types(ana, "/approval history acme")), "Raj Patel approved the quote", "by a command")
	contains(t, w.types(raj, "/approval approve acme").Text, "Nothing is asked for this deal at the moment.")
}

// An approver reads what happened so far from the card in their direct messages.
func TestHistoryFromTheCard(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	w.press(raj, raj, w.card("approval:1", raj), "Approve")
	contains(t, shown(t, w.press(lin, lin, w.card("approval:1", lin), "审批记录")), "的审批记录", "Raj Patel")
	if s := shown(t, w.card("approval:1", deals)); strings.Contains(s, "[History]") {
		t.Errorf("the menu has room for five: %s", s)
	}
}

// Whoever asked takes it back by a command, too: it asks first, and for one of two kinds which.
func TestWithdrawnByCommand(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	w.submits(ana, w.types(ana, "/contract acme"), nil)
	contains(t, shown(t, w.types(raj, "/approval withdraw acme quote")), "Ana Silva")
	contains(t, shown(t, w.types(ana, "/approval withdraw acme")), "Which kind of approval?", "[Contract]", "[Quote]")
	contains(t, w.types(ana, "/approval withdraw acme quote now").Text, "don't know what to do with “now”")
	ask := w.types(ana, "/approval 撤回 acme quote")
	if a := w.approval(1); a.State != sales.Pending {
		t.Fatalf("withdrawn without asking back: %+v", a)
	}
	contains(t, shown(t, w.submits(ana, ask, nil)), "The quote approval for *Acme pilot* (D-1) is withdrawn.")
	if a := w.approval(1); a.State == sales.Pending || w.approval(2).State != sales.Pending {
		t.Errorf("%+v", a)
	}
	contains(t, w.types(ana, "/approval withdraw acme quote").Text, "Nothing is asked for this deal at the moment.")
	contains(t, shown(t, w.types(ana, "/approval withdraw")), "Asked by you")
}

// What a command cannot decide it says in one sentence, and changes nothing.
func TestCommandsThatDecideNothing(t *testing.T) {
	w := withApprovers(t)
	w.types(ana, "/deal new Beta")
	w.asked(map[string]string{"approval.discount": "10"})
	for _, tt := range []struct{ user, line, want string }{
		{raj, "reject acme", "Say why behind “because”"},
		{raj, "reject acme because", "Say why behind “because”"},
		{raj, "reject acme too low", "Say why behind “because”"},
		{lin, "驳回 acme", "*可行性* 这一步不由您审批"},
		{raj, "reject acme nonsense because low", "There is no approval “nonsense”."},
		{raj, "reject acme quote now because low", "don't know what to do with “now”"},
		{leo, "approve acme", "The step *Feasibility* is not yours to decide. Ask Raj Patel or Rosa Diaz."},
		{ana, "approve acme", "You asked for it, so somebody else has to decide. Ask Raj Patel or Rosa Diaz."},
		{raj, "approve beta", "Nothing is asked for this deal at the moment."},
		{raj, "approve acme contract", "Nothing is asked for this deal at the moment."},
		{raj, "approve acme 13k", "That is not the amount of the request, so nothing is decided."},
		{raj, "approve acme USD 12k", "That is not the amount of the request, so nothing is decided."},
		{raj, "approve nobody", "nobody"},
		{raj, "approve", "Waiting for you"},
		{raj, "reject because low", "Waiting for you"},
	} {
		if r := shown(t, w.types(tt.user, "/approval "+tt.line)); !strings.Contains(r, tt.want) {
			t.Errorf("%s: %s", tt.line, r)
		}
	}
	if a := w.approval(1); a.Version != 1 {
		t.Errorf("%+v", a)
	}
	contains(t, w.types(raj, "/approval approve acme 12,000 EUR 2 weeks of work").Text, "You approved")
	if d := w.approval(1).Steps[0].Decisions[0]; d.Comment != "2 weeks of work" || d.Amount != "12000.00 EUR" {
		t.Errorf("%+v", d)
	}
}

// A large amount is typed in the command as in the form.
func TestAmountInTheCommand(t *testing.T) {
	w := withApprovers(t)
	w.policy(func(o *sales.Policy) {
		o.Steps, o.ConfirmAbove = []sales.Step{oneOf("law", "Law", false, "", "legal")}, 10_000
	})
	w.asked(map[string]string{"approval.discount": "10"})
	bare := w.types(leo, "/approval approve acme looks good")
	contains(t, shown(t, bare), "takes the amount typed: nothing is decided yet.", "[Show it]")
	contains(t, w.types(leo, "/approval approve acme 12").Text, "That is not the amount")
	if a := w.approval(1); a.Version != 1 {
		t.Fatalf("%+v", a)
	}
	contains(t, w.types(leo, "/approval approve acme 12k").Text, "You approved")
}

// Two requests of one deal wait for the same person: the kind is asked back, and the rest of the line is kept.
func TestCommandForOneOfTwo(t *testing.T) {
	w := withApprovers(t)
	w.policy(func(o *sales.Policy) { o.Steps = []sales.Step{oneOf("law", "Law", false, "", "legal")} })
	w.asked(map[string]string{"approval.discount": "10"})
	w.submits(ana, w.types(ana, "/contract acme"), nil)
	ask := w.types(leo, "/approval approve acme looks good")
	contains(t, shown(t, ask), "Which kind of approval?", "[Contract]", "[Quote]")
	contains(t, w.clicks(leo, ask, "Quote").Text, "You approved the quote")
	if d := w.approval(1).Steps[0].Decisions[0]; d.Comment != "looks good" {
		t.Errorf("%+v", d)
	}
	contains(t, w.types(leo, "/approval reject acme because of the clauses").Text, "You rejected the contract")
}

// In an empty company a request for an approval shows the way to the first deal.
func TestNoDealToAskFor(t *testing.T) {
	w := withApprovers(t)
	w.types(ana, "/deal new Acme pilot 12k EUR")
	empty := newWorld(t)
	for _, command := range []string{"/quote", "/contract", "/approval history"} {
		r := empty.types(ana, command)
		contains(t, r.Text, "There are no deals yet. `/deal new` creates one.")
		if form := empty.clicks(ana, r, "New deal…"); form.Modal == nil {
			t.Errorf("%s: the button answers %s", command, shown(t, form))
		}
	}
	contains(t, empty.types(li, "/quote").Text, "还没有商机。用 `/deal new` 新建一个。")
	contains(t, w.types(leo, "/quote").Text, "Which deal? Say a part of its name, or its number like D-12.")
}
