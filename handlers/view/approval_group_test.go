package view

import (
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Whoever reads of a step that nobody is left for is told what would help: the role, the user group, or both.
func TestStepWithoutPeople(t *testing.T) {
	org := &sales.Organisation{
		Teams:   []sales.Team{{Key: "n", Manager: "UMIA", Members: []string{"UANA"}}},
		Roles:   []sales.Role{{Key: "pricing", Name: sales.Text{"en": "Pricing", "zh": "定价"}}},
		Handles: map[string]string{"SDESK": "desk", "SLAW": "law"},
	}
	for name, c := range map[string]struct {
		step                        sales.StepState
		waiting, leads, others      string
		zhWaiting, zhLeads, zhOther string
	}{
		"a role": {sales.StepState{Roles: []string{"pricing"}},
			"somebody with the role, and nobody has it", "Give somebody else the role Pricing: `CMD`", "As soon as somebody else has the role Pricing, it goes on.",
			"相应角色的人，但目前没有人担任", "请让其他人担任定价：`CMD`", "一旦有其他人担任定价，审批就会继续。"},
		"a group": {sales.StepState{Groups: []string{"SDESK"}},
			"somebody in @desk, and nobody is in it", "Add somebody else to the user group @desk in Slack, and it goes on.", "As soon as somebody else is in the user group @desk, it goes on.",
			"@desk 里的人，但目前里面没有人", "请在 Slack 里把其他人加进用户组 @desk，审批就会继续。", "一旦用户组 @desk 里有其他人，审批就会继续。"},
		"two groups": {sales.StepState{Groups: []string{"SDESK", "SLAW"}},
			"somebody in @desk or @law, and nobody is in it", "user group @desk or @law in Slack", "in the user group @desk or @law, it goes on.",
			"@desk 或 @law 里的人", "用户组 @desk 或 @law，审批", "用户组 @desk 或 @law 里有其他人"},
		"both": {sales.StepState{Roles: []string{"pricing"}, Groups: []string{"SDESK"}},
			"somebody with the role or in @desk, and nobody is left", "Give somebody else the role Pricing: `CMD` Or add somebody else to the user group @desk in Slack.", "As soon as enough people are there again, it goes on.",
			"相应角色或 @desk 里的人，但目前没有人了", "请让其他人担任定价：`CMD` 或者在 Slack 里把其他人加进用户组 @desk。", "一旦人数足够，审批就会继续。"},
		"a person": {sales.StepState{Users: []string{"UGONE"}},
			"somebody with the role", "Have an admin name somebody else in the process, then ask again.", "Have an admin name somebody else in the process, then ask again.",
			"相应角色的人", "请管理员在流程里指定其他人，然后重新申请。", "请管理员在流程里指定其他人，然后重新申请。"},
	} {
		c.step.Key = "s"
		a := Approval{
			Approval: sales.Approval{ID: 1, Kind: "quote", Requester: "UANA", State: sales.Pending, Steps: []sales.StepState{c.step}},
			Process:  sales.Shipped().Processes[0], Awaiting: []sales.Awaited{{Step: "s", N: 1}}, Name: org.GroupName,
		}
		for lang, want := range map[string][3]string{"en-US": {c.waiting, c.leads, c.others}, "zh-CN": {c.zhWaiting, c.zhLeads, c.zhOther}} {
			p := text.For(lang, time.UTC)
			a.Reader = "UMIA"
			leads, _ := a.StrandedMessage(p, "s", "CMD", org)
			a.Reader = "UANA"
			others, _ := a.StrandedMessage(p, "s", "CMD", org)
			for i, got := range []string{a.Awaited(p), leads, others} {
				if !strings.Contains(strings.ReplaceAll(got, "\u200b", ""), want[i]) { // gaps that nobody sees
					t.Errorf("%s in %s: %q lacks %q", name, lang, got, want[i])
				}
			}
		}
	}
}
