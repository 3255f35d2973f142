package reports

import (
	"encoding/json"
	"math"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Result is a report's answer.
type Result struct {
	Report    Report
	History   *History // of the deals that the report is about
	Options   Options
	Body      Body
	Breakdown *Breakdown // nil when none was asked for
	Notes     []Note
	names     named // of whom it is about
}

// Body is what one report found out.
type Body interface {
	Rows() any                   // for JSON and CSV: a slice, as the contract has it
	Lead(p text.Printer) string  // the sentence that matters first, in plain text
	Table(p text.Printer) Table  // what people read
	Chart(p text.Printer) *Chart // nil when there is nothing to draw
	numbers(n *counter)          // opens the deals behind what people read
}

// Note is a sentence that a reader must know beside the numbers.
type Note struct {
	Say  func(p text.Printer) string
	Data bool // about numbers that only JSON and CSV hold
}

// Table is what people read of a report.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]Cell
}

// Column heads a table's column; numbers stand on the right.
type Column struct {
	Title string
	Right bool
}

// Cell is one value with the text that shows it.
type Cell struct {
	Text   string
	Value  float64
	Number bool // Value is what the cell sorts by
}

func label(s string) Cell { return Cell{Text: s} }

func count(p text.Printer, n int) Cell {
	return Cell{Text: p.Number(float64(n), 0), Value: float64(n), Number: true}
}

// unknown is the cell of a number that is not known.
var unknown = value(dash, math.NaN())

func value(s string, v float64) Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Cell{Text: s, Value: -1, Number: true} // sorts below all that is known
	}
	return Cell{Text: s, Value: v, Number: true}
}

// Chart is a bar chart: one bar for each label, in every series.
type Chart struct {
	Title  string
	Unit   string // what the bars count
	Labels []string
	Series []Series
}

// Series is one kind of bar.
type Series struct {
	Name   string
	Values []float64
}

// Num is a number that is null in JSON when it is unknown.
type Num float64

// MarshalJSON writes null for NaN and infinities.
func (n Num) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// money is a sum in minor units for each currency; currencies are never added up.
type money map[string]int64

func (m money) add(a sales.Money) {
	if a.IsSet() {
		m[a.Currency] = sales.AddMinor(m[a.Currency], a.Minor)
	}
}

// units returns the sums in units of their currency.
func (m money) units() map[string]Num {
	out := map[string]Num{}
	for code, minor := range m {
		out[code] = Num(sales.Money{Minor: minor, Currency: code}.Float())
	}
	return out
}

// short writes the sums for people: "€12k + ¥3万".
func (m money) short(p text.Printer) string {
	return joinMoney(m, p.MoneyShort)
}

func joinMoney(m map[string]int64, write func(int64, string) string) string {
	out := ""
	for _, code := range sortedKeys(m) {
		if out != "" {
			out += " + "
		}
		out += write(m[code], code)
	}
	if out == "" {
		return dash
	}
	return out
}

// dash stands for what is unknown.
const dash = "–"
