package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// caller sends slash commands as Slack does: signed, over connections that are kept.
type caller struct {
	client *http.Client
	url    string
	secret string
	team   string
	n      atomic.Int64
}

func newCaller(b *bot, secret, team string, connections int) *caller {
	return &caller{
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}},
		url:    b.url() + "/slack/commands", secret: secret, team: team,
	}
}

// command sends one and returns an error unless it was done.
func (c *caller) command(user, name, text string) error {
	body := url.Values{
		"team_id": {c.team}, "user_id": {user}, "channel_id": {channelDeals}, "command": {name}, "text": {text},
		"trigger_id": {fmt.Sprintf("bench.%d.%d", time.Now().UnixNano(), c.n.Add(1))},
	}.Encode()
	req, err := http.NewRequest(http.MethodPost, c.url, strings.NewReader(body))
	if err != nil {
		return err
	}
	stamp := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(c.secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	res, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(string(said), "Logged") {
		return fmt.Errorf("status %d: %.200s", res.StatusCode, said)
	}
	return nil
}

// benchBot runs a bot in HTTP mode with a hundred open deals. Its outbox is as
// busy as Slack's rates let it be.
func benchBot(b *testing.B) (*bot, *caller) {
	b.Helper()
	l, err := newLab("127.0.0.1:0", "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), modeHTTP, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	l.cfg.pace = time.Second
	ctx, cancel := context.WithCancel(context.Background())
	p, err := l.bot(ctx, "empty")
	if err != nil {
		b.Fatal(err)
	}
	if err := seedMany(ctx, p, 100); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx) }()
	b.Cleanup(func() { cancel(); <-ended; l.close() })
	if err := p.await(ctx, ended); err != nil {
		b.Fatal(err)
	}
	who, err := p.api.AuthTestContext(ctx)
	if err != nil {
		b.Fatal(err)
	}
	return p, newCaller(p, l.cfg.SigningSecret, who.TeamID, 64)
}

// BenchmarkCommands sends durable commands (/log) through the HTTP door over 32
// connections, as fast as they are answered.
func BenchmarkCommands(b *testing.B) {
	_, c := benchBot(b)
	b.ResetTimer()
	took := inParallel(b, 32, b.N, nil, func(i int) error {
		return c.command(userAna, "/log", fmt.Sprintf("call D-%d 25m note %d", i%100+1, i))
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
	report(b, took)
}

// BenchmarkSteady sends commands at a fixed rate, each at its own instant, so that
// a slow answer does not slow down the ones after it.
func BenchmarkSteady(b *testing.B) {
	for _, rate := range []int{200, 1000} {
		b.Run(fmt.Sprintf("%d a second", rate), func(b *testing.B) {
			_, c := benchBot(b)
			b.ResetTimer()
			begin := time.Now()
			at := func(i int) time.Time { return begin.Add(time.Duration(i) * time.Second / time.Duration(rate)) }
			took := inParallel(b, 64, b.N, at, func(i int) error {
				return c.command(userAna, "/log", fmt.Sprintf("call D-%d 25m note %d", i%100+1, i))
			})
			report(b, took)
		})
	}
}

// seedMany opens deals that Ana can work.
func seedMany(ctx context.Context, p *bot, n int) error {
	return p.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		process, err := tx.Process(ctx, "")
		if err != nil {
			return err
		}
		org, err := tx.Organisation(ctx)
		if err != nil {
			return err
		}
		for i := range n {
			events, err := sales.Create(process, org, userAna, sales.NewDeal{Name: fmt.Sprintf("Deal %d", i+1)}, time.Now().UTC())
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

// inParallel runs n calls on so many workers, each at its instant if there is one,
// and returns how long each took from then on.
func inParallel(b *testing.B, workers, n int, at func(i int) time.Time, do func(i int) error) []time.Duration {
	took := make([]time.Duration, n)
	var next atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				start := time.Now()
				if at != nil {
					start = at(i)
					time.Sleep(time.Until(start))
				}
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(start)
			}
		})
	}
	group.Wait()
	return took
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapInuse>>20), "heap-MB")
}
