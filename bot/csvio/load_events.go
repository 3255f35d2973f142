package csvio

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"pipewright/internal/sales"
)

// eventRow is one line of a whole log. Its data stay JSON until the deal is built.
type eventRow struct {
	at      int64
	deal    int32
	line    int32
	version int32
	actor   int32
	kind    int32
	data    string
}

type approvalRow struct {
	sales.Approval
	deal int32
	line int32
}

// LoadEvents reads a file of whole logs, as export writes it.
func (l *Loader) LoadEvents(t *Table) error {
	b, clock, err := l.open(t, eventsFile, eventColumns)
	if err != nil {
		return err
	}
	return l.each(t, func(r Row) string {
		external, kind, data := b.cell(r, "deal_id"), b.cell(r, "type"), b.cell(r, "data")
		if why := l.required("deal_id", external, "process", b.cell(r, "process"), "type", kind, "data", data); why != "" {
			return why
		}
		at, why := l.logTime(clock, b.cell(r, "at"))
		if why != "" {
			return why
		}
		version, err := strconv.ParseInt(b.cell(r, "version"), 10, 32)
		if err != nil || version < 1 || json.Unmarshal([]byte(data), new(sales.EventData)) != nil {
			return l.printer.T("it is no line of a log — take events.csv as `export` wrote it")
		}
		deal := l.entry(external)
		if why := l.belongs(deal, b.cell(r, "process")); why != "" {
			return why
		}
		l.logs = append(l.logs, eventRow{
			at: at, deal: deal, line: int32(r.Line), version: int32(version),
			actor: l.words.number(b.cell(r, "actor")), kind: l.words.number(kind), data: strings.Clone(data),
		})
		return ""
	})
}

// logTime reads the time of an event; none is that of an undated creation.
func (l *Loader) logTime(c *clockReader, cell string) (int64, string) {
	if cell == "" {
		return sales.Undated.UnixMilli(), ""
	}
	m, why := l.date(c, "at", cell)
	return m.at.UnixMilli(), why
}

// LoadApprovals reads a file of approvals, as export writes it.
func (l *Loader) LoadApprovals(t *Table) error {
	b, clock, err := l.open(t, approvalsFile, approvalColumns)
	if err != nil {
		return err
	}
	return l.each(t, func(r Row) string {
		external := b.cell(r, "deal_id")
		if why := l.required("deal_id", external, "kind", b.cell(r, "kind"), "requested_at", b.cell(r, "requested_at")); why != "" {
			return why
		}
		a := sales.Approval{
			Kind: strings.Clone(b.cell(r, "kind")), Requester: strings.Clone(b.cell(r, "requester")), State: sales.ApprovalState(strings.Clone(b.cell(r, "state"))),
		}
		a.ID, _ = strconv.ParseInt(b.cell(r, "approval_id"), 10, 64)
		for field, into := range map[string]*int{"episode": &a.Episode, "version": &a.Version, "map": &a.Map} {
			*into, _ = strconv.Atoi(b.cell(r, field))
		}
		for field, into := range map[string]*time.Time{"requested_at": &a.At, "ended_at": &a.Ended} {
			if cell := b.cell(r, field); cell != "" {
				m, why := l.date(clock, field, cell)
				if why != "" {
					return why
				}
				*into = m.at
			}
		}
		for field, into := range map[string]any{"form": &a.Form, "steps": &a.Steps, "facts": &a.Facts} {
			if cell := b.cell(r, field); cell != "" && json.Unmarshal([]byte(cell), into) != nil {
				return l.printer.T("%s cannot be read — take approvals.csv as `export` wrote it", field)
			}
		}
		l.approvals = append(l.approvals, approvalRow{Approval: a, deal: l.entry(external), line: int32(r.Line)})
		return ""
	})
}

// replay builds a deal from its whole log.
func (l *Loader) replay(i int) (*Built, *Bad) {
	e := &l.entries[i]
	out := &Built{External: e.external, Process: l.matcher(int32(i)).process}
	for n, r := range l.logs[e.log.from:e.log.to] {
		event := sales.Event{Version: int(r.version), At: instant(r.at), Actor: l.words.texts[r.actor], Type: sales.EventType(l.words.texts[r.kind])}
		_ = json.Unmarshal([]byte(r.data), &event.Data) // LoadEvents has read it before
		if event.Version != n+1 || (n == 0) != (event.Type == sales.Created) {
			return nil, l.badAt(eventsFile, int(r.line), l.printer.T("version %d of deal %s stands where %d should — take events.csv as `export` wrote it", event.Version, e.external, n+1))
		}
		if event.Type == sales.Unlogged {
			event.Data.Activity = 0 // it had another id there
		}
		out.Events = append(out.Events, event)
	}
	out.Events[0].Data.Process = out.Process.Key
	b := builder{Loader: l, m: l.matcher(int32(i)), entry: e}
	for _, r := range l.activities[e.acts.from:e.acts.to] {
		a := b.activity(r)
		if a.Event = int(r.event); a.Event < 1 || a.Event > len(out.Events) || out.Events[a.Event-1].Type != sales.Logged {
			return nil, l.badAt(activitiesFile, int(r.line), l.printer.T("the log of deal %s does not know this activity — take activities.csv from the same export", e.external))
		}
		out.Activities = append(out.Activities, a)
	}
	for _, r := range l.approvals[e.asked.from:e.asked.to] {
		out.Approvals = append(out.Approvals, r.Approval)
	}
	return out, nil
}
