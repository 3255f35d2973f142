// Package store keeps everything that Pipewright knows in SQLite or PostgreSQL.
// It holds all SQL and the only transactions.
//
// # Transactions
//
// [Store.InTx] runs one write transaction, [Store.Read] one consistent snapshot.
// [Tx] has every method of [Reader]. A function that is run in a transaction may
// run more than once, so it touches nothing but the transaction and its own
// variables. After a statement has failed the transaction is broken: every later
// call in it returns the same error and nothing is committed.
//
// SQLite has one writer. Jobs wait in a queue, first in, first out; what waits
// together is committed together, each job inside its own savepoint, so that one
// fsync serves them all:
//
//	InTx ─▶ queue ─▶ BEGIN IMMEDIATE · { SAVEPOINT · job · RELEASE }… · COMMIT ─▶ each caller
//
// The caller's context is not used for statements or the commit: interrupting
// one statement would roll its neighbours back. A caller that gives up while
// waiting in the queue is taken out; a job that has begun is waited for. When the
// whole transaction is lost (disk full, I/O error, failed commit) its jobs are run
// again one by one, and each caller hears about its own. A full queue refuses
// with [ErrBusy]. Readers have connections of their own (read only, deferred).
//
// On PostgreSQL a write transaction is READ COMMITTED with row locks:
// [Reader.Case] inside a transaction locks the deal's row, and whoever changes
// anything of a deal holds that lock, so what is read after it belongs together,
// while two commands on one deal come one after the other instead of failing.
// Compare-and-set guards what was read without the lock. Equal inbox keys are made to
// wait for each other with an advisory lock. Snapshots of [Store.Read] are
// REPEATABLE READ. Serialization failures and deadlocks are retried with jitter;
// so is a connection lost before the commit, and, when the transaction looked
// its inbox key up, one lost during the commit: the repetition finds out whether it was done.
//
// # A deal
//
// The event log is the truth. The deal's row, its stays and its waits are what
// [sales.History] makes of it, kept beside it in the same transaction. An event that
// undoes another has the history folded anew from the whole log. Whom the steps of a request waited for,
// and how long in working time, is written from the log in the same way: see [Reader.EachStepWait].
//
// # Outbox
//
// A row is pending until it is sent or dead. Rows of one lane go out in the order
// of their ids, one at a time:
//
//	lane of a post            channel
//	lane of a reply           channel/thread, or channel/subject of the card it stands under
//	lane of a card            as a post or reply until it stands, then a lane of its own
//
// A card is one row for each place, with a counter of what made it dirty. A lease
// notes the counter; when the delivery is confirmed and the counter has moved on, the card
// stays pending and is rendered again. Leases carry a token: who lost the lease
// can confirm nothing. Replies under a card wait until it stands, and are buried
// with it when it never will.
//
// # Audit chain
//
// An event gets its position and hash after its commit, from one sealer at a time:
// SHA-256 over the former hash and the event's canonical JSON, whose data are the very
// bytes that are stored. What happens to the organisation and not to a deal, such as a
// delegation, has a log of its own, whose events stand in the same chain as those of deal 0.
// [Store.VerifyAudit] walks the chain, and compares the rows with the log. The chain's head
// should be noted outside of the database, since whoever can rewrite everything can rewrite it.
//
// # Imports
//
// An import stages deals in small commits under a batch that no query sees, and
// publishes them by one row. The sealer adopts them afterwards in small steps.
//
// # Versions
//
// Migrations only add. A newer schema is readable by the version before it, so
// replicas may be replaced one at a time.
package store
