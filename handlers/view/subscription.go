package view

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// SubscriptionRow is one subscription as a reader sees it.
type SubscriptionRow struct {
	Subscription store.Subscription
	Process      *sales.Process // nil when it is the only one
	Team         sales.Team
	About        []string  // which deals beside those: a person, a source, amounts, a period
	Next         time.Time // when it comes next
	Mine         bool      // it comes to the reader's direct messages
	Change       bool      // the reader may change it
}

// maxSubscriptions is how many of them a list shows.
const maxSubscriptions = 12

// SubscriptionBlocks lists subscriptions with buttons for what the reader may do with them.
func SubscriptionBlocks(p text.Printer, rows []SubscriptionRow) []slack.Block {
	var blocks []slack.Block
	for _, r := range rows[:min(len(rows), maxSubscriptions)] {
		line := r.What(p) + "\n" + reports.RhythmOf(r.Subscription).Words(p) + " · " + r.next(p)
		blocks = append(append(blocks, Section(line)), Actions(r.Buttons(p)...)...)
	}
	if more := len(rows) - maxSubscriptions; more > 0 {
		blocks = append(blocks, Context(p.N(more, "%d more", "%d more")))
	}
	return fit(blocks)
}

// What is "*Digest* · New business · North → #sales".
func (r SubscriptionRow) What(p text.Printer) string {
	s := "*" + ReportTitle(p, reports.ParseSubject(r.Subscription.Report).Name) + "*"
	if r.Process != nil {
		s += " · " + Name(r.Process.Name.In(p.Lang()))
	}
	if r.Team.Key != "" {
		s += " · " + Name(r.Team.Name.In(p.Lang()))
	}
	for _, x := range r.About {
		s += " · " + x
	}
	return s + " → " + r.Where(p)
}

// Where is the channel, or that it is the reader.
func (r SubscriptionRow) Where(p text.Printer) string {
	if r.Mine {
		return p.T("you")
	}
	return "<#" + r.Subscription.Channel + ">"
}

func (r SubscriptionRow) next(p text.Printer) string {
	if r.Subscription.Paused {
		return p.T("paused")
	}
	return p.T("next on %s", p.T("%s, %s", p.Weekday(r.Next), p.DateTime(r.Next)))
}

// Buttons are what the reader may do with the subscription.
func (r SubscriptionRow) Buttons(p text.Printer) []slack.BlockElement {
	id := fmt.Sprint(r.Subscription.ID)
	out := []slack.BlockElement{Button("report.preview", id, p.T("Preview"))}
	if !r.Change {
		return out
	}
	pause := Button("report.pause", id, p.T("Pause"))
	if r.Subscription.Paused {
		pause = Button("report.resume", id, p.T("Resume"))
	}
	return append(out, pause, Button("report.end", id, p.T("Unsubscribe")))
}

// ReportTitle is the name of a report, or of the digest, for the reader.
func ReportTitle(p text.Printer, name string) string {
	if name == reports.DigestReport {
		return p.T("Digest")
	}
	if r, err := reports.Find(name); err == nil {
		return p.T(r.Title)
	}
	return Name(name)
}

// SubscribeForm asks which report comes where and when.
type SubscribeForm struct {
	Process   string
	Processes []*sales.Process // to choose from
	Teams     []sales.Team     // to choose from
	Channel   string           // chosen at first
	Leads     bool             // the person may choose a channel
}

// ToMe stands for the person's own direct messages.
const ToMe = "me"

// SubscribeModal is the form for a subscription.
func SubscribeModal(p text.Printer, f SubscribeForm) *slack.ModalViewRequest {
	kinds := []*slack.OptionBlockObject{Option(reports.DigestReport, p.T("Digest"))}
	for _, r := range reports.All() {
		kinds = append(kinds, Option(r.Name, p.T(r.Title)))
	}
	blocks := []slack.Block{Input("report.name", p.T("Report"), "", false, Select("report.name", p.T("Choose"), reports.DigestReport, kinds))}
	if f.Leads {
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, plain(p.T("Choose a channel"), 150), "report.channel")
		e.Filter = &slack.SelectBlockElementFilter{Include: []string{"public", "private"}}
		e.InitialConversation = f.Channel
		blocks = append(blocks, Input("report.channel", p.T("Channel"), p.T("Without one it comes to you. I must be a member of it."), true, e))
	} else {
		blocks = append(blocks, Context(p.T("It comes to you, in a direct message.")))
	}
	blocks = append(blocks,
		Input("report.when", p.T("When does it come?"), p.T("For example “daily 8:30”, “weekly fri 16:00” or “monthly 9:00 in Europe/Berlin”."), false, TextInput("report.when", p.T("weekly mon 09:00"), "", false)))
	if len(f.Teams) > 0 {
		options := []*slack.OptionBlockObject{Option(everything, p.T("All teams"))}
		for _, t := range f.Teams[:min(len(f.Teams), 99)] {
			options = append(options, Option(t.Key, t.Name.In(p.Lang())))
		}
		blocks = append(blocks, Input("report.team", p.T("Team"), "", false, Select("report.team", p.T("Choose"), everything, options)))
	}
	if len(f.Processes) > 1 {
		var options []*slack.OptionBlockObject
		for _, x := range f.Processes[:min(len(f.Processes), 100)] {
			options = append(options, Option(x.Key, x.Name.In(p.Lang())))
		}
		blocks = append(blocks, Input("report.process", p.T("Process"), "", false, Select("report.process", p.T("Choose"), f.Processes[0].Key, options)))
	}
	blocks = append(blocks, Input("report.about", p.T("Only some deals?"), p.T("A person, a source, amounts or, for a single report, a period."), true,
		TextInput("report.about", "", p.T("@ana source web 10k-50k last quarter"), false)))
	return Modal(p, "report.subscribe", "", p.T("Subscribe"), p.T("Subscribe"), blocks)
}

// everything is the choice of no team in particular.
const everything = "-"

// TeamChosen is the team of the form, "" for all.
func TeamChosen(value string) string {
	if value == everything {
		return ""
	}
	return value
}
