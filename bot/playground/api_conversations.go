package playground

import (
	"slices"
	"strings"
)

// scopeFor is the scope that reading that kind of channel needs; what is read or history.
func (c *channel) scopeFor(what string) string {
	return map[string]string{"im": "im:", "group": "groups:", "channel": "channels:"}[c.kind()] + what
}

// readable finds a channel that the app may look at.
func (s *Server) readableChannel(in args, what string) (*channel, error) {
	c, err := s.target(in.text("channel"), false)
	if err != nil {
		return nil, err
	}
	if !s.scope(c.scopeFor(what)) {
		return nil, s.missing(c.scopeFor(what))
	}
	return c, nil
}

func (s *Server) conversationsInfo(in args) (obj, error) {
	c, err := s.readableChannel(in, "read")
	if err != nil {
		return nil, err
	}
	o := s.channelObject(c)
	if !in.yes("include_num_members") {
		delete(o, "num_members")
	}
	if in.yes("include_locale") {
		o["locale"] = s.ws.locale
	}
	return obj{"channel": o}, nil
}

func (s *Server) conversationsList(in args) (obj, error) {
	kinds := strings.Split(or(in.text("types"), "public_channel"), ",")
	var all []obj
	for _, kind := range kinds {
		need := map[string]string{"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}[strings.TrimSpace(kind)]
		if need == "" {
			return nil, fail("invalid_types")
		}
		if !s.scope(need) {
			return nil, s.missing(need)
		}
	}
	for _, c := range s.ws.channels {
		kind := map[string]string{"im": "im", "group": "private_channel", "channel": "public_channel"}[c.kind()]
		hidden := c.private && !c.has(s.app.botUser) || c.archived && in.yes("exclude_archived")
		if slices.Contains(kinds, kind) && !hidden {
			all = append(all, s.channelObject(c))
		}
	}
	channels, next, err := page(all, in, 100)
	if err != nil {
		return nil, err
	}
	if channels == nil {
		channels = []obj{}
	}
	return obj{"channels": channels, "response_metadata": obj{"next_cursor": next}}, nil
}

func (s *Server) conversationsMembers(in args) (obj, error) {
	c, err := s.readableChannel(in, "read")
	if err != nil {
		return nil, err
	}
	all := c.members
	if c.isIM() {
		all = []string{c.user, s.app.botUser}
	}
	members, next, err := page(all, in, 100)
	if err != nil {
		return nil, err
	}
	return obj{"members": members, "response_metadata": obj{"next_cursor": next}}, nil
}

func (s *Server) conversationsOpen(in args) (obj, error) {
	users := strings.Split(in.text("users"), ",")
	c := s.ws.channel("dm", users[0])
	switch {
	case in.text("channel") != "":
		if c = s.ws.channel(in.text("channel"), ""); c == nil {
			return nil, fail("channel_not_found")
		}
	case in.text("users") == "":
		return nil, fail("users_list_not_supplied")
	case len(users) > 1:
		return nil, fail("not_enough_users") // there are no group direct messages here
	case c == nil:
		return nil, fail("user_not_found")
	}
	if !s.scope("im:write") {
		return nil, s.missing("im:write")
	}
	if in.yes("return_im") {
		return obj{"channel": s.channelObject(c)}, nil
	}
	return obj{"channel": obj{"id": c.id}}, nil
}

func (s *Server) conversationsJoin(in args) (obj, error) {
	c, err := s.target(in.text("channel"), false)
	switch {
	case err != nil:
		return nil, err
	case c.archived:
		return nil, fail("is_archived")
	case c.isIM() || c.private:
		return nil, fail("method_not_supported_for_channel_type")
	}
	if !c.has(s.app.botUser) {
		s.addMember(c, s.app.botUser)
	}
	return obj{"channel": s.channelObject(c)}, nil
}

// addMember lets a user in and tells everyone.
func (s *Server) addMember(c *channel, user string) {
	c.members = append(c.members, user)
	s.showState()
	s.tell(event{"member_joined_channel", obj{"user": user, "channel": c.id, "channel_type": strings.ToUpper(c.kind()[:1]), "team": s.ws.id}, user, c.id})
}

func (s *Server) conversationsHistory(in args) (obj, error) {
	c, err := s.readableChannel(in, "history")
	if err != nil {
		return nil, err
	}
	if !c.has(s.app.botUser) && !c.isIM() {
		return nil, fail("not_in_channel")
	}
	var all []*message
	for _, m := range slices.Backward(c.messages) {
		if m.only == "" && (!m.isReply() || m.subtype == "thread_broadcast") && within(m.ts, in) {
			all = append(all, m)
		}
	}
	return s.messagePage(c, all, in, 100)
}

func (s *Server) conversationsReplies(in args) (obj, error) {
	c, err := s.readableChannel(in, "history")
	if err != nil {
		return nil, err
	}
	if !c.has(s.app.botUser) && !c.isIM() {
		return nil, fail("not_in_channel")
	}
	parent := c.find(c.threadOf(in.text("ts")))
	if parent == nil || parent.only != "" {
		return nil, fail("thread_not_found")
	}
	all := []*message{parent}
	for _, m := range c.replies(parent.ts, "") {
		if within(m.ts, in) {
			all = append(all, m)
		}
	}
	return s.messagePage(c, all, in, 1000)
}

// within reports whether ts lies between oldest and latest, themselves included if inclusive says so.
func within(ts string, in args) bool {
	oldest, latest, inclusive := in.text("oldest"), in.text("latest"), in.yes("inclusive")
	if oldest != "" && oldest != "0" && (ts < oldest || ts == oldest && !inclusive) {
		return false
	}
	return latest == "" || ts < latest || ts == latest && inclusive
}

func (s *Server) messagePage(c *channel, all []*message, in args, fallback int) (obj, error) {
	part, next, err := page(all, in, fallback)
	if err != nil {
		return nil, err
	}
	messages := make(list, len(part))
	for i, m := range part {
		o := s.messageObject(c, m)
		if !in.yes("include_all_metadata") {
			delete(o, "metadata")
		}
		messages[i] = o
	}
	return obj{"messages": messages, "has_more": next != "", "pin_count": 0, "response_metadata": obj{"next_cursor": next}}, nil
}
