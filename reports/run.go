package reports

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// Run answers a report on w in the format "text", "json" or "csv", or draws it as "svg" or "png". It refuses as
// [Compute] does, with Invalid "report.format", and as [WritePNG] does.
func Run(ctx context.Context, r *store.Reader, name string, o Options, format string, w io.Writer, p text.Printer) error {
	write, ok := formats[format]
	if !ok {
		return sales.Refuse(sales.Invalid, "report.format", "format", format)
	}
	res, err := Compute(ctx, r, name, o)
	if err != nil {
		return err
	}
	return write(w, res, p)
}

// answer is what can be written in every format: a result, or a digest.
type answer interface {
	name() string
	envelope(p text.Printer) envelope         // for JSON and CSV
	write(b *strings.Builder, p text.Printer) // for a terminal
	Picture(p text.Printer) (Picture, bool)
}

var formats = map[string]func(io.Writer, answer, text.Printer) error{"text": WriteText, "json": WriteJSON, "csv": WriteCSV, "svg": WriteSVG, "png": WritePNG}

// envelope is the contract's outer form.
type envelope struct {
	Report  string   `json:"report"`
	Process string   `json:"process"`
	AsOf    string   `json:"as_of"`
	From    *string  `json:"from"`
	To      *string  `json:"to"`
	Horizon float64  `json:"horizon_days"`
	Deals   int      `json:"deals"`
	Open    int      `json:"open"`
	Rows    any      `json:"rows"`
	Notes   []string `json:"notes"`

	By     string     `json:"by,omitempty"` // owner, team or source
	Groups []groupRow `json:"groups,omitempty"`
	Differ *differRow `json:"differ,omitempty"`
}

// groupRow is a group of a breakdown, with the rows that the report has of its deals.
type groupRow struct {
	Key   *string `json:"key"` // of the owner, team or source; null for deals that have none
	Name  string  `json:"name"`
	Deals int     `json:"deals"`
	Open  int     `json:"open"`
	Rows  any     `json:"rows"`
}

// differRow is the test of whether the groups with at least five closed deals differ.
type differRow struct {
	ChiSquare   Num `json:"chi_square"`
	DF          int `json:"df"`
	P           Num `json:"p"`
	MinExpected Num `json:"min_expected"` // below 5 the test is not to be trusted
}

// WriteJSON writes the contract's form: numbers unrounded, null for what is unknown.
func WriteJSON(w io.Writer, res answer, p text.Printer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(res.envelope(p))
}

func (res Result) name() string { return res.Report.Name }

func (res Result) envelope(p text.Printer) envelope {
	e := envelope{
		Report: res.Report.Name, Process: res.History.Process.Key, AsOf: rfc3339(res.Options.AsOf), Horizon: res.Options.horizon(),
		Deals: len(res.History.Deals), Open: res.History.open(), Rows: res.Body.Rows(), Notes: []string{},
	}
	from, to := res.Options.From, res.Options.To
	if res.Report.Window {
		w := res.Options.window()
		from, to = instant(w.from), instant(w.to)
	}
	e.From, e.To = optional(from), optional(to)
	if s := res.Options.scope(res.names, p); s != "" {
		e.Notes = append(e.Notes, s)
	}
	for _, n := range res.Notes {
		e.Notes = append(e.Notes, n.Say(p))
	}
	if b := res.Breakdown; b != nil {
		e.By = b.By
		for _, g := range b.sorted(res.names, p) {
			row := groupRow{Name: res.names.group(b.By, g.Key, p), Deals: g.Deals, Open: g.Open, Rows: g.Body.Rows()}
			if g.Key != Without {
				row.Key = &g.Key
			}
			e.Groups = append(e.Groups, row)
		}
		if d := b.Differ; d != nil {
			e.Differ = &differRow{Num(d.Statistic), d.DF, Num(d.P), Num(d.MinExpected)}
		}
	}
	return e
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func optional(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := rfc3339(t)
	return &s
}

// context is the line that stands with every report: how many deals, how many
// are open, as of when and in which zone.
func (res Result) context(p text.Printer) string {
	deals, open := len(res.History.Deals), res.History.open()
	return p.T("%s, %s · as of %s, %s (%s)", p.N(deals, "%d deal", "%d deals"), p.N(open, "%d open", "%d open"),
		p.Date(res.Options.AsOf), p.Time(res.Options.AsOf), p.Location().String())
}

// notes are the sentences for people.
func (res Result) notes(p text.Printer) []string {
	var out []string
	for _, n := range res.Notes {
		if !n.Data {
			out = append(out, n.Say(p))
		}
	}
	return out
}

// About says which deals were asked for, "" when all were.
func (res Result) About(p text.Printer) string {
	return p.Sentences(res.Options.scope(res.names, p), res.period(p))
}

// period says of which time deals were asked for, "" when all were.
func (res Result) period(p text.Printer) string {
	from, to := res.Options.From, res.Options.To
	switch {
	case res.Report.Window || from.IsZero() && to.IsZero():
		return ""
	case to.IsZero():
		return p.T("Deals created since %s.", p.Date(from))
	case from.IsZero():
		return p.T("Deals created before %s.", p.Date(to))
	}
	return p.T("Deals created from %s until %s.", p.Date(from), p.Date(to.Add(-time.Millisecond)))
}

// Empty reports whether there is no deal to tell of: people then read what to do, not a
// table of zeros.
func (res Result) Empty() bool { return len(res.History.Deals) == 0 }

// narrowed reports whether only some deals were asked for.
func (res Result) narrowed() bool {
	o := res.Options
	return o.Owner != "" || o.Team != "" || o.Source != "" || o.Band.IsSet() || o.hasPeriod() && !res.Report.Window
}

// lead is the sentence that comes first.
func (res Result) lead(p text.Printer) string {
	switch {
	case !res.Empty():
		return res.Body.Lead(p)
	case res.narrowed():
		return p.T("No deals like that. Take a longer time, or look at all deals.")
	}
	return p.T("No deals yet. Create one, and this report fills by itself.")
}

// title is the report's name with the process's.
func (res Result) title(p text.Printer) string {
	return p.T(res.Report.Title) + " · " + processName(res.History.Process, p)
}
