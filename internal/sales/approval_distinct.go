package sales

import "slices"

// leavesEnough reports whether the steps of a request that wants a different person for every answer
// can still be decided when the person answers the step, through somebody else perhaps; with no
// person, whether they can at all. Of a request that lets people answer several steps, one step is enough to ask about.
func (c *Case) leavesEnough(steps []StepState, requester, step, person string, through ...string) bool {
	spent := slices.Clone(through)
	for _, s := range steps {
		spent = append(spent, s.spent()...)
	}
	if person != "" {
		spent = append(spent, person)
	}
	var seats []seat
	var people []string
	for _, s := range steps {
		if s.Status != StepWaiting && s.Status != StepAhead {
			continue
		}
		own := s.approvers()
		if s.Key == step {
			own = append(own, person)
		}
		for _, free := range c.seats(s, requester) {
			free = slices.DeleteFunc(slices.Clone(free), func(u string) bool { return slices.Contains(spent, u) && !slices.Contains(own, u) })
			seats, people = append(seats, free), append(people, free...)
		}
	}
	return filled(seats, compact(people)) == len(seats)
}

// distinct reports whether nobody may answer two steps of the request.
func distinct(steps []StepState) bool {
	return slices.ContainsFunc(steps, func(s StepState) bool { return s.Distinct })
}

// shared refuses steps that want different people when there are too few for all of them together.
func (c *Case) shared(steps []StepState, requester string) error {
	if !distinct(steps) {
		return nil
	}
	for i, s := range steps {
		if !c.leavesEnough(steps[:i+1], requester, "", "") {
			return refuse(Conflict, "approval.nobody", "step", s.Key, "roles", []string(nil), "groups", []string(nil))
		}
	}
	return nil
}

// spentOn reports whether the person has a part in the answers to any step of a request that wants
// different people.
func (a *Approval) spentOn(user string) bool {
	return distinct(a.Steps) && slices.ContainsFunc(a.Steps, func(s StepState) bool { return slices.Contains(s.spent(), user) })
}
