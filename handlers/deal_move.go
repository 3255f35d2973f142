package handlers

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
)

// dealAdvance answers /deal advance REF [to STAGE] [override because TEXT].
func (a *App) dealAdvance(ctx context.Context, c *Call) (Reply, error) {
	words, why, overridden := cutOverride(c.Words)
	words, stage, named := cutLast(words, to...)
	f, err := a.locate(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	move := sales.Move{Override: c.typed(why)}
	if named {
		if move.To, err = c.matchStage(f.Process, stage); err != nil {
			return Reply{}, within(f.Case, err)
		}
	}
	if err := noMore(f.rest); err != nil {
		return Reply{}, within(f.Case, err)
	}
	if overridden && move.Override == "" {
		k, err := a.read(ctx, c, f.Deal.ID)
		if err != nil {
			return Reply{}, err
		}
		return a.askOverride(ctx, c, k, move)
	}
	return a.advance(ctx, c, f.Deal.ID, move)
}

// cutOverride parts off "override because TEXT".
func cutOverride(words []Word) (before, why []Word, found bool) {
	before, after, found := cut(words, override...)
	if !found {
		return words, nil, false
	}
	if _, why, ok := cut(after, because...); ok {
		return before, why, true
	}
	return before, after, true
}

func (a *App) advance(ctx context.Context, c *Call, deal int64, m sales.Move) (Reply, error) {
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.Advance(c.User, m, c.Now) }},
		done:  func(k *sales.Case, _ []sales.Event) Reply { return a.moved(c, k) },
	})
}

// moved says where the deal is now and what it needs there.
func (a *App) moved(c *Call, k *sales.Case) Reply {
	d := k.Deal
	name, stage := view.DealName(d), k.Process.StageIndex(d.Stage)
	switch {
	case d.Status == sales.Won && stage == k.Process.WonIndex():
		return a.standing(c, k, c.T("%s is won. Congratulations!", name))
	case !d.Done.IsZero():
		return a.standing(c, k, c.T("%s is completed. Well done.", name))
	}
	return a.standing(c, k, c.T("%s is now in *%s*.", name, view.StageName(c.Printer, k.Process, d.Stage)))
}

// standing adds to a sentence what the deal needs where it is, with the buttons for it.
func (a *App) standing(c *Call, k *sales.Case, sentence string) Reply {
	sentence, buttons := a.needed(c, k, sentence)
	return say(sentence, view.Actions(append(buttons, undoButton(c, k.Deal))...)...)
}

// needed adds what is missing, and returns the buttons that do it.
func (a *App) needed(c *Call, k *sales.Case, sentence string) (string, []slack.BlockElement) {
	missing, err := k.Missing(followingStage(k))
	if err != nil {
		a.Log.Warn("the gate cannot be read", "deal", k.Deal.ID, "error", err)
	}
	if len(missing) == 0 || k.Deal.Status == sales.Lost || !k.Deal.Done.IsZero() {
		return sentence, nil
	}
	sentence = view.Lines(sentence, view.Before(c.Printer, k.Process, followingStage(k), missing))
	return sentence, view.GateButtons(c.Printer, view.Gate{Case: k, Missing: missing})
}

// goingOn is standing with the way on: the button for the next stage when nothing
// is missing, and more buttons behind.
func (a *App) goingOn(c *Call, k *sales.Case, sentence string, more ...slack.BlockElement) Reply {
	sentence, buttons := a.needed(c, k, sentence)
	if len(buttons) == 0 && k.Deal.Status == sales.Open {
		if missing, err := k.Missing(followingStage(k)); err == nil && len(missing) == 0 {
			to := view.StageName(c.Printer, k.Process, followingStage(k))
			sentence = view.Lines(sentence, view.Before(c.Printer, k.Process, followingStage(k), nil))
			buttons = append(buttons, view.Primary("deal.advance", moveValue(k.Deal), c.T("On to %s", view.Unmarked(to))))
		}
	}
	return say(sentence, view.Actions(append(buttons, more...)...)...)
}

// followingStage is the key of the stage after the present one; "" after the last.
func followingStage(k *sales.Case) string {
	if i := k.Process.StageIndex(k.Deal.Stage) + 1; i < len(k.Process.Stages) {
		return k.Process.Stages[i].Key
	}
	return ""
}

func (a *App) clickAdvance(ctx context.Context, c *Call) (Reply, error) {
	id, moves, _ := ids(c.Value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	if k.Deal.Status == sales.Open && followingStage(k) == k.Process.Stages[k.Process.WonIndex()].Key {
		return a.confirmWin(ctx, c, k, moves)
	}
	return a.advance(ctx, c, id, sales.Move{Seen: moves})
}

// dealBack answers /deal back REF to STAGE [because TEXT].
func (a *App) dealBack(ctx context.Context, c *Call) (Reply, error) {
	words, why, _ := cut(c.Words, because...)
	words, stage, named := cutLast(words, to...)
	f, err := a.locate(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	if !named && len(f.rest) > 0 {
		stage, named, f.rest = f.rest, true, nil
	}
	if !named {
		return Reply{Modal: view.BackForm(c.Printer, f.Case)}, nil
	}
	to, err := c.matchStage(f.Process, stage)
	if err == nil {
		err = noMore(f.rest)
	}
	if err != nil {
		return Reply{}, within(f.Case, err)
	}
	return a.back(ctx, c, f.Deal.ID, sales.Move{To: to, Because: c.typed(why)})
}

func (a *App) back(ctx context.Context, c *Call, deal int64, m sales.Move) (Reply, error) {
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.Back(c.User, m, c.Now) }},
		done: func(k *sales.Case, _ []sales.Event) Reply {
			return a.standing(c, k, c.T("%s is back in *%s*.", view.DealName(k.Deal), view.StageName(c.Printer, k.Process, k.Deal.Stage)))
		},
	})
}

func (a *App) submitBack(ctx context.Context, c *Call) (Reply, error) {
	id, moves, _ := ids(c.View.Meta)
	return c.formDone(a.back(ctx, c, id, sales.Move{To: c.Input("deal.stage"), Because: c.Input("deal.because"), Seen: moves}))
}

// formDone shows what a form did in the form's place, with what can be done next.
func (c *Call) formDone(r Reply, err error) (Reply, error) {
	if err != nil || r.Modal != nil || len(r.Errors) > 0 || r.Text == "" {
		return r, err
	}
	r.Modal = view.Notice(c.Printer, c.T("Done"), r.Text, r.Blocks[1:]...)
	return r, nil
}

// dealReopen answers /deal reopen REF because TEXT.
func (a *App) dealReopen(ctx context.Context, c *Call) (Reply, error) {
	c.closed = true
	words, why, _ := cut(c.Words, because...)
	f, err := a.locate(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	if len(why) == 0 {
		why = f.rest
	} else if err := noMore(f.rest); err != nil {
		return Reply{}, within(f.Case, err)
	}
	if len(why) == 0 && f.Deal.Status != sales.Open {
		return Reply{Modal: view.ReopenForm(c.Printer, f.Deal)}, nil
	}
	return a.reopen(ctx, c, f.Deal.ID, c.typed(why))
}

func (a *App) reopen(ctx context.Context, c *Call, deal int64, why string) (Reply, error) {
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.Reopen(c.User, why, c.Now) }},
		done: func(k *sales.Case, _ []sales.Event) Reply {
			return a.standing(c, k, c.T("%s is open again, in *%s*.", view.DealName(k.Deal), view.StageName(c.Printer, k.Process, k.Deal.Stage)))
		},
	})
}

func (a *App) clickReopen(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.Value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.ReopenForm(c.Printer, k.Deal)}, nil
}

func (a *App) submitReopen(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.View.Meta)
	return c.formDone(a.reopen(ctx, c, id, c.Input("deal.because")))
}

// dealUndo answers /deal undo REF.
func (a *App) dealUndo(ctx context.Context, c *Call) (Reply, error) {
	f, err := a.locate(ctx, c, c.Words)
	if err == nil {
		err = within(f.Case, noMore(f.rest))
	}
	if err != nil {
		return Reply{}, err
	}
	return a.undo(ctx, c, f.Deal.ID, 0)
}

// undo takes back the deal's last step; version is what the person saw, 0 when they typed.
func (a *App) undo(ctx context.Context, c *Call, deal int64, version int) (Reply, error) {
	return a.change(ctx, c, change{
		deal: deal, log: true,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) {
			if version != 0 && movedOn(k.Log, version) {
				return nil, sales.Refuse(sales.Conflict, "undo.moved_on")
			}
			return k.Undo(c.User, c.Now)
		}},
		done: func(k *sales.Case, _ []sales.Event) Reply {
			d := view.Deal{Case: k, Now: c.Now}
			return say(c.T("Taken back. %s: %s.", view.DealName(k.Deal), d.Where(c.Printer)))
		},
	})
}

func (a *App) clickUndo(ctx context.Context, c *Call) (Reply, error) {
	id, version, _ := ids(c.Value)
	return a.undo(ctx, c, id, version)
}

func (a *App) clickOverride(ctx context.Context, c *Call) (Reply, error) {
	id, moves, to := ids(c.Value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return a.askOverride(ctx, c, k, sales.Move{To: to, Seen: moves})
}

// askOverride asks for the reason for passing a gate, of those who may pass it. When
// nothing is missing, the deal simply goes on.
func (a *App) askOverride(ctx context.Context, c *Call, k *sales.Case, m sales.Move) (Reply, error) {
	if m.To == "" {
		m.To = followingStage(k)
	}
	missing, err := k.Missing(m.To)
	if err != nil || len(missing) == 0 {
		return a.advance(ctx, c, k.Deal.ID, m)
	}
	m.Override = "?"
	if _, err := k.Advance(c.User, m, c.Now); err != nil {
		return Reply{}, within(k, err)
	}
	return Reply{Modal: view.OverrideForm(c.Printer, k, m.To, missing)}, nil
}

func (a *App) submitOverride(ctx context.Context, c *Call) (Reply, error) {
	id, moves, to := ids(c.View.Meta)
	return c.formDone(a.advance(ctx, c, id, sales.Move{To: to, Override: c.Input("deal.because"), Seen: moves}))
}

// moveValue is what a button about a deal's moves carries.
func moveValue(d sales.Deal) string { return fmt.Sprintf("%d:%d", d.ID, d.Moves) }
