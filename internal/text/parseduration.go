package text

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	hourWords   = `(?:h|hr|hrs|hour|hours|小时|个小时|个钟头|钟头)`
	minuteWords = `(?:m|min|mins|minute|minutes|分钟|分)`
	numeral     = `(\d{1,4}(?:[.,]\d{1,2})?|[〇零一二两三四五六七八九十]{1,3}|an?|half(?: an)?|半)`
)

var (
	onlyHours    = regexp.MustCompile(`^` + numeral + `\s*` + hourWords + `$`)
	onlyMinutes  = regexp.MustCompile(`^` + numeral + `\s*` + minuteWords + `$`)
	hoursMinutes = regexp.MustCompile(`^(\d{1,4}|[一二两三四五六七八九十]{1,3})\s*` + hourWords + `\s*([0-5]?\d|[一二三四五六七八九十]{1,3})\s*` + minuteWords + `?$`)
	clockTime    = regexp.MustCompile(`^(\d{1,3}):([0-5]\d)$`)
	hoursAndHalf = regexp.MustCompile(`^(\d{1,3}|[一二两三四五六七八九十]{1,3})\s*个半\s*(?:小时|钟头)$`)
)

// ParseDuration reads a length of time as people type it: "25m", "90 min",
// "1h30", "1.5h", "1:30", "half an hour", "25分钟", "一个半小时". It is rounded to
// a minute. A number without a unit is not taken: it could be either.
func ParseDuration(s string) (time.Duration, bool) {
	s = strings.ToLower(strings.TrimSpace(halfWidth(s)))
	if m := onlyHours.FindStringSubmatch(s); m != nil {
		return minutesOf(quantity(m[1]) * 60)
	}
	if m := onlyMinutes.FindStringSubmatch(s); m != nil {
		return minutesOf(quantity(m[1]))
	}
	if m := hoursAndHalf.FindStringSubmatch(s); m != nil {
		return minutesOf(quantity(m[1])*60 + 30)
	}
	for _, form := range []*regexp.Regexp{hoursMinutes, clockTime} {
		if m := form.FindStringSubmatch(s); m != nil {
			return minutesOf(quantity(m[1])*60 + quantity(m[2]))
		}
	}
	return 0, false
}

func minutesOf(minutes float64) (time.Duration, bool) {
	if math.IsNaN(minutes) {
		return 0, false
	}
	return (time.Duration(minutes*60) * time.Second).Round(time.Minute), true
}

// quantity reads a numeral that the expressions above let through; it is no
// number if it only looks like one (三二).
func quantity(s string) float64 {
	switch s {
	case "a", "an":
		return 1
	case "half", "half an", "半":
		return 0.5
	}
	if n, ok := wholeNumber(s); ok {
		return float64(n)
	}
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil {
		return math.NaN()
	}
	return f
}
