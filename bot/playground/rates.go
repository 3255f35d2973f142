package playground

import (
	"sync"
	"time"
)

// rateLimited refuses with HTTP 429.
type rateLimited struct{ seconds int }

func (*rateLimited) Error() string { return "ratelimited" }

// rates are the calls of the last minute, by method and channel.
type rates struct {
	mu    sync.Mutex
	calls map[string][]time.Time
}

// checkRate refuses a call above Slack's rate when the workspace enforces rates: chat.postMessage about
// once a second and channel with short bursts, others by their tier.
func (s *Server) checkRate(name string, m method, in args) error {
	if !s.features.RateLimits {
		return nil
	}
	key, most, window := name, m.tier, time.Minute
	if name == "chat.postMessage" {
		key, most, window = name+" "+in.text("channel"), 5, 5*time.Second
	}
	return s.rates.admit(key, most, window, time.Now())
}

func (r *rates) admit(key string, most int, window time.Duration, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	recent := r.calls[key]
	for len(recent) > 0 && now.Sub(recent[0]) >= window {
		recent = recent[1:]
	}
	if len(recent) >= most {
		r.calls[key] = recent
		wait := window - now.Sub(recent[0])
		return &rateLimited{seconds: int(wait/time.Second) + 1}
	}
	if r.calls == nil || len(r.calls) > 10000 {
		r.calls = map[string][]time.Time{}
	}
	r.calls[key] = append(recent, now)
	return nil
}
