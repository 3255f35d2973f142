package handlers

import (
	"strings"
	"time"

	"pipewright/internal/text"
)

// Kind says by which door an intent came.
type Kind string

const (
	Command    Kind = "command"    // a slash command
	Mention    Kind = "mention"    // @pipewright … in a channel or thread, or a message to it in its DM
	Action     Kind = "action"     // a button or select on a message, a modal or Home
	Submission Kind = "submission" // a modal's submit
	Shortcut   Kind = "shortcut"   // global or message shortcut
	Options    Kind = "options"    // a select asks for its options
	Event      Kind = "event"      // anything else that Slack reports, such as app_home_opened
)

// Intent is one thing that a person did, or that Slack reported, free of
// Slack's wire format.
type Intent struct {
	Kind    Kind
	Key     string // same payload, same key: see the store's inbox
	Name    string // command without slash and prefix, action_id, callback_id or event type
	Text    string // words after the command or the mention; what was typed for Options
	User    string
	Channel string // where it happened; a DM's id for Home and DMs
	Thread  string // ts of the thread's root, when inside a thread
	Message string // ts of the message that was acted on or that mentions us
	Link    string // permalink of that message, when Slack gave one

	Ephemeral bool // that message is one that only this person sees

	Value  string              // a button's value, or the picked option, user or date
	Values map[string][]string // a form's inputs by action_id: text, option values, user ids, dates, files as "ID LINK NAME"
	View   View                // for intents from a modal
	Note   string              // text of the message, for message shortcuts
	Users  []Profile           // for events about people

	Trigger     string // opens a modal within 3 seconds
	ResponseURL string
	Now         time.Time // business time
}

// legible leaves out of what was typed what nobody can read: NUL and bytes that are no UTF-8,
// which not every database keeps, and the gaps in what was copied from a message.
func (in Intent) legible() Intent {
	clean := func(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "") }
	typed := func(s string) string { return strings.ReplaceAll(clean(s), text.Gap, "") }
	in.Text, in.Value, in.Note, in.View.Meta = typed(in.Text), clean(in.Value), typed(in.Note), clean(in.View.Meta)
	values := make(map[string][]string, len(in.Values))
	for action, all := range in.Values {
		values[action] = make([]string, len(all))
		for i, v := range all {
			values[action][i] = typed(v)
		}
	}
	in.Values = values
	return in
}

// View is the modal that an intent came from.
type View struct {
	ID       string
	Hash     string
	Callback string
	Meta     string // private_metadata: ids and the version shown, nothing else
}

// Profile is what an event or a listing says of a person.
type Profile struct {
	ID, Name, RealName, Locale, TZ string
	Bot, Deleted                   bool
}

// Input returns the trimmed first value of a form's input.
func (in Intent) Input(action string) string {
	if v := in.Values[action]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}
