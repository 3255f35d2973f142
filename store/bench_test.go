package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
	"pipewright/store/pgtest"
)

// BenchmarkCommand measures whole durable commands as a handler runs them: inbox key, case,
// decision, activity, event, card and history post, reply.
func BenchmarkCommand(b *testing.B) {
	for _, callers := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			benchBoth(b, func(b *testing.B, s *store.Store) { benchCommands(b, s, callers) })
		})
	}
}

func benchBoth(b *testing.B, bench func(b *testing.B, s *store.Store)) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			url := "sqlite:" + filepath.Join(b.TempDir(), "bench.db")
			if kind == "postgres" {
				url = pgtest.Start(b)
			}
			s := open(b, url, store.Options{})
			seedMap(b, s)
			bench(b, s)
		})
	}
}

const benchDeals = 2000

func benchCommands(b *testing.B, s *store.Store, callers int) {
	for i := range benchDeals {
		newDeal(b, s, fmt.Sprint("Deal ", i), "Account")
	}
	var n atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				command(b, s, i)
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}

func command(b *testing.B, s *store.Store, i int64) {
	deal := 1 + i%benchDeals
	key := fmt.Sprint("command:", i)
	now := t0.Add(time.Duration(i) * time.Second)
	err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, _, found, err := tx.Seen(ctx, key); err != nil || found {
			return err
		}
		c, err := tx.Case(ctx, deal)
		if err != nil {
			return err
		}
		if i%10 == 0 && c.Deal.Stage == "contact" {
			return moved(ctx, tx, c, key, now)
		}
		a := sales.Activity{Type: "call", Minutes: 15, Actor: "UREP", At: now, Note: "they want single sign-on"}
		events, err := c.LogActivity("UREP", a, now)
		if err != nil {
			return err
		}
		if _, err := tx.AddActivity(ctx, c, a, events); err != nil {
			return err
		}
		return said(ctx, tx, c, key, now)
	})
	if err != nil {
		b.Error(err)
	}
}

func moved(ctx context.Context, tx *store.Tx, c *sales.Case, key string, now time.Time) error {
	events, err := c.Advance("UREP", sales.Move{}, now)
	if err != nil {
		return err
	}
	if err := tx.Apply(ctx, c, events); err != nil {
		return err
	}
	return said(ctx, tx, c, key, now)
}

func said(ctx context.Context, tx *store.Tx, c *sales.Case, key string, now time.Time) error {
	subject := fmt.Sprint("deal:", c.Deal.ID)
	if err := tx.Card(ctx, subject, "CDEALS", ""); err != nil {
		return err
	}
	err := tx.Enqueue(ctx, store.Outbound{
		Key: key + ":history", Kind: "history", Channel: "CDEALS", Under: subject, Body: []byte(`{"text":"Call, 15 min: they want single sign-on"}`),
	})
	if err != nil {
		return err
	}
	return tx.MarkDone(ctx, key, []byte(`{"text":"Logged a call of 15 minutes on D-1."}`), now)
}
