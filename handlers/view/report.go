package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
)

// ReportMessage is a report with whose deals it is about, and a button to share it,
// which may be nil.
func ReportMessage(r reports.Message, about string, share slack.BlockElement) Message {
	m := Message{Text: Lines(r.Text, about), Blocks: r.Blocks, Plain: r.Plain}
	var more []slack.Block
	if about != "" {
		more = append(more, Context(about))
	}
	if share != nil {
		more = append(more, Actions(share)...)
	}
	m.Blocks = append(slices.Clone(m.Blocks), more...)
	if m.Plain != nil {
		m.Plain = append(slices.Clone(m.Plain), more...)
	}
	return m
}

// ReportChoice is one report of the menu; its texts are English, for T.
type ReportChoice struct{ Name, Title, About string }

// ReportMenu is which reports there are, and what the person gets by itself.
type ReportMenu struct {
	Slash         string
	Reports       []ReportChoice
	Subscriptions []SubscriptionRow
}

// ReportMenuBlocks lists the reports, each with a button that answers it.
func ReportMenuBlocks(p text.Printer, m ReportMenu) (sentence string, blocks []slack.Block) {
	sentence = p.T("These are the reports. Add a period, a person or a team: `%s`", m.Slash+p.T("report funnel last quarter"))
	blocks = []slack.Block{Section(sentence)}
	for _, r := range m.Reports {
		line := p.T("*%s*: %s", p.T(r.Title), p.T(r.About))
		blocks = append(blocks, withButton(line, Run("report "+r.Name, p.T("Show"))))
		sentence = Lines(sentence, r.Name+": "+p.T(r.Title))
	}
	blocks = append(blocks, slack.NewDividerBlock())
	blocks = append(blocks, Section("*"+p.T("What you get by itself")+"*"))
	if len(m.Subscriptions) == 0 {
		blocks = append(blocks, Section(p.T("Nothing yet. A digest says once a day, week or month what was won, what moved and where deals wait.")))
	}
	blocks = append(blocks, SubscriptionBlocks(p, m.Subscriptions)...)
	return sentence, append(fit(blocks), Actions(Button("report.form", "", p.T("Subscribe…")))...)
}

// Behind is one page of the deals behind a number.
type Behind struct {
	Title string
	About string       // which deals were asked for
	Parts []BehindPart // the other numbers beside it
	Rows  []DealRow    // as they are now
	Value string       // of the number, for buttons
	Page  int          // from 0
	Total int
	AsOf  time.Time
	Now   time.Time
	Name  func(user string) string
}

// BehindPart is a number beside it, with how many deals are behind that.
type BehindPart struct {
	Label, Value string
	Deals        int
}

// BehindPage is how many deals one page shows.
const BehindPage = 10

// BehindModal lists deals, with buttons for the numbers beside and for more.
func BehindModal(p text.Printer, b Behind) *slack.ModalViewRequest {
	blocks := []slack.Block{Section("*" + text.Plain(b.Title) + "*")}
	if b.About != "" {
		blocks = append(blocks, Context(text.Plain(b.About)))
	}
	var parts []slack.BlockElement
	for _, x := range b.Parts {
		button := Button("report.deals", x.Value, p.T("%s: %d", x.Label, x.Deals))
		if x.Value == b.Value {
			button.WithStyle(slack.StylePrimary)
		}
		parts = append(parts, button)
	}
	blocks = append(blocks, Actions(parts...)...)
	if b.Total == 0 {
		blocks = append(blocks, Section(p.T("No deals.")))
	}
	for _, r := range b.Rows {
		blocks = append(blocks, withButton(b.line(p, r), Button("deal.open", fmt.Sprint(r.Deal.ID), p.T("Show"))))
	}
	note := p.T("Counted as of %s; shown as they are now.", p.DateTime(b.AsOf))
	if b.Total > len(b.Rows) && len(b.Rows) > 0 {
		first := b.Page*BehindPage + 1
		note = p.T("%d to %d of %d", first, first+len(b.Rows)-1, b.Total) + " · " + note
	}
	blocks = append(blocks, Context(note))
	var pages []slack.BlockElement
	if b.Page > 0 {
		pages = append(pages, Button("report.deals", fmt.Sprintf("%s|%d", b.Value, b.Page-1), p.T("Previous")))
	}
	if (b.Page+1)*BehindPage < b.Total {
		pages = append(pages, Button("report.deals", fmt.Sprintf("%s|%d", b.Value, b.Page+1), p.T("Next page")))
	}
	return Modal(p, "notice", "", p.T("Deals"), "", append(blocks, Actions(pages...)...))
}

// line is a deal with its stage, value, age, owner and last activity.
func (b Behind) line(p text.Printer, r DealRow) string {
	line := DealLine(p, r, b.Name, b.Now)
	if slices.Contains(r.Alerts, sales.Quiet) { // which says since when
		return line
	}
	return Lines(line, p.T("Last activity: %s", p.Ago(r.Deal.LastSign(), b.Now)))
}

// OutcomeName is how a deal ended, for the reader.
func OutcomeName(p text.Printer, status string) string {
	switch status {
	case "won":
		return p.T("Won")
	case "lost":
		return p.T("Lost")
	case "open":
		return p.T("Open deals")
	}
	return p.T("All")
}

// BecameName is what became of deals in a stage, for the reader.
func BecameName(p text.Printer, what string) string {
	switch what {
	case reports.Reached:
		return p.T("Reached")
	case reports.Entered:
		return p.T("Entered")
	case reports.MovedOn:
		return p.T("Moved on")
	case reports.WentBack:
		return p.T("Back")
	case reports.LostHere:
		return p.T("Lost")
	case reports.OpenHere:
		return p.T("Still there")
	case reports.Overridden:
		return p.T("Override")
	case reports.Over:
		return p.T("Over target")
	case reports.Arrived:
		return p.T("Came in")
	case reports.Departed:
		return p.T("Left")
	}
	return p.T("Skipped")
}
