package handlers

import (
	"context"
	"strconv"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// stopDelegation answers /approvals delegate stop [@approver].
func (a *App) stopDelegation(ctx context.Context, c *Call, words []Word) (Reply, error) {
	user := c.User
	var mine []sales.Delegation
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		if len(words) > 0 {
			if user, err = a.matchUser(ctx, r, c, words); err != nil {
				return err
			}
		}
		mine, err = delegationsBy(ctx, r, func(d sales.Delegation) bool { return d.Approver == user })
		return err
	})
	switch {
	case err != nil:
		return Reply{}, err
	case len(mine) == 0:
		return Reply{}, sales.Refuse(sales.NotFound, "delegation.none", "user", user)
	case len(mine) > 1:
		return a.delegations(ctx, c) // each with a button
	}
	return a.endDelegation(ctx, c, mine[0].ID)
}

func delegationsBy(ctx context.Context, r *store.Reader, wanted func(sales.Delegation) bool) ([]sales.Delegation, error) {
	org, err := r.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	var out []sales.Delegation
	for _, d := range org.Delegations {
		if wanted(d) {
			out = append(out, d)
		}
	}
	return out, nil
}

func (a *App) clickEndDelegation(ctx context.Context, c *Call) (Reply, error) {
	id, err := strconv.ParseInt(c.Value, 10, 64)
	if err != nil {
		return Reply{}, sales.Refuse(sales.NotFound, "button.old")
	}
	return a.endDelegation(ctx, c, id)
}

func (a *App) endDelegation(ctx context.Context, c *Call, id int64) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		d, err := a.endNow(ctx, tx, c, id, func(o *sales.Organisation, d sales.Delegation) error { return o.MayEnd(c.User, d) })
		if err != nil {
			return Reply{}, err
		}
		for _, user := range []string{d.Delegate, d.Approver} {
			if err := a.tellDelegation(ctx, tx, c, d, user, "stopped", 0); err != nil {
				return Reply{}, err
			}
		}
		s, err := a.delegationStory(ctx, tx.Reader, d, c)
		return c.inPlace(say(s.Stopped(c.Printer, c.User))), err
	})
}

// endNow ends the delegation, if may has no objection, and takes the buttons from the delegate.
func (a *App) endNow(ctx context.Context, tx *store.Tx, c *Call, id int64, may func(*sales.Organisation, sales.Delegation) error) (sales.Delegation, error) {
	before, err := tx.Organisation(ctx)
	if err != nil {
		return sales.Delegation{}, err
	}
	d, err := tx.EndDelegation(ctx, id, c.User, c.Now, func(d sales.Delegation) error { return may(before, d) })
	if err != nil {
		return d, err
	}
	if _, err = a.handOver(ctx, tx, c, before, ""); err != nil {
		return d, err
	}
	return d, showDelegation(ctx, tx, c, d)
}

// delegations answers /approvals delegations: those that concern the person, or for who leads all.
func (a *App) delegations(ctx context.Context, c *Call) (Reply, error) {
	return a.delegationsPage(ctx, c, 0)
}

func (a *App) delegationsPage(ctx context.Context, c *Call, page int) (Reply, error) {
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		mine, err := delegationsBy(ctx, r, func(d sales.Delegation) bool { return org.MayEnd(c.User, d) == nil })
		if err != nil {
			return err
		}
		mine, pages := onPage(mine, "delegations", page, view.MaxDelegations)
		rows := make([]view.Delegation, len(mine))
		for i, d := range mine {
			if rows[i], err = a.delegationStory(ctx, r, d, c); err != nil {
				return err
			}
		}
		reply = Reply{Text: c.T("Who decides in whose place"), Blocks: view.DelegationList(c.Printer, rows, pages, a.slash("approvals delegate"))}
		return nil
	})
	return c.inPlace(reply), err
}
