package playground

import (
	"net/http"
	"strings"
	"time"
)

// controlCommand types a slash command and returns what the person sees of the answer.
func (s *Server) controlCommand(r *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	d, h, tr, err := s.prepareCommand(in)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	name := args(d.payload).text("command")
	a := s.deliver(d)
	if !a.ok() {
		return nil, problem(name + ` failed with the error "` + a.failure + `"`)
	}
	if in, ok := messageOf(a.payload); ok {
		s.mu.Lock()
		reply, err := s.respond(h, in)
		s.mu.Unlock()
		if err != nil {
			s.note(Entry{Dir: "ack", Method: kindCommand, User: d.user, Channel: d.channel, Status: err.Error()})
			return nil, problem(name + ` failed with the error "invalid_command_response" (` + err.Error() + ")")
		}
		return obj{"reply": reply}, nil
	}
	return obj{"reply": s.lateReply(r, h, tr)}, nil
}

// lateReply waits for an answer over the response URL, or for a modal, after an empty acknowledgement.
func (s *Server) lateReply(r *http.Request, h *hook, tr *trigger) any {
	timer := time.NewTimer(s.limits.lateReply)
	defer timer.Stop()
	select {
	case reply := <-h.first:
		return reply
	case <-tr.used:
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
	return nil
}

func (s *Server) prepareCommand(in ask) (delivery, *hook, *trigger, error) {
	none := delivery{}
	u, c, err := s.scene(in)
	if err != nil {
		return none, nil, nil, err
	}
	name, text := in.Command, in.Text
	if first, rest, ok := strings.Cut(strings.TrimSpace(name), " "); ok { // all of it in one field
		name, text = first, strings.TrimSpace(rest+" "+text)
	}
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	cmd, ok := s.app.command(strings.ToLower(name))
	switch {
	case !ok:
		return none, nil, nil, problem(name + " is not a valid command. In Slack, all messages that start with the \"/\" character are interpreted as commands.")
	case in.ThreadTS != "":
		return none, nil, nil, problem(cmd.Command + " is not supported in threads. Sorry!")
	}
	if cmd.ShouldEscape {
		text = s.encodeText(text, true)
	}
	trigger, tr := s.triggers.issue(u.ID, false)
	id, h := s.hooks.issue(hook{user: u.ID, channel: c.id})
	return delivery{kind: kindCommand, user: u.ID, channel: c.id, payload: obj{
		"token": s.secrets.verification, "team_id": s.ws.id, "team_domain": s.ws.domain, "channel_id": c.id, "channel_name": c.shownName(),
		"user_id": u.ID, "user_name": u.Name, "command": cmd.Command, "text": strings.TrimSpace(text), "api_app_id": s.app.id,
		"is_enterprise_install": "false", "response_url": s.base + "/hooks/" + id, "trigger_id": trigger,
	}}, h, tr, nil
}

// controlMessage posts what a person writes.
func (s *Server) controlMessage(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.scene(in)
	if err != nil {
		return nil, err
	}
	m := &message{user: u.ID, content: content{text: s.encodeText(strings.TrimSpace(in.Text), false)}}
	if m.text == "" {
		return nil, problem("no_text")
	}
	if in.ThreadTS != "" {
		if m.threadTS = c.threadOf(in.ThreadTS); m.threadTS == "" {
			return nil, problem("thread_not_found")
		}
	}
	m.blocks = list{obj{"type": "rich_text", "block_id": s.ws.nextID("b"), "elements": list{obj{"type": "rich_text_section", "elements": richTextOf(m.text)}}}}
	s.post(c, m)
	return obj{"channel": c.id, "ts": m.ts, "message": s.messageObject(c, m)}, nil
}

// controlShortcut uses a global shortcut, or one on a message.
func (s *Server) controlShortcut(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	d, err := s.prepareShortcut(in)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return nil, s.perform(d)
}

func (s *Server) prepareShortcut(in ask) (delivery, error) {
	u, err := s.actor(in)
	if err != nil {
		return delivery{}, err
	}
	kind := ""
	for _, known := range s.app.shortcuts {
		if known.CallbackID == in.CallbackID {
			kind = known.Type
		}
	}
	switch {
	case !s.app.interactive:
		return delivery{}, problem("interactivity_disabled")
	case kind == "":
		return delivery{}, problem("no_such_shortcut")
	}
	trigger, _ := s.triggers.issue(u.ID, false)
	payload := s.interaction(u, "shortcut", trigger)
	payload["callback_id"], payload["action_ts"] = in.CallbackID, slackTS(time.Now().UnixMicro())
	if kind == "message" {
		c := s.ws.channel(in.Channel, u.ID)
		if c == nil || !c.sees(u.ID) {
			return delivery{}, problem("channel_not_found")
		}
		m := c.find(in.TS)
		if m == nil || m.only != "" {
			return delivery{}, problem("message_not_found")
		}
		id, _ := s.hooks.issue(hook{user: u.ID, channel: c.id, message: m.ts})
		payload["type"], payload["message"], payload["message_ts"] = "message_action", s.messageObject(c, m), m.ts
		payload["channel"], payload["response_url"] = obj{"id": c.id, "name": c.shownName()}, s.base+"/hooks/"+id
		in.Channel = c.id
	}
	return delivery{kind: kindInteractive, user: u.ID, channel: in.Channel, payload: payload}, nil
}

// interaction is what all interactive payloads share.
func (s *Server) interaction(u *User, kind, trigger string) obj {
	o := obj{
		"type": kind, "team": obj{"id": s.ws.id, "domain": s.ws.domain}, "token": s.secrets.verification, "api_app_id": s.app.id,
		"user":       obj{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": s.ws.id},
		"enterprise": nil, "is_enterprise_install": false,
	}
	if trigger != "" {
		o["trigger_id"] = trigger
	}
	return o
}
