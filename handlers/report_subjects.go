package handlers

import (
	"context"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// phrases are the periods that people slip in, by their beginnings as well.
func phrases(c *Call) []named {
	var out []named
	for _, s := range []string{
		text.Msg("this week"), text.Msg("last week"), text.Msg("this month"), text.Msg("last month"), text.Msg("this quarter"),
		text.Msg("last quarter"), text.Msg("this year"), text.Msg("last year"), text.Msg("yesterday"),
	} {
		out = append(out, named{key: "period:" + s, label: c.T(s), names: []string{s, c.T(s)}})
	}
	return out
}

// lineOfSubject is how a choice is typed.
func lineOfSubject(key string) string {
	if s, ok := strings.CutPrefix(key, "period:"); ok {
		return s
	}
	if s, ok := strings.CutPrefix(key, "source:"); ok {
		return "source " + quoted(s)
	}
	if s, ok := strings.CutPrefix(key, "owner:"); ok {
		return "owner " + quoted(s)
	}
	return key
}

// quoted is a name as it is typed so that it is one word.
func quoted(s string) string {
	if strings.ContainsAny(s, " \t") {
		return `"` + s + `"`
	}
	return s
}

// subjects is what a report can be about, with keys that say of what kind it is, and the
// sources of deals by themselves.
func (a *App) subjects(ctx context.Context, r *store.Reader, c *Call) (list, sources []named, err error) {
	org, err := r.Organisation(ctx)
	if err != nil {
		return nil, nil, err
	}
	list = []named{{key: "<@" + c.User + ">", label: c.T("You"), names: []string{"me", "my", "mine", "我", "我的"}}}
	for _, t := range org.Teams {
		if org.MayRead(c.User, sales.Deal{Team: t.Key}) {
			list = append(list, withKey("team:"+t.Key, newNamed(c.Lang(), t.Key, t.Name)))
		}
	}
	processes, err := r.Processes(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range processes {
		list = append(list, withKey("process:"+p.Key, newNamed(c.Lang(), p.Key, p.Name)))
	}
	people, err := r.People(ctx)
	if err != nil {
		return nil, nil, err
	}
	known := map[string]bool{"": true}
	for _, p := range people {
		known[p.ID] = true
		if !p.Bot {
			list = append(list, named{key: "<@" + p.ID + ">", label: personName(p), names: []string{"<@" + p.ID + ">", p.Name, p.RealName}})
		}
	}
	groups, err := r.Groups(ctx)
	if err != nil {
		return nil, nil, err
	}
	fair := map[string]bool{"": true}
	for _, g := range groups {
		if !org.MayRead(c.User, sales.Deal{Team: g.Team}) {
			continue
		}
		if !known[g.Owner] { // whom an import named
			known[g.Owner] = true
			list = append(list, named{key: "owner:" + g.Owner, label: g.Owner, names: []string{g.Owner}})
		}
		if s := strings.ToLower(g.Source); !fair[s] {
			fair[s] = true
			sources = append(sources, named{key: g.Source, label: g.Source, names: []string{g.Source}})
			list = append(list, named{key: "source:" + g.Source, label: g.Source, names: []string{g.Source, "source:" + g.Source}})
		}
	}
	return list, sources, nil
}

// withKey gives a name another key, by which it can be named as well.
func withKey(key string, n named) named {
	n.key, n.names = key, append(n.names, key)
	return n
}

// ownerOf is the person of whom a subject's key tells, if it is one.
func ownerOf(key string) (owner string, ok bool) {
	if m := userMention.FindStringSubmatch(key); m != nil {
		return m[1], true
	}
	return strings.CutPrefix(key, "owner:")
}

// setOwner takes the person whose deals are meant. Two are refused with Invalid "report.owners".
func (x *about) setOwner(owner string) error {
	if x.Owner != "" && x.Owner != owner {
		return sales.Refuse(sales.Invalid, "report.owners", "owners", []string{x.Owner, owner})
	}
	x.Owner = owner
	return nil
}

// set takes another subject; false when there is one of its kind already.
func (x *aboutReader) set(key string) bool {
	kind, value, _ := strings.Cut(key, ":")
	field := map[string]*string{"team": &x.Team, "process": &x.Process, "source": &x.Source}[kind]
	if field == nil || *field != "" {
		return false
	}
	*field = value
	return true
}
