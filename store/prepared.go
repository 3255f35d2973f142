package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
)

// prepared is one connection that keeps its statements prepared: preparing takes
// longer than most of them run. pgx does the same by itself.
type prepared struct {
	conn *sqlx.Conn
	kept map[string]*sqlx.Stmt // by query
}

const maxStatements = 400 // filters make different statements

func (p *prepared) stmt(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if stmt, ok := p.kept[query]; ok {
		return stmt, nil
	}
	if len(p.kept) >= maxStatements {
		p.forget()
	}
	stmt, err := p.conn.PreparexContext(context.WithoutCancel(ctx), query)
	if err == nil {
		p.kept[query] = stmt
	}
	return stmt, err
}

func (p *prepared) forget() {
	for query, stmt := range p.kept {
		_ = stmt.Close()
		delete(p.kept, query)
	}
}

func (p *prepared) close() {
	p.forget()
	_ = p.conn.Close()
}

func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := p.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := p.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (p *prepared) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	stmt, err := p.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryxContext(ctx, args...)
}

func (p *prepared) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	stmt, err := p.stmt(ctx, query)
	if err != nil {
		return p.conn.QueryRowxContext(ctx, query, args...) // which says what is wrong
	}
	return stmt.QueryRowxContext(ctx, args...)
}
