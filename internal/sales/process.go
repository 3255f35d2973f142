package sales

import (
	"slices"
	"time"
)

// Text is a name or explanation in the languages of the team: "en", "zh". The
// key "" holds a text that was given without a language.
type Text map[string]string

// In returns the text in the language, or else in English, in the language-less
// form, or in any language that there is.
func (t Text) In(lang string) string {
	for _, l := range []string{lang, "", "en", "zh"} {
		if s := t[l]; s != "" {
			return s
		}
	}
	for _, s := range t {
		return s
	}
	return ""
}

// Process is one map of how a deal is sold, from before the first contact to
// after the payment. It is immutable: a change makes a new version.
type Process struct {
	Key        string         `yaml:"key" json:"key"`
	Name       Text           `yaml:"name" json:"name"`
	Default    bool           `yaml:"default,omitempty" json:"default,omitempty"` // where new deals go when nobody says
	Currency   string         `yaml:"currency" json:"currency"`                   // ISO 4217
	Calendar   Calendar       `yaml:"calendar" json:"calendar"`
	Roles      []string       `yaml:"roles" json:"roles"`                       // role keys that the process needs
	Fields     []Field        `yaml:"fields,omitempty" json:"fields,omitempty"` // beside the built-in ones
	Stages     []Stage        `yaml:"stages" json:"stages"`                     // in order
	Activities []ActivityType `yaml:"activities" json:"activities"`
	Reasons    []Reason       `yaml:"reasons" json:"reasons"` // why deals are lost
	Policies   []Policy       `yaml:"policies,omitempty" json:"policies,omitempty"`
	Moved      Moves          `yaml:"moved,omitempty" json:"moved,omitempty"` // where deals of a removed stage go
	Quiet      Days           `yaml:"quiet_after,omitempty" json:"quiet_after,omitempty"`

	Version int `yaml:"-" json:"version"` // given by the store, from 1
}

// Moves maps the key of a removed stage to the stage that its deals go to.
type Moves map[string]string

// Days is a length in working days of the process's calendar.
type Days float64

// Field is something that a deal can hold beside the built-in fields.
type Field struct {
	Key     string    `yaml:"key" json:"key"`
	Name    Text      `yaml:"name" json:"name"`
	Type    FieldType `yaml:"type" json:"type"`
	Options []Option  `yaml:"options,omitempty" json:"options,omitempty"` // for choice
}

// Option is one answer of a choice.
type Option struct {
	Key  string `yaml:"key" json:"key"`
	Name Text   `yaml:"name" json:"name"`
}

// FieldType says what a field holds and how it is read.
type FieldType string

const (
	FieldText    FieldType = "text"
	FieldNumber  FieldType = "number"
	FieldPercent FieldType = "percent" // a number
	FieldLong    FieldType = "long_text"
	FieldFile    FieldType = "file" // in forms of approvals alone: "F012AB3CD https://… name"
	FieldMoney   FieldType = "money"
	FieldDate    FieldType = "date"
	FieldChoice  FieldType = "choice"
	FieldUser    FieldType = "user"
	FieldLink    FieldType = "link"
)

// Stage is one step of the process: what is done, by whom, in what time, why
// and how, and what must be met before a deal may leave it.
type Stage struct {
	Key     string   `yaml:"key" json:"key"`
	Name    Text     `yaml:"name" json:"name"`
	What    Text     `yaml:"what" json:"what"`
	Who     []string `yaml:"who" json:"who"`                           // role keys
	Target  Days     `yaml:"target,omitempty" json:"target,omitempty"` // working days; 0 is no target
	Why     Text     `yaml:"why,omitempty" json:"why,omitempty"`
	Affects []string `yaml:"affects,omitempty" json:"affects,omitempty"` // stage keys
	How     Text     `yaml:"how,omitempty" json:"how,omitempty"`
	Links   []Link   `yaml:"links,omitempty" json:"links,omitempty"`
	Gate    Gate     `yaml:"gate,omitempty" json:"gate,omitzero"`
	Won     bool     `yaml:"won,omitempty" json:"won,omitempty"` // a deal is won when it enters here
}

// Link is a page that helps with a stage.
type Link struct {
	Name Text   `yaml:"name" json:"name"`
	URL  string `yaml:"url" json:"url"`
}

// Gate is what a stage requires before a deal may leave it forwards.
type Gate struct {
	Fields     []string       `yaml:"fields,omitempty" json:"fields,omitempty"`
	Activities []ActivityNeed `yaml:"activities,omitempty" json:"activities,omitempty"`
	Approvals  []ApprovalNeed `yaml:"approvals,omitempty" json:"approvals,omitempty"`
}

// ActivityNeed asks for at least N activities of a type.
type ActivityNeed struct {
	Type  string `yaml:"type" json:"type"`
	N     int    `yaml:"at_least,omitempty" json:"at_least"`
	Since Since  `yaml:"since,omitempty" json:"since"`
}

// Since says from when on an activity counts for a gate.
type Since string

const (
	SinceStage Since = "stage" // since the deal entered the stage
	SinceEver  Since = "ever"
)

// ApprovalNeed asks for a standing approval of a kind, when its condition holds.
type ApprovalNeed struct {
	Kind string    `yaml:"kind" json:"kind"`
	When Condition `yaml:"when,omitempty" json:"when,omitempty"`
}

// ActivityType is a kind of work done for a deal.
type ActivityType struct {
	Key       string   `yaml:"key" json:"key"`
	Name      Text     `yaml:"name" json:"name"`
	Also      []string `yaml:"also,omitempty" json:"also,omitempty"` // other words that people type
	Minutes   int      `yaml:"minutes" json:"minutes"`               // assumed when nobody says
	Symbol    string   `yaml:"symbol" json:"symbol"`                 // an emoji name with its colons
	Automatic bool     `yaml:"automatic,omitempty" json:"automatic,omitempty"`
	Cost      float64  `yaml:"cost,omitempty" json:"cost,omitempty"` // fixed, in units of the process's currency, beside the minutes
}

// Reason is why a deal was lost.
type Reason struct {
	Key  string `yaml:"key" json:"key"`
	Name Text   `yaml:"name" json:"name"`
}

// Policy rules one kind of approval.
type Policy struct {
	Kind         string   `yaml:"kind" json:"kind"`
	Name         Text     `yaml:"name" json:"name"`
	Form         []Field  `yaml:"form,omitempty" json:"form,omitempty"` // beside amount, discount, margin, terms and link
	Required     []string `yaml:"required,omitempty" json:"required,omitempty"`
	Material     []string `yaml:"material,omitempty" json:"material,omitempty"`           // fields whose change asks everybody again; all when it is empty
	Exact        []string `yaml:"exact,omitempty" json:"exact,omitempty"`                 // fields of the deal for which an approval holds at no other value, a lower amount included
	ConfirmAbove float64  `yaml:"confirm_above,omitempty" json:"confirm_above,omitempty"` // amount above which approving takes the amount typed; 0 is none
	Distinct     bool     `yaml:"distinct,omitempty" json:"distinct,omitempty"`           // nobody answers two steps of one request
	Expire       Days     `yaml:"expire,omitempty" json:"expire,omitempty"`               // working days after which a request that waits ends without approval; 0 is never
	Steps        []Step   `yaml:"steps" json:"steps"`                                     // in order
}

// Step is one thing that an approval needs to be decided.
type Step struct {
	Key          string    `yaml:"key" json:"key"`
	Name         Text      `yaml:"name" json:"name"`
	Roles        []string  `yaml:"roles,omitempty" json:"roles"`                           // whose holders may decide
	Groups       []string  `yaml:"groups,omitempty" json:"groups,omitempty"`               // ids of Slack user groups whose members may
	Users        []string  `yaml:"users,omitempty" json:"users,omitempty"`                 // Slack user ids of others who may
	Manager      bool      `yaml:"manager,omitempty" json:"manager,omitempty"`             // the requester's manager may, too
	Rule         Rule      `yaml:"rule,omitempty" json:"rule,omitempty"`                   // how many of them have to; any when it is empty
	ConfirmAbove float64   `yaml:"confirm_above,omitempty" json:"confirm_above,omitempty"` // instead of the policy's
	Parallel     bool      `yaml:"parallel,omitempty" json:"parallel,omitempty"`           // asked together with the step before it
	When         Condition `yaml:"when,omitempty" json:"when,omitempty"`
	Target       Days      `yaml:"target,omitempty" json:"target,omitempty"`

	Remind   Days       `yaml:"remind,omitempty" json:"remind,omitempty"` // working days after which those who are awaited are reminded; 0 is RemindAfter
	Escalate Escalation `yaml:"escalate,omitempty" json:"escalate,omitzero"`
}

// UserGroups returns the ids of the user groups that steps ask or escalate to.
func (p *Process) UserGroups() []string {
	var out []string
	for _, o := range p.Policies {
		for _, s := range o.Steps {
			out = append(out, newStep(s).UserGroups()...)
		}
	}
	return compact(out)
}

// Asks names whom the step asks: keys of roles, ids of user groups and of users, and EscalateManager
// for the requester's manager. Keys of roles are written "role:pricing".
func (s Step) Asks() []string {
	var out []string
	for _, r := range s.Roles {
		out = append(out, RoleAsked+r)
	}
	out = append(append(out, s.Groups...), s.Users...)
	if s.Manager {
		out = append(out, EscalateManager)
	}
	return out
}

// RoleAsked stands before the key of a role that a step asks.
const RoleAsked = "role:"

// Escalation says who else may decide a step when it has waited for long.
type Escalation struct {
	After Days     `yaml:"after" json:"after"` // working days
	To    []string `yaml:"to" json:"to"`       // role keys, ids of Slack users and user groups, and EscalateManager
}

// EscalateManager stands for the requester's manager in an escalation.
const EscalateManager = "manager"

// RemindAfter is after how many working days people are reminded of what waits for them when
// the process does not say.
const RemindAfter Days = 1

// Stage returns the stage with the key.
func (p *Process) Stage(key string) (Stage, bool) {
	if i := p.StageIndex(key); i >= 0 {
		return p.Stages[i], true
	}
	return Stage{}, false
}

// StageIndex returns the stage's place in the order, or -1.
func (p *Process) StageIndex(key string) int {
	return slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Key == key })
}

// WonIndex returns the place of the stage that wins a deal; every checked process has one.
func (p *Process) WonIndex() int {
	return slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Won })
}

// Activity returns the activity type with the key.
func (p *Process) Activity(key string) (ActivityType, bool) {
	i := slices.IndexFunc(p.Activities, func(a ActivityType) bool { return a.Key == key })
	if i < 0 {
		return ActivityType{}, false
	}
	return p.Activities[i], true
}

// Reason returns the loss reason with the key.
func (p *Process) Reason(key string) (Reason, bool) {
	i := slices.IndexFunc(p.Reasons, func(r Reason) bool { return r.Key == key })
	if i < 0 {
		return Reason{}, false
	}
	return p.Reasons[i], true
}

// Policy returns the policy for a kind of approval.
func (p *Process) Policy(kind string) (Policy, bool) {
	i := slices.IndexFunc(p.Policies, func(o Policy) bool { return o.Kind == kind })
	if i < 0 {
		return Policy{}, false
	}
	return p.Policies[i], true
}

// Field returns the process's own field with the key.
func (p *Process) Field(key string) (Field, bool) {
	i := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return p.Fields[i], true
}

// QuietAfter returns after how many working days without an activity a deal counts as quiet.
func (p *Process) QuietAfter() Days {
	if p.Quiet > 0 {
		return p.Quiet
	}
	return defaultQuiet
}

const defaultQuiet Days = 5

// Window is a half-open span of time; a zero To is still open.
type Window struct{ From, To time.Time }
