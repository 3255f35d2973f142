package csvio

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"pipewright/internal/sales"
)

// Writer writes one CSV file whose cells no spreadsheet runs.
type Writer struct {
	csv  *csv.Writer
	Rows int
}

// NewWriter writes the header.
func NewWriter(w io.Writer, header ...string) (*Writer, error) {
	out := &Writer{csv: csv.NewWriter(w)}
	return out, out.csv.Write(header)
}

// Write writes a row.
func (w *Writer) Write(cells ...string) error {
	for i, c := range cells {
		cells[i] = Defuse(c)
	}
	w.Rows++
	return w.csv.Write(cells)
}

// Flush writes what is still held back.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// DealHeader returns the columns of deals.csv; own are the keys of the processes' own fields.
func DealHeader(own []string) []string {
	return append([]string{
		"deal_id", "name", "account", "owner", "amount", "currency", "source", "created_at", "stage", "status", "closed_at", "lost_reason",
		"process", "team", "close", "margin", "next_step", "next_by",
	}, own...)
}

// DealRow returns a deal as a row of deals.csv. log is its whole log.
func DealRow(p *sales.Process, d sales.Deal, log []sales.Event, own []string) []string {
	amount, currency, _ := strings.Cut(d.Amount.Canonical(), " ")
	stage := d.Stage
	if won := p.WonIndex(); won >= 0 && d.Stage == p.Stages[won].Key && !d.Done.IsZero() && len(visits(log)) == 0 {
		stage = "won" // and nobody followed what came after
	}
	nextBy := ""
	if !d.NextBy.IsZero() {
		nextBy = d.NextBy.Format("2006-01-02")
	}
	row := []string{
		DealID(d), d.Name, d.Account, d.Owner, amount, currency, d.Source, WriteTime(d.Created), stage, string(d.Status), WriteTime(d.Closed), d.Reason,
		d.Process, d.Team, d.Value("close"), d.Value("margin"), d.NextStep, nextBy,
	}
	for _, key := range own {
		row = append(row, d.Fields[key])
	}
	return row
}

// HistoryHeader holds the columns of history.csv.
var HistoryHeader = []string{"deal_id", "stage", "entered_at", "actor", "process"}

// HistoryRows returns the rows of a deal in history.csv.
func HistoryRows(d sales.Deal, log []sales.Event) [][]string {
	var out [][]string
	for _, v := range visits(log) {
		e := log[v.event]
		out = append(out, []string{DealID(d), v.stage, WriteTime(e.At), e.Actor, d.Process})
	}
	return out
}

// ActivityHeader holds the columns of activities.csv.
var ActivityHeader = []string{"deal_id", "type", "at", "minutes", "actor", "outcome", "note", "process", "link", "cost", "undone", "event"}

// ActivityRow returns a row of activities.csv.
func ActivityRow(d sales.Deal, a sales.Activity) []string {
	undone := ""
	if a.Undone {
		undone = "true"
	}
	return []string{
		DealID(d), a.Type, WriteTime(a.At), strconv.Itoa(a.Minutes), a.Actor, a.Outcome, a.Note, d.Process, a.Link, a.Cost.Canonical(), undone, strconv.Itoa(a.Event),
	}
}

// ApprovalHeader holds the columns of approvals.csv.
var ApprovalHeader = []string{
	"deal_id", "kind", "requester", "requested_at", "state", "ended_at", "process", "approval_id", "episode", "version", "map", "form", "steps", "facts",
}

// ApprovalRow returns a row of approvals.csv.
func ApprovalRow(d sales.Deal, a sales.Approval) ([]string, error) {
	form, err := json.Marshal(a.Form)
	if err != nil {
		return nil, err
	}
	facts, err := json.Marshal(a.Facts)
	if err != nil {
		return nil, err
	}
	steps, err := json.Marshal(a.Steps)
	return []string{
		DealID(d), a.Kind, a.Requester, WriteTime(a.At), string(a.State), WriteTime(a.Ended), d.Process, strconv.FormatInt(a.ID, 10),
		strconv.Itoa(a.Episode), strconv.Itoa(a.Version), strconv.Itoa(a.Map), string(form), string(steps), string(facts),
	}, err
}

// EventHeader holds the columns of events.csv.
var EventHeader = []string{"deal_id", "process", "version", "at", "actor", "type", "data"}

// EventRow returns a row of events.csv.
func EventRow(d sales.Deal, e sales.Event) ([]string, error) {
	data, err := json.Marshal(e.Data)
	at := WriteTime(e.At)
	if e.At.Equal(sales.Undated) {
		at = ""
	}
	return []string{DealID(d), d.Process, strconv.Itoa(e.Version), at, e.Actor, string(e.Type), string(data)}, err
}
