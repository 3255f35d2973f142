package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"Acme & Söhne <x> 中":    "Acme &amp; Söhne &lt;x&gt; 中",
		"<!channel> <@U1> &lt;": "&lt;!channel&gt; &lt;@U1&gt; &amp;lt;",
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTruncate(t *testing.T) {
	const family = "👨‍👩‍👧" // five runes, one character
	for _, test := range []struct {
		in   string
		max  int
		want string
	}{
		{"Acme", 4, "Acme"},
		{"Acme!", 4, "Acm…"},
		{"Acme renewal", 6, "Acme…"},
		{"成交客户名单", 4, "成交客…"},
		{"ab" + family, 7, "ab" + family},
		{"ab" + family + "c", 7, "ab…"},
		{"ab" + family + "c", 8, "ab" + family + "c"},
		{"e\u0301e\u0301", 3, "e\u0301…"},
		{"abc", 1, "…"}, {"abc", 0, ""}, {"abc", -1, ""}, {"", 0, ""},
		{"a\xff", 5, "a\ufffd"},
	} {
		if got := Truncate(test.in, test.max); got != test.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", test.in, test.max, got, test.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Acme & Co":             "Acme &amp; Co",
		"<!channel>":            "&lt;!channel&gt;",
		"snake_case 3*4*5 a~b":  "snake_case 3*4*5 a~b",
		"*bold*":                "*" + Gap + "bold" + Gap + "*" + Gap,
		"so _very_ ~old~":       "so _" + Gap + "very" + Gap + "_" + Gap + " ~" + Gap + "old" + Gap + "~" + Gap,
		"a`b`":                  "a" + Gap + "`" + Gap + "b" + Gap + "`" + Gap,
		"> quoted":              Gap + "&gt; quoted",
		"5 > 4":                 "5 &gt; 4",
		"@here ann@example.com": "@" + Gap + "here ann@example.com",
		" two\n\tlines\r\n":     "two lines",
		"a\u202egpj.exe\x00":    "agpj.exe",
		"名称*粗体*":                "名称*粗体" + Gap + "*" + Gap,
		"":                      "",
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldFindsWhatPlainShows(t *testing.T) {
	for _, name := range []string{"*Acme*", "so _very_ old", "@here", "> quote"} {
		shown := strings.ReplaceAll(Plain(name), "&gt;", ">")
		if Fold(shown) != Fold(name) {
			t.Errorf("Fold(%q) = %q, Fold(%q) = %q", shown, Fold(shown), name, Fold(name))
		}
	}
}

var awkward = []string{
	"", "<!channel>", "&lt;!here>", "*a* _b_ `c` ~d~", "**`_~", "@", "> x", "👨‍👩‍👧🏽", "e\u0301\u0301", "\xff\xfe", "ＡＢＣ　１", "ß İ ŉ",
	"\u200b<\u200b!", "가\u3099が", "½ ① ﬁ",
}

func FuzzEscape(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	unescape := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	f.Fuzz(func(t *testing.T, s string) {
		got := Escape(s)
		if strings.ContainsAny(got, "<>") {
			t.Errorf("Escape(%q) = %q", s, got)
		}
		if unescape.Replace(got) != s {
			t.Errorf("Escape(%q) = %q is not what was typed", s, got)
		}
	})
}

func FuzzPlain(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Plain(s)
		if strings.ContainsAny(got, "<>\n\r") {
			t.Errorf("Plain(%q) = %q", s, got)
		}
		if want := Escape(oneLine(s)); strings.ReplaceAll(got, Gap, "") != strings.ReplaceAll(want, Gap, "") {
			t.Errorf("Plain(%q) = %q shows something else than %q", s, got, want)
		}
		if opened := openedMark(got); opened != "" {
			t.Errorf("Plain(%q) = %q opens formatting at %q", s, got, opened)
		}
	})
}

// openedMark returns a mark that Slack could open formatting with: before a
// character, and not within a word.
func openedMark(s string) string {
	runes := []rune(s)
	for i, r := range runes {
		before, after := neighbours(runes, i)
		if isMark(r) && !isWord(before) && after != ' ' && after != '\u200b' {
			return string(runes[i:])
		}
	}
	return ""
}

func FuzzTruncate(f *testing.F) {
	for i, s := range awkward {
		f.Add(s, i)
	}
	f.Fuzz(func(t *testing.T, s string, max int) {
		got := Truncate(s, max)
		if n := utf8.RuneCountInString(got); n > 0 && n > max {
			t.Errorf("Truncate(%q, %d) = %q has %d runes", s, max, got, n)
		}
		whole := strings.ToValidUTF8(s, "\ufffd")
		kept, cut := strings.CutSuffix(got, "…")
		if got == whole || got == "" {
			return
		}
		if !cut || !strings.HasPrefix(whole, kept) {
			t.Fatalf("Truncate(%q, %d) = %q is no beginning of it", s, max, got)
		}
		if kept != "" && uniseg.GraphemeClusterCount(kept)+uniseg.GraphemeClusterCount(whole[len(kept):]) != uniseg.GraphemeClusterCount(whole) {
			t.Errorf("Truncate(%q, %d) = %q cuts a character", s, max, got)
		}
	})
}

// Bare shows what was typed as it was typed, and no stars of bold words.
func TestBareUndoesPlain(t *testing.T) {
	for _, typed := range []string{"Acme", "2*3*4", "*bold* _no_ ~x~ `y`", "R&D <b> @lin", "a * b", "“客户”*重要*", "&lt;"} {
		if got, want := Bare("*"+Plain("Won")+"* "+Plain(typed)), "Won "+typed; got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// Bold words and code touch no punctuation of Chinese, in which Slack would show the marks,
// and no gap is seen there. Nothing else is changed, and a terminal shows neither.
func TestMarksStandApartFromChinesePunctuation(t *testing.T) {
	const z = Gap
	for s, want := range map[string]string{
		"处于 *演示*，金额 1。": "处于 *演示*" + z + "，金额 1。", "先：*Acme* (D-1)。": "先：" + z + "*Acme* (D-1)。", "写 `me`。": "写 `me`" + z + "。",
		"“*Acme*”": "“*Acme*”", "a *b*, c": "a *b*, c", "没有。": "没有。",
		"在 *（试点）*，写 `【客户】`，": "在 *（试点）*" + z + "，写 `【客户】`" + z + "，", // what touches them inside is theirs
		"写 `me\n：`me`。":      "写 `me\n：" + z + "`me`" + z + "。",
	} {
		if got := apart(s); got != want || apart(got) != want {
			t.Errorf("apart(%q) = %q, want %q", s, got, want)
		}
		if got, plain := Bare(apart(s)), strings.ReplaceAll(s, "*", ""); got != plain {
			t.Errorf("a terminal shows %q, want %q", got, plain)
		}
	}
}

// A star that somebody typed opens no bold word.
func TestTypedStarsStandApartFromNothing(t *testing.T) {
	for _, typed := range []string{"*", "*重要", "2*3"} {
		s, want := Plain(typed)+"：*Acme*。", Plain(typed)+"："+Gap+"*Acme*"+Gap+"。"
		if got := apart(s); got != want {
			t.Errorf("apart(%q) = %q, want %q", s, got, want)
		}
	}
}
