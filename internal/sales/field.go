package sales

import (
	"slices"
	"strconv"
	"time"
)

// BuiltIn lists the fields that every deal has and people may set, with their
// types. A process may add its own.
var BuiltIn = []Field{
	{Key: "name", Type: FieldText},
	{Key: "account", Type: FieldText},
	{Key: "amount", Type: FieldMoney},
	{Key: "close", Type: FieldDate},
	{Key: "source", Type: FieldText},
	{Key: "margin", Type: FieldNumber}, // per cent of the amount
}

// KnowsField reports whether deals of the process have the field.
func (p *Process) KnowsField(key string) bool {
	_, ok := p.FieldOf(key)
	return ok
}

// FieldOf returns the built-in or own field with the key.
func (p *Process) FieldOf(key string) (Field, bool) {
	if i := slices.IndexFunc(BuiltIn, func(f Field) bool { return f.Key == key }); i >= 0 {
		return BuiltIn[i], true
	}
	if key == "next" {
		return Field{Key: "next", Type: FieldText}, true // set by Plan, asked for by gates
	}
	return p.Field(key)
}

// Value returns a field in canonical form: money as "12000.50 EUR", dates as
// "2026-11-24", numbers with a point; "" when it is not set.
func (d *Deal) Value(field string) string {
	switch field {
	case "name":
		return d.Name
	case "account":
		return d.Account
	case "amount":
		if d.Amount.IsSet() {
			return d.Amount.Canonical()
		}
		return ""
	case "close":
		return dateString(d.Close)
	case "source":
		return d.Source
	case "next":
		return d.NextStep
	case "margin":
		if d.Margin == nil {
			return ""
		}
		return strconv.FormatFloat(*d.Margin*100, 'f', -1, 64)
	}
	return d.Fields[field]
}

// set takes a value in canonical form; what is not canonical unsets the field,
// which the callers' reading of people's input prevents.
func (d *Deal) set(field, value string) {
	switch field {
	case "name":
		d.Name = value
	case "account":
		d.Account = value
	case "amount":
		d.Amount, _ = MoneyFromCanonical(value)
	case "close":
		d.Close = parseDate(value)
	case "source":
		d.Source = value
	case "margin":
		d.Margin = nil
		if f, err := strconv.ParseFloat(value, 64); err == nil {
			f /= 100
			d.Margin = &f
		}
	default:
		fields := map[string]string{}
		for k, v := range d.Fields {
			fields[k] = v
		}
		if fields[field] = value; value == "" {
			delete(fields, field)
		}
		d.Fields = fields
	}
}

// dateString is the canonical form of a date; "" for the zero time.
func dateString(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// parseDate reads a canonical date as midnight UTC. Dates have no zone; what is
// due on one is due when that day ends in the process's zone.
func parseDate(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// env is what conditions see of the deal.
func (c *Case) env() map[string]any {
	d := c.Deal
	margin := 0.0
	if d.Margin != nil {
		margin = *d.Margin * 100
	}
	env := map[string]any{
		"amount": d.Amount.Float(), "currency": d.Amount.Currency, "margin": margin, "discount": 0.0,
		"account": d.Account, "name": d.Name, "source": d.Source, "owner": d.Owner, "team": d.Team, "stage": d.Stage,
	}
	for _, f := range c.Process.Fields {
		env[f.Key] = envValue(f.Type, d.Fields[f.Key])
	}
	return env
}

// isNumber reports whether conditions see values of the type as numbers.
func (t FieldType) isNumber() bool { return t == FieldNumber || t == FieldPercent || t == FieldMoney }

func envValue(t FieldType, value string) any {
	switch t {
	case FieldNumber, FieldPercent:
		f, _ := strconv.ParseFloat(value, 64)
		return f
	case FieldMoney:
		m, _ := MoneyFromCanonical(value)
		return m.Float()
	}
	return value
}
