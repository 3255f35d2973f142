package text

import (
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// halfWidth makes ＡＢＣ１２３ of a Chinese keyboard ABC123.
func halfWidth(s string) string { return width.Narrow.String(s) }

// WholeNumber reads a number of up to four digits, or a Chinese numeral below a hundred.
func WholeNumber(s string) (int, bool) { return wholeNumber(halfWidth(s)) }

// wholeNumber reads up to four digits, or a Chinese numeral below a hundred.
func wholeNumber(s string) (int, bool) {
	if len(s) <= 4 {
		if n, err := strconv.ParseUint(s, 10, 16); err == nil {
			return int(n), true
		}
	}
	return chineseNumber(s)
}

var chineseDigits = map[rune]int{
	'〇': 0, '零': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4,
	'五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
}

// chineseNumber reads 三, 十, 十二, 二十 and 二十三.
func chineseNumber(s string) (int, bool) {
	tens, ones, hasTen := strings.Cut(s, "十")
	if !hasTen {
		return chineseDigit(s)
	}
	t, u := 1, 0
	ok := true
	if tens != "" {
		t, ok = chineseDigit(tens)
	}
	if ok && ones != "" {
		u, ok = chineseDigit(ones)
	}
	return t*10 + u, ok
}

func chineseDigit(s string) (int, bool) {
	r := []rune(s)
	if len(r) != 1 {
		return 0, false
	}
	n, ok := chineseDigits[r[0]]
	return n, ok
}
