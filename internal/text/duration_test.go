package text

import (
	"math"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for _, test := range []struct {
		d           time.Duration
		en, chinese string
	}{
		{0, "0 min", "0 分钟"},
		{10 * time.Second, "under 1 min", "不到 1 分钟"},
		{40 * time.Second, "1 min", "1 分钟"},
		{25 * time.Minute, "25 min", "25 分钟"},
		{59*time.Minute + 50*time.Second, "1 h", "1 小时"},
		{90 * time.Minute, "1 h 30 min", "1 小时 30 分钟"},
		{5 * time.Hour, "5 h", "5 小时"},
		{10*time.Hour + 20*time.Minute, "10 h", "10 小时"},
		{23*time.Hour + 40*time.Minute, "1 day", "1 天"},
		{28 * time.Hour, "1 day 4 h", "1 天 4 小时"},
		{60 * time.Hour, "2 days 12 h", "2 天 12 小时"},
		{71*time.Hour + 40*time.Minute, "3 days", "3 天"},
		{82 * time.Hour, "3 days", "3 天"},
		{12 * day, "12 days", "12 天"},
		{-90 * time.Minute, "-1 h 30 min", "-1 小时 30 分钟"},
		{math.MinInt64, "-106,751 days", "-106,751 天"},
		{math.MaxInt64, "106,751 days", "106,751 天"},
	} {
		if got := english.Duration(test.d); got != test.en {
			t.Errorf("Duration(%v) = %q, want %q", test.d, got, test.en)
		}
		if got := mandarin.Duration(test.d); got != test.chinese {
			t.Errorf("Chinese Duration(%v) = %q, want %q", test.d, got, test.chinese)
		}
	}
}

func TestWorkDuration(t *testing.T) {
	const eight = 8 * time.Hour
	for _, test := range []struct {
		d, workday  time.Duration
		en, chinese string
	}{
		{3 * time.Hour, eight, "3 h", "3 小时"},
		{eight, eight, "1 working day", "1 个工作日"},
		{20 * time.Hour, eight, "2.5 working days", "2.5 个工作日"},
		{20 * time.Hour, 10 * time.Hour, "2 working days", "2 个工作日"},
		{8*time.Hour + 10*time.Minute, eight, "1 working day", "1 个工作日"},
		{16 * time.Hour, 0, "2 working days", "2 个工作日"},
		{-20 * time.Hour, eight, "-2.5 working days", "-2.5 个工作日"},
		{16000 * time.Hour, eight, "2,000 working days", "2,000 个工作日"},
	} {
		if got := english.WorkDuration(test.d, test.workday); got != test.en {
			t.Errorf("WorkDuration(%v, %v) = %q, want %q", test.d, test.workday, got, test.en)
		}
		if got := mandarin.WorkDuration(test.d, test.workday); got != test.chinese {
			t.Errorf("Chinese WorkDuration(%v, %v) = %q, want %q", test.d, test.workday, got, test.chinese)
		}
	}
}

func TestDays(t *testing.T) {
	for _, test := range []struct {
		f           float64
		en, chinese string
	}{
		{9.7, "9.7 days", "9.7 天"}, {9, "9 days", "9 天"}, {0.96, "1 day", "1 天"}, {1.04, "1 day", "1 天"},
		{0, "0 days", "0 天"}, {-0.01, "0 days", "0 天"}, {1234.56, "1,234.6 days", "1,234.6 天"}, {math.NaN(), "–", "–"}, {math.Inf(1), "–", "–"},
	} {
		if got := english.Days(test.f); got != test.en {
			t.Errorf("Days(%v) = %q, want %q", test.f, got, test.en)
		}
		if got := mandarin.Days(test.f); got != test.chinese {
			t.Errorf("Chinese Days(%v) = %q, want %q", test.f, got, test.chinese)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"25m": 25 * time.Minute, "90 min": 90 * time.Minute, "1 minute": time.Minute, "25mins": 25 * time.Minute,
		"1h": time.Hour, "2 hours": 2 * time.Hour, " 1H ": time.Hour, "1hr": time.Hour,
		"1h30": 90 * time.Minute, "1h30m": 90 * time.Minute, "1h 5m": 65 * time.Minute, "1 hour 30 minutes": 90 * time.Minute,
		"1.5h": 90 * time.Minute, "1,5h": 90 * time.Minute, "0.25 h": 15 * time.Minute, "1.33h": 80 * time.Minute, "1:30": 90 * time.Minute,
		"half an hour": 30 * time.Minute, "an hour": time.Hour, "half hour": 30 * time.Minute, "0m": 0,
		"25分钟": 25 * time.Minute, "25 分": 25 * time.Minute, "1小时": time.Hour, "１小时３０分": 90 * time.Minute,
		"半小时": 30 * time.Minute, "半个小时": 30 * time.Minute, "一个半小时": 90 * time.Minute, "两个小时": 2 * time.Hour, "二十五分钟": 25 * time.Minute,
		"1.5小时": 90 * time.Minute, "一小时二十分": 80 * time.Minute,
	} {
		if got, ok := ParseDuration(in); !ok || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "25", "h", "m25", "-5m", "1h75", "1:75", "2d", "99999h", "1.5.5h", "三二分钟", "一小时三二分", "25m call", "half"} {
		if got, ok := ParseDuration(in); ok {
			t.Errorf("ParseDuration(%q) = %v, want none", in, got)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range append(awkward, "1h30", "1.5h", "1小时30分", "half an hour") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := ParseDuration(s)
		if d < 0 || d%time.Minute != 0 || !ok && d != 0 {
			t.Errorf("ParseDuration(%q) = %v, %v", s, d, ok)
		}
	})
}
