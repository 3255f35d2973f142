package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"pipewright/bot/csvio"
	"pipewright/handlers"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

type importCommand struct {
	Process    string            `placeholder:"KEY" help:"The process that all deals belong to; otherwise the files' column says, or else it is the default one."`
	Deals      string            `placeholder:"FILE" help:"CSV of deals: deal_id, name, account, owner, amount, currency, source, created_at, stage, status, closed_at, lost_reason."`
	History    string            `placeholder:"FILE" help:"CSV of stages: deal_id, stage, entered_at, actor. It alone makes deals."`
	Activities string            `placeholder:"FILE" help:"CSV of activities: deal_id, type, at, minutes, actor, outcome, note."`
	Events     string            `placeholder:"FILE" help:"The whole log, as export writes it, instead of --deals and --history."`
	Approvals  string            `placeholder:"FILE" help:"Approvals, as export writes them, beside --events."`
	Map        []string          `sep:"none" placeholder:"FIELD=COLUMN" help:"The column that holds a field, when its name does not say so. Repeatable."`
	Stage      map[string]string `mapsep:"none" placeholder:"NAME=KEY" help:"The stage that a name in the files means; KEY can be won or lost too. Repeatable."`
	Dates      string            `enum:",dmy,mdy" default:"" help:"How dates such as 3/4/2026 are meant: dmy or mdy."`
	Encoding   string            `placeholder:"NAME" help:"What the files are written in when it is not UTF-8, such as gb18030 or windows-1252."`
	SkipBad    bool              `help:"Leave out rows that cannot be taken. Otherwise nothing is imported while there is one."`
	DryRun     bool              `help:"Check everything and write nothing."`
}

// Run reads the files and brings what is new in them into the database.
func (c *importCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	if err := c.check(cfg.printer()); err != nil {
		return err
	}
	st, err := openStore(ctx, cfg, newLog(t.err, "text", "error"))
	if err != nil {
		return err
	}
	defer st.Close()
	now := time.Now()
	if err := ensureMap(ctx, st, now); err != nil {
		return err
	}
	return newImport(c, st, t, cfg, now).run(ctx)
}

func (c *importCommand) check(p text.Printer) error {
	switch {
	case c.Deals+c.History+c.Activities+c.Events == "":
		return &usageError{p.T("import needs a file: name one with --deals, --history or --activities")}
	case c.Events != "" && c.Deals+c.History != "":
		return &usageError{p.T("--events holds everything already: leave --deals and --history out")}
	case c.Approvals != "" && c.Events == "":
		return &usageError{p.T("--approvals goes with --events, as export writes both")}
	}
	for _, m := range c.Map {
		if _, ok := csvio.ParseMapping(m); !ok {
			return &usageError{p.T("--map %s: write it as FIELD=COLUMN, such as --map deal_id=\"Opportunity Number\"", m)}
		}
	}
	return nil
}

// importing is one run of the command.
type importing struct {
	*importCommand
	text.Printer
	app   *handlers.App // does for known deals what a change in Slack does
	store *store.Store
	out   terminal
	now   time.Time

	loader    *csvio.Loader
	processes []*sales.Process
	tables    []*source
	unfit     map[int]bool   // deals whose rows contradict each other
	refused   map[string]int // how many rows cannot be taken, by the reason
	known     map[int]int64
	news      []news // what there is to add to known deals
	progress  *progress
}

// news is a known deal to which the files add something.
type news struct {
	deal  int64
	entry int
}

func newImport(c *importCommand, st *store.Store, t terminal, cfg Config, now time.Time) *importing {
	app := &handlers.App{Store: st, DealsChannel: cfg.DealsChannel, Locale: cfg.Locale, Zone: cfg.zone, Prefix: cfg.Prefix}
	return &importing{
		importCommand: c, Printer: cfg.printer(), app: app, store: st, out: t, now: now, unfit: map[int]bool{}, refused: map[string]int{}, known: map[int]int64{}, progress: newProgress(t.err),
	}
}

// run reads everything, checks everything, and only then writes.
func (im *importing) run(ctx context.Context) error {
	defer im.progress.done()
	if err := im.prepare(ctx); err != nil {
		return err
	}
	if err := im.read(); err != nil {
		return err
	}
	if err := im.compare(ctx); err != nil {
		return err
	}
	if err := im.checkNew(); err != nil {
		return err
	}
	im.progress.done()
	im.sumUp()
	if bad := im.loader.BadRows(); bad > 0 && !im.SkipBad {
		return errors.New(im.N(bad, "%d row cannot be taken, so nothing was imported; correct it, or leave it out with --skip-bad",
			"%d rows cannot be taken, so nothing was imported; correct them, or leave them out with --skip-bad"))
	}
	added, err := im.add(ctx)
	if err != nil {
		return err
	}
	changed, kept, err := im.update(ctx)
	if err != nil {
		return err
	}
	im.progress.done()
	im.summarize(added, changed, kept)
	return nil
}

// prepare reads what the rows will be matched with.
func (im *importing) prepare(ctx context.Context) error {
	var o csvio.Options
	err := im.store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		if im.processes, err = r.Processes(ctx); err != nil {
			return err
		}
		if o.Org, err = r.Organisation(ctx); err != nil {
			return err
		}
		if o.People, err = r.People(ctx); err != nil {
			return err
		}
		o.Known, err = knownDeals(ctx, r, im.processes)
		return err
	})
	if err != nil {
		return err
	}
	o.Processes, o.Only, o.Printer, o.Dates = im.processes, im.Process, im.Printer, csvio.DateOrder(im.Dates)
	o.Stages, o.Bad = im.Stage, im.report
	for _, m := range im.Map {
		mapping, _ := csvio.ParseMapping(m)
		o.Mappings = append(o.Mappings, mapping)
	}
	if err := im.checkKeys(); err != nil {
		return err
	}
	im.loader = csvio.NewLoader(o)
	return nil
}

// knownDeals maps the deal_id of every deal to the place of its process.
func knownDeals(ctx context.Context, r *store.Reader, processes []*sales.Process) (map[string]int, error) {
	known := map[string]int{}
	for i, p := range processes {
		err := r.EachDeal(ctx, p.Key, func(d sales.Deal) error {
			known[csvio.DealID(d)] = i
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

// checkKeys checks what the command line says of processes and stages.
func (im *importing) checkKeys() error {
	var keys []string
	stages := map[string]bool{"won": true, "lost": true}
	found := im.Process == ""
	for _, p := range im.processes {
		keys = append(keys, p.Key)
		found = found || p.Key == im.Process
		for _, s := range p.Stages {
			stages[s.Key] = stages[s.Key] || im.Process == "" || p.Key == im.Process
		}
	}
	if !found {
		return errors.New(im.T("there is no process %q; say one of %s with --process", im.Process, im.List(keys)))
	}
	for name, key := range im.Stage {
		if !stages[key] {
			return errors.New(im.T("--stage %s=%s: there is no stage %s; write a stage's key, won or lost", name, key, key))
		}
	}
	return nil
}

// report writes a row that cannot be taken.
func (im *importing) report(b *csvio.Bad) {
	im.progress.clear()
	im.refused[b.Text]++
	fmt.Fprintln(im.out.err, b.Error())
}

// When more rows than fit on a screen cannot be taken, the most frequent reasons are told once more.
const (
	screenful    = 20
	shownReasons = 5
)

func (im *importing) sumUp() {
	if im.loader.BadRows() <= screenful {
		return
	}
	reasons := slices.SortedFunc(maps.Keys(im.refused), func(a, b string) int {
		return cmp.Or(cmp.Compare(im.refused[b], im.refused[a]), strings.Compare(a, b))
	})
	fmt.Fprintln(im.out.err)
	for i, why := range reasons {
		if i == shownReasons {
			fmt.Fprintln(im.out.err, im.N(len(reasons)-i, "and %d other reason", "and %d other reasons"))
			break
		}
		fmt.Fprintln(im.out.err, im.N(im.refused[why], "%d row: %s", "%d rows: %s", why))
	}
}

// source is one of the command's files.
type source struct {
	*csvio.Table
	load func(*csvio.Table) error
}

// read loads all files, after all of them were found to have the columns that they need.
func (im *importing) read() error {
	defer func() {
		for _, s := range im.tables {
			s.Close()
		}
	}()
	files := []struct {
		path string
		load func(*csvio.Table) error
	}{
		{im.Events, im.loader.LoadEvents}, {im.Deals, im.loader.LoadDeals}, {im.History, im.loader.LoadHistory},
		{im.Activities, im.loader.LoadActivities}, {im.Approvals, im.loader.LoadApprovals},
	}
	var size int64
	for _, f := range files {
		if info, err := os.Stat(f.path); f.path != "" && err == nil {
			size += info.Size()
		}
	}
	im.progress.start(im.T("Reading"), size, true)
	var tables []*csvio.Table
	for _, f := range files {
		if f.path == "" {
			continue
		}
		table, err := csvio.OpenTable(f.path, csvio.Format{Encoding: im.Encoding, Progress: im.progress}, im.Printer)
		if errors.Is(err, os.ErrNotExist) {
			return errors.New(im.T("there is no file %s; check the path", f.path))
		}
		if err != nil {
			return err
		}
		im.tables, tables = append(im.tables, &source{table, f.load}), append(tables, table)
	}
	if err := im.loader.CheckMappings(tables...); err != nil {
		return err
	}
	for _, s := range im.tables {
		if err := s.load(s.Table); err != nil {
			return err
		}
	}
	return nil
}
