package sales

import (
	"strings"
	"time"
)

// EventType names what happened.
type EventType string

const (
	Created   EventType = "created"
	Moved     EventType = "moved" // forward or back, the win included
	LostEvent EventType = "lost"
	Reopened  EventType = "reopened"
	Completed EventType = "completed"
	Changed   EventType = "changed" // one field
	Assigned  EventType = "assigned"
	Planned   EventType = "planned" // next step
	Waited    EventType = "waiting"
	Parked    EventType = "parked"
	Resumed   EventType = "resumed"
	Logged    EventType = "logged"
	Unlogged  EventType = "unlogged"
	Undone    EventType = "undone"
	Requested EventType = "approval_requested"
	Decided   EventType = "approval_decided"
	Withdrawn EventType = "approval_withdrawn"
	Edited    EventType = "approval_changed"
	Forwarded EventType = "approval_forwarded"
	Asked     EventType = "approval_question"  // of an approver to the requester
	Answered  EventType = "approval_answer"    // to it
	Escalated EventType = "approval_escalated" // others may decide as well
	Stranded  EventType = "approval_stranded"  // nobody is left who can decide a step
	Staffed   EventType = "approval_staffed"   // somebody is there again
	Lapsed    EventType = "approval_expired"
	Followed  EventType = "approval_followed" // a waiting request took over what its deal says now
	Pulsed    EventType = "pulse"
	Relocated EventType = "relocated" // a new process version moved it out of a removed stage
)

// What happens to the organisation is in a log of its own.
const (
	Delegated       EventType = "delegated"
	DelegationEnded EventType = "delegation_ended"
)

// Event is one line of a deal's append-only log. Data holds what its type
// needs; fields that do not belong to it are empty and not stored.
type Event struct {
	Deal    int64
	Version int // 1, 2, 3 … within the deal
	At      time.Time
	Actor   string // Slack user id; "" when the program itself acted
	Type    EventType
	Data    EventData
}

// approvalEvent begins the types of all events of requests for an approval.
const approvalEvent = "approval_"

// OfApproval reports whether events of the type belong to a request for an approval.
func OfApproval(t EventType) bool { return strings.HasPrefix(string(t), approvalEvent) }

// Undated is the time of a deal's first event when an import does not know when the
// deal was created: before everything else. The deal's Created is then zero.
var Undated = time.UnixMilli(0).UTC()

// EventData is stored as JSON. Times in it are Unix milliseconds, dates are
// "2026-11-24" in the process's zone.
type EventData struct {
	From      string            `json:"from,omitempty"`      // stage left
	To        string            `json:"to,omitempty"`        // stage entered
	Direction Exit              `json:"direction,omitempty"` // forward, back or won
	Skipped   []string          `json:"skipped,omitempty"`   // stages passed over, in order
	Reopens   bool              `json:"reopens,omitempty"`   // went back across the win
	Ends      bool              `json:"ends,omitempty"`      // the won stage is the last: no stay follows
	NoStay    bool              `json:"no_stay,omitempty"`   // an import does not know when the stage was entered: no stay begins
	Override  bool              `json:"override,omitempty"`  // the gate was not met
	Missing   []string          `json:"missing,omitempty"`   // what an override passed over: Missing.Key
	Why       string            `json:"why,omitempty"`
	Field     string            `json:"field,omitempty"`
	Was       string            `json:"was,omitempty"` // canonical form of the former value
	Value     string            `json:"value,omitempty"`
	User      string            `json:"user,omitempty"`   // new owner, or to whom an approval was forwarded
	Behalf    string            `json:"behalf,omitempty"` // approver in whose place the actor decided or forwarded
	Team      string            `json:"team,omitempty"`
	By        string            `json:"by,omitempty"`    // date
	Until     int64             `json:"until,omitempty"` // parked until
	For       Party             `json:"for,omitempty"`
	Reason    string            `json:"reason,omitempty"`   // loss reason
	Undoes    int               `json:"undoes,omitempty"`   // version of the undone event
	Activity  int64             `json:"activity,omitempty"` // id of the activity
	Kind      string            `json:"kind,omitempty"`     // activity type, or kind of approval
	Minutes   int               `json:"minutes,omitempty"`
	Note      string            `json:"note,omitempty"`
	Outcome   string            `json:"outcome,omitempty"`
	Before    map[string]string `json:"before,omitempty"`   // former values of a request's changed fields
	Form      map[string]string `json:"form,omitempty"`     // what a request asks for, in canonical form
	Facts     map[string]string `json:"facts,omitempty"`    // what a request's deal said of the fields that bind it
	Shifts    []Shift           `json:"shifts,omitempty"`   // how they changed
	Approval  int64             `json:"approval,omitempty"` // id of the approval
	Step      string            `json:"step,omitempty"`
	Question  int               `json:"question,omitempty"` // which of a request's, from 1
	Users     []string          `json:"users,omitempty"`    // who may decide from then on
	Turns     []Turn            `json:"awaits,omitempty"`   // whom a request waits for from then on
	Seen      int               `json:"seen,omitempty"`     // version of the request that was decided on, or that its change made
	Via       string            `json:"via,omitempty"`      // by which door: thread, dm, command, home
	Digest    string            `json:"digest,omitempty"`   // of the request's row as it was stored with this event
	Verdict   Verdict           `json:"verdict,omitempty"`
	Process   string            `json:"process,omitempty"` // of a new deal
	Map       int               `json:"map,omitempty"`     // version of the process in force
	Initial   map[string]string `json:"initial,omitempty"` // a new deal's fields in canonical form
	External  string            `json:"external,omitempty"`
	Source    string            `json:"source,omitempty"`   // "import" for imported events, "sample" for sample data
	Staff     int               `json:"staff,omitempty"`    // pulse: how hard for us, 1 (easy) to 5
	Customer  int               `json:"customer,omitempty"` // pulse: how hard for the customer, 1 to 5
}
