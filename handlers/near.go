package handlers

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest returns the candidate that the word is most likely a slip of, and
// whether there is one: one wrong letter in a short word, two in a longer one.
func nearest(word string, candidates []string) (string, bool) {
	best, least := "", slips(word)+1
	for _, candidate := range candidates {
		if d := distance(fold(word), fold(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best, best != ""
}

// slips is how many wrong letters still make the word a likely slip.
func slips(word string) int {
	switch n := len([]rune(fold(word))); {
	case n < 2:
		return 0
	case n < 5:
		return 1
	default:
		return 2
	}
}

// distance counts wrong letters; two that changed places are one.
func distance(a, b string) int {
	d := levenshtein.ComputeDistance(a, b)
	if d == 2 && len(a) == len(b) && sortedLetters(a) == sortedLetters(b) {
		return 1
	}
	return d
}

func sortedLetters(s string) string {
	r := []rune(s)
	slices.Sort(r)
	return strings.TrimSpace(string(r))
}
