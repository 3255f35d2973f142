package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// NewDeal is the form for a new deal.
type NewDeal struct {
	Process   *sales.Process
	Processes []*sales.Process // to choose from, when there are several
	Owner     string
	Name      string // typed so far
}

// NewDealForm asks for what a new deal needs: its name, and the rest when it is known.
func NewDealForm(p text.Printer, n NewDeal) *slack.ModalViewRequest {
	blocks := []slack.Block{
		Input("deal.name", p.T("Name"), "", false, TextInput("deal.name", n.Name, p.T("Acme: support for 40 people"), false)),
		Input("deal.account", p.T("Account"), "", true, TextInput("deal.account", "", p.T("Acme Corp"), false)),
		amountInput(p, n.Process, ""),
		Input("deal.close", p.T("Close date"), p.T("When do you expect the signature?"), true, DateInput("deal.close", "")),
		Input("deal.source", p.T("Source"), "", true, TextInput("deal.source", "", p.T("Fair, website, referral …"), false)),
		Input("deal.owner", p.T("Owner"), "", false, UserInput("deal.owner", p.T("Choose a person"), n.Owner)),
	}
	if len(n.Processes) > 1 {
		var options []*slack.OptionBlockObject
		for _, x := range n.Processes {
			options = append(options, Option(x.Key, x.Name.In(p.Lang())))
		}
		blocks = append(blocks, Input("deal.process", p.T("Process"), "", false, Select("deal.process", p.T("Choose"), n.Process.Key, options)))
	}
	return Modal(p, "deal.create", "", p.T("New deal"), p.T("Create"), blocks)
}

func amountInput(p text.Printer, process *sales.Process, initial string) slack.Block {
	return Input("deal.amount", p.T("Amount"), p.T("12k, 12,000.50 EUR or ¥12万. Without a currency it is %s.", process.Currency), true,
		TextInput("deal.amount", initial, p.T("12k"), false))
}

// maxOwnFields is how many of a process's own fields fit into the form.
const maxOwnFields = 60

// EditDealForm changes the deal's fields, its owner and its next step.
func EditDealForm(p text.Printer, k *sales.Case) *slack.ModalViewRequest {
	d := &k.Deal
	var blocks []slack.Block
	for _, key := range []string{"name", "account", "amount", "close"} {
		blocks = append(blocks, FieldInput(p, k, key))
	}
	blocks = append(blocks,
		Input("deal.owner", p.T("Owner"), "", false, UserInput("deal.owner", p.T("Choose a person"), d.Owner)),
		Input("deal.next", p.T("Next step"), "", true, TextInput("deal.next", d.NextStep, "", false)),
		Input("deal.by", p.T("By"), "", true, DateInput("deal.by", day(d.NextBy))),
		FieldInput(p, k, "source"), FieldInput(p, k, "margin"))
	for _, f := range k.Process.Fields[:min(len(k.Process.Fields), maxOwnFields)] {
		blocks = append(blocks, FieldInput(p, k, f.Key))
	}
	return Modal(p, "deal.edit", ids(d), p.T("Edit %s", d.Ref()), p.T("Save"), blocks)
}

// FieldForm sets one field.
func FieldForm(p text.Printer, k *sales.Case, key string) *slack.ModalViewRequest {
	blocks := []slack.Block{Section(DealName(k.Deal)), FieldInput(p, k, key)}
	return Modal(p, "deal.field", fmt.Sprintf("%d:%s", k.Deal.ID, key), unescaped(FieldName(p, k.Process, key)), p.T("Save"), blocks)
}

// FieldInput is the line of a form for a field, filled with what the deal has. Its
// action is "deal." and the field's key.
func FieldInput(p text.Printer, k *sales.Case, key string) slack.Block {
	f, _ := k.Process.FieldOf(key)
	action := "deal." + key
	element, hint := fieldElement(p, k, f, action, k.Deal.Value(key))
	return Input(action, unescaped(FieldName(p, k.Process, key)), hint, key != "name", element)
}

// fieldElement is what a field is typed into or chosen from, with a hint. The value
// is in canonical form.
func fieldElement(p text.Printer, k *sales.Case, f sales.Field, action, value string) (element slack.BlockElement, hint string) {
	switch f.Type {
	case sales.FieldDate:
		return DateInput(action, value), ""
	case sales.FieldUser:
		return UserInput(action, p.T("Choose a person"), value), ""
	case sales.FieldChoice:
		var options []*slack.OptionBlockObject
		for _, o := range f.Options {
			options = append(options, Option(o.Key, o.Name.In(p.Lang())))
		}
		return Select(action, p.T("Choose"), value, options), ""
	case sales.FieldMoney:
		if m, err := sales.MoneyFromCanonical(value); err == nil {
			value = MoneyTyped(p, m)
		}
		return TextInput(action, value, p.T("12k"), false), p.T("12k, 12,000.50 EUR or ¥12万. Without a currency it is %s.", k.Process.Currency)
	case sales.FieldFile:
		if value != "" {
			hint = p.T("Attached: %s. Another one takes its place.", fileName(value))
		}
		return slack.NewFileInputBlockElement(action).WithMaxFiles(1), hint
	case sales.FieldPercent:
		return TextInput(action, shortNumber(value), p.T("15%"), false), ""
	case sales.FieldNumber:
		switch f.Key {
		case "margin":
			hint = p.T("In per cent of the amount.")
		case "discount":
			hint = p.T("In per cent of the list price.")
		}
		return TextInput(action, shortNumber(value), "", false), hint
	}
	return TextInput(action, value, "", f.Key == "terms" || f.Type == sales.FieldLong), ""
}

// fileName is the name of a file in a form, given as "F012AB3CD https://… name".
func fileName(value string) string {
	parts := strings.SplitN(value, " ", 3)
	return parts[len(parts)-1]
}

// fileLink is a file as something to open.
func fileLink(value string) string {
	parts := strings.SplitN(value, " ", 3)
	if len(parts) < 3 || parts[1] == "" {
		return Note(fileName(value))
	}
	return NamedLink(parts[1], parts[2])
}

// shortNumber writes 31.500000000000004 as 31.5.
func shortNumber(canonical string) string {
	f, err := strconv.ParseFloat(canonical, 64)
	if err != nil {
		return canonical
	}
	return strconv.FormatFloat(f, 'g', 12, 64)
}

// PlanForm asks for the next step.
func PlanForm(p text.Printer, d sales.Deal) *slack.ModalViewRequest {
	return Modal(p, "deal.plan", ids(&d), p.T("Next step"), p.T("Save"), []slack.Block{
		Section(DealName(d)),
		Input("deal.next", p.T("What happens next?"), "", false, TextInput("deal.next", d.NextStep, p.T("Send the draft contract"), false)),
		Input("deal.by", p.T("By"), p.T("I remind you when the day has passed."), true, DateInput("deal.by", day(d.NextBy))),
	})
}

// RestForm asks who the deal waits for, or until when it rests.
func RestForm(p text.Printer, d sales.Deal, party string) *slack.ModalViewRequest {
	options := []*slack.OptionBlockObject{
		Option("customer", p.T("Wait for the customer")), Option("us", p.T("Wait for us")), Option("park", p.T("Park it until the date below")),
	}
	return Modal(p, "deal.rest", ids(&d), p.T("Wait or park"), p.T("Save"), []slack.Block{
		Section(DealName(d)),
		Input("deal.party", p.T("What now?"), "", false, Select("deal.party", p.T("Choose"), party, options)),
		Input("deal.until", p.T("Until"), p.T("Only for parking. Nobody is reminded of the deal before."), true, DateInput("deal.until", "")),
		whyInput(p, true),
	})
}

func whyInput(p text.Printer, optional bool) slack.Block {
	return Input("deal.because", p.T("Because"), "", optional, TextInput("deal.because", "", "", true))
}

// BackForm asks for the stage to go back to.
func BackForm(p text.Printer, k *sales.Case) *slack.ModalViewRequest {
	var options []*slack.OptionBlockObject
	for _, s := range k.Process.Stages[:max(0, k.Process.StageIndex(k.Deal.Stage))] {
		options = append(options, Option(s.Key, s.Name.In(p.Lang())))
	}
	if len(options) == 0 {
		return Notice(p, p.T("Go back"), p.T("%s is in the first stage: there is nothing to go back to.", DealName(k.Deal)))
	}
	if len(options) > 100 {
		options = options[len(options)-100:]
	}
	return Modal(p, "deal.back", ids(&k.Deal), p.T("Go back"), p.T("Go back"), []slack.Block{
		Section(DealName(k.Deal)),
		Input("deal.stage", p.T("Back to"), "", false, Select("deal.stage", p.T("Choose"), options[len(options)-1].Value, options)),
		whyInput(p, true),
	})
}

// LoseForm asks why the deal is lost; note is what was said already.
func LoseForm(p text.Printer, k *sales.Case, note string) *slack.ModalViewRequest {
	var options []*slack.OptionBlockObject
	for _, r := range k.Process.Reasons {
		options = append(options, Option(r.Key, r.Name.In(p.Lang())))
	}
	return Modal(p, "deal.lose", ids(&k.Deal), p.T("Lost"), p.T("Close as lost"), []slack.Block{
		Section(DealName(k.Deal)),
		Input("deal.reason", p.T("Why was it lost?"), "", false, Select("deal.reason", p.T("Choose"), "", options)),
		Input("deal.because", p.T("In their words"), "", true, TextInput("deal.because", note, "", true)),
	})
}

// WinForm asks to confirm the amount, or to give it.
func WinForm(p text.Printer, k *sales.Case) *slack.ModalViewRequest {
	d := k.Deal
	amount := Input("deal.amount", p.T("Amount"), p.T("12k, 12,000.50 EUR or ¥12万. Without a currency it is %s.", k.Process.Currency), false,
		TextInput("deal.amount", MoneyTyped(p, d.Amount), p.T("12k"), false))
	return Modal(p, "deal.win", ids(&d), p.T("Won"), p.T("Won"), []slack.Block{Section(p.T("%s is won. For what amount?", DealName(d))), amount})
}

// ReopenForm asks why a deal is taken up again.
func ReopenForm(p text.Printer, d sales.Deal) *slack.ModalViewRequest {
	return Modal(p, "deal.reopen", ids(&d), p.T("Reopen"), p.T("Reopen"), []slack.Block{Section(DealName(d)), whyInput(p, false)})
}

// OverrideForm asks for the reason for passing a gate that is not met.
func OverrideForm(p text.Printer, k *sales.Case, to string, missing []sales.Missing) *slack.ModalViewRequest {
	sentence := p.T("%s goes on although this is still to do:", DealName(k.Deal))
	meta := fmt.Sprintf("%s:%s", ids(&k.Deal), to)
	return Modal(p, "deal.override", meta, p.T("Override"), p.T("Override"), []slack.Block{
		Section(Lines(sentence, MissingList(p, k.Process, missing))),
		Input("deal.because", p.T("Why is that right?"), p.T("It stands in the deal's history and is counted in the reports."), false,
			TextInput("deal.because", "", "", true)),
	})
}

// AssignForm asks who should have the deal.
func AssignForm(p text.Printer, d sales.Deal) *slack.ModalViewRequest {
	return Modal(p, "deal.assign", ids(&d), p.T("New owner"), p.T("Save"), []slack.Block{
		Section(DealName(d)),
		Input("deal.owner", p.T("Owner"), "", false, UserInput("deal.owner", p.T("Choose a person"), d.Owner)),
	})
}

// ids is the deal and the count of its moves, as buttons and forms carry them.
func ids(d *sales.Deal) string { return fmt.Sprintf("%d:%d", d.ID, d.Moves) }
