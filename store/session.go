package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// session runs statements on one connection or transaction.
type session struct {
	dialect  dialect
	on       statements
	copyFrom func(ctx context.Context, table string, columns []string, rows [][]any) error // nil when there is no such thing
	failed   error                                                                         // the first statement that failed
	heads    map[string]head                                                               // versions of the map in force; read once
}

// statements is the connection or transaction itself.
type statements interface {
	query(ctx context.Context, query string, args []any) (rows, error)
	exec(ctx context.Context, query string, args []any) (touched int64, err error)
	once(ctx context.Context, query string) error // a statement that will not come again
}

// rows are read one after the other, then closed.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	StructScan(dest any) error
	Err() error
	Close() error
}

// get reads one row into dest; found is false when there is none.
func (s *session) get(ctx context.Context, dest any, query string, args ...any) (found bool, err error) {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return false, err
	}
	if found = rows.Next(); found {
		err = scan(rows, dest)
	} else {
		err = rows.Err()
	}
	if closed := rows.Close(); err == nil {
		err = closed
	}
	return found && err == nil, s.note(err)
}

// scan copies a row into a struct by the names of its columns, or its one column into a variable.
func scan(rows rows, dest any) error {
	if _, ok := dest.(sql.Scanner); ok || reflect.TypeOf(dest).Elem().Kind() != reflect.Struct {
		return rows.Scan(dest)
	}
	return rows.StructScan(dest)
}

// all appends every row to the slice that dest points to.
func (s *session) all(ctx context.Context, dest any, query string, args ...any) error {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	slice := reflect.ValueOf(dest).Elem()
	for rows.Next() {
		n := slice.Len()
		slice.Grow(1)
		slice.SetLen(n + 1)
		slice.Index(n).SetZero()
		if err := scan(rows, slice.Index(n).Addr().Interface()); err != nil {
			return s.note(err)
		}
	}
	return s.note(rows.Err())
}

// each scans row after row into row and calls fn; nothing else may be read meanwhile.
func each[T any](ctx context.Context, s *session, fn func(*T) error, query string, args ...any) error {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row T
		if err := rows.StructScan(&row); err != nil {
			return s.note(err)
		}
		if err := fn(&row); err != nil {
			return err
		}
	}
	return s.note(rows.Err())
}

func (s *session) query(ctx context.Context, query string, args ...any) (rows, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	rows, err := s.on.query(ctx, s.dialect.rebind(query), args)
	return rows, s.note(err)
}

// exec runs a statement and returns how many rows it touched.
func (s *session) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if s.failed != nil {
		return 0, s.failed
	}
	n, err := s.on.exec(ctx, s.dialect.rebind(query), args)
	return n, s.note(err)
}

// execOnce runs a statement that will not come again: it is not kept prepared.
func (s *session) execOnce(ctx context.Context, query string) error {
	if s.failed != nil {
		return s.failed
	}
	return s.note(s.on.once(ctx, query))
}

// note remembers that a statement failed: the transaction is broken.
func (s *session) note(err error) error {
	if err != nil && s.failed == nil {
		s.failed = err
	}
	return err
}

// millis is a time as it is stored: Unix milliseconds, NULL when zero.
func millis(t time.Time) sql.NullInt64 {
	if t.IsZero() {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: true}
}

func fromMillis(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMilli(n.Int64).UTC()
}

// stored is the time as it comes back from the database.
func stored(t time.Time) time.Time { return fromMillis(millis(t)) }

// toJSON is for values that always have a JSON form; empty maps and slices are "".
func toJSON[T any](v T, empty bool) (string, error) {
	if empty {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

func fromJSON[T any](s string) (T, error) {
	var v T
	if s == "" {
		return v, nil
	}
	err := json.Unmarshal([]byte(s), &v)
	return v, err
}

// marks returns "?, ?, ?" for n arguments.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// sets returns "a = ?, b = ?" for the columns "a, b".
func sets(columns string) string { return strings.Join(columnNames(columns), " = ?, ") + " = ?" }

func columnNames(columns string) []string {
	names := strings.Split(columns, ",")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names
}

// anys turns a slice into arguments.
func anys[T any](in []T) []any {
	out := make([]any, len(in))
	for i, v := range in {
		out[i] = v
	}
	return out
}
