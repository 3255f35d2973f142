package handlers

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// dealBook holds /deal. The verbs are in the order of help.
func dealBook() book {
	return book{
		routes: []Route{
			{Command: "deal", Args: text.Msg("[DEAL]"), About: text.Msg("Your open deals, the ones that need you first; or the card of one."),
				Examples: []string{"deal", text.Msg("deal acme"), "deal D-12"}, Run: (*App).dealCard},
			{Command: "deal", Verb: "new", Also: []string{"add", "create", "新建", "创建", "新增"}, Args: text.Msg("NAME [AMOUNT [CURRENCY]] [for ACCOUNT]"),
				About:    text.Msg("Create a deal. Without a name it opens a form."),
				Examples: []string{text.Msg("deal new Acme pilot 12k EUR for Acme Corp"), text.Msg(`deal new "Route 66" for Highway Ltd`), "deal new"}, Run: (*App).dealNew},
			{Command: "deal", Verb: "list", Also: []string{"ls", "列表", "清单"}, Args: text.Msg("[mine|team] [STAGE|stale|won|lost|all]"), About: text.Msg("List deals: all open ones, yours, your team's, those in a stage, those that need somebody, or closed ones."),
				Examples: []string{text.Msg("deal list team"), text.Msg("deal list demo"), text.Msg("deal list stale"), text.Msg("deal list mine won")}, Run: (*App).dealList},
			{Command: "deal", Verb: "advance", Also: []string{"next-stage", "forward", "推进", "前进"}, Args: text.Msg("DEAL [to STAGE] [override because TEXT]"), About: text.Msg("Move a deal on to the next stage, or to a later one."),
				Examples: []string{text.Msg("deal advance acme"), text.Msg("deal advance acme to proposal"), text.Msg("deal advance acme override because the customer signed already")}, Run: (*App).dealAdvance},
			{Command: "deal", Verb: "back", Also: []string{"退回", "返回", "后退"}, Args: text.Msg("DEAL to STAGE [because TEXT]"), About: text.Msg("Move a deal back to an earlier stage."),
				Examples: []string{text.Msg("deal back acme to discovery because they have a new decision maker")}, Run: (*App).dealBack},
			{Command: "deal", Verb: "won", Also: []string{"win", "赢单", "赢", "成交"}, Args: text.Msg("DEAL"), About: text.Msg("Close a deal as won. You confirm the amount."),
				Examples: []string{text.Msg("deal won acme")}, Run: (*App).dealWon},
			{Command: "deal", Verb: "lost", Also: []string{"lose", "输单", "丢单", "输"}, Args: text.Msg("DEAL [REASON]"), About: text.Msg("Close a deal as lost. Without a reason you choose one."),
				Examples: []string{text.Msg("deal lost acme"), text.Msg("deal lost acme price")}, Run: (*App).dealLost},
			{Command: "deal", Verb: "reopen", Also: []string{"重开", "重新打开"}, Args: text.Msg("DEAL because TEXT"), About: text.Msg("Take a closed deal up again."),
				Examples: []string{text.Msg("deal reopen acme because they found the budget")}, Run: (*App).dealReopen},
			{Command: "deal", Verb: "set", Also: []string{"设置", "修改", "改"}, Args: text.Msg("DEAL FIELD VALUE"), About: text.Msg("Change a field: amount, close, account, source, margin or one of your own."),
				Examples: []string{text.Msg("deal set acme amount 15k"), text.Msg("deal set acme close 1 Dec"), text.Msg("deal set acme margin none")}, Run: (*App).dealSet},
			{Command: "deal", Verb: "assign", Also: []string{"分配", "指派", "转交"}, Args: text.Msg("DEAL @user"), About: text.Msg("Give a deal to another person."),
				Examples: []string{text.Msg("deal assign acme @ana")}, Run: (*App).dealAssign},
			{Command: "deal", Verb: "undo", Also: []string{"撤销", "撤回"}, Args: text.Msg("DEAL"), About: text.Msg("Take back the last step, within 10 minutes."),
				Examples: []string{text.Msg("deal undo acme")}, Run: (*App).dealUndo},
			{Command: "deal", Verb: "next", Also: []string{"plan", "下一步", "计划"}, Args: text.Msg("DEAL TEXT [by DATE]"), About: text.Msg("Note the next step and its date."),
				Examples: []string{text.Msg("deal next acme send the contract by friday")}, Run: (*App).dealNext},
			{Command: "deal", Verb: "wait", Also: []string{"等待", "等"}, Args: text.Msg("DEAL customer|us [because TEXT]"), About: text.Msg("Say who the deal waits for."),
				Examples: []string{text.Msg("deal wait acme customer because their lawyer is away")}, Run: (*App).dealWait},
			{Command: "deal", Verb: "park", Also: []string{"搁置", "暂停"}, Args: text.Msg("DEAL until DATE [because TEXT]"), About: text.Msg("Let a deal rest: nobody is reminded of it until then."),
				Examples: []string{text.Msg("deal park acme until 15 Jan because of their budget year")}, Run: (*App).dealPark},
			{Command: "deal", Verb: "resume", Also: []string{"恢复", "继续"}, Args: text.Msg("DEAL"), About: text.Msg("End waiting or parking."),
				Examples: []string{text.Msg("deal resume acme")}, Run: (*App).dealResume},
		},
		actions: map[string]handler{
			"deal.open": (*App).clickOpen, "deal.list": (*App).clickList, "deal.advance": (*App).clickAdvance, "deal.win": (*App).clickWin,
			"deal.win_form": (*App).clickWinForm, "deal.lose": (*App).clickLose, "deal.undo": (*App).clickUndo, "deal.more": (*App).clickMore,
			"deal.plan": (*App).clickPlan, "deal.field": (*App).clickField, "deal.override": (*App).clickOverride, "deal.reopen": (*App).clickReopen,
		},
		submissions: map[string]handler{
			"deal.create": (*App).submitNew, "deal.edit": (*App).submitEdit, "deal.field": (*App).submitField, "deal.plan": (*App).submitPlan,
			"deal.rest": (*App).submitRest, "deal.back": (*App).submitBack, "deal.lose": (*App).submitLose, "deal.win": (*App).submitWin,
			"deal.reopen": (*App).submitReopen, "deal.override": (*App).submitOverride, "deal.assign": (*App).submitAssign,
		},
		shortcuts: map[string]handler{"new_deal": (*App).newDealForm},
		options:   map[string]handler{"deal.pick": (*App).pickDeal},
		cards:     map[string]drawing{"deal": numbered((*App).drawDeal)},
		refusals:  dealRefusals,
		changed:   (*App).tellOwner,
		timed:     timed{due: (*App).refreshCards, next: (*App).nextRefresh},
	}
}

// step decides one change of a deal; no events and no error leave it as it is.
type step func(k *sales.Case) ([]sales.Event, error)

// change is a use case that changes one deal.
type change struct {
	deal  int64
	log   bool // its steps look at the log
	steps []step
	done  func(k *sales.Case, events []sales.Event) Reply // k and all events afterwards
}

// change loads the deal, decides, saves and says so, in one transaction.
func (a *App) change(ctx context.Context, c *Call, ch change) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, err := a.load(ctx, tx.Reader, c, ch.deal, ch.log)
		if err != nil {
			return Reply{}, err
		}
		var all []sales.Event
		for _, decide := range ch.steps {
			events, err := decide(k)
			if err != nil {
				return Reply{}, within(k, err)
			}
			if len(events) == 0 {
				continue
			}
			if len(all) == 0 { // asked once for all steps
				if ask, asked, err := a.again(ctx, tx, c, ch.deal); asked || err != nil {
					return ask, err
				}
			}
			if err := tx.Apply(ctx, k, events); err != nil {
				return Reply{}, within(k, err)
			}
			all = append(all, events...)
		}
		if len(all) > 0 {
			if err := a.changed(ctx, tx, c, k, all); err != nil {
				return Reply{}, err
			}
		}
		return c.inPlace(ch.done(k, all)), nil
	})
}

// load returns the case of a deal that the person may read.
func (a *App) load(ctx context.Context, r *store.Reader, c *Call, id int64, log bool) (*sales.Case, error) {
	read := r.Case
	if log {
		read = r.CaseWithLog
	}
	k, err := read(ctx, id)
	var e *sales.Error
	switch {
	case errors.As(err, &e):
		return nil, unknownDeal(id)
	case err != nil:
		return nil, err
	case k.Org.MayRead(c.User, k.Deal), log && mayUndo(k, c):
		return k, nil
	}
	return nil, unknownDeal(id)
}

// mayUndo lets somebody who has just given a deal away take that back, although it
// is another's now and perhaps not for them to read.
func mayUndo(k *sales.Case, c *Call) bool {
	_, err := k.Undo(c.User, c.Now)
	return err == nil
}

// again asks back when the person typed the same about the same deal a moment ago,
// and nothing was done for it since, and reports whether that is the answer. The deal is 0
// for one that is to be created. A second tap on the answer to that question is no answer.
func (a *App) again(ctx context.Context, tx *store.Tx, c *Call, deal int64) (ask Reply, asked bool, err error) {
	line := c.asked
	switch {
	case line == "":
		return Reply{}, false, nil
	case c.Sure:
		tapped, err := tx.RecentSame(ctx, c.User, strings.Join([]string{"sure", c.Channel, c.Message, c.View.ID, c.View.Hash, line}, " "), c.Now, time.Minute)
		return Reply{}, tapped, err
	}
	typed := strings.ToLower(strings.Join(strings.Fields(line), " ")) // not folded: a sign makes a difference
	fingerprint := dealSubject(deal) + " " + typed
	same, err := tx.RecentSame(ctx, c.User, fingerprint, c.Now, time.Minute)
	if same && deal != 0 && err == nil { // it may have been taken back since
		var touched time.Time
		if touched, err = tx.DealTouched(ctx, deal); err == nil {
			same, err = tx.RecentSame(ctx, c.User, fingerprint, c.Now, min(time.Minute, c.Now.Sub(touched)+time.Millisecond))
		}
	}
	if err != nil || !same {
		return Reply{}, false, err
	}
	sentence := c.T("You did just that less than a minute ago: `%s`. Once more?", a.slash(line))
	return c.inPlace(say(sentence, view.Actions(view.RunSure(line, c.T("Yes, once more")), view.Button("dismiss", "", c.T("No")))...)), true, nil
}

// found is a deal that was found by its words, in a snapshot before the decision.
type found struct {
	*sales.Case
	words []Word // that named it
	rest  []Word
}

// locate reads the deal that the words begin with, its process and the organisation,
// and nothing more of its case: enough to read the rest of the words.
func (a *App) locate(ctx context.Context, c *Call, words []Word) (found, error) {
	var f found
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		f, err = a.locateIn(ctx, r, c, words)
		return err
	})
	return f, err
}

// locateIn is locate in a snapshot that is open already.
func (a *App) locateIn(ctx context.Context, r *store.Reader, c *Call, words []Word) (f found, err error) {
	f.Case = &sales.Case{}
	if f.Deal, f.rest, err = a.findDeal(ctx, r, c, words); err != nil {
		return f, err
	}
	f.words = words[:len(words)-len(f.rest)]
	if f.Org, err = r.Organisation(ctx); err != nil {
		return f, err
	}
	f.Process, err = r.Process(ctx, f.Deal.Process)
	return f, err
}

// find is locate with the whole case, for answers that tell what a gate needs.
func (a *App) find(ctx context.Context, c *Call, words []Word) (found, error) {
	f, err := a.locate(ctx, c, words)
	if err != nil {
		return f, err
	}
	f.Case, err = a.read(ctx, c, f.Deal.ID)
	return f, err
}

// read returns the case of a deal by its id, in a snapshot.
func (a *App) read(ctx context.Context, c *Call, id int64) (*sales.Case, error) {
	var k *sales.Case
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		k, err = a.load(ctx, r, c, id, false)
		return err
	})
	return k, err
}

// ids reads "ID:NUMBER:REST" as buttons and forms carry it; what is missing is zero.
func ids(value string) (id int64, n int, rest string) {
	first, more, _ := strings.Cut(value, ":")
	second, rest, _ := strings.Cut(more, ":")
	id, _ = strconv.ParseInt(first, 10, 64)
	n, err := strconv.Atoi(second)
	if err != nil {
		return id, 0, more
	}
	return id, n, rest
}

// pageNumber reads the number of a page, from 0, as buttons carry it; there are never
// so many pages that it could not be counted with.
func pageNumber(value string) int {
	n, _ := strconv.Atoi(value)
	return min(max(n, 0), 1_000_000)
}

// idAndKey reads "ID:KEY".
func idAndKey(value string) (id int64, key string) {
	first, key := cutColon(value)
	id, _ = strconv.ParseInt(first, 10, 64)
	return id, key
}

// approvalCommands lists the kinds of approval that can be requested by a command.
func approvalCommands(p *sales.Process) []string {
	var out []string
	for _, policy := range p.Policies {
		if _, ok := verb(policy.Kind, ""); ok {
			out = append(out, policy.Kind)
		}
	}
	return out
}

// undoButton takes the deal's last step back.
func undoButton(c *Call, d sales.Deal) slack.BlockElement {
	return view.Button("deal.undo", fmt.Sprintf("%d:%d", d.ID, d.Version), c.T("Undo"))
}
