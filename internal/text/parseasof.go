package text

import "time"

// ParseAsOf reads the day, or the stretch of time, of which the end is meant: "1 Oct",
// "yesterday", "last month", "Q3", "10月31日", "上周末". It returns the last millisecond of it, now where
// it is not over yet, and what lies ahead as it is.
func ParseAsOf(s string, now time.Time, zone *time.Location) (time.Time, bool) {
	span, ok := ParsePeriod(s, now, zone)
	if !ok || span.From.IsZero() || span.To.IsZero() {
		p := periodsOf(now, zone)
		if span.From, ok = p.day(s); !ok {
			return time.Time{}, false
		}
		span.To = nextDay(span.From)
	}
	if span.From.After(now) {
		return span.From, true
	}
	if !span.To.After(now) {
		return span.To.Add(-time.Millisecond), true
	}
	return now, true
}
