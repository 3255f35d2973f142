package text

import (
	"time"
)

const (
	englishMonth   = `(jan|january|feb|february|mar|march|apr|april|may|june?|july?|aug|august|sept?|september|oct|october|nov|november|dec|december)\.?`
	englishWeekday = `(mon|monday|tues?|tuesday|weds?|wednesday|thu|thurs?|thursday|fri|friday|sat|saturday|sun|sunday)`
	englishDay     = `(\d{1,2})(?:st|nd|rd|th|\.)?`
	englishNumber  = `(\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)`
	englishUnit    = `(day|week|month|year)s?`
)

var englishRules = []dateRule{
	rule(`(today|tomorrow|tmrw?|yesterday|day after tomorrow)`, func(today time.Time, g []string) (time.Time, bool) {
		days := map[string]int{"today": 0, "yesterday": -1, "day after tomorrow": 2}
		n, ok := days[g[0]]
		if !ok {
			n = 1
		}
		return add(today, n, 'd'), true
	}),
	rule(englishDay+`(?: of|-)? ?`+englishMonth+`,?(?:[ -](\d{4}))?`, func(today time.Time, g []string) (time.Time, bool) {
		return dayOfYear(today, g[2], monthNamed(g[1]), digits(g[0]))
	}),
	rule(englishMonth+` ?`+englishDay+`(?:,? (\d{4}))?`, func(today time.Time, g []string) (time.Time, bool) {
		return dayOfYear(today, g[2], monthNamed(g[0]), digits(g[1]))
	}),
	rule(`(\d{1,2})(?:st|nd|rd|th)`, func(today time.Time, g []string) (time.Time, bool) {
		return dayOfMonth(today, digits(g[0]))
	}),
	rule(`(?:(this|next|coming) )?`+englishWeekday, readEnglishWeekday),
	rule(`(?:in )?`+englishNumber+` `+englishUnit+`(?: from now)?`, func(today time.Time, g []string) (time.Time, bool) {
		return add(today, englishCount(g[0]), g[1][0]), true
	}),
	rule(englishNumber+` `+englishUnit+` ago`, func(today time.Time, g []string) (time.Time, bool) {
		return add(today, -englishCount(g[0]), g[1][0]), true
	}),
	rule(`(?:in )?\+?(\d{1,4})([dw])`, func(today time.Time, g []string) (time.Time, bool) {
		return add(today, digits(g[0]), g[1][0]), true
	}),
	rule(`next (week|month|quarter|year)`, func(today time.Time, g []string) (time.Time, bool) {
		return periodStart(today, 1, g[0][0]), true
	}),
	rule(`(?:start|beginning) of (?:the )?next (week|month|quarter|year)`, func(today time.Time, g []string) (time.Time, bool) {
		return periodStart(today, 1, g[0][0]), true
	}),
	rule(`end of (?:the |this )?(?:(next) )?(week|month|quarter|year)`, func(today time.Time, g []string) (time.Time, bool) {
		return periodEnd(today, ahead(g[0] == "next"), g[1][0]), true
	}),
	rule(`eo([wmqy])`, func(today time.Time, g []string) (time.Time, bool) {
		return periodEnd(today, 0, g[0][0]), true
	}),
	rule(`end of `+englishMonth+`(?: (\d{4}))?`, readEndOfMonth),
}

func readEnglishWeekday(today time.Time, g []string) (time.Time, bool) {
	w := weekdayNamed(g[1])
	switch {
	case g[0] == "next":
		return weekdayOfWeek(today, 1, w), true
	case g[0] == "this" && today.Weekday() == w:
		return today, true
	default:
		return nextWeekday(today, w), true
	}
}

func readEndOfMonth(today time.Time, g []string) (time.Time, bool) {
	first, ok := dayOfYear(monthStart(today, 0), g[1], monthNamed(g[0]), 1)
	return periodEnd(first, 0, 'm'), ok
}

func ahead(next bool) int {
	if next {
		return 1
	}
	return 0
}

// monthNamed reads a name that englishMonth let through: three letters tell.
func monthNamed(name string) int {
	for m := time.January; m <= time.December; m++ {
		if equalStart(m.String(), name) {
			return int(m)
		}
	}
	return 0
}

func weekdayNamed(name string) time.Weekday {
	for w := time.Sunday; w < time.Saturday; w++ {
		if equalStart(w.String(), name) {
			return w
		}
	}
	return time.Saturday
}

// equalStart compares the first three letters; lower is in lower case.
func equalStart(name, lower string) bool {
	return name[0]|0x20 == lower[0] && name[1:3] == lower[1:3]
}

func englishCount(s string) int {
	words := map[string]int{
		"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
		"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
	}
	if n, ok := words[s]; ok {
		return n
	}
	return digits(s)
}
