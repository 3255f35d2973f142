package reports

import (
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

// helpdesk is the real history of a ticket process: loops, jumps, odd orders, equal times.
func helpdesk(t *testing.T) *History {
	t.Helper()
	f, err := os.Open("../../shared/data/helpdesk-history/helpdesk.csv")
	if os.IsNotExist(err) {
		t.Skip("no ../shared/data: the real history is not there to read")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	type entry struct {
		stage string
		at    time.Time
	}
	cases := map[string][]entry{}
	var order []string
	var cut time.Time
	stages := []string{"Insert ticket", "Assign seriousness", "Take in charge ticket"}
	for _, r := range records[1:] {
		at, err := time.Parse(time.RFC3339, r[4])
		if err != nil {
			t.Fatal(err)
		}
		if cases[r[0]] == nil {
			order = append(order, r[0])
		}
		cases[r[0]] = append(cases[r[0]], entry{r[1], at})
		if at.After(cut) {
			cut = at
		}
		if r[1] != "Closed" && !slices.Contains(stages, r[1]) {
			stages = append(stages, r[1])
		}
	}
	p := &sales.Process{Key: "helpdesk"}
	for _, s := range append(stages, "Closed") {
		p.Stages = append(p.Stages, sales.Stage{Key: s, Won: s == "Closed"})
	}
	s := newScript(p)
	for i, name := range order {
		entries := cases[name]
		slices.SortStableFunc(entries, func(a, b entry) int { return a.at.Compare(b.at) })
		id := int64(i + 1)
		for j, e := range entries {
			day := e.at.Sub(day0).Hours() / 24
			switch {
			case j == 0:
				s.create(id, day, e.stage)
			case e.stage == entries[j-1].stage:
				continue
			default:
				s.move(id, day, e.stage)
			}
			s.log[id][len(s.log[id])-1].At = e.at // to the second
		}
	}
	b := newBuilder(p, cut)
	for _, id := range sortedIDs(s.log) {
		for _, e := range s.log[id] {
			_ = b.event(e)
		}
	}
	return b.history()
}

func TestRealHistoryEqualsARecountInR(t *testing.T) {
	h := helpdesk(t)
	raw, err := os.ReadFile("testdata/helpdesk.csv") // made by helpdesk.R
	if err != nil {
		t.Fatal(err)
	}
	first, second, _ := strings.Cut(string(raw), "\n\n")
	want := map[string][]float64{}
	for _, line := range strings.Split(first, "\n")[1:] {
		cells := strings.Split(line, ",")
		want[cells[0]] = numbers(t, cells[1:])
	}
	o := Options{AsOf: h.AsOf}
	rows, steps := stages(h, o).Rows().([]StagesRow), funnel(h, o).Rows().([]FunnelRow)
	for i, r := range rows {
		w, ok := want[r.Stage]
		if !ok {
			if r.Stage != "Closed" || r.Visits != 0 {
				t.Errorf("R knows nothing of %s", r.Stage)
			}
			continue
		}
		won := 0.0
		h.times().stages[r.place].sample(h.AsOf, func(s *stat.Sample) { won, _ = s.IncidenceValue(o.horizon(), exitWon) })
		got := []float64{float64(r.Visits), float64(r.Open), float64(r.TotalDays), float64(r.NaiveMean), float64(r.KMMedian), float64(r.KMLow), float64(r.KMHigh), float64(r.RMST), won,
			float64(steps[i].AdvanceByHorizon)}
		equal(t, r.Stage, got, w)
		if r.Visits != steps[i].Entries {
			t.Errorf("%s: %d visits, %d entries", r.Stage, r.Visits, steps[i].Entries)
		}
	}
	arrows := map[[2]string][]float64{}
	for _, r := range follows(h, o).Rows().([]FollowsRow) {
		arrows[[2]string{r.From, r.To}] = []float64{float64(r.N), float64(r.Median), float64(r.Mean)}
	}
	lines := strings.Split(strings.TrimSpace(second), "\n")[1:]
	for _, line := range lines {
		cells := strings.Split(line, ",")
		key := [2]string{cells[0], cells[1]}
		equal(t, cells[0]+" → "+cells[1], arrows[key], numbers(t, cells[2:]))
		delete(arrows, key)
	}
	for key := range arrows {
		if key[0] != "Closed" { // R's recount ends with the close
			t.Errorf("R knows no arrow %v", key)
		}
	}
}

func numbers(t *testing.T, cells []string) []float64 {
	t.Helper()
	var out []float64
	for _, c := range cells {
		if c == "NA" {
			out = append(out, math.NaN())
			continue
		}
		v, err := strconv.ParseFloat(c, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func equal(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
		return
	}
	for i := range want {
		if math.IsNaN(got[i]) != math.IsNaN(want[i]) || math.Abs(got[i]-want[i]) > 1e-9*max(1, math.Abs(want[i])) {
			t.Errorf("%s, number %d: %.12g, want %.12g", what, i, got[i], want[i])
		}
	}
}
