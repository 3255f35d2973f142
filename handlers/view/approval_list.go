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
	More  int    // rows that are not shown
	All   string // the command line that shows them, "" when there is none
	Empty string // what to say when there is nothing; "" leaves the list out
}

// Summary is the list in one line.
func (l ApprovalsList) Summary(p text.Printer) string {
	return p.T("%s: %s", l.Title, p.Number(float64(len(l.Rows)+l.More), 0))
}

// ApprovalLists are lists of requests, each with a button that opens its card.
func ApprovalLists(p text.Printer, lists []ApprovalsList) []slack.Block {
	var blocks []slack.Block
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
		switch {
		case l.More > 0 && l.All != "":
			blocks = append(blocks, Actions(Run(l.All, p.N(l.More, "%d more", "%d more")))...)
		case l.More > 0:
			blocks = append(blocks, Context(p.N(l.More, "%d more", "%d more")))
		}
	}
	return fit(blocks)
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
	s := Section(Lines(ApprovalLine(p, a), second, a.standsIn(p)))
	s.Accessory = slack.NewAccessory(a.shown(p.T("Open")))
	return s
}

// shown is a button that shows the request as it is when that is clicked.
func (a Approval) shown(label string) *slack.ButtonBlockElement {
	return Button("approval.open", fmt.Sprint(a.Approval.ID), label)
}
