package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date. A process that was killed in the middle
// left whole migrations behind: each runs in a transaction of its own.
func migrate(ctx context.Context, db *sql.DB, kind goose.Dialect, folder string) error {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(kind, db, files, goose.WithLogger(goose.NopLogger()),
		goose.WithAllowOutofOrder(true)) // who follows the main branch may meet a lower number after a higher one: they only add
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	_, err = p.Up(ctx)
	return err
}

// migrateSQLite repeats what another process has just done at the same time:
// each migration takes the write lock, so the second finds it applied.
func migrateSQLite(ctx context.Context, db *sql.DB) error {
	var err error
	for i := range 5 {
		if err = migrate(ctx, db, goose.DialectSQLite3, "sqlite"); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(i+1) * 50 * time.Millisecond):
		}
	}
	return fmt.Errorf("bring the schema up to date: %w", err)
}

// migratePostgres holds a lock that also works behind a pooler.
func migratePostgres(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, postgresDialect.rebind(lockSQL), lockSpace, int(lockMigration)); err != nil {
		return err
	}
	if err := migrate(ctx, db, goose.DialectPostgres, "postgres"); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return tx.Commit()
}
