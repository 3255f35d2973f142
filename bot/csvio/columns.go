package csvio

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"pipewright/internal/text"
)

// column is something that a file can say, under its own name and the names that
// other systems give it.
type column struct {
	name     string
	required bool
	also     []string // in the order of preference; a row takes the first that is filled
}

// What the files may hold. The other names are those of exports from HubSpot,
// Salesforce and Pipedrive (whose "Deal - " before each is taken off), and for
// histories those of process mining.
var (
	dealColumns = []column{
		{name: "deal_id", required: true, also: []string{"record id", "deal record id", "hs object id", "opportunity id", "opportunityid", "id", "deal"}},
		{name: "name", also: []string{"deal name", "dealname", "opportunity name", "opportunity", "title", "deal title"}},
		{name: "account", also: []string{"account name", "associated company", "associated company (primary)", "associated company names", "company name", "company", "organization", "organization name", "customer"}},
		{name: "owner", also: []string{"deal owner", "opportunity owner", "owner name", "owner full name", "hubspot owner id", "owner email", "owner id", "sales agent", "sales rep"}},
		{name: "team", also: []string{"hubspot team", "owner team"}},
		{name: "amount", also: []string{"value", "deal value", "deal amount", "close value", "amount (converted)", "weighted amount base"}},
		{name: "currency", also: []string{"currency iso code", "amount currency", "deal currency code", "deal currency", "currency of value", "value currency"}},
		{name: "source", also: []string{"lead source", "original source", "original source type", "original traffic source", "deal source", "source channel", "source origin"}},
		{name: "created_at", also: []string{"create date", "created date", "createdate", "deal created", "created", "created on", "add time", "creation date", "engage date"}},
		{name: "stage", also: []string{"deal stage", "dealstage", "stage name"}},
		{name: "status", also: []string{"deal status"}},
		{name: "closed_at", also: []string{"closed date", "deal closed on", "deal closed", "won time", "lost time", "closed on", "close time", "close date", "closedate"}},
		{name: "lost_reason", also: []string{"closed lost reason", "loss reason", "lost because", "reason lost", "reason for loss"}},
		{name: "process", also: []string{"pipeline"}},
		{name: "close", also: []string{"expected close date", "expected close", "forecast close date"}},
		{name: "margin"},
		{name: "next_step", also: []string{"next step", "hs next step"}},
		{name: "next_by"},
	}
	historyColumns = []column{
		{name: "deal_id", required: true, also: []string{"record id", "deal record id", "opportunity id", "opportunityid", "deal", "case id", "case", "case concept name"}},
		{name: "stage", required: true, also: []string{"to stage", "new stage", "new value", "stage name", "deal stage", "activity", "concept name"}},
		{name: "entered_at", required: true, also: []string{"entered", "entered on", "date entered", "change date", "changed at", "changed on", "timestamp", "time timestamp", "created date", "last modified", "edit date", "date", "time"}},
		{name: "actor", also: []string{"changed by", "last modified by", "edited by", "created by", "user", "resource", "org resource", "owner"}},
		{name: "process", also: []string{"pipeline"}},
	}
	activityColumns = []column{
		{name: "deal_id", required: true, also: []string{"record id", "deal record id", "opportunity id", "opportunityid", "deal", "related to id", "what id"}},
		{name: "type", required: true, also: []string{"activity type", "task type", "call type", "task subtype"}},
		{name: "at", required: true, also: []string{"activity date", "date", "done time", "marked as done time", "due date", "completed date", "timestamp", "created date"}},
		{name: "minutes", also: []string{"duration", "duration (minutes)", "duration in minutes"}},
		{name: "actor", also: []string{"activity assigned to", "assigned to user", "assigned to", "assigned", "created by", "owner", "user"}},
		{name: "outcome", also: []string{"result", "call outcome", "disposition"}},
		{name: "note", also: []string{"notes", "comment", "comments", "description", "subject"}},
		{name: "process"}, {name: "link"}, {name: "cost"}, {name: "undone"}, {name: "event"},
	}
	eventColumns = []column{
		{name: "deal_id", required: true}, {name: "process", required: true}, {name: "version", required: true}, {name: "at", required: true},
		{name: "actor"}, {name: "type", required: true}, {name: "data", required: true},
	}
	approvalColumns = []column{
		{name: "deal_id", required: true}, {name: "process", required: true}, {name: "approval_id", required: true}, {name: "kind", required: true},
		{name: "requester"}, {name: "requested_at", required: true}, {name: "state", required: true}, {name: "ended_at"},
		{name: "episode"}, {name: "version"}, {name: "map"}, {name: "form"}, {name: "steps", required: true}, {name: "facts"},
	}
)

// Columns returns the names of everything that a file of deals, histories or
// activities may hold.
func Columns() []string {
	var out []string
	for _, set := range [][]column{dealColumns, historyColumns, activityColumns} {
		for _, c := range set {
			if !slices.Contains(out, c.name) {
				out = append(out, c.name)
			}
		}
	}
	return out
}

// Mapping says that a field stands in a column, by the column's name in the file.
type Mapping struct{ Field, Column string }

// ParseMapping reads "FIELD=COLUMN".
func ParseMapping(s string) (Mapping, bool) {
	field, col, ok := strings.Cut(s, "=")
	m := Mapping{strings.TrimSpace(field), strings.TrimSpace(col)}
	return m, ok && m.Field != "" && m.Column != ""
}

// binding says in which of a table's columns each field stands.
type binding struct {
	at     map[string][]int // field → indices, the preferred first
	unused []string         // columns that nothing reads
}

// CheckMappings returns an error for a mapping of a field that nothing has, or of a
// column that stands in none of the tables.
func (l *Loader) CheckMappings(tables ...*Table) error {
	fields := Columns()
	for _, c := range l.ownColumns() {
		fields = append(fields, c.name)
	}
	for _, m := range l.o.Mappings {
		if !slices.ContainsFunc(fields, func(f string) bool { return plainHeader(f) == plainHeader(m.Field) }) {
			return errors.New(l.printer.T("--map %s=%s: there is no field %s; the fields are %s", m.Field, m.Column, m.Field, strings.Join(fields, ", ")))
		}
		var all []string
		for _, t := range tables {
			all = append(all, t.Header...)
		}
		if !slices.ContainsFunc(all, func(h string) bool { return plainHeader(h) == plainHeader(m.Column) }) {
			return errors.New(l.printer.T("--map %s=%s: there is no column %s; the columns are %s", m.Field, m.Column, m.Column, strings.Join(someOf(all), ", ")))
		}
	}
	return nil
}

// bind finds the columns. A mapping goes before everything; where it does not name a
// field, the field's own name counts, then the others. own are further columns.
func bind(t *Table, columns []column, mappings []Mapping, p text.Printer) (binding, error) {
	b := binding{at: map[string][]int{}}
	header := make([]string, len(t.Header))
	for i, h := range t.Header {
		header[i] = plainHeader(h)
	}
	taken := map[int]bool{}
	for _, m := range mappings {
		i := slices.Index(header, plainHeader(m.Column))
		j := slices.IndexFunc(columns, func(c column) bool { return plainHeader(c.name) == plainHeader(m.Field) })
		if i < 0 || j < 0 {
			continue // it may be meant for another file
		}
		b.at[columns[j].name] = append(b.at[columns[j].name], i)
		taken[i] = true
	}
	for _, c := range columns {
		if len(b.at[c.name]) > 0 {
			continue
		}
		for _, name := range append([]string{c.name}, c.also...) {
			for i, h := range header {
				if h == plainHeader(name) && !taken[i] {
					b.at[c.name], taken[i] = append(b.at[c.name], i), true
				}
			}
		}
		if c.required && len(b.at[c.name]) == 0 {
			return b, t.bad(0, p.T("no column holds %s — say which one does with --map %s=COLUMN; the columns are %s", c.name, c.name, p.List(someOf(t.Header))))
		}
	}
	for i, h := range t.Header {
		if !taken[i] {
			b.unused = append(b.unused, h)
		}
	}
	return b, nil
}

// cell returns the row's first filled cell of a field, trimmed.
func (b *binding) cell(r Row, field string) string {
	for _, i := range b.at[field] {
		if i < len(r.Cells) {
			if s := strings.TrimSpace(r.Cells[i]); s != "" {
				return s
			}
		}
	}
	return ""
}

// plainHeader is how headers are compared: without case, and without anything
// but letters and digits.
func plainHeader(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, lead := range []string{"deal - ", "activity - ", "organization - "} {
		s = strings.TrimPrefix(s, lead)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// someOf is what of many columns a sentence can name.
func someOf(columns []string) []string {
	const most, length = 30, 60
	var out []string
	for _, c := range columns[:min(len(columns), most)] {
		out = append(out, text.Truncate(c, length))
	}
	if len(columns) > most {
		out = append(out, "…")
	}
	return out
}
