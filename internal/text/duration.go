package text

import (
	"math"
	"time"
)

const (
	day         = 24 * time.Hour
	longestTime = time.Duration(math.MaxInt64)
)

// usualDay is the working day when none is given.
const usualDay = 8 * time.Hour

// Duration writes calendar time in its largest sensible units: "25 min",
// "1 h 30 min", "5 h", "1 day 4 h", "12 days".
func (p Printer) Duration(d time.Duration) string {
	if d < 0 {
		return "-" + p.Duration(min(-(d+1), longestTime-1)+1)
	}
	if d > 0 && d < 30*time.Second {
		return p.T("under 1 min")
	}
	// Each step rounds in its own unit, so that 59.8 minutes are "1 h".
	if minutes := rounded(d, time.Minute); minutes < 60 {
		return p.T("%d min", minutes)
	} else if minutes < 10*60 {
		return p.hoursMinutes(minutes/60, minutes%60)
	}
	hours := rounded(d, time.Hour)
	switch {
	case hours < 24:
		return p.T("%d h", hours)
	case hours < 3*24 && hours%24 != 0:
		return p.N(hours/24, "%d day %d h", "%d days %d h", hours%24)
	default:
		n := rounded(d, day)
		return p.N(n, "%d day", "%d days")
	}
}

func (p Printer) hoursMinutes(h, m int) string {
	if m == 0 {
		return p.T("%d h", h)
	}
	return p.T("%d h %d min", h, m)
}

func rounded(d, unit time.Duration) int { return int(d.Round(unit) / unit) }

// WorkDuration writes working time, where a working day is that long:
// "2.5 working days", and below a day as Duration does. Without a day it is
// eight hours.
func (p Printer) WorkDuration(d, workday time.Duration) string {
	if workday <= 0 {
		workday = usualDay
	}
	if d > -workday && d < workday {
		return p.Duration(d)
	}
	n := tenths(float64(d) / float64(workday))
	if n == 1 {
		return p.T("1 working day")
	}
	return p.T("%s working days", p.Number(n, decimals(n)))
}

// Days writes a number of days with at most one decimal: "9.7 days", "1 day".
// What is no number is "–".
func (p Printer) Days(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return none
	}
	f = tenths(f)
	if f == 1 {
		return p.T("1 day")
	}
	return p.T("%s days", p.Number(f, decimals(f)))
}

func tenths(f float64) float64 { return math.Round(f*10) / 10 }
