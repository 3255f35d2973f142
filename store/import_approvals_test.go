package store_test

import (
	"context"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// Approvals of an imported deal get ids of their own, and the log names them by these.
func TestImportApprovals(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		created := sales.Event{Version: 1, At: t0, Type: sales.Created, Data: sales.EventData{Process: "b2b", To: "offer", Initial: map[string]string{"name": "Roof"}}}
		asked := sales.Event{Version: 2, At: t0.Add(time.Hour), Actor: "UREP", Type: sales.Requested, Data: sales.EventData{Kind: "quote", Approval: 70}}
		again := sales.Event{Version: 3, At: t0.Add(2 * time.Hour), Actor: "UREP", Type: sales.Requested, Data: sales.EventData{Kind: "quote", Approval: 71}}
		approval := func(id int64, state sales.ApprovalState) sales.Approval {
			return sales.Approval{ID: id, Episode: 1, Kind: "quote", Version: 1, Requester: "UREP", At: t0, State: state, Map: 1,
				Form: map[string]string{"amount": "5.00 EUR"}, Steps: []sales.StepState{{Key: "price", Roles: []string{"pricing"}, Status: sales.StepWaiting}}}
		}
		im, err := s.Importer(ctx, "b2b", t0)
		if err != nil {
			t.Fatal(err)
		}
		deals := []store.ImportedDeal{
			{External: "A", Events: []sales.Event{created}},
			{External: "B", Events: []sales.Event{created, asked, again}, Approvals: []sales.Approval{approval(70, sales.Retracted), approval(71, sales.Pending)}},
		}
		if err := im.Add(ctx, deals); err != nil {
			t.Fatal(err)
		}
		if _, err := im.Publish(ctx); err != nil {
			t.Fatal(err)
		}
		err = s.Read(ctx, func(ctx context.Context, r *store.Reader) error {
			pending, err := r.Approvals(ctx, store.ApprovalFilter{State: sales.Pending, Decider: "UPRICE"})
			if err != nil || len(pending) != 1 {
				t.Fatalf("pending: %v %v", pending, err)
			}
			c, err := r.CaseWithLog(ctx, pending[0].Deal)
			if err != nil {
				return err
			}
			if len(c.Approvals) != 2 || c.Approvals[0].State != sales.Retracted || c.Approvals[0].Form["amount"] != "5.00 EUR" {
				t.Errorf("approvals: %+v", c.Approvals)
			}
			for i, e := range c.Log[1:] {
				if e.Data.Approval != c.Approvals[i].ID {
					t.Errorf("event %d names approval %d, which has the id %d", e.Version, e.Data.Approval, c.Approvals[i].ID)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
