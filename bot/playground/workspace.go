package playground

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Workspace is who and what stands in the workspace at the start. Ids left out are made from names,
// the same ones every time.
type Workspace struct {
	Name       string      `json:"name"`
	Domain     string      `json:"domain"`
	Locale     string      `json:"locale"` // such as en-US; the default of its users
	Users      []User      `json:"users"`
	Channels   []Channel   `json:"channels"`
	UserGroups []UserGroup `json:"user_groups"`
}

// User is one person.
type User struct {
	ID       string `json:"id"`
	Name     string `json:"name"` // the handle, written @name
	RealName string `json:"real_name"`
	Title    string `json:"title"`
	Email    string `json:"email"`
	Locale   string `json:"locale"`
	TZ       string `json:"tz"` // such as Europe/Berlin
	Admin    bool   `json:"admin"`

	updated time.Time
}

// Channel is a public or private channel. Members are ids or names; the app's own name puts it there
// too, and a channel without members has everybody in it, the app as well.
type Channel struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Private bool     `json:"private"`
	Members []string `json:"members"`
	Topic   string   `json:"topic"`
}

// UserGroup is people who are mentioned together.
type UserGroup struct {
	ID     string   `json:"id"`
	Handle string   `json:"handle"`
	Name   string   `json:"name"`
	Users  []string `json:"users"`

	updated time.Time
}

// features are what this workspace's Slack offers.
type features struct {
	NativeBlocks bool     `json:"native_blocks"`  // tables, charts, cards and containers are accepted
	RateLimits   bool     `json:"rate_limits"`    // Slack's rates apply, in real time
	WithoutScope []string `json:"without_scopes"` // scopes that the installation was not granted
}

// workspace is the present state. Server.mu guards it.
type workspace struct {
	id, name, domain, locale string
	created                  time.Time
	users                    []*User
	channels                 []*channel // direct messages with the app among them
	groups                   []*UserGroup
	lastTS                   int64 // microseconds: message dates are unique and only grow
	ids                      int   // for block ids and view ids
	views                    map[string][]*view
	homes                    map[string]*view
	homeWaits                map[string][]chan struct{} // closed when that user's Home is published
	files                    map[string]*file
	fileOrder                []string
	searched                 map[string]list // options that the app offered last, by user and element
}

type channel struct {
	id, name, topic   string
	private, archived bool
	user              string // the person, in a direct message
	members           []string
	messages          []*message            // by date
	threads           map[string][]*message // replies by the date of what they reply to
}

// makeID makes a Slack-looking id out of a name: always the same one.
func makeID(prefix, name string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return prefix + "0" + base32.StdEncoding.EncodeToString(sum[:])[:9]
}

// load fills the workspace from its description. It returns an error that names what contradicts itself.
func (ws *workspace) load(w Workspace, a app, now time.Time) error {
	ws.name, ws.domain, ws.locale, ws.created = or(w.Name, "Playground"), or(w.Domain, "playground"), or(w.Locale, "en-US"), now
	ws.id = makeID("T", ws.name)
	ws.views, ws.homes, ws.files, ws.searched = map[string][]*view{}, map[string]*view{}, map[string]*file{}, map[string]list{}
	ws.homeWaits = map[string][]chan struct{}{}
	for _, u := range w.Users {
		if err := ws.addUser(u, now); err != nil {
			return err
		}
	}
	for _, c := range w.Channels {
		if err := ws.addChannel(c, a); err != nil {
			return err
		}
	}
	for _, g := range w.UserGroups {
		ids, err := ws.userIDs(g.Users)
		if err != nil {
			return fmt.Errorf("playground: user group %s: %w", g.Handle, err)
		}
		g.ID, g.Name, g.Users, g.updated = or(g.ID, makeID("S", g.Handle)), or(g.Name, g.Handle), ids, now
		ws.groups = append(ws.groups, &g)
	}
	return nil
}

func (ws *workspace) addUser(u User, now time.Time) error {
	u.Name = or(u.Name, strings.ToLower(u.RealName))
	if u.Name == "" {
		return fmt.Errorf("playground: user %q has no name", u.ID)
	}
	u.ID, u.RealName, u.Locale, u.TZ = or(u.ID, makeID("U", u.Name)), or(u.RealName, u.Name), or(u.Locale, ws.locale), or(u.TZ, "UTC")
	if _, err := time.LoadLocation(u.TZ); err != nil {
		return fmt.Errorf("playground: user %s: %q is no time zone such as Europe/Berlin", u.Name, u.TZ)
	}
	if ws.user(u.ID) != nil || ws.user(u.Name) != nil {
		return fmt.Errorf("playground: user %s is there twice", u.Name)
	}
	u.updated = now
	ws.users = append(ws.users, &u)
	ws.channels = append(ws.channels, &channel{id: "D" + strings.TrimPrefix(makeID("", u.ID), "0"), user: u.ID})
	return nil
}

func (ws *workspace) addChannel(c Channel, a app) error {
	if c.Name == "" || ws.channel(c.Name, "") != nil || c.ID != "" && ws.channel(c.ID, "") != nil {
		return fmt.Errorf("playground: channel %q has no name or is there twice", c.Name)
	}
	ch := &channel{id: or(c.ID, makeID("C", c.Name)), name: c.Name, private: c.Private, topic: c.Topic}
	if len(c.Members) == 0 {
		for _, u := range ws.users {
			ch.members = append(ch.members, u.ID)
		}
		ch.members = append(ch.members, a.botUser)
	}
	for _, name := range c.Members {
		id := a.botUser
		if !a.isNamed(name) {
			u := ws.user(name)
			if u == nil {
				return fmt.Errorf("playground: channel %s: there is no user %q", c.Name, name)
			}
			id = u.ID
		}
		if !ch.has(id) {
			ch.members = append(ch.members, id)
		}
	}
	ws.channels = append(ws.channels, ch)
	return nil
}

// isNamed reports whether someone who writes that means the app.
func (a app) isNamed(name string) bool {
	return name == a.botUser || strings.EqualFold(strings.TrimPrefix(name, "@"), a.botName)
}

// user finds a person by id, name or full name, or returns nil.
func (ws *workspace) user(ref string) *User {
	ref = strings.TrimPrefix(ref, "@")
	for _, u := range ws.users {
		if u.ID == ref || strings.EqualFold(u.Name, ref) || strings.EqualFold(u.RealName, ref) {
			return u
		}
	}
	return nil
}

func (ws *workspace) userIDs(refs []string) ([]string, error) {
	ids := make([]string, 0, len(refs))
	for _, ref := range refs {
		u := ws.user(ref)
		if u == nil {
			return nil, fmt.Errorf("there is no user %q", ref)
		}
		ids = append(ids, u.ID)
	}
	return ids, nil
}

// channel finds a channel by id or name, or returns nil; "dm" is the app's direct message with that user.
func (ws *workspace) channel(ref, user string) *channel {
	ref = strings.TrimPrefix(ref, "#")
	for _, c := range ws.channels {
		if c.id == ref || c.name != "" && c.name == ref || ref == "dm" && user != "" && c.user == user {
			return c
		}
	}
	return nil
}

func (ws *workspace) group(ref string) *UserGroup {
	for _, g := range ws.groups {
		if g.ID == ref || g.Handle == strings.TrimPrefix(ref, "@") || g.Name == ref {
			return g
		}
	}
	return nil
}

// nextTS dates the next message.
func (ws *workspace) nextTS(now time.Time) string {
	ws.lastTS = max(ws.lastTS+1, now.UnixMicro())
	return slackTS(ws.lastTS)
}

// nextID makes the ids that Slack fills in for blocks and views.
func (ws *workspace) nextID(prefix string) string {
	ws.ids++
	return makeID(prefix, fmt.Sprint(ws.id, ws.ids))
}

func (c *channel) isIM() bool { return c.user != "" }

// has reports whether that user, the app's user included, is in the channel.
func (c *channel) has(user string) bool { return slices.Contains(c.members, user) || c.user == user }

// sees reports whether that user may read the channel.
func (c *channel) sees(user string) bool {
	return c.has(user) || !c.private && !c.isIM()
}

func (c *channel) kind() string {
	switch {
	case c.isIM():
		return "im"
	case c.private:
		return "group"
	default:
		return "channel"
	}
}

// shownName is the channel's name as payloads give it.
func (c *channel) shownName() string {
	switch {
	case c.isIM():
		return "directmessage"
	case c.private:
		return "privategroup"
	default:
		return c.name
	}
}

func or(value, fallback string) string {
	if value != "" {
		return value
	}
	return fallback
}
