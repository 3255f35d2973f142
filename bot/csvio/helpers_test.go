package csvio

import (
	"io"
	"strings"
	"testing"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// readTable is OpenTable for what is not a file.
func readTable(name string, r io.Reader, f Format, p text.Printer) (*Table, error) {
	t := &Table{Name: name, printer: p, file: io.NopCloser(r)}
	return t, t.start(r, f)
}

// testProcess is short enough to be seen at a glance: its third stage wins.
func testProcess() *sales.Process {
	stage := func(key, en, zh string) sales.Stage {
		return sales.Stage{Key: key, Name: sales.Text{"en": en, "zh": zh}}
	}
	p := &sales.Process{
		Key: "b2b", Name: sales.Text{"en": "New business"}, Currency: "EUR", Version: 3,
		Calendar: sales.Calendar{Zone: "Europe/Berlin"},
		Stages:   []sales.Stage{stage("lead", "First contact", "首次接触"), stage("demo", "Demo", "演示"), stage("quote", "Quote", "报价"), stage("signed", "Signed", "已签约"), stage("paid", "Paid", "已付款")},
		Fields: []sales.Field{
			{Key: "size", Name: sales.Text{"en": "Company size"}, Type: sales.FieldChoice, Options: []sales.Option{{Key: "s", Name: sales.Text{"en": "Small"}}, {Key: "l", Name: sales.Text{"en": "Large"}}}},
			{Key: "renewal", Name: sales.Text{"en": "Renewal date"}, Type: sales.FieldDate},
		},
		Activities: []sales.ActivityType{{Key: "call", Name: sales.Text{"en": "Call", "zh": "电话"}, Also: []string{"phone"}, Minutes: 15}},
		Reasons:    []sales.Reason{{Key: "price", Name: sales.Text{"en": "Too expensive"}}},
	}
	p.Stages[3].Won = true
	return p
}

func testPeople() []store.Person {
	return []store.Person{
		{ID: "U1", Name: "anna", RealName: "Anna Sommer"}, {ID: "U2", Name: "bo.li", RealName: "Bo Li"},
		{ID: "U3", Name: "chris", RealName: "Chris Doe"}, {ID: "U4", Name: "chris2", RealName: "Chris Doe"},
	}
}

func testOrg() *sales.Organisation {
	return &sales.Organisation{
		Teams: []sales.Team{{Key: "north", Name: sales.Text{"en": "North"}, Members: []string{"U1"}}, {Key: "south", Name: sales.Text{"en": "South"}}},
		Roles: []sales.Role{{Key: "rep", Rate: 60}},
	}
}

// files are CSV texts by kind: deals, history, activities.
type files struct{ deals, history, activities string }

// load reads the files and returns what could not be taken.
func load(t testing.TB, f files, change func(*Options)) (*Loader, []string) {
	t.Helper()
	var bad []string
	o := Options{
		Processes: []*sales.Process{testProcess()}, Org: testOrg(), People: testPeople(), Printer: text.For("en", nil),
		Bad: func(b *Bad) { bad = append(bad, b.Error()) },
	}
	if change != nil {
		change(&o)
	}
	l := NewLoader(o)
	for _, part := range []struct {
		name, text string
		load       func(*Table) error
	}{{"deals.csv", f.deals, l.LoadDeals}, {"history.csv", f.history, l.LoadHistory}, {"activities.csv", f.activities, l.LoadActivities}} {
		if part.text == "" {
			continue
		}
		table, err := readTable(part.name, strings.NewReader(part.text), Format{}, o.Printer)
		if err == nil {
			err = part.load(table)
		}
		if err != nil {
			t.Fatalf("%s: %v", part.name, err)
		}
	}
	return l, bad
}

// build returns the only deal of the files.
func build(t testing.TB, f files, change func(*Options)) *Built {
	t.Helper()
	l, bad := load(t, f, change)
	if len(bad) > 0 || l.Deals() != 1 {
		t.Fatalf("%d deals, refused: %v", l.Deals(), bad)
	}
	d, wrong := l.Build(0)
	if wrong != nil {
		t.Fatal(wrong)
	}
	for i, e := range d.Events {
		if e.Version != i+1 || e.Data.Source != Source {
			t.Errorf("event %d: version %d, source %q", i, e.Version, e.Data.Source)
		}
	}
	return d
}

// route writes the stays of a deal as a person would: "lead 2d→ demo ×".
func route(h sales.History) string {
	var out []string
	for _, s := range h.Stays {
		w := s.Stage + " " + WriteTime(s.Entered)
		if s.Exit != sales.ExitOpen {
			w += " " + string(s.Exit) + " " + WriteTime(s.Left)
		}
		if len(s.Skipped) > 0 {
			w += " past " + strings.Join(s.Skipped, "+")
		}
		out = append(out, w)
	}
	return strings.Join(out, "; ")
}
