package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pipewright/internal/sales"
)

// builder makes a History from events that come deal by deal, in order.
type builder struct {
	h      *History
	stages map[string]int16
	texts  map[string]string // each once, however many deals have it
	traits map[traits]*traits
	log    []sales.Event // of the deal that is being read
	deals  []Deal        // room for those to come: a million small pieces of memory would take longer
	stays  []Stay
}

func newBuilder(p *sales.Process, asOf time.Time) *builder {
	b := &builder{h: &History{Process: p, AsOf: asOf}, stages: map[string]int16{}, texts: map[string]string{}, traits: map[traits]*traits{}}
	for _, s := range p.Stages {
		b.stage(s.Key)
	}
	return b
}

// stage returns the stage's place, and gives one to a stage that the process does not have.
func (b *builder) stage(key string) int16 {
	if key == "" {
		return nowhere
	}
	i, ok := b.stages[key]
	if !ok {
		i = int16(len(b.h.Stages))
		b.stages[key] = i
		b.h.Stages = append(b.h.Stages, key)
	}
	return i
}

// event takes the next event. Those after the cut are not seen.
func (b *builder) event(e sales.Event) error {
	if len(b.log) > 0 && b.log[0].Deal != e.Deal {
		b.flush()
	}
	if !e.At.After(b.h.AsOf) {
		b.log = append(b.log, e)
	}
	return nil
}

// flush folds the deal whose events were read. An event that was undone later
// than the cut still stands.
func (b *builder) flush() {
	if len(b.log) == 0 {
		return
	}
	folded := sales.Fold(b.log)
	d := &take(&b.deals, 1)[0]
	*d = b.deal(folded)
	d.stays = b.rows(folded.Stays)
	latest := b.log[0].At
	for _, e := range b.log[1:] {
		if e.At.After(latest) {
			latest = e.At
		}
	}
	d.latest = latest.UnixMilli()
	b.h.Deals = append(b.h.Deals, d)
	b.h.Left.count(d, 1)
	b.log = b.log[:0]
}

// take cuts n values off the room, of which there is more when it is used up.
func take[T any](room *[]T, n int) []T {
	if len(*room) < n {
		*room = make([]T, max(n, 1000))
	}
	out := (*room)[:n:n]
	*room = (*room)[n:]
	return out
}

func (b *builder) deal(folded sales.History) Deal {
	from := folded.Deal
	d := Deal{
		ID: b.log[0].Deal, minor: from.Amount.Minor, Created: millis(from.Created), Closed: millis(from.Closed), rare: &nothingRare,
		traits: b.shared(traits{from.Amount.Currency, from.Owner, from.Team, from.Source, from.Status, from.Reason}), At: b.stage(from.Stage), Furthest: nowhere,
	}
	d.Start = d.Created
	if i := slices.IndexFunc(folded.Stays, func(s sales.Stay) bool { return s.Episode == from.Episode }); from.Episode > 1 && i >= 0 {
		d.Start = millis(folded.Stays[i].Entered)
	}
	var few rare
	d.reach(b.h.Process, from.Stage)
	for _, s := range folded.Stays {
		d.reach(b.h.Process, s.Stage)
		if s.Exit == sales.ExitWon {
			d.reach(b.h.Process, s.To)
		}
		for _, key := range s.Skipped {
			few.Skipped = append(few.Skipped, b.stage(key))
		}
		if len(s.Skipped) > 0 {
			few.jumps++
		}
	}
	for _, e := range sales.Overrides(b.log) {
		few.overrides = append(few.overrides, override{e.At.UnixMilli(), b.stage(e.Data.From)})
	}
	if few.jumps > 0 || len(few.overrides) > 0 {
		d.rare = &few
	}
	for _, e := range b.log {
		d.Unseen = d.Unseen || e.Data.NoStay
		d.Sample = d.Sample || e.Data.Source == "sample"
	}
	return d
}

var nothingRare rare

func (d *Deal) reach(p *sales.Process, stage string) {
	d.Furthest = max(d.Furthest, int16(p.StageIndex(stage)))
}

// rows makes rows of a deal's stays. Where one is followed at once by another in
// the same stage, the two are one.
func (b *builder) rows(folded []sales.Stay) []Stay {
	if len(folded) == 0 {
		return nil
	}
	out := take(&b.stays, len(folded))[:0]
	for i, s := range folded {
		row := Stay{Entered: millis(s.Entered), Left: forever, Stage: b.stage(s.Stage), To: b.stage(s.To), Exit: exits[s.Exit]}
		if s.Exit != sales.ExitOpen {
			row.Left = millis(s.Left)
		}
		if n := len(out); n > 0 && repeats(folded[i-1], s) {
			row.Entered = out[n-1].Entered
			out[n-1] = row
			continue
		}
		out = append(out, row)
	}
	return out
}

func repeats(before, s sales.Stay) bool {
	return before.Stage == s.Stage && before.Episode == s.Episode && before.Exit != sales.ExitLost && before.Left.Equal(s.Entered)
}

// describe adds what the log of stages does not say of a deal.
func (b *builder) describe(d sales.Deal) error {
	if i := b.place(d.ID); i >= 0 {
		row := b.h.Deals[i]
		row.traits = b.shared(traits{d.Amount.Currency, d.Owner, d.Team, d.Source, row.Status, row.Reason})
		row.minor = d.Amount.Minor
		row.version = int32(d.Version)
	}
	return nil
}

// shared returns the one copy of the traits.
func (b *builder) shared(t traits) *traits {
	kept, ok := b.traits[t]
	if !ok {
		kept = &traits{b.text(t.currency), b.text(t.Owner), b.text(t.Team), b.text(t.Source), t.Status, b.text(t.Reason)}
		b.traits[*kept] = kept
	}
	return kept
}

func (b *builder) text(s string) string {
	kept, ok := b.texts[s]
	if !ok {
		kept = strings.Clone(s)
		b.texts[kept] = kept
	}
	return kept
}

// wait adds a span of waiting that began before the cut.
func (b *builder) wait(w sales.Wait) error {
	i := b.place(w.Deal)
	if i < 0 || w.From.IsZero() || w.From.After(b.h.AsOf) {
		return nil
	}
	d := b.h.Deals[i]
	d.latest = max(d.latest, w.From.UnixMilli())
	end := int64(forever)
	if !w.To.IsZero() {
		end = w.To.UnixMilli()
	}
	more := *d.rare // which others may share
	more.waits = append(more.waits, Wait{For: w.For, From: w.From.UnixMilli(), To: end})
	d.rare = &more
	return nil
}

// place returns where a deal is, or nowhere when it was created after the cut.
func (b *builder) place(id int64) int32 {
	i, ok := slices.BinarySearchFunc(b.h.Deals, id, func(d *Deal, id int64) int { return cmp.Compare(d.ID, id) })
	if !ok {
		return nowhere
	}
	return int32(i)
}

// history returns what was read.
func (b *builder) history() *History {
	b.flush()
	return b.h.settle()
}

// settle puts the stages that the process no longer has in the order of their keys,
// and leaves out those where nothing happened by the cut.
func (h *History) settle() *History {
	own := len(h.Process.Stages)
	if len(h.Stages) <= own {
		return h
	}
	used := h.used()
	var kept []string
	for i := own; i < len(h.Stages); i++ {
		if used[i] {
			kept = append(kept, h.Stages[i])
		}
	}
	slices.Sort(kept)
	stages := append(slices.Clone(h.Stages[:own]), kept...)
	if slices.Equal(stages, h.Stages) {
		return h
	}
	return h.renumbered(stages)
}

// used reports in which stages something happened.
func (h *History) used() []bool {
	used := make([]bool, len(h.Stages))
	note := func(place int16) {
		if place >= 0 {
			used[place] = true
		}
	}
	for _, d := range h.Deals {
		note(d.At)
		for _, s := range d.stays {
			note(s.Stage)
			note(s.To)
		}
		for _, place := range d.Skipped {
			note(place)
		}
		for _, o := range d.overrides {
			note(o.Stage)
		}
	}
	return used
}

// renumbered returns the history with the stages at other places. The deals are shared with
// other histories, so they are copied.
func (h *History) renumbered(stages []string) *History {
	to := make([]int16, len(h.Stages))
	for i, key := range h.Stages {
		to[i] = int16(slices.Index(stages, key))
	}
	move := func(place int16) int16 {
		if place < 0 {
			return place
		}
		return to[place]
	}
	out := *h
	out.Stages, out.Deals = stages, make([]*Deal, len(h.Deals))
	out.kept, out.added = nil, nil // made for other places
	for i, d := range h.Deals {
		c := *d
		c.At, c.stays, c.rare = move(d.At), slices.Clone(d.stays), d.rare.renumbered(move)
		for j := range c.stays {
			s := &c.stays[j]
			s.Stage, s.To = move(s.Stage), move(s.To)
		}
		out.Deals[i] = &c
	}
	return &out
}

// renumbered returns it with the stages at other places, and as it is where it names none.
func (r *rare) renumbered(move func(int16) int16) *rare {
	if len(r.Skipped)+len(r.overrides) == 0 {
		return r
	}
	out := *r
	out.Skipped, out.overrides = slices.Clone(r.Skipped), slices.Clone(r.overrides)
	for i := range out.Skipped {
		out.Skipped[i] = move(out.Skipped[i])
	}
	for i := range out.overrides {
		out.overrides[i].Stage = move(out.overrides[i].Stage)
	}
	return &out
}
