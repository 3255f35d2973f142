package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
)

// arrange lets UCOVER decide in the place of UPRICE from t0 on, for two days.
func arrange(t *testing.T, s *store.Store) sales.Delegation {
	t.Helper()
	var d sales.Delegation
	inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		all, err := tx.Processes(ctx)
		if err != nil {
			return err
		}
		d, err = tx.Arrange(ctx, func(o *sales.Organisation) (sales.Delegation, error) {
			return o.Delegate("UPRICE", sales.Delegation{Approver: "UPRICE", Delegate: "UCOVER", From: t0, Until: t0.AddDate(0, 0, 2), Why: "on\x00 leave"}, all, t0)
		})
		return err
	})
	return d
}

func delegationsOf(t *testing.T, s *store.Store) []sales.Delegation {
	t.Helper()
	var out []sales.Delegation
	read(t, s, func(ctx context.Context, r *store.Reader) error {
		o, err := r.Organisation(ctx)
		out = o.Delegations
		return err
	})
	return out
}

func TestDelegation(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		if got := delegationsOf(t, s); got != nil {
			t.Fatalf("%+v", got)
		}
		a := request(t, s, newDeal(t, s, "Acme", "").ID)
		d := arrange(t, s)
		want := []sales.Delegation{{ID: d.ID, Approver: "UPRICE", Delegate: "UCOVER", From: t0, Until: t0.AddDate(0, 0, 2), Why: "on leave", By: "UPRICE", At: t0, Begun: true}}
		if diff := cmp.Diff(want, delegationsOf(t, s)); diff != "" {
			t.Fatal(diff)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			found, err := r.Approvals(ctx, store.ApprovalFilter{Decider: "UCOVER"})
			if len(found) != 1 {
				t.Errorf("%+v", found)
			}
			return err
		})
		if err := verdict(s, a.ID, "UCOVER", sales.Approve); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			got, err := r.Approval(ctx, a.ID)
			if d := got.Steps[0].Decisions[0]; d.By != "UCOVER" || d.For != "UPRICE" {
				t.Errorf("%+v", d)
			}
			return err
		})
		end := func(by string) error {
			return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.EndDelegation(ctx, d.ID, by, t0.Add(3*time.Hour), func(sales.Delegation) error {
					if by == "USOMEBODY" {
						return errors.New("not you")
					}
					return nil
				})
				return err
			})
		}
		if err := end("USOMEBODY"); err == nil || len(delegationsOf(t, s)) != 1 {
			t.Fatal("ended by somebody who may not")
		}
		if err := end("UPRICE"); err != nil || len(delegationsOf(t, s)) != 0 {
			t.Fatal(err)
		}
		if err := end("UPRICE"); !isCode(err, "delegation.over") {
			t.Fatal(err)
		}
		err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.BeginDelegation(ctx, d.ID) })
		if !isCode(err, "delegation.over") {
			t.Fatal(err)
		}
	})
}

// The same period arranged many times at the same instant: once.
func TestOneDelegationAtATime(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		var made atomic.Int32
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
					all, err := tx.Processes(ctx)
					if err != nil {
						return err
					}
					_, err = tx.Arrange(ctx, func(o *sales.Organisation) (sales.Delegation, error) {
						return o.Delegate("UPRICE", sales.Delegation{Approver: "UPRICE", Delegate: fmt.Sprint("U", i), Until: t0.AddDate(0, 0, 2)}, all, t0)
					})
					return err
				})
				if err == nil {
					made.Add(1)
				} else if !isCode(err, "delegation.overlap") {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made.Load() != 1 || len(delegationsOf(t, s)) != 1 {
			t.Fatalf("%d were made: %+v", made.Load(), delegationsOf(t, s))
		}
	})
}

// Delegations are in the audit chain, and nothing of them can be changed behind its back.
func TestDelegationsAreAudited(t *testing.T) {
	for name, c := range map[string]struct {
		deed string
		what store.BreakKind
	}{
		"nothing":                 {"", ""},
		"another delegate":        {`UPDATE organisation_event SET data = '{}' WHERE version = 1`, store.BreakModified},
		"an event taken out":      {`DELETE FROM organisation_event WHERE version = 1`, store.BreakMissing},
		"a delegation put in":     {`INSERT INTO delegation (approver, delegate, begins, ends, why, made_by, made, begun) SELECT approver, 'UEVIL', begins, ends, why, made_by, made, TRUE FROM delegation`, store.BreakRow},
		"a delegation taken out":  {`DELETE FROM delegation`, store.BreakRow},
		"a delegation taken up":   {`UPDATE delegation SET over = NULL`, store.BreakRow},
		"a delegation turned":     {`UPDATE delegation SET delegate = 'UEVIL'`, store.BreakRow},
		"a longer period":         {`UPDATE delegation SET ends = ends + 1`, store.BreakRow},
		"an event that was added": {`INSERT INTO organisation_event (version, at, actor, type, data) VALUES (7, 1, 'UEVIL', 'delegated', '{}')`, store.BreakMissing},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, url string) {
				s := open(t, url, store.Options{})
				seedMap(t, s)
				newDeal(t, s, "Acme", "")
				d := arrange(t, s)
				inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.EndDelegation(ctx, d.ID, "", d.Until, func(sales.Delegation) error { return nil })
					return err
				})
				if r := auditOf(t, s); r.Unsealed != 3 {
					t.Fatalf("%+v", r)
				}
				if n := seal(t, s); n != 3 || seal(t, s) != 0 {
					t.Fatalf("sealed %d", n)
				}
				if c.deed != "" {
					meddler(t, url)(c.deed)
				}
				r := auditOf(t, s)
				if c.deed == "" {
					if r.Events != 3 || r.Unsealed != 0 || r.Broken != nil {
						t.Fatalf("%+v", r)
					}
				} else if r.Broken == nil || r.Broken.What != c.what || r.Broken.Deal != 0 || (c.what == store.BreakRow) != (r.Broken.Delegation != 0) {
					t.Fatalf("%+v", r.Broken)
				}
			})
		})
	}
}
