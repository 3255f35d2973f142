package csvio

import (
	"maps"
	"testing"

	"pipewright/internal/sales"
)

func TestStepRowsSayWhomAStepAsks(t *testing.T) {
	a := sales.Approval{ID: 7, Kind: "quote", Steps: []sales.StepState{{
		Key: "price", Roles: []string{"pricing", "legal"}, Groups: []string{"SDESK", "SLAW"}, Users: []string{"ULIN"}, Manager: true, Rule: sales.RuleEach, Status: sales.StepWaiting,
	}}}
	got := map[string]string{}
	for i, name := range StepHeader {
		got[name] = StepRows(sales.Deal{ID: 3, Process: "b2b"}, a)[0][i]
	}
	want := map[string]string{
		"deal_id": "D-3", "process": "b2b", "approval_id": "7", "kind": "quote", "step": "price", "roles": "pricing legal", "groups": "SDESK SLAW", "users": "ULIN", "manager": "yes",
		"rule": "each", "when": "", "status": "waiting", "opened_at": "", "closed_at": "",
	}
	if !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
