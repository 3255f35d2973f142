// Package handlers turns what people do in Slack into use cases of the store
// and the rules, and answers them.
//
// The way of an intent is always the same. The gateway translates a payload
// into an [Intent] and calls [App.Handle]. Handle finds the [Route] (for a
// command or a mention), or the action, form, shortcut or event by its name, and
// runs it. A handler parses, runs one use case in [App.decide], and returns a
// [Reply]. It never calls Slack: what must be said elsewhere is enqueued in the
// same transaction and delivered by bot/outbox, and opening a modal is part of the
// reply.
//
// One file per noun: deal.go, activity.go, approval.go, process.go, report.go,
// home.go. A new subcommand is one Route in one of them. Package view builds the
// blocks.
package handlers
