package gateway

import (
	"sync"
	"time"
)

// refusedEvery is how often the log tells of requests that were refused at the door:
// whoever sends many must not fill it.
const refusedEvery = 10 * time.Second

// refused counts what was refused since the log last told of it.
type refused struct {
	mu   sync.Mutex
	told time.Time
	n    int
}

// count reports whether it is time to tell, and then how many were refused since it was told last.
func (r *refused) count(now time.Time) (n int, tell bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	if now.Sub(r.told) < refusedEvery {
		return 0, false
	}
	n, r.n, r.told = r.n, 0, now
	return n, true
}

// refusal writes into the log that a request was refused, with how many others since the last such line.
func (g *Gateway) refusal(what string, args ...any) {
	if n, tell := g.refused.count(time.Now()); tell {
		g.Log.Warn(what, append(args, "refused", n)...)
	}
}
