package sales

import "time"

// WaitedFor is the working time for which a step that waits has waited for its approvers: the
// spans in which the request waited for its requester are left out.
func (c *Case) WaitedFor(a Approval, s StepState, now time.Time) time.Duration {
	from := time.UnixMilli(s.Opened)
	worked := c.Process.Calendar.Worked(from, now)
	for _, w := range a.pauses() {
		begin, end := w.From, w.To
		if begin.Before(from) {
			begin = from
		}
		if end.IsZero() || end.After(now) {
			end = now
		}
		if end.After(begin) {
			worked -= c.Process.Calendar.Worked(begin, end)
		}
	}
	return worked
}
