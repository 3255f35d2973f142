package view

import (
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// ApprovalForm is the form for requesting an approval.
type ApprovalForm struct {
	Case   *sales.Case
	Policy sales.Policy
	Form   map[string]string // what its inputs begin with, in canonical form
	Again  bool              // there was a request before, from which they are taken
	Shifts []sales.Shift     // what the deal says now and said then
}

// maxFormInputs keeps a form with many fields of its own below Slack's hundred blocks.
const maxFormInputs = 90

// RequestForm asks for what the approvers need to decide.
func RequestForm(p text.Printer, f ApprovalForm) *slack.ModalViewRequest {
	name := Name(f.Policy.Name.In(p.Lang()))
	blocks := []slack.Block{Section(DealName(f.Case.Deal))}
	if f.Again {
		blocks = append(blocks, Context(p.T("Filled with what was asked for last. What you change is shown as changed.")))
	}
	if len(f.Shifts) > 0 {
		blocks = append(blocks, Context(p.T("The deal has changed since: %s.", shifted(p, f.Case.Process, f.Shifts))))
	}
	for _, field := range f.fields() {
		action := "approval." + field.Key
		element, hint := fieldElement(p, f.Case, field, action, text.Truncate(f.Form[field.Key], f.longest()))
		attached := field.Type == sales.FieldFile && f.Form[field.Key] != ""
		label := unescaped(FormFieldName(p, f.Case.Process, f.Policy, field.Key))
		blocks = append(blocks, Input(action, label, hint, attached || !slices.Contains(f.Policy.Required, field.Key), element))
	}
	meta := fmt.Sprintf("%d:%s", f.Case.Deal.ID, f.Policy.Kind)
	return Modal(p, "approval.request", meta, p.T("%s approval", unescaped(name)), p.T("Request"), blocks)
}

// EditForm changes what a pending request asks for.
func EditForm(p text.Printer, f ApprovalForm, a sales.Approval) *slack.ModalViewRequest {
	m := RequestForm(p, f)
	m.CallbackID, m.PrivateMetadata = "approval.edit", ApprovalSeen(a)
	m.Submit = plain(p.T("Change"), maxTitle)
	hint := p.T("Whatever you change, everybody is asked again.")
	if len(f.Policy.Material) > 0 {
		var names []string
		for _, key := range f.Policy.Material {
			names = append(names, FormFieldName(p, f.Case.Process, f.Policy, key))
		}
		hint = p.T("Everybody is asked again when you change: %s.", p.List(names[:min(len(names), 10)]))
	}
	m.Blocks.BlockSet[0] = Section(Lines(DealName(f.Case.Deal), hint))
	return m
}

func (f ApprovalForm) fields() []sales.Field {
	all := f.Policy.FormFields()
	return all[:min(len(all), maxFormInputs)]
}

// longest is how long a value of the form may be, so that all of them fit into a modal.
func (f ApprovalForm) longest() int { return min(maxInput, 30_000/len(f.fields())) }

// DecisionForm asks for the reason of a rejection, or for a note to an approval.
// via says by which door the person came; confirm asks for the amount as well.
func DecisionForm(p text.Printer, a Approval, verdict sales.Verdict, via string, confirm bool) *slack.ModalViewRequest {
	meta := fmt.Sprintf("%s:%s:%s", ApprovalSeen(a.Approval), verdict, via)
	what := Section(p.T("*%s approval* for %s", a.name(p), DealName(a.Deal)))
	if verdict == sales.Reject {
		return Modal(p, "approval.decide", meta, p.T("Reject"), p.T("Reject"), []slack.Block{
			what,
			Input("approval.comment", p.T("Why?"), p.T("The rep reads it, and it stands in the deal's history."), false,
				TextInput("approval.comment", "", p.T("What would have to change?"), true)),
		})
	}
	blocks := []slack.Block{what}
	if confirm {
		what = Section(p.T("*%s approval* for %s", a.name(p), DealName(a.Deal)) + " · *" + a.Amount(p) + "*")
		blocks = append(a.numbers(p), Input("approval.typed", p.T("The amount that you approve"), p.T("Type it, such as 120,000 or 1.2m."), false,
			TextInput("approval.typed", "", "", false)))
		blocks = append([]slack.Block{what}, blocks...)
	}
	blocks = append(blocks,
		Input("approval.comment", p.T("Note"), p.T("It stands on the card and in the deal's history."), true, TextInput("approval.comment", "", "", true)))
	return Modal(p, "approval.decide", meta, p.T("Approve"), p.T("Approve"), blocks)
}

// WithdrawForm asks back before a request is withdrawn.
func WithdrawForm(p text.Printer, k *sales.Case, req sales.Approval) *slack.ModalViewRequest {
	sentence := p.T("Withdraw the %s approval for %s? Nobody can decide it then.", PolicyInside(p, k.Process, req.Kind), DealName(k.Deal))
	return Modal(p, "approval.withdraw", ApprovalSeen(req), p.T("Withdraw"), p.T("Yes, withdraw it"), []slack.Block{Section(sentence)})
}
