package reports

import (
	"cmp"
	"context"
	"slices"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
	"pipewright/store"
)

// idleWeeks is for how long approvers must not have been idle to be called short of capacity,
// and deskWeeks how far back what they were asked is looked at.
const (
	idleWeeks = 4
	deskWeeks = 52
)

// desk is a step of an approval: those who decide it, and what they were asked.
type desk struct {
	name  sales.Text
	asked []asked // the earliest first
}

// asked is a request that lay before them.
type asked struct {
	deal     int64
	from, to int64 // to is the cut while it lies there
	people   int   // how many could decide it
	over     bool
	decided  bool // and not withdrawn, asked back or voided
}

// withDesks returns the history with what approvers were asked in the year before the window's end.
func (h *History) withDesks(ctx context.Context, r *store.Reader, w span) (*History, error) {
	rows, err := r.AskedSince(ctx, h.Process.Key, instant(w.to-deskWeeks*weekMillis))
	if err != nil || len(rows) == 0 {
		return h, err
	}
	org, err := r.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	out := *h
	out.desks = desksOf(rows, h.Process, org, w)
	return &out, nil
}

func desksOf(rows []store.Asked, process *sales.Process, org *sales.Organisation, w span) []desk {
	places := map[[2]string]int{}
	var out []desk
	for _, a := range rows {
		key := [2]string{a.Kind, a.Step}
		i, known := places[key]
		if !known {
			i = len(out)
			places[key] = i
			out = append(out, desk{name: deskName(process, org, a.Kind, a.Step)})
		}
		one := asked{deal: a.Deal, from: a.From.UnixMilli(), to: w.to, people: max(1, len(a.People))}
		if !a.To.IsZero() && a.To.UnixMilli() <= w.to {
			one.to, one.over = a.To.UnixMilli(), true
			one.decided = a.End == string(sales.Approve) || a.End == string(sales.Reject)
		}
		if one.from < w.to {
			out[i].asked = append(out[i].asked, one)
		}
	}
	return out
}

// deskName is the role that decides a step, or the step's own name.
func deskName(p *sales.Process, org *sales.Organisation, kind, step string) sales.Text {
	name := sales.Text{"en": step}
	policy, _ := p.Policy(kind)
	i := slices.IndexFunc(policy.Steps, func(s sales.Step) bool { return s.Key == step })
	if i < 0 {
		return name
	}
	if len(policy.Steps[i].Name) > 0 {
		name = policy.Steps[i].Name
	}
	if roles := policy.Steps[i].Roles; len(roles) > 0 {
		if r, ok := org.Role(roles[0]); ok && len(r.Name) > 0 {
			name = r.Name
		}
	}
	return name
}

// saturated returns who limits the stage: approvers who have had work for another week before them
// for weeks, some of it about deals of the stage, and who take the longer the more it is. Without the
// last, a habit of answering late would pass for too few hands; without that much work, one long
// queue of those who keep up.
//
// Whether they are idle is a fact about them, so that it is asked of all that they were asked, also where
// the history has some deals only: whom everybody shares is idle in no part of it for that. Of deals that
// a reader may not see, those of private teams, this yes or no is all that shows: no deal, number or name.
func (h *History) saturated(place int, w span) *desk {
	lately := span{w.to - idleWeeks*weekMillis, w.to}
	if lately.from < w.from {
		return nil
	}
	for i := range h.desks {
		d := &h.desks[i]
		if d.holds(h, place) && !d.idle(h.Process.Calendar, lately) && d.slower(w.to-deskWeeks*weekMillis) {
			return d
		}
	}
	return nil
}

// deal is the place of a deal, or nowhere.
func (h *History) deal(id int64) int32 {
	i, ok := slices.BinarySearchFunc(h.Deals, id, func(d *Deal, id int64) int { return cmp.Compare(d.ID, id) })
	if !ok {
		return nowhere
	}
	return int32(i)
}

// holds reports whether a deal of the history, in the stage, waits there now.
func (d *desk) holds(h *History, place int) bool {
	return slices.ContainsFunc(d.asked, func(a asked) bool {
		i := h.deal(a.deal)
		return i != nowhere && !a.over && h.Deals[i].Status == sales.Open && int(h.Deals[i].At) == place
	})
}

// step is how many more requests lie on the desk from an instant on.
type step struct {
	at   int64
	more int
}

// idle reports whether in working hours of the span there ever lay fewer requests before them than
// they decide in a week, or than they are people.
func (d *desk) idle(c sales.Calendar, w span) bool {
	var steps []step
	people, decided := 1, 0
	for _, a := range d.asked {
		steps = append(steps, step{a.from, 1}, step{a.to, -1})
		people = max(people, a.people)
		if a.decided && a.to > w.from {
			decided++
		}
	}
	least := max(people, decided/idleWeeks)
	slices.SortFunc(steps, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), b.more-a.more) })
	waiting, since := 0, w.from
	free := func(until int64) bool {
		until = min(until, w.to)
		return waiting < least && until > since && c.Worked(instant(since), instant(until)) > 0
	}
	for _, s := range steps {
		if s.at > w.from && free(s.at) {
			return true
		}
		waiting, since = waiting+s.more, max(since, s.at)
	}
	return free(w.to)
}

// slower reports whether requests since then wait the longer the more were there when they
// came: the rank correlation is above 0 at 99 %, over at least as many decisions as a time is ranked by.
func (d *desk) slower(since int64) bool {
	var ends []int64
	for _, a := range d.asked {
		ends = append(ends, a.to)
	}
	slices.Sort(ends)
	var before, took []float64
	for i, a := range d.asked {
		if a.decided && a.from >= since {
			gone, _ := slices.BinarySearch(ends, a.from+1)
			before, took = append(before, float64(i-gone)), append(took, days(a.to-a.from))
		}
	}
	_, p := stat.Spearman(before, took)
	return len(took) >= enough && p < 0.01
}
