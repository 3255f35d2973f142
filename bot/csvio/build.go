package csvio

import (
	"time"

	"pipewright/internal/sales"
)

// Source marks every event that an import made, in sales.EventData.Source.
const Source = "import"

// Built is a deal as the files tell it.
type Built struct {
	External   string
	Process    *sales.Process
	Events     []sales.Event // versions from 1, sales.Event.Deal is 0
	Activities []sales.Activity
	Approvals  []sales.Approval // with the ids that the events use
}

// Build makes the events of deal i, which the store does not know. It returns nil for
// a deal of which the files say nothing that can be used. The error is a row
// that contradicts the others.
func (l *Loader) Build(i int) (*Built, *Bad) {
	l.arrange()
	e := &l.entries[i]
	acts := l.activities[e.acts.from:e.acts.to]
	if e.log.to > 0 {
		return l.replay(i)
	}
	if e.row == nil && e.history.to == 0 {
		if len(acts) > 0 {
			return nil, l.badAt(activitiesFile, int(acts[0].line), l.printer.T("there is no deal %s — import it first, or in the same run with --deals or --history", e.external))
		}
		return nil, nil
	}
	facts := e.row
	if facts == nil {
		facts = &dealRow{stage: nowhere}
	}
	b := l.builder(i, facts)
	if bad := b.tell(l.history[e.history.from:e.history.to]); bad != nil {
		return nil, bad
	}
	out := &Built{External: e.external, Process: b.m.process}
	out.Events, out.Activities = b.withActivities(acts)
	return out, nil
}

func (l *Loader) builder(i int, facts *dealRow) *builder {
	return &builder{Loader: l, m: l.matcher(int32(i)), entry: &l.entries[i], facts: facts, at: nowhere, status: sales.Open}
}

// badAt is a row of one of the files; the deals file is meant when the row is there.
func (l *Loader) badAt(file, line int, why string) *Bad {
	return &Bad{File: l.files[file], Line: line, Text: why}
}

// builder writes the events of one deal, in order of time. at is the stage in
// which the deal is, nowhere before the first.
type builder struct {
	*Loader
	m      *matcher
	entry  *entry
	facts  *dealRow
	events []sales.Event
	at     step
	status sales.Status
	done   bool
	last   time.Time // of the latest event
}

// tell writes what history and facts say together.
func (b *builder) tell(rows []historyRow) *Bad {
	if len(rows) == 0 {
		return b.snapshot()
	}
	b.create(rows[0])
	for _, r := range rows {
		if r.step == toDone && b.status != sales.Won {
			return b.badAt(historyFile, int(r.line), b.printer.T("the deal is completed before it was won — add the row of the win, or take this one out"))
		}
		b.step(r.step, instant(r.at), b.words.texts[r.actor])
	}
	return b.agree(rows[len(rows)-1])
}

// create writes the first event. When the deal was created before its first row,
// or that row ends it, nobody knows where it was until then.
func (b *builder) create(first historyRow) {
	at, created := instant(first.at), b.facts.created
	switch {
	case created.at.IsZero(), created.at.After(at), created.dayOnly && sameDay(created.at, at):
		created.at = at
	}
	inside := first.step >= 0 && int(first.step) < b.m.won
	data := sales.EventData{To: b.key(0), NoStay: true}
	if inside {
		data.To, data.NoStay = b.key(first.step), created.at.Before(at)
	}
	if !data.NoStay {
		b.at = first.step
	}
	b.created(created.at, b.words.texts[first.actor], data)
}

func (b *builder) created(at time.Time, actor string, data sales.EventData) {
	data.Process, data.Map, data.External = b.m.process.Key, b.m.process.Version, b.entry.external
	data.User, data.Team, data.Initial = b.facts.owner, b.facts.team, b.facts.fields
	if data.Initial["name"] == "" {
		initial := map[string]string{"name": b.entry.external}
		for k, v := range data.Initial {
			initial[k] = v
		}
		data.Initial = initial
	}
	b.add(sales.Created, at, actor, data)
}

func (b *builder) key(s step) string { return b.m.process.Stages[s].Key }

// from is the key of the present stage, "" when nobody knows it.
func (b *builder) from() string {
	if b.at < 0 {
		return ""
	}
	return b.key(b.at)
}

func (b *builder) add(t sales.EventType, at time.Time, actor string, data sales.EventData) {
	data.Source = Source
	if b.last.Before(at) {
		b.last = at
	}
	b.events = append(b.events, sales.Event{Version: len(b.events) + 1, At: at, Actor: actor, Type: t, Data: data})
}

// step writes one row of history. The same stage again says nothing new.
func (b *builder) step(to step, at time.Time, actor string) {
	switch {
	case to == toLost:
		b.lose(at, actor, false)
	case to == toDone:
		b.complete(at, actor)
	case to == toWon:
		if b.status != sales.Won {
			b.enter(step(b.m.won), at, actor)
		}
	case to != b.at || b.status == sales.Lost:
		b.enter(to, at, actor)
	}
}

// enter moves the deal into a stage.
func (b *builder) enter(to step, at time.Time, actor string) {
	if b.status == sales.Lost {
		if int(to) < b.m.won {
			b.add(sales.Reopened, at, actor, b.moveTo(to))
			b.status, b.at = sales.Open, to
			return
		}
		b.reopen(at, actor)
	}
	data := b.moveTo(to)
	won := step(b.m.won)
	switch {
	case b.status == sales.Open && to >= won:
		data.Direction, data.Ends = sales.ExitWon, int(to) == len(b.m.process.Stages)-1
		b.status = sales.Won
	case to < b.at:
		data.Direction, data.Reopens = sales.ExitBack, b.status == sales.Won && to < won
		if data.Reopens {
			b.status = sales.Open
		}
	default:
		data.Direction = sales.ExitForward
	}
	b.at, b.done = to, data.Ends
	b.add(sales.Moved, at, actor, data)
}

// moveTo is what every move says: from where, to where, past which stages.
func (b *builder) moveTo(to step) sales.EventData {
	data := sales.EventData{From: b.from(), To: b.key(to), Map: b.m.process.Version}
	if b.at >= 0 && b.status != sales.Lost {
		for s := b.at + 1; s < to; s++ {
			data.Skipped = append(data.Skipped, b.key(s))
		}
	}
	return data
}

// reopen takes the deal up again without a stay, since the next row closes it at once:
// a lost deal where it was lost, a won one where it stood before.
func (b *builder) reopen(at time.Time, actor string) {
	to := max(b.at, 0)
	if int(to) >= b.m.won {
		to = step(max(b.m.won-1, 0))
	}
	b.add(sales.Reopened, at, actor, sales.EventData{From: b.from(), To: b.key(to), Map: b.m.process.Version, NoStay: true})
	b.status, b.at, b.done = sales.Open, to, false
}

// lose closes the deal. The reason is that of the deals file, and only of the last time.
func (b *builder) lose(at time.Time, actor string, noStay bool) {
	switch b.status {
	case sales.Lost:
		return
	case sales.Won:
		b.reopen(at, actor)
	}
	for i := range b.events {
		b.events[i].Data.Reason = ""
	}
	b.add(sales.LostEvent, at, actor, sales.EventData{From: b.from(), Reason: b.facts.reason, Map: b.m.process.Version, NoStay: noStay})
	b.status = sales.Lost
}

func (b *builder) complete(at time.Time, actor string) {
	if b.done {
		return
	}
	b.add(sales.Completed, at, actor, sales.EventData{From: b.from(), Map: b.m.process.Version})
	b.done = true
}
