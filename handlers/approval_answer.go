package handlers

import (
	"context"
	"fmt"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// clickAnswer takes "ID:NUMBER"; the number 0 is whichever question is open.
func (a *App) clickAnswer(ctx context.Context, c *Call) (Reply, error) {
	id, number, _ := ids(c.Value)
	return a.answerForm(ctx, c, id, number)
}

// answerForm opens the form for an answer, or asks which question is meant.
func (a *App) answerForm(ctx context.Context, c *Call, id int64, number int) (Reply, error) {
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		k, req, err := a.loadApproval(ctx, r, c.User, id)
		if err != nil {
			return err
		}
		if number, err = k.MayAnswer(req, c.User, number); err != nil {
			return within(k, err)
		}
		v, err := a.approvalView(ctx, r, k, req, c.Now)
		reply.Modal = view.AnswerForm(c.Printer, view.AskedQuestion{Approval: v, Number: number})
		return err
	})
	return reply, err
}

// submitAnswer takes "ID:NUMBER" and the answer.
func (a *App) submitAnswer(ctx context.Context, c *Call) (Reply, error) {
	id, number, _ := ids(c.View.Meta)
	r, err := a.answerApproval(ctx, c, id, number, c.Input("approval.answer"))
	if isCode(err, "approval.no_answer") {
		err = atInput("approval.answer", err)
	}
	return c.formDone(r, err)
}

// answerApproval answers a question and tells who asked.
func (a *App) answerApproval(ctx context.Context, c *Call, id int64, number int, answer string) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, req, err := a.loadApproval(ctx, tx.Reader, c.User, id)
		if err != nil {
			return Reply{}, err
		}
		req, events, err := k.Answer(req, c.User, number, answer, c.Now)
		if err != nil {
			return Reply{}, within(k, err)
		}
		number := events[0].Data.Question
		if req, err = a.saveApproval(ctx, tx, c, k, req, events); err != nil {
			return Reply{}, err
		}
		asker := req.Questions[number-1].By
		v, p, err := a.approvalFor(ctx, tx, c, k, req, asker)
		if err != nil {
			return Reply{}, err
		}
		sentence, more := view.AnswerMessage(p, view.AskedQuestion{Approval: v, Number: number})
		if err := a.direct(ctx, tx, fmt.Sprintf("%s:answer:%d", approvalSubject(id), number), asker, say(sentence, more...)); err != nil {
			return Reply{}, err
		}
		if v.Paused() {
			return c.inPlace(say(c.T("Passed on to %s. Another question is still open.", v.Name(asker)), view.Actions(view.Button("approval.open", fmt.Sprint(id), c.T("Show it")))...)), nil
		}
		return c.inPlace(say(c.T("Passed on to %s. It waits for %s again.", v.Name(asker), v.Awaited(c.Printer)))), nil
	})
}

// approvalAnswer answers /approval answer DEAL [ANSWER].
func (a *App) approvalAnswer(ctx context.Context, c *Call) (Reply, error) {
	f, err := a.find(ctx, c, c.Words)
	if err != nil {
		return Reply{}, err
	}
	var asked []sales.Approval
	for _, req := range f.Approvals {
		if len(req.OpenQuestions()) > 0 {
			asked = append(asked, req)
		}
	}
	if len(asked) != 1 {
		return a.oneOf(c, f.Case, asked, "approval.answer", c.T("A question about which request?"))
	}
	if answer := c.typed(f.rest); answer != "" {
		return a.answerApproval(ctx, c, asked[0].ID, 0, answer)
	}
	return a.answerForm(ctx, c, asked[0].ID, 0)
}

// answerInThread takes a reply to the card that puts a question for the answer. done is false
// when the thread is another one, or the words are a command.
func (a *App) answerInThread(ctx context.Context, c *Call) (r Reply, done bool, err error) {
	if c.Kind != Mention || c.Thread == "" || !strings.HasPrefix(c.Channel, "D") || strings.HasPrefix(c.Text, "/") || strings.TrimSpace(c.Text) == "" {
		return Reply{}, false, nil
	}
	var place store.Place
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		place, _, err = r.PlaceAt(ctx, c.Channel, c.Thread)
		return err
	})
	value, asked := strings.CutPrefix(place.Subject, "question:")
	if err != nil || !asked {
		return Reply{}, false, err
	}
	id, number, _ := ids(value)
	r, err = a.answerApproval(ctx, c, id, number, text.Truncate(strings.TrimSpace(c.Text), maxTyped))
	return r, true, err
}

// maxTyped is how much of an answer that was written as a message is kept.
const maxTyped = 3000
