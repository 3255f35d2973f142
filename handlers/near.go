package handlers

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest returns the candidate that the word is most likely the beginning or a slip
// of, and whether there is one: one wrong letter in a short word, two in a longer one.
func nearest(word string, candidates []string) (string, bool) {
	if begun, ok := begins(fold(word), candidates); ok {
		return begun, true
	}
	best, least := "", slips(word)+1
	for _, candidate := range candidates {
		if d := distance(fold(word), fold(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best, best != ""
}

// begins returns the only candidate that begins so; a letter or two begin too many.
func begins(typed string, candidates []string) (string, bool) {
	if len([]rune(typed)) < 3 {
		return "", false
	}
	fits := slices.DeleteFunc(slices.Clone(candidates), func(c string) bool { return !strings.HasPrefix(fold(c), typed) })
	if len(fits) != 1 {
		return "", false
	}
	return fits[0], true
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
