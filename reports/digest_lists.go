package reports

import (
	"cmp"
	"slices"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// change is what happened to one deal in a period, from where it stood to where it came.
type change struct {
	id       int64
	from, to int // places of stages, or nowhere
	kind     stat.Cause
	at       int64
}

// during reports whether the instant lies in the span, its end included.
func (w span) during(at int64) bool { return at != never && at > w.from && at <= w.to }

// period counts what happened in the span.
func (h *History) period(w span) period {
	n := period{wonMoney: money{}, lostMoney: money{}}
	for _, d := range h.Deals {
		if w.during(d.Created) {
			n.created++
		}
		if !w.during(d.Closed) {
			continue
		}
		switch d.Status {
		case sales.Won:
			n.won++
			n.wonMoney.add(d.Amount())
		case sales.Lost:
			n.lost++
			n.lostMoney.add(d.Amount())
		}
	}
	return n
}

// changes returns the deals that moved in the span: won ones first, then lost ones, then
// those that went on, then those that went back, the latest first.
func (h *History) changes(w span) []change {
	var out []change
	for _, d := range h.Deals {
		if c, ok := h.changeOf(d, w); ok {
			out = append(out, c)
		}
	}
	rank := map[stat.Cause]int{exitWon: 0, exitLost: 1, exitCompleted: 2, exitForward: 3, exitBack: 4}
	slices.SortStableFunc(out, func(a, b change) int { return cmp.Or(rank[a.kind]-rank[b.kind], cmp.Compare(b.at, a.at)) })
	return out
}

// changeOf sums a deal's moves in the span up to one.
func (h *History) changeOf(d *Deal, w span) (change, bool) {
	c := change{id: d.ID, from: nowhere, to: nowhere}
	found := false
	for i, s := range d.stays {
		if s.Exit == stat.Censored || !w.during(s.Left) {
			continue
		}
		if !found {
			c.from = int(s.Stage)
		}
		found = true
		c.kind, c.to, c.at = s.Exit, int(s.To), s.Left
		if i+1 < len(d.stays) && s.Exit == exitLost && w.during(d.stays[i+1].Entered) { // and reopened
			c.kind, c.to, c.at = exitBack, int(d.stays[i+1].Stage), d.stays[i+1].Entered
		}
	}
	if !found && w.during(d.Closed) { // an import without stays
		found, c.at, c.from = true, d.Closed, nowhere
		c.kind = exitLost
		if d.Status == sales.Won {
			c.kind, c.to = exitWon, int(d.At)
		}
	}
	if found && d.Status == sales.Won && w.during(d.Closed) {
		c.kind = exitWon
	}
	return c, found
}

func (d *digest) movedText(p text.Printer) string {
	if len(d.moved) == 0 {
		return ""
	}
	lines := []string{heading(p, p.T("What moved"), len(d.moved))}
	for _, c := range d.moved[:min(len(d.moved), maxListed)] {
		lines = append(lines, "• "+p.T("%s: %s", d.dealName(c.id), d.moveWords(c, p)))
	}
	return strings.Join(lines, "\n")
}

func (d *digest) moveWords(c change, p text.Printer) string {
	from, to := text.Plain(d.h.stageName(c.from, p)), text.Plain(d.h.stageName(c.to, p))
	switch {
	case c.kind == exitLost && c.from < 0:
		return p.T("lost")
	case c.kind == exitLost:
		return p.T("lost in %s", from)
	case c.kind == exitWon && c.from < 0:
		return p.T("won")
	case c.kind == exitWon:
		return p.T("won (%s → %s)", from, to)
	case c.kind == exitCompleted:
		return p.T("%s → completed", from)
	case c.kind == exitBack:
		return p.T("back, %s → %s", from, to)
	}
	return from + " → " + to
}

// dealName is "D-12 Acme", escaped.
func (d *digest) dealName(id int64) string {
	deal := d.deals[id]
	deal.ID = id
	return strings.TrimSpace(deal.Ref() + " " + text.Plain(text.Truncate(deal.Name, 60)))
}

// decisionText lists the approvals that wait.
func (d *digest) decisionText(p text.Printer) string {
	if len(d.pending) == 0 {
		return ""
	}
	lines := []string{heading(p, p.T("Needs a decision"), len(d.pending))}
	for _, a := range d.pending[:min(len(d.pending), maxListed)] {
		lines = append(lines, "• "+d.pendingWords(a, p))
	}
	return strings.Join(lines, "\n")
}

// attentionText lists the deals that need somebody. Those that need a decision are named already.
func (d *digest) attentionText(p text.Printer) string {
	alerts := slices.DeleteFunc(slices.Clone(d.alerts), func(x attention) bool {
		return slices.ContainsFunc(d.pending, func(a sales.Approval) bool { return a.Deal == x.id })
	})
	if len(alerts) == 0 {
		return ""
	}
	lines := []string{heading(p, p.T("Needs attention"), len(alerts))}
	for _, x := range alerts[:min(len(alerts), maxListed)] {
		deal := d.deals[x.id]
		who := ""
		if name := d.person(deal.Owner); name != "" {
			who = " (" + text.Plain(name) + ")"
		}
		lines = append(lines, "• "+p.T("%s: %s", d.dealName(x.id)+who, d.reason(p, deal, x.alerts)))
	}
	return strings.Join(lines, "\n")
}

// heading is over a list, and says how many of all it shows.
func heading(p text.Printer, title string, all int) string {
	if all > maxListed {
		return p.T("*%s* · %d of %d", title, maxListed, all)
	}
	return "*" + title + "*"
}

// gravity orders why a deal needs somebody.
var gravity = []sales.Alert{sales.OverTarget, sales.Quiet, sales.ClosePast, sales.NextPast}

// reason says what weighs most.
func (d *digest) reason(p text.Printer, deal sales.Deal, alerts []sales.Alert) string {
	for _, alert := range gravity {
		if slices.Contains(alerts, alert) {
			return d.alertWords(deal, alert, p)
		}
	}
	return ""
}

func (d *digest) person(id string) string { return cmp.Or(d.people[id], id) }

func (d *digest) pendingWords(a sales.Approval, p text.Printer) string {
	kind := a.Kind
	if policy, ok := d.h.Process.Policy(a.Kind); ok {
		kind = cmp.Or(policy.Name.In(p.Lang()), kind)
	}
	return p.T("%s: %s waits for %s, asked %s", d.dealName(a.Deal), text.Plain(kind), cmp.Or(text.Plain(p.List(d.awaited(a, p))), dash), p.Ago(a.At, d.slot.At))
}

// awaited names the roles, user groups and people that the approval waits for, in all steps that can be decided.
func (d *digest) awaited(a sales.Approval, p text.Printer) []string {
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, s := range a.Waiting() {
		for _, key := range s.Roles {
			role, _ := d.org.Role(key)
			add(cmp.Or(role.Name.In(p.Lang()), key))
		}
		for _, id := range s.Groups {
			add(d.org.GroupName(id))
		}
		for _, id := range s.Users {
			add(d.person(id))
		}
		if s.Manager {
			add(p.T("the manager"))
		}
	}
	return out
}

func (d *digest) alertWords(deal sales.Deal, alert sales.Alert, p text.Printer) string {
	switch alert {
	case sales.NextPast:
		return p.T("next step was due on %s", p.DateShort(deal.NextBy, d.slot.At))
	case sales.ClosePast:
		return p.T("should have closed on %s", p.DateShort(deal.Close, d.slot.At))
	case sales.OverTarget:
		age := d.h.workDays(p, Num(sales.Age(deal, d.h.Process, d.slot.At)))
		place := slices.Index(d.h.Stages, deal.Stage)
		return p.T("in %s for %s", text.Plain(d.h.stageName(place, p)), age)
	}
	return p.T("nothing logged since %s", p.DateShort(deal.LastSign(), d.slot.At))
}
