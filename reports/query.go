package reports

import (
	"cmp"
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
	ByStage   = "stage"   // stage:KEY:WHAT, see AtStage
	ByMove    = "move"    // move:FROM:TO

	// Those of digests, of what happened between From and To, or is so at AsOf.
	Closed    = "closed"    // closed:STATUS
	Created   = "created"   // created:
	Moved     = "moved"     // moved:
	Standing  = "standing"  // standing:KEY, in a stage
	Overdue   = "overdue"   // overdue:KEY, in a stage for longer than its target
	Waiting   = "waiting"   // waiting:, for an approval
	Attention = "attention" // attention:, open deals that need somebody
)

// OfDigest reports whether numbers of the kind count what happened between From and To or is so at
// AsOf, whenever their deals were created.
func OfDigest(kind string) bool {
	return slices.Contains([]string{Closed, Created, Moved, Standing, Overdue, Waiting, Attention}, kind)
}

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
// move where it counts those, by stage otherwise.
func (res Result) numbers(p text.Printer) []Number {
	n := counter{query: Query{res.Report.Name, res.Options}}
	h := res.History
	n.query.Process = h.Process.Key
	switch b := res.Body.(type) {
	case followsBody:
		for _, r := range b.rows {
			n.add(b.end(r.From, p)+" → "+b.end(r.To, p), r.deals, ByMove, r.From, r.To)
		}
		return n.out
	case bottleneckBody:
		for _, r := range b.rows {
			n.add(p.T("%s, there now", h.stageName(r.place, p)), r.WIPNow, ByStage, r.Stage, OpenHere)
		}
		return n.out
	}
	if res.Report.Outcomes {
		n.add(p.T("Won"), res.CountOutcome(sales.Won, nil), ByOutcome, string(sales.Won))
		n.add(p.T("Lost"), res.CountOutcome(sales.Lost, nil), ByOutcome, string(sales.Lost))
		n.add(p.T("Open now"), res.CountOutcome(sales.Open, nil), ByOutcome, string(sales.Open))
	}
	if row, ok := res.Body.(OutcomesRow); ok {
		for _, c := range row.Reasons { // in words of an import, they are behind all lost ones
			if _, known := row.process.Reason(c.key()); !known && c.key() != "" {
				continue
			}
			n.add(p.T("Lost: %s", reasonName(row.process, c.key(), p)), c.N, ByOutcome, string(sales.Lost), cmp.Or(c.key(), NoReason))
		}
	}
	if res.Report.Outcomes {
		return n.out
	}
	deals, what := h.reached(), Reached
	if res.Report.Name == "stages" {
		what = Entered
		for i, v := range h.visits() {
			deals[i] = v.deals
		}
	}
	for i, key := range h.Stages {
		n.add(h.stageName(i, p), deals[i], ByStage, key, what)
	}
	return n.out
}

// NoReason stands for that no reason was given, as the key of a loss reason.
const NoReason = "-"
