package handlers

import (
	"context"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
)

// roleNew adds a role that nobody holds yet.
func (a *App) roleNew(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	if len(words) == 0 {
		return Reply{}, sales.Refuse(sales.Invalid, "role.no_key")
	}
	key, name := strings.ToLower(words[0].Text), c.typed(words[1:])
	if name == "" {
		name = words[0].Text
	}
	return a.organise(ctx, c, reorganise{why: why, change: func(o *sales.Organisation, _ []*sales.Process) (reorganised, error) {
		if err := o.NewRole(key, sales.Text{"": name}); err != nil {
			return reorganised{}, err
		}
		return reorganised{
			sentence: c.T("The role *%s* is there. `%s` gives it to people; the map's file says what they decide.", view.RoleName(c.Printer, o, key), a.slash("process role add "+key+" @…")),
			undo:     "process role delete " + key,
		}, nil
	}})
}

// roleDelete takes away a role that no process needs.
func (a *App) roleDelete(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	o, err := a.organisation(ctx)
	if err != nil {
		return Reply{}, err
	}
	if err := o.MayOrganise(c.User); err != nil {
		return Reply{}, err
	}
	key, rest, err := c.matchRole(o, words)
	if err == nil {
		err = noMore(rest)
	}
	if err != nil {
		return Reply{}, err
	}
	name := view.RoleName(c.Printer, o, key)
	return a.organise(ctx, c, reorganise{why: why, change: func(o *sales.Organisation, all []*sales.Process) (reorganised, error) {
		r, err := o.DeleteRole(key, all)
		if err != nil {
			return reorganised{}, err
		}
		undo := "process role new " + key + ` "` + r.Name.In(c.Lang()) + `"`
		return reorganised{sentence: c.T("The role *%s* is gone.", name), undo: undo}, nil
	}})
}
