package playground

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// fault is one way in which Slack misbehaves, for its next Times calls of Method.
type fault struct {
	Method     string `json:"method"` // Web API method, response_url, or a kind of delivery; "" or "*" is any Web API method
	Kind       string `json:"kind"`   // rate_limited, error, lost_reply, slow, disconnect
	Times      int    `json:"times"`  // 0 is once
	Error      string `json:"error,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"` // seconds
	Ms         int    `json:"ms,omitempty"`          // of slow; 0 is 4000
}

// faults are the misbehaviours still to come.
type faults struct {
	mu   sync.Mutex
	next []*fault
}

// faultKinds are the kinds, and what each does to a Web API call.
var faultKinds = []string{
	"rate_limited", // 429 with Retry-After; nothing is done
	"error",        // {ok:false, error}; nothing is done
	"lost_reply",   // done, but the connection breaks before the answer
	"slow",         // done, answered late
	"disconnect",   // the connection breaks before anything is done; without a method: the sockets
}

func (f *faults) add(n fault) error {
	if !slices.Contains(faultKinds, n.Kind) {
		return fmt.Errorf("kind must be one of %v", faultKinds)
	}
	n.Times = max(n.Times, 1)
	n.RetryAfter = max(n.RetryAfter, 1)
	n.Error = or(n.Error, "internal_error")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = append(f.next, &n)
	return nil
}

// take uses up one fault for that method, and returns it or nil.
func (f *faults) take(method string, any bool) *fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, n := range f.next {
		if n.Method != method && (!any || n.Method != "" && n.Method != "*") {
			continue
		}
		if n.Times--; n.Times == 0 {
			f.next = slices.Delete(f.next, i, i+1)
		}
		used := *n
		return &used
	}
	return nil
}

func (f *faults) list() []fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []fault{}
	for _, n := range f.next {
		out = append(out, *n)
	}
	return out
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = nil
}

func (f *fault) delay() time.Duration {
	if f.Ms > 0 {
		return time.Duration(f.Ms) * time.Millisecond
	}
	return 4 * time.Second
}
