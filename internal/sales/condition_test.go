package sales

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var someFields = map[string]FieldType{
	"seats": FieldNumber, "budget": FieldMoney, "starts": FieldDate, "region": FieldChoice, "boss": FieldUser, "page": FieldLink,
}

func TestConditionCheck(t *testing.T) {
	for _, c := range []string{
		"", "amount > 50000", "discount > 15 || amount > 50000", "discount > 15 or amount > 50000 and not (margin < 20)",
		"currency == 'EUR'", "region in ['emea', 'apac']", "starts >= '2026-11-24'", "account contains 'Acme'",
		"lower(name) startsWith 'test'", "max(discount, 10) > margin", "amount - budget > 1000", "seats * 2 > 100.5",
		"amount > 5 ? true : false", "boss == owner", "page != ''", "stage != 'lead'", "true",
	} {
		if err := Condition(c).Check(someFields); err != nil {
			t.Errorf("%q: %v", c, err)
		}
	}
	for _, c := range []struct {
		condition string
		column    int
		reason    string
	}{
		{"amuont > 5", 1, "unknown name"},
		{"amount > 5 && reigon == 'x'", 15, "unknown name"},
		{"amount", 1, "not true or false"},
		{"amount > '5'", 8, "types"},
		{"starts > 20261124", 8, "types"},
		{"amount >", 8, "syntax"},
		{"amount > 5)", 11, "syntax"},
		{"now() > 5", 1, "unknown name"},
		{"env('HOME') == ''", 1, "unknown name"},
		{"all(1..9, # > 0)", 6, "not allowed"},
		{"len(1..1000000) > 5", 6, "not allowed"},
		{"let x = 1; x > 0", 5, "not allowed"},
		{"name.foo == 1", 6, "not allowed"},
		{"{'a': 1} == nil", 1, "not allowed"},
		{"len(name) % 0 == 1", 11, "types"},
		{"100 % len(account) > 5", 5, "types"},
		{strings.Repeat("amount > 1 && ", 40) + "true", 500, "too long"},
		{strings.Repeat("1+", 120) + "1 > amount", 0, "syntax"},
	} {
		err := Condition(c.condition).Check(someFields)
		var e *Error
		if !errors.As(err, &e) || e.Kind != Invalid || e.Code != "condition.invalid" {
			t.Errorf("%.40q: %v", c.condition, err)
			continue
		}
		if e.Facts["column"] != c.column && c.column > 0 || !strings.Contains(fmt.Sprint(e.Facts["reason"]), c.reason) {
			t.Errorf("%.40q: %v; want %q in column %d", c.condition, e.Facts, c.reason, c.column)
		}
	}
	var e *Error
	errors.As(Condition("reigon == 'x'").Check(someFields), &e)
	if e.Facts["nearest"] != "region" {
		t.Errorf("nearest %v", e.Facts["nearest"])
	}
}

func TestConditionHolds(t *testing.T) {
	env := map[string]any{"amount": 60000.0, "discount": 12.5, "region": "emea", "starts": "2026-11-24", "margin": nil}
	for condition, want := range map[string]bool{
		"":                                  true,
		"amount > 50000":                    true,
		"amount == 60000":                   true,
		"discount > 15 || amount > 50000":   true,
		"discount > 15 && amount > 50000":   false,
		"region in ['emea', 'apac']":        true,
		"starts < '2026-12-01'":             true,
		"starts < '2026-09-30'":             false,
		"margin == 0":                       true, // nil
		"name == '' and currency == ''":     true, // left out
		"margin < 20 ? true : amount > 1e6": true,
		"max(amount, discount) == amount":   true,
	} {
		if got, err := Condition(condition).Holds(env); err != nil || got != want {
			t.Errorf("%q: %v, %v", condition, got, err)
		}
	}
	if _, ok := env["name"]; ok || env["margin"] != nil {
		t.Error("the environment was changed")
	}
	if got, err := Condition("amount >= 0").Holds(nil); err != nil || !got {
		t.Errorf("without an environment: %v, %v", got, err)
	}
	for _, c := range []Condition{"seats > 5", "amount", "amount >", "amount > 'x'", "now() > 1", "all(1..3, true)"} {
		var e *Error
		if got, err := c.Holds(env); got || !errors.As(err, &e) || e.Code != "condition.invalid" {
			t.Errorf("%q: %v, %v", c, got, err)
		}
	}
}

// What Check accepts, Holds can answer with every name unset, whatever the condition is.
func TestCheckedConditionsRun(t *testing.T) {
	names := rapid.SampledFrom([]string{"amount", "discount", "seats", "budget", "region", "starts", "name", "stage", "5", "-1.5", "'x'", "''"})
	var gen func(depth int) *rapid.Generator[string]
	gen = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			if depth == 0 || rapid.Bool().Draw(t, "leaf") {
				op := rapid.SampledFrom([]string{"<", "<=", "==", "!=", ">", ">=", "in", "contains", "matches"}).Draw(t, "op")
				return names.Draw(t, "a") + " " + op + " " + names.Draw(t, "b")
			}
			op := rapid.SampledFrom([]string{"&&", "||", "and not", "?true:"}).Draw(t, "op")
			return "(" + gen(depth-1).Draw(t, "l") + ") " + op + " (" + gen(depth-1).Draw(t, "r") + ")"
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		c := Condition(gen(3).Draw(t, "condition"))
		if c.Check(someFields) != nil {
			t.Skip()
		}
		if _, err := c.Holds(zeroEnv(someFields)); err != nil {
			t.Fatalf("%q: %v", c, err)
		}
	})
}

func TestOutcomes(t *testing.T) {
	domains := map[string][]string{"stage": {"lead", "offer"}, "region": {"", "emea", "apac"}}
	for _, c := range []struct {
		condition    string
		holds, fails bool
	}{
		{"amount > 10 && amount < 5", false, true},
		{"amount > 10 && amount < 11", true, true},
		{"amount >= 5 && amount <= 5 && amount != 5", false, true},
		{"amount > 5 && amount < 6 && amount != 5.5", true, true},
		{"amount >= 0", true, false},
		{"amount < 0", false, true},
		{"5 > amount && 10 < amount", false, true},
		{"discount > 150", false, true},
		{"discount > 15 || discount <= 15", true, false},
		{"discount > 15 || amount > 50000", true, true},
		{"seats < -5 && seats > -10", true, true},
		{"not (amount > 5) and amount > 7", false, true},
		{"stage == 'led'", false, true},
		{"stage == 'lead' or stage == 'offer'", true, false},
		{"region in ['emea', 'mars']", true, true},
		{"region not in ['emea', 'apac', '']", false, true},
		{"region == 'emea' && region == 'apac'", false, true},
		{"name > 'b' and name < 'a'", false, true},
		{"starts > '2026-12-31' and starts < '2027-01-02'", true, true},
		{"amount in []", false, true},
		{"1 > 2", false, true},
		{"true", true, false},
		{"len(name) > 3 && len(name) < 2", true, true}, // does more than compare
		{"amount < seats && amount > seats", true, true},
	} {
		holds, fails := Condition(c.condition).outcomes(someFields, domains)
		if holds != c.holds || fails != c.fails {
			t.Errorf("%q: holds %v, fails %v", c.condition, holds, fails)
		}
	}
}

// A condition of which it is said that it never, or always, holds does so at every
// point that can be thought of.
func TestOutcomesAreProven(t *testing.T) {
	number := rapid.Float64Range(0, 10)
	gen := rapid.Custom(func(t *rapid.T) string {
		var parts []string
		for range rapid.IntRange(1, 4).Draw(t, "n") {
			parts = append(parts, fmt.Sprintf("%s %s %g",
				rapid.SampledFrom([]string{"amount", "seats"}).Draw(t, "name"),
				rapid.SampledFrom([]string{"<", "<=", "==", "!=", ">", ">="}).Draw(t, "op"), number.Draw(t, "c")))
		}
		return strings.Join(parts, rapid.SampledFrom([]string{" && ", " || "}).Draw(t, "join"))
	})
	rapid.Check(t, func(t *rapid.T) {
		c := Condition(gen.Draw(t, "condition"))
		holds, fails := c.outcomes(someFields, nil)
		for range 20 {
			yes, err := c.Holds(map[string]any{"amount": number.Draw(t, "amount"), "seats": number.Draw(t, "seats")})
			if err != nil || yes && !holds || !yes && !fails {
				t.Fatalf("%q: %v, %v; holds %v, fails %v", c, yes, err, holds, fails)
			}
		}
	})
}

func BenchmarkConditionHolds(b *testing.B) {
	env := map[string]any{"amount": 60000.0, "discount": 12.5}
	for b.Loop() {
		if _, err := Condition("discount > 15 || amount > 50000").Holds(env); err != nil {
			b.Fatal(err)
		}
	}
}
