package csvio

import (
	"errors"
	"strconv"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// dealRow is what one row of the deals file says. What it does not say is zero.
type dealRow struct {
	line      int
	stage     step
	stageName string // as the file has it
	status    sales.Status
	created   moment
	closed    moment
	owner     string // Slack id, or a name that nobody in Slack has
	team      string
	reason    string
	nextStep  string
	nextBy    string
	fields    map[string]string // in canonical form, as sales.EventData.Initial holds them
}

// LoadDeals reads a file of deals. It comes before the other files, since it may
// say which process a deal belongs to.
func (l *Loader) LoadDeals(t *Table) error {
	b, clock, err := l.open(t, dealsFile, append(dealColumns, l.ownColumns()...))
	if err != nil {
		return err
	}
	read := dealReader{Loader: l, binding: b, clock: clock}
	return l.each(t, func(r Row) string {
		external := b.cell(r, "deal_id")
		if why := l.required("deal_id", external); why != "" {
			return why
		}
		i := l.entry(external)
		if first := l.entries[i].row; first != nil {
			return l.printer.T("deal_id %s stands in line %d already — keep one of the two rows", external, first.line)
		}
		if why := l.belongs(i, b.cell(r, "process")); why != "" {
			return why
		}
		row, why := read.row(l.matcher(i), r)
		if why == "" {
			l.entries[i].row = row
		}
		return why
	})
}

// ownColumns are the processes' own fields, by key and name.
func (l *Loader) ownColumns() []column {
	var out []column
	for _, m := range l.matchers {
		for _, f := range m.process.Fields {
			out = append(out, column{name: f.Key, also: texts(f.Name)})
		}
	}
	return out
}

// dealReader reads the rows of one file of deals.
type dealReader struct {
	*Loader
	binding
	clock *clockReader
}

// row reads one row, or says why it cannot be taken.
func (d *dealReader) row(m *matcher, r Row) (*dealRow, string) {
	row := &dealRow{line: r.Line, fields: map[string]string{}}
	for _, part := range []func(*matcher, *dealRow, Row) string{d.place, d.dates, d.amount, d.texts, d.ownFields} {
		if why := part(m, row, r); why != "" {
			return nil, why
		}
	}
	return row, d.settle(m, row)
}

// place reads where the deal stands.
func (d *dealReader) place(m *matcher, row *dealRow, r Row) string {
	row.stage = nowhere
	if name := d.cell(r, "stage"); name != "" {
		if row.stage = m.step(name); row.stage == nowhere {
			return d.unknownStage(m, name)
		}
		row.stageName = strings.Clone(name)
	}
	if word := d.cell(r, "status"); word != "" {
		status, ok := statusWords[plainHeader(word)]
		if !ok {
			return d.printer.T("there is no status %q — write open, won or lost", word)
		}
		row.status = status
	}
	return ""
}

func (d *dealReader) dates(_ *matcher, row *dealRow, r Row) (why string) {
	for _, f := range []struct {
		field string
		into  *moment
	}{{"created_at", &row.created}, {"closed_at", &row.closed}} {
		if cell := d.cell(r, f.field); cell != "" {
			if *f.into, why = d.date(d.clock, f.field, cell); why != "" {
				return why
			}
		}
	}
	return ""
}

// settle brings stage, status and close together. The date of a deal that is open
// is the one on which it is expected to close.
func (d *dealReader) settle(m *matcher, row *dealRow) string {
	said := sales.Status("")
	switch {
	case row.stage == toLost:
		said = sales.Lost
	case row.stage == toWon, row.stage == toDone, row.stage >= 0 && int(row.stage) >= m.won:
		said = sales.Won
	}
	switch {
	case row.status == "" && said == "" && row.reason != "":
		row.status = sales.Lost
	case row.status == "":
		row.status = said
	case said == sales.Won && row.status == sales.Lost && row.stage >= 0: // lost after the win
	case said != "" && said != row.status:
		return d.printer.T("the stage is %s and the status %s — correct one of them", row.stageName, string(row.status))
	}
	if row.status == "" && row.stage >= 0 {
		row.status = sales.Open
	}
	if row.status != sales.Won && row.status != sales.Lost && !row.closed.at.IsZero() {
		if row.fields["close"] == "" {
			row.fields["close"] = d.clock.day(row.closed)
		}
		row.closed = moment{}
	}
	return ""
}

func (d *dealReader) amount(m *matcher, row *dealRow, r Row) string {
	cell := d.cell(r, "amount")
	if cell == "" {
		return ""
	}
	money, why := d.money(cell, d.cell(r, "currency"), m.process.Currency)
	if why == "" {
		row.fields["amount"] = money.Canonical()
	}
	return why
}

// money reads an amount. The first of the currencies that is given counts.
func (d *dealReader) money(cell string, currencies ...string) (sales.Money, string) {
	def := ""
	for _, c := range currencies {
		if def == "" {
			def = c
		}
	}
	// Of the few currencies with thousandths, 1.500 is no ambiguity: export writes it.
	if canonical, err := sales.MoneyFromCanonical(cell + " " + def); err == nil && canonical.Canonical() == cell+" "+def && canonical.Minor >= 0 {
		return canonical, ""
	}
	money, err := sales.ParseMoney(cell, def)
	var e *sales.Error
	if !errors.As(err, &e) {
		return money, ""
	}
	switch e.Code {
	case "money.ambiguous":
		return money, d.printer.T("amount: %q can be %s or %s — write it without a mark for thousands, such as 12000.00", cell, e.Choices[0].Label, e.Choices[1].Label)
	case "money.negative":
		return money, d.printer.T("amount: %q is negative — a deal is worth nothing or more", cell)
	case "money.too_large":
		return money, d.printer.T("amount: %q is too large — write it in units of the currency", cell)
	case "money.currency":
		return money, d.printer.T("currency: %q is no currency — write it as USD, EUR or CNY", e.Facts["currency"])
	case "money.decimals":
		return money, d.printer.T("amount: %q is finer than the currency's smallest unit — round it", cell)
	}
	return money, d.printer.T("amount: %q is no amount — write it as 12000.50 or 12,000.50 EUR", cell)
}

func (d *dealReader) texts(m *matcher, row *dealRow, r Row) string {
	for _, field := range []string{"name", "account", "source"} {
		if cell := d.cell(r, field); cell != "" {
			if why := d.within(maxText, field, cell); why != "" {
				return why
			}
			row.fields[field] = strings.Clone(cell)
		}
	}
	row.owner = d.people.find(d.cell(r, "owner"))
	row.team = teamOf(d.o.Org, d.cell(r, "team"), row.owner)
	if cell := d.cell(r, "lost_reason"); cell != "" {
		row.reason = m.reason(cell)
	}
	row.nextStep = strings.Clone(d.cell(r, "next_step"))
	if cell := d.cell(r, "next_by"); cell != "" {
		by, why := d.date(d.clock, "next_by", cell)
		if why != "" {
			return why
		}
		row.nextBy = d.clock.day(by)
	}
	if cell := d.cell(r, "close"); cell != "" {
		by, why := d.date(d.clock, "close", cell)
		if why != "" {
			return why
		}
		row.fields["close"] = d.clock.day(by)
	}
	if cell := d.cell(r, "margin"); cell != "" {
		n, why := d.number("margin", cell)
		if why != "" {
			return why
		}
		row.fields["margin"] = n
	}
	return ""
}

// number returns a number in canonical form.
func (d *dealReader) number(field, cell string) (string, string) {
	f, err := strconv.ParseFloat(strings.TrimSuffix(strings.ReplaceAll(cell, " ", ""), "%"), 64)
	if err != nil || f != f || f > 1e15 || f < -1e15 {
		return "", d.printer.T("%s: %q is no number — write it with a point, such as 12.5", field, cell)
	}
	return strconv.FormatFloat(f, 'f', -1, 64), ""
}

// ownFields reads the process's own fields.
func (d *dealReader) ownFields(m *matcher, row *dealRow, r Row) string {
	for _, f := range m.process.Fields {
		cell := d.cell(r, f.Key)
		if cell == "" {
			continue
		}
		value, why := d.field(f, cell, r, m)
		if why != "" {
			return why
		}
		row.fields[f.Key] = value
	}
	return ""
}

func (d *dealReader) field(f sales.Field, cell string, r Row, m *matcher) (value, why string) {
	switch f.Type {
	case sales.FieldDate:
		day, why := d.date(d.clock, f.Key, cell)
		return d.clock.day(day), why
	case sales.FieldNumber, sales.FieldPercent:
		return d.number(f.Key, cell)
	case sales.FieldMoney:
		money, why := d.money(cell, d.cell(r, "currency"), m.process.Currency)
		return money.Canonical(), why
	case sales.FieldUser:
		return d.people.find(cell), ""
	case sales.FieldChoice:
		options := named(f.Options, func(o sales.Option) (string, []string) { return o.Key, texts(o.Name) })
		if key := options[text.Fold(cell)]; key != "" {
			return key, ""
		}
		var keys []string
		for _, o := range f.Options {
			keys = append(keys, o.Key)
		}
		return "", d.printer.T("%s: %q is none of %s — write one of them", f.Key, cell, d.printer.List(keys))
	}
	return strings.Clone(cell), ""
}
