package sales

import "slices"

// Role keys that every organisation has without naming them.
const (
	RoleRep     = "rep"     // members of a team
	RoleManager = "manager" // managers of a team
	RoleAdmin   = "admin"   // named in ADMINS or holding the role
)

// Organisation says who belongs where and who holds which role. It is shared by
// all processes.
type Organisation struct {
	Teams []Team `yaml:"teams" json:"teams"`
	Roles []Role `yaml:"roles" json:"roles"`

	Admins  []string            `yaml:"-" json:"-"`       // from ADMINS
	Groups  map[string][]string `yaml:"-" json:"-"`       // members of Slack user groups, from the mirror; one that it does not know is not there
	Handles map[string]string   `yaml:"-" json:"-"`       // what Slack user groups are called, without "@", from the mirror
	Gone    []string            `yaml:"-" json:"-"`       // people who have left the workspace, from the mirror: they hold no role
	Version int                 `yaml:"-" json:"version"` // given by the store, from 1

	Delegations []Delegation `yaml:"-" json:"-"` // that are not over; they have no versions
}

// Team is a group of people who sell together.
type Team struct {
	Key     string   `yaml:"key" json:"key"`
	Name    Text     `yaml:"name" json:"name"`
	Manager string   `yaml:"manager,omitempty" json:"manager,omitempty"` // Slack user id
	Members []string `yaml:"members,omitempty" json:"members,omitempty"` // Slack user ids
	Channel string   `yaml:"channel,omitempty" json:"channel,omitempty"` // overrides DEALS_CHANNEL
	Private bool     `yaml:"private,omitempty" json:"private,omitempty"` // only its people, managers and admins may read its deals
}

// Role is a part that people play, such as pricing or legal.
type Role struct {
	Key    string   `yaml:"key" json:"key"`
	Name   Text     `yaml:"name" json:"name"`
	Users  []string `yaml:"users,omitempty" json:"users,omitempty"`   // Slack user ids
	Groups []string `yaml:"groups,omitempty" json:"groups,omitempty"` // Slack user group ids
	Rate   float64  `yaml:"rate,omitempty" json:"rate,omitempty"`     // loaded cost of an hour, in units of the process's currency
}

// Team returns the team with the key.
func (o *Organisation) Team(key string) (Team, bool) {
	i := slices.IndexFunc(o.Teams, func(t Team) bool { return t.Key == key })
	if i < 0 {
		return Team{}, false
	}
	return o.Teams[i], true
}

// TeamOf returns the first team that the person belongs to, as member or manager.
func (o *Organisation) TeamOf(user string) (Team, bool) {
	for _, t := range o.Teams {
		if slices.Contains(t.Members, user) {
			return t, true
		}
	}
	for _, t := range o.Teams {
		if t.Manager == user && user != "" {
			return t, true
		}
	}
	return Team{}, false
}

// Role returns the role with the key.
func (o *Organisation) Role(key string) (Role, bool) {
	i := slices.IndexFunc(o.Roles, func(r Role) bool { return r.Key == key })
	if i < 0 {
		return Role{}, false
	}
	return o.Roles[i], true
}

// KnowsRole reports whether the role exists, the built-in ones included.
func (o *Organisation) KnowsRole(key string) bool {
	_, ok := o.Role(key)
	return ok || BuiltInRole(key)
}

// Holders returns the people who hold the role, each once, in the order of the map.
func (o *Organisation) Holders(key string) []string {
	var out []string
	add := func(users ...string) {
		for _, u := range users {
			if u != "" && !slices.Contains(out, u) && !o.isGone(u) {
				out = append(out, u)
			}
		}
	}
	if r, ok := o.Role(key); ok {
		add(r.Users...)
		for _, g := range r.Groups {
			add(o.Groups[g]...)
		}
	}
	switch key {
	case RoleAdmin:
		add(o.Admins...)
	case RoleManager:
		for _, t := range o.Teams {
			add(t.Manager)
		}
	case RoleRep:
		for _, t := range o.Teams {
			add(t.Members...)
		}
	}
	return out
}

// Members returns those of the user groups who are in the workspace, each once.
func (o *Organisation) Members(groups []string) []string {
	var out []string
	for _, g := range groups {
		out = append(out, o.Groups[g]...)
	}
	return slices.DeleteFunc(compact(out), o.isGone)
}

// knowsGroup reports whether the mirror knows the user group, which may be empty.
func (o *Organisation) knowsGroup(id string) bool {
	_, ok := o.Groups[id]
	return ok
}

// UserGroups returns the ids of the user groups that hold roles.
func (o *Organisation) UserGroups() []string {
	var out []string
	for _, r := range o.Roles {
		out = append(out, r.Groups...)
	}
	return compact(out)
}

// IsGroup reports whether the id is that of a Slack user group.
func IsGroup(id string) bool { return groupForm.MatchString(id) }

// GroupName is what people call a user group, such as "@pricing"; its id when the mirror does not know it.
func (o *Organisation) GroupName(id string) string {
	if h := o.Handles[id]; h != "" {
		return "@" + h
	}
	return id
}

// groupNames are the names of user groups, see GroupName.
func (o *Organisation) groupNames(ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, o.GroupName(id))
	}
	return out
}

func (o *Organisation) isGone(user string) bool { return slices.Contains(o.Gone, user) }

// Holds reports whether the person holds the role.
func (o *Organisation) Holds(user, role string) bool {
	return slices.Contains(o.Holders(role), user)
}

// Leads reports whether the person is a manager or an admin.
func (o *Organisation) Leads(user string) bool {
	return o.Holds(user, RoleManager) || o.Holds(user, RoleAdmin)
}

// MayWork reports whether the person may change the deal: its owner, the people
// of its team, managers and admins. Otherwise it says who may.
func (o *Organisation) MayWork(user string, d Deal) (bool, []string) {
	if user == d.Owner || o.Leads(user) {
		return true, nil
	}
	var who []string
	if t, ok := o.Team(d.Team); ok {
		if slices.Contains(t.Members, user) {
			return true, nil
		}
		who = append(who, t.Manager)
	}
	who = append([]string{d.Owner}, who...)
	if len(who) < 2 {
		who = append(who, o.Holders(RoleManager)...)
	}
	return false, compact(who)
}

// MayRead reports whether the person may see the deal: everybody, unless its
// team is private.
func (o *Organisation) MayRead(user string, d Deal) bool {
	t, ok := o.Team(d.Team)
	if !ok || !t.Private {
		return true
	}
	may, _ := o.MayWork(user, d)
	return may
}

func compact(users []string) []string {
	var out []string
	for _, u := range users {
		if u != "" && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// Clone returns a copy that can be changed without the original.
func (o *Organisation) Clone() *Organisation {
	out := *o
	out.Teams = slices.Clone(o.Teams)
	for i := range out.Teams {
		out.Teams[i].Members = slices.Clone(out.Teams[i].Members)
	}
	out.Roles = slices.Clone(o.Roles)
	for i := range out.Roles {
		out.Roles[i].Users, out.Roles[i].Groups = slices.Clone(out.Roles[i].Users), slices.Clone(out.Roles[i].Groups)
	}
	return &out
}
