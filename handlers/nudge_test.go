package handlers

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
	"pipewright/store/pgtest"
)

// sent is a message that was enqueued for a person.
type sent struct {
	key, user string
	reply     Reply
}

// dms takes the direct messages out of the outbox.
func (w *world) dms() []sent {
	w.t.Helper()
	var out []sent
	for {
		rows, err := w.app.Store.Lease(context.Background(), 100, time.Minute)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(rows) == 0 {
			return out
		}
		for _, o := range rows {
			if o.Kind == "post" {
				m, err := drawnPost(w.t, w.app, o.Body)
				if err != nil {
					w.t.Fatal(err)
				}
				out = append(out, sent{o.Key, o.Channel, Reply{Text: m.Text, Blocks: m.Blocks}})
			}
			w.n++
			if err := w.app.Store.Delivered(context.Background(), o, o.Channel, fmt.Sprintf("%d.0", w.n), ""); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func (w *world) due() []sent {
	w.t.Helper()
	if err := w.app.Due(context.Background(), w.now); err != nil {
		w.t.Fatal(err)
	}
	return w.dms()
}

// live lets time pass as the clock of the playground does, stopping where something
// is due, and returns when who was written to.
func (w *world) live(d time.Duration) []string {
	w.t.Helper()
	ctx, end := context.Background(), w.now.Add(d)
	var out []string
	for steps := 0; ; steps++ {
		if steps > 1000 {
			w.t.Fatal("time does not go on")
		}
		at, err := w.app.NextDue(ctx, w.now)
		if err != nil {
			w.t.Fatal(err)
		}
		if !at.After(w.now) && !at.IsZero() {
			at = w.now.Add(time.Minute)
		}
		if at.IsZero() || at.After(end) {
			w.now = end
			return out
		}
		w.now = at
		for _, s := range w.due() {
			out = append(out, w.now.Format("Mon 02 15:04")+" "+s.user)
		}
	}
}

func (w *world) moveTo(user, zone string) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.Person(ctx, user)
		p.TZ = zone
		if err != nil {
			return err
		}
		return tx.SavePeople(ctx, []store.Person{p}, w.now)
	})
}

func (w *world) settings(user string, change func(s *store.Settings)) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ChangeSettings(ctx, user, change)
		return err
	})
}

// TestNudgesOverWeeks follows one deal that nobody works on: its target (2 days) and then
// its silence (5 days) are news; after that it is said again every five working days.
func TestNudgesOverWeeks(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme")
	w.dms()
	got := w.live(35 * 24 * time.Hour)
	want := []string{
		"Thu 26 09:00 UANA",                                           // three working days old: over its target of two
		"Tue 01 09:00 UANA",                                           // quiet for more than five
		"Tue 08 09:00 UANA", "Tue 15 09:00 UANA", "Tue 22 09:00 UANA", // the same again, every five
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, s := range got {
		if day := s[:3]; day == "Sat" || day == "Sun" {
			t.Errorf("a nudge at the weekend: %s", s)
		}
		if !strings.Contains(s, "09:00") {
			t.Errorf("a nudge at another time than the opening: %s", s)
		}
	}
}

func TestNudgeOnlyForNews(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme")
	w.types(ana, "/deal next acme call them by 24 Nov")
	w.dms()
	w.now = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	if got := w.due(); len(got) != 1 || !strings.Contains(got[0].reply.Text, "1 deal needs you") {
		t.Fatalf("the next step has passed: %+v", got)
	}
	if got := w.due(); len(got) != 0 {
		t.Fatalf("said twice on one day: %+v", got)
	}
	w.now = w.now.Add(24 * time.Hour)
	w.types(ana, "/log call acme")
	w.types(ana, "/deal set acme close 26 Nov")
	w.dms()
	if got := w.due(); len(got) != 1 {
		t.Fatalf("the target is news: %+v", got)
	}
	w.now = w.now.Add(24 * time.Hour)
	if got := w.due(); len(got) != 1 || !strings.Contains(shown(t, got[0].reply), "close date was 26 Nov") {
		t.Fatalf("the close date is news: %+v", got)
	}
	w.types(ana, "/deal next acme call again by 27 Nov")
	w.dms()
	w.now = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	if got := w.due(); len(got) != 1 || !strings.Contains(shown(t, got[0].reply), "next step was due on 27 Nov") {
		t.Fatalf("another next step has passed: %+v", got)
	}
}

func TestNudgeInEveryZone(t *testing.T) {
	for zone, want := range map[string]string{
		"Asia/Shanghai": "2026-11-27 01:00", "America/Los_Angeles": "2026-11-26 17:00", "Europe/Berlin": "2026-11-26 08:00", "Asia/Kolkata": "2026-11-26 03:30",
		"Pacific/Auckland": "2026-11-26 20:00", "UTC": "2026-11-26 09:00",
	} {
		w := newWorld(t)
		w.moveTo(ana, zone)
		w.types(ana, "/deal new Acme")
		w.dms()
		opening, err := time.Parse("2006-01-02 15:04", want)
		if err != nil {
			t.Fatal(err)
		}
		at, err := w.app.nextNudge(context.Background(), opening.Add(-time.Hour))
		if err != nil || !at.Equal(opening) {
			t.Errorf("%s: next at %s, %v, want %s", zone, at.UTC(), err, opening)
		}
		for _, x := range []struct {
			at   time.Time
			sent int
		}{{opening.Add(-time.Minute), 0}, {opening, 1}, {opening.Add(time.Hour), 0}} {
			w.now = x.at
			if got := w.due(); len(got) != x.sent {
				t.Errorf("%s at %s: %d messages, want %d", zone, x.at.Format("15:04"), len(got), x.sent)
			}
		}
	}
}

// TestNudgeAfterDowntime: later on the day within working hours, and not at night.
func TestNudgeAfterDowntime(t *testing.T) {
	for hour, want := range map[int]int{8: 0, 9: 1, 13: 1, 17: 1, 18: 0, 23: 0} {
		w := newWorld(t)
		w.types(ana, "/deal new Acme")
		w.dms()
		w.now = time.Date(2026, 11, 30, hour, 0, 0, 0, time.UTC)
		if got := w.due(); len(got) != want {
			t.Errorf("at %d:00: %d messages, want %d", hour, len(got), want)
		}
	}
	w := newWorld(t)
	w.types(ana, "/deal new Acme")
	w.dms()
	w.now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) // a Saturday
	if got := w.due(); len(got) != 0 {
		t.Errorf("on Saturday: %+v", got)
	}
}

func TestNudgeKeepsHolidays(t *testing.T) {
	w := newWorld(t)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.Process(ctx, "")
		if err != nil {
			return err
		}
		next := *p
		next.Calendar.Holidays = []string{"2026-11-30"}
		next.Calendar.Hours = "08:30-17:00"
		return tx.SaveProcess(ctx, &next, ada, "holiday", monday)
	})
	w.types(ana, "/deal new Acme")
	w.dms()
	w.now = time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	if got := w.due(); len(got) != 0 {
		t.Errorf("on a holiday: %+v", got)
	}
	if got := w.live(24 * time.Hour); !slices.Equal(got, []string{"Tue 01 08:30 UANA"}) {
		t.Errorf("after the holiday: %v", got)
	}
}

func TestParkedDealsAreLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme")
	w.types(ana, "/deal park acme until 11 Dec because of the fair")
	w.dms()
	if got := w.live(17 * 24 * time.Hour); len(got) != 0 {
		t.Fatalf("nudged while parked: %v", got)
	}
	w.now = time.Date(2026, 12, 11, 9, 0, 0, 0, time.UTC)
	first := w.due()
	if len(first) != 1 || !strings.Contains(shown(t, first[0].reply), "It was parked until 11 Dec") || !hasButton(t, first[0].reply, "Resume") {
		t.Fatalf("the end of the rest is not said: %+v", first)
	}
	w.now = w.now.Add(7 * 24 * time.Hour)
	if again := w.due(); len(again) != 1 || strings.Contains(shown(t, again[0].reply), "It was parked") {
		t.Fatalf("said again: %+v", again)
	}
}

func TestSnoozeAndMute(t *testing.T) {
	w := newWorld(t)
	w.stale(ana, "Acme")
	first := w.due()
	if len(first) != 1 {
		t.Fatalf("%+v", first)
	}
	press := func(label string) Reply { return w.press(ana, "D1", first[0].reply, label) }
	if r := press("Remind me tomorrow"); !strings.Contains(r.Text, "Tuesday, 15 Dec, 09:00") {
		t.Errorf("snoozed until: %s", r.Text)
	}
	if got := w.live(23 * time.Hour); len(got) != 0 {
		t.Errorf("while snoozed: %v", got)
	}
	if got := w.live(2 * time.Hour); !slices.Equal(got, []string{"Tue 15 09:00 UANA"}) {
		t.Errorf("after the snooze: %v", got)
	}
	if r := press("Remind me next week"); !strings.Contains(r.Text, "Monday, 21 Dec, 09:00") {
		t.Errorf("snoozed until: %s", r.Text)
	}
	w.types(ana, "/deal new Second")
	w.dms()
	if got := w.live(10 * 24 * time.Hour); len(got) == 0 || got[0] != "Mon 21 09:00 UANA" {
		t.Errorf("after a week's snooze: %v", got)
	}
	muted := press("No more reminders")
	if got := w.live(20 * 24 * time.Hour); len(got) != 0 {
		t.Errorf("while muted: %v", got)
	}
	w.press(ana, "D1", muted, "Remind me again")
	if got := w.live(4 * 24 * time.Hour); len(got) == 0 {
		t.Error("nothing after unmuting")
	}
	w.types(ana, "/deal mute")
	if got := w.live(20 * 24 * time.Hour); len(got) != 0 {
		t.Errorf("while muted by a command: %v", got)
	}
	if r := w.mentions(ana, "C1", "", "unmute"); !strings.Contains(r.Text, "I remind you") {
		t.Errorf("@pipewright unmute: %s", r.Text)
	}
}

func TestDailySummary(t *testing.T) {
	w := withApprovers(t)
	w.policy(func(o *sales.Policy) { // nothing but the days goes by
		o.Expire, o.Steps = 0, slices.Clone(o.Steps)
		for i := range o.Steps {
			o.Steps[i].Escalate = sales.Escalation{}
		}
	})
	w.types(ana, "/deal new Acme 10k EUR")
	w.types(ana, "/deal next acme send the offer by 30 Nov")
	w.types(ana, "/deal new Fresh")
	w.submits(ana, w.types(ana, "/quote acme"), map[string]string{"approval.amount": "11k"})
	w.dms()
	for _, u := range []string{ana, raj, leo} {
		w.settings(u, func(s *store.Settings) { s.Daily = true })
	}
	w.now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	var out strings.Builder
	for _, s := range w.due() {
		out.WriteString("> " + s.key + "\n" + shown(t, s.reply) + "\n")
	}
	w.now = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	for _, s := range w.due() {
		out.WriteString("> " + s.key + "\n" + shown(t, s.reply) + "\n")
	}
	golden(t, "daily_en", out.String())
	if got := w.live(7 * 24 * time.Hour); len(got) != 3*5 { // Rosa has no summary, and is reminded
		t.Errorf("one message a working day for those who have something: %v", got)
	}
}

func TestNudgeText(t *testing.T) {
	for _, tt := range []struct{ name, user string }{{"nudge_en", ana}, {"nudge_zh", li}} {
		w := newWorld(t)
		for i := range 12 {
			w.types(tt.user, fmt.Sprintf("/deal new Deal %d %dk EUR for Customer %d", i, i+1, i))
		}
		w.types(tt.user, "/deal next D-1 send the draft by 27 Nov")
		w.types(tt.user, "/deal set D-1 close 27 Nov")
		w.types(tt.user, "/log call D-2")
		w.now = w.now.Add(7 * 24 * time.Hour)
		w.dms()
		got := w.due()
		if len(got) != 1 {
			t.Fatalf("%d messages", len(got))
		}
		checkView(t, got[0].reply.Blocks, 50, 100_000)
		golden(t, tt.name, got[0].reply.Text+"\n\n"+shown(t, got[0].reply))
	}
}

// TestReplicasNudgeOnce runs two programs on one database, again and again at once:
// on SQLite two in one process, on PostgreSQL with connections of their own.
func TestReplicasNudgeOnce(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			url := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
			if kind == "postgres" {
				url = pgtest.Start(t)
			}
			w := worldOn(t, url)
			second := *w.app
			if kind == "postgres" {
				second.Store = openStore(t, url)
			}
			w.stale(ana, "Acme")
			w.types(ben, "/deal new Other")
			w.dms()
			total := 0
			for day := range 14 {
				var running sync.WaitGroup
				for _, app := range []*App{w.app, &second} {
					for range 3 {
						running.Go(func() {
							if err := app.Due(context.Background(), w.now); err != nil {
								t.Error(err)
							}
						})
					}
				}
				running.Wait()
				count := map[string]int{}
				for _, s := range w.dms() {
					count[s.user]++
					total++
				}
				for user, n := range count {
					if n != 1 {
						t.Errorf("day %d: %d messages for %s", day, n, user)
					}
				}
				w.now = w.now.Add(24 * time.Hour)
			}
			if total < 4 {
				t.Errorf("only %d messages: the test shows nothing", total)
			}
		})
	}
}

func TestWhoIsNotNudged(t *testing.T) {
	w := newWorld(t)
	w.stale(ana, "Acme")
	w.write(func(ctx context.Context, tx *store.Tx) error {
		gone := person(ana, "ana", "Ana Silva", "en-US")
		gone.Deleted = true
		return tx.SavePeople(ctx, []store.Person{gone}, w.now)
	})
	if got := w.due(); len(got) != 0 {
		t.Errorf("somebody who left was written to: %+v", got)
	}
	if at, err := w.app.nextNudge(context.Background(), w.now); err != nil || !at.IsZero() {
		t.Errorf("something is due for nobody: %s, %v", at, err)
	}
}

func TestNudgeButtonsDoTheNextThing(t *testing.T) {
	w := newWorld(t)
	w.stale(ana, "Acme")
	w.types(ana, "/log call acme")
	w.dms()
	nudge := w.due()[0].reply
	if r := w.press(ana, "D1", nudge, "On to Discovery"); w.deal(1).Stage != "discovery" {
		t.Errorf("the deal did not move: %s", r.Text)
	}
	var stages []string
	for _, e := range w.log(1) {
		if e.Type == sales.Moved {
			stages = append(stages, e.Data.To)
		}
	}
	if diff := cmp.Diff([]string{"discovery"}, stages); diff != "" {
		t.Error(diff)
	}
}
