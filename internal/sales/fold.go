package sales

import (
	"slices"
	"time"
)

// History is what a deal's log amounts to.
type History struct {
	Deal  Deal
	Stays []Stay
	Waits []Wait
}

// Fold replays a deal's whole log, in order. Events that were undone, and the
// undoing itself, change nothing but the deal's version and count of moves.
func Fold(log []Event) History {
	var h History
	gone := undone(log)
	for _, e := range log {
		if gone[e.Version] || Undoes(e.Type) {
			h.Deal.Version = e.Version
			if stageEvent(e.Type) || e.Type == Undone {
				h.Deal.Moves++
			}
			continue
		}
		h.Apply(e)
	}
	return h
}

// Undoes reports whether events of the type take an earlier one back. They
// cannot be applied alone: the deal has to be folded anew from its log.
func Undoes(t EventType) bool { return t == Undone || t == Unlogged }

// Overrides returns the events of a log by which a deal left its stage although the gate was
// not met, without those that were undone.
func Overrides(log []Event) []Event {
	var out []Event
	for _, e := range log {
		if e.Data.Override {
			out = append(out, e)
		}
	}
	if len(out) == 0 { // as with most deals
		return nil
	}
	gone := undone(log)
	return slices.DeleteFunc(out, func(e Event) bool { return gone[e.Version] })
}

// Apply brings the deal, its stays and its waits up to date with one event that
// undoes nothing. Of stays and waits only the last open ones need be there.
func (h *History) Apply(e Event) {
	before := h.Deal
	h.Deal.Apply(e)
	h.stays(before, e)
	h.waits(before, e)
}

// undone returns the versions of the events that a later event took back.
func undone(log []Event) map[int]bool {
	out := map[int]bool{}
	for _, e := range log {
		if Undoes(e.Type) {
			out[e.Data.Undoes] = true
		}
	}
	return out
}

func undoable(t EventType) bool {
	switch t {
	case Moved, LostEvent, Reopened, Completed, Changed, Assigned, Planned, Waited, Parked, Resumed:
		return true
	}
	return false
}

func stageEvent(t EventType) bool {
	switch t {
	case Created, Moved, LostEvent, Reopened, Completed, Relocated:
		return true
	}
	return false
}

// Apply changes the deal as an event that undoes nothing says.
func (d *Deal) Apply(e Event) {
	d.Version = e.Version
	if stageEvent(e.Type) {
		d.Moves++
	}
	data := e.Data
	switch e.Type {
	case Created:
		*d = Deal{
			ID: e.Deal, Process: data.Process, Version: e.Version, Moves: 1, Episode: 1, Owner: data.User, Team: data.Team,
			Stage: data.To, Entered: entered(e), Status: Open, Created: e.At, External: data.External,
		}
		if e.At.Equal(Undated) {
			d.Created = time.Time{}
		}
		for field, value := range data.Initial {
			d.set(field, value)
		}
	case Moved:
		d.move(e)
	case LostEvent:
		d.Status, d.Closed, d.Reason = Lost, e.At, data.Reason
		d.rest()
	case Reopened:
		d.reopen()
		d.Stage, d.Entered = data.To, entered(e)
	case Completed:
		d.Done = e.At
		d.rest()
	case Relocated:
		d.Stage, d.Entered = data.To, e.At
	case Changed:
		d.set(data.Field, data.Value)
	case Assigned:
		d.Owner, d.Team = data.User, data.Team
	case Planned:
		d.NextStep, d.NextBy = data.Note, parseDate(data.By)
	case Waited:
		d.Waiting, d.WaitFrom = data.For, e.At
	case Parked:
		d.Parked, d.ParkFrom, d.ParkWhy = time.UnixMilli(data.Until).UTC(), e.At, data.Why
	case Resumed:
		d.rest()
	case Logged:
		if e.At.After(d.Last) {
			d.Last = e.At
		}
	}
}

func (d *Deal) move(e Event) {
	if e.Data.Direction == ExitWon {
		d.Status, d.Closed = Won, e.At
	}
	if e.Data.Reopens {
		d.reopen()
	}
	d.Done = time.Time{}
	if e.Data.Ends {
		d.Done = e.At
	}
	d.Stage, d.Entered = e.Data.To, entered(e)
	d.rest() // whoever moves a deal is working on it
}

// entered returns when the event's stage was entered, the zero time when nobody knows.
func entered(e Event) time.Time {
	if e.Data.NoStay {
		return time.Time{}
	}
	return e.At
}

func (d *Deal) reopen() {
	d.Status, d.Closed, d.Done, d.Reason = Open, time.Time{}, time.Time{}, ""
	d.Episode++
}

// rest ends parking and waiting.
func (d *Deal) rest() {
	d.Parked, d.ParkFrom, d.ParkWhy = time.Time{}, time.Time{}, ""
	d.Waiting, d.WaitFrom = "", time.Time{}
}

// stays closes the open stay and opens the next one, as the event says.
func (h *History) stays(before Deal, e Event) {
	switch e.Type {
	case Moved, Relocated:
		exit := e.Data.Direction
		if e.Type == Relocated {
			exit = ExitForward
		}
		h.leave(e, exit)
		if e.Data.Ends {
			return
		}
	case LostEvent:
		h.leave(e, ExitLost)
		return
	case Completed:
		h.leave(e, ExitCompleted)
		return
	case Reopened:
		if before.Status == Won {
			h.leave(e, ExitBack)
		}
	case Created:
	default:
		return
	}
	if e.Data.NoStay {
		return
	}
	visit := 1
	if n := len(h.Stays); n > 0 {
		visit = h.Stays[n-1].Visit + 1
	}
	h.Stays = append(h.Stays, Stay{
		Deal: h.Deal.ID, Episode: h.Deal.Episode, Visit: visit, Stage: h.Deal.Stage, Entered: e.At, Exit: ExitOpen, Event: e.Version,
	})
}

func (h *History) leave(e Event, exit Exit) {
	n := len(h.Stays)
	if n == 0 || h.Stays[n-1].Exit != ExitOpen {
		return
	}
	s := &h.Stays[n-1]
	s.Left, s.Exit, s.To, s.Skipped, s.Actor = e.At, exit, e.Data.To, e.Data.Skipped, e.Actor
}

// waits closes the spans that ended with the event and opens the one that it began.
func (h *History) waits(before Deal, e Event) {
	now := h.Deal
	if before.Waiting != now.Waiting || !before.WaitFrom.Equal(now.WaitFrom) {
		h.endWait(WaitFor(before.Waiting), e.At)
		if now.Waiting != "" {
			h.Waits = append(h.Waits, Wait{Deal: now.ID, For: WaitFor(now.Waiting), From: e.At, Why: e.Data.Why})
		}
	}
	if !before.ParkFrom.Equal(now.ParkFrom) {
		h.endWait(ForParked, earlier(e.At, before.Parked))
		if !now.ParkFrom.IsZero() {
			h.Waits = append(h.Waits, Wait{Deal: now.ID, For: ForParked, From: e.At, To: now.Parked, Why: e.Data.Why})
		}
	}
}

// endWait ends the last span of the kind that is open or reaches beyond the instant.
func (h *History) endWait(kind WaitFor, at time.Time) {
	for i := len(h.Waits) - 1; i >= 0; i-- {
		w := &h.Waits[i]
		if w.For == kind && (w.To.IsZero() || w.To.After(at)) {
			w.To = at
			return
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
