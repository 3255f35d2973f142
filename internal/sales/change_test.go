package sales

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// small is a process of the stages a, b, c and d, of which d wins.
func small() *Process {
	p := &Process{
		Key: "p", Name: Text{"": "P"}, Currency: "EUR",
		Activities: []ActivityType{{Key: "call", Name: Text{"": "Call"}, Minutes: 15}},
		Reasons:    []Reason{{Key: "price", Name: Text{"": "Price"}}},
		Policies:   []Policy{{Kind: "quote", Name: Text{"": "Quote"}, Steps: []Step{{Key: "s", Roles: []string{"pricing"}}}}},
		Fields:     []Field{{Key: "seats", Name: Text{"": "Seats"}, Type: FieldNumber}},
	}
	for _, k := range []string{"a", "b", "c", "d"} {
		p.Stages = append(p.Stages, Stage{Key: k, Name: Text{"": strings.ToUpper(k)}, Target: 2, Won: k == "d"})
	}
	p.Stages[0].Gate = Gate{Fields: []string{"amount"}, Activities: []ActivityNeed{{Type: "call", N: 1, Since: SinceStage}}}
	return p
}

func TestDiff(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *Process)
		want   string
	}{
		"nothing":         {func(p *Process) {}, ""},
		"an empty list":   {func(p *Process) { p.Roles = []string{} }, ""},
		"name":            {func(p *Process) { p.Name = Text{"": "Q"} }, "process.changed [parts:[name]]"},
		"several parts":   {func(p *Process) { p.Currency, p.Calendar.Zone = "USD", "Asia/Tokyo" }, "process.changed [parts:[currency calendar]]"},
		"stage added":     {func(p *Process) { p.Stages = slices.Insert(p.Stages, 1, Stage{Key: "x"}) }, "stage.added [after:a name:map[] stage:x]"},
		"stage removed":   {func(p *Process) { p.Stages = slices.Delete(p.Stages, 1, 2) }, "stage.removed [name:map[:B] stage:b to:]"},
		"stage moved out": {func(p *Process) { p.Stages, p.Moved = slices.Delete(p.Stages, 1, 2), Moves{"b": "a"} }, "stage.removed [name:map[:B] stage:b to:a]"},
		"stage renamed":   {func(p *Process) { p.Stages[1].Name = Text{"": "New"} }, "stage.renamed [name:map[:New] stage:b was:map[:B]]"},
		"target":          {func(p *Process) { p.Stages[1].Target = 3 }, "stage.target [name:map[:B] stage:b target:3 was:2]"},
		"gate":            {func(p *Process) { p.Stages[0].Gate.Fields = []string{"close"} }, "stage.gate [added:[field:close] name:map[:A] removed:[field:amount] stage:a]"},
		"gate's number": {func(p *Process) {
			p.Stages[0].Gate.Activities = []ActivityNeed{{Type: "call", N: 2, Since: SinceStage}}
		},
			"stage.changed [name:map[:A] parts:[gate] stage:a]"},
		"stage's texts": {func(p *Process) { p.Stages[0].How, p.Stages[0].Who = Text{"": "So"}, []string{"rep"} },
			"stage.changed [name:map[:A] parts:[who how] stage:a]"},
		"reordered":        {func(p *Process) { p.Stages[0], p.Stages[2] = p.Stages[2], p.Stages[0] }, "stage.reordered [after: name:map[:C] stage:c]; stage.reordered [after:c name:map[:B] stage:b]"},
		"one moved":        {func(p *Process) { p.Stages[0], p.Stages[1] = p.Stages[1], p.Stages[0] }, "stage.reordered [after: name:map[:B] stage:b]"},
		"win":              {func(p *Process) { p.Stages[3].Won, p.Stages[2].Won = false, true }, "stage.won [stage:c was:d]"},
		"activity added":   {func(p *Process) { p.Activities = append(p.Activities, ActivityType{Key: "demo"}) }, "activity.added [key:demo name:map[]]"},
		"activity removed": {func(p *Process) { p.Activities = nil }, "activity.removed [key:call name:map[:Call]]"},
		"activity changed": {func(p *Process) { p.Activities = []ActivityType{{Key: "call", Name: Text{"": "Call"}, Minutes: 30}} }, "activity.changed [key:call name:map[:Call] parts:[minutes]]"},
		"reason":           {func(p *Process) { p.Reasons = []Reason{{Key: "x"}} }, "reason.added [key:x name:map[]]; reason.removed [key:price name:map[:Price]]"},
		"policy": {func(p *Process) { p.Policies = []Policy{{Kind: "quote", Name: Text{"": "Quote"}}} },
			"policy.changed [key:quote name:map[:Quote] parts:[steps]]"},
		"step asks others": {func(p *Process) {
			p.Policies[0].Steps[0].Roles, p.Policies[0].Steps[0].Groups = nil, []string{"SPRICE"}
			p.Policies[0].Steps[0].Manager = true
		}, "step.asks [added:[SPRICE manager] key:quote name:map[:Quote] removed:[role:pricing] step:map[]]"},
		"step asks others, later": {func(p *Process) {
			p.Policies[0].Steps[0].Users, p.Policies[0].Steps[0].Target = []string{"ULIN"}, 2
		}, "policy.changed [key:quote name:map[:Quote] parts:[steps]]; step.asks [added:[ULIN] key:quote name:map[:Quote] removed:[] step:map[]]"},
		"field": {func(p *Process) { p.Fields = []Field{{Key: "seats", Name: Text{"": "Seats"}, Type: FieldText}} },
			"field.changed [key:seats name:map[:Seats] parts:[type]]"},
	} {
		p := small()
		c.change(p)
		var got []string
		for _, change := range Diff(small(), p) {
			got = append(got, change.Code+" "+strings.TrimPrefix(fmt.Sprint(change.Facts), "map"))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, s, c.want)
		}
	}
}

func TestDiffOfTheFirstVersion(t *testing.T) {
	set := map[string]int{}
	for _, c := range Diff(nil, small()) {
		set[c.Code]++
	}
	want := map[string]int{"process.changed": 1, "stage.added": 4, "activity.added": 1, "reason.added": 1, "policy.added": 1, "field.added": 1}
	if !maps.Equal(set, want) {
		t.Errorf("%v", set)
	}
}

func TestRelocations(t *testing.T) {
	p := small()
	p.Stages = p.Stages[1:]
	p.Moved = Moves{"a": "b", "gone_long_ago": "c"}
	if got := Relocations(small(), p); !maps.Equal(got, map[string]string{"a": "b"}) {
		t.Errorf("%v", got)
	}
	if got := Relocations(p, small()); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// Taking the reordered stages out leaves both orders the same, and no fewer would do.
func TestReorderedStagesAreFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := small()
		p := small()
		p.Stages = rapid.Permutation(p.Stages).Draw(t, "order")
		moved := reorderedStages(old, p)
		rest := func(p *Process) []string {
			var out []string
			for _, s := range p.Stages {
				if !slices.Contains(moved, s.Key) {
					out = append(out, s.Key)
				}
			}
			return out
		}
		if !slices.Equal(rest(old), rest(p)) {
			t.Fatalf("without %v: %v and %v", moved, rest(old), rest(p))
		}
		if longest := longestRising(p); len(moved) != len(p.Stages)-longest {
			t.Fatalf("%d moved, %d are enough", len(moved), len(p.Stages)-longest)
		}
	})
}

// longestRising tries every subset of the stages, whose keys rise in the old order.
func longestRising(p *Process) int {
	best := 0
	for set := range 1 << len(p.Stages) {
		var keys []string
		for i, s := range p.Stages {
			if set&(1<<i) != 0 {
				keys = append(keys, s.Key)
			}
		}
		if slices.IsSorted(keys) {
			best = max(best, len(keys))
		}
	}
	return best
}
