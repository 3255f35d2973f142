package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold is the form in which names are searched: without case, width and accents.
func fold(s string) string {
	if isPlain(s) {
		return strings.ToLower(strings.TrimSpace(s))
	}
	s = norm.NFKD.String(cases.Fold().String(norm.NFKD.String(s)))
	var b strings.Builder
	for _, r := range s {
		if r < 0x0300 || r > 0x036F { // marks on Latin, Greek and Cyrillic letters; others are letters of their own
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(norm.NFC.String(b.String()))
}

// isPlain reports whether the text is ASCII, as most names are.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}
