package text

import (
	"testing"
	"time"
)

func TestParseAsOf(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 0, 30, 0, 0, berlin)
	for typed, want := range map[string]string{
		"1 Oct": "2026-10-01 23:59", "1 Dec": "2025-12-01 23:59", "2026-10-31": "2026-10-31 23:59", "yesterday": "2026-11-23 23:59",
		"today": "2026-11-24 00:30", "last month": "2026-10-31 23:59", "Q3": "2026-09-30 23:59", "this quarter": "2026-11-24 00:30",
		"10月31日": "2026-10-31 23:59", "昨天": "2026-11-23 23:59", "上个月": "2026-10-31 23:59", "2025年": "2025-12-31 23:59",
		"2027-01-01": "2027-01-01 00:00", "since 1 Oct": "", "whenever": "", "": "",
	} {
		got := ""
		if at, ok := ParseAsOf(typed, now, berlin); ok {
			got = at.In(berlin).Format("2006-01-02 15:04")
		}
		if got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
}
