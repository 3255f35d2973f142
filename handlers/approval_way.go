package handlers

import (
	"context"
	"slices"

	"pipewright/handlers/view"
	"pipewright/internal/text"
	"pipewright/store"
)

// wayTo adds the way to the copy of a request's card on which its reader acts: the one in their
// direct messages. It reports whether that stands or will stand, or there is nothing to do on it.
func (a *App) wayTo(ctx context.Context, r *store.Reader, p text.Printer, v *view.Approval) (stands bool, err error) {
	if !v.Acts() {
		return true, nil
	}
	places, err := r.Places(ctx, approvalSubject(v.Approval.ID))
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(places, func(x store.Place) bool { return x.Asked == v.Reader && !x.Dead })
	switch {
	case i < 0: // and is not coming
	case places[i].TS == "":
		v.Way = view.WayComing(p)
	case a.Workspace == "":
		v.Way = view.Way(p, *v, "")
	default:
		v.Way = view.Way(p, *v, permalink(a.Workspace, places[i].Channel, places[i].TS))
	}
	return i >= 0, nil
}

// showWay is wayTo, and has the card sent to the reader when they have none.
func (a *App) showWay(ctx context.Context, tx *store.Tx, c *Call, v *view.Approval) error {
	stands, err := a.wayTo(ctx, tx.Reader, c.Printer, v)
	if err != nil || stands {
		return err
	}
	v.Way = view.WayComing(c.Printer)
	return tx.Card(ctx, approvalSubject(v.Approval.ID), v.Reader, "")
}
