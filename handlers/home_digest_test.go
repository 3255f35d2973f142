package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/reports"
)

// digestAtHome is the digest's picture in the person's Home; ok is false when there is none.
func (w *world) digestAtHome(user string) (x reports.Picture, ok bool) {
	w.t.Helper()
	for _, b := range w.opensHome(user).Blocks {
		if found, is := b.(reports.Picture); is && strings.HasPrefix(found.Name, "digest:") {
			return found, true
		}
	}
	return x, false
}

// Who leads has the digest's picture in Home: of the team that they manage, in their language, the same for
// all day, and what it says is known to screen readers once it was drawn.
func TestHomeHasTheDigest(t *testing.T) {
	w := withHistory(t)
	if _, ok := w.digestAtHome(ana); ok {
		t.Error("a rep has the digest's picture")
	}
	for _, tt := range []struct{ user, says string }{
		{maxim, "Weekly digest · New business · North: A quiet time: nothing moved."},
		{wei, "每周摘要 · 新业务 · 东区：平静的一段时间：没有任何变动。"},
		{ada, "Weekly digest · New business: A quiet time: nothing moved."},
	} {
		first, ok := w.digestAtHome(tt.user)
		if !ok || first.Lead != "" {
			t.Fatalf("%s: before it was drawn: %v %+v", tt.user, ok, first)
		}
		made, err := first.Make(t.Context())
		if err != nil || made.Chart == nil || made.Alt() != tt.says {
			t.Fatalf("%s: it shows %+v, %v", tt.user, made, err)
		}
		w.now = w.now.Add(time.Hour)
		again, _ := w.digestAtHome(tt.user)
		if again.Name != first.Name || again.Alt() != tt.says {
			t.Errorf("%s: an hour later %q says %q, want %q", tt.user, again.Name, again.Alt(), tt.says)
		}
		if again.Make == nil {
			t.Errorf("%s: one that was deleted in Slack cannot be drawn again", tt.user)
		}
	}
	before, _ := w.digestAtHome(maxim)
	w.now = w.now.AddDate(0, 0, 1)
	if later, _ := w.digestAtHome(maxim); later.Name == before.Name || later.Lead != "" {
		t.Errorf("the next day it is still %+v", later)
	}
}

// Those who read the same share one picture; another team's is another.
func TestHomeDigestsOfOneAudienceAreOne(t *testing.T) {
	w := withHistory(t)
	w.organise(func(o *sales.Organisation) {
		i := slices.IndexFunc(o.Roles, func(r sales.Role) bool { return r.Key == sales.RoleManager })
		if i < 0 {
			o.Roles = append(o.Roles, sales.Role{Key: sales.RoleManager, Name: sales.Text{"en": "Manager"}, Users: []string{ben}})
			return
		}
		o.Roles[i].Users = append(o.Roles[i].Users, ben)
	})
	name := func(user string) string {
		x, ok := w.digestAtHome(user)
		if !ok {
			t.Fatalf("%s has none", user)
		}
		return x.Name
	}
	if name(ben) != name(ada) || name(maxim) == name(ada) || name(maxim) == name(wei) {
		t.Errorf("ben %q, ada %q, max %q, wei %q", name(ben), name(ada), name(maxim), name(wei))
	}
}

// Where there are no deals there is nothing to draw, and nothing is wrong.
func TestHomeDigestOfNothing(t *testing.T) {
	w := newWorld(t)
	x, ok := w.digestAtHome(maxim)
	if !ok {
		t.Fatal("there is no place for it")
	}
	if made, err := x.Make(t.Context()); err != nil || made.Chart != nil || made.Map != nil {
		t.Errorf("%+v, %v", made, err)
	}
}
