package playground

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	maxSockets = 10
	maxAck     = 20 << 10 // larger acknowledgements are dropped without a word
	ticketLife = 30 * time.Second
)

// sockets are the app's open connections; every payload goes down one of them.
type sockets struct {
	mu      sync.Mutex
	open    []*socket
	next    int // takes turns
	tickets map[string]time.Time
	waiting map[string]chan ack // by envelope id
}

type socket struct {
	conn   *websocket.Conn
	cancel context.CancelFunc
}

// openConnection answers apps.connections.open: an address for one connection.
func (s *Server) openConnection(args) (obj, error) {
	t := &s.sockets
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tickets == nil {
		t.tickets, t.waiting = map[string]time.Time{}, map[string]chan ack{}
	}
	for ticket, issued := range t.tickets {
		if time.Since(issued) > ticketLife {
			delete(t.tickets, ticket)
		}
	}
	ticket := random(16)
	t.tickets[ticket] = time.Now()
	return obj{"url": "ws" + strings.TrimPrefix(s.base, "http") + "/link?ticket=" + ticket + "&app_id=" + s.app.id}, nil
}

func (t *sockets) admit(ticket string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	issued, ok := t.tickets[ticket]
	delete(t.tickets, ticket)
	return ok && time.Since(issued) <= ticketLife
}

func (t *sockets) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.open)
}

func (t *sockets) add(k *socket) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open = append(t.open, k)
	return len(t.open)
}

func (t *sockets) remove(k *socket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open = slices.DeleteFunc(t.open, func(other *socket) bool { return other == k })
}

// pick returns the connection whose turn it is, or nil.
func (t *sockets) pick() *socket {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.open) == 0 {
		return nil
	}
	t.next++
	return t.open[t.next%len(t.open)]
}

func (t *sockets) all() []*socket {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.open)
}

func (t *sockets) closeAll() {
	for _, k := range t.all() {
		k.cancel()
	}
}

func (t *sockets) expect(envelope string) <-chan ack {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := make(chan ack, 1)
	t.waiting[envelope] = c
	return c
}

func (t *sockets) forget(envelope string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.waiting, envelope)
}

// settle hands an acknowledgement to whoever waits for it.
func (t *sockets) settle(envelope string, a ack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.waiting[envelope]; ok {
		delete(t.waiting, envelope)
		c <- a
	}
}

// serveSocket keeps one connection: it greets, pings, reads acknowledgements, and ends the connection
// when its life is over.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !s.sockets.admit(r.URL.Query().Get("ticket")) {
		http.Error(w, "this address was used or is too old; call apps.connections.open again", http.StatusForbidden)
		return
	}
	// Clients send Slack's own origin; the ticket is what admits them.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	conn.SetReadLimit(1 << 20)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	k := &socket{conn: conn, cancel: cancel}
	if s.sockets.count() >= maxSockets {
		_ = k.write(ctx, obj{"type": "disconnect", "reason": "too_many_websockets"})
		_ = conn.Close(websocket.StatusPolicyViolation, "too many websockets")
		return
	}
	n := s.sockets.add(k)
	defer func() { s.sockets.remove(k); s.showState() }()
	hello := obj{
		"type": "hello", "num_connections": n, "connection_info": obj{"app_id": s.app.id},
		"debug_info": obj{"host": "playground", "build_number": 1, "approximate_connection_time": int(s.limits.socketLife.Seconds())},
	}
	if k.write(ctx, hello) != nil {
		return
	}
	s.showState()
	go s.keepSocket(ctx, k)
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			_ = conn.CloseNow()
			return
		}
		s.readSocket(raw)
	}
}

// readSocket takes one message of the app: an acknowledgement.
func (s *Server) readSocket(raw []byte) {
	var in struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	if json.Unmarshal(raw, &in) != nil || in.EnvelopeID == "" {
		return
	}
	if len(raw) > maxAck {
		s.note(Entry{Dir: "ack", Method: "dropped", Status: "too_large", Response: obj{"bytes": len(raw)}})
		return
	}
	s.sockets.settle(in.EnvelopeID, ack{payload: readAck(in.Payload)})
}

func (k *socket) write(ctx context.Context, v obj) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	return k.conn.Write(ctx, websocket.MessageText, raw)
}

// keepSocket pings the connection, and ends it in good time with a warning.
func (s *Server) keepSocket(ctx context.Context, k *socket) {
	ping := time.NewTicker(s.limits.ping)
	defer ping.Stop()
	life := time.NewTimer(s.limits.socketLife)
	defer life.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-life.C:
			s.retire(ctx, k)
			return
		case <-ping.C:
			pong, cancel := context.WithTimeout(ctx, s.limits.ping)
			err := k.conn.Ping(pong)
			cancel()
			if err != nil {
				k.cancel()
				return
			}
		}
	}
}

// retire warns the app that the connection will end, and ends it a little later.
func (s *Server) retire(ctx context.Context, k *socket) {
	_ = k.write(ctx, obj{"type": "disconnect", "reason": "warning", "debug_info": obj{"host": "playground"}})
	timer := time.NewTimer(s.limits.warning)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.sockets.remove(k) // nothing more goes down this one
		_ = k.write(ctx, obj{"type": "disconnect", "reason": "refresh_requested", "debug_info": obj{"host": "playground"}})
		_ = k.conn.Close(websocket.StatusNormalClosure, "refresh requested")
	case <-ctx.Done():
	}
	k.cancel()
}

// disconnect ends connections, the oldest first: n of them after Slack's warning, which comes to one at a
// time unless n says more; or at once, and then all of them unless n says fewer.
func (s *Server) disconnect(n int, warn bool) {
	open := s.sockets.all()
	switch {
	case n > 0:
		open = open[:min(n, len(open))]
	case warn:
		open = open[:min(1, len(open))]
	}
	for _, k := range open {
		if warn {
			s.running.Go(func() { s.retire(s.ctx, k) })
		} else {
			s.sockets.remove(k)
			k.cancel()
		}
	}
}

// sendSocket sends d down one of the connections.
func (s *Server) sendSocket(d delivery) <-chan ack {
	envelope := obj{
		"type": d.kind, "envelope_id": random(16), "payload": d.payload, "accepts_response_payload": d.kind != kindEvent,
	}
	if d.kind == kindEvent {
		envelope["retry_attempt"], envelope["retry_reason"] = d.retry, d.reason
	}
	id := args(envelope).text("envelope_id")
	for {
		k := s.sockets.pick()
		if k == nil {
			return failed("dispatch_failed")
		}
		answers := s.sockets.expect(id)
		time.AfterFunc(2*s.limits.ack, func() { s.sockets.forget(id) })
		if err := k.write(s.ctx, envelope); err == nil {
			return answers
		}
		s.sockets.remove(k)
		k.cancel()
	}
}
