package playground

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// stream tells every open page what changed. A page that does not keep up is cut off; it reconnects and
// reads everything anew.
type stream struct {
	mu     sync.Mutex
	pages  map[*listener]bool
	closed bool
}

type listener struct {
	user string
	send chan []byte
}

func newStream() *stream { return &stream{pages: map[*listener]bool{}} }

// tell sends an entry to the pages of those users whom sees admits (nil is everybody).
func (st *stream) tell(sees func(user string) bool, entry obj) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.pages) == 0 {
		return
	}
	raw, err := json.Marshal(entry)
	if err != nil {
		return
	}
	for page := range st.pages {
		if sees != nil && !sees(page.user) {
			continue
		}
		select {
		case page.send <- raw:
		default:
			delete(st.pages, page)
			close(page.send)
		}
	}
}

func (st *stream) open(user string) *listener {
	st.mu.Lock()
	defer st.mu.Unlock()
	page := &listener{user: user, send: make(chan []byte, 256)}
	if st.closed {
		close(page.send)
		return page
	}
	st.pages[page] = true
	return page
}

func (st *stream) leave(page *listener) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.pages[page] {
		delete(st.pages, page)
		close(page.send)
	}
}

func (st *stream) close() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.closed = true
	for page := range st.pages {
		delete(st.pages, page)
		close(page.send)
	}
}

// show streams a message to those who may see it.
func (s *Server) show(c *channel, m *message, kind string, o obj) {
	s.stream.tell(func(user string) bool {
		return c.sees(user) && (m.only == "" || m.only == user)
	}, obj{"type": kind, "channel": c.id, "message": o})
}

func (s *Server) showView(user string) {
	o := obj{"type": "view", "view": nil, "depth": len(s.ws.views[user])}
	if v := s.top(user); v != nil {
		o["view"] = s.viewObject(v)
	}
	s.stream.tell(isUser(user), o)
}

func (s *Server) showState() { s.stream.tell(nil, obj{"type": "state"}) }

func isUser(user string) func(string) bool { return func(other string) bool { return other == user } }

// serveStream keeps one page up to date with server-sent events.
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	u := s.ws.user(r.URL.Query().Get("user"))
	s.mu.Unlock()
	flusher, ok := w.(http.Flusher)
	if u == nil || !ok {
		refuse(w, "user_not_found")
		return
	}
	page := s.stream.open(u.ID)
	defer s.stream.leave(page)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = fmt.Fprint(w, ": welcome\n\n")
	flusher.Flush()
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		select {
		case raw, open := <-page.send:
			if !open {
				return
			}
			_, _ = fmt.Fprintf(w, "data: %s\n\n", raw)
		case <-beat.C:
			_, _ = fmt.Fprint(w, ": still here\n\n")
		case <-r.Context().Done():
			return
		}
		flusher.Flush()
	}
}
