package view

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Delegation is what people are shown of somebody who decides in another's place.
type Delegation struct {
	sales.Delegation
	Zone    *time.Location // of the approver: the period is of their days
	Waiting int            // requests that wait for the delegate through it
	Now     time.Time
	Name    func(user string) string
}

// last is the last day of the period.
func (d Delegation) last(p text.Printer) string {
	return d.on(p, d.Until.In(d.Zone).AddDate(0, 0, -1))
}

// on is a day as people say it: "Friday, 27 Nov".
func (d Delegation) on(p text.Printer, day time.Time) string {
	y, m, n := day.Date()
	noon := time.Date(y, m, n, 12, 0, 0, 0, p.Location())
	return p.T("%s, %s", p.Weekday(noon), p.DateShort(noon, d.Now))
}

// period is "until Friday, 27 Nov", with the first day when that is still to come.
func (d Delegation) period(p text.Printer) string {
	if d.Begun || !d.From.After(d.Now) {
		return p.T("until %s", d.last(p))
	}
	return p.T("from %s until %s", d.on(p, d.From.In(d.Zone)), d.last(p))
}

// because adds the reason that was given.
func (d Delegation) because(p text.Printer, sentence string) string {
	if d.Why == "" {
		return sentence
	}
	return p.Sentences(sentence, p.T("“%s”", Note(d.Why)))
}

// Made confirms to the one who arranged it.
func (d Delegation) Made(p text.Printer, actor string) string {
	who := d.Name(d.Delegate)
	sentence := p.T("%s decides in the place of %s %s.", who, d.Name(d.Approver), d.period(p))
	keeps := p.T("They keep the right themselves: whoever is first decides.")
	if actor == d.Approver {
		sentence = p.T("%s decides in your place %s.", who, d.period(p))
		keeps = p.T("You keep the right yourself: whoever is first decides.")
	}
	return p.Sentences(sentence, keeps, d.waiting(p, who))
}

func (d Delegation) waiting(p text.Printer, who string) string {
	if d.Waiting == 0 {
		return ""
	}
	return p.N(d.Waiting, "%d request waits for %s as well now.", "%d requests wait for %s as well now.", who)
}

// EndButton ends the delegation.
func (d Delegation) EndButton(p text.Printer) []slack.Block {
	return Actions(d.end(p.T("End it")))
}

func (d Delegation) end(label string) *slack.ButtonBlockElement {
	return Button("delegation.end", fmt.Sprint(d.ID), label)
}

// Stopped confirms to the one who ended it.
func (d Delegation) Stopped(p text.Printer, actor string) string {
	switch actor {
	case d.Approver:
		return p.T("%s no longer decides in your place.", d.Name(d.Delegate))
	case d.Delegate:
		return p.T("You no longer decide in the place of %s.", d.Name(d.Approver))
	}
	return p.T("%s no longer decides in the place of %s.", d.Name(d.Delegate), d.Name(d.Approver))
}

// Told is what one of the two hears: that the delegation was "made" or "stopped" by the actor, has
// "begun", or is "over".
func (d Delegation) Told(p text.Printer, user, what, actor string) (string, []slack.Block) {
	mine := Run("approvals waiting", p.T("Show what waits"))
	switch {
	case what == "stopped" && user == d.Delegate:
		return p.T("%s ended it: you no longer decide in the place of %s.", d.Name(actor), d.Name(d.Approver)), nil
	case what == "stopped":
		return p.T("%s ended it: %s no longer decides in your place.", d.Name(actor), d.Name(d.Delegate)), Actions(mine)
	case what == "over" && d.Waiting == 0:
		return p.T("%s no longer decides in your place: the time is over. Nothing waits for you.", d.Name(d.Delegate)), nil
	case what == "over":
		return p.N(d.Waiting, "%[2]s no longer decides in your place: the time is over. %[1]d request waits for you.",
			"%[2]s no longer decides in your place: the time is over. %[1]d requests wait for you.", d.Name(d.Delegate)), Actions(mine)
	case user == d.Approver:
		sentence := p.T("%s arranged that %s decides in your place %s. You keep the right yourself.", d.Name(actor), d.Name(d.Delegate), d.period(p))
		return d.because(p, sentence), d.EndButton(p)
	case what == "begun":
		sentence := p.T("From now on you decide in the place of %s, %s.", d.Name(d.Approver), d.period(p))
		return p.Sentences(d.because(p, sentence), d.cards(p)), Actions(mine, d.end(p.T("Give it back")))
	case actor == d.Approver:
		sentence := p.T("%s asks you to decide in their place %s.", d.Name(actor), d.period(p))
		return p.Sentences(d.because(p, sentence), d.cards(p)), Actions(mine, d.end(p.T("Give it back")))
	}
	sentence := p.T("%s asks you to decide in the place of %s %s.", d.Name(actor), d.Name(d.Approver), d.period(p))
	return p.Sentences(d.because(p, sentence), d.cards(p)), Actions(mine, d.end(p.T("Give it back")))
}

// cards says that the delegate has what waits.
func (d Delegation) cards(p text.Printer) string {
	if d.Waiting == 0 {
		return p.T("I send you the card of each request.")
	}
	return p.N(d.Waiting, "%d request waits: you have its card.", "%d requests wait: you have their cards.")
}

// MaxDelegations is how many delegations a message lists.
const MaxDelegations = 40

// DelegationList shows a page of who decides in whose place; command is what arranges it.
func DelegationList(p text.Printer, rows []Delegation, pages Pages, command string) []slack.Block {
	blocks := []slack.Block{Section("*" + p.T("Who decides in whose place") + "*")}
	if len(rows) == 0 {
		blocks = append(blocks, Section(p.T("Everybody decides for themselves. `%s` names somebody for the time of an absence.", command)))
	}
	for _, d := range rows {
		line := p.T("*%s* decides in the place of *%s* %s.", d.Name(d.Delegate), d.Name(d.Approver), d.period(p))
		if d.By != d.Approver {
			line = p.Sentences(line, p.T("Arranged by %s.", d.Name(d.By)))
		}
		s := Section(d.because(p, line))
		s.Accessory = slack.NewAccessory(d.end(p.T("End it")))
		blocks = append(blocks, s)
	}
	blocks = append(fit(blocks), pages.buttons(p)...)
	return append(blocks, Actions(DelegateButton(p, "", p.T("Delegate…")))...)
}

// DelegateButton opens the form for a delegation: the person's own, or somebody's.
func DelegateButton(p text.Printer, approver, label string) *slack.ButtonBlockElement {
	return Button("delegation.form", approver, label)
}

// DelegationForm is what the form for a delegation begins with.
type DelegationForm struct {
	sales.Delegation
	Leads bool // may arrange it for others
	Today time.Time
}

// DelegationModal asks who decides in whose place, and when.
func DelegationModal(p text.Printer, f DelegationForm) *slack.ModalViewRequest {
	blocks := []slack.Block{Section(p.T("Somebody decides your approvals while you are away. You keep the right yourself, and it ends by itself."))}
	meta := f.Approver
	if f.Leads {
		meta = ""
		blocks = []slack.Block{
			Section(p.T("Somebody decides another's approvals during an absence. It ends by itself.")),
			Input("delegation.approver", p.T("Who is away?"), "", false, UserInput("delegation.approver", p.T("Choose a person"), f.Approver)),
		}
	}
	blocks = append(blocks,
		Input("delegation.delegate", p.T("Who decides meanwhile?"), p.T("Nobody decides on a request of their own: those wait for the others."), false, UserInput("delegation.delegate", p.T("Choose a person"), f.Delegate)),
		Input("delegation.from", p.T("First day"), "", false, DateInput("delegation.from", day(f.Today))),
		Input("delegation.until", p.T("Last day"), "", false, DateInput("delegation.until", "")),
		Input("delegation.why", p.T("Because"), "", true, TextInput("delegation.why", "", p.T("On leave"), false)))
	return Modal(p, "delegation.make", meta, p.T("Delegate"), p.T("Delegate"), blocks)
}
