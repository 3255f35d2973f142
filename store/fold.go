package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold is the form in which names are searched: without case, width and accents,
// and with each run of spaces and punctuation as one space, as people type names.
// What is punctuation alone stays, so that it finds only itself.
func fold(s string) string {
	s = norm.NFKD.String(cases.Fold().String(norm.NFKD.String(s)))
	words := strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsControl(r)
	})
	if len(words) == 0 {
		return strings.TrimSpace(s)
	}
	return norm.NFC.String(strings.Map(unmarked, strings.Join(words, " ")))
}

// maxSearch is how many bytes of a name are searched: a row of an index of PostgreSQL
// holds 2,704 of them, for name and account.
const maxSearch = 1200

// searchable is the folded form, as long as an index takes it.
func searchable(s string) string {
	s = fold(s)
	if len(s) > maxSearch {
		s = strings.ToValidUTF8(s[:maxSearch], "")
	}
	return s
}

// unmarked drops what stands on Latin, Greek and Cyrillic letters; other marks
// are letters of their own to those who write with them.
func unmarked(r rune) rune {
	if r >= 0x0300 && r <= 0x036F || unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}
