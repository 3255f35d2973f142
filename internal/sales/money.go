package sales

import (
	"math"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

// Money is an amount in the smallest unit of its currency (cents, fen, yen). Two
// currencies are never added up. The zero Money, without a currency, is "not set".
type Money struct {
	Minor    int64
	Currency string // ISO 4217
}

// maxMinor is the largest amount, ten trillion euros: a float64 holds every unit.
const maxMinor = 1e15

// IsSet reports whether an amount was given.
func (m Money) IsSet() bool { return m.Currency != "" }

// MoneyOf returns units of a currency, such as 12000.50, rounded half up to its
// smallest unit. It refuses what is no number, too large, or in no currency.
func MoneyOf(units float64, code string) (Money, error) {
	if math.IsNaN(units) || math.IsInf(units, 0) {
		return Money{}, refuse(Invalid, "money.unreadable", "input", strconv.FormatFloat(units, 'g', -1, 64))
	}
	return moneyOf(strconv.FormatFloat(units, 'f', -1, 64), code)
}

// moneyOf reads a plain decimal number and rounds it to the currency.
func moneyOf(number, code string) (Money, error) {
	a, err := currency.NewAmount(number, code)
	if err != nil {
		if !knownCurrency(code) {
			return Money{}, refuse(Invalid, "money.currency", "currency", code)
		}
		return Money{}, refuse(Invalid, "money.unreadable", "input", number)
	}
	return fromAmount(a)
}

func fromAmount(a currency.Amount) (Money, error) {
	minor, err := a.Round().Int64()
	if err != nil || minor > maxMinor || minor < -maxMinor {
		return Money{}, refuse(Invalid, "money.too_large", "currency", a.CurrencyCode())
	}
	return Money{Minor: minor, Currency: a.CurrencyCode()}, nil
}

func (m Money) amount() (currency.Amount, error) {
	a, err := currency.NewAmountFromInt64(m.Minor, m.Currency)
	if err != nil {
		return a, refuse(Invalid, "money.currency", "currency", m.Currency)
	}
	return a, nil
}

// Canonical is the form in which amounts are stored and passed on: "12000.50 EUR",
// and "" when nothing is set.
func (m Money) Canonical() string {
	a, err := m.amount()
	if err != nil {
		return ""
	}
	return a.String()
}

// MoneyFromCanonical reads what Canonical wrote; "" is the Money that is not set.
func MoneyFromCanonical(s string) (Money, error) {
	if s == "" {
		return Money{}, nil
	}
	number, code, ok := strings.Cut(s, " ")
	if !ok {
		return Money{}, refuse(Invalid, "money.unreadable", "input", s)
	}
	return moneyOf(number, code)
}

// Float returns the amount in units of its currency: 12000.5 for 12000.50 EUR.
func (m Money) Float() float64 {
	digits, _ := currency.GetDigits(m.Currency)
	return float64(m.Minor) / math.Pow10(int(digits))
}

// Times returns the amount multiplied by a factor, rounded half up to the smallest
// unit. It refuses a factor that is no number and a product that is too large.
func (m Money) Times(factor float64) (Money, error) {
	if !m.IsSet() {
		return m, nil
	}
	a, err := m.amount()
	if err != nil {
		return Money{}, err
	}
	if math.IsNaN(factor) || math.IsInf(factor, 0) {
		return Money{}, refuse(Invalid, "money.unreadable", "input", strconv.FormatFloat(factor, 'g', -1, 64))
	}
	product, err := a.Mul(strconv.FormatFloat(factor, 'f', -1, 64))
	if err != nil {
		return Money{}, refuse(Invalid, "money.too_large", "currency", m.Currency)
	}
	return fromAmount(product)
}

// AddMinor adds to a sum of many amounts, in the smallest unit of one currency. An int64 holds 9,223 of the
// largest amount; a sum beyond stays at the largest int64 and does not turn negative.
func AddMinor(sum, minor int64) int64 {
	if minor > 0 && sum > math.MaxInt64-minor {
		return math.MaxInt64
	}
	return sum + minor
}

// Add returns the sum. An amount that is not set adds nothing; two currencies are
// refused with the code "money.mixed".
func (m Money) Add(n Money) (Money, error) {
	switch {
	case !n.IsSet():
		return m, nil
	case !m.IsSet():
		return n, nil
	case m.Currency != n.Currency:
		return Money{}, refuse(Invalid, "money.mixed", "currency", m.Currency, "other", n.Currency)
	}
	sum := m.Minor + n.Minor
	if sum > maxMinor || sum < -maxMinor {
		return Money{}, refuse(Invalid, "money.too_large", "currency", m.Currency)
	}
	return Money{Minor: sum, Currency: m.Currency}, nil
}
