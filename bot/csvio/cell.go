package csvio

import (
	"strconv"
	"strings"
)

// Defuse makes a cell harmless for spreadsheets, which would run what begins
// with = + - @, a tab or a carriage return: it sets an apostrophe before it.
func Defuse(s string) string {
	if dangerous(s) {
		return "'" + s
	}
	return s
}

// Undefuse takes off the apostrophe that Defuse has set.
func Undefuse(s string) string {
	if len(s) > 1 && s[0] == '\'' && dangerous(s) {
		return s[1:]
	}
	return s
}

// dangerous reports whether the text begins with a mark that starts a formula,
// behind any number of apostrophes: a text that has them itself keeps them.
func dangerous(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
}

func itoa(n int) string { return strconv.Itoa(n) }
