package playground

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const testManifest = `{
  "display_information": {"name": "Pipewright"},
  "features": {
    "app_home": {"home_tab_enabled": true, "messages_tab_enabled": true},
    "bot_user": {"display_name": "Pipewright"},
    "slash_commands": [
      {"command": "/deal", "description": "Work a deal", "usage_hint": "[REF]", "should_escape": true},
      {"command": "/raw", "description": "As typed"}
    ],
    "shortcuts": [
      {"name": "New deal", "type": "global", "callback_id": "new_deal", "description": "Start a deal"},
      {"name": "Log to a deal", "type": "message", "callback_id": "log_message", "description": "Keep it"}
    ]
  },
  "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "users:read", "users:read.email", "app_mentions:read", "im:history",
    "channels:history", "channels:read", "im:read", "files:write", "usergroups:read", "reactions:write", "team:read"]}},
  "settings": {
    "event_subscriptions": {"bot_events": ["app_mention", "message.im", "message.channels", "app_home_opened", "user_change", "subteam_updated", "channel_archive", "member_joined_channel"]},
    "interactivity": {"is_enabled": true}, "socket_mode_enabled": true
  }
}`

func testWorkspace() Workspace {
	return Workspace{
		Name: "Acme Sales", Locale: "en-US",
		Users: []User{
			{ID: "U0ANA", Name: "ana", RealName: "Ana Reyes", Title: "Account executive", TZ: "America/New_York"},
			{ID: "U0BO", Name: "bo", RealName: "Bo Chen", Locale: "zh-CN", TZ: "Asia/Shanghai", Admin: true},
		},
		Channels: []Channel{
			{ID: "C0DEALS", Name: "deals"},
			{ID: "C0OTHER", Name: "other", Members: []string{"ana"}},
			{ID: "C0SECRET", Name: "secret", Private: true, Members: []string{"bo"}},
		},
		UserGroups: []UserGroup{{ID: "S0LEGAL", Handle: "legal", Users: []string{"bo"}}},
	}
}

// world is a playground under test, with the app's own client.
type world struct {
	*testing.T
	*Server
	api *slack.Client
}

func newWorld(t *testing.T, change ...func(*Server)) *world {
	t.Helper()
	s, err := New(Config{Manifest: []byte(testManifest), Workspace: testWorkspace()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(s)
	}
	s.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &world{T: t, Server: s, api: slack.New(s.BotToken(), slack.OptionAppLevelToken(s.AppToken()), slack.OptionAPIURL(s.APIURL()))}
}

// ask makes a call at the control door and returns its answer, whatever it is.
func (w *world) ask(call string, in obj) obj {
	w.Helper()
	raw, _ := json.Marshal(in)
	resp, err := http.Post(w.URL()+"/_control/"+call, "application/json", bytes.NewReader(raw))
	return w.read(resp, err)
}

// do makes a call that has to succeed.
func (w *world) do(call string, in obj) obj {
	w.Helper()
	out := w.ask(call, in)
	if out["ok"] != true {
		w.Fatalf("%s %v: %v", call, in, out["error"])
	}
	return out
}

func (w *world) get(call string, query ...string) obj {
	w.Helper()
	values := url.Values{}
	for i := 0; i < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	resp, err := http.Get(w.URL() + "/_control/" + call + "?" + values.Encode())
	return w.read(resp, err)
}

func (w *world) read(resp *http.Response, err error) obj {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	var out obj
	if err := json.Unmarshal(raw, &out); err != nil {
		w.Fatalf("no JSON: %s", raw)
	}
	return out
}

// messages are the texts that the user sees in the channel.
func (w *world) messages(channel, user string) []string {
	w.Helper()
	var texts []string
	for _, m := range asList(w.get("messages", "channel", channel, "user", user)["messages"]) {
		texts = append(texts, args(m.(obj)).text("text"))
	}
	return texts
}

// bot is an app in Socket Mode that answers each payload by the function given.
type bot struct {
	mu   sync.Mutex
	seen []socketmode.Event
}

func (b *bot) events() []socketmode.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]socketmode.Event{}, b.seen...)
}

// interactions are the clicks, shortcuts and submissions that the app got.
func (b *bot) interactions() []slack.InteractionCallback {
	var all []slack.InteractionCallback
	for _, e := range b.events() {
		if in, ok := e.Data.(slack.InteractionCallback); ok {
			all = append(all, in)
		}
	}
	return all
}

// connect runs n sockets of an app; answer returns the acknowledgement's payload, or false for none.
func (w *world) connect(n int, answer func(socketmode.Event) (any, bool)) *bot {
	w.Helper()
	b := &bot{}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for range n {
		client := socketmode.New(w.api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
		running.Go(func() { _ = client.RunContext(ctx) })
		running.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case e := <-client.Events:
					b.take(client, e, answer)
				}
			}
		})
	}
	w.Cleanup(func() { cancel(); running.Wait() })
	w.until("the sockets are open", func() bool { return w.sockets.count() == n })
	return b
}

func (b *bot) take(client *socketmode.Client, e socketmode.Event, answer func(socketmode.Event) (any, bool)) {
	if e.Request == nil || e.Request.EnvelopeID == "" {
		return
	}
	b.mu.Lock()
	b.seen = append(b.seen, e)
	b.mu.Unlock()
	go func() {
		payload, ok := answer(e)
		switch {
		case !ok:
		case payload == nil:
			_ = client.Ack(*e.Request)
		default:
			_ = client.Ack(*e.Request, payload)
		}
	}()
}

func acknowledge(socketmode.Event) (any, bool) { return nil, true }

func (w *world) until(what string, is func() bool) {
	w.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			w.Fatalf("waited too long until %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// post calls a Web API method with JSON, as itself.
func (w *world) post(method string, in obj) obj {
	w.Helper()
	raw, _ := json.Marshal(in)
	req, _ := http.NewRequest(http.MethodPost, w.APIURL()+method, bytes.NewReader(raw))
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+w.BotToken())
	resp, err := http.DefaultClient.Do(req)
	return w.read(resp, err)
}
