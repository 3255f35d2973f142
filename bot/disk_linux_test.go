package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
)

// smallDisk is a file system of its own.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// The disk is full for a while. Whoever types, clicks or sends a form meanwhile is told that nothing was
// changed, and nothing is; what is only read goes on; afterwards all works again by itself.
func TestFullDisk(t *testing.T) {
	for _, mode := range []string{modeSocket, modeHTTP} {
		t.Run(mode, func(t *testing.T) {
			dir := smallDisk(t, "16m")
			s := &story{t: t, m: companyMap(), replicas: 1, lines: []line{{1, "full disk"}}}
			s.open(mode, "sqlite:"+filepath.Join(dir, "test.db"))
			s.types("ana", "deals", "/deal new Granite 9k")
			s.types("ana", "deals", "/deal new Basalt 8k")
			s.standsIn("deals", "", "once", "Basalt")
			s.settle()

			fill(t, dir)
			notes := map[string]bool{} // whether it was acknowledged
			refused := s.logsUntil(notes, "while full", func(reply string) bool { return strings.Contains(reply, notSaved) })
			if !refused {
				t.Fatal("the disk was never full")
			}
			s.types("ana", "deals", "/deal granite")
			s.sees("Granite")
			s.clicks("ana", "Log the call", "deals", "Basalt")
			s.eventually(func() bool { return s.view("ana") != nil }, func() { s.failf("no form is open") })
			s.submits("ana", obj{"How long?": "25m", "Note": "typed at length"})
			s.sees(notSaved)
			s.ask("close", obj{"user": "ana"})
			s.sees("How long?") // the form is below, as it was
			if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
				t.Fatal(err)
			}
			if !s.logsUntil(notes, "afterwards", func(reply string) bool { return strings.Contains(reply, "Logged") }) {
				t.Fatal("the bot does not recover")
			}
			s.settle()
			s.stop()
			reckonNotes(t, s, notes)
		})
	}
}

// logsUntil logs calls until the reply is the right one.
func (s *story) logsUntil(notes map[string]bool, when string, enough func(reply string) bool) bool {
	s.t.Helper()
	for n := range 400 {
		note := fmt.Sprintf("%s-%d.", strings.ReplaceAll(when, " ", "-"), n)
		out, problem := s.tryAsk("command", obj{"user": "ana", "channel": "deals", "command": "/log", "text": "call granite 25m " + note})
		reply := fmt.Sprint(out["reply"])
		logged := problem == "" && strings.Contains(reply, "Logged")
		if !logged && !strings.Contains(reply, notSaved) {
			s.failf("%s: %s %s", note, problem, reply)
		}
		notes[note] = logged
		if enough(reply) {
			return true
		}
	}
	return false
}

// fill writes a file until there is no room left.
func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
}

// reckonNotes compares what was acknowledged, or refused, with what the database holds.
func reckonNotes(t *testing.T, s *story, notes map[string]bool) {
	t.Helper()
	path := strings.TrimPrefix(s.lab.cfg.Database, "sqlite:")
	db, err := sqlx.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	sound := ""
	if err := db.Get(&sound, `PRAGMA integrity_check`); err != nil || sound != "ok" {
		t.Errorf("the file: %s %v", sound, err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	st, err := openStore(t.Context(), s.lab.cfg, s.lab.log)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	logged := loggedNotes(t, st)
	done := 0
	for note, acknowledged := range notes {
		want := 0
		if acknowledged {
			want = 1
			done++
		}
		if logged[note] != want {
			t.Errorf("%s is there %d times, want %d", note, logged[note], want)
		}
	}
	if _, err := st.Seal(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if report, err := st.VerifyAudit(t.Context()); err != nil || report.Broken != nil {
		t.Errorf("the audit trail does not hold: %+v, %v", report.Broken, err)
	}
	t.Logf("%d acknowledged, %d refused", done, len(notes)-done)
}
