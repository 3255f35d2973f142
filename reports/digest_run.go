package reports

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// stretch is the time that a digest tells of, from since until its slot, and the one before it.
type stretch struct {
	every         string // daily, weekly or monthly
	before, since time.Time
}

// until is the stretch of the rhythm that ends at the instant.
func (r Rhythm) until(at time.Time) stretch {
	since := r.Before(at).At
	return stretch{r.Every, r.Before(since).At, since}
}

// lastStretch is the day, the week or the month up to the instant, in the zone.
func lastStretch(every string, at time.Time, zone *time.Location) stretch {
	back := func(t time.Time, n int) time.Time {
		switch every {
		case "daily":
			return t.AddDate(0, 0, -n)
		case "monthly":
			earlier := t.AddDate(0, -n, 0)
			if earlier.Day() != t.Day() { // that month is shorter: its last day
				earlier = earlier.AddDate(0, 0, -earlier.Day())
			}
			return earlier
		}
		return t.AddDate(0, 0, -7*n)
	}
	at = at.In(zone)
	return stretch{every, back(at, 2), back(at, 1)}
}

// ParseEvery reads of which time a digest tells: "daily", "every week", "month", "每周". The
// answer is daily, weekly or monthly; ok is false when it is none.
func ParseEvery(words string) (every string, ok bool) {
	every, ok = everyWords[strings.ToLower(strings.Join(strings.Fields(words), " "))]
	return every, ok
}

// RunDigest answers the digest of the last day, week or month before o.AsOf on w, in the formats of [Run],
// and refuses as that does. every is daily, weekly or monthly. o.From, o.To, o.Horizon and o.By are not
// looked at. Where o.AsOf is earlier than now, it says that what needs somebody does so now.
func RunDigest(ctx context.Context, r *store.Reader, every string, o Options, now time.Time, format string, w io.Writer, p text.Printer) error {
	write, ok := formats[format]
	if !ok {
		return sales.Refuse(sales.Invalid, "report.format", "format", format)
	}
	d, err := lastDigest(ctx, r, every, o, p)
	if err != nil {
		return err
	}
	d.past = now.Sub(o.AsOf) > lateAfter
	return write(w, d, p)
}

// DigestPicture is the picture of the digest that [RunDigest] answers, whose Lead is its first sentence; ok is
// false where there is nothing to draw. It refuses what that refuses.
func DigestPicture(ctx context.Context, r *store.Reader, every string, o Options, p text.Printer) (x Picture, ok bool, err error) {
	d, err := lastDigest(ctx, r, every, o, p)
	if err != nil {
		return Picture{}, false, err
	}
	x, ok = d.Picture(p)
	return x, ok, nil
}

// lastDigest reads the digest of the last day, week or month before o.AsOf.
func lastDigest(ctx context.Context, r *store.Reader, every string, o Options, p text.Printer) (*digest, error) {
	o.From, o.To, o.Horizon, o.By = time.Time{}, time.Time{}, 0, ""
	if err := o.check(); err != nil {
		return nil, err
	}
	return readDigest(ctx, r, o, lastStretch(every, o.AsOf, p.Location()), Slot{At: o.AsOf}, o.AsOf)
}

func (d *digest) name() string { return DigestReport }

// envelope is the digest in the contract's form, with its numbers as rows.
func (d *digest) envelope(p text.Printer) envelope {
	e := envelope{
		Report: DigestReport, Process: d.h.Process.Key, AsOf: rfc3339(d.slot.At), From: optional(d.since), To: optional(d.slot.At),
		Horizon: d.about.horizon(), Deals: len(d.h.Deals), Open: d.h.open(), Rows: d.rows(), Notes: []string{},
	}
	if s := d.about.scope(d.names, p); s != "" {
		e.Notes = append(e.Notes, s)
	}
	for _, n := range d.notes() {
		e.Notes = append(e.Notes, n.Say(p))
	}
	return e
}

// notes are what a reader must know beside the numbers.
func (d *digest) notes() []Note {
	out := append(unpriced(d.unpriced), notes(d.h, d.h, d.about, nil)...)
	if d.past {
		out = append(out, Note{Say: func(p text.Printer) string {
			return p.T("What needs a decision or attention is what still does today.")
		}})
	}
	return out
}

// Picture is the digest's chart under its title and its first sentence; ok is false where there is
// nothing to draw.
func (d *digest) Picture(p text.Printer) (Picture, bool) {
	chart := d.chart(d.recent(), p)
	if len(d.h.Deals) == 0 || chart == nil {
		return Picture{}, false
	}
	x := Picture{Lang: p.Lang(), Title: d.title(p), Lead: d.lead(p, d.bottleneck()), Chart: chart}
	for line := range strings.Lines(d.counts(p)) {
		x.Said = append(x.Said, text.Bare(strings.TrimSpace(line)))
	}
	for _, s := range []string{d.when(p), d.scope(p), d.context(p)} {
		if s != "" {
			x.Said = append(x.Said, s)
		}
	}
	return x, true
}

// write writes the digest as people read it on a terminal: its page, with tables in columns and
// without its chart and its buttons.
func (d *digest) write(b *strings.Builder, p text.Printer) {
	page := d.page(p)
	b.WriteString(page.Title + "\n")
	for _, part := range page.Parts {
		switch {
		case part.Table != nil:
			writeTable(b, *part.Table, p)
		case part.Text != "":
			b.WriteString("\n" + text.Bare(part.Text) + "\n")
		case part.Small != "":
			b.WriteString(text.Bare(part.Small) + "\n")
		}
	}
}

// DigestRow is one number of a digest: how many deals closed, were created or moved in its
// time, and how many stand in a stage, wait or need somebody at its end.
type DigestRow struct {
	Kind  string `json:"kind"` // Closed, Created, Moved, Waiting, Attention, Standing or Overdue
	Key   string `json:"key"`  // of Closed won or lost, of Standing and Overdue the stage
	Deals int    `json:"deals"`
}

// rows are the numbers of the digest, in the order in which it says them.
func (d *digest) rows() []DigestRow {
	waiting := map[int64]bool{}
	for _, a := range d.pending {
		waiting[a.Deal] = true
	}
	out := []DigestRow{
		{Closed, string(sales.Won), d.now.won}, {Closed, string(sales.Lost), d.now.lost}, {Created, "", d.now.created},
		{Moved, "", len(d.moved)}, {Passed, "", d.h.count(overrodeIn(d.week()))}, {Waiting, "", len(waiting)}, {Attention, "", len(d.alerts)},
	}
	for i, at := range d.standing() {
		out = append(out, DigestRow{Standing, d.h.Stages[i], at.n}, DigestRow{Overdue, d.h.Stages[i], at.over})
	}
	return out
}

// numbers open the deals of everything that the digest counts.
func (d *digest) numbers(p text.Printer) []Number {
	n := counter{query: Query{"funnel", d.about}}
	n.query.Process, n.query.From, n.query.To, n.query.AsOf = d.h.Process.Key, d.since, d.slot.At, d.slot.At
	for _, row := range d.rows() {
		n.add(d.rowName(row, p), row.Deals, row.Kind, row.Key)
	}
	return n.out
}

func (d *digest) rowName(row DigestRow, p text.Printer) string {
	stage := d.h.stageName(slices.Index(d.h.Stages, row.Key), p)
	switch row.Kind {
	case Closed:
		if row.Key == string(sales.Won) {
			return p.T("Won")
		}
		return p.T("Lost")
	case Created:
		return p.T("New")
	case Moved:
		return p.T("Moved")
	case Passed:
		return p.T("Override")
	case Waiting:
		return p.T("Needs a decision")
	case Attention:
		return p.T("Needs attention")
	case Standing:
		return p.T("%s, there now", stage)
	}
	return p.T("%s, over target", stage)
}
