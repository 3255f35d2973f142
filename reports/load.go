package reports

import (
	"context"
	"errors"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// Load returns the history of a process ("" is the default one) as of the instant. What
// was read of a store's log is kept while the store is open, and only what is
// new is read. It returns NotFound "process.unknown".
func Load(ctx context.Context, r *store.Reader, process string, asOf time.Time) (*History, error) {
	p, err := processAt(ctx, r, process, asOf)
	if err != nil {
		return nil, err
	}
	if kept, ok := r.Kept(cacheKey{}, newCache); ok {
		if h, err := kept.(*cache).at(ctx, r, p, asOf); err != nil || h != nil {
			return h, err
		}
	}
	return readLog(ctx, r, p, asOf)
}

// readLog reads the whole log.
func readLog(ctx context.Context, r *store.Reader, p *sales.Process, asOf time.Time) (*History, error) {
	b := newBuilder(p, asOf)
	if err := b.readAll(ctx, r); err != nil {
		return nil, err
	}
	return b.history(), nil
}

func (b *builder) readAll(ctx context.Context, r *store.Reader) error {
	key := b.h.Process.Key
	deals, stays, err := r.Sizes(ctx)
	if err != nil {
		return err
	}
	// What is not used of it costs no memory; growing would cost as much again.
	b.h.Deals, b.deals, b.stays = make([]*Deal, 0, deals), make([]Deal, deals), make([]Stay, stays)
	if err := r.EachStageEvent(ctx, key, b.h.AsOf, b.event); err != nil {
		return err
	}
	b.flush()
	if err := r.EachBrief(ctx, key, b.describe); err != nil {
		return err
	}
	return r.EachWait(ctx, key, b.wait)
}

// read reads the log of one deal: nil when it was created after the cut.
func (b *builder) read(ctx context.Context, r *store.Reader, d sales.Deal) (*Deal, error) {
	events, err := r.StageEvents(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	waits, err := r.DealWaits(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	one := &builder{
		h: &History{Process: b.h.Process, AsOf: b.h.AsOf, Stages: b.h.Stages}, stages: b.stages, texts: b.texts, traits: b.traits,
		deals: make([]Deal, 1), stays: make([]Stay, len(events)),
	}
	for _, e := range events {
		_ = one.event(e)
	}
	one.flush()
	b.h.Stages = one.h.Stages
	if len(one.h.Deals) == 0 {
		return nil, nil
	}
	_ = one.describe(d)
	for _, w := range waits {
		_ = one.wait(w)
	}
	return one.h.Deals[0], nil
}

// processAt returns the process as it was in force at the instant. What was
// imported is older than the map that it was imported with: before the first version,
// the present one counts.
func processAt(ctx context.Context, r *store.Reader, key string, at time.Time) (*sales.Process, error) {
	p, err := r.Process(ctx, key)
	if err != nil {
		return nil, err
	}
	versions, err := r.MapHistory(ctx, p.Key)
	if err != nil {
		return nil, err
	}
	for _, v := range versions { // newest first
		if !v.At.After(at) {
			if v.Version == p.Version {
				return p, nil
			}
			return r.ProcessVersion(ctx, p.Key, v.Version)
		}
	}
	return p, nil
}

// errNoCut is a mistake of the program: reports never ask a clock.
var errNoCut = errors.New("reports: a report needs the instant that it is as of")
