package reports

import (
	"slices"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// Below few ended observations people see counts only; below enough an interval
// and a warning, and nothing is ranked.
const (
	few    = 5
	enough = 20
)

// rate writes a share of n with its interval, as far as n can tell.
func rate(p text.Printer, e stat.Estimate, n int) string {
	switch {
	case n < few || !e.Known():
		return dash
	case !e.Bounded(), e.Low == e.High: // an interval of no width would be false confidence
		return careful(p.Percent(e.Value, 0), n)
	default:
		return careful(p.T("%s (%s–%s)", p.Percent(e.Value, 0), p.Number(100*e.Low, 0), p.Percent(e.High, 0)), n)
	}
}

// duration writes a time in days with its interval, as far as n ended stays can tell.
// A time that most have not reached yet is said so.
func duration(p text.Printer, e stat.Estimate, n int) string {
	switch {
	case n < few:
		return dash
	case !e.Known():
		return careful(p.T("not reached yet"), n)
	case !stat.Known(e.Low):
		return careful(p.Days(e.Value), n)
	case !stat.Known(e.High):
		return careful(p.T("%s (%s or more)", p.Days(e.Value), short(p, e.Low)), n)
	default:
		return careful(p.T("%s (%s–%s)", p.Days(e.Value), short(p, e.Low), short(p, e.High)), n)
	}
}

// plainDays writes days without an interval.
func plainDays(p text.Printer, days float64, n int) string {
	if n < few || !stat.Known(days) {
		return dash
	}
	return careful(p.Days(days), n)
}

// unsure marks what few observations say; words in its place would widen tables beyond a phone.
const unsure = " †"

func careful(s string, n int) string {
	if n < enough {
		return s + unsure
	}
	return s
}

// confidence explains the mark below a table, "" where it does not occur.
func (t Table) confidence(p text.Printer) string {
	for _, row := range t.Rows {
		if slices.ContainsFunc(row, func(c Cell) bool { return strings.HasSuffix(c.Text, unsure) }) {
			return lowConfidence(p)
		}
	}
	return ""
}

func lowConfidence(p text.Printer) string {
	return p.T("† low confidence: fewer than %d have ended.", enough)
}

// short writes a number of days with one decimal where that says something.
func short(p text.Printer, days float64) string {
	if days >= 10 {
		return p.Number(days, 0)
	}
	return p.Number(days, 1)
}

// stageName is how people call the stage at the place.
func (h *History) stageName(i int, p text.Printer) string {
	if i < 0 || i >= len(h.Stages) {
		return dash
	}
	if i < len(h.Process.Stages) {
		if name := h.Process.Stages[i].Name.In(p.Lang()); name != "" {
			return name
		}
	}
	return h.Stages[i]
}

// reasonName is how people call a loss reason, or the words of an import.
func reasonName(process *sales.Process, key string, p text.Printer) string {
	if key == "" {
		return p.T("no reason given")
	}
	if r, ok := process.Reason(key); ok {
		if name := r.Name.In(p.Lang()); name != "" {
			return name
		}
	}
	return key
}

// processName is how people call the process.
func processName(process *sales.Process, p text.Printer) string {
	if name := process.Name.In(p.Lang()); name != "" {
		return name
	}
	return process.Key
}

// noter is a Body with something to add to the notes.
type noter interface{ notes() []Note }

// notes says what was left out, and of what else the reader must know.
func notes(all, chosen *History, o Options, b Body) []Note {
	var out []Note
	left := chosen.Left
	if left.Unseen > 0 {
		out = append(out, Note{Say: func(p text.Printer) string {
			return p.N(left.Unseen, "%d deal was imported without the times of its stages: it counts in won and lost, not in what is said of stages.",
				"%d deals were imported without the times of their stages: they count in won and lost, not in what is said of stages.")
		}})
	}
	if n := all.Left.NoCreated; n > 0 && o.hasPeriod() {
		out = append(out, Note{Say: func(p text.Printer) string {
			return p.N(n, "%d deal is left out: nobody knows when it was created.", "%d deals are left out: nobody knows when they were created.")
		}})
	} else if n > 0 {
		out = append(out, Note{Say: func(p text.Printer) string {
			return p.N(n, "%d deal is left out of times: nobody knows when it was created.", "%d deals are left out of times: nobody knows when they were created.")
		}})
	}
	if removed := len(chosen.Stages) - len(chosen.Process.Stages); removed > 0 && chosen.inRemoved() {
		out = append(out, Note{Say: func(p text.Printer) string { return p.T("Stages that the process no longer has come last.") }})
	}
	if left.Sample > 0 {
		out = append(out, Note{Say: func(p text.Printer) string {
			return p.N(left.Sample, "%d of these deals is sample data.", "%d of these deals are sample data.")
		}})
	}
	if len(o.Hide) > 0 {
		out = append(out, Note{Say: func(p text.Printer) string { return p.T("Deals of private teams are left out.") }})
	}
	if n, ok := b.(noter); ok && len(chosen.Deals) > 0 {
		out = append(out, n.notes()...)
	}
	return out
}

// unpriced says how many deals a range of amounts could not judge.
func unpriced(n int) []Note {
	if n == 0 {
		return nil
	}
	return []Note{{Say: func(p text.Printer) string {
		return p.N(n, "%d deal is left out: it has no amount, or one in another currency.",
			"%d deals are left out: they have no amount, or one in another currency.")
	}}}
}

// inRemoved reports whether deals were in stages that the process no longer has.
func (h *History) inRemoved() bool {
	for s := range h.each {
		if int(s.Stage) >= len(h.Process.Stages) {
			return true
		}
	}
	return false
}
