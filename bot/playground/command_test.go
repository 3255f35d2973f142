package playground

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

func TestCommandIsAnsweredInItsAcknowledgement(t *testing.T) {
	w := newWorld(t)
	b := w.connect(2, func(e socketmode.Event) (any, bool) {
		cmd := e.Data.(slack.SlashCommand)
		return obj{"text": "you said " + cmd.Text, "response_type": "ephemeral"}, true
	})
	out := w.do("command", obj{"user": "ana", "channel": "deals", "command": "/deal", "text": "assign acme @bo & co <now> #deals"})
	want := "you said assign acme <@U0BO|bo> &amp; co &lt;now&gt; <#C0DEALS|deals>"
	if got := out["reply"].(obj)["text"]; got != want {
		t.Errorf("reply = %q, want %q", got, want)
	}
	if got := w.messages("deals", "ana"); !slices.Equal(got, []string{want}) {
		t.Errorf("ana sees %q", got)
	}
	if got := w.messages("deals", "bo"); len(got) != 0 {
		t.Errorf("bo sees ana's ephemeral message: %q", got)
	}
	cmd := b.events()[0].Data.(slack.SlashCommand)
	if cmd.UserID != "U0ANA" || cmd.ChannelName != "deals" || cmd.TriggerID == "" || !strings.HasPrefix(cmd.ResponseURL, w.URL()+"/hooks/") {
		t.Errorf("command = %+v", cmd)
	}
}

func TestCommandWithoutEscapingIsPassedAsTyped(t *testing.T) {
	w := newWorld(t)
	b := w.connect(1, acknowledge)
	w.limits.lateReply = 0
	w.do("command", obj{"user": "ana", "channel": "dm", "command": "/raw", "text": "@bo & <co>"})
	cmd := b.events()[0].Data.(slack.SlashCommand)
	if cmd.Text != "@bo & <co>" || cmd.ChannelName != "directmessage" {
		t.Errorf("command = %+v", cmd)
	}
}

func TestCommandIsAnsweredLate(t *testing.T) {
	w := newWorld(t)
	w.connect(1, func(e socketmode.Event) (any, bool) {
		cmd, ok := e.Data.(slack.SlashCommand)
		if !ok {
			return nil, true // the event of its own answer
		}
		go func() {
			_ = slack.PostWebhook(cmd.ResponseURL, &slack.WebhookMessage{Text: "done, <@U0ANA>", ResponseType: "in_channel"})
		}()
		return nil, true
	})
	out := w.do("command", obj{"user": "ana", "channel": "deals", "command": "/deal"})
	reply := out["reply"].(obj)
	if reply["text"] != "done, <@U0ANA>" || reply["response_type"] != "in_channel" {
		t.Errorf("reply = %v", reply)
	}
	if got := w.messages("deals", "bo"); len(got) != 1 {
		t.Errorf("an answer in the channel is seen by all: %q", got)
	}
}

func TestCommandReturnsWhenItsModalOpens(t *testing.T) {
	w := newWorld(t)
	w.limits.lateReply = time.Minute
	w.connect(1, func(e socketmode.Event) (any, bool) {
		cmd := e.Data.(slack.SlashCommand)
		if _, err := w.api.OpenView(cmd.TriggerID, form("deal")); err != nil {
			t.Error(describe(err))
		}
		return nil, true
	})
	out := w.do("command", obj{"user": "ana", "channel": "deals", "command": "/deal", "text": "new"})
	if out["reply"] != nil || w.get("view", "user", "ana")["depth"] != 1.0 {
		t.Errorf("out = %v, view = %v", out, w.get("view", "user", "ana"))
	}
}

func TestCommandFailuresReadAsInSlack(t *testing.T) {
	w := newWorld(t)
	w.limits.ack = 50 * time.Millisecond
	deal := obj{"user": "ana", "channel": "deals", "command": "/deal"}
	if out := w.ask("command", deal); out["error"] != `/deal failed with the error "dispatch_failed"` {
		t.Errorf("nobody connected: %v", out)
	}
	w.connect(1, func(e socketmode.Event) (any, bool) {
		return obj{"blocks": list{obj{"type": "poem"}}}, e.Data.(slack.SlashCommand).Text == "poem"
	})
	if out := w.ask("command", deal); out["error"] != `/deal failed with the error "operation_timeout"` {
		t.Errorf("no acknowledgement: %v", out)
	}
	deal["text"] = "poem"
	if out := w.ask("command", deal); !strings.HasPrefix(out["error"].(string), `/deal failed with the error "invalid_command_response"`) {
		t.Errorf("a bad answer: %v", out)
	}
	for _, c := range []struct {
		in   obj
		want string
	}{
		{obj{"user": "ana", "channel": "deals", "command": "/deal", "thread_ts": "1.0"}, "/deal is not supported in threads. Sorry!"},
		{obj{"user": "bo", "channel": "other", "command": "/deal"}, "not_in_channel"},
		{obj{"user": "ana", "channel": "secret", "command": "/deal"}, "channel_not_found"},
		{obj{"user": "nobody", "channel": "deals", "command": "/deal"}, "user_not_found"},
		{obj{"user": "ana", "channel": "deals", "command": "/poem"}, "/poem is not a valid command. In Slack, all messages that start with the \"/\" character are interpreted as commands."},
	} {
		if out := w.ask("command", c.in); out["error"] != c.want {
			t.Errorf("%v: %v", c.in, out["error"])
		}
	}
}

func TestTooLargeAcknowledgementsAreDropped(t *testing.T) {
	w := newWorld(t)
	w.limits.ack = 50 * time.Millisecond
	ws := w.dial()
	defer ws.CloseNow()
	go func() {
		var in obj
		if wsjson.Read(t.Context(), ws, &in) == nil {
			_ = wsjson.Write(t.Context(), ws, obj{"envelope_id": in["envelope_id"], "payload": obj{"text": strings.Repeat("x", 21<<10)}})
		}
	}()
	out := w.ask("command", obj{"user": "ana", "channel": "deals", "command": "/deal"})
	if out["error"] != `/deal failed with the error "operation_timeout"` {
		t.Errorf("21 KB: %v", out)
	}
}

// dial opens a socket by hand and reads its greeting.
func (w *world) dial() *websocket.Conn {
	w.Helper()
	_, address, err := w.api.StartSocketModeContext(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	ws, _, err := websocket.Dial(w.Context(), address, nil)
	if err != nil {
		w.Fatal(err)
	}
	var hello obj
	if err := wsjson.Read(w.Context(), ws, &hello); err != nil || hello["type"] != "hello" || hello["connection_info"].(obj)["app_id"] != w.app.id {
		w.Fatalf("hello = %v (%v)", hello, err)
	}
	if _, _, err := websocket.Dial(w.Context(), address, nil); err == nil {
		w.Error("an address opened two sockets")
	}
	return ws
}
