package playground

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Clock is business time: what messages are dated with and what the control door can move.
type Clock interface {
	// Now is the present business time.
	Now() time.Time
	// Advance moves time forward by d and returns when everything that fell due was done.
	Advance(ctx context.Context, d time.Duration) error
}

// ownClock is real time plus an offset, for a playground whose bot has a clock of its own.
type ownClock struct{ offset atomic.Int64 }

func (c *ownClock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

func (c *ownClock) Advance(_ context.Context, d time.Duration) error {
	c.offset.Add(int64(d))
	return nil
}

// parseSpan reads what Go reads as a duration, and days and weeks: "72h", "3d", "2w", "1d12h".
func parseSpan(text string) (time.Duration, error) {
	var days float64
	rest := strings.TrimSpace(text)
	for _, unit := range []struct {
		name string
		days float64
	}{{"w", 7}, {"d", 1}} {
		if n, after, ok := strings.Cut(rest, unit.name); ok {
			f, err := strconv.ParseFloat(n, 64)
			if err != nil {
				return 0, fmt.Errorf("%q is not a span of time; write 72h, 3d or 1w", text)
			}
			days, rest = days+f*unit.days, after
		}
	}
	var d time.Duration
	if rest != "" {
		var err error
		if d, err = time.ParseDuration(rest); err != nil {
			return 0, fmt.Errorf("%q is not a span of time; write 72h, 3d or 1w", text)
		}
	}
	if d += time.Duration(days * 24 * float64(time.Hour)); d <= 0 {
		return 0, fmt.Errorf("%q does not move time forward", text)
	}
	return d, nil
}

// slackTS writes t as Slack dates messages: seconds and six digits.
func slackTS(micros int64) string { return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6) }
