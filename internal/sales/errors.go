package sales

import "fmt"

// Kind says what sort of refusal an error is; callers branch on it with errors.As.
type Kind int

const (
	Invalid    Kind = iota + 1 // the input makes no sense; nothing changed
	NotFound                   // no such deal, stage, type, person …
	Ambiguous                  // more than one fits; Error.Choices lists them
	NotAllowed                 // the person has no right to it; Error.Who says who has
	Conflict                   // the state moved since the person saw it, or is not one in which this can be done
	GateNotMet                 // Error.Missing lists what the gate still asks for
)

// Error is a refusal by a rule. It carries facts, never a sentence: Code names
// the rule that refused, and the handlers hold the words for each code.
type Error struct {
	Kind    Kind
	Code    string         // stable name of the reason, such as "deal.closed"
	Facts   map[string]any // what the sentence needs: field, value, stage, user …
	Choices []Choice       // for Ambiguous, or near misses for NotFound
	Who     []string       // for NotAllowed: user ids of people who may
	Missing []Missing      // for GateNotMet
}

// Choice is one of several things that a person may have meant.
type Choice struct {
	Key   string // what to pass on: a deal's ref, a stage's key …
	Label string // what to show: a name as somebody typed it
}

func (e *Error) Error() string {
	if len(e.Facts) == 0 {
		return e.Code
	}
	return fmt.Sprintf("%s %v", e.Code, e.Facts)
}

// refuse makes an Error; facts are key, value, key, value …
func refuse(kind Kind, code string, facts ...any) *Error {
	return Refuse(kind, code, facts...)
}

// Refuse makes an Error with facts given as key, value, key, value …
func Refuse(kind Kind, code string, facts ...any) *Error {
	e := &Error{Kind: kind, Code: code}
	for i := 0; i+1 < len(facts); i += 2 {
		if e.Facts == nil {
			e.Facts = map[string]any{}
		}
		e.Facts[facts[i].(string)] = facts[i+1]
	}
	return e
}
