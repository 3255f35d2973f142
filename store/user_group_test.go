package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// asksDesk is the process with a first step that asks a user group.
func asksDesk(groups ...string) *sales.Process {
	p := process()
	p.Version = 1
	p.Policies[0].Steps[0] = sales.Step{Key: "price", Groups: groups, Escalate: sales.Escalation{After: 3, To: []string{"SBOARD", "UADMIN"}}}
	return p
}

func saveGroup(t *testing.T, s *store.Store, id, handle string, members ...string) {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveGroup(ctx, id, handle, members, t0) })
}

// Members of a user group decide as the group is in the deciding transaction; the steps come back with it, and a change of
// the group has the request looked at again.
func TestUserGroupDecides(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		saveGroup(t, s, "SDESK", "desk", "UONE", "UTWO")
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveProcess(ctx, asksDesk("SDESK"), "UADMIN", "the desk decides", t0)
		})
		a := request(t, s, newDeal(t, s, "Acme", "").ID)
		if !slices.Equal(a.Steps[0].Groups, []string{"SDESK"}) || !slices.Equal(a.Steps[0].Escalate.To, []string{"SBOARD", "UADMIN"}) {
			t.Fatalf("%+v", a.Steps[0])
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.LookedAt(ctx, a.ID, t0.Add(time.Hour)) })
		saveGroup(t, s, "SDESK", "", "UTWO")
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			due, err := r.DueApprovals(ctx, t0)
			if !slices.Contains(due, a.ID) {
				t.Errorf("due: %v", due)
			}
			return err
		})
		if err := verdict(s, a.ID, "UONE", sales.Approve); !isCode(err, "approval.not_yours") {
			t.Errorf("who has left the group: %v", err)
		}
		if err := verdict(s, a.ID, "UTWO", sales.Approve); err != nil {
			t.Error(err)
		}
	})
}

// Groups are read again as long as a right hangs on them: by a role, by a step in force, or by a step of a request that waits.
func TestRulingGroups(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		is := func(when string, want ...string) {
			t.Helper()
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				got, err := r.RulingGroups(ctx)
				if !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", when, got, want)
				}
				return err
			})
		}
		is("at first", "SPRICE")
		saveGroup(t, s, "SDESK", "desk", "UONE")
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveProcess(ctx, asksDesk("SDESK"), "UADMIN", "why", t0)
		})
		is("with a step", "SBOARD", "SDESK", "SPRICE")
		a := request(t, s, newDeal(t, s, "Acme", "").ID)
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			p := process()
			p.Version = 2
			return tx.SaveProcess(ctx, p, "UADMIN", "why", t0)
		})
		is("while a request waits", "SBOARD", "SDESK", "SPRICE")
		if err := verdict(s, a.ID, "UONE", sales.Reject); err != nil {
			t.Fatal(err)
		}
		is("afterwards", "SPRICE")
	})
}

// The mirror tells a group that is empty from one that it does not know, and keeps the name when only members are told.
func TestMirrorOfUserGroups(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		is := func(when, name string, known bool) {
			t.Helper()
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				o, err := r.Organisation(ctx)
				if _, ok := o.Groups["SDESK"]; ok != known || o.GroupName("SDESK") != name {
					t.Errorf("%s: known %t, called %s", when, ok, o.GroupName("SDESK"))
				}
				return err
			})
		}
		is("at first", "SDESK", false)
		saveGroup(t, s, "SDESK", "")
		is("empty", "SDESK", true)
		saveGroup(t, s, "SDESK", "desk")
		is("named", "@desk", true)
		saveGroup(t, s, "SDESK", "", "UONE")
		is("members alone", "@desk", true)
		saveGroup(t, s, "SDESK", "front-desk", "UONE")
		is("renamed", "@front-desk", true)
	})
}
