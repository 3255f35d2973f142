package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// follow keeps business time with that of a playground in another process, which
// run only allows when Slack's address is on this machine. Real Slack has no
// such clock, and is never asked.
func (b *bot) follow(ctx context.Context) {
	if b.followed == "" {
		return
	}
	client := &http.Client{Timeout: 2 * time.Second}
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for misses := 0; misses < 3; {
		ahead, err := b.aheadOfUs(ctx, client)
		switch {
		case err != nil:
			misses++ // not a playground: some other stand-in for Slack
		case ahead > 2*time.Second:
			b.logged(ctx, "following the playground's clock", b.clock.Advance(ctx, ahead))
			misses = 0
		default:
			misses = 0
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// aheadOfUs returns by how much the playground's business time is ahead of ours.
func (b *bot) aheadOfUs(ctx context.Context, client *http.Client) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.followed+"/_control/state", nil)
	if err != nil {
		return 0, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	var state struct {
		OK  bool  `json:"ok"`
		Now int64 `json:"now"`
	}
	if err := json.NewDecoder(res.Body).Decode(&state); err != nil {
		return 0, err
	}
	if !state.OK || state.Now == 0 {
		return 0, errors.New("no clock there")
	}
	return time.UnixMilli(state.Now).Sub(b.clock.Now()), nil
}
