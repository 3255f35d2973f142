package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns the form in which names are compared: without case, accents and
// differences of width (ＡＢＣ is abc), and with each run of spaces and
// punctuation as one space. "Müller-Bau  GmbH" and "muller bau gmbh" are equal.
// A name of punctuation alone folds to "".
func Fold(s string) string {
	ascii := isASCII(s)
	if ascii { // most words: nothing but their case can differ
		s = strings.ToLower(s)
	} else {
		s = norm.NFKD.String(s)
		s = strings.ToLower(cases.Fold().String(s)) // Fold alone swaps the cases of Cherokee
		s = norm.NFKD.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case isAccent(r), isApostrophe(r), unicode.Is(unicode.Cf, r):
		case unicode.IsSpace(r), unicode.IsPunct(r), unicode.IsControl(r):
			gap = b.Len() > 0
		default:
			if gap {
				b.WriteByte(' ')
				gap = false
			}
			b.WriteRune(r)
		}
	}
	if ascii {
		return b.String()
	}
	return norm.NFC.String(b.String())
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isAccent reports marks set on Latin, Greek and Cyrillic letters. Other marks
// are letters of their own to those who write with them.
func isAccent(r rune) bool { return r >= 0x0300 && r <= 0x036F }

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' }
