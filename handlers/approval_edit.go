package handlers

import (
	"context"
	"maps"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

func (a *App) clickEditApproval(ctx context.Context, c *Call) (Reply, error) {
	return a.editForm(ctx, c, c.Value)
}

// editForm opens the form with what is asked now, unless changing it would be refused anyway.
func (a *App) editForm(ctx context.Context, c *Call, value string) (Reply, error) {
	id, _, _ := ids(value)
	k, req, err := a.readApproval(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	if err := k.MayEdit(req, c.User); err != nil {
		return Reply{}, within(k, err)
	}
	policy, ok := k.Process.Policy(req.Kind)
	if !ok {
		return Reply{}, within(k, sales.Refuse(sales.NotFound, "approval.unknown_kind", "kind", req.Kind))
	}
	return Reply{Modal: view.EditForm(c.Printer, view.ApprovalForm{Case: k, Policy: policy, Form: req.Form}, req)}, nil
}

// submitEditApproval takes "ID:VERSION" and the form.
func (a *App) submitEditApproval(ctx context.Context, c *Call) (Reply, error) {
	id, seen, _ := ids(c.View.Meta)
	return c.formDone(a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, req, err := a.loadApproval(ctx, tx.Reader, c.User, id)
		if err != nil {
			return Reply{}, err
		}
		form, err := c.approvalInputs(k, req.Kind, req.Form)
		if err != nil {
			return Reply{}, within(k, err)
		}
		next, events, voided, err := k.Edit(req, c.User, form, seen, c.Now)
		if err != nil {
			return Reply{}, within(k, atField(err))
		}
		if next, err = a.saveApproval(ctx, tx, c, k, next, events); err != nil {
			return Reply{}, err
		}
		v, err := a.approvalView(ctx, tx.Reader, k, next, c.Now)
		if err != nil {
			return Reply{}, err
		}
		sentence := c.T("Changed. The answers so far still hold.")
		if voided {
			sentence = c.T("Changed. Everybody is asked again: it waits for %s.", v.Awaited(c.Printer))
		}
		return a.standingApproval(c, k, next, sentence), nil
	}))
}

// withEdits adds how often the request was changed, and what it said before the last time.
func withEdits(v *view.Approval, log []sales.Event) {
	for _, e := range log {
		if e.Type != sales.Edited && (e.Type != sales.Followed || e.Data.Outcome != sales.Voided) || e.Data.Approval != v.Approval.ID {
			continue
		}
		v.Edits++
		v.Followed = e.Type == sales.Followed
		v.Edited = e.At
		before := maps.Clone(v.Approval.Form)
		maps.Copy(before, e.Data.Before)
		v.Before = sales.Approval{ID: v.Approval.ID, Form: before}
	}
}

// voided reports whether the person answered what the request said before it was changed.
func voided(req sales.Approval, user string) bool {
	for _, s := range req.Steps {
		for _, d := range s.Decisions {
			if d.Void && d.By == user {
				return true
			}
		}
	}
	return false
}
