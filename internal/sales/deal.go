package sales

import (
	"fmt"
	"time"
)

// Status is where a deal stands.
type Status string

const (
	Open Status = "open"
	Won  Status = "won"
	Lost Status = "lost"
)

// Party is who a deal waits for.
type Party string

const (
	WaitUs       Party = "us"
	WaitCustomer Party = "customer"
)

// Deal is one opportunity moving through a process. Its zero times are unset.
// Only Apply changes it.
type Deal struct {
	ID       int64
	Process  string
	Version  int // of the log: the number of its last event
	Moves    int // grows with every change of stage or status; buttons carry it
	Episode  int // 1, and one more for every reopening
	Name     string
	Account  string
	Owner    string // Slack user id
	Team     string // key of the owner's team when it was assigned
	Amount   Money
	Source   string
	Stage    string
	Entered  time.Time // when it entered the stage
	Status   Status
	Created  time.Time
	Closed   time.Time // won or lost
	Done     time.Time // left the last stage after the win
	Reason   string    // key of the loss reason, or the words of an import
	NextStep string
	NextBy   time.Time // a date: midnight in the process's zone
	Close    time.Time // expected close date
	Margin   *float64  // gross margin as a share of the amount, when known
	Waiting  Party     // "" when nobody said
	WaitFrom time.Time
	Parked   time.Time // until; zero when it is not parked
	ParkFrom time.Time
	ParkWhy  string
	Last     time.Time         // last activity
	Fields   map[string]string // the process's own fields, by key, in canonical form
	External string            // deal_id of an import
}

// Ref is how people name the deal: D-12.
func (d Deal) Ref() string { return fmt.Sprintf("D-%d", d.ID) }

// IsParked reports whether the deal rests on purpose at the instant.
func (d Deal) IsParked(now time.Time) bool {
	return !d.Parked.IsZero() && now.Before(d.Parked)
}

// Exit says how a stay ended.
type Exit string

const (
	ExitOpen      Exit = "open" // not ended
	ExitForward   Exit = "forward"
	ExitBack      Exit = "back"
	ExitWon       Exit = "won"
	ExitLost      Exit = "lost"
	ExitCompleted Exit = "completed" // left the last stage after the win
)

// Stay is one visit of one deal to one stage.
type Stay struct {
	Deal    int64
	Episode int
	Visit   int // 1 for the deal's first stay at all, in order of time
	Stage   string
	Entered time.Time
	Left    time.Time // zero while open
	Exit    Exit
	To      string   // the stage entered next, when there is one
	Skipped []string // stages passed over when leaving
	Actor   string   // who moved it out
	Event   int      // version of the deal's event that opened it
}

// Wait is a span in which a deal waited on purpose, for the analyses.
type Wait struct {
	Deal int64
	For  WaitFor
	From time.Time
	To   time.Time // zero while open
	Why  string
}

// WaitFor is who or what was waited for.
type WaitFor string

const (
	ForUs       WaitFor = "us"
	ForCustomer WaitFor = "customer"
	ForParked   WaitFor = "parked"
	ForApproval WaitFor = "approval"
)

// Activity is something done for a deal.
type Activity struct {
	ID      int64
	Deal    int64
	Type    string
	Minutes int
	Actor   string
	At      time.Time
	Outcome string
	Note    string
	Link    string // permalink of the message that it was logged from
	Cost    Money  // minutes × rate + fixed cost, as known when logged
	Undone  bool
	Event   int // version of the deal's event
}
