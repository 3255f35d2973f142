package reports

import (
	"strconv"
	"strings"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Query is a report together with what it is about, as a button carries it: names
// and instants, but no rights (Hide) and no horizon.
type Query struct {
	Name string
	Options
}

const queryFields = 7

// Value is the query with what stands behind it, for a button.
func (q Query) Value(more ...string) string {
	parts := []string{Subject{Name: q.Name, Source: q.Source, Band: q.Band}.String(), q.Process, q.Owner, q.Team}
	for _, t := range []time.Time{q.From, q.To, q.AsOf} {
		ms := ""
		if !t.IsZero() {
			ms = strconv.FormatInt(t.UnixMilli(), 36)
		}
		parts = append(parts, ms)
	}
	return strings.Join(append(parts, more...), "|")
}

// ParseQuery reads a button's value, and returns what stands behind the query. What
// is none is NotFound "button.old".
func ParseQuery(value string) (Query, []string, error) {
	parts := strings.Split(value, "|")
	if len(parts) < queryFields {
		return Query{}, nil, sales.Refuse(sales.NotFound, "button.old")
	}
	s := ParseSubject(parts[0])
	q := Query{s.Name, Options{Process: parts[1], Owner: parts[2], Team: parts[3], Source: s.Source, Band: s.Band}}
	for i, t := range []*time.Time{&q.From, &q.To, &q.AsOf} {
		if s := parts[4+i]; s != "" {
			ms, err := strconv.ParseInt(s, 36, 64)
			if err != nil {
				return Query{}, nil, sales.Refuse(sales.NotFound, "button.old")
			}
			*t = time.UnixMilli(ms).UTC()
		}
	}
	if q.AsOf.IsZero() {
		return Query{}, nil, sales.Refuse(sales.NotFound, "button.old")
	}
	return q, parts[queryFields:], nil
}

// Kinds of numbers, which begin what a button says of the number behind its query.
const (
	ByOutcome = "outcome" // outcome:STATUS, outcome:lost:REASON
	ByStage   = "stage"   // stage:KEY:WHAT, see AtStage
	Closed    = "closed"  // closed:STATUS, won or lost between From and To
	Created   = "created" // created:, between From and To
)

// DealsAction is the action of buttons that open the deals behind a number.
const DealsAction = "report.deals"

// counter collects the numbers of a page that have deals behind them.
type counter struct {
	query Query
	out   []Number
}

func (n *counter) add(label string, deals int, what ...string) {
	if deals > 0 {
		n.out = append(n.out, Number{label, deals, n.query.Value(strings.Join(what, ":"))})
	}
}

// numbers open the deals behind a report: by outcome where it counts outcomes, by
// stage otherwise.
func (res Result) numbers(p text.Printer) []Number {
	n := counter{query: Query{res.Report.Name, res.Options}}
	n.query.Process = res.History.Process.Key
	if res.Report.Outcomes {
		n.add(p.T("Won"), res.CountOutcome(sales.Won, nil), ByOutcome, string(sales.Won))
		n.add(p.T("Lost"), res.CountOutcome(sales.Lost, nil), ByOutcome, string(sales.Lost))
		n.add(p.T("Open now"), res.CountOutcome(sales.Open, nil), ByOutcome, string(sales.Open))
		return n.out
	}
	reached := res.History.reached()
	for i, key := range res.History.Stages {
		n.add(res.History.stageName(i, p), reached[i], ByStage, key, Reached)
	}
	return n.out
}
