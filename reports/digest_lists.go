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
	for i := range h.Deals {
		d := &h.Deals[i]
		if w.during(d.Created) {
			n.created++
		}
		if !w.during(d.Closed) {
			continue
		}
		switch d.Status {
		case sales.Won:
			n.won++
			n.wonMoney.add(d.Amount)
		case sales.Lost:
			n.lost++
			n.lostMoney.add(d.Amount)
		}
	}
	return n
}

// changes returns the deals that moved in the span: won ones first, then lost ones, then
// those that went on, then those that went back, the latest first.
func (h *History) changes(w span) []change {
	var out []change
	for i := range h.Deals {
		if c, ok := h.changeOf(&h.Deals[i], w); ok {
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
	stays := h.staysOf(*d)
	for i, s := range stays {
		if s.Exit == stat.Censored || !w.during(s.Left) {
			continue
		}
		if !found {
			c.from = int(s.Stage)
		}
		found = true
		c.kind, c.to, c.at = s.Exit, int(s.To), s.Left
		if i+1 < len(stays) && s.Exit == exitLost && w.during(stays[i+1].Entered) { // and reopened
			c.kind, c.to, c.at = exitBack, int(stays[i+1].Stage), stays[i+1].Entered
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
	lines := []string{"*" + p.T("What moved") + "*"}
	for _, c := range d.moved[:min(len(d.moved), maxMoved)] {
		lines = append(lines, "• "+d.dealName(c.id)+": "+d.moveWords(c, p))
	}
	if more := len(d.moved) - maxMoved; more > 0 {
		lines = append(lines, p.N(more, "… and %d more", "… and %d more"))
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

// attentionText lists the approvals that wait and the deals that need somebody.
func (d *digest) attentionText(p text.Printer) string {
	if len(d.alerts)+len(d.pending) == 0 {
		return ""
	}
	lines := []string{"*" + p.T("Needs attention") + "*"}
	for _, a := range d.pending[:min(len(d.pending), maxPending)] {
		lines = append(lines, "• "+d.pendingWords(a, p))
	}
	for _, a := range d.alerts[:min(len(d.alerts), maxAttention)] {
		deal := d.deals[a.id]
		var why []string
		for _, alert := range a.alerts {
			why = append(why, d.alertWords(deal, alert, p))
		}
		who := ""
		if name := d.person(deal.Owner); name != "" {
			who = " (" + text.Plain(name) + ")"
		}
		lines = append(lines, "• "+d.dealName(a.id)+who+": "+strings.Join(why, p.T(", ")))
	}
	if more := max(0, len(d.pending)-maxPending) + max(0, len(d.alerts)-maxAttention); more > 0 {
		lines = append(lines, p.N(more, "… and %d more", "… and %d more"))
	}
	return strings.Join(lines, "\n")
}

func (d *digest) person(id string) string { return cmp.Or(d.people[id], id) }

func (d *digest) pendingWords(a sales.Approval, p text.Printer) string {
	kind := a.Kind
	if policy, ok := d.h.Process.Policy(a.Kind); ok {
		kind = cmp.Or(policy.Name.In(p.Lang()), kind)
	}
	var roles []string
	if s := a.Current(); s != nil {
		for _, key := range s.Roles {
			name := key
			if r, ok := d.org.Role(key); ok {
				name = cmp.Or(r.Name.In(p.Lang()), key)
			}
			roles = append(roles, text.Plain(name))
		}
	}
	return p.T("%s: %s waits for %s, asked %s", d.dealName(a.Deal), text.Plain(kind), cmp.Or(p.List(roles), dash), p.Ago(a.At, d.slot.At))
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
