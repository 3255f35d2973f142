package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pipewright/bot/playground"
)

// started is a bot that plays, until the test or stop ends it.
func started(t *testing.T, l *lab, seed string) (*bot, func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b, err := l.bot(ctx, seed)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- b.run(ctx) }()
	if err := b.await(ctx, ended); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			cancel()
			<-ended
		}
	}
	t.Cleanup(stop)
	return b, stop
}

func openLab(t *testing.T, database, mode string) *lab {
	t.Helper()
	l, err := newLab("127.0.0.1:0", database, mode, english, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l
}

// body returns what stands at an address, and its status.
func body(t *testing.T, url string) (string, int) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), res.StatusCode
}

// TestPlayGoesOnWhereItWas ends a playground on kept data and begins another.
func TestPlayGoesOnWhereItWas(t *testing.T) {
	database := "sqlite:" + filepath.Join(t.TempDir(), "pipewright.db")
	first := &story{t: t, lines: []line{{1, "first"}}, lab: openLab(t, database, modeSocket)}
	first.bot, first.stop = started(t, first.lab, "demo")
	first.types("ana", "deals", `/deal new "Granite" 9k`)
	first.standsIn("deals", "", "", "Granite")
	first.ask("clock", obj{"advance": "48h"})
	left := first.lab.clock.Now()
	first.stop()

	second := &story{t: t, lines: []line{{1, "second"}}, lab: openLab(t, database, modeSocket)}
	second.bot, second.stop = started(t, second.lab, "demo")
	if now := second.lab.clock.Now(); now.Before(left) {
		t.Errorf("the clock stands at %v, it was at %v already", now, left)
	}
	second.standsIn("deals", "", "once", "Granite")
	second.types("ana", "deals", "/deal granite")
	second.sees("Granite")
}

func TestOperatorsDoor(t *testing.T) {
	l := openLab(t, sqliteFile(t), modeHTTP)
	b, _ := started(t, l, "empty")
	s := &story{t: t, lines: []line{{1, "operators"}}, lab: l, bot: b}
	s.types("ana", "deals", `/deal new "Granite" 9k`)
	s.settle()
	for path, want := range map[string]string{"/healthz": "alive", "/readyz": "ready", "/metrics": "pipewright_outbox_due 0"} {
		if got, status := body(t, b.url()+path); status != 200 || !strings.Contains(got, want) {
			t.Errorf("%s: %d %s", path, status, got)
		}
	}
	all, _ := body(t, b.url()+"/metrics")
	for _, want := range []string{
		`pipewright_intents_total{kind="command",name="deal",outcome="done"} 1`, `pipewright_intent_seconds_count{kind="command"} 1`,
		`pipewright_deliveries_total{kind="card",outcome="delivered"} 1`, "pipewright_ready 1", "pipewright_inbox_pending 0", "pipewright_database_up 1", "pipewright_outbox_dead 0",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

// TestReadySoon starts the whole bot. The bound is generous: tests share their machine.
func TestReadySoon(t *testing.T) {
	l := openLab(t, sqliteFile(t), modeSocket)
	begin := time.Now()
	started(t, l, "empty")
	took := time.Since(begin)
	t.Logf("ready after %v", took)
	if took > 3*time.Second {
		t.Errorf("ready after %v", took)
	}
}

// TestFollowsThePlaygroundsClock runs the bot as in a process of its own.
func TestFollowsThePlaygroundsClock(t *testing.T) {
	app, err := manifest(english, "", "")
	if err != nil {
		t.Fatal(err)
	}
	ground, err := playground.New(playground.Config{Manifest: app, Workspace: company()})
	if err != nil {
		t.Fatal(err)
	}
	ground.Start()
	l := openLab(t, sqliteFile(t), modeSocket)
	far := &lab{clock: &clock{}, ground: ground, cfg: l.cfg, m: l.m, log: l.log}
	far.cfg.BotToken, far.cfg.AppToken, far.cfg.APIURL = ground.BotToken(), ground.AppToken(), ground.APIURL()
	t.Cleanup(far.close)
	ctx, cancel := context.WithCancel(context.Background())
	b, err := far.bot(ctx, "empty")
	if err != nil {
		t.Fatal(err)
	}
	b.followed = ground.URL()
	ended := make(chan error, 1)
	go func() { ended <- b.run(ctx) }()
	defer func() { cancel(); <-ended }()
	if err := b.await(ctx, ended); err != nil {
		t.Fatal(err)
	}
	s := &story{t: t, lines: []line{{1, "clock"}}, lab: far, bot: b}
	if id := s.get("state", nil)["app"].(obj)["id"]; b.gateway.Load().App != id {
		t.Errorf("payloads are taken from the app %q, ours is %q", b.gateway.Load().App, id)
	}
	s.ask("clock", obj{"advance": "72h"})
	s.eventually(func() bool { return far.clock.Now().After(time.Now().Add(71 * time.Hour)) }, func() { t.Error("the bot's clock stays behind") })
}

func TestDoctor(t *testing.T) {
	l := openLab(t, sqliteFile(t), modeSocket)
	_, stop := started(t, l, "demo")
	stop()
	examine := func(cfg Config) (string, int) {
		var out bytes.Buffer
		status := execute(t.Context(), []string{"doctor"}, terminal{out: &out, err: &out, config: func() (Config, error) { return cfg, cfg.check() }})
		return out.String(), status
	}
	said, status := examine(l.cfg)
	if status != exitDone || strings.Contains(said, "FAIL") {
		t.Errorf("status %d:\n%s", status, said)
	}
	for _, what := range []string{"token", "clock", "scopes", "socket", "channel", "database", "process", "outbox", "admins"} {
		if !strings.Contains(said, " "+what+" ") {
			t.Errorf("no line about the %s:\n%s", what, said)
		}
	}
	for name, spoil := range map[string]func(*Config){
		"SLACK_BOT_TOKEN": func(c *Config) { c.BotToken = "xoxb-wrong" }, "SLACK_APP_TOKEN": func(c *Config) { c.AppToken = "xapp-wrong" },
		"DEALS_CHANNEL": func(c *Config) { c.DealsChannel = "C0NOWHERE" }, "DATABASE_URL": func(c *Config) { c.Database = "sqlite:/nowhere/x.db" },
		"TIME_ZONE": func(c *Config) { c.TimeZone = "Nowhere" },
	} {
		cfg := l.cfg
		spoil(&cfg)
		if said, status := examine(cfg); status != exitFailed || !strings.Contains(said, "FAIL") || !strings.Contains(said, name) {
			t.Errorf("%s: status %d:\n%s", name, status, said)
		}
	}
}
