package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// realFile returns the path of a real data set, which the repository does not hold.
func realFile(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("there is no %s beside the repository: real data are read where they lie", name)
	}
	return path
}

// readPlain reads a file with nothing but encoding/csv, for an independent count.
func readPlain(t *testing.T, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, name := range all[0] {
			m[name] = row[i]
		}
		out = append(out, m)
	}
	return out
}

// stagesMap is the shipped map with other stages: the one called won wins.
func stagesMap(won string, keys ...string) *sales.Map {
	m := sales.Shipped()
	p := *m.Processes[0]
	p.Stages = nil
	for _, k := range keys {
		key := strings.ReplaceAll(strings.ToLower(k), " ", "_")
		p.Stages = append(p.Stages, sales.Stage{Key: key, Name: sales.Text{"en": k}, Who: []string{"rep"}, Won: k == won})
	}
	m.Processes = []*sales.Process{&p}
	return m
}

// A CRM's export: 8,800 deals without history, 500 of them without any date.
func TestImportRealDeals(t *testing.T) {
	path := realFile(t, "crm-opportunities/sales_pipeline.csv")
	i := newImporter(t)
	i.apply(stagesMap("Signed", "Prospecting", "Engaging", "Signed"))
	c := importCommand{Deals: path, Map: []string{
		"deal_id=opportunity_id", "name=product", "created_at=engage_date", "closed_at=close_date", "amount=close_value",
	}}
	said := i.mustRun(c)
	if !strings.Contains(said, "8,800 rows of sales_pipeline.csv.\n8,800 deals are new.\n") || i.err.Len() > 0 {
		t.Errorf("it says\n%s%s", said, i.err.String())
	}
	state := i.state()
	count := func(parts ...string) int {
		n := 0
		for line := range strings.Lines(state) {
			if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(line, p) }) {
				n++
			}
		}
		return n
	}
	want := map[string]int{}
	minor := int64(0)
	for _, row := range readPlain(t, path) {
		want[row["deal_stage"]]++
		if row["account"] == "" {
			want["no account"]++
		}
		if row["engage_date"] == "" {
			want["no date"]++
		}
		var units int64
		for _, digit := range row["close_value"] {
			units = units*10 + int64(digit-'0')
		}
		minor += units * 100
	}
	for what, got := range map[string]int{
		"Won": count("Status:won", "Stage:signed"), "Lost": count("Status:lost", "Stage:prospecting"),
		"Engaging": count("Status:open", "Stage:engaging"), "Prospecting": count("Status:open", "Stage:prospecting"),
		"no account": count("deal ", "Account: "), "no date": count("Created:0001-01-01"),
	} {
		if got != want[what] || got == 0 {
			t.Errorf("%s: %d deals, an independent count says %d", what, got, want[what])
		}
	}
	if n := strings.Count(state, "deal {"); n != strings.Count(state, "\n") {
		t.Errorf("stays were made up: %d deals in %d lines", n, strings.Count(state, "\n"))
	}
	if got := sumMinor(t, state); got != minor {
		t.Errorf("amounts add up to %d cents, an independent count says %d", got, minor)
	}
	if again := i.mustRun(c); !strings.Contains(again, "8,800 deals were known already; brought up to date: 0") {
		t.Errorf("the second time it says\n%s", again)
	}
	if i.state() != state {
		t.Error("the second run changed something")
	}
}

func sumMinor(t *testing.T, state string) (sum int64) {
	t.Helper()
	for part := range strings.SplitSeq(state, "Amount:{Minor:") {
		var n int64
		for i := 0; i < len(part) && part[i] >= '0' && part[i] <= '9'; i++ {
			n = n*10 + int64(part[i]-'0')
		}
		sum += n
	}
	return sum
}

// report returns the rows that a report has in JSON.
func (i *importer) report(name string, asOf time.Time) []map[string]any {
	i.Helper()
	var b bytes.Buffer
	i.open(func(st *store.Store) {
		err := st.Read(context.Background(), func(ctx context.Context, r *store.Reader) error {
			return reports.Run(ctx, r, name, reports.Options{AsOf: asOf}, "json", &b, text.Printer{})
		})
		if err != nil {
			i.Fatal(err)
		}
	})
	var answer struct{ Rows []map[string]any }
	if err := json.Unmarshal(b.Bytes(), &answer); err != nil {
		i.Fatal(err)
	}
	return answer.Rows
}

// What an independent program says of these deals: R 4.2 with survival 3.5, cut at
// 2017-12-31; see the data's own README.
func TestReportsOfRealDeals(t *testing.T) {
	path := realFile(t, "crm-opportunities/sales_pipeline.csv")
	i := newImporter(t)
	i.apply(stagesMap("Signed", "Prospecting", "Engaging", "Signed"))
	i.mustRun(importCommand{Deals: path, Map: []string{
		"deal_id=opportunity_id", "name=product", "created_at=engage_date", "closed_at=close_date", "amount=close_value",
	}})
	asOf := time.Date(2017, 12, 31, 0, 0, 0, 0, time.UTC)
	outcomes, cycle := i.report("outcomes", asOf)[0], i.report("cycle", asOf)
	won, lost, all := cycle[0], cycle[1], cycle[2]
	for _, fact := range []struct {
		name string
		got  any
		want float64
	}{
		{"won", outcomes["won"], 4238}, {"lost", outcomes["lost"], 2473}, {"rate", outcomes["win_rate"], 0.631500522},
		{"Wilson low", outcomes["win_low"], 0.619886915}, {"Wilson high", outcomes["win_high"], 0.642963669},
		{"won by 30 days", outcomes["win_by_horizon"], 0.218994834}, {"lost by 30 days", outcomes["lost_by_horizon"], 0.162206459},
		{"days of the won", won["median_days"], 57}, {"days of the lost", lost["median_days"], 14},
		{"engaged", all["n"], 8300}, {"median", all["km_median_days"], 69}, {"low", all["km_low"], 67}, {"high", all["km_high"], 70},
	} {
		if got, ok := fact.got.(float64); !ok || math.Abs(got-fact.want) > 1e-9 {
			t.Errorf("%s is %v, want %v", fact.name, fact.got, fact.want)
		}
	}
}

// The log of a real process with rework, skips and odd orders: 4,580 cases.
func TestImportRealHistory(t *testing.T) {
	path := realFile(t, "helpdesk-history/helpdesk.csv")
	stages := []string{
		"Assign seriousness", "Insert ticket", "Take in charge ticket", "Wait", "Require upgrade", "Create SW anomaly", "Resolve SW anomaly",
		"Schedule intervention", "Resolve ticket", "VERIFIED", "RESOLVED", "INVALID", "DUPLICATE", "Closed",
	}
	i := newImporter(t)
	i.apply(stagesMap("Closed", stages...))
	c := importCommand{History: path}
	said := i.mustRun(c)
	if !strings.Contains(said, "21,348 rows of helpdesk.csv.\n4,580 deals are new.\n") || i.err.Len() > 0 {
		t.Errorf("it says\n%s%s", said, i.err.String())
	}
	state := i.state()

	// Independently: sort each case by time, drop repetitions, and count what each
	// step is. The last stage wins and opens no stay; leaving it again does.
	want := map[string]int{}
	perStage := map[string]map[string]int{}
	cases := map[string][]map[string]string{}
	var last time.Time
	for _, row := range readPlain(t, path) {
		cases[row["case_id"]] = append(cases[row["case_id"]], row)
		if at := when(t, row); at.After(last) {
			last = at
		}
	}
	place := map[string]int{}
	for n, s := range stages {
		place[s] = n
	}
	for _, rows := range cases {
		slices.SortStableFunc(rows, func(a, b map[string]string) int { return when(t, a).Compare(when(t, b)) })
		var path []string
		for _, row := range rows {
			if n := len(path); n == 0 || path[n-1] != row["activity"] {
				path = append(path, row["activity"])
			}
		}
		for n, s := range path {
			if s == "Closed" {
				continue
			}
			became := "back"
			switch {
			case n == len(path)-1:
				became = "open"
			case path[n+1] == "Closed":
				became = "won"
			case place[path[n+1]] > place[s]:
				became = "forward"
			}
			want["stays"]++
			want[became]++
			if perStage[s] == nil {
				perStage[s] = map[string]int{}
			}
			perStage[s][became]++
		}
		if path[len(path)-1] == "Closed" {
			want["cases won"]++
		} else {
			want["cases open"]++
		}
	}
	got := map[string]int{}
	for line := range strings.Lines(state) {
		if strings.HasPrefix(line, "deal ") {
			continue
		}
		got["stays"]++
		for _, exit := range []string{"open", "won", "forward", "back"} {
			if strings.Contains(line, " "+exit+"→") {
				got[exit]++
			}
		}
	}
	outcomes := i.report("outcomes", last)[0]
	got["cases won"], got["cases open"] = int(outcomes["won"].(float64)), int(outcomes["open"].(float64))
	if got["cases won"] != 4557 || got["cases open"] != 23 || outcomes["lost"] != 0.0 {
		t.Errorf("outcomes: %v; want 4557 won, 23 open and none lost", outcomes)
	}
	for what, n := range want {
		if got[what] != n {
			t.Errorf("%s: %d, an independent count says %d", what, got[what], n)
		}
	}
	for n, row := range i.report("funnel", last) {
		is := perStage[stages[n]]
		entries := is["forward"] + is["back"] + is["won"] + is["open"]
		for column, want := range map[string]int{"entries": entries, "advanced": is["forward"], "back": is["back"], "won": is["won"], "lost": 0, "open": is["open"]} {
			if row[column] != float64(want) {
				t.Errorf("funnel, %s, %s: %v, an independent count says %d", stages[n], column, row[column], want)
			}
		}
	}
	if again := i.mustRun(c); !strings.Contains(again, "Nothing is new") || i.state() != state {
		t.Errorf("the second run: %s", again)
	}
}

func when(t *testing.T, row map[string]string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, row["timestamp"])
	if err != nil {
		t.Fatal(err)
	}
	return at
}
