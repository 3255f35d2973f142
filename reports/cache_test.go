package reports

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pipewright/internal/sales"
	"pipewright/store"
	"pipewright/store/pgtest"
)

var sameHistory = cmp.Options{
	cmp.AllowUnexported(History{}, Deal{}, traits{}, rare{}, override{}, Stay{}, Wait{}, Left{}), cmpopts.EquateEmpty(), cmpopts.IgnoreTypes(&sales.Process{}),
	cmpopts.IgnoreFields(History{}, "kept", "added"),
}

var sameSums = cmp.AllowUnexported(sums{}, visits{}, moves{}, lengths{}, closed{}, amount{})

// chronicle writes a random log, and keeps what was read of it meanwhile.
type chronicle struct {
	t     *testing.T
	st    *store.Store
	rng   *rand.Rand
	day   float64
	deals []int64
}

func (c *chronicle) tx(fn func(ctx context.Context, tx *store.Tx) error) { inTx(c.t, c.st, fn) }

// act does something that a log may hold.
func (c *chronicle) act() {
	c.day += c.rng.ExpFloat64()
	switch n := c.rng.IntN(20); {
	case n < 4 || len(c.deals) == 0:
		c.create()
	case n == 4:
		if _, err := c.st.Seal(ctx, at(c.day)); err != nil {
			c.t.Fatal(err)
		}
	case n == 5 && c.rng.IntN(3) == 0:
		c.imports()
	case n == 6 && c.rng.IntN(5) == 0:
		c.changeProcess()
	default:
		c.change(c.deals[c.rng.IntN(len(c.deals))], n)
	}
}

func (c *chronicle) create() {
	c.tx(func(ctx context.Context, tx *store.Tx) error {
		e := sales.Event{Version: 1, At: at(c.day), Type: sales.Created, Data: sales.EventData{
			Process: "b2b", To: "lead", User: "UANA", Team: "north", Initial: map[string]string{"amount": "100.00 EUR"},
		}}
		d, err := tx.CreateDeal(ctx, []sales.Event{e})
		c.deals = append(c.deals, d.ID)
		return err
	})
}

// imports publishes deals that are older than the log, and hidden till then.
func (c *chronicle) imports() {
	im, err := c.st.Importer(ctx, "b2b", at(c.day))
	if err != nil {
		c.t.Fatal(err)
	}
	var batch []store.ImportedDeal
	for i := range 3 {
		e := sales.Event{Version: 1, At: at(c.day - 30), Type: sales.Created, Data: sales.EventData{Process: "b2b", To: "demo", Source: "import", NoStay: i == 0}}
		moved := sales.Event{Version: 2, At: at(c.day - 20), Type: sales.Moved, Data: sales.EventData{From: "demo", To: "offer", Direction: sales.ExitForward}}
		batch = append(batch, store.ImportedDeal{External: fmt.Sprintf("X%d-%d", int(c.day*1000), i), Events: []sales.Event{e, moved}})
	}
	if err := im.Add(ctx, batch); err != nil {
		c.t.Fatal(err)
	}
	c.compare(c.day)
	c.create() // has a higher number than what is hidden
	c.compare(c.day)
	if _, err := im.Publish(ctx); err != nil {
		c.t.Fatal(err)
	}
}

// changeProcess takes a stage out, or puts it back.
func (c *chronicle) changeProcess() {
	c.tx(func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.Process(ctx, "b2b")
		if err != nil {
			return err
		}
		p := *now
		if p.StageIndex("demo") >= 0 {
			p.Stages = slices.Delete(slices.Clone(p.Stages), 1, 2)
			p.Moved = map[string]string{"demo": "offer"}
		} else {
			p.Stages, p.Moved = testProcess().Stages, nil
		}
		return tx.SaveProcess(ctx, &p, "UADMIN", "try", at(c.day))
	})
}

func (c *chronicle) change(id int64, n int) {
	c.tx(func(ctx context.Context, tx *store.Tx) error {
		k, err := tx.CaseWithLog(ctx, id)
		if err != nil {
			return err
		}
		s := &script{process: k.Process, log: map[int64][]sales.Event{id: slices.Clone(k.Log)}}
		switch d := k.Deal; {
		case n == 7:
			s.add(id, c.day, sales.Assigned, sales.EventData{User: "UBEN", Team: "south"})
		case n == 8:
			s.add(id, c.day, sales.Changed, sales.EventData{Field: "amount", Value: "250.00 USD"})
		case n == 9:
			s.add(id, c.day, sales.Waited, sales.EventData{For: sales.WaitCustomer})
		case n == 10 || n == 11:
			return c.approval(ctx, tx, k)
		case n == 12 && len(k.Log) > 1 && k.Log[len(k.Log)-1].Type == sales.Moved:
			s.undo(id, c.day, len(k.Log))
		case d.Status == sales.Lost:
			s.reopen(id, c.day, k.Process.Stages[0].Key)
		case n == 13 && d.Status == sales.Open:
			s.lose(id, c.day, "price")
		default:
			if at := k.Process.StageIndex(d.Stage); at >= 0 {
				to := c.rng.IntN(len(k.Process.Stages))
				if to == at {
					return nil
				}
				s.move(id, c.day, k.Process.Stages[to].Key)
				if last := &s.log[id][len(s.log[id])-1]; n%3 == 0 && to > at {
					last.Data.Override, last.Data.Why = true, "try"
				}
			}
		}
		if fresh := s.log[id][len(k.Log):]; len(fresh) > 0 {
			return tx.Apply(ctx, k, fresh)
		}
		return nil
	})
}

// approval asks for one, or ends the one that was asked for.
func (c *chronicle) approval(ctx context.Context, tx *store.Tx, k *sales.Case) error {
	e := sales.Event{Deal: k.Deal.ID, Version: k.Deal.Version + 1, At: at(c.day), Type: sales.Requested}
	a := sales.Approval{Deal: k.Deal.ID, Kind: "quote", Version: 1, Requester: "UANA", At: at(c.day), State: sales.Pending}
	if n := len(k.Approvals); n > 0 && k.Approvals[n-1].State == sales.Pending {
		a = k.Approvals[n-1]
		a.Version++
		a.State, a.Ended, e.Type = sales.Approved, at(c.day), sales.Decided
	}
	_, err := tx.SaveApproval(ctx, k, a, []sales.Event{e})
	return err
}

// compare finds a difference between what is kept and what the log says.
func (c *chronicle) compare(day float64) {
	c.t.Helper()
	err := c.st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		p, err := processAt(ctx, r, "", at(day))
		if err != nil {
			return err
		}
		want, err := readSlowly(ctx, r, p, at(day))
		if err != nil {
			return err
		}
		if log, err := readLog(ctx, r, p, at(day)); err != nil || !cmp.Equal(want, log, sameHistory) {
			c.t.Fatalf("as of day %g of %g (-log +quick): %v\n%s", day, c.day, err, cmp.Diff(want, log, sameHistory))
		}
		got, err := Load(ctx, r, "", at(day))
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got, sameHistory); diff != "" {
			c.t.Fatalf("as of day %g of %g (-log +kept):\n%s", day, c.day, diff)
		}
		if got.kept != nil {
			if diff := cmp.Diff(newTimesheet(want), got.kept, cmp.AllowUnexported(timesheet{}, durations{}), cmpopts.EquateEmpty()); diff != "" {
				c.t.Fatalf("times as of day %g of %g (-log +kept):\n%s", day, c.day, diff)
			}
			if sums := want.sums(); !reflect.DeepEqual(sums, got.added) {
				c.t.Fatalf("sums as of day %g of %g (-log +kept):\n%s", day, c.day, cmp.Diff(sums, got.added, sameSums))
			}
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// readSlowly reads the whole log with all that stands in it.
func readSlowly(ctx context.Context, r *store.Reader, p *sales.Process, asOf time.Time) (*History, error) {
	b := newBuilder(p, asOf)
	if err := r.EachEvent(ctx, p.Key, asOf, b.event); err != nil {
		return nil, err
	}
	b.flush()
	if err := r.EachDeal(ctx, p.Key, b.describe); err != nil {
		return nil, err
	}
	err := r.EachWait(ctx, p.Key, b.wait)
	return b.history(), err
}

// keptLog is what the store keeps of the process.
func keptLog(t *testing.T, st *store.Store) *folded {
	t.Helper()
	var f *folded
	err := st.Read(ctx, func(_ context.Context, r *store.Reader) error {
		v, _ := r.Kept(cacheKey{}, newCache)
		f = v.(*cache).log("b2b")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestKeptIsTheLog(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			url := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
			if seed >= 6 {
				url = pgtest.Start(t)
			}
			st := seededAt(t, url, newScript(testProcess()), &sales.Organisation{})
			c := &chronicle{t: t, st: st, rng: rand.New(rand.NewPCG(seed, 7))}
			for range 120 {
				c.act()
				switch c.rng.IntN(6) {
				case 0, 1, 2:
					c.compare(c.day)
				case 3:
					c.compare(c.day + 5) // open ends grow
				case 4:
					c.compare(c.day * c.rng.Float64())
				}
			}
		})
	}
}

// What is new is read alone.
func TestOnlyWhatIsNewIsRead(t *testing.T) {
	st, _ := seeded(t, newScript(testProcess()), &sales.Organisation{})
	c := &chronicle{t: t, st: st, rng: rand.New(rand.NewPCG(1, 1)), day: 1}
	for range 20 {
		c.create()
	}
	c.compare(c.day)
	before := keptLog(t, st)
	first, mark := before.all, before.mark
	c.compare(c.day + 1)
	if before.all != first {
		t.Error("with nothing new the log was folded again")
	}
	if _, err := st.Seal(ctx, at(2)); err != nil {
		t.Fatal(err)
	}
	c.compare(c.day + 2)
	if before.all != first || before.mark == mark {
		t.Errorf("sealing moves the mark and changes nothing: mark %v, then %v", mark, before.mark)
	}
	c.change(c.deals[3], 8)
	c.compare(c.day + 2)
	if before.all == first {
		t.Error("a new event was not read")
	}
	if before.all.Deals[3] == first.Deals[3] || before.version != 1 {
		t.Error("what was handed out may not change")
	}
}

// Readers that see less than what is kept get what they see.
func TestEachReaderSeesItsOwn(t *testing.T) {
	st, _ := seeded(t, newScript(testProcess()), &sales.Organisation{})
	c := &chronicle{t: t, st: st, rng: rand.New(rand.NewPCG(2, 2)), day: 1}
	c.create()
	err := st.Read(ctx, func(ctx context.Context, old *store.Reader) error {
		if _, err := old.Mark(ctx, "b2b"); err != nil { // its snapshot begins
			return err
		}
		c.create()
		c.compare(c.day)
		h, err := Load(ctx, old, "", at(c.day))
		if err == nil && len(h.Deals) != 1 {
			t.Errorf("an older reader got %d deals, and sees 1", len(h.Deals))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	inTx(t, st, func(ctx context.Context, tx *store.Tx) error {
		if h, err := Load(ctx, tx.Reader, "", at(c.day)); err != nil || len(h.Deals) != 2 {
			t.Errorf("inside a transaction: %v, %v", h, err)
		}
		return nil
	})
}

func TestKeptServesManyAtATime(t *testing.T) {
	st, _ := seeded(t, newScript(testProcess()), &sales.Organisation{})
	c := &chronicle{t: t, st: st, rng: rand.New(rand.NewPCG(3, 3)), day: 1}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for i := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				name := Names()[(i+n)%len(Names())]
				err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
					_, err := Compute(ctx, r, name, Options{AsOf: at(100 + float64(i))})
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 60 {
		c.act()
		time.Sleep(time.Millisecond)
	}
	close(stop)
	wg.Wait()
	c.compare(c.day)
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	c := &cache{}
	a, b := c.log("a"), c.log("b")
	c.weigh(b, maxKept/2)
	c.weigh(a, maxKept/2)
	if c.log("a") != a || c.log("b") != b {
		t.Fatal("two that fit are not both kept")
	}
	c.weigh(b, maxKept)
	if c.log("a") == a {
		t.Error("what was used longest ago is not forgotten")
	}
	if c.log("b") != b {
		t.Error("what was used last is forgotten")
	}
	c.weigh(b, maxKept+1)
	if c.log("b") == b {
		t.Error("what does not fit at all is kept")
	}
}
