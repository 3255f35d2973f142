package sales

import (
	"strconv"
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

// visible reports whether anything of a text can be seen.
func visible(s string) bool {
	for _, r := range s {
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) {
			return true
		}
	}
	return false
}
