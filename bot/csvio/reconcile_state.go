package csvio

import (
	"maps"
	"slices"
	"time"

	"pipewright/internal/sales"
)

// reconcileState brings a deal to where a row of deals says that it stands now. When
// it came there nobody knows, unless the row says when it was closed: it is seen at
// the import.
func (l *Loader) reconcileState(i int, s Stored, now time.Time) (Change, *Bad) {
	row, d := l.entries[i].row, s.Deal
	b := l.builder(i, row)
	b.at, b.status, b.done = step(b.m.process.StageIndex(d.Stage)), d.Status, !d.Done.IsZero()
	if b.last = latest(s.Log); b.last.Equal(sales.Undated) {
		b.last = time.Time{}
	}
	known := len(visits(s.Log)) > 0
	switch row.status {
	case "":
	case sales.Open:
		if row.stage >= 0 && (d.Status != sales.Open || row.stage != b.at) {
			b.enter(row.stage, now, "")
			b.events[0].Data.NoStay = true
		}
	case d.Status:
		if row.status == sales.Won && int(row.stage) > b.m.won && row.stage != b.at {
			b.enter(row.stage, now, "")
			b.events[0].Data.NoStay = true
		}
	default:
		closed, bad := b.closing()
		if bad != nil {
			return Change{}, bad
		}
		if row.status == sales.Lost {
			b.lose(closed, "", !known)
			break
		}
		b.enter(max(row.stage, step(b.m.won)), closed, "")
		last := &b.events[len(b.events)-1].Data
		last.NoStay = !known
		last.Ends = last.Ends || !known && int(row.stage) < b.m.won
	}
	return Change{Events: b.events}, nil
}

// latest returns the time of the latest event that changed stage or status.
func latest(log []sales.Event) time.Time {
	var at time.Time
	for _, e := range log {
		switch e.Type {
		case sales.Created, sales.Moved, sales.LostEvent, sales.Reopened, sales.Completed, sales.Relocated:
			if e.At.After(at) {
				at = e.At
			}
		}
	}
	return at
}

// newFields are the fields in which a row differs from the deal. What the row does
// not say stays as it is.
func (l *Loader) newFields(row *dealRow, d sales.Deal, now time.Time) []sales.Event {
	var out []sales.Event
	for _, field := range slices.Sorted(maps.Keys(row.fields)) {
		changed := sales.EventData{Field: field, Was: d.Value(field), Value: row.fields[field], Source: Source}
		probe := d
		probe.Apply(sales.Event{Type: sales.Changed, Data: changed})
		if probe.Value(field) != d.Value(field) {
			out = append(out, sales.Event{At: now, Type: sales.Changed, Data: changed})
		}
	}
	if row.owner != "" && row.owner != d.Owner {
		out = append(out, sales.Event{At: now, Type: sales.Assigned, Data: sales.EventData{User: row.owner, Was: d.Owner, Team: row.team, Source: Source}})
	}
	if row.nextStep != "" && row.nextStep != d.NextStep {
		out = append(out, sales.Event{At: now, Type: sales.Planned, Data: sales.EventData{Note: row.nextStep, By: row.nextBy, Source: Source}})
	}
	return out
}

// same is what makes two activities one and the same.
type sameActivity struct {
	kind, actor, note string
	at                int64
	minutes           int
}

// newActivities are those of the files that the deal does not have yet.
func (l *Loader) newActivities(e *entry, s Stored) []sales.Activity {
	if e.acts.to == 0 {
		return nil
	}
	have := map[sameActivity]int{}
	key := func(a sales.Activity) sameActivity {
		return sameActivity{kind: a.Type, actor: a.Actor, note: a.Note, at: a.At.UnixMilli(), minutes: a.Minutes}
	}
	for _, a := range s.Activities {
		have[key(a)]++
	}
	b := builder{Loader: l, m: l.matcher(l.index[e.external])}
	var out []sales.Activity
	for _, r := range l.activities[e.acts.from:e.acts.to] {
		a := b.activity(r)
		a.Deal = s.Deal.ID
		if have[key(a)]--; have[key(a)] < 0 && !a.Undone {
			out = append(out, a)
		}
	}
	return out
}
