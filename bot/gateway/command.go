package gateway

import (
	"fmt"
	"net/url"
	"strings"

	"pipewright/handlers"
)

// command is a slash command as Slack sends it: as a form over HTTP, as JSON
// over a socket.
type command struct {
	Team        string `json:"team_id"`
	App         string `json:"api_app_id"`
	User        string `json:"user_id"`
	Channel     string `json:"channel_id"`
	Command     string `json:"command"`
	Text        string `json:"text"`
	Trigger     string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
}

func commandOf(form url.Values) command {
	return command{
		Team: form.Get("team_id"), App: form.Get("api_app_id"), User: form.Get("user_id"), Channel: form.Get("channel_id"),
		Command: form.Get("command"), Text: form.Get("text"), Trigger: form.Get("trigger_id"), ResponseURL: form.Get("response_url"),
	}
}

func (g *Gateway) command(c command) (handlers.Intent, error) {
	if err := g.ours(c.Team, c.App); err != nil {
		return handlers.Intent{}, err
	}
	if c.User == "" || c.Command == "" || c.Trigger == "" {
		return handlers.Intent{}, fmt.Errorf("%w: a command without user, name or trigger", errMalformed)
	}
	name := strings.TrimPrefix(strings.TrimPrefix(c.Command, "/"), g.Prefix)
	return handlers.Intent{
		Kind: handlers.Command, Key: "command:" + c.Trigger, Name: name, Text: unescape(c.Text), User: c.User, Channel: c.Channel,
		Trigger: c.Trigger, ResponseURL: c.ResponseURL, Now: g.Now(),
	}, nil
}

// ours refuses payloads of other workspaces and apps.
func (g *Gateway) ours(team, app string) error {
	if team != g.Team || (app != "" && g.App != "" && app != g.App) {
		return fmt.Errorf("%w: team %q, app %q", errForeign, team, app)
	}
	return nil
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// unescape returns the text as the person typed it. Mentions keep their <@U…> form.
func unescape(text string) string { return entities.Replace(text) }
