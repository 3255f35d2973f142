package view

import (
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// TestLateLinesSayWhen dates a line of the thread that is posted long after what it tells.
func TestLateLinesSayWhen(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	h := History{Event: sales.Event{Type: sales.Created, Actor: "UANA", At: at}, Name: func(u string) string { return "Ana" }}
	for after, want := range map[time.Duration]string{
		0: "Ana created the deal.", 11 * time.Hour: "Ana created the deal.", 48 * time.Hour: "23 Nov: Ana created the deal.",
	} {
		h.Now = at.Add(after)
		if got := HistoryLine(text.For("en", time.UTC), h).Text; got != want {
			t.Errorf("after %v: %q, want %q", after, got, want)
		}
	}
}

// TestLoggedFromAMessage leads back to the message, whatever stands in its address.
func TestLoggedFromAMessage(t *testing.T) {
	p := &sales.Process{Activities: []sales.ActivityType{{Key: "call", Name: sales.Text{"en": "Call"}}}}
	h := History{
		Process: p, Event: sales.Event{Type: sales.Logged, Actor: "UANA", Data: sales.EventData{Kind: "call", Minutes: 10}},
		Name: func(string) string { return "Ana" }, Link: "https://a.example/archives/C1/p1?a=1&b=<2>",
	}
	const want = "Ana logged: Call, 10 min. · <https://a.example/archives/C1/p1?a=1&amp;b=%3C2%3E|Open the message>"
	if got := HistoryLine(text.For("en", time.UTC), h).Text; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
