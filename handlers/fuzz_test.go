package handlers

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// live is markup of Slack's that does something: pings, links, dates.
var live = regexp.MustCompile(`<[!@#]?[A-Za-z^][^<>]*>`)

// Whatever is typed, the answer is a sentence without anything of it alive.
func FuzzCommands(f *testing.F) {
	for _, line := range []string{
		`deal new "Acme" 12k EUR for <!channel>`, "deal set D-1 amount ¥12万", "log call acme 25m <@UANA> hi", "deal advance D-1 to demo override because *x*",
		"deal lost D-1 price because `y`", "deal park acme until 31 Feb", "deal next acme mail by friday", "report funnel last quarter @ana", "report subscribe digest <#C1> weekly mon 09:00 in Mars",
		"process stage demo", "process team add north <@UBEN>", "quote acme", "approvals waiting", "deal list stale", "deal “smart quotes” 5", "log 电话 acme 半小时", "deal undo D-9223372036854775807",
		"deal new 1.000.000,5 € x", "deal reopen acme because", "deal assign acme to me", "report outcomes from 1 Oct to 15 Nov", "deal wait acme for the customer", "?", "deal \x00\xff",
	} {
		f.Add(line)
	}
	w := ready(f)
	w.types(ana, `/deal new "<!channel> & *b*" 12k for <x>`)
	n := 0
	f.Fuzz(func(t *testing.T, line string) {
		name, text, _ := strings.Cut(line, " ")
		for _, user := range []string{ana, ada} {
			n++
			in := Intent{Kind: Command, Key: fmt.Sprintf("fuzz-%d", n), Name: name, Text: text, User: user, Channel: "CSALES", Trigger: "t", Now: monday.Add(time.Duration(n) * time.Minute)}
			r, err := answered(t, w.app, in)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			s := r.Text + "\n"
			for _, b := range textsOf(t, r) {
				s += b + "\n"
			}
			if strings.Contains(s, "went wrong") && !strings.Contains(line, "went wrong") {
				t.Fatalf("%q: %s", line, s)
			}
			for _, m := range live.FindAllString(s, -1) {
				if !ours.MatchString(m) {
					t.Fatalf("%q: %s is alive in %s", line, m, s)
				}
			}
		}
	})
}

// ours is the markup that answers may hold: people, channels, dates, links to web pages.
var ours = regexp.MustCompile(`^<(@U[A-Z0-9]*|#[CG][A-Z0-9]*|!date\^\d+\^[^<>]*|https?://[^<>]*|!subteam\^S[A-Z0-9]+)>$`)

// textsOf is every text in mrkdwn of an answer.
func textsOf(t *testing.T, r Reply) []string {
	blocks := nodes(t, r.Blocks)
	if r.Modal != nil {
		blocks = append(blocks, nodes(t, r.Modal.Blocks)...)
	}
	var out []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if s, ok := v["text"].(string); ok && v["type"] == "mrkdwn" {
				out = append(out, s)
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	for _, b := range blocks {
		walk(map[string]any(b))
	}
	return out
}
