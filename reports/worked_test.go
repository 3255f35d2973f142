package reports

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWorkTableIsTheCalendar(t *testing.T) {
	calendar := testProcess().Calendar
	calendar.Holidays = []string{"2026-04-03", "2026-05-01"}
	rapid.Check(t, func(t *rapid.T) {
		stays := make([]Stay, rapid.IntRange(1, 8).Draw(t, "stays"))
		for i := range stays {
			stays[i].Entered = at(rapid.Float64Range(-40, 60).Draw(t, "day")).UnixMilli()
			stays[i].Left = stays[i].Entered + rapid.Int64Range(0, 30*dayMillis).Draw(t, "length")
		}
		if rapid.IntRange(0, 9).Draw(t, "typo") == 0 {
			stays[0].Entered -= 200 * 366 * dayMillis
		}
		from, to := stays[0].Entered, stays[0].Left
		for _, s := range stays {
			from, to = min(from, s.Entered), max(to, s.Left)
		}
		table := newWorkTable(calendar, from, to)
		limit := time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour
		for i := range stays {
			want := calendar.Worked(instant(stays[i].Entered), instant(stays[i].Left)) > limit
			if got := table.longer(&stays[i], limit); got != want {
				t.Fatalf("%v to %v longer than %v: %v", instant(stays[i].Entered), instant(stays[i].Left), limit, got)
			}
		}
	})
}
