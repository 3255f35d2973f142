package handlers

import (
	"cmp"
	"context"
	"slices"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// Applied is what a map changes, or would change, when it is applied.
type Applied struct {
	Problems  []sales.Problem // warnings alone do not hold it up
	Processes []AppliedProcess
	People    []string // what changes about teams and roles, in plain text
	Moved     int      // deals that went out of removed stages
}

// AppliedProcess is one process of the map and what changes about it.
type AppliedProcess struct {
	Process *sales.Process // with the version in force afterwards
	New     bool
	Changes []string // plain text; none when it says what is in force
}

// Refused reports whether the map has mistakes that hold it up.
func (x Applied) Refused() bool { return len(sales.Errors(x.Problems)) > 0 }

// CheckMap checks a map against what is in force, and says what applying it would
// change, in the printer's language.
func (a *App) CheckMap(ctx context.Context, m *sales.Map, p text.Printer) (Applied, error) {
	var out Applied
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		_, out, err = weigh(ctx, r, m, p)
		return err
	})
	return out, err
}

// ApplyMap makes the map the one in force, with a reason, in one transaction. With
// mistakes nothing is changed; see Applied.Refused. Cards are drawn anew, and deals
// whose stage is gone have a line about it in their thread.
func (a *App) ApplyMap(ctx context.Context, m *sales.Map, p text.Printer, actor, why string, now time.Time) (Applied, error) {
	var out Applied
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		merged, applied, err := weigh(ctx, tx.Reader, m, p)
		out = applied
		if err != nil || out.Refused() {
			return err
		}
		if len(out.People) > 0 {
			if err := tx.SaveOrganisation(ctx, merged.Organisation, actor, why, now); err != nil {
				return err
			}
		}
		for i, x := range out.Processes {
			if len(x.Changes) == 0 {
				continue
			}
			if out.Processes[i].Process, err = a.applyProcess(ctx, tx, x.Process, &out, actor, why, now); err != nil {
				return err
			}
		}
		if err := a.inviteAll(ctx, tx, &Call{Intent: Intent{Now: now}}); err != nil {
			return err
		}
		// What looks the same is not sent again. Who belongs where decides about all deals, the map about those that move.
		return tx.RefreshDeals(ctx, store.DealFilter{Alive: len(out.People) == 0})
	})
	return out, err
}

// weigh checks a map, with the people that it leaves open as they are, against what
// is in force and says what it changes.
func weigh(ctx context.Context, r *store.Reader, m *sales.Map, p text.Printer) (*sales.Map, Applied, error) {
	var out Applied
	known, err := knownMap(ctx, r)
	if err != nil {
		return nil, out, err
	}
	merged := *m
	if m.Organisation != nil {
		merged.Organisation = m.Organisation.Keep(known.Organisation)
	}
	out.Problems = sales.Check(&merged, known)
	name := names(ctx, r)
	if m.Organisation != nil {
		w := MapWords{Printer: p, Name: name}
		for _, x := range sales.DiffOrganisation(known.Organisation, merged.Organisation) {
			out.People = append(out.People, w.Change(x))
		}
	}
	for _, next := range m.Processes {
		is := known.Current[next.Key]
		x := AppliedProcess{Process: next, New: is == nil}
		if is == nil {
			x.Changes = []string{p.N(len(next.Stages), "A new process, with %d stage", "A new process, with %d stages")}
		} else {
			w := MapWords{Printer: p, Process: next, Org: cmp.Or(merged.Organisation, known.Organisation), Name: name}
			for _, d := range sales.Diff(is, next) {
				x.Changes = append(x.Changes, w.Change(d))
			}
			if len(x.Changes) == 0 {
				x.Process = is
			}
		}
		out.Processes = append(out.Processes, x)
	}
	return &merged, out, nil
}

// knownMap is what is in force, for the check of a map.
func knownMap(ctx context.Context, r *store.Reader) (sales.Known, error) {
	known := sales.Known{Current: map[string]*sales.Process{}}
	var err error
	if known.Organisation, err = r.Organisation(ctx); err != nil {
		return known, err
	}
	all, err := r.Processes(ctx)
	if err != nil {
		return known, err
	}
	for _, p := range all {
		known.Current[p.Key] = p
	}
	known.DealsIn, err = r.DealsIn(ctx)
	return known, err
}

// applyProcess saves a process, and tells the threads of deals whose stage is gone
// where they went. It returns the version in force.
func (a *App) applyProcess(ctx context.Context, tx *store.Tx, p *sales.Process, out *Applied, actor, why string, now time.Time) (*sales.Process, error) {
	var leaving []sales.Deal
	if was, err := tx.Process(ctx, p.Key); err == nil {
		for stage := range sales.Relocations(was, p) {
			deals, err := tx.Deals(ctx, store.DealFilter{Process: p.Key, Stage: stage, Alive: true})
			if err != nil {
				return nil, err
			}
			leaving = append(leaving, deals...)
		}
	}
	if err := tx.SaveProcess(ctx, p, actor, why, now); err != nil {
		return nil, err
	}
	for _, d := range leaving {
		k, err := tx.Case(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		if k.Deal.Version == d.Version {
			continue
		}
		out.Moved++
		if err := a.card(ctx, tx, k); err != nil {
			return nil, err
		}
		if err := a.history(ctx, tx, k, k.Deal.Version); err != nil {
			return nil, err
		}
	}
	return tx.Process(ctx, p.Key)
}

// History says who changed a process, or with the key "" teams and roles: newest
// first, each change in plain text.
func (a *App) History(ctx context.Context, key string, p text.Printer) ([]MapVersion, error) {
	var out []MapVersion
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		name := names(ctx, r)
		all, err := r.MapHistory(ctx, key)
		if err != nil {
			return err
		}
		out = slices.Grow(out[:0], len(all))
		for _, v := range all {
			changes, err := mapChanges(ctx, r, p, v, name)
			if err != nil {
				return err
			}
			out = append(out, MapVersion{MapVersion: v, Who: view.Unmarked(name(v.Actor)), Changes: changes})
		}
		return nil
	})
	return out, err
}

// MapVersion is one change of the map in plain text.
type MapVersion struct {
	store.MapVersion
	Who     string
	Changes []string
}
