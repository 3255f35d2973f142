package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// maxQuestions is how many questions with their answers a card shows.
const maxQuestions = 5

// AskedQuestion is one question about a request.
type AskedQuestion struct {
	Approval
	Number int
}

// Question is the question itself.
func (q AskedQuestion) Question() sales.Question { return q.Approval.Approval.Questions[q.Number-1] }

func (q AskedQuestion) row(p text.Printer, button *slack.ButtonBlockElement) *slack.SectionBlock {
	x := q.Question()
	s := Section(Lines(
		p.T("*%s approval* for %s", q.name(p), DealName(q.Deal)),
		p.T("%s asks: “%s”", q.Name(x.By), Note(x.Text))))
	s.Accessory = slack.NewAccessory(button)
	return s
}

func (q AskedQuestion) button(p text.Printer) *slack.ButtonBlockElement {
	return Button("approval.answer", fmt.Sprintf("%d:%d", q.Approval.Approval.ID, q.Number), p.T("Answer…"))
}

// QuestionCard puts the question to the reader, who may answer it. Once it is answered, or of no use
// any more, it says so, and nothing is left to click but what shows the request.
func QuestionCard(p text.Printer, q AskedQuestion) Message {
	x := q.Question()
	sentence := p.T("%s has a question about the %s approval for %s: “%s”", q.Name(x.By), lower(q.name(p)), DealName(q.Deal), Note(x.Text))
	var after slack.Block
	buttons := []slack.BlockElement{q.shown(p.T("Show it"))}
	switch {
	case x.Open() && q.Approval.Approval.State == sales.Pending:
		after = Context(p.T("Answer with the button, or reply in this thread. Nothing expires meanwhile."))
		buttons = slices.Insert(buttons, 0, slack.BlockElement(q.button(p).WithStyle(slack.StylePrimary)))
	case x.Answer != "":
		after = Section("> " + p.T("%s: “%s”", q.Name(x.Who), Note(x.Answer)))
	default:
		after = Context(p.T("That question is not open any more: the approval has moved on."))
	}
	return Message{Text: sentence, Blocks: append([]slack.Block{Section(sentence), after}, Actions(buttons...)...)}
}

// AnswerMessage tells who asked what the answer is.
func AnswerMessage(p text.Printer, q AskedQuestion) (string, []slack.Block) {
	x := q.Question()
	sentence := p.T("%s answers your question about the %s approval for %s: “%s”", q.Name(x.Who), lower(q.name(p)), DealName(q.Deal), Note(x.Answer))
	return sentence, append([]slack.Block{Context(p.T("You asked: “%s”", Note(x.Text)))}, Actions(q.shown(p.T("Open")))...)
}

// Paused reports whether the request waits for an answer.
func (a Approval) Paused() bool { return len(a.Approval.OpenQuestions()) > 0 }

// asks is who has asked something at the step and waits for the answer, "" when nobody does.
func (a Approval) asks(s sales.StepState) string {
	for _, n := range a.Approval.OpenQuestions() {
		if q := a.Approval.Questions[n-1]; q.Step == s.Key {
			return q.By
		}
	}
	return ""
}

// questions are what was asked and answered, the latest last.
func (a Approval) questions(p text.Printer) string {
	var lines []string
	all := a.Approval.Questions
	for _, q := range all[max(0, len(all)-maxQuestions):] {
		asked := p.T("%s asked on %s: “%s”", a.Name(q.By), p.DateTime(time.UnixMilli(q.At)), Note(q.Text))
		switch {
		case q.Open() && a.Approval.State == sales.Pending:
			lines = append(lines, ":question: "+p.Sentences(asked, "*"+p.T("Waiting for the rep: %s", a.Name(a.Approval.Requester))+"*"))
		case q.Answer != "":
			lines = append(lines, ":speech_balloon: "+asked, "> "+p.T("%s: “%s”", a.Name(q.Who), Note(q.Answer)))
		default:
			lines = append(lines, ":speech_balloon: "+asked)
		}
	}
	return Lines(lines...)
}

// answerButtons answer what is open.
func (a Approval) answerButtons(p text.Printer) []slack.BlockElement {
	if !a.Paused() {
		return nil
	}
	number := 0 // ask which one
	if open := a.Approval.OpenQuestions(); len(open) == 1 {
		number = open[0]
	}
	return []slack.BlockElement{Primary("approval.answer", fmt.Sprintf("%d:%d", a.Approval.ID, number), p.T("Answer…"))}
}

// QuestionForm asks what an approver wants to know.
func QuestionForm(p text.Printer, a Approval) *slack.ModalViewRequest {
	return Modal(p, "approval.question", ApprovalSeen(a.Approval), p.T("Ask the rep"), p.T("Ask"), []slack.Block{
		Section(p.T("*%s approval* for %s", a.name(p), DealName(a.Deal))),
		Input("approval.question", p.T("Your question"), p.T("It stands on the card and in the deal's thread. The clock stops until it is answered."), false,
			TextInput("approval.question", "", "", true)),
	})
}

// AnswerForm asks for the answer to a question.
func AnswerForm(p text.Printer, q AskedQuestion) *slack.ModalViewRequest {
	x := q.Question()
	return Modal(p, "approval.answer", fmt.Sprintf("%d:%d", q.Approval.Approval.ID, q.Number), p.T("Answer"), p.T("Answer"), []slack.Block{
		Section(p.T("*%s approval* for %s", q.name(p), DealName(q.Deal))),
		Section(p.T("%s asks: “%s”", q.Name(x.By), Note(x.Text))),
		Input("approval.answer", p.T("Your answer"), p.T("It stands on the card and in the deal's thread."), false, TextInput("approval.answer", "", "", true)),
	})
}

// OpenQuestions are the questions that wait for an answer, a row each. Nobody draws it anew, so it answers none.
func OpenQuestions(p text.Printer, a Approval) []slack.Block {
	var blocks []slack.Block
	for _, n := range slices.Backward(a.Approval.OpenQuestions()) {
		blocks = append(blocks, AskedQuestion{a, n}.row(p, a.shown(p.T("Show it"))))
	}
	return fit(blocks)
}
