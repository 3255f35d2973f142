// Package sales holds the rules of Pipewright: what a process is, who belongs
// to the organisation, what a deal may do next, what a gate asks for and how an
// approval is decided.
//
// Everything here is pure: no input or output, no clock (the caller passes
// now), no Slack, and no sentences for people. A refusal is an *Error with a
// code and its facts; the handlers turn it into words.
//
// # Decide, then apply
//
// A deal changes in one way only. A deciding function ([Case.Advance],
// [Case.Lose], …) looks at a [Case] (the deal, its process, the organisation
// and what the gate needs to know) and returns the events that follow, or an
// error and nothing else. [Deal.Apply] is the only function that changes a deal,
// and [Fold] replays a deal's log with it, so the row in the database and the log
// can always be compared. Stays and waits are derived from the same events.
//
// Undo never deletes: it appends an [Undone] event, and Fold leaves both
// the undone event and the undo out.
//
// Teams and roles have no events but versions: a change such as [Organisation.GiveRole]
// is made on a [Organisation.Clone], or refused, and the store keeps the next version.
package sales
