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

// enough checks that a step can be decided, whoever asked. Before anybody at all is in the
// organisation, it is enough that the roles are known to be empty.
func (c *checker) enough(path string, o Policy, s Step) {
	if len(s.Groups)+len(s.Users) == 0 && !s.Manager && !slices.ContainsFunc(s.Roles, func(r string) bool { return r != RoleAdmin }) {
		c.warn(path+".roles", "step.admins", "policy", o.Kind, "step", s.Key) // nobody knows here how many they are
		return
	}
	users, more := c.holders(s.Roles, s.Groups)
	if more || s.Manager || len(s.Groups) == 0 && !c.peopled() {
		return // Slack, the environment or the requester decides who else there is
	}
	users = compact(append(users, s.Users...))
	asks := ".roles"
	if len(s.Roles) == 0 {
		asks = ".groups"
	}
	switch without := c.lost(s, users); {
	case len(users) == 0:
		c.add(path+asks, "step.nobody", "policy", o.Kind, "step", s.Key, "roles", s.Roles, "groups", c.org.groupNames(c.groupsOf(s.Roles, s.Groups)))
	case !c.canBeMet(s, ""):
		c.add(path+".rule", "step.few", "policy", o.Kind, "step", s.Key, "rule", string(s.Rule), "n", len(users))
	case len(without) > 0 && len(users) == 1:
		c.warn(path+asks, "step.sole", "policy", o.Kind, "step", s.Key, "user", users[0])
	case len(without) > 0:
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
func (c *checker) lost(s Step, users []string) []string {
	var out []string
	for _, u := range users {
		if c.sells(u) && !c.canBeMet(s, u) {
			out = append(out, u)
		}
	}
	return out
}

// different warns of a policy that wants different people for its steps when there are too few
// to decide all of them.
func (c *checker) different(path string, o Policy) {
	if !o.Distinct || c.org == nil || !c.peopled() {
		return
	}
	var steps []StepState
	for _, s := range o.Steps {
		if _, more := c.holders(s.Roles, s.Groups); more || s.Manager || !c.canBeMet(s, "") {
			return // told already, or known only when somebody asks
		}
		steps = append(steps, newStep(s))
	}
	if !(&Case{Org: c.org}).leavesEnough(steps, "", "", "") {
		c.warn(path+".distinct", "policy.few", "policy", o.Kind)
	}
}

func (c *checker) canBeMet(s Step, requester string) bool {
	return (&Case{Org: c.org}).canBeMet(newStep(s), requester)
}
