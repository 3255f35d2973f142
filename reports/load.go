package reports

import (
	"context"
	"errors"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// Load reads the history of a process ("" is the default one) as of the instant.
// It returns NotFound "process.unknown".
func Load(ctx context.Context, r *store.Reader, process string, asOf time.Time) (*History, error) {
	p, err := processAt(ctx, r, process, asOf)
	if err != nil {
		return nil, err
	}
	b := newBuilder(p, asOf)
	if err := r.EachEvent(ctx, p.Key, asOf, b.event); err != nil {
		return nil, err
	}
	b.flush()
	if err := r.EachDeal(ctx, p.Key, b.describe); err != nil {
		return nil, err
	}
	if err := r.EachWait(ctx, p.Key, b.wait); err != nil {
		return nil, err
	}
	return b.history(), nil
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
