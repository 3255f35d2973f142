package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pipewright/store/pgtest"
)

// BenchmarkImport brings in 100,000 deals with 500,000 rows of history.
func BenchmarkImport(b *testing.B) {
	const deals, rows = 100_000, 5
	dir := b.TempDir()
	c := importCommand{Deals: filepath.Join(dir, "deals.csv"), History: filepath.Join(dir, "history.csv")}
	writeManyDeals(b, c, deals, rows)
	for name, open := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(b.TempDir(), "bench.db") },
		"postgres": func() string { return pgtest.Start(b) },
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				i := newImporter(b)
				i.url = open()
				b.StartTimer()
				if err := c.Run(context.Background(), i.terminal()); err != nil {
					b.Fatal(err, i.err.String())
				}
			}
			b.ReportMetric(float64(b.N)*deals/b.Elapsed().Seconds(), "deals/s")
			b.ReportMetric(float64(b.N)*deals*rows/b.Elapsed().Seconds(), "history-rows/s")
		})
	}
}

// writeManyDeals writes files of made-up deals, most of which are closed.
func writeManyDeals(b *testing.B, c importCommand, deals, rows int) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	stages := []string{"lead", "discovery", "demo", "proposal", "negotiation", "contract"}
	d, h := create(b, c.Deals), create(b, c.History)
	fmt.Fprintln(d, "deal_id,name,account,owner,amount,currency,source,created_at,lost_reason")
	fmt.Fprintln(h, "deal_id,stage,entered_at,actor")
	for i := range deals {
		at := time.Date(2024, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(random.IntN(600*24)) * time.Hour)
		fmt.Fprintf(d, "%d,Deal number %d,Account %d,Rep %d,%d.50,EUR,website,%s,\n", i, i, random.IntN(20_000), random.IntN(50), 1000+random.IntN(90_000), at.Format(time.RFC3339))
		for n := range rows {
			stage := stages[n]
			if n == rows-1 {
				stage = []string{"won", "lost", "lost", stage}[random.IntN(4)]
			}
			fmt.Fprintf(h, "%d,%s,%s,Rep %d\n", i, stage, at.Format(time.RFC3339), random.IntN(50))
			at = at.Add(time.Duration(1+random.IntN(200)) * time.Hour)
		}
	}
	for _, w := range []*bufio.Writer{d, h} {
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

func create(b *testing.B, path string) *bufio.Writer {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	return bufio.NewWriter(file)
}
