package sales

import "slices"

// MayReadApproval reports whether the person may see the request: who asked, who may see the deal, and, of a
// deal that is not theirs to see, who has a part in the request.
func (c *Case) MayReadApproval(a Approval, user string) bool {
	return user == a.Requester || c.Org.MayRead(user, c.Deal) || c.takesPart(a, user)
}

// takesPart reports whether the person may decide a step of the request, or did.
func (c *Case) takesPart(a Approval, user string) bool {
	return slices.ContainsFunc(a.Steps, func(s StepState) bool {
		return slices.Contains(c.Approvers(s, a.Requester), user) ||
			slices.ContainsFunc(s.Decisions, func(d Decision) bool { return d.By == user })
	}) || slices.Contains(c.Deciders(a), user)
}

// Alarmed returns who hears that too few people are left for a step of the request, each once: the
// requester, their manager and the admins.
func (c *Case) Alarmed(a Approval) []string {
	return compact(slices.Concat([]string{a.Requester}, c.Org.ManagersOf(a.Requester), c.Org.Holders(RoleAdmin)))
}
