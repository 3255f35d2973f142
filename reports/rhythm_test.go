package reports

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pipewright/internal/sales"
	"pipewright/store"
)

func TestParseRhythm(t *testing.T) {
	tests := map[string]string{ // what is typed: what is read, said again; "!" and the code of a refusal
		"weekly mon 09:00":                      "every Monday at 09:00 (Europe/Berlin)",
		"":                                      "every Monday at 09:00 (Europe/Berlin)",
		"Weekly":                                "every Monday at 09:00 (Europe/Berlin)",
		"fri":                                   "every Friday at 09:00 (Europe/Berlin)",
		"every thursday at 5pm":                 "every Thursday at 17:00 (Europe/Berlin)",
		"on Tuesdays, 8:05 am":                  "every Tuesday at 08:05 (Europe/Berlin)",
		"weekly wed 14:30 in America/New_York":  "every Wednesday at 14:30 (America/New_York)",
		"weekly wed 14:30 in america/new york":  "every Wednesday at 14:30 (America/New_York)",
		"weekly sun 7 Asia/Shanghai":            "every Sunday at 07:00 (Asia/Shanghai)",
		"daily 8:30 in utc":                     "every day at 08:30 (UTC)",
		"every day at 12am":                     "every day at 00:00 (Europe/Berlin)",
		"monthly 10:00":                         "on the first of every month at 10:00 (Europe/Berlin)",
		"每周 周一 9点":                              "every Monday at 09:00 (Europe/Berlin)",
		"每周一上午9点半":                              "every Monday at 09:30 (Europe/Berlin)",
		"每周日 下午3点15分":                           "every Sunday at 15:15 (Europe/Berlin)",
		"每天 ８：３０":                               "every day at 08:30 (Europe/Berlin)",
		"每天早上8点 在 Asia/Shanghai":                "every day at 08:00 (Asia/Shanghai)",
		"每月 18点":                                "on the first of every month at 18:00 (Europe/Berlin)",
		"每个星期五 晚上11点":                           "every Friday at 23:00 (Europe/Berlin)",
		"weekly mon tue":                        "!rhythm.unreadable tue",
		"weekly moonday":                        "!rhythm.unreadable moonday",
		"weekly mon 25:00":                      "!rhythm.unreadable 25:00",
		"weekly mon 9:75":                       "!rhythm.unreadable 9:75",
		"daily mon":                             "!rhythm.unreadable daily mon",
		"weekly daily":                          "!rhythm.unreadable daily",
		"weekly mon 09:00 in Europe/Bedlam":     "!rhythm.zone Europe/Bedlam",
		"weekly mon 09:00 in Local":             "!rhythm.zone Local",
		"weekly mon 09:00 in ../../etc/passwd":  "!rhythm.zone ../../etc/passwd",
		"weekly mon 9:00 please":                "!rhythm.unreadable please",
		"monthly 9点钟":                           "!rhythm.unreadable 钟",
		"weekly mon 09:00 in Europe/Berlin now": "!rhythm.zone Europe/Berlin now",
	}
	for typed, want := range tests {
		t.Run(typed, func(t *testing.T) {
			r, err := ParseRhythm(strings.Fields(typed), berlin)
			got := ""
			if err == nil {
				got = r.Words(english)
			}
			var e *sales.Error
			if errors.As(err, &e) {
				got = strings.TrimSpace("!" + e.Code + " " + fact(e, "word") + fact(e, "zone"))
				if _, known := Explain(english, e); !known {
					t.Errorf("no words for %v", e)
				}
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestRhythmSurvivesTheSubscription(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRhythm(t)
		var s store.Subscription
		r.Set(&s)
		if back := RhythmOf(s); back.Words(english) != r.Words(english) || back.Zone.String() != r.Zone.String() {
			t.Fatalf("%v became %v", r, back)
		}
	})
}

func FuzzParseRhythm(f *testing.F) {
	for _, s := range []string{"weekly mon 09:00 in Europe/Berlin", "每周一上午9点半", "daily 12pm"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRhythm(strings.Fields(s), time.UTC)
		if err == nil && (r.Hour > 23 || r.Minute > 59 || r.Hour < 0 || r.Zone == nil || r.Weekday < 0 || r.Weekday > 6) {
			t.Errorf("%q gives %+v", s, r)
		}
	})
}
