package sales

import "time"

// Rewords reports whether from the event on a request asks for something else.
func (e Event) Rewords() bool {
	return e.Type == Edited || e.Type == Followed && e.Data.Outcome == Voided
}

// Edition numbers the words in which somebody saw a request: 1 as it was first asked for, one more for
// every change of what it asks for. seen is the Approval.Version that they saw, and at is when they decided,
// for changes in older logs, which do not say which version they made.
func Edition(log []Event, approval int64, seen int, at time.Time) int {
	n := 1
	for _, e := range log {
		if e.Data.Approval == approval && e.Rewords() && !e.At.After(at) && e.Data.Seen <= seen {
			n++
		}
	}
	return n
}
