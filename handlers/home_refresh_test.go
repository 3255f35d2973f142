package handlers

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestHomeFollowsWhatHappensElsewhere has others and the person themselves change in
// channels what Homes show, and counts which Homes are drawn anew.
func TestHomeFollowsWhatHappensElsewhere(t *testing.T) {
	w := withApprovers(t)
	w.types(ana, "/deal new Acme pilot 12k EUR")
	for _, user := range []string{ana, ben, maxim, li} {
		w.opensHome(user)
	}
	homes, clock := &Homes{Store: w.app.Store}, time.Now()
	look := func() string {
		t.Helper()
		clock = clock.Add(time.Minute)
		if _, err := w.app.Store.Seal(context.Background(), w.now); err != nil {
			t.Fatal(err)
		}
		if err := homes.Refresh(context.Background(), clock); err != nil {
			t.Fatal(err)
		}
		drawn := ""
		for _, line := range w.deliver() {
			if user, ok := strings.CutSuffix(strings.TrimPrefix(line, "card "), ": "); ok {
				drawn += user + " "
			}
		}
		return drawn
	}
	look() // a program that has just begun takes everything for new
	for _, tt := range []struct {
		what string
		do   func()
		want string
	}{
		{"nothing", func() {}, ""},
		{"a call for a deal", func() { w.types(ana, "/log call pilot 25m") }, "UANA UMAX "},
		{"another's deal", func() { w.types(maxim, "/deal set pilot amount 13k") }, "UANA UMAX "},
		{"a deal that was given away", func() { w.types(maxim, "/deal assign pilot @ben") }, "UANA UBEN UMAX ULI "},
		{"a request for approval", func() { w.submits(ben, w.types(ben, "/quote pilot"), map[string]string{"approval.amount": "11k"}) }, "UANA UBEN UMAX ULI "},
		{"a question about it", func() { w.types(raj, "/approval ask pilot why 11k?") }, "UANA UBEN UMAX ULI "},
		{"a change of the map", func() { w.types(maxim, "/process team add north <@UNEW>") }, "UANA UBEN UMAX ULI "},
	} {
		tt.do()
		if got := look(); got != tt.want {
			t.Errorf("after %s the Homes of %q were drawn anew, want %q", tt.what, got, tt.want)
		}
	}

	w.types(ben, "/log call pilot 5m")
	clock = clock.Add(-time.Minute)
	w.types(ben, "/log demo pilot 5m")
	if got := look(); got != "" {
		t.Errorf("drawn twice within %v: %q", homeEvery, got)
	}
	if got := look(); got != "UBEN UMAX " {
		t.Errorf("what had to wait was forgotten: %q", got)
	}
	clock = clock.Add(homeLately)
	w.types(ben, "/log call pilot 10m")
	if got := look(); got != "" {
		t.Errorf("nobody looks any more: %q", got)
	}
}

func TestOwnSettingsShowInHome(t *testing.T) {
	w := newWorld(t)
	if w.types(ana, "/deal mute"); w.redraws(ana) {
		t.Error("a Home that was never opened is drawn")
	}
	w.opensHome(ana)
	if w.types(ana, "/deal unmute"); !w.redraws(ana) {
		t.Error("Home still says that the person is muted")
	}
}
