package text

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestDates(t *testing.T) {
	at := time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC) // the 24th in Berlin and Shanghai
	berlin := For("en-GB", zone(t, "Europe/Berlin"))
	shanghai := For("zh-CN", zone(t, "Asia/Shanghai"))
	for _, test := range []struct{ name, got, want string }{
		{"Date", berlin.Date(at), "24 Nov 2026"},
		{"Date", shanghai.Date(at), "2026年11月24日"},
		{"Date", english.Date(at), "23 Nov 2026"},
		{"DateTime", berlin.DateTime(at), "24 Nov, 00:30"},
		{"DateTime", shanghai.DateTime(at), "11月24日 07:30"},
		{"Time", berlin.Time(at), "00:30"},
		{"Time", shanghai.Time(at), "07:30"},
		{"Weekday", berlin.Weekday(at), "Tuesday"},
		{"Weekday", english.Weekday(at), "Monday"},
		{"Weekday", shanghai.Weekday(at), "星期二"},
		{"DateShort", berlin.DateShort(at, at), "24 Nov"},
		{"DateShort", shanghai.DateShort(at, at.AddDate(1, 0, 0)), "2026年11月24日"},
		{"DateShort", shanghai.DateShort(time.Date(2025, 12, 31, 20, 0, 0, 0, time.UTC), at), "1月1日"},
		{"zero Date", berlin.Date(time.Time{}), "–"},
		{"zero DateShort", berlin.DateShort(time.Time{}, at), "–"},
		{"zero DateTime", shanghai.DateTime(time.Time{}), "–"},
		{"zero Time", shanghai.Time(time.Time{}), "–"},
		{"zero Weekday", shanghai.Weekday(time.Time{}), "–"},
		{"zero Ago", shanghai.Ago(time.Time{}, at), "–"},
	} {
		if test.got != test.want {
			t.Errorf("%s = %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		at          time.Time
		en, chinese string
	}{
		{now, "just now", "刚刚"},
		{now.Add(-59 * time.Second), "just now", "刚刚"},
		{now.Add(30 * time.Second), "just now", "刚刚"},
		{now.Add(-5 * time.Minute), "5 min ago", "5 分钟前"},
		{now.Add(5*time.Minute + time.Second), "in 5 min", "5 分钟后"},
		{now.Add(-9 * time.Hour), "9 h ago", "9 小时前"},
		{now.Add(13 * time.Hour), "in 13 h", "13 小时后"},
		{now.Add(-12 * time.Hour), "yesterday", "昨天"},
		{now.Add(-34 * time.Hour), "yesterday", "昨天"},
		{now.Add(15 * time.Hour), "tomorrow", "明天"},
		{now.Add(-35 * time.Hour), "2 days ago", "2 天前"},
		{now.AddDate(0, 0, 3), "in 3 days", "3 天后"},
		{now.AddDate(0, 0, -59), "59 days ago", "59 天前"},
		{now.AddDate(0, 0, -61), "2 months ago", "2 个月前"},
		{now.AddDate(0, 6, 0), "in 6 months", "6 个月后"},
		{now.AddDate(-2, 0, 0), "2 years ago", "2 年前"},
		{now.AddDate(3, 0, 1), "in 3 years", "3 年后"},
	} {
		if got := english.Ago(test.at, now); got != test.en {
			t.Errorf("Ago(%v) = %q, want %q", test.at, got, test.en)
		}
		if got := mandarin.Ago(test.at, now); got != test.chinese {
			t.Errorf("Chinese Ago(%v) = %q, want %q", test.at, got, test.chinese)
		}
	}
}

func TestAgoHasPlurals(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for days := range 1500 {
		if got := english.Ago(now.AddDate(0, 0, -days), now); days > 1 && strings.HasPrefix(got, "1 ") {
			t.Errorf("%d days are %q", days, got)
		}
	}
}

func TestAgoCountsTheReadersMidnights(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	p := For("en", berlin)
	for _, test := range []struct {
		at, now time.Time
		want    string
	}{
		// Two hours over midnight are hours, not "yesterday".
		{time.Date(2026, 11, 23, 23, 0, 0, 0, berlin), time.Date(2026, 11, 24, 1, 0, 0, 0, berlin), "2 h ago"},
		// The day that the clocks change has 23 hours.
		{time.Date(2026, 3, 28, 23, 0, 0, 0, berlin), time.Date(2026, 3, 30, 0, 30, 0, 0, berlin), "2 days ago"},
		{time.Date(2026, 3, 29, 0, 30, 0, 0, berlin), time.Date(2026, 3, 29, 23, 30, 0, 0, berlin), "22 h ago"},
	} {
		if got := p.Ago(test.at, test.now); got != test.want {
			t.Errorf("Ago(%v, %v) = %q, want %q", test.at, test.now, got, test.want)
		}
	}
}
