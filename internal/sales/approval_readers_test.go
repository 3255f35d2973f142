package sales

import (
	"slices"
	"testing"
)

// A request of a private team's deal is seen by that team and by those who have a part in it, for as long as they have.
func TestWhoReadsARequest(t *testing.T) {
	c := &Case{Process: testProcess(), Org: staffed(), Deal: Deal{ID: 1, Owner: "U0ANA", Team: "vault"}}
	c.Org.Teams[1].Members = []string{"U0ANA"}
	a := Approval{ID: 1, Requester: "U0ANA", State: Pending, Version: 1, Steps: []StepState{
		{Key: "legal", Roles: []string{"legal"}, Status: StepApproved, Decisions: []Decision{{By: "U0GIVEN", Verdict: Approve}}},
		{Key: "price", Users: []string{"U0LIN"}, Status: StepWaiting, Opened: 1},
	}}
	for user, may := range map[string]bool{
		"U0ANA":   true,  // who asked
		"U0MIA":   true,  // managers see what is private, too
		"U0SAM":   true,  // and admins
		"U0LEO":   true,  // by the user group of a role that was asked
		"U0LIN":   true,  // may decide now
		"U0GIVEN": true,  // has decided, and holds no role any more
		"U0BO":    false, // nobody of these
	} {
		if got := c.MayReadApproval(a, user); got != may {
			t.Errorf("%s may read it: %v", user, got)
		}
	}
	c.Org.Teams[1].Private = false
	if !c.MayReadApproval(a, "U0BO") {
		t.Error("what an open team asks is hidden")
	}
	c.Org.Teams[0].Manager, c.Org.Admins = "U0SAM", []string{"U0SAM", "U0EVA"}
	if got, want := c.Alarmed(a), []string{"U0ANA", "U0SAM", "U0EVA"}; !slices.Equal(got, want) {
		t.Errorf("an alarm goes to %v, want %v", got, want)
	}
}
