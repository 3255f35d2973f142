// Package reports answers a sales manager's questions from the event log, says
// how sure it is, and posts digests once per period.
//
// # From the log to an answer
//
//	store ─▶ Load ─▶ History ─▶ Report.Compute ─▶ Result ─▶ WriteText, WriteJSON, WriteCSV, Render (Slack)
//
// A [History] is what the log says at one instant, as_of: later events are not
// seen, and what is open then is censored there. Everything from History on is pure.
// Owner, team, source and amount are a deal's present ones.
//
// # What counts
//
// A deal counts once, with the outcome of its last episode by as_of; stays count
// over all episodes. Forward, back and skipped are what the move was when it was
// made; the order of stages, and so "reached", is that of the process at as_of.
// Stages that the process no longer has come last.
//
// # How sure
//
// Unknown is NaN inside, null in JSON and a dash for people. Below 5 ended
// observations people see counts only, below 20 an interval marked as of low confidence.
// A stage is called the slowest only when it is so in 97.5 % of bootstraps over
// deals. What is left out is counted in the notes.
//
// # Digests
//
// A [Rhythm] has slots: one for each local day, week or month. [Digests.Due]
// finds the latest slot that nobody has claimed, computes its digest on a reader
// as of the slot's instant, and in one transaction claims the slot and enqueues the
// digest; who loses the claim discards. Nothing else decides what is due, so that a restart,
// a second replica or a wrong clock cannot post twice:
//
//	due = latest slot ≤ now, later than the subscription's creation and than the last slot claimed
package reports
