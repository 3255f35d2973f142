package handlers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string // quoted words in brackets
	}{
		{"", nil},
		{"  advance  acme ", []string{"advance", "acme"}},
		{`advance "Acme Pilot" to demo`, []string{"advance", "[Acme Pilot]", "to", "demo"}},
		{"new “Road to Rome” 12k", []string{"new", "[Road to Rome]", "12k"}},
		{"新建 「华为 云」 12万", []string{"新建", "[华为 云]", "12万"}},
		{"new O'Brien's deal", []string{"new", "O'Brien's", "deal"}},
		{"log 'an open quote", []string{"log", "'an", "open", "quote"}},
		{`say ""`, []string{"say", `""`}},
		{"assign acme <@U12|lena lee> now", []string{"assign", "acme", "<@U12|lena lee>", "now"}},
		{"set acme link <https://a.example/x?y=1|a b>", []string{"set", "acme", "link", "https://a.example/x?y=1"}},
		{"next acme R&D <3 &lt;b", []string{"next", "acme", "R&D", "<3", "&lt;b"}},
		{"mail <mailto:a@b.example|a@b.example>", []string{"mail", "a@b.example"}},
		{"全角　空格", []string{"全角", "空格"}},
	} {
		var got []string
		for _, w := range split(tt.in) {
			s := w.Text
			if w.Quoted {
				s = "[" + s + "]"
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("split(%q) (-want +got):\n%s", tt.in, diff)
		}
	}
}

func TestTypedKeepsCaseAndSpacing(t *testing.T) {
	c := &Call{Intent: Intent{Text: `acme 25m They said:  "maybe"  & left <@U7|max>`}}
	words := split(c.Text)
	if got, want := c.typed(words[2:]), `They said:  "maybe"  & left @max`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := c.typed(words[4:5]); got != "maybe" {
		t.Errorf("a single quoted word: got %q", got)
	}
}

func TestReadable(t *testing.T) {
	for in, want := range map[string]string{
		"deal assign acme <@U0BO|bo>":                       "deal assign acme @bo",
		"deal assign acme <@U0BO>":                          "deal assign acme @…",
		"report subscribe digest <#C1|deals> daily":         "report subscribe digest #deals daily",
		"process role add legal <!subteam^S1|@legal> <@W2>": "process role add legal @legal @…",
		"log call acme <https://a.example|a> 1 < 2 > 0":     "log call acme https://a.example 1 < 2 > 0",
	} {
		if got := readable(in); got != want {
			t.Errorf("readable(%q) = %q, want %q", in, got, want)
		}
	}
}

// A slip beside a person is offered as it was typed, and done with the person that was meant.
func TestSlipBesideAPerson(t *testing.T) {
	w := ready(t)
	r := w.types(ana, "/deal asign acme <@UBEN|ben>")
	if s := shown(t, r); !strings.Contains(s, "Did you mean `/deal assign acme @ben`?") {
		t.Errorf("answered with:\n%s", s)
	}
	w.clicks(ana, r, "Yes, do that")
	if d := w.deal(1); d.Owner != ben {
		t.Errorf("the deal belongs to %s", d.Owner)
	}
	if s := shown(t, w.types(maxim, "/process role ad product <@UBEN|ben>")); !strings.Contains(s, "[process role add product @ben]") {
		t.Errorf("answered with:\n%s", s)
	}
}

func TestWith(t *testing.T) {
	c := &Call{Intent: Intent{Name: "deal", Text: `advance "acme x"  to demo`}, gap: len("advance")}
	words := split(c.Text)
	if got, want := c.with(words[1:2], "D-12"), "deal advance D-12 to demo"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	c.Text = "advance to demo"
	if got, want := c.with(nil, "D-12"), "deal advance D-12 to demo"; got != want {
		t.Errorf("left out: got %q, want %q", got, want)
	}
}

func TestCut(t *testing.T) {
	words := split(`acme to "to" to demo because they want to`)
	before, after, ok := cut(words, because...)
	if !ok || len(before) != 5 || len(after) != 3 {
		t.Fatalf("because: %v %v %v", before, after, ok)
	}
	before, after, ok = cutLast(before, to...)
	if !ok || len(before) != 3 || strings.TrimSpace(after[0].Text) != "demo" {
		t.Fatalf("to: %v %v %v", before, after, ok)
	}
	if _, _, ok = cut(split(`"because"`), because...); ok {
		t.Error("a quoted keyword is a word")
	}
}
