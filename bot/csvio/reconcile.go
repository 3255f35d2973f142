package csvio

import (
	"slices"
	"time"

	"pipewright/internal/sales"
)

// Stored is a deal as the store has it.
type Stored struct {
	Deal       sales.Deal
	Log        []sales.Event // at least the events that change stage or status
	Activities []sales.Activity
}

// Change is what the files have to add to a deal that the store knows.
type Change struct {
	Events     []sales.Event    // to be appended to its log, in this order
	Activities []sales.Activity // to be added, each with its event
	Kept       string           // why something else was left as it is; "" when nothing was
}

// Empty reports whether the files say nothing new.
func (c Change) Empty() bool { return len(c.Events) == 0 && len(c.Activities) == 0 && c.Kept == "" }

// Reconcile says what the files add to deal i, which stands in the store. A deal
// that was worked here since its import keeps its state and its fields: then only
// activities are added, and Kept says so when the files say something else. The error
// is a row that contradicts the others.
func (l *Loader) Reconcile(i int, s Stored, now time.Time) (Change, *Bad) {
	l.arrange()
	e := &l.entries[i]
	var out Change
	var bad *Bad
	if e.log.to > 0 {
		return Change{}, nil // a whole log is for deals that are not there
	}
	if e.history.to > 0 {
		out, bad = l.reconcileHistory(i, s)
	} else if e.row != nil {
		out, bad = l.reconcileState(i, s, now)
	}
	if bad != nil {
		return out, bad
	}
	if e.row != nil {
		out.Events = append(out.Events, l.newFields(e.row, s.Deal, now)...)
	}
	if len(out.Events) > 0 && workedHere(s.Log) {
		out = Change{Kept: l.printer.T("%s was worked on here since its import, so what the files say otherwise is left out", s.Deal.Ref())}
	}
	for n := range out.Events {
		out.Events[n].Deal, out.Events[n].Version = s.Deal.ID, s.Deal.Version+n+1
	}
	out.Activities = l.newActivities(e, s)
	return out, nil
}

// workedHere reports whether anybody but an import changed the deal.
func workedHere(log []sales.Event) bool {
	return slices.ContainsFunc(log, func(e sales.Event) bool { return e.Data.Source != Source })
}

// visit is one step of a deal whose time is known.
type visit struct {
	stage string // key, or "lost" or "completed"
	at    int64
	event int // index of its event
}

// visits returns what a log knows of times: what was undone, and what an import
// knew no time of, is left out.
func visits(log []sales.Event) []visit {
	gone := map[int]bool{}
	for _, e := range log {
		if sales.Undoes(e.Type) {
			gone[e.Data.Undoes] = true
		}
	}
	var out []visit
	for i, e := range log {
		if gone[e.Version] || e.Data.NoStay {
			continue
		}
		v := visit{stage: e.Data.To, at: e.At.UnixMilli(), event: i}
		switch e.Type {
		case sales.Created, sales.Moved, sales.Reopened, sales.Relocated:
		case sales.LostEvent:
			v.stage = "lost"
		case sales.Completed:
			v.stage = "completed"
		default:
			continue
		}
		out = append(out, v)
	}
	return out
}

func sameVisit(a, b visit) bool { return a.stage == b.stage && a.at == b.at }

// startsWith reports whether the visits begin with others.
func startsWith(all, others []visit) bool {
	return len(others) <= len(all) && slices.EqualFunc(all[:len(others)], others, sameVisit)
}

// reconcileHistory compares the history of the files with the one that is stored. A
// longer one extends it; one for a deal without any replaces what the deals file
// said of its state.
func (l *Loader) reconcileHistory(i int, s Stored) (Change, *Bad) {
	e := &l.entries[i]
	have := visits(s.Log)
	facts := e.row
	if facts == nil {
		facts = &dealRow{stage: nowhere}
		if len(have) == 0 {
			facts = factsOf(s.Deal, l.matcher(int32(i)))
		}
	}
	b := l.builder(i, facts)
	if bad := b.tell(l.history[e.history.from:e.history.to]); bad != nil {
		return Change{}, bad
	}
	want := visits(b.events)
	switch {
	case startsWith(have, want):
		return Change{}, nil
	case len(have) == 0:
		return Change{Events: append(undoState(s.Log), asMoves(b.events)...)}, nil
	case startsWith(want, have):
		return Change{Events: b.events[want[len(have)-1].event+1:]}, nil
	}
	return Change{Kept: l.printer.T("the history of %s differs from the one that it was imported with, so it is left as it is", s.Deal.Ref())}, nil
}

// undoState takes back what an import said of the deal's state without knowing its
// history. Each undo bears the time of what it undoes, so that reports of any day
// see both or neither.
func undoState(log []sales.Event) []sales.Event {
	gone := map[int]bool{}
	for _, e := range log {
		gone[e.Data.Undoes] = gone[e.Data.Undoes] || e.Type == sales.Undone
	}
	var out []sales.Event
	for _, e := range slices.Backward(log) {
		switch e.Type {
		case sales.Moved, sales.LostEvent, sales.Reopened, sales.Completed:
			if !gone[e.Version] {
				out = append(out, sales.Event{At: e.At, Type: sales.Undone, Data: sales.EventData{Undoes: e.Version, Kind: string(e.Type), Source: Source}})
			}
		}
	}
	return out
}

// asMoves returns the events for a deal that was created before: its creation is
// then the move into its first stage.
func asMoves(events []sales.Event) []sales.Event {
	first := events[0]
	if first.Data.NoStay {
		return events[1:]
	}
	first.Type = sales.Moved
	first.Data = sales.EventData{To: first.Data.To, Direction: sales.ExitForward, Map: first.Data.Map, Source: Source}
	return append([]sales.Event{first}, events[1:]...)
}

// factsOf is what the store knows of a deal, as a row would say it.
func factsOf(d sales.Deal, m *matcher) *dealRow {
	f := &dealRow{stage: nowhere, created: moment{at: d.Created}, owner: d.Owner, team: d.Team}
	if d.Status != sales.Open {
		f.status, f.reason = d.Status, d.Reason
		f.closed = moment{at: d.Closed, dayOnly: d.Closed.Truncate(24 * time.Hour).Equal(d.Closed)}
		if i := m.process.StageIndex(d.Stage); i > m.won {
			f.stage = step(i)
		}
	}
	return f
}
