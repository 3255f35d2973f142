package view

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// History is one event of a deal, for its thread.
type History struct {
	Process *sales.Process
	Event   sales.Event
	Undone  sales.Event // what the event takes back, if it does
	Link    string      // permalink of the message that an activity was logged from
	Name    func(user string) string
	Now     time.Time
}

// late is after how long a line says when it happened: Slack shows when it was posted.
const late = 12 * time.Hour

// HistoryLine is the quiet line in the deal's thread that says what happened.
func HistoryLine(p text.Printer, h History) Message {
	s := h.Sentence(p)
	if h.Now.Sub(h.Event.At) > late {
		s = p.T("%s: %s", p.DateShort(h.Event.At, h.Now), s)
	}
	s = cutText(s, maxField)
	return Message{Text: s, Blocks: []slack.Block{Context(s)}}
}

// Sentence says what happened: "Ana moved it from Lead to Discovery."
func (h History) Sentence(p text.Printer) string {
	e, who := h.Event, h.Name(h.Event.Actor)
	switch e.Type {
	case sales.Created:
		return p.T("%s created the deal.", who)
	case sales.Moved:
		return h.moved(p, who)
	case sales.LostEvent:
		return h.why(p, p.T("%s closed it as lost: %s.", who, ReasonName(p, h.Process, e.Data.Reason)))
	case sales.Reopened:
		return h.why(p, p.T("%s reopened it in %s.", who, StageName(p, h.Process, e.Data.To)))
	case sales.Completed:
		return h.overridden(p, p.T("%s completed it.", who))
	case sales.Relocated:
		return p.T("The process has changed: it went from %s to %s.", StageName(p, h.Process, e.Data.From), StageName(p, h.Process, e.Data.To))
	case sales.Undone:
		return p.T("%s took back: %s", who, h.taken(p))
	}
	return h.work(p, who)
}

// work is what happened beside the stages.
func (h History) work(p text.Printer, who string) string {
	e := h.Event
	switch e.Type {
	case sales.Changed:
		return h.changed(p, who)
	case sales.Assigned:
		return p.T("%s gave it to %s.", who, h.Name(e.Data.User))
	case sales.Planned:
		if by, err := time.Parse(time.DateOnly, e.Data.By); err == nil {
			return p.T("%s set the next step: %s, by %s.", who, Note(e.Data.Note), Day(p, by, e.At))
		}
		return p.T("%s set the next step: %s.", who, Note(e.Data.Note))
	case sales.Waited:
		if e.Data.For == sales.WaitCustomer {
			return h.why(p, p.T("%s: it waits for the customer.", who))
		}
		return h.why(p, p.T("%s: it waits for us.", who))
	case sales.Parked:
		return h.why(p, p.T("%s parked it until %s.", who, p.DateShort(time.UnixMilli(e.Data.Until), e.At)))
	case sales.Resumed:
		return p.T("%s took it up again.", who)
	case sales.Logged:
		return h.logged(p, who)
	case sales.Unlogged:
		return p.T("%s took back an activity: %s.", who, ActivityName(p, h.Process, e.Data.Kind))
	case sales.Pulsed:
		return p.T("%s said how hard the stage was.", who)
	}
	return h.approval(p, who)
}

func (h History) moved(p text.Printer, who string) string {
	e := h.Event
	from, to := StageName(p, h.Process, e.Data.From), StageName(p, h.Process, e.Data.To)
	switch e.Data.Direction {
	case sales.ExitBack:
		return h.why(p, p.T("%s moved it back from %s to %s.", who, from, to))
	case sales.ExitWon:
		return h.overridden(p, p.T("%s won it: %s.", who, to))
	}
	return h.overridden(p, p.T("%s moved it from %s to %s.", who, from, to))
}

func (h History) skipped(p text.Printer) string {
	if len(h.Event.Data.Skipped) == 0 {
		return ""
	}
	var names []string
	for _, key := range h.Event.Data.Skipped {
		names = append(names, StageName(p, h.Process, key))
	}
	return p.T("Skipped: %s.", p.List(names))
}

// overridden adds which stages were skipped, that the gate was not met, and why that was right.
func (h History) overridden(p text.Printer, sentence string) string {
	data := h.Event.Data
	if s := h.skipped(p); s != "" {
		sentence = p.Sentences(sentence, s)
	}
	if !data.Override {
		return sentence
	}
	var names []string
	for _, m := range data.Missing {
		kind, key, _ := strings.Cut(m, ":")
		switch sales.NeedKind(kind) {
		case sales.NeedField:
			names = append(names, FieldName(p, h.Process, key))
		case sales.NeedActivity:
			names = append(names, ActivityName(p, h.Process, key))
		default:
			names = append(names, p.T("%s approval", PolicyName(p, h.Process, key)))
		}
	}
	return p.Sentences(sentence, p.T("Override: “%s”. Missing: %s.", Note(data.Why), p.List(names)))
}

func (h History) why(_ text.Printer, sentence string) string {
	if h.Event.Data.Why == "" {
		return sentence
	}
	return sentence + " “" + Note(h.Event.Data.Why) + "”"
}

func (h History) changed(p text.Printer, who string) string {
	e := h.Event
	f, _ := h.Process.FieldOf(e.Data.Field)
	name := FieldName(p, h.Process, e.Data.Field)
	value := FieldValue(p, f, e.Data.Value, e.At, h.Name)
	if e.Data.Was == "" {
		return p.T("%s set the %s: %s.", who, lower(name), value)
	}
	return p.T("%s changed the %s: %s, before %s.", who, lower(name), value, FieldValue(p, f, e.Data.Was, e.At, h.Name))
}

func (h History) logged(p text.Printer, who string) string {
	e := h.Event
	s := p.T("%s logged: %s, %s.", who, ActivityName(p, h.Process, e.Data.Kind), p.Duration(time.Duration(e.Data.Minutes)*time.Minute))
	if t, ok := h.Process.Activity(e.Data.Kind); ok && t.Symbol != "" {
		s = t.Symbol + " " + s
	}
	if e.Data.Note != "" {
		s += " “" + Note(e.Data.Note) + "”"
	}
	if h.Link != "" {
		s += " · " + NamedLink(h.Link, p.T("Open the message"))
	}
	return s
}

func (h History) approval(p text.Printer, who string) string {
	e := h.Event
	name := PolicyInside(p, h.Process, e.Data.Kind)
	if e.Data.Behalf != "" {
		who = inPlaceOf(p, who, h.Name(e.Data.Behalf))
	}
	switch {
	case e.Type == sales.Forwarded:
		return h.why(p, p.T("%s forwarded the %s (%s) to %s.", who, name, h.step(p), h.Name(e.Data.User)))
	case e.Type == sales.Requested:
		return p.T("%s asked for the %s approval.", who, name)
	case e.Type == sales.Edited && e.Data.Outcome == sales.Voided:
		return p.T("%s changed the request for the %s approval. Everybody is asked again.", who, name)
	case e.Type == sales.Edited:
		return p.T("%s changed the request for the %s approval.", who, name)
	case e.Type == sales.Followed && e.Data.Outcome == sales.Voided:
		return p.Sentences(h.followed(p), p.T("Everybody is asked again for the %s approval.", name))
	case e.Type == sales.Followed:
		return p.Sentences(h.followed(p), p.T("What was decided on the %s approval still holds.", name))
	case e.Type == sales.Withdrawn:
		return p.T("%s withdrew the request for the %s approval.", who, name)
	case e.Type == sales.Decided && e.Data.Verdict == sales.Reject:
		return p.T("%s rejected the %s (%s). “%s”", who, name, h.step(p), Note(e.Data.Note))
	case e.Type == sales.Decided:
		s := p.T("%s approved the %s (%s).", who, name, h.step(p))
		if e.Data.Note != "" {
			s += " “" + Note(e.Data.Note) + "”"
		}
		return s
	}
	return h.approvalTime(p, who, name)
}

// approvalTime is what happened to a request while it waited.
func (h History) approvalTime(p text.Printer, who, name string) string {
	e := h.Event
	switch e.Type {
	case sales.Asked:
		return ":question: " + p.T("%s asks about the %s (%s): “%s” The clock stands until it is answered.", who, name, h.step(p), Note(e.Data.Note))
	case sales.Answered:
		return ":speech_balloon: " + p.T("%s answers %s about the %s: “%s”", who, h.Name(e.Data.User), name, Note(e.Data.Note))
	case sales.Escalated:
		if len(e.Data.Users) == 0 {
			return ":arrow_up: " + p.T("The %s (%s) has waited for long, and nobody is there to escalate it to.", name, h.step(p))
		}
		return ":arrow_up: " + p.T("The %s (%s) has waited for long. Now it waits for %s, too.", name, h.step(p), AnyOf(p, e.Data.Users, h.Name))
	case sales.Stranded:
		return ":rotating_light: " + p.T("The %s (%s) can't be decided any more: too few people are left for it.", name, h.step(p))
	case sales.Staffed:
		return p.T("The %s (%s) can be decided again.", name, h.step(p))
	case sales.Lapsed:
		return ":alarm_clock: " + p.T("The %s approval has expired: nobody decided in time.", name)
	}
	return who + ": " + string(e.Type)
}

// followed says how the deal under a request changed.
func (h History) followed(p text.Printer) string {
	if len(h.Event.Data.Shifts) == 0 {
		return p.T("The deal has changed.")
	}
	return p.T("The deal has changed: %s.", shifted(p, h.Process, h.Event.Data.Shifts))
}

func (h History) step(p text.Printer) string {
	policy, _ := h.Process.Policy(h.Event.Data.Kind)
	for _, s := range policy.Steps {
		if s.Key == h.Event.Data.Step {
			return Name(s.Name.In(p.Lang()))
		}
	}
	return Name(h.Event.Data.Step)
}

// taken is the sentence of the event that was taken back.
func (h History) taken(p text.Printer) string {
	if h.Undone.Version == 0 || h.Undone.Type == sales.Undone {
		return p.T("the last step.")
	}
	return History{Process: h.Process, Event: h.Undone, Name: h.Name}.Sentence(p)
}
