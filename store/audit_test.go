package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
	"pipewright/store/pgtest"
)

// meddler changes the database behind the store's back.
func meddler(t *testing.T, url string) func(query string) {
	t.Helper()
	driver, source := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+path+"?_busy_timeout=5000"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return func(query string) {
		t.Helper()
		if _, err := db.Exec(query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

func auditOf(t *testing.T, s *store.Store) store.AuditReport {
	t.Helper()
	report, err := s.VerifyAudit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func seal(t *testing.T, s *store.Store) int {
	t.Helper()
	n, err := s.Seal(ctx, t0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAuditChain(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		if r := auditOf(t, s); r != (store.AuditReport{}) {
			t.Fatalf("empty: %+v", r)
		}
		d := newDeal(t, s, "Acme", "")
		newDeal(t, s, "Other", "")
		if r := auditOf(t, s); r.Unsealed != 2 || r.Events != 0 || r.Broken != nil {
			t.Fatalf("unsealed: %+v", r)
		}
		if n := seal(t, s); n != 2 {
			t.Fatalf("sealed %d", n)
		}
		first := auditOf(t, s)
		if first.Events != 2 || first.Unsealed != 0 || len(first.Head) != 64 || first.Broken != nil {
			t.Fatalf("%+v", first)
		}
		mustDecide(t, s, d.ID, func(c *sales.Case) ([]sales.Event, error) { return c.Advance("UREP", sales.Move{}, t0.Add(time.Hour)) })
		if n := seal(t, s); n != 1 {
			t.Fatalf("sealed %d", n)
		}
		if n := seal(t, s); n != 0 {
			t.Fatalf("sealed again: %d", n)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			pos, err := r.Snapshot(ctx)
			if pos != 3 {
				t.Errorf("position %d", pos)
			}
			return err
		})
		if second := auditOf(t, s); second.Head == first.Head || second.Events != 3 {
			t.Errorf("%+v", second)
		}
	})
}

func TestTampering(t *testing.T) {
	forged := `INSERT INTO event (deal, version, at, actor, type, data%s) VALUES (2, 2, 1, 'UEVIL', 'changed', '{}'%s)`
	insert := func(columns, values string) string {
		return strings.Replace(strings.Replace(forged, "%s", columns, 1), "%s", values, 1)
	}
	for name, c := range map[string]struct {
		deed []string
		what store.BreakKind
		pos  int64
	}{
		"a changed word":        {[]string{`UPDATE event SET data = '{"to":"signed"}' WHERE deal = 1 AND version = 2`}, store.BreakModified, 2},
		"another actor":         {[]string{`UPDATE event SET actor = 'UEVIL' WHERE deal = 1 AND version = 1`}, store.BreakModified, 1},
		"a removed event":       {[]string{`DELETE FROM event WHERE deal = 1 AND version = 2`}, store.BreakMissing, 2},
		"a cut tail":            {[]string{`DELETE FROM event WHERE deal = 2`}, store.BreakMissing, 3},
		"a cut tail and head":   {[]string{`DELETE FROM event WHERE deal = 2`, `UPDATE audit_head SET pos = 2, hash = (SELECT hash FROM event WHERE pos = 2)`}, store.BreakMissing, 0},
		"an event put in":       {[]string{insert("", "")}, store.BreakInserted, 0},
		"an event put on top":   {[]string{insert(", pos, hash", ", 4, (SELECT hash FROM event WHERE pos = 3)")}, store.BreakInserted, 4},
		"another deal's number": {[]string{`UPDATE event SET deal = 2, version = 2 WHERE deal = 1 AND version = 2`}, store.BreakModified, 2},
		"two events exchanged": {[]string{`UPDATE event SET pos = 9 WHERE pos = 1`, `UPDATE event SET pos = 1 WHERE pos = 3`,
			`UPDATE event SET pos = 3 WHERE pos = 9`}, store.BreakModified, 1},
		"a deal set back": {[]string{`UPDATE deal SET version = 1 WHERE id = 1`}, store.BreakInserted, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tamper := func(t *testing.T, url string) {
				s := open(t, url, store.Options{})
				seedMap(t, s)
				newDeal(t, s, "Acme", "")
				newDeal(t, s, "Other", "")
				mustDecide(t, s, 1, func(c *sales.Case) ([]sales.Event, error) { return c.Advance("UREP", sales.Move{}, t0.Add(time.Hour)) })
				seal(t, s)
				if r := auditOf(t, s); r.Broken != nil {
					t.Fatalf("before: %+v", r.Broken)
				}
				meddle := meddler(t, url)
				for _, deed := range c.deed {
					meddle(deed)
				}
				r := auditOf(t, s)
				if r.Broken == nil || r.Broken.What != c.what || r.Broken.Pos != c.pos {
					t.Errorf("found %+v, want %s at %d", r.Broken, c.what, c.pos)
				}
			}
			tamper(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
			if c.pos == 2 { // the walk is the same on both: one kind of each break is enough
				tamper(t, pgtest.Start(t))
			}
		})
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	s := open(t, "sqlite:"+filepath.Join(dir, "live.db"), store.Options{})
	seedMap(t, s)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				newDeal(t, s, "Deal", "")
			}
		}
	}()
	time.Sleep(50 * time.Millisecond)
	copyOf := filepath.Join(dir, "copy with space?.db")
	if err := s.Backup(ctx, copyOf); err != nil {
		t.Fatal(err)
	}
	close(stop)
	<-done
	if err := s.Backup(ctx, copyOf); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("over an old backup: %v", err)
	}
	seal(t, s)
	restored := open(t, "sqlite:"+copyOf, store.Options{})
	var deals []sales.Deal
	read(t, restored, func(ctx context.Context, r *store.Reader) (err error) {
		deals, err = r.Deals(ctx, store.DealFilter{})
		return err
	})
	if len(deals) == 0 {
		t.Fatal("the backup is empty")
	}
	for i, d := range deals { // a prefix of the commits
		if want := int64(len(deals) - i); d.ID != want {
			t.Fatalf("deal %d is missing", want)
		}
	}
	if r := auditOf(t, restored); r.Broken != nil {
		t.Errorf("%+v", r.Broken)
	}
	newDeal(t, restored, "and it goes on", "")
}

func TestPostgresNamesItsBackup(t *testing.T) {
	url := strings.Replace(pgtest.Start(t), "postgres@", "postgres:s3cret@", 1)
	err := open(t, url, store.Options{}).Backup(ctx, "b.dump")
	if err == nil || !strings.Contains(err.Error(), "pg_dump --format=custom --file=b.dump 'postgres://") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}
