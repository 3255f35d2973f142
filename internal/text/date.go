package text

import (
	"time"
)

// Date writes the day of t for the reader: "24 Nov 2026", "2026年11月24日".
// It is "–" for the zero time, as are all of these.
func (p Printer) Date(t time.Time) string { return p.format(t, "2 Jan 2006") }

// DateShort is Date without the year when that is the year of now.
func (p Printer) DateShort(t, now time.Time) string {
	if t.In(p.Location()).Year() == now.In(p.Location()).Year() {
		return p.format(t, "2 Jan")
	}
	return p.Date(t)
}

// DateTime writes day and time for the reader, without the year: "24 Nov, 15:04".
func (p Printer) DateTime(t time.Time) string { return p.format(t, "2 Jan, 15:04") }

// Time writes the time of day for the reader: "15:04".
func (p Printer) Time(t time.Time) string { return p.format(t, "15:04") }

// Weekday writes the day of the week for the reader: "Tuesday", "星期二".
func (p Printer) Weekday(t time.Time) string {
	if t.IsZero() {
		return none
	}
	return p.T(weekdays[t.In(p.Location()).Weekday()])
}

var weekdays = [...]string{
	Msg("Sunday"), Msg("Monday"), Msg("Tuesday"), Msg("Wednesday"),
	Msg("Thursday"), Msg("Friday"), Msg("Saturday"),
}

// The layouts are messages too: a translation is a layout of time.Format.
var _ = [...]string{Msg("2 Jan 2006"), Msg("2 Jan"), Msg("2 Jan, 15:04"), Msg("15:04")}

func (p Printer) format(t time.Time, layout string) string {
	if t.IsZero() {
		return none
	}
	return t.In(p.Location()).Format(p.T(layout))
}

// Ago writes when t is, as seen from now: "just now", "5 min ago",
// "yesterday", "3 days ago"; "in 3 days", "tomorrow". Days are the reader's
// calendar days.
func (p Printer) Ago(t, now time.Time) string {
	if t.IsZero() {
		return none
	}
	d := now.Sub(t)
	days := p.daysBetween(t, now)
	switch {
	case d.Abs() < time.Minute:
		return p.T("just now")
	case d.Abs() < 6*time.Hour || days == 0:
		return p.hoursAgo(d)
	case days == 1:
		return p.T("yesterday")
	case days == -1:
		return p.T("tomorrow")
	case days > 0:
		return p.T("%s ago", p.longTime(days))
	default:
		return p.T("in %s", p.longTime(-days))
	}
}

func (p Printer) hoursAgo(d time.Duration) string {
	length := p.T("%d min", int(d.Abs()/time.Minute))
	if d.Abs() >= time.Hour {
		length = p.T("%d h", int(d.Abs()/time.Hour))
	}
	if d > 0 {
		return p.T("%s ago", length)
	}
	return p.T("in %s", length)
}

// longTime writes a number of days in days, months or years.
func (p Printer) longTime(days int) string {
	switch {
	case days < 60:
		return p.N(days, "%d day", "%d days")
	case days < 2*365:
		return p.T("%d months", days/30)
	default:
		return p.T("%d years", days/365)
	}
}

// daysBetween counts the reader's midnights from t to now.
func (p Printer) daysBetween(t, now time.Time) int {
	return int(dayNumber(now.In(p.Location())) - dayNumber(t.In(p.Location())))
}

// dayNumber counts days, which are not all 24 hours long.
func dayNumber(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / int64(day/time.Second)
}
