package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pipewright/store"
	"pipewright/store/pgtest"
)

// workerURL has this program, run again, work on a database until it is killed.
const workerURL = "PIPEWRIGHT_TEST_WORKER"

func TestMain(m *testing.M) {
	if url := os.Getenv(workerURL); url != "" {
		if err := work(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if url := os.Getenv(migrateURL); url != "" {
		if err := migrateOnly(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// work logs calls from many goroutines, seals, and says each key once it is acknowledged.
func work(url string) error {
	s, err := store.Open(ctx, url, store.Options{})
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d:%d:%d", os.Getpid(), w, i)
				if _, err := logOnce(s, key, int64(1+(w+i)%5), key); err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				mu.Lock()
				fmt.Println(key)
				mu.Unlock()
			}
		})
	}
	group.Go(func() {
		for {
			if _, err := s.Seal(ctx, t0); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	group.Wait()
	return nil
}

// Killed at any moment under load, nothing that was acknowledged is lost, nothing
// is there twice, and the database is sound.
func TestKill(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, url, store.Options{})
		seedMap(t, s)
		for i := range 5 {
			newDeal(t, s, fmt.Sprint("Deal ", i), "")
		}
		acked := map[string]bool{}
		for range 4 {
			for _, key := range runAndKill(t, url) {
				acked[key] = true
			}
		}
		if len(acked) == 0 {
			t.Fatal("nothing was acknowledged")
		}
		found := map[string]int{}
		for id := int64(1); id <= 5; id++ {
			sameAsLog(t, s, id)
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				activities, err := r.Activities(ctx, id)
				for _, a := range activities {
					found[a.Note]++
				}
				return err
			})
		}
		for key := range acked {
			if found[key] != 1 {
				t.Errorf("%s was acknowledged and is there %d times", key, found[key])
			}
		}
		for key, n := range found {
			if n != 1 {
				t.Errorf("%s is there %d times", key, n)
			}
		}
		if r := auditOf(t, s); r.Broken != nil {
			t.Errorf("audit: %+v", r.Broken)
		}
		t.Logf("%d acknowledged, %d done", len(acked), len(found))
	})
}

func runAndKill(t *testing.T, url string) (acked []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), workerURL+"="+url)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	kill := 20 + rand.IntN(300)
	for lines.Scan() {
		acked = append(acked, lines.Text())
		if len(acked) == kill {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	if len(acked) < kill {
		t.Fatalf("the worker ended by itself after %d: %s", len(acked), complaints.String())
	}
	return acked
}

// Connections are cut again and again; every caller that is told "done" is right, and
// what is repeated under its key happens once.
func TestCutConnections(t *testing.T) {
	url := pgtest.Start(t)
	s := open(t, url, store.Options{})
	seedMap(t, s)
	newDeal(t, s, "Acme", "")
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	cuts := make(chan struct{})
	go func() {
		defer close(cuts)
		for range 12 {
			time.Sleep(time.Duration(20+rand.IntN(120)) * time.Millisecond)
			_, _ = db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		}
	}()
	var done, failed atomic.Int32
	var callers sync.WaitGroup
	for w := range 4 {
		callers.Go(func() {
			for i, cutting := 0, true; cutting; i++ {
				key := fmt.Sprint("cut:", w, ":", i)
				for { // Slack sends again what was not acknowledged
					if _, err := logOnce(s, key, 1, key); err == nil {
						break
					}
					failed.Add(1)
				}
				done.Add(1)
				select {
				case <-cuts:
					cutting = false
				default:
				}
			}
		})
	}
	callers.Wait()
	var activities int
	err = s.Read(ctx, func(ctx context.Context, r *store.Reader) error { // also through connections that were cut
		all, err := r.Activities(ctx, 1)
		activities = len(all)
		return err
	})
	if err != nil || activities != int(done.Load()) {
		t.Errorf("%d done, %d there; %v", done.Load(), activities, err)
	}
	t.Logf("%d of %d calls had to be repeated by the caller", failed.Load(), done.Load())
	sameAsLog(t, s, 1)
}

// A server that was started again leaves a pool of dead connections: no read is told of them.
func TestReadsAfterARestart(t *testing.T) {
	url := pgtest.Start(t)
	s := open(t, url, store.Options{})
	seedMap(t, s)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const pooled = 6
	for range 3 {
		var all, reads sync.WaitGroup
		all.Add(pooled)
		for range pooled { // each in a connection of its own
			reads.Go(func() {
				here := sync.OnceFunc(all.Done)
				if err := s.Read(ctx, func(context.Context, *store.Reader) error { here(); all.Wait(); return nil }); err != nil {
					t.Error("fill the pool:", err)
				}
				here()
			})
		}
		reads.Wait()
		var cut int
		if err := db.QueryRow(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`).Scan(&cut); err != nil || cut < pooled {
			t.Fatalf("%d connections cut: %v", cut, err)
		}
		if err := s.Read(ctx, func(ctx context.Context, r *store.Reader) error { _, err := r.Processes(ctx); return err }); err != nil {
			t.Error(err)
		}
	}
}

// Any number of processes may start on a fresh database at once.
func TestMigrateAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				s, err := store.Open(ctx, url, store.Options{})
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Ping(ctx); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

// The version before a migration goes on working beside the version after it, and may be started again.
func TestOldVersionOnNewSchema(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		old := open(t, url, store.Options{})
		seedMap(t, old)
		meddle := meddler(t, url)
		meddle(`ALTER TABLE deal ADD COLUMN future TEXT NOT NULL DEFAULT 'x'`)
		meddle(`ALTER TABLE event ADD COLUMN future BIGINT`)
		meddle(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)`)
		newDeal(t, old, "from the old version", "")
		again := open(t, url, store.Options{})
		newDeal(t, again, "started on the new schema", "")
		for id := int64(1); id <= 2; id++ {
			sameAsLog(t, again, id)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"mysql://x":                         "must begin with sqlite: or postgres://",
		"pipewright.db":                     "must begin with sqlite: or postgres://",
		"sqlite:":                           "needs a path",
		"sqlite:" + dir + "/none/x.db":      "does not exist; create it",
		"sqlite:" + garbage:                 "file is not a database",
		"postgres://127.0.0.1:1/x?foo=bar%": "DATABASE_URL",
		"postgres://u:s3cret@127.0.0.1:1/x": "open the PostgreSQL database",
	} {
		s, err := store.Open(ctx, url, store.Options{})
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", url)
		} else if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %q does not say %q", url, err, want)
		}
	}
}
