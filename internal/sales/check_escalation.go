package sales

import (
	"fmt"
	"slices"
)

// escalation checks when a step escalates and to whom, and that there is somebody.
func (c *checker) escalation(path string, o Policy, s Step) {
	e := s.Escalate
	if e.After == 0 && len(e.To) == 0 {
		return
	}
	c.number(path+".after", "after", float64(e.After), maxTarget)
	switch {
	case e.After == 0:
		c.add(path, "value.missing", "what", "step", "key", s.Key, "part", "after")
	case o.Expire > 0 && e.After >= o.Expire:
		c.warn(path+".after", "escalate.late", "policy", o.Kind, "step", s.Key)
	}
	if len(e.To) == 0 {
		c.add(path, "list.empty", "what", "step", "key", s.Key, "part", "to")
		return
	}
	known := true
	for i, to := range e.To {
		at := fmt.Sprintf("%s.to[%d]", path, i)
		switch {
		case to == EscalateManager, userForm.MatchString(to):
			continue
		case IsGroup(to):
			c.groups(at, []string{to})
			continue
		}
		c.roles(at, []string{to})
		known = known && c.org != nil && c.org.KnowsRole(to)
	}
	if known && c.org != nil {
		c.reached(path+".to", o, s)
	}
}

// reached checks that an escalation names somebody, and somebody new.
func (c *checker) reached(path string, o Policy, s Step) {
	_, more := c.holders(s.Escalate.roles(), s.Escalate.groups())
	if more || slices.Contains(s.Escalate.To, EscalateManager) || !c.peopled() {
		return // Slack, the environment or the requester decides who there is
	}
	k := &Case{Org: c.org}
	to := k.EscalatesTo(s.Escalate, "")
	switch others := without(to, k.named(newStep(s), "")); {
	case len(to) == 0:
		c.add(path, "escalate.nobody", "policy", o.Kind, "step", s.Key)
	case len(others) == 0:
		c.warn(path, "escalate.same", "policy", o.Kind, "step", s.Key)
	case len(others) == 1 && c.sells(others[0]):
		c.warn(path, "escalate.sole", "policy", o.Kind, "step", s.Key, "user", others[0])
	}
}

// roles are the roles that an escalation names.
func (e Escalation) roles() []string {
	return slices.DeleteFunc(slices.Clone(e.To), func(to string) bool { return to == EscalateManager || userForm.MatchString(to) || IsGroup(to) })
}

// groups are the user groups that an escalation names.
func (e Escalation) groups() []string {
	return slices.DeleteFunc(slices.Clone(e.To), func(to string) bool { return !IsGroup(to) })
}
