package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"pipewright/handlers"
	"pipewright/internal/text"
)

// english is the language of manifest.json and of the playground's app.
var english = text.For("en", nil)

// appName is the bot's name in Slack.
const appName = "Pipewright"

type manifestCommand struct {
	HTTP string `name:"http" placeholder:"URL" help:"For HTTP mode: the public address of the bot, such as https://pipewright.example.com."`
	Link bool   `help:"Print a link that opens Slack with the manifest filled in."`
}

// Run prints the manifest of the Slack app.
func (c *manifestCommand) Run(t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	if c.HTTP != "" {
		u, err := url.Parse(c.HTTP)
		if err != nil || u.Scheme != "https" || u.Host == "" {
			return &usageError{cfg.printer().T("--http %s: give the public address, beginning with https://", c.HTTP)}
		}
	}
	body, err := manifest(cfg.printer(), cfg.Prefix, strings.TrimSuffix(c.HTTP, "/"))
	if err != nil {
		return err
	}
	if c.Link {
		_, err = fmt.Fprintln(t.out, "https://api.slack.com/apps?new_app=1&manifest_json="+url.QueryEscape(compact(body)))
		return err
	}
	_, err = t.out.Write(body)
	return err
}

// Scopes of the bot token: without the first it cannot work; where one of the
// others is missing its feature is off.
var (
	scopes = []string{"app_mentions:read", "chat:write", "commands", "im:history", "users:read"}
	wishes = []scopeWish{
		{"files:write", text.Msg("for pictures of the process and of charts")},
		{"files:read", text.Msg("for files that are attached to a request for an approval")},
		{"channels:history", text.Msg("to see whether a message stands when Slack's answer was lost, and an “ok” that an approver types in a thread")},
		{"groups:history", text.Msg("the same in private channels")},
		{"im:write", text.Msg("the same for the first message to somebody")},
		{"channels:read", text.Msg("for doctor to tell whether the bot is in the channels that it posts to, and whether they are archived")},
		{"groups:read", text.Msg("the same in private channels")},
		{"usergroups:read", text.Msg("for roles that are held by user groups, and for steps that ask them")},
		{"chat:write.public", text.Msg("to post into public channels without being invited")},
	}
	botEvents = []string{"app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "subteam_created", "subteam_members_changed", "subteam_updated", "team_join", "user_change"}
)

// scopeWish is an optional scope and what it is good for.
type scopeWish struct{ scope, use string }

// obj is JSON as it stands.
type obj = map[string]any

// manifest builds the app's manifest from the routes, in the workspace's language: Slack
// shows everybody the same. base is the public address for HTTP mode, or "" for Socket Mode.
func manifest(p text.Printer, prefix, base string) ([]byte, error) {
	optional := make([]string, len(wishes))
	for i, w := range wishes {
		optional[i] = w.scope
	}
	events := obj{"bot_events": botEvents}
	interactivity := obj{"is_enabled": true}
	if base != "" {
		events["request_url"] = base + "/slack/events"
		interactivity["request_url"] = base + "/slack/interactions"
		interactivity["message_menu_options_url"] = base + "/slack/interactions"
	}
	commands, err := slashCommands(p, prefix, base)
	if err != nil {
		return nil, err
	}
	body, err := json.MarshalIndent(obj{
		"display_information": obj{
			"name": appName, "background_color": "#1f3a5f",
			"description":      p.T("Work your deals, get quotes approved and see where your sales process is stuck."),
			"long_description": p.T("Pipewright maps your sales process, keeps one card for each deal, asks for the approvals that a quote or a contract needs, and shows every week where the process is stuck. Your data stays on your own machine."),
		},
		"features": obj{
			"app_home":       obj{"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false},
			"bot_user":       obj{"display_name": appName, "always_online": true},
			"shortcuts":      shortcuts(p),
			"slash_commands": commands,
		},
		"oauth_config": obj{"scopes": obj{"bot": scopes, "bot_optional": optional}},
		"settings": obj{
			"event_subscriptions": events, "interactivity": interactivity, "org_deploy_enabled": false,
			"socket_mode_enabled": base == "", "token_rotation_enabled": false,
		},
	}, "", "  ")
	return append(body, '\n'), err
}

// shortcuts are Slack's shortcuts; their callback ids are the handlers'.
func shortcuts(p text.Printer) []obj {
	return []obj{
		{"name": p.T("New deal"), "type": "global", "callback_id": "new_deal", "description": p.T("Begin a deal")},
		{"name": p.T("Log an activity"), "type": "global", "callback_id": "log_activity", "description": p.T("A call, a demo, a visit")},
		{"name": p.T("Log to a deal"), "type": "message", "callback_id": "log_message", "description": p.T("Keep this message with a deal")},
	}
}

// slashCommands lists the commands of the routes. The first route of each says what
// it is about; the hint names the first of its verbs.
func slashCommands(p text.Printer, prefix, base string) ([]obj, error) {
	var out []obj
	seen, verbs := map[string]obj{}, map[string][]string{}
	for _, r := range handlers.Routes() {
		c := seen[r.Command]
		if c == nil {
			c = obj{"command": "/" + prefix + r.Command, "description": p.T(r.About), "usage_hint": hint(p, r), "should_escape": true}
			if base != "" {
				c["url"] = base + "/slack/commands"
			}
			seen[r.Command] = c
			out = append(out, c)
		}
		if r.Verb == "" { // the command alone describes it best
			c["description"], c["usage_hint"] = p.T(r.About), hint(p, r)
		} else if command := c["command"].(string); len(verbs[command]) < 3 {
			verbs[command] = append(verbs[command], r.Verb)
		}
	}
	for _, c := range out {
		hint := append([]string{c["usage_hint"].(string)}, verbs[c["command"].(string)]...)
		c["usage_hint"] = strings.TrimPrefix(strings.Join(append(hint, "help"), " | "), " | ")
		if len(c["command"].(string)) > 32 {
			return nil, fmt.Errorf("the command %s is longer than Slack's 32 characters; choose a shorter COMMAND_PREFIX", c["command"])
		}
	}
	if len(out) == 0 {
		return nil, errors.New("there are no commands")
	}
	return out, nil
}

func hint(p text.Printer, r handlers.Route) string {
	if r.Args == "" {
		return ""
	}
	return p.T(r.Args)
}

// compact takes the white space out of JSON.
func compact(body []byte) string {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return string(body)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return string(body)
	}
	return string(raw)
}
