package sales

import (
	"errors"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Band is a range of amounts in one currency, in its smallest units: From ≤ amount < Below,
// so that bands side by side share no deal. Below 0 is no upper limit. The zero Band,
// without a currency, is all amounts.
type Band struct {
	Currency    string
	From, Below int64
}

// IsSet reports whether the band leaves anything out.
func (b Band) IsSet() bool { return b.Currency != "" }

// Holds reports whether the amount lies in the band. One in another currency, and one that
// is not set, lies in none.
func (b Band) Holds(m Money) bool {
	return !b.IsSet() || m.Currency == b.Currency && m.Minor >= b.From && (b.Below == 0 || m.Minor < b.Below)
}

// Least and Limit are the band's ends as money; Limit is not set where there is none.
func (b Band) Least() Money { return Money{Minor: b.From, Currency: b.Currency} }

// Limit is what the band stays below.
func (b Band) Limit() Money {
	if b.Below == 0 {
		return Money{}
	}
	return Money{Minor: b.Below, Currency: b.Currency}
}

// Canonical is the form in which bands are stored and passed on: "10000.00 EUR..50000.00 EUR".
func (b Band) Canonical() string {
	if !b.IsSet() {
		return ""
	}
	return b.Least().Canonical() + ".." + b.Limit().Canonical()
}

// BandFromCanonical reads what Canonical wrote.
func BandFromCanonical(s string) (Band, error) {
	if s == "" {
		return Band{}, nil
	}
	from, below, _ := strings.Cut(s, "..")
	least, err := MoneyFromCanonical(from)
	if err != nil {
		return Band{}, err
	}
	limit, err := MoneyFromCanonical(below)
	if err == nil && limit.IsSet() && limit.Currency != least.Currency {
		err = refuse(Invalid, "money.mixed", "currency", least.Currency, "other", limit.Currency)
	}
	return Band{Currency: least.Currency, From: least.Minor, Below: limit.Minor}, err
}

var (
	bandRange = regexp.MustCompile(`^(?:between |from |从|在)?(.*\d.*?) ?(?:-|–|—|~|to|and|到|至|和) ?(.*\d.*?)(?:之间)?$`)
	bandLeast = regexp.MustCompile(`^(?:over|above|more than|at least|from|min|>=?|≥|超过|大于|高于|不少于|不低于|至少) ?(.*\d.*)$|^(.*\d.*?)(?:\+| (?:or|and) (?:more|above|up|over)|以上|及以上|起)$`)
	bandBelow = regexp.MustCompile(`^(?:under|below|less than|<|低于|少于|小于|不到) ?(.*\d.*)$|^(.*\d.*?)以下$`)
	bandMost  = regexp.MustCompile(`^(?:up to|at most|max|<=|≤|不超过|至多|最多) ?(.*\d.*)$|^(.*\d.*?)(?: or less|以内)$`)
	twoYears  = regexp.MustCompile(`^(?:19|20)\d\d ?- ?(?:19|20)\d\d$`)
	bareUnits = regexp.MustCompile(`^\d{1,3}$`)
	endScale  = regexp.MustCompile(`^\D*\d[\d.,]* ?(k|m|tsd|thousand|mio|mln|million|bn|w|千|百万|千万|万|亿)`)
)

// ParseBand reads a range of amounts as people type it: "10k-50k", "over 50k EUR", "between
// 5 and 10万", "≤ 2m", "1万以上". What has no currency is in def. It refuses with Invalid
// "band.unreadable" (two years are no amounts), with Invalid "band.order" when the end lies before the beginning, and as
// [ParseMoney] does when an amount is refused.
func ParseBand(s, def string) (Band, error) {
	typed := strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), " "))
	refused := refuse(Invalid, "band.unreadable", "input", s)
	if len(s) > 2*maxMoneyInput || twoYears.MatchString(typed) {
		return Band{}, refused
	}
	if strings.Contains(typed, "..") {
		b, err := BandFromCanonical(strings.ToUpper(typed))
		if err != nil || !b.IsSet() {
			return Band{}, refused
		}
		return b.checked(nil)
	}
	one := func(form *regexp.Regexp) (Money, bool, error) {
		g := form.FindStringSubmatch(typed)
		if g == nil {
			return Money{}, false, nil
		}
		m, err := ParseMoney(g[1]+g[2], def)
		return m, true, bandError(err, refused)
	}
	// The forms that end open come first: "10k and more" has an "and" in it too.
	if m, ok, err := one(bandLeast); ok && (err == nil || !bandRange.MatchString(typed)) {
		return Band{Currency: m.Currency, From: m.Minor}, err
	}
	if m, ok, err := one(bandMost); ok {
		return Band{Currency: m.Currency, Below: m.Minor + 1}.checked(err)
	}
	if m, ok, err := one(bandBelow); ok {
		if err == nil && m.Minor == 0 {
			err = refuse(Invalid, "band.order")
		}
		return Band{Currency: m.Currency, Below: m.Minor}.checked(err)
	}
	if g := bandRange.FindStringSubmatch(typed); g != nil {
		return parseRange(g[1], g[2], def, refused)
	}
	return Band{}, refused
}

// parseRange reads both ends: the currency may stand at either, and so may the scale of "10-50k".
func parseRange(low, high, def string, refused *Error) (Band, error) {
	if g := endScale.FindStringSubmatch(high); g != nil && bareUnits.MatchString(low) {
		low += g[1]
	}
	to, err := ParseMoney(high, def)
	if err != nil {
		return Band{}, bandError(err, refused)
	}
	from, err := ParseMoney(low, to.Currency)
	if err == nil && from.Currency != to.Currency {
		to, err = ParseMoney(high, from.Currency)
	}
	if err == nil && from.Currency != to.Currency {
		err = refuse(Invalid, "money.mixed", "currency", from.Currency, "other", to.Currency)
	}
	if err == nil && to.Minor == 0 {
		err = refuse(Invalid, "band.order")
	}
	return Band{Currency: to.Currency, From: from.Minor, Below: to.Minor}.checked(bandError(err, refused))
}

// checked refuses a band that holds nothing.
func (b Band) checked(err error) (Band, error) {
	if err != nil {
		return Band{}, err
	}
	if b.Below != 0 && b.Below <= b.From || b.From < 0 {
		return Band{}, refuse(Invalid, "band.order")
	}
	return b, nil
}

// bandError says of what is no amount that it is no band.
func bandError(err error, refused *Error) error {
	if e, ok := errors.AsType[*Error](err); ok && (e.Code == "money.unreadable" || e.Code == "money.negative") {
		return refused
	}
	return err
}
