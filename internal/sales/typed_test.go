package sales

import (
	"errors"
	"strings"
	"testing"
)

func codeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func TestTypedValues(t *testing.T) {
	long := strings.Repeat("长", maxText)
	for _, tt := range []struct{ field, value, code string }{
		{"name", "\u200b\u202e \x00\u0301", "deal.no_name"},
		{"name", "", "deal.no_name"},
		{"name", "?", ""},
		{"name", "👍🏽", ""},
		{"name", long, ""},
		{"name", long + "x", "text.too_long"},
		{"account", long + "x", "text.too_long"},
		{"account", "", ""},
		{"margin", "100", ""},
		{"margin", "-20.5", ""},
		{"margin", "100.1", "deal.margin"},
	} {
		s := begin(t, Money{})
		_, err := s.Set("UANA", tt.field, tt.value, s.now)
		if tt.value == "" && tt.code == "" {
			tt.code = "set.same"
		}
		if code := codeOf(err); code != tt.code {
			t.Errorf("%s %.20q: %q, want %q", tt.field, tt.value, code, tt.code)
		}
	}
	for code, n := range map[string]NewDeal{
		"deal.no_name":  {Name: "\u200b"},
		"text.too_long": {Name: "Acme", Source: long + "x"},
		"":              {Name: "Acme", Account: long},
	} {
		if _, err := Create(testProcess(), testOrg(), "UANA", n, monday); codeOf(err) != code {
			t.Errorf("%.20q: %v, want %q", n.Name, err, code)
		}
	}
	s := begin(t, Money{})
	if _, err := s.Plan("UANA", long+"x", monday, s.now); codeOf(err) != "text.too_long" {
		t.Errorf("a next step without an end: %v", err)
	}
}

// Who gave a deal away by mistake takes it back; who may not work it any more for
// another reason does not.
func TestUndoGivingAway(t *testing.T) {
	s := begin(t, Money{})
	s.ok(s.Assign("UANA", "UCID", s.now)) // to another team
	if _, err := s.Undo("UBEN", s.now); codeOf(err) != "deal.not_yours" {
		t.Errorf("a colleague takes it back: %v", err)
	}
	if _, err := s.Undo("UANA", s.now.Add(UndoWithin+1)); codeOf(err) != "undo.too_late" {
		t.Errorf("too late: %v", err)
	}
	s.ok(s.Undo("UANA", s.now))
	if s.Deal.Owner != "UANA" || s.Deal.Team != "north" {
		t.Errorf("it belongs to %s in %s", s.Deal.Owner, s.Deal.Team)
	}
	s.ok(s.Plan("UBEN", "call", monday, s.now))
	s.Org.Teams[0].Members = []string{"UANA"}
	if _, err := s.Undo("UBEN", s.now); codeOf(err) != "deal.not_yours" {
		t.Errorf("somebody who was taken out of the team: %v", err)
	}
}

// What no button offers is refused, not taken for one of the answers.
func TestUnknownAnswers(t *testing.T) {
	s := begin(t, Money{Minor: 1200000, Currency: "EUR"})
	if _, err := s.WaitOn("UANA", "nobody", "", s.now); codeOf(err) != "party.unknown" {
		t.Errorf("waiting for nobody: %v", err)
	}
	a, _, err := s.Request("UANA", "quote", map[string]string{"amount": "12000 EUR"}, s.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, verdict := range []Verdict{"", "maybe", "Approve"} {
		if _, _, err := s.Decide(a, Decision{By: "UPROD", Verdict: verdict, Comment: "so"}, s.now); codeOf(err) != "button.old" {
			t.Errorf("verdict %q: %v", verdict, err)
		}
	}
}

// A new deal takes no value that setting it afterwards would refuse.
func TestNewDealsTakeWhatCanBeSet(t *testing.T) {
	p := testProcess()
	p.Fields = []Field{{Key: "region", Type: FieldText}, {Key: "go_live", Type: FieldDate}}
	for _, tt := range []struct {
		field, value, code string
	}{
		{"region", "EMEA", ""},
		{"region", strings.Repeat("x", maxText+1), "text.too_long"},
		{"regoin", "EMEA", "field.unknown"},
		{"margin", "100.1", "deal.margin"},
		{"close", "2047-01-01", "date.far"},
		{"go_live", "2047-01-01", ""},
		{"go_live", "2147-01-01", "date.far"},
	} {
		_, err := Create(p, testOrg(), "UANA", NewDeal{Name: "Acme", Fields: map[string]string{tt.field: tt.value}}, monday)
		if codeOf(err) != tt.code {
			t.Errorf("created with %s %.20q: %v, want %q", tt.field, tt.value, err, tt.code)
		}
		s := begin(t, Money{})
		s.Process = p
		if _, err := s.Set("UANA", tt.field, tt.value, s.now); codeOf(err) != tt.code {
			t.Errorf("set %s to %.20q: %v, want %q", tt.field, tt.value, err, tt.code)
		}
	}
}
