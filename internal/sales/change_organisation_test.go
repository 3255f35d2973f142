package sales

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func twoTeams() *Organisation {
	return &Organisation{
		Teams: []Team{{Key: "north", Name: Text{"": "North"}, Manager: "UMAX", Members: []string{"UANA", "UBEN"}, Channel: "CN"}},
		Roles: []Role{{Key: "pricing", Name: Text{"": "Pricing"}, Users: []string{"ULIN"}, Groups: []string{"SPRICE"}, Rate: 80}},
	}
}

func TestDiffOrganisation(t *testing.T) {
	for name, c := range map[string]struct {
		change func(o *Organisation)
		want   string
	}{
		"nothing":       {func(*Organisation) {}, ""},
		"an empty list": {func(o *Organisation) { o.Teams[0].Members = slices.Clone(o.Teams[0].Members) }, ""},
		"new team": {func(o *Organisation) {
			o.Teams = append(o.Teams, Team{Key: "east", Name: Text{"": "East"}, Private: true})
		}, "team.added [name:map[:East] team:east]; team.private [name:map[:East] private:true team:east]"},
		"team gone":    {func(o *Organisation) { o.Teams = nil }, "team.removed [name:map[:North] team:north]"},
		"team renamed": {func(o *Organisation) { o.Teams[0].Name = Text{"": "Up"} }, "team.renamed [name:map[:Up] team:north was:map[:North]]"},
		"manager":      {func(o *Organisation) { o.Teams[0].Manager = "UEVA" }, "team.manager [name:map[:North] team:north user:UEVA was:UMAX]"},
		"members":      {func(o *Organisation) { o.Teams[0].Members = []string{"UBEN", "UCID"} }, "team.members [added:[UCID] name:map[:North] removed:[UANA] team:north]"},
		"channel":      {func(o *Organisation) { o.Teams[0].Channel = "" }, "team.channel [channel: name:map[:North] team:north was:CN]"},
		"open":         {func(o *Organisation) { o.Teams[0].Private = true }, "team.private [name:map[:North] private:true team:north]"},
		"new role": {func(o *Organisation) {
			o.Roles = append(o.Roles, Role{Key: "legal", Name: Text{"": "Legal"}, Users: []string{"ULEO"}})
		}, "role.added [name:map[:Legal] role:legal]; role.holders [added:[ULEO] name:map[:Legal] removed:[] role:legal]"},
		"role gone":    {func(o *Organisation) { o.Roles = nil }, "role.removed [name:map[:Pricing] role:pricing]"},
		"role renamed": {func(o *Organisation) { o.Roles[0].Name = Text{"": "Price"} }, "role.renamed [name:map[:Price] role:pricing was:map[:Pricing]]"},
		"holders":      {func(o *Organisation) { o.Roles[0].Users, o.Roles[0].Groups = []string{"UEVA"}, nil }, "role.holders [added:[UEVA] name:map[:Pricing] removed:[ULIN SPRICE] role:pricing]"},
		"rate":         {func(o *Organisation) { o.Roles[0].Rate = 90 }, "role.rate [name:map[:Pricing] rate:90 role:pricing was:80]"},
	} {
		t.Run(name, func(t *testing.T) {
			old, new := twoTeams(), twoTeams()
			c.change(new)
			var got []string
			for _, x := range DiffOrganisation(old, new) {
				got = append(got, x.Code+" "+strings.TrimPrefix(fmt.Sprint(x.Facts), "map"))
			}
			if s := strings.Join(got, "; "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
	if got := DiffOrganisation(nil, twoTeams()); len(got) != 7 {
		t.Errorf("everything is new: %v", got)
	}
}

func TestAFileKeepsThePeopleItDoesNotName(t *testing.T) {
	now := twoTeams()
	now.Version, now.Admins = 7, []string{"UADA"}
	silent := &Organisation{Roles: []Role{{Key: "pricing", Name: Text{"": "Price"}, Rate: 90}, {Key: "legal", Name: Text{"": "Legal"}}}}
	got := silent.Keep(now)
	if d := DiffOrganisation(now, got); len(d) != 3 {
		t.Errorf("changes %v: want the name and the rate of one role, and another role", d)
	}
	if got.Version != 7 || !got.Holds("ULIN", "pricing") || !got.Holds("UADA", RoleAdmin) || len(silent.Roles[0].Users) > 0 {
		t.Errorf("%+v", got)
	}
	spoken := &Organisation{
		Teams: []Team{{Key: "north", Name: Text{"": "North"}, Members: []string{"UCID"}}},
		Roles: []Role{{Key: "pricing", Name: Text{"": "Pricing"}, Users: []string{"UEVA"}}},
	}
	got = spoken.Keep(now)
	if team := got.Teams[0]; team.Manager != "" || !slices.Equal(team.Members, []string{"UCID"}) {
		t.Errorf("what the file says was not taken: %+v", team)
	}
	if got.Holds("ULIN", "pricing") || !got.Holds("UEVA", "pricing") {
		t.Errorf("what the file says was not taken: %+v", got.Roles)
	}
}
