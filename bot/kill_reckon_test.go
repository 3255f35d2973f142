package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
)

// reckon compares every copy with the truth, the truth with the log, and the log with what was done.
func (k *killer) reckon() {
	k.t.Helper()
	k.begin()
	defer func() { k.stop() }()
	k.settle()
	stats, err := k.bot.store.OutboxStats(k.t.Context())
	if err != nil || stats.Dead != 0 || stats.Due != 0 {
		k.t.Errorf("%d messages were set aside, %d still wait: %v", stats.Dead, stats.Due, err)
	}
	k.audit()
	k.cards()
	for i, point := range killPoints {
		k.round = i + 1
		for _, a := range killActs {
			if problem := k.told(a); problem != "" {
				k.t.Errorf("%s, %s: %s", a.deal, point.name, problem)
			}
		}
	}
	requests := 0
	err = k.bot.store.Read(k.t.Context(), func(ctx context.Context, r *store.Reader) error {
		all, err := r.Approvals(ctx, store.ApprovalFilter{})
		requests = len(all)
		for _, req := range all {
			log, err := r.Events(ctx, req.Deal)
			if err != nil {
				return err
			}
			deal, err := r.Deal(ctx, req.Deal)
			if err != nil {
				return err
			}
			k.fits(req, deal, log)
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	if requests != len(killPoints)*len(killActs) {
		k.t.Errorf("%d requests", requests)
	}
}

// told says what is wrong with what people were told of the act.
func (k *killer) told(a killAct) string {
	k.t.Helper()
	for _, at := range append(slices.Clone(a.told), a.post) {
		if a.post.user == "lin" && at == a.post { // her copy, which is counted below
			continue
		}
		if n := k.sights(a, at); n != 1 {
			return fmt.Sprintf("%q stands %d times for %q", at.text, n, at.user)
		}
	}
	want := map[string]int{inThread: 1, "raj": 1, "eva": 1, "leo": 1, "tom": 1, "lin": 1}
	if a.state != sales.Approved {
		want["lin"] = 0
	}
	for user, n := range want {
		if got := k.copies(user, k.deal(a)); got != n {
			return fmt.Sprintf("%d copies for %q", got, user)
		}
	}
	for _, user := range []string{inThread, "ana", "noor", "raj", "eva", "leo", "tom", "lin"} {
		seen := map[string]bool{}
		for _, m := range k.about(user, k.deal(a)) {
			if text := words(m); seen[text] {
				return fmt.Sprintf("%q was told twice: %s", user, text)
			} else {
				seen[text] = true
			}
		}
	}
	return ""
}

// fits compares a request and its deal with the deal's log.
func (k *killer) fits(req sales.Approval, deal sales.Deal, log []sales.Event) {
	k.t.Helper()
	if diff := cmp.Diff(sales.Fold(log).Deal, deal); diff != "" {
		k.t.Errorf("%s is not what its log says (-log +stored):\n%s", deal.Name, diff)
	}
	version, logged, stored, ends := 0, 0, 0, 0
	for _, e := range log {
		if e.Data.Approval != req.ID {
			continue
		}
		version++
		switch e.Type {
		case sales.Decided:
			logged++
			if e.Data.Outcome != string(sales.Pending) {
				ends++
			}
		case sales.Withdrawn:
			ends++
		}
	}
	for _, s := range req.Steps {
		valid := 0
		for _, d := range s.Decisions {
			stored++
			if !d.Void {
				valid++
			}
		}
		if valid > 1 || req.State == sales.Approved && s.Status != sales.StepSkipped && valid != 1 {
			k.t.Errorf("%s: %s has %d decisions", deal.Name, s.Key, valid)
		}
	}
	if version != req.Version || logged != stored || ends != 1 {
		k.t.Errorf("%s: version %d with %d decisions; its log says version %d, %d decisions, ended %d times", deal.Name, req.Version, stored, version, logged, ends)
	}
	for _, a := range killActs {
		if name := deal.Name; name[:len(name)-1] == a.deal && req.State != a.state {
			k.t.Errorf("%s is %s, want %s", name, req.State, a.state)
		}
	}
}
