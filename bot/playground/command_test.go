package playground

import (
	"slices"
	"strings"
	"testing"

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
