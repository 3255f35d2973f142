package text

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/bojanz/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// none stands for a value that there is none of.
const none = "–"

// scale is a step of the numbers in a short form of money: 1k, 1万.
type scale struct {
	unit   float64
	suffix string
}

var (
	englishScales = []scale{{1, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "B"}, {1e12, "T"}}
	chineseScales = []scale{{1, ""}, {1e4, "万"}, {1e8, "亿"}, {1e12, "万亿"}}
)

// Money writes an amount, given in minor units (cents), in the reader's form:
// "€12,000.50", and "€12,000" when there are no cents. An unknown currency is
// taken to have two decimals and follows the number: "12,000.00 XYZ".
func (p Printer) Money(minor int64, code string) string {
	code = cleanCode(code)
	amount, err := currency.NewAmountFromInt64(minor, code)
	if err != nil {
		return withCode(p.Number(float64(minor)/100, 2), code)
	}
	f := currency.NewFormatter(currency.NewLocale(p.Lang()))
	if minor%int64(minorUnits(code)) == 0 {
		f.MinDigits = 0
	}
	return f.Format(amount)
}

// MoneyShort writes an amount, given in minor units, rounded for tables and
// charts: "€12k", "€1.2M", "¥12万", "¥1.25亿".
func (p Printer) MoneyShort(minor int64, code string) string {
	code = cleanCode(code)
	value := float64(minor) / minorUnits(code)
	if math.Abs(value) < 10 {
		return p.Money(minor, code)
	}
	scales := englishScales
	if p.chinese {
		scales = chineseScales
	}
	mantissa, suffix := shorten(value, scales)
	amount, err := currency.NewAmount(strconv.FormatFloat(mantissa, 'f', -1, 64), code)
	if err != nil {
		return withCode(p.Number(mantissa, decimals(mantissa))+suffix, code)
	}
	f := currency.NewFormatter(currency.NewLocale(p.Lang()))
	f.MinDigits = 0
	return f.Format(amount) + suffix // both languages put the symbol in front
}

// shorten rounds value to whole units of the largest scale that fits, to tenths when
// it is below a hundred of them, and below ten 万, which are many, to hundredths.
func shorten(value float64, scales []scale) (mantissa float64, suffix string) {
	for i, s := range scales {
		mantissa = value / s.unit
		switch size := math.Abs(mantissa); {
		case i > 0 && size < 10 && scales[1].unit == 1e4:
			mantissa = math.Round(mantissa*100) / 100
		case i > 0 && size < 100:
			mantissa = math.Round(mantissa*10) / 10
		default:
			mantissa = math.Round(mantissa)
		}
		suffix = s.suffix
		if i+1 == len(scales) || math.Abs(mantissa)*s.unit < scales[i+1].unit {
			break
		}
	}
	return mantissa, suffix
}

func decimals(f float64) int {
	_, fraction, _ := strings.Cut(strconv.FormatFloat(f, 'f', -1, 64), ".")
	return len(fraction)
}

// minorUnits returns how many minor units make one of the currency: 100 cents.
func minorUnits(code string) float64 {
	digits, ok := currency.GetDigits(code)
	if !ok {
		digits = 2
	}
	return math.Pow10(int(digits))
}

// cleanCode returns the code in capitals without anything that is no letter or
// digit, since an unknown code may be whatever a file held.
func cleanCode(code string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, code)
}

func withCode(number, code string) string {
	return strings.TrimSpace(number + " " + code)
}

// grouped writes numbers as both languages group them: 1,234.5.
var grouped = message.NewPrinter(language.English)

// Number writes f with exactly that many decimals: "1,234.5". What is no
// number, or endless, is "–".
func (p Printer) Number(f float64, decimals int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return none
	}
	if math.Abs(f)*math.Pow10(decimals) < 0.5 {
		f = 0 // never "-0.0"
	}
	return grouped.Sprint(number.Decimal(f, number.Scale(decimals)))
}

// Percent writes a share as a percentage: 0.315 is "31.5%".
func (p Printer) Percent(share float64, decimals int) string {
	if s := p.Number(share*100, decimals); s != none {
		return s + "%"
	}
	return none
}
