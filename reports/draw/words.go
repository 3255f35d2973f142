package draw

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Wide estimates how wide a text is; Chinese characters are as wide as they are high.
func Wide(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			w += size
		default:
			w += 0.57 * size
		}
	}
	return w
}

// Wrap breaks a text into lines that are as wide as room at most: between words, or
// anywhere when there are none. What does not fit on the last line is cut off.
func Wrap(s string, size, room float64, lines int) []string {
	var out []string
	for s = strings.TrimSpace(s); s != "" && len(out) < lines; {
		n, space := 0, 0
		for i, r := range s {
			end := i + utf8.RuneLen(r)
			if Wide(s[:end], size) > room && i > 0 {
				break
			}
			if n = end; r == ' ' {
				space = end
			}
		}
		if n < len(s) && len(out) == lines-1 {
			_, last := utf8.DecodeLastRuneInString(s[:n])
			return append(out, strings.TrimSpace(s[:n-last])+"…")
		}
		if n < len(s) && space > 0 && s[n] != ' ' && s[n] < utf8.RuneSelf {
			n = space
		}
		out = append(out, strings.TrimSpace(s[:n]))
		s = strings.TrimSpace(s[n:])
	}
	return out
}
