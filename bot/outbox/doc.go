// Package outbox is the way from the program out to Slack: it delivers what was
// committed, in order within its channel or thread, normally exactly once.
//
// A row of the store's outbox takes these steps:
//
//	due ──Lease──▶ leased ──Delivered──▶ gone (a card that changed meanwhile: due again)
//	                 │ ──Retry──────────▶ due later, its lane waits with it
//	                 └ ──Bury───────────▶ dead letter, the rows under a dead card with it
//
// A lease is fenced by a token and outlasts the HTTP client's timeout, so at
// most one delivery of a row is in flight, on any replica. Cards are rendered
// when they are delivered, from the state of that moment; what would look the
// same as what stands there costs no call.
//
// Pictures are uploaded before the message that shows them. The file's id is kept under
// what the picture shows, so that it is uploaded once, however often its message is tried.
// Home alone does not wait: it is shown without, and again when they are there.
//
// Whether a call succeeded is not always known: the answer may be lost, or the
// process may have ended after sending. Every message carries the row's key in
// its metadata; before a row is sent again after such an end, the channel or
// thread is searched for it, where the scopes allow it.
package outbox
