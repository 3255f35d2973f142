package handlers

import (
	"context"
	"slices"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// A list of deals has a name, which its buttons hand on: whose deals it shows, and which
// of them: "mine", "won", "mine+won", "<@UANA>+stage:b2b:demo"; "open" is all open ones.

// listScopes are whose deals a list can show, by what people type; besides, somebody's who is mentioned.
var listScopes = map[string][]string{
	"mine": {"mine", "my", "me", "我的", "我"},
	"team": {"team", "ours", "our", "团队", "我们", "本团队"},
}

// listKinds are which deals a list can show besides those in a stage, by what people type.
var listKinds = map[string][]string{
	"open":   {"open", "进行中", "未结束"},
	"won":    {"won", "赢单", "已赢单", "成交", "已成交"},
	"lost":   {"lost", "输单", "已输单", "丢单"},
	"closed": {"closed", "done", "已结束", "已关闭"},
	"any":    {"all", "any", "全部", "所有"},
	"stale":  {"stale", "stuck", "停滞", "滞留"},
}

// listWord finds what a word of a list says, "" when it is none of them.
func listWord(words map[string][]string, w Word) string {
	for name, all := range words {
		if w.is(all...) {
			return name
		}
	}
	return ""
}

// dealList answers /deal list [mine|team|@user] [open|STAGE|stale|won|lost|closed|all], in any order.
func (a *App) dealList(ctx context.Context, c *Call) (Reply, error) {
	scope, kind := "", ""
	var rest []Word
	for _, w := range c.Words {
		s, k := listWord(listScopes, w), listWord(listKinds, w)
		if userMention.MatchString(w.Text) {
			s = w.Text
		}
		switch {
		case s != "" && scope == "":
			scope = s
		case k != "" && kind == "":
			kind = k
		default:
			rest = append(rest, w)
		}
	}
	switch {
	case len(rest) == 0 && kind == "":
		kind = "open"
	case len(rest) > 0 && kind != "":
		return Reply{}, noMore(rest)
	case len(rest) > 0:
		key, err := a.anyStage(ctx, c, rest)
		if near, ok := nearest(rest[0].Text, listVocabulary()); ok && isCode(err, "stage.unknown") {
			return a.meant(c, c.with(rest[:1], near)), nil
		}
		if err != nil {
			return Reply{}, err
		}
		kind = "stage:" + key
	}
	return a.list(ctx, c, strings.Trim(scope+"+"+kind, "+"), 0)
}

func listVocabulary() []string {
	return []string{"mine", "team", "open", "won", "lost", "closed", "all", "stale"}
}

// anyStage finds the process and stage that the words name, in the default process first.
func (a *App) anyStage(ctx context.Context, c *Call, words []Word) (string, error) {
	all, err := a.processes(ctx)
	if err != nil {
		return "", err
	}
	var first error
	for _, p := range all {
		stage, err := c.matchStage(p, words)
		if err == nil {
			return p.Key + ":" + stage, nil
		}
		if first == nil {
			first = err
		}
	}
	return "", first
}

// listOrder is how a list is sorted.
type listOrder int

const (
	latestFirst   listOrder = iota // what something happened to last stands first
	pressingFirst                  // what needs somebody most
	pressingOnly                   // and nothing else
)

// filter turns a list's name into a query and an order, and titles the list.
func (a *App) filter(ctx context.Context, r *store.Reader, c *Call, name string, l *view.DealList) (store.DealFilter, listOrder, error) {
	org, err := r.Organisation(ctx)
	if err != nil {
		return store.DealFilter{}, latestFirst, err
	}
	scope, kind, _ := strings.Cut(name, "+")
	if kind == "" && scope != "mine" && scope != "team" && !userMention.MatchString(scope) {
		scope, kind = "", scope
	}
	if held, ok := strings.CutPrefix(kind, "held:"); ok {
		scope, kind = "mine", "stage:"+held
	}
	f, order, err := a.kindOfList(ctx, r, c, kind, l)
	if err != nil {
		return f, order, err
	}
	open := kind == "" || kind == "open"
	f.Teams = readableTeams(org, c.User)
	switch {
	case kind == "stuck" && org.Leads(c.User):
		f.Teams = ledTeams(org, c.User)
	case scope == "mine":
		f.Owner, f.Teams, l.Name = c.User, nil, nil
		l.Title, l.Empty = c.T("%s · yours", l.Title), c.T("You have no such deals.")
		if open {
			order = pressingFirst
			l.Title, l.Empty = c.T("Your open deals"), c.T("You have no open deals. `%s` creates one.", "/"+a.Prefix+"deal new")
		}
	case scope == "team":
		f.Teams = teamsOf(org, c.User)
		l.Title, l.Empty = c.T("%s · your team's", l.Title), c.T("Your team has no such deals.")
		if open {
			l.Title, l.Empty = c.T("Your team's open deals"), c.T("Your team has no open deals.")
		}
		if len(f.Teams) == 0 {
			l.Empty = c.T("You are in no team yet. A manager can add you with `%s`.", "/"+a.Prefix+"process team add")
		}
	case scope != "":
		f.Owner = userMention.FindStringSubmatch(scope)[1]
		l.Title, l.Empty = c.T("%s · %s", l.Title, l.Name(f.Owner)), c.T("%s has no such deals.", l.Name(f.Owner))
		l.Name = nil
	}
	l.Begins = open && (scope == "" || scope == "mine")
	return f, order, nil
}

// kindOfList is filter for everybody's deals.
func (a *App) kindOfList(ctx context.Context, r *store.Reader, c *Call, kind string, l *view.DealList) (f store.DealFilter, order listOrder, err error) {
	f.Status = sales.Open
	kind, stage, _ := strings.Cut(kind, ":")
	switch kind {
	case "stage":
		key, stage, _ := strings.Cut(stage, ":")
		p, err := r.Process(ctx, key)
		if err != nil {
			return f, order, err
		}
		f.Process, f.Stage, f.Status, f.Alive = p.Key, stage, "", true
		l.Title, l.Empty = c.T("Deals in %s", view.StageName(c.Printer, p, stage)), c.T("No deal is in this stage.")
	case "won":
		f.Status = sales.Won
		l.Title, l.Empty = c.T("Won deals"), c.T("No deal is won yet.")
	case "lost":
		f.Status = sales.Lost
		l.Title, l.Empty = c.T("Lost deals"), c.T("No deal is lost.")
	case "closed":
		f.Status, f.Closed = "", true
		l.Title, l.Empty = c.T("Closed deals"), c.T("No deal is closed yet.")
	case "any":
		f.Status = ""
		l.Title, l.Empty = c.T("All deals, closed ones too"), c.T("There are no deals yet. `%s` creates one.", "/"+a.Prefix+"deal new")
	case "stale":
		order = pressingOnly
		l.Title, l.Empty = c.T("Deals that need somebody"), c.T("No open deal needs anybody right now.")
	case "stuck":
		order = pressingOnly
		l.Title, l.Empty = c.T("Stuck in your teams"), c.T("No deal of your teams is stuck.")
	default:
		l.Title, l.Empty = c.T("Open deals"), c.T("There are no open deals. `%s` creates one.", "/"+a.Prefix+"deal new")
	}
	return f, order, nil
}

// readableTeams are the teams whose deals the person may read, "" (none) among them; nil is all.
func readableTeams(org *sales.Organisation, user string) []string {
	out, hidden := []string{""}, false
	for _, t := range org.Teams {
		if org.MayRead(user, sales.Deal{Team: t.Key}) {
			out = append(out, t.Key)
		} else {
			hidden = true
		}
	}
	if !hidden {
		return nil
	}
	return out
}

func teamsOf(org *sales.Organisation, user string) []string {
	out := []string{} // none, not all
	for _, t := range org.Teams {
		if t.Manager == user || slices.Contains(t.Members, user) {
			out = append(out, t.Key)
		}
	}
	return out
}
