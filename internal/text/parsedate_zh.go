package text

import (
	"strings"
	"time"
)

const (
	chineseNumeral = `(\d{1,4}|[一二两三四五六七八九十]{1,3})`
	chineseWhich   = `(本|这个|这|下下个|下下|下个|下|上个|上)?`
	chineseWeek    = `(?:周|星期|礼拜)`
	chinesePeriod  = `(周|星期|礼拜|月|季度|季|年)`
)

var chineseRules = []dateRule{
	rule(`(今天|今日|明天|明日|后天|大后天|昨天|前天)`, func(today time.Time, g []string) (time.Time, bool) {
		days := map[string]int{"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3, "昨天": -1, "前天": -2}
		return add(today, days[g[0]], 'd'), true
	}),
	rule(`(?:(\d{4})年|(今年|明年|后年))?`+chineseNumeral+`月`+chineseNumeral+`[日号]?`, readChineseDate),
	rule(`(?:(本|这个|这|下个|下)月)?`+chineseNumeral+`[日号]`, readChineseDayOfMonth),
	rule(chineseWhich+chineseWeek+`([一二三四五六日天])`, readChineseWeekday),
	rule(chineseNumeral+`个?(天|日|周|星期|礼拜|月|年)(?:之?后|以后)`, func(today time.Time, g []string) (time.Time, bool) {
		n, ok := wholeNumber(g[0])
		return add(today, n, chineseUnit(g[1])), ok
	}),
	rule(chineseNumeral+`个?(天|日|周|星期|礼拜|月|年)(?:之?前|以前)`, func(today time.Time, g []string) (time.Time, bool) {
		n, ok := wholeNumber(g[0])
		return add(today, -n, chineseUnit(g[1])), ok
	}),
	rule(`半个?月(?:之?后|以后)`, func(today time.Time, _ []string) (time.Time, bool) {
		return add(today, 15, 'd'), true
	}),
	rule(`(本|这个|这|下个|下)?(月|季度|季|年)[底末]`, func(today time.Time, g []string) (time.Time, bool) {
		return periodEnd(today, weeksAhead(g[0]), chineseUnit(g[1])), true
	}),
	rule(`([今明])年[年]?[底末]`, func(today time.Time, g []string) (time.Time, bool) {
		return periodEnd(today, ahead(g[0] == "明"), 'y'), true
	}),
	rule(`下个?`+chinesePeriod+`初?|(明)年初?`, func(today time.Time, g []string) (time.Time, bool) {
		if g[1] != "" {
			return periodStart(today, 1, 'y'), true
		}
		return periodStart(today, 1, chineseUnit(g[0])), true
	}),
}

func readChineseDate(today time.Time, g []string) (time.Time, bool) {
	m, mOK := wholeNumber(g[2])
	d, dOK := wholeNumber(g[3])
	if !mOK || !dOK {
		return time.Time{}, false
	}
	switch g[1] {
	case "今年":
		return validDay(today.Year(), m, d)
	case "明年":
		return validDay(today.Year()+1, m, d)
	case "后年":
		return validDay(today.Year()+2, m, d)
	default:
		return dayOfYear(today, g[0], m, d)
	}
}

func readChineseDayOfMonth(today time.Time, g []string) (time.Time, bool) {
	d, ok := wholeNumber(g[1])
	if !ok {
		return time.Time{}, false
	}
	if g[0] == "" {
		return dayOfMonth(today, d)
	}
	first := monthStart(today, weeksAhead(g[0]))
	return validDay(first.Year(), int(first.Month()), d)
}

func readChineseWeekday(today time.Time, g []string) (time.Time, bool) {
	w := time.Weekday(strings.Index("日一二三四五六", strings.ReplaceAll(g[1], "天", "日")) / len("日"))
	if g[0] == "" {
		return nextWeekday(today, w), true
	}
	return weekdayOfWeek(today, weeksAhead(g[0]), w), true
}

// weeksAhead reads which week or month is meant: this, next, last.
func weeksAhead(which string) int {
	switch strings.TrimSuffix(which, "个") {
	case "下下":
		return 2
	case "下":
		return 1
	case "上":
		return -1
	default:
		return 0
	}
}

func chineseUnit(s string) byte {
	switch s {
	case "天", "日":
		return 'd'
	case "月":
		return 'm'
	case "季", "季度":
		return 'q'
	case "年":
		return 'y'
	default:
		return 'w'
	}
}
