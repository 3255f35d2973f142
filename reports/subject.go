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
	By                  string // what the report is broken down by
	Band                sales.Band
	Period              string
}

// String is the form in which it is stored: "funnel", "funnel?owner=U1&source=web".
func (s Subject) String() string {
	v := url.Values{}
	for name, is := range map[string]string{"owner": s.Owner, "source": s.Source, "by": s.By, "amount": s.Band.Canonical(), "period": s.Period} {
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
	return Subject{Name: name, Owner: v.Get("owner"), Source: v.Get("source"), By: v.Get("by"), Band: band, Period: v.Get("period")}
}

// options are those of the subscription's report as of the instant.
func (s Subject) options(sub store.Subscription, at time.Time, zone *time.Location) Options {
	o := Options{Process: sub.Process, Team: sub.Team, AsOf: at, Owner: s.Owner, Source: s.Source, By: s.By, Band: s.Band}
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
func (o Options) belongs(d *Deal) bool { return o.among(d) && o.Band.Holds(d.Amount()) }

// among is belongs without regard to the amount.
func (o Options) among(d *Deal) bool {
	return wanted(o.Owner, d.Owner) && wanted(o.Team, d.Team) && (wanted(o.Source, d.Source) || strings.EqualFold(o.Source, d.Source)) &&
		!slices.Contains(o.Hide, d.Team)
}

func wanted(want, is string) bool { return want == "" || want == is || want == Without && is == "" }

// unpriced returns how many of the deals the band cannot judge: they have no amount, or
// one in another currency.
func (o Options) unpriced(h *History) int {
	n := 0
	if !o.Band.IsSet() {
		return n
	}
	for _, d := range h.Deals {
		if d.currency != o.Band.Currency && o.among(d) {
			n++
		}
	}
	return n
}

// named are the names of whom a report is about, for people.
type named struct {
	people map[string]string
	teams  map[string]sales.Text
}

func (n named) team(key string, p text.Printer) string { return cmp.Or(n.teams[key].In(p.Lang()), key) }

// readNames reads how people call the owners and the teams that the options are about.
func (o Options) readNames(ctx context.Context, r *store.Reader) (named, error) {
	n := named{map[string]string{}, map[string]sales.Text{}}
	if o.Team != "" || o.By == EachTeam {
		org, err := r.Organisation(ctx)
		if err != nil {
			return n, err
		}
		for _, t := range org.Teams {
			n.teams[t.Key] = t.Name
		}
	}
	if o.Owner != "" || o.By == EachOwner {
		people, err := r.People(ctx)
		if err != nil {
			return n, err
		}
		for _, p := range people {
			n.people[p.ID] = cmp.Or(p.RealName, p.Name, p.ID)
		}
	}
	return n, nil
}

// scope says which deals a report is about, "" when all.
func (o Options) scope(n named, p text.Printer) string {
	var parts, out []string
	for _, x := range []struct{ by, key, without string }{
		{EachOwner, o.Owner, p.T("Only deals without an owner.")}, {EachTeam, o.Team, p.T("Only deals without a team.")},
	} {
		switch x.key {
		case "":
		case Without:
			out = append(out, x.without)
		default:
			parts = append(parts, n.group(x.by, x.key, p))
		}
	}
	if len(parts) > 0 {
		out = append(out, p.T("Only deals of %s.", strings.Join(parts, p.T(", "))))
	}
	if o.Source == Without {
		out = append(out, p.T("Only deals without a source."))
	} else if o.Source != "" {
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
