package text

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseDate reads a day as people type it in English or Chinese, and returns
// its first instant in loc: "2026-12-01", "1 Dec", "1.12.", "tomorrow", "next
// fri", "in 2 weeks", "end of month", "12月1日", "下周一", "3天后". It reports
// false for anything else, and for 12/1, which is December here and January
// there.
//
// A day without a year, and a weekday, is the next one to come: on a Friday,
// "friday" is in a week. "next friday" and 下周五 are the Friday of the next
// week, where weeks begin on Monday.
func ParseDate(s string, now time.Time, loc *time.Location) (time.Time, bool) {
	day, ok := readDay(s, now, loc, func(year int) bool { return year >= earliestYear && year < latestYear })
	if !ok {
		return time.Time{}, false
	}
	return startOfDay(day, orUTC(loc)), true
}

// Years in which somebody sells; a day of another one is a slip of the finger.
const (
	earliestYear = 1900
	latestYear   = 2200
)

// FarDate reports whether ParseDate would read a day, were it not in a year in which nobody sells.
func FarDate(s string, now time.Time, loc *time.Location) bool {
	_, far := readDay(s, now, loc, func(year int) bool { return year < earliestYear || year >= latestYear })
	return far
}

// EitherDate returns both days that s can be where ParseDate cannot tell them apart, the one with the
// day before the month first; nothing for anything else.
func EitherDate(s string, now time.Time, loc *time.Location) []time.Time {
	g := eitherOrder.form.FindStringSubmatch(normalDate(s))
	if g == nil {
		return nil
	}
	today := dayIn(now, loc)
	a, aOK := dayOfYear(today, g[3], digits(g[2]), digits(g[1]))
	b, bOK := dayOfYear(today, g[3], digits(g[1]), digits(g[2]))
	if !aOK || !bOK || a.Equal(b) {
		return nil
	}
	return []time.Time{startOfDay(a, orUTC(loc)), startOfDay(b, orUTC(loc))}
}

var likeDate = regexp.MustCompile(`(?i)^(?:\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*(?:day|uary|ch|il|e|y|ust|ember|ober))?\.?$|下?周|星期|礼拜|[一二三四五六七八九十]+月)`)

// LikeDate reports whether the word begins what is rather a date, even if there is no such day, than something else.
func LikeDate(word string) bool { return likeDate.MatchString(word) }

// readDay returns the first day that a rule reads in a year that will do, as midnight in UTC.
func readDay(s string, now time.Time, loc *time.Location, will func(year int) bool) (time.Time, bool) {
	today := dayIn(now, loc)
	s = normalDate(s)
	for _, rule := range dateRules {
		match := rule.form.FindStringSubmatch(s)
		if match == nil {
			continue
		}
		if found, ok := rule.read(today, match[1:]); ok && will(found.Year()) {
			return found, true
		}
	}
	return time.Time{}, false
}

// dayIn is the day that it is there, as midnight in UTC.
func dayIn(now time.Time, loc *time.Location) time.Time {
	y, m, d := now.In(orUTC(loc)).Date()
	return civil(y, m, d)
}

func orUTC(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}

// dateRule is one way to write a day. read gets the groups of form, and days
// are midnights in UTC, where all days are 24 hours long.
type dateRule struct {
	form *regexp.Regexp
	read func(today time.Time, group []string) (time.Time, bool)
}

func rule(form string, read func(time.Time, []string) (time.Time, bool)) dateRule {
	return dateRule{regexp.MustCompile(`^(?:` + form + `)$`), read}
}

var dateRules = append(append(numericRules, englishRules...), chineseRules...)

var numericRules = []dateRule{
	rule(`(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})/(\d{1,2})/(\d{1,2})|(\d{4})\.(\d{1,2})\.(\d{1,2})|(\d{4})(\d\d)(\d\d)`, readYearFirst),
	rule(`(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)?`, func(today time.Time, g []string) (time.Time, bool) {
		return dayOfYear(today, g[2], digits(g[1]), digits(g[0]))
	}),
	eitherOrder,
}

var eitherOrder = rule(`(\d{1,2})[/.-](\d{1,2})(?:[/-](\d{4}))?`, readEitherOrder)

func readYearFirst(today time.Time, g []string) (time.Time, bool) {
	for ; len(g) >= 3; g = g[3:] {
		if g[0] != "" {
			return dayOfYear(today, g[0], digits(g[1]), digits(g[2]))
		}
	}
	return time.Time{}, false
}

// readEitherOrder reads 25/12 and 12/25, but 12/1 is two days, so none.
func readEitherOrder(today time.Time, g []string) (time.Time, bool) {
	a, aOK := dayOfYear(today, g[2], digits(g[0]), digits(g[1]))
	b, bOK := dayOfYear(today, g[2], digits(g[1]), digits(g[0]))
	switch {
	case aOK && bOK && !a.Equal(b):
		return time.Time{}, false
	case aOK:
		return a, true
	default:
		return b, bOK
	}
}

// normalDate prepares s for the rules: lower case, half width, single spaces,
// none beside Chinese characters, and without "by" or "on".
func normalDate(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(halfWidth(s)), " "))
	if hasChinese(s) {
		s = strings.ReplaceAll(s, " ", "")
	}
	for _, lead := range []string{"by ", "on ", "until ", "the "} {
		s = strings.TrimPrefix(s, lead)
	}
	return s
}

func hasChinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF })
}

func digits(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func civil(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// startOfDay returns the first instant of a day in loc, where clocks may skip
// midnight.
func startOfDay(date time.Time, loc *time.Location) time.Time {
	y, m, d := date.Date()
	t := time.Date(y, m, d, 0, 0, 0, 0, loc)
	if t.Day() != d {
		t = t.Add(time.Hour)
	}
	return t
}

// validDay returns that day, or false when the month has none (30 Feb).
func validDay(y, m, d int) (time.Time, bool) {
	t := civil(y, time.Month(m), d)
	return t, t.Year() == y && int(t.Month()) == m && t.Day() == d
}

// dayOfYear returns that day of the year; of 20yy when it has two digits, and
// when it is "", the first such day from today on.
func dayOfYear(today time.Time, year string, m, d int) (time.Time, bool) {
	if year != "" {
		y := digits(year)
		if len(year) == 2 {
			y += 2000
		}
		return validDay(y, m, d)
	}
	const leap = 8 // years between two 29 February at most
	for y := today.Year(); y <= today.Year()+leap; y++ {
		if t, ok := validDay(y, m, d); ok && !t.Before(today) {
			return t, true
		}
	}
	return time.Time{}, false
}

// dayOfMonth returns the first day with that number from today on.
func dayOfMonth(today time.Time, d int) (time.Time, bool) {
	const longest = 2 // of two months that follow each other, one has 31 days
	for i := range longest {
		first := monthStart(today, i)
		if t, ok := validDay(first.Year(), int(first.Month()), d); ok && !t.Before(today) {
			return t, true
		}
	}
	return time.Time{}, false
}

// weekStart returns the Monday of the week that is that many weeks ahead.
func weekStart(today time.Time, ahead int) time.Time {
	sinceMonday := (int(today.Weekday()) + 6) % 7
	return today.AddDate(0, 0, 7*ahead-sinceMonday)
}

func weekdayOfWeek(today time.Time, ahead int, w time.Weekday) time.Time {
	return weekStart(today, ahead).AddDate(0, 0, (int(w)+6)%7)
}

// nextWeekday returns the first such weekday after today.
func nextWeekday(today time.Time, w time.Weekday) time.Time {
	return today.AddDate(0, 0, 1+(int(w)-int(today.Weekday())+6)%7)
}

func monthStart(today time.Time, ahead int) time.Time {
	return civil(today.Year(), today.Month()+time.Month(ahead), 1)
}

// addMonths keeps within the month: a month after 31 January is 28 February.
func addMonths(today time.Time, n int) time.Time {
	first := monthStart(today, n)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(today.Day(), last)-1)
}

// add returns the day that is n units from today; unit is d, w, m or y.
func add(today time.Time, n int, unit byte) time.Time {
	switch unit {
	case 'd':
		return today.AddDate(0, 0, n)
	case 'w':
		return today.AddDate(0, 0, 7*n)
	case 'm':
		return addMonths(today, n)
	default:
		return addMonths(today, 12*n)
	}
}

// periodStart returns the first day of the week, month, quarter or year (unit
// w, m, q or y) that is that many ahead.
func periodStart(today time.Time, ahead int, unit byte) time.Time {
	switch unit {
	case 'w':
		return weekStart(today, ahead)
	case 'm':
		return monthStart(today, ahead)
	case 'q':
		sinceStart := (int(today.Month()) - 1) % 3
		return monthStart(today, 3*ahead-sinceStart)
	default:
		return civil(today.Year()+ahead, time.January, 1)
	}
}

// periodEnd returns the last day of that period; of a week that is Friday, the
// next one to come on a weekend.
func periodEnd(today time.Time, ahead int, unit byte) time.Time {
	if unit != 'w' {
		return periodStart(today, ahead+1, unit).AddDate(0, 0, -1)
	}
	friday := weekdayOfWeek(today, ahead, time.Friday)
	if friday.Before(today) {
		friday = friday.AddDate(0, 0, 7)
	}
	return friday
}
