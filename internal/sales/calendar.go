package sales

import (
	"strings"
	"sync"
	"time"
)

// Calendar says when a team works: target times are working time.
type Calendar struct {
	Zone     string   `yaml:"zone" json:"zone"`                                 // IANA name
	Days     []string `yaml:"days" json:"days"`                                 // mon … sun
	Hours    string   `yaml:"hours" json:"hours"`                               // "09:00-18:00"
	Holidays []string `yaml:"holidays,omitempty" json:"holidays,omitempty"`     // dates, "2026-12-25"
	Extra    []string `yaml:"extra_days,omitempty" json:"extra_days,omitempty"` // worked although the weekday is free
}

// What a calendar means where it says nothing, or nothing that can be read.
var (
	usualDays = []string{"mon", "tue", "wed", "thu", "fri"}
	usualOpen = clock{9, 0}
	usualEnd  = clock{18, 0}
)

const maxAdd Days = 36_500 // keeps a span within a time.Duration

// Location returns the calendar's zone, UTC when it is unknown.
func (c Calendar) Location() *time.Location { return c.compiled().loc }

// Worked returns the working time between two instants; it is negative when to
// is before from.
func (c Calendar) Worked(from, to time.Time) time.Duration {
	k := c.compiled()
	return k.since(to) - k.since(from)
}

// Add returns the instant at which d working days' worth of working hours have
// passed since t. A span that fills a day ends when that day closes; a negative one
// goes back. Add of nothing is t.
func (c Calendar) Add(t time.Time, d Days) time.Time {
	k := c.compiled()
	span := time.Duration(float64(min(max(d, -maxAdd), maxAdd)) * float64(k.length()))
	if span == 0 {
		return t
	}
	return k.at(k.since(t)+span, span > 0).In(t.Location())
}

// DayLength returns the working hours of one working day.
func (c Calendar) DayLength() time.Duration { return c.compiled().length() }

// WorkDays returns how many working days' worth a span of working time is.
func (c Calendar) WorkDays(d time.Duration) Days {
	return Days(float64(d) / float64(c.DayLength()))
}

// IsWorkday reports whether the date of t, in the calendar's zone, is worked.
func (c Calendar) IsWorkday(t time.Time) bool {
	open, end := c.compiled().day(t)
	return open.Before(end)
}

// InHours reports whether t is working time. The instant of closing is not.
func (c Calendar) InHours(t time.Time) bool {
	open, end := c.compiled().day(t)
	return !t.Before(open) && t.Before(end)
}

// NextOpening returns t when it is working time, and otherwise the next instant
// at which work begins.
func (c Calendar) NextOpening(t time.Time) time.Time {
	if c.InHours(t) {
		return t
	}
	k := c.compiled()
	return k.at(k.since(t), false).In(t.Location())
}

// compiledCalendars holds every calendar in use, by its content.
var compiledCalendars sync.Map

func (c Calendar) compiled() *workTime {
	key := c.content()
	if k, ok := compiledCalendars.Load(key); ok {
		return k.(*workTime)
	}
	k, _ := compiledCalendars.LoadOrStore(key, newWorkTime(c))
	return k.(*workTime)
}

func (c Calendar) content() string {
	var b strings.Builder
	b.Grow(64 + 11*(len(c.Holidays)+len(c.Extra)))
	b.WriteString(c.Zone)
	b.WriteByte('|')
	b.WriteString(c.Hours)
	for _, list := range [][]string{c.Days, c.Holidays, c.Extra} {
		b.WriteByte('|')
		for _, s := range list {
			b.WriteString(s)
			b.WriteByte(',')
		}
	}
	return b.String()
}
