package sales

import (
	"maps"
	"reflect"
	"slices"
)

// MapChange is one difference between two versions of a process. Codes and their facts:
//
//	process.changed   parts: what differs, such as "name", "currency", "calendar"
//	stage.added       stage, name, after: the key of the stage before it, or ""
//	stage.removed     stage, name, to: where its deals go, or ""
//	stage.reordered   stage, name, after
//	stage.renamed     stage, was, name
//	stage.target      stage, name, was, target: Days, 0 for none
//	stage.gate        stage, name, added, removed: keys of requirements
//	stage.changed     stage, name, parts
//	stage.won         stage, was: the stage that wins a deal
//	activity.added, reason.added, policy.added, field.added          key, name
//	activity.removed, reason.removed, policy.removed, field.removed  key, name
//	activity.changed, reason.changed, policy.changed, field.changed  key, name, parts
//
//	step.asks         key, name: of the policy, step: its name, added, removed: whom the step asks
//
// Names are Text, whom a step asks is as Step.Asks returns it, parts the names that the file uses.
type MapChange struct {
	Code  string
	Facts map[string]any
}

func mapChange(code string, facts ...any) MapChange {
	return MapChange{Code: code, Facts: Refuse(Invalid, code, facts...).Facts}
}

// Diff returns what changed between two versions of a process, in the order of
// the file; nothing when they say the same. A nil old process makes everything new.
func Diff(old, new *Process) []MapChange {
	if old == nil {
		old = &Process{}
	}
	var out []MapChange
	if parts := differing(*old, *new, "stages", "activities", "reasons", "policies", "fields", "moved"); len(parts) > 0 {
		out = append(out, mapChange("process.changed", "parts", parts))
	}
	out = append(out, diffStages(old, new)...)
	out = append(out, diffItems("field", old.Fields, new.Fields, func(f Field) (string, Text) { return f.Key, f.Name })...)
	out = append(out, diffItems("activity", old.Activities, new.Activities, func(a ActivityType) (string, Text) { return a.Key, a.Name })...)
	out = append(out, diffItems("reason", old.Reasons, new.Reasons, func(r Reason) (string, Text) { return r.Key, r.Name })...)
	return append(out, diffPolicies(old.Policies, new.Policies)...)
}

// diffPolicies tells whom a step asks, which people look for most, apart from what else changed.
func diffPolicies(old, new []Policy) []MapChange {
	var asks []MapChange
	old = slices.Clone(old)
	for i, was := range old {
		for _, is := range new {
			if was.Kind == is.Kind {
				steps, found := diffAsks(was, is)
				old[i].Steps, asks = steps, append(asks, found...)
			}
		}
	}
	return append(diffItems("policy", old, new, func(p Policy) (string, Text) { return p.Kind, p.Name }), asks...)
}

// diffAsks returns the old steps with those whom the new ones ask, and what that changes.
func diffAsks(old, new Policy) (steps []Step, changes []MapChange) {
	for _, was := range old.Steps {
		for _, is := range new.Steps {
			added, removed := without(is.Asks(), was.Asks()), without(was.Asks(), is.Asks())
			if is.Key == was.Key && len(added)+len(removed) > 0 {
				changes = append(changes, mapChange("step.asks", "key", new.Kind, "name", new.Name, "step", is.Name, "added", added, "removed", removed))
				was.Roles, was.Groups, was.Users, was.Manager = is.Roles, is.Groups, is.Users, is.Manager
			}
		}
		steps = append(steps, was)
	}
	return steps, changes
}

// Relocations returns, for each stage that the new version removes and says where
// its deals go, that stage.
func Relocations(old, new *Process) map[string]string {
	out := map[string]string{}
	for _, s := range old.Stages {
		if to, ok := new.Moved[s.Key]; ok && new.StageIndex(s.Key) < 0 {
			out[s.Key] = to
		}
	}
	return out
}

func diffStages(old, new *Process) []MapChange {
	var out []MapChange
	reordered := reorderedStages(old, new)
	for i, s := range new.Stages {
		before, ok := old.Stage(s.Key)
		if !ok {
			out = append(out, mapChange("stage.added", "stage", s.Key, "name", s.Name, "after", stageBefore(new, i)))
			continue
		}
		if slices.Contains(reordered, s.Key) {
			out = append(out, mapChange("stage.reordered", "stage", s.Key, "name", s.Name, "after", stageBefore(new, i)))
		}
		out = append(out, diffStage(before, s)...)
	}
	for _, s := range old.Stages {
		if new.StageIndex(s.Key) < 0 {
			out = append(out, mapChange("stage.removed", "stage", s.Key, "name", s.Name, "to", new.Moved[s.Key]))
		}
	}
	if was, is := wonKey(old), wonKey(new); was != is && len(old.Stages) > 0 {
		out = append(out, mapChange("stage.won", "stage", is, "was", was))
	}
	return out
}

func stageBefore(p *Process, i int) string {
	if i == 0 {
		return ""
	}
	return p.Stages[i-1].Key
}

func wonKey(p *Process) string {
	if i := p.WonIndex(); i >= 0 {
		return p.Stages[i].Key
	}
	return ""
}

func diffStage(old, new Stage) []MapChange {
	var out []MapChange
	if !maps.Equal(old.Name, new.Name) {
		out = append(out, mapChange("stage.renamed", "stage", new.Key, "was", old.Name, "name", new.Name))
	}
	if old.Target != new.Target {
		out = append(out, mapChange("stage.target", "stage", new.Key, "name", new.Name, "was", old.Target, "target", new.Target))
	}
	was, is := gateKeys(old.Gate), gateKeys(new.Gate)
	if added, removed := without(is, was), without(was, is); len(added)+len(removed) > 0 {
		out = append(out, mapChange("stage.gate", "stage", new.Key, "name", new.Name, "added", added, "removed", removed))
	}
	except := []string{"name", "target", "won"}
	if !slices.Equal(was, is) {
		except = append(except, "gate") // told above; otherwise a number, a span or a condition changed
	}
	if parts := differing(old, new, except...); len(parts) > 0 {
		out = append(out, mapChange("stage.changed", "stage", new.Key, "name", new.Name, "parts", parts))
	}
	return out
}

// gateKeys names the requirements of a gate as Missing.Key does.
func gateKeys(g Gate) []string {
	var out []string
	for _, f := range g.Fields {
		out = append(out, Missing{Kind: NeedField, Field: f}.Key())
	}
	for _, a := range g.Activities {
		out = append(out, Missing{Kind: NeedActivity, Type: a.Type}.Key())
	}
	for _, a := range g.Approvals {
		out = append(out, Missing{Kind: NeedApproval, Type: a.Kind}.Key())
	}
	return out
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}

// reorderedStages returns the fewest stages whose moves turn the old order of
// the common stages into the new one.
func reorderedStages(old, new *Process) []string {
	keys := func(p, q *Process) []string {
		var out []string
		for _, s := range p.Stages {
			if q.StageIndex(s.Key) >= 0 {
				out = append(out, s.Key)
			}
		}
		return out
	}
	was, is := keys(old, new), keys(new, old)
	return without(is, longestCommon(was, is))
}

// longestCommon returns a longest common subsequence.
func longestCommon(a, b []string) []string {
	best := make([][][]string, len(a)+1)
	for i := range best {
		best[i] = make([][]string, len(b)+1)
	}
	for i := range a {
		for j := range b {
			switch {
			case a[i] == b[j]:
				best[i+1][j+1] = append(slices.Clone(best[i][j]), a[i])
			case len(best[i][j+1]) >= len(best[i+1][j]):
				best[i+1][j+1] = best[i][j+1]
			default:
				best[i+1][j+1] = best[i+1][j]
			}
		}
	}
	return best[len(a)][len(b)]
}

func diffItems[T any](what string, old, new []T, id func(T) (string, Text)) []MapChange {
	find := func(items []T, key string) int {
		return slices.IndexFunc(items, func(t T) bool { k, _ := id(t); return k == key })
	}
	var out []MapChange
	for _, t := range new {
		key, name := id(t)
		i := find(old, key)
		if i < 0 {
			out = append(out, mapChange(what+".added", "key", key, "name", name))
		} else if parts := differing(old[i], t); len(parts) > 0 {
			out = append(out, mapChange(what+".changed", "key", key, "name", name, "parts", parts))
		}
	}
	for _, t := range old {
		if key, name := id(t); find(new, key) < 0 {
			out = append(out, mapChange(what+".removed", "key", key, "name", name))
		}
	}
	return out
}

// differing returns the names, as the file has them, of the fields in which two
// structs of a type differ.
func differing(old, new any, except ...string) []string {
	a, b := reflect.ValueOf(old), reflect.ValueOf(new)
	indices := yamlFields(a.Type())
	var out []string
	for _, name := range fieldNames(a.Type()) {
		i := indices[name]
		if !slices.Contains(except, name) && !same(a.Field(i).Interface(), b.Field(i).Interface()) {
			out = append(out, name)
		}
	}
	return out
}

// same compares two values as the file would: an empty list is the same as none.
func same(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	switch x.Kind() {
	case reflect.Slice, reflect.Map:
		if x.Len() == 0 && y.Len() == 0 {
			return true
		}
	case reflect.Struct:
		for i := range x.NumField() {
			if x.Type().Field(i).IsExported() && !same(x.Field(i).Interface(), y.Field(i).Interface()) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}
