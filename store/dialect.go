package store

import (
	"context"
	"sync"

	"github.com/jmoiron/sqlx"
)

// dialect is where the two databases differ in what they are told.
type dialect string

const (
	sqliteDialect   dialect = "sqlite"
	postgresDialect dialect = "postgres"
)

var rebound sync.Map // of PostgreSQL: query with ? → query with $1

func (d dialect) rebind(query string) string {
	if d == sqliteDialect {
		return query
	}
	if q, ok := rebound.Load(query); ok {
		return q.(string)
	}
	q := sqlx.Rebind(sqlx.DOLLAR, query)
	rebound.Store(query, q)
	return q
}

// forUpdate locks the rows that a query returns; SQLite's writer is alone anyway.
func (d dialect) forUpdate() string {
	if d == sqliteDialect {
		return ""
	}
	return " FOR UPDATE"
}

// The things that one process does at a time. The numbers are the second half of
// PostgreSQL's lock keys and are shared with older versions.
type lockName int

const (
	lockMigration lockName = iota + 1
	lockSealer
	lockLease
	lockMap
	lockImport
)

const lockSpace = 0x70697065 // "pipe"

const lockSQL = `SELECT pg_advisory_xact_lock(?, ?)`

// lock keeps other processes out until the transaction ends.
func (tx *Tx) lock(ctx context.Context, name lockName) error {
	if tx.dialect == sqliteDialect {
		return nil
	}
	_, err := tx.exec(ctx, lockSQL, lockSpace, int(name))
	return err
}

const lockKeySQL = `SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`

// lockKey makes transactions with equal keys wait for each other.
func (tx *Tx) lockKey(ctx context.Context, key string) error {
	if tx.dialect == sqliteDialect {
		return nil
	}
	_, err := tx.exec(ctx, lockKeySQL, key)
	return err
}

const (
	nextIDsSQLite = `SELECT COALESCE(MAX(id), 0) FROM `
	nextIDsPG     = `SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?)`
)

// nextIDs returns n fresh ids of a table whose rows the transaction is about to insert.
func (tx *Tx) nextIDs(ctx context.Context, table string, n int) ([]int64, error) {
	if tx.dialect == postgresDialect {
		return columnOf[int64](ctx, tx.session, nextIDsPG, table, n)
	}
	ids := make([]int64, 0, n)
	var last int64
	if _, err := tx.get(ctx, &last, nextIDsSQLite+table); err != nil {
		return nil, err
	}
	for i := range n {
		ids = append(ids, last+int64(i)+1)
	}
	return ids, nil
}
