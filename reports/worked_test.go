package reports

import (
	"pipewright/internal/sales"
	"testing"

	"pgregory.net/rapid"
)

func TestWorkTableIsTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := sales.Calendar{
			Zone:  rapid.SampledFrom([]string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}).Draw(t, "zone"),
			Hours: rapid.SampledFrom([]string{"09:00-17:00", "08:45-18:20", "00:00-24:00"}).Draw(t, "hours of work"), Holidays: []string{"2026-04-03", "2026-05-01"},
		}
		stays := make([]Stay, rapid.IntRange(1, 8).Draw(t, "stays"))
		for i := range stays {
			stays[i].Entered = at(rapid.Float64Range(-40, 60).Draw(t, "day")).UnixMilli()
			stays[i].Left = stays[i].Entered + rapid.Int64Range(0, 30*dayMillis).Draw(t, "length")
		}
		if rapid.IntRange(0, 9).Draw(t, "typo") == 0 {
			stays[0].Entered -= 200 * 366 * dayMillis
		}
		w := span{stays[0].Entered, stays[0].Left}
		for _, s := range stays {
			w = span{min(w.from, s.Entered), max(w.to, s.Left)}
		}
		table := newWorkTable(calendar, w, rapid.IntRange(0, 3000).Draw(t, "questions"))
		for _, s := range stays {
			want := calendar.Worked(instant(s.Entered), instant(s.Left))
			if got := table.worked(span{s.Entered, s.Left}); got != want {
				t.Fatalf("worked from %v to %v: %v, want %v", instant(s.Entered), instant(s.Left), got, want)
			}
		}
	})
}
