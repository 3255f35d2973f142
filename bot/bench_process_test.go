package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkProcess starts the program itself, on a new database and on one with
// deals, and sends it commands over 32 connections. It reports how long the two
// starts took until the bot was ready, what it held in memory then, after the load
// and at most, and its own processor time for a command.
func BenchmarkProcess(b *testing.B) {
	l, err := newLab("127.0.0.1:0", "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), modeHTTP, english, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(l.close)
	program := filepath.Join(b.TempDir(), "pipewright")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	fresh := l.cfg
	fresh.Database = "sqlite:" + filepath.Join(b.TempDir(), "fresh.db")
	first := startProgram(b, program, fresh)
	first.stop(b)
	fillDatabase(b, l.cfg)
	p := startProgram(b, program, l.cfg)
	b.Cleanup(func() { p.stop(b) })
	c := benchCaller(b, l, p.addr)
	b.Run("32 connections", func(b *testing.B) {
		idle, cpu := p.memory(b, "VmRSS"), p.processorTime(b)
		b.ResetTimer()
		took := c.load(b, 32, b.N, 0)
		b.StopTimer()
		b.ReportMetric(float64((p.processorTime(b)-cpu).Microseconds())/float64(b.N), "bot-cpu-µs/op")
		b.ReportMetric(float64(first.ready.Milliseconds()), "first-ready-ms")
		b.ReportMetric(float64(p.ready.Milliseconds()), "ready-ms")
		b.ReportMetric(idle, "before-MB")
		b.ReportMetric(p.memory(b, "VmRSS"), "after-MB")
		b.ReportMetric(p.memory(b, "VmHWM"), "peak-MB")
		reportTook(b, took)
	})
}

// fillDatabase opens the deals in a new database, under the company's map.
func fillDatabase(b *testing.B, cfg Config) {
	b.Helper()
	ctx := context.Background()
	st, err := openStore(ctx, cfg, discard)
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	if err := errors.Join(saveMap(ctx, st, companyMap(), time.Now().UTC()), seedMany(ctx, st)); err != nil {
		b.Fatal(err)
	}
}

// program is the bot as a process of its own.
type program struct {
	cmd   *exec.Cmd
	addr  string
	ready time.Duration // from its start
}

func startProgram(b *testing.B, path string, cfg Config) *program {
	b.Helper()
	p := &program{cmd: exec.Command(path, "run"), addr: freeAddress(b)}
	p.cmd.Dir = filepath.Dir(path)
	p.cmd.Env = []string{
		"SLACK_BOT_TOKEN=" + cfg.BotToken, "SLACK_SIGNING_SECRET=" + cfg.SigningSecret, "SLACK_MODE=http", "SLACK_API_URL=" + cfg.APIURL,
		"DATABASE_URL=" + cfg.Database, "LISTEN_ADDR=" + p.addr, "ADMINS=" + strings.Join(cfg.Admins, ","), "DEALS_CHANNEL=" + cfg.DealsChannel,
		"LOG_LEVEL=warn",
	}
	var said strings.Builder
	p.cmd.Stderr = &said
	start := time.Now()
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	for !isReady(p.addr) {
		if p.ready = time.Since(start); p.ready > 30*time.Second {
			p.stop(b)
			b.Fatal("the program is not ready after 30 s: ", said.String())
		}
		time.Sleep(2 * time.Millisecond)
	}
	p.ready = time.Since(start)
	return p
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func isReady(addr string) bool {
	res, err := http.Get("http://" + addr + "/readyz")
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode == http.StatusOK
}

func (p *program) stop(b *testing.B) {
	b.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		b.Error(err)
	}
	if err := p.cmd.Wait(); err != nil {
		b.Error("the program did not end well: ", err)
	}
}

// memory reads a line of the process's status in MB (2^20 bytes).
func (p *program) memory(b *testing.B, line string) float64 {
	b.Helper()
	status := p.proc(b, "status")
	_, rest, _ := strings.Cut(status, line+":")
	fields := strings.Fields(rest)
	if len(fields) < 2 || fields[1] != "kB" {
		b.Fatalf("no %s in %s", line, status)
	}
	kB, err := strconv.Atoi(fields[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kB) / 1024
}

// processorTime is what the process has used since its start.
func (p *program) processorTime(b *testing.B) time.Duration {
	b.Helper()
	_, rest, _ := strings.Cut(p.proc(b, "stat"), ") ")
	fields := strings.Fields(rest) // from the third one on
	var ticks int
	for _, f := range fields[11:13] { // user and system time in hundredths of a second
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func (p *program) proc(b *testing.B, file string) string {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, file))
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}
