package sales

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// testProcess has three stages before the win and two after it; leaving
// "offer" needs a close date, a call and, above 10,000, an approved quote.
func testProcess() *Process {
	return &Process{
		Key: "b2b", Version: 1, Currency: "EUR",
		Stages: []Stage{
			{Key: "lead"},
			{Key: "offer", Target: 3, Gate: Gate{
				Fields:     []string{"close"},
				Activities: []ActivityNeed{{Type: "call", N: 1, Since: SinceStage}},
				Approvals:  []ApprovalNeed{{Kind: "quote", When: "amount > 10000"}},
			}},
			{Key: "contract"},
			{Key: "signed", Won: true},
			{Key: "paid"},
		},
		Activities: []ActivityType{{Key: "call", Minutes: 20}},
		Reasons:    []Reason{{Key: "price"}},
		Policies: []Policy{{Kind: "quote", Required: []string{"amount"}, Steps: []Step{
			{Key: "feasibility", Roles: []string{"product"}},
			{Key: "price", Roles: []string{"pricing"}, When: "discount > 15"},
		}}},
	}
}

func testOrg() *Organisation {
	return &Organisation{
		Teams: []Team{{Key: "north", Manager: "UMANAGER", Members: []string{"UANA", "UBEN"}}, {Key: "south", Members: []string{"UCID"}, Private: true}},
		Roles: []Role{{Key: "product", Users: []string{"UPROD", "UANA"}}, {Key: "pricing", Users: []string{"UPRICE"}}},
	}
}

// story plays events on a deal as the store does.
type story struct {
	t *testing.T
	Case
	h   History
	now time.Time
}

func begin(t *testing.T, amount Money) *story {
	t.Helper()
	s := &story{t: t, Case: Case{Process: testProcess(), Org: testOrg()}, now: monday}
	events, err := Create(s.Process, s.Org, "UANA", NewDeal{Name: "Acme", Amount: amount}, s.now)
	s.ok(events, err)
	return s
}

func (s *story) ok(events []Event, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("refused: %v", err)
	}
	for _, e := range events {
		e.Deal = 1
		s.Log = append(s.Log, e)
		if Undoes(e.Type) {
			s.h = Fold(s.Log)
		} else {
			s.h.Apply(e)
		}
	}
	s.Deal = s.h.Deal
	s.now = s.now.Add(time.Minute)
}

func (s *story) log(kind string) {
	s.t.Helper()
	events, err := s.LogActivity("UANA", Activity{Type: kind}, s.now)
	s.Activities = append(s.Activities, Activity{ID: int64(len(s.Activities) + 1), Type: kind, Actor: "UANA", At: s.now, Event: s.Deal.Version + 1})
	s.ok(events, err)
}

func (s *story) refused(err error, kind Kind, code string) *Error {
	s.t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind || e.Code != code {
		s.t.Fatalf("got %v, want %s", err, code)
	}
	return e
}

func TestGateAsksForWhatIsMissing(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	s.log("call") // before the stage was entered, so it does not count
	s.ok(s.Advance("UANA", Move{}, s.now))

	_, err := s.Advance("UANA", Move{}, s.now)
	e := s.refused(err, GateNotMet, "gate.not_met")
	var keys []string
	for _, m := range e.Missing {
		keys = append(keys, m.Key())
	}
	if want := []string{"field:close", "activity:call", "approval:quote"}; !slices.Equal(keys, want) {
		t.Fatalf("missing %v, want %v", keys, want)
	}

	s.log("call")
	s.ok(s.Set("UANA", "close", "2026-12-24", s.now))
	_, err = s.Advance("UANA", Move{}, s.now)
	if e = s.refused(err, GateNotMet, "gate.not_met"); len(e.Missing) != 1 {
		t.Fatalf("missing %v, want the quote alone", e.Missing)
	}
	s.Approvals = []Approval{{ID: 1, Kind: "quote", Episode: 1, State: Approved}}
	s.ok(s.Advance("UANA", Move{}, s.now))
	if s.Deal.Stage != "contract" {
		t.Fatalf("stands in %s", s.Deal.Stage)
	}
}

func TestGateConditionLetsSmallDealsPass(t *testing.T) {
	s := begin(t, Money{500_000, "EUR"})
	s.ok(s.Advance("UANA", Move{}, s.now))
	_, err := s.Advance("UANA", Move{}, s.now)
	if e := s.refused(err, GateNotMet, "gate.not_met"); len(e.Missing) != 2 {
		t.Fatalf("missing %v, want no approval below the threshold", e.Missing)
	}
}

func TestApprovalsOfStagesPassedOverMustStand(t *testing.T) {
	s := begin(t, Money{2_000_000, "EUR"})
	for _, advance := range []func() ([]Event, error){
		func() ([]Event, error) { return s.Advance("UANA", Move{To: "contract"}, s.now) },
		func() ([]Event, error) { return s.Win("UANA", Move{}, s.now) },
	} {
		_, err := advance()
		if e := s.refused(err, GateNotMet, "gate.not_met"); len(e.Missing) != 1 || e.Missing[0].Key() != "approval:quote" {
			t.Fatalf("missing %v, want the passed-over approval and nothing else", e.Missing)
		}
	}
	_, err := s.Advance("UANA", Move{To: "contract", Override: "urgent"}, s.now)
	if e := s.refused(err, NotAllowed, "override.not_allowed"); !slices.Contains(e.Who, "UMANAGER") {
		t.Fatalf("does not say that the manager may: %v", e.Who)
	}
	s.ok(s.Advance("UMANAGER", Move{To: "contract", Override: "urgent"}, s.now))
	last := s.Log[len(s.Log)-1].Data
	if !last.Override || last.Why != "urgent" || !slices.Equal(last.Missing, []string{"approval:quote"}) || !slices.Equal(last.Skipped, []string{"offer"}) {
		t.Fatalf("recorded %+v", last)
	}
}

func TestWinCompletionAndReopening(t *testing.T) {
	s := begin(t, Money{})
	s.ok(s.Win("UANA", Move{}, s.now))
	if s.Deal.Status != Won || s.Deal.Stage != "signed" || s.Deal.Closed.IsZero() {
		t.Fatalf("not won: %+v", s.Deal)
	}
	s.ok(s.Advance("UANA", Move{}, s.now))
	s.ok(s.Advance("UANA", Move{}, s.now))
	if s.Deal.Done.IsZero() {
		t.Fatal("not completed after the last stage")
	}
	_, err := s.Advance("UANA", Move{}, s.now)
	s.refused(err, Conflict, "deal.completed")
	s.ok(s.Back("UANA", Move{To: "contract", Because: "not signed after all"}, s.now))
	if s.Deal.Status != Open || s.Deal.Episode != 2 || !s.Deal.Closed.IsZero() || !s.Deal.Done.IsZero() {
		t.Fatalf("going back across the win does not reopen: %+v", s.Deal)
	}
	var exits []Exit
	for _, stay := range s.h.Stays {
		exits = append(exits, stay.Exit)
	}
	if want := []Exit{ExitWon, ExitForward, ExitCompleted, ExitOpen}; !slices.Equal(exits, want) {
		t.Fatalf("exits %v, want %v", exits, want)
	}
}

func TestLostAndReopened(t *testing.T) {
	s := begin(t, Money{})
	_, err := s.Lose("UANA", "", "", 0, s.now)
	s.refused(err, Invalid, "lost.no_reason")
	_, err = s.Lose("UANA", "weather", "", 0, s.now)
	s.refused(err, NotFound, "reason.unknown")
	s.ok(s.Lose("UANA", "price", "", 0, s.now))
	_, err = s.Reopen("UANA", "", s.now)
	s.refused(err, Invalid, "reopen.no_reason")
	s.ok(s.Reopen("UANA", "they called back", s.now))
	if s.Deal.Status != Open || s.Deal.Stage != "lead" || s.Deal.Episode != 2 || s.Deal.Reason != "" {
		t.Fatalf("not taken up again: %+v", s.Deal)
	}
}

func TestOnlyWhoMayWorksADeal(t *testing.T) {
	s := begin(t, Money{})
	for user, may := range map[string]bool{"UANA": true, "UBEN": true, "UMANAGER": true, "UCID": false, "UPRICE": false} {
		_, err := s.Advance(user, Move{}, s.now)
		if may != (err == nil) {
			t.Errorf("%s: %v", user, err)
		}
	}
	_, err := s.Advance("UCID", Move{}, s.now)
	if e := s.refused(err, NotAllowed, "deal.not_yours"); !slices.Equal(e.Who, []string{"UANA", "UMANAGER"}) {
		t.Errorf("says %v may", e.Who)
	}
}

func TestAMoveIsRefusedWhenTheDealMovedSince(t *testing.T) {
	s := begin(t, Money{})
	seen := s.Deal.Moves
	s.ok(s.Advance("UBEN", Move{Seen: seen}, s.now))
	_, err := s.Advance("UANA", Move{Seen: seen}, s.now)
	s.refused(err, Conflict, "deal.moved_since")
}

func TestUndo(t *testing.T) {
	s := begin(t, Money{500_000, "EUR"})
	before := s.h
	before.Stays = slices.Clone(before.Stays)
	s.ok(s.Advance("UANA", Move{}, s.now))
	_, err := s.Undo("UBEN", s.now)
	s.refused(err, NotAllowed, "undo.not_yours")
	_, err = s.Undo("UANA", s.now.Add(UndoWithin))
	s.refused(err, Conflict, "undo.too_late")
	s.ok(s.Undo("UANA", s.now))
	want := before.Deal
	want.Version, want.Moves = s.Deal.Version, s.Deal.Moves
	if diff := cmp.Diff(want, s.Deal); diff != "" {
		t.Errorf("undo does not restore the deal:\n%s", diff)
	}
	if diff := cmp.Diff(before.Stays, s.h.Stays); diff != "" {
		t.Errorf("undo does not restore the stays:\n%s", diff)
	}
	_, err = s.Undo("UANA", s.now)
	s.refused(err, NotFound, "undo.nothing")
}

func TestWaitsAreRecorded(t *testing.T) {
	s := begin(t, Money{})
	s.ok(s.WaitOn("UANA", WaitCustomer, "on holiday", s.now))
	s.ok(s.Park("UANA", s.now.Add(48*time.Hour), "budget", s.now))
	if Attention(s.Deal, s.Process, s.now.Add(47*time.Hour)) != nil {
		t.Error("a parked deal asks for attention")
	}
	resumed := s.now.Add(24 * time.Hour)
	s.now = resumed
	s.ok(s.Resume("UANA", s.now))
	want := []Wait{
		{Deal: 1, For: ForCustomer, From: monday.Add(time.Minute), To: resumed, Why: "on holiday"},
		{Deal: 1, For: ForParked, From: monday.Add(2 * time.Minute), To: resumed, Why: "budget"},
	}
	if diff := cmp.Diff(want, s.h.Waits); diff != "" {
		t.Error(diff)
	}
	_, err := s.Resume("UANA", s.now)
	s.refused(err, Conflict, "resume.nothing")
}

func TestAttention(t *testing.T) {
	s := begin(t, Money{})
	s.ok(s.Advance("UANA", Move{}, s.now))
	s.ok(s.Plan("UANA", "send the offer", monday, s.now))
	s.ok(s.Set("UANA", "close", "2026-11-24", s.now))
	for days, want := range map[int][]Alert{
		0: nil,
		1: {NextPast},
		2: {NextPast, ClosePast},
		3: {NextPast, ClosePast},
		4: {NextPast, ClosePast, OverTarget},
		7: {NextPast, ClosePast, OverTarget},
		9: {NextPast, ClosePast, OverTarget, Quiet},
	} {
		if got := Attention(s.Deal, s.Process, monday.AddDate(0, 0, days)); !slices.Equal(got, want) {
			t.Errorf("after %d days: %v, want %v", days, got, want)
		}
	}
}

// Whatever people do, in any order, the incremental history equals the replay
// of the log, versions count up by one, and the stays are a chain.
func TestFoldEqualsApply(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Case{Process: testProcess(), Org: testOrg()}
		var h History
		now := monday
		take := func(events []Event, err error) {
			if err != nil {
				return
			}
			for _, e := range events {
				e.Deal = 1
				c.Log = append(c.Log, e)
				if Undoes(e.Type) {
					h = Fold(c.Log)
				} else {
					h.Apply(e)
				}
			}
			c.Deal = h.Deal
		}
		take(Create(c.Process, c.Org, "UANA", NewDeal{Name: "x", Amount: Money{rapid.Int64Range(0, 3_000_000).Draw(t, "amount"), "EUR"}}, now))
		stages := []string{"lead", "offer", "contract", "signed", "paid", "nowhere"}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "seconds")) * time.Second)
			to := rapid.SampledFrom(stages).Draw(t, "to")
			actor := rapid.SampledFrom([]string{"UANA", "UBEN", "UMANAGER", "UCID"}).Draw(t, "actor")
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				take(c.Advance(actor, Move{}, now))
			case 1:
				take(c.Advance(actor, Move{To: to, Override: "because"}, now))
			case 2:
				take(c.Back(actor, Move{To: to}, now))
			case 3:
				take(c.Lose(actor, "price", "", 0, now))
			case 4:
				take(c.Reopen(actor, "again", now))
			case 5:
				take(c.Undo(actor, now))
			case 6:
				take(c.WaitOn(actor, rapid.SampledFrom([]Party{WaitUs, WaitCustomer}).Draw(t, "for"), "", now))
			case 7:
				take(c.Park(actor, now.Add(time.Hour), "", now))
			case 8:
				take(c.Resume(actor, now))
			case 9:
				take(c.Win(actor, Move{Override: "because"}, now))
			}
		}
		replayed := Fold(c.Log)
		if diff := cmp.Diff(replayed, h); diff != "" {
			t.Fatalf("the log says otherwise:\n%s", diff)
		}
		for i, e := range c.Log {
			if e.Version != i+1 {
				t.Fatalf("version %d at place %d", e.Version, i+1)
			}
		}
		for i, stay := range h.Stays {
			if stay.Visit != i+1 || stay.Exit == ExitOpen != stay.Left.IsZero() || stay.Exit == ExitOpen && i+1 < len(h.Stays) {
				t.Fatalf("no chain: %+v", h.Stays)
			}
		}
		if open := len(h.Stays) > 0 && h.Stays[len(h.Stays)-1].Exit == ExitOpen; open != (h.Deal.Status != Lost && h.Deal.Done.IsZero()) {
			t.Fatalf("deal %s (done %v), last stay %+v", h.Deal.Status, h.Deal.Done, h.Stays[len(h.Stays)-1])
		}
	})
}
