package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// dealNext answers /deal next REF TEXT [by DATE].
func (a *App) dealNext(ctx context.Context, c *Call) (Reply, error) {
	f, err := a.locate(ctx, c, c.Words)
	if err != nil {
		return Reply{}, err
	}
	if len(f.rest) == 0 {
		return Reply{Modal: view.PlanForm(c.Printer, f.Deal)}, nil
	}
	words, date, dated := cutLast(f.rest, by...)
	var due time.Time
	if dated {
		if due, err = c.readDate(date); isCode(err, "date.unreadable") && !likeDate(date) {
			words, err = f.rest, nil // "send it by mail" has no date
		}
	}
	if err != nil {
		return Reply{}, within(f.Case, c.keeping(err, f.rest))
	}
	return a.plan(ctx, c, f.Deal.ID, c.typed(words), due)
}

// days are the words that dates begin with, in which a slip is likely to be one.
var days = []string{"today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// likeDate reports whether the words are rather a date that there is not, or one with a slip, than something else.
func likeDate(words []Word) bool {
	if len(words) == 0 || words[0].Quoted {
		return false
	}
	typed := fold(words[0].Text)
	slip := func(day string) bool { return len(typed) >= 5 && distance(typed, day) == 1 }
	return text.LikeDate(words[0].Text) || slices.ContainsFunc(days, slip)
}

// keeping lets a person say that what was taken for a date belongs to the text.
func (c *Call) keeping(err error, words []Word) error {
	e, ok := errors.AsType[*sales.Error](err)
	if !ok || e.Code != "date.unreadable" {
		return err
	}
	e.Choices = []sales.Choice{{Key: strings.ReplaceAll(c.typed(words), `"`, "'"), Label: c.T("Keep it as text")}}
	return choosing(e, func(k string) string { return c.with(words, `"`+k+`"`) })
}

func (a *App) plan(ctx context.Context, c *Call, deal int64, next string, due time.Time) (Reply, error) {
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.Plan(c.User, next, due, c.Now) }},
		done: func(k *sales.Case, _ []sales.Event) Reply {
			sentence := c.T("Next for %s: %s.", view.DealName(k.Deal), view.Note(next))
			if !due.IsZero() {
				sentence = c.T("Next for %s: %s, by %s.", view.DealName(k.Deal), view.Note(next), view.Day(c.Printer, k.Deal.NextBy, c.Now))
			}
			return say(sentence, view.Actions(undoButton(c, k.Deal))...)
		},
	})
}

func (a *App) clickPlan(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.Value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.PlanForm(c.Printer, k.Deal)}, nil
}

func (a *App) submitPlan(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.View.Meta)
	due, _ := time.Parse(time.DateOnly, c.Input("deal.by"))
	r, err := a.plan(ctx, c, id, c.Input("deal.next"), due)
	return c.formDone(r, atDate("deal.by", err))
}

// atDate says that a date that is too far away was refused beside the form's input for it.
func atDate(block string, err error) error {
	if isCode(err, "date.far") {
		return atInput(block, err)
	}
	return err
}

// parties are who a deal can wait for, as people say it.
var parties = []named{
	{key: string(sales.WaitCustomer), names: []string{"customer", "client", "them", "客户", "对方"}},
	{key: string(sales.WaitUs), names: []string{"us", "me", "we", "我们", "我方", "自己"}},
}

// dealWait answers /deal wait REF customer|us [because TEXT].
func (a *App) dealWait(ctx context.Context, c *Call) (Reply, error) {
	words, why, _ := cut(c.Words, because...)
	f, err := a.locate(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	if len(f.rest) == 0 {
		return Reply{Modal: view.RestForm(c.Printer, f.Deal, string(sales.WaitCustomer))}, nil
	}
	who := f.rest
	if who[0].is("for", "on") && len(who) > 1 {
		who = who[1:]
	}
	if who[0].is("the") && len(who) > 1 {
		who = who[1:]
	}
	list := []named{parties[0], parties[1]}
	list[0].label, list[1].label = c.T("The customer"), c.T("Us")
	party, err := pickAll("party", list, who)
	if err != nil {
		return Reply{}, within(f.Case, choosing(err, func(k string) string { return c.with(f.rest, k) }))
	}
	return a.wait(ctx, c, f.Deal.ID, sales.Party(party), c.typed(why))
}

func (a *App) wait(ctx context.Context, c *Call, deal int64, who sales.Party, why string) (Reply, error) {
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.WaitOn(c.User, who, why, c.Now) }},
		done: func(k *sales.Case, _ []sales.Event) Reply {
			sentence := c.T("%s now waits for us.", view.DealName(k.Deal))
			if who == sales.WaitCustomer {
				sentence = c.T("%s now waits for the customer.", view.DealName(k.Deal))
			}
			return say(sentence, view.Actions(view.Run("deal resume "+k.Deal.Ref(), c.T("Resume")), undoButton(c, k.Deal))...)
		},
	})
}

// dealPark answers /deal park REF until DATE [because TEXT].
func (a *App) dealPark(ctx context.Context, c *Call) (Reply, error) {
	words, why, _ := cut(c.Words, because...)
	words, date, dated := cutLast(words, until...)
	f, err := a.locate(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	if !dated {
		date = f.rest
	} else if err := noMore(f.rest); err != nil {
		return Reply{}, within(f.Case, err)
	}
	if len(date) == 0 {
		return Reply{Modal: view.RestForm(c.Printer, f.Deal, "park")}, nil
	}
	end, err := c.readDate(date)
	if err != nil {
		return Reply{}, within(f.Case, err)
	}
	return a.park(ctx, c, f.Deal.ID, end, c.typed(why))
}

func (a *App) park(ctx context.Context, c *Call, deal int64, end time.Time, why string) (Reply, error) {
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.Park(c.User, end, why, c.Now) }},
		done: func(k *sales.Case, _ []sales.Event) Reply {
			sentence := c.T("%s rests until %s. Nobody is reminded of it before.", view.DealName(k.Deal), c.DateShort(end, c.Now))
			return say(sentence, view.Actions(view.Run("deal resume "+k.Deal.Ref(), c.T("Resume")), undoButton(c, k.Deal))...)
		},
	})
}

// submitRest takes the form for waiting and parking.
func (a *App) submitRest(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.View.Meta)
	why := c.Input("deal.because")
	if party := c.Input("deal.party"); party != "park" {
		return c.formDone(a.wait(ctx, c, id, sales.Party(party), why))
	}
	end, err := time.ParseInLocation(time.DateOnly, c.Input("deal.until"), c.Location())
	if err != nil {
		return Reply{}, atInput("deal.until", sales.Refuse(sales.Invalid, "park.no_date"))
	}
	r, err := a.park(ctx, c, id, end, why)
	if isCode(err, "park.past") {
		err = atInput("deal.until", err)
	}
	return c.formDone(r, atDate("deal.until", err))
}

// dealResume answers /deal resume REF.
func (a *App) dealResume(ctx context.Context, c *Call) (Reply, error) {
	c.resting = true
	f, err := a.locate(ctx, c, c.Words)
	if err == nil {
		err = within(f.Case, noMore(f.rest))
	}
	if err != nil {
		return Reply{}, err
	}
	return a.resume(ctx, c, f.Deal.ID)
}

func (a *App) resume(ctx context.Context, c *Call, deal int64) (Reply, error) {
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.Resume(c.User, c.Now) }},
		done: func(k *sales.Case, _ []sales.Event) Reply {
			return a.standing(c, k, c.T("%s goes on.", view.DealName(k.Deal)))
		},
	})
}

// dealAssign answers /deal assign REF @user.
func (a *App) dealAssign(ctx context.Context, c *Call) (Reply, error) {
	words, person, named := cutLast(c.Words, to...)
	f, err := a.locate(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	if named {
		err = within(f.Case, noMore(f.rest))
	} else {
		person = f.rest
	}
	if err != nil {
		return Reply{}, err
	}
	if len(person) == 0 {
		return Reply{Modal: view.AssignForm(c.Printer, f.Deal)}, nil
	}
	user := ""
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		user, err = a.matchUser(ctx, r, c, person)
		return err
	})
	if err != nil {
		return Reply{}, within(f.Case, err)
	}
	return a.assign(ctx, c, f.Deal.ID, user)
}

func (a *App) assign(ctx context.Context, c *Call, deal int64, user string) (Reply, error) {
	if err := a.mayOwn(ctx, c, user); err != nil {
		return Reply{}, err
	}
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.Assign(c.User, user, c.Now) }},
		done: func(k *sales.Case, _ []sales.Event) Reply {
			return say(c.T("%s now belongs to %s.", view.DealName(k.Deal), "<@"+user+">"), view.Actions(undoButton(c, k.Deal))...)
		},
	})
}

// mayOwn refuses an owner who is a program, has left or is nobody. Slack is asked
// about people who are not in the mirror yet.
func (a *App) mayOwn(ctx context.Context, c *Call, user string) error {
	if user == "" || user == c.User {
		return nil
	}
	var p store.Person
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		p, err = r.Person(ctx, user)
		return err
	})
	if err != nil {
		return err
	}
	if p.Seen.IsZero() && a.Directory != nil {
		if p = a.meet(ctx, user, c.Now); p.Seen.IsZero() {
			return atInput("deal.owner", sales.Refuse(sales.NotFound, "user.unknown", "input", user))
		}
	}
	if p.Bot || p.Deleted {
		return atInput("deal.owner", sales.Refuse(sales.Invalid, "user.cannot_own", "user", user))
	}
	return nil
}

func (a *App) submitAssign(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.View.Meta)
	return c.formDone(a.assign(ctx, c, id, c.Input("deal.owner")))
}

// tellOwner writes to somebody who was given a deal by another person.
func (a *App) tellOwner(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, events []sales.Event) error {
	for _, e := range events {
		given := e.Type == sales.Assigned || e.Type == sales.Created
		if !given || e.Data.User == e.Actor || e.Actor == "" {
			continue
		}
		p, err := a.printerOf(ctx, tx.Reader, e.Data.User)
		if err != nil {
			return err
		}
		sentence := p.T("%s gave you %s.", names(ctx, tx.Reader)(e.Actor), view.DealName(k.Deal))
		r := say(sentence, view.Actions(view.Button("deal.open", fmt.Sprint(k.Deal.ID), p.T("Show")))...)
		if err := a.direct(ctx, tx, fmt.Sprintf("given:%d:%d", k.Deal.ID, e.Version), e.Data.User, r); err != nil {
			return err
		}
	}
	return nil
}

// readDate reads all the words as a day, in the person's zone. What can be two days
// is refused with both as choices.
func (c *Call) readDate(words []Word) (time.Time, error) {
	typed := spoken(words)
	if t, ok := text.ParseDate(typed, c.Now, c.Location()); ok {
		return t, nil
	}
	if text.FarDate(typed, c.Now, c.Location()) {
		return time.Time{}, sales.Refuse(sales.Invalid, "date.far", "input", typed, "years", sales.PlannedYears)
	}
	e := sales.Refuse(sales.Invalid, "date.unreadable", "input", typed)
	for _, t := range text.EitherDate(typed, c.Now, c.Location()) {
		e.Kind, e.Code = sales.Ambiguous, "date.ambiguous"
		e.Choices = append(e.Choices, sales.Choice{Key: t.Format(time.DateOnly), Label: c.Date(t)})
	}
	return time.Time{}, choosing(e, func(k string) string { return c.with(words, k) })
}
