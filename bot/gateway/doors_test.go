package gateway

import (
	"context"
	"encoding/json"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack/socketmode"

	"pipewright/handlers"
)

const (
	click = `{"type":"block_actions","team":{"id":"T0OURS"},"user":{"id":"U0ANA","team_id":"T0OURS"},"trigger_id":"9.9","response_url":"https://hooks.slack.com/x",
		"container":{"type":"message","message_ts":"10.5","channel_id":"C1","thread_ts":"10.1"},"channel":{"id":"C1"},"message":{"ts":"10.5","thread_ts":"10.1","text":"card"},
		"actions":[{"type":"button","action_id":"deal.advance","block_id":"b","value":"12:3","action_ts":"77.1"}]}`
	pick = `{"type":"block_actions","team":{"id":"T0OURS"},"user":{"id":"U0ANA"},"trigger_id":"9.9","view":{"id":"V1","type":"modal","hash":"h","callback_id":"deal.new","private_metadata":"m",
		"state":{"values":{"b":{"stage":{"type":"static_select","selected_option":{"value":"demo"}}}}}},
		"actions":[{"type":"users_select","action_id":"owner","selected_user":"U0BO","action_ts":"77.2"}]}`
	submit = `{"type":"view_submission","team":{"id":"T0OURS"},"user":{"id":"U0ANA"},"trigger_id":"9.9","view":{"id":"V1","type":"modal","hash":"h","callback_id":"deal.new","private_metadata":"12",
		"state":{"values":{"a":{"name":{"type":"plain_text_input","value":" Acme "}},"b":{"kinds":{"type":"checkboxes","selected_options":[{"value":"x"},{"value":"y"}]}},
		"c":{"by":{"type":"datepicker","selected_date":"2026-11-24"}},"d":{"empty":{"type":"plain_text_input","value":null}}}}}}`
	shortcut = `{"type":"message_action","callback_id":"log_message","team":{"id":"T0OURS"},"user":{"id":"U0ANA"},"trigger_id":"9.9","response_url":"https://hooks.slack.com/x",
		"channel":{"id":"C1"},"message":{"ts":"10.5","text":"they want &lt;SSO&gt;"}}`
	suggestion = `{"type":"block_suggestion","team":{"id":"T0OURS"},"user":{"id":"U0ANA"},"action_id":"deal.pick","block_id":"b","value":"acm"}`
	closed     = `{"type":"view_closed","team":{"id":"T0OURS"},"user":{"id":"U0ANA"},"view":{"id":"V1","type":"modal"}}`
	mention    = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev1","event":{"type":"app_mention","user":"U0ANA","text":"hi <@U0BOT|pipewright> log call &amp; more","ts":"11.1","thread_ts":"11.0","channel":"C1"}}`
	direct     = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev2","event":{"type":"message","channel_type":"im","user":"U0ANA","text":"deal acme","ts":"11.1","channel":"D1"}}`
	agreed     = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev8","event":{"type":"message","channel_type":"channel","user":"U0ANA","text":"ok, approved :+1:","ts":"11.1","thread_ts":"11.0","channel":"C1"}}`
	chatter    = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev9","event":{"type":"message","channel_type":"channel","user":"U0ANA","text":"ok, and the lawyers?","ts":"11.1","thread_ts":"11.0","channel":"C1"}}`
	beside     = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev10","event":{"type":"message","channel_type":"channel","user":"U0ANA","text":"ok","ts":"11.1","channel":"C1"}}`
	own        = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev3","event":{"type":"message","channel_type":"im","user":"U0BOT","bot_id":"B1","text":"deal acme","ts":"11.1","channel":"D1"}}`
	edited     = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev4","event":{"type":"message","subtype":"message_changed","channel_type":"im","user":"U0ANA","ts":"11.1","channel":"D1"}}`
	home       = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev5","event":{"type":"app_home_opened","user":"U0ANA","tab":"home","channel":"D1"}}`
	stranger   = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev6","event":{"type":"app_mention","user":"U0ZED","user_team":"T0OTHER","text":"<@U0BOT> deal","ts":"11.1","channel":"C1"}}`
	novel      = `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev7","event":{"type":"something_new"}}`
)

// TestBothDoorsSeeTheSame sends each payload through both doors and compares
// what the handler gets.
func TestBothDoorsSeeTheSame(t *testing.T) {
	for _, test := range []struct {
		name, kind, payload string
		want                handlers.Intent // without a Kind: acknowledged only
	}{
		{"click", "interactive", click, handlers.Intent{
			Kind: handlers.Action, Key: "action:U0ANA:deal.advance:77.1", Name: "deal.advance", User: "U0ANA", Channel: "C1", Thread: "10.1", Message: "10.5",
			Value: "12:3", Trigger: "9.9", ResponseURL: "https://hooks.slack.com/x", Values: map[string][]string{},
		}},
		{"pick in a form", "interactive", pick, handlers.Intent{
			Kind: handlers.Action, Key: "action:U0ANA:owner:77.2", Name: "owner", User: "U0ANA", Value: "U0BO", Trigger: "9.9",
			Values: map[string][]string{"stage": {"demo"}}, View: handlers.View{ID: "V1", Hash: "h", Callback: "deal.new", Meta: "m"},
		}},
		{"submission", "interactive", submit, handlers.Intent{
			Kind: handlers.Submission, Key: "view:V1:deal.new", Name: "deal.new", User: "U0ANA", Trigger: "9.9",
			Values: map[string][]string{"name": {" Acme "}, "kinds": {"x", "y"}, "by": {"2026-11-24"}},
			View:   handlers.View{ID: "V1", Hash: "h", Callback: "deal.new", Meta: "12"},
		}},
		{"message shortcut", "interactive", shortcut, handlers.Intent{
			Kind: handlers.Shortcut, Key: "shortcut:9.9", Name: "log_message", User: "U0ANA", Channel: "C1", Message: "10.5", Note: "they want <SSO>",
			Trigger: "9.9", ResponseURL: "https://hooks.slack.com/x", Link: "https://link",
		}},
		{"options", "interactive", suggestion, handlers.Intent{
			Kind: handlers.Options, Name: "deal.pick", User: "U0ANA", Text: "acm", Values: map[string][]string{},
		}},
		{"closed form", "interactive", closed, handlers.Intent{}},
		{"mention", "events_api", mention, handlers.Intent{
			Kind: handlers.Mention, Key: "event:Ev1", Name: "app_mention", Text: "log call & more", User: "U0ANA", Channel: "C1", Thread: "11.0", Message: "11.1",
		}},
		{"direct message", "events_api", direct, handlers.Intent{
			Kind: handlers.Mention, Key: "event:Ev2", Name: "message", Text: "deal acme", User: "U0ANA", Channel: "D1", Message: "11.1",
		}},
		{"agreement in a thread", "events_api", agreed, handlers.Intent{
			Kind: handlers.Event, Key: "event:Ev8", Name: "thread_message", Text: "ok, approved :+1:", User: "U0ANA", Channel: "C1", Thread: "11.0", Message: "11.1",
		}},
		{"anything else in a thread", "events_api", chatter, handlers.Intent{}},
		{"agreement beside a thread", "events_api", beside, handlers.Intent{}},
		{"own message", "events_api", own, handlers.Intent{}},
		{"edited message", "events_api", edited, handlers.Intent{}},
		{"home", "events_api", home, handlers.Intent{Kind: handlers.Event, Key: "event:Ev5", Name: "app_home_opened", User: "U0ANA", Channel: "D1"}},
		{"stranger in a shared channel", "events_api", stranger, handlers.Intent{}},
		{"unknown event", "events_api", novel, handlers.Intent{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFakeSlack(t)
			var got []handlers.Intent
			g := newGateway(t, f, func(_ context.Context, in handlers.Intent) (handlers.Reply, error) {
				in.Now = test.want.Now
				got = append(got, in)
				return handlers.Reply{}, nil
			})
			g.permalink = func(context.Context, string, string) string { return "https://link" }
			if test.kind == "interactive" {
				if w := sendInteraction(g, test.payload); w.Code != 200 {
					t.Fatalf("status %d: %s", w.Code, w.Body)
				}
			} else if w := sendEvent(g, test.payload); w.Code != 200 {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			in, err := g.translate(socketmode.Request{Type: test.kind, EnvelopeID: "e", Payload: json.RawMessage(test.payload)})
			if err != nil {
				t.Fatal(err)
			}
			if in.Kind != "" {
				if _, _, err := g.take(in, in.Now); err != nil {
					t.Fatal(err)
				}
			}
			want := []handlers.Intent{test.want, test.want}
			if test.want.Kind == "" {
				want = nil
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCommandThroughBothDoors(t *testing.T) {
	g := newGateway(t, newFakeSlack(t), echo)
	f := commandForm("new Acme", "5.5", "https://hooks.slack.com/x")
	overHTTP, err := g.command(commandOf(f))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(flat(f))
	overSocket, err := g.translate(socketmode.Request{Type: "slash_commands", EnvelopeID: "e", Payload: raw})
	if err != nil {
		t.Fatal(err)
	}
	overSocket.Now = overHTTP.Now
	if diff := cmp.Diff(overHTTP, overSocket); diff != "" {
		t.Error(diff)
	}
	if overHTTP.Name != "deal" || overHTTP.Key != "command:5.5" {
		t.Errorf("got %+v", overHTTP)
	}
}

func flat(v url.Values) map[string]string {
	out := map[string]string{}
	for k := range v {
		out[k] = v.Get(k)
	}
	return out
}

func FuzzPayloads(f *testing.F) {
	for _, p := range []string{click, pick, submit, shortcut, suggestion, mention, direct, home, `{}`, `null`, `[]`} {
		f.Add([]byte(p))
	}
	g := &Gateway{Config: Config{Team: team, Bot: bot, Now: nowFunc}}
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, err := g.interaction(payload)
		if err == nil && in.User == "" {
			t.Error("somebody must act")
		}
		var c callback
		if json.Unmarshal(payload, &c) == nil {
			if in, _, err := g.event(c); err == nil && in.Kind != "" && (in.User == "" || in.Key == "event:") {
				t.Errorf("an event without user or key: %+v", in)
			}
		}
	})
}
