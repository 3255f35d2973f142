package handlers

import (
	"context"
	"slices"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// A card says dates, so time alone makes little of it untrue: a target or a date
// passes, or parking ends. Once on every working day, when work begins, the cards
// of such deals are drawn anew, and the Homes that people look at.

const metaRefreshed = "cards_refreshed" // when that was done last, RFC 3339

// refreshCards draws the cards anew that time has made untrue since the last working day.
func (a *App) refreshCards(ctx context.Context, now time.Time) error {
	var crossed []int64
	due := false
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		last, opening, err := refreshTimes(ctx, r, now)
		if err != nil || now.Before(opening) {
			return err
		}
		due = true
		deals, err := r.Deals(ctx, store.DealFilter{Status: sales.Open})
		if err != nil {
			return err
		}
		for _, d := range deals {
			p, err := r.Process(ctx, d.Process)
			if err != nil {
				return err
			}
			if !slices.Equal(onCard(d, p, last), onCard(d, p, now)) {
				crossed = append(crossed, d.ID)
			}
		}
		return nil
	})
	if err != nil || !due {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, id := range crossed {
			if err := tx.Refresh(ctx, dealSubject(id)); err != nil {
				return err
			}
		}
		homes, err := tx.HomesOpened(ctx, time.Now().Add(-homeLately))
		if err != nil {
			return err
		}
		for _, user := range homes {
			if err := redrawHome(ctx, tx, user); err != nil {
				return err
			}
		}
		return tx.SetMeta(ctx, metaRefreshed, now.UTC().Format(time.RFC3339))
	})
}

// nextRefresh is when work begins next.
func (a *App) nextRefresh(ctx context.Context, now time.Time) (time.Time, error) {
	var next time.Time
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		_, next, err = refreshTimes(ctx, r, now)
		return err
	})
	if err == nil && next.Before(now) {
		next = now
	}
	return next, err
}

// refreshTimes returns when cards were last refreshed and when that is due next.
func refreshTimes(ctx context.Context, r *store.Reader, now time.Time) (last, next time.Time, err error) {
	p, err := r.Process(ctx, "")
	if err != nil {
		return last, next, err
	}
	said, err := r.Meta(ctx, metaRefreshed)
	if err != nil {
		return last, next, err
	}
	if last, err = time.Parse(time.RFC3339, said); err != nil {
		last = now.AddDate(0, 0, -1) // never
	}
	return last, openingAfter(p.Calendar, last), nil
}

// openingAfter is when work begins next after the instant.
func openingAfter(c sales.Calendar, t time.Time) time.Time {
	if opening := c.NextOpening(t); opening.After(t) {
		return opening
	}
	y, m, d := t.In(c.Location()).Date()
	return c.NextOpening(time.Date(y, m, d+1, 0, 0, 0, 0, c.Location()))
}

// onCard is what the card says about the deal that time alone changes.
func onCard(d sales.Deal, p *sales.Process, now time.Time) []sales.Alert {
	d.Parked, d.Closed = time.Time{}, d.Parked // the card warns of a parked deal as well
	alerts := slices.DeleteFunc(sales.Attention(d, p, now), func(x sales.Alert) bool { return x == sales.Quiet })
	if now.Before(d.Closed) {
		alerts = append(alerts, "parked")
	}
	return alerts
}
