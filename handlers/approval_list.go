package handlers

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// How many requests /approvals shows of each sort, and on a page of one that was asked for.
const (
	fewApprovals  = 5
	manyApprovals = 30
	recentDays    = 30 // what was over before is not listed
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
		if near, ok := nearest(w[0].Text, []string{"waiting", "asked", "decided"}); ok {
			return a.meant(c, c.with(w[:1], near)), nil
		}
		return Reply{}, sales.Refuse(sales.NotFound, "words.extra", "words", text.Truncate(spoken(w), 60)) // a slip of a verb, perhaps
	}
	return a.approvalsPage(ctx, c, only, 0)
}

// clickApprovals takes "PAGE:LIST".
func (a *App) clickApprovals(ctx context.Context, c *Call) (Reply, error) {
	page, list := cutColon(c.Value)
	switch list {
	case "team":
		return a.teamPage(ctx, c, pageNumber(page))
	case "delegations":
		return a.delegationsPage(ctx, c, pageNumber(page))
	case "waiting", "asked", "decided":
		return a.approvalsPage(ctx, c, list, pageNumber(page))
	}
	return Reply{}, sales.Refuse(sales.NotFound, "button.old")
}

// approvalsPage shows a page of one list, or the beginnings of all.
func (a *App) approvalsPage(ctx context.Context, c *Call, only string, page int) (Reply, error) {
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		lists, err := a.approvalLists(ctx, r, c, only, page)
		if err != nil {
			return err
		}
		reply = Reply{Text: summaryOf(c.Printer, lists), Blocks: view.ApprovalLists(c.Printer, lists)}
		more, err := approvalButtons(ctx, r, c)
		reply.Blocks = append(reply.Blocks, more...)
		return err
	})
	return c.inPlace(reply), err
}

// onPage returns the rows of a page, or of the last one that there is, and where it stands.
func onPage[T any](rows []T, list string, page, size int) ([]T, view.Pages) {
	first := min(page, max(0, len(rows)-1)/size) * size
	last := min(first+size, len(rows))
	return rows[first:last], view.Pages{List: list, Page: first / size, More: len(rows) - last}
}

// approvalLists are the beginnings of the three lists, or a page of one of them.
func (a *App) approvalLists(ctx context.Context, r *store.Reader, c *Call, only string, page int) ([]view.ApprovalsList, error) {
	since := c.Now.AddDate(0, 0, -recentDays)
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
		{"asked", c.T("Asked by you"), c.T("You have asked for nothing in the last 30 days."), func() ([]sales.Approval, error) { return askedBy(ctx, r, c.User, since) }},
		{"decided", c.T("Decided by you"), c.T("You have decided nothing in the last 30 days."), func() ([]sales.Approval, error) { return decidedBy(ctx, r, c.User, since) }},
	} {
		if only != "" && only != l.name {
			continue
		}
		found, err := l.find()
		if err != nil {
			return nil, err
		}
		list := view.ApprovalsList{Title: l.title, Empty: l.empty, Total: len(found)}
		if only == "" {
			list.All, found = "approvals "+l.name, found[:min(len(found), fewApprovals)]
		} else {
			found, list.Pages = onPage(found, l.name, page, manyApprovals)
		}
		if list.Rows, err = a.approvalRows(ctx, r, c, found); err != nil {
			return nil, err
		}
		for i := range list.Rows {
			if _, err := a.wayTo(ctx, r, c.Printer, &list.Rows[i]); err != nil {
				return nil, err
			}
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

// approvalButtons lead to what belongs to approvals beside the lists.
func approvalButtons(ctx context.Context, r *store.Reader, c *Call) ([]slack.Block, error) {
	may, err := mayDelegate(ctx, r, c.User)
	if err != nil || !may {
		return nil, err
	}
	buttons := []slack.BlockElement{view.DelegateButton(c.Printer, "", c.T("Delegate…")), view.Run("approvals delegations", c.T("Who decides in whose place"))}
	org, err := r.Organisation(ctx)
	if err == nil && org.Leads(c.User) {
		buttons = append(buttons, view.Run("approvals team", c.T("Who waits for whom")))
	}
	return view.Actions(buttons...), err
}

// askedBy are the person's own requests: those that wait, and then those that ended since.
func askedBy(ctx context.Context, r *store.Reader, user string, since time.Time) ([]sales.Approval, error) {
	found, err := r.Approvals(ctx, store.ApprovalFilter{Requester: user, Since: since})
	slices.SortStableFunc(found, func(x, y sales.Approval) int {
		return cmp.Or(cmp.Compare(ended(x), ended(y)), y.Ended.Compare(x.Ended))
	})
	return found, err
}

// ended is 1 for a request that is over.
func ended(req sales.Approval) int {
	if req.State == sales.Pending {
		return 0
	}
	return 1
}

// decidedBy are the requests in which the person answered a step since then, the latest answer first.
func decidedBy(ctx context.Context, r *store.Reader, user string, since time.Time) ([]sales.Approval, error) {
	found, err := r.Approvals(ctx, store.ApprovalFilter{Since: since})
	found = slices.DeleteFunc(found, func(req sales.Approval) bool { return lastSaid(req, user).Before(since) })
	slices.SortStableFunc(found, func(x, y sales.Approval) int { return lastSaid(y, user).Compare(lastSaid(x, user)) })
	return found, err
}

// lastSaid is when the person answered a step of the request last.
func lastSaid(req sales.Approval, user string) time.Time {
	var last time.Time
	for _, s := range req.Steps {
		for _, d := range s.Decisions {
			if at := time.UnixMilli(d.At); d.By == user && at.After(last) {
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
