package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	zeroWidth      = '\u200b'
	zeroWidthSpace = string(zeroWidth)
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Escape makes & < > literal, as Slack wants in every text: nothing in s can
// then mention, link or ping.
func Escape(s string) string { return escaper.Replace(s) }

// Truncate shortens s to at most max runes, the last of them "…", and never
// cuts what a reader sees as one character (an emoji with its skin tone, a
// letter with its accent). Truncate before Escape or Plain.
func Truncate(s string, max int) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if len(s) <= max || len([]rune(s)) <= max {
		return s
	}
	if max < 1 {
		return ""
	}
	var kept strings.Builder
	left, state := max-1, -1
	for s != "" {
		var seen string
		seen, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		if left -= utf8.RuneCountInString(seen); left < 0 {
			break
		}
		kept.WriteString(seen)
	}
	return strings.TrimRightFunc(kept.String(), unicode.IsSpace) + "…"
}

// Plain makes typed text stand in mrkdwn as it was typed, on one line: it is
// escaped, and * _ ~ ` start or end no formatting, a leading > no quotation and
// @ no mention. Slack has no escape for those. It takes a mark for formatting
// only beside a word and takes a zero width space for a gap, so one is put
// between them; marks inside a word (snake_case) are let alone. Fold ignores it,
// so a name copied from Slack is still found.
func Plain(s string) string {
	runes := []rune(oneLine(s))
	var b strings.Builder
	for i, r := range runes {
		before, after := neighbours(runes, i)
		switch {
		case r == '>' && i == 0:
			b.WriteString(zeroWidthSpace)
			b.WriteRune(r)
		case r == '@' && !isWord(before):
			b.WriteRune(r)
			b.WriteString(zeroWidthSpace)
		case isMark(r) && (r == '`' || !isWord(before) || !isWord(after)):
			if before != ' ' && !isMark(before) {
				b.WriteString(zeroWidthSpace)
			}
			b.WriteRune(r)
			b.WriteString(zeroWidthSpace)
		default:
			b.WriteRune(r)
		}
	}
	return Escape(b.String())
}

// apart puts a zero width space between the mark of a bold word or code and punctuation of
// Chinese: Slack shows the mark itself where they touch, and a gap that is seen looks wrong.
func apart(s string) string {
	if !strings.ContainsAny(s, "*`") {
		return s
	}
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		before, after := neighbours(runes, i)
		marks := r == '*' || r == '`'
		if marks && isWidePunct(before) {
			b.WriteRune(zeroWidth)
		}
		b.WriteRune(r)
		if marks && isWidePunct(after) {
			b.WriteRune(zeroWidth)
		}
	}
	return b.String()
}

// isWidePunct reports whether r is punctuation as wide as a Chinese character; “ and ” are not.
func isWidePunct(r rune) bool {
	return unicode.IsPunct(r) && (r >= '\u3000' && r <= '\u303f' || r >= '\uff00' && r <= '\uffef')
}

var literals = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", zeroWidthSpace, "")

// Bare is for a terminal or a picture what mrkdwn looks like in Slack: without the stars of bold
// words, with what was typed as it was typed. It undoes Plain.
func Bare(mrkdwn string) string {
	runes := []rune(mrkdwn)
	var b strings.Builder
	for i, r := range runes {
		before, after := neighbours(runes, i)
		typed := isGap(before) && after == zeroWidth || isWord(before) && isWord(after)
		if r != '*' || typed {
			b.WriteRune(r)
		}
	}
	return literals.Replace(b.String())
}

// neighbours returns the runes around runes[i], a space at either end.
func neighbours(runes []rune, i int) (before, after rune) {
	before, after = ' ', ' '
	if i > 0 {
		before = runes[i-1]
	}
	if i+1 < len(runes) {
		after = runes[i+1]
	}
	return before, after
}

func isGap(r rune) bool { return r == ' ' || r == zeroWidth }

func isMark(r rune) bool { return strings.ContainsRune("*_~`", r) }

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// oneLine makes every run of white space one space, and drops what cannot be
// seen but changes what can: control characters and changes of direction.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		default:
			return r
		}
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
