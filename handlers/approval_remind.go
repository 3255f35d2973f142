package handlers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// Who is awaited by a request for long enough is reminded in a direct message: one a person and
// working day, in the hours of the process's calendar in their own zone, with everything that waits for
// them. Muting concerns deals and not this; a parked deal is left in peace until it rests no more. The day
// is noted with the message, so that neither a second replica nor a restart reminds twice.

// turn is something that waits for one person.
type turn struct {
	req      store.Waiting
	process  *sales.Process
	step     sales.StepState
	question int // number of the one to be answered, 0 for a decision
}

func remindedKey(user string) string { return "reminded:" + user }

// remindAll reminds everybody whose time has come.
func (a *App) remindAll(ctx context.Context, now time.Time) error {
	due := map[string][]int64{} // the requests that wait for each person
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		turns, err := a.turns(ctx, r, now)
		if err != nil {
			return err
		}
		clear(due)
		for user, waits := range turns {
			at, err := a.reminderAt(ctx, r, user, waits, now)
			if err != nil {
				return err
			}
			if !at.IsZero() && !at.After(now) {
				due[user] = requestsOf(waits)
			}
		}
		return nil
	})
	failed := []error{err}
	for _, user := range slices.Sorted(maps.Keys(due)) {
		if err := a.remind(ctx, user, due[user], now); err != nil {
			failed = append(failed, fmt.Errorf("reminder for %s: %w", user, err))
		}
	}
	return errors.Join(failed...)
}

// nextReminder is when somebody is to be reminded next, now when that is due; zero when nobody is.
func (a *App) nextReminder(ctx context.Context, now time.Time) (first time.Time, err error) {
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		turns, err := a.turns(ctx, r, now)
		if err != nil {
			return err
		}
		for user, waits := range turns {
			at, err := a.reminderAt(ctx, r, user, waits, now)
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

// turns returns what waits for whom, of all requests or of those with the ids: decisions and, while the clock
// stands, answers. Who is away and has named somebody is not bothered.
func (a *App) turns(ctx context.Context, r *store.Reader, now time.Time, requests ...int64) (map[string][]turn, error) {
	waiting, err := r.WaitingApprovals(ctx, requests...)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	org, err := r.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]turn{}
	for _, w := range waiting {
		p, err := r.Process(ctx, w.Process)
		if err != nil {
			return nil, err
		}
		k := &sales.Case{Process: p, Org: org, Deal: sales.Deal{ID: w.Deal, Owner: w.Owner}, At: now}
		open := w.OpenQuestions()
		for _, n := range open {
			for _, user := range k.Answerers(w.Approval) {
				out[user] = append(out[user], turn{req: w, process: p, question: n})
			}
		}
		if len(open) > 0 {
			continue
		}
		for _, x := range k.Awaited(w.Approval) {
			i := slices.IndexFunc(w.Steps, func(s sales.StepState) bool { return s.Key == x.Step })
			for _, user := range x.Present() {
				out[user] = append(out[user], turn{req: w, process: p, step: w.Steps[i]})
			}
		}
	}
	return out, nil
}

// from is from when on the person in the zone is reminded of it.
func (t turn) from(zone *time.Location) time.Time {
	k := &sales.Case{Process: t.process}
	if t.question == 0 {
		return k.Reminds(t.req.Approval, t.step, zone)
	}
	asked := time.UnixMilli(t.req.Questions[t.question-1].At)
	return inZone(t.process.Calendar, zone).Add(asked, sales.RemindAfter)
}

// since is when it came to the person.
func (t turn) since() time.Time {
	if t.question > 0 {
		return time.UnixMilli(t.req.Questions[t.question-1].At)
	}
	return time.UnixMilli(t.step.Opened)
}

// reminderAt returns when the person is to be reminded next of what waits for them: now, when that is
// due; zero when there is nobody to remind.
func (a *App) reminderAt(ctx context.Context, r *store.Reader, user string, waits []turn, now time.Time) (first time.Time, err error) {
	person, err := r.Person(ctx, user)
	if err != nil || person.Deleted || person.Bot {
		return first, err
	}
	settings, err := r.Settings(ctx, user)
	if err != nil {
		return first, err
	}
	last, err := r.Meta(ctx, remindedKey(user))
	if err != nil {
		return first, err
	}
	zone := a.printerFor(person, settings).Location()
	for _, t := range waits {
		at, calendar := t.from(zone), inZone(t.process.Calendar, zone)
		if at.IsZero() {
			continue
		}
		if at.Before(t.req.Parked) {
			at = t.req.Parked
		}
		if at.Before(now) {
			at = now
		}
		if at.In(zone).Format(time.DateOnly) == last {
			at = dayAfter(at, zone, 1)
		}
		at = calendar.NextOpening(at)
		if settings.Daily && at.After(settings.Snoozed) && inSummary(t, calendar, at, zone) {
			continue // the summary of that day says it
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first, nil
}

// inSummary reports whether it waited already when the summary of the day was made.
func inSummary(t turn, calendar sales.Calendar, at time.Time, zone *time.Location) bool {
	return t.question == 0 && t.since().Before(calendar.NextOpening(dayAfter(at, zone, 0)))
}

// requestsOf are the ids of the requests, each once.
func requestsOf(waits []turn) []int64 {
	var out []int64
	for _, t := range waits {
		if !slices.Contains(out, t.req.ID) {
			out = append(out, t.req.ID)
		}
	}
	return out
}

// remind writes to one person which of the requests wait for them, unless that was done meanwhile.
func (a *App) remind(ctx context.Context, user string, requests []int64, now time.Time) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		turns, err := a.turns(ctx, tx.Reader, now, requests...)
		if err != nil {
			return err
		}
		at, err := a.reminderAt(ctx, tx.Reader, user, turns[user], now)
		if err != nil || at.IsZero() || at.After(now) {
			return err
		}
		p, err := a.printerOf(ctx, tx.Reader, user)
		if err != nil {
			return err
		}
		v, err := a.reminder(ctx, tx.Reader, p, user, turns[user], now)
		if err != nil {
			return err
		}
		day := now.In(p.Location()).Format(time.DateOnly)
		sentence, more := view.ReminderMessage(p, v)
		if err := a.direct(ctx, tx, "remind:"+user+":"+day, user, Reply{Text: sentence, Blocks: more}); err != nil {
			return err
		}
		return tx.SetMeta(ctx, remindedKey(user), day)
	})
}

// reminder gathers what the message shows: what has waited longest first.
func (a *App) reminder(ctx context.Context, r *store.Reader, p text.Printer, user string, waits []turn, now time.Time) (view.Reminder, error) {
	slices.SortStableFunc(waits, func(x, y turn) int { return x.since().Compare(y.since()) })
	var out view.Reminder
	c := &Call{Intent: Intent{User: user, Now: now}, Printer: p}
	seen := map[int64]bool{}
	for _, t := range waits {
		if now.Before(t.req.Parked) || t.question == 0 && seen[t.req.ID] {
			continue // at rest, or two steps of one request
		}
		rows, err := a.approvalRows(ctx, r, c, []sales.Approval{t.req.Approval})
		if err != nil {
			return out, err
		}
		if t.question > 0 {
			out.Questions = append(out.Questions, view.AskedQuestion{Approval: rows[0], Number: t.question})
			continue
		}
		seen[t.req.ID] = true
		out.Approvals = append(out.Approvals, rows[0])
	}
	return out, nil
}
