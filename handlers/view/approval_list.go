package view

import (
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// ApprovalsList is what a person has to do with approvals: lists with titles.
type ApprovalsList struct {
	Title string
	Rows  []Approval
	Total int    // rows that there are, those that are not shown included
	All   string // the command line that shows them all, "" when the list is turned by its Pages
	Empty string // what to say when there is nothing; "" leaves the list out
	Pages Pages
}

// Pages turns a list of requests, or of what rules them, that is longer than one message.
type Pages struct {
	List string // what the list is, as the buttons carry it
	Page int    // the one that is shown, from 0
	More int    // rows that come after it
}

// buttons lead back, and on to what is not shown yet.
func (l Pages) buttons(p text.Printer) []slack.Block {
	var out []slack.BlockElement
	if l.Page > 0 {
		out = append(out, Button("approval.list", fmt.Sprintf("%d:%s", l.Page-1, l.List), p.T("Previous")))
	}
	if l.More > 0 {
		out = append(out, Button("approval.list", fmt.Sprintf("%d:%s", l.Page+1, l.List), p.N(l.More, "%d more", "%d more")))
	}
	return Actions(out...)
}

// Summary is the list in one line.
func (l ApprovalsList) Summary(p text.Printer) string {
	return p.T("%s: %s", l.Title, p.Number(float64(l.Total), 0))
}

// ApprovalLists are lists of requests, each with a button that opens its card.
func ApprovalLists(p text.Printer, lists []ApprovalsList) []slack.Block {
	var blocks, pages []slack.Block
	for _, l := range lists {
		if len(l.Rows) == 0 && l.Empty == "" {
			continue
		}
		blocks = append(blocks, Section("*"+l.Title+"*"))
		if len(l.Rows) == 0 {
			blocks = append(blocks, Section(l.Empty))
		}
		for _, a := range l.Rows {
			blocks = append(blocks, ApprovalRow(p, a))
		}
		if more := l.Total - len(l.Rows); more > 0 && l.All != "" {
			blocks = append(blocks, Actions(Run(l.All, p.N(more, "%d more", "%d more")))...)
		}
		pages = append(pages, l.Pages.buttons(p)...)
	}
	return append(fit(blocks), pages...)
}

// ApprovalLine names a request and what it is about: "*Quote approval* for *Acme* (D-1) · €12,000".
func ApprovalLine(p text.Printer, a Approval) string {
	line := p.T("*%s approval* for %s", a.name(p), DealName(a.Deal))
	if amount := a.Amount(p); amount != "" {
		line += " · " + amount
	}
	return line
}

// ApprovalRow is one request in two short lines, with a button that opens its card.
func ApprovalRow(p text.Printer, a Approval) *slack.SectionBlock {
	second := a.Outcome(p)
	if a.Approval.State == sales.Pending {
		second = p.T("Asked by %s %s.", a.Name(a.Approval.Requester), p.Ago(a.Approval.At, a.Now))
		switch s := a.Approval.Current(); {
		case s == nil:
		case slices.Contains(a.Deciders, a.Reader):
			second = p.Sentences(second, p.T("Step: %s", a.StepName(p, s.Key))) // it waits for the reader
		default:
			second = p.Sentences(second, p.T("%s: waiting for %s", a.StepName(p, s.Key), a.at(s.Key).Awaited(p)))
		}
	}
	s := Section(Lines(ApprovalLine(p, a), second, a.standsIn(p), a.Way))
	s.Accessory = slack.NewAccessory(a.shown(p.T("Open")))
	return s
}

// shown is a button that shows the request as it is when that is clicked.
func (a Approval) shown(label string) *slack.ButtonBlockElement {
	return Button("approval.open", fmt.Sprint(a.Approval.ID), label)
}
