package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"pipewright/handlers"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

type processCommand struct {
	Check   processCheckCommand   `cmd:"" help:"Check a map file: every mistake with its line and what to do. Changes nothing."`
	Apply   processApplyCommand   `cmd:"" help:"Make a map file the one in force, with a reason."`
	Show    processShowCommand    `cmd:"" help:"Print the map in force, as a file to change and apply."`
	History processHistoryCommand `cmd:"" help:"Who changed the process, when and why."`
	Infer   inferCommand          `cmd:"" help:"Draft a process from a stage history: the order of the stages, their usual times."`
}

type processCheckCommand struct {
	File string `arg:"" help:"The map file, in YAML."`
}

// Run names every mistake of the file, and what applying it would change. It checks
// against what is in force when there is a database.
func (c *processCheckCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	f, err := readMapFile(cfg, c.File)
	if err != nil {
		return err
	}
	if f.m == nil {
		return f.verdict(t, handlers.Applied{}, true)
	}
	st, err := openExisting(ctx, cfg)
	if none := (*noDatabase)(nil); errors.As(err, &none) {
		if f.m.Organisation != nil {
			f.m.Organisation.Admins = cfg.Admins // whom no file names
		}
		f.find(sales.Check(f.m, sales.Known{}))
		return f.verdict(t, handlers.Applied{}, false)
	}
	if err != nil {
		return err
	}
	defer st.Close()
	x, err := f.app(cfg, st).CheckMap(ctx, f.m, f.p)
	if err != nil {
		return err
	}
	f.find(x.Problems)
	return f.verdict(t, x, true)
}

type processApplyCommand struct {
	File string `arg:"" help:"The map file, in YAML."`
	Why  string `required:"" placeholder:"TEXT" help:"Why it changes. It stands in the history."`
}

// Run makes the file's map the one in force, or names its mistakes and changes nothing.
func (c *processApplyCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	if c.Why = strings.TrimSpace(c.Why); c.Why == "" {
		return &usageError{cfg.printer().T("say why with --why TEXT: it stands in the history")}
	}
	f, err := readMapFile(cfg, c.File)
	if err != nil {
		return err
	}
	if f.m == nil {
		return f.verdict(t, handlers.Applied{}, true)
	}
	st, err := openStore(ctx, cfg, discard)
	if err != nil {
		return err
	}
	defer st.Close()
	var x handlers.Applied
	if f.wrong() { // for the rest of its mistakes
		x, err = f.app(cfg, st).CheckMap(ctx, f.m, f.p)
	} else {
		x, err = f.app(cfg, st).ApplyMap(ctx, f.m, f.p, operator(), c.Why, time.Now().UTC())
	}
	if err != nil {
		return f.conflict(err)
	}
	f.find(x.Problems)
	if f.wrong() {
		return f.verdict(t, x, true)
	}
	f.report(t)
	return f.applied(t, x)
}

// operator names who sits at the terminal, as the history shows it.
func operator() string {
	host, _ := os.Hostname()
	if u, err := user.Current(); err == nil && u.Username != "" {
		return strings.TrimSuffix(u.Username+"@"+host, "@")
	}
	return host
}

// mapFile is a map file on its way into force.
type mapFile struct {
	name  string
	m     *sales.Map // nil when it is no YAML
	p     text.Printer
	found []sales.Problem
}

func readMapFile(cfg Config, name string) (*mapFile, error) {
	p := cfg.printer()
	content, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New(p.T("there is no file %s; check the path", name))
	}
	if err != nil {
		return nil, err
	}
	f := &mapFile{name: name, p: p}
	f.m, f.found = sales.ParseMap(content)
	return f, nil
}

// find adds problems to those that were found, in the order of the file.
func (f *mapFile) find(more []sales.Problem) {
	f.found = append(f.found, more...)
	slices.SortStableFunc(f.found, func(a, b sales.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// wrong reports whether the file has mistakes, warnings aside.
func (f *mapFile) wrong() bool { return len(sales.Errors(f.found)) > 0 }

func (f *mapFile) app(cfg Config, st *store.Store) *handlers.App {
	return &handlers.App{Store: st, Log: discard, DealsChannel: cfg.DealsChannel, Locale: cfg.Locale, Zone: cfg.zone, Prefix: cfg.Prefix}
}

// report prints the problems, a line each: FILE:LINE:COLUMN: what is wrong and what to do.
func (f *mapFile) report(t terminal) {
	for _, x := range f.found {
		words := handlers.ProblemText(f.p, x)
		if x.Warning {
			words = f.p.T("warning: %s", words)
		}
		fmt.Fprintf(t.out, "%s:%d:%d: %s\n", f.name, x.Line, x.Column, words)
	}
}

// verdict prints the problems and says how the file stands; known says that it was
// compared with what is in force.
func (f *mapFile) verdict(t terminal, x handlers.Applied, known bool) error {
	f.report(t)
	if n := len(sales.Errors(f.found)); n > 0 {
		return errors.New(f.p.N(n, "%[2]s has %[1]d mistake; nothing was changed. Correct it and check again",
			"%[2]s has %[1]d mistakes; nothing was changed. Correct them and check again", f.name))
	}
	fmt.Fprintln(t.out, f.p.T("%s can be applied.", f.name))
	if !known {
		fmt.Fprintln(t.out, f.p.T("There is no database here, so it was not compared with what is in force."))
		return nil
	}
	f.changes(t, x)
	return nil
}

// changes prints what the map changes, and returns how many of its parts.
func (f *mapFile) changes(t terminal, x handlers.Applied) int {
	n := 0
	show := func(head string, changes []string) {
		if len(changes) == 0 {
			return
		}
		n++
		fmt.Fprintln(t.out, head)
		for _, c := range changes {
			fmt.Fprintln(t.out, "  - "+c)
		}
	}
	show(f.p.T("Teams and roles:"), x.People)
	for _, p := range x.Processes {
		show(f.p.T("%s (%s):", p.Process.Name.In(f.p.Lang()), p.Process.Key), p.Changes)
	}
	if n == 0 {
		fmt.Fprintln(t.out, f.p.T("It says what is in force already."))
	}
	return n
}

func (f *mapFile) applied(t terminal, x handlers.Applied) error {
	if f.changes(t, x) == 0 {
		return nil
	}
	for _, p := range x.Processes {
		if len(p.Changes) > 0 {
			fmt.Fprintln(t.out, f.p.T("%s is now in version %d.", p.Process.Key, p.Process.Version))
		}
	}
	if x.Moved > 0 {
		fmt.Fprintln(t.out, f.p.N(x.Moved, "%d deal went out of a removed stage.", "%d deals went out of removed stages."))
	}
	return nil
}

// conflict words what happened between the check and the commit.
func (f *mapFile) conflict(err error) error {
	var e *sales.Error
	if errors.As(err, &e) && e.Kind == sales.Conflict {
		return errors.New(f.p.T("somebody else changed the map at the same moment; nothing was changed here, run it again"))
	}
	return err
}
