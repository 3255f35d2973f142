package handlers

import (
	"context"
	"errors"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// delegationsDue gives effect to the delegations whose period has begun, and ends those whose
// period is over. Each is one transaction; what another replica did already is left.
func (a *App) delegationsDue(ctx context.Context, now time.Time) error {
	all, err := a.liveDelegations(ctx)
	if err != nil {
		return err
	}
	c := &Call{Intent: Intent{Now: now}, Printer: a.Channel()}
	var failed []error
	for _, d := range all {
		turn := a.beginDelegation
		switch {
		case !d.Until.After(now):
			turn = a.expireDelegation
		case d.Begun || d.From.After(now):
			continue
		}
		err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return turn(ctx, tx, c, d) })
		if !isCode(err, "delegation.over") {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (a *App) liveDelegations(ctx context.Context) ([]sales.Delegation, error) {
	var all []sales.Delegation
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err == nil {
			all = org.Delegations
		}
		return err
	})
	return all, err
}

// nextDelegation returns when a period begins or ends next.
func (a *App) nextDelegation(ctx context.Context, _ time.Time) (time.Time, error) {
	all, err := a.liveDelegations(ctx)
	var first time.Time
	for _, d := range all {
		at := d.From
		if d.Begun {
			at = d.Until
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first, err
}

func (a *App) beginDelegation(ctx context.Context, tx *store.Tx, c *Call, d sales.Delegation) error {
	before, err := tx.Organisation(ctx)
	if err != nil {
		return err
	}
	if err := tx.BeginDelegation(ctx, d.ID); err != nil {
		return err
	}
	n, err := a.handOver(ctx, tx, c, before, d.Delegate)
	if err != nil {
		return err
	}
	if err := showDelegation(ctx, tx, c, d); err != nil {
		return err
	}
	return a.tellDelegation(ctx, tx, c, d, d.Delegate, "begun", n)
}

// expireDelegation tells the approver alone: the delegate knew until when it was.
func (a *App) expireDelegation(ctx context.Context, tx *store.Tx, c *Call, d sales.Delegation) error {
	d, err := a.endNow(ctx, tx, c, d.ID, func(*sales.Organisation, sales.Delegation) error { return nil })
	if err != nil {
		return err
	}
	waiting, err := tx.Approvals(ctx, store.ApprovalFilter{Decider: d.Approver})
	if err != nil {
		return err
	}
	return a.tellDelegation(ctx, tx, c, d, d.Approver, "over", len(waiting))
}
