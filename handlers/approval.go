package handlers

import (
	"context"
	"errors"
	"fmt"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// approvalBook holds /quote, /contract, /approval and /approvals.
func approvalBook() book {
	return book{
		routes: []Route{
			{Command: "quote", Args: text.Msg("DEAL"), About: text.Msg("Ask for the approval of a quote: amount, discount, margin, terms and a link."),
				Examples: []string{text.Msg("quote acme"), "quote D-12"}, Run: (*App).quote},
			{Command: "contract", Args: text.Msg("DEAL"), About: text.Msg("Ask for the approval of a contract."),
				Examples: []string{text.Msg("contract acme"), "contract D-12"}, Run: (*App).contract},
			{Command: "approval", About: text.Msg("What waits for you, what you asked for, and what was decided."), Examples: []string{"approval"}, Run: (*App).approvals},
			{Command: "approval", Verb: "request", Also: []string{"new", "申请", "请求"}, Args: text.Msg("KIND DEAL"), About: text.Msg("Ask for an approval of any kind that the process knows."),
				Examples: []string{text.Msg("approval request quote acme")}, Run: (*App).approvalRequest},
			{Command: "approval", Verb: "approve", Also: []string{"accept", "批准", "同意"}, Args: text.Msg("DEAL [KIND] [vN] [AMOUNT] [NOTE]"), About: text.Msg("Approve what waits for you. A large amount has to be typed."),
				Examples: []string{text.Msg("approval approve acme"), text.Msg("approval approve acme contract 120k as agreed")}, Run: (*App).approvalApprove},
			{Command: "approval", Verb: "reject", Also: []string{"decline", "deny", "驳回", "拒绝"}, Args: text.Msg("DEAL [KIND] [vN] because TEXT"), About: text.Msg("Reject what waits for you, and say why."),
				Examples: []string{text.Msg("approval reject acme because the margin is too thin")}, Run: (*App).approvalReject},
			{Command: "approval", Verb: "forward", Also: []string{"pass", "转交", "转发"}, Args: text.Msg("DEAL to @user"), About: text.Msg("Hand your part of a request to another who may decide it."),
				Examples: []string{text.Msg("approval forward acme to @lin because I am in court")}, Run: (*App).approvalForward},
			{Command: "approval", Verb: "ask", Also: []string{"question", "提问", "询问"}, Args: text.Msg("DEAL [QUESTION]"), About: text.Msg("Ask the rep something before you decide. The clock stops until it is answered."),
				Examples: []string{text.Msg("approval ask acme why 20%?")}, Run: (*App).approvalAsk},
			{Command: "approval", Verb: "answer", Also: []string{"reply", "回答", "答复"}, Args: text.Msg("DEAL [ANSWER]"), About: text.Msg("Answer what an approver asked."),
				Examples: []string{text.Msg("approval answer acme they sign this week")}, Run: (*App).approvalAnswer},
			{Command: "approval", Verb: "withdraw", Also: []string{"cancel", "撤回", "取消"}, Args: text.Msg("DEAL [KIND]"), About: text.Msg("Take back what you asked for, before it is decided."),
				Examples: []string{text.Msg("approval withdraw acme")}, Run: (*App).approvalWithdraw},
			{Command: "approval", Verb: "history", Also: []string{"log", "历史", "记录"}, Args: text.Msg("DEAL [KIND]"), About: text.Msg("Who asked for what and who decided what, when, how and on which version."),
				Examples: []string{text.Msg("approval history acme")}, Run: (*App).approvalHistory},
			{Command: "approvals", Args: text.Msg("[waiting|asked|decided]"), About: text.Msg("What waits for you, what you asked for, and what was decided."),
				Examples: []string{"approvals", "approvals waiting"}, Run: (*App).approvals},
			{Command: "approvals", Verb: "team", Also: []string{"all", "who", "团队", "全部"}, About: text.Msg("For managers and admins: what waits for whom, the longest first."),
				Examples: []string{"approvals team"}, Run: (*App).approvalsTeam},
		},
		actions: map[string]handler{
			"approval.form": (*App).clickRequest, "approval.list": (*App).clickApprovals, "approval.open": (*App).clickOpenApproval, "approval.approve": (*App).clickApprove,
			"approval.reject": (*App).clickReject, "approval.more": (*App).clickMoreApproval, "approval.withdraw": (*App).clickWithdraw,
			"approval.withdraw_now": (*App).clickWithdraw, // on what the last version showed one person
			"approval.edit":         (*App).clickEditApproval, "approval.history": (*App).clickApprovalHistory,
			"approval.question": (*App).clickQuestion, "approval.answer": (*App).clickAnswer,
		},
		submissions: map[string]handler{
			"approval.request": (*App).submitRequest, "approval.decide": (*App).submitDecision, "approval.forward": (*App).submitForward, "approval.edit": (*App).submitEditApproval,
			"approval.question": (*App).submitQuestion, "approval.answer": (*App).submitAnswer, "approval.withdraw": (*App).submitWithdraw,
		},
		events:   map[string]handler{ThreadMessage: (*App).assent},
		cards:    map[string]drawing{"approval": numbered((*App).drawApproval), "question": (*App).drawQuestion},
		refusals: withQuestions(approvalRefusals),
		timed:    timed{due: (*App).approvalsDue, next: (*App).nextApproval},
		changed:  (*App).followDeal,
	}
}

func (a *App) quote(ctx context.Context, c *Call) (Reply, error) {
	return a.requestKind(ctx, c, "quote")
}

func (a *App) contract(ctx context.Context, c *Call) (Reply, error) {
	return a.requestKind(ctx, c, "contract")
}

// requestKind answers /quote REF and /contract REF with the form.
func (a *App) requestKind(ctx context.Context, c *Call, kind string) (Reply, error) {
	f, err := a.find(ctx, c, c.Words)
	if err == nil {
		err = within(f.Case, noMore(f.rest))
	}
	if err != nil {
		return Reply{}, err
	}
	return a.requestForm(c, f.Case, kind)
}

// approvalRequest answers /approval request KIND REF.
func (a *App) approvalRequest(ctx context.Context, c *Call) (Reply, error) {
	all, err := a.processes(ctx)
	if err != nil {
		return Reply{}, err
	}
	n, err := c.kindWords(all)
	if err != nil {
		return Reply{}, err
	}
	c.gap = c.Words[n-1].End
	f, err := a.find(ctx, c, c.Words[n:])
	if err == nil {
		err = within(f.Case, noMore(f.rest))
	}
	if err != nil {
		return Reply{}, err
	}
	kind, m, err := c.matchKind(f.Process, c.Words[:n])
	if err == nil {
		err = noMore(c.Words[m:n])
	}
	if err != nil {
		return Reply{}, within(f.Case, err)
	}
	return a.requestForm(c, f.Case, kind)
}

// kindWords counts the leading words that name a kind of approval in any process.
func (c *Call) kindWords(all []*sales.Process) (int, error) {
	var first error
	for _, p := range all {
		_, n, err := c.matchKind(p, c.Words)
		if err == nil {
			return n, nil
		}
		if first == nil {
			first = err
		}
	}
	return 0, first
}

// matchKind finds the kind of approval that the leading words name.
func (c *Call) matchKind(p *sales.Process, words []Word) (kind string, n int, err error) {
	var list []named
	for _, o := range p.Policies {
		list = append(list, newNamed(c.Lang(), o.Kind, o.Name))
	}
	kind, n, err = pick("kind", list, words)
	return kind, n, choosing(err, func(k string) string {
		if len(words) == 0 {
			return c.line() + " " + k
		}
		return c.with(words[:n], k)
	})
}

// requestForm opens the form, unless there is a reason already why it would be in vain.
func (a *App) requestForm(c *Call, k *sales.Case, kind string) (Reply, error) {
	if err := k.MayRequest(c.User, kind); err != nil {
		return Reply{}, within(k, err)
	}
	policy, _ := k.Process.Policy(kind)
	last, again := k.Approval(kind)
	f := view.ApprovalForm{Case: k, Policy: policy, Form: map[string]string{}, Again: again}
	for _, field := range policy.FormFields() {
		f.Form[field.Key] = k.Deal.Value(field.Key)
	}
	if again {
		f.Form, f.Shifts = k.Again(last)
	}
	return Reply{Modal: view.RequestForm(c.Printer, f)}, nil
}

func (a *App) clickRequest(ctx context.Context, c *Call) (Reply, error) {
	id, _, kind := ids(c.Value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return a.requestForm(c, k, kind)
}

// submitRequest opens the request that the form describes.
func (a *App) submitRequest(ctx context.Context, c *Call) (Reply, error) {
	id, _, kind := ids(c.View.Meta)
	return c.formDone(a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, err := a.load(ctx, tx.Reader, c, id, false)
		if err != nil {
			return Reply{}, err
		}
		last, _ := k.Approval(kind)
		form, err := c.approvalInputs(k, kind, last.Form)
		if err != nil {
			return Reply{}, within(k, err)
		}
		req, events, err := k.Request(c.User, kind, form, c.Now)
		if err != nil {
			return Reply{}, within(k, atField(err))
		}
		if req, err = a.saveApproval(ctx, tx, c, k, req, events); err != nil {
			return Reply{}, err
		}
		v, err := a.approvalView(ctx, tx.Reader, k, req, c.Now)
		if err != nil {
			return Reply{}, err
		}
		sentence := c.T("Requested: the %s approval for %s. It waits for %s, and I will tell you the result.", view.PolicyInside(c.Printer, k.Process, kind), view.DealName(k.Deal), v.Awaited(c.Printer))
		if req.State == sales.Approved {
			sentence = c.T("The %s approval for %s stands: no step had to be asked.", view.PolicyInside(c.Printer, k.Process, kind), view.DealName(k.Deal))
		}
		return a.standingApproval(c, k, req, sentence), nil
	}))
}

// standingApproval adds what the person can do about their request now.
func (a *App) standingApproval(c *Call, k *sales.Case, req sales.Approval, sentence string) Reply {
	if req.State == sales.Approved {
		return a.goingOn(c, k, sentence)
	}
	return say(sentence, view.Actions(
		view.Button("approval.open", fmt.Sprint(req.ID), c.T("Show it")),
		view.Button("approval.withdraw", view.ApprovalSeen(req), c.T("Withdraw…")))...)
}

// approvalInputs reads the form's inputs in canonical form. No form begins with a file: the one that was attached
// before stays, unless another one is.
func (c *Call) approvalInputs(k *sales.Case, kind string, before map[string]string) (map[string]string, error) {
	policy, ok := k.Process.Policy(kind)
	if !ok {
		return nil, sales.Refuse(sales.NotFound, "approval.unknown_kind", "kind", kind)
	}
	form := map[string]string{}
	for _, f := range policy.FormFields() {
		action := "approval." + f.Key
		value, err := c.readValue(f, c.Input(action), currencyOf(k))
		if err != nil {
			return nil, atInput(action, err)
		}
		if value == "" && f.Type == sales.FieldFile {
			value = before[f.Key]
		}
		if value != "" {
			form[f.Key] = value
		}
	}
	return form, nil
}

// atField shows a refusal beside the input of the field that it names.
func atField(err error) error {
	var e *sales.Error
	if errors.As(err, &e) && (e.Code == "approval.field" || e.Code == "approval.discount" || e.Code == "approval.currency") {
		return atInput(fmt.Sprint("approval.", e.Facts["field"]), err)
	}
	return err
}

// withApproval gives events of a request the id that the store gave it.
func withApproval(events []sales.Event, id int64) []sales.Event {
	for i := range events {
		if sales.OfApproval(events[i].Type) {
			events[i].Data.Approval = id
		}
	}
	return events
}
