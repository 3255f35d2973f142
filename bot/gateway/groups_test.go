package gateway

import (
	"context"
	"slices"
	"testing"
	"time"

	"pipewright/handlers"
	"pipewright/internal/sales"
	"pipewright/store"
)

// mirrored is the organisation with the user groups as the mirror has them.
func mirrored(t *testing.T, st *store.Store) (o *sales.Organisation) {
	t.Helper()
	err := st.Read(t.Context(), func(ctx context.Context, r *store.Reader) (err error) {
		o, err = r.Organisation(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// What happened to user groups while nobody listened is read at the start, with what they are called. A group whose members
// Slack does not say stays as it is.
func TestSyncGroups(t *testing.T) {
	f := newFakeSlack(t)
	g := newGateway(t, f, echo)
	withLegal(t, g, time.Now())
	f.listed = []any{
		map[string]any{"id": "S1", "handle": "legal-team"},
		map[string]any{"id": "S2", "handle": "desk", "users": []string{"U0LIN", "U0EVA"}},
		map[string]any{"id": "S3", "handle": "empty", "users": []string{}},
	}
	if err := g.people.SyncGroups(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	o := mirrored(t, g.Store)
	empty, seen := o.Groups["S3"]
	if !slices.Equal(o.Groups["S1"], []string{"U0LEO"}) || !slices.Equal(o.Groups["S2"], []string{"U0LIN", "U0EVA"}) || len(empty) > 0 || !seen || o.Handles["S2"] != "desk" {
		t.Errorf("%v %v", o.Groups, o.Handles)
	}
	f.refuse["usergroups.list"] = "missing_scope"
	if err := g.people.SyncGroups(t.Context(), time.Now()); err == nil || len(mirrored(t, g.Store).Groups["S2"]) != 2 {
		t.Errorf("a refusal changes the mirror: %v", err)
	}
}

// What an event tells of a group while it is being read is newer than what was read.
func TestAnEventIsNewerThanWhatIsRead(t *testing.T) {
	f := newFakeSlack(t)
	g := newGateway(t, f, echo)
	withLegal(t, g, nowFunc())
	joins := func(event, members string) {
		sendEvent(g, `{"type":"event_callback","team_id":"T0OURS","event_id":"`+event+`","event":{"type":"subteam_updated","subteam":{"id":"S1","handle":"legal","users":[`+members+`]}}}`)
	}
	f.listed = []any{map[string]any{"id": "S1", "handle": "legal", "users": []string{"U0OLD"}}}
	f.before("usergroups.list", func() { joins("Ev20", `"U0EVA"`) })
	if err := g.people.SyncGroups(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if o := mirrored(t, g.Store); !slices.Equal(o.Groups["S1"], []string{"U0EVA"}) {
		t.Errorf("the whole list was older: %v", o.Groups)
	}
	f.groups["S1"] = []string{"U0NEW"}
	f.before("usergroups.users.list", func() { joins("Ev21", `"U0LEO"`) })
	if err := g.people.refresh(t.Context(), "S1", time.Now()); err != nil {
		t.Fatal(err)
	}
	if o := mirrored(t, g.Store); !slices.Equal(o.Groups["S1"], []string{"U0NEW"}) || f.count("usergroups.users.list") != 2 {
		t.Errorf("it was not read again: %v", o.Groups)
	}
}

// A user group that was disabled gives nobody a right; what it is called stays known.
func TestADisabledGroupIsEmpty(t *testing.T) {
	g := newGateway(t, newFakeSlack(t), echo)
	withLegal(t, g, time.Now())
	sendEvent(g, `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev9","event":{"type":"subteam_updated","subteam":{"id":"S1","handle":"legal","users":["U0LEO"],"date_delete":1760000000}}}`)
	if o := mirrored(t, g.Store); len(o.Groups["S1"]) > 0 || o.Handles["S1"] != "legal" {
		t.Errorf("%v %v", o.Groups, o.Handles)
	}
}

// A user group that only a step asks is read like one that holds a role: who cannot be told to be in it still is refused.
func TestOldMembershipOfAStepDecidesNothing(t *testing.T) {
	f := newFakeSlack(t)
	g := newGateway(t, f, func(context.Context, handlers.Intent) (handlers.Reply, error) { return handlers.Reply{Text: "ok"}, nil })
	now := nowFunc()
	err := g.Store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		p := *sales.Shipped().Processes[0]
		p.Policies = []sales.Policy{{Kind: "quote", Steps: []sales.Step{{Key: "s", Groups: []string{"S0DESK"}}}}}
		if err := tx.SaveProcess(ctx, &p, "U0SAM", "test", now); err != nil {
			return err
		}
		return tx.SaveGroup(ctx, "S0DESK", "desk", []string{"U0LEO"}, now)
	})
	if err != nil {
		t.Fatal(err)
	}
	f.refuse["usergroups.users.list"] = "internal_error"
	may := func(user string, want bool) {
		t.Helper()
		if got, err := g.people.mayDecide(t.Context(), user, now); got != want || err != nil {
			t.Errorf("%s may decide: %t %v", user, got, err)
		}
	}
	may("U0LEO", true)
	now = now.Add(freshFor + time.Minute)
	may("U0LEO", false)
	may("U0ANA", true)
	f.mu.Lock()
	delete(f.refuse, "usergroups.users.list")
	f.groups["S0DESK"] = []string{"U0EVA"}
	f.mu.Unlock()
	now = now.Add(time.Minute)
	may("U0LEO", true)
	if o := mirrored(t, g.Store); !slices.Equal(o.Groups["S0DESK"], []string{"U0EVA"}) {
		t.Errorf("%v", o.Groups)
	}
}
