package sales

import (
	"slices"
	"testing"
	"time"
)

// A deal that was imported without its history has creation and close, but
// nobody knows when it entered its stages: no stay may be made up.
func TestImportWithoutHistoryHasNoStays(t *testing.T) {
	created := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	log := []Event{
		{Deal: 7, Version: 1, At: created, Type: Created, Data: EventData{To: "demo", NoStay: true}},
		{Deal: 7, Version: 2, At: created.AddDate(0, 1, 0), Type: Moved, Data: EventData{From: "demo", To: "signed", Direction: ExitWon, NoStay: true}},
	}
	open, won := Fold(log[:1]), Fold(log)
	if len(open.Stays)+len(won.Stays) != 0 {
		t.Fatalf("stays were made up: %v %v", open.Stays, won.Stays)
	}
	if open.Deal.Stage != "demo" || !open.Deal.Entered.IsZero() || !open.Deal.Created.Equal(created) {
		t.Errorf("open deal = %+v", open.Deal)
	}
	if won.Deal.Status != Won || !won.Deal.Closed.Equal(created.AddDate(0, 1, 0)) || won.Deal.Stage != "signed" {
		t.Errorf("won deal = %+v", won.Deal)
	}

	// When not even its creation is known, it comes before everything and is zero.
	undated := Fold([]Event{{Deal: 7, Version: 1, At: Undated, Type: Created, Data: EventData{To: "demo", NoStay: true}}})
	if !undated.Deal.Created.IsZero() || undated.Deal.Status != Open || !Undated.Before(created) {
		t.Errorf("undated deal = %+v", undated.Deal)
	}

	// Once it is worked here, its stays are known.
	later := created.AddDate(0, 2, 0)
	h := Fold(append(log[:1:1], Event{Deal: 7, Version: 2, At: later, Type: Moved, Data: EventData{From: "demo", To: "proposal", Direction: ExitForward}}))
	if len(h.Stays) != 1 || h.Stays[0].Stage != "proposal" || !h.Stays[0].Entered.Equal(later) || h.Stays[0].Visit != 1 {
		t.Errorf("stays = %+v", h.Stays)
	}
}

// Without an entry time a deal is not over its target, and it is quiet only when its
// creation is known and long ago.
func TestAttentionWithoutEntryTime(t *testing.T) {
	p := Shipped().Processes[0]
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	d := Deal{Stage: "demo", Status: Open}
	if got := Attention(d, p, now); len(got) != 0 {
		t.Errorf("nothing is known, but the deal needs attention: %v", got)
	}
	d.Created = now.AddDate(0, -1, 0)
	if got := Attention(d, p, now); !slices.Equal(got, []Alert{Quiet}) {
		t.Errorf("attention = %v, want quiet alone", got)
	}
	if age := Age(d, p, now); age != 0 {
		t.Errorf("age = %v, want 0 for an unknown entry", age)
	}
}
