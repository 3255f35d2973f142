package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Gap is a space that nobody sees: Plain puts it beside marks. In what is typed it came with what
// was copied from a message, and means nothing.
const Gap = "\u200b"

const gapRune = '\u200b'

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
			b.WriteString(Gap)
			b.WriteRune(r)
		case r == '@' && !isWord(before):
			b.WriteRune(r)
			b.WriteString(Gap)
		case isMark(r) && (r == '`' || !isWord(before) || !isWord(after)):
			if before != ' ' && !isMark(before) {
				b.WriteString(Gap)
			}
			b.WriteRune(r)
			b.WriteString(Gap)
		default:
			b.WriteRune(r)
		}
	}
	return Escape(b.String())
}

// apart puts a gap between a bold word or code and the punctuation of Chinese that touches it from
// outside: Slack shows the marks themselves there, and a space that is seen looks wrong.
func apart(s string) string {
	if !strings.ContainsAny(s, "*`") {
		return s
	}
	runes := []rune(s)
	opened := map[rune]bool{}
	var b strings.Builder
	for i, r := range runes {
		if r == '\n' { // no bold word goes on there
			clear(opened)
		}
		before, after := neighbours(runes, i)
		marks := (r == '*' || r == '`') && !isLiteral(before, after)
		if marks && !opened[r] && isWidePunct(before) {
			b.WriteString(Gap)
		}
		b.WriteRune(r)
		if marks && opened[r] && isWidePunct(after) {
			b.WriteString(Gap)
		}
		if marks {
			opened[r] = !opened[r]
		}
	}
	return b.String()
}

// isLiteral reports whether a mark between the two is one that somebody typed, see Plain.
func isLiteral(before, after rune) bool {
	return isGap(before) && after == gapRune || isWord(before) && isWord(after)
}

// isWidePunct reports whether r is punctuation as wide as a Chinese character; “ and ” are not.
func isWidePunct(r rune) bool {
	return unicode.IsPunct(r) && (r >= '\u3000' && r <= '\u303f' || r >= '\uff00' && r <= '\uffef')
}

var literals = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", Gap, "")

// Bare is for a terminal or a picture what mrkdwn looks like in Slack: without the stars of bold
// words, with what was typed as it was typed. It undoes Plain.
func Bare(mrkdwn string) string {
	runes := []rune(mrkdwn)
	var b strings.Builder
	for i, r := range runes {
		before, after := neighbours(runes, i)
		if r != '*' || isLiteral(before, after) {
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

func isGap(r rune) bool { return r == ' ' || r == gapRune }

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
