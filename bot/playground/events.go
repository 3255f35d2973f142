package playground

import (
	"strings"
	"time"
)

// event is something that happened which the app may have subscribed to.
type event struct {
	name          string
	body          obj
	user, channel string
}

// eventScopes are what the app needs besides the subscription; channel types add to message events.
var eventScopes = map[string]string{
	"app_mention": "app_mentions:read", "message.im": "im:history", "message.channels": "channels:history", "message.groups": "groups:history",
	"user_change": "users:read", "team_join": "users:read", "subteam_updated": "usergroups:read", "subteam_created": "usergroups:read",
	"member_joined_channel": "channels:read", "channel_archive": "channels:read", "channel_unarchive": "channels:read",
	"group_archive": "groups:read", "member_left_channel": "channels:read", "channel_created": "channels:read",
}

// subscribed reports whether the app hears of events of that name.
func (s *Server) subscribed(name string) bool {
	need := eventScopes[name]
	return s.app.events[name] && (need == "" || s.scope(need))
}

// tell queues an event for the app, if it subscribed to it. Server.mu is held.
func (s *Server) tell(e event) {
	if !s.subscribed(e.name) {
		return
	}
	e.body["event_ts"] = s.ws.nextTS(s.clock.Now())
	if _, ok := e.body["type"]; !ok {
		e.body["type"] = e.name
	}
	select {
	case s.events <- e:
	default:
		s.log.Error("playground: event queue is full; an event was dropped", "event", e.name)
	}
}

var messageEvents = map[string]string{"im": "message.im", "group": "message.groups", "channel": "message.channels"}

// tellMessage tells the app of a new message where it is a member, and of a mention of its own.
func (s *Server) tellMessage(c *channel, m *message, shown obj) {
	if !c.isIM() && !c.has(s.app.botUser) {
		return
	}
	body := obj{"channel": c.id, "channel_type": c.kind()}
	for key, v := range shown {
		if key != "reply_count" && key != "is_locked" {
			body[key] = v
		}
	}
	s.tell(event{messageEvents[c.kind()], body, m.user, c.id})
	mentioned := strings.Contains(m.text, "<@"+s.app.botUser+">") || strings.Contains(m.text, "<@"+s.app.botUser+"|")
	if mentioned && m.user != s.app.botUser && !c.isIM() {
		mention := obj{"type": "app_mention", "channel": c.id}
		for _, key := range []string{"user", "text", "ts", "team", "blocks", "thread_ts", "parent_user_id", "client_msg_id", "files"} {
			if v, ok := shown[key]; ok {
				mention[key] = v
			}
		}
		s.tell(event{"app_mention", mention, m.user, c.id})
	}
}

// tellChange tells the app that a message was changed or deleted.
func (s *Server) tellChange(c *channel, subtype string, body obj) {
	if !c.isIM() && !c.has(s.app.botUser) {
		return
	}
	body["type"], body["subtype"], body["hidden"] = "message", subtype, true
	body["channel"], body["channel_type"], body["ts"] = c.id, c.kind(), s.ws.nextTS(s.clock.Now())
	s.tell(event{messageEvents[c.kind()], body, "", c.id})
}

// sendEvents sends what is queued, in order, and waits for acknowledgements beside it.
func (s *Server) sendEvents() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case e := <-s.events:
			s.mu.Lock()
			d := delivery{kind: kindEvent, payload: s.eventPayload(e), user: e.user, channel: e.channel}
			s.mu.Unlock()
			wait := s.start(d)
			s.running.Go(func() { s.retryEvent(d, wait()) })
		}
	}
}

// retryEvent sends an event again until it is acknowledged or Slack would give up.
func (s *Server) retryEvent(d delivery, a ack) {
	for n, pause := range s.limits.retries {
		if a.ok() || a.final {
			return
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-s.ctx.Done():
			timer.Stop()
			return
		}
		d.retry, d.reason = n+1, retryReason(a.failure)
		a = s.deliver(d)
	}
}

func retryReason(failure string) string {
	switch failure {
	case "operation_timeout":
		return "http_timeout"
	case "dispatch_failed":
		return "connection_failed"
	default:
		return "http_error"
	}
}

func (s *Server) eventPayload(e event) obj {
	return obj{
		"token": s.secrets.verification, "team_id": s.ws.id, "context_team_id": s.ws.id, "context_enterprise_id": nil, "api_app_id": s.app.id,
		"event": e.body, "type": "event_callback", "event_id": "Ev" + strings.ToUpper(random(6)), "event_time": s.clock.Now().Unix(),
		"authorizations": list{obj{
			"enterprise_id": nil, "team_id": s.ws.id, "user_id": s.app.botUser, "is_bot": true, "is_enterprise_install": false,
		}},
		"is_ext_shared_channel": false, "event_context": "4-" + random(12),
	}
}
