package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// ApprovalHistory is what happened to the requests of a deal.
type ApprovalHistory struct {
	Deal    sales.Deal
	Process *sales.Process
	Log     []sales.Event // of the deal; only the events of requests are shown
	Kind    string        // "" for every kind
	Before  int           // version of the deal's event before which the shown ones lie; 0 for the latest
	Name    func(user string) string
}

// atOnce is how many events are shown at once: a message holds no more text.
const atOnce = 20

// Blocks tell who did what, when, for whom, how and on which version of the request, the latest last, and
// have a button for what was before.
func (h ApprovalHistory) Blocks(p text.Printer) (string, []slack.Block) {
	all := h.events()
	if len(all) == 0 {
		sentence := p.T("No approval was asked for yet for %s.", DealName(h.Deal))
		return sentence, []slack.Block{Section(sentence)}
	}
	end := len(all)
	if h.Before > 0 {
		end, _ = slices.BinarySearchFunc(all, h.Before, func(e sales.Event, v int) int { return e.Version - v })
	}
	begin := max(0, end-atOnce)
	title := p.T("What happened to the approvals for %s", DealName(h.Deal))
	blocks := []slack.Block{Section("*" + strings.ReplaceAll(title, "*", "") + "*")}
	for _, e := range all[begin:end] {
		blocks = append(blocks, Section(h.line(p, e)))
	}
	if begin > 0 {
		blocks = append(blocks, Actions(Button("approval.history", fmt.Sprintf("%d:%d:%s", h.Deal.ID, all[begin].Version, h.Kind), p.N(begin, "%d earlier", "%d earlier")))...)
	}
	return title, fit(blocks)
}

func (h ApprovalHistory) events() []sales.Event {
	var out []sales.Event
	for _, e := range h.Log {
		if sales.OfApproval(e.Type) && (h.Kind == "" || e.Data.Kind == h.Kind) {
			out = append(out, e)
		}
	}
	return out
}

// line is one event: when, what, and a line with what belongs to it.
func (h ApprovalHistory) line(p text.Printer, e sales.Event) string {
	s := p.DateTime(e.At) + " · " + History{Process: h.Process, Event: e, Name: h.Name}.Sentence(p)
	var more []string
	switch {
	case e.Type == sales.Requested:
		more = h.values(p, e)
	case e.Rewords():
		more = append([]string{p.T("version %s", h.edition(p, e))}, h.changes(p, e)...)
	case e.Type == sales.Decided:
		more = h.decision(p, e)
	}
	if len(more) == 0 {
		return s
	}
	return Lines(s, "> "+strings.Join(more, " · "))
}

// values is what was asked for at first.
func (h ApprovalHistory) values(p text.Printer, e sales.Event) []string {
	var out []string
	policy, _ := h.Process.Policy(e.Data.Kind)
	for _, f := range policy.FormFields() {
		if v := e.Data.Form[f.Key]; v != "" {
			out = append(out, FormFieldName(p, h.Process, policy, f.Key)+" "+h.value(p, f, v, e))
		}
	}
	return out
}

// Changed is what a change of a request made of its form, in one line.
func (h ApprovalHistory) Changed(p text.Printer, e sales.Event) string {
	return strings.Join(h.changes(p, e), " · ")
}

// changes is what the requester, or the deal, changed in the form.
func (h ApprovalHistory) changes(p text.Printer, e sales.Event) []string {
	var out []string
	policy, _ := h.Process.Policy(e.Data.Kind)
	for _, f := range policy.FormFields() {
		was, changed := e.Data.Before[f.Key]
		if changed {
			out = append(out, FormFieldName(p, h.Process, policy, f.Key)+" "+h.value(p, f, was, e)+" → "+h.value(p, f, e.Data.Form[f.Key], e))
		}
	}
	return out
}

func (h ApprovalHistory) value(p text.Printer, f sales.Field, v string, e sales.Event) string {
	return FieldValue(p, f, text.Truncate(v, maxFormValue), e.At, h.Name)
}

// decision says by which door it came, on what, and what was typed to confirm it.
func (h ApprovalHistory) decision(p text.Printer, e sales.Event) []string {
	var out []string
	if door, ok := doors[e.Data.Via]; ok {
		out = append(out, p.T(door))
	}
	out = append(out, p.T("on version %s", h.edition(p, e)))
	if m, err := sales.MoneyFromCanonical(e.Data.Value); err == nil && m.IsSet() {
		out = append(out, p.T("%s typed to confirm it", p.Money(m.Minor, m.Currency)))
	}
	return out
}

func (h ApprovalHistory) edition(p text.Printer, e sales.Event) string {
	return p.Number(float64(sales.Edition(h.Log, e.Data.Approval, e.Data.Seen, e.At)), 0)
}

// doors are the ways by which decisions come.
var doors = map[string]string{
	"thread": text.Msg("in the deal's thread"), "dm": text.Msg("in a direct message"), "home": text.Msg("in Home"), "command": text.Msg("by a command"),
}
