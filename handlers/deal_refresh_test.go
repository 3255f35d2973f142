package handlers

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestCardsStayTrueAsTimePasses(t *testing.T) {
	w := ready(t)
	w.types(ana, "/deal new Beta")
	w.types(ana, "/deal set beta close 24 Nov")
	w.types(ana, "/deal new Rest")
	w.types(ana, "/deal park rest until 27 Nov")
	w.opensHome(ben)
	ctx := context.Background()
	due := func(at time.Time) string {
		t.Helper()
		w.now = at
		if err := w.app.refreshCards(ctx, at); err != nil {
			t.Fatal(err)
		}
		return strings.Join(w.deliver(), "\n")
	}
	for _, tt := range []struct {
		at   time.Time
		want []string // deals whose cards are drawn
		home bool     // Ben, who looks at his Home, sees it drawn anew: once a working day
	}{
		{monday, nil, true},
		{monday.Add(25 * time.Hour), nil, true},                              // Tuesday: nothing has passed
		{monday.Add(48 * time.Hour), []string{"Beta"}, true},                 // Wednesday: the close date has
		{monday.Add(48*time.Hour + time.Minute), nil, false},                 // once a day
		{monday.Add(72*time.Hour - time.Minute), nil, false},                 // before work begins
		{monday.Add(72 * time.Hour), []string{"Acme", "Beta", "Rest"}, true}, // Thursday: two working days are over
		{monday.Add(5*24*time.Hour + time.Hour), []string{"Rest"}, true},     // Saturday: parking has ended, and Friday was missed
		{monday.Add(7*24*time.Hour + 2*time.Hour), nil, true},                // Monday
		{monday.Add(8*24*time.Hour + 20*time.Hour), nil, true},               // Wednesday, before work begins
	} {
		said := due(tt.at)
		if home := strings.Contains(said, "card "+ben+": "); home != tt.home {
			t.Errorf("%s: Ben's Home was drawn: %v", tt.at, home)
		}
		if strings.Count(said, "card "+deals) != len(tt.want) {
			t.Errorf("%s: %q, want cards of %v", tt.at, said, tt.want)
		}
		for _, name := range tt.want {
			if !strings.Contains(said, name) {
				t.Errorf("%s: %q, want the card of %s", tt.at, said, name)
			}
		}
	}
	if next, err := w.app.nextRefresh(ctx, w.now); err != nil || !next.Equal(monday.Add(9*24*time.Hour)) {
		t.Errorf("next is %s, %v", next, err)
	}
	m, err := drawnCard(t, w.app, dealSubject(2), deals)
	if err != nil || !strings.Contains(shown(t, Reply{Blocks: m.Blocks}), "since 23 Nov, over the target since 24 Nov") {
		t.Errorf("%s %v", shown(t, Reply{Blocks: m.Blocks}), err)
	}
}
