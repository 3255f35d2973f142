package outbox

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/store"
)

// Renderer turns a row into the message that it stands for, from the state at
// this moment. An error that is a *sales.Error will not pass: the row is buried.
type Renderer interface {
	Render(ctx context.Context, o store.Outbound) (view.Message, error)
}

// Config is what an outbox needs.
type Config struct {
	Store    *store.Store
	API      *slack.Client // without retries of its own, with a timeout well below Lease
	Render   Renderer
	Log      *slog.Logger
	Admins   []string         // are told about dead letters
	Now      func() time.Time // business time, for what is enqueued
	Workers  int              // deliveries in flight; 0 is 16
	Lease    time.Duration    // 0 is 30 s
	Pace     time.Duration    // between two posts into one channel; 0 is 1 s
	Backoff  time.Duration    // before the second try, doubled for each further one; 0 is 1 s
	MaxTries int              // renderings and odd refusals before a row is buried; 0 is 6

	Observe func(kind, outcome string, took time.Duration) // metrics; may be nil
}

// Outbox delivers.
type Outbox struct {
	Config
	pace      pacer
	poke      chan struct{}
	free      chan struct{} // a delivery ended
	inFlight  atomic.Int32
	working   sync.WaitGroup
	due       []int64         // rows that were due at the last look; only Run uses this and the next two
	looked    time.Time       // when that was
	cost      time.Duration   // of such a look
	plain     atomic.Bool     // this workspace refuses native blocks
	paused    atomic.Int64    // Unix milliseconds until which nothing is sent
	drawing   sync.Mutex      // held while a picture is looked for, drawn and uploaded
	noUploads atomic.Int64    // Unix milliseconds until which no picture is uploaded
	ending    context.Context // Run's: when it ends, nothing new is begun
}

// Outcomes of a delivery, as Observe gets them.
const (
	OutcomeDelivered = "delivered"
	OutcomeUnchanged = "unchanged"
	OutcomeFound     = "found" // it stood there already
	OutcomeLater     = "later" // its turn comes later
	OutcomeRetry     = "retry"
	OutcomeBuried    = "buried"
)

// New returns an outbox; Run makes it deliver.
func New(c Config) *Outbox {
	if c.Workers == 0 {
		c.Workers = 16
	}
	if c.Lease == 0 {
		c.Lease = 30 * time.Second
	}
	if c.Pace == 0 {
		c.Pace = time.Second
	}
	if c.Backoff == 0 {
		c.Backoff = time.Second
	}
	if c.MaxTries == 0 {
		c.MaxTries = 6
	}
	if c.Observe == nil {
		c.Observe = func(string, string, time.Duration) {}
	}
	return &Outbox{
		Config: c, pace: pacer{every: c.Pace},
		poke: make(chan struct{}, 1), free: make(chan struct{}, 1),
	}
}

// Poke makes Run look for due rows now.
func (b *Outbox) Poke() { nudge(b.poke) }

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends, then waits for what is in flight.
func (b *Outbox) Run(ctx context.Context) {
	b.ending = ctx
	defer b.working.Wait()
	for ctx.Err() == nil {
		more, err := b.round(ctx)
		if err != nil && ctx.Err() == nil {
			b.Log.Error("outbox: no rows can be taken", "error", err)
		}
		if more {
			continue
		}
		b.wait(ctx, err != nil)
	}
}

// round starts what is due and for which a worker is free. It reports whether there
// was something.
func (b *Outbox) round(ctx context.Context) (bool, error) {
	if b.busy() || time.Now().UnixMilli() < b.paused.Load() {
		return false, nil
	}
	if err := b.look(ctx); err != nil {
		return false, err
	}
	next := b.due[:min(b.Workers-int(b.inFlight.Load()), len(b.due))]
	b.due = b.due[len(next):]
	rows, err := b.Store.Claim(ctx, next, b.Lease)
	if err != nil {
		return false, err
	}
	for _, o := range rows {
		b.inFlight.Add(1)
		b.working.Go(func() {
			defer func() {
				b.inFlight.Add(-1)
				nudge(b.free)
			}()
			b.work(o)
		})
	}
	return len(next) > 0, nil
}

// busy reports whether no worker is free.
func (b *Outbox) busy() bool { return int(b.inFlight.Load()) >= b.Workers }

// look looks for due rows, unless it did a moment ago and some of those are left.
func (b *Outbox) look(ctx context.Context) error {
	pause := min(mostLooking*b.cost, time.Second)
	if len(b.due) > 0 && time.Since(b.looked) < pause {
		return nil
	}
	b.sleep(ctx, pause)
	b.looked = time.Now()
	var err error
	b.due, err = b.Store.Due(ctx, lookAhead)
	b.cost = time.Since(b.looked)
	return err
}

// wait returns when there may be something to do again.
func (b *Outbox) wait(ctx context.Context, failed bool) {
	pause := time.Minute
	switch {
	case failed:
		pause = time.Second
	case !b.busy(): // otherwise somebody has to be free first
		if at, ok, err := b.nextDue(ctx); err == nil && ok {
			pause = min(pause, max(time.Until(at), 20*time.Millisecond))
		}
	}
	if until := time.Until(time.UnixMilli(b.paused.Load())); until > 0 {
		pause = until
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-b.poke:
	case <-b.free:
	case <-b.Store.Wake():
		b.sleep(ctx, lookEvery) // under load every commit wakes: looking at each would slow down the commits
	}
}

const (
	lookEvery   = 20 * time.Millisecond
	lookAhead   = 256 // rows that one look finds
	mostLooking = 40  // looking costs the more the more lanes wait; its two halves take at most a twentieth of the time
)

// sleep waits until the last look is that long ago.
func (b *Outbox) sleep(ctx context.Context, since time.Duration) {
	rest := time.Until(b.looked.Add(since))
	if rest <= 0 {
		return
	}
	select {
	case <-time.After(rest):
	case <-ctx.Done():
	}
}

// nextDue asks when the next row is due, and notes what it costs to look.
func (b *Outbox) nextDue(ctx context.Context) (time.Time, bool, error) {
	start := time.Now()
	defer func() { b.cost = time.Since(start) }()
	return b.Store.NextDue(ctx)
}

const nativeBlocks = "native_blocks"

// recall reads whether the workspace is known to refuse native blocks.
func (b *Outbox) recall(ctx context.Context) {
	err := b.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		v, err := r.Meta(ctx, nativeBlocks)
		b.plain.Store(v == "off")
		return err
	})
	if err != nil && ctx.Err() == nil {
		b.Log.Warn("outbox: cannot recall what blocks this workspace takes", "error", err)
	}
}

func (b *Outbox) setMeta(ctx context.Context, key, value string) {
	err := b.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SetMeta(ctx, key, value) })
	if err != nil {
		b.Log.Warn("outbox: a fact about this workspace was not kept", "key", key, "error", err)
	}
}
