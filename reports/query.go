package reports

import (
	"slices"
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
	parts := []string{Subject{Name: q.Name, Source: q.Source, By: q.By, Band: q.Band}.String(), q.Process, q.Owner, q.Team}
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
	q := Query{s.Name, Options{Process: parts[1], Owner: parts[2], Team: parts[3], Source: s.Source, By: s.By, Band: s.Band}}
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

// splitNumber parts a number's value into its query and what stands behind that.
func splitNumber(value string) (query, what string, ok bool) {
	parts := strings.Split(value, "|")
	if len(parts) != queryFields+1 {
		return "", "", false
	}
	return strings.Join(parts[:queryFields], "|"), parts[queryFields], true
}

// Kinds of numbers, which begin what a button says of the number behind its query.
const (
	ByOutcome = "outcome" // outcome:STATUS, outcome:lost:REASON
	Within    = "within"  // within:STATUS, no later than the horizon after their beginning
	Valued    = "valued"  // valued:STATUS, those that have a value
	ByStage   = "stage"   // stage:KEY:WHAT, see AtStage
	ByMove    = "move"    // move:FROM:TO
	ByGroup   = "group"   // group:KEY, of a breakdown: Query.Of

	// Those of digests, of what happened between From and To, or is so at AsOf.
	Closed    = "closed"    // closed:STATUS
	Created   = "created"   // created:
	Moved     = "moved"     // moved:
	Passed    = "passed"    // passed:, a gate by override
	Standing  = "standing"  // standing:KEY, in a stage
	Overdue   = "overdue"   // overdue:KEY, in a stage for longer than its target
	Waiting   = "waiting"   // waiting:, for an approval
	Attention = "attention" // attention:, open deals that need somebody
)

// OfDigest reports whether numbers of the kind count what happened between From and To or is so at
// AsOf, whenever their deals were created.
func OfDigest(kind string) bool {
	return slices.Contains([]string{Closed, Created, Moved, Passed, Standing, Overdue, Waiting, Attention}, kind)
}

// DealsAction is the action of buttons that open the deals behind a number.
const DealsAction = "report.deals"

// counter collects the numbers of a page that have deals behind them.
type counter struct {
	p     text.Printer
	query Query
	out   []Number
}

func (n *counter) add(label string, deals int, what ...string) {
	if deals > 0 {
		n.out = append(n.out, Number{label, deals, n.query.Value(strings.Join(what, ":"))})
	}
}

// ends adds how the deals ended.
func (n *counter) ends(h *History) {
	open, won := h.open(), h.count(ended(sales.Won, nil))
	n.add(n.p.T("Won"), won, ByOutcome, string(sales.Won))
	n.add(n.p.T("Lost"), len(h.Deals)-open-won, ByOutcome, string(sales.Lost))
	n.add(n.p.T("Open now"), open, ByOutcome, string(sales.Open))
}

// Numbers open the deals behind what people read of the report.
func (res Result) Numbers(p text.Printer) []Number {
	n := counter{p: p, query: Query{res.Report.Name, res.Options}}
	n.query.Process = res.History.Process.Key
	if res.Breakdown != nil {
		res.Breakdown.numbers(&n, res.names)
	}
	res.Body.numbers(&n)
	return n.out
}

// NoReason stands for that no reason was given, as the key of a loss reason.
const NoReason = "-"
