package playground

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

func plainText(t string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", t, false, false)
}

// form is a modal with one field of most kinds.
func form(callback string) slack.ModalViewRequest {
	stage := []*slack.OptionBlockObject{
		slack.NewOptionBlockObject("demo", plainText("Demo"), nil), slack.NewOptionBlockObject("quote", plainText("Quote"), nil),
	}
	name := slack.NewPlainTextInputBlockElement(nil, "name")
	name.MinLength, name.MaxLength = 2, 20
	amount := slack.NewNumberInputBlockElement(nil, "amount", false)
	amount.MinValue = "1"
	optional := func(b *slack.InputBlock) *slack.InputBlock { b.Optional = true; return b }
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, Title: plainText("Deal"), Submit: plainText("Save"), Close: plainText("Cancel"), NotifyOnClose: true,
		PrivateMetadata: "D-1", Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("name", plainText("Name"), nil, name),
			optional(slack.NewInputBlock("amount", plainText("Amount"), nil, amount)),
			optional(slack.NewInputBlock("stage", plainText("Stage"), nil, slack.NewOptionsSelectBlockElement("static_select", nil, "stage_pick", stage...))),
			optional(slack.NewInputBlock("who", plainText("Owner"), nil, slack.NewOptionsSelectBlockElement("users_select", nil, "owner"))),
			optional(slack.NewInputBlock("day", plainText("Close date"), nil, slack.NewDatePickerBlockElement("day_pick"))),
			optional(slack.NewInputBlock("mail", plainText("Contact"), nil, slack.NewEmailTextInputBlockElement(nil, "mail_in"))),
			optional(slack.NewInputBlock("tags", plainText("Tags"), nil, slack.NewCheckboxGroupsBlockElement("tags_in", stage...))),
			slack.NewActionBlock("acts", slack.NewButtonBlockElement("more", "v", plainText("More"))),
		}},
	}
}

// open gives ana an open form.
func (w *world) open(view slack.ModalViewRequest) *slack.ViewResponse {
	w.Helper()
	id, _ := w.triggers.issue("U0ANA", false)
	resp, err := w.api.OpenView(id, view)
	if err != nil {
		w.Fatal(describe(err))
	}
	return resp
}

func TestTriggersServeOnceAndExpire(t *testing.T) {
	w := newWorld(t)
	id, _ := w.triggers.issue("U0ANA", false)
	if _, err := w.api.OpenView(id, form("a")); err != nil {
		t.Fatal(describe(err))
	}
	if _, err := w.api.OpenView(id, form("a")); err == nil || err.Error() != "exchanged_trigger_id" {
		t.Errorf("a second use: %v", err)
	}
	id, tr := w.triggers.issue("U0ANA", false)
	tr.issued = tr.issued.Add(-3100 * time.Millisecond)
	if _, err := w.api.OpenView(id, form("a")); err == nil || err.Error() != "expired_trigger_id" {
		t.Errorf("after three seconds: %v", err)
	}
	if _, err := w.api.OpenView("1.2.3", form("a")); err == nil || err.Error() != "invalid_trigger_id" {
		t.Errorf("an invented one: %v", err)
	}
}

func TestSubmitFillsAndSends(t *testing.T) {
	w := newWorld(t)
	b := w.connect(1, acknowledge)
	w.open(form("deal"))
	for _, c := range []struct {
		values obj
		want   string
	}{
		{obj{}, "missing_required: Name"},
		{obj{"name": "A"}, "too_short: Name: at least 2 characters"},
		{obj{"name": strings.Repeat("A", 21)}, "too_long: Name: at most 20 characters"},
		{obj{"name": "Acme", "amount": "12.5"}, "invalid_number: Amount"},
		{obj{"name": "Acme", "amount": "0"}, "too_small: Amount: at least 1"},
		{obj{"amount": "12", "Contact": "nobody"}, "invalid_email: Contact"},
		{obj{"Contact": "", "stage": "dream"}, "no_such_option: dream"},
		{obj{"Owner": "nobody"}, "no_such_user: nobody"},
		{obj{"Close date": "tomorrow"}, "not_a_date: tomorrow"},
		{obj{"poem": "x"}, "no_such_input: poem"},
	} {
		if out := w.ask("submit", obj{"user": "ana", "values": c.values}); out["error"] != c.want {
			t.Errorf("%v: %v, want %s", c.values, out["error"], c.want)
		}
	}
	if len(b.events()) != 0 {
		t.Fatal("what Slack's client refuses reached the app")
	}
	out := w.do("submit", obj{"user": "ana", "values": obj{
		"Name": "Acme", "Contact": "", "stage_pick": "Quote", "who": "bo", "day": "2026-11-30", "tags": list{"demo"},
	}})
	if out["response_action"] != "" || w.get("view", "user", "ana")["view"] != nil {
		t.Errorf("an empty acknowledgement closes the modal: %v", out)
	}
	in := b.interactions()[0]
	values := in.View.State.Values
	if in.Type != slack.InteractionTypeViewSubmission || in.View.CallbackID != "deal" || in.View.PrivateMetadata != "D-1" || in.TriggerID == "" {
		t.Errorf("submission = %+v", in)
	}
	if values["name"]["name"].Value != "Acme" || values["amount"]["amount"].Value != "12" || values["stage"]["stage_pick"].SelectedOption.Value != "quote" ||
		values["who"]["owner"].SelectedUser != "U0BO" || values["day"]["day_pick"].SelectedDate != "2026-11-30" || values["tags"]["tags_in"].SelectedOptions[0].Value != "demo" {
		t.Errorf("values = %+v", values)
	}
}

func TestSubmissionAnswers(t *testing.T) {
	w := newWorld(t)
	var answer any
	w.connect(1, func(socketmode.Event) (any, bool) { return answer, true })
	fill := obj{"user": "ana", "values": obj{"name": "Acme"}}
	w.open(form("first"))

	answer = slack.NewErrorsViewSubmissionResponse(map[string]string{"name": "taken"})
	if out := w.do("submit", fill); out["errors"].(obj)["name"] != "taken" || w.get("view", "user", "ana")["depth"] != 1.0 {
		t.Errorf("errors keep the modal open: %v", out)
	}
	answer = slack.NewErrorsViewSubmissionResponse(map[string]string{"acts": "no input"})
	if out := w.ask("submit", fill); !strings.HasPrefix(out["error"].(string), trouble) {
		t.Errorf("errors for a block that is no input: %v", out)
	}
	second := form("second")
	answer = slack.NewPushViewSubmissionResponse(&second)
	if w.do("submit", fill); w.get("view", "user", "ana")["depth"] != 2.0 {
		t.Error("push did not push")
	}
	bad := form("bad")
	bad.Title = plainText(strings.Repeat("x", 25))
	answer = slack.NewUpdateViewSubmissionResponse(&bad)
	if out := w.ask("submit", fill); !strings.Contains(out["error"].(string), "json-pointer:/view/title/text") {
		t.Errorf("a bad view: %v", out)
	}
	third := form("third")
	answer = slack.NewUpdateViewSubmissionResponse(&third)
	w.do("submit", fill)
	view := w.get("view", "user", "ana")["view"].(obj)
	kept, _ := stateValue(view["state"].(obj)["values"].(obj), "name", "name")
	if view["callback_id"] != "third" || kept["value"] != "Acme" {
		t.Errorf("update keeps what is filled in where the fields are the same: %v", view)
	}
	answer = nil
	w.do("submit", fill)
	if view := w.get("view", "user", "ana"); view["depth"] != 1.0 || view["view"].(obj)["callback_id"] != "first" {
		t.Errorf("closing the second shows the first: %v", view)
	}
	w.do("submit", fill)
	w.open(form("again"))
	answer = slack.NewClearViewSubmissionResponse()
	if w.do("submit", fill); w.get("view", "user", "ana")["depth"] != 0.0 {
		t.Error("clear left something open")
	}
}

func TestStackHashAndExternalIDs(t *testing.T) {
	w := newWorld(t)
	first := form("first")
	first.ExternalID = "one"
	opened := w.open(first)
	push := func(view slack.ModalViewRequest) error {
		id, _ := w.triggers.issue("U0ANA", true)
		_, err := w.api.PushView(id, view)
		return err
	}
	if err := push(first); err == nil || err.Error() != "duplicate_external_id" {
		t.Errorf("the same external id: %v", err)
	}
	for range 2 {
		if err := push(form("more")); err != nil {
			t.Fatal(describe(err))
		}
	}
	if err := push(form("much")); err == nil || err.Error() != "push_limit_reached" {
		t.Errorf("a fourth view: %v", err)
	}
	id, _ := w.triggers.issue("U0ANA", false)
	if _, err := w.api.PushView(id, form("x")); err == nil || err.Error() != "invalid_trigger_id" {
		t.Errorf("a push from outside a modal: %v", err)
	}
	updated, err := w.api.UpdateView(form("changed"), "", opened.Hash, opened.ID)
	if err != nil || updated.Hash == opened.Hash {
		t.Fatal(describe(err), updated)
	}
	if _, err := w.api.UpdateView(form("changed"), "", opened.Hash, opened.ID); err == nil || err.Error() != "hash_conflict" {
		t.Errorf("an old hash: %v", err)
	}
	if _, err := w.api.UpdateView(form("changed"), "nowhere", "", ""); err == nil || err.Error() != "not_found" {
		t.Errorf("an unknown view: %v", err)
	}
}

func TestBadViews(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		change func(*slack.ModalViewRequest)
		want   string
	}{
		{func(v *slack.ModalViewRequest) { v.Submit = nil }, "missing required field: submit [json-pointer:/view]"},
		{func(v *slack.ModalViewRequest) { v.Title = nil }, "missing required field: title [json-pointer:/view]"},
		{func(v *slack.ModalViewRequest) { v.Close = plainText(strings.Repeat("x", 25)) }, "must be less than 25 characters [json-pointer:/view/close/text]"},
		{func(v *slack.ModalViewRequest) { v.PrivateMetadata = strings.Repeat("x", 3001) }, "must be less than 3001 characters [json-pointer:/view/private_metadata]"},
		{func(v *slack.ModalViewRequest) { v.Blocks = slack.Blocks{} }, "missing required field: blocks [json-pointer:/view]"},
		{func(v *slack.ModalViewRequest) {
			v.Blocks.BlockSet = append(v.Blocks.BlockSet, slack.NewMarkdownBlock("", "x"))
		}, "unsupported type: markdown [json-pointer:/view/blocks/8/type]"},
	} {
		id, _ := w.triggers.issue("U0ANA", false)
		view := form("x")
		c.change(&view)
		_, err := w.api.OpenView(id, view)
		if want := "invalid_arguments[[ERROR] " + c.want + "]"; err == nil || describe(err) != want {
			t.Errorf("got %s, want %s", describe(err), want)
		}
		if _, err := w.api.OpenView(id, form("x")); err != nil {
			t.Errorf("a refused view spent the trigger: %v", err)
		}
	}
	big := form("x")
	for range 90 {
		big.Blocks.BlockSet = append(big.Blocks.BlockSet, section(strings.Repeat("x", 2950)))
	}
	id, _ := w.triggers.issue("U0ANA", false)
	if _, err := w.api.OpenView(id, big); err == nil || err.Error() != "view_too_large" {
		t.Errorf("more than 250 KB: %v", err)
	}
	alert := form("x")
	alert.Blocks.BlockSet = append(alert.Blocks.BlockSet, slack.NewAlertBlock(plainText("careful"), slack.AlertBlockOptionLevel(slack.AlertLevelWarning)))
	w.open(alert)
}

func TestClosingTellsTheApp(t *testing.T) {
	w := newWorld(t)
	b := w.connect(1, acknowledge)
	w.open(form("first"))
	id, _ := w.triggers.issue("U0ANA", true)
	if _, err := w.api.PushView(id, form("second")); err != nil {
		t.Fatal(describe(err))
	}
	w.do("close", obj{"user": "ana"})
	if in := b.interactions()[0]; in.Type != slack.InteractionTypeViewClosed || in.IsCleared || in.View.CallbackID != "second" {
		t.Errorf("view_closed = %+v", in)
	}
	if out := w.do("close", obj{"user": "ana", "all": true}); out["depth"] != 0.0 {
		t.Errorf("close all: %v", out)
	}
	if out := w.ask("close", obj{"user": "ana"}); out["error"] != "no_open_view" {
		t.Errorf("nothing to close: %v", out)
	}
}

func TestHome(t *testing.T) {
	w := newWorld(t)
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{
		section("welcome"), slack.NewActionBlock("acts", slack.NewButtonBlockElement("open", "D-1", plainText("Open"))),
	}}}
	var clicked *slack.InteractionCallback
	w.connect(2, func(e socketmode.Event) (any, bool) {
		if in, ok := e.Data.(slack.InteractionCallback); ok {
			clicked = &in
			return nil, true
		}
		go func() { _, _ = w.api.PublishView("U0ANA", home, "") }()
		return nil, true
	})
	view := w.do("home", obj{"user": "ana"})["view"].(obj)
	if view["type"] != "home" || textIn(asList(view["blocks"])[0].(obj)["text"]) != "welcome" {
		t.Errorf("home = %v", view)
	}
	w.do("click", obj{"user": "ana", "channel": "home", "action_id": "open"})
	if clicked.View.ID != view["id"] || clicked.Container.Type != "view" || clicked.ActionCallback.BlockActions[0].Value != "D-1" || clicked.ResponseURL != "" {
		t.Errorf("click in Home = %+v", clicked)
	}
	if _, err := w.api.PublishView("U0ANA", home, "old.hash"); err == nil || err.Error() != "hash_conflict" {
		t.Errorf("an old hash: %v", err)
	}
	if _, err := w.api.PublishView("U404", home, ""); err == nil || err.Error() != "user_not_found" {
		t.Errorf("nobody's Home: %v", err)
	}
}

func TestViewObjectsReadBackWithSlackGo(t *testing.T) {
	w := newWorld(t)
	w.open(form("deal"))
	raw, _ := json.Marshal(w.get("view", "user", "ana")["view"])
	var view slack.View
	if err := json.Unmarshal(raw, &view); err != nil || len(view.Blocks.BlockSet) != 8 || view.RootViewID != view.ID || view.State.Values["name"]["name"].Type != "plain_text_input" {
		t.Errorf("view = %+v (%v)", view, err)
	}
}
