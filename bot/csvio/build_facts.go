package csvio

import (
	"slices"
	"time"

	"pipewright/internal/sales"
)

// snapshot writes a deal without history: it has a creation, perhaps a close, and
// no stays, since nobody knows when it entered its stages.
func (b *builder) snapshot() *Bad {
	f := b.facts
	first := step(0)
	if f.stage >= 0 && (int(f.stage) < b.m.won || f.status == sales.Lost) {
		first = f.stage
	}
	at := f.created.at
	if at.IsZero() {
		at = sales.Undated
	}
	b.created(at, "", sales.EventData{To: b.key(first), NoStay: true})
	b.at = first
	if f.status != sales.Won && f.status != sales.Lost {
		return nil
	}
	closed, bad := b.closing()
	if bad != nil {
		return bad
	}
	if f.status == sales.Lost {
		b.lose(closed, "", true)
		return nil
	}
	// What comes after the win is followed only when the file knows the stage.
	to, ends := step(b.m.won), f.stage < 0 || int(f.stage) < b.m.won || int(f.stage) == len(b.m.process.Stages)-1
	if int(f.stage) > b.m.won {
		to = f.stage
	}
	data := b.moveTo(to)
	data.Skipped = nil
	data.Direction, data.Ends, data.NoStay = sales.ExitWon, ends, true
	b.add(sales.Moved, closed, "", data)
	b.at, b.status, b.done = to, sales.Won, ends
	return nil
}

// closing returns when the deal was closed. A date without a time may be that of the
// latest event, and means that very instant then.
func (b *builder) closing() (time.Time, *Bad) {
	c := b.facts.closed
	switch {
	case c.at.IsZero():
		return c.at, b.contradiction(b.printer.T("it is %s, but closed_at is empty — fill it in, or leave stage and status out", string(b.facts.status)))
	case !c.at.Before(b.last):
		return c.at, nil
	case c.dayOnly && sameDay(c.at, b.last):
		return b.last, nil
	case len(b.events) == 1:
		return c.at, b.contradiction(b.printer.T("it was closed on %s, before it was created on %s — correct one of the two", WriteTime(c.at), WriteTime(b.last)))
	}
	return c.at, b.contradiction(b.printer.T("it was closed on %s, but the history goes on until %s — correct one of the two", WriteTime(c.at), WriteTime(b.last)))
}

// contradiction is a row of deals that the others speak against. When the deal's state
// comes from the store, it is the last row of its history.
func (b *builder) contradiction(why string) *Bad {
	if b.facts.line == 0 && b.entry.history.to > 0 {
		return b.badAt(historyFile, int(b.history[b.entry.history.to-1].line), why)
	}
	return b.badAt(dealsFile, b.facts.line, why)
}

// agree brings the end of the history and the row of deals together: the row may
// close what the history leaves open, and must not say anything else.
func (b *builder) agree(last historyRow) *Bad {
	f := b.facts
	switch {
	case f.status == "" || f.status == b.status:
		if f.stage >= 0 && f.stage != b.at && (f.status == sales.Open || f.status == sales.Won && int(f.stage) >= b.m.won) {
			return b.contradiction(b.printer.T("the stage is %s, but the history ends with %s (line %d of %s) — export both at the same time, or leave the stage out",
				b.key(f.stage), b.key(b.at), int(last.line), b.files[historyFile]))
		}
		return nil
	case b.status != sales.Open:
		return b.contradiction(b.printer.T("it is %s, but the history ends with %s (line %d of %s) — correct one of them, or leave the status out",
			string(f.status), string(b.status), int(last.line), b.files[historyFile]))
	}
	closed, bad := b.closing()
	if bad != nil {
		return bad
	}
	if f.status == sales.Lost {
		b.lose(closed, "", false)
		return nil
	}
	b.enter(max(f.stage, step(b.m.won)), closed, "")
	return nil
}

// withActivities puts the activities among the events, at their time, and the next
// step, which has no time, at the end.
func (b *builder) withActivities(rows []activityRow) ([]sales.Event, []sales.Activity) {
	if f := b.facts; f.nextStep != "" {
		b.add(sales.Planned, b.last, "", sales.EventData{Note: f.nextStep, By: f.nextBy})
	}
	if len(rows) == 0 {
		return b.events, nil
	}
	activities := make([]sales.Activity, 0, len(rows))
	for _, r := range rows {
		a := b.activity(r)
		if a.Undone {
			continue // it is in the whole log, which is another file
		}
		activities = append(activities, a)
		b.events = append(b.events, Logged(a))
	}
	// The creation comes first whatever its time is: it is the deal.
	slices.SortStableFunc(b.events[1:], func(x, y sales.Event) int { return x.At.Compare(y.At) })
	n := 0
	for i := range b.events {
		b.events[i].Version = i + 1
		if b.events[i].Type == sales.Logged {
			activities[n].Event = i + 1
			n++
		}
	}
	return b.events, activities
}

func (b *builder) activity(r activityRow) sales.Activity {
	a := sales.Activity{
		Type: b.words.texts[r.kind], Minutes: int(r.minutes), Actor: b.words.texts[r.actor], At: instant(r.at),
		Outcome: b.words.texts[r.outcome], Note: r.note,
	}
	if r.extra != nil {
		a.Link, a.Cost, a.Undone = r.extra.link, r.extra.cost, r.extra.undone
	} else {
		a.Cost = cost(b.m.process, b.o.Org, a)
	}
	return a
}

// Logged is the event of an imported activity, without its place in a log.
func Logged(a sales.Activity) sales.Event {
	return sales.Event{At: a.At, Actor: a.Actor, Type: sales.Logged, Data: sales.EventData{
		Kind: a.Type, Minutes: a.Minutes, Note: a.Note, Outcome: a.Outcome, Source: Source,
	}}
}

// cost is what an activity of the files cost. Somebody whom the organisation does not
// know is taken for a rep.
func cost(p *sales.Process, org *sales.Organisation, a sales.Activity) sales.Money {
	c := sales.Case{Process: p, Org: org}
	_, inTeam := org.TeamOf(a.Actor)
	rep, _ := org.Role(sales.RoleRep)
	if inTeam || rep.Rate == 0 || slices.ContainsFunc(org.Roles, func(r sales.Role) bool { return org.Holds(a.Actor, r.Key) }) {
		return c.CostOf(a.Actor, a.Type, a.Minutes)
	}
	kind, _ := p.Activity(a.Type)
	m, err := sales.MoneyOf(kind.Cost+float64(a.Minutes)/60*rep.Rate, p.Currency)
	if err != nil {
		return sales.Money{}
	}
	return m
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Truncate(24 * time.Hour).Equal(b.UTC().Truncate(24 * time.Hour))
}
