package reports

import (
	"time"

	"pipewright/internal/sales"
)

const (
	dayMillis  = 86_400_000
	hourMillis = 3_600_000
	maxHours   = 1_000_000 // over a century, an instant is a mistake of typing
)

// workTable answers most questions about working time without asking the calendar: it
// holds how much was worked before each hour, in UTC, of a stretch of time.
type workTable struct {
	calendar sales.Calendar
	span     span // begins with an hour
	before   []time.Duration
}

// newWorkTable covers a stretch of time of which so many questions will be asked. When they are few,
// or the stretch is too long, the calendar answers them.
func newWorkTable(c sales.Calendar, w span, questions int) *workTable {
	t := &workTable{calendar: c, span: w}
	t.span.from -= (w.from%hourMillis + hourMillis) % hourMillis // to a whole hour, since work mostly begins at one
	hours := (w.to - t.span.from) / hourMillis
	if w.to < w.from || hours > maxHours || int(hours) > questions {
		return t
	}
	t.before = make([]time.Duration, 1, hours+3)
	for at, sum := t.span.from, time.Duration(0); at <= w.to; at += hourMillis {
		sum += c.Worked(instant(at), instant(at+hourMillis))
		t.before = append(t.before, sum)
	}
	return t
}

// worked returns how much was worked during the span.
func (t *workTable) worked(in span) time.Duration {
	if t.before == nil || in.from < t.span.from || in.to > t.span.to {
		return t.calendar.Worked(instant(in.from), instant(in.to))
	}
	return t.until(in.to) - t.until(in.from)
}

// until returns how much was worked from the table's beginning on. Only in an hour of which a part was worked
// is the calendar asked.
func (t *workTable) until(at int64) time.Duration {
	hour := (at - t.span.from) / hourMillis
	begin := t.span.from + hour*hourMillis
	before, whole := t.before[hour], t.before[hour+1]-t.before[hour]
	switch whole {
	case 0:
		return before
	case time.Hour:
		return before + time.Duration(at-begin)*time.Millisecond
	}
	return before + t.calendar.Worked(instant(begin), instant(at))
}
