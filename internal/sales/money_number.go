package sales

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bojanz/currency"
)

// scale is a word that multiplies, such as k or 万.
type scale struct {
	factor string
	comma  bool // the word belongs to languages that write 1,5 for one and a half
}

var scales = map[string]scale{
	"k": {factor: "1000"}, "千": {factor: "1000"}, "thousand": {factor: "1000"},
	"tsd": {factor: "1000", comma: true},
	"w":   {factor: "10000"}, "万": {factor: "10000"}, "萬": {factor: "10000"},
	"m": {factor: "1000000"}, "mm": {factor: "1000000"}, "mn": {factor: "1000000"}, "百万": {factor: "1000000"},
	"million": {factor: "1000000"}, "millions": {factor: "1000000"},
	"mio": {factor: "1000000", comma: true}, "mln": {factor: "1000000", comma: true},
	"千万": {factor: "10000000"}, "亿": {factor: "100000000"}, "億": {factor: "100000000"},
	"b": {factor: "1000000000"}, "bn": {factor: "1000000000"}, "billion": {factor: "1000000000"},
	"mrd": {factor: "1000000000", comma: true},
}

// scaleWords are the scales, the longer before those that they begin with.
var scaleWords = func() []string {
	var words []string
	for w := range scales {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return words
}()

// currencyWords maps symbols and words, in capitals, to the currencies that they
// may mean, the most usual first.
var currencyWords = map[string][]string{
	"$":   {"USD", "AUD", "CAD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP"},
	"US$": {"USD"}, "A$": {"AUD"}, "AU$": {"AUD"}, "C$": {"CAD"}, "CA$": {"CAD"}, "NZ$": {"NZD"}, "HK$": {"HKD"},
	"S$": {"SGD"}, "NT$": {"TWD"}, "MX$": {"MXN"}, "R$": {"BRL"},
	"DOLLAR": {"USD", "AUD", "CAD", "NZD", "HKD", "SGD"}, "DOLLARS": {"USD", "AUD", "CAD", "NZD", "HKD", "SGD"},
	"€": {"EUR"}, "EURO": {"EUR"}, "EUROS": {"EUR"}, "欧元": {"EUR"}, "歐元": {"EUR"},
	"£": {"GBP"}, "POUND": {"GBP"}, "POUNDS": {"GBP"}, "英镑": {"GBP"}, "英鎊": {"GBP"},
	"¥": {"CNY", "JPY"}, "CN¥": {"CNY"}, "JP¥": {"JPY"}, "RMB": {"CNY"}, "CNH": {"CNY"}, "YUAN": {"CNY"}, "人民币": {"CNY"}, "人民幣": {"CNY"},
	"元": {"CNY", "TWD", "HKD", "SGD"}, "块": {"CNY", "TWD", "HKD", "SGD"}, "圆": {"CNY"}, "元人民币": {"CNY"},
	"円": {"JPY"}, "YEN": {"JPY"}, "日元": {"JPY"}, "日圆": {"JPY"}, "日圓": {"JPY"},
	"美元": {"USD"}, "美金": {"USD"}, "港元": {"HKD"}, "港币": {"HKD"}, "港幣": {"HKD"}, "新台币": {"TWD"}, "新台幣": {"TWD"}, "台币": {"TWD"},
	"₩": {"KRW"}, "₹": {"INR"}, "RS": {"INR"}, "₽": {"RUB"}, "₺": {"TRY"}, "₫": {"VND"}, "₴": {"UAH"}, "₪": {"ILS"}, "฿": {"THB"}, "₱": {"PHP"}, "₦": {"NGN"},
	"ZŁ": {"PLN"}, "KČ": {"CZK"}, "FT": {"HUF"}, "FR": {"CHF"}, "SFR": {"CHF"}, "KR": {"SEK", "NOK", "DKK", "ISK"},
}

// dotGroups are the currencies of places that write twelve thousand as 12.000.
var dotGroups = map[string]bool{
	"EUR": true, "DKK": true, "ISK": true, "BRL": true, "ARS": true, "CLP": true, "COP": true, "UYU": true, "PYG": true,
	"IDR": true, "VND": true, "TRY": true, "RON": true, "RSD": true, "MKD": true, "BAM": true,
}

var (
	plain      = regexp.MustCompile(`^\d+$`)
	grouped    = regexp.MustCompile(`^\d{1,3}(,\d{3})+$`)
	indian     = regexp.MustCompile(`^\d{1,2}(,\d{2})+,\d{3}$`)
	neutral    = strings.NewReplacer("’", "'", "`", "'", "_", "'", " ", "'")
	commaToDot = strings.NewReplacer(",", ".", ".", ",")
)

// dotMeaning is what a single dot before three digits says.
type dotMeaning int

const (
	dotEither dotMeaning = iota
	dotThousands
	dotDecimal
)

// readNumber returns the readings of a number as plain decimals: none when it makes
// no sense, two when a single dot before three digits could be either mark.
func readNumber(s string, sc scale, dot dotMeaning) []string {
	s, ok := joinGroups(neutral.Replace(s))
	if !ok || s == "" {
		return nil
	}
	dots, commas := strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case dots == 0 && commas == 0:
		return onlyIf(plain.MatchString(s), s)
	case dots > 0 && commas > 0:
		if strings.LastIndex(s, ",") > strings.LastIndex(s, ".") {
			s = commaToDot.Replace(s)
		}
		return fraction(s)
	case dots > 1 || commas > 1:
		return onlyGroups(strings.ReplaceAll(s, ".", ","))
	}
	return oneMark(s, sc, dot)
}

// joinGroups removes apostrophes and spaces, which only ever part thousands.
func joinGroups(s string) (string, bool) {
	if !strings.Contains(s, "'") {
		return s, true
	}
	whole, rest := s, ""
	if i := strings.IndexAny(s, ".,"); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	return strings.ReplaceAll(whole, "'", "") + rest,
		grouped.MatchString(strings.ReplaceAll(whole, "'", ",")) && !strings.Contains(rest, "'")
}

// oneMark reads a number with a single dot or comma.
func oneMark(s string, sc scale, dot dotMeaning) []string {
	i := strings.IndexAny(s, ".,")
	mark, before, after := s[i], s[:i], s[i+1:]
	asFraction := fraction(before + "." + after)
	canGroup := len(after) == 3 && len(before) >= 1 && len(before) <= 3 && before[0] != '0'
	if !canGroup {
		return asFraction
	}
	asThousands := onlyGroups(before + "," + after)
	switch {
	case mark == ',' && sc.comma, mark == '.' && (dot == dotDecimal || sc.factor != "" && !sc.comma):
		return asFraction
	case mark == ',', dot == dotThousands, sc.comma:
		return asThousands
	}
	return append(asThousands, asFraction...)
}

// fraction reads a number whose dot is the decimal mark and whose commas part thousands.
func fraction(s string) []string {
	whole, frac, _ := strings.Cut(s, ".")
	if !plain.MatchString(frac) {
		return nil
	}
	if whole == "" {
		whole = "0"
	}
	for _, w := range onlyGroups(whole) {
		return []string{w + "." + frac}
	}
	return nil
}

func onlyGroups(s string) []string {
	ok := plain.MatchString(s) || grouped.MatchString(s) || indian.MatchString(s)
	return onlyIf(ok, strings.ReplaceAll(s, ",", ""))
}

func onlyIf(ok bool, s string) []string {
	if !ok {
		return nil
	}
	return []string{s}
}

// knownCurrency reports whether the code is one of ISO 4217.
func knownCurrency(code string) bool { return code != "" && currency.IsValid(code) }
