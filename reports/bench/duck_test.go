package bench

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"pipewright/internal/sales"
	"pipewright/store"
)

// A deal's stage and how a stay ended are enumerations, which is what DuckDB is quickest with.
const duckSchema = `
CREATE TYPE stage AS ENUM ('lead', 'qualified', 'demo', 'offer', 'contract', 'signed', 'none');
CREATE TYPE exit AS ENUM ('forward', 'back', 'won', 'lost', 'completed', 'open');
CREATE TYPE status AS ENUM ('open', 'won', 'lost');
CREATE TABLE deal (id BIGINT, status status, amount BIGINT, currency VARCHAR, owner VARCHAR, team VARCHAR);
CREATE TABLE stay (deal BIGINT, visit INTEGER, stage stage, entered BIGINT, left_at BIGINT, exit exit, to_stage stage, skipped stage[]);`

// duckFill copies the rows of the store into a file of DuckDB's own.
func duckFill(tb testing.TB, st *store.Store, file string) {
	tb.Helper()
	db, err := duckOpen(file, "2")
	must(tb, err)
	defer db.Close()
	_, err = db.ExecContext(context.Background(), duckSchema)
	must(tb, err)
	conn, err := db.Conn(context.Background())
	must(tb, err)
	defer conn.Close()
	must(tb, conn.Raw(func(c any) error {
		return st.Read(context.Background(), func(ctx context.Context, r *store.Reader) error {
			return errors.Join(
				copied(c, "deal", func(add func(...driver.Value) error) error {
					return r.EachDeal(ctx, "b2b", func(d sales.Deal) error {
						return add(d.ID, string(d.Status), d.Amount.Minor, d.Amount.Currency, d.Owner, d.Team)
					})
				}),
				copied(c, "stay", func(add func(...driver.Value) error) error {
					return r.EachStay(ctx, "b2b", func(s sales.Stay) error {
						return add(s.Deal, int32(s.Visit), s.Stage, s.Entered.UnixMilli(), nullMillis(s.Left), string(s.Exit), or(s.To, "none"), s.Skipped)
					})
				}))
		})
	}))
	_, err = db.ExecContext(context.Background(), `CHECKPOINT`)
	must(tb, err)
}

func copied(conn any, table string, rows func(add func(...driver.Value) error) error) error {
	a, err := duckdb.NewAppenderFromConn(conn.(driver.Conn), "", table)
	if err != nil {
		return err
	}
	return errors.Join(rows(a.AppendRow), a.Close())
}

func nullMillis(t time.Time) driver.Value {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func duckOpen(file, threads string) (*sql.DB, error) {
	return sql.Open("duckdb", file+"?threads="+threads)
}

const (
	duckTotalsSQL = `SELECT status::VARCHAR, currency, count(*), sum(amount)::DOUBLE / 100 FROM deal GROUP BY ALL`
	duckStagesSQL = `SELECT stage::VARCHAR, count(*), count(*) FILTER (exit IN ('forward', 'completed')), count(*) FILTER (exit = 'back'),
		count(*) FILTER (exit = 'won'), count(*) FILTER (exit = 'lost'), count(*) FILTER (exit = 'open'), count(DISTINCT deal),
		sum(coalesce(left_at, $1) - entered)::DOUBLE / 86400000 FROM stay GROUP BY stage`
	duckLostSQL = `SELECT s.stage::VARCHAR, d.currency, sum(d.amount)::DOUBLE / 100 FROM stay s JOIN deal d ON d.id = s.deal
		WHERE s.exit = 'lost' GROUP BY ALL`
	duckReachedSQL = `SELECT furthest, count(*) FROM (
		SELECT max(CASE WHEN exit = 'won' THEN enum_code(to_stage) ELSE enum_code(stage) END) AS furthest FROM stay GROUP BY deal) GROUP BY furthest`
	duckSkippedSQL = `SELECT s::VARCHAR, count(*) FROM (SELECT unnest(skipped) AS s FROM stay WHERE len(skipped) > 0) GROUP BY s`
	// Of each stage the first time at which S is one half or less, S there, and the next time.
	duckMediansSQL = `WITH
		times AS (SELECT stage, coalesce(left_at, $1) - entered AS t, count(*) AS n, count(*) FILTER (exit <> 'open') AS d FROM stay GROUP BY ALL),
		risk AS (SELECT stage, t, d, sum(n) OVER (PARTITION BY stage ORDER BY t DESC ROWS UNBOUNDED PRECEDING) AS n FROM times),
		curve AS (SELECT stage, t, exp(sum(CASE WHEN d = n THEN -1e9 ELSE ln(1 - d / n) END) OVER (PARTITION BY stage ORDER BY t)) AS s FROM risk WHERE d > 0),
		below AS (SELECT stage, t, s, row_number() OVER (PARTITION BY stage ORDER BY t) AS i FROM curve WHERE s < 0.5 + 1.5e-8)
		SELECT stage::VARCHAR, min(t) FILTER (i = 1), min(s) FILTER (i = 1), coalesce(min(t) FILTER (i = 2), -1) FROM below WHERE i <= 2 GROUP BY stage`
)

// theirs answers with DuckDB.
func theirs(ctx context.Context, db *sql.DB) (answer, error) {
	a := answer{WonValue: map[string]float64{}, LostValue: map[string]float64{}}
	place := map[string]int{}
	for i, s := range process().Stages {
		a.Stages = append(a.Stages, stageAnswer{Stage: s.Key, LostValue: map[string]float64{}, Median: -1})
		place[s.Key] = i
	}
	var key, currency string
	var n int
	var x, y, z float64
	var s stageAnswer
	end := asOf.UnixMilli()
	err := errors.Join(
		rows(ctx, db, func() {
			switch key {
			case "won":
				a.Won, a.WonValue[currency] = a.Won+n, x
			case "lost":
				a.Lost, a.LostValue[currency] = a.Lost+n, x
			default:
				a.Open += n
			}
		}, []any{&key, &currency, &n, &x}, duckTotalsSQL),
		rows(ctx, db, func() {
			s.LostValue, s.Median = map[string]float64{}, -1
			a.Stages[place[s.Stage]] = s
		}, []any{&s.Stage, &s.Entries, &s.Advanced, &s.Back, &s.Won, &s.Lost, &s.Open, &s.Deals, &s.TotalDays}, duckStagesSQL, end),
		rows(ctx, db, func() { a.Stages[place[key]].LostValue[currency] = x }, []any{&key, &currency, &x}, duckLostSQL),
		rows(ctx, db, func() {
			for i := range int(x) + 1 {
				a.Stages[i].Reached += n
			}
		}, []any{&x, &n}, duckReachedSQL),
		rows(ctx, db, func() { a.Stages[place[key]].Skipped = n }, []any{&key, &n}, duckSkippedSQL),
		rows(ctx, db, func() {
			const tolerance = 1.5e-8
			if math.Abs(y-0.5) < tolerance && z >= 0 {
				x = (x + z) / 2 // flat at one half
			}
			a.Stages[place[key]].Median = x / 86_400_000
		}, []any{&key, &x, &y, &z}, duckMediansSQL, end),
	)
	return a, err
}

func rows(ctx context.Context, db *sql.DB, take func(), into []any, query string, args ...any) error {
	found, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return err
		}
		take()
	}
	return found.Err()
}
