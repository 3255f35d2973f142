package handlers

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// approvalForward answers /approval forward [KIND] DEAL to @user [because TEXT].
func (a *App) approvalForward(ctx context.Context, c *Call) (Reply, error) {
	words, why, _ := cut(c.Words, because...)
	words, to, named := cutLast(words, toPerson...)
	k, req, err := a.findPending(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	if !named || len(to) == 0 {
		return a.forwardForm(ctx, c, view.ApprovalSeen(req))
	}
	var user string
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		user, err = a.matchUser(ctx, r, c, to)
		return err
	})
	if err != nil {
		return Reply{}, within(k, err)
	}
	return a.forward(ctx, c, req.ID, sales.Forward{By: c.User, To: user, Why: c.typed(why)}, 0)
}

// forwardForm asks to whom, unless it would be refused whoever it is.
func (a *App) forwardForm(ctx context.Context, c *Call, value string) (Reply, error) {
	id, seen, _ := ids(value)
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		k, req, err := a.loadApproval(ctx, r, c.User, id)
		if err != nil {
			return err
		}
		who := k.Successors(req, c.User, c.Now)
		if len(who) == 0 {
			who = []string{""}
		}
		if _, _, err := k.Forward(req, sales.Forward{By: c.User, To: who[0]}, seen, c.Now); err != nil {
			return within(k, err)
		}
		v, err := a.approvalView(ctx, r, k, req, c.Now)
		reply.Modal = view.ForwardForm(c.Printer, v, who)
		return err
	})
	return reply, err
}

// submitForward takes "ID:VERSION" and the form.
func (a *App) submitForward(ctx context.Context, c *Call) (Reply, error) {
	id, seen, _ := ids(c.View.Meta)
	return c.formDone(a.forward(ctx, c, id, sales.Forward{By: c.User, To: c.Input("approval.to"), Why: c.Input("approval.why")}, seen))
}

// forward hands the person's part of a request on, and tells the one who has it now.
func (a *App) forward(ctx context.Context, c *Call, id int64, f sales.Forward, seen int) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, req, err := a.loadApproval(ctx, tx.Reader, c.User, id)
		if err != nil {
			return Reply{}, err
		}
		req, events, err := k.Forward(req, f, seen, c.Now)
		if err != nil {
			return Reply{}, within(k, err)
		}
		if req, err = a.saveApproval(ctx, tx, c, k, req, events); err != nil {
			return Reply{}, err
		}
		if err := a.tellForward(ctx, tx, c, k, req, f); err != nil {
			return Reply{}, err
		}
		v, err := a.approvalView(ctx, tx.Reader, k, req, c.Now)
		sentence := c.T("Forwarded to %s: the %s approval for %s no longer waits for you.", v.Name(f.To), view.PolicyInside(c.Printer, v.Process, req.Kind), view.DealName(k.Deal))
		return c.inPlace(say(sentence, view.Actions(view.Button("approval.open", fmt.Sprint(id), c.T("Show it")))...)), err
	})
}

// tellForward tells the one who has it now: a card that they had before makes no sound.
func (a *App) tellForward(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval, f sales.Forward) error {
	v, p, err := a.approvalFor(ctx, tx, c, k, req, f.To)
	if err != nil {
		return err
	}
	sentence := p.T("%s forwarded the %s approval for %s to you: it waits for you now.", v.Name(f.By), view.PolicyInside(p, v.Process, req.Kind), view.DealName(k.Deal))
	if f.Why != "" {
		sentence += " “" + view.Note(f.Why) + "”"
	}
	r := say(sentence, view.Actions(view.Button("approval.open", fmt.Sprint(req.ID), p.T("Open")))...)
	return a.direct(ctx, tx, fmt.Sprintf("%s:forward:%d:%s", approvalSubject(req.ID), req.Version, f.To), f.To, r)
}

// forwardNeeded says that nobody can take over, and what to do instead.
func forwardNeeded(f facts) (string, []slack.Block) {
	return f.T("This step needs your answer: there is nobody left who could give it instead. For the time of an absence, `%s` names somebody who answers in your place.",
		f.app.slash("approvals delegate @… until …")), view.Actions(view.DelegateButton(f.Printer, "", f.T("Delegate…")))
}

// forwardNotTheirs says who can take it over.
func forwardNotTheirs(f facts) (string, []slack.Block) {
	who := f.people(f.e.Who)
	f.e.Who = nil // named here already
	return f.T("%s is not asked in this step. You can forward it to %s.", f.fact("user"), who), nil
}
