package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// approve lets approvals stand, as if they had been asked for and decided.
func (w *world) approve(id int64, kinds ...string) {
	w.t.Helper()
	for _, kind := range kinds {
		err := w.app.Store.InTx(context.Background(), func(ctx context.Context, tx *store.Tx) error {
			k, err := tx.Case(ctx, id)
			if err != nil {
				return err
			}
			a := sales.Approval{Deal: id, Episode: 1, Kind: kind, Version: 1, Requester: ana, At: w.now, State: sales.Approved, Ended: w.now}
			_, err = tx.SaveApproval(ctx, k, a, []sales.Event{{Deal: id, Version: k.Deal.Version + 1, At: w.now, Actor: ana, Type: sales.Requested, Data: sales.EventData{Kind: kind}}})
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func canonical(d sales.Deal, field string) string { return d.Value(field) }

// ready makes D-1 "Acme pilot", which nothing keeps from being won.
func ready(t testing.TB) *world {
	w := newWorld(t)
	w.types(ana, "/deal new Acme pilot 12k EUR for Acme Corp")
	w.types(ana, "/log call acme 10m")
	w.approve(1, "quote", "contract")
	return w
}

func TestGrammar(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		line string
		want func(d sales.Deal) bool
	}{
		{"/deal ADVANCE Acme", func(d sales.Deal) bool { return d.Stage == "discovery" }},
		{"/deal advance d-1", func(d sales.Deal) bool { return d.Stage == "discovery" }},
		{"/deal advance D1", func(d sales.Deal) bool { return d.Stage == "discovery" }},
		{`/deal advance "acme pilot" to demo`, func(d sales.Deal) bool { return d.Stage == "demo" }},
		{"/deal advance pilot to 产品演示", func(d sales.Deal) bool { return d.Stage == "demo" }},
		{"/deal advance corp to Solution and quote", func(d sales.Deal) bool { return d.Stage == "proposal" }},
		{"/deal advance acme to sol", func(d sales.Deal) bool { return d.Stage == "proposal" }},
		{"/deal 推进 ＡＣＭＥ 到 谈判", func(d sales.Deal) bool { return d.Stage == "negotiation" }},
		{"/deal lost acme price", func(d sales.Deal) bool { return d.Status == sales.Lost && d.Reason == "price" }},
		{"/deal lost acme Chose a competitor because they are bigger", func(d sales.Deal) bool { return d.Reason == "competitor" }},
		{"/deal 输单 acme 时机不对", func(d sales.Deal) bool { return d.Reason == "timing" }},
		{"/deal set acme amount 15k", func(d sales.Deal) bool { return d.Amount == sales.Money{Minor: 1500000, Currency: "EUR"} }},
		{"/deal set acme amount ¥12万", func(d sales.Deal) bool { return d.Amount == sales.Money{Minor: 12000000, Currency: "CNY"} }},
		{"/deal set acme amount 12,000.50 USD", func(d sales.Deal) bool { return d.Amount == sales.Money{Minor: 1200050, Currency: "USD"} }},
		{"/deal set acme value none", func(d sales.Deal) bool { return !d.Amount.IsSet() }},
		{"/deal set acme close date 1 Dec", func(d sales.Deal) bool { return d.Close.Equal(day("2026-12-01")) }},
		{"/deal set acme close next friday", func(d sales.Deal) bool { return d.Close.Equal(day("2026-12-04")) }},
		{"/deal 设置 acme 成交日期 12月1日", func(d sales.Deal) bool { return d.Close.Equal(day("2026-12-01")) }},
		{"/deal set acme decision maker Dr. No", func(d sales.Deal) bool { return d.Fields["decision_maker"] == "Dr. No" }},
		{"/deal set acme margin 31,5 %", func(d sales.Deal) bool { return d.Margin != nil && *d.Margin > 0.3149 && *d.Margin < 0.3151 }},
		{"/deal set acme name to Acme & Sons <!channel>", func(d sales.Deal) bool { return d.Name == "Acme & Sons <!channel>" }},
		{"/deal set acme owner @ben", func(d sales.Deal) bool { return d.Owner == ben }},
		{"/deal set acme next step call   Bob by friday", func(d sales.Deal) bool { return d.NextStep == "call   Bob" && d.NextBy.Equal(day("2026-11-27")) }},
		{"/deal next acme send it by mail", func(d sales.Deal) bool { return d.NextStep == "send it by mail" && d.NextBy.IsZero() }},
		{"/deal next acme send it by mail by 1.12.", func(d sales.Deal) bool { return d.NextStep == "send it by mail" && d.NextBy.Equal(day("2026-12-01")) }},
		{"/deal 下一步 acme 发送合同 截止 周五", func(d sales.Deal) bool { return d.NextStep == "发送合同" && d.NextBy.Equal(day("2026-11-27")) }},
		{"/deal assign acme <@UBEN|ben>", func(d sales.Deal) bool { return d.Owner == ben }},
		{"/deal assign acme to Ben Ode", func(d sales.Deal) bool { return d.Owner == ben }},
		{"/deal wait acme customer because of the fair", func(d sales.Deal) bool { return d.Waiting == sales.WaitCustomer }},
		{"/deal wait acme for the customer", func(d sales.Deal) bool { return d.Waiting == sales.WaitCustomer }},
		{"/deal 等待 acme 我们", func(d sales.Deal) bool { return d.Waiting == sales.WaitUs }},
		{"/deal park acme until 15 Jan because budget", func(d sales.Deal) bool { return d.Parked.Equal(day("2027-01-15")) && d.ParkWhy == "budget" }},
		{"/deal 搁置 acme 到 1月15日 因为 预算", func(d sales.Deal) bool { return d.Parked.Equal(day("2027-01-15")) && d.ParkWhy == "预算" }},
		{"/log demo acme 1h they liked it", func(d sales.Deal) bool { return d.Last.Equal(monday) }},
		{"/deal acme", func(d sales.Deal) bool { return d.Stage == "lead" && d.Version == 4 }},
	} {
		t.Run(tt.line, func(t *testing.T) {
			w := ready(t)
			r := w.types(ana, tt.line)
			if d := w.deal(1); !tt.want(d) {
				t.Errorf("the deal is %+v\nanswer: %s", d, shown(t, r))
			}
		})
	}
}

func TestNewDealGrammar(t *testing.T) {
	for _, tt := range []struct {
		words, name, account string
		amount               sales.Money
	}{
		{"Acme pilot", "Acme pilot", "", sales.Money{}},
		{"Acme pilot 12k", "Acme pilot", "", sales.Money{Minor: 1200000, Currency: "USD"}},
		{"Acme pilot 12k EUR for Acme Corp", "Acme pilot", "Acme Corp", sales.Money{Minor: 1200000, Currency: "EUR"}},
		{"Acme pilot EUR 12k", "Acme pilot", "", sales.Money{Minor: 1200000, Currency: "EUR"}},
		{"Acme pilot 1.5 million euros", "Acme pilot", "", sales.Money{Minor: 150000000, Currency: "EUR"}},
		{"Acme pilot ¥12万 给 华星科技", "Acme pilot", "华星科技", sales.Money{Minor: 12000000, Currency: "CNY"}},
		{`"Route 66"`, "Route 66", "", sales.Money{}},
		{"Acme phase 2", "Acme phase 2", "", sales.Money{}},
		{`"Route 66" 660 for "Fish for Friends"`, "Route 66", "Fish for Friends", sales.Money{Minor: 66000, Currency: "USD"}},
		{`"Fund" 30`, "Fund", "", sales.Money{Minor: 3000, Currency: "USD"}},
		{`"Blue" phase 2`, `"Blue" phase 2`, "", sales.Money{}},
		{"Phase 2 500", "Phase 2", "", sales.Money{Minor: 50000, Currency: "USD"}},
		{"Phase 2 New", "Phase 2 New", "", sales.Money{}},
		{"Cups for all 12k", "Cups", "all 12k", sales.Money{}},
		{"12k", "12k", "", sales.Money{}},
		{"for", "for", "", sales.Money{}},
		{"华为云迁移 12万", "华为云迁移", "", sales.Money{Minor: 12000000, Currency: "USD"}},
		{"R&D   Suite", "R&D   Suite", "", sales.Money{}},
	} {
		t.Run(tt.words, func(t *testing.T) {
			w := newWorld(t)
			r := w.types(ana, "/deal new "+tt.words)
			d := w.deal(1)
			if d.Name != tt.name || d.Account != tt.account || d.Amount != tt.amount || d.Owner != ana || d.Team != "north" {
				t.Errorf("created %q for %q at %v\nanswer: %s", d.Name, d.Account, d.Amount, shown(t, r))
			}
		})
	}
}

// What stands behind a quoted name and begins like an amount is one, or is asked back.
func TestSlipInTheAmountOfANewDeal(t *testing.T) {
	w := newWorld(t)
	r := w.types(ana, `/deal new "Pine" 12kk for Pine`)
	if s := shown(t, r); !strings.Contains(s, "I can't read “12kk” as an amount") {
		t.Errorf("answered with:\n%s", s)
	}
	if s := shown(t, w.types(ana, "/deal pine")); strings.Contains(s, "D-1") {
		t.Errorf("a deal was made all the same:\n%s", s)
	}
}

func TestYearOrAmount(t *testing.T) {
	w := newWorld(t)
	ask := w.types(ana, "/deal new Acme renewal 2027 for Acme Corp")
	w.clicks(ana, ask, "It belongs to the name")
	w.clicks(ana, ask, "$2,027")
	if one, two := w.deal(1), w.deal(2); one.Name != "Acme renewal 2027" || one.Amount.IsSet() || one.Account != "Acme Corp" ||
		two.Name != "Acme renewal" || two.Amount.Minor != 202700 {
		t.Errorf("%+v\n%+v", one, two)
	}
}

func TestSamePayloadHasOneEffect(t *testing.T) {
	w := newWorld(t)
	in := Intent{Kind: Command, Key: "same", Name: "deal", Text: "new Acme 12k", User: ana}
	first := w.do(in)
	for range 4 {
		if again := w.do(in); again.Text != first.Text || shown(t, again) != shown(t, first) {
			t.Errorf("another answer: %s", shown(t, again))
		}
	}
	refused := Intent{Kind: Command, Key: "refused", Name: "deal", Text: "advance acme", User: ana}
	before := w.do(refused)
	w.types(ana, "/log call acme")
	if after := w.do(refused); after.Text != before.Text || w.deal(1).Stage != "lead" {
		t.Errorf("a refusal that was sent again did it: %s", shown(t, after))
	}
	w.read(func(ctx context.Context, r *store.Reader) error {
		n, err := r.CountDeals(ctx, store.DealFilter{})
		if n != 1 {
			t.Errorf("%d deals", n)
		}
		return err
	})
}

func TestTheSameAgainIsAskedBack(t *testing.T) {
	w := ready(t)
	w.types(ana, "/log call acme 20m")
	w.now = w.now.Add(30 * time.Second)
	ask := w.types(ana, "/log  CALL acme 20m")
	if n := len(w.log(1)); n != 5 {
		t.Fatalf("%d events after the same again", n)
	}
	w.clicks(ana, ask, "Yes, once more")
	if n := len(w.log(1)); n != 6 {
		t.Errorf("%d events after confirming", n)
	}
	w.clicks(ana, ask, "Yes, once more")
	if n := len(w.log(1)); n != 6 {
		t.Errorf("%d events after a double tap on it", n)
	}
	if r := w.types(ben, "/log call acme 20m"); !strings.Contains(r.Text, "Logged") {
		t.Errorf("another person is asked: %s", r.Text)
	}
	w.now = w.now.Add(2 * time.Minute)
	if r := w.types(ana, "/log call acme 20m"); !strings.Contains(r.Text, "Logged") {
		t.Errorf("asked after two minutes: %s", r.Text)
	}
	w.types(ana, "/deal advance acme to demo")
	if w.types(ana, "/deal advance acme to demo"); w.deal(1).Stage != "demo" {
		t.Errorf("in %s", w.deal(1).Stage)
	}
}

func TestTheSameAfterSomethingElseIsNotAskedBack(t *testing.T) {
	w := ready(t)
	w.types(ana, "/log call acme")
	w.types(ana, "/deal advance acme")
	w.now = w.now.Add(20 * time.Second)
	w.types(ana, "/log discovery acme")
	if r := w.types(ana, "/deal advance acme"); w.deal(1).Stage != "demo" {
		t.Errorf("in %s: %s", w.deal(1).Stage, r.Text)
	}
}

func TestAmbiguousIsFinishedByOneTap(t *testing.T) {
	w := ready(t)
	w.types(ana, "/deal new Acme rollout")
	r := w.types(ana, `/log call acme 25m they said "later", twice`)
	w.clicks(ana, r, "Acme rollout (D-2) · First contact")
	w.read(func(ctx context.Context, r *store.Reader) error {
		all, err := r.Activities(ctx, 2)
		if len(all) != 1 || all[0].Minutes != 25 || all[0].Note != `they said "later", twice` {
			t.Errorf("logged %+v", all)
		}
		return err
	})
	r = w.types(ana, "/deal set rollout close 12/1")
	w.clicks(ana, r, "1 Dec 2026")
	if got := canonical(w.deal(2), "close"); got != "2026-12-01" {
		t.Errorf("close is %s", got)
	}
	r = w.types(ana, "/deal set rollout amount 12.000")
	w.clicks(ana, r, "$12,000")
	if got := w.deal(2).Amount; got != (sales.Money{Minor: 1200000, Currency: "USD"}) {
		t.Errorf("amount is %v", got)
	}
	r = w.types(ana, "/deal advnce pilot")
	w.clicks(ana, r, "Yes, do that")
	if got := w.deal(1).Stage; got != "discovery" {
		t.Errorf("in %s", got)
	}
	r = w.types(ana, "/deal back to lead")
	w.clicks(ana, r, "Acme pilot · Acme Corp (D-1) · Discovery · €12k")
	if got := w.deal(1).Stage; got != "lead" {
		t.Errorf("in %s", got)
	}
}

func TestSettingTheStageIsAdvancing(t *testing.T) {
	w := ready(t)
	w.clicks(ana, w.types(ana, "/deal set acme stage demo"), "Yes, do that")
	if got := w.deal(1).Stage; got != "demo" {
		t.Errorf("in %s", got)
	}
}

func TestNamesThatContainEachOther(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"Acme", "Acme support", "Beta"} {
		w.types(ana, "/deal new "+name)
		w.now = w.now.Add(time.Minute)
	}
	w.types(ana, "/deal next acme call Bob")
	w.types(ana, "/deal next acme support renewal first")
	w.types(ana, "/deal next support now")
	if a, b := w.deal(1).NextStep, w.deal(2).NextStep; a != "call Bob" || b != "now" {
		t.Errorf("next steps %q and %q", a, b)
	}
}

func TestClosedDealsGiveWayToOpenOnes(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme one")
	w.types(ana, "/deal new Acme two")
	w.types(ana, "/deal lost one price")
	w.types(ana, "/deal next acme call")
	if w.deal(2).NextStep != "call" {
		t.Error("the open one was not meant")
	}
	w.types(ana, "/deal reopen acme because they are back")
	if w.deal(1).Status != sales.Open {
		t.Error("the lost one was not meant")
	}
}

func TestInTheThreadOfADeal(t *testing.T) {
	w := ready(t)
	w.types(ana, "/deal new Beta")
	w.deliver()
	ts := w.cardTS(1, deals)
	say := func(text string) Reply { return w.mentions(ana, deals, ts, text) }
	say("log call 25m beta is what they asked for")
	w.read(func(ctx context.Context, r *store.Reader) error {
		a, _, err := r.LastActivityBy(ctx, ana)
		if a.Deal != 1 || a.Note != "beta is what they asked for" && a.Note != "is what they asked for" {
			t.Errorf("logged %+v", a)
		}
		return err
	})
	say("next send it")
	say("/deal next D-2 call them")
	say("deal advance to demo")
	if one, two := w.deal(1), w.deal(2); one.Stage != "demo" || one.NextStep != "send it" || two.NextStep != "call them" {
		t.Errorf("%+v\n%+v", one, two)
	}
	if r := say(""); !strings.Contains(shown(t, r), "/deal help") {
		t.Errorf("no help: %s", shown(t, r))
	}
	if r := say("deal"); !strings.Contains(r.Text, "Acme pilot") {
		t.Errorf("no card: %s", shown(t, r))
	}
	form := w.clicks(ana, say("log"), "Open the form")
	if got := inputsOf(t, form.Modal)[0].initial; !slices.Equal(got, []string{"D-1"}) && form.Modal == nil {
		t.Errorf("the form is for %v", got)
	}
}

func TestWinning(t *testing.T) {
	w := ready(t)
	ask := w.types(ana, "/deal won acme")
	if w.deal(1).Status != sales.Open {
		t.Fatal("won without asking")
	}
	w.types(ana, "/deal set acme amount 20k")
	if r := w.clicks(ana, ask, "Yes, €12,000"); w.deal(1).Status != sales.Open || !strings.Contains(r.Text, "changed meanwhile") {
		t.Fatalf("won for another amount than was shown: %s", r.Text)
	}
	ask = w.types(ana, "/deal won D-1")
	form := w.clicks(ana, ask, "Another amount…")
	if r := w.submits(ana, form, map[string]string{"deal.amount": "lots"}); r.Errors["deal.amount"] == "" {
		t.Errorf("no error: %s", shown(t, r))
	}
	w.submits(ana, form, map[string]string{"deal.amount": "18k"})
	d := w.deal(1)
	if d.Status != sales.Won || d.Amount.Minor != 1800000 || d.Stage != "signed" {
		t.Errorf("%+v", d)
	}
	if r := w.types(maxim, "/deal lost acme"); !strings.Contains(r.Text, "won already") {
		t.Errorf("lost after it was won: %s", r.Text)
	}
}

func TestGateHelpsOn(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme pilot")
	w.types(ana, "/log call acme")
	w.types(ana, "/deal advance acme")
	gate := w.types(ana, "/deal advance acme")
	w.submits(ana, w.clicks(ana, gate, "Log the discovery call"), map[string]string{"activity.minutes": "45"})
	form := w.clicks(ana, gate, "Set the amount")
	done := w.submits(ana, form, map[string]string{"deal.amount": "12k EUR"})
	w.clicks(ana, done, "On to Demo")
	if d := w.deal(1); d.Stage != "demo" || d.Amount.Currency != "EUR" {
		t.Errorf("%+v", d)
	}
}

func TestOverride(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/deal new Acme pilot")
	if r := w.types(ana, "/deal advance acme override because I like them"); !strings.Contains(r.Text, "Max Power") || w.deal(1).Stage != "lead" {
		t.Errorf("a rep: %s", r.Text)
	}
	if labels := shown(t, w.types(ana, "/deal advance acme to demo")); strings.Contains(labels, "Override") {
		t.Errorf("a rep is offered it: %s", labels)
	}
	gate := w.types(maxim, "/deal advance acme to demo")
	w.submits(maxim, w.clicks(maxim, gate, "Override…"), map[string]string{"deal.because": "they came to us"})
	w.types(maxim, "/deal advance acme override because the demo was last year")
	log := w.log(1)
	if e := log[1]; !e.Data.Override || e.Data.Why != "they came to us" || e.Data.To != "demo" || !slices.Equal(e.Data.Missing, []string{"activity:call"}) {
		t.Errorf("%+v", e)
	}
	if e := log[2]; !e.Data.Override || e.Data.Why != "the demo was last year" || w.deal(1).Stage != "proposal" {
		t.Errorf("%+v", e)
	}
}

func TestStaleButtonTellsWhoWasFirst(t *testing.T) {
	w := ready(t)
	d := w.deal(1)
	w.types(ben, "/deal advance acme to demo")
	r := w.do(Intent{Kind: Action, Name: "deal.advance", Value: moveValue(d), User: ana, Channel: deals, Message: "1.1"})
	if !strings.Contains(r.Text, "Ben Ode moved it from First contact to Demo") || w.deal(1).Stage != "demo" || r.Replace {
		t.Errorf("%s", shown(t, r))
	}
}

func TestLosingWithWordsKeepsThem(t *testing.T) {
	w := ready(t)
	r := w.types(ana, "/deal lost acme they never: had any money")
	w.clicks(ana, r, "No budget")
	log := w.log(1)
	if e := log[len(log)-1]; e.Data.Reason != "no_budget" || e.Data.Why != "they never: had any money" {
		t.Errorf("%+v", e)
	}
}

func TestUndo(t *testing.T) {
	w := ready(t)
	r := w.types(ana, "/deal advance acme")
	w.types(ana, "/deal next acme call")
	if late := w.clicks(ana, r, "Undo"); !strings.Contains(late.Text, "Something else happened") || w.deal(1).Stage != "discovery" {
		t.Errorf("%s", late.Text)
	}
	w.types(ana, "/deal undo acme")
	w.types(ana, "/deal undo D-1")
	if d := w.deal(1); d.Stage != "lead" || d.NextStep != "" {
		t.Errorf("%+v", d)
	}
	w.types(ana, "/deal advance acme to demo")
	if r := w.types(ben, "/deal undo acme"); !strings.Contains(r.Text, "Ana Silva made that step.") || w.deal(1).Stage != "demo" {
		t.Errorf("%s", r.Text)
	}
	w.now = w.now.Add(11 * time.Minute)
	if r := w.types(ana, "/deal undo acme"); !strings.Contains(r.Text, "10 minutes") || w.deal(1).Stage != "demo" {
		t.Errorf("%s", r.Text)
	}
}

func TestListPages(t *testing.T) {
	w := newWorld(t)
	for i := range 23 {
		w.types(ana, fmt.Sprintf("/deal new Deal number %d", i))
		w.now = w.now.Add(time.Minute)
	}
	w.types(ana, "/deal next D-7 call by tomorrow")
	w.now = w.now.AddDate(0, 0, 14)
	first := w.types(ana, "/deal")
	if s := shown(t, first); !strings.Contains(s, "1 to 10 of 23") || !strings.HasPrefix(s, "*Your open deals*\n*Deal number 6* (D-7)") {
		t.Errorf("first page: %s", s)
	}
	third := w.clicks(ana, w.clicks(ana, first, "Next page"), "Next page")
	if s := shown(t, third); !strings.Contains(s, "21 to 23 of 23") || !third.Replace || strings.Contains(s, "Next page") {
		t.Errorf("third page: %s", s)
	}
	for line, want := range map[string]string{"/deal list stale": "of 23", "/deal list team": "of 23", "/deal list First contact": "of 23", "/deal 列表 我的": "of 23"} {
		if s := shown(t, w.types(ana, line)); !strings.Contains(s, want) {
			t.Errorf("%s: %s", line, s)
		}
	}
	if s := shown(t, w.types(ada, "/deal list team")); !strings.Contains(s, "in no team") {
		t.Errorf("no team: %s", s)
	}
}

func TestThreadLink(t *testing.T) {
	w := ready(t)
	w.deliver()
	ts := w.cardTS(1, deals)
	if s := shown(t, w.types(ana, "/deal acme")); !strings.Contains(s, "<#CDEALS>") {
		t.Errorf("no channel: %s", s)
	}
	w.app.Workspace = "https://acme.slack.com/"
	want := "<https://acme.slack.com/archives/CDEALS/p" + strings.ReplaceAll(ts, ".", "") + "|"
	if s := shown(t, w.types(ana, "/deal acme")); !strings.Contains(s, want) {
		t.Errorf("no link %s: %s", want, s)
	}
}

func TestUnknownButtonSaysSo(t *testing.T) {
	w := newWorld(t)
	if r := w.do(Intent{Kind: Action, Name: "gone.away", User: ana, Channel: deals, Message: "1.1"}); !strings.Contains(r.Text, "older message") {
		t.Errorf("%s", r.Text)
	}
	if r := w.do(Intent{Kind: Event, Name: "tokens_revoked"}); !r.Empty() {
		t.Errorf("%s", r.Text)
	}
}
