package playground

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// card is a message with something of everything to click.
func card(version string) []slack.Block {
	option := func(v string) *slack.OptionBlockObject {
		return slack.NewOptionBlockObject(v, plainText(strings.ToUpper(v)), nil)
	}
	link := slack.NewButtonBlockElement("link", "l", plainText("Read"))
	link.URL = "https://x.example/"
	return []slack.Block{
		slack.NewActionBlock("acts-"+version,
			slack.NewButtonBlockElement("approve-"+version, "D-1", plainText("Approve")), slack.NewButtonBlockElement("open", "D-1", plainText("Acme")), link,
			slack.NewOptionsSelectBlockElement("static_select", nil, "stage", option("demo"), option("quote")),
			slack.NewOverflowBlockElement("more", option("park"), option("lose")),
			slack.NewOptionsSelectBlockElement("external_select", nil, "find"),
			slack.NewOptionsSelectBlockElement("users_select", nil, "owner"), slack.NewDatePickerBlockElement("day"),
			slack.NewDateTimePickerBlockElement("moment"), slack.NewCheckboxGroupsBlockElement("tags", option("a"), option("b"))),
		slack.NewActionBlock("second", slack.NewButtonBlockElement("open", "D-2", plainText("Beta"))),
		slack.NewSectionBlock(plainText("x"), nil, slack.NewAccessory(slack.NewOptionsMultiSelectBlockElement("multi_static_select", nil, "many", option("a"), option("b")))),
		slack.NewInputBlock("note", plainText("Note"), nil, slack.NewPlainTextInputBlockElement(nil, "note_in")).WithDispatchAction(true),
	}
}

func TestClicks(t *testing.T) {
	w := newWorld(t)
	channel, ts, err := w.api.PostMessage("C0DEALS", slack.MsgOptionText("card", false), slack.MsgOptionBlocks(card("1")...))
	if err != nil {
		t.Fatal(describe(err))
	}
	var got slack.InteractionCallback
	w.connect(2, func(e socketmode.Event) (any, bool) {
		in, _ := e.Data.(slack.InteractionCallback)
		if in.Type == slack.InteractionTypeBlockSuggestion {
			return obj{"options": list{obj{"text": obj{"type": "plain_text", "text": "Acme (" + in.Value + ")"}, "value": "acme"}}}, true
		}
		got = in
		return nil, true
	})
	for _, c := range []struct {
		action, block string
		value         any
		is            func(a *slack.BlockAction) bool
	}{
		{"approve-1", "", nil, func(a *slack.BlockAction) bool {
			return a.Value == "D-1" && a.Text.Text == "Approve" && a.ActionTs != ""
		}},
		{"open", "", nil, func(a *slack.BlockAction) bool { return a.Value == "D-1" }},
		{"open", "second", nil, func(a *slack.BlockAction) bool { return a.Value == "D-2" && a.BlockID == "second" }},
		{"open", "", "D-2", func(a *slack.BlockAction) bool { return a.Value == "D-2" }},
		{"open", "", "Beta", func(a *slack.BlockAction) bool { return a.Value == "D-2" }},
		{"stage", "", "quote", func(a *slack.BlockAction) bool { return a.SelectedOption.Value == "quote" }},
		{"stage", "", "Demo", func(a *slack.BlockAction) bool { return a.SelectedOption.Value == "demo" }},
		{"more", "", "lose", func(a *slack.BlockAction) bool { return a.SelectedOption.Value == "lose" }},
		{"find", "", "acme", func(a *slack.BlockAction) bool { return a.SelectedOption.Value == "acme" }},
		{"owner", "", "Bo Chen", func(a *slack.BlockAction) bool { return a.SelectedUser == "U0BO" }},
		{"day", "", "2026-12-01", func(a *slack.BlockAction) bool { return a.SelectedDate == "2026-12-01" }},
		{"moment", "", "2026-12-01T09:00:00Z", func(a *slack.BlockAction) bool { return a.SelectedDateTime == 1796115600 }},
		{"tags", "", list{"a", "b"}, func(a *slack.BlockAction) bool { return len(a.SelectedOptions) == 2 }},
		{"many", "", "b", func(a *slack.BlockAction) bool {
			return len(a.SelectedOptions) == 1 && a.SelectedOptions[0].Value == "b"
		}},
		{"note_in", "", "typed", func(a *slack.BlockAction) bool { return a.Value == "typed" }},
	} {
		got = slack.InteractionCallback{}
		w.do("click", obj{"user": "ana", "channel": "deals", "ts": ts, "action_id": c.action, "block_id": c.block, "value": c.value})
		if len(got.ActionCallback.BlockActions) != 1 || !c.is(got.ActionCallback.BlockActions[0]) {
			t.Errorf("%s %v: %+v", c.action, c.value, got.ActionCallback)
		}
	}
	if got.Channel.ID != channel || got.Message.Timestamp != ts || got.Container.MessageTs != ts || got.Container.IsEphemeral || got.User.ID != "U0ANA" || got.ResponseURL == "" {
		t.Errorf("payload = %+v", got)
	}
	if state := got.BlockActionState.Values; state["acts-1"]["day"].SelectedDate != "2026-12-01" || state["acts-1"]["stage"].SelectedOption.Value != "demo" {
		t.Errorf("the payload holds what was chosen before: %+v", state)
	}
	if out := w.do("click", obj{"user": "ana", "channel": "deals", "ts": ts, "action_id": "link"}); out["url"] != "https://x.example/" || got.ActionCallback.BlockActions[0].ActionID != "link" {
		t.Errorf("a link opens and tells: %v", out)
	}
	out := w.do("options", obj{"user": "ana", "channel": "deals", "ts": ts, "action_id": "find", "value": "ac"})
	if optionText(asList(out["options"])[0]) != "Acme (ac)" {
		t.Errorf("options = %v", out)
	}
}

func TestDeadButtons(t *testing.T) {
	w := newWorld(t)
	_, ts, err := w.api.PostMessage("C0DEALS", slack.MsgOptionText("card", false), slack.MsgOptionBlocks(card("1")...))
	if err != nil {
		t.Fatal(describe(err))
	}
	if _, _, _, err := w.api.UpdateMessage("C0DEALS", ts, slack.MsgOptionText("done", false), slack.MsgOptionBlocks(section("done"))); err != nil {
		t.Fatal(describe(err))
	}
	b := w.connect(1, acknowledge)
	click := obj{"user": "ana", "channel": "deals", "ts": ts, "action_id": "approve-1"}
	if out := w.ask("click", click); out["error"] != "no_such_action" {
		t.Errorf("a button that is gone: %v", out)
	}
	click["stale"] = true
	w.do("click", click)
	if in := b.interactions()[0]; in.Message.Text != "card" || in.ActionCallback.BlockActions[0].Value != "D-1" {
		t.Errorf("a stale click carries the message as it was seen: %+v", in.Message)
	}
	for _, c := range []struct {
		in   obj
		want string
	}{
		{obj{"user": "ana", "channel": "deals", "ts": "1.000000", "action_id": "x"}, "message_not_found"},
		{obj{"user": "ana", "channel": "modal", "action_id": "x"}, "no_open_view"},
		{obj{"user": "ana", "channel": "home", "action_id": "x"}, "home_not_published"},
	} {
		if out := w.ask("click", c.in); out["error"] != c.want {
			t.Errorf("%v: %v", c.in, out)
		}
	}
}

func TestEphemeralButtonsAndTheirAnswers(t *testing.T) {
	w := newWorld(t)
	ts, err := w.api.PostEphemeral("C0DEALS", "U0ANA", slack.MsgOptionText("which?", false), slack.MsgOptionBlocks(card("1")...))
	if err != nil {
		t.Fatal(describe(err))
	}
	b := w.connect(1, acknowledge)
	w.do("click", obj{"user": "ana", "channel": "deals", "ts": ts, "action_id": "open"})
	in := b.interactions()[0]
	if !in.Container.IsEphemeral || in.Message.Timestamp != "" {
		t.Errorf("an ephemeral message is not in the payload: %+v", in)
	}
	if out := w.ask("click", obj{"user": "bo", "channel": "deals", "ts": ts, "action_id": "open"}); out["error"] != "message_not_found" {
		t.Errorf("bo clicks what only ana sees: %v", out)
	}
	send := func(m slack.WebhookMessage) error { return slack.PostWebhook(in.ResponseURL, &m) }
	if err := send(slack.WebhookMessage{Text: "that one", ReplaceOriginal: true}); err != nil {
		t.Fatal(err)
	}
	if got := w.messages("deals", "ana"); len(got) != 1 || got[0] != "that one" {
		t.Errorf("replaced: %q", got)
	}
	if err := send(slack.WebhookMessage{DeleteOriginal: true}); err != nil {
		t.Fatal(err)
	}
	if got := w.messages("deals", "ana"); len(got) != 0 {
		t.Errorf("deleted: %q", got)
	}
	for range 3 {
		if err := send(slack.WebhookMessage{Text: "again"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := send(slack.WebhookMessage{Text: "once more"}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a sixth use: %v", err)
	}
}

func TestResponseURLsExpire(t *testing.T) {
	w := newWorld(t)
	id, h := w.hooks.issue(hook{user: "U0ANA", channel: "C0DEALS"})
	if err := w.answer(id, args{"text": "in time"}); err != nil {
		t.Fatal(err)
	}
	h.issued = h.issued.Add(-31 * time.Minute)
	if err := w.answer(id, args{"text": "late"}); err == nil || err.Error() != "expired_url" {
		t.Errorf("after half an hour: %v", err)
	}
	if err := w.answer("x", args{"text": "invented"}); err == nil || err.Error() != "invalid_url" {
		t.Errorf("an invented one: %v", err)
	}
}

func TestModalClicksCarryWhatIsFilledIn(t *testing.T) {
	w := newWorld(t)
	var got slack.InteractionCallback
	w.connect(1, func(e socketmode.Event) (any, bool) {
		got, _ = e.Data.(slack.InteractionCallback)
		if _, err := w.api.PushView(got.TriggerID, form("second")); err != nil {
			t.Error(describe(err))
		}
		return nil, true
	})
	w.open(form("first"))
	w.do("click", obj{"user": "ana", "channel": "modal", "action_id": "stage_pick", "value": "demo"}) // dispatches nothing
	w.do("click", obj{"user": "ana", "channel": "modal", "action_id": "more", "values": obj{"Name": "Acme"}})
	values := got.View.State.Values
	if values["name"]["name"].Value != "Acme" || values["stage"]["stage_pick"].SelectedOption.Value != "demo" || got.Container.Type != "view" {
		t.Errorf("payload = %+v", got.View.State)
	}
	if w.get("view", "user", "ana")["depth"] != 2.0 {
		t.Error("the click's trigger did not push")
	}
}

func TestShortcuts(t *testing.T) {
	w := newWorld(t)
	b := w.connect(1, acknowledge)
	m := w.do("message", obj{"user": "ana", "channel": "other", "text": "they want SSO"})
	w.do("shortcut", obj{"user": "ana", "callback_id": "log_message", "channel": "other", "ts": m["ts"]})
	in := b.interactions()[0]
	if in.Type != slack.InteractionTypeMessageAction || in.Message.Text != "they want SSO" || in.Channel.ID != "C0OTHER" || in.MessageTs != m["ts"] || in.ResponseURL == "" || in.TriggerID == "" {
		t.Errorf("message shortcut = %+v", in)
	}
	if out := w.ask("shortcut", obj{"user": "ana", "callback_id": "dance"}); out["error"] != "no_such_shortcut" {
		t.Errorf("an unknown one: %v", out)
	}
}

func TestAnAnswerWhereSlackTakesNoneIsIgnored(t *testing.T) {
	w := newWorld(t)
	w.connect(1, func(socketmode.Event) (any, bool) { return obj{"text": "lost"}, true })
	_, ts, err := w.api.PostMessage("U0ANA", slack.MsgOptionText("card", false), slack.MsgOptionBlocks(card("1")...))
	if err != nil {
		t.Fatal(describe(err))
	}
	w.do("click", obj{"user": "ana", "channel": "dm", "ts": ts, "action_id": "open"})
	if got := w.messages("dm", "ana"); len(got) != 1 {
		t.Errorf("ana sees %q", got)
	}
	ignored := func(e Entry) bool { return e.Status == "payload_ignored" }
	if all := w.journal.after(0); !slices.ContainsFunc(all, ignored) {
		t.Errorf("the log has no such answer: %+v", all)
	}
}
