package playground

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func (w *world) say(text string) error {
	_, _, err := w.api.PostMessage("C0DEALS", slack.MsgOptionText(text, false))
	return err
}

func TestFaults(t *testing.T) {
	w := newWorld(t)
	w.do("faults", obj{"method": "chat.postMessage", "kind": "rate_limited", "times": 2, "retry_after": 7})
	var limited *slack.RateLimitedError
	for range 2 {
		if err := w.say("limited"); !errors.As(err, &limited) || limited.RetryAfter != 7*time.Second {
			t.Errorf("rate_limited: %v", err)
		}
	}
	w.do("faults", obj{"method": "chat.postMessage", "kind": "error", "error": "fatal_error"})
	if err := w.say("error"); err == nil || err.Error() != "fatal_error" {
		t.Errorf("error: %v", err)
	}
	w.do("faults", obj{"method": "chat.postMessage", "kind": "disconnect"})
	if err := w.say("disconnected"); err == nil {
		t.Error("disconnect: the call succeeded")
	}
	if got := w.messages("deals", "ana"); len(got) != 0 {
		t.Errorf("nothing was to be posted: %q", got)
	}
	w.do("faults", obj{"method": "chat.postMessage", "kind": "lost_reply"})
	if err := w.say("lost"); err == nil {
		t.Error("lost_reply: the app got an answer")
	}
	w.do("faults", obj{"method": "*", "kind": "slow", "ms": 60})
	start := time.Now()
	if err := w.say("slow"); err != nil || time.Since(start) < 60*time.Millisecond {
		t.Errorf("slow: %v after %v", err, time.Since(start))
	}
	if got := w.messages("deals", "ana"); len(got) != 2 || got[0] != "lost" || got[1] != "slow" {
		t.Errorf("what was done stands: %q", got)
	}
	if out := w.ask("faults", obj{"method": "chat.postMessage", "kind": "poem"}); out["ok"] == true {
		t.Error("an unknown kind was taken")
	}
	w.do("faults", obj{"method": "chat.update", "kind": "error", "times": 3})
	if out := w.get("state"); len(asList(out["faults"])) != 1 {
		t.Errorf("faults to come: %v", out["faults"])
	}
	if out := w.do("faults", obj{"clear": true}); len(asList(out["faults"])) != 0 {
		t.Errorf("cleared: %v", out)
	}
}

func TestFaultsOfResponseURLs(t *testing.T) {
	w := newWorld(t)
	id, _ := w.hooks.issue(hook{user: "U0ANA", channel: "C0DEALS"})
	send := func() error {
		return slack.PostWebhook(w.URL()+"/hooks/"+id, &slack.WebhookMessage{Text: "x"})
	}
	w.do("faults", obj{"method": "response_url", "kind": "rate_limited", "retry_after": 3})
	var limited *slack.RateLimitedError
	if err := send(); !errors.As(err, &limited) || limited.RetryAfter != 3*time.Second {
		t.Errorf("rate_limited: %v", err)
	}
	w.do("faults", obj{"method": "response_url", "kind": "lost_reply"})
	if err := send(); err == nil {
		t.Error("lost_reply: the app got an answer")
	}
	if got := w.messages("deals", "ana"); len(got) != 1 {
		t.Errorf("ana sees %q", got)
	}
}

func TestRatesApplyWhenAskedFor(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		if err := w.say("free"); err != nil {
			t.Fatal(err)
		}
	}
	w.do("features", obj{"rate_limits": true})
	for range 5 {
		if err := w.say("burst"); err != nil {
			t.Fatal(err)
		}
	}
	var limited *slack.RateLimitedError
	if err := w.say("more"); !errors.As(err, &limited) || limited.RetryAfter < time.Second || limited.RetryAfter > 6*time.Second {
		t.Errorf("a sixth message at once: %v", err)
	}
	if _, _, err := w.api.PostMessage("U0BO", slack.MsgOptionText("elsewhere", false)); err != nil {
		t.Errorf("another channel: %v", err)
	}
}

func TestRatesSlide(t *testing.T) {
	var r rates
	now := time.Now()
	for i := range 3 {
		if err := r.admit("k", 3, time.Minute, now.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	err := r.admit("k", 3, time.Minute, now.Add(10*time.Second))
	var limited *rateLimited
	if !errors.As(err, &limited) || limited.seconds != 51 {
		t.Errorf("within the minute: %+v", err)
	}
	if err := r.admit("k", 3, time.Minute, now.Add(61*time.Second)); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestForeignersAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		what, path, host, header, value string
		want                            int
	}{
		{"this machine", "/_control/state", "", "", "", 200},
		{"the page", "/_control/state", "", "Origin", w.URL(), 200},
		{"localhost", "/_control/state", "localhost:80", "", "", 200},
		{"another site", "/_control/state", "", "Origin", "https://evil.example", 403},
		{"another local site", "/_control/state", "", "Origin", "http://127.0.0.1:1", 403},
		{"a script of another site", "/_control/state", "", "Sec-Fetch-Site", "cross-site", 403},
		{"a name that was pointed here", "/_control/state", "evil.example", "", "", 403},
		{"the API by that name", "/api/api.test", "evil.example", "", "", 403},
		{"the page by that name", "/", "evil.example", "", "", 403},
		{"the page", "/", "", "", "", 200},
		{"a permalink", "/archives/C0DEALS/p1234567890123456", "", "Sec-Fetch-Site", "cross-site", 200},
	} {
		req, _ := http.NewRequest(http.MethodGet, w.URL()+c.path, nil)
		if c.host != "" {
			req.Host = c.host
		}
		if c.header != "" {
			req.Header.Set(c.header, c.value)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", c.what, resp.StatusCode, c.want)
		}
	}
	if _, err := New(Config{Addr: "0.0.0.0:0", Manifest: []byte(testManifest)}); err == nil {
		t.Error("it listens to the world")
	}
}
