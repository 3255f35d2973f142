package sales

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// A user group asks those who are in it at the moment: who leaves is no longer awaited and decides nothing, and
// when nobody is left, that is told until somebody joins.
func TestAUserGroupIsAskedAsItIs(t *testing.T) {
	s, a := under(t, Step{Key: "s", Groups: []string{"SDESK"}})
	if who := s.Deciders(a); !slices.Equal(who, []string{"D1", "D2", "B1"}) {
		t.Fatalf("it waits for %v", who)
	}
	s.Org.Groups["SDESK"] = []string{"D2", "UANA"}
	if who := s.Deciders(a); !slices.Equal(who, []string{"D2"}) {
		t.Fatalf("it waits for %v", who)
	}
	_, _, err := s.Case.Decide(a, Decision{By: "D1", Verdict: Approve, Seen: a.Version}, s.now)
	if e := s.refused(err, NotAllowed, "approval.not_yours"); !slices.Equal(e.Who, []string{"D2"}) {
		t.Errorf("named %v", e.Who)
	}
	_, _, err = s.Case.Decide(a, Decision{By: "UANA", Verdict: Approve, Seen: a.Version}, s.now)
	s.refused(err, NotAllowed, "approval.own")

	s.Org.Groups["SDESK"] = []string{"UANA"}
	a, events := s.Pass(a, s.now)
	if len(events) != 1 || events[0].Type != Stranded || a.Steps[0].Stranded == 0 {
		t.Fatalf("%+v", events)
	}
	s.Org.Groups["SDESK"] = []string{"D3"}
	a, events = s.Pass(a, s.now.Add(time.Minute))
	if len(events) != 1 || events[0].Type != Staffed || !slices.Equal(events[0].Data.Users, []string{"D3"}) {
		t.Fatalf("%+v", events)
	}
	if a, _, err = s.Case.Decide(a, Decision{By: "D3", Verdict: Approve, Seen: a.Version}, s.now); err != nil || a.State != Approved {
		t.Errorf("%+v %v", a, err)
	}
}

func TestAnEmptyUserGroupIsNotAsked(t *testing.T) {
	for name, step := range map[string]Step{
		"empty":            {Key: "s", Groups: []string{"SEMPTY"}},
		"never seen":       {Key: "s", Groups: []string{"SNOWHERE"}},
		"all have left":    {Key: "s", Groups: []string{"SOTHER"}},
		"each, one empty":  {Key: "s", Roles: []string{"board"}, Groups: []string{"SEMPTY"}, Rule: RuleEach},
		"more than it has": {Key: "s", Groups: []string{"SDESK"}, Rule: "4"},
	} {
		s, _ := under(t, Step{Key: "s", Roles: []string{"board"}})
		s.Org.Gone = []string{"O1"}
		s.Process.Policies[0].Steps = []Step{step}
		_, _, err := s.Request("UANA", "quote", map[string]string{"amount": "20000 EUR"}, s.now)
		if e := s.refused(err, Conflict, "approval.nobody"); !slices.Equal(e.Facts["groups"].([]string), step.Groups) {
			t.Errorf("%s: %v", name, e.Facts)
		}
	}
}

func TestAStepEscalatesToAUserGroup(t *testing.T) {
	s, a := under(t, Step{Key: "s", Roles: []string{"board"}, Escalate: Escalation{After: 1, To: []string{"SDESK", "SOTHER"}}})
	if slices.Contains(s.Deciders(a), "D1") {
		t.Fatal("asked before its time")
	}
	a, events := s.Pass(a, s.Process.Calendar.Add(s.now, 2))
	if len(events) != 1 || !slices.Equal(events[0].Data.Users, []string{"D1", "D2", "B1", "O1"}) {
		t.Fatalf("%+v", events)
	}
	if a, _, err := s.Case.Decide(a, Decision{By: "O1", Verdict: Approve, Seen: a.Version}, s.now); err != nil || a.State != Approved {
		t.Errorf("%+v %v", a, err)
	}
}

func TestMembersOfAUserGroupDecide(t *testing.T) {
	org := &Organisation{Groups: map[string][]string{"SDESK": {"D1", "GONE"}}, Gone: []string{"GONE"}}
	step := func(s Step) []*Process { return []*Process{{Policies: []Policy{{Steps: []Step{s}}}}} }
	for name, all := range map[string][]*Process{
		"named":     step(Step{Groups: []string{"SDESK"}}),
		"escalated": step(Step{Users: []string{"X"}, Escalate: Escalation{After: 1, To: []string{"SDESK"}}}),
	} {
		if !org.Decides("D1", all) || org.Decides("D2", all) || org.Decides("GONE", all) {
			t.Errorf("%s: %t %t %t", name, org.Decides("D1", all), org.Decides("D2", all), org.Decides("GONE", all))
		}
	}
}

// A step with user groups comes back from the file, and from a request's JSON, as it was.
func TestUserGroupsAreKept(t *testing.T) {
	file := strings.Replace(baseMap(t), "          roles: [pricing]\n", "          groups: [SPRICE, SDESK]\n          rule: each\n          escalate: {after: 1d, to: [SBOARD, manager]}\n", 1)
	m, problems := ParseMap([]byte(file))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	again, problems := ParseMap(must(WriteMap(m)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	step := again.Processes[0].Policies[0].Steps[0]
	if !slices.Equal(step.Groups, []string{"SPRICE", "SDESK"}) || !slices.Equal(step.Escalate.To, []string{"SBOARD", "manager"}) {
		t.Errorf("%+v", step)
	}
	var state StepState
	if err := json.Unmarshal(must(json.Marshal(newStep(step))), &state); err != nil || !slices.Equal(state.Groups, step.Groups) || state.Rule != RuleEach {
		t.Errorf("%+v %v", state, err)
	}
}

// A step that names a group is checked even before anybody is in the organisation.
func TestAnEmptyUserGroupIsToldInANewOrganisation(t *testing.T) {
	org := &Organisation{Groups: map[string][]string{"SDESK": nil}}
	p := *Shipped().Processes[0]
	p.Policies = []Policy{{Kind: "quote", Name: Text{"": "Quote"}, Steps: []Step{{Key: "s", Name: Text{"": "S"}, Groups: []string{"SDESK"}}}}}
	got := codes(Errors(Check(&Map{Organisation: &Organisation{Roles: Shipped().Organisation.Roles}, Processes: []*Process{&p}}, Known{Organisation: org})))
	if !slices.Contains(got, "step.nobody") {
		t.Errorf("%v", got)
	}
}

func TestGroupName(t *testing.T) {
	org := &Organisation{Handles: map[string]string{"SDESK": "desk", "SNEW": ""}}
	for id, want := range map[string]string{"SDESK": "@desk", "SNEW": "SNEW", "SX": "SX"} {
		if got := org.GroupName(id); got != want {
			t.Errorf("%s is called %s", id, got)
		}
	}
}
