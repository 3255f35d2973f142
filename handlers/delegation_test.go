package handlers

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// contains fails when the text lacks one of the words.
func contains(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, s := range words {
		if !strings.Contains(text, s) {
			t.Errorf("%q is not in:\n%s", s, text)
		}
	}
}

// turns moves time on and does what is due then.
func (w *world) turns(at time.Time) string {
	w.t.Helper()
	w.now = at
	if err := w.app.delegationsDue(context.Background(), at); err != nil {
		w.t.Fatal(err)
	}
	return strings.Join(w.deliver(), "\n")
}

// Raj and Rosa are away: Ben, who has no role, decides in Raj's place until the period is over.
func TestDelegateWhileAway(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	r := w.types(raj, "/approvals delegate <@"+ben+"> until tuesday because I am on leave")
	contains(t, r.Text, "Ben Ode decides in your place until Tuesday, 24 Nov.", "You keep the right yourself", "1 request waits for Ben Ode as well now.")
	told := strings.Join(w.deliver(), "\n")
	contains(t, told, "post "+ben+": Raj Patel asks you to decide in their place until Tuesday, 24 Nov. “I am on leave” 1 request waits: you have its card.",
		"card "+ben+":", "card "+raj+":", "Raj Patel (delegate: Ben Ode)")
	card := w.card("approval:1", ben)
	contains(t, shown(t, card), "You decide in the place of Raj Patel.", "[Approve]")
	if list := shown(t, w.types(ben, "/approvals")); !strings.Contains(list, "Quote approval") {
		t.Errorf("his list: %s", list)
	}
	contains(t, w.press(ben, ben, card, "Approve").Text, "You approved")
	if d := w.approval(1).Steps[0].Decisions[0]; d.By != ben || d.For != raj {
		t.Fatalf("%+v", d)
	}
	contains(t, shown(t, w.card("approval:1", deals)), "approved by Ben Ode for Raj Patel on")
	contains(t, strings.Join(w.deliver(), "\n"), "Ben Ode for Raj Patel approved the quote")
	r = w.press(raj, raj, card, "Approve")
	contains(t, r.Text, "has changed since you saw it", "Ben Ode for Raj Patel approved a step of it")
}

// A delegation that is arranged ahead begins and ends by itself, at midnight where the approver lives.
func TestDelegationBeginsAndEndsByItself(t *testing.T) {
	w := withApprovers(t)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		p := person(raj, "raj", "Raj Patel", "en-GB")
		p.TZ = "America/New_York"
		return tx.SavePeople(ctx, []store.Person{p}, w.now)
	})
	w.asked(map[string]string{"approval.discount": "10"})
	r := w.types(maxim, "/approvals delegate <@"+raj+"> to <@"+ben+"> from 25 Nov until 26 Nov")
	contains(t, r.Text, "Ben Ode decides in the place of Raj Patel from Wednesday, 25 Nov until Thursday, 26 Nov.", "They keep the right themselves")
	contains(t, strings.Join(w.deliver(), "\n"), "post "+raj+": Max Power arranged that Ben Ode decides in your place from Wednesday, 25 Nov",
		"post "+ben+": Max Power asks you to decide in the place of Raj Patel from Wednesday, 25 Nov")
	begin := time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC) // midnight in New York
	next := func(want time.Time) {
		t.Helper()
		if at, err := w.app.nextDelegation(context.Background(), w.now); err != nil || !at.Equal(want) {
			t.Fatalf("next at %s, %v", at, err)
		}
	}
	next(begin)
	if said := w.turns(begin.Add(-time.Second)); said != "" {
		t.Fatalf("too early: %s", said)
	}
	if strings.Contains(shown(t, w.card("approval:1", ben)), "[Approve]") {
		t.Fatal("he may decide before")
	}
	contains(t, w.turns(begin), "card "+ben, "post "+ben+": From now on you decide in the place of Raj Patel, until Thursday, 26 Nov. 1 request waits: you have its card.")
	if said := w.turns(begin); said != "" {
		t.Fatalf("twice: %s", said)
	}
	end := begin.AddDate(0, 0, 2)
	next(end)
	old := w.card("approval:1", ben)
	w.now = end // before the end is noticed
	contains(t, w.press(ben, ben, old, "Approve").Text, "is not yours to decide", "Ask Raj Patel or Rosa Diaz.")
	said := w.turns(end)
	contains(t, said, "card "+ben, "post "+raj+": Ben Ode no longer decides in your place: the time is over. 1 request waits for you.")
	if strings.Contains(said, "delegate: Ben") || strings.Contains(shown(t, w.card("approval:1", ben)), "[Approve]") {
		t.Errorf("he still may: %s", said)
	}
	next(time.Time{})
	w.press(raj, raj, w.card("approval:1", raj), "Approve")
	if d := w.approval(1).Steps[0].Decisions[0]; d.By != raj || d.For != "" {
		t.Errorf("%+v", d)
	}
}

func TestEndingDelegations(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	contains(t, shown(t, w.types(raj, "/approvals delegations")), "Everybody decides for themselves.", "[Delegate…]")
	contains(t, w.types(raj, "/approvals delegate stop").Text, "Nobody decides in your place, so there is nothing to end.")
	w.types(raj, "/approvals delegate Ben Ode until friday")
	list := w.types(maxim, "/approvals delegations")
	contains(t, shown(t, list), "*Ben Ode* decides in the place of *Raj Patel* until Friday, 27 Nov.", "[End it]")
	if list := shown(t, w.types(ana, "/approvals delegations")); strings.Contains(list, "Raj Patel") {
		t.Errorf("she sees it: %s", list)
	}
	w.deliver()
	contains(t, w.types(ana, "/approvals delegate stop <@"+raj+">").Text, "Only those whom it concerns, a manager or an admin can end that. Ask Raj Patel or Ben Ode.")
	r := w.clicks(maxim, list, "End it")
	contains(t, r.Text, "Ben Ode no longer decides in the place of Raj Patel.")
	contains(t, strings.Join(w.deliver(), "\n"), "post "+ben+": Max Power ended it: you no longer decide in the place of Raj Patel.", "post "+raj+": Max Power ended it", "card "+ben)
	contains(t, w.clicks(maxim, list, "End it").Text, "That is over already. `/approvals delegations` shows what there is.")
	w.types(raj, "/approvals delegate Ben Ode until friday")
	contains(t, w.types(raj, "/approvals delegate 停止").Text, "Ben Ode no longer decides in your place.")
}

// TestManyDelegationsArePaged: one for each of more days than a message lists.
func TestManyDelegationsArePaged(t *testing.T) {
	w := withApprovers(t)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for i := range view.MaxDelegations + 3 {
			from := w.now.AddDate(0, 0, i+1)
			if _, err := tx.Arrange(ctx, func(*sales.Organisation) (sales.Delegation, error) {
				return sales.Delegation{Approver: raj, Delegate: ben, From: from, Until: from.AddDate(0, 0, 1), Why: fmt.Sprintf("Trip %02d", i), By: raj, At: w.now}, nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, user := range []string{raj, ben, maxim} {
		first := w.types(user, "/approvals delegations")
		text := shown(t, first)
		contains(t, text, "Trip 00", "Trip 39", "[3 more]", "[Delegate…]")
		if strings.Contains(text, "Trip 40") || strings.Contains(text, "Previous") {
			t.Errorf("it begins with:\n%s", text)
		}
		last := w.clicks(user, first, "3 more")
		text = shown(t, last)
		contains(t, text, "Trip 40", "Trip 42", "[Previous]")
		if strings.Contains(text, "Trip 39") || strings.Contains(text, " more]") {
			t.Errorf("it ends with:\n%s", text)
		}
		contains(t, shown(t, w.clicks(user, last, "Previous")), "Trip 00")
	}
	// Who is concerned by none sees none on a later page either.
	r := w.do(Intent{Kind: Action, User: ana, Name: "approval.list", Value: "1:delegations", Channel: "CSALES", Ephemeral: true, Message: "1.1"})
	contains(t, shown(t, r), "Everybody decides for themselves.")
}

// What does not go says so in one sentence, and changes nothing.
func TestDelegationsThatDoNotGo(t *testing.T) {
	w := withApprovers(t)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		gone, robot := person("UGONE", "gone", "Gone Girl", "en-US"), person("UBOT1", "robot", "Robot", "en-US")
		gone.Deleted, robot.Bot = true, true
		return tx.SavePeople(ctx, []store.Person{gone, robot}, monday)
	})
	w.types(lin, "/approvals delegate <@"+ben+"> until friday")
	for _, tt := range []struct{ user, line, want string }{
		{raj, "<@" + raj + "> until friday", "Name somebody else: nobody stands in for themselves."},
		{raj, "<@" + ben + "> until yesterday", "That day is over. Name the last day of the absence, today or later."},
		{raj, "<@" + ben + "> from 5 Dec until 1 Dec", "It would end before it begins."},
		{raj, "<@" + ben + "> until someday", "I can't read “someday” as a date."},
		{raj, "<@UGONE> until friday", "Gone Girl is a bot, or has left the workspace."},
		{raj, "<@UBOT1> until friday", "Robot is a bot, or has left the workspace."},
		{raj, "Nobody Known until friday", "I don't know who “Nobody” is."},
		{raj, "<@" + ben + "|ben> untl friday", "I don't know what to do with “untl friday”"},
		{ana, "<@" + ben + "> until friday", "You approve nothing, so nobody has to do it in your place."},
		{ana, "<@" + raj + "> to <@" + ben + "> until friday", "They arrange that themselves, or a manager or an admin does. Ask Raj Patel, Max Power, 韩梅梅 or Ada Byte."},
		{maxim, "<@" + li + "> to <@" + ben + "> until friday", "李雷 approves nothing, so nobody has to do it in their place."},
		{lin, "<@" + raj + "> until friday", "那段时间已经有人代您审批了。请先结束那个委托。"},
		{maxim, "<@" + lin + "> to <@" + raj + "> until friday", "Somebody decides in the place of 林悦 in that time already. End that first."},
	} {
		if r := w.types(tt.user, "/approvals delegate "+tt.line); !strings.Contains(r.Text, tt.want) {
			t.Errorf("%s: %s", tt.line, r.Text)
		}
	}
	if all := w.organisation().Delegations; len(all) != 1 {
		t.Errorf("%+v", all)
	}
}

// The form of an approver is about themselves; that of a manager asks who is away.
func TestDelegationForm(t *testing.T) {
	w := withApprovers(t)
	form := w.types(raj, "/approvals delegate <@"+ben+">")
	if form.Modal == nil || len(inputsOf(t, form.Modal)) != 4 {
		t.Fatalf("%s", shown(t, form))
	}
	r := w.submits(raj, form, map[string]string{"delegation.until": "2026-11-20"})
	if !strings.Contains(r.Errors["delegation.until"], "That day is over.") {
		t.Fatalf("%+v", r)
	}
	r = w.submits(raj, form, map[string]string{"delegation.until": "2026-11-23"}) // today alone
	contains(t, r.Text, "Ben Ode decides in your place until Monday, 23 Nov.")
	form = w.types(maxim, "/approvals delegate")
	r = w.submits(maxim, form, map[string]string{"delegation.approver": leo, "delegation.delegate": rosa, "delegation.from": "2026-11-24", "delegation.until": "2026-11-30", "delegation.why": "court"})
	contains(t, r.Text, "Rosa Diaz decides in the place of Leo Costa from Tuesday, 24 Nov until Monday, 30 Nov.")
	if r = w.types(ana, "/approvals delegate"); !strings.Contains(r.Text, "You approve nothing") {
		t.Errorf("%s", shown(t, r))
	}
}

// Who asked for it gets nothing from anybody: neither a delegation nor what lies behind it.
func TestNoDelegationToTheRequester(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	w.types(raj, "/approvals delegate <@"+ana+"> until friday")
	w.types(ana, "/approvals delegate <@"+ben+"> until friday") // she decides for Raj, so she may pass that on
	contains(t, w.press(ana, deals, w.card("approval:1", deals), "Approve").Text, "You asked for it, so somebody else has to decide.")
	contains(t, w.press(ben, deals, w.card("approval:1", deals), "Approve").Text, "is not yours to decide")
	if a := w.approval(1); a.Version != 1 {
		t.Fatalf("%+v", a)
	}
	// On Ben's own deal both may.
	w.types(ben, "/deal new Beta 5k EUR")
	w.submits(ben, w.types(ben, "/quote beta"), map[string]string{"approval.discount": "10"})
	contains(t, w.press(ana, deals, w.card("approval:2", deals), "Approve").Text, "You approved")
}

// The Homes of all whom a delegation concerns follow it: of the two, of who arranged it, and of those who lead.
func TestHomesFollowDelegations(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "10"})
	concerned := []string{ada, ben, maxim, raj, wei}
	for _, user := range append([]string{leo}, concerned...) {
		w.opensHome(user)
	}
	w.deliver()
	drawn := func(did string) {
		t.Helper()
		said := strings.Join(w.deliver(), "\n")
		for _, user := range concerned {
			if !strings.Contains(said, "card "+user+": \n") && !strings.HasSuffix(said, "card "+user+": ") {
				t.Errorf("after it was %s the Home of %s is as before: %s", did, user, said)
			}
		}
		if strings.Contains(said, "card "+leo+":") {
			t.Errorf("%s: Leo has nothing to do with it", did)
		}
	}
	w.types(maxim, "/approvals delegate <@"+raj+"> to <@"+ben+"> from 25 Nov until 26 Nov")
	drawn("arranged")
	w.now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	if err := w.app.delegationsDue(context.Background(), w.now); err != nil {
		t.Fatal(err)
	}
	drawn("begun")
	w.types(maxim, "/approvals delegate stop <@"+raj+">")
	drawn("ended")
}
