package sales

import (
	"maps"
	"slices"
	"time"
)

// Case is everything that a decision about one deal may look at.
type Case struct {
	Deal       Deal
	Process    *Process
	Org        *Organisation
	Activities []Activity // of this deal; the store leaves out what was undone, and what no rule looks at: notes, lengths, links, costs
	Approvals  []Approval // of this deal
	Log        []Event    // of this deal; only undo looks at it
	At         time.Time  // whose delegations count; zero: those that were given effect
}

// UndoWithin is how long a step can be taken back.
const UndoWithin = 10 * time.Minute

// Move is an intent to change a deal's stage.
type Move struct {
	To       string // "" is the next stage, or completion after the last
	Override string // the reason for passing the gate unmet; "" is no override
	Because  string // for going back
	Seen     int    // Deal.Moves as the person saw it; 0 when they typed a command
}

// Advance moves the deal forwards. It returns GateNotMet with what is missing,
// NotAllowed, Conflict when the deal moved since it was seen or is lost, or
// Invalid when the stage does not lie ahead.
func (c *Case) Advance(actor string, m Move, now time.Time) ([]Event, error) {
	if err := c.mayMove(actor, m.Seen); err != nil {
		return nil, err
	}
	if c.Deal.Status == Lost {
		return nil, refuse(Conflict, "deal.lost", "ref", c.Deal.Ref())
	}
	if !c.Deal.Done.IsZero() {
		return nil, refuse(Conflict, "deal.completed", "ref", c.Deal.Ref())
	}
	from := c.Process.StageIndex(c.Deal.Stage)
	to := from + 1
	if m.To != "" {
		to = c.Process.StageIndex(m.To)
		if to < 0 {
			return nil, refuse(NotFound, "stage.unknown", "stage", m.To)
		}
		if to == from {
			return nil, refuse(Conflict, "move.already_there", "stage", m.To)
		}
		if to < from {
			return nil, refuse(Invalid, "move.not_ahead", "stage", m.To)
		}
	}
	target := ""
	if to < len(c.Process.Stages) {
		target = c.Process.Stages[to].Key
	}
	missing, err := c.Missing(target)
	if err != nil {
		return nil, err
	}
	data := EventData{From: c.Deal.Stage, To: target, Map: c.Process.Version}
	if len(missing) > 0 {
		if m.Override == "" {
			e := refuse(GateNotMet, "gate.not_met", "stage", c.Deal.Stage, "to", target)
			e.Missing = missing
			return nil, e
		}
		if err := c.Org.MustLead(actor, "override.not_allowed"); err != nil {
			return nil, err
		}
		data.Override, data.Why = true, m.Override
		for _, x := range missing {
			data.Missing = append(data.Missing, x.Key())
		}
	}
	if target == "" {
		return c.event(actor, now, Completed, data), nil
	}
	for _, s := range c.Process.Stages[from+1 : to] {
		data.Skipped = append(data.Skipped, s.Key)
	}
	data.Direction = ExitForward
	if won := c.Process.WonIndex(); from < won && to >= won {
		data.Direction, data.Ends = ExitWon, to == len(c.Process.Stages)-1
	}
	return c.event(actor, now, Moved, data), nil
}

// Win advances the deal to the stage that wins it.
func (c *Case) Win(actor string, m Move, now time.Time) ([]Event, error) {
	if c.Deal.Status == Won {
		return nil, refuse(Conflict, "deal.won", "ref", c.Deal.Ref())
	}
	m.To = c.Process.Stages[c.Process.WonIndex()].Key
	return c.Advance(actor, m, now)
}

// Back returns the deal to an earlier stage. Going back across the win reopens the deal.
func (c *Case) Back(actor string, m Move, now time.Time) ([]Event, error) {
	if err := c.mayMove(actor, m.Seen); err != nil {
		return nil, err
	}
	if c.Deal.Status == Lost {
		return nil, refuse(Conflict, "deal.lost", "ref", c.Deal.Ref())
	}
	from, to := c.Process.StageIndex(c.Deal.Stage), c.Process.StageIndex(m.To)
	switch {
	case to < 0:
		return nil, refuse(NotFound, "stage.unknown", "stage", m.To)
	case to == from:
		return nil, refuse(Conflict, "move.already_there", "stage", m.To)
	case to > from:
		return nil, refuse(Invalid, "move.not_behind", "stage", m.To)
	}
	return c.event(actor, now, Moved, EventData{
		From: c.Deal.Stage, To: m.To, Direction: ExitBack, Why: m.Because, Map: c.Process.Version,
		Reopens: c.Deal.Status == Won && to < c.Process.WonIndex(),
	}), nil
}

// Lose closes the deal as lost. An empty reason is Invalid "lost.no_reason": the
// handlers then ask for one from the process's list.
func (c *Case) Lose(actor, reason, note string, seen int, now time.Time) ([]Event, error) {
	if err := c.mayMove(actor, seen); err != nil {
		return nil, err
	}
	switch c.Deal.Status {
	case Lost:
		return nil, refuse(Conflict, "deal.lost", "ref", c.Deal.Ref())
	case Won:
		return nil, refuse(Conflict, "deal.won", "ref", c.Deal.Ref())
	}
	if reason == "" {
		return nil, refuse(Invalid, "lost.no_reason")
	}
	if _, ok := c.Process.Reason(reason); !ok {
		return nil, refuse(NotFound, "reason.unknown", "reason", reason)
	}
	return c.event(actor, now, LostEvent, EventData{From: c.Deal.Stage, Reason: reason, Why: note, Map: c.Process.Version}), nil
}

// Reopen takes a lost deal up again in the stage where it was lost, and a won
// one in the last stage before the win. It needs a reason.
func (c *Case) Reopen(actor, because string, now time.Time) ([]Event, error) {
	if err := c.mayWork(actor); err != nil {
		return nil, err
	}
	if c.Deal.Status == Open {
		return nil, refuse(Conflict, "deal.open", "ref", c.Deal.Ref())
	}
	if because == "" {
		return nil, refuse(Invalid, "reopen.no_reason")
	}
	to := c.Deal.Stage
	if won := c.Process.WonIndex(); c.Deal.Status == Won && won > 0 {
		to = c.Process.Stages[won-1].Key
	}
	if c.Process.StageIndex(to) < 0 {
		to = c.Process.Stages[0].Key
	}
	return c.event(actor, now, Reopened, EventData{From: c.Deal.Stage, To: to, Why: because, Map: c.Process.Version}), nil
}

// Set changes one field to a value in canonical form; the same value is Conflict "set.same".
func (c *Case) Set(actor, field, value string, now time.Time) ([]Event, error) {
	if err := c.mayWork(actor); err != nil {
		return nil, err
	}
	if err := c.Process.checkValue(field, value, now); err != nil {
		return nil, err
	}
	was := c.Deal.Value(field)
	if was == value {
		return nil, refuse(Conflict, "set.same", "field", field, "value", value)
	}
	return c.event(actor, now, Changed, EventData{Field: field, Was: was, Value: value}), nil
}

// Assign gives the deal to another person and to that person's team.
func (c *Case) Assign(actor, user string, now time.Time) ([]Event, error) {
	if err := c.mayWork(actor); err != nil {
		return nil, err
	}
	if user == c.Deal.Owner {
		return nil, refuse(Conflict, "assign.same", "user", user)
	}
	team, _ := c.Org.TeamOf(user)
	return c.event(actor, now, Assigned, EventData{User: user, Was: c.Deal.Owner, Team: team.Key}), nil
}

// Plan sets the next step and, when by is not zero, its date.
func (c *Case) Plan(actor, step string, by, now time.Time) ([]Event, error) {
	if err := c.mayWork(actor); err != nil {
		return nil, err
	}
	if step == "" {
		return nil, refuse(Invalid, "next.no_text")
	}
	if err := checkTyped("next", step); err != nil {
		return nil, err
	}
	if err := checkDate(by, now, PlannedYears); err != nil {
		return nil, err
	}
	return c.event(actor, now, Planned, EventData{Note: step, By: dateString(by)}), nil
}

// WaitOn records who the deal waits for.
func (c *Case) WaitOn(actor string, who Party, because string, now time.Time) ([]Event, error) {
	if err := c.mayOpen(actor); err != nil {
		return nil, err
	}
	if who != WaitCustomer && who != WaitUs {
		return nil, refuse(Invalid, "party.unknown")
	}
	if who == c.Deal.Waiting {
		return nil, refuse(Conflict, "wait.same", "for", string(who))
	}
	return c.event(actor, now, Waited, EventData{For: who, Why: because}), nil
}

// Park rests the deal until the instant: no nudge touches it meanwhile.
func (c *Case) Park(actor string, until time.Time, because string, now time.Time) ([]Event, error) {
	if err := c.mayOpen(actor); err != nil {
		return nil, err
	}
	if !until.After(now) {
		return nil, refuse(Invalid, "park.past", "until", until.UnixMilli())
	}
	if err := checkDate(until, now, PlannedYears); err != nil {
		return nil, err
	}
	return c.event(actor, now, Parked, EventData{Until: until.UnixMilli(), Why: because}), nil
}

// Resume ends parking and waiting.
func (c *Case) Resume(actor string, now time.Time) ([]Event, error) {
	if err := c.mayOpen(actor); err != nil {
		return nil, err
	}
	if c.Deal.Parked.IsZero() && c.Deal.Waiting == "" {
		return nil, refuse(Conflict, "resume.nothing", "ref", c.Deal.Ref())
	}
	return c.event(actor, now, Resumed, EventData{}), nil
}

// LogActivity records an activity; its id is given by the store afterwards.
func (c *Case) LogActivity(actor string, a Activity, now time.Time) ([]Event, error) {
	if err := c.mayWork(actor); err != nil {
		return nil, err
	}
	if _, ok := c.Process.Activity(a.Type); !ok {
		return nil, refuse(NotFound, "activity.unknown", "type", a.Type)
	}
	if a.Minutes < 0 || a.Minutes > 24*60 {
		return nil, refuse(Invalid, "activity.minutes", "minutes", a.Minutes)
	}
	return c.event(actor, now, Logged, EventData{Kind: a.Type, Minutes: a.Minutes, Note: a.Note, Outcome: a.Outcome, Activity: a.ID}), nil
}

// Unlog takes back the person's activity on the deal that the event of that version
// logged, or the latest one for 0, within UndoWithin.
func (c *Case) Unlog(actor string, event int, now time.Time) (Activity, []Event, error) {
	if err := c.mayWork(actor); err != nil {
		return Activity{}, nil, err
	}
	for _, a := range slices.Backward(c.Activities) {
		if a.Actor != actor || a.Undone || event != 0 && a.Event != event {
			continue
		}
		if now.Sub(a.At) > UndoWithin {
			return Activity{}, nil, refuse(Conflict, "undo.too_late", "minutes", int(UndoWithin.Minutes()))
		}
		return a, c.event(actor, now, Unlogged, EventData{Activity: a.ID, Kind: a.Type, Undoes: a.Event}), nil
	}
	return Activity{}, nil, refuse(NotFound, "undo.nothing", "ref", c.Deal.Ref())
}

// Undo takes back the latest step on the deal: within UndoWithin, by the person
// who made it or somebody who leads; who has given the deal away may take it back.
// Activities and approvals are not its business.
func (c *Case) Undo(actor string, now time.Time) ([]Event, error) {
	gone := undone(c.Log)
	for _, e := range slices.Backward(c.Log) {
		if gone[e.Version] || !undoable(e.Type) {
			continue
		}
		if err := c.mayWork(actor); err != nil && (e.Actor != actor || e.Type != Assigned) {
			return nil, err
		}
		if now.Sub(e.At) > UndoWithin {
			return nil, refuse(Conflict, "undo.too_late", "minutes", int(UndoWithin.Minutes()))
		}
		if e.Actor != actor && !c.Org.Leads(actor) {
			err := refuse(NotAllowed, "undo.not_yours", "user", e.Actor)
			err.Who = compact(append([]string{e.Actor}, c.Org.Holders(RoleManager)...))
			return nil, err
		}
		return c.event(actor, now, Undone, EventData{Undoes: e.Version, Kind: string(e.Type)}), nil
	}
	return nil, refuse(NotFound, "undo.nothing", "ref", c.Deal.Ref())
}

// Pulse records how hard leaving a stage was, 1 (easy) to 5, for us and for the
// customer; 0 is no answer. A note alone will do.
func (c *Case) Pulse(actor, stage string, staff, customer int, note string, now time.Time) ([]Event, error) {
	if staff < 0 || staff > 5 || customer < 0 || customer > 5 || staff+customer == 0 && note == "" {
		return nil, refuse(Invalid, "pulse.range")
	}
	return c.event(actor, now, Pulsed, EventData{From: stage, Staff: staff, Customer: customer, Note: note}), nil
}

// NewDeal is what a person gives to create a deal, in canonical form.
type NewDeal struct {
	Name, Account, Source string
	Owner                 string
	Amount                Money
	Close                 time.Time
	Fields                map[string]string
}

// Create returns the deal's first event; the store gives its number.
func Create(p *Process, org *Organisation, actor string, n NewDeal, now time.Time) ([]Event, error) {
	if n.Owner == "" {
		n.Owner = actor
	}
	initial := map[string]string{"name": n.Name, "account": n.Account, "source": n.Source, "close": dateString(n.Close), "amount": n.Amount.Canonical()}
	maps.Copy(initial, n.Fields)
	for _, k := range slices.Sorted(maps.Keys(initial)) {
		if err := p.checkValue(k, initial[k], now); err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(initial, func(_, v string) bool { return v == "" })
	team, _ := org.TeamOf(n.Owner)
	return []Event{{Version: 1, At: now, Actor: actor, Type: Created, Data: EventData{
		Process: p.Key, Map: p.Version, To: p.Stages[0].Key, User: n.Owner, Team: team.Key, Initial: initial,
	}}}, nil
}

func (c *Case) event(actor string, now time.Time, t EventType, data EventData) []Event {
	return []Event{{Deal: c.Deal.ID, Version: c.Deal.Version + 1, At: now, Actor: actor, Type: t, Data: data}}
}

func (c *Case) mayWork(actor string) error {
	if ok, who := c.Org.MayWork(actor, c.Deal); !ok {
		e := refuse(NotAllowed, "deal.not_yours", "ref", c.Deal.Ref())
		e.Who = who
		return e
	}
	return nil
}

func (c *Case) mayOpen(actor string) error {
	if err := c.mayWork(actor); err != nil {
		return err
	}
	if c.Deal.Status != Open {
		return refuse(Conflict, "deal."+string(c.Deal.Status), "ref", c.Deal.Ref())
	}
	return nil
}

func (c *Case) mayMove(actor string, seen int) error {
	if err := c.mayWork(actor); err != nil {
		return err
	}
	if seen != 0 && seen != c.Deal.Moves {
		return refuse(Conflict, "deal.moved_since", "ref", c.Deal.Ref(), "stage", c.Deal.Stage)
	}
	return nil
}
