package handlers

import (
	"context"

	"pipewright/handlers/view"
	"pipewright/store"
)

// approvalHistory answers /approval history REF [KIND].
func (a *App) approvalHistory(ctx context.Context, c *Call) (Reply, error) {
	f, err := a.find(ctx, c, c.Words)
	if err != nil {
		return Reply{}, err
	}
	kind, rest, err := c.kindAfter(f)
	if err == nil {
		err = noMore(rest)
	}
	if err != nil {
		return Reply{}, within(f.Case, err)
	}
	return a.showHistory(ctx, c, f.Deal.ID, 0, kind)
}

// clickApprovalHistory takes "DEAL:BEFORE:KIND".
func (a *App) clickApprovalHistory(ctx context.Context, c *Call) (Reply, error) {
	deal, before, kind := ids(c.Value)
	return a.showHistory(ctx, c, deal, before, kind)
}

// showHistoryOf tells what happened to the requests of that kind.
func (a *App) showHistoryOf(ctx context.Context, c *Call, value string) (Reply, error) {
	id, _, _ := ids(value)
	k, req, err := a.readApproval(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return a.showHistory(ctx, c, k.Deal.ID, 0, req.Kind)
}

func (a *App) showHistory(ctx context.Context, c *Call, deal int64, before int, kind string) (Reply, error) {
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		k, err := a.load(ctx, r, c, deal, false)
		if err != nil {
			return err
		}
		log, err := r.Events(ctx, deal)
		if err != nil {
			return err
		}
		h := view.ApprovalHistory{Deal: k.Deal, Process: k.Process, Log: log, Kind: kind, Before: before, Name: names(ctx, r)}
		reply.Text, reply.Blocks = h.Blocks(c.Printer)
		return nil
	})
	return c.inPlace(reply), err
}
