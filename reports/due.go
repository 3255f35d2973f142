package reports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"pipewright/internal/text"
	"pipewright/store"
)

// DigestReport is the name under which a subscription asks for a digest instead of one report.
const DigestReport = "digest"

// Digests posts what was subscribed to, once for each period.
type Digests struct {
	Store  *store.Store
	Locale string // of subscriptions that name no language

	pageFor func(context.Context, *store.Reader, store.Subscription, Slot, time.Time, text.Printer) (Page, error) // for tests; pageFor otherwise
}

// Due enqueues every digest whose slot has come and that nobody has claimed. It may be called at
// any time, by any number of replicas. A digest that cannot be computed does not keep the others
// from being posted; it is tried again at the next call.
func (d *Digests) Due(ctx context.Context, now time.Time) error {
	var failed []error
	err := d.each(ctx, func(sub store.Subscription, last string) {
		if slot, ok := due(sub, last, now); ok {
			if err := d.post(ctx, sub, slot, now); err != nil {
				failed = append(failed, fmt.Errorf("digest %d for %s: %w", sub.ID, slot.Period, err))
			}
		}
	})
	return errors.Join(append(failed, err)...)
}

// NextDue returns the next instant at which Due has something to do; one in the past
// is due already. It is zero when there are no subscriptions.
func (d *Digests) NextDue(ctx context.Context, now time.Time) (time.Time, error) {
	var first time.Time
	err := d.each(ctx, func(sub store.Subscription, last string) {
		if at, ok := next(sub, last, now); ok && (first.IsZero() || at.Before(first)) {
			first = at
		}
	})
	return first, err
}

// each calls fn with every subscription and the latest period that was claimed.
func (d *Digests) each(ctx context.Context, fn func(sub store.Subscription, last string)) error {
	var subs []store.Subscription
	var last map[int64]string
	err := d.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		if subs, err = r.Subscriptions(ctx); err != nil {
			return err
		}
		last, err = r.LastSlots(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range subs {
		fn(s, last[s.ID])
	}
	return nil
}

// post computes the digest on a reader, and then claims the slot and enqueues the
// digest in one transaction. Who finds the slot claimed discards what it computed.
func (d *Digests) post(ctx context.Context, sub store.Subscription, slot Slot, now time.Time) error {
	var page Page
	compute := pageFor
	if d.pageFor != nil {
		compute = d.pageFor
	}
	err := d.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		page, err = compute(ctx, r, sub, slot, now, d.printer(sub))
		return err
	})
	if err != nil {
		return err
	}
	body, err := json.Marshal(page)
	if err != nil {
		return err
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if stands, err := standing(ctx, tx.Reader, sub); err != nil || !stands {
			return err
		}
		claimed, err := tx.ClaimSlot(ctx, sub.ID, slot.Period, now)
		if err != nil || !claimed {
			return err
		}
		return tx.Enqueue(ctx, store.Outbound{
			Key: fmt.Sprintf("digest:%d:%s", sub.ID, slot.Period), Kind: "digest", Channel: sub.Channel, Body: body,
		})
	})
}

// standing reports whether the subscription is still what it was when the digest was computed.
func standing(ctx context.Context, r *store.Reader, sub store.Subscription) (bool, error) {
	subs, err := r.Subscriptions(ctx)
	for _, s := range subs {
		if s.ID == sub.ID {
			return s == sub, err
		}
	}
	return false, err
}

func (d *Digests) printer(sub store.Subscription) text.Printer {
	locale := sub.Lang
	if locale == "" {
		locale = d.Locale
	}
	return text.For(locale, RhythmOf(sub).Zone)
}

// pageFor computes what the subscription shows as of the slot.
func pageFor(ctx context.Context, r *store.Reader, sub store.Subscription, slot Slot, now time.Time, p text.Printer) (Page, error) {
	org, err := r.Organisation(ctx)
	if err != nil {
		return Page{}, err
	}
	about := ParseSubject(sub.Report)
	o := about.options(sub, slot.At, p.Location())
	o.Hide = HiddenIn(org, sub.Channel, sub.Team)
	if about.Name == DigestReport {
		d, err := readDigest(ctx, r, o, RhythmOf(sub).until(slot.At), slot, now)
		if err != nil {
			return Page{}, err
		}
		return d.page(p), nil
	}
	res, err := Compute(ctx, r, about.Name, o)
	if err != nil {
		return Page{}, err
	}
	page := res.page(p)
	page.small(slot.late(now, p))
	return page, nil
}

// late says that a digest is posted long after it was due, "" when it is not.
func (s Slot) late(now time.Time, p text.Printer) string {
	if now.Sub(s.At) <= lateAfter {
		return ""
	}
	return p.T("late: it was due on %s", p.DateTime(s.At))
}

// Preview shows what the subscription would post if it were due now.
func Preview(ctx context.Context, r *store.Reader, sub store.Subscription, now time.Time, p text.Printer) (Message, error) {
	page, err := pageFor(ctx, r, sub, Slot{At: now}, now, p)
	if err != nil {
		return Message{}, err
	}
	return page.message(), nil
}
