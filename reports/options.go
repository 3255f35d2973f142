package reports

import (
	"strings"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// DefaultHorizon is the horizon of cumulative incidence and restricted mean, in days.
const DefaultHorizon = 30

// Options say what a report is about. The zero value of each field is no limit;
// AsOf must be set.
type Options struct {
	Process  string    // key; "" is the default process
	AsOf     time.Time // the cut, itself included
	From, To time.Time // creation of the deals, From ≤ t < To; in "bottleneck" a window of the calendar
	Horizon  float64   // days; 0 is DefaultHorizon
	Owner    string    // Slack user id, or Without
	Team     string    // key, or Without
	Source   string    // in any case, or Without
	By       string    // EachOwner, EachTeam or EachSource: what it is broken down by as well
	Band     sales.Band
	Hide     []string // teams whose deals the reader may not see
}

// check refuses options that make no sense.
func (o Options) check() error {
	switch {
	case o.AsOf.IsZero():
		return errNoCut
	case !o.From.IsZero() && !o.To.IsZero() && !o.From.Before(o.To):
		return sales.Refuse(sales.Invalid, "report.period", "from", o.From.UnixMilli(), "to", o.To.UnixMilli())
	case !o.From.IsZero() && o.From.After(o.AsOf):
		return sales.Refuse(sales.Invalid, "report.future", "from", o.From.UnixMilli(), "as_of", o.AsOf.UnixMilli())
	case !(o.Horizon >= 0 && o.Horizon <= 3650):
		return sales.Refuse(sales.Invalid, "report.horizon", "horizon", o.Horizon)
	}
	return nil
}

// horizon returns the horizon in days.
func (o Options) horizon() float64 {
	if o.Horizon == 0 {
		return DefaultHorizon
	}
	return o.Horizon
}

// hasPeriod reports whether only deals of some period are asked for.
func (o Options) hasPeriod() bool { return !o.From.IsZero() || !o.To.IsZero() }

// created reports whether the deal was created in the period. What was created
// nobody knows when belongs to no period.
func (o Options) created(d *Deal) bool {
	if !o.hasPeriod() {
		return true
	}
	return d.Created != never && (o.From.IsZero() || d.Created >= o.From.UnixMilli()) && (o.To.IsZero() || d.Created < o.To.UnixMilli())
}

// Hidden returns the private teams whose deals the person may not read; in a
// channel, where user is "", all private teams but the one that is named.
func Hidden(o *sales.Organisation, user, team string) []string {
	var out []string
	for _, t := range o.Teams {
		open := !t.Private || user == "" && t.Key == team || user != "" && o.MayRead(user, sales.Deal{Team: t.Key})
		if !open {
			out = append(out, t.Key)
		}
	}
	return out
}

// HiddenIn returns the private teams whose deals may not be told in a channel, or to
// the person whose direct messages it is, by a report about the team: in a channel
// all but that team, and that one too where the channel is not its own (any more).
func HiddenIn(o *sales.Organisation, channel, team string) []string {
	if person := reader(channel); person != "" {
		return Hidden(o, person, team)
	}
	if t, ok := o.Team(team); ok && t.Channel != channel {
		team = ""
	}
	return Hidden(o, "", team)
}

// Explain puts a refusal of this package into words, and reports whether it is one.
func Explain(p text.Printer, e *sales.Error) (string, bool) {
	switch e.Code {
	case "report.unknown":
		return p.T("There is no report “%s”. There are: %s.", text.Plain(fact(e, "name")), p.List(append(Names(), DigestReport))), true
	case "report.period":
		return p.T("That period ends before it begins: give a later end."), true
	case "report.future":
		return p.T("That period has not begun yet: give an earlier start."), true
	case "report.horizon":
		return p.T("The horizon must be between 1 and 3,650 days."), true
	case "report.as_of":
		return p.T("That day has not come yet: a report can only say what is known by now."), true
	case "report.by":
		return p.T("A report can be broken down by owner, team or source, not by “%s”.", text.Plain(fact(e, "input"))), true
	case "report.undivided":
		return p.T("“%s” looks at all deals together and cannot be broken down. These can: %s. For one person, team or source, name it.", text.Plain(fact(e, "name")), p.List(divisible())), true
	case "report.owner":
		return p.T("No deal is owned by “%s”. There are: %s.", text.Plain(fact(e, "input")), listed(p, e)), true
	case "report.team":
		return p.T("There is no team “%s”. There are: %s.", text.Plain(fact(e, "input")), listed(p, e)), true
	case "report.source":
		return p.T("No deal has the source “%s”. There are: %s.", text.Plain(fact(e, "input")), listed(p, e)), true
	case "report.format":
		return p.T("The format must be text, json, csv, svg or png, not “%s”.", text.Plain(fact(e, "format"))), true
	case "report.nothing_to_draw":
		return p.T("There is too little for a picture of “%s” yet. The format text shows what there is.", text.Plain(fact(e, "name"))), true
	case "report.font":
		return p.T("This machine has no font with Chinese letters. Install one (`%s`), or take the format svg.", fact(e, "help")), true
	case "rhythm.unreadable":
		return p.T("I don't understand “%s”. Say, for example, `weekly mon 09:00`, `daily 8:30` or `monthly 10:00 in Europe/Berlin`.", text.Plain(fact(e, "word"))), true
	case "rhythm.zone":
		return p.T("There is no time zone “%s”. Write it as in `Europe/Berlin` or `Asia/Shanghai`.", text.Plain(fact(e, "zone"))), true
	}
	return "", false
}

// listed are the choices of a refusal as in a sentence.
func listed(p text.Printer, e *sales.Error) string {
	var out []string
	for _, c := range e.Choices {
		out = append(out, text.Plain(c.Label))
	}
	if len(out) == 0 {
		return p.T("none yet")
	}
	return strings.Join(out, p.T(", "))
}

func fact(e *sales.Error, name string) string {
	s, _ := e.Facts[name].(string)
	return s
}
