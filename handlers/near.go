package handlers

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// nearest returns the candidate that the word is most likely the beginning or a slip
// of, and whether there is one: one wrong letter in a short word, two in a longer one.
func nearest(word string, candidates []string) (string, bool) {
	typed := fold(word)
	if begun, ok := begins(typed, candidates); ok {
		return begun, true
	}
	length := utf8.RuneCountInString(typed)
	best, least := "", slips(length)+1
	for _, candidate := range candidates {
		name := fold(candidate)
		if longer := length - utf8.RuneCountInString(name); longer >= least || -longer >= least {
			continue // too long or too short to be compared letter by letter
		}
		if d := distance(typed, name); d < least {
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

// slips is how many wrong letters still make a word of that length a likely slip.
func slips(length int) int {
	switch {
	case length < 2:
		return 0
	case length < 5:
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
