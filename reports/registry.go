package reports

import (
	"context"
	"maps"
	"slices"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// Report is one question and how it is answered.
type Report struct {
	Name      string
	Title     string // English, for T
	About     string // what it answers; English, for T
	Compute   func(h *History, o Options) Body
	AtStage   []string // what it counts of the deals of a stage, in the order of its columns; see Result.At
	Window    bool     // From and To are a window of the calendar over all deals, not a choice of deals
	Divisible bool     // it can be broken down by owner, team or source
}

// All returns the reports in the order of help.
func All() []Report {
	return []Report{
		{Name: "outcomes", Title: text.Msg("Won and lost"), About: text.Msg("how many deals are won, and why others are lost"), Compute: outcomes, AtStage: becomings, Divisible: true},
		{Name: "funnel", Title: text.Msg("Funnel"), About: text.Msg("how far deals come, and where they are lost"), Compute: funnel, AtStage: becomings, Divisible: true},
		{Name: "stages", Title: text.Msg("Time in stages"), About: text.Msg("how long deals stay in each stage"), Compute: stages, AtStage: []string{Entered, OpenHere, Over}, Divisible: true},
		{Name: "cycle", Title: text.Msg("Length of the cycle"), About: text.Msg("how long it takes to win or lose a deal"), Compute: cycle, AtStage: becomings, Divisible: true},
		{Name: "process", Title: text.Msg("What really happens"), About: text.Msg("which stage follows which, loops and jumps included"), Compute: follows, AtStage: becomings},
		{Name: "bottleneck", Title: text.Msg("Bottleneck"), About: text.Msg("where work piles up, and who is waited for"), Compute: bottleneck, AtStage: []string{OpenHere, Arrived, Departed}, Window: true},
	}
}

// Names returns the names of all reports.
func Names() []string {
	var out []string
	for _, r := range All() {
		out = append(out, r.Name)
	}
	return out
}

// Find returns the report, or NotFound "report.unknown" with the name.
func Find(name string) (Report, error) {
	all := All()
	if i := slices.IndexFunc(all, func(r Report) bool { return r.Name == name }); i >= 0 {
		return all[i], nil
	}
	return Report{}, sales.Refuse(sales.NotFound, "report.unknown", "name", name)
}

// Compute reads the log and answers the report. It refuses with NotFound
// "report.unknown" or "process.unknown", or Invalid "report.period",
// "report.future", "report.horizon", "report.by" or "report.undivided".
func Compute(ctx context.Context, r *store.Reader, name string, o Options) (Result, error) {
	report, err := Find(name)
	if err != nil {
		return Result{}, err
	}
	if err := o.check(); err != nil {
		return Result{}, err
	}
	if err := report.checkBy(o.By); err != nil {
		return Result{}, err
	}
	h, err := Load(ctx, r, o.Process, o.AsOf)
	if err != nil {
		return Result{}, err
	}
	if report.Window {
		if h, err = h.withDesks(ctx, r, o.window()); err != nil {
			return Result{}, err
		}
	}
	res := report.of(h, o)
	res.names, err = o.readNames(ctx, r)
	return res, err
}

// of answers the report from a history of all deals.
func (r Report) of(h *History, o Options) Result {
	mine := h
	if o.narrow() {
		mine = h.Only(o.belongs)
	}
	chosen := mine
	if !r.Window && o.hasPeriod() {
		chosen = mine.Only(o.created)
	}
	res := Result{Report: r, History: chosen, Options: o, Body: r.Compute(chosen, o), Breakdown: r.breakDown(chosen, o)}
	res.Notes = append(unpriced(o.unpriced(h)), notes(mine, chosen, o, res.Body)...)
	return res
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
