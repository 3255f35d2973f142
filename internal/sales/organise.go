package sales

import "slices"

// Changes of teams and roles, as people make them. Each changes the organisation that it is called on, a Clone of
// the present one, or refuses and leaves it as it is. The facts "role" and "process" of a refusal are the Text of
// its name, or the key of what has none.

// MustLead refuses who is neither a manager nor an admin as NotAllowed with the code, and says who is.
func (o *Organisation) MustLead(user, code string) error {
	if o.Leads(user) {
		return nil
	}
	e := refuse(NotAllowed, code)
	e.Who = compact(append(o.Holders(RoleManager), o.Holders(RoleAdmin)...))
	return e
}

// MayOrganise lets managers and admins change teams and roles. Admins are named first: it is their job.
func (o *Organisation) MayOrganise(user string) error {
	if o.Leads(user) {
		return nil
	}
	e := refuse(NotAllowed, "organisation.not_allowed")
	e.Who = compact(append(o.Holders(RoleAdmin), o.Holders(RoleManager)...))
	return e
}

// MayGive refuses to give or take a role that comes with a team, and that of the admins unless the person is one.
func (o *Organisation) MayGive(user, role string) error {
	switch {
	case role == RoleRep, role == RoleManager:
		return refuse(Invalid, "role.by_team")
	case role == RoleAdmin && !o.Holds(user, RoleAdmin):
		e := refuse(NotAllowed, "role.only_admins")
		e.Who = o.Holders(RoleAdmin)
		return e
	}
	return nil
}

// team returns the team with the key, to be changed.
func (o *Organisation) team(key string) (*Team, error) {
	i := slices.IndexFunc(o.Teams, func(t Team) bool { return t.Key == key })
	if i < 0 {
		return nil, refuse(NotFound, "team.unknown", "input", key)
	}
	return &o.Teams[i], nil
}

// role returns the role with the key, to be changed. That of the admins comes into being when it is first given.
func (o *Organisation) role(key string) (*Role, error) {
	i := slices.IndexFunc(o.Roles, func(r Role) bool { return r.Key == key })
	if i < 0 && key == RoleAdmin {
		o.Roles = append(o.Roles, Role{Key: key, Name: Text{"en": "Admin", "zh": "管理员"}})
		i = len(o.Roles) - 1
	}
	if i < 0 {
		return nil, refuse(NotFound, "role.unknown", "input", key)
	}
	return &o.Roles[i], nil
}

// GiveRole gives people and user groups a role, and returns those who did not hold it before.
func (o *Organisation) GiveRole(key string, users, groups []string) (newUsers, newGroups []string, err error) {
	r, err := o.role(key)
	if err != nil {
		return nil, nil, err
	}
	newUsers, newGroups = without(users, r.Users), without(groups, r.Groups)
	if len(newUsers)+len(newGroups) == 0 {
		return nil, nil, refuse(Conflict, "team.already")
	}
	r.Users, r.Groups = append(r.Users, newUsers...), append(r.Groups, newGroups...)
	return newUsers, newGroups, nil
}

// TakeRole takes a role from people and user groups, and returns those who held it. Who is an
// admin by the settings stays one.
func (o *Organisation) TakeRole(key string, users, groups []string) (oldUsers, oldGroups []string, err error) {
	if key == RoleAdmin {
		if i := slices.IndexFunc(users, func(u string) bool { return slices.Contains(o.Admins, u) }); i >= 0 {
			return nil, nil, refuse(Conflict, "role.by_settings", "user", users[i])
		}
	}
	r, err := o.role(key)
	if err != nil {
		return nil, nil, err
	}
	keptUsers, keptGroups := without(r.Users, users), without(r.Groups, groups)
	if len(keptUsers)+len(keptGroups) == len(r.Users)+len(r.Groups) {
		return nil, nil, refuse(NotFound, "role.not_held")
	}
	oldUsers, oldGroups = without(r.Users, keptUsers), without(r.Groups, keptGroups)
	r.Users, r.Groups = keptUsers, keptGroups
	return oldUsers, oldGroups, nil
}

// NewRole adds a role that nobody holds yet.
func (o *Organisation) NewRole(key string, name Text) error {
	if o.KnowsRole(key) {
		return refuse(Conflict, "role.taken", "input", key)
	}
	o.Roles = append(o.Roles, Role{Key: key, Name: name})
	return nil
}

// DeleteRole takes away a role that nobody holds and none of the processes needs, and returns it.
func (o *Organisation) DeleteRole(key string, all []*Process) (Role, error) {
	r, _ := o.Role(key)
	var named any = key
	if len(r.Name) > 0 {
		named = r.Name
	}
	if BuiltInRole(key) {
		return r, refuse(Invalid, "role.built_in", "role", named)
	}
	if i := slices.IndexFunc(all, func(p *Process) bool { return p.NeedsRole(key) }); i >= 0 {
		return r, refuse(Conflict, "role.in_use", "role", named, "process", all[i].Name)
	}
	if _, err := o.role(key); err != nil {
		return r, err
	}
	if len(r.Users)+len(r.Groups) > 0 {
		return r, refuse(Conflict, "role.held", "role", named, "key", key)
	}
	o.Roles = slices.DeleteFunc(o.Roles, func(x Role) bool { return x.Key == key })
	return r, nil
}

// AddMembers takes people into a team, and returns those who were not in it.
func (o *Organisation) AddMembers(key string, users []string) ([]string, error) {
	t, err := o.team(key)
	if err != nil {
		return nil, err
	}
	added := without(users, t.Members)
	if len(added) == 0 {
		return nil, refuse(Conflict, "team.already")
	}
	t.Members = append(t.Members, added...)
	return added, nil
}

// RemoveMembers takes people out of a team that all of them are in.
func (o *Organisation) RemoveMembers(key string, users []string) error {
	t, err := o.team(key)
	if err != nil {
		return err
	}
	if missing := without(users, t.Members); len(missing) > 0 {
		return refuse(NotFound, "team.not_in", "user", missing[0])
	}
	t.Members = without(t.Members, users)
	return nil
}

// SetManager has a person manage a team, "" nobody, and returns who did before.
func (o *Organisation) SetManager(key, user string) (was string, err error) {
	t, err := o.team(key)
	if err != nil {
		return "", err
	}
	if t.Manager == user {
		return "", refuse(Conflict, "team.already")
	}
	was, t.Manager = t.Manager, user
	return was, nil
}

// SetChannel has a team's deals shown in a channel, "" the one for all, and returns where they were before.
func (o *Organisation) SetChannel(key, channel string) (was string, err error) {
	t, err := o.team(key)
	if err != nil {
		return "", err
	}
	if t.Channel == channel {
		return "", refuse(Conflict, "team.already")
	}
	was, t.Channel = t.Channel, channel
	return was, nil
}

// SetPrivate lets only its people, managers and admins read a team's deals, or everybody.
func (o *Organisation) SetPrivate(key string, private bool) error {
	t, err := o.team(key)
	if err != nil {
		return err
	}
	if t.Private == private {
		return refuse(Conflict, "team.already")
	}
	t.Private = private
	return nil
}

// NewTeam adds a team of nobody yet.
func (o *Organisation) NewTeam(key string, name Text) error {
	if _, ok := o.Team(key); ok {
		return refuse(Conflict, "team.taken", "input", key)
	}
	o.Teams = append(o.Teams, Team{Key: key, Name: name})
	return nil
}

// MayDelete refuses to delete a private team: everybody could read its deals then, which is a step of its own.
func (t Team) MayDelete() error {
	if t.Private {
		return refuse(Conflict, "team.private_stays", "team", t.Name, "key", t.Key)
	}
	return nil
}

// DeleteTeam takes away a team, and returns it. Its deals stay with their owners.
func (o *Organisation) DeleteTeam(key string) (Team, error) {
	t, err := o.team(key)
	if err != nil {
		return Team{}, err
	}
	gone := *t
	if err := gone.MayDelete(); err != nil {
		return gone, err
	}
	o.Teams = slices.DeleteFunc(o.Teams, func(x Team) bool { return x.Key == key })
	return gone, nil
}
