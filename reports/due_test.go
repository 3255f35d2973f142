package reports

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

var ctx = context.Background()

func openStore(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(ctx, url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// seeded opens a new database with the map and a few deals of the script in it.
func seeded(t testing.TB, s *script, org *sales.Organisation) (*store.Store, string) {
	t.Helper()
	url := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	return seededAt(t, url, s, org), url
}

func seededAt(t testing.TB, url string, s *script, org *sales.Organisation) *store.Store {
	t.Helper()
	st := openStore(t, url)
	t.Cleanup(func() { _ = st.Close() })
	inTx(t, st, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveOrganisation(ctx, org, "UADMIN", "first", at(-400)); err != nil {
			return err
		}
		p := *s.process
		p.Default, p.Version = true, 0
		return tx.SaveProcess(ctx, &p, "UADMIN", "first", at(-400))
	})
	for _, id := range sortedIDs(s.log) {
		inTx(t, st, func(ctx context.Context, tx *store.Tx) error {
			created := s.log[id][0]
			created.Data.Initial = map[string]string{"name": fmt.Sprintf("Deal %d", id), "amount": s.amounts[id].Canonical()}
			d, err := tx.CreateDeal(ctx, []sales.Event{created})
			if err != nil {
				return err
			}
			for _, e := range s.log[id][1:] {
				c, err := tx.CaseWithLog(ctx, d.ID)
				if err != nil {
					return err
				}
				e.Deal = d.ID
				if err := tx.Apply(ctx, c, []sales.Event{e}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return st
}

func inTx(t testing.TB, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.InTx(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func subscribe(t testing.TB, s *store.Store, sub store.Subscription) store.Subscription {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		sub, err = tx.SaveSubscription(ctx, sub)
		return err
	})
	return sub
}

// delivered empties the outbox and returns what was in it.
func delivered(t testing.TB, s *store.Store) []store.Outbound {
	t.Helper()
	var out []store.Outbound
	for {
		rows, err := s.Lease(ctx, 200, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			return out
		}
		for _, o := range rows {
			if err := s.Delivered(ctx, o, o.Channel, fmt.Sprint(len(out)), ""); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, rows...)
	}
}

func TestLoadIsWhatTheStoreKeeps(t *testing.T) {
	s := small()
	s.waits = nil
	st, _ := seeded(t, s, &sales.Organisation{})
	want := s.history(40)
	err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		got, err := Load(ctx, r, "", at(40))
		if err != nil {
			return err
		}
		same(t, staysOf(want), staysOf(got))
		for i, d := range got.Deals {
			w := want.Deals[i]
			if d.Amount() != s.amounts[d.ID] || d.Status != w.Status || d.Furthest != w.Furthest || d.Closed != w.Closed || d.Start != w.Start {
				t.Errorf("deal %d: %+v, want %+v", d.ID, d, w)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The order of stages is the one in force at the cut; before the first version it
// is the present one.
func TestProcessAsOf(t *testing.T) {
	st, _ := seeded(t, newScript(testProcess()), &sales.Organisation{})
	inTx(t, st, func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.Process(ctx, "")
		if err != nil {
			return err
		}
		next := *p
		next.Stages = append([]sales.Stage(nil), p.Stages[:4]...)
		return tx.SaveProcess(ctx, &next, "UADMIN", "no payment", at(10))
	})
	for day, want := range map[float64]int{-500: 4, -400: 5, 9.99: 5, 10: 4, 20: 4} {
		err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
			h, err := Load(ctx, r, "", at(day))
			if err == nil && len(h.Process.Stages) != want {
				t.Errorf("day %v: %d stages, want %d", day, len(h.Process.Stages), want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// simulated is a year (or more) of subscriptions in many zones on one database, with
// replicas whose clocks differ, restarts and outages.
type simulated struct {
	t        *testing.T
	rng      *rand.Rand
	url      string
	replicas []*Digests
	skew     []time.Duration
	subs     []store.Subscription
	want     map[string]bool // keys
	last     map[int64]string
	got      map[string]int
}

func (s *simulated) open() {
	for i := range s.replicas {
		s.replicas[i] = &Digests{Store: openStore(s.t, s.url), Locale: "en"}
	}
}

func (s *simulated) close() {
	for _, r := range s.replicas {
		if err := r.Store.Close(); err != nil {
			s.t.Fatal(err)
		}
	}
}

// tick lets the replicas look at what is due, one after the other or at once.
func (s *simulated) tick(now time.Time) {
	for i := range s.replicas {
		s.expect(now.Add(s.skew[i]))
	}
	var wg sync.WaitGroup
	for i, r := range s.replicas {
		run := func() {
			if err := r.Due(ctx, now.Add(s.skew[i])); err != nil {
				s.t.Error(err)
			}
		}
		if s.rng.IntN(3) == 0 {
			run()
		} else {
			wg.Go(run)
		}
	}
	wg.Wait()
	for _, o := range delivered(s.t, s.replicas[0].Store) {
		s.got[o.Key]++
		if _, err := RenderDigest(o.Body); err != nil {
			s.t.Error(err)
		}
	}
}

// expect says which slots a replica must fill at the instant: the latest, unless it
// or a later one was filled.
func (s *simulated) expect(now time.Time) {
	for _, sub := range s.subs {
		slot := RhythmOf(sub).Latest(now)
		if slot.At.After(sub.Created) && slot.Period > s.last[sub.ID] {
			s.last[sub.ID] = slot.Period
			s.want[fmt.Sprintf("digest:%d:%s", sub.ID, slot.Period)] = true
		}
	}
}

// later draws when somebody looks next: mostly when something is due, or a minute
// later, and sometimes after an outage of up to ten days.
func (s *simulated) later(now time.Time) time.Time {
	switch s.rng.IntN(12) {
	case 0:
		return now.Add(time.Duration(s.rng.Int64N(int64(10 * 24 * time.Hour))))
	case 1:
		s.close() // a restart
		s.open()
		return now.Add(time.Minute)
	}
	at, err := s.replicas[0].NextDue(ctx, now.Add(s.skew[0]))
	if err != nil {
		s.t.Fatal(err)
	}
	if !at.After(now.Add(s.skew[0])) {
		s.t.Errorf("at %v something is still due since %v", now, at)
	}
	return at.Add(-s.skew[0])
}

func TestOneDigestPerPeriod(t *testing.T) {
	length := 240 * 24 * time.Hour
	if testing.Short() {
		length /= 6
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	st, url := seeded(t, small(), &sales.Organisation{})
	start := at(50)
	s := &simulated{
		t: t, rng: rand.New(rand.NewPCG(seed, 0)), url: url, replicas: make([]*Digests, 2),
		skew: []time.Duration{0, 90 * time.Second}, want: map[string]bool{}, last: map[int64]string{}, got: map[string]int{},
	}
	for i, name := range zones[:6] {
		for j, every := range []string{"daily", "weekly", "monthly"} {
			s.subs = append(s.subs, subscribe(t, st, store.Subscription{
				Report: DigestReport, Channel: fmt.Sprintf("C%d%d", i, j), Zone: name, Every: every, Weekday: time.Weekday(i), Hour: (i * 5) % 24,
				Minute: 15 * j, Created: start,
			}))
		}
	}
	s.open()
	defer s.close()
	for now := start; now.Before(start.Add(length)); now = s.later(now) {
		s.tick(now)
	}
	for key := range s.want {
		if s.got[key] != 1 {
			t.Errorf("%s was posted %d times", key, s.got[key])
		}
	}
	for key := range s.got {
		if !s.want[key] {
			t.Errorf("%s was posted, and was not due", key)
		}
	}
	if least := int(length / (24 * time.Hour)); len(s.want) < least {
		t.Errorf("only %d digests were due: the simulation is broken", len(s.want))
	}
}

func TestDigestThatFailsHoldsNobodyUp(t *testing.T) {
	st, _ := seeded(t, small(), &sales.Organisation{})
	every := store.Subscription{Zone: "UTC", Every: "daily", Hour: 9, Created: at(50)}
	for i, report := range []string{DigestReport, "no-such-report", "funnel"} {
		every.Report, every.Channel = report, fmt.Sprintf("C%d", i)
		subscribe(t, st, every)
	}
	d := &Digests{Store: st}
	now := at(52)
	if err := d.Due(ctx, now); err == nil || !strings.Contains(err.Error(), "report.unknown") {
		t.Errorf("error = %v, want report.unknown", err)
	}
	if got := len(delivered(t, st)); got != 2 {
		t.Errorf("%d digests, want the two that can be computed", got)
	}
	if err := d.Due(ctx, now); err == nil {
		t.Error("what failed is not tried again")
	}
	if got := len(delivered(t, st)); got != 0 {
		t.Errorf("%d digests came twice", got)
	}
}

func TestSubscriptionThatEndsMeanwhile(t *testing.T) {
	st, _ := seeded(t, small(), &sales.Organisation{})
	sub := subscribe(t, st, store.Subscription{Report: DigestReport, Channel: "C1", Zone: "UTC", Every: "daily", Hour: 9, Created: at(50)})
	slot := RhythmOf(sub).Latest(at(52))
	inTx(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteSubscription(ctx, sub.ID) })
	if err := (&Digests{Store: st}).post(ctx, sub, slot, at(52)); err != nil {
		t.Fatal(err)
	}
	if got := len(delivered(t, st)); got != 0 {
		t.Errorf("%d digests for a subscription that is gone", got)
	}
}

// What is subscribed to about some deals tells of those alone, and its buttons as well.
func TestSubscriptionAboutSomeDeals(t *testing.T) {
	st, _ := seeded(t, small(), &sales.Organisation{})
	band := sales.Band{Currency: "EUR", From: 60_000}
	for i, about := range []Subject{
		{Name: DigestReport, Band: band}, {Name: "outcomes", Band: band}, {Name: "outcomes", Period: "last month"}, {Name: "outcomes", Owner: "UBEN"},
	} {
		subscribe(t, st, store.Subscription{Report: about.String(), Channel: fmt.Sprintf("C%d", i), Zone: "UTC", Every: "daily", Hour: 9, Created: at(38)})
	}
	d := &Digests{Store: st, Locale: "en"}
	if err := d.Due(ctx, at(40)); err != nil {
		t.Fatal(err)
	}
	// Of the deals, D-1 and D-3 are worth €600 or more, D-4 has yuan, D-5 no amount.
	want := map[string][]string{
		"C0": {"2 deals, 1 open", "Only deals worth €600 or more.", "2 deals are left out: they have no amount, or one in another currency."},
		"C1": {"2 deals, 1 open", "Only deals worth €600 or more.", "2 deals are left out: they have no amount, or one in another currency."},
		"C2": {"5 deals, 2 open", "Deals created from 1 Mar 2026 until 31 Mar 2026."},
		"C3": {"0 deals, 0 open", "Only deals of UBEN."},
	}
	for _, o := range delivered(t, st) {
		m, err := RenderDigest(o.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range want[o.Channel] {
			if !strings.Contains(m.Text, s) {
				t.Errorf("%s does not say %q:\n%s", o.Channel, s, m.Text)
			}
		}
		if o.Channel < "C2" && !strings.Contains(string(o.Body), "?amount=600.00+EUR..|") {
			t.Errorf("%s: the buttons forget the amounts: %s", o.Channel, o.Body)
		}
		delete(want, o.Channel)
	}
	if len(want) > 0 {
		t.Errorf("not posted: %v", want)
	}
}
