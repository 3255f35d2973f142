package main

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"pipewright/store"
)

// schedule is something that is due at instants which it can tell ahead. Both
// methods take business time; Due does everything that fell due, once.
type schedule interface {
	Due(ctx context.Context, now time.Time) error
	NextDue(ctx context.Context, now time.Time) (time.Time, error) // zero: nothing
}

// clock is business time: real time plus an offset that the playground moves.
type clock struct {
	offset atomic.Int64 // nanoseconds

	one       sync.Mutex // one Advance, or one tick, at a time
	schedules []schedule
	settle    func(context.Context) error // returns when what was enqueued is delivered
	keep      func(context.Context) error // keeps the offset; nil does not
}

// Now returns the present business time.
func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())).UTC() }

// attach tells the clock what falls due. It is called before the clock is used.
func (c *clock) attach(settle func(context.Context) error, schedules ...schedule) {
	c.one.Lock()
	defer c.one.Unlock()
	c.schedules, c.settle = schedules, settle
}

// tick does what is due now.
func (c *clock) tick(ctx context.Context) error {
	c.one.Lock()
	defer c.one.Unlock()
	return c.due(ctx)
}

// due does what is due now; what fails holds up nothing else.
func (c *clock) due(ctx context.Context) error {
	var failed []error
	for _, s := range c.schedules {
		failed = append(failed, s.Due(ctx, c.Now()))
	}
	return errors.Join(failed...)
}

// shortestStep keeps Advance going forward past something that stays due.
const shortestStep = time.Minute

// Advance moves time forward by d. It stops at each instant at which something
// is due, does it, and waits until it was delivered, so that all happens in order and
// at its own time.
func (c *clock) Advance(ctx context.Context, d time.Duration) error {
	c.one.Lock()
	defer c.one.Unlock()
	target := c.Now().Add(d)
	for {
		next, err := c.next(ctx)
		if err != nil {
			return err
		}
		last := next.IsZero() || !next.Before(target)
		if last {
			next = target
		}
		c.moveTo(next)
		if err := c.due(ctx); err != nil {
			return err
		}
		if c.settle != nil {
			if err := c.settle(ctx); err != nil {
				return err
			}
		}
		if last {
			break
		}
	}
	if c.keep == nil {
		return nil
	}
	return c.keep(ctx)
}

// next returns the first instant after now at which something is due, or zero.
func (c *clock) next(ctx context.Context) (time.Time, error) {
	now := c.Now()
	var first time.Time
	for _, s := range c.schedules {
		at, err := s.NextDue(ctx, now)
		if err != nil {
			return first, err
		}
		if at.IsZero() {
			continue
		}
		if at.Before(now.Add(time.Second)) {
			at = now.Add(shortestStep)
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first, nil
}

// moveTo sets the time, never back.
func (c *clock) moveTo(at time.Time) {
	if ahead := at.Sub(c.Now()); ahead > 0 {
		c.offset.Add(int64(ahead))
	}
}

const clockOffset = "play_clock_offset"

// restore takes the time on from where a playground on the same data left it,
// and keeps it in the database from now on.
func (c *clock) restore(ctx context.Context, st *store.Store) error {
	c.keep = func(ctx context.Context) error {
		return st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.SetMeta(ctx, clockOffset, strconv.FormatInt(c.offset.Load(), 10))
		})
	}
	return st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		kept, err := r.Meta(ctx, clockOffset)
		if err != nil || kept == "" {
			return err
		}
		n, err := strconv.ParseInt(kept, 10, 64)
		if err == nil && n > c.offset.Load() {
			c.offset.Store(n)
		}
		return err
	})
}
