// Package limitstest holds messages, forms and App Homes against Slack's limits, for the tests of those who
// build them. The playground's rules say what Slack refuses; here stands what we want beyond that.
package limitstest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"pipewright/bot/playground"
	"pipewright/reports"
)

const (
	maxText    = 4000   // of a message, for notifications
	maxBlocks  = 10_000 // characters in all blocks of a message
	maxOptions = 20_000 // bytes of an option list or of a form's errors
)

// Message fails the test when Slack would refuse the message. Its pictures are checked as images and as
// what stands in their place.
func Message(t testing.TB, where, text string, blocks []slack.Block) {
	t.Helper()
	if n := len([]rune(text)); n > maxText || strings.TrimSpace(text) == "" {
		t.Errorf("%s: a text of %d characters", where, n)
	}
	pings(t, where, text)
	for _, shown := range [][]slack.Block{pictured(blocks), instead(blocks)} {
		raw := encoded(t, where, shown)
		refused(t, where, playground.RefusedBlocks(raw))
		if n := walk(t, where, raw); n > maxBlocks {
			t.Errorf("%s: %d characters in all", where, n)
		}
	}
}

// Form fails the test when Slack would refuse the modal.
func Form(t testing.TB, where string, m *slack.ModalViewRequest) {
	t.Helper()
	if m.Blocks.BlockSet == nil {
		t.Errorf("%s: no blocks, which Slack gets as null", where)
	}
	raw := encoded(t, where, m)
	refused(t, where, playground.RefusedView(raw))
	walk(t, where, raw)
}

// Home fails the test when Slack would refuse the App Home.
func Home(t testing.TB, where string, h *slack.HomeTabViewRequest) {
	t.Helper()
	for _, shown := range [][]slack.Block{pictured(h.Blocks.BlockSet), instead(h.Blocks.BlockSet)} {
		v := *h
		v.Blocks.BlockSet = shown
		raw := encoded(t, where, v)
		refused(t, where, playground.RefusedView(raw))
		walk(t, where, raw)
	}
}

// Options fails the test when Slack would refuse the list that a select is answered with.
func Options(t testing.TB, where string, options []*slack.OptionBlockObject) {
	t.Helper()
	if raw := encoded(t, where, options); len(raw) > maxOptions {
		t.Errorf("%s: options of %d bytes", where, len(raw))
	}
	if len(options) == 0 {
		return
	}
	list := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "options", options...)
	Message(t, where, "options", []slack.Block{slack.NewActionBlock("", list)})
}

// Errors fails the test when the form has no block for an error, or Slack would not show it.
func Errors(t testing.TB, where string, errs map[string]string) {
	t.Helper()
	if raw := encoded(t, where, errs); len(raw) > maxOptions {
		t.Errorf("%s: errors of %d bytes", where, len(raw))
	}
	for block, sentence := range errs {
		if block == "" || strings.TrimSpace(sentence) == "" {
			t.Errorf("%s: error %q at block %q", where, sentence, block)
		}
	}
}

func encoded(t testing.TB, where string, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Errorf("%s: %v", where, err)
	}
	if string(raw) == "null" {
		return []byte("[]")
	}
	return raw
}

func refused(t testing.TB, where string, problems []string) {
	t.Helper()
	for _, p := range problems {
		t.Errorf("%s: %s", where, p)
	}
}

var (
	ping     = regexp.MustCompile(`<!(channel|here|everyone)`)
	dangling = regexp.MustCompile(`&[a-z#0-9]{0,4}…|<[^>\s]*…$`)
)

func pings(t testing.TB, where, text string) {
	t.Helper()
	if ping.MatchString(text) {
		t.Errorf("%s would ping: %.80s", where, text)
	}
	if m := dangling.FindString(text); m != "" {
		t.Errorf("%s is cut in the middle of %q", where, m)
	}
}

// walk looks at every text in mrkdwn, and counts the characters of all texts but those of tables.
func walk(t testing.TB, where string, raw []byte) int {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Errorf("%s: %v", where, err)
	}
	return walkIn(t, where, v)
}

func walkIn(t testing.TB, where string, v any) (characters int) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for i, x := range v {
			characters += walkIn(t, fmt.Sprintf("%s/%d", where, i), x)
		}
	case map[string]any:
		if v["type"] == "data_table" || v["type"] == "table" {
			return 0
		}
		if s, ok := v["text"].(string); ok {
			characters += len([]rune(s))
			if v["type"] == "mrkdwn" {
				pings(t, where, s)
			}
		}
		for name, x := range v {
			characters += walkIn(t, where+"/"+name, x)
		}
	}
	return characters
}

// pictured and instead put in the place of pictures what Slack gets, with them and without.
func pictured(blocks []slack.Block) []slack.Block {
	return replaced(blocks, func(x reports.Picture) []slack.Block { return []slack.Block{x.Image("F012345678")} })
}

func instead(blocks []slack.Block) []slack.Block { return replaced(blocks, reports.Picture.Instead) }

func replaced(blocks []slack.Block, by func(reports.Picture) []slack.Block) []slack.Block {
	out := []slack.Block{}
	for _, b := range blocks {
		if x, ok := b.(reports.Picture); ok {
			out = append(out, by(x)...)
		} else {
			out = append(out, b)
		}
	}
	return out
}
