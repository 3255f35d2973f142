package playground

import (
	"context"
	"embed"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

//go:embed testdata/page
var pageData embed.FS

const pageManifest = `{
  "display_information": {"name": "Pipewright"},
  "features": {
    "app_home": {"home_tab_enabled": true, "messages_tab_enabled": true},
    "bot_user": {"display_name": "Pipewright"},
    "slash_commands": [
      {"command": "/deal", "description": "Work a deal", "usage_hint": "new NAME [AMOUNT] | advance REF | list", "should_escape": true},
      {"command": "/log", "description": "Log an activity", "usage_hint": "TYPE REF [25m] [NOTE]", "should_escape": true},
      {"command": "/quote", "description": "Ask for a quote approval", "usage_hint": "REF", "should_escape": true},
      {"command": "/slow", "description": "Never answers"}
    ],
    "shortcuts": [
      {"name": "New quote", "type": "global", "callback_id": "new_quote", "description": "Fill in the form"},
      {"name": "Log to a deal", "type": "message", "callback_id": "log_message", "description": "Keep this message with a deal"}
    ]
  },
  "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "users:read", "app_mentions:read", "im:history", "channels:history"]}},
  "settings": {
    "event_subscriptions": {"bot_events": ["app_mention", "message.im", "app_home_opened"]},
    "interactivity": {"is_enabled": true}, "socket_mode_enabled": true
  }
}`

func pageWorkspace() Workspace {
	everyone := []string{"ana", "bo", "carla", "dmitri", "wei", "pipewright"}
	return Workspace{
		Name: "Northwind Trading", Locale: "en-US",
		Users: []User{
			{ID: "U0ANA", Name: "ana", RealName: "Ana Reyes", Title: "Account executive", TZ: "America/New_York"},
			{ID: "U0BO", Name: "bo", RealName: "Bo Lindqvist", Title: "Sales manager", TZ: "Europe/Stockholm", Admin: true},
			{ID: "U0WEI", Name: "wei", RealName: "林晓伟", Title: "客户经理", Locale: "zh-CN", TZ: "Asia/Shanghai"},
			{ID: "U0CARLA", Name: "carla", RealName: "Carla-Maria von Hohenstein-Rothenburg", Title: "Vice President Pricing, Product and Commercial Operations", TZ: "Europe/Berlin"},
			{ID: "U0DMITRI", Name: "dmitri", RealName: "Dmitri Volkov", Title: "Legal counsel", TZ: "Europe/Riga"},
		},
		Channels: []Channel{
			{ID: "C0DEALS", Name: "deals", Topic: "Every deal has one card here; its story is in the thread", Members: everyone},
			{ID: "C0GALLERY", Name: "gallery", Topic: "One of every block", Members: everyone},
			{ID: "C0EMPTY", Name: "quiet-corner", Members: everyone},
			{ID: "C0LONG", Name: "a-channel-with-a-name-that-is-much-longer-than-anyone-would-like-it", Members: []string{"ana"}},
			{ID: "C0LEGAL", Name: "legal-only", Private: true, Members: []string{"dmitri"}},
		},
		UserGroups: []UserGroup{
			{ID: "S0LEGAL", Handle: "legal", Name: "Legal", Users: []string{"dmitri"}}, {ID: "S0REPS", Handle: "reps", Name: "Reps", Users: []string{"ana", "wei"}},
		},
	}
}

// pageClock moves slowly enough that the page has something to show, and tells the bot.
type pageClock struct {
	offset atomic.Int64
	moved  func()
}

func (c *pageClock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

func (c *pageClock) Advance(_ context.Context, d time.Duration) error {
	time.Sleep(300 * time.Millisecond)
	c.offset.Add(int64(d))
	c.moved()
	return nil
}

// pageBot is a small app that uses everything the page can draw.
type pageBot struct {
	*testing.T
	api       *slack.Client
	submitted chan map[string]map[string]slack.BlockAction
	clicked   chan slack.BlockAction
}

// newPageWorld starts a playground with the page's bot connected.
func newPageWorld(t *testing.T) (*world, *pageBot) {
	t.Helper()
	clock := &pageClock{}
	s, err := New(Config{Manifest: []byte(pageManifest), Workspace: pageWorkspace(), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = s.Close(ctx)
	})
	w := &world{T: t, Server: s, api: slack.New(s.BotToken(), slack.OptionAppLevelToken(s.AppToken()), slack.OptionAPIURL(s.APIURL()))}
	b := &pageBot{T: t, api: w.api, submitted: make(chan map[string]map[string]slack.BlockAction, 8), clicked: make(chan slack.BlockAction, 32)}
	clock.moved = func() { b.say("C0DEALS", "", "Weekly digest: *3 won*, 1 lost, USD 145,000 still open.", nil) }
	w.connect(1, b.answer)
	return w, b
}

func (b *pageBot) load(name string, into any) {
	raw, err := pageData.ReadFile("testdata/page/" + name)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		b.Errorf("%s: %v", name, err)
	}
}

func (b *pageBot) card() []slack.Block {
	var card slack.Blocks
	b.load("card.json", &card)
	return card.BlockSet
}

// gallery posts one of every block.
func (b *pageBot) gallery() {
	var messages []slack.Blocks
	b.load("gallery.json", &messages)
	for _, m := range messages {
		b.say("C0GALLERY", "", "One of every block", m.BlockSet)
	}
}

// say posts and returns the message's ts.
func (b *pageBot) say(channel, thread, text string, blocks []slack.Block) string {
	options := []slack.MsgOption{slack.MsgOptionText(text, false)}
	if blocks != nil {
		options = append(options, slack.MsgOptionBlocks(blocks...))
	}
	if thread != "" {
		options = append(options, slack.MsgOptionTS(thread))
	}
	_, ts, err := b.api.PostMessage(channel, options...)
	if err != nil {
		b.Errorf("post to %s: %v", channel, err)
	}
	return ts
}

func (b *pageBot) answer(e socketmode.Event) (any, bool) {
	switch data := e.Data.(type) {
	case slack.SlashCommand:
		return b.command(data)
	case slack.InteractionCallback:
		return b.interaction(data), true
	case slackevents.EventsAPIEvent:
		b.event(data.InnerEvent.Data)
	}
	return nil, true
}

func (b *pageBot) command(c slack.SlashCommand) (any, bool) {
	switch {
	case c.Command == "/slow":
		return nil, false
	case c.Command == "/quote":
		b.form(c.TriggerID)
		return nil, true
	case strings.HasPrefix(c.Text, "new"):
		b.say(c.ChannelID, "", "Acme rollout: Discovery", b.card())
	}
	return obj{"response_type": "ephemeral", "text": "Done: `" + c.Command + " " + c.Text + "`. Next: log the discovery call."}, true
}

func (b *pageBot) form(trigger string) {
	var view slack.ModalViewRequest
	b.load("form.json", &view)
	if _, err := b.api.OpenView(trigger, view); err != nil {
		b.Errorf("open the form: %v", err)
	}
}

func (b *pageBot) interaction(c slack.InteractionCallback) any {
	switch c.Type {
	case slack.InteractionTypeShortcut, slack.InteractionTypeMessageAction:
		b.form(c.TriggerID)
	case slack.InteractionTypeBlockSuggestion:
		return obj{"options": list{product("Gateway " + c.Value), product("Meter " + c.Value)}}
	case slack.InteractionTypeBlockActions:
		b.act(c, *c.ActionCallback.BlockActions[0])
	case slack.InteractionTypeViewSubmission:
		values := c.View.State.Values
		if len(values["amount"]["v"].Value) > 5 {
			return obj{"response_action": "errors", "errors": obj{"amount": "Quotes above 99,999 need an executive."}}
		}
		b.submitted <- values
	}
	return nil
}

func product(name string) obj {
	return obj{"text": obj{"type": "plain_text", "text": name}, "value": strings.ToLower(name)}
}

func (b *pageBot) act(c slack.InteractionCallback, a slack.BlockAction) {
	b.clicked <- a
	if a.ActionID != "advance" {
		return
	}
	card := b.card()
	card[1] = slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, "D-12  ·  *Proposal*, day 1 of 12  ·  <@U0ANA>", false, false))
	if _, _, _, err := b.api.UpdateMessage(c.Channel.ID, c.Message.Timestamp, slack.MsgOptionText("Acme rollout: Proposal", false), slack.MsgOptionBlocks(card...)); err != nil {
		b.Errorf("update the card: %v", err)
	}
	b.say(c.Channel.ID, c.Message.Timestamp, "<@"+c.User.ID+"> moved it to *Proposal*.", nil)
}

func (b *pageBot) event(data any) {
	switch e := data.(type) {
	case *slackevents.AppHomeOpenedEvent:
		var home slack.HomeTabViewRequest
		b.load("home.json", &home)
		if _, err := b.api.PublishView(e.User, home, ""); err != nil {
			b.Errorf("publish Home: %v", err)
		}
	case *slackevents.AppMentionEvent:
		thread := e.ThreadTimeStamp
		if thread == "" {
			thread = e.TimeStamp
		}
		b.say(e.Channel, thread, "Noted, <@"+e.User+">.", nil)
	}
}
