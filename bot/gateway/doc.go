// Package gateway is the way from Slack into the program. It has two doors,
// Socket Mode and HTTP, with the same behaviour behind both.
//
// A payload takes these steps:
//
//  1. The door proves where it comes from: the socket was opened with our
//     app-level token; over HTTP the signature covers the raw body, within five
//     minutes. Payloads of other workspaces and apps are refused.
//  2. It is translated into a [handlers.Intent], with a key that the same
//     payload has every time: event_id for events, trigger_id for commands and
//     shortcuts, user, action and action_ts for clicks, the view's id for
//     submissions. A repeated payload therefore has no second effect; the inbox
//     of the store sees to that, on any replica and after a restart.
//  3. A slot in the bounded pool is taken, or the payload is turned away, so that a
//     flood cannot stop what is already running: once a minute with a word to the
//     person, otherwise unacknowledged.
//  4. The handler decides and commits. Only then is the payload acknowledged, with
//     the reply in the acknowledgement where Slack takes it there, and over the
//     response URL, a view or an ephemeral message where it does not.
//  5. A handler that is not done after two seconds is let run on: the intent is
//     committed as a pending row of the inbox, then acknowledged, and answered
//     later. A restart finishes the pending rows.
//  6. What cannot be committed is never acknowledged as if it were. An event is not
//     acknowledged, and Slack sends it again. A command, a click, a form or a shortcut comes
//     once: the acknowledgement says that nothing was changed.
//
// The package also keeps the mirror of Slack's people and user groups.
package gateway
