package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// life lives through one sample deal: every step is decided by the rules that
// people's commands are decided by, so a sample deal is one that could have been. Its
// time goes on in working hours until it reaches now; from then on nothing happens.
type life struct {
	*sales.Case
	random *rand.Rand
	begun  time.Time // of the sample half-year
	at     time.Time
	now    time.Time
	haste  float64 // factor on all times; 0 is 1
	name   string
	log    []sales.Event
	err    error
}

// sampleSource marks events that never happened.
const sampleSource = "sample"

// begin creates the deal.
func begin(p *sales.Process, org *sales.Organisation, random *rand.Rand, begun, at, now time.Time, n sales.NewDeal) *life {
	l := &life{Case: &sales.Case{Process: p, Org: org}, random: random, begun: begun, at: p.Calendar.NextOpening(at), now: now, name: n.Name}
	l.add(sales.Create(p, org, n.Owner, n, l.at))
	return l
}

// over reports whether the deal's time has come to the present.
func (l *life) over() bool { return l.err != nil || l.at.After(l.now) }

// add appends what a decision brought. An error is kept: it is a mistake in the story.
func (l *life) add(events []sales.Event, err error) {
	if l.over() {
		return
	}
	if err != nil {
		l.err = fmt.Errorf("%s, in %s: %w", l.name, l.Deal.Stage, err)
		return
	}
	h := sales.History{Deal: l.Deal}
	for i := range events {
		events[i].Data.Source = sampleSource
		h.Apply(events[i])
	}
	l.Deal = h.Deal
	l.log = append(l.log, events...)
}

// pass lets working days go by.
func (l *life) pass(days float64) {
	if l.haste > 0 {
		days *= l.haste
	}
	c := l.Process.Calendar
	l.at = c.NextOpening(c.Add(l.at, sales.Days(days))).Add(time.Duration(l.random.IntN(40*60)) * time.Second)
	if !c.InHours(l.at) {
		l.at = c.NextOpening(l.at)
	}
}

// about returns a length around a median that is sometimes much longer, as they are.
func (l *life) about(median float64) float64 {
	return median * math.Exp(0.6*l.random.NormFloat64())
}

func (l *life) chance(p float64) bool { return l.random.Float64() < p }

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// logs records an activity of the owner; minutes 0 are what the type assumes.
func (l *life) logs(kind string, minutes int, outcome, note string) {
	l.logsBy(l.Deal.Owner, kind, minutes, outcome, note)
}

func (l *life) logsBy(actor, kind string, minutes int, outcome, note string) {
	t, _ := l.Process.Activity(kind)
	if minutes == 0 {
		minutes = max(5, 5*int(math.Round(l.about(float64(t.Minutes))/5)))
	}
	a := sales.Activity{
		Type: kind, Minutes: minutes, Actor: actor, At: l.at, Outcome: outcome, Note: note,
		Cost: l.CostOf(actor, kind, minutes), Event: l.Deal.Version + 1,
	}
	before := len(l.log)
	l.add(l.LogActivity(actor, a, l.at))
	if len(l.log) > before {
		l.Activities = append(l.Activities, a)
	}
}

func (l *life) set(field, value string) {
	if l.Deal.Value(field) != value {
		l.add(l.Set(l.Deal.Owner, field, value, l.at))
	}
}

// plan sets the next step, some days ahead or, with negative days, ago.
func (l *life) plan(step string, days int) {
	l.add(l.Plan(l.Deal.Owner, step, l.day(days), l.at))
}

// day returns the date so many days from the deal's time.
func (l *life) day(days int) time.Time {
	y, m, d := l.at.AddDate(0, 0, days).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// asks opens an approval.
func (l *life) asks(kind string, form map[string]string) {
	if l.over() {
		return
	}
	req, events, err := l.Request(l.Deal.Owner, kind, form, l.at)
	if err == nil {
		req.ID = int64(len(l.Approvals) + 1)
		events[0].Data.Approval, events[0].Data.Turns = req.ID, l.Turns(req)
		l.Approvals = append(l.Approvals, req)
	}
	l.add(events, err)
}

// decided lets the current step of the latest request be decided by its first decider,
// and reports whether the request is over.
func (l *life) decided(verdict sales.Verdict, comment string) bool {
	if l.over() {
		return false
	}
	i := len(l.Approvals) - 1
	req, events, err := l.Decide(l.Approvals[i], sales.Decision{By: l.Deciders(l.Approvals[i])[0], Verdict: verdict, Comment: comment, Via: "dm", Amount: l.Approvals[i].Amount().Canonical()}, l.at)
	if err == nil {
		l.Approvals[i] = req
		events[0].Data.Turns = l.Turns(req)
	}
	l.add(events, err)
	return req.State != sales.Pending
}

// next moves the deal on: whatever its gate still asks for is done first.
func (l *life) next() { l.goTo("") }

// goTo moves the deal to a later stage, past those between.
func (l *life) goTo(stage string) {
	to := stage
	if i := l.Process.StageIndex(l.Deal.Stage); to == "" && i+1 < len(l.Process.Stages) {
		to = l.Process.Stages[i+1].Key
	}
	for range 10 { // each round does one thing; a gate asks for a few
		missing, err := l.Missing(to)
		if err != nil || len(missing) == 0 || l.over() {
			break
		}
		l.meets(missing[0])
	}
	l.add(l.Advance(l.Deal.Owner, sales.Move{To: stage}, l.at))
}

// meets does one thing that a gate asks for.
func (l *life) meets(m sales.Missing) {
	switch m.Kind {
	case sales.NeedField:
		l.set(m.Field, l.fieldValue(m.Field))
	case sales.NeedActivity:
		l.logs(m.Type, 0, "", pick(l.random, notesOf(m.Type, l.chinese())))
		l.pass(l.about(0.2))
	case sales.NeedApproval:
		l.approval(m.Type)
	}
}

// chinese reports whether the owner writes Chinese.
func (l *life) chinese() bool { return l.Deal.Owner == userBo }

func (l *life) fieldValue(field string) string {
	f, _ := l.Process.FieldOf(field)
	switch {
	case field == "amount":
		return sales.Money{Minor: 100 * int64(5+l.random.IntN(60)) * 500, Currency: l.Process.Currency}.Canonical()
	case field == "decision_maker":
		return pick(l.random, contacts)
	case f.Type == sales.FieldDate:
		ahead := map[string]int{"close": 35, "ends_on": 80}[field]
		return l.day(ahead + l.random.IntN(10)).Format(time.DateOnly)
	case f.Type == sales.FieldChoice:
		return f.Options[min(l.random.IntN(3), 1)].Key // the last one twice as often
	}
	return "–"
}

// imported is the deal for the store.
func (l *life) imported() store.ImportedDeal {
	return store.ImportedDeal{Events: l.log, Activities: l.Activities, Approvals: l.Approvals}
}
