package text

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Span is a time from an instant until another, which is not part of it; a zero one is no limit.
type Span struct{ From, To time.Time }

// ParsePeriod reads a stretch of time as people say it: "last quarter", "this month",
// "last 30 days", "Q3 2026", "October", "since 1 Oct", "from 1 Oct to 15 Nov", "上季度",
// "最近三个月", "2026年10月", "10月1日以来". Days are those of the zone, weeks begin on Monday.
func ParsePeriod(s string, now time.Time, zone *time.Location) (Span, bool) {
	s = strings.ToLower(strings.Join(strings.Fields(halfWidth(s)), " "))
	if hasChinese(s) {
		s = strings.ReplaceAll(s, " ", "")
	}
	p := periodsOf(now, zone)
	for _, rule := range periodRules {
		if g := rule.form.FindStringSubmatch(s); g != nil {
			if found, ok := rule.read(p, g[1:]); ok {
				return found, true
			}
		}
	}
	return Span{}, false
}

// periods reads stretches of time as seen from a day.
type periods struct{ today, now time.Time }

func periodsOf(now time.Time, zone *time.Location) periods {
	y, m, d := now.In(zone).Date()
	return periods{today: startOfDay(civil(y, m, d), zone), now: now}
}

type periodRule struct {
	form *regexp.Regexp
	read func(p periods, group []string) (Span, bool)
}

func period(form string, read func(p periods, group []string) (Span, bool)) periodRule {
	return periodRule{regexp.MustCompile(`^(?:` + form + `)$`), read}
}

const (
	periodMonth  = `(jan|january|feb|february|mar|march|apr|april|may|june?|july?|aug|august|sept?|september|oct|october|nov|november|dec|december)`
	hanUnit      = `(天|日|周|星期|礼拜|月|季度|季|年)`
	hanWhich     = `(本|这个|这|今|当|上个|上一个|上|去)`
	periodNumber = `(\d{1,4}|[一二两三四五六七八九十]{1,3})`
)

var periodRules = []periodRule{
	period(`(today|yesterday|今天|今日|昨天|昨日)`, func(p periods, g []string) (Span, bool) {
		if g[0] == "today" || strings.HasPrefix(g[0], "今") {
			return p.whole('d', 0), true
		}
		return p.whole('d', -1), true
	}),
	period(`(this|current|last|previous) (week|month|quarter|year)`, func(p periods, g []string) (Span, bool) {
		if g[0] == "this" || g[0] == "current" {
			return p.whole(g[1][0], 0), true
		}
		return p.whole(g[1][0], -1), true
	}),
	period(hanWhich+hanUnit, func(p periods, g []string) (Span, bool) {
		if strings.HasPrefix(g[0], "上") || g[0] == "去" {
			return p.whole(chineseUnit(g[1]), -1), true
		}
		return p.whole(chineseUnit(g[1]), 0), true
	}),
	period(`(?:the )?(?:last|past) (\d{1,4}) (day|week|month|quarter|year)s?`, func(p periods, g []string) (Span, bool) {
		return p.back(g[0], g[1][0])
	}),
	period(`(?:最近|近|过去)`+periodNumber+`个?`+hanUnit, func(p periods, g []string) (Span, bool) { return p.back(g[0], chineseUnit(g[1])) }),
	period(`ytd|year to date|今年以来|年初至今`, func(p periods, _ []string) (Span, bool) {
		return Span{From: p.whole('y', 0).From}, true
	}),
	period(`q([1-4])(?: (\d{4}))?|(\d{4}) ?q([1-4])|(?:(\d{4})年?)?第?([一二三四1-4])季度?`, readQuarter),
	period(`(?:in )?(\d{4})年?`, func(p periods, g []string) (Span, bool) {
		year, _ := strconv.Atoi(g[0])
		return p.of('y', year, 1), year >= 1900 && year < 2200
	}),
	period(`(?:in )?`+periodMonth+`\.?(?: (\d{4}))?|(\d{4})-(\d{1,2})|(?:(\d{4})年)?`+periodNumber+`月份?`, readMonth),
	period(`(?:from|between|从|自)?\s?(.+?)\s?(?:to|until|till|through|and|到|至|–)\s?(.+?)`, func(p periods, g []string) (Span, bool) {
		from, ok1 := p.day(g[0])
		to, ok2 := p.day(g[1])
		return Span{from, nextDay(to)}, ok1 && ok2
	}),
	period(`(?:since|from|after|starting) (.+)|(?:从|自)(.+?)(?:以来|起|开始)?|(.+?)(?:以来|起|之后|以后)`, func(p periods, g []string) (Span, bool) {
		from, ok := p.day(g[0] + g[1] + g[2])
		return Span{From: from}, ok
	}),
	period(`(?:until|till|through|to) (.+)|到(.+)`, func(p periods, g []string) (Span, bool) {
		to, ok := p.day(g[0] + g[1])
		return Span{To: nextDay(to)}, ok
	}),
	period(`before (.+)|(.+?)(?:之前|以前)`, func(p periods, g []string) (Span, bool) {
		to, ok := p.day(g[0] + g[1])
		return Span{To: to}, ok
	}),
}

// whole is the day, week, month, quarter or year that lies n of them ahead.
func (p periods) whole(unit byte, n int) Span {
	start := p.start(unit)
	return Span{shift(start, unit, n), shift(start, unit, n+1)}
}

// start is the first day of the unit that today lies in.
func (p periods) start(unit byte) time.Time {
	y, m, d := p.today.Date()
	switch unit {
	case 'w':
		d -= (int(p.today.Weekday()) + 6) % 7
	case 'm':
		d = 1
	case 'q':
		m, d = m-(m-1)%3, 1
	case 'y':
		m, d = 1, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, p.today.Location())
}

func shift(t time.Time, unit byte, n int) time.Time {
	switch unit {
	case 'w':
		return t.AddDate(0, 0, 7*n)
	case 'm':
		return t.AddDate(0, n, 0)
	case 'q':
		return t.AddDate(0, 3*n, 0)
	case 'y':
		return t.AddDate(n, 0, 0)
	}
	return t.AddDate(0, 0, n)
}

// back is the last so many units, today included.
func (p periods) back(number string, unit byte) (Span, bool) {
	n, ok := WholeNumber(number)
	return Span{From: shift(p.today, unit, -n)}, ok && n > 0
}

// of is the n-th month or quarter of a year, or the year.
func (p periods) of(unit byte, year, n int) Span {
	month := time.Month(n)
	if unit == 'q' {
		month = time.Month(3*n - 2)
	}
	start := time.Date(year, month, 1, 0, 0, 0, 0, p.today.Location())
	return Span{start, shift(start, unit, 1)}
}

func readQuarter(p periods, g []string) (Span, bool) {
	n, ok := WholeNumber(g[0] + g[3] + g[5])
	return p.lately('q', g[1]+g[2]+g[4], n), ok
}

func readMonth(p periods, g []string) (Span, bool) {
	n, ok := WholeNumber(g[3] + g[5])
	if g[0] != "" {
		n, ok = monthNumber(g[0]), true
	}
	return p.lately('m', g[1]+g[2]+g[4], n), ok && n >= 1 && n <= 12
}

// lately is of, and without a year the last one that has begun.
func (p periods) lately(unit byte, year string, n int) Span {
	if y, err := strconv.Atoi(year); err == nil {
		return p.of(unit, y, n)
	}
	s := p.of(unit, p.today.Year(), n)
	if s.From.After(p.now) {
		return p.of(unit, p.today.Year()-1, n)
	}
	return s
}

func monthNumber(name string) int {
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), name[:3]) {
			return int(m)
		}
	}
	return 0
}

// day reads a date of the past: ParseDate takes one without a year for the next to come.
func (p periods) day(s string) (time.Time, bool) {
	t, ok := ParseDate(s, p.now, p.today.Location())
	if !ok || !t.After(p.now) || strings.Contains(s, strconv.Itoa(t.Year())) {
		return t, ok
	}
	if t.Sub(p.today) <= 7*24*time.Hour && !strings.ContainsAny(s, "0123456789") {
		return t.AddDate(0, 0, -7), true
	}
	return t.AddDate(-1, 0, 0), true
}

func nextDay(t time.Time) time.Time { return t.AddDate(0, 0, 1) }
