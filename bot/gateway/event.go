package gateway

import (
	"encoding/json"
	"fmt"
	"strings"

	"pipewright/handlers"
)

// callback is the envelope of an event.
type callback struct {
	Type      string          `json:"type"` // event_callback, url_verification
	Team      string          `json:"team_id"`
	App       string          `json:"api_app_id"`
	ID        string          `json:"event_id"`
	Challenge string          `json:"challenge"`
	Event     json.RawMessage `json:"event"`
}

// message is a message to us: a mention in a channel, one in a direct message, or an "ok" in a thread.
type message struct {
	User     string `json:"user"`
	UserTeam string `json:"user_team"`
	Bot      string `json:"bot_id"`
	Subtype  string `json:"subtype"`
	Channel  string `json:"channel"`
	Kind     string `json:"channel_type"`
	Text     string `json:"text"`
	TS       string `json:"ts"`
	Thread   string `json:"thread_ts"`
	Tab      string `json:"tab"` // of app_home_opened
}

// event translates an event. An Intent without a Kind needs nothing but its
// acknowledgement; a change of people is given to the mirror instead.
func (g *Gateway) event(c callback) (handlers.Intent, *change, error) {
	if err := g.ours(c.Team, c.App); err != nil {
		return handlers.Intent{}, nil, err
	}
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(c.Event, &kind); err != nil || kind.Type == "" || c.ID == "" {
		return handlers.Intent{}, nil, fmt.Errorf("%w: an event without a type or id", errMalformed)
	}
	switch kind.Type {
	case "user_change", "team_join", "subteam_updated", "subteam_created", "subteam_members_changed":
		ch, err := readChange(kind.Type, c.Event)
		return handlers.Intent{}, ch, err
	case "app_mention", "message", "app_home_opened":
	default:
		return handlers.Intent{}, nil, nil
	}
	var m message
	if err := json.Unmarshal(c.Event, &m); err != nil {
		return handlers.Intent{}, nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	if m.User == "" || m.User == g.Bot || m.Bot != "" || (m.UserTeam != "" && m.UserTeam != g.Team) {
		return handlers.Intent{}, nil, nil
	}
	in := handlers.Intent{Key: "event:" + c.ID, User: m.User, Channel: m.Channel, Now: g.Now()}
	switch {
	case kind.Type == "app_home_opened":
		if m.Tab == "" || m.Tab == "home" {
			in.Kind, in.Name = handlers.Event, kind.Type
		}
	case kind.Type == "app_mention", m.Kind == "im" && (m.Subtype == "" || m.Subtype == "file_share"):
		in.Kind, in.Name = handlers.Mention, kind.Type
		in.Text, in.Message, in.Thread = g.afterMention(m.Text), m.TS, m.Thread
	case m.Thread != "" && m.Subtype == "" && handlers.Assents(unescape(m.Text)):
		in.Kind, in.Name = handlers.Event, handlers.ThreadMessage
		in.Text, in.Message, in.Thread = unescape(m.Text), m.TS, m.Thread
	}
	return in, nil, nil
}

// afterMention returns what was said to us: what follows our name, or
// everything when it is not there.
func (g *Gateway) afterMention(text string) string {
	_, rest, found := strings.Cut(text, "<@"+g.Bot)
	if found {
		_, rest, _ = strings.Cut(rest, ">")
		text = rest
	}
	return strings.TrimSpace(unescape(text))
}
