package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pipewright/internal/sales"
	"pipewright/store"
)

// rule changes a request by a rule, as the handlers do.
func rule(t *testing.T, s *store.Store, id int64, by func(c *sales.Case, a sales.Approval) (sales.Approval, []sales.Event, error)) {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Approval(ctx, id)
		if err != nil {
			return err
		}
		c, err := tx.Case(ctx, a.Deal)
		if err != nil {
			return err
		}
		next, events, err := by(c, a)
		if err == nil && len(events) > 0 {
			_, err = tx.SaveApproval(ctx, c, next, events)
		}
		return err
	})
}

// The waits of a request say who was waited for, in working time too; an import tells the same from its log.
func TestStepWaits(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		a := request(t, s, newDeal(t, s, "Acme", "").ID) // on Monday at 11:00 in Berlin
		hour := func(h int) time.Time { return t0.Add(time.Duration(h) * time.Hour) }
		rule(t, s, a.ID, func(c *sales.Case, a sales.Approval) (sales.Approval, []sales.Event, error) {
			return c.Ask(a, "UPRICE", "Why 12%?", hour(3))
		})
		rule(t, s, a.ID, func(c *sales.Case, a sales.Approval) (sales.Approval, []sales.Event, error) {
			return c.Answer(a, "UREP", 1, "They asked for 15", hour(25))
		})
		rule(t, s, a.ID, func(c *sales.Case, a sales.Approval) (sales.Approval, []sales.Event, error) {
			return c.Decide(a, sales.Decision{By: "UPRICE", Verdict: sales.Approve}, hour(27))
		})
		want := []sales.StepWait{
			{N: 1, Step: "price", Round: 1, For: sales.ForApprovers, People: []string{"UPRICE"}, From: hour(1), To: hour(3), Worked: 2 * time.Hour, End: "question", By: "UPRICE"},
			{N: 2, Step: "price", Round: 1, For: sales.ForRequester, People: []string{"UREP"}, From: hour(3), To: hour(25), Worked: 6 * time.Hour, End: "answer", By: "UREP"},
			{N: 3, Step: "price", Round: 1, For: sales.ForApprovers, People: []string{"UPRICE"}, From: hour(25), To: hour(27), Worked: 2 * time.Hour, End: "approve", By: "UPRICE"},
			{N: 4, Step: "law", Round: 1, For: sales.ForApprovers, People: []string{"ULEGAL"}, From: hour(27)},
		}
		var imported store.ImportedDeal
		check := func(what string, got []sales.StepWait) {
			t.Helper()
			if d := cmp.Diff(want, got, cmpopts.IgnoreFields(sales.StepWait{}, "Approval", "Deal")); d != "" {
				t.Errorf("%s:\n%s", what, d)
			}
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			got, err := r.StepWaits(ctx, a.ID)
			check("of one", got)
			if err != nil {
				return err
			}
			c, err := r.CaseWithLog(ctx, a.Deal)
			imported = store.ImportedDeal{External: "again", Events: c.Log, Approvals: c.Approvals}
			if c.Approvals[0].Questions[0].Answer != "They asked for 15" {
				t.Errorf("%+v", c.Approvals[0].Questions)
			}
			return err
		})
		im, err := s.Importer(ctx, "b2b", t0)
		if err != nil {
			t.Fatal(err)
		}
		if err := im.Add(ctx, []store.ImportedDeal{imported}); err != nil {
			t.Fatal(err)
		}
		if _, err := im.Publish(ctx); err != nil {
			t.Fatal(err)
		}
		var all []sales.StepWait
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			return r.EachStepWait(ctx, "b2b", func(w sales.StepWait) error { all = append(all, w); return nil })
		})
		if len(all) != 2*len(want) || all[0].Approval == all[len(want)].Approval || all[0].Deal == all[len(want)].Deal {
			t.Fatalf("%+v", all)
		}
		check("before", all[:len(want)])
		check("imported", all[len(want):])
	})
}

// A request is looked at when it is due, after it changed, and after anything changed that says who decides.
func TestApprovalsThatAreDue(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		a := request(t, s, newDeal(t, s, "Acme", "").ID)
		due := func(at time.Time) (out []int64) {
			read(t, s, func(ctx context.Context, r *store.Reader) (err error) {
				out, err = r.DueApprovals(ctx, at)
				return err
			})
			return out
		}
		look := func(next time.Time) {
			inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.LookedAt(ctx, a.ID, next) })
		}
		is := func(what string, want bool) {
			t.Helper()
			if got := slices.Contains(due(t0), a.ID); got != want {
				t.Fatalf("%s: due %v, want %v", what, got, want)
			}
		}
		is("new", true)
		look(t0.Add(time.Hour))
		is("looked at", false)
		if got := due(t0.Add(time.Hour)); !slices.Contains(got, a.ID) {
			t.Fatalf("an hour later: %v", got)
		}
		var next time.Time
		read(t, s, func(ctx context.Context, r *store.Reader) (err error) {
			next, err = r.NextApprovalDue(ctx)
			return err
		})
		if !next.Equal(t0.Add(time.Hour)) {
			t.Fatalf("next at %v", next)
		}
		for what, change := range map[string]func(ctx context.Context, tx *store.Tx) error{
			"the organisation": func(ctx context.Context, tx *store.Tx) error {
				o, err := tx.Organisation(ctx)
				if err != nil {
					return err
				}
				return tx.SaveOrganisation(ctx, o, "UADMIN", "why", t0)
			},
			"a process": func(ctx context.Context, tx *store.Tx) error {
				return tx.SaveProcess(ctx, process(), "UADMIN", "why", t0)
			},
			"a user group": func(ctx context.Context, tx *store.Tx) error {
				return tx.SaveGroup(ctx, "SPRICE", "price", []string{"UNEW"}, t0)
			},
			"somebody who left": func(ctx context.Context, tx *store.Tx) error {
				return tx.SavePeople(ctx, []store.Person{{ID: "UPRICE", Name: "price", Deleted: true}}, t0)
			},
		} {
			inTx(t, s, change)
			is(what, true)
			look(t0.Add(time.Hour))
			is(what+", looked at", false)
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SavePeople(ctx, []store.Person{{ID: "UPRICE", Name: "price", Deleted: true}, {ID: "ULEGAL", Name: "legal"}}, t0)
		})
		is("people as before", false)
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			o, err := r.Organisation(ctx)
			if err != nil || slices.Contains(o.Holders("pricing"), "UPRICE") {
				t.Errorf("who has left holds a role: %v %v", o.Holders("pricing"), err)
			}
			waiting, err := r.WaitingApprovals(ctx)
			if d := cmp.Diff([]store.Waiting{{Approval: a, Process: "b2b", Owner: "UREP"}}, waiting); d != "" || a.Facts == nil {
				t.Error(d, a.Facts)
			}
			return err
		})
		rule(t, s, a.ID, func(c *sales.Case, a sales.Approval) (sales.Approval, []sales.Event, error) {
			return c.Withdraw(a, "UREP", t0.Add(time.Minute))
		})
		is("withdrawn", false)
	})
}

// A request that waits says until when its deal rests.
func TestWaitingOfAParkedDeal(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		d := newDeal(t, s, "Acme", "")
		request(t, s, d.ID)
		until := t0.Add(48 * time.Hour)
		mustDecide(t, s, d.ID, func(c *sales.Case) ([]sales.Event, error) { return c.Park("UREP", until, "", t0) })
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			waiting, err := r.WaitingApprovals(ctx)
			if len(waiting) != 1 || !waiting[0].Parked.Equal(until) {
				t.Errorf("%+v", waiting)
			}
			return err
		})
	})
}
