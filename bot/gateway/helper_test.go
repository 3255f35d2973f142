package gateway

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers"
	"pipewright/store"
)

const (
	team   = "T0OURS"
	bot    = "U0BOT"
	secret = "shhh"
)

// fakeSlack records the calls of the Web API and the answers at response URLs.
type fakeSlack struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []call
	refuse map[string]string // error by method
	groups map[string][]string
	listed []any  // all user groups
	plain  bool   // refuses native blocks
	gone   string // refuses blocks with this file, which was deleted

	happens map[string]func() // before a method is answered, once
}

type call struct {
	method string
	args   url.Values
	body   map[string]any // of a response URL
}

func newFakeSlack(t *testing.T) *fakeSlack {
	f := &fakeSlack{refuse: map[string]string{}, groups: map[string][]string{}, happens: map[string]func(){}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

// before has something happen once, just before the method is answered.
func (f *fakeSlack) before(method string, happens func()) { f.happens[method] = happens }

func (f *fakeSlack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	happens := f.happens[method]
	delete(f.happens, method)
	f.mu.Unlock()
	if happens != nil {
		happens()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := call{method: strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api/"), "/")}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		raw, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(raw, &c.body)
	} else {
		_ = r.ParseForm()
		c.args = r.Form
	}
	f.calls = append(f.calls, c)
	out := map[string]any{"ok": true, "ts": "1.2", "channel": "C1"}
	if c.method == "usergroups.users.list" {
		out["users"] = f.groups[c.args.Get("usergroup")]
	}
	if c.method == "usergroups.list" {
		out["usergroups"] = f.listed
	}
	if code := f.refuse[c.method]; code != "" {
		out = map[string]any{"ok": false, "error": code}
	}
	if said := fmt.Sprint(c.body, c.args); f.plain && strings.Contains(said, "data_table") || f.gone != "" && strings.Contains(said, f.gone) {
		out = map[string]any{"ok": false, "error": "invalid_blocks"}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// called waits for the n-th call of a method.
func (f *fakeSlack) called(t *testing.T, method string, n int) call {
	t.Helper()
	for range 400 {
		f.mu.Lock()
		var found []call
		for _, c := range f.calls {
			if c.method == method {
				found = append(found, c)
			}
		}
		f.mu.Unlock()
		if len(found) >= n {
			return found[n-1]
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s was not called %d times", method, n)
	return call{}
}

func (f *fakeSlack) count(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, c := range f.calls {
		if c.method == method {
			n++
		}
	}
	return n
}

type handle func(context.Context, handlers.Intent) (handlers.Reply, error)

func openStore(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"), store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func newGateway(t *testing.T, f *fakeSlack, h handle) *Gateway {
	t.Helper()
	st := openStore(t)
	log := slog.New(slog.DiscardHandler)
	api := slack.New("xoxb-1", slack.OptionAPIURL(f.URL+"/api/"), slack.OptionHTTPClient(&http.Client{Timeout: 2 * time.Second}))
	people := &People{API: api, Store: st, Log: log}
	g := New(Config{
		Handle: h, Store: st, API: api, APIURL: f.URL + "/api/", Log: log, Now: func() time.Time { return time.Now().UTC() },
		Team: team, Bot: bot, Secret: secret, Locale: "en-US", Prefix: "pw-",
	}, people)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		g.Drain(ctx)
	})
	return g
}

// signed is a request as Slack signs it at that time.
func signed(path, contentType, body string, at time.Time, key string) *http.Request {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

func serve(g *Gateway, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

const form = "application/x-www-form-urlencoded"

func commandForm(text, trigger, responseURL string) url.Values {
	return url.Values{
		"team_id": {team}, "user_id": {"U0ANA"}, "channel_id": {"C1"}, "command": {"/pw-deal"}, "text": {text},
		"trigger_id": {trigger}, "response_url": {responseURL},
	}
}

func sendCommand(g *Gateway, text, trigger, responseURL string) *httptest.ResponseRecorder {
	return serve(g, signed("/slack/commands", form, commandForm(text, trigger, responseURL).Encode(), time.Now(), secret))
}

func sendInteraction(g *Gateway, payload string) *httptest.ResponseRecorder {
	return serve(g, signed("/slack/interactions", form, url.Values{"payload": {payload}}.Encode(), time.Now(), secret))
}

func sendEvent(g *Gateway, body string) *httptest.ResponseRecorder {
	return serve(g, signed("/slack/events", "application/json", body, time.Now(), secret))
}
