package handlers

import (
	"context"
	"errors"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

func (a *App) clickApprove(ctx context.Context, c *Call) (Reply, error) {
	id, seen, via := ids(c.Value)
	r, err := a.decideApproval(ctx, c, id, sales.Decision{By: c.User, Verdict: sales.Approve, Seen: seen, Via: c.viaOf(via)})
	if isCode(err, "approval.confirm") {
		return a.decisionForm(ctx, c, c.Value, sales.Approve)
	}
	return r, err
}

func (a *App) clickReject(ctx context.Context, c *Call) (Reply, error) {
	return a.decisionForm(ctx, c, c.Value, sales.Reject)
}

// clickMoreApproval answers the card's menu: "note:ID:VERSION".
func (a *App) clickMoreApproval(ctx context.Context, c *Call) (Reply, error) {
	what, value := cutColon(c.Value)
	switch what {
	case "note":
		return a.decisionForm(ctx, c, value, sales.Approve)
	case "deal":
		return a.showDealOf(ctx, c, value)
	case "history":
		return a.showHistoryOf(ctx, c, value)
	case "forward":
		return a.forwardForm(ctx, c, value)
	case "edit":
		return a.editForm(ctx, c, value)
	case "withdraw":
		return a.askWithdraw(ctx, c, value)
	}
	return Reply{}, sales.Refuse(sales.NotFound, "button.old")
}

func (a *App) showDealOf(ctx context.Context, c *Call, value string) (Reply, error) {
	id, _, _ := ids(value)
	k, _, err := a.readApproval(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return a.show(ctx, c, k)
}

// viaOf is "thread" for what was typed there and is recorded by a button.
func (c *Call) viaOf(said string) string {
	if said == "thread" {
		return said
	}
	return c.via()
}

// via says by which door the person came.
func (c *Call) via() string {
	switch {
	case c.Ephemeral:
		return "command"
	case c.Message == "":
		return "home"
	case strings.HasPrefix(c.Channel, "D"):
		return "dm"
	}
	return "thread"
}

func (a *App) readApproval(ctx context.Context, c *Call, id int64) (k *sales.Case, req sales.Approval, err error) {
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		k, req, err = a.loadApproval(ctx, r, c.User, id)
		return err
	})
	return k, req, err
}

// decisionForm asks for a reason or a note, unless the decision would be refused anyway.
func (a *App) decisionForm(ctx context.Context, c *Call, value string, verdict sales.Verdict) (Reply, error) {
	id, seen, via := ids(value)
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		k, req, err := a.loadApproval(ctx, r, c.User, id)
		if err != nil {
			return err
		}
		_, _, err = k.Decide(req, sales.Decision{By: c.User, Verdict: verdict, Seen: seen, Comment: "…"}, c.Now)
		confirm := isCode(err, "approval.confirm")
		if err != nil && !confirm {
			return within(k, err)
		}
		v, err := a.approvalView(ctx, r, k, req, c.Now)
		reply.Modal = view.DecisionForm(c.Printer, v, verdict, c.viaOf(via), confirm)
		return err
	})
	return reply, err
}

// submitDecision takes "ID:VERSION:VERDICT:VIA" and the reason.
func (a *App) submitDecision(ctx context.Context, c *Call) (Reply, error) {
	id, seen, rest := ids(c.View.Meta)
	verdict, via := cutColon(rest)
	r, err := a.decideApproval(ctx, c, id, sales.Decision{
		By: c.User, Verdict: sales.Verdict(verdict), Seen: seen, Via: via, Comment: c.Input("approval.comment"), Amount: c.Input("approval.typed"),
	})
	switch {
	case isCode(err, "approval.no_reason"):
		err = atInput("approval.comment", err)
	case c.Input("approval.typed") != "" && (isCode(err, "approval.amount") || isMoney(err)):
		err = atInput("approval.typed", err)
	}
	return c.formDone(r, err)
}

func isMoney(err error) bool {
	var e *sales.Error
	return errors.As(err, &e) && strings.HasPrefix(e.Code, "money.")
}

// decideApproval records one person's answer to the step that waits. The amount in it is as they typed it.
func (a *App) decideApproval(ctx context.Context, c *Call, id int64, d sales.Decision) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, req, err := a.loadApproval(ctx, tx.Reader, c.User, id)
		if err != nil {
			return Reply{}, err
		}
		typed, err := sales.ParseMoney(d.Amount, req.Amount().Currency)
		if err != nil && d.Amount != "" {
			return Reply{}, within(k, err)
		}
		d.Amount = typed.Canonical()
		req, events, err := k.Decide(req, d, c.Now)
		if err != nil {
			return Reply{}, within(k, err)
		}
		if req, err = a.saveApproval(ctx, tx, c, k, req, events); err != nil {
			return Reply{}, err
		}
		v, err := a.approvalView(ctx, tx.Reader, k, req, c.Now)
		return c.inPlace(say(c.decided(v, d.Verdict))), err
	})
}

// decided confirms a decision and says what comes next.
func (c *Call) decided(v view.Approval, verdict sales.Verdict) string {
	what := c.T("the %s for %s", view.PolicyInside(c.Printer, v.Process, v.Approval.Kind), view.DealName(v.Deal))
	asker := v.Name(v.Approval.Requester)
	switch {
	case verdict == sales.Reject:
		return c.T("You rejected %s. I will tell %s why.", what, asker)
	case v.Approval.State == sales.Approved:
		return c.T("You approved %s. I will tell %s.", what, asker)
	}
	step := v.Approval.Current()
	if step.From != v.Approval.Version {
		return c.T("You approved %s. It still waits for %s.", what, v.Awaited(c.Printer))
	}
	return c.T("You approved %s. Next is %s: it waits for %s.", what, v.StepName(c.Printer, step.Key), v.Awaited(c.Printer))
}

func (a *App) clickWithdraw(ctx context.Context, c *Call) (Reply, error) {
	return a.askWithdraw(ctx, c, c.Value)
}

// askWithdraw asks back, unless it would be refused anyway.
func (a *App) askWithdraw(ctx context.Context, c *Call, value string) (Reply, error) {
	id, _, _ := ids(value)
	k, req, err := a.readApproval(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	if _, _, err := k.Withdraw(req, c.User, c.Now); err != nil {
		return Reply{}, within(k, err)
	}
	return Reply{Modal: view.WithdrawForm(c.Printer, k, req)}, nil
}

// submitWithdraw takes "ID:VERSION".
func (a *App) submitWithdraw(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.View.Meta)
	return c.formDone(a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, req, err := a.loadApproval(ctx, tx.Reader, c.User, id)
		if err != nil {
			return Reply{}, err
		}
		if err := a.withdrawNow(ctx, tx, c, k, req); err != nil {
			return Reply{}, err
		}
		sentence := c.T("The %s approval for %s is withdrawn.", view.PolicyInside(c.Printer, k.Process, req.Kind), view.DealName(k.Deal))
		return say(sentence), nil
	}))
}

func (a *App) withdrawNow(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval) error {
	req, events, err := k.Withdraw(req, c.User, c.Now)
	if err != nil {
		return within(k, err)
	}
	_, err = a.saveApproval(ctx, tx, c, k, req, events)
	return err
}

// approvalRefusals words what the rules about approvals refuse.
var approvalRefusals = map[string]wording{
	"approval.unknown":       says(text.Msg("There is no such request, or it is not for you to see. `%sapprovals` shows yours."), "slash"),
	"approval.unknown_kind":  says(text.Msg("The process has no approval “%s”. `%sprocess` shows what it asks for."), "kind", "slash"),
	"approval.open":          approvalOpen,
	"approval.field":         says(text.Msg("The approvers need this: fill in %s."), "field"),
	"approval.discount":      says(text.Msg("A discount lies between 0 and 100 per cent.")),
	"approval.currency":      says(text.Msg("The deal is in %s and this is in %s: make them the same, here or with `%sdeal set`. Otherwise nobody can tell which of the two is larger."), "currency", "other", "slash"),
	"approval.nobody":        approvalNobody,
	"approval.own":           says(text.Msg("You asked for it, so somebody else has to decide.")),
	"approval.not_yours":     approvalNotYours,
	"approval.decided":       approvalDecided,
	"approval.moved_on":      approvalMovedOn,
	"approval.answered":      approvalAnswered,
	"approval.other_version": says(text.Msg("This request is version %s now, so nothing is decided. Look at it, then name that version."), "version"),
	"approval.not_leading":   says(text.Msg("Who waits for whom is shown to managers and admins. `%sapprovals` shows what waits for you."), "slash"),
	"approval.none":          says(text.Msg("Nothing is asked for this deal at the moment.")),
	"forward.self":           says(text.Msg("It waits for you already. Name somebody else to forward it to.")),
	"forward.asker":          says(text.Msg("They asked for it, so somebody else has to decide.")),
	"forward.needed":         forwardNeeded,
	"forward.not_theirs":     forwardNotTheirs,
	"approval.confirm":       approvalConfirm,
	"approval.amount":        approvalAmount,
	"approval.not_asker":     says(text.Msg("Only who asked for it can change the request.")),
	"approval.same":          says(text.Msg("Nothing is changed in the form. Change something, or close it.")),
	"approval.edited":        says(text.Msg("You changed the request meanwhile. Open the form again.")),
	"approval.no_reason":     says(text.Msg("Say why: the rep needs to know what would have to change.")),
	"approval.because":       says(text.Msg("Say why behind “because”: the rep needs to know what would have to change.")),
	"kind.unknown":           says(text.Msg("There is no approval “%s”. These are the kinds:"), "input"),
	"kind.ambiguous":         says(text.Msg("“%s” can be more than one kind of approval. Which one?"), "input"),
	"kind.missing":           says(text.Msg("Which kind of approval?")),
	"condition.invalid":      says(text.Msg("A condition in the process can't be read. Ask your admin to run `pipewright process check`.")),
}
