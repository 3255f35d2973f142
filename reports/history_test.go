package reports

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

var day0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) // a Monday

func at(day float64) time.Time { return day0.Add(time.Duration(day * 24 * float64(time.Hour))) }

// testProcess has three stages before the win, and two from it on.
func testProcess() *sales.Process {
	name := func(en, zh string) sales.Text { return sales.Text{"en": en, "zh": zh} }
	return &sales.Process{
		Key: "b2b", Version: 1, Currency: "EUR", Name: name("New business", "新业务"),
		Calendar: sales.Calendar{Zone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, Hours: "09:00-17:00"},
		Stages: []sales.Stage{
			{Key: "lead", Name: name("First contact", "首次接触"), Target: 2},
			{Key: "demo", Name: name("Demo", "演示"), Target: 5},
			{Key: "offer", Name: name("Offer", "报价"), Target: 5},
			{Key: "signed", Name: name("Signed", "签约"), Won: true},
			{Key: "paid", Name: name("Paid", "付款")},
		},
		Reasons: []sales.Reason{{Key: "price", Name: name("Too expensive", "价格太高")}, {Key: "timing", Name: name("Bad timing", "时机不对")}},
	}
}

// wonLast is testProcess without the stages after the win.
func wonLast() *sales.Process {
	p := testProcess()
	p.Stages = p.Stages[:4]
	return p
}

// script writes the log of deals by hand.
type script struct {
	process *sales.Process
	log     map[int64][]sales.Event
	amounts map[int64]sales.Money
	waits   []sales.Wait
}

func newScript(p *sales.Process) *script {
	return &script{process: p, log: map[int64][]sales.Event{}, amounts: map[int64]sales.Money{}}
}

func (s *script) add(deal int64, day float64, t sales.EventType, data sales.EventData) *script {
	s.log[deal] = append(s.log[deal], sales.Event{Deal: deal, Version: len(s.log[deal]) + 1, At: at(day), Type: t, Data: data})
	return s
}

func (s *script) create(deal int64, day float64, stage string) *script {
	return s.add(deal, day, sales.Created, sales.EventData{Process: s.process.Key, To: stage, User: "UANA", Team: "north"})
}

// move goes to the stage as sales.Case.Advance and Back do.
func (s *script) move(deal int64, day float64, to string) *script {
	d := sales.Fold(s.log[deal]).Deal
	from, next, won := s.process.StageIndex(d.Stage), s.process.StageIndex(to), s.process.WonIndex()
	data := sales.EventData{From: d.Stage, To: to, Direction: sales.ExitForward}
	if next < from {
		data.Direction, data.Reopens = sales.ExitBack, d.Status == sales.Won && next < won
	}
	for i := from + 1; i < next; i++ {
		data.Skipped = append(data.Skipped, s.process.Stages[i].Key)
	}
	if from < won && next >= won {
		data.Direction, data.Ends = sales.ExitWon, next == len(s.process.Stages)-1
	}
	return s.add(deal, day, sales.Moved, data)
}

func (s *script) lose(deal int64, day float64, reason string) *script {
	return s.add(deal, day, sales.LostEvent, sales.EventData{From: sales.Fold(s.log[deal]).Deal.Stage, Reason: reason})
}

func (s *script) reopen(deal int64, day float64, to string) *script {
	return s.add(deal, day, sales.Reopened, sales.EventData{From: sales.Fold(s.log[deal]).Deal.Stage, To: to})
}

func (s *script) undo(deal int64, day float64, version int) *script {
	return s.add(deal, day, sales.Undone, sales.EventData{Undoes: version})
}

func (s *script) worth(deal int64, minor int64, currency string) *script {
	s.amounts[deal] = sales.Money{Minor: minor, Currency: currency}
	return s
}

// history is what the log says as of the day.
func (s *script) history(day float64) *History {
	b := newBuilder(s.process, at(day))
	for _, id := range sortedIDs(s.log) {
		for _, e := range s.log[id] {
			_ = b.event(e)
		}
	}
	b.flush()
	for _, id := range sortedIDs(s.log) {
		d := sales.Fold(s.log[id]).Deal
		d.Amount = s.amounts[id]
		_ = b.describe(d)
	}
	for _, w := range s.waits {
		_ = b.wait(w)
	}
	return b.history()
}

func sortedIDs[V any](m map[int64]V) []int64 {
	var ids []int64
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// row is a stay as a person would write it down.
type row struct {
	Stage string
	Days  float64
	Exit  string
}

func rowsOf(h *History, deal int) []row {
	names := []string{"open", "forward", "back", "won", "lost", "completed"}
	var out []row
	for i := range h.Deals[deal].stays {
		s := &h.Deals[deal].stays[i]
		out = append(out, row{h.Stages[s.Stage], h.lasted(s), names[s.Exit]})
	}
	return out
}

// lasted is how long the stay lasted by the cut, in days.
func (h *History) lasted(s *Stay) float64 { return days(h.until(s) - s.Entered) }

// staysOf returns all stays.
func staysOf(h *History) []Stay {
	var out []Stay
	for s := range h.each {
		out = append(out, *s)
	}
	return out
}

func TestStaysOfHandWrittenHistories(t *testing.T) {
	removed := testProcess()
	removed.Stages = slices.Delete(removed.Stages, 1, 2) // without "demo"
	tests := map[string]struct {
		process  *sales.Process
		play     func(s *script)
		want     []row
		status   sales.Status
		start    float64 // of the last episode
		furthest string
		skipped  []string
	}{
		"forward, and open at the cut": {
			play: func(s *script) { s.create(1, 0, "lead").move(1, 2, "demo") },
			want: []row{{"lead", 2, "forward"}, {"demo", 28, "open"}}, status: sales.Open, furthest: "demo",
		},
		"the cut is seen, what is later is not": {
			play: func(s *script) { s.create(1, 0, "lead").move(1, 30, "demo").move(1, 30.001, "offer") },
			want: []row{{"lead", 30, "forward"}, {"demo", 0, "open"}}, status: sales.Open, furthest: "demo",
		},
		"a skip is one move": {
			play: func(s *script) { s.create(1, 0, "lead").move(1, 3, "offer").lose(1, 5, "price") },
			want: []row{{"lead", 3, "forward"}, {"offer", 2, "lost"}}, status: sales.Lost, furthest: "offer", skipped: []string{"demo"},
		},
		"back and again": {
			play: func(s *script) {
				s.create(1, 0, "lead").move(1, 1, "demo").move(1, 3, "offer").move(1, 4, "demo").move(1, 8, "offer")
			},
			want:   []row{{"lead", 1, "forward"}, {"demo", 2, "forward"}, {"offer", 1, "back"}, {"demo", 4, "forward"}, {"offer", 22, "open"}},
			status: sales.Open, furthest: "offer",
		},
		"an undone move never was": {
			play: func(s *script) {
				s.create(1, 0, "lead").move(1, 1, "demo").move(1, 2, "offer").undo(1, 2.001, 3).move(1, 6, "offer")
			},
			want: []row{{"lead", 1, "forward"}, {"demo", 5, "forward"}, {"offer", 24, "open"}}, status: sales.Open, furthest: "offer",
		},
		"an undone loss leaves the stay open": {
			play: func(s *script) { s.create(1, 0, "lead").lose(1, 2, "price").undo(1, 2.001, 2) },
			want: []row{{"lead", 30, "open"}}, status: sales.Open, furthest: "lead",
		},
		"an undo after the cut is not seen": {
			play: func(s *script) { s.create(1, 0, "lead").move(1, 29.999, "demo").undo(1, 30.002, 2) },
			want: []row{{"lead", 29.999, "forward"}, {"demo", 0.001, "open"}}, status: sales.Open, furthest: "demo",
		},
		"won, then delivered": {
			play: func(s *script) {
				s.create(1, 0, "lead").move(1, 4, "signed").move(1, 6, "paid").add(1, 9, sales.Completed, sales.EventData{From: "paid"})
			},
			want: []row{{"lead", 4, "won"}, {"signed", 2, "forward"}, {"paid", 3, "completed"}}, status: sales.Won, furthest: "paid",
			skipped: []string{"demo", "offer"},
		},
		"a won stage that is last opens no stay": {
			process: wonLast(),
			play:    func(s *script) { s.create(1, 0, "lead").move(1, 1, "offer").move(1, 4, "signed") },
			want:    []row{{"lead", 1, "forward"}, {"offer", 3, "won"}}, status: sales.Won, furthest: "signed", skipped: []string{"demo"},
		},
		"back across the win is a new episode": {
			play: func(s *script) { s.create(1, 0, "offer").move(1, 2, "signed").move(1, 5, "offer").lose(1, 11, "price") },
			want: []row{{"offer", 2, "won"}, {"signed", 3, "back"}, {"offer", 6, "lost"}}, status: sales.Lost, start: 5, furthest: "signed",
		},
		"a lost deal that is reopened is a new episode": {
			play: func(s *script) {
				s.create(1, 0, "lead").lose(1, 3, "price").reopen(1, 10, "lead").move(1, 12, "demo").move(1, 13, "signed")
			},
			want:   []row{{"lead", 3, "lost"}, {"lead", 2, "forward"}, {"demo", 1, "won"}, {"signed", 17, "open"}},
			status: sales.Won, start: 10, furthest: "signed", skipped: []string{"offer"},
		},
		"the same stage again collapses": {
			play: func(s *script) {
				s.create(1, 0, "lead").add(1, 2, sales.Moved, sales.EventData{From: "lead", To: "lead", Direction: sales.ExitForward}).move(1, 5, "demo")
			},
			want: []row{{"lead", 5, "forward"}, {"demo", 25, "open"}}, status: sales.Open, furthest: "demo",
		},
		"a removed stage comes last and has no place in the order": {
			process: removed,
			play: func(s *script) {
				s.process = testProcess()
				s.create(1, 0, "lead").move(1, 1, "demo").add(1, 4, sales.Relocated, sales.EventData{From: "demo", To: "offer"})
				s.process = removed
			},
			want: []row{{"lead", 1, "forward"}, {"demo", 3, "forward"}, {"offer", 26, "open"}}, status: sales.Open, furthest: "offer",
		},
		"an import that knows no times has no stays": {
			play: func(s *script) {
				s.add(1, 0, sales.Created, sales.EventData{To: "demo", NoStay: true, Source: "import"})
				s.add(1, 7, sales.Moved, sales.EventData{From: "demo", To: "signed", Direction: sales.ExitWon, NoStay: true})
			},
			status: sales.Won, furthest: "signed",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(test.process)
			if test.process == nil {
				s.process = testProcess()
			}
			test.play(s)
			h := s.history(30)
			if diff := cmp.Diff(test.want, rowsOf(h, 0), cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })); diff != "" {
				t.Errorf("stays (-want +got):\n%s", diff)
			}
			d := h.Deals[0]
			if d.Status != test.status || d.Start != at(test.start).UnixMilli() {
				t.Errorf("status %s since %v, want %s since day %v", d.Status, instant(d.Start), test.status, test.start)
			}
			if got := h.Stages[d.Furthest]; got != test.furthest {
				t.Errorf("furthest = %s, want %s", got, test.furthest)
			}
			var skipped []string
			for _, i := range d.Skipped {
				skipped = append(skipped, h.Stages[i])
			}
			if !slices.Equal(skipped, test.skipped) {
				t.Errorf("skipped = %v, want %v", skipped, test.skipped)
			}
		})
	}
}

// anyScript draws deals that do whatever deals do.
func anyScript(t *rapid.T) *script {
	s := newScript(testProcess())
	if rapid.Bool().Draw(t, "won stage is last") {
		s.process = wonLast()
	}
	for id := range rapid.Int64Range(1, 25).Draw(t, "deals") {
		day := rapid.Float64Range(0, 60).Draw(t, "created")
		s.create(id+1, day, "lead").worth(id+1, rapid.Int64Range(0, 1e6).Draw(t, "amount"), rapid.SampledFrom([]string{"EUR", "CNY"}).Draw(t, "currency"))
		for range rapid.IntRange(0, 9).Draw(t, "events") {
			day += rapid.SampledFrom([]float64{0, 0.5, 3, 11}).Draw(t, "later")
			s.anything(t, id+1, day)
		}
	}
	return s
}

func (s *script) anything(t *rapid.T, id int64, day float64) {
	d := sales.Fold(s.log[id]).Deal
	what := rapid.IntRange(0, 9).Draw(t, "what")
	switch {
	case what == 0:
		last := len(s.log[id])
		if e := s.log[id][last-1]; last > 1 && e.Type != sales.Undone {
			s.undo(id, day, last)
		}
	case d.Status == sales.Lost:
		s.reopen(id, day, d.Stage)
	case d.Status == sales.Won && !d.Done.IsZero() && what < 5:
		s.reopen(id, day, "offer")
	case !d.Done.IsZero():
	case what < 3 && d.Status == sales.Open:
		s.lose(id, day, "price")
	default:
		to := rapid.IntRange(0, len(s.process.Stages)-1).Draw(t, "to")
		if s.process.Stages[to].Key != d.Stage {
			s.move(id, day, s.process.Stages[to].Key)
		} else if to == len(s.process.Stages)-1 {
			s.add(id, day, sales.Completed, sales.EventData{From: d.Stage})
		}
	}
}

func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScript(t)
		asOf := rapid.Float64Range(0, 120).Draw(t, "as of")
		h := s.history(asOf)
		o := Options{AsOf: at(asOf)}
		rows := funnel(h, o).Rows().([]FunnelRow)
		entries, open := 0, 0
		for i, r := range rows {
			if r.Entries != r.Advanced+r.Back+r.Won+r.Lost+r.Open {
				t.Fatalf("%s: entries %d = advanced %d + back %d + won %d + lost %d + open %d does not hold", r.Stage, r.Entries, r.Advanced, r.Back, r.Won, r.Lost, r.Open)
			}
			if i > 0 && r.Reached > rows[i-1].Reached {
				t.Fatalf("more deals reached %s than the stage before", r.Stage)
			}
			entries, open = entries+r.Entries, open+r.Open
		}
		if stays := len(staysOf(h)); entries != stays {
			t.Fatalf("%d entries of %d stays", entries, stays)
		}
		if rows[0].Reached != len(h.Deals) {
			t.Fatalf("%d of %d deals reached the first stage", rows[0].Reached, len(h.Deals))
		}
		out := outcomes(h, o).(OutcomesRow)
		if out.Won+out.Lost+out.Open != len(h.Deals) || out.Open != h.open() {
			t.Fatalf("%d won, %d lost, %d open of %d deals", out.Won, out.Lost, out.Open, len(h.Deals))
		}
		if by := float64(out.WinByHorizon + out.LostByHorizon); len(h.Deals) > 0 && !(by >= 0 && by <= 1+1e-9) {
			t.Fatalf("won and lost by the horizon are %v together", by)
		}
		checkDays(t, h, o)
		checkFollows(t, h, o, entries-open)
	})
}

// checkDays: what the stages hold is what the deals were there, and their shares are one.
func checkDays(t *rapid.T, h *History, o Options) {
	total, share := 0.0, 0.0
	for _, r := range stages(h, o).Rows().([]StagesRow) {
		total += float64(r.TotalDays)
		if stat.Known(float64(r.Share)) {
			share += float64(r.Share)
		}
	}
	want := 0.0
	for s := range h.each {
		want += h.lasted(s)
	}
	if diff := total - want; diff > 1e-6 || diff < -1e-6 {
		t.Fatalf("%v days in all stages, want %v", total, want)
	}
	before := 0.0
	for s := range h.each {
		if h.beforeWin(int(s.Stage)) {
			before += h.lasted(s)
		}
	}
	if before > 0 && (share < 1-1e-9 || share > 1+1e-9) {
		t.Fatalf("shares add up to %v", share)
	}
}

// checkFollows: every ended stay is an arrow, and what comes back is one more.
func checkFollows(t *rapid.T, h *History, o Options, ended int) {
	n, again := 0, 0
	for _, r := range follows(h, o).Rows().([]FollowsRow) {
		n += r.N
	}
	for _, d := range h.Deals {
		stays := d.stays
		for i := 1; i < len(stays); i++ {
			if stays[i-1].Exit == exitLost || stays[i-1].Exit == exitWon && stays[i].Stage != stays[i-1].To {
				again++
			}
		}
	}
	if n != ended+again {
		t.Fatalf("%d moves, want %d ended stays and %d reopenings", n, ended, again)
	}
}

// The rows are those that the store keeps beside the log.
func TestRowsAreTheFoldedStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScript(t)
		h := s.history(1000)
		for _, d := range h.Deals {
			folded := sales.Fold(s.log[d.ID])
			if folded.Deal.Status != d.Status || len(folded.Stays) != len(d.stays) {
				t.Fatalf("deal %d: %s with %d stays, want %s with %d", d.ID, d.Status, len(d.stays), folded.Deal.Status, len(folded.Stays))
			}
			for j, row := range d.stays {
				f := folded.Stays[j]
				if h.Stages[row.Stage] != f.Stage || row.Entered != f.Entered.UnixMilli() || row.Exit != exits[f.Exit] {
					t.Fatalf("deal %d, stay %d: %+v, want %+v", d.ID, j, row, f)
				}
			}
		}
	})
}
