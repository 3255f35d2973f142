package handlers

import (
	"context"
	"fmt"
	"maps"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// clickQuestion opens the form for a question, unless it would be refused anyway.
func (a *App) clickQuestion(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.Value)
	return a.questionForm(ctx, c, id)
}

func (a *App) questionForm(ctx context.Context, c *Call, id int64) (Reply, error) {
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		k, req, err := a.loadApproval(ctx, r, c.User, id)
		if err != nil {
			return err
		}
		if _, _, err := k.Ask(req, c.User, "…", c.Now); err != nil {
			return within(k, err)
		}
		v, err := a.approvalView(ctx, r, k, req, c.Now)
		reply.Modal = view.QuestionForm(c.Printer, v)
		return err
	})
	return reply, err
}

// submitQuestion takes "ID:VERSION" and the question.
func (a *App) submitQuestion(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.View.Meta)
	r, err := a.askApproval(ctx, c, id, c.Input("approval.question"))
	if isCode(err, "approval.no_question") {
		err = atInput("approval.question", err)
	}
	return c.formDone(r, err)
}

// askApproval puts a question to the requester.
func (a *App) askApproval(ctx context.Context, c *Call, id int64, question string) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, req, err := a.loadApproval(ctx, tx.Reader, c.User, id)
		if err != nil {
			return Reply{}, err
		}
		req, events, err := k.Ask(req, c.User, question, c.Now)
		if err != nil {
			return Reply{}, within(k, err)
		}
		if req, err = a.saveApproval(ctx, tx, c, k, req, events); err != nil {
			return Reply{}, err
		}
		for _, user := range k.Answerers(req) {
			if err := tx.Card(ctx, questionSubject(id, len(req.Questions)), user, ""); err != nil {
				return Reply{}, err
			}
		}
		who := view.AnyOf(c.Printer, k.Answerers(req), names(ctx, tx.Reader))
		return c.inPlace(say(c.T("Asked. It now waits for %s, and I will tell you the answer.", who))), nil
	})
}

// questionSubject is the subject of the card that puts a question, by its number, to those who may answer it.
func questionSubject(approval int64, number int) string {
	return fmt.Sprintf("question:%d:%d", approval, number)
}

// drawQuestion draws a question for one person: with buttons while it is open, with the answer afterwards.
func (a *App) drawQuestion(ctx context.Context, value, user string) (view.Message, error) {
	id, number, _ := ids(value)
	var m view.Message
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		p, err := a.printerAt(ctx, r, user)
		if err != nil {
			return err
		}
		k, req, err := a.loadApproval(ctx, r, user, id)
		if isCode(err, "approval.unknown") {
			m = a.unseen(p)
			return nil
		}
		if err != nil {
			return err
		}
		v, err := a.approvalView(ctx, r, k, req, a.now())
		v.Reader = user
		m = view.QuestionCard(p, view.AskedQuestion{Approval: v, Number: number})
		return err
	})
	return m, err
}

// approvalAsk answers /approval ask DEAL [QUESTION].
func (a *App) approvalAsk(ctx context.Context, c *Call) (Reply, error) {
	f, err := a.find(ctx, c, c.Words)
	if err != nil {
		return Reply{}, err
	}
	var mine []sales.Approval
	for _, req := range f.Approvals {
		if _, _, err := f.Ask(req, c.User, "…", c.Now); err == nil {
			mine = append(mine, req)
		}
	}
	if len(mine) != 1 {
		return a.oneOf(c, f.Case, mine, "approval.question", c.T("About which request?"))
	}
	if question := c.typed(f.rest); question != "" {
		return a.askApproval(ctx, c, mine[0].ID, question)
	}
	return a.questionForm(ctx, c, mine[0].ID)
}

// oneOf has the person choose among requests of a deal, or says why there is none. It asks in a modal: a
// private message would keep its buttons when the requests are over.
func (a *App) oneOf(c *Call, k *sales.Case, found []sales.Approval, action, sentence string) (Reply, error) {
	if len(found) == 0 {
		return Reply{}, within(k, a.noneWaits(c, k, action))
	}
	var buttons []slack.BlockElement
	for _, req := range found {
		buttons = append(buttons, view.Button(action, fmt.Sprintf("%d:0", req.ID), view.PolicyName(c.Printer, k.Process, req.Kind)))
	}
	return Reply{Modal: view.Notice(c.Printer, c.T("Which one?"), sentence, view.Actions(buttons...)...)}, nil
}

// noneWaits says why there is nothing to ask or to answer: what the rule says of the only request
// that waits, or that none does.
func (a *App) noneWaits(c *Call, k *sales.Case, action string) error {
	var pending []sales.Approval
	for _, req := range k.Approvals {
		if req.State == sales.Pending {
			pending = append(pending, req)
		}
	}
	if len(pending) == 0 {
		return sales.Refuse(sales.NotFound, "approval.none_waits", "ref", k.Deal.Ref())
	}
	var err error
	if action == "approval.question" {
		_, _, err = k.Ask(pending[0], c.User, "…", c.Now)
	} else {
		_, err = k.MayAnswer(pending[0], c.User, 0)
	}
	return err
}

// questionRefusals words what the rules about questions refuse.
var questionRefusals = map[string]wording{
	"approval.own_question":     says(text.Msg("You asked for it: approvers ask you. Write into the deal's thread if there is something to add.")),
	"approval.no_question":      says(text.Msg("Say what you want to know.")),
	"approval.no_answer":        says(text.Msg("Say what the answer is.")),
	"approval.no_open_question": noOpenQuestion,
	"approval.which_question":   whichQuestion,
	"approval.question_over":    questionOver,
	"approval.none_waits":       says(text.Msg("Nothing of %s waits for an approval."), "ref"),
}

func noOpenQuestion(f facts) (string, []slack.Block) {
	sentence := f.T("No question is open.")
	v, ok := f.request()
	if !ok {
		return sentence, nil
	}
	return f.Printer.Sentences(sentence, f.T("It waits for %s.", v.Awaited(f.Printer))), showRequest(f, v)
}

// whichQuestion lists the questions that are open; each has a message of its own.
func whichQuestion(f facts) (string, []slack.Block) {
	v, ok := f.request()
	if !ok {
		return f.T("Several questions are open. Answer each on its own message in our conversation."), nil
	}
	return f.T("Several questions are open. Answer each on its own message in our conversation."), view.OpenQuestions(f.Printer, v)
}

// questionOver says who was faster, or that the question is of no use any more.
func questionOver(f facts) (string, []slack.Block) {
	v, ok := f.request()
	number, _ := f.e.Facts["question"].(int)
	if !ok || number < 1 || number > len(v.Approval.Questions) {
		return f.T("That question is not open any more."), nil
	}
	q := v.Approval.Questions[number-1]
	if q.Who == "" {
		return f.T("That question is not open any more: the approval has moved on."), showRequest(f, v)
	}
	if q.Who == f.call.User {
		return f.T("You have answered already: “%s”", view.Note(q.Answer)), showRequest(f, v)
	}
	return f.T("%s has answered already: “%s”", f.name(q.Who), view.Note(q.Answer)), showRequest(f, v)
}

// withQuestions adds the words about questions to others.
func withQuestions(others map[string]wording) map[string]wording {
	all := maps.Clone(others)
	maps.Copy(all, questionRefusals)
	return all
}
