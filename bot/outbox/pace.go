package outbox

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Slack lets short bursts pass above its rates.
const (
	postBurst   = 4
	updateBurst = 20
	mostWait    = 8 * time.Second // for a turn; a longer wait is put into the row
)

// pacer keeps posts into one channel, and updates altogether, below Slack's rates.
type pacer struct {
	every    time.Duration // between two posts; updates may come as often
	mu       sync.Mutex
	channels map[string]*rate.Limiter
	updates  *rate.Limiter
}

// notYet is a message whose turn comes later; nothing was sent.
type notYet struct{ in time.Duration }

func (e *notYet) Error() string { return "paced: the channel gets about one message a second" }

// post waits until a message may be posted into the channel.
func (p *pacer) post(ctx context.Context, channel string) error {
	p.mu.Lock()
	l := p.channels[channel]
	if l == nil {
		if p.channels == nil || len(p.channels) > 10000 {
			p.channels = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(rate.Every(p.every), postBurst)
		p.channels[channel] = l
	}
	p.mu.Unlock()
	return turn(ctx, l)
}

// update waits until a message may be updated.
func (p *pacer) update(ctx context.Context) error {
	p.mu.Lock()
	if p.updates == nil {
		p.updates = rate.NewLimiter(rate.Every(p.every), updateBurst)
	}
	l := p.updates
	p.mu.Unlock()
	return turn(ctx, l)
}

func turn(ctx context.Context, l *rate.Limiter) error {
	r := l.Reserve()
	wait := r.Delay()
	if wait == 0 {
		return nil
	}
	if wait > mostWait {
		r.Cancel()
		return &notYet{wait}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		r.Cancel()
		return &notYet{0}
	}
}
