package stat

import (
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// row is a line of a CSV file that testdata/make.R wrote, by column.
type row map[string]string

func readRows(t testing.TB, file string) []row {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return rowsOf(t, f)
}

func rowsOf(t testing.TB, csvFile io.Reader) []row {
	t.Helper()
	lines, err := csv.NewReader(csvFile).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, line := range lines[1:] {
		r := row{}
		for i, column := range lines[0] {
			r[column] = line[i]
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		t.Fatal("the file has no rows")
	}
	return rows
}

func (r row) number(t testing.TB, column string) float64 {
	t.Helper()
	text, ok := r[column]
	if !ok {
		t.Fatalf("no column %s", column)
	}
	return parse(t, text)
}

func (r row) count(t testing.TB, column string) int {
	t.Helper()
	return int(r.number(t, column))
}

// numbers reads a column of numbers divided by spaces.
func (r row) numbers(t testing.TB, column string) []float64 {
	t.Helper()
	var vs []float64
	for text := range strings.FieldsSeq(r[column]) {
		vs = append(vs, parse(t, text))
	}
	return vs
}

func parse(t testing.TB, text string) float64 {
	t.Helper()
	if text == "NA" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// near reports whether got is want to 1e-9 of its size (numbers below 1e-12 are rounding); unknown must be unknown.
func near(got, want float64) bool {
	if math.IsNaN(want) || math.IsInf(want, 0) {
		return math.IsNaN(got) == math.IsNaN(want) && (math.IsNaN(want) || got == want)
	}
	return math.Abs(got-want) <= 1e-9*math.Abs(want)+1e-12
}

func expect(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !near(got, want) {
		t.Errorf("%s = %.17g, R says %.17g", what, got, want)
	}
}

// samples reads the cases of survival_input.csv; arms are the groups.
func samples(t testing.TB) map[string][]Observation {
	t.Helper()
	cases := map[string][]Observation{}
	for _, r := range readRows(t, "survival_input.csv") {
		cases[r["case"]] = append(cases[r["case"]], Observation{
			Time: r.number(t, "time"), Cause: Cause(r.count(t, "cause")), Group: int32(r.count(t, "arm")),
		})
	}
	return cases
}
