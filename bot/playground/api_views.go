package playground

import (
	"encoding/json"
	"maps"
	"slices"
)

const (
	maxView  = 250 << 10 // bytes of JSON
	maxStack = 3         // a root and two pushed onto it
)

// view is a modal or a Home tab. Its content is replaced, never changed in place.
type view struct {
	id, user, root, previous string
	hash                     string
	body                     obj // as the app gave it, with ids filled in
	state                    obj // block id -> action id -> value
}

func (s *Server) viewsOpen(in args) (obj, error) {
	body, tr, err := s.exchange(in)
	if err != nil {
		return nil, err
	}
	s.triggers.spend(tr)
	s.ws.views[tr.user] = nil
	v := s.push(tr.user, body)
	return obj{"view": s.viewObject(v)}, nil
}

func (s *Server) viewsPush(in args) (obj, error) {
	body, tr, err := s.exchange(in)
	if err != nil {
		return nil, err
	}
	switch depth := len(s.ws.views[tr.user]); {
	case !tr.modal || depth == 0:
		return nil, fail("invalid_trigger_id") // only an action inside a modal can push onto it
	case depth >= maxStack:
		return nil, fail("push_limit_reached")
	}
	s.triggers.spend(tr)
	v := s.push(tr.user, body)
	return obj{"view": s.viewObject(v)}, nil
}

// exchange reads the view and checks the trigger of a call that opens a modal.
func (s *Server) exchange(in args) (obj, *trigger, error) {
	id := or(in.text("trigger_id"), in.text("interactivity_pointer"))
	if id == "" {
		return nil, nil, invalid("invalid_arguments", []string{"missing required field: trigger_id"})
	}
	tr, err := s.triggers.check(id, s.limits.trigger)
	if err != nil {
		return nil, nil, err
	}
	body, err := s.readView(in, "modal")
	if err != nil {
		return nil, nil, err
	}
	return body, tr, s.uniqueExternalID(body, nil)
}

// readView reads and checks the view of a call, and fills in its blocks' ids.
func (s *Server) readView(in args, kind string) (obj, error) {
	v, ok := in.json("view")
	body, isObj := v.(obj)
	if !ok || !isObj {
		return nil, invalid("invalid_arguments", []string{"missing required field: view"})
	}
	return body, s.checkView(body, kind)
}

func (s *Server) checkView(body obj, kind string) error {
	if raw, _ := json.Marshal(body); len(raw) > maxView {
		return fail("view_too_large")
	}
	if problems := s.viewProblems(body, kind); len(problems) > 0 {
		return invalid("invalid_arguments", problems)
	}
	blocks, _ := body["blocks"].(list)
	s.fillIDs(blocks)
	return nil
}

// uniqueExternalID refuses an external id that another open view has.
func (s *Server) uniqueExternalID(body obj, except *view) error {
	id := args(body).text("external_id")
	if other := s.viewByExternalID(id); id != "" && other != nil && other != except {
		return fail("duplicate_external_id")
	}
	return nil
}

func (s *Server) viewByExternalID(id string) *view {
	return s.findView(func(v *view) bool { return args(v.body).text("external_id") == id })
}

func (s *Server) findView(is func(*view) bool) *view {
	for _, stack := range s.ws.views {
		if i := slices.IndexFunc(stack, is); i >= 0 {
			return stack[i]
		}
	}
	for _, home := range s.ws.homes {
		if is(home) {
			return home
		}
	}
	return nil
}

// push puts a modal on top of the user's stack and shows it.
func (s *Server) push(user string, body obj) *view {
	v := &view{id: s.ws.nextID("V"), user: user}
	v.root = v.id
	if stack := s.ws.views[user]; len(stack) > 0 {
		v.root, v.previous = stack[0].id, stack[len(stack)-1].id
	}
	s.setBody(v, body)
	s.ws.views[user] = append(s.ws.views[user], v)
	s.showView(user)
	return v
}

// setBody gives the view new content. What was filled in stays where block and action are the same.
func (s *Server) setBody(v *view, body obj) {
	before := v.state
	v.body, v.state = body, obj{}
	v.hash = slackTS(s.clock.Now().UnixMicro())[:10] + "." + random(4)
	blocks, _ := body["blocks"].(list)
	for _, e := range elementsOf(blocks) {
		if !e.isStateful() {
			continue
		}
		value := e.initialValue()
		if kept, ok := stateValue(before, e.blockID, e.actionID); ok && kept["type"] == e.kind() {
			value = kept
		}
		setState(v.state, e.blockID, e.actionID, value)
	}
}

func (s *Server) viewsUpdate(in args) (obj, error) {
	var v *view
	switch id, external := in.text("view_id"), in.text("external_id"); {
	case id != "":
		v = s.findView(func(v *view) bool { return v.id == id })
	case external != "":
		v = s.viewByExternalID(external)
	default:
		return nil, invalid("invalid_arguments", []string{"missing required field: view_id"})
	}
	if v == nil {
		return nil, fail("not_found")
	}
	if hash := in.text("hash"); hash != "" && hash != v.hash {
		return nil, fail("hash_conflict")
	}
	kind, _ := v.body["type"].(string)
	body, err := s.readView(in, kind)
	if err != nil {
		return nil, err
	}
	if err := s.uniqueExternalID(body, v); err != nil {
		return nil, err
	}
	s.setBody(v, body)
	s.showChanged(v)
	return obj{"view": s.viewObject(v)}, nil
}

func (s *Server) showChanged(v *view) {
	if s.ws.homes[v.user] == v {
		s.stream.tell(isUser(v.user), obj{"type": "home", "view": s.viewObject(v)})
		return
	}
	s.showView(v.user)
}

func (s *Server) viewsPublish(in args) (obj, error) {
	u := s.ws.user(in.text("user_id"))
	switch {
	case !s.app.homeTab:
		return nil, fail("not_enabled")
	case u == nil || u.ID != in.text("user_id"):
		return nil, fail("user_not_found")
	}
	v := s.ws.homes[u.ID]
	if hash := in.text("hash"); hash != "" && v != nil && hash != v.hash {
		return nil, fail("hash_conflict")
	}
	body, err := s.readView(in, "home")
	if err != nil {
		return nil, err
	}
	if err := s.uniqueExternalID(body, v); err != nil {
		return nil, err
	}
	if v == nil {
		id := s.ws.nextID("V")
		v = &view{id: id, root: id, user: u.ID}
	}
	s.setBody(v, body)
	s.ws.homes[u.ID] = v
	for _, published := range s.ws.homeWaits[u.ID] {
		close(published)
	}
	delete(s.ws.homeWaits, u.ID)
	s.showChanged(v)
	return obj{"view": s.viewObject(v)}, nil
}

// top is the modal that the user sees, or nil.
func (s *Server) top(user string) *view {
	if stack := s.ws.views[user]; len(stack) > 0 {
		return stack[len(stack)-1]
	}
	return nil
}

// viewObject is the view as Slack gives it, with what is filled in.
func (s *Server) viewObject(v *view) obj {
	o := obj{
		"id": v.id, "team_id": s.ws.id, "app_id": s.app.id, "app_installed_team_id": s.ws.id, "bot_id": s.app.botID,
		"callback_id": "", "private_metadata": "", "external_id": "", "title": nil, "submit": nil, "close": nil,
		"clear_on_close": false, "notify_on_close": false, "hash": v.hash, "root_view_id": v.root, "previous_view_id": nil,
		"state": obj{"values": copyState(v.state)},
	}
	maps.Copy(o, v.body)
	if v.previous != "" {
		o["previous_view_id"] = v.previous
	}
	return o
}
