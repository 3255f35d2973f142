package sales

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct{ in, def, want string }{
		// Plain, and with a scale.
		{"12000", "EUR", "12000.00 EUR"},
		{"12k", "EUR", "12000.00 EUR"},
		{"12.5K", "EUR", "12500.00 EUR"},
		{"1.2m", "USD", "1200000.00 USD"},
		{"1.234m", "USD", "1234000.00 USD"},
		{".5m", "USD", "500000.00 USD"},
		{"1,200k", "USD", "1200000.00 USD"},
		{"1,5 Mio", "EUR", "1500000.00 EUR"},
		{"1,234 Mio", "EUR", "1234000.00 EUR"},
		{"2 bn", "USD", "2000000000.00 USD"},
		{"12 thousand dollars", "EUR", "12000.00 USD"},
		{"0", "EUR", "0.00 EUR"},
		{"+5", "EUR", "5.00 EUR"},

		// Marks for thousands and decimals.
		{"12,000.50 EUR", "USD", "12000.50 EUR"},
		{"EUR 12.000,50", "USD", "12000.50 EUR"},
		{"€12.000", "USD", "12000.00 EUR"},
		{"12.000", "EUR", "12000.00 EUR"},
		{"12,000", "EUR", "12000.00 EUR"},
		{"1,234", "USD", "1234.00 USD"},
		{"12,5", "USD", "12.50 USD"},
		{"12.50", "EUR", "12.50 EUR"},
		{"1234.5", "USD", "1234.50 USD"},
		{"1,234,567.89", "USD", "1234567.89 USD"},
		{"1.234.567,89", "USD", "1234567.89 USD"},
		{"1.234.567", "USD", "1234567.00 USD"},
		{"12,34,567", "INR", "1234567.00 INR"},
		{"0.500", "USD", "0.50 USD"},
		{"12 000", "EUR", "12000.00 EUR"},
		{"12\u00a0000,50", "EUR", "12000.50 EUR"},
		{"12'000", "CHF", "12000.00 CHF"},
		{"12’000.50", "CHF", "12000.50 CHF"},
		{"12_000", "EUR", "12000.00 EUR"},
		{"12,-", "EUR", "12.00 EUR"},
		{"12.000 KWD", "EUR", "12.000 KWD"},

		// Currencies before and after.
		{"$5", "EUR", "5.00 USD"},
		{"$5", "AUD", "5.00 AUD"},
		{"A$5", "USD", "5.00 AUD"},
		{"$12k CAD", "USD", "12000.00 CAD"},
		{"USD12k", "EUR", "12000.00 USD"},
		{"12keur", "USD", "12000.00 EUR"},
		{"12m mxn", "USD", "12000000.00 MXN"},
		{"5mxn", "USD", "5.00 MXN"},
		{"MXN 5", "USD", "5.00 MXN"},
		{"12 kr", "NOK", "12.00 NOK"},
		{"£3.2k", "EUR", "3200.00 GBP"},
		{"  12k  eur ", "USD", "12000.00 EUR"},

		// Chinese and Japanese.
		{"¥12万", "USD", "120000.00 CNY"},
		{"¥12万", "JPY", "120000 JPY"},
		{"￥１２，０００", "CNY", "12000.00 CNY"},
		{"12万元", "USD", "120000.00 CNY"},
		{"12 萬", "TWD", "120000.00 TWD"},
		{"1.2亿", "CNY", "120000000.00 CNY"},
		{"3千万", "CNY", "30000000.00 CNY"},
		{"1亿2000万", "CNY", "120000000.00 CNY"},
		{"12w", "CNY", "120000.00 CNY"},
		{"１２０００", "CNY", "12000.00 CNY"},
		{"RMB 500", "USD", "500.00 CNY"},
		{"人民币500", "USD", "500.00 CNY"},
		{"500块", "CNY", "500.00 CNY"},
		{"5万美元", "CNY", "50000.00 USD"},
		{"300万日元", "CNY", "3000000 JPY"},
	} {
		got, err := ParseMoney(c.in, c.def)
		if err != nil || got.Canonical() != c.want {
			t.Errorf("ParseMoney(%q, %s) = %q, %v; want %q", c.in, c.def, got.Canonical(), err, c.want)
		}
	}
}

func TestParseMoneyRefuses(t *testing.T) {
	for _, c := range []struct{ in, def, code string }{
		{"", "EUR", "money.unreadable"},
		{"soon", "EUR", "money.unreadable"},
		{"NaN", "EUR", "money.unreadable"},
		{"Inf", "EUR", "money.unreadable"},
		{"1e5", "EUR", "money.unreadable"},
		{"12-15k", "EUR", "money.unreadable"},
		{"1.2.3", "EUR", "money.unreadable"},
		{"1,2000", "JPY", "money.decimals"},
		{"1,2,3", "EUR", "money.unreadable"},
		{"1.000,000.00", "EUR", "money.unreadable"},
		{"12 00", "EUR", "money.unreadable"},
		{"12 apples", "EUR", "money.unreadable"},
		{"€5 USD", "EUR", "money.unreadable"},
		{"5%", "EUR", "money.unreadable"},
		{"12k5", "EUR", "money.unreadable"},
		{strings.Repeat("1", 70), "EUR", "money.unreadable"},
		{"-5", "EUR", "money.negative"},
		{"−5k", "EUR", "money.negative"},
		{"$-5", "EUR", "money.negative"},
		{"-$5", "EUR", "money.negative"},
		{"(5,000)", "EUR", "money.negative"},
		{"12 XYZ", "EUR", "money.currency"},
		{"XYZ12", "EUR", "money.currency"},
		{"12", "", "money.currency"},
		{"12", "nonsense", "money.currency"},
		{"JPY 12.5", "EUR", "money.decimals"},
		{"12.3456", "EUR", "money.decimals"},
		{"1.23456k", "JPY", "money.decimals"},
		{"99999999999999999", "EUR", "money.too_large"},
		{"9000000亿", "CNY", "money.too_large"},
		{"12.000", "USD", "money.ambiguous"},
		{"12.345", "CNY", "money.ambiguous"},
		{"12.000 JPY", "EUR", "money.ambiguous"},
	} {
		got, err := ParseMoney(c.in, c.def)
		var e *Error
		if !errors.As(err, &e) || e.Code != c.code || got.IsSet() {
			t.Errorf("ParseMoney(%q, %s) = %v, %v; want %s", c.in, c.def, got, err, c.code)
		}
	}
}

func TestAmbiguousMoneyOffersBothReadings(t *testing.T) {
	_, err := ParseMoney("12.500 usd", "EUR")
	var e *Error
	if !errors.As(err, &e) || e.Kind != Ambiguous {
		t.Fatalf("%v", err)
	}
	if got := fmt.Sprint(e.Choices); got != "[{12500.00 USD 12500.00 USD} {12.50 USD 12.50 USD}]" {
		t.Errorf("choices %s", got)
	}
	for _, c := range e.Choices {
		if m, err := MoneyFromCanonical(c.Key); err != nil || m.Canonical() != c.Key {
			t.Errorf("a choice's key is not canonical: %s, %v", c.Key, err)
		}
	}
}

func TestMoneyArithmetic(t *testing.T) {
	eur := Money{Minor: 1005, Currency: "EUR"}
	for _, c := range []struct {
		got  func() (Money, error)
		want string
	}{
		{func() (Money, error) { return eur.Times(0.5) }, "5.03 EUR"}, // half up
		{func() (Money, error) { return eur.Times(3) }, "30.15 EUR"},
		{func() (Money, error) { return eur.Times(0) }, "0.00 EUR"},
		{func() (Money, error) { return Money{}.Times(3) }, ""},
		{func() (Money, error) { return eur.Add(eur) }, "20.10 EUR"},
		{func() (Money, error) { return eur.Add(Money{}) }, "10.05 EUR"},
		{func() (Money, error) { return Money{}.Add(eur) }, "10.05 EUR"},
		{func() (Money, error) { return MoneyOf(12.345, "EUR") }, "12.35 EUR"},
		{func() (Money, error) { return MoneyOf(12.5, "JPY") }, "13 JPY"},
		{func() (Money, error) { return MoneyOf(-0.25, "EUR") }, "-0.25 EUR"},
	} {
		if m, err := c.got(); err != nil || m.Canonical() != c.want {
			t.Errorf("%s, %v; want %s", m.Canonical(), err, c.want)
		}
	}
	for name, f := range map[string]func() (Money, error){
		"mixed":     func() (Money, error) { return eur.Add(Money{1, "USD"}) },
		"too large": func() (Money, error) { return Money{maxMinor, "EUR"}.Add(Money{1, "EUR"}) },
		"product":   func() (Money, error) { return eur.Times(1e18) },
		"NaN":       func() (Money, error) { return eur.Times(math.NaN()) },
		"Inf":       func() (Money, error) { return MoneyOf(math.Inf(1), "EUR") },
		"currency":  func() (Money, error) { return MoneyOf(1, "XYZ") },
		"canonical": func() (Money, error) { return MoneyFromCanonical("12.50") },
		"words":     func() (Money, error) { return MoneyFromCanonical("ten EUR") },
	} {
		var e *Error
		if m, err := f(); !errors.As(err, &e) || m.IsSet() {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	if got := (Money{1205, "EUR"}).Float(); got != 12.05 {
		t.Errorf("Float = %v", got)
	}
	if got := (Money{1205, "JPY"}).Float(); got != 1205 {
		t.Errorf("Float = %v", got)
	}
}

func TestCanonicalMoneyReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money{
			Minor:    rapid.Int64Range(-maxMinor, maxMinor).Draw(t, "minor"),
			Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "CNY", "CLF"}).Draw(t, "currency"),
		}
		back, err := MoneyFromCanonical(m.Canonical())
		if err != nil || back != m {
			t.Fatalf("%v → %q → %v, %v", m, m.Canonical(), back, err)
		}
	})
}

// An amount means the same however it is written.
func TestWaysOfWritingMoneyAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(0, 1e13).Draw(t, "minor")
		want := Money{Minor: minor, Currency: "EUR"}
		whole, cents := minor/100, minor%100
		for _, group := range []string{",", ".", " ", "'", "\u202f", ""} {
			decimal := "."
			if group == "." {
				decimal = ","
			}
			number := groupThousands(whole, group) + fmt.Sprintf("%s%02d", decimal, cents)
			for _, form := range []string{"%s", "%s EUR", "€%s", "EUR%s", "%s€", " %s euro"} {
				in := fmt.Sprintf(form, number)
				if got, err := ParseMoney(in, "EUR"); err != nil || got != want {
					t.Fatalf("ParseMoney(%q) = %v, %v; want %v", in, got, err, want)
				}
			}
		}
	})
}

func groupThousands(n int64, mark string) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

// Whatever comes in, the answer is an amount that reads back, or a refusal that
// names its code; and no amount is negative.
func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"12k", "12.000", "€12.000,50", "¥12万", "1.2亿", "(5)", "12,-", "１２", "1'2'3", "USD12k", "k", "1e9", "..", "12 mxn"} {
		f.Add(s, "EUR")
		f.Add(s, "CNY")
	}
	f.Fuzz(func(t *testing.T, s, def string) {
		m, err := ParseMoney(s, def)
		var e *Error
		switch {
		case errors.As(err, &e):
			if !strings.HasPrefix(e.Code, "money.") || (e.Kind == Ambiguous) != (len(e.Choices) == 2) {
				t.Fatalf("%q: %v %v", s, e, e.Choices)
			}
		case err != nil:
			t.Fatalf("%q: %v", s, err)
		default:
			back, err := MoneyFromCanonical(m.Canonical())
			if err != nil || back != m || m.Minor < 0 {
				t.Fatalf("%q: %v → %v, %v", s, m, back, err)
			}
			if again, err := ParseMoney(m.Canonical(), def); err != nil || again != m {
				t.Fatalf("%q: %v is read as %v, %v", s, m, again, err)
			}
		}
	})
}

func BenchmarkParseMoney(b *testing.B) {
	for b.Loop() {
		if _, err := ParseMoney("12,000.50 EUR", "USD"); err != nil {
			b.Fatal(err)
		}
	}
}

// Sums of amounts stay where 64 bits end.
func TestAddMinor(t *testing.T) {
	for _, c := range []struct{ sum, minor, want int64 }{
		{0, 0, 0}, {1, 2, 3}, {5, -7, -2},
		{math.MaxInt64 - maxMinor, maxMinor, math.MaxInt64},
		{math.MaxInt64 - maxMinor + 1, maxMinor, math.MaxInt64},
		{math.MaxInt64, 1, math.MaxInt64}, {math.MaxInt64, -1, math.MaxInt64 - 1},
	} {
		if got := AddMinor(c.sum, c.minor); got != c.want {
			t.Errorf("AddMinor(%d, %d) = %d, want %d", c.sum, c.minor, got, c.want)
		}
	}
	sum := int64(0)
	for range 10_000 { // deals of the largest amount
		sum = AddMinor(sum, maxMinor)
	}
	if sum != math.MaxInt64 {
		t.Errorf("ten thousand of the largest amounts are %d", sum)
	}
}
