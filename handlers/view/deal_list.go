package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// DealRow is one deal of a list.
type DealRow struct {
	Deal    sales.Deal
	Process *sales.Process
	Alerts  []sales.Alert
}

// DealList is one page of deals.
type DealList struct {
	Title  string
	Rows   []DealRow
	Total  int
	Page   int                      // from 0
	Size   int                      // rows of a page
	Filter string                   // what a button for another page hands on: "mine", "stage:b2b:demo"
	Name   func(user string) string // names the owners; nil where all are the reader's own
	Now    time.Time
	Empty  string // what to say when there is nothing
	Begins bool   // where there is nothing, a new deal is an answer
}

// DealListBlocks is a list of deals, each with a button that opens its card, and buttons for the other pages.
func DealListBlocks(p text.Printer, l DealList) []slack.Block {
	if len(l.Rows) == 0 {
		blocks := []slack.Block{Section(l.Empty)}
		if l.Begins {
			blocks = append(blocks, Actions(Run("deal new", p.T("New deal…")))...)
		}
		return blocks
	}
	blocks := []slack.Block{Section("*" + l.Title + "*")}
	for _, r := range l.Rows {
		s := Section(DealLine(p, r, l.Name, l.Now))
		s.Accessory = slack.NewAccessory(Button("deal.open", fmt.Sprint(r.Deal.ID), p.T("Show")))
		blocks = append(blocks, s)
	}
	if l.Total > l.Size {
		first := l.Page*l.Size + 1
		blocks = append(blocks, Context(p.T("%d to %d of %d", first, first+len(l.Rows)-1, l.Total)))
	}
	return append(fit(blocks), Actions(l.pages(p)...)...)
}

func (l DealList) pages(p text.Printer) []slack.BlockElement {
	var out []slack.BlockElement
	if l.Page > 0 {
		out = append(out, Button("deal.list", fmt.Sprintf("%d:%s", l.Page-1, l.Filter), p.T("Previous")))
	}
	if (l.Page+1)*l.Size < l.Total {
		out = append(out, Button("deal.list", fmt.Sprintf("%d:%s", l.Page+1, l.Filter), p.T("Next page")))
	}
	return out
}

// DealLine is a deal in two short lines: its name, and where it stands; a third says
// why it needs somebody. Without name it does not say whose it is.
func DealLine(p text.Printer, r DealRow, name func(user string) string, now time.Time) string {
	d := r.Deal
	where, age := StageName(p, r.Process, d.Stage), ""
	switch {
	case d.Status == sales.Lost:
		if where = p.T("Lost on %s", p.DateShort(d.Closed, now)); d.Reason != "" {
			where = p.T("Lost on %s: %s", p.DateShort(d.Closed, now), ReasonName(p, r.Process, d.Reason))
		}
	case !d.Done.IsZero():
		where = p.T("Completed on %s", p.DateShort(d.Done, now))
	case d.Status == sales.Won:
		where, age = p.T("%s · won on %s", where, p.DateShort(d.Closed, now)), Age(p, d, r.Process, now)
	case d.IsParked(now) && !d.Entered.IsZero(): // its target rests as well
		age = p.T("%s working days", aged(p, sales.Age(d, r.Process, now), 0))
	case slices.Contains(r.Alerts, sales.OverTarget):
		age = ":bell: " + Age(p, d, r.Process, now)
	default:
		age = Age(p, d, r.Process, now)
	}
	second := []string{where}
	if d.Amount.IsSet() {
		second = append(second, p.MoneyShort(d.Amount.Minor, d.Amount.Currency))
	}
	if age != "" {
		second = append(second, age)
	}
	if name != nil {
		second = append(second, name(d.Owner))
	}
	lines := []string{DealName(d), strings.Join(second, " · ")}
	if d.IsParked(now) {
		lines = append(lines, p.T("Parked until %s.", p.DateShort(d.Parked, now)))
	}
	if s := Alerts(p, r, now); s != "" {
		lines = append(lines, ":bell: "+s)
	}
	return Lines(lines...)
}

// Alerts says why a deal needs its owner, beside its age: "next step was due on 20 Nov, quiet since 9 Nov"; "" when nothing is.
func Alerts(p text.Printer, r DealRow, now time.Time) string {
	var out []string
	for _, a := range r.Alerts {
		switch a {
		case sales.NextPast:
			out = append(out, p.T("next step was due on %s", Day(p, r.Deal.NextBy, now)))
		case sales.ClosePast:
			out = append(out, p.T("close date was %s", Day(p, r.Deal.Close, now)))
		case sales.Quiet:
			out = append(out, p.T("quiet since %s", p.DateShort(r.Deal.LastSign(), now)))
		}
	}
	return strings.Join(out, p.T(", "))
}
