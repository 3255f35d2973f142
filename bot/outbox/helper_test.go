package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/bot/playground"
	"pipewright/handlers/view"
	"pipewright/store"
)

// world is an outbox between a real database and a playground.
type world struct {
	t      *testing.T
	store  *store.Store
	ground *playground.Server
	outbox *Outbox
	render *texts
	stop   func()
}

// texts renders cards as what stands for their subject, and other rows as their body.
type texts struct {
	mu    sync.Mutex
	cards map[string]view.Message
	err   map[string]error // by body or subject
}

func (r *texts) Render(_ context.Context, o store.Outbound) (view.Message, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := string(o.Body)
	if o.Kind == cardKind {
		name = o.Subject
	}
	if err := r.err[name]; err != nil {
		return view.Message{}, err
	}
	if m, ok := r.cards[name]; ok {
		return m, nil
	}
	if o.Kind == alarmKind {
		return RenderAlarm(o)
	}
	return view.Message{Text: name}, nil
}

func (r *texts) set(subject, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cards[subject] = view.Message{Text: text}
}

const testManifest = `{"display_information":{"name":"Pipewright"},"features":{"app_home":{"home_tab_enabled":true},"bot_user":{"display_name":"Pipewright"}},
	"oauth_config":{"scopes":{"bot":["chat:write","channels:history","im:history","im:write","users:read"]}},"settings":{}}`

func newWorld(t *testing.T) *world { return newWorldAs(t, testManifest) }

func newWorldAs(t *testing.T, manifest string) *world {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	ground, err := playground.New(playground.Config{Manifest: []byte(manifest), Workspace: playground.Workspace{
		Users: []playground.User{{ID: "U0ANA", Name: "ana"}, {ID: "U0SAM", Name: "sam"}}, Channels: []playground.Channel{{ID: "C0DEALS", Name: "deals"}, {ID: "C0OTHER", Name: "other"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	ground.Start()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"), store.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: st, ground: ground, render: &texts{cards: map[string]view.Message{}, err: map[string]error{}}}
	w.outbox = w.newOutbox(log)
	w.start()
	t.Cleanup(func() {
		w.stop()
		_ = st.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = ground.Close(ctx)
	})
	return w
}

func (w *world) newOutbox(log *slog.Logger) *Outbox {
	api := slack.New(w.ground.BotToken(), slack.OptionAPIURL(w.ground.APIURL()), slack.OptionHTTPClient(&http.Client{Timeout: time.Second}))
	return New(Config{Store: w.store, API: api, Render: w.render, Log: log, Admins: []string{"U0SAM"}, Now: time.Now, Pace: time.Millisecond, Backoff: 20 * time.Millisecond})
}

func (w *world) start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { w.outbox.Run(ctx); close(done) }()
	w.stop = func() { cancel(); <-done }
}

func (w *world) enqueue(rows ...store.Outbound) {
	w.t.Helper()
	err := w.store.InTx(w.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for _, o := range rows {
			if err := tx.Enqueue(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func post(key, channel, text string) store.Outbound {
	return store.Outbound{Key: key, Kind: "post", Channel: channel, Body: []byte(text)}
}

// ask calls the playground's control door.
func (w *world) ask(path string, body any) map[string]any {
	w.t.Helper()
	var res *http.Response
	var err error
	if body == nil {
		res, err = http.Get(w.ground.URL() + path)
	} else {
		raw, _ := json.Marshal(body)
		res, err = http.Post(w.ground.URL()+path, "application/json", bytes.NewReader(raw))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		w.t.Fatal(err)
	}
	if out["ok"] != true {
		w.t.Fatalf("%s: %v", path, out["error"])
	}
	return out
}

type shown struct{ text, ts, thread string }

func (w *world) messages(channel string) []shown {
	w.t.Helper()
	var out []shown
	for _, thread := range []string{"", "all"} {
		if thread == "all" {
			for _, root := range append([]shown{}, out...) {
				for i, m := range w.list("/_control/messages?user=sam&channel=" + channel + "&thread_ts=" + root.ts) {
					if i > 0 {
						out = append(out, m)
					}
				}
			}
			break
		}
		out = w.list("/_control/messages?user=sam&channel=" + channel)
	}
	return out
}

func (w *world) list(path string) []shown {
	var out []shown
	for _, m := range w.ask(path, nil)["messages"].([]any) {
		m := m.(map[string]any)
		s := shown{text: m["text"].(string), ts: m["ts"].(string)}
		s.thread, _ = m["thread_ts"].(string)
		out = append(out, s)
	}
	return out
}

// settled waits until nothing is due any more, retries included.
func (w *world) settled() {
	w.t.Helper()
	for range 2000 {
		stats, err := w.store.OutboxStats(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if stats.Due == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.t.Fatal("the outbox does not settle")
}

// calls counts what was called in the playground.
func (w *world) calls(method string) int {
	n := 0
	for _, e := range w.ask("/_control/log", nil)["entries"].([]any) {
		if e.(map[string]any)["method"] == method {
			n++
		}
	}
	return n
}

func (w *world) fault(method, kind string, more map[string]any) {
	w.t.Helper()
	body := map[string]any{"method": method, "kind": kind, "times": 1}
	for k, v := range more {
		body[k] = v
	}
	w.ask("/_control/faults", body)
}
