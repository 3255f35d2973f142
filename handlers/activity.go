package handlers

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// activityBook holds /log.
func activityBook() book {
	return book{
		routes: []Route{
			{Command: "log", Args: text.Msg("TYPE DEAL [25m|1h] [NOTE]"), About: text.Msg("Log a call, a meeting, a demo … for a deal. Without anything it opens a form."),
				Examples: []string{text.Msg("log call acme 25m they want SSO"), text.Msg("log demo D-12 1h"), "log"}, Run: (*App).logActivity},
			{Command: "log", Verb: "undo", Also: []string{"撤销", "撤回"}, About: text.Msg("Take back the activity that you logged last, within 10 minutes."),
				Examples: []string{"log undo"}, Run: (*App).logUndo},
		},
		actions:     map[string]handler{"activity.form": (*App).clickLog, "deal.pick": (*App).pickedDeal, "activity.undo": (*App).clickLogUndo},
		submissions: map[string]handler{"activity.create": (*App).submitLog},
		shortcuts:   map[string]handler{"log_activity": (*App).logForm, "log_message": (*App).logMessage},
		refusals:    activityRefusals,
	}
}

// logActivity answers /log TYPE REF [25m|1h] [NOTE].
func (a *App) logActivity(ctx context.Context, c *Call) (Reply, error) {
	if len(c.Words) == 0 {
		return a.logForm(ctx, c)
	}
	var process, kind string
	var n int
	var f found
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		if process, kind, n, err = a.typeWords(ctx, r, c); err != nil {
			return err
		}
		c.gap = c.Words[n-1].End
		f, err = a.locateIn(ctx, r, c, c.Words[n:])
		return err
	})
	switch {
	case err != nil && n == 0:
		return a.dealFirst(ctx, c, err)
	case err != nil:
		return Reply{}, err
	}
	if f.Process.Key != process {
		var m int
		if kind, m, err = c.matchActivity(f.Process, c.Words[:n]); err == nil {
			err = noMore(c.Words[m:n])
		}
		if err != nil {
			return Reply{}, within(f.Case, err)
		}
	}
	length, note := cutDuration(f.rest)
	act := sales.Activity{Type: kind, Minutes: int(length / time.Minute), Note: c.typed(note)}
	if len(note) == len(f.rest) { // nobody said how long
		if len(note) > 0 && !note[0].Quoted && meantLength.MatchString(note[0].Text) {
			return Reply{}, within(f.Case, sales.Refuse(sales.Invalid, "duration.unreadable", "input", note[0].Text))
		}
		t, _ := f.Process.Activity(kind)
		act.Minutes = t.Minutes
	}
	return a.log(ctx, c, f.Deal.ID, act)
}

// typeWords finds the activity type that the leading words name, in the default
// process or in any other, and counts the words: none after an error.
func (a *App) typeWords(ctx context.Context, r *store.Reader, c *Call) (process, kind string, n int, err error) {
	all, err := r.Processes(ctx)
	if err != nil {
		return "", "", 0, err
	}
	var first error
	for _, p := range all {
		kind, n, err := c.matchActivity(p, c.Words)
		if err == nil {
			return p.Key, kind, n, nil
		}
		if first == nil {
			first = err
		}
	}
	return "", "", 0, first
}

func (a *App) processes(ctx context.Context) ([]*sales.Process, error) {
	var all []*sales.Process
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		all, err = r.Processes(ctx)
		return err
	})
	return all, err
}

// dealFirst offers the right order when somebody named the deal before the type, and
// the form when they named nothing else.
func (a *App) dealFirst(ctx context.Context, c *Call, unknown error) (Reply, error) {
	f, err := a.locate(ctx, c, c.Words)
	if err != nil || !isCode(unknown, "activity.unknown") {
		return Reply{}, unknown
	}
	if len(f.rest) == 0 {
		return a.logFormFor(ctx, c, view.LogActivity{Deal: f.Deal})
	}
	kind, n, err := c.matchActivity(f.Process, f.rest)
	if err != nil {
		return Reply{}, unknown
	}
	line := strings.Join([]string{"log", kind, f.Deal.Ref(), c.typed(f.rest[n:])}, " ")
	return a.meant(c, strings.TrimSpace(line)), nil
}

// cutDuration parts a length of time off the front: "25m", "1 h", "half an hour".
func cutDuration(words []Word) (time.Duration, []Word) {
	for n := min(3, len(words)); n > 0; n-- {
		if d, ok := text.ParseDuration(spoken(words[:n])); ok && !words[0].Quoted {
			return d, words[n:]
		}
	}
	return 0, words
}

// meantLength is what is no length of time, but was meant as one: "-5m", "99999h".
var meantLength = regexp.MustCompile(`(?i)^[-−–]?\d[\d.,:e+]*(?:h|hrs?|hours?|m|mins?|minutes?|小时|分钟|分)$`)

// log records an activity and says what the deal needs now.
func (a *App) log(ctx context.Context, c *Call, deal int64, act sales.Activity) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, err := a.load(ctx, tx.Reader, c, deal, false)
		if err != nil {
			return Reply{}, err
		}
		act := act
		act.Deal, act.Actor, act.At, act.Cost = deal, c.User, c.Now, k.CostOf(c.User, act.Type, act.Minutes)
		events, err := k.LogActivity(c.User, act, c.Now)
		if err != nil {
			return Reply{}, within(k, err)
		}
		if ask, asked, err := a.again(ctx, tx, c, deal); asked || err != nil {
			return ask, err
		}
		if act, err = tx.AddActivity(ctx, k, act, events); err != nil {
			return Reply{}, within(k, err)
		}
		if err := a.changed(ctx, tx, c, k, events); err != nil {
			return Reply{}, err
		}
		return c.inPlace(a.logged(c, k, act)), nil
	})
}

func (a *App) logged(c *Call, k *sales.Case, act sales.Activity) Reply {
	length := c.Duration(time.Duration(act.Minutes) * time.Minute)
	undo := view.Button("activity.undo", fmt.Sprintf("%d:%d", act.Deal, act.Event), c.T("Undo"))
	return a.goingOn(c, k, c.T("Logged for %s: %s, %s.", view.DealName(k.Deal), view.ActivityName(c.Printer, k.Process, act.Type), length), undo)
}

// logUndo answers /log undo.
func (a *App) logUndo(ctx context.Context, c *Call) (Reply, error) {
	if err := noMore(c.Words); err != nil {
		return Reply{}, err
	}
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		last, ok, err := tx.LastActivityBy(ctx, c.User)
		if err != nil {
			return Reply{}, err
		}
		if !ok {
			return Reply{}, sales.Refuse(sales.NotFound, "undo.no_activity")
		}
		return a.unlog(ctx, tx, c, last.Deal, 0)
	})
}

// clickLogUndo takes back the very activity under whose answer the button stands,
// "DEAL:VERSION": a second tap takes back nothing more.
func (a *App) clickLogUndo(ctx context.Context, c *Call) (Reply, error) {
	deal, event, _ := ids(c.Value)
	if deal == 0 { // a button from before it said which
		return a.logUndo(ctx, c)
	}
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		return a.unlog(ctx, tx, c, deal, event)
	})
}

// unlog takes an activity back, see sales.Case.Unlog.
func (a *App) unlog(ctx context.Context, tx *store.Tx, c *Call, deal int64, event int) (Reply, error) {
	k, err := a.load(ctx, tx.Reader, c, deal, true)
	if err != nil {
		return Reply{}, err
	}
	act, events, err := k.Unlog(c.User, event, c.Now)
	if err != nil {
		return Reply{}, within(k, err)
	}
	if err := tx.UndoActivity(ctx, k, act, events); err != nil {
		return Reply{}, within(k, err)
	}
	if err := a.changed(ctx, tx, c, k, events); err != nil {
		return Reply{}, err
	}
	return c.inPlace(say(c.T("Taken back: %s for %s.", view.ActivityName(c.Printer, k.Process, act.Type), view.DealName(k.Deal)))), nil
}

// logForm opens the form for an activity; in a deal's thread that deal is chosen.
func (a *App) logForm(ctx context.Context, c *Call) (Reply, error) {
	return a.logFormFor(ctx, c, view.LogActivity{})
}

// logMessage logs a message: its text becomes the note, and its link is kept.
func (a *App) logMessage(ctx context.Context, c *Call) (Reply, error) {
	l := view.LogActivity{Note: unescape(c.Note), Link: c.Link}
	if l.Link == "" && a.Workspace != "" && c.Channel != "" && c.Message != "" {
		l.Link = permalink(a.Workspace, c.Channel, c.Message)
	}
	return a.logFormFor(ctx, c, l)
}

func (a *App) logFormFor(ctx context.Context, c *Call, l view.LogActivity) (Reply, error) {
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		if l.Deal.ID == 0 {
			if l.Deal, _, err = a.dealHere(ctx, r, org, c); err != nil {
				return err
			}
		}
		all, err := r.Processes(ctx)
		l.Several = len(all) > 1
		if err != nil {
			return err
		}
		l.Process, err = r.Process(ctx, l.Deal.Process)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.LogForm(c.Printer, l)}, nil
}

// clickLog opens the form for a deal, and a type when a gate asks for one.
func (a *App) clickLog(ctx context.Context, c *Call) (Reply, error) {
	id, kind := idAndKey(c.Value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return a.logFormFor(ctx, c, view.LogActivity{Deal: k.Deal, Type: kind})
}

// pickedDeal offers the types of the chosen deal's process.
func (a *App) pickedDeal(ctx context.Context, c *Call) (Reply, error) {
	id, ok := refID(c.Value)
	if callback, _ := cutColon(c.View.Callback); !ok || callback != "activity.create" {
		return Reply{}, nil
	}
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return a.logFormFor(ctx, c, view.LogActivity{Deal: k.Deal, Type: c.Input("activity.type"), Note: c.Input("activity.note"), Link: c.View.Meta})
}

func (a *App) submitLog(ctx context.Context, c *Call) (Reply, error) {
	id, ok := refID(c.Input("deal.pick"))
	if !ok {
		return Reply{}, atInput("deal.pick", sales.Refuse(sales.Invalid, "deal.which"))
	}
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, atInput("deal.pick", err)
	}
	t, ok := k.Process.Activity(c.Input("activity.type"))
	if !ok {
		return Reply{}, atInput("activity.type", within(k, sales.Refuse(sales.NotFound, "activity.not_here", "type", c.Input("activity.type"))))
	}
	act := sales.Activity{Type: t.Key, Minutes: t.Minutes, Outcome: c.Input("activity.outcome"), Note: c.Input("activity.note"), Link: c.View.Meta}
	if typed := c.Input("activity.minutes"); typed != "" {
		length, err := readMinutes(typed)
		if err != nil {
			return Reply{}, atInput("activity.minutes", err)
		}
		act.Minutes = length
	}
	r, err := a.log(ctx, c, id, act)
	var e *sales.Error
	if errors.As(err, &e) && e.Code == "activity.minutes" {
		err = atInput("activity.minutes", err)
	}
	return c.formDone(r, err)
}

// readMinutes reads a length of time; in a form a plain number is minutes.
func readMinutes(typed string) (int, error) {
	if d, ok := text.ParseDuration(typed); ok {
		return int(d / time.Minute), nil
	}
	if d, ok := text.ParseDuration(typed + "m"); ok {
		return int(d / time.Minute), nil
	}
	return 0, sales.Refuse(sales.Invalid, "duration.unreadable", "input", typed)
}

// activityRefusals words what the rules about activities refuse.
var activityRefusals = map[string]wording{
	"activity.unknown":    says(text.Msg("There is no activity “%s”. Did you mean:"), "input"),
	"activity.ambiguous":  says(text.Msg("“%s” can be more than one activity. Which one?"), "input"),
	"activity.not_here":   says(text.Msg("%s has no activity of that type. Choose another one."), "deal"),
	"activity.minutes":    says(text.Msg("An activity takes between 0 minutes and 24 hours.")),
	"duration.unreadable": says(text.Msg("I can't read “%s” as a time. Write it like 25m, 1h or 1h30."), "input"),
	"undo.no_activity":    says(text.Msg("You have logged nothing that could be taken back.")),
}
