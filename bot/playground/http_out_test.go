package playground

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// received is one request that the app got in HTTP mode.
type received struct {
	path, retry, reason string
	form                map[string]string
	body                []byte
}

// listenAs runs an app in HTTP mode that checks signatures and answers as told.
func (w *world) listenAs(answer func(received) (int, string)) func() []received {
	var mu sync.Mutex
	var all []received
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		verifier, err := slack.NewSecretsVerifier(r.Header, w.SigningSecret())
		if err == nil {
			_, _ = verifier.Write(body)
			err = verifier.Ensure()
		}
		if err != nil {
			w.Errorf("signature: %v", err)
		}
		in := received{path: r.URL.Path, retry: r.Header.Get("X-Slack-Retry-Num"), reason: r.Header.Get("X-Slack-Retry-Reason"), body: body, form: map[string]string{}}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if r.ParseForm() == nil {
			for key := range r.PostForm {
				in.form[key] = r.PostForm.Get(key)
			}
		}
		mu.Lock()
		all = append(all, in)
		mu.Unlock()
		status, text := answer(in)
		if strings.HasPrefix(text, "{") {
			rw.Header().Set("Content-Type", "application/json")
		}
		rw.WriteHeader(status)
		_, _ = io.WriteString(rw, text)
	}))
	w.Cleanup(app.Close)
	w.SetEventsURL(app.URL + "/")
	return func() []received {
		mu.Lock()
		defer mu.Unlock()
		return append([]received{}, all...)
	}
}

func TestHTTPModeIsSignedAndShapedAsSlackDoes(t *testing.T) {
	w := newWorld(t)
	seen := w.listenAs(func(in received) (int, string) {
		switch in.path {
		case "/slack/commands":
			return 200, "plain answer to " + in.form["text"]
		case "/slack/events":
			var out struct{ Challenge string }
			_ = json.Unmarshal(in.body, &out)
			return 200, out.Challenge
		}
		return 200, ""
	})
	w.do("verify", obj{})
	out := w.do("command", obj{"user": "ana", "channel": "deals", "command": "/deal", "text": "help"})
	if reply := out["reply"].(obj); reply["text"] != "plain answer to help" || reply["response_type"] != "ephemeral" {
		t.Errorf("reply = %v", out)
	}
	w.do("shortcut", obj{"user": "ana", "callback_id": "new_deal"})
	w.do("message", obj{"user": "ana", "channel": "dm", "text": "hello"})
	w.until("all arrived", func() bool { return len(seen()) == 4 })
	for _, in := range seen() {
		switch in.path {
		case "/slack/commands":
			if in.form["user_id"] != "U0ANA" || in.form["command"] != "/deal" || in.form["team_domain"] != "playground" || in.form["response_url"] == "" {
				t.Errorf("form = %v", in.form)
			}
		case "/slack/interactions":
			var cb slack.InteractionCallback
			if err := json.Unmarshal([]byte(in.form["payload"]), &cb); err != nil || cb.Type != slack.InteractionTypeShortcut || cb.CallbackID != "new_deal" || cb.User.ID != "U0ANA" {
				t.Errorf("shortcut = %+v (%v)", cb, err)
			}
		}
	}
}

func TestHTTPFailures(t *testing.T) {
	w := newWorld(t, func(s *Server) {
		s.limits.ack = 100 * time.Millisecond
		s.limits.retries = []time.Duration{0, time.Millisecond, time.Millisecond}
	})
	status := 500
	seen := w.listenAs(func(in received) (int, string) {
		if in.form["text"] == "sleep" {
			time.Sleep(150 * time.Millisecond)
		}
		if in.path == "/slack/events" && in.retry == "2" {
			return 200, ""
		}
		return status, ""
	})
	w.do("message", obj{"user": "ana", "channel": "dm", "text": "hello"})
	w.until("it was retried twice", func() bool { return len(seen()) == 3 })
	if last := seen()[2]; last.retry != "2" || last.reason != "http_error" {
		t.Errorf("retry = %+v", last)
	}
	deal := func(text string) obj {
		return obj{"user": "ana", "channel": "deals", "command": "/deal", "text": text}
	}
	for _, c := range []struct {
		status     int
		text, want string
	}{
		{500, "", "http_service_error"}, {404, "", "http_client_error"}, {302, "", "http_client_error"}, {200, "sleep", "operation_timeout"},
	} {
		status = c.status
		if out := w.ask("command", deal(c.text)); out["error"] != `/deal failed with the error "`+c.want+`"` {
			t.Errorf("status %d: %v", c.status, out)
		}
	}
	w.SetEventsURL("http://127.0.0.1:1")
	if out := w.ask("command", deal("")); out["error"] != `/deal failed with the error "dispatch_failed"` {
		t.Errorf("nobody listens: %v", out)
	}
}
