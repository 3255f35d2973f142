package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"pipewright/bot/csvio"
	"pipewright/internal/sales"
	"pipewright/internal/text"
)

type inferCommand struct {
	History  string   `required:"" placeholder:"FILE" help:"CSV of stages: deal_id, stage, entered_at."`
	Map      []string `sep:"none" placeholder:"FIELD=COLUMN" help:"The column that holds a field, when its name does not say so. Repeatable."`
	Key      string   `default:"draft" help:"The process's key."`
	Name     string   `placeholder:"NAME" help:"The process's name; otherwise it is the file's."`
	Currency string   `default:"USD" help:"The currency of amounts that are typed without one."`
	Dates    string   `enum:",dmy,mdy" default:"" help:"How dates such as 3/4/2026 are meant: dmy or mdy."`
	Encoding string   `placeholder:"NAME" help:"What the file is written in when it is not UTF-8, such as gb18030."`
}

// Run drafts a process from a history and prints it as a map file.
func (c *inferCommand) Run(_ context.Context, t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	p := cfg.printer()
	var mappings []csvio.Mapping
	for _, s := range c.Map {
		m, ok := csvio.ParseMapping(s)
		if !ok {
			return &usageError{p.T("--map %s: write it as FIELD=COLUMN, such as --map deal_id=\"Case ID\"", s)}
		}
		mappings = append(mappings, m)
	}
	table, err := csvio.OpenTable(c.History, csvio.Format{Encoding: c.Encoding}, p)
	if errors.Is(err, os.ErrNotExist) {
		return errors.New(p.T("there is no file %s; check the path", c.History))
	}
	if err != nil {
		return err
	}
	defer table.Close()
	calendar := sales.Calendar{Zone: cfg.TimeZone, Days: []string{"mon", "tue", "wed", "thu", "fri"}, Hours: "09:00-18:00"}
	bad := 0
	steps, err := csvio.Infer(table, mappings, csvio.DateOrder(c.Dates), calendar, p, func(b *csvio.Bad) {
		bad++
		fmt.Fprintln(t.err, b.Error())
	})
	if err != nil {
		return err
	}
	if bad > 0 {
		fmt.Fprintln(t.err, p.N(bad, "%d row was left out of the draft.", "%d rows were left out of the draft."))
	}
	if c.Name == "" {
		c.Name = strings.TrimSuffix(table.Name, ".csv")
	}
	d := draft{Steps: steps, calendar: calendar, file: table.Name, rows: table.Rows}
	_, err = fmt.Fprint(t.out, d.write(c))
	return err
}

// draft writes a map file with comments where somebody has to look.
type draft struct {
	*csvio.Steps
	calendar sales.Calendar
	file     string
	rows     int
	b        strings.Builder
}

func (d *draft) line(format string, args ...any) { fmt.Fprintf(&d.b, format+"\n", args...) }

func (d *draft) write(c *inferCommand) string {
	d.line("# A draft, made from %d rows of %s: %d deals.", d.rows, d.file, d.Deals)
	d.line("# What a machine cannot know is marked with LOOK. When you have been through it:")
	d.line("#")
	d.line("#     pipewright process check FILE")
	d.line("#     pipewright process apply FILE --why \"Our process, drafted from its history\"")
	d.line("#     pipewright import --process %s --history %s", c.Key, d.file)
	d.line("")
	d.line("process:")
	d.line("  key: %s", quote(c.Key))
	d.line("  name: %s", quote(c.Name))
	d.line("  currency: %s", quote(strings.ToUpper(c.Currency)))
	d.line("")
	d.line("  # LOOK: the hours that you work. The times below were measured with these.")
	d.line("  calendar:")
	d.line("    zone: %s", quote(d.calendar.Zone))
	d.line("    days: [%s]", strings.Join(d.calendar.Days, ", "))
	d.line("    hours: %s", d.calendar.Hours)
	d.line("")
	d.line("  roles: [rep, manager]")
	d.line("")
	d.stages()
	d.rest()
	return d.b.String()
}

func (d *draft) stages() {
	d.line("  # In the order in which deals came to them: %d of %d moves went against it.", d.Odd, d.Moves)
	d.line("  # target is the median working time of a finished stay. LOOK: is it what you want, or only what is?")
	if d.Won < 0 {
		d.line("  # LOOK: there is only one stage, so a second one was added that wins the deal.")
	}
	d.line("  stages:")
	keys := map[string]bool{}
	for i, s := range d.Stages {
		key := stageKey(s.Name, i, i == d.Won, keys)
		keys[key] = true
		d.line("    - key: %s", key)
		d.name(s.Name, key)
		if i == d.Won {
			d.line("      won: true               # %s", d.whyWon(s))
		}
		d.line("      # %s", d.facts(s))
		d.line("      # what: LOOK: what is done here, by whom and how")
		d.line("      who: [rep]")
		if target := targetOf(s.Median, d.calendar); target != "" {
			d.line("      target: %s", target)
		}
		d.line("")
	}
	if d.Won < 0 {
		d.line("    - key: won\n      name: Won\n      won: true\n      who: [rep]\n")
	}
}

// name writes the stage's name. Words that the commands know cannot be one.
func (d *draft) name(name, key string) {
	if word := text.Fold(name); !reservedKeys[word] || word == "won" {
		d.line("      name: %s", quote(name))
		return
	}
	d.line("      name: %s  # LOOK: %q alone is a word of the commands; import with --stage %s", quote("Stage "+name), name, quote(name+"="+key))
}

func (d *draft) whyWon(s csvio.Found) string {
	if d.Named {
		return "the file says so"
	}
	return fmt.Sprintf("LOOK: a guess, since most deals end here (%d of %d)", s.Ends, d.Deals)
}

func (d *draft) facts(s csvio.Found) string {
	line := fmt.Sprintf("deals: %d of %d, visits: %d", s.Deals, d.Deals, s.Visits)
	if again := s.Visits - s.Deals; again*5 > s.Visits {
		line += fmt.Sprintf("; LOOK: %d times a deal came back here", again)
	}
	if s.Deals*100 < d.Deals {
		line += "; LOOK: rare, perhaps no stage of its own"
	}
	return line
}

// rest writes what no history knows.
func (d *draft) rest() {
	d.line("  # LOOK: what people log, and why deals are lost. A history knows neither.")
	d.line("  activities:")
	d.line("    - {key: call, name: Call, minutes: 15, symbol: \":telephone_receiver:\"}")
	d.line("    - {key: email, name: Email, minutes: 10, symbol: \":envelope:\"}")
	d.line("    - {key: meeting, name: Meeting, minutes: 45, symbol: \":handshake:\"}")
	d.line("")
	if d.Lost > 0 {
		d.line("  # %d of %d deals are called lost in the file.", d.Lost, d.Deals)
	} else {
		d.line("  # Nothing in the file is called lost.")
	}
	d.line("  reasons:")
	d.line("    - {key: price, name: Too expensive}")
	d.line("    - {key: competitor, name: Chose a competitor}")
	d.line("    - {key: no_decision, name: Decided to do nothing}")
	d.line("    - {key: no_response, name: No answer any more}")
}

// targetOf writes a median as a target that people would set: full hours below a
// day, half days below a week, full days above.
func targetOf(days float64, c sales.Calendar) string {
	hours := days * c.DayLength().Hours()
	switch {
	case math.IsNaN(days), hours < 0.5:
		return ""
	case days < 0.9:
		return strconv.Itoa(int(math.Max(1, math.Round(hours)))) + "h"
	case days < 5:
		return strconv.FormatFloat(math.Round(days*2)/2, 'f', -1, 64) + "d"
	}
	return strconv.Itoa(int(math.Min(math.Round(days), 1000))) + "d"
}

// reservedKeys are words that commands know; only the stage that wins may be called won.
var reservedKeys = map[string]bool{"lost": true, "mine": true, "team": true, "stale": true, "won": true}

// stageKey makes a key of a stage's name that no other stage has.
func stageKey(name string, i int, won bool, taken map[string]bool) string {
	key := strings.Join(strings.FieldsFunc(text.Fold(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "_")
	if len(key) > 32 {
		key = strings.TrimRight(key[:32], "_")
	}
	reserved := reservedKeys[key] && (key != "won" || !won)
	if key == "" || taken[key] || reserved {
		key = strings.Trim(fmt.Sprintf("%s_%d", key, i+1), "_")
		if key[0] >= '0' && key[0] <= '9' {
			key = "stage_" + key
		}
	}
	return key
}

// quote writes a word as YAML reads it in any case.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
