package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// caller sends slash commands as Slack does: signed, with triggers of their own,
// over connections that are kept. It does little work itself, for it shares the
// processors with the bot that it measures.
type caller struct {
	addr, secret, team string
	n                  atomic.Int64 // triggers given
}

// command is one slash command, the i-th: mostly activities, some fields, by four
// reps on their own deals.
func (c *caller) command(i int) []byte {
	deal := i%benchDeals + 1
	name, text := "/log", fmt.Sprintf("call D-%d 25m note %d", deal, i)
	if i%5 == 4 {
		name, text = "/deal", fmt.Sprintf("set D-%d source campaign %d", deal, i)
	}
	return c.request(benchOwner(deal), name, text)
}

func (c *caller) request(user, name, text string) []byte {
	body := url.Values{
		"team_id": {c.team}, "user_id": {user}, "channel_id": {channelDeals}, "command": {name}, "text": {text},
		"trigger_id": {fmt.Sprintf("bench.%d.%d", time.Now().UnixNano(), c.n.Add(1))},
	}.Encode()
	stamp := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(c.secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	var r bytes.Buffer
	fmt.Fprintf(&r, "POST /slack/commands HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n", c.addr)
	fmt.Fprintf(&r, "X-Slack-Request-Timestamp: %s\r\nX-Slack-Signature: v0=%s\r\n", stamp, hex.EncodeToString(mac.Sum(nil)))
	fmt.Fprintf(&r, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return r.Bytes()
}

// wire is one connection.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
}

func (c *caller) dial() (*wire, error) {
	conn, err := net.Dial("tcp", c.addr)
	if err != nil {
		return nil, err
	}
	return &wire{conn, bufio.NewReader(conn)}, nil
}

// send returns once the answer is read. Every command of the load changes
// something, which its answer offers to undo.
func (w *wire) send(request []byte) error {
	if _, err := w.conn.Write(request); err != nil {
		return err
	}
	res, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return err
	}
	said, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !bytes.Contains(said, []byte(`.undo`)) {
		return fmt.Errorf("status %d: %.200s", res.StatusCode, said)
	}
	return nil
}

// load sends n commands over so many connections, and returns how long each took
// until it was answered. With a rate, each has an instant at which it is to be
// sent, and its time counts from then, also when no connection is free: a slow
// answer cannot hide that those behind it had to wait. Without, each connection
// sends when its last answer has come.
func (c *caller) load(b *testing.B, connections, n, rate int) []time.Duration {
	b.Helper()
	took := make([]time.Duration, n)
	first := int(c.n.Load())
	begin := time.Now()
	var next atomic.Int64
	var group sync.WaitGroup
	for range connections {
		group.Go(func() {
			w, err := c.dial()
			if err != nil {
				b.Error(err)
				return
			}
			defer w.conn.Close()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				start := time.Now()
				if rate > 0 {
					start = begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
					time.Sleep(time.Until(start))
				}
				if err := w.send(c.command(first + i)); err != nil {
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

// reportTook adds the median and the 99th percentile.
func reportTook(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
	b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
}
