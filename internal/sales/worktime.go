package sales

import (
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
)

// workTime is a compiled calendar. Which days are worked is the business
// calendar's matter; lengths are looked up in tables, a year each, since that library
// walks from day to day and counts hours from midnight, which is an hour off on the
// day that the clocks change.
type workTime struct {
	loc       *time.Location
	open, end clock
	business  *cal.BusinessCalendar
	years     [lastYear - firstYear + 1]yearTable
}

// Instants outside these years count as their first or last.
const (
	firstYear = 1970
	lastYear  = 2199
)

// yearTable holds, for each day of a year, when work opens and how much was worked
// in the year before that day. Most years are only counted through on the way to another
// one, and never get their days.
type yearTable struct {
	filled, counted sync.Once
	days            []workday
	worked          time.Duration // in the whole year
}

type workday struct {
	open, end time.Time // equal on a free day
	before    time.Duration
}

// clock is a time of day; 24:00 is the end of it.
type clock struct{ hour, minute int }

func (a clock) minutes() int { return 60*a.hour + a.minute }

func newWorkTime(c Calendar) *workTime {
	k := &workTime{loc: time.UTC, open: usualOpen, end: usualEnd, business: cal.NewBusinessCalendar()}
	if loc, err := time.LoadLocation(c.Zone); err == nil {
		k.loc = loc
	}
	if open, end, ok := parseHours(c.Hours); ok {
		k.open, k.end = open, end
	}
	days := parseWeekdays(c.Days)
	extra := dateSet(c.Extra)
	k.business.WorkdayFunc = func(d time.Time) bool {
		return days[d.Weekday()] || extra[d.Format(time.DateOnly)]
	}
	for h := range dateSet(c.Holidays) {
		d, _ := time.Parse(time.DateOnly, h)
		k.business.AddHoliday(&cal.Holiday{
			Month: d.Month(), Day: d.Day(), StartYear: d.Year(), EndYear: d.Year(), Func: cal.CalcDayOfMonth,
		})
	}
	return k
}

// parseHours reads "09:00-18:00". The end must be later than the start.
func parseHours(s string) (open, end clock, ok bool) {
	from, to, found := strings.Cut(s, "-")
	open, ok1 := parseClock(from)
	end, ok2 := parseClock(to)
	return open, end, found && ok1 && ok2 && open.minutes() < end.minutes()
}

func parseClock(s string) (clock, bool) {
	s = strings.TrimSpace(s)
	if s == "24:00" {
		return clock{24, 0}, true
	}
	t, err := time.Parse("15:04", s)
	return clock{t.Hour(), t.Minute()}, err == nil
}

// weekdays are the names of days in a map.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseWeekdays(names []string) (worked [7]bool) {
	any := false
	for _, n := range names {
		if i := slices.Index(weekdays, n); i >= 0 {
			worked[i], any = true, true
		}
	}
	if !any {
		return parseWeekdays(usualDays)
	}
	return worked
}

func dateSet(dates []string) map[string]bool {
	set := make(map[string]bool, len(dates))
	for _, d := range dates {
		if _, err := time.Parse(time.DateOnly, d); err == nil {
			set[d] = true
		}
	}
	return set
}

// length returns the hours of a usual working day.
func (k *workTime) length() time.Duration {
	return time.Duration(k.end.minutes()-k.open.minutes()) * time.Minute
}

// days returns the days of a year.
func (k *workTime) days(y int) []workday {
	t := &k.years[y-firstYear]
	t.filled.Do(func() {
		t.days = slices.AppendSeq(make([]workday, 0, 366), k.walk(y))
	})
	return t.days
}

// worked returns how much is worked in a whole year.
func (k *workTime) worked(y int) time.Duration {
	t := &k.years[y-firstYear]
	t.counted.Do(func() {
		for w := range k.walk(y) {
			t.worked = w.before + w.end.Sub(w.open)
		}
	})
	return t.worked
}

func (k *workTime) walk(y int) iter.Seq[workday] {
	return func(yield func(workday) bool) {
		before := time.Duration(0)
		for d := time.Date(y, 1, 1, 12, 0, 0, 0, time.UTC); d.Year() == y; d = d.AddDate(0, 0, 1) {
			w := workday{open: k.wall(d, k.open), before: before}
			w.end = w.open
			if k.business.IsWorkday(d) {
				w.end = k.wall(d, k.end)
			}
			if before += w.end.Sub(w.open); !yield(w) {
				return
			}
		}
	}
}

// wall returns the first instant of a date that shows the time of day. A time that
// the clocks jump over is the instant of the jump.
func (k *workTime) wall(d time.Time, at clock) time.Time {
	t := time.Date(d.Year(), d.Month(), d.Day(), at.hour, at.minute, 0, 0, k.loc)
	start, end := t.ZoneBounds()
	if t.Hour() != at.hour%24 || t.Minute() != at.minute {
		if !end.IsZero() && end.Sub(t) < 24*time.Hour {
			return end
		}
		return start
	}
	if start.IsZero() {
		return t
	}
	_, now := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	if twin := t.Add(time.Duration(now-before) * time.Second); twin.Before(start) {
		return twin
	}
	return t
}

// place returns the year and day of t in the calendar's zone, within the tables.
func (k *workTime) place(t time.Time) (year, day int) {
	l := t.In(k.loc)
	switch y := l.Year(); {
	case y < firstYear:
		return firstYear, 0
	case y > lastYear:
		return lastYear, len(k.days(lastYear)) - 1
	default:
		return y, l.YearDay() - 1
	}
}

func (k *workTime) day(t time.Time) (open, end time.Time) {
	y, d := k.place(t)
	w := k.days(y)[d]
	return w.open, w.end
}

// since returns the working time from the first year of the tables until t.
func (k *workTime) since(t time.Time) time.Duration {
	y, d := k.place(t)
	w := k.days(y)[d]
	sum := w.before + min(max(t.Sub(w.open), 0), w.end.Sub(w.open))
	for i := epochYear; i < y; i++ {
		sum += k.worked(i)
	}
	for i := y; i < epochYear; i++ {
		sum -= k.worked(i)
	}
	return sum
}

// epochYear is where since counts from: near the dates in use, so that few years
// are ever counted.
const epochYear = 2020

// at is the inverse of since: the first instant by which that much was worked or,
// when closing is false, the last one, which is when work next opens.
func (k *workTime) at(worked time.Duration, closing bool) time.Time {
	reached := func(sum time.Duration) bool {
		if closing {
			return sum >= worked
		}
		return sum > worked
	}
	y, sum := epochYear, time.Duration(0)
	for y < lastYear && !reached(sum+k.worked(y)) {
		sum += k.worked(y)
		y++
	}
	for y > firstYear && reached(sum) {
		y--
		sum -= k.worked(y)
	}
	days := k.days(y)
	i := sort.Search(len(days), func(i int) bool { return reached(sum + days[i].before + days[i].end.Sub(days[i].open)) })
	if i == len(days) {
		i--
		return days[i].end
	}
	return days[i].open.Add(worked - sum - days[i].before)
}
