package handlers

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pipewright/store"
	"pipewright/store/pgtest"
)

// One person's same line, sent to several replicas at the same moment under keys of their own and
// by clocks that differ a little, is done once; each of the others is asked back.
func TestTheSameLineAtOnce(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) *racers{
		"sqlite":                 func(t *testing.T) *racers { return newRacers(t, newWorld(t)) },
		"postgres":               func(t *testing.T) *racers { return newRacers(t, worldOn(t, pgtest.Start(t))) },
		"postgres, two replicas": twoReplicas,
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			rounds := 40
			if testing.Short() {
				rounds = 5
			}
			for n := range rounds {
				deal := int64(2*n + 1)
				r.now = r.now.Add(time.Hour)
				r.types(ana, fmt.Sprintf("/deal new Twin %d. 12k EUR", n))
				for _, same := range []struct {
					line  string
					count func() int
				}{
					{fmt.Sprintf("/log call D-%d 25m they like it", deal), func() int { return r.activities(deal) }},
					{fmt.Sprintf("/deal next D-%d send the offer friday", deal), func() int { return len(r.log(deal)) - 2 }},
					{fmt.Sprintf("/deal new Other %d. 9k EUR", n), func() int { return r.countDeals() - 2*n - 1 }},
				} {
					r.now = r.now.Add(time.Minute)
					asked := r.atOnce(same.line, 2+n%3)
					if done := same.count(); done != 1 || asked != 1+n%3 {
						t.Fatalf("%s: done %d times, %d of %d were asked back", same.line, done, asked, 2+n%3)
					}
				}
			}
		})
	}
}

// atOnce has Ana send the line that often at the same moment, and returns how often she was asked back.
func (r *racers) atOnce(line string, times int) (asked int) {
	r.t.Helper()
	name, text, _ := strings.Cut(strings.TrimPrefix(line, "/"), " ")
	replies := make([]Reply, times)
	var ready, done sync.WaitGroup
	ready.Add(1)
	for i := range times {
		in := Intent{Kind: Command, Name: name, Text: text, User: ana, Channel: "CSALES", Trigger: "t", Key: fmt.Sprint("same:", r.n, ":", i)}
		in.Now = r.now.Add(time.Duration(i%2*30) * time.Millisecond)
		done.Go(func() {
			ready.Wait()
			reply, err := answered(r.t, r.apps[i%len(r.apps)], in)
			if err != nil {
				r.t.Error(err)
			}
			replies[i] = reply
		})
	}
	r.n++
	ready.Done()
	done.Wait()
	for _, reply := range replies {
		if hasButton(r.t, reply, "Yes, once more") {
			asked++
		}
	}
	return asked
}

func (r *racers) activities(deal int64) (n int) {
	r.read(func(ctx context.Context, rd *store.Reader) error {
		all, err := rd.Activities(ctx, deal)
		n = len(all)
		return err
	})
	return n
}

func (r *racers) countDeals() (n int) {
	r.read(func(ctx context.Context, rd *store.Reader) error {
		all, err := rd.Deals(ctx, store.DealFilter{})
		n = len(all)
		return err
	})
	return n
}
