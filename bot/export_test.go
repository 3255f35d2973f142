package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
	"pipewright/store/pgtest"
)

// reportsOf returns the rows of every report on both processes.
func (i *importer) reportsOf(asOf time.Time) map[string]any {
	i.Helper()
	out := map[string]any{}
	i.open(func(st *store.Store) {
		err := st.Read(context.Background(), func(ctx context.Context, r *store.Reader) error {
			for _, process := range []string{"b2b", "renewal"} {
				for _, name := range reports.Names() {
					var b bytes.Buffer
					if err := reports.Run(ctx, r, name, reports.Options{Process: process, AsOf: asOf}, "json", &b, text.Printer{}); err != nil {
						return err
					}
					var answer map[string]any
					if err := json.Unmarshal(b.Bytes(), &answer); err != nil {
						return err
					}
					out[process+" "+name] = []any{answer["deals"], answer["open"], answer["rows"]}
				}
			}
			return nil
		})
		if err != nil {
			i.Fatal(err)
		}
	})
	return out
}

// seeded is a database with the sample company in it.
func seeded(t testing.TB) *importer {
	t.Helper()
	i := newImporter(t)
	i.apply(companyMap())
	i.open(func(st *store.Store) {
		if err := seedDemo(context.Background(), st, seedNow); err != nil {
			t.Fatal(err)
		}
	})
	return i
}

func (i *importer) export() string {
	i.Helper()
	dir := filepath.Join(i.TempDir(), "out")
	if err := (&exportCommand{Dir: dir}).Run(context.Background(), i.terminal()); err != nil {
		i.Fatal(err)
	}
	return dir
}

// rowsOf are the lines of a file in order, without the ids of approvals, which may be others after an import.
func rowsOf(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range all {
		out = append(out, strings.Join(slices.Delete(row, 2, 3), "|"))
	}
	slices.Sort(out)
	return out
}

// What was exported comes back: the whole of it by the log, and as much as other
// programs know by the plain files. Every report says the same.
func TestExportAndImport(t *testing.T) {
	from := seeded(t)
	dir := from.export()
	want := from.reportsOf(seedNow)
	if len(want) < 10 {
		t.Fatalf("only %d reports were compared", len(want))
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	whole := importCommand{Events: file("events.csv"), Activities: file("activities.csv"), Approvals: file("approvals.csv")}
	plain := importCommand{Deals: file("deals.csv"), History: file("history.csv"), Activities: file("activities.csv")}
	for name, c := range map[string]struct {
		command importCommand
		without string // report that needs what plain files do not hold: who was waited for
	}{
		"whole": {whole, ""}, "plain": {plain, "bottleneck"}, "whole, PostgreSQL": {whole, ""}, "plain, PostgreSQL": {plain, "bottleneck"},
	} {
		t.Run(name, func(t *testing.T) {
			to := newImporter(t)
			if strings.HasSuffix(name, "PostgreSQL") {
				to.url = pgtest.Start(t)
			}
			to.apply(exportedMap(t, file("map.yaml")))
			said := to.mustRun(c.command)
			if !strings.Contains(said, "deals are new.") || to.err.Len() > 0 {
				t.Errorf("it says\n%s%s", said, to.err.String())
			}
			got := to.reportsOf(seedNow)
			for report := range want {
				if strings.HasSuffix(report, " bottleneck") && c.without == "bottleneck" {
					continue
				}
				unmet := cmp.FilterPath(func(p cmp.Path) bool { // plain files do not say which gates were passed unmet
					key, ok := p.Last().(cmp.MapIndex)
					return ok && key.Key().String() == "overrides"
				}, cmp.Ignore())
				if c.without == "" {
					unmet = nil
				}
				if diff := cmp.Diff(want[report], got[report], cmp.Options{unmet}); diff != "" {
					t.Errorf("%s (-before +after)\n%s", report, diff)
				}
			}
			to.open(func(st *store.Store) {
				report, err := st.VerifyAudit(context.Background())
				if err != nil || report.Broken != nil || report.Events != 0 || report.Unsealed < 1000 {
					t.Errorf("what is not sealed yet is not told: %+v %+v %v", report, report.Broken, err)
				}
				if _, err := st.Seal(context.Background(), seedNow); err != nil {
					t.Fatal(err)
				}
				if report, err = st.VerifyAudit(context.Background()); err != nil || report.Broken != nil || report.Unsealed != 0 {
					t.Errorf("sealed: %+v %+v %v", report, report.Broken, err)
				}
			})
			if c.without == "" {
				again := to.export()
				for _, name := range []string{"steps.csv", "decisions.csv"} {
					was, is := rowsOf(t, file(name)), rowsOf(t, filepath.Join(again, name))
					if diff := cmp.Diff(was, is); diff != "" || len(was) < 50 {
						t.Errorf("%d rows of %s (-before +after)\n%s", len(was), name, diff)
					}
				}
				if diff := cmp.Diff(from.state(), to.state()); diff != "" {
					t.Errorf("(-before +after)\n%s", diff)
				}
			}
			if again := to.mustRun(c.command); !strings.Contains(again, "Nothing is new") {
				t.Errorf("the second time it says\n%s", again)
			}
		})
	}
}

func exportedMap(t *testing.T, path string) *sales.Map {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, problems := sales.ParseMap(raw)
	if len(problems) == 0 {
		problems = sales.Errors(sales.Check(m, sales.Known{}))
	}
	if len(problems) > 0 {
		t.Fatalf("the exported map is refused: %+v", problems)
	}
	return m
}

// Into the database that it came from, an export brings nothing, though its deals have no deal_id of another system.
func TestExportIntoTheSameDatabase(t *testing.T) {
	i := seeded(t)
	before := i.state()
	dir := i.export()
	for name, c := range map[string]importCommand{
		"whole": {Events: filepath.Join(dir, "events.csv"), Activities: filepath.Join(dir, "activities.csv")},
		"plain": {Deals: filepath.Join(dir, "deals.csv"), History: filepath.Join(dir, "history.csv"), Activities: filepath.Join(dir, "activities.csv")},
	} {
		if said := i.mustRun(c); !strings.Contains(said, "0 deals are new.") || !strings.Contains(said, "Nothing is new") {
			t.Errorf("%s: it says\n%s", name, said)
		}
		if diff := cmp.Diff(before, i.state()); diff != "" {
			t.Errorf("%s (-before +after)\n%s", name, diff)
		}
	}
}

// Deals that were imported, in every state that files can tell of, survive the round trip too.
func TestExportOfImportedDeals(t *testing.T) {
	i := newImporter(t)
	f := importFiles{
		deals: someDeals + "S,\"=cmd|' /C calc'!A0\",'-5,1.5k,EUR,2026-01-05T08:30:15.250Z,won,2026-02-01,\nP,Paying,,,,2026-01-05,payment,2026-02-01,\nT,\"two\nlines, \"\"quoted\"\"\",,,,,,,\n",
		history: someHistory + "W,lead,2026-01-05\nW,won,2026-01-07\nW,delivery,2026-01-09\nW,payment,2026-01-10\nW,completed,2026-01-11\n" +
			"L,lead,2026-01-05\nL,lost,2026-01-06\nL,demo,2026-01-07\nL,won,2026-01-08\nL,lost,2026-01-09\nL,lead,2026-01-10\n",
		activities: someActivities,
	}
	i.mustRun(f.command(i))
	dir := i.export()
	raw, err := os.ReadFile(filepath.Join(dir, "deals.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), `,'=cmd|' /C calc'!A0,'-5,`) {
		t.Errorf("a formula is not defused:\n%s", raw)
	}
	to := newImporter(t)
	to.mustRun(importCommand{Deals: filepath.Join(dir, "deals.csv"), History: filepath.Join(dir, "history.csv"), Activities: filepath.Join(dir, "activities.csv")})
	if diff := cmp.Diff(sorted(i.state()), sorted(to.state())); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
}
