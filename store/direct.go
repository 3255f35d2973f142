package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// direct is one connection to a database file, for one goroutine at a time. It uses
// SQLite's driver without a pool between them: what that does around each statement
// takes as long as most of our statements do.
type direct struct {
	conn  *sqlite3.SQLiteConn
	stmts map[string]*directStmt
}

// directStmt is a prepared statement with what one run of it needs.
type directStmt struct {
	stmt   *sqlite3.SQLiteStmt
	args   []driver.NamedValue
	values []driver.Value // of the row that was read
	kind   reflect.Type   // of the struct that rows go into
	fields [][]int        // where each column goes in it
}

const maxStatements = 400 // filters make different statements

func openDirect(dsn string) (*direct, error) {
	conn, err := (&sqlite3.SQLiteDriver{}).Open(dsn)
	if err != nil {
		return nil, err
	}
	return &direct{conn.(*sqlite3.SQLiteConn), map[string]*directStmt{}}, nil
}

func (d *direct) close() error {
	d.forget()
	return d.conn.Close()
}

func (d *direct) forget() {
	for query, s := range d.stmts {
		_ = s.stmt.Close()
		delete(d.stmts, query)
	}
}

func (d *direct) prepare(ctx context.Context, query string) (*directStmt, error) {
	if s, ok := d.stmts[query]; ok {
		return s, nil
	}
	if len(d.stmts) >= maxStatements {
		d.forget()
	}
	stmt, err := d.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &directStmt{stmt: stmt.(*sqlite3.SQLiteStmt)}
	d.stmts[query] = s
	return s, nil
}

// bind turns the arguments into what the driver takes.
func (s *directStmt) bind(args []any) error {
	if s.args == nil {
		s.args = make([]driver.NamedValue, len(args))
	}
	for i, a := range args {
		s.args[i].Ordinal = i + 1
		switch v := a.(type) {
		case string, int64, bool, float64:
			s.args[i].Value = v
		case int:
			s.args[i].Value = int64(v)
		default:
			value, err := driver.DefaultParameterConverter.ConvertValue(v)
			if err != nil {
				return fmt.Errorf("argument %d: %w", i+1, err)
			}
			s.args[i].Value = value
		}
	}
	return nil
}

func (d *direct) exec(ctx context.Context, query string, args []any) (int64, error) {
	s, err := d.prepare(context.WithoutCancel(ctx), query)
	if err != nil {
		return 0, err
	}
	if err := s.bind(args); err != nil {
		return 0, err
	}
	res, err := s.stmt.ExecContext(ctx, s.args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// once runs a statement that will not come again.
func (d *direct) once(ctx context.Context, query string) error {
	_, err := d.conn.ExecContext(ctx, query, nil)
	return err
}

func (d *direct) query(ctx context.Context, query string, args []any) (rows, error) {
	s, err := d.prepare(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	if err := s.bind(args); err != nil {
		return nil, err
	}
	r, err := s.stmt.QueryContext(ctx, s.args)
	if err != nil {
		return nil, err
	}
	if n := len(r.Columns()); len(s.values) != n {
		s.values, s.kind = make([]driver.Value, n), nil
	}
	return &directRows{s: s, rows: r}, nil
}

// directRows reads the rows of one run of a statement.
type directRows struct {
	s    *directStmt
	rows driver.Rows
	err  error
}

func (r *directRows) Next() bool {
	err := r.rows.Next(r.s.values)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return err == nil
}

func (r *directRows) Err() error { return r.err }

func (r *directRows) Close() error { return r.rows.Close() }

// Scan copies the row into the variables that dest points to.
func (r *directRows) Scan(dest ...any) error {
	if len(dest) != len(r.s.values) {
		return fmt.Errorf("%d variables for %d columns", len(dest), len(r.s.values))
	}
	for i, d := range dest {
		if err := assign(d, r.s.values[i]); err != nil {
			return fmt.Errorf("column %s: %w", r.rows.Columns()[i], err)
		}
	}
	return nil
}

// StructScan copies the row into the struct that dest points to, by the names of the columns.
func (r *directRows) StructScan(dest any) error {
	v := reflect.ValueOf(dest).Elem()
	if r.s.kind != v.Type() {
		fields, err := fieldsOf(v.Type(), r.rows.Columns())
		if err != nil {
			return err
		}
		r.s.kind, r.s.fields = v.Type(), fields
	}
	for i, f := range r.s.fields {
		if err := assign(v.FieldByIndex(f).Addr().Interface(), r.s.values[i]); err != nil {
			return fmt.Errorf("column %s: %w", r.rows.Columns()[i], err)
		}
	}
	return nil
}

// fieldsOf finds the field of each column: the one with that tag, or with that name in lower case.
func fieldsOf(t reflect.Type, columns []string) ([][]int, error) {
	byName := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("db")
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		byName[name] = f.Index
	}
	out := make([][]int, len(columns))
	for i, c := range columns {
		f, ok := byName[c]
		if !ok {
			return nil, fmt.Errorf("%s has no field for the column %s", t, c)
		}
		out[i] = f
	}
	return out, nil
}

// assign copies a value of the driver into the variable that dest points to.
func assign(dest any, v driver.Value) error {
	ok := false
	switch d := dest.(type) {
	case sql.Scanner:
		return d.Scan(v)
	case *string:
		*d, ok = v.(string)
	case *int64:
		*d, ok = v.(int64)
	case *int:
		var n int64
		n, ok = v.(int64)
		*d = int(n)
	case *bool:
		*d, ok = v.(bool)
		if n, isNumber := v.(int64); isNumber { // of an expression, which has no type
			*d, ok = n != 0, true
		}
	case *float64:
		*d, ok = v.(float64)
		if n, isInt := v.(int64); isInt {
			*d, ok = float64(n), true
		}
	case *[]byte:
		*d, ok = v.([]byte)
		if s, isText := v.(string); isText {
			*d, ok = []byte(s), true
		}
		ok = ok || v == nil
	}
	if !ok {
		return fmt.Errorf("a %T does not go into a %T", v, dest)
	}
	return nil
}
