package sales

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
)

var (
	userForm    = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)
	groupForm   = regexp.MustCompile(`^S[A-Z0-9]{2,}$`)
	channelForm = regexp.MustCompile(`^[CG][A-Z0-9]{2,}$`)
)

// builtInRoles exist without being named; a map may name them to give them a rate.
var builtInRoles = []string{RoleRep, RoleManager, RoleAdmin}

// BuiltInRole reports whether the role is there without being named.
func BuiltInRole(key string) bool { return slices.Contains(builtInRoles, key) }

func (c *checker) organisation() {
	o := c.m.Organisation
	if o == nil {
		return
	}
	const path = "organisation"
	c.keys("team", "key", keyForm, items(path+".teams", o.Teams, func(t Team) item { return item{key: t.Key, name: t.Name} }))
	c.keys("role", "key", keyForm, items(path+".roles", o.Roles, func(r Role) item { return item{key: r.Key, name: r.Name} }))
	memberOf := map[string]string{}
	for i, t := range o.Teams {
		c.team(fmt.Sprintf("%s.teams[%d]", path, i), t, memberOf)
	}
	for i, r := range o.Roles {
		at := fmt.Sprintf("%s.roles[%d]", path, i)
		for j, u := range r.Users {
			c.user(fmt.Sprintf("%s.users[%d]", at, j), u)
		}
		c.groups(at+".groups", r.Groups)
		c.number(at+".rate", "rate", r.Rate, maxUnits)
	}
	c.privateTeams(path+".teams", o)
	c.texts(path, "organisation", "", o)
	c.neededRoles()
}

func (c *checker) team(path string, t Team, memberOf map[string]string) {
	if t.Manager != "" {
		c.user(path+".manager", t.Manager)
	}
	for i, u := range t.Members {
		at := fmt.Sprintf("%s.members[%d]", path, i)
		c.user(at, u)
		if other, ok := memberOf[u]; ok {
			c.warn(at, "member.twice", "user", u, "team", t.Key, "other", other)
			continue
		}
		memberOf[u] = t.Key
	}
	if t.Channel != "" && !channelForm.MatchString(t.Channel) {
		c.add(path+".channel", "channel.form", "channel", t.Channel)
	}
}

// privateTeams reports private teams that are gone: without them, everybody could read
// their deals.
func (c *checker) privateTeams(path string, o *Organisation) {
	if c.known.Organisation == nil {
		return
	}
	for _, t := range c.known.Organisation.Teams {
		if _, kept := o.Team(t.Key); t.Private && !kept {
			c.add(path, "team.private", "team", t.Key)
		}
	}
}

func (c *checker) user(path, id string) {
	if !userForm.MatchString(id) {
		c.add(path, "user.form", "user", id)
	}
}

// groups checks that ids are those of user groups, and warns of one that the mirror does not know. A map that
// is checked without the bot's database knows of none.
func (c *checker) groups(path string, ids []string) {
	for i, id := range ids {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !IsGroup(id) {
			c.add(at, "group.form", "group", id)
		} else if c.org != nil && c.org.Groups != nil && !c.org.knowsGroup(id) {
			c.warn(at, "group.unseen", "group", id)
		}
	}
}

// neededRoles reports roles that processes outside of the file still need.
func (c *checker) neededRoles() {
	for _, key := range slices.Sorted(maps.Keys(c.known.Current)) {
		if c.inFile(key) {
			continue
		}
		for _, r := range rolesOf(c.known.Current[key]) {
			if !c.org.KnowsRole(r) {
				c.add("organisation.roles", "role.needed", "role", r, "process", key)
			}
		}
	}
}

// NeedsRole reports whether the process names the role: in its list, as who works in a
// stage, or as who decides.
func (p *Process) NeedsRole(key string) bool { return slices.Contains(rolesOf(p), key) }

// rolesOf returns every role that a process names, each once.
func rolesOf(p *Process) []string {
	var out []string
	add := func(roles []string) {
		for _, r := range roles {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	add(p.Roles)
	for _, s := range p.Stages {
		add(s.Who)
	}
	for _, o := range p.Policies {
		for _, s := range o.Steps {
			add(s.Roles)
			add(s.Escalate.roles())
		}
	}
	return out
}

// roles checks that each role of a list exists, and that somebody holds it.
func (c *checker) roles(path string, roles []string) {
	for i, r := range roles {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case c.org == nil:
			if !BuiltInRole(r) && !c.homeless {
				c.add(at, "organisation.missing")
				c.homeless = true
			}
		case !c.org.KnowsRole(r):
			c.unknown(at, "role.unknown", r, c.roleKeys(), "role", r)
		default:
			c.held(at, r)
		}
	}
}

// held warns, once, of a role that nobody holds.
func (c *checker) held(path, role string) {
	users, more := c.holders([]string{role}, nil)
	if len(users) > 0 || more || slices.Contains(c.empty, role) {
		return
	}
	c.empty = append(c.empty, role)
	c.warn(path, "role.empty", "role", role, "groups", c.org.groupNames(c.groupsOf([]string{role}, nil)))
}

func (c *checker) roleKeys() []string {
	keys := slices.Clone(builtInRoles)
	for _, r := range c.org.Roles {
		keys = append(keys, r.Key)
	}
	return keys
}

// holders returns the people who hold any of the roles or are in any of the user groups, and
// whether there may be more whom only Slack or the environment knows.
func (c *checker) holders(roles, groups []string) (users []string, more bool) {
	for _, key := range roles {
		users = append(users, c.org.Holders(key)...)
	}
	all := c.groupsOf(roles, groups)
	unknown := slices.ContainsFunc(all, func(g string) bool { return !c.org.knowsGroup(g) })
	return compact(append(users, c.org.Members(all)...)), unknown || slices.Contains(roles, RoleAdmin)
}

// groupsOf are the user groups, and those that hold the roles.
func (c *checker) groupsOf(roles, groups []string) []string {
	out := slices.Clone(groups)
	for _, key := range roles {
		r, _ := c.org.Role(key)
		out = append(out, r.Groups...)
	}
	return compact(out)
}

// peopled reports whether anybody is in the organisation yet.
func (c *checker) peopled() bool {
	return slices.ContainsFunc(c.org.Teams, func(t Team) bool { return t.Manager != "" || len(t.Members) > 0 }) ||
		slices.ContainsFunc(c.org.Roles, func(r Role) bool { return len(r.Users)+len(r.Groups) > 0 })
}

// maxUnits bounds rates and costs.
const maxUnits = 1_000_000

// number reports a number outside of 0 … most.
func (c *checker) number(path, part string, f, most float64) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		c.add(path, "number.invalid", "value", fmt.Sprint(f))
	case f < 0:
		c.add(path, "number.negative", "value", fmt.Sprint(f))
	case f > most:
		c.add(path, "number.range", "part", part, "value", f, "min", 0, "max", most)
	}
}
