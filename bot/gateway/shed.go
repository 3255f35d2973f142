package gateway

import (
	"maps"
	"sync"
	"time"

	"pipewright/handlers"
)

const (
	turnedEvery = time.Minute // how often one person is told that too much comes at once
	turnedMost  = 1000        // people who are told in that time; more would only add to the load
)

// turnedAway remembers whom we told that too much comes at once.
type turnedAway struct {
	mu   sync.Mutex
	told map[string]time.Time
}

// tell reports whether it is time to tell the person, and remembers it.
func (t *turnedAway) tell(user string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.told[user]) < turnedEvery {
		return false
	}
	if len(t.told) >= turnedMost {
		maps.DeleteFunc(t.told, func(_ string, at time.Time) bool { return now.Sub(at) >= turnedEvery })
	}
	if t.told == nil {
		t.told = map[string]time.Time{}
	}
	if len(t.told) >= turnedMost {
		return false
	}
	t.told[user] = now
	return true
}

// shed turns an intent away, since there is too much to do. Whoever waits for it is told once a minute;
// the rest stays unacknowledged, so that a flood costs next to nothing.
func (g *Gateway) shed(in handlers.Intent) (any, func(), error) {
	if !answersFailure(in) || !g.turned.tell(in.User, time.Now()) {
		return nil, nil, errBusy
	}
	ack, after := g.apologise(in, errBusy)
	return ack, after, nil
}
