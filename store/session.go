package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// session runs statements on one connection or transaction.
type session struct {
	dialect  dialect
	on       statements                                                                    // the connection or transaction
	copyFrom func(ctx context.Context, table string, columns []string, rows [][]any) error // nil when there is no such thing
	failed   error                                                                         // the first statement that failed
	wrote    bool                                                                          // some statement was not only a SELECT
	release  func()                                                                        // of a pinned connection
	heads    map[string]head                                                               // versions of the map in force; read once
}

type statements interface {
	sqlx.QueryerContext
	sqlx.ExecerContext
}

// get reads one row into dest; found is false when there is none.
func (s *session) get(ctx context.Context, dest any, query string, args ...any) (found bool, err error) {
	if s.failed != nil {
		return false, s.failed
	}
	s.wrote = s.wrote || !strings.HasPrefix(query, "SELECT")
	err = sqlx.GetContext(ctx, s.on, dest, s.dialect.rebind(query), args...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, s.note(err)
}

// all reads every row into the slice that dest points to.
func (s *session) all(ctx context.Context, dest any, query string, args ...any) error {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	return s.note(sqlx.StructScan(rows, dest))
}

// columnOf returns the only column of every row, never nil.
func columnOf[T any](ctx context.Context, s *session, query string, args ...any) ([]T, error) {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, s.note(err)
		}
		out = append(out, v)
	}
	return out, s.note(rows.Err())
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

func (s *session) query(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	s.wrote = s.wrote || !strings.HasPrefix(query, "SELECT")
	rows, err := s.on.QueryxContext(ctx, s.dialect.rebind(query), args...)
	return rows, s.note(err)
}

// exec runs a statement and returns how many rows it touched.
func (s *session) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if s.failed != nil {
		return 0, s.failed
	}
	s.wrote = true
	res, err := s.on.ExecContext(ctx, s.dialect.rebind(query), args...)
	if err != nil {
		return 0, s.note(err)
	}
	n, err := res.RowsAffected()
	return n, s.note(err)
}

// execOnce runs a statement that will not come again: it is not kept prepared.
func (s *session) execOnce(ctx context.Context, query string) error {
	if s.failed != nil {
		return s.failed
	}
	s.wrote = true
	on := sqlx.ExecerContext(s.on)
	if p, ok := s.on.(*prepared); ok {
		on = p.conn
	}
	_, err := on.ExecContext(ctx, query)
	return s.note(err)
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

// ofDeal is for statements with ORDER BY: SQLite 3.54 plans those anew for every value of a bare ?,
// which takes longer than running them.
const ofDeal = `deal = CAST(? AS BIGINT)`

// marks returns "?, ?, ?" for n arguments.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// sets returns "a = ?, b = ?" for the columns "a, b".
func sets(columns string) string { return strings.Join(columnNames(columns), " = ?, ") + " = ?" }

// of returns "t.a, t.b" for the columns "a, b" of a table that the statement calls t.
func of(table, columns string) string {
	return table + "." + strings.Join(columnNames(columns), ", "+table+".")
}

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
