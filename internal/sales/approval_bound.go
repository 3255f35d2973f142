package sales

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// An approval is bound to what was asked and to what the deal said then: Approval.Form and
// Approval.Facts. Where both speak of the same thing, such as the amount, neither can be
// used to pass by the other: conditions are asked of both, and the approval covers both.

// Shift is a value of the deal that an approval does not cover, in canonical form.
type Shift struct {
	Field string `json:"field"`
	Was   string `json:"was,omitempty"` // what was approved or asked for, "" when nothing was
	Is    string `json:"is,omitempty"`  // what the deal says now
}

// bound are the fields of the deal that an approval under the policy is bound to: the material ones
// that deals have. A policy that names none is bound to those that its form asks for as well.
func (c *Case) bound(policy Policy) []Field {
	keys := policy.Material
	if len(keys) == 0 {
		for _, f := range policy.FormFields() {
			keys = append(keys, f.Key)
		}
	}
	var out []Field
	for _, k := range slices.Concat(keys, policy.Exact) {
		f, ok := c.Process.FieldOf(k)
		if ok && !slices.ContainsFunc(out, func(x Field) bool { return x.Key == k }) {
			out = append(out, f)
		}
	}
	return out
}

// facts are the deal's amount and the values that a request under the policy is bound to, as they are now.
func (c *Case) facts(policy Policy) map[string]string {
	out := map[string]string{"amount": c.Deal.Value("amount")}
	for _, f := range c.bound(policy) {
		out[f.Key] = c.Deal.Value(f.Key)
	}
	return out
}

// Outgrown returns what the deal says now beyond what the request covers: a higher amount, a lower margin, any
// other value of the rest, and of all that the policy holds exactly.
func (c *Case) Outgrown(a Approval) []Shift {
	policy, _ := c.Process.Policy(a.Kind)
	var out []Shift
	for _, f := range c.bound(policy) {
		is := c.Deal.Value(f.Key)
		if was, ok := covered(f, a, is, slices.Contains(policy.Exact, f.Key)); !ok {
			out = append(out, Shift{Field: f.Key, Was: was, Is: is})
		}
	}
	return out
}

// covered returns what the request covers of a field, and whether that covers the value.
func covered(f Field, a Approval, is string, exact bool) (was string, ok bool) {
	fact, known := a.Facts[f.Key]
	form := a.Form[f.Key]
	if form == "" && !known {
		return "", true // it was asked for when requests did not look at their deals yet
	}
	if was = fact; form != "" && (fact == "" || within(f, fact, form, exact)) {
		was = form
	}
	switch {
	case is == "":
		return was, fact == "" || f.Key == "amount" && !exact // less than any amount is no more
	case f.Type == FieldMoney && form != "" && !sameCurrency(form, is):
		return form, false // two amounts of which nobody can say which one is larger
	}
	return was, within(f, is, fact, exact) || within(f, is, form, exact)
}

// within reports whether who approved one value approved the other with it.
func within(f Field, is, approved string, exact bool) bool {
	switch {
	case approved == "":
		return false
	case is == approved:
		return true
	case f.Key == "amount" && !exact:
		return sameCurrency(is, approved) && amountOf(is).Minor <= amountOf(approved).Minor
	case f.Key == "margin" && !exact:
		m, err := strconv.ParseFloat(is, 64)
		n, other := strconv.ParseFloat(approved, 64)
		return err == nil && other == nil && m >= n
	}
	return false
}

func amountOf(canonical string) Money {
	m, _ := MoneyFromCanonical(canonical)
	return m
}

func sameCurrency(a, b string) bool { return amountOf(a).Currency == amountOf(b).Currency }

// Amount is the amount that the request is about: the larger one of what its form and its deal said
// when it was asked for. Not set when neither named any.
func (a Approval) Amount() Money {
	form, deal := amountOf(a.Form["amount"]), amountOf(a.Facts["amount"])
	if !form.IsSet() || form.Currency == deal.Currency && deal.Minor > form.Minor {
		return deal
	}
	return form
}

// Lacking returns the first step of an approved request that was passed over and would be asked for the deal as it is now;
// "" when there is none. A condition that the process can no longer read counts as holding.
func (c *Case) Lacking(a Approval) string {
	policy, _ := c.Process.Policy(a.Kind)
	for _, s := range a.Steps {
		if s.Status != StepSkipped {
			continue
		}
		if asked, err := c.asks(s.When, policy, a.Form); asked || err != nil {
			return s.Key
		}
	}
	return ""
}

// asks reports whether a condition holds for the deal and the form. Where they differ it is asked of
// every mix of what the two say, so that neither can be used to pass a step by.
func (c *Case) asks(when Condition, policy Policy, form map[string]string) (bool, error) {
	env, also := c.env(), map[string]any{}
	for _, f := range policy.FormFields() {
		v, given := form[f.Key]
		if !given {
			if _, known := env[f.Key]; !known {
				env[f.Key] = envValue(f.Type, "")
			}
			continue
		}
		value := envValue(f.Type, v)
		if _, shared := c.Process.FieldOf(f.Key); shared && c.Deal.Value(f.Key) != "" && env[f.Key] != value {
			also[f.Key] = value
		} else {
			env[f.Key] = value
		}
		if m := amountOf(v); f.Key == "amount" && m.Currency != c.Deal.Amount.Currency {
			if c.Deal.Amount.IsSet() {
				also["currency"] = m.Currency
			} else {
				env["currency"] = m.Currency
			}
		}
	}
	return when.HoldsForAny(env, also)
}

// checkCurrencies refuses a form with an amount in another currency than the deal's.
func (c *Case) checkCurrencies(policy Policy, form map[string]string) error {
	for _, f := range policy.FormFields() {
		asked, deal := form[f.Key], c.Deal.Value(f.Key)
		if f.Type == FieldMoney && asked != "" && deal != "" && !sameCurrency(asked, deal) {
			return refuse(Invalid, "approval.currency", "field", f.Key, "currency", amountOf(deal).Currency, "other", amountOf(asked).Currency)
		}
	}
	return nil
}

// Follow brings a waiting request up to date with a change of its deal, so that it is always bound to what its card
// shows. When the deal went beyond what was asked for, or needs a step that was passed over, the answers so far are void and
// everybody is asked again: for what the deal says now, where the form said the same as the deal before.
// There are no events when the request is as it was.
func (c *Case) Follow(a Approval, actor string, now time.Time) (Approval, []Event, error) {
	policy, ok := c.Process.Policy(a.Kind)
	if !ok || a.State != Pending {
		return a, nil, nil
	}
	facts, lacking := c.facts(policy), c.Lacking(a) != ""
	if maps.Equal(facts, a.Facts) && !lacking {
		return a, nil, nil
	}
	next := a
	next.Facts, next.Version = facts, a.Version+1
	data := EventData{Kind: a.Kind, Approval: a.ID, Seen: next.Version, Facts: facts}
	for _, f := range slices.Sorted(maps.Keys(changes(a.Facts, facts))) {
		data.Shifts = append(data.Shifts, Shift{Field: f, Was: a.Facts[f], Is: facts[f]})
	}
	if beyond := c.Outgrown(a); len(beyond) > 0 || lacking {
		next.Form = c.followed(a, beyond)
		var err error
		if next.Steps, _, err = c.stepsAfter(a, policy, next.Form); err != nil {
			return a, nil, nil //nolint:nilerr // nobody could decide it now: the gate will ask for it again
		}
		next.open(now)
		next.settle("", now)
		data.Outcome, data.Form, data.Before = Voided, next.Form, changes(a.Form, next.Form)
	}
	return next, c.event(actor, now, Followed, data), nil
}

// Again returns the form with which a request is asked for anew: what was asked for last, with what
// the deal says now where that has changed since, and these changes.
func (c *Case) Again(last Approval) (map[string]string, []Shift) {
	var shifts []Shift
	for _, f := range slices.Sorted(maps.Keys(last.Facts)) {
		if is := c.Deal.Value(f); is != last.Facts[f] {
			shifts = append(shifts, Shift{Field: f, Was: last.Facts[f], Is: is})
		}
	}
	if len(last.Facts) == 0 {
		shifts = c.Outgrown(last)
	}
	form := maps.Clone(last.Form)
	for _, s := range shifts {
		if _, given := form[s.Field]; given && s.Is != "" {
			form[s.Field] = s.Is
		}
	}
	return form, shifts
}

// followed is the request's form with the deal's new values where it said the same as the deal before.
func (c *Case) followed(a Approval, shifts []Shift) map[string]string {
	form := maps.Clone(a.Form)
	for _, s := range shifts {
		if v, given := form[s.Field]; given && v == a.Facts[s.Field] && s.Is != "" {
			form[s.Field] = s.Is
		}
	}
	return form
}
