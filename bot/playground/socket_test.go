package playground

import (
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

func TestEachPayloadGoesDownOneOfTheSockets(t *testing.T) {
	w := newWorld(t)
	one, two := w.dial(), w.dial()
	defer one.CloseNow()
	defer two.CloseNow()
	for range 4 {
		w.do("message", obj{"user": "ana", "channel": "deals", "text": "hi"})
	}
	for _, ws := range []*websocket.Conn{one, two} {
		for range 2 {
			var in obj
			if err := wsjson.Read(t.Context(), ws, &in); err != nil || in["type"] != "events_api" || in["accepts_response_payload"] != false {
				t.Fatalf("envelope = %v (%v)", in, err)
			}
			if err := wsjson.Write(t.Context(), ws, obj{"envelope_id": in["envelope_id"]}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestASocketThatBreaksIsNotMissed(t *testing.T) {
	w := newWorld(t, func(s *Server) { s.limits.ack = 200 * time.Millisecond })
	b := w.connect(2, acknowledge)
	w.do("faults", obj{"kind": "disconnect"})
	w.until("the app reconnected", func() bool { return w.sockets.count() == 2 })
	w.do("faults", obj{"kind": "disconnect", "warn": true})
	w.do("message", obj{"user": "ana", "channel": "deals", "text": "still there?"})
	w.until("the message arrived", func() bool { return len(b.events()) > 0 })
}

func TestEventsAreRetriedUntilAcknowledged(t *testing.T) {
	w := newWorld(t, func(s *Server) {
		s.limits.ack = 30 * time.Millisecond
		s.limits.retries = []time.Duration{0, time.Millisecond, time.Millisecond}
	})
	b := w.connect(1, func(e socketmode.Event) (any, bool) { return nil, e.Request.RetryAttempt == 2 })
	w.do("message", obj{"user": "ana", "channel": "dm", "text": "hi"})
	w.until("the third attempt came", func() bool { return len(b.events()) == 3 })
	time.Sleep(50 * time.Millisecond)
	var attempts []int
	ids := map[string]bool{}
	for _, e := range b.events() {
		attempts = append(attempts, e.Request.RetryAttempt)
		ids[e.Data.(slackevents.EventsAPIEvent).Data.(*slackevents.EventsAPICallbackEvent).EventID] = true
	}
	if !slices.Equal(attempts, []int{0, 1, 2}) || len(ids) != 1 || b.events()[1].Request.RetryReason != "http_timeout" {
		t.Errorf("attempts %v, event ids %v, reason %q", attempts, ids, b.events()[1].Request.RetryReason)
	}
}

func TestALostAcknowledgementCausesARetry(t *testing.T) {
	w := newWorld(t)
	b := w.connect(1, acknowledge)
	w.do("faults", obj{"method": "events_api", "kind": "lost_reply"})
	w.do("message", obj{"user": "ana", "channel": "dm", "text": "hi"})
	w.until("the event came again", func() bool { return len(b.events()) == 2 })
}

func TestMessagesAndMentionsBecomeEvents(t *testing.T) {
	w := newWorld(t)
	b := w.connect(1, acknowledge)
	w.do("message", obj{"user": "ana", "channel": "deals", "text": "@pipewright log call acme & co"})
	first := w.get("messages", "channel", "deals", "user", "ana")["messages"].(list)[0].(obj)
	w.do("message", obj{"user": "bo", "channel": "deals", "text": "<@" + w.app.botUser + "> help", "thread_ts": first["ts"]})
	w.do("message", obj{"user": "bo", "channel": "secret", "text": "@pipewright are you here?"})
	w.do("message", obj{"user": "bo", "channel": "dm", "text": "@pipewright hello"})
	w.do("user", obj{"user": "bo", "locale": "en-GB"})
	w.do("usergroup", obj{"usergroup": "legal", "users": []string{"ana"}})
	w.do("archive", obj{"channel": "deals"})
	w.until("eight events came", func() bool { return len(b.events()) == 8 })
	var kinds []string
	for _, e := range b.events() {
		inner := e.Data.(slackevents.EventsAPIEvent).InnerEvent
		kinds = append(kinds, inner.Type)
		switch in := inner.Data.(type) {
		case *slackevents.AppMentionEvent:
			if in.ThreadTimeStamp == "" && in.Text != "<@"+w.app.botUser+"> log call acme &amp; co" || in.ThreadTimeStamp != "" && in.ThreadTimeStamp != first["ts"] {
				t.Errorf("mention = %+v", in)
			}
		case *slackevents.MessageEvent:
			if in.ChannelType == "im" && in.User != "U0BO" {
				t.Errorf("direct message = %+v", in)
			}
		case *slackevents.UserChangeEvent:
			if in.User.Locale != "en-GB" {
				t.Errorf("user_change = %+v", in.User)
			}
		}
	}
	want := []string{"message", "app_mention", "message", "app_mention", "message", "user_change", "subteam_updated", "channel_archive"}
	slices.Sort(kinds)
	slices.Sort(want)
	if !slices.Equal(kinds, want) {
		t.Errorf("events %v, want %v", kinds, want)
	}
}

func TestOldSocketsAreWarnedAndReplaced(t *testing.T) {
	w := newWorld(t, func(s *Server) { s.limits.socketLife, s.limits.warning = 30*time.Millisecond, 30*time.Millisecond })
	ws := w.dial()
	defer ws.CloseNow()
	for _, reason := range []string{"warning", "refresh_requested"} {
		var in obj
		if err := wsjson.Read(t.Context(), ws, &in); err != nil || in["type"] != "disconnect" || in["reason"] != reason {
			t.Errorf("in = %v (%v), want %s", in, err, reason)
		}
	}
	if _, _, err := ws.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("the end: %v", err)
	}
}
