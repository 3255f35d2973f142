package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"github.com/sethvargo/go-retry"
)

// channel carries wake-ups from process to process; nothing is lost when one is.
const channel = "pipewright_outbox"

// postgres is a PostgreSQL database.
type postgres struct {
	url    string
	config *pgx.ConnConfig
	db     *sqlx.DB
	hints  chan struct{} // to be sent to other processes
	cancel context.CancelFunc
	work   sync.WaitGroup
	once   sync.Once
}

const commitWithin = 30 * time.Second

func openPostgres(ctx context.Context, url string, o Options, wake func()) (*postgres, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil { // which may quote the password
		return nil, errors.New("DATABASE_URL is not an address of PostgreSQL; it looks like postgres://user:password@host:5432/name")
	}
	db := sqlx.NewDb(stdlib.OpenDB(*config), "pgx")
	db.SetMaxOpenConns(o.MaxReaders + 12)
	db.SetMaxIdleConns(o.MaxReaders + 12)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := migratePostgres(ctx, db.DB); err != nil {
		db.Close()
		return nil, fmt.Errorf("open the PostgreSQL database: %w", err)
	}
	background, cancel := context.WithCancel(context.Background())
	e := &postgres{url: url, config: config, db: db, hints: make(chan struct{}, 1), cancel: cancel}
	e.work.Go(func() { e.sendHints(background) })
	e.work.Go(func() { e.listen(background, wake) })
	return e, nil
}

func (e *postgres) driver() string { return "postgres" }

func (e *postgres) beside(string) string { return "" }

func (e *postgres) ping(ctx context.Context) error { return e.db.PingContext(ctx) }

// write tries again after a serialization failure, a deadlock or a lost connection.
func (e *postgres) write(ctx context.Context, fn func(ctx context.Context, s *session) (bool, error)) error {
	backoff := retry.WithMaxRetries(10, retry.WithCappedDuration(500*time.Millisecond,
		retry.WithJitterPercent(50, retry.NewExponential(5*time.Millisecond))))
	unsure := false // the answer to a commit was lost, and no repetition has found out
	err := retry.Do(ctx, backoff, func(ctx context.Context) error {
		again, err := e.attempt(ctx, fn, &unsure)
		if again && ctx.Err() == nil {
			return retry.RetryableError(err)
		}
		return err
	})
	if err != nil && unsure {
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	return err
}

// attempt runs the transaction once and says whether it may be run again.
func (e *postgres) attempt(ctx context.Context, fn func(ctx context.Context, s *session) (bool, error), unsure *bool) (again bool, err error) {
	// The transaction itself outlives the caller: a cancelled context must not race with the commit.
	free, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWithin)
	defer cancel()
	conn, err := e.db.Connx(free)
	if err != nil {
		return isLost(err), wrap("connect", err)
	}
	defer conn.Close()
	tx, err := conn.BeginTxx(free, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return isLost(err), wrap("begin", err)
	}
	defer func() { _ = tx.Rollback() }()
	s := &session{dialect: postgresDialect, on: tx, copyFrom: copier(conn)}
	keyed, err := fn(ctx, s)
	if keyed && s.failed == nil { // it has looked whether it was done
		*unsure = false
	}
	if err != nil {
		return s.failed != nil && (isConflict(err) || isLost(err)), err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if err := tx.Commit(); err != nil {
		*unsure = *unsure || !isRefused(err)
		return isConflict(err) || keyed && isLost(err), wrap("commit", err)
	}
	return false, nil
}

// copier writes many rows through the transaction that is open on the connection.
func copier(conn *sqlx.Conn) func(ctx context.Context, table string, columns []string, rows [][]any) error {
	return func(ctx context.Context, table string, columns []string, rows [][]any) error {
		return conn.Raw(func(driver any) error {
			_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
			return err
		})
	}
}

// isConflict reports whether two transactions were in each other's way.
func isConflict(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// isRefused reports whether the server itself said that it does not commit.
func isRefused(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && !isLost(err)
}

// isLost reports whether the connection went away.
func isLost(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return strings.HasPrefix(e.Code, "57P") || strings.HasPrefix(e.Code, "08")
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err)
}

func (e *postgres) read(ctx context.Context, fn func(ctx context.Context, s *session) error) error {
	tx, err := e.beginRead(ctx)
	if err != nil {
		return wrap("begin", err)
	}
	defer func() { _ = tx.Rollback() }()
	return fn(ctx, &session{dialect: postgresDialect, on: tx})
}

// beginRead passes over the pool's connections that died while they were idle: after a restart
// of the server that is all of them, and each says so once.
func (e *postgres) beginRead(ctx context.Context) (*sqlx.Tx, error) {
	for pooled := e.db.Stats().OpenConnections; ; pooled-- {
		tx, err := e.db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
		var away *pgconn.ConnectError
		if err == nil || pooled <= 0 || !isLost(err) || errors.As(err, &away) {
			return tx, err
		}
	}
}

func (e *postgres) backup(_ context.Context, file string) error {
	return fmt.Errorf("PostgreSQL has its own backup; run: pg_dump --format=custom --file=%s '%s'", file, redact(e.url))
}

// redact leaves the password out.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "postgres://…"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	q.Del("password")
	u.RawQuery = q.Encode()
	return u.String()
}

func (e *postgres) notify() {
	select {
	case e.hints <- struct{}{}:
	default:
	}
}

// sendHints tells the other processes, outside of the transactions and at most
// twenty times a second: a NOTIFY inside them would make their commits wait for each other.
func (e *postgres) sendHints(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.hints:
		}
		_, _ = e.db.ExecContext(ctx, `SELECT pg_notify($1, '')`, channel)
		pause(ctx, 50*time.Millisecond)
	}
}

// listen passes other processes' hints on, and connects again for as long as the store is open.
func (e *postgres) listen(ctx context.Context, wake func()) {
	for ctx.Err() == nil {
		e.hear(ctx, wake)
		pause(ctx, 2*time.Second)
	}
}

func (e *postgres) hear(ctx context.Context, wake func()) {
	conn, err := pgx.ConnectConfig(ctx, e.config.Copy())
	if err != nil {
		return
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `LISTEN `+channel); err != nil {
		return
	}
	wake() // what came while nobody listened
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return
		}
		wake()
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (e *postgres) close() error {
	var err error
	e.once.Do(func() {
		e.cancel()
		e.work.Wait()
		err = e.db.Close()
	})
	return err
}
