package handlers

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/reports"
)

// secret is part of every name and note of the private team's deal in these tests.
const secret = "Quokka"

// secretive is a world where the private team has a deal with notes, a request and a past.
func secretive(t *testing.T) *world {
	w := newWorld(t)
	w.types(ada, "/process role add product @max")
	w.types(ada, "/process role add pricing @wei")
	w.types(li, `/deal new "Quokka one" 12k EUR for "Quokka Ltd"`)
	w.types(li, "/log call D-1 25m Quokka wants more")
	w.types(li, "/deal next D-1 send Quokka the offer by tomorrow")
	w.types(li, "/deal advance D-1")
	w.submits(li, w.types(li, "/quote D-1"), map[string]string{"approval.discount": "5", "approval.terms": "Quokka terms"})
	w.types(wei, "/report subscribe digest me weekly mon 09:00 for east")
	w.deliver()
	return w
}

// forged are values as buttons, menus and forms carry them, about the first deal, request and subscription.
func forged(w *world) []string {
	q := reports.Query{Name: "funnel", Options: reports.Options{Process: "b2b", Team: "east", AsOf: w.now}}
	all := reports.Query{Name: "outcomes", Options: reports.Options{Process: "b2b", AsOf: w.now}}
	return []string{
		"", "1", "1:1", "1:2", "1:3", "1:0:quote", "1:quote", "1:1:quote", "1:close", "1:name", "1:next", "1:call", "D-1", "1:1:price:note",
		"1:1:approve:dm", "1:1:reject:dm", "1:2:us:3", "1:4:customer:3", "edit:1:1", "back:1:1", "rest:1:1", "lose:1:1", "win:1:1", "resume:1:1",
		"edit:1:2", "back:1:2", "lose:1:2", "win:1:2", "note:1:1", "deal:1:1", "withdraw:1:1", "0:all", "0:mine", "0:team", "0:stale", "0:stuck",
		"0:stage:b2b:lead", "0:stage:b2b:discovery", "0:held:b2b:discovery", "b2b:discovery", "0:", "0:b2b",
		"deal D-1", "log call D-1", "deal undo D-1", "quote D-1", "show", "zh", "daily", "on",
		q.Value(), all.Value(), q.Value("stage:discovery:reached"), q.Value("stage:lead:reached", "0"), all.Value("outcome:open"),
		all.Value("outcome:open", "0"), all.Value("created:"), all.Value("stage:lead:forward"),
	}
}

// everyIntent is every button, form, shortcut, select and event of the bot, with every value.
func everyIntent(w *world, user string) []Intent {
	filled := map[string][]string{
		"deal.pick": {"D-1"}, "activity.type": {"call"}, "deal.because": {"because"}, "deal.reason": {"price"}, "deal.stage": {"lead"},
		"deal.owner": {user}, "approval.comment": {"no"}, "deal.amount": {"5"}, "deal.next": {"x"}, "deal.party": {"us"}, "pulse.us": {"3"},
		"deal.close": {"2026-12-01"}, "report.name": {"digest"}, "report.team": {"east"}, "report.when": {"weekly mon 09:00"}, "deal.name": {"mine"},
	}
	var out []Intent
	add := func(kind Kind, names map[string]handler) {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			for _, v := range forged(w) {
				in := Intent{Kind: kind, Name: name, Value: v, User: user, Channel: "CSALES", Message: "1.1"}
				if kind == Submission || kind == Options {
					in.Text, in.View, in.Values = v, View{ID: "V", Callback: name, Meta: v}, filled
				}
				out = append(out, in)
			}
		}
	}
	for _, b := range nouns() {
		add(Action, b.actions)
		add(Submission, b.submissions)
		add(Shortcut, b.shortcuts)
		add(Options, b.options)
		add(Event, b.events)
	}
	return out
}

// whole is all of a reply, what only programs read included.
func whole(t *testing.T, r Reply) string {
	s := shown(t, r) + string(must(t, r.Blocks)) + string(must(t, r.Plain)) + r.Text
	if r.Modal != nil {
		s += string(must(t, r.Modal))
	}
	return s
}

// An outsider who forges whatever buttons and forms can carry neither sees nor
// changes a private team's deal.
func TestForgedValuesReachNoPrivateDeal(t *testing.T) {
	w := secretive(t)
	before := w.deal(1).Version
	for i, in := range everyIntent(w, ben) {
		in.Key, in.Trigger, in.Now = fmt.Sprintf("forged-%d", i), "trigger", w.now
		r, err := answered(t, w.app, in)
		if err != nil {
			t.Errorf("%s %s %q: %v", in.Kind, in.Name, in.Value, err)
			continue
		}
		if s := whole(t, r); strings.Contains(s, secret) || strings.Contains(s, "went wrong") {
			t.Errorf("%s %s %q shows\n%s", in.Kind, in.Name, in.Value, s)
		}
		if v := w.deal(1).Version; v != before {
			t.Fatalf("%s %s %q changed the deal: %+v", in.Kind, in.Name, in.Value, w.log(1)[v-1])
		}
	}
	for _, said := range w.deliver() {
		if strings.Contains(said, secret) {
			t.Errorf("said: %s", said)
		}
	}
	if s := string(must(t, w.opensHome(ben))); strings.Contains(s, secret) {
		t.Errorf("Home shows %s", s)
	}
}

// What an outsider types shows nothing of a private team's deal, wherever it is typed.
func TestTypedWordsReachNoPrivateDeal(t *testing.T) {
	w := secretive(t)
	ts := w.cardTS(1, east)
	lines := []string{
		"log call D-1 5m", "deal advance D-1 override because me", "deal assign D-1 @ben", "deal list discovery", "deal lost D-1 price",
		"report funnel east", "report outcomes @li", "report bottleneck team east", "report subscribe digest me daily 9:00 for east",
		"report subscribe digest here daily 9:00 for east",
	}
	for _, r := range Routes() {
		for _, ref := range []string{"", "D-1", "team east", "east", "@li", "list"} {
			lines = append(lines, strings.Join(strings.Fields(r.Command+" "+r.Verb+" "+ref), " "))
		}
	}
	for _, x := range reports.All() {
		lines = append(lines, "report "+x.Name, "report "+x.Name+" @li")
	}
	before := w.deal(1).Version
	for _, line := range lines {
		for _, r := range []Reply{w.types(ben, "/"+line), w.mentions(ben, east, ts, line), w.mentions(ben, deals, "", line)} {
			if s := whole(t, r); strings.Contains(s, secret) || strings.Contains(s, "went wrong") {
				t.Errorf("%s shows\n%s", line, s)
			}
		}
		if v := w.deal(1).Version; v != before {
			t.Fatalf("%s changed the deal: %+v", line, w.log(1)[v-1])
		}
	}
}

// The digests of a team that has become private tell its deals in no channel but its own.
func TestDigestOfATeamThatBecamePrivate(t *testing.T) {
	w := newWorld(t)
	w.types(ana, `/deal new "Quokka one" 12k EUR for "Quokka Ltd"`)
	w.types(maxim, "/process team channel north <#CNORTH>")
	for _, where := range []string{"digest <#CONE>", "funnel <#CTWO>", "digest <#CNORTH>"} {
		w.types(maxim, "/report subscribe "+where+" daily 09:00 for north")
	}
	w.types(maxim, "/process team private north")
	w.deliver()
	ctx := context.Background()
	w.now = w.now.AddDate(0, 0, 1)
	w.types(ana, "/deal advance D-1 override because")
	digests := &reports.Digests{Store: w.app.Store, Locale: "en"}
	if err := digests.Due(ctx, w.now); err != nil {
		t.Fatal(err)
	}
	rows, err := w.app.Store.Lease(ctx, 20, time.Minute)
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d digests, %v", len(rows), err)
	}
	for _, o := range rows {
		tells := strings.Contains(string(o.Body), "1 new") || strings.Contains(string(o.Body), "|stage:lead:")
		if tells != (o.Channel == "CNORTH") {
			t.Errorf("%s in %s: %s", o.Key, o.Channel, o.Body)
		}
	}
}
