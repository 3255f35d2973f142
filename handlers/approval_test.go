package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

const raj, rosa, lin, leo, eva = "URAJ", "UROSA", "ULIN", "ULEO", "UEVA"

// withApprovers gives the roles of the shipped policies to people: Raj and Rosa are
// product, Lin is pricing, Leo legal and Eva the executive.
func withApprovers(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.organise(func(o *sales.Organisation) {
		for i, r := range o.Roles {
			o.Roles[i].Users = map[string][]string{"product": {raj, rosa}, "pricing": {lin}, "legal": {leo}, "executive": {eva}}[r.Key]
		}
	})
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SavePeople(ctx, []store.Person{
			person(raj, "raj", "Raj Patel", "en-GB"), person(rosa, "rosa", "Rosa Diaz", "en-US"), person(lin, "lin", "林悦", "zh-CN"),
			person(leo, "leo", "Leo Costa", "en-US"), person(eva, "eva", "Eva Novak", "en-US"),
		}, monday)
	})
	return w
}

func (w *world) write(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	if err := w.app.Store.InTx(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// organise changes the organisation.
func (w *world) organise(change func(o *sales.Organisation)) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.Organisation(ctx)
		if err != nil {
			return err
		}
		next := *now
		next.Roles, next.Teams = slices.Clone(now.Roles), slices.Clone(now.Teams)
		change(&next)
		return tx.SaveOrganisation(ctx, &next, ada, "", w.now)
	})
}

func (w *world) approval(id int64) sales.Approval {
	w.t.Helper()
	var a sales.Approval
	w.read(func(ctx context.Context, r *store.Reader) (err error) {
		a, err = r.Approval(ctx, id)
		return err
	})
	return a
}

// card is a card as it stands in a channel, with what can be clicked on it.
func (w *world) card(subject, channel string) Reply {
	w.t.Helper()
	m, err := drawnCard(w.t, w.app, subject, channel)
	if err != nil {
		w.t.Fatal(err)
	}
	return Reply{Text: m.Text, Blocks: m.Blocks}
}

// press clicks a button of a card in a channel or in the person's direct messages.
func (w *world) press(user, channel string, card Reply, label string) Reply {
	w.t.Helper()
	for _, b := range buttonsOf(w.t, card) {
		if b.label == label {
			return w.do(Intent{Kind: Action, Name: b.action, Value: b.value, User: user, Channel: channel, Message: "1.2"})
		}
	}
	w.t.Fatalf("there is no button %q on:\n%s", label, shown(w.t, card))
	return Reply{}
}

// places lists where the request's card stands or will stand.
func (w *world) places(subject string) []string {
	w.t.Helper()
	var out []string
	w.read(func(ctx context.Context, r *store.Reader) error {
		all, err := r.Places(ctx, subject)
		for _, p := range all {
			out = append(out, p.Channel)
		}
		return err
	})
	slices.Sort(out)
	return out
}

// asked has Ana ask for the approval of a quote for D-1.
func (w *world) asked(values map[string]string) sales.Approval {
	w.t.Helper()
	w.types(ana, "/deal new Acme pilot 12k EUR for Acme Corp")
	w.submits(ana, w.types(ana, "/quote acme"), values)
	w.deliver()
	return w.approval(1)
}

// TestQuoteIsApproved writes down all that is seen of a quote from the request to "Advance now".
func TestQuoteIsApproved(t *testing.T) {
	for _, tt := range []struct {
		name, user, channel string
		approver            string
	}{{"quote_en", ana, deals, raj}, {"quote_zh", li, east, raj}} {
		t.Run(tt.name, func(t *testing.T) {
			w := withApprovers(t)
			var out strings.Builder
			say := func(what string, r Reply) Reply {
				out.WriteString("> " + what + "\n" + shown(t, r) + "\n")
				return r
			}
			delivered := func() { out.WriteString("Delivered\n" + strings.Join(w.deliver(), "\n") + "\n\n") }
			w.types(tt.user, "/deal new Acme pilot 12k EUR for Acme Corp")
			w.types(tt.user, "/deal set acme margin 31.5")
			w.deliver()
			form := say("/quote acme", w.types(tt.user, "/quote acme"))
			say("submit", w.submits(tt.user, form, map[string]string{
				"approval.amount": "11.5k", "approval.discount": "35%", "approval.terms": "Net 60\nThey want *two* pilots & a <demo>",
				"approval.link": "https://docs.example.com/q/12",
			}))
			delivered()
			say("/quote acme", w.types(tt.user, "/quote acme"))
			say("card in the thread", w.card("approval:1", tt.channel))
			say("card of the requester's own", say("/approvals", w.types(tt.user, "/approvals")))
			w.now = w.now.Add(2 * time.Hour)
			say("Raj approves with a note", w.submits(raj, w.press(raj, "D1", say("Raj's card", w.card("approval:1", raj)), "Approve with a note…"),
				map[string]string{"approval.comment": "can be built"}))
			delivered()
			say("Raj's card", w.card("approval:1", raj))
			w.now = w.now.Add(30 * time.Hour)
			say("Lin: /approvals", w.types(lin, "/approvals"))
			say("Lin approves", w.press(lin, "D2", say("Lin's card", w.card("approval:1", lin)), "批准"))
			say("Eva approves", w.press(eva, tt.channel, w.card("approval:1", tt.channel), map[string]string{deals: "Approve", east: "Approve"}[tt.channel]))
			delivered()
			say("card in the thread", w.card("approval:1", tt.channel))
			say("Eva: /approvals", w.types(eva, "/approvals decided"))
			golden(t, tt.name, out.String())
		})
	}
}

// TestQuoteIsRejected writes down a rejection, the second request and what is refused on the way.
func TestQuoteIsRejected(t *testing.T) {
	for _, tt := range []struct{ name, user, channel string }{{"reject_en", ana, deals}, {"reject_zh", li, east}} {
		t.Run(tt.name, func(t *testing.T) {
			w := withApprovers(t)
			var out strings.Builder
			say := func(what string, r Reply) Reply {
				out.WriteString("> " + what + "\n" + shown(t, r) + "\n")
				return r
			}
			delivered := func() { out.WriteString("Delivered\n" + strings.Join(w.deliver(), "\n") + "\n\n") }
			w.types(tt.user, "/deal new Acme pilot 12k EUR")
			form := w.types(tt.user, "/quote acme")
			say("no amount", w.submits(tt.user, form, map[string]string{"approval.amount": ""}))
			say("no number", w.submits(tt.user, form, map[string]string{"approval.discount": "much"}))
			say("too much", w.submits(tt.user, form, map[string]string{"approval.discount": "120"}))
			say("submit", w.submits(tt.user, form, map[string]string{"approval.discount": "20", "approval.terms": "Net 30"}))
			delivered()
			thread := w.card("approval:1", tt.channel)
			say("the requester approves", w.press(tt.user, tt.channel, thread, "Approve"))
			say("Lin approves before it is her turn", w.press(lin, tt.channel, thread, "Approve"))
			reject := say("Raj rejects", w.press(raj, tt.channel, thread, "Reject…"))
			say("submit", w.submits(raj, reject, map[string]string{"approval.comment": "the *scope* is too wide"}))
			delivered()
			say("card in the thread", w.card("approval:1", tt.channel))
			say("Rosa comes late", w.press(rosa, tt.channel, thread, "Approve"))
			again := say("/quote acme", w.types(tt.user, "/quote acme"))
			say("submit", w.submits(tt.user, again, map[string]string{"approval.discount": "10", "approval.terms": "Net 30, smaller scope"}))
			second := say("card in the thread", w.card("approval:2", tt.channel))
			say("submit", w.submits(tt.user, say("withdraw", w.press(tt.user, tt.channel, second, "Withdraw…")), nil))
			delivered()
			say("card in the thread", w.card("approval:2", tt.channel))
			say("Raj comes late", w.press(raj, tt.channel, second, "Approve"))
			say("/approvals", w.types(tt.user, "/approvals"))
			golden(t, tt.name, out.String())
		})
	}
}

func TestApprovalGrammar(t *testing.T) {
	w := withApprovers(t)
	w.types(ana, "/deal new Acme pilot 12k EUR")
	w.types(ana, "/deal new Acme rollout 12k EUR")
	var out strings.Builder
	for _, line := range []string{
		"/quote", "/quote acme", "/quote acme pilot now", "/quote nobody", "/contract D-1", "/approval request quote D-1", "/approval request 合同 pilot",
		"/approval request poem pilot", "/approval request", "/approval request quote", "/approval", "/approvals waiting", "/approvals frob", "/aprovals", "/approval reqest quote D-1",
		"/quote help", "/approval help", "/approvals help", "/contract help",
	} {
		out.WriteString("> " + line + "\n" + shown(t, w.types(ana, line)) + "\n")
	}
	out.WriteString("> @pipewright 报价 pilot\n" + shown(t, w.mentions(li, "C1", "", "报价 D-1")) + "\n")
	golden(t, "approval_grammar", out.String())
}

func TestApprovalOpensTheGate(t *testing.T) {
	w := withApprovers(t)
	w.asked(nil)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		k, err := tx.Case(ctx, 1)
		if err != nil {
			return err
		}
		events, err := k.Advance(maxim, sales.Move{To: "proposal", Override: "test"}, w.now)
		if err != nil {
			return err
		}
		return tx.Apply(ctx, k, events)
	})
	w.types(ana, "/log proposal acme")
	gate := w.types(ana, "/deal advance acme")
	if !hasButton(t, gate, "Show the quote approval") {
		t.Fatalf("a gate with a request that waits:\n%s", shown(t, gate))
	}
	w.press(raj, deals, w.card("approval:1", deals), "Approve")
	w.press(lin, deals, w.card("approval:1", deals), "Approve")
	if w.approval(1).State != sales.Approved {
		t.Fatalf("%+v", w.approval(1))
	}
	now := w.post("approval:1:ended")
	if r := w.press(ana, "D9", now, "Advance now"); !strings.Contains(r.Text, "Negotiation") || w.deal(1).Stage != "negotiation" {
		t.Errorf("%s: %+v", r.Text, w.deal(1))
	}
	if r := w.press(ana, "D9", now, "Advance now"); w.deal(1).Stage != "negotiation" {
		t.Errorf("a second click advanced it again: %s", r.Text)
	}
}

// post is a message of the outbox, by its key.
func (w *world) post(key string) Reply {
	w.t.Helper()
	rows, err := w.app.Store.Lease(context.Background(), 100, time.Millisecond)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, o := range rows {
		if o.Key == key {
			m, err := drawnPost(w.t, w.app, o.Body)
			if err != nil {
				w.t.Fatal(err)
			}
			return Reply{Text: m.Text, Blocks: m.Blocks}
		}
	}
	w.t.Fatalf("no message %q among %d", key, len(rows))
	return Reply{}
}

func hasButton(t testing.TB, r Reply, label string) bool {
	return slices.ContainsFunc(buttonsOf(t, r), func(b button) bool { return b.label == label })
}

func TestCopiesGoToThoseWhoAreNext(t *testing.T) {
	w := withApprovers(t)
	w.asked(map[string]string{"approval.discount": "20"})
	if got := w.places("approval:1"); !slices.Equal(got, []string{deals, raj, rosa}) {
		t.Fatalf("copies %v", got)
	}
	if hasButton(t, w.card("approval:1", lin), "批准") {
		t.Error("Lin can decide before it is her turn")
	}
	w.press(raj, "D1", w.card("approval:1", raj), "Approve")
	if got := w.places("approval:1"); !slices.Equal(got, []string{deals, lin, raj, rosa}) {
		t.Errorf("copies %v", got)
	}
	for _, c := range []string{raj, rosa} {
		if b := buttonsOf(t, w.card("approval:1", c)); len(b) > 0 {
			t.Errorf("%s still has %v", c, b)
		}
	}
	w.press(lin, "D2", w.card("approval:1", lin), "批准")
	for _, c := range w.places("approval:1") {
		if b := buttonsOf(t, w.card("approval:1", c)); len(b) > 0 {
			t.Errorf("the finished request has %v in %s", b, c)
		}
	}
}

func TestWhoIsAskedTwiceHearsAboutTheSecondStep(t *testing.T) {
	w := withApprovers(t)
	w.organise(func(o *sales.Organisation) {
		for i, r := range o.Roles {
			if r.Key == "pricing" {
				o.Roles[i].Users = []string{rosa}
			}
		}
	})
	w.asked(nil)
	w.press(raj, "D1", w.card("approval:1", raj), "Approve")
	if said := strings.Join(w.deliver(), "\n"); !strings.Contains(said, "post "+rosa+": The quote approval for *Acme pilot* (D-1) now waits for you again: Price.") {
		t.Errorf("Rosa was not told:\n%s", said)
	}
}

// Two approvers of one step click at the same instant: one decides, the other is told.
func TestTwoApproversAtOnce(t *testing.T) {
	for _, verdicts := range [][2]sales.Verdict{{sales.Approve, sales.Approve}, {sales.Approve, sales.Reject}, {sales.Reject, sales.Reject}} {
		t.Run(fmt.Sprint(verdicts), func(t *testing.T) {
			w := withApprovers(t)
			req := w.asked(nil)
			users := []string{raj, rosa}
			replies := make([]Reply, 2)
			var ready, done sync.WaitGroup
			ready.Add(1)
			for i, user := range users {
				in := Intent{Kind: Action, Name: "approval.approve", Value: fmt.Sprintf("%d:%d", req.ID, req.Version), Channel: "D1", Message: "1.2"}
				if verdicts[i] == sales.Reject {
					in = Intent{Kind: Submission, Name: "approval.decide", Values: map[string][]string{"approval.comment": {"no"}}}
					in.View.Meta = fmt.Sprintf("%d:%d:reject:dm", req.ID, req.Version)
				}
				in.User, in.Key, in.Now, in.Trigger = user, user, w.now, "t"
				done.Go(func() {
					ready.Wait()
					r, err := answered(t, w.app, in)
					if err != nil {
						t.Error(err)
					}
					replies[i] = r
				})
			}
			ready.Done()
			done.Wait()
			got := w.approval(1)
			if n := len(got.Steps[0].Decisions); n != 1 {
				t.Fatalf("%d decisions: %+v", n, got.Steps[0])
			}
			winner := slices.Index(users, got.Steps[0].Decisions[0].By)
			told := replies[1-winner].Text + shown(t, replies[1-winner])
			if name := []string{"Raj Patel", "Rosa Diaz"}[winner]; !strings.Contains(told, name) || strings.Contains(told, "You approved") || strings.Contains(told, "You rejected") {
				t.Errorf("the loser was told %q", told)
			}
			if !strings.HasPrefix(replies[winner].Text, "You ") {
				t.Errorf("the winner was told %q", replies[winner].Text)
			}
		})
	}
}

func TestTheSameClickFiveTimes(t *testing.T) {
	w := withApprovers(t)
	req := w.asked(nil)
	in := Intent{Kind: Action, Key: "click", Name: "approval.approve", Value: fmt.Sprintf("%d:%d", req.ID, req.Version), User: raj, Channel: "D1", Message: "1.2"}
	first := w.do(in)
	for range 4 {
		if again := w.do(in); again.Text != first.Text {
			t.Errorf("%q, then %q", first.Text, again.Text)
		}
	}
	if got := w.approval(1); got.Version != 2 || len(got.Steps[0].Decisions) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAClosedDealWithdrawsItsRequests(t *testing.T) {
	w := withApprovers(t)
	w.asked(nil)
	w.submits(ana, w.types(ana, "/contract acme"), nil)
	w.types(maxim, "/deal lost acme price")
	for id := int64(1); id <= 2; id++ {
		if got := w.approval(id); got.State != sales.Retracted {
			t.Errorf("%s is %s", got.Kind, got.State)
		}
	}
	said := strings.Join(w.deliver(), "\n")
	for _, want := range []string{"post UANA: Max Power withdrew your quote approval", "post UANA: Max Power withdrew your contract approval", "closed it as lost"} {
		if !strings.Contains(said, want) {
			t.Errorf("nobody said %q:\n%s", want, said)
		}
	}
}

func TestApproversOfAPrivateTeamSeeOnlyTheirRequests(t *testing.T) {
	w := withApprovers(t)
	w.types(li, "/deal new Secret 12k EUR")
	w.submits(li, w.types(li, "/quote secret"), nil)
	if r := w.press(raj, "D1", w.card("approval:1", raj), "Approve"); !strings.HasPrefix(r.Text, "You approved") {
		t.Errorf("Raj: %s", r.Text)
	}
	open := Intent{Kind: Action, Name: "approval.open", Value: "1", Channel: "C1", Message: "1.1"}
	open.User = ana
	if r := w.do(open); strings.Contains(shown(t, r), "Secret") {
		t.Errorf("Ana sees:\n%s", shown(t, r))
	}
	if r := w.types(raj, "/deal secret"); strings.Contains(shown(t, r), "*Secret*") {
		t.Errorf("Raj sees the deal:\n%s", shown(t, r))
	}
}

func TestViaIsKept(t *testing.T) {
	for via, in := range map[string]Intent{
		"dm": {Channel: "D1", Message: "1.2"}, "thread": {Channel: deals, Message: "1.2"},
		"command": {Channel: deals, Message: "1.2", Ephemeral: true}, "home": {Channel: "D1"},
	} {
		w := withApprovers(t)
		w.asked(nil)
		in.Kind, in.Name, in.Value, in.User = Action, "approval.approve", "1:1", raj
		w.do(in)
		if got := w.approval(1).Steps[0].Decisions[0]; got.Via != via || got.Seen != 1 {
			t.Errorf("%+v, want %s", got, via)
		}
	}
}
