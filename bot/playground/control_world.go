package playground

import (
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// controlState describes the workspace.
func (s *Server) controlState(*http.Request, ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	users, channels := list{}, list{}
	for _, u := range s.ws.users {
		users = append(users, s.userObject(u))
	}
	users = append(users, s.botObject())
	for _, c := range s.ws.channels {
		o := s.channelObject(c)
		o["members"] = slices.Clone(c.members)
		if c.isIM() {
			o["name"], o["is_private"], o["members"] = "", true, []string{c.user, s.app.botUser}
		}
		channels = append(channels, o)
	}
	groups := list{}
	for _, g := range s.ws.groups {
		groups = append(groups, s.groupObject(g, true))
	}
	mode := "socket"
	if s.eventsURL != "" {
		mode = "http"
	}
	return obj{
		"now": s.clock.Now().UnixMilli(), "team": obj{"id": s.ws.id, "name": s.ws.name, "domain": s.ws.domain, "locale": s.ws.locale},
		"users": users, "channels": channels, "usergroups": groups, "connected": s.sockets.count(), "mode": mode,
		"features": s.features, "faults": s.faults.list(), "app": obj{
			"id": s.app.id, "name": s.app.name, "bot_user_id": s.app.botUser, "bot_id": s.app.botID, "bot_name": s.app.botName,
			"commands": nonNil(s.app.commands), "shortcuts": nonNil(s.app.shortcuts),
			"scopes": slices.Sorted(maps.Keys(s.app.scopes)), "events": slices.Sorted(maps.Keys(s.app.events)),
		},
	}, nil
}

func nonNil[T any](l []T) []T { return append([]T{}, l...) }

// controlMessages lists what a person sees in a channel, or in one thread of it, oldest first.
func (s *Server) controlMessages(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := ""
	if in.User != "" {
		u, err := s.actor(in)
		if err != nil {
			return nil, err
		}
		user = u.ID
	}
	c := s.ws.channel(in.Channel, user)
	if c == nil || user != "" && !c.sees(user) {
		return nil, problem("channel_not_found")
	}
	out := list{}
	for _, m := range c.messages {
		hidden := m.only != "" && m.only != user
		inThread := m.ts == in.ThreadTS || m.threadTS == in.ThreadTS
		if hidden || in.ThreadTS != "" && !inThread || in.ThreadTS == "" && m.isReply() && m.subtype != "thread_broadcast" {
			continue
		}
		out = append(out, s.messageObject(c, m))
	}
	return obj{"channel": c.id, "messages": out}, nil
}

func (s *Server) controlNow(*http.Request, ask) (obj, error) {
	return obj{"now": s.clock.Now().UnixMilli()}, nil
}

// controlClock moves business time and returns when everything that fell due was done.
func (s *Server) controlClock(r *http.Request, in ask) (obj, error) {
	d, err := parseSpan(in.Advance)
	if err != nil {
		return nil, err
	}
	err = s.clock.Advance(r.Context(), d)
	now := s.clock.Now().UnixMilli()
	s.stream.tell(nil, obj{"type": "clock", "now": now})
	if err != nil {
		return nil, err
	}
	return obj{"now": now}, nil
}

// controlUser changes a person's settings.
func (s *Server) controlUser(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.actor(in)
	if err != nil {
		return nil, err
	}
	if in.TZ != "" {
		if _, err := time.LoadLocation(in.TZ); err != nil {
			return nil, problem(in.TZ + " is no time zone such as Europe/Berlin")
		}
	}
	u.Locale, u.TZ, u.RealName, u.Title = or(in.Locale, u.Locale), or(in.TZ, u.TZ), or(in.RealName, u.RealName), or(in.Title, u.Title)
	u.updated = s.clock.Now()
	o := s.userObject(u)
	s.showState()
	s.tell(event{"user_change", obj{"user": o, "cache_ts": u.updated.Unix()}, u.ID, ""})
	return obj{"user": o}, nil
}

// controlJoin lets a person, or the app, into a channel.
func (s *Server) controlJoin(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, c, err := s.membership(in)
	if err != nil {
		return nil, err
	}
	if !c.has(user) {
		s.addMember(c, user)
	}
	return nil, nil
}

// controlLeave takes a person, or the app, out of a channel.
func (s *Server) controlLeave(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, c, err := s.membership(in)
	if err != nil {
		return nil, err
	}
	c.members = slices.DeleteFunc(slices.Clone(c.members), func(m string) bool { return m == user })
	s.showState()
	s.tell(event{"member_left_channel", obj{"user": user, "channel": c.id, "channel_type": strings.ToUpper(c.kind()[:1]), "team": s.ws.id}, user, c.id})
	return nil, nil
}

func (s *Server) membership(in ask) (string, *channel, error) {
	c := s.ws.channel(in.Channel, "")
	switch u := s.ws.user(in.User); {
	case c == nil || c.isIM():
		return "", nil, problem("channel_not_found")
	case c.archived:
		return "", nil, problem("is_archived")
	case s.app.isNamed(in.User):
		return s.app.botUser, c, nil
	case u != nil:
		return u.ID, c, nil
	}
	return "", nil, problem("user_not_found")
}

// controlArchive archives a channel.
func (s *Server) controlArchive(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.ws.channel(in.Channel, "")
	if c == nil || c.isIM() {
		return nil, problem("channel_not_found")
	}
	if c.archived {
		return nil, problem("already_archived")
	}
	c.archived = true
	s.showState()
	s.tell(event{c.kind() + "_archive", obj{"channel": c.id, "user": s.ws.id, "is_moved": 0}, "", c.id})
	return nil, nil
}

// controlAddUser is somebody new in the workspace.
func (s *Server) controlAddUser(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.ws.addUser(User{Name: in.User, RealName: in.RealName, Title: in.Title, Locale: in.Locale, TZ: in.TZ}, s.clock.Now())
	if err != nil {
		return nil, err
	}
	o := s.userObject(s.ws.user(in.User))
	s.showState()
	s.tell(event{"team_join", obj{"user": o, "cache_ts": s.clock.Now().Unix()}, in.User, ""})
	return obj{"user": o}, nil
}

// controlAddChannel makes a channel with those users in it; the app comes in by its name.
func (s *Server) controlAddChannel(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(in.Users) == 0 {
		return nil, problem("users must name who is in the channel")
	}
	if err := s.ws.addChannel(Channel{Name: strings.TrimPrefix(in.Channel, "#"), Private: in.Private, Members: in.Users}, s.app); err != nil {
		return nil, err
	}
	c := s.ws.channel(in.Channel, "")
	s.showState()
	if !c.private {
		s.tell(event{"channel_created", obj{"channel": obj{"id": c.id, "name": c.name, "creator": c.members[0], "created": s.clock.Now().Unix()}}, c.members[0], c.id})
	}
	return obj{"channel": s.channelObject(c)}, nil
}

// controlUserGroup changes who is in a user group.
func (s *Server) controlUserGroup(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.ws.group(in.UserGroup)
	if g == nil {
		return nil, problem("no_such_usergroup")
	}
	users, err := s.ws.userIDs(in.Users)
	if err != nil {
		return nil, err
	}
	g.Users, g.updated = users, s.clock.Now()
	s.showState()
	s.tell(event{"subteam_updated", obj{"subteam": s.groupObject(g, true)}, "", ""})
	return obj{"usergroup": s.groupObject(g, true)}, nil
}

// controlUpload is a person choosing a file, for a file input.
func (s *Server) controlUpload(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.actor(in)
	if err != nil {
		return nil, err
	}
	if in.Name == "" || len(in.Content) == 0 || len(in.Content) > maxFile {
		return nil, problem("a file needs a name and content in base64, at most 32 MB")
	}
	f := s.newFile(path.Base(in.Name), u.ID, len(in.Content))
	f.data = in.Content
	return obj{"file": s.fileObject(f)}, nil
}

// controlRedeliver sends a payload of the log to the app again, and returns each acknowledgement.
func (s *Server) controlRedeliver(_ *http.Request, in ask) (obj, error) {
	e, ok := s.journal.entry(in.N)
	if !ok || e.sent == nil {
		return nil, problem("entry " + strconv.Itoa(in.N) + " is no payload that the log still holds")
	}
	if in.Times > 100 {
		return nil, problem(fmt.Sprintf("times %d is too many; at most 100", in.Times))
	}
	replies := list{}
	for range max(in.Times, 1) {
		a := s.deliver(*e.sent)
		reply := obj{"payload": a.payload}
		if !a.ok() {
			reply["error"] = a.failure
		}
		replies = append(replies, reply)
	}
	return obj{"replies": replies}, nil
}

func (s *Server) serveFaults(w http.ResponseWriter, r *http.Request) {
	var in struct {
		fault
		Clear bool `json:"clear"`
		Warn  bool `json:"warn"`
	}
	if err := readJSON(w, r, &in); err != nil {
		refuse(w, err.Error())
		return
	}
	switch {
	case in.Clear:
		s.faults.clear()
	case in.Kind == "disconnect" && (in.Method == "" || in.Method == "socket"):
		s.disconnect(in.Times, in.Warn)
	default:
		if err := s.faults.add(in.fault); err != nil {
			refuse(w, err.Error())
			return
		}
	}
	reply(w, obj{"faults": s.faults.list()}, nil)
}

func (s *Server) serveFeatures(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	next := s.features
	s.mu.Unlock()
	if err := readJSON(w, r, &next); err != nil {
		refuse(w, err.Error())
		return
	}
	s.mu.Lock()
	s.features = next
	s.mu.Unlock()
	s.showState()
	reply(w, obj{"features": next}, nil)
}

func (s *Server) serveLog(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	reply(w, obj{"entries": s.journal.after(after)}, nil)
}
