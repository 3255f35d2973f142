package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/store"
	"pipewright/store/pgtest"
)

// migrateURL has this program, run again, bring a database up to date and end.
const migrateURL = "PIPEWRIGHT_TEST_MIGRATE"

func migrateOnly(url string) error {
	s, err := store.Open(ctx, url, store.Options{})
	if err != nil {
		return err
	}
	return s.Close()
}

// migrating starts that program.
func migrating(t *testing.T, url string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), migrateURL+"="+url)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// killed reports whether the program ended by the kill, and not before.
func killed(t *testing.T, cmd *exec.Cmd) bool {
	t.Helper()
	_ = cmd.Process.Kill()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != -1) {
		t.Fatal(err)
	}
	return err != nil
}

// Killed in the middle of a migration, again and again, the next start goes on: in the end the schema is
// that of a database that was never interrupted, and it can be used.
func TestKilledWhileMigrating(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		whole := filepath.Join(t.TempDir(), "whole.db")
		open(t, "sqlite:"+whole, store.Options{})
		info, err := os.Stat(whole + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		look := func(url string) []string {
			return schema(t, "sqlite3", "file:"+strings.TrimPrefix(url, "sqlite:"), schemaSQLite)
		}
		killedWhileMigrating(t, look("sqlite:"+whole), look, func() (string, func() bool) {
			path := filepath.Join(t.TempDir(), "test.db")
			written := rand.Int64N(info.Size()) // when that much is in the log
			return "sqlite:" + path, func() bool {
				time.Sleep(50 * time.Microsecond)
				log, err := os.Stat(path + "-wal")
				return err == nil && log.Size() > written
			}
		})
	})
	t.Run("postgres", func(t *testing.T) {
		whole := pgtest.Start(t)
		open(t, whole, store.Options{})
		look := func(url string) []string { return schema(t, "pgx", url, schemaPG) }
		want := look(whole)
		killedWhileMigrating(t, want, look, func() (string, func() bool) {
			url := pgtest.Start(t)
			slowly(t, url)
			db, err := sql.Open("pgx", url)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			steps := 1 + rand.IntN(len(want)/8)
			return url, func() bool {
				time.Sleep(time.Millisecond)
				var done int // a sequence is seen before the commit
				return db.QueryRow(`SELECT last_value FROM steps`).Scan(&done) == nil && done > steps
			}
		})
	})
}

// killedWhileMigrating has databases made and kills the program that does it, each when its time has come.
func killedWhileMigrating(t *testing.T, want []string, look func(url string) []string, begin func() (url string, now func() bool)) {
	t.Helper()
	rounds := 8
	if testing.Short() {
		rounds = 2
	}
	const most = 40 // when none was killed in the middle before
	inMiddle, done := 0, 0
	for ; done < rounds || inMiddle == 0 && done < most; done++ {
		url, now := begin()
		cmd := migrating(t, url)
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end) && !now(); {
		}
		if killed(t, cmd) && !slices.Equal(look(url), want) {
			inMiddle++
		}
		goesOn(t, url)
		if got := look(url); !slices.Equal(got, want) {
			t.Errorf("the schema is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	t.Logf("%d of %d were killed in the middle", inMiddle, done)
	if inMiddle == 0 {
		t.Error("none was killed in the middle: the test shows nothing")
	}
}

// slowly has PostgreSQL rest after every statement that changes the schema, and count them.
func slowly(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		`CREATE SCHEMA test`, `CREATE SEQUENCE public.steps`,
		`CREATE FUNCTION test.rest() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('public.steps'); PERFORM pg_sleep(0.003); END $$`,
		`CREATE EVENT TRIGGER rest ON ddl_command_end EXECUTE FUNCTION test.rest()`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// goesOn starts on what the kill left, and works.
func goesOn(t *testing.T, url string) {
	t.Helper()
	s, err := store.Open(ctx, url, store.Options{})
	if err != nil {
		t.Fatalf("after the kill: %v", err)
	}
	defer s.Close()
	seedMap(t, s)
	newDeal(t, s, "Acme", "")
	sameAsLog(t, s, 1)
}

const (
	schemaSQLite = `SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master WHERE name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite_%' ORDER BY 1`
	schemaPG     = `SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || COALESCE(column_default, '')
		FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%' AND table_name <> 'steps'
		UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%' ORDER BY 1`
)

func schema(t *testing.T, driver, address, query string) []string {
	t.Helper()
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(fmt.Errorf("the schema: %w", err))
	}
	return out
}
