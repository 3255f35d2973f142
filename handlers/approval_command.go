package handlers

import (
	"context"
	"slices"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// approvalApprove answers /approval approve DEAL [KIND] [vN] [AMOUNT] [NOTE].
func (a *App) approvalApprove(ctx context.Context, c *Call) (Reply, error) {
	f, err := a.find(ctx, c, c.Words)
	if err != nil {
		return a.orWaiting(ctx, c, err)
	}
	kind, rest, err := c.kindAfter(f)
	if err != nil {
		kind, rest = "", f.rest // the note begins with these words
	}
	req, err := c.pending(f, kind)
	if err != nil {
		return Reply{}, err
	}
	edition, rest := cutEdition(rest)
	amount, note := c.leadingAmount(rest, req.Amount().Currency)
	return a.decideByCommand(ctx, c, typedDecision{f, req, edition, c.typed(rest)}, sales.Decision{Verdict: sales.Approve, Amount: amount, Comment: c.reason(note)})
}

// approvalReject answers /approval reject DEAL [KIND] [vN] because TEXT.
func (a *App) approvalReject(ctx context.Context, c *Call) (Reply, error) {
	words, why, _ := cut(c.Words, because...)
	f, err := a.find(ctx, c, words)
	if err != nil {
		return a.orWaiting(ctx, c, err)
	}
	kind, rest, err := c.kindAfter(f)
	edition, rest := cutEdition(rest)
	if err == nil {
		err = noMore(rest)
	}
	if err != nil && len(why) > 0 { // without a reason the rules say what is missing
		return Reply{}, within(f.Case, err)
	}
	req, err := c.pending(f, kind)
	if err != nil {
		return Reply{}, err
	}
	return a.decideByCommand(ctx, c, typedDecision{f, req, edition, c.typed(why)}, sales.Decision{Verdict: sales.Reject, Comment: c.reason(why)})
}

// approvalWithdraw answers /approval withdraw DEAL [KIND]: it asks back, as the button does.
func (a *App) approvalWithdraw(ctx context.Context, c *Call) (Reply, error) {
	f, err := a.find(ctx, c, c.Words)
	if err != nil {
		return a.orWaiting(ctx, c, err)
	}
	kind, rest, err := c.kindAfter(f)
	if err == nil {
		err = noMore(rest)
	}
	if err != nil {
		return Reply{}, within(f.Case, err)
	}
	req, err := c.pendingOf(f, kind, func(req sales.Approval) bool { return req.Requester == c.User })
	if err != nil {
		return Reply{}, err
	}
	return a.askWithdraw(ctx, c, view.ApprovalSeen(req))
}

// decideByCommand decides the request as it was found.
func (a *App) decideByCommand(ctx context.Context, c *Call, t typedDecision, d sales.Decision) (Reply, error) {
	req := t.req
	if ask, asked, err := a.askEdition(ctx, c, t, d.Verdict); asked || err != nil {
		return ask, err
	}
	d.By, d.Seen, d.Via = c.User, req.Version, "command"
	r, err := a.decideApproval(ctx, c, req.ID, d)
	if isCode(err, "approval.no_reason") {
		err = sales.Refuse(sales.Invalid, "approval.because")
	}
	return r, err
}

// orWaiting lists what waits for the person when they named no deal.
func (a *App) orWaiting(ctx context.Context, c *Call, err error) (Reply, error) {
	if isCode(err, "deal.which") || isCode(err, "deal.which_none") {
		c.Words = nil
		return a.approvals(ctx, c)
	}
	return Reply{}, err
}

// reason is the words as they were typed, as much of them as is kept.
func (c *Call) reason(words []Word) string {
	if len(words) > 1 && words[0].is(because...) {
		words = words[1:]
	}
	return text.Truncate(c.typed(words), maxTyped)
}

// leadingAmount parts off the amount that the words begin with, as it was typed: the longest that can be read.
func (c *Call) leadingAmount(words []Word, currency string) (amount string, rest []Word) {
	const longest = 3 // words: "1.5 million euros"
	if len(words) == 0 || words[0].Quoted {
		return "", words
	}
	for n := min(longest, len(words)); n > 0; n-- {
		typed := c.typed(words[:n])
		_, err := sales.ParseMoney(typed, currency)
		switch {
		case n < len(words) && !mayBeAmount(words[:n]):
		case err == nil, isCode(err, "money.ambiguous"):
			return typed, words[n:]
		}
	}
	return "", words
}

// kindAfter reads the kind of approval that stands after the deal; none is "".
func (c *Call) kindAfter(f found) (kind string, rest []Word, err error) {
	if len(f.rest) == 0 {
		return "", nil, nil
	}
	kind, n, err := c.matchKind(f.Process, f.rest)
	return kind, f.rest[n:], err
}

// findPending finds the request that the words name, all of them: a deal and, when several of its
// requests wait for the person, the kind.
func (a *App) findPending(ctx context.Context, c *Call, words []Word) (*sales.Case, sales.Approval, error) {
	f, err := a.find(ctx, c, words)
	if err != nil {
		return nil, sales.Approval{}, err
	}
	kind, rest, err := c.kindAfter(f)
	if err == nil {
		err = noMore(rest)
	}
	if err != nil {
		return nil, sales.Approval{}, within(f.Case, err)
	}
	req, err := c.pending(f, kind)
	return f.Case, req, err
}

// pending is the request of that kind, or of any, that waits for the person. When all wait for others it is the
// first of those, for the rules to refuse.
func (c *Call) pending(f found, kind string) (sales.Approval, error) {
	return c.pendingOf(f, kind, func(req sales.Approval) bool { return slices.Contains(f.Deciders(req), c.User) })
}

// pendingOf is pending for the requests that are the person's in another way.
func (c *Call) pendingOf(f found, kind string, theirs func(sales.Approval) bool) (sales.Approval, error) {
	var pending, mine []sales.Approval
	for _, req := range f.Approvals {
		if req.State != sales.Pending || kind != "" && req.Kind != kind {
			continue
		}
		pending = append(pending, req)
		if theirs(req) {
			mine = append(mine, req)
		}
	}
	switch {
	case len(pending) == 0:
		return sales.Approval{}, within(f.Case, sales.Refuse(sales.NotFound, "approval.none"))
	case len(mine) == 0:
		return pending[0], nil
	case len(mine) == 1:
		return mine[0], nil
	}
	e := sales.Refuse(sales.Ambiguous, "kind.missing")
	for _, req := range mine {
		e.Choices = append(e.Choices, sales.Choice{Key: req.Kind, Label: view.Unmarked(view.PolicyName(c.Printer, f.Process, req.Kind))})
	}
	return sales.Approval{}, choosing(within(f.Case, e), func(key string) string {
		return c.with(f.words, f.Deal.Ref()+" "+key)
	})
}
