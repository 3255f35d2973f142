package reports

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// Subject is what is subscribed to: a report, or the digest, and about which deals. The
// team and the process stand beside it. The period is as people say it, since it moves on:
// "last quarter".
type Subject struct {
	Name, Owner, Source string
	Band                sales.Band
	Period              string
}

// String is the form in which it is stored: "funnel", "funnel?owner=U1&source=web".
func (s Subject) String() string {
	v := url.Values{}
	for name, is := range map[string]string{"owner": s.Owner, "source": s.Source, "amount": s.Band.Canonical(), "period": s.Period} {
		if is != "" {
			v.Set(name, is)
		}
	}
	if len(v) == 0 {
		return s.Name
	}
	return s.Name + "?" + v.Encode()
}

// ParseSubject reads what String wrote; what it cannot read is the name of no report.
func ParseSubject(s string) Subject {
	name, more, _ := strings.Cut(s, "?")
	v, err := url.ParseQuery(more)
	if err != nil {
		return Subject{Name: s}
	}
	band, err := sales.BandFromCanonical(v.Get("amount"))
	if err != nil {
		return Subject{Name: s}
	}
	return Subject{Name: name, Owner: v.Get("owner"), Source: v.Get("source"), Band: band, Period: v.Get("period")}
}

// Narrow reports whether it is about some deals only, beside the team's and the process's.
func (s Subject) Narrow() bool { return s != Subject{Name: s.Name} }

// options are those of the subscription's report as of the instant.
func (s Subject) options(sub store.Subscription, at time.Time, zone *time.Location) Options {
	o := Options{Process: sub.Process, Team: sub.Team, AsOf: at, Owner: s.Owner, Source: s.Source, Band: s.Band}
	if span, ok := text.ParsePeriod(s.Period, at, zone); ok {
		o.From, o.To = span.From, span.To
	}
	return o
}

// narrow reports whether the report is about some deals only, whenever they were created.
func (o Options) narrow() bool {
	return o.Owner+o.Team+o.Source != "" || o.Band.IsSet() || len(o.Hide) > 0
}

// belongs reports whether the deal is one that the report is about, whenever it was created.
func (o Options) belongs(d *Deal) bool { return o.among(d) && o.Band.Holds(d.Amount) }

// among is belongs without regard to the amount.
func (o Options) among(d *Deal) bool {
	return (o.Owner == "" || d.Owner == o.Owner) && (o.Team == "" || d.Team == o.Team) &&
		(o.Source == "" || strings.EqualFold(d.Source, o.Source)) && !slices.Contains(o.Hide, d.Team)
}

// unpriced returns how many of the deals the band cannot judge: they have no amount, or
// one in another currency.
func (o Options) unpriced(h *History) int {
	n := 0
	for _, d := range h.Deals {
		if o.Band.IsSet() && d.Amount.Currency != o.Band.Currency && o.among(d) {
			n++
		}
	}
	return n
}

// named are the names of whom a report is about, for people.
type named struct {
	owner string
	team  sales.Text
}

// readNames reads how people call the owner and the team that the options name.
func (o Options) readNames(ctx context.Context, r *store.Reader) (named, error) {
	n := named{owner: o.Owner, team: sales.Text{"en": o.Team}}
	if o.Team != "" {
		org, err := r.Organisation(ctx)
		if err != nil {
			return n, err
		}
		if t, ok := org.Team(o.Team); ok {
			n.team = t.Name
		}
	}
	if o.Owner != "" {
		people, err := r.People(ctx)
		if err != nil {
			return n, err
		}
		if i := slices.IndexFunc(people, func(p store.Person) bool { return p.ID == o.Owner }); i >= 0 {
			n.owner = cmp.Or(people[i].RealName, people[i].Name, o.Owner)
		}
	}
	return n, nil
}

// scope says which deals a report is about, "" when all.
func (o Options) scope(n named, p text.Printer) string {
	var parts []string
	if o.Owner != "" {
		parts = append(parts, n.owner)
	}
	if o.Team != "" {
		parts = append(parts, cmp.Or(n.team.In(p.Lang()), o.Team))
	}
	var out []string
	if len(parts) > 0 {
		out = append(out, p.T("Only deals of %s.", strings.Join(parts, p.T(", "))))
	}
	if o.Source != "" {
		out = append(out, p.T("Only deals from the source “%s”.", o.Source))
	}
	if o.Band.IsSet() {
		out = append(out, p.T("Only deals worth %s.", BandWords(o.Band, p)))
	}
	return p.Sentences(out...)
}

// BandWords says a range of amounts: "€10k to below €50k", "€50k or more".
func BandWords(b sales.Band, p text.Printer) string {
	money := func(minor int64) string { return p.Money(minor, b.Currency) }
	switch {
	case b.Below == 0:
		return p.T("%s or more", money(b.From))
	case b.From == 0 && b.Below%100 != 0 && (b.Below-1)%100 == 0: // the amount itself is in it
		return p.T("%s at most", money(b.Below-1))
	case b.From == 0:
		return p.T("less than %s", money(b.Below))
	}
	return p.T("%s to less than %s", money(b.From), money(b.Below))
}

// Resolve makes keys of what people call the owner, the team and the source, in any case.
// What no deal has is refused with NotFound "report.owner", "report.team" or "report.source",
// with those that there are as choices.
func (o *Options) Resolve(ctx context.Context, r *store.Reader) error {
	groups, err := r.Groups(ctx)
	if err != nil {
		return err
	}
	people, err := r.People(ctx)
	if err != nil {
		return err
	}
	org, err := r.Organisation(ctx)
	if err != nil {
		return err
	}
	var owners, teams, sources choices
	for _, p := range people {
		owners.add(p.ID, cmp.Or(p.RealName, p.Name, p.ID), p.Name)
	}
	for _, t := range org.Teams {
		teams.add(t.Key, t.Key, t.Name["en"], t.Name["zh"])
	}
	for _, g := range groups {
		owners.add(g.Owner, g.Owner)
		teams.add(g.Team, g.Team)
		sources.add(g.Source, g.Source)
	}
	if err := owners.choose("report.owner", &o.Owner); err != nil {
		return err
	}
	if err := teams.choose("report.team", &o.Team); err != nil {
		return err
	}
	return sources.choose("report.source", &o.Source)
}

// choices are keys with what people call them.
type choices struct {
	keys, labels []string
	byName       map[string]string
}

// add takes a key, unless it is known or empty.
func (c *choices) add(key, label string, names ...string) {
	if key == "" || c.byName[text.Fold(key)] == key {
		return
	}
	if c.byName == nil {
		c.byName = map[string]string{}
	}
	c.keys, c.labels = append(c.keys, key), append(c.labels, label)
	for _, name := range append(names, key, label) {
		if f := text.Fold(name); f != "" && (c.byName[f] == "" || name == key) {
			c.byName[f] = key
		}
	}
}

// choose makes the key of what was typed.
func (c *choices) choose(code string, typed *string) error {
	if *typed == "" || slices.Contains(c.keys, *typed) {
		return nil
	}
	if key, ok := c.byName[text.Fold(*typed)]; ok {
		*typed = key
		return nil
	}
	e := sales.Refuse(sales.NotFound, code, "input", *typed)
	for i, key := range c.keys[:min(len(c.keys), mostChoices)] {
		e.Choices = append(e.Choices, sales.Choice{Key: key, Label: c.labels[i]})
	}
	return e
}

// mostChoices is how many a sentence lists.
const mostChoices = 12
