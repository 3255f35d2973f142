package sales

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// requestable asks for a quote as the person, on a deal of their own.
func requestable(o *Organisation, p *Process, user string) error {
	team, _ := o.TeamOf(user)
	c := &Case{Process: p, Org: o, Deal: Deal{ID: 1, Owner: user, Team: team.Key, Status: Open, Episode: 1, Stage: "offer", Process: p.Key}}
	_, _, err := c.Request(user, "quote", map[string]string{"amount": "20000 EUR", "discount": "20"}, monday)
	return err
}

// Whatever the organisation and the steps: where the check says nothing of a policy, nobody who sells is told
// that nobody could decide their request.
func TestWhatTheCheckPassesCanBeDecided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := func(most int, label string) []string {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(everybody), 0, most, rapid.ID).Draw(t, label)
		}
		person := rapid.SampledFrom(append([]string{""}, everybody...))
		org := &Organisation{
			Teams:  []Team{{Key: "north", Manager: person.Draw(t, "north's manager"), Members: people(3, "north")}, {Key: "south", Manager: person.Draw(t, "south's manager"), Members: people(2, "south")}},
			Groups: map[string][]string{"SONE": people(3, "SONE"), "STWO": people(3, "STWO")},
			Admins: people(2, "admins"), Gone: people(1, "gone"),
		}
		for _, r := range []string{"r1", "r2", "r3"} {
			org.Roles = append(org.Roles, Role{Key: r, Users: people(4, r)})
		}
		p := testProcess()
		policy := &p.Policies[0]
		policy.Steps, policy.Distinct = someSteps(t), rapid.Bool().Draw(t, "distinct")
		for i := range policy.Steps {
			if rapid.IntRange(0, 3).Draw(t, "by admins") == 0 {
				policy.Steps[i].Roles = append(policy.Steps[i].Roles, RoleAdmin)
			}
		}
		told := slices.ContainsFunc(Check(&Map{Organisation: org, Processes: []*Process{p}}, Known{Organisation: org}), func(x Problem) bool {
			return x.Facts["policy"] == "quote" || slices.Contains([]string{"role.empty", "list.empty"}, x.Code)
		})
		for _, user := range everybody {
			_, inTeam := org.TeamOf(user)
			if told || org.isGone(user) || !inTeam && !org.Leads(user) {
				continue
			}
			var refused *Error
			if err := requestable(org, p, user); errors.As(err, &refused) && refused.Code == "approval.nobody" {
				t.Fatalf("the check says nothing, and %s is told %v", user, refused.Facts)
			}
		}
	})
}
