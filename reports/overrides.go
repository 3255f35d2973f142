package reports

import (
	"slices"

	"pipewright/internal/text"
)

// overrode are the deals that left the stage at the place by override.
func (h *History) overrode(place int) among {
	return func(d *Deal) bool {
		return slices.ContainsFunc(d.overrides, func(o override) bool { return int(o.Stage) == place })
	}
}

// overrodeIn are the deals that passed a gate by override in the span.
func overrodeIn(w span) among {
	return func(d *Deal) bool {
		return slices.ContainsFunc(d.overrides, func(o override) bool { return w.during(o.At) })
	}
}

// passed counts by place the overrides in the span.
func (h *History) passed(w span) []int {
	out := make([]int, len(h.Stages))
	for _, d := range h.Deals {
		for _, o := range d.overrides {
			if o.Stage >= 0 && w.during(o.At) {
				out[o.Stage]++
			}
		}
	}
	return out
}

// passedText says in which stages how many gates were passed by override, "" when none was.
func (h *History) passedText(passed []int, p text.Printer) string {
	var items []string
	for place, n := range passed {
		if n > 0 {
			items = append(items, p.T("%s in %s", p.Number(float64(n), 0), h.stageName(place, p)))
		}
	}
	if len(items) == 0 {
		return ""
	}
	return p.T("Gates passed without what they ask for: %s.", p.List(items))
}
