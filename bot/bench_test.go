package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// benchDeals are worked by four reps of two teams, in two languages.
const benchDeals = 2000

func benchOwner(deal int) string {
	return []string{userAna, userBo, userNoor, userTom}[deal%4]
}

// BenchmarkCommands sends signed slash commands through the HTTP door of a whole
// bot on an SQLite file: as fast as 32 connections take them, and at fixed rates. An
// operation is one durable command. The outbox meanwhile posts into the playground
// at Slack's rates.
func BenchmarkCommands(b *testing.B) {
	p, c := benchBot(b)
	for _, load := range []struct {
		name              string
		connections, rate int
	}{
		{"32 connections", 32, 0},
		{"200 a second", 64, 200},
		{"1000 a second", 64, 1000},
	} {
		b.Run(load.name, func(b *testing.B) {
			before, cpu := logged(b, p), processorTime(b)
			b.ResetTimer()
			took := c.load(b, load.connections, b.N, load.rate)
			b.StopTimer()
			b.ReportMetric(float64((processorTime(b)-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
			if load.rate == 0 {
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
			}
			reportTook(b, took)
			if n := logged(b, p) - before; n != b.N {
				b.Errorf("%d commands were answered, and %d are in the logs", b.N, n)
			}
		})
	}
}

// benchBot runs a bot in HTTP mode on many deals.
func benchBot(b *testing.B) (*bot, *caller) {
	b.Helper()
	l, err := newLab("127.0.0.1:0", "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), modeHTTP, english, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	l.cfg.pace = 0
	collectLess()
	ctx, cancel := context.WithCancel(context.Background())
	p, err := l.bot(ctx, "empty")
	if err != nil {
		b.Fatal(err)
	}
	if err := seedMany(ctx, p.store); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx) }()
	b.Cleanup(func() { cancel(); <-ended; l.close() })
	if err := p.await(ctx, ended); err != nil {
		b.Fatal(err)
	}
	return p, benchCaller(b, l, p.listener.Addr().String())
}

func benchCaller(b *testing.B, l *lab, addr string) *caller {
	b.Helper()
	who, err := newSlack(l.cfg).AuthTest()
	if err != nil {
		b.Fatal(err)
	}
	return &caller{addr: addr, secret: l.cfg.SigningSecret, team: who.TeamID}
}

// seedMany opens the deals.
func seedMany(ctx context.Context, st *store.Store) error {
	return st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		process, err := tx.Process(ctx, "")
		if err != nil {
			return err
		}
		org, err := tx.Organisation(ctx)
		if err != nil {
			return err
		}
		for i := range benchDeals {
			deal := sales.NewDeal{Name: fmt.Sprintf("Deal %d", i+1), Account: fmt.Sprintf("Account %d", i/2)}
			events, err := sales.Create(process, org, benchOwner(i+1), deal, time.Now().UTC())
			if err != nil {
				return err
			}
			if _, err := tx.CreateDeal(ctx, events); err != nil {
				return err
			}
		}
		return nil
	})
}

// logged counts the events of all deals.
func logged(b *testing.B, p *bot) int {
	b.Helper()
	n := 0
	err := p.store.Read(context.Background(), func(ctx context.Context, r *store.Reader) error {
		deals, err := r.Deals(ctx, store.DealFilter{})
		for _, d := range deals {
			n += d.Version
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// processorTime is what this process has used, load and bot together.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
