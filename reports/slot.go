package reports

import (
	"cmp"
	"fmt"
	"time"

	"pipewright/internal/text"
	"pipewright/store"
)

// Rhythm says when a digest is due: in every local day, ISO week or month once.
// Monthly digests come on the first day of the month.
type Rhythm struct {
	Every        string // daily, weekly or monthly
	Weekday      time.Weekday
	Hour, Minute int
	Zone         *time.Location
}

// RhythmOf returns the rhythm of a subscription; an unknown zone is UTC.
func RhythmOf(s store.Subscription) Rhythm {
	zone := cmp.Or(text.Zone(s.Zone), time.UTC)
	return Rhythm{Every: s.Every, Weekday: s.Weekday, Hour: s.Hour, Minute: s.Minute, Zone: zone}
}

// Slot is one period with the instant at which its digest is due.
type Slot struct {
	Period string // "2026-11-24", "2026-W48" or "2026-11", in the rhythm's zone
	At     time.Time
}

// Latest returns the last slot whose instant has come.
func (r Rhythm) Latest(now time.Time) Slot {
	// The first period looked at is later than the one that now lies in, since instants
	// can be moved by a change of clocks.
	for i := 1; ; i-- {
		if s, ok := r.slot(now, i); ok && !s.At.After(now) {
			return s
		}
	}
}

// Next returns the first slot whose instant is later than t.
func (r Rhythm) Next(t time.Time) Slot {
	for i := -1; ; i++ {
		if s, ok := r.slot(t, i); ok && s.At.After(t) {
			return s
		}
	}
}

// Before returns the slot before the one whose instant is t.
func (r Rhythm) Before(t time.Time) Slot { return r.Latest(t.Add(-time.Millisecond)) }

// slot returns the slot that is i periods after the one that t lies in. A day that
// a zone leaves out, as Samoa did with 30 December 2011, has none.
func (r Rhythm) slot(t time.Time, i int) (Slot, bool) {
	y, m, d := t.In(r.Zone).Date()
	day := civil(y, m, d)
	switch r.Every {
	case "daily":
		day = day.AddDate(0, 0, i)
		at := r.instant(day)
		return Slot{day.Format(time.DateOnly), at}, r.exists(day)
	case "monthly":
		day = civil(y, m+time.Month(i), 1)
		return Slot{day.Format("2006-01"), r.instant(day)}, true
	default:
		monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7+7*i)
		year, week := monday.ISOWeek()
		return Slot{fmt.Sprintf("%04d-W%02d", year, week), r.instant(monday.AddDate(0, 0, (int(r.Weekday)+6)%7))}, true
	}
}

// civil is a day as a midnight in UTC, where all days are 24 hours long.
func civil(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// instant returns when the rhythm's time of day comes on the day.
func (r Rhythm) instant(day time.Time) time.Time {
	return firstAt(day.Add(time.Duration(r.Hour)*time.Hour+time.Duration(r.Minute)*time.Minute), r.Zone)
}

// exists reports whether the zone has the day.
func (r Rhythm) exists(day time.Time) bool {
	y, m, d := firstAt(day, r.Zone).Date()
	return civil(y, m, d).Equal(day)
}

// firstAt returns the first instant at which clocks in the zone show the wall time
// (given as if it were UTC) or a later one: where clocks go back and show it twice, the first; where
// they go forward and skip it, the instant at which they do.
func firstAt(wall time.Time, zone *time.Location) time.Time {
	const farthest = 26 * time.Hour // a zone is at most so far from UTC
	t := wall.Add(-farthest).In(zone)
	for {
		start, end := t.ZoneBounds()
		_, offset := t.Zone()
		found := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		switch {
		case !start.IsZero() && found.Before(start):
			return start.In(zone)
		case end.IsZero() || found.Before(end):
			return found
		}
		t = end.In(zone)
	}
}

// due returns the slot of the subscription that is due now. Of several that were missed it is
// the latest. last is the period that was claimed last, "" when none was.
func due(s store.Subscription, last string, now time.Time) (Slot, bool) {
	if s.Paused {
		return Slot{}, false
	}
	slot := RhythmOf(s).Latest(now)
	if !slot.At.After(s.Created) || !later(slot.Period, last) {
		return Slot{}, false
	}
	return slot, true
}

// later reports whether a period is later than the last one that was claimed. Periods
// of one form sort as text; after a change of the rhythm, those before do not count.
func later(period, last string) bool {
	return len(period) != len(last) || period > last
}

// next returns when the subscription has something due again: the slot that is due
// already, or else the next one.
func next(s store.Subscription, last string, now time.Time) (time.Time, bool) {
	if s.Paused {
		return time.Time{}, false
	}
	if slot, ok := due(s, last, now); ok {
		return slot.At, true
	}
	r := RhythmOf(s)
	slot := r.Next(now)
	if created := r.Next(s.Created); created.At.After(slot.At) {
		slot = created
	}
	return slot.At, true
}
