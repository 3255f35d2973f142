package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view/limitstest"
	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// nasty is longer than the 3,000 characters that can be typed. It is each of the longest in turn, see inAll.
var nasty = longest["marks"]

var longest = map[string]string{
	"marks":   strings.Repeat(`<!channel> & *👩🏽‍🚒* "x" `, 130),
	"grows":   strings.Repeat("&", 3100), // fivefold when it is escaped
	"chinese": strings.Repeat("与客户的技术主管通话，", 300),
	"emoji":   strings.Repeat("👩🏽‍🚒🏳️‍🌈", 400),
	"spaces":  strings.Repeat("a b\n\n", 650),
}

var printers = []text.Printer{text.For("en-US", time.UTC), text.For("zh-CN", time.UTC)}

// inAll runs a test in every language with every one of the longest inputs.
func inAll(t *testing.T, test func(t *testing.T, p text.Printer)) {
	t.Cleanup(func() { nasty = longest["marks"] })
	for _, kind := range slices.Sorted(maps.Keys(longest)) {
		for _, p := range printers {
			t.Run(p.Lang()+" "+kind, func(t *testing.T) {
				nasty = longest[kind]
				test(t, p)
			})
		}
	}
}

// hugeCase is a deal with everything as long, and a process with everything as much, as it can be.
func hugeCase() *sales.Case {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	name := sales.Text{"en": nasty, "zh": nasty}
	p := &sales.Process{Key: strings.Repeat("p", 40), Name: name, Currency: "EUR", Calendar: sales.Calendar{Zone: "UTC"}}
	for i := range 120 {
		key := fmt.Sprintf("%040d", i)
		p.Stages = append(p.Stages, sales.Stage{Key: key, Name: name, What: name, Target: 3, Won: i == 118})
		p.Activities = append(p.Activities, sales.ActivityType{Key: key, Name: name, Symbol: ":car:"})
		p.Reasons = append(p.Reasons, sales.Reason{Key: key, Name: name})
		p.Fields = append(p.Fields, sales.Field{Key: key, Name: name, Type: sales.FieldChoice, Options: []sales.Option{{Key: key, Name: name}}})
		p.Policies = append(p.Policies, sales.Policy{Kind: key, Name: name})
	}
	key := p.Stages[110].Key
	d := sales.Deal{
		ID: 1 << 60, Version: 1 << 30, Moves: 1 << 30, Name: nasty, Account: nasty, Source: nasty, NextStep: nasty, NextBy: now.AddDate(0, -1, 0),
		Close: now.AddDate(0, -1, 0), Stage: key, Status: sales.Open, Entered: now.AddDate(-1, 0, 0), Parked: now.AddDate(1, 0, 0), ParkWhy: nasty,
		Waiting: sales.WaitCustomer, WaitFrom: now, Amount: sales.Money{Minor: 1 << 53, Currency: "EUR"}, Owner: "U1", Fields: map[string]string{},
	}
	k := &sales.Case{Deal: d, Process: p, Org: &sales.Organisation{}}
	k.Activities = []sales.Activity{{Type: key, At: now, Actor: "U1", Note: nasty}}
	return k
}

func hugeMissing(k *sales.Case) []sales.Missing {
	var out []sales.Missing
	for _, a := range k.Process.Activities[:40] {
		out = append(out, sales.Missing{Kind: sales.NeedActivity, Type: a.Key, Want: 3}, sales.Missing{Kind: sales.NeedField, Field: a.Key},
			sales.Missing{Kind: sales.NeedApproval, Type: a.Key, State: sales.Rejected})
	}
	return out
}

// longName is the name of everybody.
func longName(string) string { return longNames[nasty] }

var longNames = map[string]string{}

func init() {
	for _, s := range longest {
		longNames[s] = Name(s)
	}
}

func TestMessagesKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		k := hugeCase()
		now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
		missing := hugeMissing(k)
		card := Deal{Case: k, Now: now, Name: longName, Missing: missing, Thread: "<https://a.example|" + p.T("History in its thread") + ">"}
		m := DealCard(p, card)
		limitstest.Message(t, "card", m.Text, m.Blocks)
		card.Standing = true
		m = DealCard(p, card)
		limitstest.Message(t, "standing card", m.Text, m.Blocks)
		sentence, more := GateAnswer(p, Gate{Case: k, To: k.Deal.Stage, Missing: missing, Override: true})
		limitstest.Message(t, "gate", "text", append([]slack.Block{Section(sentence)}, more...))

		list := DealList{Title: Name(nasty), Total: 1000, Page: 3, Size: 10, Filter: "stage:" + k.Process.Key + ":" + k.Deal.Stage, Name: longName, Now: now}
		for range 10 {
			alerts := []sales.Alert{sales.NextPast, sales.ClosePast, sales.OverTarget, sales.Quiet}
			list.Rows = append(list.Rows, DealRow{Deal: k.Deal, Process: k.Process, Alerts: alerts})
		}
		limitstest.Message(t, "list", "text", DealListBlocks(p, list))

		for _, kind := range []sales.EventType{
			sales.Created, sales.Moved, sales.LostEvent, sales.Reopened, sales.Completed, sales.Changed, sales.Assigned, sales.Planned, sales.Waited,
			sales.Parked, sales.Resumed, sales.Logged, sales.Unlogged, sales.Undone, sales.Requested, sales.Decided, sales.Withdrawn, sales.Pulsed, sales.Relocated,
		} {
			data := sales.EventData{From: k.Deal.Stage, To: k.Deal.Stage, Why: nasty, Note: nasty, Kind: k.Deal.Stage, Reason: k.Deal.Stage, Override: true,
				Field: k.Deal.Stage, Value: nasty, Was: nasty, Step: nasty, Verdict: sales.Reject}
			for _, x := range missing {
				data.Missing, data.Skipped = append(data.Missing, x.Key()), append(data.Skipped, k.Deal.Stage)
			}
			h := HistoryLine(p, History{Process: k.Process, Event: sales.Event{Version: 2, Type: kind, At: now, Data: data}, Undone: sales.Event{Version: 1, Type: sales.Moved, At: now, Data: data}, Name: longName})
			limitstest.Message(t, "history "+string(kind), h.Text, h.Blocks)
		}
	})
}

func TestFormsKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		k := hugeCase()
		var processes []*sales.Process
		for i := range 120 {
			other := *k.Process
			other.Key = fmt.Sprintf("%040d", i)
			processes = append(processes, &other)
		}
		forms := map[string]*slack.ModalViewRequest{
			"new":      NewDealForm(p, NewDeal{Process: k.Process, Processes: processes, Owner: "U1", Name: nasty}),
			"edit":     EditDealForm(p, k),
			"field":    FieldForm(p, k, k.Process.Fields[0].Key),
			"amount":   FieldForm(p, k, "amount"),
			"plan":     PlanForm(p, k.Deal),
			"rest":     RestForm(p, k.Deal, "park"),
			"back":     BackForm(p, k),
			"lose":     LoseForm(p, k, nasty),
			"win":      WinForm(p, k),
			"reopen":   ReopenForm(p, k.Deal),
			"override": OverrideForm(p, k, k.Deal.Stage, hugeMissing(k)),
			"assign":   AssignForm(p, k.Deal),
			"done":     Notice(p, p.T("Done"), Note(nasty), Actions(Button("x", "y", nasty))...),
			"log":      LogForm(p, LogActivity{Deal: k.Deal, Process: k.Process, Type: k.Deal.Stage, Note: nasty, Link: "https://a.example/", Several: true}),
		}
		for name, f := range forms {
			limitstest.Form(t, name, f)
		}
	})
}
