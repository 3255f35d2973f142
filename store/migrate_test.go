package store

import (
	"context"
	"database/sql"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"pipewright/store/pgtest"
)

// column is a column as the version before a migration knows it.
type column struct {
	Table, Name, Type string
	Required          bool // no row can be written without it
	Nullable          bool
}

const (
	columnsSQLite = `SELECT m.name, c.name, c.type, c."notnull" AND c.dflt_value IS NULL AND NOT c.pk, NOT c."notnull" FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
	columnsPG = `SELECT table_name, column_name, data_type, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO', is_nullable = 'YES'
		FROM information_schema.columns WHERE table_schema = 'public'`
)

func columnsOf(t *testing.T, db *sql.DB, query string) map[string]column {
	t.Helper()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]column{}
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.Table, &c.Name, &c.Type, &c.Required, &c.Nullable); err != nil {
			t.Fatal(err)
		}
		out[c.Table+"."+c.Name] = c
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Every migration leaves the tables as the version before it reads and writes them: nothing is gone
// or of another kind, and what is new can be left out of a row. Both databases get the same.
func TestMigrationsOnlyAdd(t *testing.T) {
	file, err := sql.Open("sqlite3", dsn(filepath.Join(t.TempDir(), "test.db"), writerDSN))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lite := migrateStepByStep(t, file, goose.DialectSQLite3, "sqlite", columnsSQLite)
	server, err := sql.Open("pgx", pgtest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	pg := migrateStepByStep(t, server, goose.DialectPostgres, "postgres", columnsPG)
	ours := func(columns map[string]column) []string {
		return slices.DeleteFunc(slices.Sorted(maps.Keys(columns)), func(name string) bool { return strings.HasPrefix(name, "goose_") })
	}
	if a, b := ours(lite), ours(pg); !slices.Equal(a, b) {
		t.Errorf("SQLite has %v\nPostgreSQL has %v", a, b)
	}
}

func migrateStepByStep(t *testing.T, db *sql.DB, kind goose.Dialect, folder, query string) map[string]column {
	t.Helper()
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(kind, db, files, goose.WithLogger(goose.NopLogger()))
	if err != nil {
		t.Fatal(err)
	}
	var before map[string]column
	for _, source := range p.ListSources() {
		if _, err := p.UpTo(context.Background(), source.Version); err != nil {
			t.Fatal(err)
		}
		after := columnsOf(t, db, query)
		for name, was := range before {
			is, there := after[name]
			if !there || is.Type != was.Type || is.Required && !was.Required || is.Nullable != was.Nullable {
				t.Errorf("%s: %s was %+v and is %+v", source.Path, name, was, is)
			}
		}
		for name, is := range after {
			_, known := before[name]
			table := slices.ContainsFunc(slices.Collect(maps.Values(before)), func(c column) bool { return c.Table == is.Table })
			if !known && table && is.Required {
				t.Errorf("%s: the version before writes no %s", source.Path, name)
			}
		}
		before = after
	}
	return before
}
