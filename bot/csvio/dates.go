package csvio

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DateOrder says how dates such as 3/4/2026 are meant.
type DateOrder string

const (
	AnyOrder DateOrder = ""    // only those that can be read in one way
	DayFirst DateOrder = "dmy" // 3 April
	MonFirst DateOrder = "mdy" // March 4th
)

// moment is an instant as a file gives it.
type moment struct {
	at      time.Time
	dayOnly bool // a date without a time, which stands for 00:00 UTC
}

// trouble is why a date could not be read.
type trouble int

const (
	fine trouble = iota
	unreadable
	twoReadings // 3/4/2026
	outOfRange  // no year of business
)

// clockReader reads dates and times of one file. It remembers the form of the
// last one, since a file seldom has two.
type clockReader struct {
	zone  *time.Location // of times that name none
	order DateOrder
	last  int // index in layouts
}

// layouts are the forms beside RFC 3339 and numbers with slashes, as time.Parse
// wants them. Fractions of seconds are read where seconds are.
var layouts = []string{
	time.RFC3339, time.DateOnly,
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05-07", "2006-01-02T15:04:05-0700",
	"2006/1/2", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006.1.2", "2006.1.2 15:04:05", "2006.1.2 15:04",
	"2.1.2006", "2.1.2006 15:04:05", "2.1.2006 15:04",
	"20060102", "20060102T150405Z0700",
	"2006年1月2日", "2006年1月2日 15:04:05", "2006年1月2日 15:04", "2006年1月2日15:04",
	"2 Jan 2006", "2 January 2006", "2 Jan 2006 15:04", "2 Jan 2006 15:04:05", "2 Jan 2006, 15:04",
	"Jan 2, 2006", "January 2, 2006", "Jan 2, 2006 15:04", "Jan 2, 2006, 3:04 PM", "Jan 2, 2006 3:04 PM", "January 2, 2006 3:04 PM",
	time.RFC1123Z, time.RFC1123,
}

// slashed is a date whose order depends on the country, and what stands behind it.
var slashed = regexp.MustCompile(`^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:,? +(.+))?$`)

var timesOfDay = []string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM", "3:04:05PM", "3:04PM"}

func (c *clockReader) read(s string) (moment, trouble) {
	m, why := c.parse(s)
	if why == fine && (m.at.Year() < 1980 || m.at.Year() > 2199) {
		return moment{}, outOfRange
	}
	m.at = m.at.UTC().Truncate(time.Millisecond)
	return m, why
}

func (c *clockReader) parse(s string) (moment, trouble) {
	if m, ok := c.layout(c.last, s); ok {
		return m, fine
	}
	if rest, ok := strings.CutSuffix(s, " UTC"); ok {
		utc := clockReader{zone: time.UTC, order: c.order}
		return utc.parse(rest)
	}
	if parts := slashed.FindStringSubmatch(s); parts != nil {
		return c.slashes(parts[1:])
	}
	for i := range layouts {
		if m, ok := c.layout(i, s); ok {
			c.last = i
			return m, fine
		}
	}
	return unixTime(s)
}

func (c *clockReader) layout(i int, s string) (moment, bool) {
	form := layouts[i]
	if form == time.DateOnly && len(s) != len(form) {
		return moment{}, false
	}
	if !strings.Contains(form, "15") && !strings.Contains(form, ":04") {
		t, err := time.Parse(form, s)
		return moment{t, true}, err == nil
	}
	t, err := time.ParseInLocation(form, s, c.zone)
	return moment{t, false}, err == nil
}

// slashes reads 25/12/2026 and 12/25/2026, and what could be either as the order says.
func (c *clockReader) slashes(parts []string) (moment, trouble) {
	a, _ := strconv.Atoi(parts[0])
	b, _ := strconv.Atoi(parts[1])
	year, _ := strconv.Atoi(parts[2])
	day, month := a, b
	switch {
	case a > 12 || c.order == DayFirst && b <= 12 || a == b:
	case b > 12 || c.order == MonFirst:
		day, month = b, a
	default:
		return moment{}, twoReadings
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Day() != day || int(date.Month()) != month {
		return moment{}, unreadable
	}
	if parts[3] == "" {
		return moment{date, true}, fine
	}
	for _, form := range timesOfDay {
		if t, err := time.Parse(form, strings.ToUpper(parts[3])); err == nil {
			return moment{time.Date(year, time.Month(month), day, t.Hour(), t.Minute(), t.Second(), 0, c.zone), false}, fine
		}
	}
	return moment{}, unreadable
}

// unixTime reads seconds or milliseconds since 1970.
func unixTime(s string) (moment, trouble) {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err == nil && len(s) == 13:
		return moment{time.UnixMilli(n), false}, fine
	case err == nil && len(s) == 10:
		return moment{time.Unix(n, 0), false}, fine
	}
	return moment{}, unreadable
}

// day returns the canonical form of a moment's date, "" for none.
func (c *clockReader) day(m moment) string {
	switch {
	case m.at.IsZero():
		return ""
	case m.dayOnly:
		return m.at.Format(time.DateOnly)
	}
	return m.at.In(c.zone).Format(time.DateOnly)
}

// WriteTime writes an instant so that it is read again: as a date when it is one,
// and "" for the zero time.
func WriteTime(t time.Time) string {
	switch t = t.UTC(); {
	case t.IsZero():
		return ""
	case t.Truncate(24 * time.Hour).Equal(t):
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02T15:04:05.999Z07:00")
}
