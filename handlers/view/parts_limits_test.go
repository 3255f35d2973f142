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

// What messages and forms are made of keeps the limits whatever it is given.
func TestPartsKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		many := make([]string, 30)
		var buttons []slack.BlockElement
		var options []*slack.OptionBlockObject
		for i := range 120 {
			many[i%30] = nasty[:len("👩")] + strings.Repeat("x", 300)
			buttons = append(buttons, Primary("x", strings.Repeat("v", MaxValue), nasty), Button("x", "y", nasty), Run("deal "+strings.Repeat("字", 1000), nasty), RunSure("deal", nasty))
			options = append(options, Option(fmt.Sprint(i), nasty))
		}
		if Run(nasty, "x") != nil || RunSure(nasty, "x") != nil {
			t.Error("a button for a line that no button holds")
		}
		limitstest.Message(t, "parts", Note(nasty), append([]slack.Block{Header(nasty), Section(text.Plain(nasty)), Context(text.Plain(nasty))}, Actions(buttons...)...))
		limitstest.Message(t, "fields", "text", []slack.Block{Fields(many...)})
		limitstest.Message(t, "menu", Name(nasty), Actions(Overflow("more", options...)))
		limitstest.Form(t, "inputs", Modal(p, "x", strings.Repeat("m", 3000), nasty, nasty, []slack.Block{
			Input("a", nasty, nasty, false, TextInput("a", nasty, nasty, true)), Input("b", nasty, "", true, Select("b", nasty, "7", options)),
			Input("c", nasty, "", true, DateInput("c", "2026-11-24")), Input("d", nasty, "", true, UserInput("d", nasty, "U1")),
		}))
	})
}

// Pieces that handlers put into messages of their own.
func TestPiecesKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
		k := hugeCase()
		a := hugeApproval(k, sales.Pending)
		limitstest.Message(t, "row", ApprovalLine(p, a), []slack.Block{ApprovalRow(p, a), WaitingRow(p, hugeWaiting(k))})
		limitstest.Message(t, "pressing", "text", PressingBlocks(p, hugePressing(k, 1)[0], longName, now))
		limitstest.Message(t, "gate", "text", Actions(GateButtons(p, Gate{Case: k, To: k.Deal.Stage, Missing: hugeMissing(k)})...))
		d := Delegation{Delegation: sales.Delegation{ID: 1 << 60}}
		limitstest.Message(t, "delegation", "text", append(d.EndButton(p), Actions(DelegateButton(p, "U1", nasty))...))

		row := SubscriptionRow{
			Subscription: store.Subscription{ID: 1 << 60, Report: reports.DigestReport, Channel: "C0123456789", Every: "weekly", Zone: "UTC"},
			Process:      k.Process, Team: sales.Team{Key: "t", Name: k.Process.Name}, About: []string{Name(nasty), Name(nasty)}, Next: now, Change: true,
		}
		var rows []SubscriptionRow
		for range 40 {
			rows = append(rows, row)
		}
		limitstest.Message(t, "subscription", row.What(p), Actions(row.Buttons(p)...))
		limitstest.Message(t, "subscriptions", "text", SubscriptionBlocks(p, rows))

		r := reports.Message{Text: "x", Blocks: []slack.Block{Section("x")}, Plain: []slack.Block{Section("x")}}
		m := ReportMessage(r, text.Plain(text.Truncate(nasty, 500)), Button("report.share", strings.Repeat("v", MaxValue), nasty))
		limitstest.Message(t, "report", m.Text, m.Blocks)
		limitstest.Message(t, "plain report", m.Text, m.Plain)
	})
}

// Every kind of field, filled with the longest that it takes.
func TestFieldsKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		k := hugeCase()
		for i, kind := range []sales.FieldType{
			sales.FieldText, sales.FieldLong, sales.FieldNumber, sales.FieldPercent, sales.FieldMoney, sales.FieldDate, sales.FieldUser, sales.FieldChoice, sales.FieldFile, sales.FieldLink,
		} {
			f := &k.Process.Fields[i]
			f.Type, f.Options = kind, nil
			if kind == sales.FieldChoice {
				for j := range 100 {
					f.Options = append(f.Options, sales.Option{Key: fmt.Sprintf("%040d", j), Name: f.Name})
				}
			}
			for _, value := range []string{"", longestValue(kind)} {
				k.Deal.Fields[f.Key] = value
				limitstest.Form(t, string(kind), FieldForm(p, k, f.Key))
				limitstest.Form(t, string(kind), Modal(p, "x", "", "x", "x", []slack.Block{FieldInput(p, k, f.Key)}))
				shown := FieldValue(p, *f, value, time.Now(), longName)
				limitstest.Message(t, string(kind), shown, []slack.Block{Section(shown)})
			}
		}
	})
}

func longestValue(kind sales.FieldType) string {
	switch kind {
	case sales.FieldNumber, sales.FieldPercent:
		return "-99999999999999.5"
	case sales.FieldMoney:
		return "90000000000000.00 EUR"
	case sales.FieldDate:
		return "2026-11-24"
	case sales.FieldUser:
		return "U0123456789"
	case sales.FieldChoice:
		return fmt.Sprintf("%040d", 99)
	case sales.FieldFile:
		return "F012345678 https://a.example/" + strings.Repeat("&", 2000) + " " + nasty
	}
	return text.Truncate(nasty, 3000)
}

// What was asked for, changed, decided and withdrawn, at its longest.
func TestApprovalHistoryKeepsSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		k := hugeCase()
		a := hugeApproval(k, sales.Pending)
		h := ApprovalHistory{Deal: k.Deal, Process: k.Process, Kind: a.Approval.Kind, Name: longName}
		limitstest.Message(t, "no history", "text", must(h.Blocks(p)))
		for i := range 60 {
			e := sales.Event{Version: 1 + i, At: a.Now, Actor: "U1", Data: sales.EventData{
				Kind: a.Approval.Kind, Approval: a.Approval.ID, Form: a.Approval.Form, Before: a.Approval.Form, Step: a.Approval.Steps[0].Key,
				Verdict: sales.Reject, Via: "thread", Note: nasty, Why: nasty, Value: "90000000000000.00 EUR",
			}}
			e.Type = []sales.EventType{sales.Requested, sales.Edited, sales.Decided, sales.Withdrawn}[i%4]
			h.Log = append(h.Log, e)
		}
		limitstest.Message(t, "history", "text", must(h.Blocks(p)))

		f := ApprovalForm{Case: k, Policy: k.Process.Policies[0], Form: a.Approval.Form, Again: true}
		f.Shifts = []sales.Shift{{Field: "amount", Was: "1.00 EUR", Is: "90000000000000.00 EUR"}, {Field: k.Process.Fields[0].Key, Was: nasty, Is: nasty}}
		limitstest.Form(t, "edit", EditForm(p, f, a.Approval))
		f.Policy.Material = f.Policy.Required
		limitstest.Form(t, "edit of material", EditForm(p, f, a.Approval))
		limitstest.Form(t, "withdraw", WithdrawForm(p, k, a.Approval))
	})
}

func must(_ string, blocks []slack.Block) []slack.Block { return blocks }
