package playground

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func section(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", text, false, false), nil, nil)
}

func TestPostUpdateDelete(t *testing.T) {
	w := newWorld(t)
	channel, ts, err := w.api.PostMessage("#deals", slack.MsgOptionText("new", false), slack.MsgOptionBlocks(section("*new*")))
	if err != nil || channel != "C0DEALS" {
		t.Fatal(channel, err)
	}
	_, reply, err := w.api.PostMessage(channel, slack.MsgOptionText("more", false), slack.MsgOptionTS(ts))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err = w.api.UpdateMessage(channel, ts, slack.MsgOptionText("changed", false)); err != nil {
		t.Fatal(err)
	}
	all := asList(w.get("messages", "channel", "deals", "user", "ana")["messages"])
	if len(all) != 1 {
		t.Fatalf("the channel shows %v", all)
	}
	card := all[0].(obj)
	if card["text"] != "changed" || card["blocks"] != nil || card["reply_count"] != 1.0 || card["latest_reply"] != reply || card["edited"] == nil {
		t.Errorf("an update with text alone deletes the blocks and keeps the thread: %v", card)
	}
	thread := asList(w.get("messages", "channel", "deals", "thread_ts", ts, "user", "ana")["messages"])
	if len(thread) != 2 || thread[1].(obj)["parent_user_id"] != w.app.botUser {
		t.Errorf("thread = %v", thread)
	}
	if _, _, err := w.api.DeleteMessage(channel, ts); err != nil {
		t.Fatal(err)
	}
	if got := w.messages("deals", "ana"); !slices.Equal(got, []string{"This message was deleted."}) {
		t.Errorf("the first of a thread leaves a tombstone, got %q", got)
	}
	if _, _, err := w.api.DeleteMessage(channel, reply); err != nil {
		t.Fatal(err)
	}
	_, _, _, err = w.api.UpdateMessage(channel, reply, slack.MsgOptionText("late", false))
	if err == nil || err.Error() != "message_not_found" {
		t.Errorf("update of what is gone: %v", err)
	}
}

func TestDirectMessageIsOpenedByUserID(t *testing.T) {
	w := newWorld(t)
	channel, _, err := w.api.PostMessage("U0ANA", slack.MsgOptionText("hello", false))
	if err != nil || !strings.HasPrefix(channel, "D") {
		t.Fatal(channel, err)
	}
	if got := w.messages("dm", "ana"); !slices.Equal(got, []string{"hello"}) {
		t.Errorf("ana's direct messages: %q", got)
	}
	if out := w.get("messages", "channel", channel, "user", "bo"); out["error"] != "channel_not_found" {
		t.Errorf("bo reads ana's direct messages: %v", out)
	}
}

func TestEphemeralIsSeenByOne(t *testing.T) {
	w := newWorld(t)
	ts, err := w.api.PostEphemeral("C0DEALS", "U0ANA", slack.MsgOptionText("psst", false))
	if err != nil || ts == "" {
		t.Fatal(ts, err)
	}
	all := asList(w.get("messages", "channel", "deals", "user", "ana")["messages"])
	if len(all) != 1 || all[0].(obj)["is_ephemeral"] != true {
		t.Errorf("ana sees %v", all)
	}
	if got := w.messages("deals", "bo"); len(got) != 0 {
		t.Errorf("bo sees %q", got)
	}
	_, _, _, err = w.api.UpdateMessage("C0DEALS", ts, slack.MsgOptionText("changed", false))
	if err == nil || err.Error() != "message_not_found" {
		t.Errorf("an ephemeral message cannot be updated: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(t)
	w.do("archive", obj{"channel": "deals"})
	person := w.do("message", obj{"user": "ana", "channel": "dm", "text": "mine"})
	many := make(list, 101)
	for i := range many {
		many[i] = obj{"text": "x"}
	}
	for _, c := range []struct {
		method, want string
		in           obj
	}{
		{"chat.nothing", "unknown_method", obj{}},
		{"chat.postMessage", "channel_not_found", obj{"channel": "C404", "text": "x"}},
		{"chat.postMessage", "channel_not_found", obj{"channel": "C0SECRET", "text": "x"}},
		{"chat.postMessage", "not_in_channel", obj{"channel": "C0OTHER", "text": "x"}},
		{"chat.postMessage", "is_archived", obj{"channel": "C0DEALS", "text": "x"}},
		{"chat.postMessage", "no_text", obj{"channel": "U0ANA"}},
		{"chat.postMessage", "invalid_blocks_format", obj{"channel": "U0ANA", "blocks": "no"}},
		{"chat.postMessage", "too_many_attachments", obj{"channel": "U0ANA", "attachments": many}},
		{"chat.postMessage", "invalid_metadata_schema", obj{"channel": "U0ANA", "text": "x", "metadata": obj{"event_type": "y"}}},
		{"chat.update", "message_not_found", obj{"channel": "U0ANA", "ts": "1.000000", "text": "x"}},
		{"chat.update", "cant_update_message", obj{"channel": "U0ANA", "ts": person["ts"], "text": "x"}},
		{"chat.delete", "cant_delete_message", obj{"channel": "U0ANA", "ts": person["ts"]}},
		{"chat.postEphemeral", "user_not_in_channel", obj{"channel": "U0ANA", "user": "U0BO", "text": "x"}},
		{"chat.getPermalink", "message_not_found", obj{"channel": person["channel"], "message_ts": "1.000000"}},
		{"users.info", "user_not_found", obj{"user": "U404"}},
		{"conversations.join", "missing_scope", obj{"channel": "C0OTHER"}},
		{"conversations.open", "missing_scope", obj{"users": "U0ANA"}},
		{"apps.connections.open", "not_allowed_token_type", obj{}},
		{"conversations.list", "invalid_types", obj{"types": "club"}},
		{"usergroups.users.list", "no_such_subteam", obj{"usergroup": "S404"}},
	} {
		if out := w.post(c.method, c.in); out["error"] != c.want {
			t.Errorf("%s %v: %v, want %s", c.method, c.in, out["error"], c.want)
		}
	}
	out := w.post("conversations.join", obj{"channel": "C0OTHER"})
	if out["needed"] != "channels:join" || !strings.Contains(out["provided"].(string), "chat:write") {
		t.Errorf("missing_scope says %v", out)
	}
	_, err := slack.New("xoxb-wrong", slack.OptionAPIURL(w.APIURL())).AuthTest()
	if err == nil || err.Error() != "invalid_auth" {
		t.Errorf("a wrong token: %v", err)
	}
}

func TestTextLimits(t *testing.T) {
	w := newWorld(t)
	_, ts, text, err := w.api.SendMessage("C0DEALS", slack.MsgOptionText(strings.Repeat("x", 50000), false))
	if err != nil {
		t.Fatal(err)
	}
	if m := w.ws.channel("C0DEALS", "").find(ts); len(m.text) != 40000 {
		t.Errorf("a long text is cut at 40000, got %d %d", len(m.text), len(text))
	}
	_, _, _, err = w.api.UpdateMessage("C0DEALS", ts, slack.MsgOptionText(strings.Repeat("x", 4001), false))
	if err == nil || err.Error() != "msg_too_long" {
		t.Errorf("update: %v", err)
	}
	var blocks []slack.Block
	for range 5 {
		blocks = append(blocks, section(strings.Repeat("y", 2900)))
	}
	_, _, err = w.api.PostMessage("C0DEALS", slack.MsgOptionText("x", false), slack.MsgOptionBlocks(blocks...))
	if err == nil || err.Error() != "msg_blocks_too_long" {
		t.Errorf("much text in blocks: %v", err)
	}
}

func TestMetadataIsKeptForWhoAsks(t *testing.T) {
	w := newWorld(t)
	meta := slack.SlackMetadata{EventType: "outbox", EventPayload: map[string]any{"id": "o-1"}}
	channel, ts, err := w.api.PostMessage("C0DEALS", slack.MsgOptionText("x", false), slack.MsgOptionMetadata(meta))
	if err != nil {
		t.Fatal(err)
	}
	for _, asked := range []bool{true, false} {
		history, err := w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: channel, IncludeAllMetadata: asked})
		if err != nil || len(history.Messages) != 1 || history.Messages[0].Timestamp != ts {
			t.Fatal(history, err)
		}
		if got := history.Messages[0].Metadata.EventPayload["id"]; (got == "o-1") != asked {
			t.Errorf("asked %v: metadata %v", asked, got)
		}
	}
}

func TestPermalinkAndThreads(t *testing.T) {
	w := newWorld(t)
	channel, ts, _ := w.api.PostMessage("C0DEALS", slack.MsgOptionText("first", false))
	_, reply, _ := w.api.PostMessage(channel, slack.MsgOptionText("second", false), slack.MsgOptionTS(ts))
	_, third, _ := w.api.PostMessage(channel, slack.MsgOptionText("third", false), slack.MsgOptionTS(reply))
	link, err := w.api.GetPermalink(&slack.PermalinkParameters{Channel: channel, Ts: third})
	if want := w.URL() + "/archives/C0DEALS/p" + strings.Replace(third, ".", "", 1) + "?thread_ts=" + ts + "&cid=C0DEALS"; err != nil || link != want {
		t.Errorf("a reply to a reply joins the thread: %q, want %q (%v)", link, want, err)
	}
	_, lone, err := w.api.PostMessage(channel, slack.MsgOptionText("late", false), slack.MsgOptionTS("1.000000"))
	if m := w.ws.channel(channel, "").find(lone); err != nil || m.isReply() {
		t.Errorf("a reply to what is gone stands alone: %v %v", m, err)
	}
	replies, _, _, err := w.api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: channel, Timestamp: ts})
	if err != nil || len(replies) != 3 {
		t.Errorf("replies = %v (%v)", replies, err)
	}
}

func TestPeopleAndPlaces(t *testing.T) {
	w := newWorld(t)
	u, err := w.api.GetUserInfo("U0BO")
	if err != nil || u.Locale != "zh-CN" || u.TZ != "Asia/Shanghai" || u.TZOffset != 8*3600 || !u.IsAdmin || u.Profile.Email != "bo@playground.example" {
		t.Errorf("user = %+v (%v)", u, err)
	}
	users, err := w.api.GetUsers(slack.GetUsersOptionLimit(1))
	if err != nil || len(users) != 3 {
		t.Errorf("the pages of users hold %d (%v)", len(users), err)
	}
	groups, err := w.api.GetUserGroups(slack.GetUserGroupsOptionIncludeUsers(true))
	if err != nil || len(groups) != 1 || !slices.Equal(groups[0].Users, []string{"U0BO"}) {
		t.Errorf("groups = %+v (%v)", groups, err)
	}
	channels, _, err := w.api.GetConversations(&slack.GetConversationsParameters{})
	if err != nil || len(channels) != 2 || !channels[0].IsMember || channels[1].IsMember {
		t.Errorf("channels = %+v (%v)", channels, err)
	}
	if _, err := w.api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: "C0SECRET"}); err == nil || err.Error() != "channel_not_found" {
		t.Errorf("a private channel that the app is not in: %v", err)
	}
	me, err := w.api.AuthTest()
	if err != nil || !strings.Contains(me.Header.Get("X-OAuth-Scopes"), "chat:write,commands") || me.UserID != w.app.botUser || me.BotID != w.app.botID {
		t.Errorf("auth.test = %+v (%v)", me, err)
	}
}

func TestScopesCanBeLeftOut(t *testing.T) {
	w := newWorld(t)
	w.do("features", obj{"without_scopes": []string{"usergroups:read", "users:read.email"}})
	_, err := w.api.GetUserGroups()
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) || refused.Err != "missing_scope" || refused.Needed != "usergroups:read" || strings.Contains(refused.Provided, "usergroups:read") {
		t.Errorf("without the scope: %+v", err)
	}
	if u, err := w.api.GetUserInfo("U0BO"); err != nil || u.Profile.Email != "" {
		t.Errorf("the address needs its scope: %v %v", u, err)
	}
}
