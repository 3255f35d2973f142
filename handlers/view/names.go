package view

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// DealName is a deal in a sentence: "*Acme pilot* (D-12)".
func DealName(d sales.Deal) string { return "*" + Name(d.Name) + "* (" + d.Ref() + ")" }

// DealLabel is a deal in plain text, for buttons and options: "Acme pilot · Acme Corp (D-12)".
func DealLabel(d sales.Deal) string { return dealLabel(d, "") }

// DealChoice is DealLabel with what tells deals of one name apart: "Acme pilot · Acme Corp (D-12) · Demo · €12k".
func DealChoice(p text.Printer, d sales.Deal, process *sales.Process) string {
	tail := " · " + unescaped(StageName(p, process, d.Stage))
	if d.Status == sales.Lost {
		tail = " · " + p.T("Lost")
	}
	if d.Amount.IsSet() {
		tail += " · " + p.MoneyShort(d.Amount.Minor, d.Amount.Currency)
	}
	return dealLabel(d, text.Truncate(tail, maxOption/2))
}

func dealLabel(d sales.Deal, tail string) string {
	tail = " (" + d.Ref() + ")" + tail
	most := maxOption - len([]rune(tail))
	s := d.Name
	if d.Account != "" && !strings.Contains(text.Fold(d.Name), text.Fold(d.Account)) {
		s += " · " + d.Account
	}
	return text.Truncate(s, most) + tail
}

// MoneyTyped is an amount as somebody would type it into a form, "12,000 USD", which
// reads back as the same amount; "" when it is not set.
func MoneyTyped(p text.Printer, m sales.Money) string {
	if !m.IsSet() {
		return ""
	}
	number, code, _ := strings.Cut(m.Canonical(), " ")
	whole, cents, _ := strings.Cut(number, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		whole = p.Number(float64(n), 0)
	}
	if strings.Trim(cents, "0") != "" {
		whole += "." + cents
	}
	typed := whole + " " + code
	if back, err := sales.ParseMoney(typed, code); err != nil || back != m {
		return m.Canonical()
	}
	return typed
}

// StageName is the stage's name for the reader, and the key of a stage that the process no longer has.
func StageName(p text.Printer, process *sales.Process, key string) string {
	if s, ok := process.Stage(key); ok {
		return Name(s.Name.In(p.Lang()))
	}
	return Name(key)
}

// ActivityName is the type's name for the reader, or its key.
func ActivityName(p text.Printer, process *sales.Process, key string) string {
	if t, ok := process.Activity(key); ok {
		return Name(t.Name.In(p.Lang()))
	}
	return Name(key)
}

// ReasonName is the loss reason's name for the reader, or what an import said.
func ReasonName(p text.Printer, process *sales.Process, key string) string {
	if r, ok := process.Reason(key); ok {
		return Name(r.Name.In(p.Lang()))
	}
	return Name(key)
}

// PolicyName is the name of a kind of approval for the reader, or its key.
func PolicyName(p text.Printer, process *sales.Process, kind string) string {
	if o, ok := process.Policy(kind); ok {
		return Name(o.Name.In(p.Lang()))
	}
	return Name(kind)
}

// PolicyInside is PolicyName inside a sentence: "quote".
func PolicyInside(p text.Printer, process *sales.Process, kind string) string {
	return lower(PolicyName(p, process, kind))
}

// fieldLabels are the names of the built-in fields of deals and of approvals' forms.
var fieldLabels = map[string]string{
	"name": text.Msg("Name"), "account": text.Msg("Account"), "amount": text.Msg("Amount"), "close": text.Msg("Close date"),
	"source": text.Msg("Source"), "margin": text.Msg("Margin"), "next": text.Msg("Next step"), "owner": text.Msg("Owner"),
	"discount": text.Msg("Discount"), "terms": text.Msg("Terms"), "link": text.Msg("Link"),
}

// FieldName is the field's name for the reader. It is escaped where somebody typed it.
func FieldName(p text.Printer, process *sales.Process, key string) string {
	if s, ok := fieldLabels[key]; ok {
		return p.T(s)
	}
	if f, ok := process.Field(key); ok {
		return Name(f.Name.In(p.Lang()))
	}
	return Name(key)
}

// FieldValue is a field's value, given in canonical form, as the reader writes it;
// "–" when it is not set. name names people.
func FieldValue(p text.Printer, f sales.Field, value string, now time.Time, name func(user string) string) string {
	if value == "" {
		return "–"
	}
	switch f.Type {
	case sales.FieldMoney:
		if m, err := sales.MoneyFromCanonical(value); err == nil {
			return p.Money(m.Minor, m.Currency)
		}
	case sales.FieldDate:
		if t, err := time.Parse(time.DateOnly, value); err == nil {
			return Day(p, t, now)
		}
	case sales.FieldNumber, sales.FieldPercent:
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			return number(p, n) + unit(f)
		}
	case sales.FieldFile:
		return fileLink(value)
	case sales.FieldChoice:
		for _, o := range f.Options {
			if o.Key == value {
				return Name(o.Name.In(p.Lang()))
			}
		}
	case sales.FieldUser:
		return name(value)
	}
	return Note(value)
}

func unit(f sales.Field) string {
	if f.Key == "margin" || f.Key == "discount" || f.Type == sales.FieldPercent {
		return "%"
	}
	return ""
}

// number writes a number with at most one decimal.
func number(p text.Printer, n float64) string {
	if s := p.Number(n, 1); len(s) > 2 && s[len(s)-2:] == ".0" {
		return s[:len(s)-2]
	} else {
		return s
	}
}

// lower makes a name stand inside an English sentence: "Discovery call" is
// "discovery call", and "SSO review" stays.
func lower(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	next, _ := utf8.DecodeRuneInString(s[size:])
	if !unicode.IsUpper(first) || unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}
