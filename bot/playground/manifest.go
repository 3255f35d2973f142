package playground

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// app is what the manifest says of the installed app.
type app struct {
	id, name, botName    string
	botUser, botID       string
	commands             []command
	shortcuts            []shortcut
	scopes, events       map[string]bool
	homeTab, interactive bool
}

type command struct {
	Command      string `json:"command"`
	Description  string `json:"description"`
	UsageHint    string `json:"usage_hint"`
	ShouldEscape bool   `json:"should_escape"`
}

type shortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"` // global or message
	CallbackID  string `json:"callback_id"`
	Description string `json:"description"`
}

type manifest struct {
	Display  struct{ Name string } `json:"display_information"`
	Features struct {
		AppHome struct {
			HomeTabEnabled bool `json:"home_tab_enabled"`
		} `json:"app_home"`
		BotUser struct {
			DisplayName string `json:"display_name"`
		} `json:"bot_user"`
		Shortcuts     []shortcut
		SlashCommands []command `json:"slash_commands"`
	}
	OAuthConfig struct {
		Scopes struct {
			Bot         []string
			BotOptional []string `json:"bot_optional"`
		}
	} `json:"oauth_config"`
	Settings struct {
		EventSubscriptions struct {
			BotEvents []string `json:"bot_events"`
		} `json:"event_subscriptions"`
		Interactivity struct {
			IsEnabled bool `json:"is_enabled"`
		}
	}
}

// readManifest takes the app from its manifest, with what Slack refuses in one refused.
func readManifest(raw []byte) (app, error) {
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return app{}, fmt.Errorf("playground: the manifest is no JSON that Slack would take: %w", err)
	}
	if m.Display.Name == "" {
		return app{}, errors.New("playground: the manifest has no display_information.name")
	}
	a := app{
		name: m.Display.Name, botName: m.Features.BotUser.DisplayName,
		commands: m.Features.SlashCommands, shortcuts: m.Features.Shortcuts,
		homeTab: m.Features.AppHome.HomeTabEnabled, interactive: m.Settings.Interactivity.IsEnabled,
		scopes: map[string]bool{}, events: map[string]bool{},
	}
	if a.botName == "" {
		a.botName = a.name
	}
	a.id, a.botUser, a.botID = makeID("A", a.name), makeID("U", "bot "+a.name), makeID("B", a.name)
	for _, scope := range append(m.OAuthConfig.Scopes.Bot, m.OAuthConfig.Scopes.BotOptional...) {
		a.scopes[scope] = true
	}
	for _, event := range m.Settings.EventSubscriptions.BotEvents {
		a.events[event] = true
	}
	return a, a.check()
}

func (a app) check() error {
	if len(a.commands) > 50 {
		return fmt.Errorf("playground: the manifest has %d slash commands, Slack allows 50", len(a.commands))
	}
	for _, c := range a.commands {
		if !strings.HasPrefix(c.Command, "/") || len(c.Command) > 32 || strings.ToLower(c.Command) != c.Command || strings.ContainsAny(c.Command, " \t") {
			return fmt.Errorf("playground: %q is no slash command: a slash, lower case, no spaces, at most 32 characters", c.Command)
		}
		if c.Description == "" {
			return fmt.Errorf("playground: the command %s has no description", c.Command)
		}
	}
	if len(a.shortcuts) > 10 {
		return fmt.Errorf("playground: the manifest has %d shortcuts, Slack allows 10", len(a.shortcuts))
	}
	for _, c := range a.shortcuts {
		if c.Type != "global" && c.Type != "message" || c.CallbackID == "" || c.Name == "" || len([]rune(c.Name)) > 24 {
			return fmt.Errorf("playground: the shortcut %q needs a type (global, message), a callback_id, and a name of at most 24 characters", c.Name)
		}
	}
	return nil
}

func (a app) command(name string) (command, bool) {
	for _, c := range a.commands {
		if c.Command == name {
			return c, true
		}
	}
	return command{}, false
}
