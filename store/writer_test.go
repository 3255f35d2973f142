package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
)

var ctx = context.Background()

func openFile(t *testing.T) *Store {
	t.Helper()
	s, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func writerOf(s *Store) *sqlite { return s.engine.(*sqlite) }

// hold keeps the writer busy until the returned function is called, so that jobs gather behind it.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	begun, let, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.InTx(ctx, func(context.Context, *Tx) error { close(begun); <-let; return nil }); err != nil {
			t.Error(err)
		}
	}()
	<-begun
	return func() { close(let); <-ended }
}

// queued waits until n jobs stand in the queue.
func queued(t *testing.T, s *Store, n int) {
	t.Helper()
	for range 5000 {
		if len(writerOf(s).queue) >= n {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("only %d of %d jobs are waiting", len(writerOf(s).queue), n)
}

func note(s *Store, key string) error {
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error { return tx.SetMeta(ctx, key, "yes") })
}

func noted(t *testing.T, s *Store, key string) bool {
	t.Helper()
	value := ""
	err := s.Read(ctx, func(ctx context.Context, r *Reader) (err error) {
		value, err = r.Meta(ctx, key)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return value != ""
}

// increment counts how often its effect was committed.
func increment(ctx context.Context, tx *Tx, key string) error {
	value, err := tx.Meta(ctx, key)
	if err != nil {
		return err
	}
	return tx.SetMeta(ctx, key, value+"x")
}

func TestJobsAreCommittedTogether(t *testing.T) {
	s := openFile(t)
	release := hold(t, s)
	var order []int
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
				order = append(order, i)
				if err := tx.SetMeta(ctx, fmt.Sprint("job ", i), "yes"); err != nil {
					return err
				}
				if i%3 == 0 {
					return fmt.Errorf("refused %d", i)
				}
				return nil
			})
			if refused := i%3 == 0; refused != (err != nil) || refused && err.Error() != fmt.Sprint("refused ", i) {
				t.Errorf("job %d: %v", i, err)
			}
		})
		queued(t, s, i+1)
	}
	release()
	wg.Wait()
	order = order[len(order)-20:] // before them, those that were run until one failed that had written
	for i := range 20 {
		if order[i] != i {
			t.Fatalf("not first in, first out: %v", order)
		}
		if got, want := noted(t, s, fmt.Sprint("job ", i)), i%3 != 0; got != want {
			t.Errorf("job %d committed: %v, want %v", i, got, want)
		}
	}
}

// What is refused before it has written costs nobody a repetition.
func TestRefusedJobsAreNotRepeated(t *testing.T) {
	s := openFile(t)
	release := hold(t, s)
	var runs atomic.Int32
	var wg sync.WaitGroup
	for i := range 9 {
		wg.Go(func() {
			key := fmt.Sprint("job ", i)
			err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
				runs.Add(1)
				if _, err := tx.Meta(ctx, key); err != nil || i%2 == 0 {
					return errors.Join(err, errors.New("refused"))
				}
				return increment(ctx, tx, key)
			})
			if refused := i%2 == 0; refused != (err != nil) || refused == noted(t, s, key) {
				t.Errorf("job %d: %v", i, err)
			}
		})
		queued(t, s, i+1)
	}
	release()
	wg.Wait()
	if runs.Load() != 9 {
		t.Errorf("%d runs of 9 jobs", runs.Load())
	}
}

// One job has the whole transaction rolled back under everybody's feet, as a full
// disk may. Each of the others takes effect once.
func TestLostTransactionIsRepeatedSingly(t *testing.T) {
	s := openFile(t)
	release := hold(t, s)
	var runs atomic.Int32
	var wg sync.WaitGroup
	for i := range 9 {
		wg.Go(func() {
			err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
				runs.Add(1)
				if i == 4 {
					_, err := tx.exec(ctx, `ROLLBACK`)
					return errors.Join(err, errors.New("disk I/O error"))
				}
				return increment(ctx, tx, fmt.Sprint("job ", i))
			})
			if (i == 4) != (err != nil) {
				t.Errorf("job %d: %v", i, err)
			}
		})
		queued(t, s, i+1)
	}
	release()
	wg.Wait()
	if runs.Load() != 5+5+9 {
		t.Errorf("%d runs: five together, five with savepoints, then nine singly", runs.Load())
	}
	_ = s.Read(ctx, func(ctx context.Context, r *Reader) error {
		for i := range 9 {
			value, err := r.Meta(ctx, fmt.Sprint("job ", i))
			if want := map[bool]string{true: "", false: "x"}[i == 4]; value != want || err != nil {
				t.Errorf("job %d took effect as %q, %v", i, value, err)
			}
		}
		return nil
	})
}

// A commit that fails is nobody's success, and the next one works again.
func TestFailedCommit(t *testing.T) {
	s := openFile(t)
	w := writerOf(s)
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `PRAGMA defer_foreign_keys = ON`)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO stay (deal, visit, episode, stage, exit, to_stage, skipped, actor, event) VALUES (99, 1, 1, '', '', '', '', '', 1)`)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "commit") {
		t.Fatalf("the commit of an orphan: %v", err)
	}
	if err := note(s, "after"); err != nil || !noted(t, s, "after") {
		t.Errorf("the next transaction: %v", err)
	}
	if len(w.queue) != 0 {
		t.Error("jobs are left over")
	}
}

func TestFullDatabase(t *testing.T) {
	s := openFile(t)
	pages := 0
	if err := s.Read(ctx, func(ctx context.Context, r *Reader) error {
		_, err := r.get(ctx, &pages, `PRAGMA page_count`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
			var now int
			_, err := tx.get(ctx, &now, fmt.Sprint(`PRAGMA max_page_count = `, n))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 2)
	release := hold(t, s)
	var wg sync.WaitGroup
	results := make([]error, 12)
	for i := range results {
		size := 10
		if i%2 == 0 {
			size = 100_000
		}
		wg.Go(func() {
			results[i] = s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
				return tx.SetMeta(ctx, fmt.Sprint("job ", i), strings.Repeat("x", size))
			})
		})
	}
	queued(t, s, len(results))
	release()
	wg.Wait()
	limit(pages + 10_000)
	for i, err := range results {
		if full := i%2 == 0; full != (err != nil) || noted(t, s, fmt.Sprint("job ", i)) == full {
			t.Errorf("job %d: %v", i, err)
		}
	}
	if err := note(s, "after"); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestCallerGivesUp(t *testing.T) {
	s := openFile(t)
	release := hold(t, s)
	waiting, cancel := context.WithCancel(ctx)
	result := make(chan error, 1)
	go func() {
		result <- s.InTx(waiting, func(ctx context.Context, tx *Tx) error { return tx.SetMeta(ctx, "gave up", "yes") })
	}()
	queued(t, s, 1)
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	release()
	if err := note(s, "after"); err != nil || noted(t, s, "gave up") {
		t.Errorf("a job ran though its caller was told that it did not: %v", err)
	}

	begun, cancel := context.WithCancel(ctx)
	err := s.InTx(begun, func(ctx context.Context, tx *Tx) error {
		cancel()
		return tx.SetMeta(ctx, "begun", "yes")
	})
	if err != nil || !noted(t, s, "begun") {
		t.Errorf("a job that had begun: %v", err)
	}
}

func TestPanicIsItsCallers(t *testing.T) {
	s := openFile(t)
	release := hold(t, s)
	caught := make(chan any, 1)
	go func() {
		defer func() { caught <- recover() }()
		_ = s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
			_ = tx.SetMeta(ctx, "panicked", "yes")
			panic("oh")
		})
	}()
	queued(t, s, 1)
	other := make(chan error, 1)
	go func() { other <- note(s, "neighbour") }()
	queued(t, s, 2)
	release()
	if got := <-caught; got != "oh" {
		t.Errorf("caught %v", got)
	}
	if err := <-other; err != nil || !noted(t, s, "neighbour") || noted(t, s, "panicked") {
		t.Errorf("neighbour: %v", err)
	}
}

func TestBrokenTransactionStaysBroken(t *testing.T) {
	s := openFile(t)
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.exec(ctx, `INSERT INTO stay (deal) VALUES (1)`); err == nil {
			t.Error("an impossible row is written")
		}
		if err := tx.SetMeta(ctx, "after", "yes"); err == nil {
			t.Error("a statement runs after one that failed")
		}
		return nil // forgetful
	})
	if err == nil || noted(t, s, "after") {
		t.Errorf("committed after a failure: %v", err)
	}
}

func TestFullQueueSheds(t *testing.T) {
	s := openFile(t)
	release := hold(t, s)
	var wg sync.WaitGroup
	var shed, done atomic.Int32
	for range queueLength + 50 {
		wg.Go(func() {
			switch err := note(s, "x"); {
			case errors.Is(err, ErrBusy):
				shed.Add(1)
			case err == nil:
				done.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	for shed.Load() < 50 {
		time.Sleep(time.Millisecond)
	}
	release()
	wg.Wait()
	if shed.Load() != 50 || done.Load() != queueLength {
		t.Errorf("%d shed, %d done", shed.Load(), done.Load())
	}
}

func TestClose(t *testing.T) {
	s := openFile(t)
	release := hold(t, s)
	waiting := make(chan error, 1)
	go func() { waiting <- note(s, "waits") }()
	queued(t, s, 1)
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	<-writerOf(s).closing
	release()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := <-waiting; err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("a job that waited: %v", err)
	}
	if err := note(s, "late"); !errors.Is(err, ErrClosed) {
		t.Errorf("a late job: %v", err)
	}
	if err := s.Ping(ctx); !errors.Is(err, ErrClosed) {
		t.Errorf("a late reader: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

// Another program holds the write lock: callers are told after a while, and all is well when it lets go.
func TestLockedByAnotherProgram(t *testing.T) {
	s := openFile(t)
	if _, err := writerOf(s).writer.on.ExecContext(ctx, `PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	other, err := sqlx.Open("sqlite3", "file:"+writerOf(s).path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if err := note(s, "locked"); !errors.Is(err, ErrBusy) {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := note(s, "free"); err != nil || !noted(t, s, "free") || noted(t, s, "locked") {
		t.Errorf("afterwards: %v", err)
	}
}

// A report that is given up leaves its connection usable.
func TestReaderGivesUp(t *testing.T) {
	s, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), Options{MaxReaders: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		for i := range 1000 {
			if err := tx.SavePeople(ctx, []Person{{ID: fmt.Sprint(i)}}, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithCancel(ctx)
	err = s.Read(short, func(ctx context.Context, r *Reader) error {
		return each(ctx, r.session, func(*personRow) error { cancel(); return nil }, peopleSQL)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	err = s.Read(ctx, func(ctx context.Context, r *Reader) error {
		people, err := r.People(ctx)
		if len(people) != 1000 {
			t.Errorf("%d people", len(people))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Müller-Bau  GmbH.": "muller bau gmbh", " ?! ": "?!", "ＡＣＭＥ": "acme", "  Straße ": "strasse", "上海ｶﾞ": "上海ガ", "ΣΊΣΥΦΟΣ": "σισυφοσ", "": "",
	} {
		if got := fold(in); got != want {
			t.Errorf("fold(%q) = %q, want %q", in, got, want)
		}
	}
}
