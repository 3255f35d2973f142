package playground

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

func TestStateDescribesTheWorkspace(t *testing.T) {
	w := newWorld(t)
	w.connect(2, acknowledge)
	out := w.get("state")
	app := out["app"].(obj)
	if out["connected"] != 2.0 || out["mode"] != "socket" || out["team"].(obj)["name"] != "Acme Sales" || app["bot_user_id"] != w.app.botUser ||
		asList(app["commands"])[0].(obj)["usage_hint"] != "[REF]" || asList(app["shortcuts"])[1].(obj)["type"] != "message" {
		t.Errorf("state = %v", out)
	}
	if users := asList(out["users"]); len(users) != 3 || users[0].(obj)["profile"].(obj)["title"] != "Account executive" || users[1].(obj)["locale"] != "zh-CN" || users[2].(obj)["is_bot"] != true {
		t.Errorf("users = %v", users)
	}
	kinds := map[string]int{}
	for _, c := range asList(out["channels"]) {
		kinds[fmt.Sprint(c.(obj)["is_im"], c.(obj)["is_private"])]++
	}
	if kinds["true true"] != 2 || kinds["false false"] != 2 || kinds["false true"] != 1 {
		t.Errorf("channels by kind: %v", kinds)
	}
}

// follow collects what a page of that user is told.
func (w *world) follow(user string) func() []obj {
	w.Helper()
	resp, err := http.Get(w.URL() + "/_control/stream?user=" + user)
	if err != nil {
		w.Fatal(err)
	}
	told := make(chan obj, 1000)
	go func() {
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var o obj
				if json.Unmarshal([]byte(data), &o) == nil {
					told <- o
				}
			}
		}
	}()
	w.Cleanup(func() { _ = resp.Body.Close() })
	return func() []obj {
		var all []obj
		for {
			select {
			case o := <-told:
				if o["type"] != "log" {
					all = append(all, o)
				}
			case <-time.After(100 * time.Millisecond):
				return all
			}
		}
	}
}

func kindsOf(all []obj) []string {
	var kinds []string
	for _, o := range all {
		kinds = append(kinds, args(o).text("type"))
	}
	return kinds
}

func TestStreamTellsEachPageWhatItsUserMaySee(t *testing.T) {
	w := newWorld(t)
	ana, bo := w.follow("ana"), w.follow("bo")
	channel, ts, _ := w.api.PostMessage("C0DEALS", slack.MsgOptionText("all", false))
	_, _, _, _ = w.api.UpdateMessage(channel, ts, slack.MsgOptionText("changed", false))
	_, _ = w.api.PostEphemeral(channel, "U0ANA", slack.MsgOptionText("ana alone", false))
	_, _, _ = w.api.PostMessage("U0BO", slack.MsgOptionText("bo alone", false))
	_, _, _ = w.api.DeleteMessage(channel, ts)
	w.open(form("a"))
	w.do("user", obj{"user": "ana", "locale": "zh-CN"})
	w.do("clock", obj{"advance": "1h"})
	if got, want := kindsOf(ana()), []string{"message", "message_changed", "ephemeral", "message_deleted", "view", "state", "clock"}; !slices.Equal(got, want) {
		t.Errorf("ana is told %v, want %v", got, want)
	}
	if got, want := kindsOf(bo()), []string{"message", "message_changed", "message", "message_deleted", "state", "clock"}; !slices.Equal(got, want) {
		t.Errorf("bo is told %v, want %v", got, want)
	}
}

func TestASlowPageIsCutOff(t *testing.T) {
	st := newStream()
	page := st.open("U0ANA")
	for range 300 {
		st.tell(nil, obj{"type": "state"})
	}
	n := 0
	for range page.send {
		n++
	}
	if n != 256 || len(st.pages) != 0 {
		t.Errorf("%d entries were kept for it, %d pages are left", n, len(st.pages))
	}
}

func TestClockMovesMessageDatesOnly(t *testing.T) {
	w := newWorld(t)
	_, before, _ := w.api.PostMessage("C0DEALS", slack.MsgOptionText("now", false))
	now := w.do("clock", obj{"advance": "3d"})["now"].(float64)
	if ahead := time.Until(time.UnixMilli(int64(now))); ahead < 72*time.Hour-time.Minute || ahead > 72*time.Hour+time.Minute {
		t.Errorf("three days on is %v ahead", ahead)
	}
	_, after, _ := w.api.PostMessage("C0DEALS", slack.MsgOptionText("later", false))
	if before >= after || w.get("state")["now"].(float64) < now {
		t.Errorf("dates %s, %s", before, after)
	}
	id, _ := w.triggers.issue("U0ANA", false)
	w.do("clock", obj{"advance": "1h"})
	if _, err := w.api.OpenView(id, form("a")); err != nil {
		t.Errorf("protocol time moved: %v", err)
	}
	for _, span := range []string{"", "soon", "-1h", "0s"} {
		if out := w.ask("clock", obj{"advance": span}); out["ok"] == true {
			t.Errorf("advance %q was taken", span)
		}
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"72h": 72 * time.Hour, "3d": 72 * time.Hour, "1w": 168 * time.Hour, "1d12h": 36 * time.Hour, "1w2d": 216 * time.Hour, "1.5d": 36 * time.Hour, "90m": 90 * time.Minute,
	} {
		if got, err := parseSpan(text); err != nil || got != want {
			t.Errorf("%s = %v (%v), want %v", text, got, err, want)
		}
	}
}

func TestLogHoldsTheTrafficWithoutSecrets(t *testing.T) {
	w := newWorld(t)
	w.connect(1, func(e socketmode.Event) (any, bool) {
		if cmd, ok := e.Data.(slack.SlashCommand); ok {
			return obj{"text": "hello from " + cmd.ResponseURL + " and " + w.BotToken()}, true
		}
		return nil, true
	})
	w.do("command", obj{"user": "ana", "channel": "deals", "command": "/deal"})
	_ = w.say("in the log")
	raw, _ := json.Marshal(w.get("log"))
	for _, secret := range []string{w.BotToken(), w.AppToken(), w.SigningSecret(), w.secrets.verification} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the log holds the secret %s", secret)
		}
	}
	if strings.Count(string(raw), "/hooks/***") < 2 || strings.Contains(strings.ReplaceAll(string(raw), "/hooks/***", ""), "/hooks/") {
		t.Error("response URLs are not masked")
	}
	entries := asList(w.get("log", "after", "1")["entries"])
	byMethod := map[string]obj{}
	for _, e := range entries {
		o := e.(obj)
		byMethod[fmt.Sprint(o["dir"], " ", o["method"])] = o
	}
	sent, ack, call := byMethod["to_bot slash_commands"], byMethod["ack slash_commands"], byMethod["from_bot chat.postMessage"]
	if sent["user"] != "U0ANA" || ack["of"] != sent["n"] || ack["status"] != "ok" || call["request"].(obj)["text"] != "in the log" || call["response"].(obj)["ok"] != true {
		t.Errorf("log = %v", entries)
	}
	if entries[0].(obj)["n"] != 2.0 {
		t.Errorf("after=1 begins with %v", entries[0])
	}
}

func TestLogIsARing(t *testing.T) {
	j := newJournal()
	j.mask = newMask("http://127.0.0.1:1", secrets{"a-secret", "b-secret", "c-secret", "d-secret"})
	for range keptEntries + 10 {
		j.add(Entry{Request: obj{"x": "y"}})
	}
	all := j.after(0)
	if len(all) != keptEntries || all[0].N != 11 || all[len(all)-1].N != keptEntries+10 {
		t.Errorf("%d entries, from %d to %d", len(all), all[0].N, all[len(all)-1].N)
	}
	if _, ok := j.entry(5); ok {
		t.Error("entry 5 should be forgotten")
	}
	big := j.add(Entry{Request: obj{"x": strings.Repeat("y", keptBytes)}})
	if big.Request.(obj)["left_out"] == nil {
		t.Error("a huge request is kept whole")
	}
}

func TestRedeliverSendsTheSamePayload(t *testing.T) {
	w := newWorld(t)
	n := 0
	b := w.connect(1, func(socketmode.Event) (any, bool) { n++; return obj{"text": fmt.Sprint("reply ", n)}, true })
	w.do("command", obj{"user": "ana", "channel": "deals", "command": "/deal", "text": "new Acme"})
	entries := asList(w.get("log")["entries"])
	i := slices.IndexFunc(entries, func(e any) bool { return e.(obj)["method"] == kindCommand })
	out := w.do("redeliver", obj{"n": entries[i].(obj)["n"], "times": 4})
	if replies := asList(out["replies"]); len(replies) != 4 || replies[3].(obj)["payload"].(obj)["text"] != "reply 5" {
		t.Errorf("replies = %v", out)
	}
	ids := map[string]bool{}
	for _, e := range b.events() {
		cmd := e.Data.(slack.SlashCommand)
		ids[cmd.TriggerID+cmd.ResponseURL] = true
	}
	if len(ids) != 1 {
		t.Errorf("%d different payloads", len(ids))
	}
	if got := w.messages("deals", "ana"); len(got) != 1 {
		t.Errorf("only the first is shown: %q", got)
	}
	if out := w.ask("redeliver", obj{"n": 9999}); out["ok"] == true {
		t.Error("an entry that is not there was sent")
	}
}

func TestPeopleComeAndGo(t *testing.T) {
	w := newWorld(t)
	w.do("adduser", obj{"user": "cy", "real_name": "Cy Young", "locale": "zh-CN"})
	if out := w.ask("message", obj{"user": "cy", "channel": "deals", "text": "hi"}); out["error"] != "not_in_channel" {
		t.Errorf("not yet in: %v", out)
	}
	w.do("join", obj{"user": "cy", "channel": "deals"})
	w.do("message", obj{"user": "Cy Young", "channel": "#deals", "text": "hi"})
	w.do("leave", obj{"user": "pipewright", "channel": "deals"})
	if err := w.say("x"); err == nil || err.Error() != "not_in_channel" {
		t.Errorf("the app left: %v", err)
	}
	w.do("addchannel", obj{"channel": "team-north", "users": list{"cy", "Pipewright"}, "private": true})
	if _, _, err := w.api.PostMessage("team-north", slack.MsgOptionText("welcome", false)); err != nil {
		t.Errorf("a new channel with the app in it: %v", err)
	}
	if out := w.ask("addchannel", obj{"channel": "team-north", "users": list{"cy"}}); out["ok"] == true {
		t.Error("two channels of one name")
	}
	if out := w.ask("user", obj{"user": "cy", "tz": "Mars/Olympus"}); out["ok"] == true {
		t.Error("a time zone that is none was taken")
	}
	if out := w.get("view", "user", "nobody"); out["error"] != "user_not_found" {
		t.Errorf("nobody's view: %v", out)
	}
	if out := w.ask("dance", obj{}); out["ok"] != false {
		t.Errorf("an unknown call: %v", out)
	}
}

func TestWrittenText(t *testing.T) {
	w := newWorld(t)
	bot := w.app.botUser
	for _, c := range []struct{ typed, message, command string }{
		{"a < b && c > d", "a &lt; b &amp;&amp; c &gt; d", "a &lt; b &amp;&amp; c &gt; d"},
		{"@bo, please", "<@U0BO>, please", "<@U0BO|bo>, please"},
		{"<@U0BO> there", "<@U0BO> there", "<@U0BO|bo> there"},
		{"@Pipewright help", "<@" + bot + "> help", "<@" + bot + "|pipewright> help"},
		{"@nobody", "@nobody", "@nobody"},
		{"@legal and @here", "<!subteam^S0LEGAL> and <!here>", "<!subteam^S0LEGAL|@legal> and <!here>"},
		{"see #deals.", "see <#C0DEALS|deals>.", "see <#C0DEALS|deals>."},
		{"#1 priority", "#1 priority", "#1 priority"},
		{"at https://x.example/?a=1&b=2.", "at <https://x.example/?a=1&amp;b=2>.", "at <https://x.example/?a=1&amp;b=2>."},
		{"<!channel> <script>", "<!channel> &lt;script&gt;", "<!channel> &lt;script&gt;"},
		{"a@bo.example, a@bo", "a@bo.example, a@bo", "a@bo.example, a@bo"},
		{"/log 电话 acme 25m", "/log 电话 acme 25m", "/log 电话 acme 25m"},
	} {
		w.mu.Lock()
		if got := w.encodeText(c.typed, false); got != c.message {
			t.Errorf("%q in a message is %q, want %q", c.typed, got, c.message)
		}
		if got := w.encodeText(c.typed, true); got != c.command {
			t.Errorf("%q in a command is %q, want %q", c.typed, got, c.command)
		}
		w.mu.Unlock()
	}
	raw, _ := json.Marshal(richTextOf("hi <@U0BO> &amp; <#C0DEALS|deals> <!here> <https://x.example/>"))
	want := `[{"text":"hi ","type":"text"},{"type":"user","user_id":"U0BO"},{"text":" \u0026 ","type":"text"},{"channel_id":"C0DEALS","type":"channel"},` +
		`{"text":" ","type":"text"},{"range":"here","type":"broadcast"},{"text":" ","type":"text"},{"type":"link","url":"https://x.example/"}]`
	if string(raw) != want {
		t.Errorf("rich text %s", raw)
	}
}

func TestBadManifestsAndWorkspaces(t *testing.T) {
	for _, c := range []struct{ manifest, want string }{
		{`no`, "no JSON"},
		{`{}`, "display_information.name"},
		{`{"display_information":{"name":"x"},"features":{"slash_commands":[{"command":"deal","description":"x"}]}}`, "is no slash command"},
		{`{"display_information":{"name":"x"},"features":{"slash_commands":[{"command":"/deal"}]}}`, "no description"},
		{`{"display_information":{"name":"x"},"features":{"shortcuts":[{"name":"a name that is much too long","type":"global","callback_id":"x"}]}}`, "24 characters"},
	} {
		if _, err := New(Config{Manifest: []byte(c.manifest)}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.manifest, err, c.want)
		}
	}
	for _, c := range []struct {
		ws   Workspace
		want string
	}{
		{Workspace{Users: []User{{Name: "a"}, {Name: "A"}}}, "there twice"},
		{Workspace{Users: []User{{Name: "a", TZ: "Nowhere"}}}, "no time zone"},
		{Workspace{Channels: []Channel{{Name: "x", Members: []string{"b"}}}}, `there is no user "b"`},
		{Workspace{UserGroups: []UserGroup{{Handle: "x", Users: []string{"b"}}}}, `there is no user "b"`},
	} {
		if _, err := New(Config{Manifest: []byte(testManifest), Workspace: c.ws}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.ws, err, c.want)
		}
	}
}
