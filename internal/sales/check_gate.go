package sales

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

const maxConfirm = 1e12 // the amount above which it has to be typed

const maxCount = 50 // activities of one type that a gate may ask for

// gates checks what every stage asks for, and which stages lie behind a gate that
// nobody can meet.
func (c *checker) gates(path string, p *Process) {
	blocked := ""
	for i, s := range p.Stages {
		at := fmt.Sprintf("%s.stages[%d]", path, i)
		if blocked != "" {
			c.add(at, "stage.unreachable", "stage", s.Key, "behind", blocked)
			blocked = "" // the stages behind it need not be told
		}
		if !c.gate(at+".gate", p, s) {
			blocked = s.Key
		}
	}
}

// gate reports whether the gate can be met.
func (c *checker) gate(path string, p *Process, s Stage) bool {
	fields := c.fieldNeeds(path, p, s)
	activities := c.activityNeeds(path, p, s)
	approvals := c.approvalNeeds(path, p, s)
	seen := map[string]bool{}
	for _, k := range gateKeys(s.Gate) {
		if seen[k] {
			c.add(path, "gate.repeated", "stage", s.Key, "need", k)
		}
		seen[k] = true
	}
	return fields && activities && approvals
}

func (c *checker) fieldNeeds(path string, p *Process, s Stage) bool {
	can := true
	for i, f := range s.Gate.Fields {
		if !p.KnowsField(f) {
			c.unknown(fmt.Sprintf("%s.fields[%d]", path, i), "gate.unknown_field", f, fieldKeys(p), "stage", s.Key, "field", f)
			can = false
		}
	}
	return can
}

// fieldKeys returns the keys of every field that a gate may ask for.
func fieldKeys(p *Process) []string {
	keys := []string{"next"}
	for _, f := range slices.Concat(BuiltIn, p.Fields) {
		keys = append(keys, f.Key)
	}
	return keys
}

func (c *checker) activityNeeds(path string, p *Process, s Stage) bool {
	var known []string
	for _, a := range p.Activities {
		known = append(known, a.Key)
	}
	can := true
	for i, need := range s.Gate.Activities {
		at := fmt.Sprintf("%s.activities[%d]", path, i)
		switch a, ok := p.Activity(need.Type); {
		case need.Type == "":
			c.add(at, "value.missing", "what", "gate", "key", s.Key, "part", "type")
			can = false
		case !ok:
			c.unknown(at+".type", "gate.unknown_activity", need.Type, known, "stage", s.Key, "type", need.Type)
			can = false
		case a.Automatic:
			c.add(at+".type", "gate.automatic", "stage", s.Key, "type", need.Type)
			can = false
		}
		if need.N < 1 || need.N > maxCount {
			c.add(at+".at_least", "gate.count", "stage", s.Key, "type", need.Type, "n", need.N, "max", maxCount)
		}
		if need.Since != SinceStage && need.Since != SinceEver {
			c.add(at+".since", "gate.since", "stage", s.Key, "since", string(need.Since),
				"nearest", nearest(string(need.Since), []string{string(SinceStage), string(SinceEver)}))
		}
	}
	return can
}

func (c *checker) approvalNeeds(path string, p *Process, s Stage) bool {
	var known []string
	for _, o := range p.Policies {
		known = append(known, o.Kind)
	}
	can := true
	for i, need := range s.Gate.Approvals {
		at := fmt.Sprintf("%s.approvals[%d]", path, i)
		policy, ok := p.Policy(need.Kind)
		switch {
		case need.Kind == "":
			c.add(at, "value.missing", "what", "gate", "key", s.Key, "part", "kind")
			can = false
		case !ok:
			c.unknown(at+".kind", "gate.unknown_approval", need.Kind, known, "stage", s.Key, "kind", need.Kind)
			can = false
		case c.stuck(policy):
			can = false
		}
		c.condition(at+".when", need.When, p, nil)
	}
	return can
}

// stuck reports whether a step that is always asked cannot be decided, though there are
// people already.
func (c *checker) stuck(policy Policy) bool {
	return c.org != nil && c.peopled() && slices.ContainsFunc(policy.Steps, func(s Step) bool {
		_, more := c.holders(s.Roles, s.Groups)
		return s.When == "" && !more && !s.Manager && !c.canBeMet(s, "")
	})
}

func (c *checker) policies(path string, p *Process) {
	c.keys("policy", "kind", keyForm, items(path+".policies", p.Policies, func(o Policy) item { return item{key: o.Kind, name: o.Name} }))
	for i, o := range p.Policies {
		c.policy(fmt.Sprintf("%s.policies[%d]", path, i), p, o)
	}
}

func (c *checker) policy(path string, p *Process, o Policy) {
	c.form(path, p, o)
	if len(o.Steps) == 0 {
		c.add(path, "list.empty", "what", "policy", "key", o.Kind, "part", "steps")
	}
	c.keys("step", "key", keyForm, items(path+".steps", o.Steps, func(s Step) item { return item{key: s.Key, name: s.Name} }))
	c.number(path+".confirm_above", "confirm_above", o.ConfirmAbove, maxConfirm)
	c.different(path, o)
	for i, s := range o.Steps {
		at := fmt.Sprintf("%s.steps[%d]", path, i)
		c.condition(at+".when", s.When, p, o.FormFields())
		c.number(at+".confirm_above", "confirm_above", s.ConfirmAbove, maxConfirm)
		c.number(at+".target", "target", float64(s.Target), maxTarget)
		if s.Parallel && i == 0 {
			c.warn(at+".parallel", "step.parallel", "policy", o.Kind, "step", s.Key)
		}
		c.approvers(at, o, s)
		c.number(at+".remind", "remind", float64(s.Remind), maxTarget)
		c.escalation(at+".escalate", o, s)
	}
	c.number(path+".expire", "expire", float64(o.Expire), maxTarget)
}

// form checks the fields of a policy's form against the built-in ones and the process's.
func (c *checker) form(path string, p *Process, o Policy) {
	reserved := slices.Concat(wordsOfConditions, conditionFunctions, slices.Collect(maps.Keys(ConditionNames())))
	for _, f := range (Policy{}).FormFields() {
		reserved = append(reserved, f.Key)
	}
	c.fieldList("field", path+".form", o.Form, reserved)
	for i, f := range o.Form {
		if own, ok := p.Field(f.Key); ok && own.Type != f.Type {
			c.add(fmt.Sprintf("%s.form[%d]", path, i), "field.conflict", "field", f.Key)
		}
	}
	var known []string
	for _, f := range o.FormFields() {
		known = append(known, f.Key)
	}
	for i, r := range o.Material {
		if all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(known, fieldKeys(p))))); !slices.Contains(all, r) {
			c.unknown(fmt.Sprintf("%s.material[%d]", path, i), "material.unknown", r, all, "policy", o.Kind, "field", r)
		}
	}
	for i, r := range o.Exact {
		if !p.KnowsField(r) {
			c.unknown(fmt.Sprintf("%s.exact[%d]", path, i), "exact.unknown", r, fieldKeys(p), "policy", o.Kind, "field", r)
		}
	}
	for i, r := range o.Required {
		if !slices.Contains(known, r) {
			c.unknown(fmt.Sprintf("%s.required[%d]", path, i), "required.unknown", r, known, "policy", o.Kind, "field", r)
		}
	}
}

// sells reports whether the person may have deals to ask an approval for.
func (c *checker) sells(user string) bool {
	_, inTeam := c.org.TeamOf(user)
	return inTeam || c.org.Leads(user)
}

// condition checks a condition against the fields of the process and of a form.
func (c *checker) condition(path string, when Condition, p *Process, form []Field) {
	if when == "" {
		return
	}
	types := map[string]FieldType{}
	domains := map[string][]string{"stage": nil}
	for _, s := range p.Stages {
		domains["stage"] = append(domains["stage"], s.Key)
	}
	for _, f := range slices.Concat(p.Fields, form) {
		types[f.Key] = f.Type
		if f.Type == FieldChoice {
			domains[f.Key] = []string{""} // not set
			for _, o := range f.Options {
				domains[f.Key] = append(domains[f.Key], o.Key)
			}
		}
	}
	if err := when.Check(types); err != nil {
		var e *Error
		errors.As(err, &e)
		e.Facts["condition"] = string(when)
		c.problems = append(c.problems, Problem{Line: c.m.where(path).line, Column: c.m.where(path).column, Code: e.Code, Facts: e.Facts})
		return
	}
	switch sometimes, otherwise := when.outcomes(types, domains); {
	case !sometimes:
		c.add(path, "condition.impossible", "condition", string(when))
	case !otherwise:
		c.warn(path, "condition.always", "condition", string(when))
	}
}
