package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// A long history comes in parts, and going back from button to button shows each event once.
func TestLongApprovalHistories(t *testing.T) {
	p := text.For("en", time.UTC)
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	h := ApprovalHistory{
		Deal: sales.Deal{ID: 7, Name: "Acme"}, Process: &sales.Process{Policies: []sales.Policy{{Kind: "quote"}}}, Name: func(u string) string { return u },
		Log: []sales.Event{{Version: 1, Type: sales.Created}, {Version: 2, At: at, Actor: "UANA", Type: sales.Requested, Data: sales.EventData{Kind: "quote", Approval: 1, Form: map[string]string{"discount": "0"}}}},
	}
	for i := 1; i <= 44; i++ {
		h.Log = append(h.Log, sales.Event{Version: 2 + i, At: at.Add(time.Duration(i) * time.Minute), Actor: "UANA", Type: sales.Edited, Data: sales.EventData{
			Kind: "quote", Approval: 1, Before: map[string]string{"discount": fmt.Sprint(i - 1)}, Form: map[string]string{"discount": fmt.Sprint(i)},
		}})
	}
	seen := map[string]int{}
	for page, label := range []string{"25 earlier", "5 earlier", ""} {
		_, blocks := h.Blocks(p)
		var button *slack.ButtonBlockElement
		for _, b := range blocks {
			switch b := b.(type) {
			case *slack.SectionBlock:
				seen[b.Text.Text]++
			case *slack.ActionBlock:
				button = b.Elements.ElementSet[0].(*slack.ButtonBlockElement)
			}
		}
		switch {
		case label == "" && button != nil, label != "" && (button == nil || button.Text.Text != label):
			t.Fatalf("page %d: %+v", page, button)
		case button != nil:
			var deal int
			if _, err := fmt.Sscanf(button.Value, "%d:%d:", &deal, &h.Before); err != nil || deal != 7 {
				t.Fatal(button.Value)
			}
		}
	}
	for i := range 44 {
		n := 0
		for text, times := range seen {
			if strings.Contains(text, fmt.Sprintf("version %d · Discount %d%% → %d%%", i+2, i, i+1)) {
				n += times
			}
		}
		if n != 1 {
			t.Errorf("version %d was told %d times", i+2, n)
		}
	}
	if _, blocks := (ApprovalHistory{Deal: h.Deal, Process: h.Process, Log: h.Log, Kind: "contract"}).Blocks(p); len(blocks) != 1 {
		t.Error("there is something of another kind")
	}
}
