package reports

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/stat"
	"pipewright/store"
)

// How much of each list a digest shows, and how far back its funnel looks.
const (
	maxListed   = 2 // of each list: a digest is one screen, and its menu opens the others
	digestWeeks = 26
)

// lateAfter is how long after its instant a digest counts as late.
const lateAfter = 15 * time.Minute

// digest is what is read for one digest.
type digest struct {
	stretch
	slot     Slot
	posted   time.Time
	past     bool     // it was asked for as of an earlier day
	h        *History // of the deals that the channel may see
	org      *sales.Organisation
	about    Options // whose deals it tells of
	names    named
	unpriced int
	deals    map[int64]sales.Deal // those that moved, and those that need something
	alerts   []attention
	pending  []sales.Approval
	people   map[string]string
	moved    []change
	previous period
	now      period
}

// attention is an open deal that needs somebody.
type attention struct {
	id     int64
	alerts []sales.Alert
	age    float64 // working days in its stage ÷ target, or 0
}

// period counts what happened between two slots.
type period struct {
	created, won, lost  int
	wonMoney, lostMoney money
	share               float64 // of the time of this period and the one before
}

func (p period) events() int { return p.created + p.won + p.lost }

// readDigest reads what the digest of those deals shows as of the slot.
func readDigest(ctx context.Context, r *store.Reader, about Options, of stretch, slot Slot, now time.Time) (*digest, error) {
	d := &digest{about: about, stretch: of, slot: slot, posted: now, deals: map[int64]sales.Deal{}, people: map[string]string{}}
	d.about.From, d.about.To = time.Time{}, time.Time{}
	var err error
	if d.org, err = r.Organisation(ctx); err != nil {
		return nil, err
	}
	if d.names, err = d.about.readNames(ctx, r); err != nil {
		return nil, err
	}
	all, err := Load(ctx, r, about.Process, slot.At)
	if err != nil {
		return nil, err
	}
	if all, err = all.withDesks(ctx, r, Options{AsOf: slot.At}.window()); err != nil {
		return nil, err
	}
	d.h, d.unpriced = all.Only(d.about.belongs), d.about.unpriced(all)
	week := d.week()
	d.now = d.h.period(week)
	earlier := span{of.before.UnixMilli(), week.from}
	d.previous = d.h.period(earlier)
	d.now.share = float64(week.to-week.from) / float64(week.to-earlier.from)
	d.moved = d.h.changes(week)
	if err := d.readDeals(ctx, r); err != nil {
		return nil, err
	}
	return d, d.readPeople(ctx, r)
}

// week is the time of which the digest tells.
func (d *digest) week() span { return span{d.since.UnixMilli(), d.slot.At.UnixMilli()} }

// reader returns the person whose DM it is, "" for a channel.
func reader(channel string) string {
	if strings.HasPrefix(channel, "U") || strings.HasPrefix(channel, "W") {
		return channel
	}
	return ""
}

// readDeals finds the names of what moved, and what needs somebody now.
func (d *digest) readDeals(ctx context.Context, r *store.Reader) error {
	mine, open := map[int64]bool{}, map[int64]bool{}
	for _, row := range d.h.Deals {
		mine[row.ID] = true
		open[row.ID] = row.Status == sales.Open
	}
	moved := map[int64]bool{}
	for _, c := range d.moved {
		moved[c.id] = true
	}
	waiting := map[int64]bool{}
	pending, err := r.Approvals(ctx, store.ApprovalFilter{State: sales.Pending})
	if err != nil {
		return err
	}
	for _, a := range pending {
		if mine[a.Deal] && !a.At.After(d.slot.At) {
			d.pending = append(d.pending, a)
			waiting[a.Deal] = true
		}
	}
	slices.SortStableFunc(d.pending, func(a, b sales.Approval) int { return a.At.Compare(b.At) })
	err = r.EachDeal(ctx, d.h.Process.Key, func(deal sales.Deal) error {
		alerts := []sales.Alert(nil)
		if open[deal.ID] {
			alerts = sales.Attention(deal, d.h.Process, d.slot.At)
		}
		if len(alerts) > 0 {
			d.alerts = append(d.alerts, attention{deal.ID, alerts, d.overrun(deal)})
		}
		if len(alerts) > 0 || moved[deal.ID] || waiting[deal.ID] {
			d.deals[deal.ID] = deal
		}
		return nil
	})
	slices.SortStableFunc(d.alerts, func(a, b attention) int {
		return cmp.Or(len(b.alerts)-len(a.alerts), cmp.Compare(b.age, a.age), cmp.Compare(a.id, b.id))
	})
	return err
}

// overrun returns a deal's time in its stage as a multiple of the target.
func (d *digest) overrun(deal sales.Deal) float64 {
	if s, ok := d.h.Process.Stage(deal.Stage); ok && s.Target > 0 {
		return float64(sales.Age(deal, d.h.Process, d.slot.At) / s.Target)
	}
	return 0
}

func (d *digest) readPeople(ctx context.Context, r *store.Reader) error {
	people, err := r.People(ctx)
	for _, p := range people {
		d.people[p.ID] = cmp.Or(p.RealName, p.Name, p.ID)
	}
	return err
}

// page freezes the digest for its reader.
func (d *digest) page(p text.Printer) Page {
	g := Page{Lang: p.Lang(), Title: d.title(p)}
	recent := d.recent()
	g.text("*" + text.Plain(d.lead(p, d.bottleneck())) + "*")
	if len(d.h.Deals) == 0 {
		g.small(text.Plain(dotted(d.when(p), d.scope(p))))
		return g
	}
	g.small(text.Plain(dotted(d.when(p), d.scope(p), d.context(p))))
	g.text(d.counts(p))
	g.chart(d.chart(recent, p))
	g.table(d.stageTable(p, recent))
	g.text(d.movedText(p))
	g.text(text.Plain(d.h.passedText(d.h.passed(d.week()), p)))
	g.text(d.decisionText(p))
	g.text(d.attentionText(p))
	g.numbers(d.numbers(p))
	return g
}

// dotted joins what there is to one line.
func dotted(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

func (d *digest) bottleneck() bottleneckBody {
	return bottleneck(d.h, Options{AsOf: d.slot.At}).(bottleneckBody)
}

// recent is the history of the deals that the digest's chart and its times tell of.
func (d *digest) recent() *History {
	return d.h.Only(Options{From: d.slot.At.Add(-digestWeeks * 7 * 24 * time.Hour), AsOf: d.slot.At}.created)
}

// chart is how far recent deals came on their way to the win, nil when there are none.
func (d *digest) chart(recent *History, p text.Printer) *Chart {
	chart := funnel(recent, Options{AsOf: d.slot.At}).Chart(p)
	if chart != nil {
		chart.Title = p.T("Deals of the last %d weeks: stages reached", digestWeeks)
		n := min(d.h.won()+1, len(chart.Labels))
		chart.Labels, chart.Series[0].Values = chart.Labels[:n], chart.Series[0].Values[:n]
	}
	return chart
}

func (d *digest) title(p text.Printer) string {
	var title string
	switch d.every {
	case "daily":
		title = p.T("Daily digest")
	case "monthly":
		title = p.T("Monthly digest")
	default:
		title = p.T("Weekly digest")
	}
	title += " · " + processName(d.h.Process, p)
	if t, ok := d.org.Team(d.about.Team); ok {
		title += " · " + cmp.Or(t.Name.In(p.Lang()), t.Key)
	}
	return title
}

// scope says which deals the digest tells of, beside those of its team, which the title names.
func (d *digest) scope(p text.Printer) string {
	o := d.about
	o.Team = ""
	return o.scope(d.names, p)
}

func (d *digest) when(p text.Printer) string {
	s := p.T("%s to %s (%s)", p.DateTime(d.since), p.DateTime(d.slot.At), p.Location().String())
	if late := d.slot.late(d.posted, p); late != "" {
		s += " · " + late
	}
	return s
}

// lead is the sentence that matters first: the bottleneck, when one can be named.
func (d *digest) lead(p text.Printer, bottle bottleneckBody) string {
	if len(d.h.Deals) == 0 {
		if d.scope(p) == "" && d.about.Team == "" {
			return p.T("No deals yet. Create one, and this digest fills by itself.")
		}
		return p.T("There are no deals yet.")
	}
	for _, r := range bottle.rows {
		if r.Verdict == VerdictBottleneck || r.Verdict == VerdictSlow {
			if r.desk != nil { // which is who is waited for
				return bottle.Lead(p)
			}
			return d.waitingThere(p, bottle.Lead(p), r.place)
		}
	}
	won := p.N(d.now.won, "%d deal was won", "%d deals were won")
	lost := p.N(d.now.lost, "%d was lost", "%d were lost")
	if d.now.won+d.now.lost+len(d.moved)+d.now.created == 0 {
		return p.T("A quiet time: nothing moved.")
	}
	if d.now.won+d.now.lost == 0 {
		return bottle.Lead(p)
	}
	return p.Sentences(p.T("%s, %s.", won, lost), bottle.Lead(p))
}

// waitingThere adds whose approval most of the deals in the stage wait for.
func (d *digest) waitingThere(p text.Printer, lead string, place int) string {
	deals := map[string]map[int64]bool{}
	for _, a := range d.pending {
		if d.deals[a.Deal].Stage != d.h.Stages[place] {
			continue
		}
		for _, name := range d.awaited(a, p) {
			if deals[name] == nil {
				deals[name] = map[int64]bool{}
			}
			deals[name][a.Deal] = true
		}
	}
	most := ""
	for _, name := range sortedKeys(deals) {
		if most == "" || len(deals[name]) > len(deals[most]) {
			most = name
		}
	}
	if most == "" {
		return lead
	}
	return p.T("%s Waiting for %s now: %d.", lead, most, len(deals[most]))
}

func (d *digest) counts(p text.Printer) string {
	item := func(name string, n int, m money) string {
		s := "*" + name + "* " + p.Number(float64(n), 0)
		if len(m) > 0 {
			s += " (" + text.Escape(m.short(p)) + ")"
		}
		return s
	}
	now := strings.Join([]string{
		item(p.T("Won"), d.now.won, d.now.wonMoney), item(p.T("Lost"), d.now.lost, d.now.lostMoney), item(p.T("New"), d.now.created, nil), item(p.T("Open now"), d.h.open(), d.h.worth()),
	}, " · ")
	switch {
	case d.now.events()+d.previous.events() == 0:
		return now
	case d.previous.events() == 0 && !d.h.begunBefore(d.week().from):
		return now + "\n" + p.T("It is the first period: there is none before to compare with.")
	}
	before := p.T("The period before: %d won, %d lost, %d new.", d.previous.won, d.previous.lost, d.previous.created)
	return now + "\n" + p.Sentences(before, d.chance(p))
}

// begunBefore reports whether there were deals at the instant.
func (h *History) begunBefore(at int64) bool {
	return slices.ContainsFunc(h.Deals, func(d *Deal) bool { return d.Created == never || d.Created <= at })
}

// chance says which counts differ from the period before by more than chance.
func (d *digest) chance(p text.Printer) string {
	var sure []string
	for _, c := range []struct {
		name        string
		now, before int
	}{{p.T("Won"), d.now.won, d.previous.won}, {p.T("Lost"), d.now.lost, d.previous.lost}, {p.T("New"), d.now.created, d.previous.created}} {
		e := stat.ClopperPearson(c.now, c.now+c.before)
		if e.Low > d.now.share || e.High < d.now.share {
			sure = append(sure, c.name)
		}
	}
	if len(sure) == 0 {
		return p.T("The difference may be chance.")
	}
	return p.T("More than chance: %s.", p.List(sure))
}

// tally is what is in one stage now.
type tally struct{ n, over int }

// cell is "11 (4 late)", which is short enough for a phone.
func (t tally) cell(p text.Printer) Cell {
	c := count(p, t.n)
	if t.over > 0 {
		c.Text = p.T("%s (%d late)", c.Text, t.over)
	}
	return c
}

// standing counts what is in each stage, and what of it has been there longer than its target.
func (d *digest) standing() []tally {
	out := make([]tally, len(d.h.Stages))
	for s := range d.h.each {
		if s.Exit != stat.Censored {
			continue
		}
		at := &out[s.Stage]
		at.n++
		if d.h.over(s) {
			at.over++
		}
	}
	return out
}

// stageTable shows what is in each stage before the win, and how long deals stay there. Delivery and payment
// stand in the report "stages".
func (d *digest) stageTable(p text.Printer, recent *History) Table {
	t := Table{Caption: p.T("Stages"), Columns: []Column{
		{Title: p.T("Stage")}, {Title: p.T("Open now"), Right: true}, {Title: p.T("Half within"), Right: true},
	}}
	visits, times, now := recent.sums().stages, recent.times(), d.standing()
	for i := range min(d.h.won(), len(d.h.Process.Stages)) {
		var median stat.Estimate
		times.stages[i].sample(recent.AsOf, func(s *stat.Sample) { median = s.Median() })
		t.Rows = append(t.Rows, []Cell{
			label(d.h.stageName(i, p)), now[i].cell(p), value(duration(p, median, visits[i].settled()), median.Value),
		})
	}
	return t
}

// context says how many deals the digest tells of, and what a reader must know of them.
func (d *digest) context(p text.Printer) string {
	parts := []string{p.T("%s, %s", p.N(len(d.h.Deals), "%d deal", "%d deals"), p.N(d.h.open(), "%d open", "%d open"))}
	for _, n := range d.notes() {
		parts = append(parts, n.Say(p))
	}
	return dotted(parts...)
}
