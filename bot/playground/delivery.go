package playground

import (
	"encoding/json"
	"strconv"
	"time"
)

// Kinds of payloads, as Socket Mode names them.
const (
	kindEvent       = "events_api"
	kindCommand     = "slash_commands"
	kindInteractive = "interactive"
)

// delivery is one payload on its way to the app.
type delivery struct {
	kind          string
	payload       obj
	user, channel string
	retry         int // how often it was sent before
	reason        string
}

// ack is what came of a delivery: the app's acknowledgement, or Slack's word for the failure.
type ack struct {
	payload any    // nil, a text or an object
	failure string // "" is acknowledged
	final   bool   // a failure that the app asked not to be retried
}

func (a ack) ok() bool { return a.failure == "" }

// carrier takes a delivery to the app. It returns at once with the channel that gets the acknowledgement.
type carrier func(delivery) <-chan ack

// start sends d and returns the function that waits for its acknowledgement. Payloads that are started
// one after the other leave in that order.
func (s *Server) start(d delivery) func() ack {
	begun := time.Now()
	s.mu.Lock()
	base := s.eventsURL
	s.mu.Unlock()
	sent := s.note(Entry{
		Dir: "to_bot", Method: d.kind, User: d.user, Channel: d.channel, Request: d.payload, Status: sentStatus(d), sent: &d,
	})
	var carry carrier = s.sendSocket
	if base != "" {
		carry = func(d delivery) <-chan ack { return s.sendHTTP(base, d) }
	}
	answers := carry(d)
	return func() ack {
		a := s.await(answers)
		if f := s.faults.take(d.kind, false); f != nil && f.Kind == "lost_reply" {
			a = ack{failure: "operation_timeout"}
		}
		status := "ok"
		if !a.ok() {
			status = a.failure
		}
		s.note(Entry{Dir: "ack", Method: d.kind, Of: sent.N, User: d.user, Channel: d.channel, Response: a.payload, Status: status, Ms: ms(begun)})
		return a
	}
}

func sentStatus(d delivery) string {
	if d.retry > 0 {
		return "retry " + strconv.Itoa(d.retry)
	}
	return "sent"
}

func (s *Server) await(answers <-chan ack) ack {
	timer := time.NewTimer(s.limits.ack)
	defer timer.Stop()
	select {
	case a := <-answers:
		return a
	case <-timer.C:
		return ack{failure: "operation_timeout"}
	case <-s.ctx.Done():
		return ack{failure: "dispatch_failed"}
	}
}

func (s *Server) deliver(d delivery) ack { return s.start(d)() }

// failed is an acknowledgement channel that already holds a failure.
func failed(reason string) <-chan ack {
	c := make(chan ack, 1)
	c <- ack{failure: reason}
	return c
}

// readAck reads an acknowledgement's body: nothing, a JSON object, or a text.
func readAck(raw []byte) any {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	if o, ok := v.(obj); ok && len(o) == 0 || v == "" {
		return nil
	}
	return v
}
