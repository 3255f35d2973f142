package sales

import (
	"slices"
	"testing"
)

func TestForward(t *testing.T) {
	for name, c := range map[string]struct {
		step Step
		away []string
		by   string
		to   string
		code string   // of the refusal; "" when it is forwarded
		who  []string // awaited afterwards, or named by the refusal
	}{
		"to another of the role":         {Step{Roles: []string{"board"}}, nil, "B1", "B2", "", []string{"B2", "B3"}},
		"two of three":                   {Step{Roles: []string{"board"}, Rule: "2"}, nil, "B1", "B2", "", []string{"B2", "B3"}},
		"all are needed":                 {Step{Roles: []string{"board"}, Rule: RuleAll}, nil, "B1", "B2", "forward.needed", nil},
		"three of three are needed":      {Step{Roles: []string{"board"}, Rule: "3"}, nil, "B1", "B2", "forward.needed", nil},
		"of each, in the same group":     {Step{Roles: []string{"legal", "finance"}, Rule: RuleEach}, nil, "L2", "L1", "", []string{"L1", "F1"}},
		"of each, to the other group":    {Step{Roles: []string{"legal", "finance"}, Rule: RuleEach}, nil, "L2", "F1", "forward.not_theirs", []string{"L1"}},
		"to another of the user group":   {Step{Groups: []string{"SDESK"}}, nil, "D1", "D2", "", []string{"D2", "B1"}},
		"of each, in the user group":     {Step{Roles: []string{"finance"}, Groups: []string{"SDESK"}, Rule: RuleEach}, nil, "D1", "D2", "", []string{"F1", "L1", "D2", "B1"}},
		"of each, out of the user group": {Step{Roles: []string{"finance"}, Groups: []string{"SDESK"}, Rule: RuleEach}, nil, "D1", "F1", "forward.not_theirs", []string{"D2", "B1"}},
		"to somebody outside the group":  {Step{Groups: []string{"SDESK"}}, nil, "D1", "UX", "forward.not_theirs", []string{"D2", "B1"}},
		"to somebody without the role":   {Step{Roles: []string{"board"}}, nil, "B1", "UX", "forward.not_theirs", []string{"B2", "B3"}},
		"to the requester":               {Step{Roles: []string{"board"}}, nil, "B1", "UANA", "forward.asker", nil},
		"to themselves":                  {Step{Roles: []string{"board"}}, nil, "B1", "B1", "forward.self", nil},
		"by the requester":               {Step{Roles: []string{"legal"}}, nil, "UANA", "L1", "approval.own", []string{"L1", "L2"}},
		"by somebody else":               {Step{Roles: []string{"board"}}, nil, "UX", "B1", "approval.not_yours", []string{"B1", "B2", "B3"}},
		"by a delegate":                  {Step{Roles: []string{"board"}}, []string{"B1>UX"}, "UX", "B2", "", []string{"B2", "B3"}},
		"by a delegate, to the approver": {Step{Roles: []string{"board"}}, []string{"B1>UX"}, "UX", "B1", "forward.self", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.step.Key = "s"
			s, a := under(t, c.step)
			s.away(c.away...)
			b, events, err := s.Case.Forward(a, Forward{By: c.by, To: c.to, Why: "on leave"}, a.Version, s.now)
			if c.code != "" {
				kind, ok := map[string]Kind{"forward.needed": Conflict, "approval.own": NotAllowed, "approval.not_yours": NotAllowed}[c.code]
				if !ok {
					kind = Invalid
				}
				if e := s.refused(err, kind, c.code); !slices.Equal(e.Who, c.who) {
					t.Errorf("named %v", e.Who)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Deciders(b); !slices.Equal(got, c.who) {
				t.Errorf("waits for %v", got)
			}
			if e := events[0]; e.Type != Forwarded || e.Data.User != c.to || e.Data.Why != "on leave" || b.Version != a.Version+1 || len(a.Steps[0].Forwards) != 0 {
				t.Errorf("%+v", e)
			}
			_, _, err = s.Case.Decide(b, Decision{By: c.by, Verdict: Approve, Seen: b.Version}, s.now)
			s.refused(err, NotAllowed, "approval.not_yours")
			if _, _, err = s.Case.Decide(b, Decision{By: c.to, Verdict: Approve, Seen: a.Version}, s.now); err != nil {
				t.Errorf("what they saw before still holds: %v", err)
			}
		})
	}
}

// A request goes round once: who handed it on does not get it again, and the last one keeps it.
func TestForwardsEnd(t *testing.T) {
	s, a := under(t, Step{Key: "s", Roles: []string{"board"}})
	for _, f := range []Forward{{By: "B1", To: "B2"}, {By: "B2", To: "B3"}} {
		var err error
		if a, _, err = s.Case.Forward(a, f, a.Version, s.now); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := s.Case.Forward(a, Forward{By: "B3", To: "B1"}, a.Version, s.now)
	s.refused(err, Conflict, "forward.needed")
	if s.Successors(a, "B3", s.now) != nil {
		t.Error("there is somebody else")
	}
	// Whoever it was handed to loses the role: those who handed it on are asked again.
	s.Org.Roles[2].Users = []string{"B1", "B2"}
	if who := s.Deciders(a); !slices.Equal(who, []string{"B1", "B2"}) {
		t.Fatalf("waits for %v", who)
	}
	if a, _, err = s.Case.Decide(a, Decision{By: "B1", Verdict: Approve, Seen: a.Version}, s.now); err != nil || a.State != Approved {
		t.Fatalf("%+v %v", a, err)
	}
}
