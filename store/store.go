package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// ErrBusy says that too many transactions wait already: try again in a moment.
var ErrBusy = errors.New("the database has too much to do at the moment; try again in a few seconds")

// ErrUnsure says that the connection was lost while a transaction was committed: it may be
// done. Whatever was not asked for under a key in the inbox has to be looked up.
var ErrUnsure = errors.New("the connection was lost, and it is not known whether it was saved")

// ErrClosed says that the store was closed.
var ErrClosed = errors.New("the store is closed")

// Options are what Open needs beside the URL. Its zero value works.
type Options struct {
	Admins     []string         // Slack user ids from ADMINS
	MaxReaders int              // readers at a time; 4 when 0
	Log        *slog.Logger     // slog.Default() when nil
	Clock      func() time.Time // protocol time, for leases; time.Now when nil
}

// Store is an open database. It may be used by any number of goroutines.
type Store struct {
	engine  engine
	options Options
	wake    chan struct{}

	maps mapCache
	kept kept
}

// engine is one kind of database.
type engine interface {
	driver() string
	write(ctx context.Context, fn func(ctx context.Context, s *session) (keyed bool, err error)) error
	read(ctx context.Context, fn func(ctx context.Context, s *session) error) error
	ping(ctx context.Context) error
	backup(ctx context.Context, file string) error
	beside(name string) string
	notify() // tells other processes that something was enqueued
	close() error
}

// Open opens the database at "sqlite:PATH" or "postgres://…" and brings its
// schema up to date. Several processes may do so at once.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.MaxReaders <= 0 {
		o.MaxReaders = 4
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	s := &Store{options: o, wake: make(chan struct{}, 1)}
	var err error
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		s.engine, err = openSQLite(ctx, rest, o)
	case "postgres", "postgresql":
		s.engine, err = openPostgres(ctx, url, o, s.nudge)
	default:
		return nil, errors.New("the database's address must begin with sqlite: or postgres://, such as sqlite:pipewright.db")
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close waits for transactions that have begun, refuses those that wait, and closes the database.
func (s *Store) Close() error { return s.engine.close() }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.engine.ping(ctx) }

// Driver returns "sqlite" or "postgres".
func (s *Store) Driver() string { return s.engine.driver() }

// Wake receives after commits that enqueued something, on PostgreSQL also those of
// other processes. It is a hint: one value may stand for many commits, and one may be lost.
func (s *Store) Wake() <-chan struct{} { return s.wake }

// Backup writes a consistent copy of the database to a new file while the store
// is in use. PostgreSQL refuses and names the command to use.
func (s *Store) Backup(ctx context.Context, file string) error { return s.engine.backup(ctx, file) }

// InTx runs fn in one write transaction, and commits when fn returns nil. It
// returns fn's error unchanged, ErrBusy when the queue is full, ErrUnsure when nobody
// knows, or what the database says. fn may run more than once.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	woke := false
	var learned *mapCache
	err := s.engine.write(ctx, func(ctx context.Context, ses *session) (bool, error) {
		tx := &Tx{Reader: &Reader{session: ses, store: s, writing: true}}
		err := fn(ctx, tx)
		if err == nil {
			err = ses.failed
		}
		woke, learned = tx.woke, &tx.learned
		return tx.keyed, err
	})
	if err != nil {
		return err
	}
	s.maps.learn(learned)
	if woke {
		s.nudge()
		s.engine.notify()
	}
	return nil
}

// Read runs fn on one consistent snapshot.
func (s *Store) Read(ctx context.Context, fn func(ctx context.Context, r *Reader) error) error {
	return s.engine.read(ctx, func(ctx context.Context, ses *session) error {
		r := &Reader{session: ses, store: s}
		defer func() { s.maps.learn(&r.learned) }()
		return fn(ctx, r)
	})
}

func (s *Store) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Reader reads one snapshot, or inside a transaction what the transaction sees. It serves one goroutine.
type Reader struct {
	*session
	store   *Store
	writing bool
	learned mapCache // for the store's cache, once it is certain
}

// Tx is one write transaction.
type Tx struct {
	*Reader
	woke  bool // something was enqueued
	keyed bool // the inbox key was looked up: the transaction may be repeated
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
