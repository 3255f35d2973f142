package handlers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
)

// after returns the text behind the mark.
func after(t *testing.T, text, mark string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, mark)
	if !found {
		t.Fatalf("%q is not in:\n%s", mark, text)
	}
	return rest
}

// A manager sees what waits for whom, the longest first, and delegates from there.
func TestWhoWaitsForWhom(t *testing.T) {
	w := withApprovers(t)
	contains(t, shown(t, w.types(maxim, "/approvals team")), "No request waits for anybody.")
	w.asked(map[string]string{"approval.discount": "10"})
	w.now = w.now.Add(2 * time.Hour)
	w.types(ben, "/deal new Beta 5k EUR")
	w.submits(ben, w.types(ben, "/contract beta"), nil)
	w.now = w.now.Add(time.Hour)
	list := w.types(maxim, "/approvals team")
	text := shown(t, list)
	contains(t, text, "*Quote approval* for *Acme pilot* (D-1) · €12,000", "Feasibility: waiting for Raj Patel or Rosa Diaz since 23 Nov, 09:00 (working time: 3 h)",
		"[Open] [Delegate for Raj Patel…] [Delegate for Rosa Diaz…]")
	contains(t, after(t, text, "Acme pilot"), "*Contract approval* for *Beta*", "Legal review: waiting for Leo Costa since 23 Nov, 11:00 (working time: 1 h)")
	contains(t, shown(t, w.clicks(maxim, list, "Open")), "Feasibility")
	form := w.clicks(maxim, list, "Delegate for Raj Patel…")
	for _, i := range inputsOf(t, form.Modal) {
		if i.action == "delegation.approver" && (len(i.initial) != 1 || i.initial[0] != raj) {
			t.Errorf("%+v", i)
		}
	}
	r := w.submits(maxim, form, map[string]string{"delegation.delegate": ben, "delegation.until": "2026-11-27"})
	contains(t, r.Text, "Ben Ode decides in the place of Raj Patel until Friday, 27 Nov.", "1 request waits for Ben Ode as well now.")
	text = shown(t, w.types(maxim, "/approvals team"))
	contains(t, text, "waiting for Raj Patel (delegate: Ben Ode) or Rosa Diaz", "[Open] [Delegate for Rosa Diaz…]")
	contains(t, w.types(ana, "/approvals team").Text, "Who waits for whom is shown to managers and admins.", "Ask Max Power, 韩梅梅 or Ada Byte.")
	contains(t, shown(t, w.types(wei, "/approvals 团队")), "谁在等谁", "可行性：自 11月23日 09:00 起等待 Raj Patel（代理人：Ben Ode）")
}

// A request that asks back waits for its requester, and one that nobody is left for says so.
func TestWhatWaitsForOthers(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	w.types(raj, "/approval ask acme why 10%?")
	contains(t, shown(t, w.types(maxim, "/approvals team")), "Feasibility: waiting for an answer of Ana Silva since")
	w.types(ana, "/approval answer acme they sign this week")
	w.organise(func(o *sales.Organisation) {
		for i := range o.Roles {
			if o.Roles[i].Key == "product" {
				o.Roles[i].Users = nil
			}
		}
	})
	contains(t, shown(t, w.types(maxim, "/approvals team")), "Feasibility: waiting for somebody with the role, and nobody has it")
}

// The three lists are always there, and say so when there is nothing.
func TestApprovalsInThreeLists(t *testing.T) {
	w := withApprovers(t)
	contains(t, shown(t, w.types(raj, "/approvals")), "*Waiting for you*", "Nothing waits for you.", "*Asked by you*", "You have asked for nothing in the last 30 days.",
		"*Decided by you*", "You have decided nothing in the last 30 days.", "[Delegate…] [Who decides in whose place]")
	if text := shown(t, w.types(ben, "/approvals")); strings.Contains(text, "Delegate") {
		t.Errorf("he has nothing to delegate: %s", text)
	}
	w.asked(map[string]string{"approval.discount": "10"})
	w.types(raj, "/approvals delegate <@"+ben+"> until friday")
	contains(t, shown(t, w.types(ben, "/approvals waiting")), "Asked by Ana Silva", "Step: Feasibility\nYou decide in the place of Raj Patel.")
	w.press(ben, ben, w.card("approval:1", ben), "Approve")
	contains(t, after(t, shown(t, w.types(ben, "/approvals")), "*Decided by you*"), "Acme pilot")
	contains(t, after(t, shown(t, w.types(ana, "/approvals")), "*Asked by you*"), "Acme pilot", "waiting for 林悦")
	w.submits(lin, w.press(lin, lin, w.card("approval:1", lin), "驳回…"), map[string]string{"approval.comment": "太便宜"})
	contains(t, after(t, shown(t, w.types(ana, "/approvals")), "*Asked by you*"), "*Rejected* by 林悦")
	contains(t, after(t, shown(t, w.types(lin, "/approvals")), "*您审批过的*"), "*已驳回* · 林悦")
	w.now = w.now.AddDate(0, 0, 31)
	for _, user := range []string{ana, ben, lin} {
		if text := shown(t, w.types(user, "/approvals")); strings.Contains(text, "Acme") {
			t.Errorf("after a month %s still sees it: %s", user, text)
		}
	}
}

// What does not fit into one message is a click away, and so is the way back.
func TestListsOfApprovalsAreTurned(t *testing.T) {
	w := withApprovers(t)
	for i := range 32 {
		w.types(ben, fmt.Sprintf("/deal new Deal%02d 5k EUR", i))
		w.submits(ben, w.types(ben, fmt.Sprintf("/contract Deal%02d", i)), nil)
		w.now = w.now.Add(time.Minute)
	}
	for _, tt := range []struct {
		user, command, more, back  string
		first, last, next, another string
	}{
		{maxim, "/approvals team", "17 more", "Previous", "Deal00", "Deal14", "Deal15", "Deal29"},
		{ben, "/approvals asked", "2 more", "Previous", "Deal31", "Deal02", "Deal01", "Deal00"},
		{wei, "/approvals 团队", "还有 17 项", "上一页", "Deal00", "Deal14", "Deal15", "Deal29"},
	} {
		list := w.types(tt.user, tt.command)
		text := shown(t, list)
		contains(t, text, tt.first, tt.last)
		if strings.Contains(text, tt.next) || strings.Contains(text, tt.back) {
			t.Errorf("%s begins with:\n%s", tt.command, text)
		}
		rest := w.clicks(tt.user, list, tt.more)
		text = shown(t, rest)
		contains(t, text, tt.next, tt.another)
		if strings.Contains(text, tt.first) {
			t.Errorf("%s goes on with:\n%s", tt.command, text)
		}
		contains(t, shown(t, w.clicks(tt.user, rest, tt.back)), tt.first)
	}
	for _, value := range []string{"0:nothing", "x", "-3:team", "99999999999999:team"} {
		r := w.do(Intent{Kind: Action, User: maxim, Name: "approval.list", Value: value, Channel: "CSALES", Ephemeral: true, Message: "1.1"})
		if !strings.HasSuffix(value, ":team") {
			contains(t, r.Text, "That button is from an older message")
		} else {
			contains(t, shown(t, r), "Deal")
		}
	}
}
