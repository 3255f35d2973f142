package reports

import (
	"iter"
	"slices"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// why says what the time in a stage went into, as far as somebody recorded it.
type why struct {
	total  float64                   // days of all stays
	waited map[sales.WaitFor]float64 // days of them
	worked time.Duration             // how much of the time was working time
	length time.Duration             // of all stays
}

// waitOrder is for whom a deal waits when it waits for several at once: a decision that is
// pending, or a date to which it was put off, holds it up whoever else has something to do.
var waitOrder = []sales.WaitFor{sales.ForApproval, sales.ForParked, sales.ForCustomer, sales.ForUs}

// whyOf splits the time of a stage's visits during the window, which the table covers. Its parts do not overlap.
func whyOf(visits iter.Seq2[*Stay, *Deal], w span, table *workTable) why {
	out := why{waited: map[sales.WaitFor]float64{}}
	for s, d := range visits {
		in := span{max(s.Entered, w.from), min(s.Left, w.to)}
		if in.to <= in.from {
			continue
		}
		out.total += days(in.to - in.from)
		out.length += time.Duration(in.to-in.from) * time.Millisecond
		out.worked += table.worked(in)
		out.split(d.waits, in)
	}
	return out
}

// whyEver is why of all time up to the cut.
func (h *History) whyEver(place int) why {
	w, n := span{h.AsOf.UnixMilli(), h.AsOf.UnixMilli()}, 0
	visits := h.visits(place)
	for s := range visits {
		w.from, n = min(w.from, s.Entered), n+1
	}
	return whyOf(visits, w, newWorkTable(h.Process.Calendar, w, n))
}

// visits goes over the stays in one stage.
func (h *History) visits(place int) iter.Seq2[*Stay, *Deal] {
	return func(yield func(*Stay, *Deal) bool) {
		for s, d := range h.each {
			if int(s.Stage) == place && !yield(s, d) {
				return
			}
		}
	}
}

// split adds for whom was waited during a span, from change to change.
func (y *why) split(waits []Wait, in span) {
	if len(waits) == 0 {
		return
	}
	at := []int64{in.from, in.to}
	for _, wait := range waits {
		at = append(at, min(max(wait.From, in.from), in.to), min(max(wait.To, in.from), in.to))
	}
	slices.Sort(at)
	for i, begin := range at[:len(at)-1] {
		end := at[i+1]
		if begin == end {
			continue
		}
		for _, party := range waitOrder {
			if slices.ContainsFunc(waits, func(wait Wait) bool { return wait.For == party && wait.From <= begin && wait.To >= end }) {
				y.waited[party] += days(end - begin)
				break
			}
		}
	}
}

// waitShare is the share of a stage's days that must have been recorded as waiting
// for one party before it is named.
const waitShare = 0.25

const approver = "approver"

var parties = map[sales.WaitFor]string{sales.ForApproval: approver, sales.ForCustomer: "customer", sales.ForUs: "us"}

// waitsFor returns who was waited for most, nil when too little of the time says so.
func (y *why) waitsFor() *string {
	var most sales.WaitFor
	for _, party := range waitOrder {
		if parties[party] != "" && y.waited[party] > y.waited[most] {
			most = party
		}
	}
	if most == "" || y.waited[most] < waitShare*y.total {
		return nil
	}
	name := parties[most]
	return &name
}

// note says it of the stage at the place.
func (y *why) note(h *History, place int) Note {
	return Note{Say: func(p text.Printer) string { return y.sentence(text.Truncate(h.stageName(place, p), maxCell), p) }}
}

// sentence says it of a stage: who was waited for, and how much of the time anybody worked.
func (y *why) sentence(stage string, p text.Printer) string {
	share := func(days float64) string { return p.Percent(days/y.total, 0) }
	var parts []string
	rest := y.total
	for _, party := range waitOrder {
		days := y.waited[party]
		if rest -= days; days < 0.005*y.total {
			continue
		}
		switch party {
		case sales.ForApproval:
			parts = append(parts, p.T("%s waiting for an approver", share(days)))
		case sales.ForParked:
			parts = append(parts, p.T("%s parked", share(days)))
		case sales.ForCustomer:
			parts = append(parts, p.T("%s waiting for the customer", share(days)))
		case sales.ForUs:
			parts = append(parts, p.T("%s waiting for us", share(days)))
		}
	}
	if rest >= 0.005*y.total {
		parts = append(parts, p.T("%s not explained", share(rest)))
	}
	worked := float64(y.worked) / float64(y.length)
	said := p.T("The time in %s: %s. %s of it was working time.", stage, p.List(parts), p.Percent(worked, 0))
	if rest < 0.5*y.total {
		return said
	}
	return p.Sentences(said, p.T("Record whom a deal waits for with “deal wait”, and more of it is explained."))
}
