package view

import (
	"strings"
	"testing"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

func TestMoneyTypedReadsBack(t *testing.T) {
	p := text.For("en", nil)
	for _, tt := range []struct {
		m    sales.Money
		want string
	}{
		{sales.Money{}, ""},
		{sales.Money{Minor: 4_000_000, Currency: "USD"}, "40,000 USD"},
		{sales.Money{Minor: 1_200_050, Currency: "EUR"}, "12,000.50 EUR"},
		{sales.Money{Minor: 1_200_000, Currency: "JPY"}, "1,200,000 JPY"},
		{sales.Money{Minor: 12_000_005, Currency: "KWD"}, "12,000.005 KWD"},
		{sales.Money{Minor: 50, Currency: "USD"}, "0.50 USD"},
	} {
		got := MoneyTyped(p, tt.m)
		if got != tt.want {
			t.Errorf("%v: %q, want %q", tt.m, got, tt.want)
		}
		if got == "" {
			continue
		}
		if back, err := sales.ParseMoney(got, "GBP"); err != nil || back != tt.m {
			t.Errorf("%q is read as %v, %v", got, back, err)
		}
	}
}

func TestDealChoicesTellDealsOfOneNameApart(t *testing.T) {
	k := hugeCase()
	d := sales.Deal{ID: 12, Name: "Rollout", Account: "Acme", Stage: k.Process.Stages[0].Key, Amount: sales.Money{Minor: 1_200_000, Currency: "EUR"}}
	p := text.For("en", nil)
	stage := unescaped(StageName(p, k.Process, d.Stage))
	if got := DealChoice(p, d, k.Process); !strings.HasPrefix(got, "Rollout · Acme (D-12) · "+stage[:3]) {
		t.Errorf("%q", got)
	}
	d.Name = strings.Repeat("Long ", 100)
	for _, lang := range []string{"en", "zh"} {
		if got := DealChoice(text.For(lang, nil), d, k.Process); len([]rune(got)) > maxOption || !strings.Contains(got, "(D-12)") {
			t.Errorf("%q", got)
		}
	}
}
