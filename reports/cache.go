package reports

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
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
	all      *History // where it ends, open stays and waits go on
	fresh    bool     // nobody was given the stays of all: a cut may end them where they are
	stages   map[string]int16
	editions []edition // of each deal
	latest   int64     // over all editions
	last     *History  // the cut that was asked for last
	full     int       // how often the whole log was read
	size     int       // stays; guarded by the cache
	keepFrom int
}

// edition says which state of a deal was read, and when it last changed: at an earlier cut,
// the deal looked otherwise.
type edition struct {
	version int32
	latest  int64
}

// renewal is a deal as it is to be put into a history; gone when it is not to be there.
type renewal struct {
	deal    Deal
	stays   []Stay
	waits   []Wait
	edition edition
	gone    bool
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
		stays = len(f.all.Stays)
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
		return known && int(f.editions[i].version) == c.Version
	})
	if len(named) > single(len(f.editions)) {
		return false, nil
	}
	changes := make([]renewal, 0, len(named))
	b := f.builder(time.UnixMilli(forever))
	for _, c := range named {
		d, err := r.Deal(ctx, c.ID)
		if err != nil {
			return false, err
		}
		u, err := b.read(ctx, r, d)
		if err != nil {
			return false, err
		}
		changes = append(changes, u)
	}
	if len(changes) > 0 {
		f.all, f.editions = f.merge(changes, b.h.Stages)
		f.stages, f.fresh, f.last = b.stages, true, nil
		f.noteLatest()
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
	f.version, f.mark, f.all, f.stages, f.editions, f.fresh, f.last = p.Version, mark, b.h, b.stages, b.editions, true, nil
	f.full++
	f.noteLatest()
	return f.remember(ctx, r)
}

func (f *folded) noteLatest() {
	f.latest = never
	for _, n := range f.editions {
		f.latest = max(f.latest, n.latest)
	}
}

// builder reads single deals with the stages that are known.
func (f *folded) builder(asOf time.Time) *builder {
	b := newBuilder(f.all.Process, asOf)
	b.h.Stages, b.stages = slices.Clone(f.all.Stages), maps.Clone(f.stages)
	return b
}

func (f *folded) place(id int64) (int, bool) {
	return slices.BinarySearchFunc(f.all.Deals, id, func(d Deal, id int64) int { return cmp.Compare(d.ID, id) })
}

// cut returns the history at the instant: deals that changed later are folded anew
// from their logs. It returns nil when those are many.
func (f *folded) cut(ctx context.Context, r *store.Reader, asOf time.Time) (*History, error) {
	later, err := f.foldLater(ctx, r, asOf)
	if err != nil || later == nil {
		return nil, err
	}
	out := *f.all
	switch {
	case len(later.changes) > 0:
		all, _ := f.merge(later.changes, later.stages)
		out = *all
	case f.fresh: // nobody else has it yet
		f.fresh = false
	default:
		out.Stays = slices.Clone(out.Stays)
	}
	out.AsOf, out.Waits = asOf, slices.Clone(out.Waits)
	until := asOf.UnixMilli()
	for i := range out.Stays {
		if out.Stays[i].Exit == stat.Censored {
			out.Stays[i].Left = until
		}
	}
	for i := range out.Waits {
		out.Waits[i].To = min(out.Waits[i].To, until)
	}
	if out.kept == nil {
		out.kept = newTimesheet(&out)
		if len(later.changes) == 0 {
			f.all.kept = out.kept
		}
	}
	return out.settle(), nil
}

// earlier is what deals were that changed since.
type earlier struct {
	changes []renewal
	stages  []string
}

// foldLater returns what the deals were at the instant that changed later, nil when those are many.
func (f *folded) foldLater(ctx context.Context, r *store.Reader, asOf time.Time) (*earlier, error) {
	until := asOf.UnixMilli()
	if f.latest <= until {
		return &earlier{}, nil
	}
	var changes []renewal
	b := f.builder(asOf)
	for i, n := range f.editions {
		if n.latest <= until {
			continue
		}
		if len(changes) >= single(len(f.editions)) {
			return nil, nil
		}
		now := &f.all.Deals[i]
		then, err := b.read(ctx, r, sales.Deal{ID: now.ID, Owner: now.Owner, Team: now.Team, Source: now.Source, Amount: now.Amount})
		if err != nil {
			return nil, err
		}
		changes = append(changes, then)
	}
	return &earlier{changes, b.h.Stages}, nil
}

// merge returns what is kept with the changes, which are ordered by deal and name the stages.
func (f *folded) merge(changes []renewal, stages []string) (*History, []edition) {
	h := f.all
	out := &History{
		Process: h.Process, AsOf: h.AsOf, Stages: stages, Deals: make([]Deal, 0, len(h.Deals)+len(changes)),
		Stays: make([]Stay, 0, len(h.Stays)+8*len(changes)), Waits: make([]Wait, 0, len(h.Waits)+2*len(changes)),
	}
	was, is := &History{Process: h.Process, Stages: stages}, &History{Process: h.Process, Stages: stages}
	editions := make([]edition, 0, cap(out.Deals))
	next := 0 // of the deals that are kept
	for _, c := range changes {
		i, known := f.place(c.deal.ID)
		out.addRun(h, next, i)
		editions = append(editions, f.editions[next:i]...)
		if next = i; known {
			was.addRun(h, i, i+1)
			next++
		}
		if !c.gone {
			is.add(c.deal, c.stays, c.waits)
			out.add(c.deal, c.stays, c.waits)
			editions = append(editions, c.edition)
		}
	}
	out.addRun(h, next, len(h.Deals))
	if h.kept != nil {
		out.kept = h.kept.revised(newTimesheet(was), newTimesheet(is))
	}
	return out, append(editions, f.editions[next:]...)
}
