package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/text"
)

// Slack's limits, in characters.
const (
	maxSection = 3000
	maxField   = 2000
	maxButton  = 75
	maxOption  = 75
	maxHeader  = 150
	maxTitle   = 24
	maxLabel   = 2000
	maxInput   = 3000
)

// MaxButtons is how many buttons Actions shows.
const MaxButtons = 25

// How much of something that a person typed is shown in a sentence.
const (
	maxName = 80
	maxNote = 300
)

// Name makes a name that somebody typed fit to stand in a sentence: short, on one line, escaped.
func Name(s string) string { return text.Plain(text.Truncate(s, maxName)) }

// Note makes a longer text that somebody typed fit to stand in a message.
func Note(s string) string { return text.Plain(text.Truncate(s, maxNote)) }

// Literal makes what somebody typed fit to stand between code marks.
func Literal(s string) string {
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "`", "'")
	return text.Escape(text.Truncate(s, maxNote))
}

// Unmarked makes a sentence in mrkdwn fit for where Slack shows plain text.
func Unmarked(s string) string {
	return unescaped(strings.NewReplacer("*", "", "`", "").Replace(s))
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", text.Gap, "")

// unescaped is for escaped text that becomes plain text again, such as a button's.
func unescaped(s string) string { return entities.Replace(s) }

// Section is one paragraph in mrkdwn.
func Section(s string) *slack.SectionBlock {
	return slack.NewSectionBlock(mrkdwn(s, maxSection), nil, nil)
}

// Fields is a section of short texts in two columns; ten of them at most.
func Fields(texts ...string) *slack.SectionBlock {
	var fields []*slack.TextBlockObject
	for _, s := range texts[:min(len(texts), 10)] {
		fields = append(fields, mrkdwn(s, maxField))
	}
	return slack.NewSectionBlock(nil, fields, nil)
}

// Context is a small grey line.
func Context(s string) *slack.ContextBlock {
	return slack.NewContextBlock("", mrkdwn(s, maxField))
}

// Header is a title in plain text.
func Header(s string) *slack.HeaderBlock { return slack.NewHeaderBlock(plain(s, maxHeader)) }

// Actions is a row of buttons and the like, without those that are nil. It returns
// no block when none is left, and gives action ids that stand twice a number behind a
// colon, since Slack wants them to differ within a block.
func Actions(elements ...slack.BlockElement) []slack.Block {
	var kept []slack.BlockElement
	seen := map[string]int{}
	for _, e := range elements {
		b, isButton := e.(*slack.ButtonBlockElement)
		if e == nil || isButton && b == nil || len(kept) == MaxButtons {
			continue
		}
		if isButton {
			n := seen[b.ActionID]
			seen[b.ActionID]++
			if n > 0 {
				b.ActionID += ":" + strconv.Itoa(n)
			}
		}
		kept = append(kept, e)
	}
	if len(kept) == 0 {
		return nil
	}
	return []slack.Block{slack.NewActionBlock("", kept...)}
}

// Button is a button; its value must be at most 2,000 characters.
func Button(action, value, label string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, value, plain(label, maxButton))
}

// Primary is the button that most people will want.
func Primary(action, value, label string) *slack.ButtonBlockElement {
	return Button(action, value, label).WithStyle(slack.StylePrimary)
}

// MaxValue is how long a button's value may be.
const MaxValue = 2000

// Run is a button that runs a command line, such as "deal advance D-12"; nil when the line is too long for one.
func Run(line, label string) *slack.ButtonBlockElement {
	if len([]rune(line)) > MaxValue {
		return nil
	}
	return Button("run", line, label)
}

// RunSure is Run for a line that its person has confirmed.
func RunSure(line, label string) *slack.ButtonBlockElement {
	if len([]rune(line)) > MaxValue {
		return nil
	}
	return Button("run.sure", line, label)
}

// Option is one thing to choose in a select.
func Option(value, label string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plain(label, maxOption), nil)
}

// Overflow is a menu of at most five options, nil when there are none.
func Overflow(action string, options ...*slack.OptionBlockObject) slack.BlockElement {
	if len(options) == 0 {
		return nil
	}
	return slack.NewOverflowBlockElement(action, options[:min(len(options), 5)]...)
}

// Modal is a form. Without a label for submitting it only shows something.
func Modal(p text.Printer, callback, meta, title, submit string, blocks []slack.Block) *slack.ModalViewRequest {
	m := &slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: meta,
		Title: plain(title, maxTitle), Close: plain(p.T("Cancel"), maxTitle), Blocks: slack.Blocks{BlockSet: blocks},
	}
	if submit == "" {
		m.Close = plain(p.T("Close"), maxTitle)
		return m
	}
	m.Submit = plain(submit, maxTitle)
	return m
}

// Notice is a modal that only says something.
func Notice(p text.Printer, title, sentence string, more ...slack.Block) *slack.ModalViewRequest {
	return Modal(p, "notice", "", title, "", append([]slack.Block{Section(sentence)}, more...))
}

// Input is a line of a form around an element. Its block id is the element's action id.
func Input(action, label, hint string, optional bool, element slack.BlockElement) *slack.InputBlock {
	var h *slack.TextBlockObject
	if hint != "" {
		h = plain(hint, maxLabel)
	}
	return slack.NewInputBlock(action, plain(label, maxLabel), h, element).WithOptional(optional)
}

// TextInput is an input for one line of text, or for several.
func TextInput(action, initial, placeholder string, multiline bool) *slack.PlainTextInputBlockElement {
	e := slack.NewPlainTextInputBlockElement(nil, action)
	if placeholder != "" {
		e.Placeholder = plain(placeholder, 150)
	}
	e.InitialValue, e.Multiline, e.MaxLength = text.Truncate(initial, maxInput), multiline, maxInput
	return e
}

// Select is a choice from at most 100 options; initial is the value of the one chosen at first.
func Select(action, placeholder, initial string, options []*slack.OptionBlockObject) *slack.SelectBlockElement {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(placeholder, 150), action, options[:min(len(options), 100)]...)
	for _, o := range e.Options {
		if o.Value == initial {
			e.InitialOption = o
		}
	}
	return e
}

// DateInput is a date picker; day is "2026-11-24" or "".
func DateInput(action, day string) *slack.DatePickerBlockElement {
	e := slack.NewDatePickerBlockElement(action)
	e.InitialDate = day
	return e
}

// UserInput picks a person; initial is a user id or "".
func UserInput(action, placeholder, initial string) *slack.SelectBlockElement {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, plain(placeholder, 150), action)
	e.InitialUser = initial
	return e
}

// Day writes a date, which has no zone, for the reader: "24 Nov", with the year when it is not now's.
func Day(p text.Printer, date, now time.Time) string {
	if date.IsZero() {
		return p.DateShort(date, now)
	}
	y, m, d := date.Date()
	return p.DateShort(time.Date(y, m, d, 12, 0, 0, 0, p.Location()), now)
}

// day is a date as pickers take it; "" for none.
func day(date time.Time) string {
	if date.IsZero() {
		return ""
	}
	return date.Format(time.DateOnly)
}

// Lines joins what is not empty, a line each.
func Lines(lines ...string) string {
	var kept []string
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// plain never is empty, which Slack would refuse.
func plain(s string, most int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, filled(text.Truncate(s, most)), true, false)
}

func mrkdwn(s string, most int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, filled(cutText(s, most)), false, false)
}

func filled(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}

// cutText shortens escaped text without leaving half an entity or an open link at its end.
func cutText(s string, most int) string {
	short := text.Truncate(s, most)
	if short == s {
		return s
	}
	short = strings.TrimSuffix(short, "…")
	if i := strings.LastIndexByte(short, '&'); i >= 0 && !strings.Contains(short[i:], ";") {
		short = short[:i]
	}
	if i := strings.LastIndexByte(short, '<'); i >= 0 && !strings.Contains(short[i:], ">") {
		short = short[:i]
	}
	return short + "…"
}
