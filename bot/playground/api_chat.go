package playground

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxText       = 40000 // chat.postMessage cuts there
	maxUpdateText = 4000  // chat.update refuses above
	maxBlockText  = 13200 // all text of a message's blocks together
	maxMetadata   = 16 << 10
)

func (s *Server) chatPostMessage(in args) (obj, error) {
	c, err := s.target(in.text("channel"), true)
	if err != nil {
		return nil, err
	}
	next, err := s.readContent(in, content{}, maxText)
	if err != nil {
		return nil, err
	}
	m := &message{user: s.app.botUser, content: next, threadTS: c.threadOf(in.text("thread_ts"))}
	if m.isReply() && in.yes("reply_broadcast") {
		m.subtype = "thread_broadcast"
	}
	s.post(c, m)
	return obj{"channel": c.id, "ts": m.ts, "message": s.messageObject(c, m)}, nil
}

func (s *Server) chatUpdate(in args) (obj, error) {
	c, m, err := s.ownMessage(in, "cant_update_message")
	if err != nil {
		return nil, err
	}
	next, err := s.readContent(in, m.content, maxUpdateText)
	if err != nil {
		return nil, err
	}
	s.edit(c, m, next)
	return obj{"channel": c.id, "ts": m.ts, "text": m.text, "message": s.messageObject(c, m)}, nil
}

func (s *Server) chatDelete(in args) (obj, error) {
	c, m, err := s.ownMessage(in, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	s.drop(c, m)
	return obj{"channel": c.id, "ts": m.ts}, nil
}

func (s *Server) chatPostEphemeral(in args) (obj, error) {
	c, err := s.target(in.text("channel"), true)
	if err != nil {
		return nil, err
	}
	u := s.ws.user(in.text("user"))
	switch {
	case in.text("user") == "":
		return nil, invalid("invalid_arguments", []string{"missing required field: user"})
	case u == nil || !c.has(u.ID):
		return nil, fail("user_not_in_channel")
	}
	next, err := s.readContent(in, content{}, maxText)
	if err != nil {
		return nil, err
	}
	m := s.post(c, &message{user: s.app.botUser, content: next, threadTS: c.threadOf(in.text("thread_ts")), only: u.ID})
	return obj{"message_ts": m.ts}, nil
}

func (s *Server) chatGetPermalink(in args) (obj, error) {
	c := s.ws.channel(in.text("channel"), "")
	if c == nil || !c.sees(s.app.botUser) && !c.isIM() {
		return nil, fail("channel_not_found")
	}
	m := c.find(in.text("message_ts"))
	if m == nil || m.only != "" {
		return nil, fail("message_not_found")
	}
	return obj{"channel": c.id, "permalink": s.permalink(c, m)}, nil
}

func (s *Server) permalink(c *channel, m *message) string {
	link := s.base + "/archives/" + c.id + "/p" + strings.Replace(m.ts, ".", "", 1)
	if m.isReply() {
		link += "?thread_ts=" + m.threadTS + "&cid=" + c.id
	}
	return link
}

// target finds where the app wants to write; a user's id means the direct message with that person.
func (s *Server) target(ref string, write bool) (*channel, error) {
	if ref == "" {
		return nil, fail("channel_not_found")
	}
	c := s.ws.channel(ref, "")
	if u := s.ws.user(ref); c == nil && u != nil && u.ID == ref {
		c = s.ws.channel("dm", u.ID)
	}
	switch {
	case c == nil, c.private && !c.has(s.app.botUser):
		return nil, fail("channel_not_found")
	case write && c.archived:
		return nil, fail("is_archived")
	case write && !c.isIM() && !c.has(s.app.botUser) && !s.scope("chat:write.public"):
		return nil, fail("not_in_channel")
	}
	return c, nil
}

// ownMessage finds a message that the app may change.
func (s *Server) ownMessage(in args, refusal string) (*channel, *message, error) {
	c, err := s.target(in.text("channel"), true)
	if err != nil {
		return nil, nil, err
	}
	m := c.find(in.text("ts"))
	switch {
	case m == nil, m.only != "", m.subtype == "tombstone":
		return nil, nil, fail("message_not_found")
	case m.user != s.app.botUser:
		return nil, nil, fail(refusal)
	}
	return c, m, nil
}

// threadOf returns the date of the thread that a reply to ts belongs to. A reply to what is gone stands
// alone, as in Slack.
func (c *channel) threadOf(ts string) string {
	m := c.find(ts)
	switch {
	case m == nil:
		return ""
	case m.isReply():
		return m.threadTS
	default:
		return m.ts
	}
}

// readContent reads what a message says and refuses what Slack refuses. Before is what it said until
// now: an update with text and without blocks deletes the blocks; attachments and metadata stay.
func (s *Server) readContent(in args, before content, mostText int) (content, error) {
	next := before
	next.text = in.text("text")
	if n := utf8.RuneCountInString(next.text); n > mostText {
		if mostText < maxText {
			return next, fail("msg_too_long")
		}
		next.text = string([]rune(next.text)[:maxText])
	}
	blocks, err := s.readBlocks(in, "blocks", "invalid_blocks")
	if err != nil {
		return next, err
	}
	switch {
	case in.has("blocks"):
		next.blocks = blocks
	case in.has("text"):
		next.blocks = nil
	}
	if !in.has("text") {
		next.text = before.text
	}
	if in.has("attachments") {
		if next.attachments, err = s.readAttachments(in); err != nil {
			return next, err
		}
	}
	if next.text == "" && len(next.blocks) == 0 && len(next.attachments) == 0 {
		return next, fail("no_text")
	}
	if in.has("metadata") {
		next.metadata, err = readMetadata(in)
	}
	return next, err
}

// readBlocks reads and checks a message's blocks, and fills in the ids that were left out.
func (s *Server) readBlocks(in args, key, refusal string) (list, error) {
	v, ok := in.json(key)
	if v == nil && ok {
		return nil, nil
	}
	blocks, isList := v.(list)
	if !ok || !isList {
		return nil, fail(refusal + "_format")
	}
	if problems := s.checkBlocks(blocks, onMessage, "/"+key); len(problems) > 0 {
		return nil, invalid(refusal, problems)
	}
	if textOf(blocks) > maxBlockText {
		return nil, fail("msg_blocks_too_long")
	}
	s.fillIDs(blocks)
	if len(blocks) == 0 {
		return nil, nil
	}
	return blocks, nil
}

func (s *Server) readAttachments(in args) (list, error) {
	v, ok := in.json("attachments")
	attachments, isList := v.(list)
	if v == nil && ok {
		return nil, nil
	}
	if !ok || !isList {
		return nil, fail("invalid_attachments")
	}
	if len(attachments) > 100 {
		return nil, fail("too_many_attachments")
	}
	for i, a := range attachments {
		o, ok := a.(obj)
		if !ok {
			return nil, fail("invalid_attachments")
		}
		blocks, err := s.readBlocks(args(o), "blocks", "invalid_blocks")
		if err != nil {
			return nil, err
		}
		if blocks != nil {
			o["blocks"] = blocks
		}
		o["id"] = float64(i + 1)
	}
	return attachments, nil
}

// readMetadata reads message metadata: an event type and a payload.
func readMetadata(in args) (obj, error) {
	v, ok := in.json("metadata")
	if v == nil && ok {
		return nil, nil
	}
	meta, isObj := v.(obj)
	if !ok || !isObj {
		return nil, fail("invalid_metadata_format")
	}
	kind, _ := meta["event_type"].(string)
	payload, isPayload := meta["event_payload"].(obj)
	if kind == "" && len(payload) == 0 { // slack-go sends the empty one
		return nil, nil
	}
	if kind == "" || !isPayload {
		return nil, fail("invalid_metadata_schema")
	}
	if raw, _ := json.Marshal(meta); len(raw) > maxMetadata {
		return nil, fail("metadata_too_large")
	}
	return meta, nil
}

func (s *Server) reactionsAdd(in args) (obj, error) {
	c, err := s.target(in.text("channel"), true)
	if err != nil {
		return nil, err
	}
	m := c.find(in.text("timestamp"))
	if m == nil || m.only != "" {
		return nil, fail("message_not_found")
	}
	name := strings.Trim(in.text("name"), ":")
	if name == "" {
		return nil, fail("invalid_name")
	}
	if slices.Contains(m.reactions[name], s.app.botUser) {
		return nil, fail("already_reacted")
	}
	if m.reactions == nil {
		m.reactions = map[string][]string{}
	}
	m.reactions[name] = append(m.reactions[name], s.app.botUser)
	s.show(c, m, "message_changed", s.messageObject(c, m))
	return nil, nil
}
