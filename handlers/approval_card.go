package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

func approvalSubject(id int64) string { return fmt.Sprintf("approval:%d", id) }

// loadApproval returns a request and the case of its deal. Those who are asked to
// decide may read it even if the deal is a private team's.
func (a *App) loadApproval(ctx context.Context, r *store.Reader, user string, id int64) (*sales.Case, sales.Approval, error) {
	req, err := r.Approval(ctx, id)
	if err != nil {
		return nil, req, err
	}
	k, err := r.Case(ctx, req.Deal)
	if err != nil {
		return nil, req, err
	}
	// As it is under the deal's lock; before, somebody may have decided meanwhile.
	i := slices.IndexFunc(k.Approvals, func(x sales.Approval) bool { return x.ID == id })
	if i < 0 || !k.MayReadApproval(k.Approvals[i], user) {
		return nil, req, sales.Refuse(sales.NotFound, "approval.unknown", "id", id)
	}
	return k, k.Approvals[i], nil
}

// saveApproval keeps what a rule made of a request, and has everybody told.
func (a *App) saveApproval(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval, events []sales.Event) (sales.Approval, error) {
	req, err := tx.SaveApproval(ctx, k, req, events)
	if err != nil {
		return req, within(k, err)
	}
	return req, a.approvalChanged(ctx, tx, c, k, req, withApproval(events, req.ID))
}

// approvalView gathers what the card of a request shows.
func (a *App) approvalView(ctx context.Context, r *store.Reader, k *sales.Case, req sales.Approval, now time.Time) (view.Approval, error) {
	v := view.Approval{Approval: req, Deal: k.Deal, Process: k.Process, Deciders: k.Deciders(req), Awaiting: k.Awaited(req), Now: now, Name: names(ctx, r), Also: map[string][]string{}}
	for _, s := range req.Waiting() {
		if s.Escalated != 0 {
			v.Also[s.Key] = k.EscalatesTo(s.Escalate, req.Requester)
		}
	}
	if latest, _ := k.Approval(req.Kind); req.State == sales.Approved && latest.ID == req.ID && k.MayRequest(k.Deal.Owner, req.Kind) == nil {
		v.Shifts, v.Lacking = k.Outgrown(req), k.Lacking(req)
	}
	if req.Map != k.Process.Version {
		p, err := r.ProcessVersion(ctx, k.Deal.Process, req.Map)
		if err != nil {
			return v, err
		}
		v.Process = p
	}
	for _, x := range k.Approvals {
		if x.Kind == req.Kind && x.ID < req.ID && x.ID > v.Before.ID {
			v.Before = x
		}
	}
	if req.Version == 1 {
		return v, nil
	}
	log, err := r.Events(ctx, k.Deal.ID)
	withEdits(&v, log)
	for _, e := range log {
		if e.Type == sales.Withdrawn && e.Data.Approval == req.ID {
			v.EndedBy = e.Actor
		}
	}
	return v, err
}

// drawApproval draws the card of a request for a channel or for one person.
func (a *App) drawApproval(ctx context.Context, id int64, channel string) (view.Message, error) {
	var m view.Message
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		req, err := r.Approval(ctx, id)
		if err != nil {
			return err
		}
		k, err := r.Case(ctx, req.Deal)
		if err != nil {
			return err
		}
		p, err := a.printerAt(ctx, r, channel)
		if err != nil {
			return err
		}
		if isPerson(channel) && !k.MayReadApproval(req, channel) { // who no longer decides, on a private team's deal
			m = a.unseen(p)
			return nil
		}
		v, err := a.approvalView(ctx, r, k, req, a.now())
		if err != nil {
			return err
		}
		if isPerson(channel) {
			v.Reader = channel
			if v.Thread, err = a.threadLink(ctx, r, p, k); err != nil {
				return err
			}
		} else if team, ok := k.Org.Team(k.Deal.Team); ok && team.Private && channel != a.dealChannel(k.Org, k.Deal) {
			m = gone(p, k.Deal)
			return nil
		}
		m = view.ApprovalCard(p, v)
		return nil
	})
	return m, err
}

// unseen is what is left of a copy for somebody who may no longer read the request.
func (a *App) unseen(p text.Printer) view.Message {
	sentence := p.T("There is no such request, or it is not for you to see. `%sapprovals` shows yours.", "/"+a.Prefix)
	return view.Message{Text: sentence, Blocks: []slack.Block{view.Section(sentence)}}
}

// isPerson reports whether a channel is a direct message, named by its person.
func isPerson(channel string) bool {
	return strings.HasPrefix(channel, "U") || strings.HasPrefix(channel, "W")
}

// clickOpenApproval shows the card privately. Nobody can draw such a copy anew when the request is
// decided elsewhere, so it has the way to one that is instead of buttons; a modal, which is a
// dialogue, has the buttons.
func (a *App) clickOpenApproval(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.Value)
	return a.showApproval(ctx, c, id)
}

func (a *App) showApproval(ctx context.Context, c *Call, id int64) (Reply, error) {
	var m view.Message
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		k, req, err := a.loadApproval(ctx, tx.Reader, c.User, id)
		if err != nil {
			return err
		}
		v, err := a.approvalView(ctx, tx.Reader, k, req, c.Now)
		if err != nil {
			return err
		}
		v.Reader = c.User
		if v.Thread, err = a.threadLink(ctx, tx.Reader, c.Printer, k); err != nil {
			return err
		}
		if inMessage := c.Message != ""; inMessage {
			if err := a.showWay(ctx, tx, c, &v); err != nil {
				return err
			}
		}
		m = view.ApprovalCard(c.Printer, v)
		return nil
	})
	return Reply{Text: m.Text, Blocks: m.Blocks}, err
}

// approvalChanged says in Slack that a request was made, decided or withdrawn:
// every copy of its card is drawn anew, those who are next get one, and the requester
// hears how it ended.
func (a *App) approvalChanged(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval, events []sales.Event) error {
	if err := a.changed(ctx, tx, c, k, events); err != nil {
		return err
	}
	subject := approvalSubject(req.ID)
	if channel := a.dealChannel(k.Org, k.Deal); channel != "" {
		if err := tx.Card(ctx, subject, channel, dealSubject(k.Deal.ID)); err != nil {
			return err
		}
	}
	if err := tx.Refresh(ctx, subject); err != nil {
		return err
	}
	for i := range req.Questions {
		if err := tx.Refresh(ctx, questionSubject(req.ID, i+1)); err != nil {
			return err
		}
	}
	if req.State == sales.Pending {
		return a.invite(ctx, tx, c, k, req)
	}
	return a.tellRequester(ctx, tx, c, k, req)
}

// invite gives everybody who may decide now the card in a direct message. Who has it
// from an earlier step is told that it is their turn again: an updated card makes no sound.
func (a *App) invite(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval) error {
	for _, user := range k.Deciders(req) {
		if err := tx.Card(ctx, approvalSubject(req.ID), user, ""); err != nil {
			return err
		}
		step, now := opened(k, req, user)
		if !now || user == c.User || !decidedBefore(k, req, user) && !voided(req, user) {
			continue
		}
		v, err := a.approvalView(ctx, tx.Reader, k, req, c.Now)
		if err != nil {
			return err
		}
		p, err := a.printerOf(ctx, tx.Reader, user)
		if err != nil {
			return err
		}
		sentence := p.T("The %s approval for %s now waits for you again: %s.", view.PolicyInside(p, v.Process, req.Kind), view.DealName(k.Deal), v.StepName(p, step))
		switch {
		case voided(req, user) && v.Followed:
			sentence = p.T("The deal has changed, and with it the request for the %s approval for %s. Your answer no longer counts: please have another look.", view.PolicyInside(p, v.Process, req.Kind), view.DealName(k.Deal))
		case voided(req, user):
			sentence = p.T("%s changed the request for the %s approval for %s. Your answer no longer counts: please have another look.", v.Name(req.Requester), view.PolicyInside(p, v.Process, req.Kind), view.DealName(k.Deal))
		}
		r := say(sentence, view.Actions(view.Button("approval.open", fmt.Sprint(req.ID), p.T("Open")))...)
		if err := a.direct(ctx, tx, fmt.Sprintf("%s:turn:%s:%d:%s", approvalSubject(req.ID), step, req.Version, user), user, r); err != nil {
			return err
		}
	}
	return nil
}

// decidedBefore reports whether the person was asked about an earlier step.
func decidedBefore(k *sales.Case, req sales.Approval, user string) bool {
	return slices.ContainsFunc(req.Steps, func(s sales.StepState) bool {
		return s.Status == sales.StepApproved && slices.Contains(k.Approvers(s, req.Requester), user)
	})
}

// opened returns a step that waits for the person since the latest change.
func opened(k *sales.Case, req sales.Approval, user string) (step string, now bool) {
	awaited := k.Awaited(req)
	for _, s := range req.Waiting() {
		if s.From == req.Version && slices.ContainsFunc(awaited, func(w sales.Awaited) bool { return w.Step == s.Key && slices.Contains(w.People, user) }) {
			return s.Key, true
		}
	}
	return "", false
}

// tellRequester says to the requester how the request ended, with what can be done now.
func (a *App) tellRequester(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, req sales.Approval) error {
	if req.Requester == c.User {
		return nil
	}
	p, err := a.printerOf(ctx, tx.Reader, req.Requester)
	if err != nil {
		return err
	}
	v, err := a.approvalView(ctx, tx.Reader, k, req, c.Now)
	if err != nil {
		return err
	}
	e := view.ApprovalEnded{Approval: v, Case: k, Missing: nil}
	if e.Missing, err = k.Missing(followingStage(k)); err != nil {
		return err
	}
	sentence, more := view.EndedMessage(p, e)
	return a.direct(ctx, tx, approvalSubject(req.ID)+":ended", req.Requester, say(sentence, more...))
}

// Follow brings the requests for a deal up to date that was changed by something else than a person in Slack: what no
// longer covers it is void, and everybody who may decide is asked again.
func (a *App) Follow(ctx context.Context, tx *store.Tx, k *sales.Case, now time.Time) error {
	return a.followDeal(ctx, tx, &Call{Intent: Intent{Now: now}, Printer: a.Channel()}, k, nil)
}

// followDeal keeps requests in step with their deal: those of a deal that is closed or
// was taken up anew are withdrawn, what was asked for too little is asked again, the others are drawn with its present
// name and amount. Those that ended are drawn when other people may read them now, or they no longer cover the deal.
func (a *App) followDeal(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, events []sales.Event) error {
	given := slices.ContainsFunc(events, func(e sales.Event) bool {
		return e.Type == sales.Assigned || e.Type == sales.Undone || e.Type == sales.Changed
	})
	for _, req := range k.Approvals {
		ended := req.State != sales.Pending
		if !ended && (k.Deal.Status == sales.Lost || !k.Deal.Done.IsZero() || req.Episode != k.Deal.Episode) {
			return a.withdrawNow(ctx, tx, c, k, req) // which comes back here for the next one
		}
		next, more, err := k.Follow(req, c.User, c.Now)
		if err != nil {
			return within(k, err)
		}
		if len(more) > 0 {
			_, err = a.saveApproval(ctx, tx, c, k, next, more) // which comes back here, too
			return err
		}
		if ended && !given {
			continue
		}
		if err := tx.Refresh(ctx, approvalSubject(req.ID)); err != nil {
			return err
		}
	}
	return nil
}
