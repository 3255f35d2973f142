package handlers

import (
	"context"
	"slices"
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
	return a.organise(ctx, c, reorganise{why: why, change: func(o *sales.Organisation) (reorganised, error) {
		if o.KnowsRole(key) {
			return reorganised{}, sales.Refuse(sales.Conflict, "role.taken", "input", key)
		}
		o.Roles = append(o.Roles, sales.Role{Key: key, Name: sales.Text{"": name}})
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
	if err := mayOrganise(o, c.User); err != nil {
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
	if sales.BuiltInRole(key) {
		return Reply{}, sales.Refuse(sales.Invalid, "role.built_in", "role", view.Unmarked(name))
	}
	return a.organise(ctx, c, reorganise{
		why: why,
		allows: func(all []*sales.Process) error {
			if i := slices.IndexFunc(all, func(p *sales.Process) bool { return p.NeedsRole(key) }); i >= 0 {
				return sales.Refuse(sales.Conflict, "role.in_use", "role", view.Unmarked(name), "process", all[i].Name.In(c.Lang()))
			}
			return nil
		},
		change: func(o *sales.Organisation) (reorganised, error) {
			r, err := roleOf(o, key)
			if err != nil {
				return reorganised{}, err
			}
			if len(r.Users)+len(r.Groups) > 0 {
				return reorganised{}, sales.Refuse(sales.Conflict, "role.held", "role", view.Unmarked(name), "key", key)
			}
			undo := "process role new " + key + ` "` + r.Name.In(c.Lang()) + `"`
			o.Roles = slices.DeleteFunc(o.Roles, func(x sales.Role) bool { return x.Key == key })
			return reorganised{sentence: c.T("The role *%s* is gone.", name), undo: undo}, nil
		},
	})
}
