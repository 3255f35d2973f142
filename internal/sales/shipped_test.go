package sales

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestShipped(t *testing.T) {
	m := Shipped()
	if len(m.Processes) != 2 || m.Processes[0].Key != "b2b" || !m.Processes[0].Default || m.Processes[1].Default {
		t.Fatal("the shipped map is to hold b2b, the default, and another process")
	}
	for _, p := range m.Processes {
		if p.WonIndex() < 1 {
			t.Errorf("%s: no stage wins", p.Key)
		}
		for _, s := range p.Stages {
			for part, text := range map[string]Text{"name": s.Name, "what": s.What, "why": s.Why, "how": s.How} {
				if text["en"] == "" || text["zh"] == "" {
					t.Errorf("%s, %s: %s is to be given in both languages", p.Key, s.Key, part)
				}
			}
			if s.Target == 0 || len(s.Who) == 0 {
				t.Errorf("%s, %s: who and when are missing", p.Key, s.Key)
			}
		}
	}
}

// Each caller may fill its own organisation.
func TestShippedOrganisationIsTheCallersOwn(t *testing.T) {
	m := Shipped()
	m.Organisation.Roles[0].Users = append(m.Organisation.Roles[0].Users, "UANN")
	m.Organisation.Teams = append(m.Organisation.Teams, Team{Key: "north"})
	if o := Shipped().Organisation; len(o.Roles[0].Users) != 0 || len(o.Teams) != 0 {
		t.Error("one caller's people are in the next one's map")
	}
}

// The quote asks product and pricing, the contract legal or, above an amount, an executive.
func TestShippedPoliciesAskTheRightPeople(t *testing.T) {
	p := Shipped().Processes[0]
	asked := func(kind string, form map[string]any) string {
		policy, ok := p.Policy(kind)
		if !ok {
			t.Fatalf("no policy for %s", kind)
		}
		var roles []string
		for _, s := range policy.Steps {
			if holds, err := s.When.Holds(form); err != nil {
				t.Fatal(err)
			} else if holds {
				roles = append(roles, s.Roles...)
			}
		}
		return strings.Join(roles, " ")
	}
	for _, c := range []struct {
		kind             string
		amount, discount float64
		want             string
	}{
		{"quote", 5000, 0, "product pricing"},
		{"quote", 5000, 35, "product pricing executive"},
		{"contract", 100000, 0, "legal"},
		{"contract", 100001, 0, "executive"},
	} {
		if got := asked(c.kind, map[string]any{"amount": c.amount, "discount": c.discount}); got != c.want {
			t.Errorf("%s of %v with %v %%: %s, want %s", c.kind, c.amount, c.discount, got, c.want)
		}
	}
}

func TestShippedFilesAreCommented(t *testing.T) {
	for _, key := range []string{"b2b", "renewal"} {
		file, ok := ShippedFile(key)
		if !ok || !strings.HasPrefix(string(file), "# How we ") {
			t.Errorf("%s: %v", key, ok)
		}
	}
	if _, ok := ShippedFile("nothing"); ok {
		t.Error("a file of no process")
	}
}

// Every activity and approval that can be asked for is used somewhere, and the other way round.
func TestShippedProcessesHoldTogether(t *testing.T) {
	for _, p := range Shipped().Processes {
		needed := map[string]bool{}
		for _, s := range p.Stages {
			for _, a := range s.Gate.Approvals {
				needed[a.Kind] = true
			}
		}
		var kinds []string
		for _, o := range p.Policies {
			kinds = append(kinds, o.Kind)
		}
		slices.Sort(kinds)
		if got := slices.Sorted(maps.Keys(needed)); !slices.Equal(got, kinds) {
			t.Errorf("%s: gates ask for %v, policies rule %v", p.Key, got, kinds)
		}
	}
}
