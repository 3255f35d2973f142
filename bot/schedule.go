package main

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/go-co-op/gocron/v2"

	"pipewright/bot/gateway"
	"pipewright/handlers"
	"pipewright/reports"
)

// schedules lists what falls due at instants of its own.
func (b *bot) schedules(app *handlers.App) []schedule {
	return []schedule{app, &reports.Digests{Store: b.store, Locale: b.cfg.Locale}}
}

// How long the key of a payload and of a delivered message is remembered. Slack
// has been seen to send a payload again an hour later.
const (
	keepInbox    = 7 * 24 * time.Hour
	keepOutbox   = 90 * 24 * time.Hour
	keepPictures = 90 * 24 * time.Hour // what is shown again later is uploaded again
)

// schedule wakes the parts that have something to do from time to time. gocron
// only wakes: what is due is computed from the database.
func (b *bot) schedule(ctx context.Context, g *gateway.Gateway) (stop func(), err error) {
	s, err := gocron.NewScheduler(gocron.WithLocation(time.UTC))
	if err != nil {
		return nil, err
	}
	for _, j := range []struct {
		every time.Duration
		first bool // at once as well
		run   func()
	}{
		{time.Minute, true, func() { b.logged(ctx, "what is due", b.clock.tick(ctx)) }},
		{2 * time.Second, true, func() { b.logged(ctx, "the audit trail", b.sealer.seal(ctx, b)) }},
		{2 * time.Second, false, func() { b.logged(ctx, "App Home", b.homes.Refresh(ctx, time.Now())) }},
		{30 * time.Second, false, func() { b.finishPending(ctx, g, 30*time.Second) }},
		{5 * time.Minute, true, func() { b.logged(ctx, "user groups", b.people.Refresh(ctx, b.clock.Now())) }},
		{24 * time.Hour, true, func() { b.prune(ctx) }},
		{24 * time.Hour, false, func() { b.anchor(ctx) }},
	} {
		options := []gocron.JobOption{gocron.WithSingletonMode(gocron.LimitModeReschedule)}
		if j.first {
			options = append(options, gocron.WithStartAt(gocron.WithStartImmediately()))
		}
		if _, err := s.NewJob(gocron.DurationJob(j.every), gocron.NewTask(j.run), options...); err != nil {
			return nil, err
		}
	}
	s.Start()
	return func() { _ = s.Shutdown() }, nil
}

// logged reports a failure of something that is tried again anyway.
func (b *bot) logged(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		b.log.Error("a scheduled task failed; it is tried again", "task", what, "error", err)
	}
}

func (b *bot) prune(ctx context.Context) {
	in, err := b.store.PruneInbox(ctx, b.clock.Now().Add(-keepInbox))
	b.logged(ctx, "pruning the inbox", err)
	out, err := b.store.PruneOutbox(ctx, time.Now().Add(-keepOutbox))
	b.logged(ctx, "pruning the outbox", err)
	_, err = b.store.PrunePictures(ctx, time.Now().Add(-keepPictures))
	b.logged(ctx, "pruning the pictures", err)
	if in+out > 0 {
		b.log.Info("old keys forgotten", "inbox", in, "outbox", out)
	}
}

// anchor verifies the audit trail and writes its head into the log, where who
// changes the database cannot change it: a chain alone does not show its own end.
func (b *bot) anchor(ctx context.Context) {
	report, err := b.store.VerifyAudit(ctx)
	switch {
	case err != nil:
		b.logged(ctx, "verifying the audit trail", err)
	case report.Broken != nil:
		b.log.Error("the audit trail is broken; run `pipewright audit verify`", "deal", report.Broken.Deal, "version", report.Broken.Version, "what", report.Broken.What)
	default:
		b.log.Info("audit trail verified", "events", report.Events, "head", report.Head)
	}
}

// sealer gives committed events their place in the audit chain.
type sealer struct{ last atomic.Int64 } // Unix milliseconds of the last complete run

func (s *sealer) seal(ctx context.Context, b *bot) error {
	start := time.Now()
	if _, err := b.store.Seal(ctx, b.clock.Now()); err != nil {
		return err
	}
	s.last.Store(start.UnixMilli())
	return nil
}

// lag is the time since the last complete run.
func (s *sealer) lag() time.Duration {
	last := s.last.Load()
	if last == 0 {
		return 0
	}
	return time.Since(time.UnixMilli(last))
}
