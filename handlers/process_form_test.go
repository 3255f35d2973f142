package handlers

import (
	"slices"
	"strings"
	"testing"
)

// TestFormsForTeamsAndRoles does with forms what the commands do, and refuses in them.
func TestFormsForTeamsAndRoles(t *testing.T) {
	w := withApprovers(t)
	fill := func(line, want string, values map[string][]string) {
		t.Helper()
		form := w.types(ada, line)
		if form.Modal == nil {
			t.Fatalf("%s opens no form:\n%s", line, shown(t, form))
		}
		in := w.submission(ada, form, nil)
		in.Values = values
		if s := shown(t, w.do(in)); !strings.Contains(s, want) {
			t.Errorf("%s does not say %q:\n%s", line, want, s)
		}
	}
	fill("/process team new", "The team *East &amp; west* is there.", map[string][]string{"organise.key": {"ew"}, "organise.name": {`East & west`}})
	fill("/process team new", "There is a team “ew” already.", map[string][]string{"organise.key": {"ew"}, "organise.name": {"Again"}})
	fill("/process team new", "can't be the key", map[string][]string{"organise.key": {`e "w"`}, "organise.name": {"Quotes"}})
	for key, name := range map[string][2]string{
		"key": {"“大客户”组", "“大客户”组"}, "alliance": {`The "A" team`, `The "A" team`}, "all": {`"A", “B” 」 』`, `'A', 'B' 」 』`},
	} {
		fill("/process team new", "is there.", map[string][]string{"organise.key": {key}, "organise.name": {name[0]}})
		if team, _ := w.organisation().Team(key); team.Name.In("en") != name[1] {
			t.Errorf("%q is named %q", name[0], team.Name.In("en"))
		}
	}
	fill("/process team ADD", "New in *East &amp; west*", map[string][]string{"organise.key": {"ew"}, "organise.people": {ben, ana}, "deal.because": {"more <hands>"}})
	fill("/process team manager", "now manages *East &amp; west*", map[string][]string{"organise.key": {"ew"}, "organise.people": {ben}})
	fill("/process team channel", "have their cards in <#CEW>", map[string][]string{"organise.key": {"ew"}, "organise.channel": {"CEW"}})
	fill("/process team channel", "in the channel for all", map[string][]string{"organise.key": {"ew"}})
	fill("/process team 移除", "No longer in *East &amp; west*", map[string][]string{"organise.key": {"ew"}, "organise.people": {ana}})
	fill("/process role new", "The role *Security* is there.", map[string][]string{"organise.key": {"security"}, "organise.name": {"Security"}})
	fill("/process role give", "is given to", map[string][]string{"organise.key": {"security"}, "organise.people": {ben}})
	fill("/process role take", "is taken from", map[string][]string{"organise.key": {"security"}, "organise.people": {ben}})
	team, _ := w.organisation().Team("ew")
	if team.Name.In("en") != "East & west" || team.Manager != ben || !slices.Equal(team.Members, []string{ben}) || team.Channel != "" {
		t.Errorf("the team is %+v", team)
	}
	if s := shown(t, w.types(ada, "/process history team")); !strings.Contains(s, "more &lt;hands&gt;") {
		t.Errorf("the reason is not kept:\n%s", s)
	}

	if s := shown(t, w.types(ana, "/process team add")); !strings.Contains(s, "Only managers and admins change teams and roles.") {
		t.Errorf("a rep is offered %s", s)
	}
	if s := shown(t, w.types(ada, "/process team")); !strings.Contains(s, "Add people…") {
		t.Errorf("the list offers no form:\n%s", s)
	}
	if s := shown(t, w.types(ana, "/process team")); strings.Contains(s, "Add people…") {
		t.Errorf("a rep is offered a form:\n%s", s)
	}
}
