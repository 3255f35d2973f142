package sales

import (
	"slices"
	"time"
)

// TurnOf is the part of those whose turn it is.
type TurnOf string

const (
	ForApprovers TurnOf = "approvers"
	ForRequester TurnOf = "requester" // an approver has asked something
	ForNobody    TurnOf = "nobody"    // too few people are left for the step
)

// Turn is a step that waits and whose turn it is, as events keep it. What a step needs besides, see Awaited.
type Turn struct {
	Step   string   `json:"step"`
	For    TurnOf   `json:"for"`
	People []string `json:"people,omitempty"`
}

// Turns returns whose turn it is at each step of the request that waits; nothing when it is over.
func (c *Case) Turns(a Approval) []Turn {
	var out []Turn
	a = c.unstuck(a)
	for _, s := range a.Waiting() {
		w := Turn{Step: s.Key, For: ForApprovers, People: c.mayDecide(a, *s)}
		switch {
		case s.Stranded != 0:
			w.For, w.People = ForNobody, nil
		case len(a.OpenQuestions()) > 0:
			w.For, w.People = ForRequester, c.Answerers(a)
		}
		out = append(out, w)
	}
	return out
}

// StepWait is a span in which a step of a request waited for the same people, for the analyses.
type StepWait struct {
	Approval int64
	Deal     int64
	N        int // from 1, in order of time
	Step     string
	Round    int // 1, and one more each time that everybody was asked anew
	For      TurnOf
	People   []string // who were awaited
	From     time.Time
	To       time.Time // zero while it lasts
	Worked   time.Duration
	End      string // what ended it: approve, reject, or the type of the event without "approval_"
	By       string // who ended it; "" when the program did
}

// StepWaits returns the waits of a request, as its deal's log tells them. Worked is by the calendar,
// and of a wait that lasts it is 0. Older logs do not tell them.
func StepWaits(log []Event, approval int64, calendar Calendar) []StepWait {
	w := stepWaits{calendar: calendar, round: 1}
	for _, e := range log {
		if e.Data.Approval == approval && OfApproval(e.Type) {
			w.apply(e)
		}
	}
	return w.all
}

// stepWaits is the waits of a request on the way through its log.
type stepWaits struct {
	calendar Calendar
	round    int
	all      []StepWait
}

func (w *stepWaits) apply(e Event) {
	anew := e.Data.Outcome == Voided
	for i := range w.all {
		s := &w.all[i]
		same := slices.ContainsFunc(e.Data.Turns, func(x Turn) bool { return s.is(x) })
		if s.To.IsZero() && (anew || !same) {
			s.To, s.Worked, s.End, s.By = e.At, w.calendar.Worked(s.From, e.At), endOf(e), e.Actor
		}
	}
	if anew {
		w.round++
	}
	for _, x := range e.Data.Turns {
		if slices.ContainsFunc(w.all, func(s StepWait) bool { return s.To.IsZero() && s.is(x) }) {
			continue
		}
		w.all = append(w.all, StepWait{
			Approval: e.Data.Approval, Deal: e.Deal, N: len(w.all) + 1, Step: x.Step, Round: w.round, For: x.For, People: x.People, From: e.At,
		})
	}
}

func (s StepWait) is(x Turn) bool {
	return s.Step == x.Step && s.For == x.For && slices.Equal(s.People, x.People)
}

func endOf(e Event) string {
	if e.Type == Decided {
		return string(e.Data.Verdict)
	}
	return string(e.Type)[len(approvalEvent):]
}
