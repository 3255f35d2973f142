package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// approvalsDue does to requests what time and changes of the organisation bring, each in a
// transaction of its own, and then reminds those who are awaited.
func (a *App) approvalsDue(ctx context.Context, now time.Time) error {
	var due []int64
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		due, err = r.DueApprovals(ctx, now)
		return err
	})
	failed := []error{err}
	for _, id := range due {
		if err := a.passApproval(ctx, id, now); err != nil {
			failed = append(failed, fmt.Errorf("approval %d: %w", id, err))
		}
	}
	return errors.Join(append(failed, a.remindAll(ctx, now))...)
}

// nextApproval is when a request has to be looked at, or somebody is to be reminded.
func (a *App) nextApproval(ctx context.Context, now time.Time) (time.Time, error) {
	next, err := a.nextReminder(ctx, now)
	if err != nil {
		return next, err
	}
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		at, err := r.NextApprovalDue(ctx)
		if !at.IsZero() && at.Before(now) {
			at = now
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		return err
	})
	return next, err
}

// passApproval looks at one request. A second replica that looks at the same time finds done what
// the first one did.
func (a *App) passApproval(ctx context.Context, id int64, now time.Time) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		req, err := tx.Approval(ctx, id)
		if err != nil {
			return err
		}
		k, err := tx.Case(ctx, req.Deal)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(k.Approvals, func(x sales.Approval) bool { return x.ID == id })
		if i < 0 || k.Approvals[i].State != sales.Pending {
			return nil // it ended meanwhile
		}
		c := &Call{Intent: Intent{Now: now}, Printer: a.Channel()}
		next, events := k.Pass(k.Approvals[i], now)
		if len(events) == 0 {
			err = a.showWaiting(ctx, tx, c, k, next)
		} else {
			err = a.passed(ctx, tx, c, k, &next, events)
		}
		if err != nil {
			return err
		}
		return tx.LookedAt(ctx, id, k.NextLook(next, now))
	})
}

// showWaiting has the card say what is overdue by now, and stand with everybody who may decide.
func (a *App) showWaiting(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval) error {
	if err := tx.Refresh(ctx, approvalSubject(req.ID)); err != nil {
		return err
	}
	return a.invite(ctx, tx, c, k, req)
}

// passed saves and says what became of a request without anybody's doing.
func (a *App) passed(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req *sales.Approval, events []sales.Event) (err error) {
	if *req, err = a.saveApproval(ctx, tx, c, k, *req, events); err != nil {
		return err
	}
	for _, e := range events {
		switch e.Type {
		case sales.Escalated:
			err = a.tellEscalated(ctx, tx, c, k, *req, e)
		case sales.Stranded:
			err = a.alarm(ctx, tx, c, k, *req, e.Data.Step)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tellEscalated tells those whom an escalation names and who have the card from another step: an
// updated card makes no sound.
func (a *App) tellEscalated(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval, e sales.Event) error {
	for _, user := range e.Data.Users {
		if !decidedBefore(k, req, user) {
			continue
		}
		v, p, err := a.approvalFor(ctx, tx, c, k, req, user)
		if err != nil {
			return err
		}
		sentence := p.T("The %s approval for %s has waited for long. You may decide now, too: %s.", view.PolicyInside(p, v.Process, req.Kind), view.DealName(k.Deal), v.StepName(p, e.Data.Step))
		r := say(sentence, view.Actions(view.Button("approval.open", fmt.Sprint(req.ID), p.T("Open")))...)
		if err := a.direct(ctx, tx, fmt.Sprintf("%s:escalated:%s:%d:%s", approvalSubject(req.ID), e.Data.Step, req.Version, user), user, r); err != nil {
			return err
		}
	}
	return nil
}

// alarm tells people that too few are left for a step, and what each of them can do about it.
func (a *App) alarm(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval, step string) error {
	for _, user := range k.Alarmed(req) {
		v, p, err := a.approvalFor(ctx, tx, c, k, req, user)
		if err != nil {
			return err
		}
		sentence, more := v.StrandedMessage(p, step, a.slash("process role add "+v.RoleOf(step)+" @…"), k.Org)
		if err := a.direct(ctx, tx, fmt.Sprintf("%s:stranded:%s:%d:%s", approvalSubject(req.ID), step, req.Version, user), user, say(sentence, more...)); err != nil {
			return err
		}
	}
	return nil
}

// approvalFor is a request as one person who is not the one who acts is told of it.
func (a *App) approvalFor(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval, user string) (view.Approval, text.Printer, error) {
	p, err := a.printerOf(ctx, tx.Reader, user)
	if err != nil {
		return view.Approval{}, p, err
	}
	v, err := a.approvalView(ctx, tx.Reader, k, req, c.Now)
	v.Reader = user
	return v, p, err
}
