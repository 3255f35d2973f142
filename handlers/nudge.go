package handlers

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// nudgeBook holds reminders: at most one message a person and working day.
func nudgeBook() book {
	return book{
		routes: []Route{
			{Command: "deal", Verb: "mute", Also: []string{"静音", "免打扰"}, About: text.Msg("No more reminders of deals that need you. Approvals still reach you."),
				Examples: []string{"deal mute"}, Run: (*App).mute},
			{Command: "deal", Verb: "unmute", Also: []string{"取消静音", "取消免打扰"}, About: text.Msg("Reminders again, when something is due."),
				Examples: []string{"deal unmute"}, Run: (*App).unmute},
		},
		actions: map[string]handler{"nudge.snooze": (*App).clickSnooze, "nudge.mute": (*App).mute, "nudge.unmute": (*App).unmute},
		timed:   timed{due: (*App).nudgeAll, next: (*App).nextNudge},
	}
}

// A person is looked at once on each of their working days: at the opening hour of
// the process's calendar in their own zone or, when nobody was there to do it, later in
// its hours. Settings.NudgedOn is the day on which they were looked at last. What they
// were told stands in the store's facts, so that only news is said before renudgeAfter.

// renudgeAfter is after how many working days the same is said again.
const renudgeAfter sales.Days = 5

// nudgeAll looks at everybody who was not looked at today.
func (a *App) nudgeAll(ctx context.Context, now time.Time) error {
	people, err := a.remindable(ctx)
	if err != nil {
		return err
	}
	processes, err := a.processes(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, p := range people {
		if !a.mayWork(p, processes, now) {
			continue
		}
		if err := a.nudge(ctx, p, now); err != nil {
			failed = append(failed, fmt.Errorf("nudge for %s: %w", p.ID, err))
		}
	}
	return errors.Join(failed...)
}

// remindable returns the people who may have something to be told.
func (a *App) remindable(ctx context.Context) ([]store.Person, error) {
	var people []store.Person
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		people, err = r.Remindable(ctx)
		return err
	})
	return people, err
}

// mayWork reports whether it is working time for the person by any process's calendar,
// which saves looking closer.
func (a *App) mayWork(p store.Person, processes []*sales.Process, now time.Time) bool {
	zone := a.printerFor(p, store.Settings{}).Location()
	return slices.ContainsFunc(processes, func(x *sales.Process) bool { return inZone(x.Calendar, zone).InHours(now) })
}

// inZone is when somebody in the zone works by the calendar.
func inZone(c sales.Calendar, zone *time.Location) sales.Calendar {
	c.Zone = zone.String()
	return c
}

// nudge looks at one person, and writes to them when there is a reason. The look and
// what follows from it are one transaction under the key of the person's day, so that
// neither a second replica nor a restart writes twice.
func (a *App) nudge(ctx context.Context, p store.Person, now time.Time) error {
	due := false
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		l, err := a.look(ctx, r, p, now)
		due = l != nil
		return err
	})
	if err != nil || !due {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		l, err := a.look(ctx, tx.Reader, p, now)
		if err != nil || l == nil {
			return err
		}
		return a.finish(ctx, tx, l)
	})
}

// look is what is known of a person whose turn it is.
type look struct {
	text.Printer
	person    store.Person
	settings  store.Settings
	now       time.Time
	day       string // local date
	calendar  sales.Calendar
	deals     []view.DealRow   // open ones of the person, those that need them first
	approvals []sales.Approval // that wait for the person; only for a summary
	told      told
}

// told is what a person was told last.
type told struct {
	At   time.Time `json:"at"`
	Said []string  `json:"said"` // see tokens
}

// look returns nil when it is not the person's turn.
func (a *App) look(ctx context.Context, r *store.Reader, p store.Person, now time.Time) (*look, error) {
	l := &look{person: p, now: now}
	var err error
	if l.settings, err = r.Settings(ctx, p.ID); err != nil {
		return nil, err
	}
	l.Printer = a.printerFor(p, l.settings)
	l.day = now.In(l.Location()).Format(time.DateOnly)
	if l.settings.NudgedOn == l.day || silent(l.settings) || now.Before(l.settings.Snoozed) {
		return nil, nil
	}
	c := &Call{Intent: Intent{User: p.ID, Now: now}, Printer: l.Printer}
	if l.deals, err = rows(ctx, r, c, store.DealFilter{Owner: p.ID, Status: sales.Open, Alive: true}); err != nil {
		return nil, err
	}
	if l.settings.Daily {
		if l.approvals, err = r.Approvals(ctx, store.ApprovalFilter{Decider: p.ID}); err != nil {
			return nil, err
		}
	}
	if len(l.deals) == 0 && !l.settings.Daily {
		return nil, nil
	}
	if l.calendar, err = calendarOf(ctx, r, l.deals, l.Location()); err != nil || !l.calendar.InHours(now) {
		return nil, err
	}
	l.deals = append(mostPressing(l.deals), slices.DeleteFunc(l.deals, func(x view.DealRow) bool { return len(x.Alerts) > 0 })...)
	l.told, err = readTold(ctx, r, p.ID)
	return l, err
}

// silent reports whether the person wants to hear of no deal.
func silent(s store.Settings) bool { return s.Muted && !s.Daily }

// calendarOf is when somebody with these deals works: the calendar of the first
// process that they have a deal in, or of the default one, in their own zone.
func calendarOf(ctx context.Context, r *store.Reader, deals []view.DealRow, zone *time.Location) (sales.Calendar, error) {
	all, err := r.Processes(ctx)
	if err != nil || len(all) == 0 {
		return sales.Calendar{}, err
	}
	i := slices.IndexFunc(all, func(p *sales.Process) bool {
		return slices.ContainsFunc(deals, func(x view.DealRow) bool { return x.Deal.Process == p.Key })
	})
	return inZone(all[max(i, 0)].Calendar, zone), nil
}

func toldKey(user string) string { return "nudged:" + user }

func readTold(ctx context.Context, r *store.Reader, user string) (told, error) {
	var t told
	kept, err := r.Meta(ctx, toldKey(user))
	if err != nil || kept == "" {
		return t, err
	}
	return t, json.Unmarshal([]byte(kept), &t)
}

// finish notes that the person was looked at today, and writes to them when there is a reason.
func (a *App) finish(ctx context.Context, tx *store.Tx, l *look) error {
	recalled := !l.settings.Snoozed.IsZero() // the snooze is over: that is what was asked for
	s, err := tx.ChangeSettings(ctx, l.person.ID, func(s *store.Settings) {
		s.NudgedOn = l.day
		if s.Snoozed.Equal(l.settings.Snoozed) {
			s.Snoozed = time.Time{}
		}
	})
	if err != nil || silent(s) {
		return err
	}
	if l.settings.Daily && len(l.deals)+len(l.approvals) == 0 || !l.settings.Daily && !l.worth(recalled) {
		return nil
	}
	n, err := a.nudgeView(ctx, tx.Reader, l)
	if err != nil {
		return err
	}
	sentence, blocks := view.NudgeMessage(l.Printer, n)
	if err := a.direct(ctx, tx, "nudge:"+l.person.ID+":"+l.day, l.person.ID, Reply{Text: sentence, Blocks: blocks}); err != nil {
		return err
	}
	kept, err := json.Marshal(told{l.now, l.tokens()})
	if err != nil {
		return err
	}
	return tx.SetMeta(ctx, toldKey(l.person.ID), string(kept))
}

// worth reports whether there is something to say that was not said, or that was said long ago.
func (l *look) worth(recalled bool) bool {
	if len(l.news(l.tokens())) > 0 {
		return true
	}
	needed := slices.ContainsFunc(l.deals, func(x view.DealRow) bool { return len(x.Alerts) > 0 })
	long := l.calendar.WorkDays(l.calendar.Worked(l.told.At, l.now)) >= renudgeAfter
	return needed && (recalled || long)
}

// tokens names each thing that can be said, so that it is known again: a date that
// passed, one stay in a stage, one silence, one rest that ended.
func (l *look) tokens() []string {
	var out []string
	for _, x := range l.deals {
		out = append(out, l.tokensOf(x)...)
	}
	return out
}

func (l *look) tokensOf(x view.DealRow) []string {
	var out []string
	d := x.Deal
	for _, alert := range x.Alerts {
		since := map[sales.Alert]time.Time{
			sales.NextPast: d.NextBy, sales.ClosePast: d.Close, sales.OverTarget: d.Entered, sales.Quiet: d.LastSign(),
		}[alert]
		out = append(out, fmt.Sprintf("%d:%s:%d", d.ID, alert, since.UnixMilli()))
	}
	if rested(d, l.now) {
		out = append(out, restToken(d))
	}
	return out
}

// news are the tokens of what the person was not told.
func (l *look) news(tokens []string) []string {
	return slices.DeleteFunc(tokens, func(t string) bool { return slices.Contains(l.told.Said, t) })
}

func order(first bool) int {
	if first {
		return 1
	}
	return 0
}

// rested reports whether the deal was parked and its rest is over.
func rested(d sales.Deal, now time.Time) bool { return !d.Parked.IsZero() && !d.IsParked(now) }

func restToken(d sales.Deal) string { return fmt.Sprintf("%d:rested:%d", d.ID, d.Parked.UnixMilli()) }

// nudgeView gathers what the message shows: the deals that need the person, and for a
// summary what waits for them, what is due today and what there is besides.
func (a *App) nudgeView(ctx context.Context, r *store.Reader, l *look) (view.Nudge, error) {
	n := view.Nudge{Daily: l.settings.Daily, Open: len(l.deals), Now: l.now}
	var pressing []view.DealRow
	for _, x := range l.deals {
		next, closing := l.dueToday(x.Deal)
		switch {
		case len(x.Alerts) > 0 || l.newlyRested(x.Deal):
			pressing = append(pressing, x)
		case (next || closing) && l.settings.Daily:
			n.Today = append(n.Today, view.Pressing{DealRow: x, Next: next, Close: closing})
		}
	}
	fresh := func(x view.DealRow) bool { return len(l.news(l.tokensOf(x))) > 0 }
	slices.SortStableFunc(pressing, func(x, y view.DealRow) int { return -cmp.Compare(order(fresh(x)), order(fresh(y))) })
	n.Total = len(pressing)
	if !l.told.At.IsZero() {
		n.New = len(slices.DeleteFunc(slices.Clone(pressing), func(x view.DealRow) bool { return !fresh(x) }))
	}
	var err error
	if n.Deals, err = a.pressed(ctx, r, pressing[:min(len(pressing), view.MaxNudged)]); err != nil {
		return n, err
	}
	for i := range n.Deals {
		x := &n.Deals[i]
		x.Rested = l.newlyRested(x.Deal)
		x.Next, x.Close = l.dueToday(x.Deal)
	}
	c := &Call{Intent: Intent{User: l.person.ID, Now: l.now}, Printer: l.Printer}
	n.Waiting = len(l.approvals)
	n.Approvals, err = a.approvalRows(ctx, r, c, l.approvals[:min(len(l.approvals), view.MaxNudgedApprovals)])
	return n, err
}

// newlyRested reports whether the deal's rest is over and the person was not told.
func (l *look) newlyRested(d sales.Deal) bool {
	return rested(d, l.now) && !slices.Contains(l.told.Said, restToken(d))
}

// dueToday reports whether the deal's next step, or its close date, is the person's today.
func (l *look) dueToday(d sales.Deal) (next, closing bool) {
	today := func(date time.Time) bool {
		return !date.IsZero() && date.Format(time.DateOnly) == l.day && !d.IsParked(l.now)
	}
	return today(d.NextBy) && d.NextStep != "", today(d.Close)
}
