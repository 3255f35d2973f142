package csvio

import (
	"math"
	"strconv"
	"strings"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// LoadHistory reads a file of histories.
func (l *Loader) LoadHistory(t *Table) error {
	b, clock, err := l.open(t, historyFile, historyColumns)
	if err != nil {
		return err
	}
	return l.each(t, func(r Row) string {
		external, name, at, why := l.happened(&b, clock, r, "stage", "entered_at")
		if why != "" {
			return why
		}
		deal := l.entry(external)
		if why := l.belongs(deal, b.cell(r, "process")); why != "" {
			return why
		}
		m := l.matcher(deal)
		where := m.step(name)
		if where == nowhere {
			return l.unknownStage(m, name)
		}
		l.history = append(l.history, historyRow{
			at: at.at.UnixMilli(), deal: deal, line: int32(r.Line), step: where,
			actor: l.words.number(l.people.find(b.cell(r, "actor"))),
		})
		return ""
	})
}

// happened reads what such rows begin with: the deal, what happened and when, in the fields what and when.
func (l *Loader) happened(b *binding, clock *clockReader, r Row, what, when string) (external, name string, at moment, why string) {
	external, name = b.cell(r, "deal_id"), b.cell(r, what)
	cell := b.cell(r, when)
	if why = l.required("deal_id", external, what, name, when, cell); why == "" {
		at, why = l.date(clock, when, cell)
	}
	return external, name, at, why
}

// LoadActivities reads a file of activities.
func (l *Loader) LoadActivities(t *Table) error {
	b, clock, err := l.open(t, activitiesFile, activityColumns)
	if err != nil {
		return err
	}
	return l.each(t, func(r Row) string {
		external, kind, at, why := l.happened(&b, clock, r, "type", "at")
		if why != "" {
			return why
		}
		deal := l.entry(external)
		if why := l.belongs(deal, b.cell(r, "process")); why != "" {
			return why
		}
		m := l.matcher(deal)
		key := m.activities[text.Fold(kind)]
		if key == "" {
			return l.printer.T("there is no activity type %q in the process %s — it has %s; add it to the process or change the row", kind, m.process.Key, l.printer.List(m.activityKeys()))
		}
		minutes, ok := readMinutes(b.cell(r, "minutes"))
		if !ok {
			return l.printer.T("minutes: %q is no length of an activity — write whole minutes, at most 1440", b.cell(r, "minutes"))
		}
		if minutes < 0 {
			a, _ := m.process.Activity(key)
			minutes = a.Minutes
		}
		event, _ := strconv.Atoi(b.cell(r, "event"))
		l.activities = append(l.activities, activityRow{
			at: at.at.UnixMilli(), deal: deal, line: int32(r.Line), minutes: int32(minutes), event: int32(event), extra: activityExtras(&b, r),
			kind: l.words.number(key), actor: l.words.number(l.people.find(b.cell(r, "actor"))),
			outcome: l.words.number(b.cell(r, "outcome")), note: strings.Clone(b.cell(r, "note")),
		})
		return ""
	})
}

// activityExtras reads what only our own export says; nil when there is nothing.
func activityExtras(b *binding, r Row) *activityExtra {
	x := activityExtra{link: strings.Clone(b.cell(r, "link")), undone: b.cell(r, "undone") == "true"}
	x.cost, _ = sales.MoneyFromCanonical(b.cell(r, "cost"))
	if x == (activityExtra{}) {
		return nil
	}
	return &x
}

func (m *matcher) activityKeys() []string {
	var out []string
	for _, a := range m.process.Activities {
		out = append(out, a.Key)
	}
	return out
}

// required returns why a row is refused when one of the cells is empty; cells are
// given as field, cell, field, cell …
func (l *Loader) required(cells ...string) string {
	for i := 0; i+1 < len(cells); i += 2 {
		if cells[i+1] == "" {
			return l.printer.T("%s is empty — fill it in or take the row out", cells[i])
		}
		if why := l.within(maxID, cells[i], cells[i+1]); why != "" {
			return why
		}
	}
	return ""
}

func (l *Loader) unknownStage(m *matcher, name string) string {
	return l.printer.T("there is no stage %q in the process %s — it has %s; say which one is meant with --stage %q, or draft a process with `process infer --history FILE`",
		name, m.process.Key, l.printer.List(m.stageNames()), name+"=KEY")
}

// readMinutes reads a length: minutes, 1:30, 00:45:00 or 1h 30m; -1 when it is empty.
func readMinutes(s string) (int, bool) {
	if s == "" {
		return -1, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		d, ok := clockLength(s)
		if !ok {
			return 0, false
		}
		f = d.Minutes()
	}
	if f < 0 || f > 24*60 || math.IsNaN(f) {
		return 0, false
	}
	return int(math.Round(f)), true
}

func clockLength(s string) (time.Duration, bool) {
	if parts := strings.Split(s, ":"); len(parts) == 2 || len(parts) == 3 {
		s = parts[0] + "h" + parts[1] + "m"
		if len(parts) == 3 {
			s += parts[2] + "s"
		}
	}
	d, err := time.ParseDuration(strings.ReplaceAll(strings.ToLower(s), " ", ""))
	return d, err == nil
}
