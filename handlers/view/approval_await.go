package view

import (
	"slices"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Awaited names those who may decide now, or says that nobody can.
func (a Approval) Awaited(p text.Printer) string {
	var parts []string
	for _, w := range a.Awaiting {
		if s := a.awaitedFor(p, w); !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return p.T("somebody with the role, and nobody has it")
	}
	if len(parts) > 2 {
		parts = append(parts[:2], p.T("others"))
	}
	all := parts[0]
	for _, s := range parts[1:] {
		all = p.T("%s, and %s", all, s)
	}
	return all
}

// awaitedFor names those of one step: any of them, some, or all.
func (a Approval) awaitedFor(p text.Printer, w sales.Awaited) string {
	const most = 4
	switch {
	case len(w.People) == 0:
		return a.missing(p, w.Step)
	case w.N < 2:
		return AnyOf(p, w.People, func(u string) string { return a.awaitedOne(p, w, u) })
	}
	var names []string
	for _, u := range w.People[:min(len(w.People), most)] {
		names = append(names, a.awaitedOne(p, w, u))
	}
	if len(w.People) > most {
		names = append(names, p.T("others"))
	}
	if w.N >= len(w.People) {
		return p.List(names)
	}
	return p.T("%s of %s", p.Number(float64(w.N), 0), p.List(names))
}

// missing says who would be asked, and is not there.
func (a Approval) missing(p text.Printer, step string) string {
	groups := AnyOf(p, a.stateOf(step).Groups, a.Name)
	switch {
	case groups == "":
		return p.T("somebody with the role, and nobody has it")
	case a.RoleOf(step) == "":
		return p.T("somebody in %s, and nobody is in it", groups)
	}
	return p.T("somebody with the role or in %s, and nobody is left", groups)
}

// at is the request with nothing awaited but the step.
func (a Approval) at(step string) Approval {
	a.Awaiting = slices.DeleteFunc(slices.Clone(a.Awaiting), func(w sales.Awaited) bool { return w.Step != step })
	return a
}

// open is a step that waits: who answered so far, and who is awaited.
func (a Approval) open(p text.Printer, name string, s sales.StepState) string {
	return Lines(a.decisions(p, name, s), a.forwards(p, s), ":hourglass_flowing_sand: "+a.at(s.Key).waiting(p, name, s), a.escalated(p, s), a.stranded(p, s))
}

// voided are the answers to the step that no longer count.
func (a Approval) voided(p text.Printer, s sales.StepState) string {
	var lines []string
	for _, d := range s.Decisions {
		if d.Void {
			lines = append(lines, ":leftwards_arrow_with_hook: "+p.T("*%s*: the answer of %s no longer counts, the request was changed", a.StepName(p, s.Key), a.who(p, d)))
		}
	}
	return Lines(lines...)
}
