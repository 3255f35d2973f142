package reports

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// ParseRhythm reads when a digest is wanted: "weekly mon 09:00", "daily 8:30 in
// Asia/Shanghai", "monthly", "every friday at 5pm", "每周 周一 9点", "每天上午8点半". What is left out is weekly,
// Monday, 09:00, in the zone of whoever asks. It refuses with Invalid "rhythm.unreadable" with
// the word, or "rhythm.zone" with the zone.
func ParseRhythm(words []string, zone *time.Location) (Rhythm, error) {
	r := Rhythm{Weekday: time.Monday, Hour: 9, Zone: zone}
	words, err := r.cutZone(words)
	if err != nil {
		return Rhythm{}, err
	}
	all := strings.ToLower(width.Narrow.String(strings.Join(words, " ")))
	said := map[string]bool{}
	for s := gap(all); s != ""; {
		n := r.take(s, said)
		if n == 0 {
			return Rhythm{}, sales.Refuse(sales.Invalid, "rhythm.unreadable", "word", strings.Fields(s)[0])
		}
		s = gap(s[n:])
	}
	if r.Every == "" {
		r.Every = "weekly"
	}
	if said["weekday"] && r.Every != "weekly" {
		return Rhythm{}, sales.Refuse(sales.Invalid, "rhythm.unreadable", "word", all)
	}
	return r, nil
}

// gap drops what stands between two words.
func gap(s string) string { return strings.TrimLeft(s, " ,，、") }

// cutZone reads the zone at the end, with or without "in", and returns the words before it.
func (r *Rhythm) cutZone(words []string) ([]string, error) {
	i := slices.IndexFunc(words, func(w string) bool {
		return slices.Contains([]string{"in", "zone", "时区", "在"}, strings.ToLower(w))
	})
	end := i
	if i < 0 {
		i = slices.IndexFunc(words, func(w string) bool { return strings.Contains(w, "/") || strings.EqualFold(w, "utc") })
		end, i = i, i-1
	}
	if end < 0 || i+1 >= len(words) {
		return words, nil
	}
	zone, err := loadZone(strings.Join(words[i+1:], "_"))
	if err != nil {
		return nil, sales.Refuse(sales.Invalid, "rhythm.zone", "zone", strings.Join(words[i+1:], " "))
	}
	r.Zone = zone
	return words[:end], nil
}

// loadZone finds a zone by its name, written in any case. "Local" would be the server's.
func loadZone(name string) (*time.Location, error) {
	if strings.EqualFold(name, "utc") {
		return time.UTC, nil
	}
	parts := strings.Split(strings.ToLower(name), "/")
	if len(parts) < 2 {
		return nil, fmt.Errorf("no zone %q", name)
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone, nil
	}
	for i, part := range parts {
		words := strings.Split(part, "_")
		for j, w := range words {
			if w != "" && w != "of" && w != "es" {
				words[j] = strings.ToUpper(w[:1]) + w[1:]
			}
		}
		parts[i] = strings.Join(words, "_")
	}
	return time.LoadLocation(strings.Join(parts, "/"))
}

var everyWords = map[string]string{
	"daily": "daily", "every day": "daily", "day": "daily", "每天": "daily", "每日": "daily",
	"weekly": "weekly", "every week": "weekly", "week": "weekly", "每周": "weekly", "每星期": "weekly", "每个星期": "weekly",
	"monthly": "monthly", "every month": "monthly", "month": "monthly", "每月": "monthly", "每个月": "monthly",
}

var (
	fillers  = regexp.MustCompile(`^(?:every|each|on|at|的|在)(?:\s|$)|^[的在]`)
	weekdays = regexp.MustCompile(`^(?:(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday|s|rs|r)?s?\b|每?个?(?:周|星期|礼拜)([一二三四五六日天]))`)
	clockEN  = regexp.MustCompile(`^(\d{1,2})(?::([0-5]\d))?\s*(am|pm)?(?:$|\s)`)
	clockZH  = regexp.MustCompile(`^(早上|上午|中午|下午|晚上)?(\d{1,2})(?:[:：]([0-5]\d)|[点時时](?:(半)|(\d{1,2})分?|整)?)`)
)

// take reads one thing at the start of s and returns how long it was; 0 when it is
// none, or one that was said before.
func (r *Rhythm) take(s string, said map[string]bool) int {
	once := func(what string, n int) int {
		if said[what] {
			return 0
		}
		said[what] = true
		return n
	}
	if m := weekdays.FindStringSubmatch(s); m != nil {
		r.Weekday = weekdayOf(m[1] + m[2])
		if strings.HasPrefix(s, "每") && r.Every == "" {
			r.Every, said["every"] = "weekly", true
		}
		return once("weekday", len(m[0]))
	}
	for _, w := range longestFirst(everyWords) {
		if strings.HasPrefix(s, w) {
			r.Every = everyWords[w]
			return once("every", len(w))
		}
	}
	if m := fillers.FindString(s); m != "" {
		return len(m)
	}
	for _, form := range []*regexp.Regexp{clockEN, clockZH} {
		if m := form.FindStringSubmatch(s); m != nil && r.clock(m) {
			return once("time", len(m[0]))
		}
	}
	return 0
}

func weekdayOf(word string) time.Weekday {
	if i := strings.Index("sunmontuewedthufrisat", word); len(word) == 3 && i >= 0 && word[0] < 'z' {
		return time.Weekday(i / 3)
	}
	return time.Weekday(slices.Index([]string{"日", "一", "二", "三", "四", "五", "六"}, strings.ReplaceAll(word, "天", "日")))
}

// clock reads the groups of clockEN (hour, minute, half of the day) or clockZH
// (part of the day, hour, minute, half past, minutes).
func (r *Rhythm) clock(m []string) bool {
	part, hour, minute := m[3:4], m[1], m[2]
	if len(m) == 6 {
		part, hour, minute = m[1:2], m[2], m[3]+m[5]
		if m[4] != "" {
			minute = "30"
		}
	}
	h, _ := strconv.Atoi(hour)
	mins, _ := strconv.Atoi(minute)
	switch part[0] {
	case "pm", "下午", "晚上", "中午":
		if h < 11 || h == 11 && part[0] != "中午" {
			h += 12
		}
	case "am":
		if h == 12 {
			h = 0
		}
	}
	if h > 23 || mins > 59 {
		return false
	}
	r.Hour, r.Minute = h, mins
	return true
}

func longestFirst(words map[string]string) []string {
	keys := sortedKeys(words)
	slices.SortStableFunc(keys, func(a, b string) int { return len(b) - len(a) })
	return keys
}

// Set puts the rhythm into a subscription.
func (r Rhythm) Set(s *store.Subscription) {
	s.Every, s.Weekday, s.Hour, s.Minute, s.Zone = r.Every, r.Weekday, r.Hour, r.Minute, r.Zone.String()
}

// Words says the rhythm as in a sentence: "every Monday at 09:00 (Europe/Berlin)".
func (r Rhythm) Words(p text.Printer) string {
	at := fmt.Sprintf("%02d:%02d", r.Hour, r.Minute)
	switch r.Every {
	case "daily":
		return p.T("every day at %s (%s)", at, r.Zone.String())
	case "monthly":
		return p.T("on the first of every month at %s (%s)", at, r.Zone.String())
	}
	day := time.Date(2026, 11, 22+int(r.Weekday), 12, 0, 0, 0, p.Location()) // 22 November 2026 is a Sunday
	return p.T("every %s at %s (%s)", p.Weekday(day), at, r.Zone.String())
}
