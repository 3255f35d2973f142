package handlers

import (
	"context"
	"errors"
	"time"
)

// timed is what a noun does by itself when its time has come.
type timed struct {
	due  func(a *App, ctx context.Context, now time.Time) error              // does all that is due; twice is harmless
	next func(a *App, ctx context.Context, now time.Time) (time.Time, error) // when there may be something due after now; zero is never
}

// Due does everything whose time has come: nudges, daily summaries. It may be
// called at any time and any number of times; one noun's failure does not hold up
// the others.
func (a *App) Due(ctx context.Context, now time.Time) error {
	var failed []error
	for _, b := range nouns() {
		if b.timed.due != nil {
			failed = append(failed, b.timed.due(a, ctx, now))
		}
	}
	return errors.Join(failed...)
}

// NextDue returns the next instant after now at which Due may have something to
// do; zero when there is none.
func (a *App) NextDue(ctx context.Context, now time.Time) (time.Time, error) {
	var first time.Time
	for _, b := range nouns() {
		if b.timed.next == nil {
			continue
		}
		at, err := b.timed.next(a, ctx, now)
		if err != nil {
			return time.Time{}, err
		}
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first, nil
}
