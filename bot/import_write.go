package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pipewright/bot/csvio"
	"pipewright/internal/sales"
	"pipewright/store"
)

const (
	importBatch = 500 // new deals in one commit
	updateBatch = 100 // known deals in one
	shownKept   = 20  // deals that are named when they are left as they are
)

// compare finds the deals that the store knows, and what the files add to them.
// All but those are read once, in one stream.
func (im *importing) compare(ctx context.Context) error {
	im.progress.start(im.T("Comparing"), int64(im.loader.Deals()), false)
	return im.store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		im.known, im.news, im.unfit = map[int]int64{}, nil, map[int]bool{}
		for _, p := range im.processes {
			if im.Process != "" && p.Key != im.Process {
				continue
			}
			if err := im.compareProcess(ctx, r, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func (im *importing) compareProcess(ctx context.Context, r *store.Reader, p *sales.Process) error {
	stored := map[int64]*csvio.Stored{}
	entries := map[int64]int{}
	err := r.EachDeal(ctx, p.Key, func(d sales.Deal) error {
		if i, ok := im.loader.Match(d); ok {
			im.known[i], entries[d.ID], stored[d.ID] = d.ID, i, &csvio.Stored{Deal: d}
		}
		return nil
	})
	if err != nil || len(stored) == 0 {
		return err
	}
	if im.loader.Activities() > 0 {
		err := r.EachActivity(ctx, p.Key, func(a sales.Activity) error {
			if s := stored[a.Deal]; s != nil {
				s.Activities = append(s.Activities, a)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	// The log of one deal at a time: all of them would not fit into memory.
	var current int64
	settle := func() {
		if s := stored[current]; s != nil {
			im.compareDeal(entries[current], *s)
			delete(stored, current)
		}
	}
	err = r.EachEvent(ctx, p.Key, time.Time{}, func(e sales.Event) error {
		if e.Deal != current {
			settle()
			current = e.Deal
		}
		if s := stored[e.Deal]; s != nil {
			s.Log = append(s.Log, e)
		}
		return nil
	})
	settle()
	return err
}

func (im *importing) compareDeal(entry int, s csvio.Stored) {
	im.progress.add(1)
	change, bad := im.loader.Reconcile(entry, s, im.now)
	switch {
	case bad != nil:
		im.loader.Refuse(bad)
		im.unfit[entry] = true
	case !change.Empty():
		im.news = append(im.news, news{s.Deal.ID, entry})
	}
}

// checkNew finds new deals whose rows contradict each other.
func (im *importing) checkNew() error {
	for i := range im.loader.Deals() {
		if _, ok := im.known[i]; ok {
			continue
		}
		im.progress.add(1)
		if _, bad := im.loader.Build(i); bad != nil {
			im.loader.Refuse(bad)
			im.unfit[i] = true
		}
	}
	return nil
}

// add stages the new deals of each process and makes them visible at once.
func (im *importing) add(ctx context.Context) (added store.ImportResult, err error) {
	fresh := map[string][]int{}
	total := 0
	for i := range im.loader.Deals() {
		if _, ok := im.known[i]; !ok && !im.unfit[i] && im.loader.Speaks(i) {
			key := im.loader.Process(i).Key
			fresh[key] = append(fresh[key], i)
			total++
		}
	}
	if im.DryRun {
		return store.ImportResult{Deals: total}, nil
	}
	im.progress.start(im.T("Writing"), int64(total+len(im.news)), false)
	for _, p := range im.processes {
		if len(fresh[p.Key]) == 0 {
			continue
		}
		one, err := im.addTo(ctx, p, fresh[p.Key])
		if err != nil {
			return added, im.explain(err)
		}
		added.Deals += one.Deals
		added.Known += one.Known
		added.Events += one.Events
		added.Activities += one.Activities
	}
	return added, nil
}

func (im *importing) explain(err error) error {
	var e *sales.Error
	if errors.As(err, &e) && e.Code == "import.running" {
		return errors.New(im.T("another import into the process %s is running; wait until it is done, or 2 minutes if it was ended", fmt.Sprint(e.Facts["process"])))
	}
	return err
}

func (im *importing) addTo(ctx context.Context, p *sales.Process, entries []int) (store.ImportResult, error) {
	staging, err := im.store.Importer(ctx, p.Key, im.now)
	if err != nil {
		return store.ImportResult{}, err
	}
	for len(entries) > 0 {
		n := min(importBatch, len(entries))
		batch := make([]store.ImportedDeal, 0, n)
		for _, i := range entries[:n] {
			d, bad := im.loader.Build(i)
			if bad != nil {
				return store.ImportResult{}, errors.Join(bad, staging.Discard(context.WithoutCancel(ctx)))
			}
			batch = append(batch, store.ImportedDeal{External: d.External, Events: d.Events, Activities: d.Activities, Approvals: d.Approvals})
		}
		if err := staging.Add(ctx, batch); err != nil {
			return store.ImportResult{}, errors.Join(err, staging.Discard(context.WithoutCancel(ctx)))
		}
		im.progress.add(n)
		entries = entries[n:]
	}
	return staging.Publish(ctx)
}

// update brings known deals up to date, some at a time. What changed meanwhile is
// seen, since each deal is compared once more in its transaction.
func (im *importing) update(ctx context.Context) (changed int, kept []string, err error) {
	for rest := im.news; len(rest) > 0; {
		n := min(updateBatch, len(rest))
		var done int
		var left []string
		step := func(ctx context.Context, r *store.Reader, tx *store.Tx) error {
			done, left = 0, nil
			for _, x := range rest[:n] {
				did, why, err := im.updateDeal(ctx, r, tx, x)
				if err != nil {
					return err
				}
				if did {
					done++
				}
				if why != "" {
					left = append(left, why)
				}
			}
			return nil
		}
		if im.DryRun {
			err = im.store.Read(ctx, func(ctx context.Context, r *store.Reader) error { return step(ctx, r, nil) })
		} else {
			err = im.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return step(ctx, tx.Reader, tx) })
		}
		if err != nil {
			return changed, kept, err
		}
		im.progress.add(n)
		changed, kept, rest = changed+done, append(kept, left...), rest[n:]
	}
	return changed, kept, nil
}

// updateDeal writes what the files add to one deal; without a transaction it only
// says whether they add anything.
func (im *importing) updateDeal(ctx context.Context, r *store.Reader, tx *store.Tx, x news) (changed bool, kept string, err error) {
	c, err := r.CaseWithLog(ctx, x.deal)
	if err != nil {
		return false, "", err
	}
	activities, err := r.Activities(ctx, x.deal)
	if err != nil {
		return false, "", err
	}
	change, bad := im.loader.Reconcile(x.entry, csvio.Stored{Deal: c.Deal, Log: c.Log, Activities: activities}, im.now)
	if bad != nil {
		return false, bad.Error(), nil
	}
	changed = len(change.Events)+len(change.Activities) > 0
	if tx == nil {
		return changed, change.Kept, nil
	}
	if len(change.Events) > 0 {
		if err := tx.Apply(ctx, c, change.Events); err != nil {
			return false, "", err
		}
	}
	for _, a := range change.Activities {
		events := []sales.Event{csvio.Logged(a)}
		events[0].Deal, events[0].Version = c.Deal.ID, c.Deal.Version+1
		if _, err := tx.AddActivity(ctx, c, a, events); err != nil {
			return false, "", err
		}
	}
	if changed {
		if err := tx.Refresh(ctx, fmt.Sprintf("deal:%d", c.Deal.ID)); err != nil {
			return false, "", err
		}
		if err := im.app.Follow(ctx, tx, c, im.now); err != nil {
			return false, "", err
		}
	}
	return changed, change.Kept, nil
}

// summarize says what came in, what was left out, and what to do next.
func (im *importing) summarize(added store.ImportResult, changed int, kept []string) {
	say := func(line string) { fmt.Fprintln(im.out.out, line) }
	var read []string
	for _, s := range im.tables {
		read = append(read, im.N(s.Rows, "%d row of %s", "%d rows of %s", s.Name))
	}
	say(im.T("Read %s.", im.List(read)))
	if im.DryRun {
		say(im.N(added.Deals, "%d deal would be new.", "%d deals would be new."))
	} else {
		say(im.N(added.Deals, "%d deal is new.", "%d deals are new."))
	}
	if n := len(im.known); n > 0 {
		say(im.N(n, "%d deal was known already; brought up to date: %d, left as it is: %d.",
			"%d deals were known already; brought up to date: %d, left as they are: %d.", changed, n-changed))
	}
	for i, why := range kept {
		if i == shownKept {
			say("  " + im.N(len(kept)-i, "and %d more", "and %d more"))
			break
		}
		say("  " + why)
	}
	if bad := im.loader.BadRows(); bad > 0 {
		say(im.N(bad, "%d row was left out; it is named above.", "%d rows were left out; they are named above."))
	}
	if unused := im.loader.Unused(); len(unused) > 0 {
		say(im.T("Columns that nothing was read from: %s. Bring one in with --map FIELD=COLUMN; the fields are %s.",
			im.List(unused), strings.Join(csvio.Columns(), ", ")))
	}
	switch {
	case im.DryRun:
		say(im.T("Nothing was written. Run it again without --dry-run."))
	case added.Deals+changed == 0:
		say(im.T("Nothing is new: everything was here already."))
	default:
		say(im.T("Next: `pipewright report outcomes` shows what was won and lost, `pipewright report funnel` where deals stay behind."))
	}
}
