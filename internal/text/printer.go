package text

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/number"
)

// Printer writes for one reader: in their language, in their time zone. It is
// a small value, safe for concurrent use; the zero Printer writes English in UTC.
type Printer struct {
	chinese bool
	loc     *time.Location
}

// For returns the Printer for a locale as Slack sends it ("en-US", "zh-CN").
// Every Chinese locale reads Simplified Chinese, every other one English. A
// nil loc is UTC.
func For(locale string, loc *time.Location) Printer {
	lang, _, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-")
	return Printer{chinese: strings.EqualFold(lang, "zh"), loc: loc}
}

// Lang returns "en" or "zh".
func (p Printer) Lang() string {
	if p.chinese {
		return "zh"
	}
	return "en"
}

// Location returns the reader's time zone, never nil.
func (p Printer) Location() *time.Location {
	if p.loc == nil {
		return time.UTC
	}
	return p.loc
}

// T translates msg, which is the English text, and fills in args by fmt's
// verbs. Without args, verbs stand as they are. A translation may take the args
// in another order (%[2]s). What has no translation is written in English.
func (p Printer) T(msg string, args ...any) string {
	s := fill(p.translate(msg), args)
	if p.chinese {
		return apart(s)
	}
	return s
}

// N is T for a sentence that counts: one is the English text for n = 1, other
// the text for any other n and the key of the translation, as Chinese has one
// form. n is the first argument of both, before args, and is written as Number
// does: "1,234".
func (p Printer) N(n int, one, other string, args ...any) string {
	args = append([]any{counted(n)}, args...)
	if p.chinese {
		if s, ok := chinese()[other]; ok {
			return apart(fill(s, args))
		}
	}
	if n == 1 {
		return fill(one, args)
	}
	return fill(other, args)
}

// counted is a number that %d writes with its thousands apart.
type counted int

func (n counted) Format(f fmt.State, _ rune) { _, _ = grouped.Fprint(f, number.Decimal(int(n))) }

// List joins items as in a sentence: "a, b and c", "a、b和c".
func (p Printer) List(items []string) string {
	n := len(items)
	if n < 2 {
		return strings.Join(items, "")
	}
	first, last := p.spaced(strings.Join(items[:n-1], p.T(", ")), items[n-1])
	return p.T("%s and %s", first, last)
}

// Sentences puts sentences behind each other, as the language does; empty ones are left out.
func (p Printer) Sentences(sentences ...string) string {
	said := slices.DeleteFunc(slices.Clone(sentences), func(s string) bool { return s == "" })
	if p.chinese {
		return apart(strings.Join(said, ""))
	}
	return strings.Join(said, " ")
}

// AnyOf joins items of which one will do: "a, b or c".
func (p Printer) AnyOf(items []string) string {
	n := len(items)
	if n < 2 {
		return strings.Join(items, "")
	}
	first, last := p.spaced(strings.Join(items[:n-1], p.T(", ")), items[n-1])
	return p.T("%s or %s", first, last)
}

// spaced puts the space that Chinese has between Latin letters and the word that joins
// them: "Raj 或 Rosa", "张三或李四".
func (p Printer) spaced(first, last string) (before, after string) {
	latin := func(r rune) bool {
		return r < unicode.MaxLatin1 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == ')' || r == '@')
	}
	if r, _ := utf8.DecodeLastRuneInString(first); p.chinese && latin(r) {
		first += " "
	}
	if r, _ := utf8.DecodeRuneInString(last); p.chinese && latin(r) {
		last = " " + last
	}
	return first, last
}

// Msg marks a sentence that is kept in a table and translated later by T. It
// returns s.
func Msg(s string) string { return s }

func (p Printer) translate(msg string) string {
	if p.chinese {
		if s, ok := chinese()[msg]; ok {
			return s
		}
	}
	return msg
}

func fill(format string, args []any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}
