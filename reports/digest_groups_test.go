package reports

import (
	"slices"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// What waits for a user group is told by the group's name.
func TestDigestNamesUserGroups(t *testing.T) {
	d := &digest{
		org:    &sales.Organisation{Roles: []sales.Role{{Key: "pricing", Name: sales.Text{"en": "Pricing", "zh": "定价"}}}, Handles: map[string]string{"SDESK": "desk"}},
		people: map[string]string{"ULIN": "Lin Yue"},
	}
	a := sales.Approval{State: sales.Pending, Steps: []sales.StepState{
		{Key: "a", Status: sales.StepWaiting, Roles: []string{"pricing"}, Groups: []string{"SDESK"}, Users: []string{"ULIN"}},
		{Key: "b", Status: sales.StepWaiting, Groups: []string{"SDESK", "SNEW"}, Manager: true},
	}}
	for lang, want := range map[string][]string{
		"en-US": {"Pricing", "@desk", "Lin Yue", "SNEW", "the manager"},
		"zh-CN": {"定价", "@desk", "Lin Yue", "SNEW", "主管"},
	} {
		if got := d.awaited(a, text.For(lang, time.UTC)); !slices.Equal(got, want) {
			t.Errorf("%s: %q", lang, got)
		}
	}
}
