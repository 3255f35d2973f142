package sales

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	berlin = Calendar{
		Zone: "Europe/Berlin", Days: usualDays, Hours: "09:00-18:00",
		Holidays: []string{"2026-12-25"}, Extra: []string{"2026-12-12"},
	}
	shanghai = Calendar{
		Zone: "Asia/Shanghai", Days: usualDays, Hours: "09:30-18:30",
		Holidays: []string{"2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"},
		Extra:    []string{"2026-09-27", "2026-10-10"}, // 调休
	}
	always = Calendar{Zone: "Europe/Berlin", Days: weekdays, Hours: "00:00-24:00"}
)

// at reads "2026-11-24 09:00" in the calendar's zone.
func (c Calendar) read(t testing.TB, s string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", s, c.Location())
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestWorked(t *testing.T) {
	for _, c := range []struct {
		name     string
		calendar Calendar
		from, to string
		want     time.Duration
	}{
		{"within a day", berlin, "2026-11-24 10:00", "2026-11-24 11:30", 90 * time.Minute},
		{"nothing", berlin, "2026-11-24 10:00", "2026-11-24 10:00", 0},
		{"backwards", berlin, "2026-11-24 11:00", "2026-11-24 10:00", -time.Hour},
		{"before and after hours", berlin, "2026-11-24 06:00", "2026-11-24 23:00", 9 * time.Hour},
		{"overnight", berlin, "2026-11-24 17:00", "2026-11-25 10:00", 2 * time.Hour},
		{"weekend", berlin, "2026-11-27 17:00", "2026-11-30 10:00", 2 * time.Hour},
		{"only weekend", berlin, "2026-11-28 00:00", "2026-11-30 09:00", 0},
		{"holiday", berlin, "2026-12-24 09:00", "2026-12-28 09:00", 9 * time.Hour},
		{"extra day", berlin, "2026-12-11 18:00", "2026-12-14 09:00", 9 * time.Hour},
		{"new year", berlin, "2026-12-31 17:00", "2027-01-01 10:00", 2 * time.Hour},
		{"a week over the change of clocks", berlin, "2026-03-27 09:00", "2026-04-03 09:00", 45 * time.Hour},
		{"the short day", always, "2026-03-29 00:00", "2026-03-30 00:00", 23 * time.Hour},
		{"the long day", always, "2026-10-25 00:00", "2026-10-26 00:00", 25 * time.Hour},
		{"golden week", shanghai, "2026-09-30 18:30", "2026-10-12 09:30", 3 * 9 * time.Hour},
		{"a Sunday that is worked", shanghai, "2026-09-27 00:00", "2026-09-28 00:00", 9 * time.Hour},
		{"no calendar", Calendar{}, "2026-11-24 00:00", "2026-11-25 00:00", 9 * time.Hour},
		{"a broken calendar", Calendar{Zone: "Moon/Base", Days: []string{"x"}, Hours: "18-9"}, "2026-11-24 00:00", "2026-11-25 00:00", 9 * time.Hour},
		{"before its tables", Calendar{}, "0001-01-01 00:00", "1969-12-31 00:00", 0},
		{"beyond its tables", Calendar{}, "2250-01-01 00:00", "2300-01-01 00:00", 0},
	} {
		from, to := c.calendar.read(t, c.from), c.calendar.read(t, c.to)
		if got := c.calendar.Worked(from, to); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if got := c.calendar.Worked(to, from); got != -c.want {
			t.Errorf("%s, backwards: %v, want %v", c.name, got, -c.want)
		}
	}
}

func TestAdd(t *testing.T) {
	for _, c := range []struct {
		name     string
		calendar Calendar
		from     string
		days     Days
		want     string
	}{
		{"a day from the opening", berlin, "2026-11-24 09:00", 1, "2026-11-24 18:00"},
		{"a day from ten", berlin, "2026-11-24 10:00", 1, "2026-11-25 10:00"},
		{"a day from the night", berlin, "2026-11-24 23:00", 1, "2026-11-25 18:00"},
		{"over a weekend", berlin, "2026-11-27 17:00", 1, "2026-11-30 17:00"},
		{"over a holiday", berlin, "2026-12-24 12:00", 1, "2026-12-28 12:00"},
		{"over the change of clocks", berlin, "2026-03-27 12:00", 1, "2026-03-30 12:00"},
		{"hours", berlin, "2026-11-24 16:00", Days(4.0 / 9), "2026-11-25 11:00"},
		{"ten weeks", berlin, "2026-09-01 10:00", 50, "2026-11-10 10:00"},
		{"nothing on a Sunday", berlin, "2026-11-29 10:00", 0, "2026-11-29 10:00"},
		{"back a day", berlin, "2026-11-24 10:00", -1, "2026-11-23 10:00"},
		{"back to an opening", berlin, "2026-11-24 18:00", -1, "2026-11-24 09:00"},
		{"golden week", shanghai, "2026-09-30 10:30", 2, "2026-10-09 10:30"},
		{"years", Calendar{}, "1999-01-04 10:00", 261 * 30, "2029-01-08 10:00"},
	} {
		got := c.calendar.Add(c.calendar.read(t, c.from), c.days)
		if want := c.calendar.read(t, c.want); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
	}
	never := Calendar{Days: []string{"mon"}}
	if got := never.Add(time.Date(2190, 1, 1, 0, 0, 0, 0, time.UTC), 1e6); got.Year() != lastYear {
		t.Errorf("beyond the tables: %v", got)
	}
}

func TestOpenings(t *testing.T) {
	for _, c := range []struct {
		at      string
		workday bool
		open    bool
		next    string
	}{
		{"2026-11-24 08:59", true, false, "2026-11-24 09:00"},
		{"2026-11-24 09:00", true, true, "2026-11-24 09:00"},
		{"2026-11-24 17:59", true, true, "2026-11-24 17:59"},
		{"2026-11-24 18:00", true, false, "2026-11-25 09:00"},
		{"2026-11-28 12:00", false, false, "2026-11-30 09:00"},
		{"2026-12-12 12:00", true, true, "2026-12-12 12:00"},
		{"2026-12-25 12:00", false, false, "2026-12-28 09:00"},
	} {
		at := berlin.read(t, c.at)
		if got := berlin.IsWorkday(at); got != c.workday {
			t.Errorf("%s: IsWorkday %v", c.at, got)
		}
		if got := berlin.InHours(at); got != c.open {
			t.Errorf("%s: InHours %v", c.at, got)
		}
		if got := berlin.NextOpening(at.UTC()); !got.Equal(berlin.read(t, c.next)) {
			t.Errorf("%s: NextOpening %v, want %s", c.at, got, c.next)
		}
	}
	if got := berlin.WorkDays(berlin.DayLength() * 3); got != 3 {
		t.Errorf("WorkDays %v", got)
	}
	if got := (Calendar{}).Location(); got != time.UTC {
		t.Errorf("Location %v", got)
	}
}

// genCalendar draws calendars of many zones, those included whose clocks change at midnight.
func genCalendar(t *rapid.T) Calendar {
	date := rapid.Custom(func(t *rapid.T) string {
		return time.Date(2026, 1, rapid.IntRange(1, 730).Draw(t, "day"), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	})
	return Calendar{
		Zone: rapid.SampledFrom([]string{
			"UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Asia/Kolkata", "Australia/Lord_Howe",
			"Africa/Cairo", "America/Havana", "Asia/Beirut", "America/Santiago", "Pacific/Apia",
		}).Draw(t, "zone"),
		Days:     rapid.SliceOfNDistinct(rapid.SampledFrom(weekdays), 1, 7, rapid.ID[string]).Draw(t, "days"),
		Hours:    rapid.SampledFrom([]string{"09:00-18:00", "08:30-12:00", "00:00-24:00", "13:15-23:45", "06:00-06:30"}).Draw(t, "hours"),
		Holidays: rapid.SliceOfN(date, 0, 20).Draw(t, "holidays"),
		Extra:    rapid.SliceOfN(date, 0, 10).Draw(t, "extra"),
	}
}

// slowWorked walks from minute to minute and asks the clock on the wall.
func slowWorked(c Calendar, from, to time.Time) time.Duration {
	open, end, _ := parseHours(c.Hours)
	var sum time.Duration
	for t := from; t.Before(to); t = t.Add(time.Minute) {
		l := t.In(c.Location())
		date := l.Format(time.DateOnly)
		worked := (slices.Contains(c.Days, weekdays[l.Weekday()]) || slices.Contains(c.Extra, date)) && !slices.Contains(c.Holidays, date)
		if m := l.Hour()*60 + l.Minute(); worked && m >= open.minutes() && m < end.minutes() {
			sum += time.Minute
		}
	}
	return sum
}

func TestWorkedAgreesWithTheWallClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCalendar(t)
		from := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 600*24*60).Draw(t, "from"), 0, 0, time.UTC)
		to := from.Add(time.Duration(rapid.IntRange(0, 30*24*60).Draw(t, "minutes")) * time.Minute)
		if got, want := c.Worked(from, to), slowWorked(c, from, to); got != want {
			t.Fatalf("Worked(%v, %v) = %v, want %v", from.In(c.Location()), to.In(c.Location()), got, want)
		}
	})
}

// Add is the earliest instant by which the span was worked, and going back the
// latest one from which it is.
func TestAddIsTheInverseOfWorked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCalendar(t)
		from := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 600*24*60).Draw(t, "from"), 0, 0, time.UTC)
		span := time.Duration(rapid.IntRange(1, 60*24*60).Draw(t, "minutes")) * time.Minute
		days := Days(float64(span) / float64(c.DayLength()))
		to, back := c.Add(from, days), c.Add(from, -days)
		if got := c.Worked(from, to); got-span > time.Microsecond || span-got > time.Microsecond {
			t.Fatalf("%v + %v = %v, in which %v is worked", from, span, to, got)
		}
		if got := c.Worked(from, to.Add(-time.Second)); got >= span {
			t.Fatalf("%v + %v = %v, but that much is worked a second before", from, span, to)
		}
		if got := c.Worked(back, from); got-span > time.Microsecond || span-got > time.Microsecond {
			t.Fatalf("%v − %v = %v, since when %v is worked", from, span, back, got)
		}
		if got := c.Worked(back.Add(time.Second), from); got >= span {
			t.Fatalf("%v − %v = %v, but that much is worked from a second later", from, span, back)
		}
		if next := c.NextOpening(from); !c.InHours(next) || c.Worked(from, next) != 0 || next.Before(from) {
			t.Fatalf("NextOpening(%v) = %v", from, next)
		}
	})
}

func BenchmarkWorkedTenYears(b *testing.B) {
	c := manyHolidays()
	from, to := c.read(b, "2016-01-01 10:00"), c.read(b, "2026-01-01 10:00")
	b.ReportAllocs()
	for b.Loop() {
		c.Worked(from, to)
	}
}

func BenchmarkAddAYear(b *testing.B) {
	c := manyHolidays()
	from := c.read(b, "2026-01-01 10:00")
	for b.Loop() {
		c.Add(from, 250)
	}
}

func BenchmarkCompileCalendar(b *testing.B) {
	c := manyHolidays()
	from := c.read(b, "2026-01-01 10:00")
	for b.Loop() {
		newWorkTime(c).since(from)
	}
}

func manyHolidays() Calendar {
	c := berlin
	for y := 2016; y <= 2026; y++ {
		for _, d := range strings.Fields("01-01 05-01 10-03 12-25 12-26") {
			c.Holidays = append(c.Holidays, time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006-")+d)
		}
	}
	return c
}
