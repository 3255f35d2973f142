package handlers

import (
	"context"
	"slices"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// roleVerbs are looked at in this order.
func roleVerbs() []organiseVerb {
	return []organiseVerb{
		{[]string{"list", "show", "列表"}, (*App).roleList},
		{[]string{"add", "give", "添加", "授予"}, (*App).roleAdd},
		{[]string{"remove", "rm", "take", "移除", "收回"}, (*App).roleRemove},
		{[]string{"new", "create", "新建"}, (*App).roleNew},
		{[]string{"delete", "drop", "删除"}, (*App).roleDelete},
	}
}

// processRole answers /process role [add|remove ROLE @user] [new KEY NAME] [delete ROLE] [because TEXT].
func (a *App) processRole(ctx context.Context, c *Call) (Reply, error) {
	return a.organiseVerb(ctx, c, "role", roleVerbs())
}

func (a *App) roleList(ctx context.Context, c *Call, words []Word, _ string) (Reply, error) {
	if err := noMore(words); err != nil {
		return Reply{}, err
	}
	return a.people(ctx, c, c.T("Roles"), view.RoleBlocks)
}

// holders are people and user groups that somebody named.
type holders struct {
	users, groups []string
	members       map[string][]string // of the groups
}

// roleAnd reads the role and those behind it.
func (a *App) roleAnd(ctx context.Context, c *Call, words []Word) (role string, h holders, err error) {
	o, err := a.organisation(ctx)
	if err != nil {
		return "", h, err
	}
	if err := o.MayOrganise(c.User); err != nil {
		return "", h, err
	}
	role, rest, err := c.matchRole(o, words)
	if err != nil {
		return "", h, err
	}
	if err := o.MayGive(c.User, role); err != nil {
		return "", h, err
	}
	h.members = map[string][]string{}
	var people []Word
	for _, w := range rest {
		if m := groupMention.FindStringSubmatch(c.raw(w)); m != nil {
			h.groups = append(h.groups, m[1])
		} else {
			people = append(people, w)
		}
	}
	if len(people) > 0 {
		h.users, err = a.members(ctx, c, people)
	}
	if err == nil && len(h.users)+len(h.groups) == 0 {
		err = sales.Refuse(sales.Invalid, "role.nobody")
	}
	return role, h, err
}

func (a *App) roleAdd(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	role, h, err := a.roleAnd(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	for _, g := range h.groups {
		if h.members[g], err = a.groupMembers(ctx, g); err != nil {
			return Reply{}, err
		}
	}
	who, err := a.holderNames(ctx, h)
	if err != nil {
		return Reply{}, err
	}
	return a.organise(ctx, c, reorganise{why: why, groups: h.members, change: func(o *sales.Organisation, _ []*sales.Process) (reorganised, error) {
		users, groups, err := o.GiveRole(role, h.users, h.groups)
		if err != nil {
			return reorganised{}, err
		}
		return reorganised{
			sentence: c.T("The role *%s* is given to %s.", view.RoleName(c.Printer, o, role), c.listed(who, slices.Concat(users, groups))),
			undo:     "process role remove " + role + " " + mentions(users) + groupMentions(groups),
			told:     users,
			tell: func(p text.Printer) string {
				return p.T("You now have the role *%s*. `%s` shows what waits for you.", view.RoleName(p, o, role), "/"+a.Prefix+"approvals")
			},
		}, nil
	}})
}

func (a *App) roleRemove(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	role, h, err := a.roleAnd(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	who, err := a.holderNames(ctx, h)
	if err != nil {
		return Reply{}, err
	}
	return a.organise(ctx, c, reorganise{why: why, change: func(o *sales.Organisation, _ []*sales.Process) (reorganised, error) {
		users, groups, err := o.TakeRole(role, h.users, h.groups)
		if err != nil {
			return reorganised{}, err
		}
		return reorganised{
			sentence: c.T("The role *%s* is taken from %s.", view.RoleName(c.Printer, o, role), c.listed(who, slices.Concat(h.users, h.groups))),
			undo:     "process role add " + role + " " + mentions(users) + groupMentions(groups),
		}, nil
	}})
}

// groupMembers asks Slack who is in a user group: what nobody can be read from gives nobody a right.
func (a *App) groupMembers(ctx context.Context, group string) ([]string, error) {
	if a.Directory == nil {
		return nil, sales.Refuse(sales.Invalid, "group.unreadable")
	}
	members, err := a.Directory.GroupMembers(ctx, group)
	if err != nil {
		a.Log.WarnContext(ctx, "roles: a user group cannot be read", "group", group, "error", err)
		return nil, sales.Refuse(sales.Invalid, "group.unreadable")
	}
	return members, nil
}

// holderNames names people and user groups for a sentence that only one person sees.
func (a *App) holderNames(ctx context.Context, h holders) (map[string]string, error) {
	out, err := a.peopleNamed(ctx, h.users)
	for _, g := range h.groups {
		out[g] = view.GroupName(g)
	}
	return out, err
}

func groupMentions(groups []string) string {
	s := ""
	for _, g := range groups {
		s += " " + view.GroupName(g)
	}
	return s
}
