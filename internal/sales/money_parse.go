package sales

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/bojanz/currency"
	"golang.org/x/text/unicode/norm"
)

// ParseMoney reads an amount as people type it: "12k", "12,000.50 EUR", "€12.000",
// "¥12万", "1.2亿", "USD12k". What has no currency is in def. What can be read in
// two ways, such as "12.000" in dollars, is refused as Ambiguous with the
// code "money.ambiguous" and both readings, in canonical form, as Choices. Other
// refusals are Invalid: "money.unreadable", "money.negative", "money.too_large",
// "money.currency" (no such currency) and "money.decimals" (finer than its
// smallest unit).
func ParseMoney(s, def string) (Money, error) {
	p := moneyParser{input: s, def: strings.ToUpper(strings.TrimSpace(def))}
	return p.parse()
}

type moneyParser struct {
	input string
	def   string
	rest  string // what is not read yet
	code  string // currency
	scale scale
}

const maxMoneyInput = 64

func (p *moneyParser) parse() (Money, error) {
	p.rest = strings.TrimSpace(norm.NFKC.String(p.input))
	if len(p.input) > maxMoneyInput || !strings.ContainsFunc(p.rest, isDigit) {
		return Money{}, p.unreadable()
	}
	p.rest = roundEnding.ReplaceAllString(p.rest, "$1")
	negative := p.takeSign()
	if err := p.takeCurrency(); err != nil {
		return Money{}, err
	}
	negative = p.takeSign() || negative
	p.takeScale()
	readings := readNumber(strings.TrimSpace(p.rest), p.scale, p.dot())
	if len(readings) == 0 {
		return Money{}, p.unreadable()
	}
	if negative {
		return Money{}, refuse(Invalid, "money.negative", "input", p.input)
	}
	if len(readings) > 1 {
		return Money{}, p.ambiguous(readings)
	}
	return p.exact(readings[0])
}

func (p *moneyParser) unreadable() *Error {
	return refuse(Invalid, "money.unreadable", "input", p.input)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// takeSign removes a leading sign and reports whether it was a minus. An amount
// in brackets is negative too, as in accounts.
func (p *moneyParser) takeSign() bool {
	p.rest = strings.TrimSpace(p.rest)
	if inner, ok := strings.CutPrefix(p.rest, "("); ok {
		if inner, ok = strings.CutSuffix(inner, ")"); ok {
			p.rest = inner
			return true
		}
	}
	for _, minus := range []string{"-", "−", "–"} {
		if rest, ok := strings.CutPrefix(p.rest, minus); ok {
			p.rest = rest
			return true
		}
	}
	p.rest = strings.TrimPrefix(p.rest, "+")
	return false
}

// takeCurrency removes the currency before and after the number and decides which is meant.
func (p *moneyParser) takeCurrency() error {
	first := strings.IndexFunc(p.rest, isNumeral)
	last := strings.LastIndexFunc(p.rest, isNumeral)
	if first < 0 {
		return p.unreadable()
	}
	before, number, after := p.rest[:first], p.rest[first:last+1], p.rest[last+1:]
	before, sign := cutSign(before)
	// A scale stands between number and currency: "12k EUR", "12万元".
	scaleWord, after := splitScale(after)
	pre, err := p.currencies(before)
	if err != nil {
		return err
	}
	post, err := p.currencies(after)
	if err != nil {
		return err
	}
	p.rest = sign + number + scaleWord
	return p.choose(pre, post)
}

func isNumeral(r rune) bool { return isDigit(r) || r == '.' || r == ',' }

// cutSign moves a minus that stands between a currency and its number: "$-5".
func cutSign(s string) (string, string) {
	t := strings.TrimSpace(s)
	for _, minus := range []string{"-", "−", "–"} {
		if rest, ok := strings.CutSuffix(t, minus); ok {
			return rest, "-"
		}
	}
	return s, ""
}

// currencies returns what a word or symbol may stand for, or nil when there is none.
func (p *moneyParser) currencies(word string) ([]string, error) {
	w := strings.ToUpper(strings.TrimSpace(word))
	if w == "" {
		return nil, nil
	}
	if codes, ok := currencyWords[w]; ok {
		return codes, nil
	}
	if knownCurrency(w) {
		return []string{w}, nil
	}
	if len(w) == 3 && !strings.ContainsFunc(w, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		return nil, refuse(Invalid, "money.currency", "currency", w)
	}
	return nil, p.unreadable()
}

// choose settles the currency: both words must agree, and of several that share a
// symbol the default is meant when it is among them, the most usual one otherwise.
func (p *moneyParser) choose(pre, post []string) error {
	candidates := pre
	switch {
	case pre == nil:
		candidates = post
	case post != nil:
		candidates = slices.DeleteFunc(slices.Clone(pre), func(c string) bool { return !slices.Contains(post, c) })
		if len(candidates) == 0 {
			return p.unreadable()
		}
	}
	switch {
	case candidates == nil, slices.Contains(candidates, p.def):
		p.code = p.def
	default:
		p.code = candidates[0]
	}
	if !knownCurrency(p.code) {
		return refuse(Invalid, "money.currency", "currency", p.code)
	}
	return nil
}

// dot says what a dot before three digits is where the currency is used.
func (p *moneyParser) dot() dotMeaning {
	if dotGroups[p.code] {
		return dotThousands
	}
	if digits, _ := currency.GetDigits(p.code); digits == 3 {
		return dotDecimal
	}
	return dotEither
}

func (p *moneyParser) takeScale() {
	i := strings.LastIndexFunc(p.rest, isNumeral) + 1
	word := strings.TrimSpace(p.rest[i:])
	p.scale = scales[strings.ToLower(word)]
	p.rest = p.rest[:i]
	if parts := hundredMillions.FindStringSubmatch(p.rest); parts != nil && (word == "万" || word == "萬") {
		p.rest = parts[1] + strings.Repeat("0", 4-len(parts[2])) + parts[2]
	}
}

var (
	// roundEnding is the empty fraction of a price tag: "12,-".
	roundEnding = regexp.MustCompile(`(\d)[.,][-–—]+`)
	// hundredMillions parts the number of "1亿2000万".
	hundredMillions = regexp.MustCompile(`^(\d+)[亿億](\d{1,4})$`)
)

// exact turns the one reading into Money, refusing fractions of the smallest unit.
func (p *moneyParser) exact(number string) (Money, error) {
	a, err := p.scaled(number)
	if err != nil {
		return Money{}, err
	}
	m, err := fromAmount(a)
	if err != nil {
		return Money{}, err
	}
	if back, _ := m.amount(); !back.Equal(a) {
		digits, _ := currency.GetDigits(p.code)
		return Money{}, refuse(Invalid, "money.decimals", "input", p.input, "currency", p.code, "digits", int(digits))
	}
	return m, nil
}

func (p *moneyParser) scaled(number string) (currency.Amount, error) {
	a, err := currency.NewAmount(number, p.code)
	if err != nil {
		return a, p.unreadable()
	}
	if p.scale.factor == "" {
		return a, nil
	}
	a, err = a.Mul(p.scale.factor)
	if err != nil {
		return a, refuse(Invalid, "money.too_large", "currency", p.code)
	}
	return a, nil
}

// ambiguous offers every reading, rounded to what the currency has.
func (p *moneyParser) ambiguous(readings []string) error {
	e := refuse(Ambiguous, "money.ambiguous", "input", p.input)
	for _, r := range readings {
		a, err := p.scaled(r)
		if err != nil {
			return err
		}
		m, err := fromAmount(a)
		if err != nil {
			return err
		}
		e.Choices = append(e.Choices, Choice{Key: m.Canonical(), Label: m.Canonical()})
	}
	return e
}

// splitScale parts "k EUR" into its scale and its currency.
func splitScale(after string) (scaleWord, rest string) {
	s := strings.TrimSpace(after)
	lower := strings.ToLower(s)
	for _, word := range scaleWords {
		if !strings.HasPrefix(lower, word) {
			continue
		}
		rest := s[len(word):]
		// "million" is no "m" with a currency "illion"; "mxn" is no "m" with "xn".
		if r := strings.TrimLeft(rest, ". "); r == "" || len(r) < len(rest) || endsHan(word) || isCurrency(r) && !isCurrency(s) {
			return word, r
		}
	}
	return "", s
}

func endsHan(word string) bool {
	r := []rune(word)
	return unicode.Is(unicode.Han, r[len(r)-1])
}

func isCurrency(word string) bool {
	w := strings.ToUpper(strings.TrimSpace(word))
	_, known := currencyWords[w]
	return known || knownCurrency(w)
}
