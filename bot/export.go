package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"pipewright/bot/csvio"
	"pipewright/internal/sales"
	"pipewright/store"
)

type exportCommand struct {
	Dir string `arg:"" help:"Where the files go; it is made when it is not there. Files of an earlier export are replaced."`
}

// Run writes everything out.
func (c *exportCommand) Run(ctx context.Context, t terminal) error {
	cfg, st, err := t.existing(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := os.MkdirAll(c.Dir, 0o750); err != nil {
		return fmt.Errorf("%s cannot be made; choose a directory that you may write to: %w", c.Dir, err)
	}
	bar := newProgress(t.err)
	defer bar.done()
	e := &exporting{dir: c.Dir, progress: bar}
	if err := st.Read(ctx, e.all); err != nil {
		return err
	}
	bar.done()
	p := cfg.printer()
	fmt.Fprintln(t.out, p.N(e.deals.Rows, "%d deal is written to %s.", "%d deals are written to %s.", c.Dir))
	fmt.Fprintln(t.out, p.T("Back into an empty database: `pipewright process apply %s --why moved`, then `pipewright import --events %s --activities %s --approvals %s`.",
		e.path("map.yaml"), e.path("events.csv"), e.path("activities.csv"), e.path("approvals.csv")))
	fmt.Fprintln(t.out, p.T("Only what other programs can use: `pipewright import --deals %s --history %s --activities %s`.",
		e.path("deals.csv"), e.path("history.csv"), e.path("activities.csv")))
	return nil
}

// exporting is one run of the command.
type exporting struct {
	dir      string
	progress *progress
	own      []string // keys of the processes' own fields

	deals, history, activities, approvals, steps, decisions, events *csvio.Writer
	files                                                           []*os.File
}

func (e *exporting) path(name string) string { return filepath.Join(e.dir, name) }

// all writes every file from one snapshot.
func (e *exporting) all(ctx context.Context, r *store.Reader) (err error) {
	processes, err := r.Processes(ctx)
	if err != nil {
		return err
	}
	if err := e.writeMap(ctx, r, processes); err != nil {
		return err
	}
	for _, p := range processes {
		for _, f := range p.Fields {
			if !slices.Contains(e.own, f.Key) {
				e.own = append(e.own, f.Key)
			}
		}
	}
	defer func() {
		if closed := e.close(); err == nil {
			err = closed
		}
	}()
	if err := e.open(); err != nil {
		return err
	}
	for _, p := range processes {
		if err := e.process(ctx, r, p); err != nil {
			return err
		}
	}
	return nil
}

// writeMap writes the organisation and all processes as they stand.
func (e *exporting) writeMap(ctx context.Context, r *store.Reader, processes []*sales.Process) error {
	org, err := r.Organisation(ctx)
	if err != nil {
		return err
	}
	file, err := sales.WriteMap(&sales.Map{Organisation: org, Processes: processes})
	if err != nil {
		return err
	}
	return os.WriteFile(e.path("map.yaml"), file, 0o600)
}

func (e *exporting) open() error {
	for _, f := range []struct {
		name   string
		header []string
		into   **csvio.Writer
	}{
		{"deals.csv", csvio.DealHeader(e.own), &e.deals}, {"history.csv", csvio.HistoryHeader, &e.history},
		{"activities.csv", csvio.ActivityHeader, &e.activities}, {"approvals.csv", csvio.ApprovalHeader, &e.approvals},
		{"steps.csv", csvio.StepHeader, &e.steps}, {"decisions.csv", csvio.DecisionHeader, &e.decisions}, {"events.csv", csvio.EventHeader, &e.events},
	} {
		file, err := os.OpenFile(e.path(f.name), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		e.files = append(e.files, file)
		if *f.into, err = csvio.NewWriter(file, f.header...); err != nil {
			return err
		}
	}
	return nil
}

// close flushes and closes every file, and returns the first error.
func (e *exporting) close() error {
	var first error
	keep := func(err error) {
		if first == nil {
			first = err
		}
	}
	for _, w := range []*csvio.Writer{e.deals, e.history, e.activities, e.approvals, e.steps, e.decisions, e.events} {
		if w != nil {
			keep(w.Flush())
		}
	}
	for _, f := range e.files {
		keep(f.Close())
	}
	return first
}

// process writes the deals of one process. The deals come first, since a stream
// must be over before the next one begins.
func (e *exporting) process(ctx context.Context, r *store.Reader, p *sales.Process) error {
	var deals []sales.Deal
	byID := map[int64]int{}
	err := r.EachDeal(ctx, p.Key, func(d sales.Deal) error {
		byID[d.ID] = len(deals)
		deals = append(deals, d)
		return nil
	})
	if err != nil {
		return err
	}
	e.progress.start(p.Key, int64(len(deals)), false)
	var reworded []sales.Event // of requests, which few deals have
	for _, d := range deals {
		log, err := r.Events(ctx, d.ID)
		if err != nil {
			return err
		}
		if err := e.deal(p, d, log); err != nil {
			return err
		}
		reworded = append(reworded, slices.DeleteFunc(log, func(x sales.Event) bool { return !x.Rewords() })...)
		e.progress.add(1)
	}
	err = r.EachActivity(ctx, p.Key, func(a sales.Activity) error {
		return e.activities.Write(csvio.ActivityRow(deals[byID[a.Deal]], a)...)
	})
	if err != nil {
		return err
	}
	return r.EachApproval(ctx, p.Key, func(a sales.Approval) error {
		d := deals[byID[a.Deal]]
		row, err := csvio.ApprovalRow(d, a)
		if err != nil {
			return err
		}
		if err := e.approvals.Write(row...); err != nil {
			return err
		}
		if err := writeAll(e.steps, csvio.StepRows(d, a)); err != nil {
			return err
		}
		return writeAll(e.decisions, csvio.DecisionRows(d, a, reworded))
	})
}

func writeAll(w *csvio.Writer, rows [][]string) error {
	for _, row := range rows {
		if err := w.Write(row...); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporting) deal(p *sales.Process, d sales.Deal, log []sales.Event) error {
	if err := e.deals.Write(csvio.DealRow(p, d, log, e.own)...); err != nil {
		return err
	}
	for _, row := range csvio.HistoryRows(d, log) {
		if err := e.history.Write(row...); err != nil {
			return err
		}
	}
	for _, event := range log {
		row, err := csvio.EventRow(d, event)
		if err != nil {
			return err
		}
		if err := e.events.Write(row...); err != nil {
			return err
		}
	}
	return nil
}
