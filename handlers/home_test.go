package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// opensHome opens App Home, and returns it as an answer whose blocks are Home's.
func (w *world) opensHome(user string) Reply {
	w.t.Helper()
	w.do(Intent{Kind: Event, Name: "app_home_opened", User: user, Channel: "D" + user})
	return w.homeOf(user)
}

// homeOf is the person's Home, which must have been enqueued.
func (w *world) homeOf(user string) Reply {
	w.t.Helper()
	if !w.redraws(user) {
		w.t.Fatal("Home is not drawn anew")
	}
	m, err := drawnCard(w.t, w.app, store.HomeSubject(user), user)
	if err != nil {
		w.t.Fatal(err)
	}
	return Reply{Blocks: m.Home.Blocks.BlockSet}
}

// redraws delivers everything, and reports whether the person's Home was among it.
func (w *world) redraws(user string) bool {
	w.t.Helper()
	return slices.Contains(w.deliver(), "card "+user+": ")
}

// atHome presses a button in Home, where there is no channel.
func (w *world) atHome(user string, home Reply, label string) Reply {
	w.t.Helper()
	for _, b := range buttonsOf(w.t, home) {
		if b.label == label {
			return w.do(Intent{Kind: Action, Name: b.action, Value: b.value, User: user})
		}
	}
	w.t.Fatalf("there is no button %q in Home:\n%s", label, shown(w.t, home))
	return Reply{}
}

// inForm presses a button of the modal that the answer opened.
func (w *world) inForm(user string, r Reply, label string) Reply {
	w.t.Helper()
	for _, b := range buttonsOf(w.t, Reply{Modal: r.Modal}) {
		if b.label == label {
			view := View{ID: "V1", Callback: r.Modal.CallbackID, Meta: r.Modal.PrivateMetadata}
			return w.do(Intent{Kind: Action, Name: b.action, Value: b.value, User: user, View: view})
		}
	}
	w.t.Fatalf("there is no button %q in the form:\n%s", label, shown(w.t, r))
	return Reply{}
}

// stale makes deals of a person that need them: over target and quiet, with a next step
// and a close date that have passed.
func (w *world) stale(user string, names ...string) {
	w.t.Helper()
	began := w.now
	for _, name := range names {
		w.types(user, "/deal new "+name+" 12k EUR")
	}
	w.now = began.Add(21 * 24 * time.Hour)
	w.deliver()
}

func TestHome(t *testing.T) {
	for _, tt := range []struct{ name, user, other string }{{"home_en", maxim, ana}, {"home_zh", wei, li}} {
		t.Run(tt.name, func(t *testing.T) {
			w := withApprovers(t)
			w.organise(func(o *sales.Organisation) { o.Roles[0].Users = append(o.Roles[0].Users, tt.user) })
			var out strings.Builder
			write := func(what string, r Reply) Reply {
				out.WriteString("> " + what + "\n" + shown(t, r) + "\n")
				return r
			}
			first := write("first use", w.opensHome(tt.user))
			w.atHome(tt.user, first, buttonsOf(t, first)[5].label)
			write("got it", w.homeOf(tt.user))
			w.types(tt.user, "/deal new Route 66 50k EUR for Highway Ltd")
			w.types(tt.other, "/deal new Acme pilot 12k EUR")
			w.types(tt.other, "/deal next pilot send the offer by 27 Nov")
			w.types(tt.other, "/deal set pilot close 30 Nov")
			w.submits(tt.other, w.types(tt.other, "/quote pilot"), map[string]string{"approval.amount": "11k"})
			w.now = w.now.Add(21 * 24 * time.Hour)
			write("three weeks later", w.opensHome(tt.user))
			write("the other person", w.opensHome(tt.other))
			golden(t, tt.name, out.String())
		})
	}
}

func TestHomeIsDrawnAnewAfterItsOwnButtons(t *testing.T) {
	w := newWorld(t)
	w.stale(ana, "Acme")
	home := w.opensHome(ana)
	if !strings.Contains(shown(t, home), "1 deal") {
		t.Fatalf("Home does not show the deal:\n%s", shown(t, home))
	}

	form := w.atHome(ana, home, "Log the call")
	if form.Modal == nil || w.redraws(ana) {
		t.Fatal("a form was opened, and nothing changed yet")
	}
	done := w.submits(ana, form, map[string]string{"activity.minutes": "5"})
	home = w.homeOf(ana)
	if s := shown(t, home); strings.Contains(s, "nothing happened") {
		t.Errorf("after the call Home still calls the deal quiet:\n%s", s)
	}
	if done.Modal == nil {
		t.Fatal("the form says nothing")
	}

	card := w.atHome(ana, home, "Show")
	if card.Modal == nil || !strings.Contains(shown(t, card), "Ready for") {
		t.Fatalf("the card is not shown in a modal:\n%s", shown(t, card))
	}
	moved := w.inForm(ana, card, "On to Discovery")
	if w.deal(1).Stage != "discovery" {
		t.Fatal("the deal did not move")
	}
	if s := shown(t, w.homeOf(ana)); !strings.Contains(s, "*Discovery* · 1 deal") {
		t.Errorf("Home was not drawn anew:\n%s", s)
	}
	if moved.Modal == nil || moved.Push {
		t.Error("the answer does not take the place of the card")
	}

	if w.types(ana, "/deal list"); w.redraws(ana) {
		t.Error("a command outside of Home draws Home")
	}
}

func TestHomeSettings(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/report subscribe digest me weekly mon 09:00")
	choose := func(action, value string) Reply {
		w.do(Intent{Kind: Action, Name: action, Value: value, User: ana})
		return w.homeOf(ana)
	}
	w.opensHome(ana)
	settings := func() (s store.Settings) {
		w.read(func(ctx context.Context, r *store.Reader) (err error) {
			s, err = r.Settings(ctx, ana)
			return err
		})
		return s
	}
	if s := shown(t, choose("home.lang", "zh")); !strings.Contains(s, "您的设置") || settings().Lang != "zh" {
		t.Errorf("Home does not speak Chinese:\n%s", s)
	}
	w.read(func(ctx context.Context, r *store.Reader) error {
		subs, err := r.Subscriptions(ctx)
		if len(subs) != 1 || subs[0].Lang != "zh" {
			t.Errorf("the digest keeps its language: %+v", subs)
		}
		return err
	})
	choose("home.lang", "slack")
	if settings().Lang != "" {
		t.Error("the language is not Slack's again")
	}
	for value, want := range map[string][2]bool{"daily": {true, false}, "mute": {false, true}, "due": {false, false}} {
		choose("home.reminders", value)
		if s := settings(); [2]bool{s.Daily, s.Muted} != want {
			t.Errorf("%s: %+v", value, s)
		}
	}
	if s := shown(t, choose("home.pulse", "off")); !strings.Contains(s, "I don't ask") {
		t.Errorf("the pulse is not off:\n%s", s)
	}
	if w.do(Intent{Kind: Action, Name: "home.lang", Value: "fr", User: ana}); settings().Lang != "" || !w.redraws(ana) {
		t.Error("a language that there is not was taken")
	}
}

// TestHomeKeepsSlacksLimits fills Home with more than it can show.
func TestHomeKeepsSlacksLimits(t *testing.T) {
	w := withApprovers(t)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.Process(ctx, "")
		if err != nil {
			return err
		}
		org, err := tx.Organisation(ctx)
		if err != nil {
			return err
		}
		for i := range 60 {
			owner := []string{maxim, ana}[i%2]
			n := sales.NewDeal{Name: strings.Repeat(fmt.Sprintf("<!channel> & *%d* ", i), 80), Account: strings.Repeat("& ", 500), Owner: owner,
				Amount: sales.Money{Minor: 1e15, Currency: "EUR"}, Close: monday.AddDate(0, 0, -3)}
			events, err := sales.Create(p, org, owner, n, monday.AddDate(0, -2, 0))
			if err != nil {
				return err
			}
			events[0].Data.To = p.Stages[i%len(p.Stages)].Key
			if _, err := tx.CreateDeal(ctx, events); err != nil {
				return err
			}
		}
		return nil
	})
	for _, locale := range []string{"en", "zh"} {
		w.do(Intent{Kind: Action, Name: "home.lang", Value: locale, User: maxim})
		home := w.opensHome(maxim).Blocks
		checkView(t, home, 100, 250_000)
		if n := len(home); n < 40 {
			t.Errorf("%s: only %d blocks: the test shows nothing", locale, n)
		}
	}
}

// checkView checks what Slack checks of blocks in a view or message.
func checkView(t *testing.T, blocks any, most, bytes int) {
	t.Helper()
	if n := len(must(t, blocks)); n > bytes {
		t.Errorf("%d bytes, more than %d", n, bytes)
	}
	all := nodes(t, blocks)
	if len(all) > most {
		t.Errorf("%d blocks, more than %d", len(all), most)
	}
	for i, b := range all {
		if s := b.str("text", "text"); b.str("type") == "section" && (len([]rune(s)) > 3000 || s == "") || b.str("type") == "header" && len([]rune(s)) > 150 {
			t.Errorf("block %d has a text of %d characters", i, len([]rune(s)))
		}
		elements := b.list("elements")
		if a := b.child("accessory"); a != nil {
			elements = append(elements, a)
		}
		if len(elements) > 25 {
			t.Errorf("block %d has %d elements", i, len(elements))
		}
		ids := map[string]bool{}
		for _, e := range elements {
			if n := len([]rune(e.str("text", "text"))); e.str("type") == "button" && (n > 75 || n == 0) || len(e.str("value")) > 2000 {
				t.Errorf("block %d has a button %q", i, e.str("text", "text"))
			}
			if id := e.str("action_id"); id != "" && (ids[id] || len(id) > 255) {
				t.Errorf("block %d has two %q", i, id)
			} else {
				ids[id] = true
			}
		}
	}
}
