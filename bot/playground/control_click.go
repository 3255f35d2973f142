package playground

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// place is where a person clicks: a message, a modal or Home.
type place struct {
	user    User
	channel *channel
	message *message // as clicked: perhaps an earlier version
	view    *view
	all     []element // what can be used there
}

// place finds what the request points at. Server.mu is held.
func (s *Server) place(in ask) (place, error) {
	u, err := s.actor(in)
	if err != nil {
		return place{}, err
	}
	p := place{user: *u}
	switch in.Channel {
	case "modal":
		if p.view = s.top(u.ID); p.view == nil {
			return p, problem("no_open_view")
		}
		p.all = elementsOf(asList(p.view.body["blocks"]))
	case "home":
		if p.view = s.ws.homes[u.ID]; p.view == nil {
			return p, problem("home_not_published")
		}
		p.all = elementsOf(asList(p.view.body["blocks"]))
	default:
		p.channel = s.ws.channel(in.Channel, u.ID)
		if p.channel == nil || !p.channel.sees(u.ID) {
			return p, problem("channel_not_found")
		}
		p.message = p.channel.find(in.TS)
		if p.message == nil || p.message.only != "" && p.message.only != u.ID {
			return p, problem("message_not_found")
		}
		p.all = elementsOfContent(p.message.content)
	}
	return p, nil
}

func elementsOfContent(c content) []element {
	found := elementsOf(c.blocks)
	for _, a := range c.attachments {
		attachment, _ := a.(obj)
		found = append(found, elementsOf(asList(attachment["blocks"]))...)
	}
	return found
}

// choose picks the element that the request means: by action, block, and a button's value or text.
func choose(all []element, in ask) (element, bool) {
	var fitting []element
	for _, e := range all {
		if e.actionID == in.ActionID && (in.BlockID == "" || e.blockID == in.BlockID) {
			fitting = append(fitting, e)
		}
	}
	wanted, _ := in.Value.(string)
	for _, e := range fitting {
		if e.kind() == "button" && wanted != "" && (args(e.body).text("value") == wanted || e.label() == wanted) {
			return e, true
		}
	}
	if len(fitting) == 0 {
		return element{}, false
	}
	return fitting[0], true
}

// find finds the element; a stale click looks for it in what the message said before.
func (p *place) find(in ask) (element, error) {
	if !in.Stale || p.message == nil {
		if e, ok := choose(p.all, in); ok {
			return e, nil
		}
		return element{}, problem("no_such_action")
	}
	for _, old := range slices.Backward(p.message.versions) {
		if e, ok := choose(elementsOfContent(old), in); ok {
			then := *p.message
			then.content = old
			p.message, p.all = &then, elementsOfContent(old)
			return e, nil
		}
	}
	return element{}, problem("no_such_action")
}

// controlClick presses a button or picks something, and returns when the app acknowledged.
func (s *Server) controlClick(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	p, err := s.place(in)
	var e element
	if err == nil {
		e, err = p.find(in)
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	action, err := s.action(p, e, in.Value)
	if err != nil {
		return nil, err
	}
	var filled []filling // what else is filled in by now
	if p.view != nil {
		if filled, err = s.readValues(p, in.Values); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	fill(p.view, filled)
	d, dispatched, err := s.prepareClick(p, e, action)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	out := obj{}
	if address := args(e.body).text("url"); address != "" {
		out["url"] = address
	}
	if !dispatched {
		return out, nil
	}
	return out, s.perform(d)
}

// perform delivers an act whose acknowledgement carries nothing in Slack; the log says so when it does.
func (s *Server) perform(d delivery) error {
	a := s.deliver(d)
	if !a.ok() {
		return problem(a.failure)
	}
	if a.payload != nil {
		s.note(Entry{Dir: "ack", Method: d.kind, User: d.user, Channel: d.channel, Status: "payload_ignored"})
	}
	return nil
}

// action is the entry of the payload's actions: the element, and what was chosen.
func (s *Server) action(p place, e element, chosen any) (obj, error) {
	out := obj{"type": e.kind(), "action_id": e.actionID, "block_id": e.blockID, "action_ts": slackTS(time.Now().UnixMicro())}
	for _, key := range []string{"text", "value", "style", "url", "placeholder", "initial_option", "initial_user", "initial_date", "timezone"} {
		if v, ok := e.body[key]; ok {
			out[key] = v
		}
	}
	switch {
	case e.kind() == "overflow":
		o, err := pick(e.options(), chosen)
		if err != nil {
			return nil, err
		}
		out["selected_option"] = o
	case e.isStateful():
		value, err := s.valueOf(p, e, chosen)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, value)
	case e.kind() == "feedback_buttons":
		o, err := pick(list{e.body["positive_button"], e.body["negative_button"]}, chosen)
		if err != nil {
			return nil, err
		}
		out["value"], out["text"] = o["value"], o["text"]
	}
	return out, nil
}

// prepareClick remembers the choice and writes the payload. An input that dispatches nothing is only filled.
func (s *Server) prepareClick(p place, e element, action obj) (delivery, bool, error) {
	if e.isStateful() {
		s.remember(p, e, action)
	}
	if e.input != nil && !args(e.input).yes("dispatch_action") {
		return delivery{}, false, nil
	}
	if !s.app.interactive {
		return delivery{}, false, problem("interactivity_disabled")
	}
	trigger, _ := s.triggers.issue(p.user.ID, p.view != nil && p.view != s.ws.homes[p.user.ID])
	payload := s.interaction(&p.user, "block_actions", trigger)
	payload["actions"] = list{action}
	s.describe(payload, p)
	d := delivery{kind: kindInteractive, user: p.user.ID, payload: payload}
	if p.message != nil {
		d.channel = p.channel.id
		id, _ := s.hooks.issue(hook{user: p.user.ID, channel: p.channel.id, message: p.message.ts})
		payload["response_url"] = s.base + "/hooks/" + id
	}
	return d, true, nil
}

// remember keeps a choice: in the view's state, or in the message's for that person.
func (s *Server) remember(p place, e element, action obj) {
	h := holdings[e.kind()]
	value := obj{"type": e.kind(), h.key: action[h.key]}
	if zone, ok := action["timezone"]; ok {
		value["timezone"] = zone
	}
	if p.view != nil {
		setState(p.view.state, e.blockID, e.actionID, value)
		return
	}
	if p.message.state == nil {
		p.message.state = map[string]obj{}
	}
	if p.message.state[p.user.ID] == nil {
		p.message.state[p.user.ID] = obj{}
	}
	setState(p.message.state[p.user.ID], e.blockID, e.actionID, value)
}

// describe adds where the person acted to a payload.
func (s *Server) describe(payload obj, p place) {
	if p.view != nil {
		payload["container"] = obj{"type": "view", "view_id": p.view.id}
		payload["view"] = s.viewObject(p.view)
		return
	}
	container := obj{"type": "message", "message_ts": p.message.ts, "channel_id": p.channel.id, "is_ephemeral": p.message.only != ""}
	if p.message.isReply() {
		container["thread_ts"] = p.message.threadTS
	}
	payload["container"], payload["channel"] = container, obj{"id": p.channel.id, "name": p.channel.shownName()}
	payload["state"] = obj{"values": messageState(p)}
	if p.message.only == "" { // Slack leaves ephemeral messages out
		payload["message"] = s.messageObject(p.channel, p.message)
	}
}

// messageState is what the person has chosen on a message so far.
func messageState(p place) obj {
	out := obj{}
	for _, e := range p.all {
		if !e.isStateful() {
			continue
		}
		value := e.initialValue()
		if kept, ok := stateValue(p.message.state[p.user.ID], e.blockID, e.actionID); ok {
			value = kept
		}
		setState(out, e.blockID, e.actionID, value)
	}
	return out
}

// controlOptions asks the app for the options of an external select.
func (s *Server) controlOptions(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	p, err := s.place(in)
	var e element
	if err == nil {
		e, err = p.find(ask{ActionID: in.ActionID, BlockID: in.BlockID, Stale: in.Stale})
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	typed, _ := in.Value.(string)
	return s.suggest(p, e, typed)
}

// suggest asks the app what fits what was typed: options, or groups of them.
func (s *Server) suggest(p place, e element, typed string) (obj, error) {
	if !strings.HasSuffix(e.kind(), "external_select") {
		return nil, problem("not_an_external_select")
	}
	s.mu.Lock()
	payload := s.interaction(&p.user, "block_suggestion", "")
	payload["action_id"], payload["block_id"], payload["value"] = e.actionID, e.blockID, typed
	s.describe(payload, p)
	delete(payload, "state")
	d := delivery{kind: kindInteractive, user: p.user.ID, payload: payload}
	if p.channel != nil {
		d.channel = p.channel.id
	}
	s.mu.Unlock()
	a := s.deliver(d)
	if !a.ok() {
		return nil, problem(a.failure)
	}
	answer, _ := a.payload.(obj)
	c := &checker{}
	rule := object(nil, fields{"options": items(0, 100, option), "option_groups": items(0, 100, optionGroup)}, either("options", "option_groups"))
	if rule(c, "", answer); len(c.problems) > 0 {
		return nil, problem("invalid_options: " + c.problems[0])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ws.searched) > 1000 {
		s.ws.searched = map[string]list{}
	}
	s.ws.searched[searchKey(p, e)] = optionsIn(answer)
	return maps.Clone(answer), nil
}

func searchKey(p place, e element) string { return p.user.ID + " " + e.blockID + " " + e.actionID }
