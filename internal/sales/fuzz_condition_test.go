package sales

import "testing"

// A condition that passes the check can be evaluated, and none of any kind panics.
func FuzzCondition(f *testing.F) {
	for _, c := range []string{"amount > 5", "name matches '(a+)+$'", "len(name) % 2 == 0", "region in ['a']", "max(1, amount) ** 9 > 1", "-amount < round(1.5)", "not (stage == 'x') ? true : false"} {
		f.Add(c)
	}
	fields := map[string]FieldType{"region": FieldText, "seats": FieldNumber}
	f.Fuzz(func(t *testing.T, c string) {
		if Condition(c).Check(fields) != nil {
			return
		}
		for _, env := range []map[string]any{{"region": "", "seats": 0.0}, {"region": "x", "seats": -1e300, "amount": 1e15, "name": "日本", "account": "a", "discount": 100.0}} {
			_, _ = Condition(c).Holds(env)
		}
		if _, err := Condition(c).Holds(map[string]any{"region": "", "seats": 0.0}); err != nil {
			t.Errorf("%q passes the check, but: %v", c, err)
		}
	})
}
