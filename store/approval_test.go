package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pipewright/internal/sales"
	"pipewright/store"
)

// request asks for a quote approval on the deal.
func request(t *testing.T, s *store.Store, deal int64) sales.Approval {
	t.Helper()
	var a sales.Approval
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Case(ctx, deal)
		if err != nil {
			return err
		}
		asked, events, err := c.Request("UREP", "quote", map[string]string{"discount": "12", "terms": "30 days"}, t0.Add(time.Hour))
		if err != nil {
			return err
		}
		a, err = tx.SaveApproval(ctx, c, asked, events)
		return err
	})
	return a
}

func verdict(s *store.Store, id int64, by string, v sales.Verdict) error {
	return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Approval(ctx, id)
		if err != nil {
			return err
		}
		c, err := tx.Case(ctx, a.Deal)
		if err != nil {
			return err
		}
		next, events, err := c.Decide(a, sales.Decision{By: by, Verdict: v, Comment: "so be it", Via: "dm"}, t0.Add(2*time.Hour))
		if err != nil {
			return err
		}
		_, err = tx.SaveApproval(ctx, c, next, events)
		return err
	})
}

func TestApproval(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		d, other := newDeal(t, s, "Acme", ""), newDeal(t, s, "Other", "")
		a := request(t, s, d.ID)
		request(t, s, other.ID)
		if a.ID == 0 {
			t.Fatal("no id")
		}
		count := func(f store.ApprovalFilter) int {
			n := 0
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				list, err := r.Approvals(ctx, f)
				n = len(list)
				return err
			})
			return n
		}
		for _, c := range []struct {
			filter store.ApprovalFilter
			want   int
		}{
			{store.ApprovalFilter{}, 2},
			{store.ApprovalFilter{Limit: 1}, 1},
			{store.ApprovalFilter{Deal: d.ID}, 1},
			{store.ApprovalFilter{Decider: "UPRICE"}, 2},
			{store.ApprovalFilter{Decider: "UPRICE", Limit: 1}, 1},
			{store.ApprovalFilter{Decider: "ULEGAL"}, 0},
			{store.ApprovalFilter{Requester: "UREP", State: sales.Pending}, 2},
			{store.ApprovalFilter{Requester: "UREP2"}, 0},
		} {
			if got := count(c.filter); got != c.want {
				t.Errorf("%+v: %d, want %d", c.filter, got, c.want)
			}
		}
		if err := verdict(s, a.ID, "UPRICE", sales.Approve); err != nil {
			t.Fatal(err)
		}
		if count(store.ApprovalFilter{Decider: "ULEGAL"}) != 1 || count(store.ApprovalFilter{Decider: "UPRICE"}) != 1 {
			t.Error("the next step is not the next decider's")
		}
		if err := verdict(s, a.ID, "ULEGAL", sales.Approve); err != nil {
			t.Fatal(err)
		}
		if count(store.ApprovalFilter{State: sales.Approved}) != 1 || count(store.ApprovalFilter{State: sales.Pending}) != 1 {
			t.Error("approved is not approved")
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			got, err := r.Approval(ctx, a.ID)
			if err != nil || got.Version != 3 || got.Form["discount"] != "12" || !got.Ended.Equal(t0.Add(2*time.Hour)) {
				t.Errorf("%+v, %v", got, err)
			}
			c, err := r.Case(ctx, d.ID)
			if err != nil || len(c.Approvals) != 1 {
				t.Fatalf("%+v, %v", c, err)
			}
			if diff := cmp.Diff(got, c.Approvals[0]); diff != "" {
				t.Error(diff)
			}
			log, err := r.Events(ctx, d.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range log[1:] {
				if e.Data.Approval != a.ID {
					t.Errorf("%s does not name its approval", e.Type)
				}
			}
			var waits []sales.Wait
			err = r.EachWait(ctx, "b2b", func(w sales.Wait) error { waits = append(waits, w); return nil })
			want := []sales.Wait{
				{Deal: d.ID, For: sales.ForApproval, From: t0.Add(time.Hour), To: t0.Add(2 * time.Hour), Why: "quote"},
				{Deal: other.ID, For: sales.ForApproval, From: t0.Add(time.Hour), Why: "quote"},
			}
			if diff := cmp.Diff(want, waits, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if _, err := r.Approval(ctx, 99); !isCode(err, "approval.unknown") {
				t.Error(err)
			}
			return err
		})
		sameAsLog(t, s, d.ID)
	})
}

// Many approvers at the same instant: one decision.
func TestOneDecision(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		a := request(t, s, newDeal(t, s, "Acme", "").ID)
		var wg sync.WaitGroup
		var won atomic.Int32
		for i := range 16 {
			wg.Go(func() {
				v := sales.Reject
				if i%2 == 0 {
					v = sales.Approve
				}
				switch err := verdict(s, a.ID, "UPRICE", v); {
				case err == nil:
					won.Add(1)
				case isCode(err, "approval.decided"), isCode(err, "approval.not_yours"):
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d decisions", won.Load())
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			got, err := r.Approval(ctx, a.ID)
			if err != nil || len(got.Steps[0].Decisions) != 1 {
				t.Errorf("%+v, %v", got, err)
			}
			return err
		})
	})
}

// What was read outside of the transaction does not overwrite what came after it.
func TestApprovalCompareAndSet(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		a := request(t, s, newDeal(t, s, "Acme", "").ID)
		if err := verdict(s, a.ID, "UPRICE", sales.Approve); err != nil {
			t.Fatal(err)
		}
		err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Case(ctx, a.Deal)
			if err != nil {
				return err
			}
			next, events, err := c.Withdraw(a, "UREP", t0)
			if err != nil {
				return err
			}
			_, err = tx.SaveApproval(ctx, c, next, events)
			return err
		})
		if !isCode(err, "approval.moved_on") {
			t.Fatalf("got %v", err)
		}
	})
}
