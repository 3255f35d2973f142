package sales

import (
	"errors"
	"reflect"
	"slices"
	"testing"
)

func staffed() *Organisation {
	return &Organisation{
		Admins: []string{"U0SAM"},
		Groups: map[string][]string{"S0LAW": {"U0LEO"}},
		Teams: []Team{
			{Key: "north", Name: Text{"en": "North"}, Manager: "U0MIA", Members: []string{"U0ANA"}},
			{Key: "vault", Name: Text{"en": "Vault"}, Private: true},
		},
		Roles: []Role{
			{Key: "legal", Name: Text{"en": "Legal"}, Groups: []string{"S0LAW"}},
			{Key: "pricing", Name: Text{"en": "Pricing"}},
			{Key: "spare", Name: Text{"en": "Spare"}},
		},
	}
}

// What may not be done with teams and roles is refused, says why, and changes nothing.
func TestRefusedChangesOfTheOrganisation(t *testing.T) {
	needs := []*Process{{Name: Text{"en": "Sales"}, Roles: []string{"pricing"}}}
	for name, test := range map[string]struct {
		do   func(o *Organisation) error
		code string
	}{
		"a rep organises":           {func(o *Organisation) error { return o.MayOrganise("U0ANA") }, "organisation.not_allowed"},
		"a rep reads what leads do": {func(o *Organisation) error { return o.MustLead("U0ANA", "approval.not_leading") }, "approval.not_leading"},
		"a role by team":            {func(o *Organisation) error { return o.MayGive("U0SAM", RoleRep) }, "role.by_team"},
		"a manager names admins":    {func(o *Organisation) error { return o.MayGive("U0MIA", RoleAdmin) }, "role.only_admins"},
		"given twice":               {func(o *Organisation) error { return third(o.GiveRole("legal", nil, []string{"S0LAW"})) }, "team.already"},
		"given, unknown":            {func(o *Organisation) error { return third(o.GiveRole("law", []string{"U0LEO"}, nil)) }, "role.unknown"},
		"taken from nobody":         {func(o *Organisation) error { return third(o.TakeRole("legal", []string{"U0ANA"}, nil)) }, "role.not_held"},
		"an admin by settings":      {func(o *Organisation) error { return third(o.TakeRole(RoleAdmin, []string{"U0SAM"}, nil)) }, "role.by_settings"},
		"a role that is there":      {func(o *Organisation) error { return o.NewRole("legal", nil) }, "role.taken"},
		"a role built in":           {func(o *Organisation) error { return o.NewRole(RoleRep, nil) }, "role.taken"},
		"deleted, built in":         {func(o *Organisation) error { return second(o.DeleteRole(RoleAdmin, needs)) }, "role.built_in"},
		"deleted, needed":           {func(o *Organisation) error { return second(o.DeleteRole("pricing", needs)) }, "role.in_use"},
		"deleted, held by a group":  {func(o *Organisation) error { return second(o.DeleteRole("legal", needs)) }, "role.held"},
		"deleted, unknown":          {func(o *Organisation) error { return second(o.DeleteRole("law", needs)) }, "role.unknown"},
		"a member twice":            {func(o *Organisation) error { return second(o.AddMembers("north", []string{"U0ANA"})) }, "team.already"},
		"a member of no team":       {func(o *Organisation) error { return second(o.AddMembers("south", []string{"U0ANA"})) }, "team.unknown"},
		"one who is not in it":      {func(o *Organisation) error { return o.RemoveMembers("north", []string{"U0ANA", "U0BO"}) }, "team.not_in"},
		"the same manager":          {func(o *Organisation) error { return second(o.SetManager("north", "U0MIA")) }, "team.already"},
		"the same channel":          {func(o *Organisation) error { return second(o.SetChannel("north", "")) }, "team.already"},
		"private already":           {func(o *Organisation) error { return o.SetPrivate("vault", true) }, "team.already"},
		"a team that is there":      {func(o *Organisation) error { return o.NewTeam("north", nil) }, "team.taken"},
		"a private team":            {func(o *Organisation) error { return second(o.DeleteTeam("vault")) }, "team.private_stays"},
	} {
		t.Run(name, func(t *testing.T) {
			o := staffed()
			e, ok := errors.AsType[*Error](test.do(o))
			if !ok || e.Code != test.code {
				t.Errorf("refused with %v, want %s", e, test.code)
			}
			if ok && e.Kind == NotAllowed && !slices.Contains(e.Who, "U0SAM") {
				t.Errorf("may be done by %v, want the admin among them", e.Who)
			}
			if !reflect.DeepEqual(o, staffed()) {
				t.Errorf("changed to %+v", o)
			}
		})
	}
}

// A change and what takes it back leave the organisation as it was.
func TestChangesOfTheOrganisation(t *testing.T) {
	o := staffed()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	users, groups, err := o.GiveRole("legal", []string{"U0ANA", "U0BO"}, []string{"S0LAW"})
	must(err)
	if !slices.Equal(users, []string{"U0ANA", "U0BO"}) || len(groups) > 0 || !o.Holds("U0BO", "legal") {
		t.Errorf("newly given to %v %v; held by %v", users, groups, o.Holders("legal"))
	}
	taken, _, err := o.TakeRole("legal", []string{"U0BO", "U0ANA"}, nil)
	must(err)
	if len(taken) != 2 || o.Holds("U0BO", "legal") {
		t.Errorf("taken from %v; held by %v", taken, o.Holders("legal"))
	}
	_, err = o.DeleteRole("spare", nil)
	must(err)
	if o.KnowsRole("spare") {
		t.Error("the role is still there")
	}
	must(o.NewRole("spare", Text{"en": "Spare"}))
	added, err := o.AddMembers("north", []string{"U0ANA", "U0BO"})
	must(err)
	if !slices.Equal(added, []string{"U0BO"}) {
		t.Errorf("added %v", added)
	}
	must(o.RemoveMembers("north", added))
	was, err := o.SetManager("north", "U0LIN")
	must(err)
	if was != "U0MIA" || !o.Leads("U0LIN") || o.Leads("U0MIA") {
		t.Errorf("was managed by %q, led by %v", was, o.Holders(RoleManager))
	}
	_, err = o.SetManager("north", was)
	must(err)
	must(o.SetPrivate("vault", false))
	must(o.SetPrivate("vault", true))
	must(o.NewTeam("south", Text{"en": "South"}))
	_, err = o.DeleteTeam("south")
	must(err)
	is, want := *o, *staffed()
	for _, x := range []*Organisation{&is, &want} { // an empty list is as good as none
		x.Roles[0].Users, x.Teams[0].Members = append([]string{}, x.Roles[0].Users...), append([]string{}, x.Teams[0].Members...)
	}
	if !reflect.DeepEqual(is, want) {
		t.Errorf("is %+v\nwant %+v", is, want)
	}
}

func second[T any](_ T, err error) error { return err }

func third[T, U any](_ T, _ U, err error) error { return err }
