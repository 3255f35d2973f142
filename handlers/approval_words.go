package handlers

import (
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
)

// request is the request that a refusal is about, as it stood when it was refused.
func (f facts) request() (view.Approval, bool) {
	id, _ := f.e.Facts["id"].(int64)
	if f.k == nil {
		return view.Approval{}, false
	}
	i := slices.IndexFunc(f.k.Approvals, func(x sales.Approval) bool { return x.ID == id })
	if i < 0 {
		return view.Approval{}, false
	}
	req := f.k.Approvals[i]
	v := view.Approval{Approval: req, Deal: f.k.Deal, Process: f.k.Process, Deciders: f.k.Deciders(req), Awaiting: f.k.Awaited(req), Now: f.call.Now, Name: f.name}
	if req.State == sales.Retracted {
		for _, e := range f.log() {
			if e.Type == sales.Withdrawn && e.Data.Approval == id {
				v.EndedBy = e.Actor
			}
		}
	}
	return v, true
}

func showRequest(f facts, v view.Approval) []slack.Block {
	return view.Actions(view.Button("approval.open", fmt.Sprint(v.Approval.ID), f.T("Show it")))
}

// approvalOpen says that the same is asked for already, and of whom.
func approvalOpen(f facts) (string, []slack.Block) {
	v, ok := f.request()
	if !ok {
		return f.T("That approval is asked for already."), nil
	}
	sentence := f.T("The %s approval for %s was requested already, by %s. It waits for %s.",
		view.PolicyInside(f.Printer, v.Process, v.Approval.Kind), view.DealName(v.Deal), v.Name(v.Approval.Requester), v.Awaited(f.Printer))
	return sentence, showRequest(f, v)
}

// approvalNobody says which role or user group lacks people.
func approvalNobody(f facts) (string, []slack.Block) {
	step, _ := f.e.Facts["step"].(string)
	roles, _ := f.e.Facts["roles"].([]string)
	groups, _ := f.e.Facts["groups"].([]string)
	name := view.Name(step)
	for _, o := range f.k.Process.Policies {
		for _, s := range o.Steps {
			if s.Key == step {
				name = view.Name(s.Name.In(f.Lang()))
			}
		}
	}
	switch {
	case len(roles) > 0:
	case len(groups) > 0:
		return f.T("Nobody could decide the step *%s*: it needs somebody else in the user group %s. Have them added to it in Slack, then ask again.",
			name, view.AnyOf(f.Printer, groups, f.name)), nil
	default:
		return f.T("The step *%s* needs more people than there are, or its only approver is you. Ask an admin to name somebody else in the process.", name), nil
	}
	return f.T("Nobody could decide the step *%s*: it needs somebody else with the role %s. A manager can name them with `%s`.",
		name, view.AnyOf(f.Printer, roles, func(r string) string { return view.RoleName(f.Printer, f.k.Org, r) }), f.app.slash("process role add "+roles[0]+" @…")), nil
}

// approvalNotYours says which step waits; the names of those who may decide it follow.
func approvalNotYours(f facts) (string, []slack.Block) {
	step, _ := f.e.Facts["step"].(string)
	name := view.Name(step)
	if v, ok := f.request(); ok {
		name = v.StepName(f.Printer, step)
	}
	return f.T("The step *%s* is not yours to decide.", name), nil
}

// approvalDecided tells somebody who comes late who decided what when.
func approvalDecided(f facts) (string, []slack.Block) {
	v, ok := f.request()
	if !ok {
		return f.T("It is decided already."), nil
	}
	sentence := f.T("The %s approval for %s is over already.", view.PolicyInside(f.Printer, v.Process, v.Approval.Kind), view.DealName(v.Deal))
	sentence = f.Printer.Sentences(sentence, v.Outcome(f.Printer))
	if d, ok := v.LastDecision(); ok && d.Comment != "" && v.Approval.State == sales.Rejected {
		sentence += " “" + view.Note(d.Comment) + "”"
	}
	return sentence, showRequest(f, v)
}

// approvalConfirm says that the amount has to be typed, and shows the request.
func approvalConfirm(f facts) (string, []slack.Block) {
	v, ok := f.request()
	if !ok {
		return f.T("Approving this amount takes the amount typed."), nil
	}
	return f.T("Approving %s takes the amount typed: nothing is decided yet.", v.Amount(f.Printer)), showRequest(f, v)
}

// approvalAmount says that another amount was typed, and shows the request.
func approvalAmount(f facts) (string, []slack.Block) {
	sentence := f.T("That is not the amount of the request, so nothing is decided. Type the amount that stands behind the deal's name.")
	v, ok := f.request()
	if !ok {
		return sentence, nil
	}
	return sentence, showRequest(f, v)
}

// approvalAnswered tells somebody who has answered whom the step still waits for.
func approvalAnswered(f facts) (string, []slack.Block) {
	v, ok := f.request()
	if !ok {
		return f.T("You have answered already."), nil
	}
	for _, s := range v.Approval.Steps {
		for _, d := range s.Decisions {
			if d.For == f.call.User && !d.Void {
				return f.Printer.Sentences(v.Said(f.Printer, d), f.T("It still waits for %s.", v.Awaited(f.Printer))), showRequest(f, v)
			}
		}
	}
	return f.T("You have answered already. It still waits for %s.", v.Awaited(f.Printer)), showRequest(f, v)
}

// approvalMovedOn tells the second of two at once what the first one did.
func approvalMovedOn(f facts) (string, []slack.Block) {
	v, ok := f.request()
	if !ok {
		return f.T("It has changed since you saw it. Have a look, and decide if it still waits for you."), nil
	}
	sentence := f.T("The %s approval for %s has changed since you saw it.", view.PolicyInside(f.Printer, v.Process, v.Approval.Kind), view.DealName(v.Deal))
	if d, ok := v.LastDecision(); ok {
		sentence = f.Printer.Sentences(sentence, v.Said(f.Printer, d))
	}
	if s := v.Approval.Current(); s != nil {
		sentence = f.Printer.Sentences(sentence, f.T("Now it waits for %s.", v.Awaited(f.Printer)))
	}
	return sentence, showRequest(f, v)
}
