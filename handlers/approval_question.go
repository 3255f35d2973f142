package handlers

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

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
		if req, err = tx.SaveApproval(ctx, k, req, events); err != nil {
			return Reply{}, within(k, err)
		}
		if err := a.approvalChanged(ctx, tx, c, k, req, events); err != nil {
			return Reply{}, err
		}
		number := len(req.Questions)
		for _, user := range k.Answerers(req) {
			v, p, err := a.approvalFor(ctx, tx, c, k, req, user)
			if err != nil {
				return Reply{}, err
			}
			sentence, more := view.QuestionMessage(p, view.AskedQuestion{Approval: v, Number: number})
			if err := a.direct(ctx, tx, questionKey(id, number, user), user, say(sentence, more...)); err != nil {
				return Reply{}, err
			}
		}
		who := view.AnyOf(c.Printer, k.Answerers(req), names(ctx, tx.Reader))
		return c.inPlace(say(c.T("Asked. It now waits for %s, and I will tell you the answer.", who))), nil
	})
}

// questionKey names the message that puts a question to a person.
func questionKey(approval int64, number int, user string) string {
	return fmt.Sprintf("%s:question:%d:%s", approvalSubject(approval), number, user)
}

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
		if req, err = tx.SaveApproval(ctx, k, req, events); err != nil {
			return Reply{}, within(k, err)
		}
		if err := a.approvalChanged(ctx, tx, c, k, req, events); err != nil {
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

// oneOf has the person choose among requests of a deal, or says why there is none.
func (a *App) oneOf(c *Call, k *sales.Case, found []sales.Approval, action, sentence string) (Reply, error) {
	if len(found) == 0 {
		return Reply{}, within(k, a.noneWaits(c, k, action))
	}
	var buttons []slack.BlockElement
	for _, req := range found {
		buttons = append(buttons, view.Button(action, fmt.Sprintf("%d:0", req.ID), view.PolicyName(c.Printer, k.Process, req.Kind)))
	}
	return c.inPlace(say(sentence, view.Actions(buttons...)...)), nil
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

// answerInThread takes a reply to the message that put a question for the answer. done is false
// when the thread is another one, or the words are a command.
func (a *App) answerInThread(ctx context.Context, c *Call) (r Reply, done bool, err error) {
	if c.Kind != Mention || c.Thread == "" || !strings.HasPrefix(c.Channel, "D") || strings.HasPrefix(c.Text, "/") || strings.TrimSpace(c.Text) == "" {
		return Reply{}, false, nil
	}
	var id int64
	number := 0
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		key, err := r.PostAt(ctx, c.Channel, c.Thread)
		if err == nil {
			id, number = keyOfQuestion(key, c.User)
		}
		return err
	})
	if err != nil || number == 0 {
		return Reply{}, false, err
	}
	r, err = a.answerApproval(ctx, c, id, number, text.Truncate(strings.TrimSpace(c.Text), maxTyped))
	return r, true, err
}

// maxTyped is how much of an answer that was written as a message is kept.
const maxTyped = 3000

// keyOfQuestion reads what questionKey wrote; the number is 0 for other keys.
func keyOfQuestion(key, user string) (id int64, number int) {
	parts := strings.Split(key, ":")
	if len(parts) != 5 || parts[0] != "approval" || parts[2] != "question" || parts[4] != user {
		return 0, 0
	}
	id, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return 0, 0
	}
	number, _ = strconv.Atoi(parts[3])
	return id, number
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

// whichQuestion lists the questions that are open, each with its button.
func whichQuestion(f facts) (string, []slack.Block) {
	v, ok := f.request()
	if !ok {
		return f.T("Several questions are open. Which one do you answer?"), nil
	}
	return f.T("Several questions are open. Which one do you answer?"), view.OpenQuestions(f.Printer, v)
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
