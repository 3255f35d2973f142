package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// reported are the rows of a report, by what they are about.
func (i *importer) reported(report string, asOf time.Time) map[string]map[string]any {
	var b bytes.Buffer
	i.open(func(st *store.Store) {
		err := st.Read(context.Background(), func(ctx context.Context, r *store.Reader) error {
			return reports.Run(ctx, r, report, reports.Options{AsOf: asOf}, "json", &b, text.Printer{})
		})
		if err != nil {
			i.Fatal(err)
		}
	})
	var answer struct{ Rows []map[string]any }
	if err := json.Unmarshal(b.Bytes(), &answer); err != nil {
		i.Fatal(err)
	}
	out := map[string]map[string]any{}
	for _, row := range answer.Rows {
		var about []string
		for _, field := range []string{"stage", "outcome", "from", "to"} {
			if s, ok := row[field].(string); ok {
				about = append(about, s)
			}
		}
		out[strings.Join(about, " ")] = row
	}
	return out
}

// Files as CRMs export them are imported and reported as R counts them, to 1e-9. The files are made, with the oddities of
// real ones, so that this is tested wherever the real ones are not.
func TestReportsOfMadeFilesEqualR(t *testing.T) {
	const made = "testdata/made/"
	facts := readPlain(t, made+"facts.csv")
	snapshot, history := newImporter(t), newImporter(t)
	snapshot.apply(stagesMap("Signed", "Prospecting", "Engaging", "Signed"))
	snapshot.mustRun(importCommand{Deals: made + "snapshot.csv", Map: []string{
		"deal_id=opportunity_id", "name=product", "created_at=engage_date", "closed_at=close_date", "amount=close_value",
	}})
	history.apply(stagesMap("Closed", "Intake", "Check", "Offer", "Closed"))
	history.mustRun(importCommand{History: made + "history.csv"})
	end, err := strconv.ParseInt(facts[len(facts)-1]["value"], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]map[string]map[string]any{}
	for _, report := range []string{"outcomes", "cycle"} {
		answers[report] = snapshot.reported(report, time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC))
	}
	for _, report := range []string{"stages", "funnel", "process"} {
		answers[report] = history.reported(report, time.Unix(end, 0))
	}
	for _, fact := range facts[:len(facts)-1] {
		got, known := answers[fact["report"]][fact["row"]][fact["field"]].(float64)
		want, err := strconv.ParseFloat(fact["value"], 64)
		if known != (err == nil) || known && math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
			t.Errorf("%s %s: %s is %.12g (%v), R says %s", fact["report"], fact["row"], fact["field"], got, known, fact["value"])
		}
	}
	arrows := 0
	for _, fact := range facts {
		if fact["report"] == "process" && fact["field"] == "n" {
			arrows++
		}
	}
	if got := len(answers["process"]); got != arrows {
		t.Errorf("%d arrows, R has %d", got, arrows)
	}
}
