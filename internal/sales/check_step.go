package sales

import (
	"fmt"
	"slices"
)

const maxApprovers = 20 // people that a rule may ask for

// approvers checks whom a step asks, by which rule, and that they are enough.
func (c *checker) approvers(path string, o Policy, s Step) {
	c.roles(path+".roles", s.Roles)
	for i, u := range s.Users {
		c.user(fmt.Sprintf("%s.users[%d]", path, i), u)
	}
	c.groups(path+".groups", s.Groups)
	c.empties(path+".groups", s)
	if len(s.Roles)+len(s.Groups)+len(s.Users) == 0 && !s.Manager {
		c.add(path, "list.empty", "what", "step", "key", s.Key, "part", "roles")
		return
	}
	if n := s.Rule.Number(); s.Rule != RuleAll && s.Rule != RuleEach && (n < 1 || n > maxApprovers) {
		c.add(path+".rule", "step.rule", "step", s.Key, "rule", string(s.Rule), "max", maxApprovers)
		return
	}
	if c.org != nil && !slices.ContainsFunc(s.Roles, func(r string) bool { return !c.org.KnowsRole(r) }) {
		c.enough(path, o, s)
	}
}

// enough checks that a step can be decided, whoever asks. Before anybody at all is in the
// organisation, it is enough that the roles are known to be empty.
func (c *checker) enough(path string, o Policy, s Step) {
	if len(s.Groups)+len(s.Users) == 0 && !s.Manager && !slices.ContainsFunc(s.Roles, func(r string) bool { return r != RoleAdmin }) {
		c.warn(path+".roles", "step.admins", "policy", o.Kind, "step", s.Key) // nobody knows here how many they are
		return
	}
	users, more := c.holders(s.Roles, s.Groups)
	users = compact(append(users, s.Users...))
	if c.unseen(s) || len(users)+len(s.Groups) == 0 && !s.Manager && !c.peopled() {
		return // Slack decides who else there is, or people come later
	}
	certain := !more && !s.Manager && (len(s.Groups) > 0 || c.peopled()) // neither the environment nor the requester decides who else there is
	asks := ".roles"
	if len(s.Roles) == 0 {
		asks = ".groups"
	}
	switch without := c.lost(s); {
	case certain && len(users) == 0:
		c.add(path+asks, "step.nobody", "policy", o.Kind, "step", s.Key, "roles", s.Roles, "groups", c.org.groupNames(c.groupsOf(s.Roles, s.Groups)))
	case certain && !c.canBeMet(s, ""):
		c.add(path+".rule", "step.few", "policy", o.Kind, "step", s.Key, "rule", string(s.Rule), "n", len(users))
	case len(without) == 0:
	case s.Manager && len(c.org.Holders(RoleAdmin)) == 0:
		c.warn(path+".manager", "step.manager", "policy", o.Kind, "step", s.Key, "users", without)
	case len(users) == 0 && !s.Manager:
		c.warn(path+asks, "step.admins", "policy", o.Kind, "step", s.Key)
	case len(users) == 1 && !s.Manager:
		c.warn(path+asks, "step.sole", "policy", o.Kind, "step", s.Key, "user", users[0])
	default:
		c.warn(path+".rule", "step.short", "policy", o.Kind, "step", s.Key, "users", without)
	}
}

// empties warns of user groups that are empty, when others can decide the step.
func (c *checker) empties(path string, s Step) {
	if c.org == nil {
		return
	}
	others, more := c.holders(s.Roles, s.Groups)
	if !more && !s.Manager && len(others)+len(s.Users) == 0 {
		return // told as a step that nobody can decide
	}
	for i, g := range s.Groups {
		if c.org.knowsGroup(g) && len(c.org.Members([]string{g})) == 0 {
			c.warn(fmt.Sprintf("%s[%d]", path, i), "group.empty", "step", s.Key, "group", c.org.GroupName(g))
		}
	}
}

// lost returns those whose own requests the step can never approve.
func (c *checker) lost(s Step) []string {
	return slices.DeleteFunc(c.sellers(), func(u string) bool { return c.canBeMet(s, u) })
}

// sellers are all who may have deals to ask an approval for, see sells.
func (c *checker) sellers() []string {
	out := append(c.org.Holders(RoleRep), c.org.Holders(RoleManager)...)
	return compact(append(out, c.org.Holders(RoleAdmin)...))
}

// unseen reports whether the step asks a user group that the mirror does not know.
func (c *checker) unseen(s Step) bool {
	return slices.ContainsFunc(c.groupsOf(s.Roles, s.Groups), func(g string) bool { return !c.org.knowsGroup(g) })
}

// different warns of a policy that wants different people for its steps when there are too few
// to decide all of them, at all or when the requester is one of them.
func (c *checker) different(path string, o Policy) {
	if !o.Distinct || c.org == nil || slices.ContainsFunc(o.Steps, c.unseen) {
		return
	}
	var steps []StepState
	for _, s := range o.Steps {
		steps = append(steps, newStep(s))
	}
	k := &Case{Org: c.org}
	tooFew := func(requester string) bool {
		stuck := func(s StepState) bool { return !k.canBeMet(s, requester) } // told already
		return !slices.ContainsFunc(steps, stuck) && !k.leavesEnough(steps, requester, "", "")
	}
	short := slices.DeleteFunc(c.sellers(), func(u string) bool { return !tooFew(u) })
	switch byManager := slices.ContainsFunc(o.Steps, func(s Step) bool { return s.Manager }); {
	case !byManager && tooFew(""):
		c.warn(path+".distinct", "policy.few", "policy", o.Kind)
	case len(short) > 0:
		c.warn(path+".distinct", "policy.short", "policy", o.Kind, "users", short)
	}
}

func (c *checker) canBeMet(s Step, requester string) bool {
	return (&Case{Org: c.org}).canBeMet(newStep(s), requester)
}
