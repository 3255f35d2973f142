package main

import (
	"net/url"
	"path"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"

	"pipewright/store/pgtest"
)

// Another program holds the database for longer than Slack waits: the person hears that at
// once, and then how it ended.
func TestLockedDatabase(t *testing.T) {
	for _, mode := range []string{modeSocket, modeHTTP} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "test.db")
			s := &story{t: t, m: companyMap(), replicas: 1, lines: []line{{1, "locked"}}}
			s.open(mode, "sqlite:"+file)
			s.types("ana", "deals", "/deal new Granite 9k")
			s.standsIn("deals", "", "once", "Granite")
			s.settle()
			db, err := sqlx.Open("sqlite3", "file:"+file+"?_txlock=immediate&_busy_timeout=5000")
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			other, err := db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			s.types("ana", "deals", "/log call granite 25m while locked")
			s.sees("This takes longer than it should.")
			if err := other.Rollback(); err != nil {
				t.Fatal(err)
			}
			s.sees("Logged")
			s.standsIn("deals", "", "once", "Granite")
			s.standsIn("deals", "Granite", "once", "while locked")
		})
	}
}

// PostgreSQL goes away, and comes back: in between everybody is told that nothing was changed.
func TestDatabaseAway(t *testing.T) {
	for _, mode := range []string{modeSocket, modeHTTP} {
		t.Run(mode, func(t *testing.T) {
			address := pgtest.Start(t)
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			name := path.Base(u.Path)
			u.Path = "/postgres"
			db, err := sqlx.Open("pgx", u.String())
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			meddle := func(statements ...string) {
				t.Helper()
				for _, statement := range statements {
					if _, err := db.Exec(statement); err != nil {
						t.Fatal(err)
					}
				}
			}
			s := &story{t: t, m: companyMap(), replicas: 1, lines: []line{{1, "away"}}}
			s.open(mode, address)
			s.types("ana", "deals", "/deal new Granite 9k")
			s.standsIn("deals", "", "once", "Granite")
			s.settle()
			meddle("ALTER DATABASE "+name+" ALLOW_CONNECTIONS false",
				"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
			s.types("ana", "deals", "/log call granite 25m while away")
			s.sees(notSaved)
			s.clicks("ana", "Log the call", "deals", "Granite")
			s.sees(notSaved)
			meddle("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true")
			s.eventually(func() bool { return len(s.bot.problems(t.Context())) == 0 }, func() { s.failf("not ready again: %v", s.bot.problems(t.Context())) })
			s.types("ana", "deals", "/log call granite 25m back again")
			s.sees("Logged")
			s.standsIn("deals", "Granite", "once", "back again")
			s.standsIn("deals", "Granite", "not", "while away")
		})
	}
}

const notSaved = "I could not do that just now. Nothing was changed."
