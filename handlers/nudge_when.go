package handlers

import (
	"context"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// nextNudge returns when somebody's turn comes next: now, when it has come.
func (a *App) nextNudge(ctx context.Context, now time.Time) (time.Time, error) {
	people, err := a.remindable(ctx)
	if err != nil {
		return time.Time{}, err
	}
	var first time.Time
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		for _, p := range people {
			at, err := a.turn(ctx, r, p, now)
			if err != nil {
				return err
			}
			if !at.IsZero() && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
		return nil
	})
	return first, err
}

// turn returns when the person is to be looked at next; zero when there is nothing to look at.
func (a *App) turn(ctx context.Context, r *store.Reader, p store.Person, now time.Time) (time.Time, error) {
	s, err := r.Settings(ctx, p.ID)
	if err != nil || silent(s) {
		return time.Time{}, err
	}
	zone := a.printerFor(p, s).Location()
	c := &Call{Intent: Intent{User: p.ID, Now: now}}
	deals, err := rows(ctx, r, c, store.DealFilter{Owner: p.ID, Status: sales.Open, Alive: true})
	if err != nil || len(deals) == 0 && !s.Daily {
		return time.Time{}, err
	}
	calendar, err := calendarOf(ctx, r, deals, zone)
	if err != nil {
		return time.Time{}, err
	}
	from := now
	if s.Snoozed.After(from) {
		from = s.Snoozed
	}
	if from.In(zone).Format(time.DateOnly) == s.NudgedOn {
		from = dayAfter(from, zone, 1)
	}
	return calendar.NextOpening(from), nil
}

// dayAfter is the first instant of the local day that lies n days ahead.
func dayAfter(t time.Time, zone *time.Location, n int) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d+n, 0, 0, 0, 0, zone)
}

// clickSnooze lets reminders wait until the next working day, or until the first one of next week.
func (a *App) clickSnooze(ctx context.Context, c *Call) (Reply, error) {
	var until time.Time
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		deals, err := rows(ctx, r, c, store.DealFilter{Owner: c.User, Status: sales.Open, Alive: true})
		if err != nil {
			return err
		}
		calendar, err := calendarOf(ctx, r, deals, c.Location())
		if err != nil {
			return err
		}
		switch c.Value {
		case view.SnoozeTomorrow:
			until = calendar.NextOpening(dayAfter(c.Now, c.Location(), 1))
		case view.SnoozeWeek:
			sinceMonday := (int(c.Now.In(c.Location()).Weekday()) + 6) % 7
			until = calendar.NextOpening(dayAfter(c.Now, c.Location(), 7-sinceMonday))
		}
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	return a.settle(ctx, c, func(s *store.Settings) { s.Snoozed = until }, func(store.Settings) Reply {
		if until.IsZero() {
			return c.inPlace(say(c.T("Reminders don't wait any more.")))
		}
		sentence := c.T("I'll remind you again on %s.", moment(c.Printer, until))
		return c.inPlace(say(sentence, view.Actions(view.Button("nudge.snooze", "", c.T("Undo")))...))
	})
}

// moment is an instant as people say it: "Tuesday, 24 Nov, 15:04".
func moment(p text.Printer, t time.Time) string { return p.T("%s, %s", p.Weekday(t), p.DateTime(t)) }

// mute ends reminders and summaries; clicked or typed.
func (a *App) mute(ctx context.Context, c *Call) (Reply, error) {
	if err := noMore(c.Words); err != nil {
		return Reply{}, err
	}
	return a.settle(ctx, c, func(s *store.Settings) { remind(s, view.RemindersMute) }, func(store.Settings) Reply {
		sentence := c.T("No more reminders of deals. Approvals that wait for you still reach you.")
		return c.inPlace(say(sentence, view.Actions(view.Button("nudge.unmute", "", c.T("Remind me again")))...))
	})
}

func (a *App) unmute(ctx context.Context, c *Call) (Reply, error) {
	if err := noMore(c.Words); err != nil {
		return Reply{}, err
	}
	return a.settle(ctx, c, func(s *store.Settings) { remind(s, view.RemindersDue) }, func(store.Settings) Reply {
		return c.inPlace(say(c.T("I remind you when a deal needs you, at most once a working day.")))
	})
}
