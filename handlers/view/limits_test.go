package view

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// nasty is the longest that anybody could type, of what grows most when escaped.
var nasty = strings.Repeat(`<!channel> & *👩🏽‍🚒* "x" `, 200)

var printers = []text.Printer{text.For("en-US", time.UTC), text.For("zh-CN", time.UTC)}

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

func longName(string) string { return Name(nasty) }

func TestMessagesKeepSlacksLimits(t *testing.T) {
	k := hugeCase()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	missing := hugeMissing(k)
	for _, p := range printers {
		card := Deal{Case: k, Now: now, Name: longName, Missing: missing, Thread: "<https://a.example|" + p.T("History in its thread") + ">"}
		m := DealCard(p, card)
		checkMessage(t, p.Lang()+" card", m.Text, m.Blocks)
		card.Standing = true
		m = DealCard(p, card)
		checkMessage(t, p.Lang()+" standing card", m.Text, m.Blocks)
		sentence, more := GateAnswer(p, Gate{Case: k, To: k.Deal.Stage, Missing: missing, Override: true})
		checkMessage(t, p.Lang()+" gate", "text", append([]slack.Block{Section(sentence)}, more...))

		list := DealList{Title: Name(nasty), Total: 1000, Page: 3, Size: 10, Filter: "stage:" + k.Process.Key + ":" + k.Deal.Stage, Name: longName, Now: now}
		for range 10 {
			alerts := []sales.Alert{sales.NextPast, sales.ClosePast, sales.OverTarget, sales.Quiet}
			list.Rows = append(list.Rows, DealRow{Deal: k.Deal, Process: k.Process, Alerts: alerts})
		}
		checkMessage(t, p.Lang()+" list", "text", DealListBlocks(p, list))

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
			checkMessage(t, p.Lang()+" history "+string(kind), h.Text, h.Blocks)
		}
	}
}

func TestFormsKeepSlacksLimits(t *testing.T) {
	k := hugeCase()
	var processes []*sales.Process
	for i := range 120 {
		other := *k.Process
		other.Key = fmt.Sprintf("%040d", i)
		processes = append(processes, &other)
	}
	for _, p := range printers {
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
			checkForm(t, p.Lang()+" "+name, f)
		}
	}
}

// element is what the checks read of blocks and elements.
type element struct {
	Type     string          `json:"type"`
	BlockID  string          `json:"block_id"`
	ActionID string          `json:"action_id"`
	Value    string          `json:"value"`
	Text     json.RawMessage `json:"text"`
	Label    json.RawMessage `json:"label"`
	Hint     json.RawMessage `json:"hint"`
	Holder   json.RawMessage `json:"placeholder"`

	Fields    []json.RawMessage `json:"fields"`
	Elements  []element         `json:"elements"`
	Options   []element         `json:"options"`
	Initial   *element          `json:"initial_option"`
	Typed     string            `json:"initial_value"`
	Element   *element          `json:"element"`
	Accessory *element          `json:"accessory"`
}

func decodeBlocks(t *testing.T, blocks []slack.Block) []element {
	t.Helper()
	raw, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	var out []element
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

type limits struct {
	t     *testing.T
	where string
	total int
}

func (l *limits) refuse(format string, args ...any) {
	l.t.Helper()
	l.t.Errorf("%s: %s", l.where, fmt.Sprintf(format, args...))
}

// text checks a text object: its length, and that nothing in it pings.
func (l *limits) text(raw json.RawMessage, what string, most int) {
	l.t.Helper()
	if raw == nil {
		return
	}
	var o slack.TextBlockObject
	if err := json.Unmarshal(raw, &o); err != nil || o.Type == "" {
		var s string // a context element's own text
		if json.Unmarshal(raw, &s) != nil {
			l.refuse("%s: %v", what, err)
		}
		o = slack.TextBlockObject{Type: "mrkdwn", Text: s}
	}
	if err := o.Validate(); err != nil {
		l.refuse("%s: %v", what, err)
	}
	n := utf8.RuneCountInString(o.Text)
	l.total += n
	if n > most || n == 0 {
		l.refuse("%s has %d of %d characters", what, n, most)
	}
	if o.Type == "mrkdwn" && strings.Contains(o.Text, "<!") {
		l.refuse("%s would ping: %.80s", what, o.Text)
	}
}

func (l *limits) block(b element) {
	l.t.Helper()
	l.text(b.Text, b.Type+" text", 3000)
	l.text(b.Label, "label", 2000)
	l.text(b.Hint, "hint", 2000)
	for _, f := range b.Fields {
		l.text(f, "field", 2000)
	}
	if len(b.Fields) > 10 || len(b.BlockID) > 255 {
		l.refuse("%d fields, block id %q", len(b.Fields), b.BlockID)
	}
	most := 25
	if b.Type == "context" {
		most = 10
	}
	if len(b.Elements) > most {
		l.refuse("%d elements in a %s block", len(b.Elements), b.Type)
	}
	seen := map[string]bool{}
	for _, e := range b.Elements {
		if e.ActionID != "" && seen[e.ActionID] {
			l.refuse("action id %q stands twice", e.ActionID)
		}
		seen[e.ActionID] = true
		l.element(e)
	}
	for _, e := range []*element{b.Element, b.Accessory} {
		if e != nil {
			l.element(*e)
		}
	}
}

func (l *limits) element(e element) {
	l.t.Helper()
	switch e.Type {
	case "mrkdwn", "plain_text":
		l.text(e.Text, "context", 2000)
		return
	case "button":
		l.text(e.Text, "button", 75)
		if len([]rune(e.Value)) > 2000 {
			l.refuse("a button's value has %d characters", len([]rune(e.Value)))
		}
	case "overflow":
		if len(e.Options) < 1 || len(e.Options) > 5 {
			l.refuse("%d options in a menu", len(e.Options))
		}
	case "static_select":
		if len(e.Options) < 1 || len(e.Options) > 100 {
			l.refuse("%d options in a select", len(e.Options))
		}
	}
	l.text(e.Holder, "placeholder", 150)
	if len(e.ActionID) > 255 || e.ActionID == "" || len([]rune(e.Typed)) > 3000 {
		l.refuse("action id %q, initial value of %d characters", e.ActionID, len([]rune(e.Typed)))
	}
	for _, o := range e.Options {
		l.option(o)
	}
	if e.Initial != nil {
		l.option(*e.Initial)
	}
}

func (l *limits) option(o element) {
	l.t.Helper()
	l.text(o.Text, "option", 75)
	if len([]rune(o.Value)) > 75 || o.Value == "" {
		l.refuse("an option's value is %q", o.Value)
	}
}

func checkMessage(t *testing.T, where, text string, blocks []slack.Block) {
	t.Helper()
	l := &limits{t: t, where: where}
	if len(blocks) > 50 || len([]rune(text)) > 4000 || strings.TrimSpace(text) == "" {
		l.refuse("%d blocks, text of %d characters", len(blocks), len([]rune(text)))
	}
	if strings.Contains(text, "<!") {
		l.refuse("the text would ping: %.80s", text)
	}
	for _, b := range decodeBlocks(t, blocks) {
		l.block(b)
	}
	if l.total > 10000 {
		l.refuse("%d characters in all", l.total)
	}
}

func checkForm(t *testing.T, where string, m *slack.ModalViewRequest) {
	t.Helper()
	l := &limits{t: t, where: where}
	if len(m.Blocks.BlockSet) > 100 || len(m.PrivateMetadata) > 3000 || len(m.CallbackID) > 255 {
		l.refuse("%d blocks, %d characters of metadata, callback %q", len(m.Blocks.BlockSet), len(m.PrivateMetadata), m.CallbackID)
	}
	for _, o := range []*slack.TextBlockObject{m.Title, m.Submit, m.Close} {
		if o != nil && (utf8.RuneCountInString(o.Text) > 24 || o.Validate() != nil) {
			l.refuse("title or button %q", o.Text)
		}
	}
	raw, err := json.Marshal(m)
	if err != nil || len(raw) > 250<<10 {
		l.refuse("%d bytes, %v", len(raw), err)
	}
	ids := map[string]bool{}
	for _, b := range decodeBlocks(t, m.Blocks.BlockSet) {
		if b.BlockID != "" && ids[b.BlockID] {
			l.refuse("block id %q stands twice", b.BlockID)
		}
		ids[b.BlockID] = true
		l.block(b)
	}
}
