package main

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// routes opens the door for operators, and in HTTP mode the one for Slack.
func (b *bot) routes() {
	b.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("alive\n")) })
	b.mux.HandleFunc("GET /readyz", b.serveReady)
	b.mux.Handle("GET /metrics", b.metrics.handler())
	if b.cfg.Mode == modeHTTP {
		b.mux.HandleFunc("POST /slack/", b.serveSlack)
	}
}

// serveSlack answers 503 until Slack said who we are.
func (b *bot) serveSlack(w http.ResponseWriter, r *http.Request) {
	g := b.gateway.Load()
	if g == nil {
		http.Error(w, "not ready yet", http.StatusServiceUnavailable)
		return
	}
	g.ServeHTTP(w, r)
}

// serveReady says whether the bot can do its work, and if not, why.
func (b *bot) serveReady(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if problems := b.problems(ctx); len(problems) > 0 {
		http.Error(w, strings.Join(problems, "\n"), http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

// problems lists what keeps the bot from working at the moment.
func (b *bot) problems(ctx context.Context) []string {
	var out []string
	if err := b.store.Ping(ctx); err != nil {
		out = append(out, "the database does not answer")
	}
	g := b.gateway.Load()
	switch {
	case g == nil:
		out = append(out, "Slack has not said yet who we are")
	case b.cfg.Mode == modeSocket && g.Connected() == 0:
		out = append(out, "no socket to Slack is open")
	}
	return out
}
