package handlers

import (
	"slices"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// mayStand refuses a change that makes the organisation wrong in itself.
func (a *App) mayStand(c *Call, before, after *sales.Organisation) error {
	was := problemsOf(c.Printer, nil, before, true, func(u string) string { return u })
	for _, p := range problemsOf(c.Printer, nil, after, true, func(u string) string { return u }) {
		if !slices.Contains(was, p) {
			return sales.Refuse(sales.Invalid, "organisation.invalid", "problem", p)
		}
	}
	return nil
}

// newProblems are what deserves a look after a change and did not before: a step
// that nobody can decide any more, a person who is in two teams.
func newProblems(p text.Printer, all []*sales.Process, before, after *sales.Organisation, name func(string) string) []string {
	const most = 5
	was := problemsOf(p, all, before, false, name)
	is := slices.DeleteFunc(problemsOf(p, all, after, false, name), func(s string) bool { return slices.Contains(was, s) })
	return is[:min(len(is), most)]
}

// problemsOf checks an organisation with the processes and returns each problem once, as plain text.
func problemsOf(p text.Printer, all []*sales.Process, o *sales.Organisation, errorsOnly bool, name func(string) string) []string {
	problems := sales.Check(&sales.Map{Organisation: o, Processes: all}, sales.Known{Organisation: o})
	if errorsOnly {
		problems = sales.Errors(problems)
	}
	var out []string
	causes := slices.DeleteFunc(slices.Clone(problems), func(x sales.Problem) bool { return follows(x, problems) })
	for _, x := range causes {
		inNames(p, x, all, o)
		if u, ok := x.Facts["user"].(string); ok {
			x.Facts["user"] = view.Unmarked(name(u))
		}
		if users, ok := x.Facts["users"].([]string); ok {
			named := make([]string, len(users))
			for i, u := range users {
				named[i] = view.Unmarked(name(u))
			}
			x.Facts["users"] = named
		}
		for _, fact := range []string{"team", "other"} {
			if key, ok := x.Facts[fact].(string); ok && x.Code == "member.twice" {
				x.Facts[fact] = view.Unmarked(view.TeamName(p, o, key))
			}
		}
		if s := ProblemText(p, x); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// follows reports whether the problem is only what follows from a step that nobody can decide: that is said already.
func follows(x sales.Problem, all []sales.Problem) bool {
	return slices.ContainsFunc(all, func(cause sales.Problem) bool {
		if cause.Code != "step.nobody" {
			return false
		}
		roles, _ := cause.Facts["roles"].([]string)
		role, _ := x.Facts["role"].(string)
		return x.Code == "stage.unreachable" || x.Code == "role.empty" && slices.Contains(roles, role)
	})
}

// inNames puts names in the place of the keys that stand in a map file: here somebody reads on who never saw it.
func inNames(p text.Printer, x sales.Problem, all []*sales.Process, o *sales.Organisation) {
	name := func(key string) string { return view.Unmarked(view.RoleName(p, o, key)) }
	if role, ok := x.Facts["role"].(string); ok && x.Code == "role.empty" {
		x.Facts["named"] = name(role)
	}
	if roles, ok := x.Facts["roles"].([]string); ok {
		named := make([]string, len(roles))
		for i, key := range roles {
			named[i] = name(key)
		}
		x.Facts["roles"] = named
	}
	kind, _ := x.Facts["policy"].(string)
	key, _ := x.Facts["step"].(string)
	for _, process := range all {
		policy, ok := process.Policy(kind)
		if !ok {
			continue
		}
		x.Facts["policy"] = policy.Name.In(p.Lang())
		if i := slices.IndexFunc(policy.Steps, func(s sales.Step) bool { return s.Key == key }); i >= 0 {
			x.Facts["step"] = policy.Steps[i].Name.In(p.Lang())
		}
		return
	}
}
