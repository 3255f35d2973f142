package handlers

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pipewright/internal/text"
)

// Word is one word that somebody typed, without its quotes and without Slack's
// marks; the gateway has taken & < > out of their escapes already. Pos and End are its place in Call.Text, quotes included.
type Word struct {
	Text   string
	Quoted bool
	Pos    int
	End    int
}

// quotes are what people put around names; a phone makes “ of ".
var quotes = map[rune]string{
	'"': "\"”“", '“': "”\"“", '”': "”\"", '„': "“”\"", '\'': "'’", '‘': "’'", '「': "」", '『': "』", '«': "»",
}

// split reads words: what stands in quotes is one word, and so is what Slack put
// in <…>. A quote that is not closed is a character like any other.
func split(s string) []Word {
	var words []Word
	unclosed := map[rune]bool{} // quotes that nothing closes from here on: looked for once, not at every word
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			i += size
			continue
		}
		w, end := quotedWord(s, i, unclosed)
		if end == 0 {
			end = wordEnd(s, i)
			w = Word{Text: plainWord(s[i:end])}
		}
		w.Pos, w.End = i, end
		words = append(words, w)
		i = end
	}
	return words
}

func quotedWord(s string, at int, unclosed map[rune]bool) (Word, int) {
	open, size := utf8.DecodeRuneInString(s[at:])
	closing, ok := quotes[open]
	if !ok || unclosed[open] {
		return Word{}, 0
	}
	start := at + size
	for i, r := range s[start:] {
		if !strings.ContainsRune(closing, r) {
			continue
		}
		end := start + i + utf8.RuneLen(r)
		next, _ := utf8.DecodeRuneInString(s[end:])
		inner := strings.TrimSpace(s[start : start+i])
		if inner != "" && (end == len(s) || unicode.IsSpace(next) || unicode.Is(unicode.Han, next)) {
			return Word{Text: unescape(inner), Quoted: true}, end
		}
	}
	unclosed[open] = true
	return Word{}, 0
}

func wordEnd(s string, at int) int {
	if s[at] == '<' {
		if i := strings.IndexAny(s[at+1:], "<>"); i >= 0 && s[at+1+i] == '>' {
			return at + 1 + i + 1
		}
	}
	if i := strings.IndexFunc(s[at:], unicode.IsSpace); i >= 0 {
		return at + i
	}
	return len(s)
}

// slackMarkup is what Slack makes of links, people and channels.
var slackMarkup = regexp.MustCompile(`<([@#]?)((?:https?|mailto|tel):[^<>|]+|[UWC][A-Z0-9]+)(?:\|([^<>]*))?>`)

// plainWord keeps <@U…> as it is, so that a person can be read from it.
func plainWord(s string) string {
	if strings.HasPrefix(s, "<@") && strings.HasSuffix(s, ">") {
		return s
	}
	return unescape(s)
}

// unescape turns what Slack made of links, people and channels into what the person typed.
func unescape(s string) string {
	return slackMarkup.ReplaceAllStringFunc(s, func(m string) string {
		g := slackMarkup.FindStringSubmatch(m)
		switch {
		case g[1] == "" && strings.HasPrefix(g[2], "mailto:"):
			return strings.TrimPrefix(g[2], "mailto:")
		case g[1] == "":
			return g[2]
		case g[3] != "":
			return g[1] + g[3]
		}
		return g[1] + g[2]
	})
}

// namedMarkup is what Slack makes of people, channels and user groups.
var namedMarkup = regexp.MustCompile(`<([@#]|!subteam\^)[A-Z0-9]+(?:\|[@#]?([^<>]*))?>`)

// readable is a line as its person typed it, for where Slack shows what stands there as it is: "@bo", not "<@U1|bo>".
func readable(line string) string {
	line = namedMarkup.ReplaceAllStringFunc(line, func(m string) string {
		g := namedMarkup.FindStringSubmatch(m)
		if g[2] == "" {
			g[2] = "…"
		}
		return strings.Replace(g[1], "!subteam^", "@", 1) + g[2]
	})
	return unescape(line)
}

// typed returns the words as they were typed, with their case and spacing; one
// quoted word is what stands in the quotes.
func (c *Call) typed(words []Word) string {
	if len(words) == 0 {
		return ""
	}
	if len(words) == 1 && words[0].Quoted {
		return words[0].Text
	}
	return strings.TrimSpace(unescape(c.Text[words[0].Pos:words[len(words)-1].End]))
}

// line is the whole command as a button can run it again.
func (c *Call) line() string { return strings.TrimSpace(c.Name + " " + c.Text) }

// with is the line with the words replaced. Without words, what replaces them is
// put where a deal that was left out belongs.
func (c *Call) with(words []Word, replacement string) string {
	from, to := c.gap, c.gap
	if len(words) > 0 {
		from, to = words[0].Pos, words[len(words)-1].End
	}
	parts := []string{c.Name, c.Text[:from], replacement, c.Text[to:]}
	for i, s := range parts {
		parts[i] = strings.TrimSpace(s)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// cut parts the words at the first keyword that nobody quoted.
func cut(words []Word, keywords ...string) (before, after []Word, found bool) {
	i := slices.IndexFunc(words, func(w Word) bool { return w.is(keywords...) })
	if i < 0 {
		return words, nil, false
	}
	after = words[i+1:]
	if words[i].is("because") && len(after) > 1 && after[0].is("of") {
		after = after[1:] // the note is what follows
	}
	return words[:i], after, true
}

// cutLast is cut at the last such keyword.
func cutLast(words []Word, keywords ...string) (before, after []Word, found bool) {
	for i, w := range slices.Backward(words) {
		if w.is(keywords...) {
			return words[:i], words[i+1:], true
		}
	}
	return words, nil, false
}

// is reports whether the word is one of the keywords, in any case and not quoted.
func (w Word) is(keywords ...string) bool {
	return !w.Quoted && slices.ContainsFunc(keywords, func(k string) bool { return strings.EqualFold(k, w.Text) })
}

// The keywords of the grammar, in both languages.
var (
	because  = []string{"because", "因为", "由于", "原因"}
	to       = []string{"to", "到", "至", "回到"}
	forWords = []string{"for", "给", "客户"}
	by       = []string{"by", "截止", "之前"}
	until    = []string{"until", "till", "直到", "到", "至"}
	override = []string{"override", "放行", "例外放行", "强制"}
	helpWord = []string{"help", "--help", "-h", "?", "帮助", "？"}
	nothing  = []string{"none", "nothing", "-", "–", "clear", "无", "没有", "清空"}
)

// fold is how words are compared: without case, accents and punctuation.
func fold(s string) string { return text.Fold(s) }

// joined is the folded text of the words.
func joined(words []Word) string {
	var parts []string
	for _, w := range words {
		parts = append(parts, w.Text)
	}
	return fold(strings.Join(parts, " "))
}
