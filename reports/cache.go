package reports

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// maxKept bounds what is kept of all processes together, in stays: about half a gigabyte.
const maxKept = 10_000_000

// forever is the end of what has none, before it is cut.
const forever = math.MaxInt64 / 4

// cache keeps the folded logs of the processes of one store.
type cache struct {
	mu   sync.Mutex
	logs []*folded // the one that was used last comes last

	keepFrom int // deals from which on a file is written
}

func newCache() any { return &cache{keepFrom: keepFrom} }

type cacheKey struct{}

// folded is all that the log of one process says, and how far it was read. What it
// holds does not change: what is new makes a new history.
type folded struct {
	process  string
	mu       sync.Mutex // whoever holds it reads what is new for all who wait
	version  int        // of the process that places are of; 0 when nothing was read
	mark     store.Mark
	all      *History // where it ends
	latest   int64    // when something last happened to any deal
	last     *History // the cut that was asked for last
	full     int      // how often the whole log was read
	size     int      // stays; guarded by the cache
	keepFrom int
}

// renewal is a deal as it is to be put into a history; nil when it is not to be there.
type renewal struct {
	id   int64
	deal *Deal
}

// at returns the history at the instant, nil when the log has to be read for it.
func (c *cache) at(ctx context.Context, r *store.Reader, p *sales.Process, asOf time.Time) (*History, error) {
	f := c.log(p.Key)
	h, stays, err := f.at(ctx, r, p, asOf)
	c.weigh(f, stays)
	return h, err
}

// log returns what is kept of the process, and makes it the last to be forgotten.
func (c *cache) log(process string) *folded {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.logs, func(f *folded) bool { return f.process == process })
	f := &folded{process: process, keepFrom: c.keepFrom}
	if i >= 0 {
		f = c.logs[i]
		c.logs = slices.Delete(c.logs, i, i+1)
	}
	c.logs = append(c.logs, f)
	return f
}

// weigh notes how large the log has become, and forgets others until all fit.
func (c *cache) weigh(f *folded, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.size = size
	total := 0
	for i := len(c.logs) - 1; i >= 0; i-- {
		if total += c.logs[i].size; total > maxKept {
			c.logs = slices.Clone(c.logs[i+1:])
			return
		}
	}
}

// at returns the history at the instant, after reading what is new. It returns nil
// when what is kept cannot tell: the log has to be read then.
func (f *folded) at(ctx context.Context, r *store.Reader, p *sales.Process, asOf time.Time) (h *History, stays int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, err := f.catchUp(ctx, r, p)
	if f.all != nil {
		stays = f.all.kept.stays()
	}
	if err != nil || !known {
		return nil, stays, err
	}
	if f.last == nil || !f.last.AsOf.Equal(asOf) {
		if h, err = f.cut(ctx, r, asOf); err != nil || h == nil {
			return nil, stays, err
		}
		f.last = h
	}
	return f.last, stays, nil
}

// catchUp brings what is kept up to what the reader sees. A reader that sees less, and
// one that asks for a former version of the process, leave it as it is and cannot use it.
func (f *folded) catchUp(ctx context.Context, r *store.Reader, p *sales.Process) (known bool, err error) {
	now, err := r.Process(ctx, p.Key)
	if err != nil || p.Version != now.Version || p.Version < f.version {
		return false, err
	}
	mark, err := r.Mark(ctx, p.Key)
	if err != nil || mark.Behind(f.mark) {
		return false, err
	}
	if f.version == 0 {
		if err := f.recall(ctx, r, p, mark); err != nil {
			return false, err
		}
	}
	if p.Version == f.version {
		if done, err := f.readNew(ctx, r, mark); err != nil || done {
			return done, err
		}
	}
	err = f.readAll(ctx, r, p, mark)
	return err == nil, err
}

// readNew reads the deals that changed; done is false when they are so many that
// reading all is quicker.
func (f *folded) readNew(ctx context.Context, r *store.Reader, mark store.Mark) (done bool, err error) {
	if mark == f.mark {
		return true, nil
	}
	named, err := r.Changes(ctx, f.process, f.mark)
	if err != nil {
		return false, err
	}
	named = slices.DeleteFunc(named, func(c store.Change) bool {
		i, known := f.place(c.ID)
		return known && int(f.all.Deals[i].version) == c.Version
	})
	if len(named) > single(len(f.all.Deals)) {
		return false, nil
	}
	var changes []renewal
	var changed []*Deal
	b := f.builder(time.UnixMilli(forever))
	for _, c := range named {
		row, err := r.Deal(ctx, c.ID)
		if err != nil {
			return false, err
		}
		d, err := b.read(ctx, r, row)
		if err != nil {
			return false, err
		}
		changes = append(changes, renewal{c.ID, d})
		if d != nil {
			changed = append(changed, d)
		}
	}
	if len(changes) > 0 {
		f.take(f.merge(changes, b.h.Stages), changed)
	}
	f.mark = mark
	if len(changes) > rememberAgain {
		return true, f.remember(ctx, r)
	}
	return true, nil
}

// rememberAgain is after how many deals, read at once, the file is written anew: a restart would have to read them as well.
const rememberAgain = 200

// single is how many of n deals are read one by one.
func single(n int) int { return max(500, n/20) }

func (f *folded) readAll(ctx context.Context, r *store.Reader, p *sales.Process, mark store.Mark) error {
	b := newBuilder(p, time.UnixMilli(forever))
	if err := b.readAll(ctx, r); err != nil {
		return err
	}
	f.version, f.mark = p.Version, mark
	f.take(b.h, b.h.Deals)
	f.full++
	return f.remember(ctx, r)
}

// take keeps a history where the log ends, in which these deals are new.
func (f *folded) take(h *History, changed []*Deal) {
	f.all, f.last = h.settle(), nil
	if f.all.kept == nil {
		f.all.kept, f.all.added = newTimesheet(f.all), f.all.sums()
	}
	for _, d := range changed {
		f.latest = max(f.latest, d.latest)
	}
}

// builder reads single deals with the stages that are known.
func (f *folded) builder(asOf time.Time) *builder {
	b := newBuilder(f.all.Process, asOf)
	for _, key := range f.all.Stages {
		b.stage(key)
	}
	return b
}

func (f *folded) place(id int64) (int, bool) {
	return slices.BinarySearchFunc(f.all.Deals, id, func(d *Deal, id int64) int { return cmp.Compare(d.ID, id) })
}

// cut returns the history at the instant: deals that changed later are folded anew
// from their logs. It returns nil when those are many.
func (f *folded) cut(ctx context.Context, r *store.Reader, asOf time.Time) (*History, error) {
	changes, stages, err := f.foldLater(ctx, r, asOf)
	if err != nil || len(changes) > single(len(f.all.Deals)) {
		return nil, err
	}
	out := *f.all
	if len(changes) > 0 {
		out = *f.merge(changes, stages)
	}
	out.AsOf = asOf
	return out.settle(), nil
}

// foldLater returns what the deals were at the instant that changed later, and which stages there
// are with theirs. It ends when they are too many.
func (f *folded) foldLater(ctx context.Context, r *store.Reader, asOf time.Time) (changes []renewal, stages []string, err error) {
	until := asOf.UnixMilli()
	if f.latest <= until {
		return nil, nil, nil
	}
	b := f.builder(asOf)
	for _, now := range f.all.Deals {
		if now.latest <= until {
			continue
		}
		then, err := b.read(ctx, r, sales.Deal{ID: now.ID, Version: int(now.version), Owner: now.Owner, Team: now.Team, Source: now.Source, Amount: now.Amount()})
		if err != nil {
			return nil, nil, err
		}
		if changes = append(changes, renewal{now.ID, then}); len(changes) > single(len(f.all.Deals)) {
			break
		}
	}
	return changes, b.h.Stages, nil
}

// merge returns what is kept with the changes, which are ordered by deal and name the stages.
func (f *folded) merge(changes []renewal, stages []string) *History {
	h := f.all
	out := &History{Process: h.Process, AsOf: h.AsOf, Stages: stages, Deals: make([]*Deal, 0, len(h.Deals)+len(changes)), Left: h.Left}
	was, is := &History{Process: h.Process, Stages: stages}, &History{Process: h.Process, Stages: stages}
	next := 0 // of the deals that are kept
	for _, c := range changes {
		i, known := f.place(c.id)
		out.Deals = append(out.Deals, h.Deals[next:i]...)
		if next = i; known {
			was.Deals = append(was.Deals, h.Deals[i])
			out.Left.count(h.Deals[i], -1)
			next++
		}
		if c.deal != nil {
			is.Deals, out.Deals = append(is.Deals, c.deal), append(out.Deals, c.deal)
			out.Left.count(c.deal, 1)
		}
	}
	out.Deals = append(out.Deals, h.Deals[next:]...)
	out.kept, out.added = h.kept.revised(newTimesheet(was), newTimesheet(is)), h.added.revised(len(stages), was.Deals, is.Deals)
	return out
}
