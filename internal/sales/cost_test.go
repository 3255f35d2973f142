package sales

import "testing"

func TestCostOf(t *testing.T) {
	k := &Case{
		Process: &Process{Currency: "EUR", Activities: []ActivityType{{Key: "call"}, {Key: "visit", Cost: 120}}},
		Org:     &Organisation{Roles: []Role{{Key: "sales", Users: []string{"U1", "U2"}, Rate: 60}, {Key: "lead", Users: []string{"U1"}, Rate: 90}}},
	}
	for _, tt := range []struct {
		actor, kind string
		minutes     int
		want        Money
	}{
		{"U1", "call", 20, Money{3000, "EUR"}},
		{"U2", "visit", 60, Money{18000, "EUR"}},
		{"U3", "visit", 60, Money{12000, "EUR"}},
		{"U3", "call", 60, Money{}},
	} {
		if got := k.CostOf(tt.actor, tt.kind, tt.minutes); got != tt.want {
			t.Errorf("CostOf(%s, %s, %d) = %v, want %v", tt.actor, tt.kind, tt.minutes, got, tt.want)
		}
	}
}
