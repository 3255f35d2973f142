package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// importer is a database and a place for files.
type importer struct {
	testing.TB
	dir      string
	url      string
	out, err bytes.Buffer
}

func newImporter(t testing.TB) *importer {
	dir := t.TempDir()
	return &importer{TB: t, dir: dir, url: "sqlite:" + filepath.Join(dir, "test.db")}
}

func (i *importer) terminal() terminal {
	i.out.Reset()
	i.err.Reset()
	return terminal{out: &i.out, err: &i.err, config: func() (Config, error) {
		c, err := configFrom(map[string]string{"DATABASE_URL": i.url})
		return c, err
	}}
}

// file writes a file and returns its path.
func (i *importer) file(name, content string) string {
	i.Helper()
	path := filepath.Join(i.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		i.Fatal(err)
	}
	return path
}

func (i *importer) run(c importCommand) error { return c.Run(context.Background(), i.terminal()) }

// mustRun imports and returns what the command said.
func (i *importer) mustRun(c importCommand) string {
	i.Helper()
	if err := i.run(c); err != nil {
		i.Fatalf("import: %v\n%s", err, i.err.String())
	}
	return i.out.String()
}

// open runs fn on the database.
func (i *importer) open(fn func(st *store.Store)) {
	i.Helper()
	st, err := store.Open(context.Background(), i.url, store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		i.Fatal(err)
	}
	defer st.Close()
	fn(st)
}

// apply makes the process of a map the only one.
func (i *importer) apply(m *sales.Map) {
	i.Helper()
	i.open(func(st *store.Store) {
		if err := saveMap(context.Background(), st, m, time.Now()); err != nil {
			i.Fatal(err)
		}
	})
}

// state writes all deals, stays, waits and activities, one a line: what reports are made of.
func (i *importer) state() string {
	i.Helper()
	var b strings.Builder
	i.open(func(st *store.Store) {
		err := st.Read(context.Background(), func(ctx context.Context, r *store.Reader) error {
			processes, err := r.Processes(ctx)
			if err != nil {
				return err
			}
			for _, p := range processes {
				names := map[int64]string{}
				err := r.EachDeal(ctx, p.Key, func(d sales.Deal) error {
					names[d.ID] = d.Name
					d.ID, d.External, d.Version, d.Moves = 0, "", 0, 0
					margin := 0.0
					if d.Margin != nil {
						margin, d.Margin = *d.Margin, nil
					}
					_, err := fmt.Fprintf(&b, "deal %+v %v\n", d, margin)
					return err
				})
				if err != nil {
					return err
				}
				err = r.EachStay(ctx, p.Key, func(s sales.Stay) error {
					_, err := fmt.Fprintf(&b, "%s: %s %d.%d %v–%v %s→%s %v %s\n", names[s.Deal], s.Stage, s.Episode, s.Visit, s.Entered, s.Left, s.Exit, s.To, s.Skipped, s.Actor)
					return err
				})
				if err != nil {
					return err
				}
				err = r.EachActivity(ctx, p.Key, func(a sales.Activity) error {
					if a.Undone {
						return nil
					}
					_, err := fmt.Fprintf(&b, "%s: %s %d %s %v %q %q %q %v\n", names[a.Deal], a.Type, a.Minutes, a.Actor, a.At, a.Outcome, a.Note, a.Link, a.Cost)
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			i.Fatal(err)
		}
	})
	return b.String()
}

const (
	someDeals = "deal_id,name,account,amount,currency,created_at,stage,closed_at,lost_reason\n" +
		"A,Roof,Acme,12k,EUR,2026-01-05,demo,2026-06-01,\nB,Wall,Beta,500,USD,2026-01-06,won,2026-02-01,\nC,Floor,,,,,Closed Lost,2026-02-02,price\n"
	someHistory    = "deal_id,stage,entered_at\nD,lead,2026-01-05T09:00:00Z\nD,discovery,2026-01-07T09:00:00Z\nA,lead,2026-01-05T10:00:00Z\nA,demo,2026-01-08T10:00:00Z\n"
	someActivities = "deal_id,type,at,minutes,note\nA,call,2026-01-06,20,they want SSO\nD,demo,2026-01-08,,\n"
)

func TestImport(t *testing.T) {
	i := newImporter(t)
	c := importCommand{Deals: i.file("deals.csv", someDeals), History: i.file("history.csv", someHistory), Activities: i.file("activities.csv", someActivities)}

	dry := c
	dry.DryRun = true
	if said := i.mustRun(dry); !strings.Contains(said, "4 deals would be new.\n") || !strings.Contains(said, "Nothing was written.") {
		t.Errorf("a dry run says:\n%s", said)
	}
	if s := i.state(); s != "" {
		t.Fatalf("a dry run wrote:\n%s", s)
	}

	said := i.mustRun(c)
	if !strings.Contains(said, "Read 3 rows of deals.csv, 4 rows of history.csv and 2 rows of activities.csv.\n4 deals are new.\n") {
		t.Errorf("it says:\n%s", said)
	}
	first := i.state()
	if n := strings.Count(first, "deal {"); n != 4 {
		t.Fatalf("%d deals:\n%s", n, first)
	}
	for _, want := range []string{
		"Roof: lead 1.1 2026-01-05 10:00:00 +0000 UTC–2026-01-08 10:00:00 +0000 UTC forward→demo [discovery]",
		"Roof: demo 1.2 2026-01-08 10:00:00 +0000 UTC–0001-01-01 00:00:00 +0000 UTC open→",
		`Roof: call 20  2026-01-06 00:00:00 +0000 UTC "" "they want SSO"`, "D: demo 60 ",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("there is no %q in\n%s", want, first)
		}
	}

	again := i.mustRun(c)
	if !strings.Contains(again, "4 deals were known already; brought up to date: 0, left as they are: 4.") || !strings.Contains(again, "Nothing is new") {
		t.Errorf("the second time it says:\n%s", again)
	}
	if second := i.state(); second != first {
		t.Errorf("the second run changed\n%s\nto\n%s", first, second)
	}
}

// With one bad row nothing is imported; with --skip-bad everything else is.
func TestImportBadRows(t *testing.T) {
	i := newImporter(t)
	c := importCommand{Deals: i.file("deals.csv", someDeals+"A,again,,,,,,,\nE,Door,,much,,,,,\n")}
	err := i.run(c)
	if err == nil || err.Error() != "2 rows cannot be taken, so nothing was imported; correct them, or leave them out with --skip-bad" {
		t.Errorf("error %v", err)
	}
	if said := i.err.String(); !strings.HasPrefix(said, "deals.csv:5: deal_id A stands in line 2 already") || !strings.Contains(said, "\ndeals.csv:6: amount: \"much\"") {
		t.Errorf("it says\n%s", said)
	}
	if s := i.state(); s != "" {
		t.Fatalf("it wrote\n%s", s)
	}
	c.SkipBad = true
	if said := i.mustRun(c); !strings.Contains(said, "3 deals are new.\n") || !strings.Contains(said, "2 rows were left out") {
		t.Errorf("it says\n%s", said)
	}
}

// Rows that scroll away are told once more, by their reasons.
func TestImportManyBadRows(t *testing.T) {
	rows := someDeals
	for n := range 20 {
		rows += fmt.Sprintf("E%d,Door,,much,,,,,\n", n)
	}
	i := newImporter(t)
	if err := i.run(importCommand{Deals: i.file("few.csv", rows)}); err == nil || strings.Contains(i.err.String(), "20 rows:") {
		t.Errorf("error %v; it says\n%s", err, i.err.String())
	}
	i = newImporter(t)
	if err := i.run(importCommand{Deals: i.file("many.csv", rows+"A,again,,,,,,,\n")}); err == nil {
		t.Error("no error")
	}
	said := i.err.String()
	_, sum, _ := strings.Cut(said, "\n\n")
	if lines := strings.Split(strings.TrimSpace(sum), "\n"); strings.Count(said, "many.csv:") != 21 || len(lines) != 2 ||
		!strings.HasPrefix(lines[0], "20 rows: amount: \"much\"") || !strings.HasPrefix(lines[1], "1 row: deal_id A stands in line 2 already") {
		t.Errorf("it says\n%s", said)
	}
}

func TestImportUsage(t *testing.T) {
	i := newImporter(t)
	deals := i.file("deals.csv", "Nr,Stand\nA,Prospecting\n")
	for name, c := range map[string]struct {
		command importCommand
		want    string
	}{
		"nothing":        {importCommand{}, "import needs a file"},
		"no such file":   {importCommand{Deals: filepath.Join(i.dir, "none.csv")}, "there is no file "},
		"mapping":        {importCommand{Deals: deals, Map: []string{"deal_id"}}, "--map deal_id: write it as FIELD=COLUMN"},
		"mapped field":   {importCommand{Deals: deals, Map: []string{"colour=Nr"}}, "--map colour=Nr: there is no field colour"},
		"mapped column":  {importCommand{Deals: deals, Map: []string{"deal_id=Number"}}, "--map deal_id=Number: there is no column Number; the columns are Nr, Stand"},
		"process":        {importCommand{Deals: deals, Process: "none"}, `there is no process "none"; say one of b2b and renewal`},
		"stage":          {importCommand{Deals: deals, Stage: map[string]string{"Prospecting": "none"}}, "--stage Prospecting=none: there is no stage none"},
		"missing column": {importCommand{Deals: deals}, "deals.csv: no column holds deal_id"},
		"both":           {importCommand{Deals: deals, Events: deals}, "--events holds everything already"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := i.run(c.command); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s…", err, c.want)
			}
		})
	}
	i.mustRun(importCommand{Deals: deals, Map: []string{"deal_id=Nr", "stage=stand"}, Stage: map[string]string{"prospecting": "lead"}})
}

// sorted puts lines in order, for databases that number the same deals differently.
func sorted(s string) string {
	lines := strings.Split(s, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// The command line takes names with commas, semicolons and equals signs.
func TestImportCommandLine(t *testing.T) {
	i := newImporter(t)
	path := i.file("h.csv", "\"Deal, Nr\"\tStep\tDay\nA\tTo do; first\t2026-01-05\nA\tDone\t2026-01-06\n")
	args := []string{"import", "--history", path, "--map", "deal_id=Deal, Nr", "--map", "stage=Step", "--map", "entered_at=Day", "--stage", "To do; first=lead", "--stage", "Done=won"}
	if status := execute(context.Background(), args, i.terminal()); status != exitDone {
		t.Fatalf("status %d: %s", status, i.err.String())
	}
	if s := i.state(); !strings.Contains(s, "A: lead 1.1") || !strings.Contains(s, "won→signed") {
		t.Errorf("state\n%s", s)
	}
	for _, c := range []struct {
		args   []string
		status int
	}{
		{[]string{"import"}, exitUsage}, {[]string{"import", "--map", "x", "--history", path}, exitUsage},
		{[]string{"import", "--dates", "ymd", "--history", path}, exitUsage}, {[]string{"import", "--history", path}, exitFailed},
		{[]string{"import", "--history", path + "x"}, exitFailed},
	} {
		if status := execute(context.Background(), c.args, i.terminal()); status != c.status {
			t.Errorf("%v: status %d, want %d: %s", c.args, status, c.status, i.err.String())
		}
	}
}
