package text

import (
	"math"
	"strings"
	"testing"
)

func TestMoney(t *testing.T) {
	for _, test := range []struct {
		minor       int64
		code        string
		en, chinese string
	}{
		{1200050, "EUR", "€12,000.50", "€12,000.50"},
		{1200000, "EUR", "€12,000", "€12,000"},
		{12000000, "CNY", "CN¥120,000", "¥120,000"},
		{12000010, "cny", "CN¥120,000.10", "¥120,000.10"},
		{0, "USD", "$0", "US$0"},
		{-5, "USD", "-$0.05", "-US$0.05"},
		{12000, "JPY", "¥12,000", "JP¥12,000"},
		{12000001, "KWD", "KWD\u00a012,000.001", "KWD\u00a012,000.001"},
		{1200000, "CHF", "CHF\u00a012,000", "CHF\u00a012,000"},
		{1200000, "XYZ", "12,000.00 XYZ", "12,000.00 XYZ"},
		{1200000, "", "12,000.00", "12,000.00"},
		{100, "<!channel>", "1.00 CHANNEL", "1.00 CHANNEL"},
		{math.MinInt64, "EUR", "-€92,233,720,368,547,758.08", "-€92,233,720,368,547,758.08"},
	} {
		if got := english.Money(test.minor, test.code); got != test.en {
			t.Errorf("Money(%d, %q) = %q, want %q", test.minor, test.code, got, test.en)
		}
		if got := mandarin.Money(test.minor, test.code); got != test.chinese {
			t.Errorf("Chinese Money(%d, %q) = %q, want %q", test.minor, test.code, got, test.chinese)
		}
	}
}

func TestMoneyShort(t *testing.T) {
	for _, test := range []struct {
		major       float64
		code        string
		en, chinese string
	}{
		{0, "EUR", "€0", "€0"},
		{4.5, "EUR", "€4.50", "€4.50"},
		{12.5, "EUR", "€13", "€13"},
		{950, "EUR", "€950", "€950"},
		{999.49, "EUR", "€999", "€999"},
		{999.5, "EUR", "€1k", "€1,000"},
		{9_500, "EUR", "€9.5k", "€9,500"},
		{9_999.5, "EUR", "€10k", "€1万"},
		{12_000, "EUR", "€12k", "€1.2万"},
		{12_440, "EUR", "€12.4k", "€1.24万"},
		{120_000, "CNY", "CN¥120k", "¥12万"},
		{960_000, "EUR", "€960k", "€96万"},
		{999_500, "EUR", "€1M", "€100万"},
		{1_240_000, "EUR", "€1.2M", "€124万"},
		{12_340_000, "EUR", "€12.3M", "€1,234万"},
		{120_000_000, "CNY", "CN¥120M", "¥1.2亿"},
		{-1_240_000, "EUR", "-€1.2M", "-€124万"},
		{3e9, "USD", "$3B", "US$30亿"},
		{4.2e12, "JPY", "¥4.2T", "JP¥4.2万亿"},
		{12_400, "XYZ", "12.4k XYZ", "1.24万 XYZ"},
	} {
		minor := int64(test.major * minorUnits(test.code))
		if got := english.MoneyShort(minor, test.code); got != test.en {
			t.Errorf("MoneyShort(%v %s) = %q, want %q", test.major, test.code, got, test.en)
		}
		if got := mandarin.MoneyShort(minor, test.code); got != test.chinese {
			t.Errorf("Chinese MoneyShort(%v %s) = %q, want %q", test.major, test.code, got, test.chinese)
		}
	}
	if got := english.MoneyShort(math.MaxInt64, "EUR"); !strings.HasSuffix(got, "T") {
		t.Errorf("MoneyShort of the largest amount = %q", got)
	}
}

func TestNumber(t *testing.T) {
	for _, test := range []struct {
		f        float64
		decimals int
		want     string
	}{
		{0, 0, "0"}, {0, 1, "0.0"}, {1234.56, 1, "1,234.6"}, {1234567, 0, "1,234,567"},
		{-0.04, 1, "0.0"}, {-0.06, 1, "-0.1"}, {-1234.5, 2, "-1,234.50"},
		{math.NaN(), 1, "–"}, {math.Inf(-1), 1, "–"},
	} {
		if got := english.Number(test.f, test.decimals); got != test.want {
			t.Errorf("Number(%v, %d) = %q, want %q", test.f, test.decimals, got, test.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		share    float64
		decimals int
		want     string
	}{
		{0.315, 1, "31.5%"}, {0.315, 0, "32%"}, {1, 0, "100%"}, {-0.05, 0, "-5%"}, {12.5, 0, "1,250%"}, {math.NaN(), 1, "–"},
	} {
		if got := mandarin.Percent(test.share, test.decimals); got != test.want {
			t.Errorf("Percent(%v, %d) = %q, want %q", test.share, test.decimals, got, test.want)
		}
	}
}
