package handlers

import (
	"cmp"
	"context"
	"slices"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// approvalsTeam answers /approvals team: for those who lead, who waits for whom.
func (a *App) approvalsTeam(ctx context.Context, c *Call) (Reply, error) {
	if err := noMore(c.Words); err != nil {
		return Reply{}, err
	}
	return a.teamPage(ctx, c, 0)
}

func (a *App) teamPage(ctx context.Context, c *Call, page int) (Reply, error) {
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		if err := org.MustLead(c.User, "approval.not_leading"); err != nil {
			return err
		}
		rows, err := a.waiting(ctx, r, c, mostLooked)
		if err != nil {
			return err
		}
		rows, pages := onPage(rows, "team", page, view.MaxWaiting)
		reply = Reply{Text: c.T("Who waits for whom"), Blocks: view.WaitingBlocks(c.Printer, rows, pages)}
		return nil
	})
	return c.inPlace(reply), err
}

// mostLooked is of how many requests /approvals team looks at the working time.
const mostLooked = 200

// waiting are the steps that wait of the requests that the person may see, the longest first: of
// those that were opened earliest, until there are so many.
func (a *App) waiting(ctx context.Context, r *store.Reader, c *Call, most int) ([]view.Waiting, error) {
	pending, err := r.Approvals(ctx, store.ApprovalFilter{State: sales.Pending})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(pending, func(x, y sales.Approval) int { return cmp.Compare(opensAt(x), opensAt(y)) })
	var rows []view.Waiting
	for _, req := range pending {
		if len(rows) >= most {
			break
		}
		k, err := r.Case(ctx, req.Deal)
		if err != nil {
			return nil, err
		}
		if !k.Org.MayRead(c.User, k.Deal) {
			continue
		}
		v, err := a.approvalView(ctx, r, k, req, c.Now)
		if err != nil {
			return nil, err
		}
		turns := k.Turns(req)
		for i, s := range req.Waiting() {
			rows = append(rows, view.Waiting{Approval: v, Step: v.Awaiting[i], For: turns[i].For, Since: time.UnixMilli(s.Opened), Worked: k.WaitedFor(req, *s, c.Now)})
		}
	}
	slices.SortStableFunc(rows, func(x, y view.Waiting) int { return cmp.Or(cmp.Compare(y.Worked, x.Worked), x.Since.Compare(y.Since)) })
	return rows, nil
}

// opensAt is when the first step that waits began to.
func opensAt(req sales.Approval) int64 {
	if s := req.Current(); s != nil {
		return s.Opened
	}
	return 0
}

// homeWaiting is who waits for whom where the person leads.
func (a *App) homeWaiting(ctx context.Context, r *store.Reader, c *Call, h *view.Home) error {
	org, err := r.Organisation(ctx)
	if err != nil || !org.Leads(c.User) {
		return err
	}
	rows, err := a.waiting(ctx, r, c, view.MaxHomeTeam)
	h.Waiting = rows[:min(len(rows), view.MaxHomeTeam)]
	return err
}
