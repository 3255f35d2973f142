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
