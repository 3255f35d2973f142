package handlers

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// dealWon answers /deal won REF: it asks for the amount to be confirmed.
func (a *App) dealWon(ctx context.Context, c *Call) (Reply, error) {
	f, err := a.find(ctx, c, c.Words)
	if err == nil {
		err = within(f.Case, noMore(f.rest))
	}
	if err != nil {
		return Reply{}, err
	}
	return a.confirmWin(ctx, c, f.Case, 0)
}

// confirmWin asks whether the deal is won for the amount that it has. What stands
// in the way is said first, so that nobody confirms in vain. moves is what the person saw.
func (a *App) confirmWin(_ context.Context, c *Call, k *sales.Case, moves int) (Reply, error) {
	if _, err := k.Win(c.User, sales.Move{Seen: moves}, c.Now); err != nil {
		return Reply{}, within(k, err)
	}
	d := k.Deal
	if !d.Amount.IsSet() {
		return Reply{Modal: view.WinForm(c.Printer, k)}, nil
	}
	amount := c.Money(d.Amount.Minor, d.Amount.Currency)
	sentence := c.T("Is %s won for %s?", view.DealName(d), amount)
	seen := fmt.Sprintf("%d:%d", d.ID, d.Version)
	return c.inPlace(say(sentence, view.Actions(
		view.Primary("deal.win", seen, c.T("Yes, %s", amount)),
		view.Button("deal.win_form", seen, c.T("Another amount…")),
		view.Button("dismiss", "", c.T("No")),
	)...)), nil
}

// clickWin wins the deal as it was shown: any change since then is shown first.
func (a *App) clickWin(ctx context.Context, c *Call) (Reply, error) {
	id, version, _ := ids(c.Value)
	return a.change(ctx, c, change{
		deal: id,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) {
			if k.Deal.Version != version {
				return nil, sales.Refuse(sales.Conflict, "deal.moved_since", "stage", k.Deal.Stage)
			}
			return k.Win(c.User, sales.Move{}, c.Now)
		}},
		done: func(k *sales.Case, _ []sales.Event) Reply { return a.moved(c, k) },
	})
}

func (a *App) clickWinForm(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.Value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.WinForm(c.Printer, k)}, nil
}

// submitWin sets the amount and wins the deal, in one step.
func (a *App) submitWin(ctx context.Context, c *Call) (Reply, error) {
	id, moves, _ := ids(c.View.Meta)
	return c.formDone(a.change(ctx, c, change{
		deal: id,
		steps: []step{
			func(k *sales.Case) ([]sales.Event, error) { return a.setAmount(c, k) },
			func(k *sales.Case) ([]sales.Event, error) { return k.Win(c.User, sales.Move{Seen: moves}, c.Now) },
		},
		done: func(k *sales.Case, _ []sales.Event) Reply { return a.moved(c, k) },
	}))
}

// setAmount reads the form's amount and sets it when it is another one.
func (a *App) setAmount(c *Call, k *sales.Case) ([]sales.Event, error) {
	amount, err := sales.ParseMoney(c.Input("deal.amount"), currencyOf(k))
	if err != nil {
		return nil, atInput("deal.amount", err)
	}
	return unlessSame(k.Set(c.User, "amount", amount.Canonical(), c.Now))
}

// currencyOf is what an amount without a currency is in.
func currencyOf(k *sales.Case) string {
	if k.Deal.Amount.IsSet() {
		return k.Deal.Amount.Currency
	}
	return k.Process.Currency
}

// dealLost answers /deal lost REF [REASON]: without a reason, or with words that
// are none, it asks from the list.
func (a *App) dealLost(ctx context.Context, c *Call) (Reply, error) {
	words, why, _ := cut(c.Words, because...)
	f, err := a.locate(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	note := c.typed(why)
	reason := ""
	if len(f.rest) > 0 {
		if reason, err = c.matchReason(f.Process, f.rest); err != nil && note == "" {
			note = c.typed(f.rest)
		}
	}
	if reason == "" {
		return a.askReason(c, f.Case, note)
	}
	return a.lose(ctx, c, f.Deal.ID, reason, note, 0)
}

func (a *App) lose(ctx context.Context, c *Call, deal int64, reason, note string, seen int) (Reply, error) {
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.Lose(c.User, reason, note, seen, c.Now) }},
		done: func(k *sales.Case, _ []sales.Event) Reply {
			sentence := c.T("%s is closed as lost: %s. Thank you for saying why.", view.DealName(k.Deal), view.ReasonName(c.Printer, k.Process, reason))
			return say(sentence, view.Actions(undoButton(c, k.Deal))...)
		},
	})
}

// askReason offers the process's reasons, each a button that closes the deal.
func (a *App) askReason(c *Call, k *sales.Case, note string) (Reply, error) {
	if _, err := k.Lose(c.User, k.Process.Reasons[0].Key, "", 0, c.Now); err != nil {
		return Reply{}, within(k, err)
	}
	if len(k.Process.Reasons) > view.MaxButtons {
		return Reply{Modal: view.LoseForm(c.Printer, k, note)}, nil
	}
	sentence := c.T("Why was %s lost?", view.DealName(k.Deal))
	var buttons []slack.BlockElement
	for _, r := range k.Process.Reasons {
		value := fmt.Sprintf("%s:%s", moveValue(k.Deal), r.Key)
		if note != "" {
			value += ":" + text.Truncate(note, 500)
		}
		buttons = append(buttons, view.Button("deal.lose", value, r.Name.In(c.Lang())))
	}
	if note != "" {
		sentence = view.Lines(sentence, c.T("“%s” is kept as a note.", view.Note(note)))
	}
	return c.inPlace(say(sentence, view.Actions(buttons...)...)), nil
}

func (a *App) clickLose(ctx context.Context, c *Call) (Reply, error) {
	id, moves, rest := ids(c.Value)
	reason, note := cutColon(rest)
	return a.lose(ctx, c, id, reason, note, moves)
}

func (a *App) submitLose(ctx context.Context, c *Call) (Reply, error) {
	id, moves, _ := ids(c.View.Meta)
	return c.formDone(a.lose(ctx, c, id, c.Input("deal.reason"), c.Input("deal.because"), moves))
}
