package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
)

func TestOrganisationVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, url, store.Options{Admins: []string{"UROOT"}})
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			o, err := r.Organisation(ctx)
			if err != nil || o == nil || o.Version != 0 || !slices.Equal(o.Admins, []string{"UROOT"}) {
				t.Fatalf("before anything is saved: %+v, %v", o, err)
			}
			return nil
		})
		seedMap(t, s)
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveGroup(ctx, "SPRICE", "pricing", []string{"UGROUP"}, t0)
		})
		var first *sales.Organisation
		read(t, s, func(ctx context.Context, r *store.Reader) (err error) {
			first, err = r.Organisation(ctx)
			if !first.Holds("UGROUP", "pricing") || !first.Holds("UROOT", sales.RoleAdmin) || first.Version != 1 {
				t.Errorf("organisation: %+v", first)
			}
			again, _ := r.Organisation(ctx)
			if again != first {
				t.Error("the same version is read twice")
			}
			return err
		})
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveGroup(ctx, "SPRICE", "", []string{"UOTHER"}, t0.Add(time.Hour)) // whoever does not know its name leaves it
		})
		changed := *first
		changed.Roles = append(slices.Clone(first.Roles), sales.Role{Key: "product", Users: []string{"UPROD"}})
		save := func() error {
			return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
				return tx.SaveOrganisation(ctx, &changed, "UROOT", "product decides too", t0.Add(2*time.Hour))
			})
		}
		if err := save(); err != nil {
			t.Fatal(err)
		}
		if err := save(); !isCode(err, "map.changed_meanwhile") {
			t.Fatalf("saved over a newer version: %v", err)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			o, err := r.Organisation(ctx)
			if err != nil || o.Version != 2 || !o.Holds("UPROD", "product") || o.Holds("UGROUP", "pricing") || !o.Holds("UOTHER", "pricing") {
				t.Errorf("organisation: %+v, %v", o, err)
			}
			h, err := r.MapHistory(ctx, "")
			if err != nil {
				t.Error(err)
			}
			want := []store.MapVersion{
				{Version: 2, Actor: "UROOT", At: t0.Add(2 * time.Hour), Why: "product decides too"},
				{Version: 1, Actor: "UADMIN", At: t0, Why: "first"},
			}
			if diff := cmp.Diff(want, h); diff != "" {
				t.Error(diff)
			}
			if o.GroupName("SPRICE") != "@pricing" {
				t.Errorf("it is called %s", o.GroupName("SPRICE"))
			}
			seen, err := r.GroupsSeen(ctx)
			if err != nil || !seen["SPRICE"].Equal(t0.Add(time.Hour)) {
				t.Errorf("groups seen: %v, %v", seen, err)
			}
			return err
		})
	})
}

func TestProcessVersions(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		renewal := process()
		renewal.Key, renewal.Default = "renewal", false
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveProcess(ctx, renewal, "UADMIN", "renewals", t0)
		})
		second := process()
		second.Quiet = 9
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SaveProcess(ctx, second, "UADMIN", "calmer", t0); err != nil {
				return err
			}
			p, err := tx.Process(ctx, "b2b")
			if err != nil || p.Quiet != 9 || p.Version != 2 {
				t.Errorf("a transaction does not see its own process: %+v, %v", p, err)
			}
			return nil
		})
		stale := process()
		stale.Version = 1
		err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SaveProcess(ctx, stale, "U", "", t0) })
		if !isCode(err, "map.changed_meanwhile") {
			t.Errorf("saved over a newer version: %v", err)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			all, err := r.Processes(ctx)
			if err != nil || len(all) != 2 || all[0].Key != "b2b" || all[1].Key != "renewal" {
				t.Fatalf("processes: %v, %v", all, err)
			}
			p, err := r.Process(ctx, "")
			if err != nil || p != all[0] || p.Version != 2 {
				t.Errorf("default process: %+v, %v", p, err)
			}
			old, err := r.ProcessVersion(ctx, "b2b", 1)
			if err != nil || old.Quiet != 0 || old.Version != 1 {
				t.Errorf("version 1: %+v, %v", old, err)
			}
			want := process()
			want.Version = 1
			if diff := cmp.Diff(want, old); diff != "" {
				t.Errorf("a process changes when it is stored:\n%s", diff)
			}
			for _, key := range []string{"none", "@groups"} {
				if _, err := r.Process(ctx, key); !isCode(err, "process.unknown") {
					t.Errorf("process %q: %v", key, err)
				}
			}
			return nil
		})
		renewal.Default = true
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveProcess(ctx, renewal, "UADMIN", "most of our business", t0)
		})
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			if p, err := r.Process(ctx, ""); err != nil || p.Key != "renewal" {
				t.Errorf("default process: %+v, %v", p, err)
			}
			return nil
		})
	})
}

func TestRolledBackMapIsNotCached(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		p := process()
		p.Quiet = 42
		_ = s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SaveProcess(ctx, p, "U", "", t0); err != nil {
				return err
			}
			if got, err := tx.Process(ctx, "b2b"); err != nil || got.Quiet != 42 {
				t.Errorf("%+v, %v", got, err)
			}
			return context.Canceled
		})
		p.Quiet = 7
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Process(ctx, "b2b")
			if err != nil || got.Version != 1 {
				t.Errorf("after the rollback: %+v, %v", got, err)
			}
			return tx.SaveProcess(ctx, p, "U", "", t0)
		})
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			if got, err := r.Process(ctx, "b2b"); err != nil || got.Quiet != 7 {
				t.Errorf("%+v, %v", got, err)
			}
			return nil
		})
	})
}

func TestRemovedStage(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		stays, goes, lost := newDeal(t, s, "stays", ""), newDeal(t, s, "goes", ""), newDeal(t, s, "lost", "")
		for _, d := range []sales.Deal{goes, lost} {
			mustDecide(t, s, d.ID, func(c *sales.Case) ([]sales.Event, error) { return c.Advance("UREP", sales.Move{}, t0.Add(time.Hour)) })
		}
		mustDecide(t, s, lost.ID, func(c *sales.Case) ([]sales.Event, error) {
			return c.Lose("UREP", "price", "", 0, t0.Add(2*time.Hour))
		})
		p := process()
		p.Stages = slices.Delete(p.Stages, 1, 2) // offer
		save := func() error {
			return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
				return tx.SaveProcess(ctx, p, "UADMIN", "offers are talks now", t0.Add(3*time.Hour))
			})
		}
		if err := save(); !isCode(err, "stage.occupied") {
			t.Fatalf("removed a stage with a deal in it: %v", err)
		}
		p.Moved = sales.Moves{"offer": "talks"}
		if err := save(); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			for id, stage := range map[int64]string{stays.ID: "contact", goes.ID: "talks", lost.ID: "offer"} {
				d, err := r.Deal(ctx, id)
				if err != nil || d.Stage != stage {
					t.Errorf("%s stands in %s, want %s; %v", d.Name, d.Stage, stage, err)
				}
			}
			log, err := r.Events(ctx, goes.ID)
			last := log[len(log)-1]
			if err != nil || last.Type != sales.Relocated || last.Actor != "UADMIN" || last.Data.Map != 2 {
				t.Errorf("%+v, %v", last, err)
			}
			in, err := r.DealsIn(ctx)
			if diff := cmp.Diff(map[string]map[string]int{"b2b": {"contact": 1, "talks": 1}}, in); diff != "" || err != nil {
				t.Errorf("%s %v", diff, err)
			}
			return nil
		})
		sameAsLog(t, s, goes.ID)
	})
}

func TestOneWriterOfTheMapWins(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		var wg sync.WaitGroup
		results := make([]error, 8)
		for i := range results {
			wg.Go(func() {
				results[i] = s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
					o, err := tx.Organisation(ctx) // read before anything is locked
					if err != nil {
						return err
					}
					mine := *o
					mine.Version = 1
					return tx.SaveOrganisation(ctx, &mine, "U", "", t0)
				})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else if !isCode(err, "map.changed_meanwhile") {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d won", won)
		}
	})
}
