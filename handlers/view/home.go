package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
)

// Home is what a person's App Home shows.
type Home struct {
	Slash     string           // what commands begin with: "/" and the prefix
	Intro     *Intro           // nil once it was put away
	Approvals []Approval       // to be decided by the person
	MoreAsked int              // of them that are not shown
	Deals     []Pressing       // the person's own
	MoreDeals int              // of them that are not shown
	Leads     bool             // the person sees their teams' deals as well
	Team      []Pressing       // of others, in the teams that the person leads
	MoreTeam  int              // of them that are not shown
	Waiting   []Waiting        // for those who lead: the approvals that wait longest, and for whom
	Decides   bool             // the person may have something to approve
	Digest    *reports.Picture // for those who lead, may be nil
	Stages    []HomeStage      // where the person's deals stand
	Reports   bool             // there is a command for reports
	Settings  HomeSettings
	Now       time.Time
	Name      func(user string) string
}

// HomeStage is how many of the person's deals stand in a stage, and what they are worth.
type HomeStage struct {
	Process *sales.Process
	Stage   string
	Deals   int
	Worth   []sales.Money // one for each currency
}

// How many of each list Home shows; the rest is behind a button. All together stay
// below Slack's hundred blocks.
const (
	MaxHomeApprovals = 5
	MaxHomeDeals     = 5
	MaxHomeTeam      = 5
	maxHomeStages    = 20
)

// HomeView is a person's App Home.
func HomeView(p text.Printer, h Home) *slack.HomeTabViewRequest {
	blocks := h.needs(p)
	switch {
	case h.Intro == nil:
	case len(h.Approvals) > 0: // others wait for the person, who may learn the rest afterwards
		blocks = append(append(blocks, slack.NewDividerBlock()), h.Intro.blocks(p)...)
	default:
		blocks = append(h.Intro.blocks(p), blocks...)
	}
	if h.Leads {
		blocks = append(append(blocks, h.team(p)...), h.waiting(p)...)
		if h.Digest != nil {
			blocks = append(blocks, *h.Digest)
		}
	}
	blocks = append(blocks, h.stages(p)...)
	blocks = append(blocks, h.Settings.blocks(p)...)
	return &slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: "home", Blocks: slack.Blocks{BlockSet: blocks}}
}

// needs is what the person has to do now.
func (h Home) needs(p text.Printer) []slack.Block {
	blocks := []slack.Block{Header(p.T("What needs you now"))}
	if len(h.Approvals)+len(h.Deals) == 0 {
		blocks = append(blocks, Section(p.T("Nothing at the moment.")))
	}
	for _, a := range h.Approvals {
		blocks = append(blocks, ApprovalRow(p, a))
	}
	if h.MoreAsked > 0 {
		blocks = append(blocks, Actions(Run("approvals waiting", p.N(h.MoreAsked, "%d more approval", "%d more approvals")))...)
	}
	for _, x := range h.Deals {
		blocks = append(blocks, PressingBlocks(p, x, nil, h.Now)...)
	}
	if h.MoreDeals > 0 {
		blocks = append(blocks, Actions(Button("deal.list", "0:mine", p.N(h.MoreDeals, "%d more deal", "%d more deals")))...)
	}
	return append(blocks, Actions(h.commands(p)...)...)
}

func (h Home) commands(p text.Printer) []slack.BlockElement {
	out := []slack.BlockElement{Run("log", p.T("Log…")), Run("deal new", p.T("New deal…"))}
	if h.Decides {
		out = append(out, DelegateButton(p, "", p.T("Delegate…")))
	}
	if h.Reports {
		out = append(out, Run("report", p.T("Reports")))
	}
	return out
}

// team is what is stuck where the person leads.
func (h Home) team(p text.Printer) []slack.Block {
	blocks := []slack.Block{slack.NewDividerBlock(), Header(p.T("Stuck in your teams"))}
	if len(h.Team) == 0 {
		return append(blocks, Section(p.T("No deal of your teams is stuck.")))
	}
	for _, x := range h.Team {
		s := Section(DealLine(p, x.DealRow, h.Name, h.Now))
		s.Accessory = slack.NewAccessory(Button("deal.open", fmt.Sprint(x.Deal.ID), p.T("Show")))
		blocks = append(blocks, s)
	}
	if h.MoreTeam > 0 {
		blocks = append(blocks, Actions(Button("deal.list", "0:stuck", p.N(h.MoreTeam, "%d more deal", "%d more deals")))...)
	}
	return blocks
}

// waiting is which approvals wait for whom.
func (h Home) waiting(p text.Printer) []slack.Block {
	if len(h.Waiting) == 0 {
		return nil
	}
	blocks := []slack.Block{slack.NewDividerBlock(), Header(p.T("Who waits for whom"))}
	for _, w := range h.Waiting {
		blocks = append(blocks, WaitingRow(p, w))
	}
	return append(blocks, Actions(Run("approvals team", p.T("Show all, and delegate")))...)
}

// stages is where the person's deals stand. Who leads need not have any.
func (h Home) stages(p text.Printer) []slack.Block {
	if h.Leads && len(h.Stages) == 0 {
		return nil
	}
	blocks := []slack.Block{slack.NewDividerBlock(), Header(p.T("Your deals by stage"))}
	if len(h.Stages) == 0 {
		return append(blocks, Section(p.T("You have no deals yet. `%s` creates one.", h.Slash+"deal new")))
	}
	several := h.Stages[0].Process.Key != h.Stages[len(h.Stages)-1].Process.Key
	for _, s := range h.Stages[:min(len(h.Stages), maxHomeStages)] {
		block := Section(s.line(p, several))
		block.Accessory = slack.NewAccessory(Button("deal.list", "0:held:"+s.Process.Key+":"+s.Stage, p.T("Show")))
		blocks = append(blocks, block)
	}
	if len(h.Stages) > maxHomeStages {
		blocks = append(blocks, Actions(Button("deal.list", "0:mine", p.T("Show all")))...)
	}
	return blocks
}

// line is "*Demo* · 3 deals · €40k", with the process when there are several.
func (s HomeStage) line(p text.Printer, several bool) string {
	parts := []string{"*" + StageName(p, s.Process, s.Stage) + "*", p.N(s.Deals, "%d deal", "%d deals")}
	var worth []string
	for _, m := range s.Worth {
		worth = append(worth, p.MoneyShort(m.Minor, m.Currency))
	}
	if len(worth) > 0 {
		parts = append(parts, strings.Join(worth, " + "))
	}
	if several {
		parts = append(parts, Name(s.Process.Name.In(p.Lang())))
	}
	return strings.Join(parts, " · ")
}
