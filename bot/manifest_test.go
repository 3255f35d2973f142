package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pipewright/bot/playground"
	"pipewright/handlers"
	"pipewright/internal/text"
	"pipewright/store"
)

var update = flag.Bool("update", false, "write the generated files anew")

// TestManifestFile keeps manifest.json in step with the routes.
func TestManifestFile(t *testing.T) {
	const file = "../manifest.json"
	want, err := manifest(english, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("manifest.json is out of step with the routes: go test ./bot -run TestManifestFile -update")
	}
}

// TestManifestKeepsSlacksLimits has the playground read it, which refuses what
// Slack refuses, with the longest prefix that is allowed.
func TestManifestKeepsSlacksLimits(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		t.Run(lang, func(t *testing.T) { manifestIn(t, lang) })
	}
}

func manifestIn(t *testing.T, lang string) {
	body, err := manifest(text.For(lang, nil), strings.Repeat("p", 20), "https://pipewright.example.com")
	if err != nil {
		t.Fatal(err)
	}
	ground, err := playground.New(playground.Config{Manifest: body})
	if err != nil {
		t.Fatal(err)
	}
	if err := ground.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var m struct {
		Display struct {
			Description string
			Long        string `json:"long_description"`
		} `json:"display_information"`
		Features struct {
			Commands  []struct{ Description, URL string } `json:"slash_commands"`
			Shortcuts []struct{ Name, Description string }
		}
	}
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	short, long := utf8.RuneCountInString(m.Display.Description), utf8.RuneCountInString(m.Display.Long)
	if short > 140 || long < 174 || long > 4000 {
		t.Errorf("descriptions of %d and %d characters", short, long)
	}
	for _, x := range m.Features.Shortcuts {
		if n := utf8.RuneCountInString(x.Name); n == 0 || n > 24 || x.Description == "" {
			t.Errorf("got %+v", x)
		}
	}
	if name := m.Features.Shortcuts[0].Name; (name == "New deal") != (lang == "en") {
		t.Errorf("the first shortcut is called %q", name)
	}
	for _, c := range m.Features.Commands {
		if c.URL != "https://pipewright.example.com/slack/commands" || c.Description == "" {
			t.Errorf("got %+v", c)
		}
	}
}

// TestShortcutsAreAnswered shows that each shortcut of the manifest has a handler.
func TestShortcutsAreAnswered(t *testing.T) {
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := ensureMap(t.Context(), st, time.Now()); err != nil {
		t.Fatal(err)
	}
	app := &handlers.App{Store: st, Log: slog.New(slog.DiscardHandler), Locale: "en-US", Zone: time.UTC, Bot: "U0BOT"}
	for _, s := range shortcuts(english) {
		reply, err := app.Handle(context.Background(), handlers.Intent{
			Kind: handlers.Shortcut, Key: s["callback_id"].(string), Name: s["callback_id"].(string), User: userAna, Channel: channelDeals,
			Trigger: "1.2", Note: "they want SSO", Now: time.Now(),
		})
		if err != nil || reply.Modal == nil {
			t.Errorf("%s opens no form: %+v, %v", s["name"], reply, err)
		}
	}
}

func TestManifestLink(t *testing.T) {
	var out bytes.Buffer
	status := execute(t.Context(), []string{"manifest", "--link"}, terminal{out: &out, err: &out, config: func() (Config, error) { return configFrom(nil) }})
	link, err := url.Parse(strings.TrimSpace(out.String()))
	if status != exitDone || err != nil || link.Host != "api.slack.com" {
		t.Fatal(status, err, out.String())
	}
	if !json.Valid([]byte(link.Query().Get("manifest_json"))) {
		t.Error("the link holds no manifest")
	}
}
