package csvio

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDefuse(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+49 30": "'+49 30", "-5": "'-5", "@sum": "'@sum", "\tx": "'\tx", "\rx": "'\rx",
		"'=1": "''=1", "plain": "plain", "'quoted'": "'quoted'", "": "",
	} {
		if got := Defuse(in); got != want {
			t.Errorf("Defuse(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever people typed comes back, and no cell begins with what a spreadsheet runs.
func TestDefuseRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("'=+-@\t\ra é中")), 0, 6, -1).Draw(t, "cell")
		safe := Defuse(s)
		if got := Undefuse(safe); got != s {
			t.Fatalf("%q became %q by way of %q", s, got, safe)
		}
		if safe != "" && strings.ContainsAny(safe[:1], "=+-@\t\r") {
			t.Fatalf("%q is still run as a formula: %q", s, safe)
		}
	})
}
