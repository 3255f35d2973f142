package reports

import (
	"time"

	"pipewright/internal/sales"
)

const (
	dayMillis    = 86_400_000
	maxWorkTable = 40_000 // days: over a century, an instant is a mistake of typing
)

// workTable answers most questions about working time without asking the calendar: it
// holds how much was worked before each day, in UTC, of a stretch of time.
type workTable struct {
	calendar sales.Calendar
	first    int64 // day since 1970
	before   []time.Duration
}

// newWorkTable covers the time between two instants, unless they lie too far apart.
func newWorkTable(c sales.Calendar, from, to int64) *workTable {
	t := &workTable{calendar: c, first: dayOf(from), before: []time.Duration{0}}
	if to < from || dayOf(to)-t.first > maxWorkTable {
		return &workTable{calendar: c}
	}
	for day := t.first; day <= dayOf(to); day++ {
		sum := t.before[len(t.before)-1]
		t.before = append(t.before, sum+c.Worked(instant(day*dayMillis), instant((day+1)*dayMillis)))
	}
	return t
}

// dayOf returns the day in which the instant lies, also before 1970.
func dayOf(ms int64) int64 {
	day := ms / dayMillis
	if ms < day*dayMillis {
		day--
	}
	return day
}

// longer reports whether more than the limit was worked during a stay that has ended. Only when its
// first and its last day decide is the calendar asked.
func (t *workTable) longer(s *Stay, limit time.Duration) bool {
	if s.Left <= s.Entered {
		return false
	}
	if t.before == nil {
		return longer(t.calendar, s.Entered, s.Left, limit)
	}
	first, last := dayOf(s.Entered)-t.first, dayOf(s.Left)-t.first
	if first < last && t.before[last]-t.before[first+1] > limit {
		return true
	}
	if t.before[last+1]-t.before[first] <= limit {
		return false
	}
	return longer(t.calendar, s.Entered, s.Left, limit)
}
