package main

import (
	"context"
	"net/url"
	"os"
	"runtime/debug"
)

type runCommand struct{}

// Run runs the bot against Slack until it is told to stop.
func (*runCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	if err := cfg.forSlack(); err != nil {
		return err
	}
	collectLess()
	b, err := newBot(ctx, cfg, newLog(t.err, cfg.LogFormat, cfg.LogLevel), &clock{})
	if err != nil {
		return err
	}
	if api, err := url.Parse(cfg.APIURL); err == nil && isLoopback(api) {
		b.followed = api.Scheme + "://" + api.Host
	}
	if err := b.run(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// collectLess collects garbage less often than Go does by itself, unless the operator has set
// GOGC. Few megabytes are live, so it costs some more of them, and saves processor time in
// every command.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(150)
	}
}
