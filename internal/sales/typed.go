package sales

import (
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxText is how many characters a deal's texts can have: as many as Slack's inputs.
const maxText = 3000

// checkTyped refuses a field's value that no deal should have: a name of which nothing
// can be seen is Invalid "deal.no_name", a margin of more than the whole amount
// Invalid "deal.margin", and a text without an end Invalid "text.too_long" with the
// number of characters that it can have.
func checkTyped(field, value string) error {
	switch {
	case field == "name" && !visible(value):
		return refuse(Invalid, "deal.no_name")
	case utf8.RuneCountInString(value) > maxText:
		return refuse(Invalid, "text.too_long", "field", field, "max", maxText)
	case field == "margin":
		if f, err := strconv.ParseFloat(value, 64); err == nil && f > 100 {
			return refuse(Invalid, "deal.margin", "value", value)
		}
	}
	return nil
}

// checkValue refuses a field's value that no deal of the process should have: of a field that
// there is not, or see checkTyped and checkDate.
func (p *Process) checkValue(field, value string, now time.Time) error {
	f, ok := p.FieldOf(field)
	if !ok {
		return refuse(NotFound, "field.unknown", "field", field)
	}
	if err := checkTyped(field, value); err != nil {
		return err
	}
	if f.Type != FieldDate {
		return nil
	}
	years := fieldYears
	if field == "close" {
		years = PlannedYears
	}
	return checkDate(parseDate(value), now, years)
}

// How many years from now a date can be.
const (
	PlannedYears = 20  // of what is planned
	fieldYears   = 100 // that a process's own field holds
)

// checkDate refuses a day that is further from now than years as Invalid "date.far",
// with the day and the years; the zero time is no date.
func checkDate(day, now time.Time, years int) error {
	if day.IsZero() || day.After(now.AddDate(-years, 0, 0)) && day.Before(now.AddDate(years, 0, 0)) {
		return nil
	}
	return refuse(Invalid, "date.far", "input", dateString(day), "years", years)
}

// visible reports whether anything of a text can be seen.
func visible(s string) bool {
	for _, r := range s {
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) {
			return true
		}
	}
	return false
}
