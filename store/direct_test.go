package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestALongReadIsInterrupted(t *testing.T) {
	s := openFile(t)
	const endless = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) AS n FROM n`
	cancelled, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for range 2 {
		err := s.Read(cancelled, func(ctx context.Context, r *Reader) error {
			var n int
			_, err := r.get(ctx, &n, endless)
			return err
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("%v", err)
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Fatalf("the reader is of no use any more: %v", err)
		}
	}
}

func TestRowsGoIntoWhatFits(t *testing.T) {
	s := openFile(t)
	type row struct {
		N     int
		Text  string
		Real  float64 `db:"r"`
		Yes   bool
		Bytes []byte
	}
	for query, fails := range map[string]bool{
		`SELECT 1 AS n, 'é' AS text, 2 AS r, 1 = 1 AS yes, x'00ff' AS bytes`: false,
		`SELECT NULL AS text`:              true,
		`SELECT 'one' AS n`:                true,
		`SELECT 1 AS n, 2 AS nobody_asked`: true,
	} {
		err := s.Read(t.Context(), func(ctx context.Context, r *Reader) error {
			var got row
			found, err := r.get(ctx, &got, query)
			if err == nil && (!found || got.N != 1 || got.Text != "é" || got.Real != 2 || !got.Yes || string(got.Bytes) != "\x00\xff") {
				t.Errorf("%s: %+v", query, got)
			}
			return err
		})
		if (err != nil) != fails {
			t.Errorf("%s: %v", query, err)
		}
	}
}

// TestManyStatements goes beyond how many are kept prepared.
func TestManyStatements(t *testing.T) {
	s := openFile(t)
	err := s.InTx(t.Context(), func(ctx context.Context, tx *Tx) error {
		for i := range maxStatements + 10 {
			var n int
			if _, err := tx.get(ctx, &n, fmt.Sprintf(`SELECT 1 WHERE ? > %d`, -i), 1); err != nil || n != 1 {
				t.Fatal(n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
