package handlers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pipewright/reports"
)

// groupsOf are the names of a breakdown's groups, with how many deals each has and how many are listed behind it.
func (w *world) groupsOf(user string, r Reply) []string {
	w.t.Helper()
	var out []string
	for _, b := range buttonsOf(w.t, r) {
		if strings.Contains(b.value, reports.ByGroup+":") {
			out = append(out, fmt.Sprintf("%s, %d listed", b.label, w.listed(user, b)))
		}
	}
	return out
}

// TestReportByOwner has a line for each, in the order of their names, and every line opens its deals;
// of a private team only its own people see any.
func TestReportByOwner(t *testing.T) {
	w := withHistory(t)
	for _, tt := range []struct {
		user, typed, said string
		want              []string
	}{
		{maxim, "/report outcomes by owner", "In order of name.", []string{"Ana Silva: 8, 8 listed", "Ben Ode: 8, 8 listed", "李雷: 8, 8 listed"}},
		{ana, "/report outcomes by owner", "In order of name.", []string{"Ana Silva: 8, 8 listed", "Ben Ode: 8, 8 listed"}},
		{ana, "/report stages per team", "*North*: Visits 32 · Open now 12", []string{"North: 16, 16 listed"}},
		{maxim, "/report 漏斗 按团队", "In order of name.", []string{"North: 16, 16 listed", "East: 8, 8 listed"}},
		{maxim, "/report cycle by source north", "Only deals of North.", []string{"Without a source: 16, 16 listed"}},
	} {
		r := w.types(tt.user, tt.typed)
		checkView(t, r.Blocks, 50, 200_000)
		if !strings.Contains(r.Text, tt.said) {
			t.Errorf("%s: “%s” is not said in\n%s", tt.typed, tt.said, r.Text)
		}
		got := w.groupsOf(tt.user, r)
		slices.Sort(got)
		slices.Sort(tt.want)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.typed, got, tt.want)
		}
	}
	r := w.types(wei, "/report outcomes by team")
	shared := w.do(Intent{Kind: Action, Name: "report.share", Value: value(t, r, "report.share"), User: wei, Channel: "CSALES", Ephemeral: true})
	if !shared.Public || strings.Contains(shared.Text, "East") || !strings.Contains(shared.Text, "*North*") {
		t.Errorf("in public the private team is not left out:\n%s", shared.Text)
	}
}

// TestDealsOfAGroup says whose they are, and offers the numbers of their own report.
func TestDealsOfAGroup(t *testing.T) {
	w := withHistory(t)
	r := w.types(maxim, "/report outcomes by owner")
	for _, b := range buttonsOf(t, r) {
		if !strings.HasPrefix(b.label, "Ben Ode") {
			continue
		}
		list := w.do(Intent{Kind: Action, Name: b.action, Value: b.value, User: maxim, View: View{ID: "V1", Callback: "notice"}})
		if s := shown(t, Reply{Modal: list.Modal}); !strings.Contains(s, "*All deals*") || !strings.Contains(s, "Only deals of Ben Ode.") {
			t.Errorf("%s", s)
		}
		parts := 0
		for _, x := range buttonsOf(t, Reply{Modal: list.Modal}) {
			_, n, ok := strings.Cut(x.label, ": ")
			if !ok || x.action == "deal.open" {
				continue
			}
			parts++
			if listed := fmt.Sprint(w.listed(maxim, x)); listed != n && !strings.HasSuffix(x.label, ": "+listed) {
				t.Errorf("%s lists %s deals", x.label, listed)
			}
		}
		if parts < 2 {
			t.Errorf("only %d numbers beside", parts)
		}
		return
	}
	t.Fatalf("there is no list of Ben's deals:\n%s", shown(t, r))
}

// TestReportThatCannotBeBrokenDown says so, and which can.
func TestReportThatCannotBeBrokenDown(t *testing.T) {
	w := withHistory(t)
	for user, want := range map[string]string{
		maxim: "“bottleneck” looks at all deals together and cannot be broken down. These can: outcomes, funnel, stages and cycle. For one person, team or source, name it.",
		wei:   "“bottleneck”看的是全部商机，不能再细分。可以细分的有：outcomes、funnel、stages 和 cycle。只看某个人、团队或来源时，请写出名称。",
	} {
		if r := w.types(user, "/report bottleneck by owner"); r.Text != want {
			t.Error(r.Text)
		}
	}
}

// TestNothingToShareOfNoDeals has no button: there is nothing that others should read.
func TestNothingToShareOfNoDeals(t *testing.T) {
	w := newWorld(t)
	if s := shown(t, w.types(maxim, "/report outcomes")); strings.Contains(s, "Share") || !strings.Contains(s, "No deals yet.") {
		t.Error(s)
	}
}
