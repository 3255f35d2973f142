package handlers

import (
	"strings"
	"testing"
)

func TestAssents(t *testing.T) {
	for _, s := range []string{
		"ok", "OK!", "Okay.", "approved", "Approved, go ahead!", "ok :+1:", ":+1::skin-tone-3:", "👍", "👍🏽", "✅", "LGTM", "looks  good to me", "+1", "Yes, approved 👍",
		"可以", "同意", "批准。", "好的，同意", "没问题！", "ok，同意 👍", "通过",
	} {
		if !Assents(s) {
			t.Errorf("%q is no assent", s)
		}
	}
	for _, s := range []string{
		"", "  ", "!", "ok?", "可以吗？", "可以吗", "not ok", "no", "ok but only at 15 %", "不同意", "不可以", "approved by whom", "ok <@U1>", "I approve of the terms, but not of the price",
		":-1:", "👎", "okra", "好像不行", strings.Repeat("ok ", 40), "ok\nsee the file",
	} {
		if Assents(s) {
			t.Errorf("%q is an assent", s)
		}
	}
}

// What an approver types in the thread decides nothing, but they are shown, once, where they decide.
func TestOkInTheThread(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	thread := w.cardTS(1, deals)
	n := 0
	says := func(user, message string) Reply {
		t.Helper()
		n++
		return w.do(Intent{Kind: Event, Name: ThreadMessage, User: user, Channel: deals, Thread: thread, Message: message, Text: "ok"})
	}
	for _, user := range []string{ana, ben, lin, maxim} {
		if r := says(user, "90."+user); !r.Empty() {
			t.Errorf("%s is answered: %s", user, shown(t, r))
		}
	}
	r := says(raj, "91.1")
	contains(t, shown(t, r), "Words in a thread decide nothing. One click on its card records it:", "*Quote approval* for *Acme pilot* (D-1) · €12,000", "Decide it in our conversation")
	if len(buttonsOf(t, r)) != 0 {
		t.Errorf("it has buttons: %s", shown(t, r))
	}
	if a := w.approval(1); a.Version != 1 {
		t.Fatalf("it decided: %+v", a)
	}
	if again := says(raj, "91.1"); !again.Empty() {
		t.Errorf("twice: %s", shown(t, again))
	}
	if elsewhere := w.do(Intent{Kind: Event, Name: ThreadMessage, User: raj, Channel: deals, Thread: "1.1", Message: "92.1", Text: "ok"}); !elsewhere.Empty() {
		t.Errorf("in another thread: %s", shown(t, elsewhere))
	}
	contains(t, w.press(raj, raj, w.card("approval:1", raj), "Approve").Text, "You approved")
	if r := says(raj, "94.1"); !r.Empty() {
		t.Errorf("after that: %s", shown(t, r))
	}
	r = w.do(Intent{Kind: Event, Name: ThreadMessage, User: lin, Channel: deals, Thread: thread, Message: "95.1", Text: "同意"})
	contains(t, shown(t, r), "消息列里的文字不算审批。在卡片上点一下即可记录：", "卡片马上发到您的私信")
	// A mention, and a reply to the card in the direct messages.
	contains(t, shown(t, w.do(Intent{Kind: Mention, Name: "app_mention", User: lin, Channel: deals, Thread: thread, Message: "96.1", Text: "ok"})), "卡片马上发到您的私信")
	w.deliver()
	dm := w.do(Intent{Kind: Mention, Name: "message", User: lin, Channel: lin, Thread: w.cardAt("approval:1", lin), Message: "97.1", Text: "ok"})
	contains(t, shown(t, dm), "去私信中审批")
}

// What only one person sees cannot be drawn anew: it has the way to a card, and no buttons. A modal has them.
func TestOpenedPrivately(t *testing.T) {
	w := withApprovers(t)
	w.app.Workspace = "https://acme.slack.com/"
	w.asked(map[string]string{"approval.discount": "10"})
	open := func(user, message string) Reply {
		t.Helper()
		return w.do(Intent{Kind: Action, Name: "approval.open", Value: "1", User: user, Channel: deals, Message: message, Ephemeral: message != ""})
	}
	way := func(user, want string) {
		t.Helper()
		r := open(user, "1.1")
		if contains(t, shown(t, r), want); len(buttonsOf(t, r)) != 0 {
			t.Errorf("%s has buttons: %s", user, shown(t, r))
		}
	}
	way(ana, "The card is on its way to our conversation") // who asked has none before
	w.deliver()
	way(raj, "<https://acme.slack.com/archives/")
	way(raj, "|Decide it in our conversation>")
	way(ana, "|Change or withdraw it in our conversation>")
	contains(t, shown(t, w.card("approval:1", ana)), "[Change the request…]", "[Withdraw…]")
	contains(t, shown(t, w.types(raj, "/approvals")), "|Decide it in our conversation>")
	contains(t, shown(t, open(raj, "")), "[Approve]")
	contains(t, w.press(raj, raj, w.card("approval:1", raj), "Approve").Text, "You approved")
	if r := open(raj, "1.1"); strings.Contains(shown(t, r), "our conversation") {
		t.Errorf("there is nothing to do any more: %s", shown(t, r))
	}
}
