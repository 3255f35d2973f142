package handlers

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
	"pipewright/store/pgtest"
)

var (
	raceRounds = flag.Int("races", 500, "rounds of TestApprovalRaces on all databases together")
	raceSeed   = flag.Uint64("races-seed", 0, "seed of TestApprovalRaces; 0 takes one from the clock")
)

// Up to sixteen people answer the same requests at the same instant, with mixed verdicts and
// repeated payloads, while the requester tries to decide, changes the request or takes
// it back. After every round the rule of every step is kept, every person has decided at
// most once on it, and whoever came too late was told what became of it.
func TestApprovalRaces(t *testing.T) {
	for _, on := range []struct {
		name  string
		share int // of four rounds
		open  func(t *testing.T) *racers
	}{
		{"sqlite", 2, func(t *testing.T) *racers { return newRacers(t, newWorld(t)) }},
		{"postgres", 1, func(t *testing.T) *racers { return newRacers(t, worldOn(t, pgtest.Start(t))) }},
		{"postgres, two replicas", 1, twoReplicas},
	} {
		t.Run(on.name, func(t *testing.T) {
			seed := *raceSeed
			if seed == 0 {
				seed = uint64(time.Now().UnixNano())
			}
			rounds := *raceRounds * on.share / 4
			if testing.Short() {
				rounds = min(rounds, 50)
			}
			r := on.open(t)
			r.dice = rand.New(rand.NewPCG(seed, 3))
			r.maps()
			begun := time.Now()
			for n := 0; r.rounds < rounds && !t.Failed(); n++ {
				r.request(n)
			}
			r.auditHolds()
			t.Logf("seed %d: %d rounds with %d clicks in %s: %d decided (%d in the place of somebody), %d told that they came too late; %d approved, %d rejected, %d withdrawn, %d changed meanwhile",
				seed, r.rounds, r.clicks, time.Since(begun).Round(time.Second), r.won, r.behalf, r.lost, r.ends[sales.Approved], r.ends[sales.Rejected], r.ends[sales.Retracted], r.edits)
		})
	}
}

// twoReplicas are two bots with a pool of connections each on one database.
func twoReplicas(t *testing.T) *racers {
	url := pgtest.Start(t)
	r := newRacers(t, worldOn(t, url))
	second := *r.app
	second.Store = openStore(t, url)
	r.apps = append(r.apps, &second)
	return r
}

// racers are people who are all too quick.
type racers struct {
	*world
	apps     []*App
	dice     *rand.Rand
	people   []string
	roles    map[string][]string // who holds which
	standIns map[string][]string // who decides in whose place
	policies []sales.Policy
	deal     int64

	rounds, clicks, won, lost, edits, behalf int
	ends                                     map[sales.ApprovalState]int
}

func newRacers(t *testing.T, w *world) *racers {
	t.Helper()
	r := &racers{world: w, apps: []*App{w.app}, ends: map[sales.ApprovalState]int{}}
	var all []store.Person
	for i := range 16 {
		id := fmt.Sprintf("URACE%02d", i)
		r.people = append(r.people, id)
		all = append(all, person(id, id, fmt.Sprintf("Racer %02d.", i), "en-US"))
	}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SavePeople(ctx, all, monday) })
	return r
}

// maps draws who holds which role, and the policies of all rounds.
func (r *racers) maps() {
	r.roles = map[string][]string{}
	r.organise(func(o *sales.Organisation) {
		for i := range 5 {
			key := fmt.Sprint("race", i)
			r.roles[key] = some(r.dice, append([]string{ana}, r.people...), 1+r.dice.IntN(6))
			o.Roles = append(o.Roles, sales.Role{Key: key, Name: sales.Text{"": key}, Users: r.roles[key]})
		}
	})
	r.standIns = map[string][]string{}
	for range 5 { // chains and circles may be among them
		pair := some(r.dice, r.people, 2)
		if len(r.standIns[pair[0]]) > 0 {
			continue
		}
		r.standIns[pair[0]] = pair[1:]
		r.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Arrange(ctx, func(*sales.Organisation) (sales.Delegation, error) {
				return sales.Delegation{Approver: pair[0], Delegate: pair[1], From: monday, Until: monday.AddDate(1, 0, 0), By: ada, At: monday, Begun: true}, nil
			})
			return err
		})
	}
	for i := range 40 {
		r.policies = append(r.policies, r.somePolicy(fmt.Sprint("race", i)))
	}
	r.write(func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.Process(ctx, "")
		if err != nil {
			return err
		}
		next := *p
		next.Policies = append(slices.Clone(p.Policies), r.policies...)
		return tx.SaveProcess(ctx, &next, ada, "for the test", r.now)
	})
}

func (r *racers) somePolicy(kind string) sales.Policy {
	p := sales.Policy{Kind: kind, Name: sales.Text{"": kind}, Distinct: r.dice.IntN(4) == 0}
	if r.dice.IntN(2) == 0 {
		p.Material = []string{"amount"}
	}
	for i := range 1 + r.dice.IntN(4) {
		step := sales.Step{
			Key: fmt.Sprint("step", i), Name: sales.Text{"": fmt.Sprint("Step ", i)}, Parallel: i > 0 && r.dice.IntN(2) == 0,
			Roles: some(r.dice, []string{"race0", "race1", "race2", "race3", "race4"}, 1+r.dice.IntN(2)),
			Rule:  pickOne(r.dice, "", sales.RuleAny, sales.RuleAll, sales.RuleEach, "2", "3"),
		}
		if r.dice.IntN(3) == 0 {
			step.Users = some(r.dice, r.people, 1)
		}
		if r.dice.IntN(5) == 0 {
			step.When = "discount > 15"
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

func some(dice *rand.Rand, from []string, n int) []string {
	out := slices.Clone(from)
	dice.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(n, len(out))]
}

func pickOne[T any](dice *rand.Rand, from ...T) T { return from[dice.IntN(len(from))] }

// request asks for one approval and has it decided in rounds, until it is over.
func (r *racers) request(n int) {
	if n%4 == 0 { // a deal with a long log takes longer to read
		r.deal++
		r.types(ana, fmt.Sprintf("/deal new Race %d 12k EUR", n))
	}
	policy := r.policies[r.dice.IntN(len(r.policies))]
	r.now = r.now.Add(time.Minute)
	form := Intent{Kind: Submission, Name: "approval.request", User: ana, Values: r.form()}
	form.View = View{ID: "V1", Meta: fmt.Sprintf("%d:%s", r.deal, policy.Kind)}
	r.do(form)
	req, ok := r.latest(policy.Kind)
	if !ok {
		return // nobody could decide it
	}
	for range 12 {
		if req.State != sales.Pending {
			break
		}
		before := req
		clicks := r.round(policy, before)
		req = r.approval(req.ID)
		r.check(policy, before, req, clicks)
		if r.t.Failed() {
			return
		}
	}
	r.ends[req.State]++
}

func (r *racers) form() map[string][]string {
	return map[string][]string{
		"approval.amount":   {pickOne(r.dice, "11000 EUR", "12000 EUR", "13000 EUR")},
		"approval.discount": {pickOne(r.dice, "5", "20")}, "approval.terms": {pickOne(r.dice, "30 days", "60 days")},
	}
}

// latest is the request that waits; there is none when it was refused or nobody had to be asked.
func (r *racers) latest(kind string) (req sales.Approval, ok bool) {
	r.read(func(ctx context.Context, rd *store.Reader) error {
		all, err := rd.Approvals(ctx, store.ApprovalFilter{Deal: r.deal, State: sales.Pending, Limit: 1})
		if len(all) == 1 {
			req, ok = all[0], all[0].Kind == kind
		}
		return err
	})
	return req, ok
}

// click is one person's doing in a round, and what they were told.
type click struct {
	Intent
	replies []Reply // of the same payload, as often as it came
	does    string  // approve, reject, edit or withdraw
}

// round has a crowd act at the same instant on what they all see.
func (r *racers) round(policy sales.Policy, req sales.Approval) []*click {
	r.rounds++
	var clicks []*click
	add := func(user, does string, in Intent) {
		in.User, in.Now, in.Trigger = user, r.now, "t"
		in.Key = fmt.Sprintf("race:%d:%d", r.rounds, len(clicks))
		clicks = append(clicks, &click{Intent: in, does: does, replies: make([]Reply, 1+r.dice.IntN(4)/3)})
	}
	for _, user := range r.crowd(policy) {
		switch r.dice.IntN(12) {
		case 0:
			add(user, "reject", r.rejects(req))
		case 1: // twice, as two clicks
			add(user, "approve", approves(req))
			add(user, "approve", approves(req))
		default:
			add(user, "approve", approves(req))
		}
	}
	switch r.dice.IntN(8) {
	case 0:
		add(pickOne(r.dice, ana, maxim), "withdraw", Intent{Kind: Submission, Name: "approval.withdraw", View: View{ID: "V1", Callback: "approval.withdraw", Meta: seenOf(req)}})
	case 1, 2:
		in := Intent{Kind: Submission, Name: "approval.edit", Values: r.form(), View: View{ID: "V1", Meta: seenOf(req)}}
		add(ana, "edit", in)
	}
	r.together(clicks)
	r.clicks += len(clicks)
	return clicks
}

// crowd is two to sixteen people, most of them asked by the policy, and sometimes the requester.
func (r *racers) crowd(policy sales.Policy) []string {
	var asked []string
	for _, s := range policy.Steps {
		asked = append(asked, r.named(s)...)
	}
	for _, user := range asked {
		asked = append(asked, r.standIns[user]...)
	}
	slices.Sort(asked)
	asked = slices.Compact(asked)
	others := slices.DeleteFunc(slices.Clone(r.people), func(u string) bool { return slices.Contains(asked, u) })
	out := some(r.dice, asked, 2+r.dice.IntN(len(asked)))
	out = append(out, some(r.dice, others, max(2-len(out), r.dice.IntN(4)))...)
	if r.dice.IntN(3) == 0 {
		out = append(out, ana)
	}
	r.dice.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// together hands everything over at once, a repeated payload to another replica.
func (r *racers) together(clicks []*click) {
	var ready, done sync.WaitGroup
	ready.Add(1)
	for i, c := range clicks {
		for k := range c.replies {
			done.Go(func() {
				ready.Wait()
				reply, err := answered(r.t, r.apps[(i+k)%len(r.apps)], c.Intent)
				if err != nil {
					r.t.Errorf("%s by %s: %v", c.does, c.User, err)
				}
				c.replies[k] = reply
			})
		}
	}
	ready.Done()
	done.Wait()
}

func seenOf(req sales.Approval) string { return fmt.Sprintf("%d:%d", req.ID, req.Version) }

func approves(req sales.Approval) Intent {
	return Intent{Kind: Action, Name: "approval.approve", Value: seenOf(req), Channel: "D1", Message: "1.2"}
}

func (r *racers) rejects(req sales.Approval) Intent {
	in := Intent{Kind: Submission, Name: "approval.decide", Values: map[string][]string{"approval.comment": {"too dear"}}}
	in.View = View{ID: "V1", Meta: seenOf(req) + ":reject:dm"}
	return in
}
