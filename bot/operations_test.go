package main

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"pipewright/internal/text"
)

// TestBackupAndAudit copies a database while the bot runs, and tampers with the copy.
func TestBackupAndAudit(t *testing.T) {
	l := openLab(t, sqliteFile(t), modeSocket)
	b, _ := started(t, l, "empty")
	s := &story{t: t, lines: []line{{1, "backup"}}, lab: l, bot: b}
	s.types("ana", "deals", `/deal new "Granite" 9k`)
	s.types("ana", "deals", `/log call granite`)
	s.audit() // seals

	file := filepath.Join(t.TempDir(), "copy.db")
	run := func(cfg Config, args ...string) (string, int) {
		var out bytes.Buffer
		status := execute(t.Context(), args, terminal{out: &out, err: &out, config: func() (Config, error) { return cfg, nil }})
		return out.String(), status
	}
	if said, status := run(l.cfg, "backup", file); status != exitDone || !strings.Contains(said, file) {
		t.Fatal(status, said)
	}
	if said, status := run(l.cfg, "backup", file); status != exitFailed || !strings.Contains(said, "exists already") {
		t.Fatal(status, said)
	}
	copied := l.cfg
	copied.Database = "sqlite:" + file
	if said, status := run(copied, "audit", "verify"); status != exitDone || !strings.Contains(said, "holds: 2 events") {
		t.Fatal(status, said)
	}
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE event SET data = replace(data, 'Granite', 'Marble')`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if said, status := run(copied, "audit", "verify"); status != exitFailed || !strings.Contains(said, "event 1 of D-1 was changed") {
		t.Error(status, said)
	}
}

// TestReport answers a report from the command line.
func TestReport(t *testing.T) {
	l := openLab(t, sqliteFile(t), modeSocket)
	_, stop := started(t, l, "demo")
	stop()
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"report", "funnel"}, 0, "First contact"},
		{[]string{"report", "funnel", "--format", "json"}, 0, `"report": "funnel"`},
		{[]string{"report", "outcomes", "--format", "csv"}, 0, ","},
		{[]string{"report", "outcomes", "--by", "owner", "--format", "csv"}, 0, "owner,owner_name,won,lost"},
		{[]string{"report", "cycle", "--by", "team"}, 0, "In order of name."},
		{[]string{"report", "outcomes", "--by", "region"}, 1, "A report can be broken down by owner, team or source, not by “region”."},
		{[]string{"report", "bottleneck", "--by", "owner"}, 1, "cannot be broken down. These can: outcomes, funnel, stages and cycle."},
		{[]string{"report", "weather"}, 1, "bottleneck and digest."},
		{[]string{"report", "digest"}, 0, "Weekly digest · "},
		{[]string{"report", "digest", "--period", "every month", "--format", "json"}, 0, `"kind": "standing"`},
		{[]string{"report", "digest", "--format", "csv"}, 0, "kind,key,deals,all_deals,all_open,as_of"},
		{[]string{"report", "digest", "--format", "svg", "--period", "daily"}, 0, "Daily digest · "},
		{[]string{"report", "digest", "--format", "png"}, 0, "PNG"},
		{[]string{"report", "digest", "--team", "nowhere"}, 1, "There is no team “nowhere”. There are: "},
		{[]string{"report", "digest", "--period", "last quarter"}, 2, "--period last quarter: of a digest say daily, weekly or monthly"},
		{[]string{"report", "digest", "--by", "owner"}, 2, "leave --from, --to, --horizon and --by out"},
		{[]string{"report", "digest", "--as-of", "soon"}, 2, "--as-of soon: write the time"},
		{[]string{"report", "funnel", "--process", "none"}, 1, "no such process"},
		{[]string{"report", "funnel", "--as-of", "yesterday"}, 2, "--as-of"},
		{[]string{"report", "funnel", "--format", "xml"}, 2, "--format"},
		{[]string{"report", "outcomes", "--owner", "u0ana00001", "--team", "NORTH", "--source", "WEBSITE", "--amount", "1k-900k", "--period", "this year"}, 0,
			", North. Only deals from the source “website”. Only deals worth $1,000 to less than $900,000. Deals created from"},
		{[]string{"report", "bottleneck", "--owner", "nobody"}, 1, "No deal is owned by “nobody”. There are: "},
		{[]string{"report", "cycle", "--team", "nowhere"}, 1, "There is no team “nowhere”. There are: "},
		{[]string{"report", "stages", "--source", "wbe"}, 1, "No deal has the source “wbe”. There are: "},
		{[]string{"report", "process", "--amount", "50k"}, 2, "--amount 50k: write a range"},
		{[]string{"report", "process", "--amount", "50k-10k"}, 2, "--amount 50k-10k: write a range"},
		{[]string{"report", "funnel", "--period", "soon"}, 2, "--period soon: say it as"},
		{[]string{"report", "funnel", "--period", "2026", "--from", "2026-01-01"}, 2, "leave --from and --to out"},
	} {
		var out bytes.Buffer
		status := execute(t.Context(), test.args, terminal{out: &out, err: &out, config: func() (Config, error) { return l.cfg, nil }})
		if status != test.status || !strings.Contains(out.String(), test.want) {
			t.Errorf("%v: status %d: %s", test.args, status, &out)
		}
	}
	cfg := l.cfg
	cfg.Locale = "zh-CN"
	for name, want := range map[string]string{"funnel": "首次接触", "digest": "每周摘要 · "} {
		var out bytes.Buffer
		status := execute(t.Context(), []string{"report", name}, terminal{out: &out, err: &out, config: func() (Config, error) { return cfg, nil }})
		if status != exitDone || !strings.Contains(out.String(), want) {
			t.Errorf("in Chinese: %s: status %d: %s", name, status, &out)
		}
	}
}

// TestPlayGreets says in the language of LOCALE where the page is, whatever the other settings are, and
// what stands in channels is in that language too.
func TestPlayGreets(t *testing.T) {
	for locale, want := range map[string]string{"en-US": "Pipewright plays at http://127.0.0.1:", "zh-CN": "打开这个网页。您是销售代表 Ana。"} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		out := &firstWrite{done: cancel}
		environ := map[string]string{"LOCALE": locale, "SLACK_MODE": "pigeon"}
		execute(ctx, []string{"play", "--seed", "empty", "--addr", "127.0.0.1:0"}, terminal{out: out, err: &out.Buffer, config: func() (Config, error) { return configFrom(environ) }})
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: %s", locale, out)
		}
	}
	l, err := newLab("127.0.0.1:0", sqliteFile(t), modeSocket, text.For("zh-CN", nil), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	s := &story{t: t, lines: []line{{1, "Chinese"}}, lab: l}
	s.bot, s.stop = started(t, l, "empty")
	s.types("ana", "deals", `/deal new "Granite" 9k`)
	s.standsIn("deals", "", "", "首次接触")
}

// firstWrite calls done when something was written.
type firstWrite struct {
	bytes.Buffer
	done func()
}

func (w *firstWrite) Write(p []byte) (int, error) {
	defer w.done()
	return w.Buffer.Write(p)
}

// TestPlayDirectory keeps what should be kept, and nothing else.
func TestPlayDirectory(t *testing.T) {
	c := playCommand{Data: filepath.Join(t.TempDir(), "a", "b")}
	dir, cleanUp, err := c.directory(english)
	if err != nil || dir != c.Data {
		t.Fatal(dir, err)
	}
	cleanUp()
	if _, err := os.Stat(dir); err != nil {
		t.Error("data that should be kept is gone")
	}
	if dir, cleanUp, err = new(playCommand).directory(english); err != nil {
		t.Fatal(err)
	}
	cleanUp()
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("temporary data is still there")
	}
}
