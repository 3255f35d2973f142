package text

import (
	"strings"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) // a Tuesday
	for in, want := range map[string]string{
		"2026-12-01": "2026-12-01", "2026/12/1": "2026-12-01", "2026.12.1": "2026-12-01", "20261201": "2026-12-01", "2020-02-29": "2020-02-29",
		"1 Dec": "2026-12-01", "1st of December": "2026-12-01", "1. Dec": "2026-12-01", "1 dec 2027": "2027-12-01", "1-Dec-2027": "2027-12-01", "1dec": "2026-12-01",
		"Dec 1": "2026-12-01", "December 1st, 2027": "2027-12-01", "Sept. 3": "2027-09-03", "by Dec 1": "2026-12-01", "on the 3rd": "2026-12-03",
		"24 Nov": "2026-11-24", "23 Nov": "2027-11-23", "29 Feb": "2028-02-29", "30 Feb": "", "31st": "2026-12-31",
		"1.12.": "2026-12-01", "1.12.2027": "2027-12-01", "1.12.27": "2027-12-01", "31.2.": "",
		"12/1": "", "1.12": "", "12-1": "", "25/12": "2026-12-25", "12/25": "2026-12-25", "5/5": "2027-05-05", "12/1/2027": "", "25/12/2027": "2027-12-25",
		"13/13": "", "0/5": "",
		"today": "2026-11-24", "Tomorrow": "2026-11-25", "tmr": "2026-11-25", "day after tomorrow": "2026-11-26", "yesterday": "2026-11-23",
		"monday": "2026-11-30", "tue": "2026-12-01", "wed": "2026-11-25", "Sunday": "2026-11-29", "sat": "2026-11-28", "thurs": "2026-11-26",
		"next fri": "2026-12-04", "next monday": "2026-11-30", "this fri": "2026-11-27", "this tuesday": "2026-11-24", "on friday": "2026-11-27",
		"in 3 days": "2026-11-27", "3 days": "2026-11-27", "in a week": "2026-12-01", "in two weeks": "2026-12-08", "2 weeks from now": "2026-12-08",
		"in 1 month": "2026-12-24", "in 1 year": "2027-11-24", "3 days ago": "2026-11-21", "3d": "2026-11-27", "+2w": "2026-12-08",
		"next week": "2026-11-30", "next month": "2026-12-01", "next quarter": "2027-01-01", "next year": "2027-01-01", "start of next month": "2026-12-01",
		"end of month": "2026-11-30", "end of the month": "2026-11-30", "eom": "2026-11-30", "end of next month": "2026-12-31",
		"end of week": "2026-11-27", "end of quarter": "2026-12-31", "eoy": "2026-12-31", "end of feb": "2027-02-28", "end of november": "2026-11-30", "end of june 2027": "2027-06-30",

		"今天": "2026-11-24", "明天": "2026-11-25", "后天": "2026-11-26", "大后天": "2026-11-27", "昨天": "2026-11-23",
		"周五": "2026-11-27", "星期二": "2026-12-01", "礼拜天": "2026-11-29", "周日": "2026-11-29",
		"下周一": "2026-11-30", "下周日": "2026-12-06", "下个星期五": "2026-12-04", "下下周一": "2026-12-07", "本周五": "2026-11-27", "这周一": "2026-11-23", "上周五": "2026-11-20",
		"12月1日": "2026-12-01", "12 月 1 号": "2026-12-01", "１２月１日": "2026-12-01", "十二月二十五日": "2026-12-25", "2027年1月3日": "2027-01-03", "明年3月1日": "2027-03-01", "今年12月1日": "2026-12-01",
		"2月30日": "", "三二月1日": "",
		"5号": "2026-12-05", "30日": "2026-11-30", "下月5号": "2026-12-05", "下个月31日": "2026-12-31",
		"3天后": "2026-11-27", "三天之后": "2026-11-27", "两周后": "2026-12-08", "2个星期后": "2026-12-08", "一个月后": "2026-12-24", "半个月后": "2026-12-09", "3天前": "2026-11-21", "1年后": "2027-11-24",
		"月底": "2026-11-30", "本月底": "2026-11-30", "下个月底": "2026-12-31", "下月末": "2026-12-31", "年底": "2026-12-31", "明年底": "2027-12-31", "今年年底": "2026-12-31", "季度末": "2026-12-31",
		"下周": "2026-11-30", "下个月": "2026-12-01", "下个月初": "2026-12-01", "下季度": "2027-01-01", "明年": "2027-01-01",

		"": "", "soon": "", "dec": "", "2026": "", "99999999": "", "in 9999 years": "", "monday week": "", "tomorrow!": "", "1 decade": "", "0 Dec": "", "in 99999 days": "",
	} {
		got, ok := ParseDate(in, now, time.UTC)
		if ok != (want != "") || ok && got.Format(time.DateOnly) != want {
			t.Errorf("ParseDate(%q) = %s, %v, want %q", in, got.Format(time.DateOnly), ok, want)
		}
		if ok && !got.Equal(got.Truncate(day)) {
			t.Errorf("ParseDate(%q) = %v is no midnight", in, got)
		}
	}
}

func TestParseDateAtEdges(t *testing.T) {
	date := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, test := range []struct{ now, in, want string }{
		{"2026-01-31", "in 1 month", "2026-02-28"},
		{"2026-01-31", "下个月底", "2026-02-28"},
		{"2028-02-29", "in 1 year", "2029-02-28"},
		{"2026-01-30", "the 31st", "2026-01-31"},
		{"2026-02-10", "31st", "2026-03-31"},
		{"2026-02-27", "end of month", "2026-02-28"},
		{"2026-02-28", "end of month", "2026-02-28"},
		{"2026-11-27", "friday", "2026-12-04"},      // said on a Friday
		{"2026-11-29", "next monday", "2026-11-30"}, // on a Sunday
		{"2026-11-29", "下周一", "2026-11-30"},
		{"2026-11-28", "end of week", "2026-12-04"}, // on a Saturday
		{"2026-12-31", "1 jan", "2027-01-01"},
		{"2026-12-31", "end of quarter", "2026-12-31"},
		{"2026-10-01", "eoq", "2026-12-31"},
		{"2096-03-01", "29 feb", "2104-02-29"}, // 2100 has none
		{"2199-12-31", "tomorrow", ""},
	} {
		got, ok := ParseDate(test.in, date(test.now), nil)
		if ok != (test.want != "") || ok && got.Format(time.DateOnly) != test.want {
			t.Errorf("on %s, ParseDate(%q) = %s, %v, want %q", test.now, test.in, got.Format(time.DateOnly), ok, test.want)
		}
	}
}

func TestParseDateIsLocal(t *testing.T) {
	now := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	shanghai := zone(t, "Asia/Shanghai") // where the 24th has begun
	got, ok := ParseDate("今天", now, shanghai)
	if want := time.Date(2026, 11, 24, 0, 0, 0, 0, shanghai); !ok || !got.Equal(want) {
		t.Errorf("today = %v, want %v", got, want)
	}
	cairo := zone(t, "Africa/Cairo") // where 24 April 2026 begins at one o'clock
	got, ok = ParseDate("2026-04-24", now, cairo)
	if want := time.Date(2026, 4, 24, 1, 0, 0, 0, cairo); !ok || !got.Equal(want) {
		t.Errorf("a day without midnight begins at %v, want %v", got, want)
	}
}

func TestParseDateReadsWhatIsWritten(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for i := range 800 {
		want := now.AddDate(0, 0, i)
		for _, p := range []Printer{english, mandarin} {
			for _, s := range []string{p.Date(want), p.DateShort(want, now)} {
				if got, ok := ParseDate(s, now, nil); !ok || !got.Equal(want) {
					t.Fatalf("ParseDate(%q) = %v, %v, want %v", s, got, ok, want)
				}
			}
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range append(awkward, "2026-12-01", "1 Dec 2027", "12/25", "next fri", "in 3 days", "end of june", "12月1日", "下周一", "三天后", "明年底") {
		f.Add(s, int64(1796137200), "Africa/Cairo")
	}
	f.Fuzz(func(t *testing.T, s string, now int64, name string) {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Skip()
		}
		got, ok := ParseDate(s, time.Unix(now, 0), loc)
		if !ok {
			return
		}
		if got.Year() < 1900 || got.Year() >= 2200 || got.Location() != loc {
			t.Errorf("ParseDate(%q) = %v", s, got)
		}
		if got.Add(-time.Second).Day() == got.Day() {
			t.Errorf("ParseDate(%q) = %v is not when the day begins", s, got)
		}
	})
}

// What ParseDate does not read is told apart: a day that is too far away, one of two days, and no day.
func TestDaysThatAreNotRead(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for in, want := range map[string]struct {
		far    bool
		either string // both days
		like   bool
	}{
		"3026-12-01":     {far: true, like: true},
		"1 Dec 0026":     {far: true, like: true},
		"3026年1月3日":      {far: true, like: true},
		"in 9999 years":  {far: true},
		"12/1":           {either: "2027-01-12 2026-12-01", like: true},
		"1.12.2027":      {like: true},
		"by 12/1/2027":   {either: "2027-01-12 2027-12-01"},
		"5/5":            {like: true},
		"25/12":          {like: true},
		"13/13":          {like: true},
		"2026-12-01":     {like: true},
		"febr 30":        {},
		"30 Feb":         {like: true},
		"september 31st": {like: true},
		"下周八":            {like: true},
		"mail":           {},
		"monitor":        {},
		"":               {},
	} {
		if far := FarDate(in, now, time.UTC); far != want.far {
			t.Errorf("FarDate(%q) = %v", in, far)
		}
		var days []string
		for _, d := range EitherDate(in, now, time.UTC) {
			days = append(days, d.Format(time.DateOnly))
		}
		if got := strings.Join(days, " "); got != want.either {
			t.Errorf("EitherDate(%q) = %q, want %q", in, got, want.either)
		}
		word, _, _ := strings.Cut(in, " ")
		if like := LikeDate(word); like != want.like {
			t.Errorf("LikeDate(%q) = %v", word, like)
		}
	}
}
