package handlers

import (
	"strings"
	"testing"
)

func TestPrivateTeamIsHidden(t *testing.T) {
	w := newWorld(t)
	w.types(li, "/deal new 秘密项目 12万 给 华星")
	for _, line := range []string{"/deal D-1", "/deal 秘密", "/deal advance D-1", "/deal list", "/deal list stale", "/deal list lead", "/log call D-1", "/deal undo D-1"} {
		if s := shown(t, w.types(ana, line)); strings.Contains(s, "项目") || strings.Contains(s, "华星") {
			t.Errorf("%s shows: %s", line, s)
		}
	}
	if r := w.do(Intent{Kind: Options, Name: "deal.pick", Text: "秘", User: ana}); len(r.Options) != 0 {
		t.Errorf("offered: %s", shown(t, r))
	}
	if r := w.do(Intent{Kind: Options, Name: "deal.pick", Text: "秘", User: wei}); len(r.Options) != 1 {
		t.Errorf("not offered to its manager")
	}
	if r := w.do(Intent{Kind: Action, Name: "deal.open", Value: "1", User: ana}); strings.Contains(shown(t, r), "项目") {
		t.Errorf("opened: %s", shown(t, r))
	}
	if said := w.deliver(); len(said) != 2 || !strings.HasPrefix(said[0], "card "+east) {
		t.Errorf("said %q", said)
	}
	m, err := drawnCard(t, w.app, "deal:1", deals)
	if err != nil || strings.Contains(m.Text, "项目") || len(m.Blocks) != 1 {
		t.Errorf("in another channel: %q, %v", m.Text, err)
	}
}

func TestAssignTellsTheNewOwner(t *testing.T) {
	w := ready(t)
	w.deliver()
	w.types(ana, "/deal assign acme 李雷")
	said := strings.Join(w.deliver(), "\n")
	if w.deal(1).Owner != li || w.deal(1).Team != "east" || !strings.Contains(said, "post "+li+": Ana Silva 把 *Acme pilot* (D-1) 交给了您。") {
		t.Errorf("said %s", said)
	}
	if !strings.Contains(said, "card "+deals+": D-1 has moved to another team.") || !strings.Contains(said, "card "+east+": Acme pilot") {
		t.Errorf("the cards say %s", said)
	}
}
