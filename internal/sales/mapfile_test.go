package sales

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write golden files")

func parsed(t testing.TB, file string) *Map {
	t.Helper()
	m, problems := ParseMap([]byte(file))
	if len(problems) > 0 {
		t.Fatalf("%v in\n%s", problems, file)
	}
	return m
}

func TestParseMapReadsWhatPeopleWrite(t *testing.T) {
	p := parsed(t, `
process:
  key: p
  name: Plain
  currency: EUR
  quiet_after: 2 days
  stages:
    - key: a
      name: {en: A, zh: 甲}
      target: 4h
      what: >
        Several lines
        of text.
      gate:
        activities: [call, {type: demo, since: ever}]
        approvals: [quote]
    - {key: b, name: B, target: 3, who: rep, won: yes}
    - {key: c, name: C, target: 1.5d}
    - {key: d, name: D, target: 3天}
  calendar: {hours: 08:00-16:00, holidays: [2026-12-25]}
`).Processes[0]
	for what, c := range map[string]struct{ got, want any }{
		"text without a language": {p.Name, Text{"": "Plain"}},
		"text in two":             {p.Stages[0].Name, Text{"en": "A", "zh": "甲"}},
		"folded text":             {p.Stages[0].What, Text{"": "Several lines of text."}},
		"days in words":           {p.Quiet, Days(2)},
		"hours, of the calendar that comes later": {p.Stages[0].Target, Days(0.5)},
		"days as a number":                        {p.Stages[1].Target, Days(3)},
		"days with a unit":                        {p.Stages[2].Target, Days(1.5)},
		"days in Chinese":                         {p.Stages[3].Target, Days(3)},
		"one word for a list":                     {p.Stages[1].Who, []string{"rep"}},
		"yes":                                     {p.Stages[1].Won, true},
		"a date is a text":                        {p.Calendar.Holidays, []string{"2026-12-25"}},
		"short needs and defaults": {p.Stages[0].Gate, Gate{
			Activities: []ActivityNeed{{Type: "call", N: 1, Since: SinceStage}, {Type: "demo", N: 1, Since: SinceEver}},
			Approvals:  []ApprovalNeed{{Kind: "quote"}},
		}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %#v, want %#v", what, c.got, c.want)
		}
	}
}

func TestParseMapTakesOneProcessOrSeveral(t *testing.T) {
	m := parsed(t, "process: {key: a}\nprocesses: [{key: b}, {key: c}]\n")
	var keys []string
	for _, p := range m.Processes {
		keys = append(keys, p.Key)
	}
	if fmt.Sprint(keys) != "[a b c]" || m.Organisation != nil {
		t.Errorf("%v, %v", keys, m.Organisation)
	}
	if at := m.where(m.root(2) + ".key"); at.line != 2 {
		t.Errorf("process c stands in line %d", at.line)
	}
	if m = parsed(t, "organisation: {roles: [{key: legal}]}\n"); m.Organisation.Roles[0].Key != "legal" {
		t.Errorf("%v", m.Organisation)
	}
}

// nasty are texts that YAML would take for something else.
var nasty = []string{
	"yes", "no", "null", "~", "1e3", "0x1f", "1_000", "2026-11-24", "a: b", "# c", "- a", "'", `"`, "two\nlines", "two\n\nparas",
	"@x", "`", "{", "[", "%", "!x", "&a", "*a", "<<", "=", "多行\n文本", ":phone:", "amount > 5 && name != 'x'", "a\tb", "é", "🤝", "plain", "key", "x\n  - y", "|", ">",
}

// fill draws a value for everything that a map file can hold.
func fill(t *rapid.T, v reflect.Value, name string) {
	word := rapid.SampledFrom(nasty)
	switch v.Type() {
	case textType:
		switch rapid.IntRange(0, 3).Draw(t, name) {
		case 1:
			v.Set(reflect.ValueOf(Text{"": word.Draw(t, name)}))
		case 2:
			v.Set(reflect.ValueOf(Text{"en": word.Draw(t, name)}))
		case 3:
			v.Set(reflect.ValueOf(Text{"en": word.Draw(t, name), "zh": word.Draw(t, name)}))
		}
		return
	case activityNeed:
		v.Set(reflect.ValueOf(ActivityNeed{
			Type: word.Draw(t, name), N: rapid.IntRange(1, 9).Draw(t, name), Since: rapid.SampledFrom([]Since{SinceStage, SinceEver}).Draw(t, name),
		}))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		indices := yamlFields(v.Type())
		for _, f := range fieldNames(v.Type()) {
			fill(t, v.Field(indices[f]), f)
		}
	case reflect.Slice:
		for range rapid.IntRange(0, 2).Draw(t, name) {
			e := reflect.New(v.Type().Elem()).Elem()
			fill(t, e, name)
			v.Set(reflect.Append(v, e))
		}
	case reflect.Map:
		for range rapid.IntRange(0, 2).Draw(t, name) {
			if v.IsNil() {
				v.Set(reflect.MakeMap(v.Type()))
			}
			v.SetMapIndex(reflect.ValueOf(word.Draw(t, name)), reflect.ValueOf(word.Draw(t, name)))
		}
	case reflect.String:
		v.SetString(word.Draw(t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Int:
		v.SetInt(int64(rapid.IntRange(-5, 1000).Draw(t, name)))
	case reflect.Float64:
		v.SetFloat(rapid.Custom(func(t *rapid.T) float64 {
			if rapid.Bool().Draw(t, "any") {
				return rapid.Float64Range(0, 1e9).Draw(t, "f")
			}
			return rapid.SampledFrom([]float64{0, 1, 2.5, 4.0 / 9, 1.0 / 3, 0.1, 20, 1e-9}).Draw(t, "f")
		}).Draw(t, name))
	default:
		t.Fatalf("nothing draws a %s", v.Type())
	}
}

func TestWrittenMapsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &Map{Organisation: &Organisation{}}
		fill(t, reflect.ValueOf(m.Organisation).Elem(), "organisation")
		m.Organisation.Roles = append(m.Organisation.Roles, Role{Key: "legal"})
		for range rapid.IntRange(0, 3).Draw(t, "processes") {
			p := &Process{}
			fill(t, reflect.ValueOf(p).Elem(), "process")
			m.Processes = append(m.Processes, p)
		}
		file, err := WriteMap(m)
		if err != nil {
			t.Fatal(err)
		}
		back, problems := ParseMap(file)
		if len(problems) > 0 {
			t.Fatalf("%v in\n%s", problems, file)
		}
		if d := cmp.Diff(m.Organisation, back.Organisation) + cmp.Diff(m.Processes, back.Processes); d != "" {
			t.Fatalf("%s\n%s", d, file)
		}
		again, err := WriteMap(back)
		if err != nil || !bytes.Equal(again, file) {
			t.Fatalf("written again it differs: %v\n%s\n%s", err, file, again)
		}
	})
}

func TestWriteMapGolden(t *testing.T) {
	got, err := WriteMap(parsed(t, baseMap(t)))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/written.golden.yaml", got)
}

// golden compares with a file, which `go test -update` writes.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs (go test -update writes it):\n%s", path, d)
	}
}

// Every part of a map has a position of its own.
func TestEveryPartHasItsPlace(t *testing.T) {
	file := baseMap(t)
	m := parsed(t, file)
	lines := strings.Split(file, "\n")
	for path, want := range map[string]string{
		"organisation.teams[0].manager":                    "UMAYA",
		"organisation.roles[1].users[1]":                   "ULIN",
		"process.calendar.zone":                            "Europe/Berlin",
		"process.stages[0].gate.activities[0].type":        "call",
		"process.stages[0].name.zh":                        "线索",
		"process.policies[0].steps[0].when":                "discount > 10",
		"process.policies[0].steps[0].when.nothing.within": "discount > 10",
	} {
		at := m.where(path)
		if at.line < 1 || !strings.HasPrefix(string([]rune(lines[at.line-1])[at.column-1:]), want) {
			t.Errorf("%s is said to stand at %v", path, at)
		}
	}
}

// Whatever the file holds, reading and checking it ends, with positions within the file.
func FuzzParseMap(f *testing.F) {
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(base)
	for _, s := range []string{"", "{}", "process: &a {name: *a}", "process: {stages: [{}]}", "process: [1]", "organisation: {teams: [~]}", "? [a]\n: b", "processes: [~]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		lines := bytes.Count(file, []byte("\n")) + 2 // a parser may point behind the end
		for _, p := range problemsOf(string(file), Known{}) {
			if p.Code == "" || p.Line < 1 || p.Line > lines+bytes.Count(file, []byte("\r")) {
				t.Fatalf("%+v in a file of %d lines", p, lines)
			}
		}
	})
}
