package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3" // the driver
)

// How many jobs may wait for the writer, and how many it commits together.
const (
	queueLength = 1024
	batchLength = 128
)

// sqlite is a database file: one writer, and a pool of readers.
type sqlite struct {
	path    string
	db      *sqlx.DB // of the writer
	ro      *sqlx.DB
	writer  *session
	readers chan *session // receivers are served in order, unlike waiters of a sql.DB

	queue   chan *job
	closing chan struct{}
	stopped chan struct{}
	once    sync.Once
}

func openSQLite(ctx context.Context, path string, o Options) (*sqlite, error) {
	path = strings.TrimPrefix(path, "//")
	if err := createFile(path); err != nil {
		return nil, err
	}
	e := &sqlite{
		path: path, readers: make(chan *session, o.MaxReaders), queue: make(chan *job, queueLength),
		closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	if err := e.open(ctx, o); err != nil {
		_ = e.closeAll()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	go e.serve()
	return e, nil
}

// createFile makes a new database readable for its owner only.
func createFile(path string) error {
	if path == "" {
		return errors.New("the database's address needs a path, such as sqlite:pipewright.db")
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("the database's folder %s does not exist; create it or change DATABASE_URL", dir)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("the database cannot be written; check the owner and the permissions of the file: %w", err)
	}
	return f.Close()
}

// dsn is the file's address for the driver. Settings stand in it, so that every
// connection gets them. No connection is used by two goroutines at a time, so none needs a mutex.
func dsn(path, settings string) string {
	u := url.URL{Path: path}
	return "file:" + strings.ReplaceAll(u.EscapedPath(), "?", "%3F") + "?" + settings
}

// A reader's cache is emptied by every commit, so there is no use in a large one.
const (
	writerDSN = "_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1&_busy_timeout=10000&_txlock=immediate&_mutex=no&_cache_size=-8000"
	readerDSN = "mode=ro&_busy_timeout=10000&_txlock=deferred&_mutex=no&_cache_size=-1000"
)

func (e *sqlite) open(ctx context.Context, o Options) error {
	var err error
	if e.db, err = sqlx.Open("sqlite3", dsn(e.path, writerDSN)); err != nil {
		return err
	}
	if err := migrateSQLite(ctx, e.db.DB); err != nil {
		return err
	}
	if e.writer, err = connect(ctx, e.db); err != nil {
		return err
	}
	e.db.SetMaxIdleConns(-1) // those of the migrations are not needed any more
	for _, pragma := range []string{
		`PRAGMA wal_autocheckpoint = 1000`,     // pages: what waits behind a longer copy waits noticeably
		`PRAGMA journal_size_limit = 67108864`, // 64 MB, after a long report has held the log back
	} {
		if _, err := e.writer.exec(ctx, pragma); err != nil {
			return err
		}
	}
	if e.ro, err = sqlx.Open("sqlite3", dsn(e.path, readerDSN)); err != nil {
		return err
	}
	for range o.MaxReaders {
		r, err := connect(ctx, e.ro)
		if err != nil {
			return err
		}
		e.readers <- r
	}
	return nil
}

// connect pins a connection.
func connect(ctx context.Context, db *sqlx.DB) (*session, error) {
	conn, err := db.Connx(ctx)
	if err != nil {
		return nil, err
	}
	p := &prepared{conn: conn, kept: map[string]*sqlx.Stmt{}}
	s := &session{dialect: sqliteDialect, on: p, release: p.close}
	_, err = s.exec(ctx, `PRAGMA temp_store = MEMORY`) // what a savepoint may have to take back stays off the disk
	return s, err
}

func (e *sqlite) driver() string { return "sqlite" }

func (e *sqlite) notify() {}

func (e *sqlite) beside(name string) string { return e.path + "-" + name }

func (e *sqlite) ping(ctx context.Context) error {
	return e.read(ctx, func(ctx context.Context, s *session) error {
		var one int
		_, err := s.get(ctx, &one, `SELECT 1`)
		return err
	})
}

func (e *sqlite) read(ctx context.Context, fn func(ctx context.Context, s *session) error) error {
	select {
	case <-e.closing:
		return ErrClosed
	default:
	}
	var r *session
	select {
	case r = <-e.readers:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.closing:
		return ErrClosed
	}
	r.failed, r.heads = nil, nil
	defer func() {
		r.failed = nil
		_, _ = r.exec(context.Background(), `ROLLBACK`)
		e.readers <- r
	}()
	if _, err := r.exec(context.Background(), `BEGIN`); err != nil {
		return err
	}
	return fn(ctx, r)
}

// backup copies the file as of one moment, beside what goes on.
func (e *sqlite) backup(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s exists already; choose another name for the backup", file)
	}
	part := file + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	db, err := sqlx.Open("sqlite3", dsn(e.path, "_busy_timeout=10000"))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, part); err != nil {
		os.Remove(part)
		return fmt.Errorf("write the backup: %w", err)
	}
	if err := syncFile(part); err != nil {
		return err
	}
	return os.Rename(part, file)
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	return f.Sync()
}

func (e *sqlite) close() error {
	var err error
	e.once.Do(func() {
		close(e.closing)
		select {
		case <-e.stopped:
		case <-time.After(30 * time.Second):
			err = errors.New("the last transaction did not end in time")
			return
		}
		for range cap(e.readers) {
			release(<-e.readers)
		}
		err = e.closeAll()
	})
	return err
}

// closeAll closes the writer last: the last connection copies the log into the
// database, so that the file is whole.
func (e *sqlite) closeAll() error {
	var errs []error
	if e.ro != nil {
		errs = append(errs, e.ro.Close())
	}
	release(e.writer)
	if e.db != nil {
		errs = append(errs, e.db.Close())
	}
	return errors.Join(errs...)
}

// release closes what a pinned connection keeps, or the pool would leave it open.
func release(s *session) {
	if s != nil && s.release != nil {
		s.release()
	}
}
