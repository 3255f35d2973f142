package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// timed gives the policy for quotes one step that product decides, with what time does to it.
func (w *world) timed(expire sales.Days, s sales.Step) {
	w.t.Helper()
	w.policy(func(o *sales.Policy) {
		s.Key, s.Name = "fit", sales.Text{"": "Fit"}
		o.Expire, o.Steps = expire, []sales.Step{s}
	})
}

// Six weeks in which nobody decides: every hour two replicas look at what is due, at the same time,
// and each is started anew each time. Everybody is reminded once a working day in their own hours, the
// step escalates once, and the request expires once.
func TestWeeksOfWaiting(t *testing.T) {
	w := withApprovers(t)
	w.timed(15, sales.Step{Roles: []string{"product"}, Remind: 0.5, Escalate: sales.Escalation{After: 3, To: []string{"executive"}}})
	w.moveTo(rosa, "Asia/Shanghai")
	w.asked(nil) // on Monday at nine
	w.dms()
	reminded, ended, told := map[string][]time.Time{}, 0, map[string]bool{}
	for end := w.now.Add(6 * 7 * 24 * time.Hour); w.now.Before(end); w.now = w.now.Add(time.Hour) {
		failed := make(chan error)
		for range 2 {
			replica := *w.app
			go func() { failed <- replica.Due(context.Background(), w.now) }()
		}
		if err := errors.Join(<-failed, <-failed); err != nil {
			t.Fatal(err)
		}
		for _, s := range w.dms() {
			switch {
			case told[s.key]:
				t.Fatalf("%s was said twice", s.key)
			case strings.HasPrefix(s.key, "remind:"):
				reminded[s.user] = append(reminded[s.user], w.now)
			case strings.HasSuffix(s.key, ":ended"):
				ended++
			}
			told[s.key] = true
		}
	}
	for user, c := range map[string]struct {
		zone, first string
		days        int
	}{
		// 15 working days from Monday on, the first one from 13:30 on, is until Friday in the third week
		raj:  {"Europe/London", "Mon 14:00", 15},
		rosa: {"Asia/Shanghai", "Tue 13:00", 14}, // asked on Monday at 17:00 there
		eva:  {"Europe/Berlin", "Thu 14:00", 12},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		all := reminded[user]
		if len(all) == 0 {
			t.Fatalf("%s is never reminded", user)
		}
		for i, at := range all {
			local := at.In(zone)
			if local.Hour() < 9 || local.Hour() >= 18 || local.Weekday() == time.Saturday || local.Weekday() == time.Sunday {
				t.Errorf("%s is reminded at %s", user, local.Format("Mon 15:04"))
			}
			if i > 0 && all[i-1].In(zone).YearDay() == local.YearDay() {
				t.Errorf("%s is reminded twice on %s", user, local.Format("Mon 02"))
			}
		}
		if len(all) != c.days {
			t.Errorf("%s is reminded on %d days, want %d: %v", user, len(all), c.days, all)
		}
	}
	count := map[sales.EventType]int{}
	w.read(func(ctx context.Context, r *store.Reader) error {
		log, err := r.Events(ctx, 1)
		for _, e := range log {
			count[e.Type]++
		}
		return err
	})
	if count[sales.Escalated] != 1 || count[sales.Lapsed] != 1 || ended != 1 {
		t.Errorf("%v, told the end %d times", count, ended)
	}
	if a := w.approval(1); a.State != sales.Expired {
		t.Errorf("%+v", a)
	}
}

// Nobody is reminded while the rep is asked, but the rep.
func TestQuestionsMoveTheTurn(t *testing.T) {
	w := withApprovers(t)
	w.timed(2, sales.Step{Roles: []string{"product"}})
	w.asked(nil)
	w.dms()
	if r := w.types(raj, "/approval ask acme why so cheap?"); !strings.Contains(r.Text, "It now waits for Ana Silva") {
		t.Fatalf("%s", r.Text)
	}
	for _, sent := range w.live(10 * 24 * time.Hour) {
		if !strings.HasSuffix(sent, ana) {
			t.Errorf("while Ana is asked: %s", sent)
		}
	}
	if a := w.approval(1); a.State != sales.Pending {
		t.Fatalf("%s", a.State)
	}
	if r := w.types(ana, "/approval answer acme they pay in advance"); !strings.Contains(r.Text, "Passed on to Raj Patel") {
		t.Fatalf("%s", r.Text)
	}
	if text := shown(t, w.card("approval:1", raj)); !strings.Contains(text, "they pay in advance") || strings.Contains(text, "Waiting for the rep") {
		t.Fatalf("%s", text)
	}
	if got := w.live(10 * 24 * time.Hour); !slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, raj) }) {
		t.Errorf("the clock does not go on: %v", got)
	}
	if a := w.approval(1); a.State != sales.Expired {
		t.Fatalf("%s", a.State)
	}
}

// A parked deal is left in peace, also beside what people are reminded of; when it rests no more its request comes up.
func TestNobodyIsRemindedOfParkedDeals(t *testing.T) {
	w := withApprovers(t)
	w.timed(30, sales.Step{Roles: []string{"product"}})
	w.asked(nil) // on Monday 23 November
	w.types(ana, "/deal new Bell 7k EUR")
	w.types(ana, "/deal park acme until 7 Dec")
	w.types(ana, "/deal mute")
	w.dms()
	if got := w.live(2 * 24 * time.Hour); len(got) != 0 {
		t.Errorf("while it rests: %v", got)
	}
	w.submits(ana, w.types(ana, "/quote bell"), nil)
	w.dms()
	days := map[string]int{}
	for ; w.now.Before(monday.AddDate(0, 0, 21)); w.now = w.now.Add(time.Hour) {
		for _, s := range w.due() {
			text, rests := shown(t, s.reply), w.now.Before(time.Date(2026, 12, 7, 0, 0, 0, 0, time.UTC))
			if s.user != raj {
				continue
			}
			if strings.Contains(text, "Acme") == rests || !strings.Contains(text, "Bell") {
				t.Errorf("on %s: %s", w.now.Format("Mon 02"), text)
			}
			days[w.now.Format("Jan")]++
		}
	}
	if days["Nov"] == 0 || days["Dec"] < 5 {
		t.Errorf("reminded on %v", days)
	}
}

func TestRefusalsOfQuestions(t *testing.T) {
	w := withApprovers(t)
	w.timed(0, sales.Step{Roles: []string{"product"}})
	w.types(ana, "/deal new Bare")
	w.asked(nil)
	for _, c := range []struct{ user, line, want string }{
		{raj, "/approval ask bare why?", "Nothing of D-1 waits for an approval."},
		{ana, "/approval ask acme why?", "You asked for it: approvers ask you."},
		{leo, "/approval ask acme why?", "is not yours to decide"},
		{ana, "/approval answer acme because", "No question is open."},
		{raj, "/approval ask", "Which deal?"},
	} {
		r := w.types(c.user, c.line)
		if !strings.Contains(r.Text, c.want) {
			t.Errorf("%s: %s\n%s\nwant %s", c.user, c.line, r.Text, c.want)
		}
	}
	if a := w.approval(1); len(a.Questions) != 0 {
		t.Errorf("a refusal asked: %+v", a.Questions)
	}
	form := w.types(raj, "/approval ask acme")
	if r := w.submits(raj, form, map[string]string{"approval.question": "  "}); r.Errors["approval.question"] == "" {
		t.Errorf("an empty question: %+v", r)
	}
}

// Who leaves the workspace is missed at once, and who comes after them gets the card.
func TestWhoLeavesIsMissed(t *testing.T) {
	w := withApprovers(t)
	w.timed(0, sales.Step{Roles: []string{"product"}, Rule: sales.RuleAll})
	w.asked(nil)
	w.due()
	w.press(raj, raj, w.card("approval:1", raj), "Approve")
	w.dms()
	leave := func(gone bool) {
		p := person(rosa, "rosa", "Rosa Diaz", "en-US")
		p.Deleted = gone
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SavePeople(ctx, []store.Person{p}, w.now) })
	}
	leave(true)
	var told []string
	for _, s := range w.due() {
		if strings.Contains(s.key, ":stranded:") {
			told = append(told, s.user)
			if text := shown(t, s.reply); !strings.Contains(text, "can't be decided any more") {
				t.Errorf("%s", text)
			}
		}
	}
	if slices.Sort(told); !slices.Equal(told, []string{ada, ana, maxim}) { // the admin, the requester, her manager
		t.Errorf("told: %v", told)
	}
	if again := w.due(); len(again) != 0 {
		t.Errorf("told again: %v", again)
	}
	if a := w.approval(1); a.State != sales.Pending || a.Steps[0].Stranded == 0 {
		t.Fatalf("%+v", a)
	}
	leave(false)
	w.due()
	if a := w.approval(1); a.Steps[0].Stranded != 0 {
		t.Fatalf("%+v", a)
	}
	w.press(rosa, rosa, w.card("approval:1", rosa), "Approve")
	if a := w.approval(1); a.State != sales.Approved {
		t.Fatalf("%+v", a)
	}
}
