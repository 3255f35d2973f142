package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view/limitstest"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

var allAlerts = []sales.Alert{sales.NextPast, sales.ClosePast, sales.OverTarget, sales.Quiet}

// hugePressing are deals that need everything at once.
func hugePressing(k *sales.Case, n int) []Pressing {
	var out []Pressing
	for range n {
		row := DealRow{Deal: k.Deal, Process: k.Process, Alerts: allAlerts}
		out = append(out, Pressing{DealRow: row, Gate: Gate{Case: k, Missing: hugeMissing(k)}, Rested: true, Next: true, Close: true})
	}
	return out
}

func TestHomeKeepsSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
		k := hugeCase()
		h := Home{
			Slash: "/" + strings.Repeat("p", 20), MoreAsked: 1000, MoreDeals: 1000, MoreTeam: 1000, Leads: true, Reports: true, Now: now, Name: longName,
			Intro:    &Intro{Slash: "/pw-", Process: k.Process, Quote: strings.Repeat("q", 40), Map: true},
			Deals:    hugePressing(k, MaxHomeDeals),
			Team:     hugePressing(k, MaxHomeTeam),
			Settings: HomeSettings{Lang: "zh", Reminders: RemindersDaily, Snoozed: Note(nasty)},
		}
		for range MaxHomeApprovals {
			h.Approvals = append(h.Approvals, hugeApproval(k, sales.Pending))
		}
		h.Decides = true
		for range MaxHomeTeam {
			h.Waiting = append(h.Waiting, hugeWaiting(k))
		}
		for i := range 200 {
			other := *k.Process
			other.Key = fmt.Sprintf("%040d", i)
			h.Intro.Others = append(h.Intro.Others, &other)
			worth := []sales.Money{{Minor: 1 << 53, Currency: "EUR"}, {Minor: 1 << 53, Currency: "CNY"}, {Minor: 1 << 53, Currency: "USD"}}
			h.Stages = append(h.Stages, HomeStage{Process: &other, Stage: k.Process.Stages[i%120].Key, Deals: 100_000, Worth: worth})
		}
		v := HomeView(p, h)
		limitstest.Home(t, "home", v)
	})
}

// hugeWaiting waits for many people, some of them with delegates.
func hugeWaiting(k *sales.Case) Waiting {
	w := Waiting{Approval: hugeApproval(k, sales.Pending), For: sales.ForApprovers, Worked: 1 << 60, Since: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	w.Step = w.Awaiting[11]
	for _, u := range w.Step.People[5:] {
		w.Step.StandIns = append(w.Step.StandIns, sales.StandIn{Who: "UX", For: u}, sales.StandIn{Who: "UY", For: u})
	}
	return w
}

func TestWaitingAndDelegationsKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
		k := hugeCase()
		var rows []Waiting
		for range MaxWaiting {
			rows = append(rows, hugeWaiting(k))
		}
		limitstest.Message(t, "waiting", "text", WaitingBlocks(p, rows, Pages{List: "team", Page: 1, More: 1000}))
		d := Delegation{Delegation: sales.Delegation{ID: 1 << 60, Approver: "U1", Delegate: "U2", By: "U3", From: now, Until: now.AddDate(1, 0, 0), Why: nasty}, Zone: time.UTC, Waiting: 1000, Now: now, Name: longName}
		var all []Delegation
		for range MaxDelegations {
			all = append(all, d)
		}
		limitstest.Message(t, "delegations", "text", DelegationList(p, all, Pages{List: "delegations", Page: 1, More: 1000}, "/"+nasty))
		for _, what := range []string{"made", "begun", "stopped", "over"} {
			for _, user := range []string{"U1", "U2"} {
				sentence, more := d.Told(p, user, what, "U3")
				limitstest.Message(t, "told "+what, sentence, append([]slack.Block{Section(sentence)}, more...))
			}
		}
		limitstest.Form(t, "delegation", DelegationModal(p, DelegationForm{Delegation: d.Delegation, Leads: true, Today: now}))
		a := hugeApproval(k, sales.Pending)
		limitstest.Form(t, "forward", ForwardForm(p, a, a.Deciders))
	})
}

func TestNudgesKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
		k := hugeCase()
		n := Nudge{Deals: hugePressing(k, MaxNudged), Total: 1000, New: 999, Daily: true, Waiting: 1000, Today: hugePressing(k, 100), Open: 10000, Now: now}
		for range MaxNudgedApprovals {
			n.Approvals = append(n.Approvals, hugeApproval(k, sales.Pending))
		}
		text, blocks := NudgeMessage(p, n)
		limitstest.Message(t, "nudge", text, blocks)
		for _, x := range []Pulse{{}, {Staff: 1}, {Customer: 5}, {Staff: 1, Customer: 5}, {Staff: 1, Customer: 5, Word: true}} {
			x.Deal, x.Process, x.Stage, x.Event = k.Deal, k.Process, k.Deal.Stage, 1<<30
			text, blocks := PulseMessage(p, x)
			limitstest.Message(t, "pulse", text, blocks)
			limitstest.Form(t, "pulse", PulseForm(p, x))
		}
	})
}

func TestReportsKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
		k := hugeCase()
		team := sales.Team{Key: strings.Repeat("t", 40), Name: k.Process.Name}
		sub := store.Subscription{ID: 1 << 60, Report: reports.DigestReport, Channel: "C0123456789", Every: "weekly", Zone: "America/Argentina/ComodRivadavia"}
		menu := ReportMenu{Slash: "/" + strings.Repeat("p", 20)}
		for _, r := range reports.All() {
			menu.Reports = append(menu.Reports, ReportChoice{Name: r.Name, Title: r.Title, About: r.About})
		}
		for range 100 {
			menu.Subscriptions = append(menu.Subscriptions, SubscriptionRow{Subscription: sub, Process: k.Process, Team: team, Next: now, Change: true})
		}
		text, blocks := ReportMenuBlocks(p, menu)
		limitstest.Message(t, "menu", text, blocks)

		value := strings.Repeat("v", 400)
		b := Behind{Title: Unmarked(Name(nasty)), Value: value, Page: 3, Total: 1000, AsOf: now, Now: now}
		for i := range 60 {
			b.Parts = append(b.Parts, BehindPart{Label: Unmarked(Name(nasty)), Value: fmt.Sprint(value, i), Deals: 100_000})
		}
		for _, x := range hugePressing(k, BehindPage) {
			b.Rows = append(b.Rows, x.DealRow)
		}
		limitstest.Form(t, "behind", BehindModal(p, b))

		f := SubscribeForm{Leads: true, Channel: "C1"}
		for i := range 200 {
			other, another := *k.Process, team
			other.Key, another.Key = fmt.Sprintf("%040d", i), fmt.Sprintf("%040d", i)
			f.Processes, f.Teams = append(f.Processes, &other), append(f.Teams, another)
		}
		limitstest.Form(t, "subscribe", SubscribeModal(p, f))
	})
}

// Whoever others wait for sees that first, also when they open Home for the first time.
func TestHomeBeginsWithWhatOthersWaitFor(t *testing.T) {
	k := hugeCase()
	first := func(approvals ...Approval) string {
		h := Home{Intro: &Intro{Process: k.Process}, Approvals: approvals, Name: longName}
		return HomeView(printers[0], h).Blocks.BlockSet[0].(*slack.HeaderBlock).Text.Text
	}
	if got := first(); got != "Welcome to Pipewright" {
		t.Errorf("with nothing to do: %q", got)
	}
	if got := first(hugeApproval(k, sales.Pending)); got != "What needs you now" {
		t.Errorf("with an approval: %q", got)
	}
}
