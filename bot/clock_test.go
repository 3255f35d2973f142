package main

import (
	"context"
	"testing"
	"time"
)

// reminders is due at each of its instants, once.
type reminders struct {
	at   []time.Time
	done []time.Time // when it was done
}

func (r *reminders) Due(_ context.Context, now time.Time) error {
	for len(r.at) > 0 && !r.at[0].After(now) {
		r.at, r.done = r.at[1:], append(r.done, now)
	}
	return nil
}

func (r *reminders) NextDue(context.Context, time.Time) (time.Time, error) {
	if len(r.at) == 0 {
		return time.Time{}, nil
	}
	return r.at[0], nil
}

func TestAdvanceStopsWhereSomethingIsDue(t *testing.T) {
	c := &clock{}
	begin := c.Now()
	a := &reminders{at: []time.Time{begin.Add(time.Hour), begin.Add(30 * time.Hour), begin.Add(80 * time.Hour)}}
	b := &reminders{at: []time.Time{begin.Add(2 * time.Hour)}}
	var settled []time.Time
	c.attach(func(context.Context) error { settled = append(settled, c.Now()); return nil }, a, b)
	if err := c.Advance(t.Context(), 72*time.Hour); err != nil {
		t.Fatal(err)
	}
	near := func(got time.Time, want time.Duration) {
		t.Helper()
		if off := got.Sub(begin.Add(want)).Abs(); off > 2*time.Second {
			t.Errorf("done at %v, want %v", got.Sub(begin), want)
		}
	}
	if len(a.done) != 2 || len(b.done) != 1 || len(settled) != 4 {
		t.Fatalf("done %d and %d, settled %d times", len(a.done), len(b.done), len(settled))
	}
	near(a.done[0], time.Hour)
	near(b.done[0], 2*time.Hour)
	near(a.done[1], 30*time.Hour)
	near(c.Now(), 72*time.Hour)
}

// stuck is always due.
type stuck struct{ n int }

func (s *stuck) Due(context.Context, time.Time) error { s.n++; return nil }
func (s *stuck) NextDue(_ context.Context, now time.Time) (time.Time, error) {
	return now.Add(-time.Hour), nil
}

func TestAdvanceEndsThoughSomethingStaysDue(t *testing.T) {
	c, s := &clock{}, &stuck{}
	c.attach(nil, s)
	if err := c.Advance(t.Context(), 10*time.Minute); err != nil {
		t.Fatal(err)
	}
	if s.n < 10 || s.n > 12 {
		t.Errorf("tried %d times in ten minutes", s.n)
	}
}
