package handlers

import (
	"context"
	"slices"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// How many requests /approvals shows of each sort, and of one that was asked for.
const (
	fewApprovals  = 5
	manyApprovals = 30
	recentOnes    = 300 // decided ones are looked for among so many
)

// approvals answers /approvals [waiting|asked|decided].
func (a *App) approvals(ctx context.Context, c *Call) (Reply, error) {
	only := ""
	switch w := c.Words; {
	case len(w) == 0:
	case len(w) == 1 && w[0].is("waiting", "mine", "me", "待我审批", "等待"):
		only = "waiting"
	case len(w) == 1 && w[0].is("asked", "requested", "我发起", "已申请"):
		only = "asked"
	case len(w) == 1 && w[0].is("decided", "done", "已决定", "已审批"):
		only = "decided"
	default:
		return Reply{}, sales.Refuse(sales.NotFound, "words.extra", "words", text.Truncate(spoken(w), 60)) // a slip of a verb, perhaps
	}
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		lists, err := a.approvalLists(ctx, r, c, only)
		if err != nil {
			return err
		}
		reply = Reply{Text: summaryOf(c.Printer, lists), Blocks: view.ApprovalLists(c.Printer, lists)}
		return nil
	})
	return c.inPlace(reply), err
}

// approvalLists are the three lists, or one of them.
func (a *App) approvalLists(ctx context.Context, r *store.Reader, c *Call, only string) ([]view.ApprovalsList, error) {
	most := fewApprovals
	if only != "" {
		most = manyApprovals
	}
	var lists []view.ApprovalsList
	for _, l := range []struct {
		name, title, empty string
		find               func() ([]sales.Approval, error)
	}{
		{"waiting", c.T("Waiting for you"), c.T("Nothing waits for you."), func() ([]sales.Approval, error) {
			found, err := r.Approvals(ctx, store.ApprovalFilter{Decider: c.User})
			slices.SortStableFunc(found, func(x, y sales.Approval) int { return x.At.Compare(y.At) }) // who waits longest comes first
			return found, err
		}},
		{"asked", c.T("Asked by you"), c.T("Nothing that you asked for is waiting."), func() ([]sales.Approval, error) {
			return r.Approvals(ctx, store.ApprovalFilter{Requester: c.User, State: sales.Pending})
		}},
		{"decided", c.T("Decided"), c.T("Nothing of yours was decided yet."), func() ([]sales.Approval, error) { return decidedFor(ctx, r, c.User) }},
	} {
		if only != "" && only != l.name {
			continue
		}
		found, err := l.find()
		if err != nil {
			return nil, err
		}
		if only == "" && len(found) == 0 && l.name != "waiting" {
			continue
		}
		list := view.ApprovalsList{Title: l.title, Empty: l.empty, More: max(0, len(found)-most)}
		if only == "" {
			list.All = "approvals " + l.name
		}
		if list.Rows, err = a.approvalRows(ctx, r, c, found[:min(len(found), most)]); err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	return lists, nil
}

// approvalRows gathers what the rows of a list show.
func (a *App) approvalRows(ctx context.Context, r *store.Reader, c *Call, found []sales.Approval) ([]view.Approval, error) {
	var rows []view.Approval
	for _, req := range found {
		k, err := r.Case(ctx, req.Deal)
		if err != nil {
			return nil, err
		}
		v, err := a.approvalView(ctx, r, k, req, c.Now)
		if err != nil {
			return nil, err
		}
		v.Reader = c.User
		rows = append(rows, v)
	}
	return rows, nil
}

// decidedFor returns the recent requests that ended and that the person asked for or
// had a say in, what was said last first.
func decidedFor(ctx context.Context, r *store.Reader, user string) ([]sales.Approval, error) {
	recent, err := r.Approvals(ctx, store.ApprovalFilter{Limit: recentOnes})
	slices.SortStableFunc(recent, func(x, y sales.Approval) int { return lastSaid(y).Compare(lastSaid(x)) })
	return slices.DeleteFunc(recent, func(req sales.Approval) bool {
		hadSay := slices.ContainsFunc(req.Steps, func(s sales.StepState) bool {
			return slices.ContainsFunc(s.Decisions, func(d sales.Decision) bool { return d.By == user })
		})
		return !hadSay && (req.State == sales.Pending || req.Requester != user)
	}), err
}

// lastSaid is when a request ended or, while it waits, was last decided on in part.
func lastSaid(req sales.Approval) time.Time {
	last := req.Ended
	for _, s := range req.Steps {
		for _, d := range s.Decisions {
			if at := time.UnixMilli(d.At); at.After(last) {
				last = at
			}
		}
	}
	return last
}

// summaryOf is the lists in one sentence, for screen readers.
func summaryOf(p text.Printer, lists []view.ApprovalsList) string {
	var lines []string
	for _, l := range lists {
		lines = append(lines, l.Summary(p))
	}
	return view.Lines(lines...)
}
