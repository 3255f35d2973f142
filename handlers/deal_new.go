package handlers

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// dealNew answers /deal new NAME [AMOUNT [CURRENCY]] [for ACCOUNT].
func (a *App) dealNew(ctx context.Context, c *Call) (Reply, error) {
	if len(c.Words) == 0 {
		return a.newDealForm(ctx, c)
	}
	process, err := a.process(ctx, "")
	if err != nil {
		return Reply{}, err
	}
	words, account, _ := cutLast(c.Words, forWords...)
	if len(words) == 0 || len(account) == 0 {
		words, account = c.Words, nil // "for" is part of the name
	}
	name, amount, err := c.cutAmount(words, process.Currency)
	if err != nil {
		return Reply{}, err
	}
	return a.create(ctx, c, process.Key, sales.NewDeal{Name: c.typed(name), Account: c.typed(account), Owner: c.User, Amount: amount})
}

// cutAmount parts the amount off the end of the words: "12k", "12k EUR", "EUR 12k",
// "1.5 million euros". At least one word is left for the name.
func (c *Call) cutAmount(words []Word, currency string) (name []Word, amount sales.Money, err error) {
	for n := min(3, len(words)-1); n > 0; n-- {
		last := words[len(words)-n:]
		if !mayBeAmount(last) {
			continue
		}
		amount, err := sales.ParseMoney(spoken(last), currency)
		switch {
		case err == nil && yearLike.MatchString(spoken(last)):
			return nil, sales.Money{}, c.yearOrAmount(words, last, amount)
		case err == nil:
			return words[:len(words)-n], amount, nil
		case isCode(err, "money.unreadable"), isCode(err, "money.currency") && !allCapitals(last[len(last)-1].Text):
			continue
		}
		return nil, sales.Money{}, choosing(err, func(k string) string { return c.with(last, k) })
	}
	if rest := words[1:]; words[0].Quoted && beginsAmount.MatchString(spoken(rest)) { // the name is complete
		amount, err = sales.ParseMoney(spoken(rest), currency)
		return words[:1], amount, choosing(err, func(k string) string { return c.with(rest, k) })
	}
	return words, sales.Money{}, nil
}

// beginsAmount is of words that cannot belong to a quoted name in front of them.
var beginsAmount = regexp.MustCompile(`^[\p{Sc}+-]?\d`)

// yearLike is a bare number that ends names as often as it is an amount: "Renewal 2027".
var yearLike = regexp.MustCompile(`^(19|20)\d\d$`)

// yearOrAmount asks what such a number is.
func (c *Call) yearOrAmount(words, last []Word, amount sales.Money) error {
	e := sales.Refuse(sales.Ambiguous, "amount.or_name", "input", spoken(last))
	name := c.typed(words)
	e.Choices = []sales.Choice{{Key: amount.Canonical()}, {Key: name, Label: c.T("It belongs to the name")}}
	return choosing(e, func(k string) string {
		if k == name {
			return c.with(words, `"`+strings.ReplaceAll(name, `"`, "'")+`"`)
		}
		return c.with(last, k)
	})
}

// mayBeAmount reports whether the words look like one amount: exactly one of them
// has digits, and a currency in front of it is a symbol or in capitals, so that
// "Phase 2 500" and "try 12k" stay names with an amount behind. A bare number of one or
// two digits counts something: "Phase 2".
func mayBeAmount(words []Word) bool {
	if len(words) == 1 && smallNumber.MatchString(words[0].Text) {
		return false
	}
	numbers := 0
	for i, w := range words {
		hasDigit := strings.ContainsFunc(w.Text, unicode.IsDigit)
		if w.Quoted {
			return false
		}
		if hasDigit {
			numbers++
		}
		if i == 0 && !hasDigit && strings.ContainsFunc(w.Text, unicode.IsLower) {
			return false
		}
	}
	return numbers == 1
}

var smallNumber = regexp.MustCompile(`^\d{1,2}$`)

func allCapitals(s string) bool { return strings.ToUpper(s) == s }

// create makes a deal and says so: to its creator, and with a card in its channel.
func (a *App) create(ctx context.Context, c *Call, process string, n sales.NewDeal) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		p, err := tx.Process(ctx, process)
		if err != nil {
			return Reply{}, err
		}
		org, err := tx.Organisation(ctx)
		if err != nil {
			return Reply{}, err
		}
		events, err := sales.Create(p, org, c.User, n, c.Now)
		if err != nil {
			return Reply{}, err
		}
		if ask, asked, err := a.again(ctx, tx, c, 0); asked || err != nil {
			return ask, err
		}
		d, err := tx.CreateDeal(ctx, events)
		if err != nil {
			return Reply{}, err
		}
		k, err := tx.Case(ctx, d.ID)
		if err != nil {
			return Reply{}, err
		}
		events[0].Deal = d.ID
		if err := a.changed(ctx, tx, c, k, events); err != nil {
			return Reply{}, err
		}
		return c.inPlace(a.created(c, k)), nil
	})
}

func (a *App) created(c *Call, k *sales.Case) Reply {
	d := k.Deal
	sentence := c.T("%s is new in *%s*.", view.DealName(d), view.StageName(c.Printer, k.Process, d.Stage))
	if d.Amount.IsSet() {
		sentence = c.T("%s is new in *%s*, for %s.", view.DealName(d), view.StageName(c.Printer, k.Process, d.Stage), c.Money(d.Amount.Minor, d.Amount.Currency))
	}
	if channel := a.dealChannel(k.Org, d); channel != "" {
		sentence = c.Printer.Sentences(sentence, c.T("Its card is in %s.", "<#"+channel+">"))
	}
	sentence, buttons := a.needed(c, k, sentence)
	return say(sentence, view.Actions(append(buttons, view.Run("deal set "+d.Ref(), c.T("Edit…")))...)...)
}

// process returns the current version of a process, the default one for "".
func (a *App) process(ctx context.Context, key string) (*sales.Process, error) {
	var p *sales.Process
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		p, err = r.Process(ctx, key)
		return err
	})
	return p, err
}

// newDealForm opens the form for a new deal.
func (a *App) newDealForm(ctx context.Context, c *Call) (Reply, error) {
	n := view.NewDeal{Owner: c.User}
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		if n.Process, err = r.Process(ctx, ""); err != nil {
			return err
		}
		n.Processes, err = r.Processes(ctx)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.NewDealForm(c.Printer, n)}, nil
}

func (a *App) submitNew(ctx context.Context, c *Call) (Reply, error) {
	p, err := a.process(ctx, c.Input("deal.process"))
	if err != nil {
		return Reply{}, err
	}
	n := sales.NewDeal{Name: c.Input("deal.name"), Account: c.Input("deal.account"), Source: c.Input("deal.source"), Owner: c.Input("deal.owner")}
	if typed := c.Input("deal.amount"); typed != "" {
		if n.Amount, err = sales.ParseMoney(typed, p.Currency); err != nil {
			return Reply{}, atInput("deal.amount", err)
		}
	}
	n.Close, _ = time.Parse(time.DateOnly, c.Input("deal.close"))
	if err := a.mayOwn(ctx, c, n.Owner); err != nil {
		return Reply{}, err
	}
	r, err := a.create(ctx, c, p.Key, n)
	return c.formDone(r, atDate("deal.close", err))
}

// submitEdit sets what was changed in the form, all or nothing.
func (a *App) submitEdit(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.View.Meta)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	if err := a.mayOwn(ctx, c, c.Input("deal.owner")); err != nil {
		return Reply{}, err
	}
	fields := []string{"name", "account", "amount", "close", "source", "margin"}
	for _, f := range k.Process.Fields {
		fields = append(fields, f.Key)
	}
	var steps []step
	for _, f := range fields {
		if _, asked := c.Values["deal."+f]; asked {
			steps = append(steps, func(k *sales.Case) ([]sales.Event, error) { return c.setInput(k, f) })
		}
	}
	steps = append(steps, c.assignInput, c.planInput)
	return c.formDone(a.change(ctx, c, change{deal: id, steps: steps, done: func(k *sales.Case, events []sales.Event) Reply {
		if len(events) == 0 {
			return say(c.T("Nothing was changed: %s is as it was.", view.DealName(k.Deal)))
		}
		return a.standing(c, k, c.T("%s is saved.", view.DealName(k.Deal)))
	}}))
}

func (c *Call) assignInput(k *sales.Case) ([]sales.Event, error) {
	owner := c.Input("deal.owner")
	if owner == "" {
		return nil, nil
	}
	return unlessSame(k.Assign(c.User, owner, c.Now))
}

func (c *Call) planInput(k *sales.Case) ([]sales.Event, error) {
	next := c.Input("deal.next")
	due, _ := time.Parse(time.DateOnly, c.Input("deal.by"))
	if next == "" || next == k.Deal.NextStep && due.Equal(k.Deal.NextBy) {
		return nil, nil
	}
	events, err := k.Plan(c.User, next, due, c.Now)
	return events, atDate("deal.by", err)
}

// whichNone asks for a deal of others, or shows the way to the first one.
func whichNone(f facts) (string, []slack.Block) {
	if n, ok := f.e.Facts["deals"].(int); ok && n == 0 {
		return f.T("There are no deals yet. `%s` creates one.", "/"+f.app.Prefix+"deal new"), view.Actions(view.Run("deal new", f.T("New deal…")))
	}
	return f.T("Which deal? Say a part of its name, or its number like D-12."), nil
}

// dealRefusals words what the rules about deals refuse.
var dealRefusals = map[string]wording{
	"deal.unknown":            says(text.Msg("I can't find a deal “%s”. `%[2]sdeal` shows yours, and `%[2]sdeal new …` creates one."), "input", "slash"),
	"deal.ambiguous":          says(text.Msg("“%s” can be more than one deal. Which one?"), "input"),
	"deal.which":              says(text.Msg("Which deal?")),
	"deal.which_none":         whichNone,
	"deal.none_closed":        says(text.Msg("None of your deals is closed. `%sdeal list closed` shows those of all."), "slash"),
	"deal.none_resting":       says(text.Msg("None of your deals waits or rests. Name the deal, if it is another's.")),
	"amount.or_name":          says(text.Msg("Is “%s” the amount?"), "input"),
	"deal.no_name":            says(text.Msg("A deal needs a name.")),
	"deal.margin":             says(text.Msg("A margin is a share of the amount: 100 per cent at most.")),
	"text.too_long":           says(text.Msg("That is too long: %s characters at most."), "max"),
	"deal.lost":               says(text.Msg("%s is closed as lost. `%sdeal reopen %s because …` takes it up again."), "deal", "slash", "ref"),
	"deal.won":                says(text.Msg("%s is won already."), "deal"),
	"deal.open":               says(text.Msg("%s is open already."), "deal"),
	"deal.completed":          says(text.Msg("%s is completed: there is no further stage."), "deal"),
	"deal.not_yours":          says(text.Msg("%s is not yours to change."), "deal"),
	"deal.moved_since":        overtaken,
	"deal.changed_meanwhile":  overtaken,
	"stage.unknown":           says(text.Msg("There is no stage “%s”. Did you mean:"), "input"),
	"stage.ambiguous":         says(text.Msg("“%s” can be more than one stage. Which one?"), "input"),
	"stage.missing":           says(text.Msg("Which stage?")),
	"move.already_there":      says(text.Msg("%s is in *%s* already."), "deal", "stage"),
	"move.not_ahead":          says(text.Msg("*%s* lies behind. `%sdeal back %s to …` goes there."), "stage", "slash", "ref"),
	"move.not_behind":         says(text.Msg("*%s* lies ahead. `%sdeal advance %s to …` goes there."), "stage", "slash", "ref"),
	"override.not_allowed":    says(text.Msg("Only people who lead can pass a gate that is not met.")),
	"lost.no_reason":          says(text.Msg("Please choose a reason from the list.")),
	"reason.unknown":          says(text.Msg("There is no reason “%s”. Choose one from the list."), "reason"),
	"reopen.no_reason":        says(text.Msg("Say why: `%sdeal reopen %s because …`"), "slash", "ref"),
	"field.unknown":           says(text.Msg("There is no field “%s”. Did you mean:"), "input"),
	"field.ambiguous":         says(text.Msg("“%s” can be more than one field. Which one?"), "input"),
	"set.same":                says(text.Msg("%s has that value already."), "deal"),
	"assign.same":             says(text.Msg("%s belongs to %s already."), "deal", "user"),
	"next.no_text":            says(text.Msg("What is the next step? `%sdeal next %s send the offer by friday`"), "slash", "ref"),
	"party.unknown":           says(text.Msg("Who does it wait for?")),
	"party.ambiguous":         says(text.Msg("Who does it wait for?")),
	"wait.same":               says(text.Msg("%s waits for them already."), "deal"),
	"park.past":               says(text.Msg("%s has passed. Until which day should it rest?"), "until"),
	"park.no_date":            says(text.Msg("Until which day should it rest?")),
	"resume.nothing":          says(text.Msg("%s neither waits nor is parked."), "deal"),
	"undo.too_late":           says(text.Msg("Steps can be taken back for %s minutes. That was longer ago: change it the ordinary way."), "minutes"),
	"undo.nothing":            says(text.Msg("There is nothing to take back.")),
	"undo.not_yours":          says(text.Msg("%s made that step."), "user"),
	"undo.moved_on":           says(text.Msg("Something else happened since. `%sdeal undo %s` takes back the last step."), "slash", "ref"),
	"gate.not_met":            gateNotMet,
	"approval.condition_fail": says(text.Msg("A condition in the process can't be read. Ask your admin to check the process.")),
}
