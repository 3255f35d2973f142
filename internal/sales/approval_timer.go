package sales

import (
	"slices"
	"time"
)

// Time and the organisation change a request without anybody's doing: it expires, a step is
// opened to more people, or too few people are left for one. None of it ever approves or rejects.
// Lengths are working time of the process's calendar, and the clock stands while a question is open.

// lookDaily is the longest that a request which waits is not looked at.
const lookDaily = 24 * time.Hour

// tooLittle is working days less than a millisecond, which a sum of spans may be off.
const tooLittle Days = 1e-8

// pauses are the spans in which the request's clock stood, in order and apart from each other; the
// last one has no end while it still stands.
func (a *Approval) pauses() []Window {
	var out []Window
	for _, q := range a.Questions { // in the order in which they were asked
		w := Window{From: time.UnixMilli(q.At)}
		if !q.Open() {
			w.To = time.UnixMilli(q.Closed)
		}
		last := len(out) - 1
		switch {
		case last < 0 || !out[last].To.IsZero() && w.From.After(out[last].To):
			out = append(out, w)
		case out[last].To.IsZero():
		case w.To.IsZero() || w.To.After(out[last].To):
			out[last].To = w.To
		}
	}
	return out
}

// Deadline returns when so many working days will have passed since the instant while the request's
// clock runs; zero while it stands.
func (c *Case) Deadline(a Approval, since time.Time, after Days) time.Time {
	from := since
	for _, w := range a.pauses() {
		if w.To.IsZero() {
			return time.Time{}
		}
		if !w.To.After(from) {
			continue
		}
		if w.From.After(from) {
			end := c.Process.Calendar.Add(from, after)
			if !end.After(w.From) {
				return end
			}
			after -= c.Process.Calendar.WorkDays(c.Process.Calendar.Worked(from, w.From))
		}
		from = w.To
	}
	if after < tooLittle {
		return from
	}
	return c.Process.Calendar.Add(from, after)
}

// Expires returns when the request ends without approval; zero when that is not foreseen, or its clock stands.
func (c *Case) Expires(a Approval) time.Time {
	if a.State != Pending || a.Expire <= 0 {
		return time.Time{}
	}
	return c.Deadline(a, a.since(), a.Expire)
}

// since is when the people were asked for what the request says now.
func (a *Approval) since() time.Time {
	first := int64(0)
	for _, s := range a.Steps {
		if s.Opened != 0 && (first == 0 || s.Opened < first) {
			first = s.Opened
		}
	}
	if first == 0 {
		return a.At
	}
	return time.UnixMilli(first)
}

// Escalates returns when a step that waits is opened to others as well; zero when that is not
// foreseen, has happened, or the clock stands.
func (c *Case) Escalates(a Approval, s StepState) time.Time {
	if s.Status != StepWaiting || s.Escalated != 0 || s.Escalate.After <= 0 {
		return time.Time{}
	}
	return c.Deadline(a, time.UnixMilli(s.Opened), s.Escalate.After)
}

// Reminds returns from when on those whom a step waits for are reminded; zero while the clock stands. The
// calendar is that of the process in the person's zone.
func (c *Case) Reminds(a Approval, s StepState, zone *time.Location) time.Time {
	after := s.Remind
	if after <= 0 {
		after = RemindAfter
	}
	own := *c.Process
	own.Calendar.Zone = zone.String()
	return (&Case{Process: &own}).Deadline(a, time.UnixMilli(s.Opened), after)
}

// escalated are the people who may decide the step because it has waited for long.
func (c *Case) escalated(s StepState, requester string) []string {
	if s.Escalated == 0 {
		return nil
	}
	return c.EscalatesTo(s.Escalate, requester)
}

// EscalatesTo returns whom an escalation of a request of the person names, never the person.
func (c *Case) EscalatesTo(e Escalation, requester string) []string {
	var out []string
	for _, to := range e.To {
		switch {
		case to == EscalateManager:
			out = append(out, c.Org.ManagersOf(requester)...)
		case userForm.MatchString(to):
			out = append(out, to)
		case IsGroup(to):
			out = append(out, c.Org.Groups[to]...)
		default:
			out = append(out, c.Org.Holders(to)...)
		}
	}
	return slices.DeleteFunc(compact(out), func(u string) bool { return u == requester || c.Org.isGone(u) })
}

// canGoOn reports whether there are people enough for a step that waits, and one of them is awaited.
func (c *Case) canGoOn(a Approval, s StepState) bool {
	a = c.unstuck(a)
	s = *a.step(s.Key)
	seats := c.seats(s, a.Requester)
	people := compact(append(c.Approvers(s, a.Requester), s.approvers()...))
	return filled(seats, people) == len(seats) && len(c.mayDecide(a, s)) > 0
}

// Pass does to a request that waits what is due by now: it expires, or steps escalate, are found to
// have too few people, or have enough again. There are no events when nothing is due.
func (c *Case) Pass(a Approval, now time.Time) (Approval, []Event) {
	if a.State != Pending {
		return a, nil
	}
	if at := c.Expires(a); !at.IsZero() && !now.Before(at) {
		a.State, a.Ended = Expired, now
		a.Version++
		return a, c.event("", now, Lapsed, EventData{Kind: a.Kind, Approval: a.ID})
	}
	a.Steps = slices.Clone(a.Steps)
	var events []Event
	add := func(t EventType, step string, users []string) {
		e := c.event("", now, t, EventData{Kind: a.Kind, Approval: a.ID, Step: step, Users: users})[0]
		e.Version += len(events)
		events = append(events, e)
	}
	for _, s := range a.Waiting() {
		at := c.Escalates(a, *s)
		due := !at.IsZero() && !now.Before(at)
		if s.Escalate.After > 0 && s.Escalated == 0 && (due || !c.canGoOn(a, *s)) {
			s.Escalated = now.UnixMilli()
			add(Escalated, s.Key, c.escalated(*s, a.Requester))
		}
		switch can := c.canGoOn(a, *s); {
		case !can && s.Stranded == 0:
			s.Stranded = now.UnixMilli()
			add(Stranded, s.Key, nil)
		case can && s.Stranded != 0:
			s.Stranded = 0
			add(Staffed, s.Key, c.mayDecide(c.unstuck(a), *s))
		}
	}
	if len(events) > 0 {
		a.Version++
	}
	return a, events
}

// NextLook returns when Pass may have something to do, unless the request, the organisation or
// the process changes before; zero when it is over.
func (c *Case) NextLook(a Approval, now time.Time) time.Time {
	if a.State != Pending {
		return time.Time{}
	}
	next := now.Add(lookDaily)
	dues := []time.Time{c.Expires(a)}
	for _, s := range a.Waiting() {
		dues = append(dues, c.Escalates(a, *s))
	}
	for _, at := range dues {
		if !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	return next
}
