package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"pipewright/handlers"
	"pipewright/internal/sales"
	"pipewright/store"
)

// How much the sample company has done.
const (
	sampleSeed     = 27 // half a year in which the bottleneck can be told from chance
	sampleMonths   = 6
	sampleBusiness = 112 // new deals in that time
	sampleRenewals = 36
)

// sampleMap is what sample deals are made by.
type sampleMap struct {
	org       *sales.Organisation
	processes map[string]*sales.Process
}

// seedDemo fills an empty database with half a year of a sample company up to now.
// Its events are marked as samples. Old deals have no cards; those on the desks of
// the visitor have. It leaves a database alone in which there are deals.
func seedDemo(ctx context.Context, st *store.Store, now time.Time) error {
	m := sampleMap{processes: map[string]*sales.Process{}}
	empty := true
	if err := saveGroups(ctx, st, now); err != nil {
		return err
	}
	err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		n, err := r.CountDeals(ctx, store.DealFilter{})
		if empty = n == 0; err != nil || !empty {
			return err
		}
		if m.org, err = r.Organisation(ctx); err != nil {
			return err
		}
		for _, key := range []string{"b2b", "renewal"} {
			if m.processes[key], err = r.Process(ctx, key); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && empty {
		if err = seed(ctx, st, m, now); err == nil {
			err = seedDigest(ctx, st, now)
		}
	}
	if err != nil {
		return fmt.Errorf("the sample data cannot be written: %w", err)
	}
	return nil
}

// seedDigest subscribes the team's channel to the weekly digest, so that moving the clock to Monday shows it.
func seedDigest(ctx context.Context, st *store.Store, now time.Time) error {
	return st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.SaveSubscription(ctx, store.Subscription{
			Report: "digest", Process: "b2b", Channel: channelNorth, Owner: userMia, Lang: "en", Zone: companyZone,
			Every: "weekly", Weekday: time.Monday, Hour: 9, Created: now,
		})
		return err
	})
}

// saveGroups fills the mirror of the user groups, whose members decide: the bot reads
// them only when it has started.
func saveGroups(ctx context.Context, st *store.Store, now time.Time) error {
	return st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, g := range company().UserGroups {
			if err := tx.SaveGroup(ctx, g.ID, g.Handle, g.Users, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func seed(ctx context.Context, st *store.Store, m sampleMap, now time.Time) error {
	now = now.UTC().Truncate(time.Millisecond)
	lives, err := sampleLives(m, now)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(m.processes)) { // the same numbers in every run
		if err := publish(ctx, st, key, lives, now); err != nil {
			return err
		}
	}
	return postFirstPage(ctx, st)
}

// sampleLives returns all sample deals, in the order in which they were created.
func sampleLives(m sampleMap, now time.Time) ([]*life, error) {
	begun := now.AddDate(0, -sampleMonths, 0)
	lives, err := living(m, sampleSeed, begun, now)
	if err != nil {
		return nil, err
	}
	for _, part := range []struct {
		process string
		deals   int
		owners  []string
	}{{"b2b", sampleBusiness, []string{userAna, userBo, userNoor, userTom, userNoor}}, {"renewal", sampleRenewals, []string{userBo, userTom, userNoor}}} {
		p := m.processes[part.process]
		for i := range part.deals {
			random := rand.New(rand.NewPCG(sampleSeed, uint64(len(lives)))) //nolint:gosec // sample data, not a secret
			at := workday(p.Calendar, random, begun, now, (float64(i)+random.Float64())/float64(part.deals))
			if at.After(now) {
				continue
			}
			l := begin(p, m.org, random, begun, at, now, randomDeal(random, p, pick(random, part.owners), i))
			l.live()
			if l.err != nil {
				return nil, l.err
			}
			lives = append(lives, l)
		}
	}
	slices.SortStableFunc(lives, func(a, b *life) int { return a.Deal.Created.Compare(b.Deal.Created) })
	return lives, nil
}

// publish writes the deals of one process.
func publish(ctx context.Context, st *store.Store, process string, lives []*life, now time.Time) error {
	staging, err := st.Importer(ctx, process, now)
	if err != nil {
		return err
	}
	var batch []store.ImportedDeal
	for _, l := range lives {
		if l.Process.Key == process && len(l.log) > 0 {
			batch = append(batch, l.imported())
		}
	}
	if err := staging.Add(ctx, batch); err != nil {
		return err
	}
	_, err = staging.Publish(ctx)
	return err
}

// postFirstPage has cards posted: those of the deals on the visitors' desks with what
// happened for them, and those of the approvals that wait for somebody.
func postFirstPage(ctx context.Context, st *store.Store) error {
	shown := map[string]bool{}
	for _, d := range livingDeals() {
		shown[d.deal.Name] = true
	}
	return st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		deals, err := tx.Deals(ctx, store.DealFilter{Alive: true})
		if err != nil {
			return err
		}
		slices.SortFunc(deals, func(a, b sales.Deal) int { return int(a.ID - b.ID) })
		for _, d := range deals {
			if !shown[d.Name] {
				continue
			}
			if err := tx.Card(ctx, fmt.Sprintf("deal:%d", d.ID), channelDeals, ""); err != nil {
				return err
			}
			if err := postStory(ctx, tx, d); err != nil {
				return err
			}
		}
		return postPending(ctx, tx, shown)
	})
}

// postStory tells what happened for a deal in the thread of its card; a request's own card does so for it.
func postStory(ctx context.Context, tx *store.Tx, d sales.Deal) error {
	log, err := tx.Events(ctx, d.ID)
	if err != nil {
		return err
	}
	for _, e := range log {
		if e.Type == sales.Requested {
			continue
		}
		if err := handlers.EnqueueHistory(ctx, tx, d.ID, e.Version, channelDeals); err != nil {
			return err
		}
	}
	return nil
}

func postPending(ctx context.Context, tx *store.Tx, shown map[string]bool) error {
	pending, err := tx.Approvals(ctx, store.ApprovalFilter{State: sales.Pending})
	if err != nil {
		return err
	}
	for _, a := range pending {
		c, err := tx.Case(ctx, a.Deal)
		if err != nil {
			return err
		}
		subject := fmt.Sprintf("approval:%d", a.ID)
		if shown[c.Deal.Name] {
			if err := tx.Card(ctx, subject, channelDeals, fmt.Sprintf("deal:%d", a.Deal)); err != nil {
				return err
			}
		}
		for _, who := range c.Deciders(a) {
			if err := tx.Card(ctx, subject, who, ""); err != nil {
				return err
			}
		}
	}
	return nil
}
