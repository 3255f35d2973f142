package view

import (
	"fmt"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Pulse is the question how hard a stage was, with what was answered so far.
type Pulse struct {
	Deal     sales.Deal
	Process  *sales.Process
	Stage    string // that was left
	Event    int    // version of the event that left it
	Staff    int    // how hard for us, 1 to 5; 0 is no answer
	Customer int    // how hard for the customer
	Word     bool   // a word was written
}

// Whom a number is about.
const (
	PulseUs       = "us"
	PulseCustomer = "customer"
)

// hardness are the words for 1 to 5.
var hardness = []string{text.Msg("1 · easy"), "2", "3", "4", text.Msg("5 · hard")}

func (x Pulse) value() string { return fmt.Sprintf("%d:%d", x.Deal.ID, x.Event) }

// PulseMessage asks for what is not answered yet, or says thanks.
func PulseMessage(p text.Printer, x Pulse) (sentence string, blocks []slack.Block) {
	stage := StageName(p, x.Process, x.Stage)
	if x.Staff > 0 && x.Customer > 0 {
		sentence = p.T("Thank you. It helps to see where the process is hard.")
		if x.Word {
			return sentence, []slack.Block{Section(sentence)}
		}
		return sentence, append([]slack.Block{Section(sentence)}, Actions(Button("pulse.word", x.value(), p.T("Add a word…")))...)
	}
	sentence = p.T("%s has left *%s*. How hard was that? One tap is enough.", DealName(x.Deal), stage)
	if x.Staff+x.Customer > 0 {
		sentence = p.T("Noted. One more, if you like: %s, *%s*.", DealName(x.Deal), stage)
	}
	blocks = []slack.Block{Section(sentence)}
	if x.Staff == 0 {
		blocks = append(append(blocks, Section(p.T("For you:"))), x.numbers(p, PulseUs)...)
	}
	if x.Customer == 0 {
		blocks = append(append(blocks, Section(p.T("For the customer:"))), x.numbers(p, PulseCustomer)...)
	}
	last := []slack.BlockElement{Button("pulse.word", x.value(), p.T("Add a word…")), Button("pulse.off", "", p.T("Don't ask again"))}
	return sentence, append(blocks, Actions(last...)...)
}

func (x Pulse) numbers(p text.Printer, who string) []slack.Block {
	var buttons []slack.BlockElement
	for i, label := range hardness {
		buttons = append(buttons, Button("pulse.answer", fmt.Sprintf("%s:%s:%d", x.value(), who, i+1), p.T(label)))
	}
	return Actions(buttons...)
}

// PulseForm asks for a word, and for the numbers that are not answered yet.
func PulseForm(p text.Printer, x Pulse) *slack.ModalViewRequest {
	blocks := []slack.Block{Section(p.T("%s has left *%s*.", DealName(x.Deal), StageName(p, x.Process, x.Stage)))}
	var options []*slack.OptionBlockObject
	for i, label := range hardness {
		options = append(options, Option(fmt.Sprint(i+1), p.T(label)))
	}
	if x.Staff == 0 {
		blocks = append(blocks, Input("pulse.us", p.T("How hard was it for you?"), "", true, Select("pulse.us", p.T("Choose"), "", options)))
	}
	if x.Customer == 0 {
		blocks = append(blocks, Input("pulse.customer", p.T("And for the customer?"), "", true, Select("pulse.customer", p.T("Choose"), "", options)))
	}
	blocks = append(blocks, Input("pulse.word", p.T("A word about it"), p.T("Only the reports see it."), true,
		TextInput("pulse.word", "", p.T("What made it hard, or easy?"), true)))
	return Modal(p, "pulse.word", x.value(), p.T("Pulse"), p.T("Send"), blocks)
}
