package view

import (
	"github.com/slack-go/slack"

	"pipewright/internal/text"
)

// HomeSettings are what a person chose, as Home shows and changes it.
type HomeSettings struct {
	Lang      string // "" is Slack's
	Reminders string // Due, Daily or Mute
	Pulse     bool   // asked how hard a stage was
	Snoozed   string // until when reminders wait, for the reader; "" when they don't
	Intro     bool   // the introduction is shown, so that it need not be offered
}

// What a person may choose about reminders.
const (
	RemindersDue   = "due"   // when something is due
	RemindersDaily = "daily" // a summary every working day instead
	RemindersMute  = "mute"
)

// SlackLanguage stands for the language that Slack is set to.
const SlackLanguage = "slack"

func (s HomeSettings) blocks(p text.Printer) []slack.Block {
	lang := s.Lang
	if lang == "" {
		lang = SlackLanguage
	}
	pulse, other := Button("home.pulse", "off", p.T("Switch off")), p.T("After a stage I sometimes ask how hard it was, once a week at most.")
	if !s.Pulse {
		pulse, other = Button("home.pulse", "on", p.T("Switch on")), p.T("I don't ask how hard a stage was.")
	}
	blocks := []slack.Block{
		slack.NewDividerBlock(), Header(p.T("Your settings")),
		withSelect(p.T("*Language*"), Select("home.lang", p.T("Choose"), lang, []*slack.OptionBlockObject{
			Option(SlackLanguage, p.T("As in Slack")), Option("en", "English"), Option("zh", "简体中文"),
		})),
		withSelect(Lines(p.T("*Reminders* of deals that need you, at most one a working day"), s.Snoozed), Select("home.reminders", p.T("Choose"), s.Reminders, []*slack.OptionBlockObject{
			Option(RemindersDue, p.T("When something is due")), Option(RemindersDaily, p.T("A summary every working day")), Option(RemindersMute, p.T("Muted")),
		})),
		withButton(Lines(p.T("*Pulse*"), other), pulse),
	}
	buttons := []slack.BlockElement{Run("help", p.T("All commands"))}
	if !s.Intro {
		buttons = append(buttons, Button("home.intro", "show", p.T("Show the introduction")))
	}
	return append(blocks, Actions(buttons...)...)
}

// withSelect is a paragraph with a select beside it.
func withSelect(s string, e *slack.SelectBlockElement) *slack.SectionBlock {
	block := Section(s)
	block.Accessory = slack.NewAccessory(e)
	return block
}
