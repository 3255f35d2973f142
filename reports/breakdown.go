package reports

import (
	"cmp"
	"slices"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/stat"
)

// What a report can be broken down by, for Options.By.
const (
	EachOwner  = "owner"
	EachTeam   = "team"
	EachSource = "source"
)

// Without stands for that a deal has no owner, team or source.
const Without = "-"

// Breakdown answers a report for each owner, team or source.
type Breakdown struct {
	By     string
	Groups []Group // in the order of their keys
	Differ *stat.Homogeneity
}

// Group is the answer for the deals of one of them.
type Group struct {
	Key         string // Without for deals that have none
	Deals, Open int
	Body        Body
}

// brief is a Body that can be one line of a breakdown.
type brief interface {
	heads(p text.Printer) []Column // beside the group's name, the one that matters first: a phone shows few
	cells(p text.Printer) []Cell
}

// contest is a Body with a share of which may be tested whether it differs between groups.
type contest interface {
	settled() (yes, no int)
}

// breakDown answers the report for each group of the deals.
func (r Report) breakDown(h *History, o Options) *Breakdown {
	if o.By == "" {
		return nil
	}
	b := &Breakdown{By: o.By}
	groups := h.split(o.By)
	for _, key := range sortedKeys(groups) {
		g := groups[key]
		b.Groups = append(b.Groups, Group{Key: key, Deals: len(g.Deals), Open: g.open(), Body: r.Compute(g, o)})
	}
	b.test()
	return b
}

// split parts the deals by their owner, team or source. Sources that differ by case alone are
// one, and spelled as by the first deal.
func (h *History) split(by string) map[string]*History {
	spelled := map[string]string{}
	out := map[string]*History{}
	for _, d := range h.Deals {
		key := cmp.Or(d.trait(by), Without)
		folded := key
		if by == EachSource {
			folded = strings.ToLower(key)
		}
		if spelled[folded] == "" {
			spelled[folded] = key
			out[key] = h.none()
		}
		out[spelled[folded]].take(d)
	}
	return out
}

func (d *Deal) trait(by string) string {
	switch by {
	case EachOwner:
		return d.Owner
	case EachTeam:
		return d.Team
	}
	return d.Source
}

// test asks whether the groups of which people see a share differ by more than chance.
func (b *Breakdown) test() {
	var counts [][]int
	for _, g := range b.Groups {
		c, ok := g.Body.(contest)
		if !ok {
			return
		}
		if yes, no := c.settled(); yes+no >= few {
			counts = append(counts, []int{yes, no})
		}
	}
	differ := stat.ChiSquare(counts)
	b.Differ = &differ
}

const (
	significant = 0.05 // below it differences are called more than chance
	trusted     = 5    // expected deals everywhere, or the chi-square test is not believed
)

// verdict says whether the groups may be compared. There is no order of merit in any case.
func (b *Breakdown) verdict(p text.Printer) string {
	switch {
	case len(b.Groups) < 2:
		return ""
	case b.Differ == nil:
		return p.T("In order of name. Whether they really differ was not tested.")
	case !(b.Differ.MinExpected >= trusted):
		return p.T("In order of name. Too few deals are closed to tell whether they really differ.")
	case b.Differ.P < significant:
		return p.T("In order of name. They differ by more than chance (chi-square, %s), which does not say which two do, or why: their deals may differ as well.", probability(b.Differ.P, p))
	}
	return p.T("In order of name. They cannot be told apart: the differences may be chance (chi-square, %s).", probability(b.Differ.P, p))
}

func probability(v float64, p text.Printer) string {
	if v < 0.001 {
		return "p < " + p.Number(0.001, 3)
	}
	return "p = " + p.Number(v, 3)
}

// sorted returns the groups in the order of their names; those without one come last.
func (b *Breakdown) sorted(n named, p text.Printer) []Group {
	groups := slices.Clone(b.Groups)
	key := func(g Group) string { return text.Fold(n.group(b.By, g.Key, p)) }
	slices.SortStableFunc(groups, func(x, y Group) int {
		if last := x.Key == Without; last != (y.Key == Without) {
			if last {
				return 1
			}
			return -1
		}
		return cmp.Compare(key(x), key(y))
	})
	return groups
}

// group is how people call a group.
func (n named) group(by, key string, p text.Printer) string {
	switch {
	case key != Without && by == EachOwner:
		return cmp.Or(n.people[key], key)
	case key != Without && by == EachTeam:
		return n.team(key, p)
	case key != Without:
		return key
	case by == EachOwner:
		return p.T("Without an owner")
	case by == EachTeam:
		return p.T("Without a team")
	}
	return p.T("Without a source")
}

// ByWords says by what: "by owner".
func ByWords(by string, p text.Printer) string {
	switch by {
	case EachOwner:
		return p.T("by owner")
	case EachTeam:
		return p.T("by team")
	}
	return p.T("by source")
}

// table has a line for each group.
func (b *Breakdown) table(r Report, n named, p text.Printer) Table {
	t := Table{Caption: p.T("%s, %s", p.T(r.Title), ByWords(b.By, p))}
	for i, g := range b.sorted(n, p) {
		l := g.Body.(brief)
		if i == 0 {
			t.Columns = append([]Column{{Title: eachTitle(b.By, p)}}, l.heads(p)...)
		}
		t.Rows = append(t.Rows, append([]Cell{label(n.group(b.By, g.Key, p))}, l.cells(p)...))
	}
	return t
}

func eachTitle(by string, p text.Printer) string {
	switch by {
	case EachOwner:
		return p.T("Owner")
	case EachTeam:
		return p.T("Team")
	}
	return p.T("Source")
}

// numbers open the deals of each group.
func (b *Breakdown) numbers(n *counter, names named) {
	for _, g := range b.sorted(names, n.p) {
		n.add(names.group(b.By, g.Key, n.p), g.Deals, ByGroup, g.Key)
	}
}

// Of is the query about one group of its breakdown alone.
func (q Query) Of(key string) Query {
	switch q.By {
	case EachOwner:
		q.Owner = key
	case EachTeam:
		q.Team = key
	case EachSource:
		q.Source = key
	}
	q.By = ""
	return q
}

// Divisible reports whether the report of that name can be broken down by owner, team or source.
func Divisible(name string) bool {
	r, err := Find(name)
	return err == nil && r.Divisible
}

// checkBy refuses a breakdown that there is not.
func (r Report) checkBy(by string) error {
	switch {
	case by == "":
		return nil
	case !slices.Contains([]string{EachOwner, EachTeam, EachSource}, by):
		return sales.Refuse(sales.Invalid, "report.by", "input", by)
	case !r.Divisible:
		return Undivided(r.Name)
	}
	return nil
}

// Undivided refuses to break a report down that looks at all deals together: Invalid "report.undivided".
func Undivided(name string) *sales.Error {
	return sales.Refuse(sales.Invalid, "report.undivided", "name", name)
}

// divisible are the names of the reports that can be broken down.
func divisible() []string {
	var out []string
	for _, r := range All() {
		if r.Divisible {
			out = append(out, r.Name)
		}
	}
	return out
}
