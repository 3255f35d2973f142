package sales

import (
	"slices"
	"time"
)

// NeedKind is the sort of thing that a gate asks for.
type NeedKind string

const (
	NeedField    NeedKind = "field"
	NeedActivity NeedKind = "activity"
	NeedApproval NeedKind = "approval"
)

// Missing is one thing that stands between a deal and the next stage.
type Missing struct {
	Kind  NeedKind
	Stage string // whose gate asks for it
	Field string // for fields
	Type  string // activity type, or kind of approval
	Have  int    // activities so far
	Want  int
	State ApprovalState // of the latest request, "" when there is none
	ID    int64         // of that request

	// Of an approved one that does not cover the deal as it is now:
	Shifts []Shift // what changed
	Step   string  // the step that was passed over, "" when none is asked
}

// Key names the requirement in the event log: "field:close", "activity:call", "approval:quote".
func (m Missing) Key() string {
	if m.Kind == NeedField {
		return string(m.Kind) + ":" + m.Field
	}
	return string(m.Kind) + ":" + m.Type
}

// Missing returns what leaving the present stage for the stage `to` still
// needs: the whole gate of the present stage, and the approvals of every stage
// passed over. Going back needs nothing. An unknown stage needs nothing either:
// the move itself is refused.
func (c *Case) Missing(to string) ([]Missing, error) {
	from, target := c.Process.StageIndex(c.Deal.Stage), c.Process.StageIndex(to)
	if from < 0 || (target >= 0 && target <= from) {
		return nil, nil
	}
	if target < 0 {
		target = len(c.Process.Stages) // completing: leaving the last stage
	}
	out, err := c.missingHere(c.Process.Stages[from])
	if err != nil {
		return nil, err
	}
	for _, s := range c.Process.Stages[from+1 : target] {
		more, err := c.missingApprovals(s)
		if err != nil {
			return nil, err
		}
		for _, m := range more {
			if !slices.ContainsFunc(out, func(x Missing) bool { return x.Key() == m.Key() }) {
				out = append(out, m) // two stages may ask for the same
			}
		}
	}
	return out, nil
}

func (c *Case) missingHere(s Stage) ([]Missing, error) {
	var out []Missing
	for _, f := range s.Gate.Fields {
		if c.Deal.Value(f) == "" {
			out = append(out, Missing{Kind: NeedField, Stage: s.Key, Field: f})
		}
	}
	for _, need := range s.Gate.Activities {
		since := time.Time{}
		if need.Since != SinceEver {
			since = c.Deal.Entered
		}
		want := max(need.N, 1)
		if have := c.count(need.Type, since); have < want {
			out = append(out, Missing{Kind: NeedActivity, Stage: s.Key, Type: need.Type, Have: have, Want: want})
		}
	}
	more, err := c.missingApprovals(s)
	return append(out, more...), err
}

func (c *Case) count(kind string, since time.Time) int {
	n := 0
	for _, a := range c.Activities {
		if a.Type == kind && !a.Undone && !a.At.Before(since) {
			n++
		}
	}
	return n
}

func (c *Case) missingApprovals(s Stage) ([]Missing, error) {
	var out []Missing
	for _, need := range s.Gate.Approvals {
		asked, err := need.When.Holds(c.env())
		if err != nil {
			return nil, err
		}
		latest, ok := c.Approval(need.Kind)
		if !asked {
			continue
		}
		m := Missing{Kind: NeedApproval, Stage: s.Key, Type: need.Kind, State: latest.State, ID: latest.ID}
		if ok && latest.State == Approved {
			if m.Shifts, m.Step = c.Outgrown(latest), c.Lacking(latest); len(m.Shifts) == 0 && m.Step == "" {
				continue
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// Approval returns the latest request of the kind in the deal's present episode.
func (c *Case) Approval(kind string) (Approval, bool) {
	var out Approval
	found := false
	for _, a := range c.Approvals {
		if a.Kind == kind && a.Episode == c.Deal.Episode && a.ID >= out.ID {
			out, found = a, true
		}
	}
	return out, found
}
