package view

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Approval is what the card of a request shows.
type Approval struct {
	Approval sales.Approval
	Before   sales.Approval // the request of the kind before it; zero when it is the first
	Deal     sales.Deal
	Process  *sales.Process      // in the version that rules the request
	Deciders []string            // who may decide now
	Awaiting []sales.Awaited     // the steps that wait, and for whom
	Also     map[string][]string // by step, whom it has escalated to
	Edits    int                 // how often it was changed since it was asked for; Before is what it said then
	Edited   time.Time           // the last time
	Followed bool                // that last time it was the deal that changed
	Shifts   []sales.Shift       // what the deal says now beyond what was approved
	Lacking  string              // the step that would have to be asked now as well
	EndedBy  string              // who withdrew it
	Reader   string              // the person who reads it, "" for a channel
	Way      string              // to the copy on which the reader acts, in the place of buttons; see [Way]
	Thread   string              // where the deal's history stands, as a link; "" in that thread itself
	Now      time.Time
	Name     func(user string) string // names people, escaped, without pinging them
}

// How much of a request is shown.
const (
	maxTerms      = 1200 // characters
	maxFormFields = 20
	maxFormValue  = 200
)

// ApprovalCard is the present state of a request: how it ended, what is asked and by
// whom, the numbers, and who decided or has to decide. Only a request that waits has buttons:
// in a channel, and for those who may use them.
func ApprovalCard(p text.Printer, a Approval) Message {
	title := p.T("*%s approval* for %s", a.name(p), DealName(a.Deal))
	if a.Deal.Account != "" && !strings.Contains(text.Fold(a.Deal.Name), text.Fold(a.Deal.Account)) { // the card has to fit on a phone
		title += " · " + Name(a.Deal.Account)
	}
	asked := p.T("Asked by %s on %s", a.Name(a.Approval.Requester), p.DateTime(a.Approval.At))
	if a.Edits > 0 {
		asked += " · " + p.T("version %s, changed on %s", p.Number(float64(a.Edits+1), 0), p.DateTime(a.Edited))
	}
	if until := a.until(p); until != "" {
		asked += " · " + until
	}
	blocks := []slack.Block{Section(title)}
	if a.Approval.State != sales.Pending {
		blocks = append(blocks, Section(Lines(a.Outcome(p), a.outdated(p))))
	}
	blocks = append(append(blocks, Context(asked)), a.numbers(p)...)
	if terms := a.terms(p); terms != "" {
		blocks = append(blocks, Section(terms))
	}
	blocks = append(blocks, Section(a.steps(p)))
	if asked := a.questions(p); asked != "" {
		blocks = append(blocks, Section(asked))
	}
	if s := a.standsIn(p); s != "" {
		blocks = append(blocks, Context(s))
	}
	if a.Thread != "" {
		blocks = append(blocks, Context(a.Thread))
	}
	if a.Way != "" {
		return Message{Text: a.Summary(p), Blocks: append(fit(blocks), Section("*"+a.Way+"*"))}
	}
	return Message{Text: a.Summary(p), Blocks: append(fit(blocks), Actions(a.buttons(p)...)...)}
}

func (a Approval) name(p text.Printer) string { return PolicyName(p, a.Process, a.Approval.Kind) }

func (a Approval) policy() sales.Policy {
	policy, _ := a.Process.Policy(a.Approval.Kind)
	return policy
}

// Summary is the request in one sentence, for notifications and screen readers.
func (a Approval) Summary(p text.Printer) string {
	what := p.T("%s approval for %s", a.name(p), Name(a.Deal.Name)+" ("+a.Deal.Ref()+")")
	if amount := a.Amount(p); amount != "" {
		what += ", " + amount
	}
	if a.Approval.State != sales.Pending {
		return p.T("%s: %s", what, strings.ReplaceAll(a.Outcome(p), "*", ""))
	}
	if a.Paused() {
		return p.T("%s, asked by %s: waiting for an answer", what, a.Name(a.Approval.Requester))
	}
	return p.T("%s, asked by %s: waiting for %s", what, a.Name(a.Approval.Requester), a.Awaited(p))
}

// Amount is the amount that the request is about, "" when it names none.
func (a Approval) Amount(p text.Printer) string {
	m := a.Approval.Amount()
	if !m.IsSet() {
		return ""
	}
	return p.Money(m.Minor, m.Currency)
}

// AnyOf names those of whom any one will do: "Ana, Li or others".
func AnyOf(p text.Printer, keys []string, name func(string) string) string {
	const most = 4
	var names []string
	for _, k := range keys[:min(len(keys), most)] {
		names = append(names, name(k))
	}
	if len(keys) > most {
		names = append(names, p.T("others"))
	}
	return p.AnyOf(names)
}

// numbers are the values of the form, with what they were in the request before.
func (a Approval) numbers(p text.Printer) []slack.Block {
	var texts []string
	for _, f := range a.policy().FormFields() {
		value, was, deal := a.Approval.Form[f.Key], a.Before.Form[f.Key], a.Approval.Facts[f.Key]
		if f.Key == "terms" || value == "" && was == "" && deal == "" || len(texts) == maxFormFields {
			continue
		}
		line := a.value(p, f, value)
		if a.Before.ID != 0 && was != value {
			line = a.value(p, f, was) + " → " + line
		}
		if deal != "" && deal != value {
			line = p.T("%s (the deal: %s)", line, a.value(p, f, deal))
		}
		texts = append(texts, "*"+FormFieldName(p, a.Process, a.policy(), f.Key)+"*\n"+line)
	}
	var blocks []slack.Block
	for len(texts) > 0 {
		n := min(len(texts), 10)
		blocks, texts = append(blocks, Fields(texts[:n]...)), texts[n:]
	}
	return blocks
}

func (a Approval) value(p text.Printer, f sales.Field, value string) string {
	if f.Type == sales.FieldLink && value != "" {
		return Link(value)
	}
	if f.Type == sales.FieldFile {
		return FieldValue(p, f, value, a.Now, a.Name)
	}
	return FieldValue(p, f, text.Truncate(value, maxFormValue), a.Now, a.Name)
}

func (a Approval) terms(p text.Printer) string {
	terms := a.Approval.Form["terms"]
	if terms == "" && a.Before.Form["terms"] == "" {
		return ""
	}
	head := "*" + p.T("Terms") + "*"
	if a.Before.ID != 0 && a.Before.Form["terms"] != terms {
		head = "*" + p.T("Terms, changed since the request before") + "*"
	}
	if terms == "" {
		return Lines(head, "–")
	}
	return Lines(head, Paragraph(terms, maxTerms))
}

// FormFieldName is the name of a field of a policy's form for the reader, escaped.
func FormFieldName(p text.Printer, process *sales.Process, policy sales.Policy, key string) string {
	for _, f := range policy.Form {
		if f.Key == key {
			return Name(f.Name.In(p.Lang()))
		}
	}
	return FieldName(p, process, key)
}

// Paragraph makes a text of several lines that somebody typed fit to stand in a message.
func Paragraph(s string, most int) string {
	var lines []string
	for l := range strings.SplitSeq(text.Truncate(s, most), "\n") {
		lines = append(lines, text.Plain(l))
	}
	return Lines(lines...)
}

var linkMarks = strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", "&", "&amp;", " ", "%20")

// Link is a web address as something to click that shows where it leads.
func Link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return Note(address)
	}
	return NamedLink(address, u.Host)
}

// NamedLink is a web address under a name.
func NamedLink(address, name string) string {
	if len(address) > 1000 {
		return Note(name)
	}
	return "<" + linkMarks.Replace(address) + "|" + strings.ReplaceAll(Name(name), "|", "") + ">"
}

// steps are the policy's steps, a line each.
func (a Approval) steps(p text.Printer) string {
	var lines []string
	for _, s := range a.Approval.Steps {
		lines = append(lines, Lines(a.voided(p, s), a.step(p, s)))
	}
	return Lines(lines...)
}

func (a Approval) step(p text.Printer, s sales.StepState) string {
	name := "*" + a.StepName(p, s.Key) + "*"
	switch s.Status {
	case sales.StepApproved, sales.StepRejected:
		return a.decisions(p, name, s)
	case sales.StepSkipped:
		return ":fast_forward: " + p.T("%s: not needed, only when %s", name, conditions{process: a.Process, policy: a.policy(), name: a.Name, now: a.Now}.say(p, s.When))
	case sales.StepWaiting:
		if a.Approval.State != sales.Pending {
			return ":white_circle: " + p.T("%s: not decided", name)
		}
		return a.open(p, name, s)
	}
	if a.Approval.State != sales.Pending {
		return ":white_circle: " + p.T("%s: not decided", name)
	}
	return ":white_circle: " + p.T("%s: comes after that", name)
}

func (a Approval) waiting(p text.Printer, name string, s sales.StepState) string {
	due := a.due(s)
	asker := a.asks(s)
	switch {
	case asker != "":
		return p.T("%s: waiting for the rep to answer %s", name, a.Name(asker))
	case due.IsZero():
		return p.T("%s: waiting for %s since %s", name, a.Awaited(p), p.DateTime(time.UnixMilli(s.Opened)))
	case a.Now.After(due):
		return p.T("%s: waiting for %s, overdue since %s", name, a.Awaited(p), p.DateTime(due))
	}
	return p.T("%s: waiting for %s, due on %s", name, a.Awaited(p), p.DateTime(due))
}

// due is when a step should be decided, zero when its policy sets no target.
func (a Approval) due(s sales.StepState) time.Time {
	for _, x := range a.policy().Steps {
		if x.Key == s.Key && x.Target > 0 {
			return (&sales.Case{Process: a.Process}).Deadline(a.Approval, time.UnixMilli(s.Opened), x.Target)
		}
	}
	return time.Time{}
}

func (a Approval) decisions(p text.Printer, name string, s sales.StepState) string {
	var lines []string
	for _, d := range s.Decisions {
		if d.Void {
			continue
		}
		at := p.DateTime(time.UnixMilli(d.At))
		line := ":white_check_mark: " + p.T("%s: approved by %s on %s", name, a.who(p, d), at)
		if d.Verdict == sales.Reject {
			line = ":x: " + p.T("%s: rejected by %s on %s", name, a.who(p, d), at)
		}
		if d.Comment != "" {
			line += " “" + Note(d.Comment) + "”"
		}
		lines = append(lines, line)
	}
	return Lines(lines...)
}

// StepName is the step's name for the reader, or its key.
func (a Approval) StepName(p text.Printer, key string) string {
	for _, s := range a.policy().Steps {
		if s.Key == key {
			return Name(s.Name.In(p.Lang()))
		}
	}
	return Name(key)
}

// Outcome says how a request ended: "*Rejected* by Lin on 24 Nov, 15:04."
func (a Approval) Outcome(p text.Printer) string {
	at := p.DateTime(a.Approval.Ended)
	d, decided := a.LastDecision()
	switch {
	case a.Approval.State == sales.Rejected && decided:
		return p.T("*Rejected* by %s on %s.", a.who(p, d), at)
	case a.Approval.State == sales.Approved && decided:
		return p.T("*Approved* by %s on %s.", a.who(p, d), at)
	case a.Approval.State == sales.Approved:
		return p.T("*Approved* on %s: no step had to be asked.", at)
	case a.Approval.State == sales.Expired:
		return p.T("*Expired* on %s: nobody decided in time, so nothing is approved.", at)
	case a.EndedBy != "":
		return p.T("*Withdrawn* by %s on %s.", a.Name(a.EndedBy), at)
	}
	return p.T("*Withdrawn* on %s.", at)
}

// Said is one person's answer as a sentence.
func (a Approval) Said(p text.Printer, d sales.Decision) string {
	at := p.DateTime(time.UnixMilli(d.At))
	if d.Verdict == sales.Reject {
		return p.T("%s rejected it on %s.", a.who(p, d), at)
	}
	return p.T("%s approved a step of it on %s.", a.who(p, d), at)
}

// LastDecision is the latest answer to any step, and whether there is one.
func (a Approval) LastDecision() (sales.Decision, bool) {
	var last sales.Decision
	for _, s := range a.Approval.Steps {
		for _, d := range s.Decisions {
			if d.At >= last.At && !d.Void {
				last = d
			}
		}
	}
	return last, last.By != ""
}

// Acts reports whether the reader is a person who has something to do on the card: to decide, or
// to change what they asked for.
func (a Approval) Acts() bool {
	return a.Approval.State == sales.Pending && a.Reader != "" && (a.Reader == a.Approval.Requester || slices.Contains(a.Deciders, a.Reader))
}

// Way leads to the card in the reader's direct messages: a link, or words when the address is "".
func Way(p text.Printer, a Approval, address string) string {
	label := p.T("Decide it in our conversation")
	if a.Reader == a.Approval.Requester {
		label = p.T("Change or withdraw it in our conversation")
		if a.Paused() {
			label = p.T("Answer, change or withdraw it in our conversation")
		}
	}
	if address == "" {
		return label
	}
	return NamedLink(address, label)
}

// WayComing says that the card is not yet in the reader's direct messages.
func WayComing(p text.Printer) string {
	return p.T("The card is on its way to our conversation: go on there.")
}

func (a Approval) buttons(p text.Printer) []slack.BlockElement {
	if a.Approval.State != sales.Pending {
		return nil
	}
	seen := ApprovalSeen(a.Approval)
	if a.Reader == a.Approval.Requester {
		return append(a.answerButtons(p), Button("approval.edit", seen, p.T("Change the request…")), Button("approval.withdraw", seen, p.T("Withdraw…")))
	}
	if a.Reader != "" && !slices.Contains(a.Deciders, a.Reader) {
		return nil
	}
	more := []*slack.OptionBlockObject{Option("note:"+seen, p.T("Approve with a note…")), Option("forward:"+seen, p.T("Forward…")), Option("deal:"+seen, p.T("Show the deal"))}
	if a.Reader == "" { // in the channel, where the thread tells the history
		more = append(more, Option("edit:"+seen, p.T("Change the request…")), Option("withdraw:"+seen, p.T("Withdraw…")))
	} else {
		more = append(more, Option("history:"+seen, p.T("History")))
	}
	buttons := []slack.BlockElement{
		Primary("approval.approve", seen, a.approveLabel(p)),
		Button("approval.reject", seen, p.T("Reject…")).WithStyle(slack.StyleDanger),
		Button("approval.question", seen, p.T("Ask the rep…")),
	}
	if a.Reader == "" {
		buttons = append(buttons, a.answerButtons(p)...)
	}
	return append(buttons, Overflow("approval.more", more...))
}

// approveLabel ends in dots where a form asks for the amount first.
func (a Approval) approveLabel(p text.Printer) string {
	if slices.ContainsFunc(a.Approval.Waiting(), func(s *sales.StepState) bool { return a.Approval.NeedsAmount(*s) }) {
		return p.T("Approve…")
	}
	return p.T("Approve")
}

// ApprovalSeen is what a button about a request carries: its id and the version shown.
func ApprovalSeen(a sales.Approval) string {
	return strconv.FormatInt(a.ID, 10) + ":" + strconv.Itoa(a.Version)
}
