package text

import (
	"testing"
	"time"
)

func TestParsePeriod(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 0, 30, 0, 0, berlin) // still Monday in UTC
	for _, tt := range []struct{ typed, from, to string }{
		{"today", "2026-11-24", "2026-11-25"},
		{"yesterday", "2026-11-23", "2026-11-24"},
		{"this week", "2026-11-23", "2026-11-30"},
		{"Last Week", "2026-11-16", "2026-11-23"},
		{"this month", "2026-11-01", "2026-12-01"},
		{"last month", "2026-10-01", "2026-11-01"},
		{"last quarter", "2026-07-01", "2026-10-01"},
		{"this quarter", "2026-10-01", "2027-01-01"},
		{"last year", "2025-01-01", "2026-01-01"},
		{"last 30 days", "2026-10-25", ""},
		{"past 2 weeks", "2026-11-10", ""},
		{"the last 6 months", "2026-05-24", ""},
		{"ytd", "2026-01-01", ""},
		{"q3", "2026-07-01", "2026-10-01"},
		{"Q4", "2026-10-01", "2027-01-01"},
		{"q1 2025", "2025-01-01", "2025-04-01"},
		{"2025 q1", "2025-01-01", "2025-04-01"},
		{"2025", "2025-01-01", "2026-01-01"},
		{"2026-10", "2026-10-01", "2026-11-01"},
		{"october", "2026-10-01", "2026-11-01"},
		{"Dec", "2025-12-01", "2026-01-01"},
		{"in may 2024", "2024-05-01", "2024-06-01"},
		{"since 2026-10-01", "2026-10-01", ""},
		{"since 1 Oct", "2026-10-01", ""},
		{"since 1 Dec", "2025-12-01", ""},
		{"since monday", "2026-11-23", ""},
		{"from 1 Oct to 31 Oct", "2026-10-01", "2026-11-01"},
		{"1 oct until 15 nov", "2026-10-01", "2026-11-16"},
		{"until 31 Oct", "", "2026-11-01"},
		{"before 1 nov", "", "2026-11-01"},
		{"本周", "2026-11-23", "2026-11-30"},
		{"上周", "2026-11-16", "2026-11-23"},
		{"本月", "2026-11-01", "2026-12-01"},
		{"上个月", "2026-10-01", "2026-11-01"},
		{"上季度", "2026-07-01", "2026-10-01"},
		{"本 季度", "2026-10-01", "2027-01-01"},
		{"今年", "2026-01-01", "2027-01-01"},
		{"去年", "2025-01-01", "2026-01-01"},
		{"今年以来", "2026-01-01", ""},
		{"最近30天", "2026-10-25", ""},
		{"近三个月", "2026-08-24", ""},
		{"第三季度", "2026-07-01", "2026-10-01"},
		{"2025年一季度", "2025-01-01", "2025-04-01"},
		{"2026年10月", "2026-10-01", "2026-11-01"},
		{"十月", "2026-10-01", "2026-11-01"},
		{"2025年", "2025-01-01", "2026-01-01"},
		{"10月1日以来", "2026-10-01", ""},
		{"自 2026-10-01 起", "2026-10-01", ""},
		{"从10月1日到10月31日", "2026-10-01", "2026-11-01"},
		{"到10月31日", "", "2026-11-01"},
		{"11月1日之前", "", "2026-11-01"},
	} {
		got, ok := ParsePeriod(tt.typed, now, berlin)
		if !ok {
			t.Errorf("%q was not read", tt.typed)
			continue
		}
		day := func(x time.Time) string {
			if x.IsZero() {
				return ""
			}
			if x.Location() != berlin || x.Hour() != 0 {
				t.Errorf("%q: %s is no midnight in Berlin", tt.typed, x)
			}
			return x.Format(time.DateOnly)
		}
		if from, to := day(got.From), day(got.To); from != tt.from || to != tt.to {
			t.Errorf("%q: %s to %s, want %s to %s", tt.typed, from, to, tt.from, tt.to)
		}
	}
	for _, typed := range []string{"", "ana", "north", "last", "q5", "13月", "since", "since never", "from x to y", "next quarter", "99", "last 0 days", "@ana", "mayor"} {
		if got, ok := ParsePeriod(typed, now, berlin); ok {
			t.Errorf("%q was read as %v", typed, got)
		}
	}
}
