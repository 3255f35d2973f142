package handlers

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pipewright/internal/sales"
	"pipewright/store"
)

func (w *world) activities(id int64) []sales.Activity {
	w.t.Helper()
	var all []sales.Activity
	w.read(func(ctx context.Context, r *store.Reader) (err error) {
		all, err = r.Activities(ctx, id)
		return err
	})
	return all
}

func TestLogGrammar(t *testing.T) {
	for _, tt := range []struct {
		words, kind string
		minutes     int
		note        string
	}{
		{"call acme", "call", 15, ""},
		{"CALL acme 25m", "call", 25, ""},
		{"call acme 1h30 They want  SSO", "call", 90, "They want  SSO"},
		{"discovery call acme 1 h ok", "discovery", 60, "ok"},
		{"demo pilot half an hour", "demo", 30, ""},
		{"phone D-1 0m nobody there", "call", 0, "nobody there"},
		{"电话 acme 25分钟 需要单点登录", "call", 25, "需要单点登录"},
		{"需求访谈 acme", "discovery", 45, ""},
		{"上门 acme corp 2小时", "visit", 120, ""},
		{`meeting "acme pilot" "25m is short"`, "meeting", 45, "25m is short"},
		{"email acme 3 open questions", "email", 10, "3 open questions"},
	} {
		t.Run(tt.words, func(t *testing.T) {
			w := newWorld(t)
			w.types(ana, "/deal new Acme pilot for Acme Corp")
			r := w.types(ana, "/log "+tt.words)
			all := w.activities(1)
			if len(all) != 1 {
				t.Fatalf("logged %d: %s", len(all), shown(t, r))
			}
			if a := all[0]; a.Type != tt.kind || a.Minutes != tt.minutes || a.Note != tt.note || a.Actor != ana {
				t.Errorf("logged %+v", a)
			}
		})
	}
}

// The button under an answer takes back that activity, not whichever came last, and a double tap not two.
func TestUndoButtonTakesItsOwnActivityBack(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme pilot")
	w.types(ana, "/log email acme")
	first := w.types(ana, "/log call acme")
	w.types(ana, "/log demo acme")
	if r := w.clicks(ana, first, "Undo"); !strings.HasPrefix(r.Text, "Taken back: Call") {
		t.Errorf("undone: %s", r.Text)
	}
	if r := w.clicks(ana, first, "Undo"); r.Text != "There is nothing to take back." {
		t.Errorf("a second tap: %s", r.Text)
	}
	var kept []string
	for _, x := range w.activities(1) {
		if !x.Undone {
			kept = append(kept, x.Type)
		}
	}
	if !slices.Equal(kept, []string{"email", "demo"}) {
		t.Errorf("%v are left", kept)
	}
}

func TestLogMessage(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme pilot")
	link := "https://acme.slack.com/archives/C1/p100"
	form := w.do(Intent{Kind: Shortcut, Name: "log_message", User: ana, Channel: "C1", Message: "100.0", Note: "They want <https://sso.example|SSO> & more", Link: link})
	if r := w.submits(ana, form, map[string]string{"deal.pick": "D-1", "activity.type": "call", "activity.minutes": "soon"}); r.Errors["activity.minutes"] == "" {
		t.Errorf("no error: %s", shown(t, r))
	}
	if r := w.submits(ana, form, map[string]string{"deal.pick": "D-1", "activity.type": "call", "activity.minutes": "3000"}); r.Errors["activity.minutes"] == "" {
		t.Errorf("no error: %s", shown(t, r))
	}
	w.submits(ana, form, map[string]string{"deal.pick": "D-1", "activity.type": "call", "activity.minutes": "20", "activity.outcome": "demo wanted"})
	a := w.activities(1)[0]
	if a.Link != link || a.Note != "They want https://sso.example & more" || a.Minutes != 20 || a.Outcome != "demo wanted" {
		t.Errorf("%+v", a)
	}
}

func TestLogFormFollowsTheDealsProcess(t *testing.T) {
	w := newWorld(t)
	w.do(w.submission(ana, w.do(Intent{Kind: Shortcut, Name: "new_deal", User: ana}), map[string]string{"deal.name": "Renew", "deal.process": "renewal"}))
	form := w.do(Intent{Kind: Shortcut, Name: "log_activity", User: ana})
	picked := w.do(Intent{Kind: Action, Name: "deal.pick", Value: "D-1", User: ana, Values: map[string][]string{"activity.note": {"hi"}},
		View: View{ID: "V1", Hash: "h1", Callback: form.Modal.CallbackID, Meta: ""}})
	if picked.Modal == nil || !strings.HasPrefix(picked.Modal.CallbackID, "activity.create:") || picked.Push {
		t.Fatalf("%+v", picked)
	}
	w.submits(ana, picked, map[string]string{"activity.type": "call"})
	if a := w.activities(1); len(a) != 1 || a[0].Note != "hi" {
		t.Errorf("%+v", a)
	}
	if r := w.submits(ana, form, map[string]string{"deal.pick": "D-1", "activity.type": "workshop"}); r.Errors["activity.type"] == "" {
		t.Errorf("a type of another process: %s", shown(t, r))
	}
}

func TestLogCountsForTheGateUntilTakenBack(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme pilot")
	r := w.types(ana, "/log call acme")
	w.clicks(ana, r, "Undo")
	if w.types(ana, "/deal advance acme"); w.deal(1).Stage != "lead" {
		t.Error("an activity that was taken back counts")
	}
	if a := w.activities(1); len(a) != 1 || !a[0].Undone {
		t.Errorf("%+v", a)
	}
	if types := w.log(1); types[len(types)-1].Type != sales.Unlogged {
		t.Errorf("%+v", types)
	}
	if r := w.types(ben, "/log undo"); !strings.Contains(r.Text, "nothing") {
		t.Errorf("%s", r.Text)
	}
}

func TestPickDeal(t *testing.T) {
	w := newWorld(t)
	w.types(ben, "/deal new Beta for Acme Corp")
	w.types(ana, "/deal new Acme pilot")
	w.types(ana, "/deal new Other")
	w.types(ana, "/deal lost other price")
	pick := func(typed string) []string {
		var out []string
		for _, o := range w.do(Intent{Kind: Options, Name: "deal.pick", Text: typed, User: ana}).Options {
			out = append(out, o.Value)
		}
		return out
	}
	for typed, want := range map[string][]string{"": {"D-2", "D-1"}, "acme": {"D-2", "D-1"}, "BETA": {"D-1"}, "d-3": {"D-3"}, "zzz": nil} {
		if got := pick(typed); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
}
