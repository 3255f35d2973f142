package view

import (
	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// LogActivity is the form for logging an activity.
type LogActivity struct {
	Deal    sales.Deal // zero: to be chosen
	Process *sales.Process
	Type    string
	Note    string
	Several bool   // there are several processes, each with its own types
	Link    string // permalink of the message that it is logged from
}

// LogForm asks what was done, for which deal, how long and with what result.
func LogForm(p text.Printer, l LogActivity) *slack.ModalViewRequest {
	none := 0
	deal := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain(p.T("Type a part of its name"), 150), "deal.pick")
	deal.MinQueryLength = &none
	if l.Deal.ID != 0 {
		deal.InitialOption = Option(l.Deal.Ref(), DealLabel(l.Deal))
	}
	var options []*slack.OptionBlockObject
	for _, t := range l.Process.Activities {
		if !t.Automatic {
			options = append(options, Option(t.Key, t.Name.In(p.Lang())))
		}
	}
	blocks := []slack.Block{
		Input("deal.pick", p.T("Deal"), "", false, deal).WithDispatchAction(l.Several),
		Input("activity.type", p.T("What did you do?"), "", false, Select("activity.type", p.T("Choose"), l.Type, options)),
		Input("activity.minutes", p.T("How long?"), p.T("25m, 1h or 1h30. Left empty, it is the usual time."), true, TextInput("activity.minutes", "", "25m", false)),
		Input("activity.outcome", p.T("Outcome"), "", true, TextInput("activity.outcome", "", p.T("They want a demo"), false)),
		Input("activity.note", p.T("Note"), "", true, TextInput("activity.note", l.Note, "", true)),
	}
	if l.Link != "" {
		blocks = append(blocks, Context(p.T("The message's link is kept with it.")))
	}
	return Modal(p, "activity.create", l.Link, p.T("Log an activity"), p.T("Log"), blocks)
}
