package sales

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestParseBand(t *testing.T) {
	for typed, want := range map[string]string{ // what is read, in canonical form; "!" and the code of a refusal
		"10k-50k":                    "10000.00 EUR..50000.00 EUR",
		"10k – 50k":                  "10000.00 EUR..50000.00 EUR",
		"10-50k":                     "10000.00 EUR..50000.00 EUR",
		"€10k to €50k":               "10000.00 EUR..50000.00 EUR",
		"between 10k and 50k USD":    "10000.00 USD..50000.00 USD",
		"from $10k to 50k":           "10000.00 USD..50000.00 USD",
		"from 10k":                   "10000.00 EUR..",
		"Over 50K":                   "50000.00 EUR..",
		"more than 1.5m":             "1500000.00 EUR..",
		"at least 10,000 CNY":        "10000.00 CNY..",
		">50k":                       "50000.00 EUR..",
		"≥ 50k":                      "50000.00 EUR..",
		"50k+":                       "50000.00 EUR..",
		"50k and more":               "50000.00 EUR..",
		"50k or more":                "50000.00 EUR..",
		"under 10k":                  "0.00 EUR..10000.00 EUR",
		"less than ¥10k":             "0.00 CNY..10000.00 CNY",
		"<10k":                       "0.00 EUR..10000.00 EUR",
		"up to 10k":                  "0.00 EUR..10000.01 EUR",
		"<= 10k":                     "0.00 EUR..10000.01 EUR",
		"10k or less":                "0.00 EUR..10000.01 EUR",
		"1万-5万":                      "10000.00 EUR..50000.00 EUR",
		"5-10万元":                     "50000.00 CNY..100000.00 CNY",
		"５万到１０万":                     "50000.00 EUR..100000.00 EUR",
		"在1万和5万之间":                   "10000.00 EUR..50000.00 EUR",
		"5万以上":                       "50000.00 EUR..",
		"超过 5万":                      "50000.00 EUR..",
		"不到5万":                       "0.00 EUR..50000.00 EUR",
		"5万以下":                       "0.00 EUR..50000.00 EUR",
		"不超过5万":                      "0.00 EUR..50000.01 EUR",
		"10000.00 EUR..50000.00 EUR": "10000.00 EUR..50000.00 EUR",
		"10000 CNY..":                "10000.00 CNY..",
		"10000 EUR..50000 USD":       "!band.unreadable",
		"2025-2026":                  "!band.unreadable",
		"..":                         "!band.unreadable",
		"50k-10k":                    "!band.order",
		"10k-10k":                    "!band.order",
		"under 0":                    "!band.order",
		"$10k-€50k":                  "!money.mixed",
		"10k-50k ABC":                "!money.currency",
		"12.000-15.000 USD":          "!money.ambiguous",
		"50k":                        "!band.unreadable",
		"north-south":                "!band.unreadable",
		"q3-q4":                      "!band.unreadable",
		"over":                       "!band.unreadable",
		"over the moon":              "!band.unreadable",
		"-5k":                        "!band.unreadable",
		"":                           "!band.unreadable",
	} {
		got, err := ParseBand(typed, "EUR")
		said := got.Canonical()
		if e, ok := errors.AsType[*Error](err); ok {
			said = "!" + e.Code
		}
		if said != want {
			t.Errorf("%q: %s, want %s", typed, said, want)
		}
	}
}

// Bands side by side share no amount and leave none out.
func TestBandsSideBySide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		edge := rapid.Int64Range(1, 1_000_000).Draw(t, "edge")
		m := Money{Minor: rapid.Int64Range(max(0, edge-2), edge+2).Draw(t, "amount"), Currency: "EUR"}
		low, high := Band{Currency: "EUR", Below: edge}, Band{Currency: "EUR", From: edge}
		if low.Holds(m) == high.Holds(m) {
			t.Fatalf("%v lies in both or none of %v and %v", m, low, high)
		}
		for _, b := range []Band{low, high, {}} {
			if back, err := BandFromCanonical(b.Canonical()); err != nil || back != b {
				t.Fatalf("%v came back as %v: %v", b, back, err)
			}
		}
		if low.Holds(Money{Minor: 0, Currency: "USD"}) || low.Holds(Money{}) || !(Band{}).Holds(Money{}) {
			t.Fatal("another currency, or no amount, is in the band")
		}
	})
}

func FuzzParseBand(f *testing.F) {
	for _, s := range []string{"10k-50k EUR", "5万以上", "between 1 and 2", "≤ 3m", "10-50k"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, err := ParseBand(s, "EUR")
		if err == nil && (!b.IsSet() || b.From < 0 || b.Below != 0 && b.Below <= b.From) {
			t.Errorf("%q gives %+v", s, b)
		}
	})
}
