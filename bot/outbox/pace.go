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
	mostWait    = time.Second // for a turn; a longer wait is put into the row
)

// pacer keeps posts into one channel, and updates altogether, below Slack's rates.
// Who has to wait long gets a ticket, with which it passes when it comes back.
type pacer struct {
	every    time.Duration // between two posts; updates may come as often
	mu       sync.Mutex
	channels map[string]*rate.Limiter
	updates  *rate.Limiter
	tickets  map[int64]time.Time // by row
}

// notYet is a message whose turn comes later; nothing is wrong with it.
type notYet struct {
	in  time.Duration
	why string
}

func (e *notYet) Error() string { return e.why }

func paced(in time.Duration) error {
	return &notYet{in, "paced: the channel gets about one message a second"}
}

// post waits until the row may be posted into the channel.
func (p *pacer) post(ctx context.Context, row int64, channel string) error {
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
	return p.turn(ctx, row, l)
}

// update waits until the row's message may be updated.
func (p *pacer) update(ctx context.Context, row int64) error {
	p.mu.Lock()
	if p.updates == nil {
		p.updates = rate.NewLimiter(rate.Every(p.every), updateBurst)
	}
	l := p.updates
	p.mu.Unlock()
	return p.turn(ctx, row, l)
}

func (p *pacer) turn(ctx context.Context, row int64, l *rate.Limiter) error {
	wait := p.wait(row, l)
	if wait <= 0 {
		return nil
	}
	if wait > mostWait {
		return paced(wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return paced(0)
	}
}

// wait returns how long the row has to wait, and remembers its turn if that is long.
func (p *pacer) wait(row int64, l *rate.Limiter) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if turn, ok := p.tickets[row]; ok {
		wait := time.Until(turn)
		if wait <= mostWait {
			delete(p.tickets, row)
		}
		return wait
	}
	wait := l.Reserve().Delay()
	if wait > mostWait {
		if p.tickets == nil || len(p.tickets) > 100000 {
			p.tickets = map[int64]time.Time{}
		}
		p.tickets[row] = time.Now().Add(wait)
	}
	return wait
}
