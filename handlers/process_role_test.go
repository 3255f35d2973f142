package handlers

import (
	"strings"
	"testing"
)

func TestTeamsAndRolesComeAndGo(t *testing.T) {
	w := withApprovers(t)
	says := func(user, line, want string) Reply {
		t.Helper()
		r := w.types(user, line)
		if s := shown(t, r); !strings.Contains(s, want) {
			t.Errorf("%s does not say %q:\n%s", line, want, s)
		}
		return r
	}
	w.types(ana, "/deal new Acme")

	says(ana, "/process team delete north", "Only managers and admins change teams and roles. Ask ")
	says(maxim, "/process team delete east", "“East” is private, and without it everybody could read its deals. Open it first: `/process team open east`")
	says(maxim, "/process team delte north", "delete north")
	ask := says(maxim, "/process team delete north", "Delete the team *North*? 2 people and 1 deal are in it")
	if _, ok := w.organisation().Team("north"); !ok {
		t.Fatal("deleted without being asked")
	}
	if s := shown(t, w.clicks(maxim, ask, "Yes, delete it")); !strings.Contains(s, "The team *North* is gone.") {
		t.Errorf("got %s", s)
	}
	if _, ok := w.organisation().Team("north"); ok {
		t.Error("the team is still there")
	}
	if s := shown(t, w.types(ana, "/log call acme 5m")); !strings.Contains(s, "Acme") || w.deal(1).Owner != ana {
		t.Errorf("the owner lost the deal:\n%s", s)
	}

	says(ada, "/process role new Security Security people", "The role *Security people* is there. `/process role add security @…`")
	says(ada, "/process role new security", "There is a role “security” already.")
	says(ada, "/process role new Fin!", "can't be the key")
	says(ada, "/process role add security <@UBEN>", "is given to")
	says(ada, "/process role delete security", "“Security people” is still held by somebody. Take it from them first: `/process role remove security @…`")
	says(ada, "/process role remove security <@UBEN>", "is taken from")
	gone := says(ada, "/process role delete security", "The role *Security people* is gone.")
	w.clicks(ada, gone, "Undo")
	if r, ok := w.organisation().Role("security"); !ok || r.Name.In("en") != "Security people" {
		t.Errorf("undo gives %+v", r)
	}
	says(ada, "/process role delete pricing", "The process “New business” needs the role “Pricing”.")
	says(ada, "/process role delete admin", "The role “Admin” is always there")
	says(ben, "/process role delete security", "Only managers and admins")
}

// TestWarningsNameTeams says by name, not by key, in which teams somebody is.
func TestWarningsNameTeams(t *testing.T) {
	w := newWorld(t)
	s := shown(t, w.types(ada, "/process team add east <@UBEN>"))
	if !strings.Contains(s, "East") || !strings.Contains(s, "North") || strings.Contains(s, "“north”") {
		t.Errorf("got %s", s)
	}
}
