package reports

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pipewright/store"
)

// Zones whose clocks do unusual things: half an hour of daylight saving, a day that
// never was, clocks that go back for Ramadan, transitions at midnight, none at all.
var zones = []string{
	"Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "America/New_York", "Asia/Shanghai", "Europe/Berlin",
	"America/Santiago", "Africa/Cairo", "Asia/Tehran", "America/Nuuk", "Asia/Kathmandu", "UTC",
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestSlotsWhereClocksChange(t *testing.T) {
	const layout = "2006-01-02 15:04 -0700"
	tests := []struct {
		name, zone, every string
		weekday           time.Weekday
		hour, minute      int
		after, period, at string
	}{
		{"an ordinary Monday", "Europe/Berlin", "weekly", time.Monday, 9, 0, "2026-11-20 00:00 +0000", "2026-W48", "2026-11-23 09:00 +0100"},
		{"nine o'clock stays nine o'clock", "Europe/Berlin", "weekly", time.Monday, 9, 0, "2026-10-19 07:00 +0000", "2026-W44", "2026-10-26 09:00 +0100"},
		{"skipped: when the clocks change", "Europe/Berlin", "daily", 0, 2, 30, "2026-03-28 20:00 +0000", "2026-03-29", "2026-03-29 03:00 +0200"},
		{"shown twice: the first", "Europe/Berlin", "daily", 0, 2, 30, "2026-10-24 20:00 +0000", "2026-10-25", "2026-10-25 02:30 +0200"},
		{"half an hour", "Australia/Lord_Howe", "daily", 0, 2, 15, "2026-10-03 00:00 +0000", "2026-10-04", "2026-10-04 02:30 +1100"},
		{"half an hour back: the first", "Australia/Lord_Howe", "daily", 0, 1, 45, "2026-04-04 00:00 +0000", "2026-04-05", "2026-04-05 01:45 +1100"},
		{"a Friday that never was", "Pacific/Apia", "weekly", time.Friday, 9, 0, "2011-12-26 00:00 +0000", "2011-W52", "2011-12-31 00:00 +1400"},
		{"a day that never was has no daily digest", "Pacific/Apia", "daily", 0, 9, 0, "2011-12-29 19:00 +0000", "2011-12-31", "2011-12-31 09:00 +1400"},
		{"midnight skipped", "Africa/Cairo", "daily", 0, 0, 0, "2026-04-23 12:00 +0000", "2026-04-24", "2026-04-24 01:00 +0300"},
		{"a month", "America/New_York", "monthly", 0, 8, 0, "2026-11-01 13:00 +0000", "2026-12", "2026-12-01 08:00 -0500"},
		{"the week that ends the year", "Asia/Shanghai", "weekly", time.Friday, 17, 0, "2026-12-29 00:00 +0000", "2026-W53", "2027-01-01 17:00 +0800"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			after, err := time.Parse(layout, test.after)
			if err != nil {
				t.Fatal(err)
			}
			r := Rhythm{Every: test.every, Weekday: test.weekday, Hour: test.hour, Minute: test.minute, Zone: zone(t, test.zone)}
			got := r.Next(after)
			if got.Period != test.period || got.At.Format(layout) != test.at {
				t.Errorf("next is %s at %s, want %s at %s", got.Period, got.At.Format(layout), test.period, test.at)
			}
			if last := r.Latest(got.At); last.Period != got.Period {
				t.Errorf("at its instant the latest is %s", last.Period)
			}
			if last := r.Latest(got.At.Add(-time.Millisecond)); last.Period == got.Period {
				t.Errorf("it is there before its instant")
			}
		})
	}
}

func anyRhythm(t *rapid.T) Rhythm {
	z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return Rhythm{
		Every: rapid.SampledFrom([]string{"daily", "weekly", "monthly"}).Draw(t, "every"), Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")),
		Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Minute: rapid.IntRange(0, 59).Draw(t, "minute"), Zone: z,
	}
}

// Every local period has one slot, at the wanted time where clocks show it.
func TestEveryPeriodHasOneSlot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRhythm(t)
		from := time.UnixMilli(rapid.Int64Range(1_300_000_000_000, 1_800_000_000_000).Draw(t, "from"))
		seen := map[string]bool{}
		s := r.Latest(from)
		for range 60 {
			n := r.Next(s.At)
			if seen[n.Period] || !n.At.After(s.At) {
				t.Fatalf("%s at %v comes again, after %s at %v", n.Period, n.At, s.Period, s.At)
			}
			seen[n.Period] = true
			if !comesNext(r, s, n) {
				t.Fatalf("%s is followed by %s", s.Period, n.Period)
			}
			if back := r.Before(n.At); back != s {
				t.Fatalf("before %s comes %s, not %s", n.Period, back.Period, s.Period)
			}
			checkInstant(t, r, n)
			s = n
		}
	})
}

// checkInstant: a slot is the first instant at which clocks show its time or a later one.
func checkInstant(t *rapid.T, r Rhythm, s Slot) {
	wanted := wallOf(r, s).Add(time.Duration(r.Hour)*time.Hour + time.Duration(r.Minute)*time.Minute)
	shown := func(at time.Time) time.Time {
		at = at.In(r.Zone)
		return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
	}
	if shown(s.At).Before(wanted) {
		t.Fatalf("%s comes at %v, before %v", s.Period, s.At, wanted)
	}
	for back := time.Millisecond; back < 5*time.Hour; back += 5 * time.Minute {
		if earlier := s.At.Add(-back); !shown(earlier).Before(wanted) {
			t.Fatalf("%s comes at %v, but clocks showed %v before", s.Period, s.At, shown(earlier))
		}
	}
}

// wallOf returns the day on which a slot is wanted.
func wallOf(r Rhythm, s Slot) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01"} {
		if day, err := time.Parse(layout, s.Period); err == nil {
			return day
		}
	}
	for i := -3; ; i++ {
		day := civil(s.At.Year(), s.At.Month(), s.At.Day()+i)
		if y, w := day.ISOWeek(); fmt.Sprintf("%04d-W%02d", y, w) == s.Period && day.Weekday() == r.Weekday {
			return day
		}
	}
}

// comesNext reports whether the period n comes right after s: counted in local days.
func comesNext(r Rhythm, s, n Slot) bool {
	switch r.Every {
	case "monthly":
		a, _ := time.Parse("2006-01", s.Period)
		return a.AddDate(0, 1, 0).Format("2006-01") == n.Period
	case "daily":
		a, _ := time.Parse(time.DateOnly, s.Period)
		b := a.AddDate(0, 0, 1)
		if !r.exists(b) {
			b = b.AddDate(0, 0, 1)
		}
		return b.Format(time.DateOnly) == n.Period
	}
	var y1, w1, y2, w2 int
	_, _ = fmt.Sscanf(s.Period, "%d-W%d", &y1, &w1)
	_, _ = fmt.Sscanf(n.Period, "%d-W%d", &y2, &w2)
	return y1 == y2 && w2 == w1+1 || y2 == y1+1 && w2 == 1 && w1 >= 52
}

func TestWhatIsDue(t *testing.T) {
	sub := store.Subscription{Zone: "Europe/Berlin", Every: "weekly", Weekday: time.Monday, Hour: 9}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct {
		name, created, last, now, want string
		paused                         bool
	}{
		{"new, before its first slot", "2026-11-23T08:30:00Z", "", "2026-11-29T00:00:00Z", "", false},
		{"made at the very instant of a slot: the next is the first", "2026-11-23T08:00:00Z", "", "2026-11-23T08:00:00Z", "", false},
		{"its first slot", "2026-11-23T07:59:59Z", "", "2026-11-23T08:00:00Z", "2026-W48", false},
		{"claimed", "2026-11-01T00:00:00Z", "2026-W48", "2026-11-23T08:00:00Z", "", false},
		{"after weeks of downtime only the latest", "2026-09-01T00:00:00Z", "2026-W40", "2026-11-24T08:00:00Z", "2026-W48", false},
		{"a clock that lags behind claims nothing older", "2026-09-01T00:00:00Z", "2026-W48", "2026-11-20T08:00:00Z", "", false},
		{"another rhythm before", "2026-11-01T00:00:00Z", "2026-11-24", "2026-11-30T08:00:00Z", "2026-W49", false},
		{"paused", "2026-09-01T00:00:00Z", "", "2026-11-24T08:00:00Z", "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := sub
			s.Created, s.Paused = at(test.created), test.paused
			slot, ok := due(s, test.last, at(test.now))
			if ok != (test.want != "") || slot.Period != test.want {
				t.Errorf("due: %q, want %q", slot.Period, test.want)
			}
			if when, is := next(s, test.last, at(test.now)); is == test.paused || ok && !when.Equal(slot.At) || is && !ok && !when.After(at(test.now)) {
				t.Errorf("next at %v, %v", when, is)
			}
		})
	}
}
