package handlers

import (
	"strings"
	"testing"
	"time"

	"pipewright/internal/text"
)

// TestExamplesReachTheirCommand keeps the examples of help from drifting from what is understood.
func TestExamplesReachTheirCommand(t *testing.T) {
	for _, r := range Routes() {
		if r.About == "" || len(r.Examples) == 0 {
			t.Errorf("%s %s has no help", r.Command, r.Verb)
		}
		for _, lang := range []string{"en", "zh"} {
			p := text.For(lang, time.UTC)
			for _, e := range r.Examples {
				line := example(p, e)
				name, rest, _ := strings.Cut(line, " ")
				words := split(rest)
				typed := ""
				if len(words) > 0 && !words[0].Quoted {
					typed = words[0].Text
				}
				found, ok := verb(name, typed)
				if !ok {
					found, ok = verb(name, "")
				}
				if !ok || found.Command != r.Command || found.Verb != r.Verb {
					t.Errorf("%q does not reach %s %s", line, r.Command, r.Verb)
				}
			}
		}
	}
}

func TestNearest(t *testing.T) {
	verbs := []string{"list", "lost", "advance", "assign", "won", "推进"}
	for typed, want := range map[string]string{"lsit": "list", "advnce": "advance", "ADVANCED": "advance", "asign": "assign", "wom": "won", "adv": "advance", "lo": "", "推": "", "xyz": "", "": ""} {
		if got, _ := nearest(typed, verbs); got != want {
			t.Errorf("nearest(%q) = %q, want %q", typed, got, want)
		}
	}
}
