package playground

import (
	"maps"
	"slices"
	"sort"
)

const (
	keptMessages = 5000 // per channel; older ones are forgotten
	keptVersions = 20   // per message
)

// message is one message of a channel. Blocks, attachments and metadata are never changed in place, so
// they may be shared with whoever reads them.
type message struct {
	ts, threadTS string
	user         string // author; the app's user for its messages
	subtype      string
	content
	edited    string // when, "" if never
	only      string // an ephemeral message: the one who sees it
	files     []string
	reactions map[string][]string
	state     map[string]obj // choices made on the message, by user: block id -> action id -> value
	versions  []content      // what it was before, oldest first
}

// content is what an update replaces.
type content struct {
	text                string
	blocks, attachments list
	metadata            obj
}

func (m *message) isReply() bool { return m.threadTS != "" && m.threadTS != m.ts }

// find returns the channel's message of that date, or nil.
func (c *channel) find(ts string) *message {
	i := sort.Search(len(c.messages), func(i int) bool { return c.messages[i].ts >= ts })
	if i < len(c.messages) && c.messages[i].ts == ts {
		return c.messages[i]
	}
	return nil
}

func (c *channel) add(m *message) {
	c.messages = append(c.messages, m)
	if m.isReply() {
		if c.threads == nil {
			c.threads = map[string][]*message{}
		}
		c.threads[m.threadTS] = append(c.threads[m.threadTS], m)
	}
	for len(c.messages) > keptMessages {
		c.remove(c.messages[0])
	}
}

func (c *channel) remove(m *message) {
	is := func(other *message) bool { return other == m }
	c.messages = slices.DeleteFunc(c.messages, is)
	if !m.isReply() {
		return
	}
	if rest := slices.DeleteFunc(c.threads[m.threadTS], is); len(rest) > 0 {
		c.threads[m.threadTS] = rest
	} else {
		delete(c.threads, m.threadTS)
	}
}

// replies are the answers to the message of that date which user may see ("" is the app).
func (c *channel) replies(ts, user string) []*message {
	var found []*message
	for _, m := range c.threads[ts] {
		if m.only == "" || m.only == user {
			found = append(found, m)
		}
	}
	return found
}

// replace gives the message new content and keeps the old.
func (m *message) replace(next content, ts string) {
	m.versions = append(m.versions, m.content)
	if len(m.versions) > keptVersions {
		m.versions = slices.Delete(m.versions, 0, 1)
	}
	m.content, m.edited = next, ts
}

// messageObject is the message as Slack gives it to anyone who may read it; threads are summed up on
// their first message.
func (s *Server) messageObject(c *channel, m *message) obj {
	o := obj{"type": "message", "user": m.user, "text": m.text, "ts": m.ts, "team": s.ws.id}
	if m.subtype != "" {
		o["subtype"] = m.subtype
	}
	if m.user == s.app.botUser {
		o["bot_id"], o["app_id"], o["bot_profile"] = s.app.botID, s.app.id, s.botProfile()
	}
	if m.blocks != nil {
		o["blocks"] = m.blocks
	}
	if m.attachments != nil {
		o["attachments"] = m.attachments
	}
	if m.metadata != nil {
		o["metadata"] = m.metadata
	}
	if m.edited != "" {
		o["edited"] = obj{"user": m.user, "ts": m.edited}
	}
	if m.only != "" {
		o["is_ephemeral"] = true
	}
	if len(m.files) > 0 {
		o["files"], o["upload"] = s.fileObjects(m.files), true
	}
	if len(m.reactions) > 0 {
		o["reactions"] = reactionObjects(m.reactions)
	}
	s.addThread(o, c, m)
	return o
}

func (s *Server) addThread(o obj, c *channel, m *message) {
	if m.isReply() {
		o["thread_ts"] = m.threadTS
		if parent := c.find(m.threadTS); parent != nil {
			o["parent_user_id"] = parent.user
		}
		return
	}
	replies := c.replies(m.ts, "")
	if len(replies) == 0 {
		return
	}
	var users []string
	for _, r := range replies {
		if !slices.Contains(users, r.user) {
			users = append(users, r.user)
		}
	}
	o["thread_ts"], o["reply_count"], o["reply_users"], o["reply_users_count"] = m.ts, len(replies), users, len(users)
	o["latest_reply"], o["is_locked"], o["subscribed"] = replies[len(replies)-1].ts, false, false
}

func reactionObjects(reactions map[string][]string) list {
	var out list
	for _, name := range slices.Sorted(maps.Keys(reactions)) {
		out = append(out, obj{"name": name, "users": reactions[name], "count": len(reactions[name])})
	}
	return out
}

// post adds a message to the channel, shows it and tells the app.
func (s *Server) post(c *channel, m *message) *message {
	m.ts = s.ws.nextTS(s.clock.Now())
	c.add(m)
	o := s.messageObject(c, m)
	if m.only != "" {
		s.show(c, m, "ephemeral", o)
		return m
	}
	s.show(c, m, "message", o)
	if m.isReply() {
		if parent := c.find(m.threadTS); parent != nil {
			s.show(c, parent, "message_changed", s.messageObject(c, parent))
		}
	}
	s.tellMessage(c, m, o)
	return m
}

// edit replaces the message's content, shows it and tells the app.
func (s *Server) edit(c *channel, m *message, next content) {
	before := s.messageObject(c, m)
	m.replace(next, s.ws.nextTS(s.clock.Now()))
	after := s.messageObject(c, m)
	if m.only != "" {
		s.show(c, m, "ephemeral_changed", after)
		return
	}
	s.show(c, m, "message_changed", after)
	s.tellChange(c, "message_changed", obj{"message": after, "previous_message": before})
}

// drop removes the message; the first of a thread leaves a tombstone.
func (s *Server) drop(c *channel, m *message) {
	before := s.messageObject(c, m)
	if m.only != "" {
		c.remove(m)
		s.show(c, m, "ephemeral_deleted", before)
		return
	}
	if !m.isReply() && len(c.replies(m.ts, "")) > 0 {
		m.subtype, m.user = "tombstone", "USLACKBOT"
		m.content = content{text: "This message was deleted."}
		s.show(c, m, "message_changed", s.messageObject(c, m))
	} else {
		c.remove(m)
		s.show(c, m, "message_deleted", before)
	}
	s.tellChange(c, "message_deleted", obj{"deleted_ts": m.ts, "previous_message": before})
}
