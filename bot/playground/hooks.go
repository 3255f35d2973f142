package playground

import (
	"errors"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// hook is a response URL: where the app answers a command or a click later.
type hook struct {
	user, channel string
	message       string // date of that message, "" for a command
	issued        time.Time
	uses          int
	first         chan obj // receives the first answer
}

// hooks are the response URLs issued of late, by id.
type hooks struct {
	mu    sync.Mutex
	ids   map[string]*hook
	swept time.Time
}

// issue keeps h and returns its id.
func (t *hooks) issue(h hook) (string, *hook) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ids == nil {
		t.ids = map[string]*hook{}
	}
	h.issued, h.first = time.Now(), make(chan obj, 1)
	if h.issued.Sub(t.swept) > time.Minute {
		maps.DeleteFunc(t.ids, func(_ string, old *hook) bool { return h.issued.Sub(old.issued) > 2*hookLife })
		t.swept = h.issued
	}
	id := random(16)
	t.ids[id] = &h
	return id, &h
}

// use counts one use of the URL, or returns Slack's refusal.
func (t *hooks) use(id string) (*hook, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.ids[id]
	switch {
	case h == nil:
		return nil, fail("invalid_url")
	case time.Since(h.issued) > hookLife:
		return nil, fail("expired_url")
	case h.uses >= hookUses:
		return nil, fail("used_url")
	}
	h.uses++
	return h, nil
}

// serveHook takes an answer at a response URL.
func (s *Server) serveHook(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	_, in, err := readArgs(w, r)
	fault := s.faults.take("response_url", false)
	if fault != nil && fault.Kind == "disconnect" {
		s.noteCall("response_url", in, nil, "disconnect", start)
		cut(w)
		return
	}
	switch {
	case err != nil:
	case fault != nil && fault.Kind == "rate_limited":
		err = &rateLimited{fault.RetryAfter}
	case fault != nil && fault.Kind == "error":
		err = fail(fault.Error)
	default:
		err = s.answer(r.PathValue("id"), in)
	}
	if fault != nil && fault.Kind == "slow" {
		s.pause(r, fault.delay())
	}
	if fault != nil && fault.Kind == "lost_reply" {
		s.noteCall("response_url", in, nil, "reply lost", start)
		cut(w)
		return
	}
	if err != nil {
		s.noteCall("response_url", in, nil, err.Error(), start)
		refuseHook(w, err)
		return
	}
	s.noteCall("response_url", in, "ok", "ok", start)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok"))
}

func refuseHook(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	status := http.StatusBadRequest
	var limited *rateLimited
	switch {
	case errors.As(err, &limited):
		w.Header().Set("Retry-After", strconv.Itoa(limited.seconds))
		status = http.StatusTooManyRequests
	case err.Error() == "used_url" || err.Error() == "expired_url" || err.Error() == "invalid_url":
		status = http.StatusNotFound
	}
	w.WriteHeader(status)
	body, _ := errorBody(err)
	_, _ = w.Write(body)
}

// answer does what the app wrote to the response URL.
func (s *Server) answer(id string, in args) error {
	h, err := s.hooks.use(id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	reply, err := s.respond(h, in)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case h.first <- reply:
	default:
	}
	return nil
}

// respond shows an answer: it replaces or deletes the message that was acted on, or posts a new one,
// to that person alone unless it says in_channel. It returns what was shown.
func (s *Server) respond(h *hook, in args) (obj, error) {
	c := s.ws.channel(h.channel, "")
	if c == nil || c.archived {
		return nil, fail("is_archived")
	}
	original := c.find(h.message)
	if in.yes("delete_original") {
		if original == nil || original.user != s.app.botUser {
			return nil, fail("message_not_found")
		}
		s.drop(c, original)
		return obj{"delete_original": true}, nil
	}
	next, err := s.readContent(in, content{}, maxText)
	if err != nil {
		return nil, err
	}
	if in.yes("replace_original") && original != nil && original.user == s.app.botUser {
		next.metadata = or2(next.metadata, original.metadata)
		s.edit(c, original, next)
		return s.replyObject(original, "replace_original"), nil
	}
	m := &message{user: s.app.botUser, content: next}
	m.threadTS = c.threadOf(in.text("thread_ts")) // Slack answers in the thread only when told so
	kind := "in_channel"
	if in.text("response_type") != kind {
		kind, m.only = "ephemeral", h.user
	}
	s.post(c, m)
	return s.replyObject(m, kind), nil
}

func (s *Server) replyObject(m *message, kind string) obj {
	return obj{"text": m.text, "blocks": m.blocks, "attachments": m.attachments, "response_type": kind, "ts": m.ts}
}

func or2(a, b obj) obj {
	if a != nil {
		return a
	}
	return b
}

// messageOf reads the body of an acknowledgement that is a message: a text, or an object with one.
func messageOf(payload any) (args, bool) {
	switch p := payload.(type) {
	case string:
		return args{"text": p}, p != ""
	case obj:
		return args(p), len(p) > 0
	}
	return nil, false
}
