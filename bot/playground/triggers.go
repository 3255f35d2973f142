package playground

import (
	"fmt"
	"maps"
	"sync"
	"time"
)

// trigger lets the app open one modal, within three seconds of what the person did.
type trigger struct {
	user   string
	modal  bool // the person acted in a modal, so another may be pushed onto it
	issued time.Time
	used   chan struct{} // closed when it was exchanged for a view
	spent  bool
}

// triggers are the ids issued of late, by id.
type triggers struct {
	mu    sync.Mutex
	n     int
	ids   map[string]*trigger
	swept time.Time
}

// issue makes a trigger for what user did.
func (t *triggers) issue(user string, modal bool) (string, *trigger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.ids == nil {
		t.ids = map[string]*trigger{}
	}
	if now.Sub(t.swept) > time.Minute { // old ones are refused with their reason for a while
		maps.DeleteFunc(t.ids, func(_ string, old *trigger) bool { return now.Sub(old.issued) > 10*time.Minute })
		t.swept = now
	}
	t.n++
	id := fmt.Sprintf("%d.%d.%s", now.UnixMilli(), t.n, random(16))
	made := &trigger{user: user, modal: modal, issued: now, used: make(chan struct{})}
	t.ids[id] = made
	return id, made
}

// check returns the trigger if it can still be exchanged, or Slack's refusal.
func (t *triggers) check(id string, life time.Duration) (*trigger, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.ids[id]
	switch {
	case found == nil:
		return nil, fail("invalid_trigger_id")
	case found.spent:
		return nil, fail("exchanged_trigger_id")
	case time.Since(found.issued) > life:
		return nil, fail("expired_trigger_id")
	}
	return found, nil
}

// spend exchanges the trigger.
func (t *triggers) spend(tr *trigger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !tr.spent {
		tr.spent = true
		close(tr.used)
	}
}
