package handlers

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
)

// pulses returns what was said of a deal: "discovery us=3 customer=0 word".
func (w *world) pulses(deal int64) []string {
	w.t.Helper()
	var out []string
	for _, e := range w.log(deal) {
		if e.Type == sales.Pulsed {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s us=%d customer=%d %s", e.Actor, e.Data.From, e.Data.Staff, e.Data.Customer, e.Data.Note)))
		}
	}
	return out
}

// advanced makes a deal, moves it out of its first stage, and returns what its owner was asked.
func (w *world) advanced(user, name string) Reply {
	w.t.Helper()
	w.types(user, "/deal new "+name)
	w.types(user, "/log call "+name)
	w.types(user, "/deal advance "+name)
	for _, s := range w.dms() {
		if strings.HasPrefix(s.key, "pulse:") && s.user == user {
			return s.reply
		}
	}
	return Reply{}
}

func TestPulse(t *testing.T) {
	for _, tt := range []struct{ name, user, word string }{{"pulse_en", ana, "Add a word…"}, {"pulse_zh", li, "说一句…"}} {
		w := newWorld(t)
		asked := w.advanced(tt.user, "Acme")
		var out strings.Builder
		write := func(what string, r Reply) Reply {
			out.WriteString("> " + what + "\n" + shown(t, r) + "\n")
			return r
		}
		write("asked", asked)
		half := write("3 for us", w.press(tt.user, "D1", asked, "3"))
		if !half.Replace {
			t.Error("the question stays as it was")
		}
		both := write("2 for the customer", w.press(tt.user, "D1", half, "2"))
		form := write("a word", w.press(tt.user, "D1", both, tt.word))
		write("sent", w.submits(tt.user, form, map[string]string{"pulse.word": "their <lawyer> is slow"}))
		write("again", w.press(tt.user, "D1", asked, "4"))
		out.WriteString(strings.Join(w.pulses(1), "\n") + "\n")
		golden(t, tt.name, out.String())
	}
}

func TestPulseOnceAWeek(t *testing.T) {
	w := newWorld(t)
	if r := w.advanced(ana, "Acme"); r.Text == "" {
		t.Fatal("nobody was asked")
	}
	if r := w.advanced(ana, "Second"); r.Text != "" {
		t.Errorf("asked again at once: %s", r.Text)
	}
	if r := w.advanced(ben, "Third"); r.Text == "" {
		t.Error("the week of one person is not that of another")
	}
	w.now = w.now.Add(7*24*time.Hour - time.Minute)
	if r := w.advanced(ana, "Fourth"); r.Text != "" {
		t.Errorf("asked within a week: %s", r.Text)
	}
	w.now = w.now.Add(time.Minute)
	asked := w.advanced(ana, "Fifth")
	if asked.Text == "" {
		t.Fatal("not asked after a week")
	}
	w.press(ana, "D1", asked, "Don't ask again")
	w.now = w.now.Add(8 * 24 * time.Hour)
	if r := w.advanced(ana, "Sixth"); r.Text != "" {
		t.Errorf("asked although it is off: %s", r.Text)
	}
}

func TestPulseIsForTheOwnerWhoMovedIt(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme")
	w.types(ana, "/log call acme")
	w.dms()
	w.types(maxim, "/deal advance acme")
	if got := w.dms(); len(got) != 0 {
		t.Errorf("asked: %+v", got)
	}
	w.types(ana, "/deal lost acme price")
	got := w.dms()
	if len(got) != 1 || got[0].user != ana {
		t.Fatalf("losing leaves a stage: %+v", got)
	}
	r := w.press(ben, "D1", got[0].reply, "3")
	if len(w.pulses(1)) != 0 {
		t.Errorf("somebody else answered: %s", r.Text)
	}
}

// TestPulseSurvives: the buttons carry all that is needed, a double tap counts once, and
// undoing the step is still possible.
func TestPulseSurvives(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme")
	w.types(ana, "/log call acme")
	moved := w.types(ana, "/deal advance acme")
	var asked Reply
	for _, s := range w.dms() {
		if s.user == ana {
			asked = s.reply
		}
	}
	again := *w.app // as after a restart
	w.app = &again
	for range 3 {
		w.press(ana, "D1", asked, "3")
	}
	if got := w.pulses(1); len(got) != 1 || got[0] != "UANA lead us=3 customer=0" {
		t.Fatalf("%v", got)
	}
	w.clicks(ana, moved, "Undo")
	if d := w.deal(1); d.Stage != "lead" {
		t.Errorf("the step was not taken back: %s", d.Stage)
	}
	for _, line := range w.deliver() {
		if strings.Contains(line, "how hard") {
			t.Errorf("the answer was made public: %s", line)
		}
	}
	if err := w.app.Due(context.Background(), w.now); err != nil {
		t.Fatal(err)
	}
}

func TestPulseForm(t *testing.T) {
	w := newWorld(t)
	asked := w.advanced(ana, "Acme")
	form := w.press(ana, "D1", asked, "Add a word…")
	if r := w.submits(ana, form, nil); len(r.Errors) == 0 {
		t.Error("an empty form was taken")
	}
	w.submits(ana, form, map[string]string{"pulse.us": "5", "pulse.customer": "1", "pulse.word": "no budget"})
	if got := w.pulses(1); len(got) != 1 || got[0] != "UANA lead us=5 customer=1 no budget" {
		t.Errorf("%v", got)
	}
}
