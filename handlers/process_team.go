package handlers

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// organiseVerb is one thing that can be done about teams or roles.
type organiseVerb struct {
	words []string
	run   func(a *App, ctx context.Context, c *Call, words []Word, why string) (Reply, error)
}

// teamVerbs are looked at in this order.
func teamVerbs() []organiseVerb {
	return []organiseVerb{
		{[]string{"list", "show", "列表"}, (*App).teamList},
		{[]string{"add", "添加", "加入"}, (*App).teamAdd},
		{[]string{"remove", "rm", "移除", "移出"}, (*App).teamRemove},
		{[]string{"manager", "lead", "主管"}, (*App).teamManager},
		{[]string{"channel", "频道"}, (*App).teamChannel},
		{[]string{"new", "create", "新建"}, (*App).teamNew},
		{[]string{"private", "私密"}, (*App).teamPrivate},
		{[]string{"open", "public", "公开"}, (*App).teamOpen},
		{[]string{"delete", "drop", "删除", "解散"}, (*App).teamDelete},
	}
}

// processTeam answers /process team.
func (a *App) processTeam(ctx context.Context, c *Call) (Reply, error) {
	return a.organiseVerb(ctx, c, "team", teamVerbs())
}

// organiseVerb does what the first word says about teams or roles: the first of the verbs, if there is
// none. Where a form asks for the rest, nothing behind the word opens it.
func (a *App) organiseVerb(ctx context.Context, c *Call, noun string, verbs []organiseVerb) (Reply, error) {
	words, why, because := cut(c.Words, because...)
	if len(words) == 0 {
		return verbs[0].run(a, ctx, c, nil, "")
	}
	for _, v := range verbs {
		if !words[0].is(v.words...) {
			continue
		}
		c.gap = words[0].End
		if what := noun + " " + v.words[0]; len(words) == 1 && !because && view.HasOrganiseForm(what) {
			return a.organiseForm(ctx, c, what)
		}
		return v.run(a, ctx, c, words[1:], c.typed(why))
	}
	return Reply{}, c.noVerb(noun+".verb", words, func(yield func(string) bool) {
		for _, v := range verbs {
			if !yield(v.words[0]) {
				return
			}
		}
	})
}

// noVerb refuses an unknown word, and offers the one that was probably meant.
func (c *Call) noVerb(code string, words []Word, known func(func(string) bool)) error {
	e := sales.Refuse(sales.NotFound, code, "input", words[0].Text)
	if near, ok := nearest(words[0].Text, slices.Collect(known)); ok {
		e.Choices = []sales.Choice{{Key: near, Label: readable(c.with(words[:1], near))}}
	}
	return choosing(e, func(k string) string { return c.with(words[:1], k) })
}

func (a *App) teamList(ctx context.Context, c *Call, words []Word, _ string) (Reply, error) {
	if err := noMore(words); err != nil {
		return Reply{}, err
	}
	return a.people(ctx, c, c.T("Teams"), view.TeamBlocks)
}

// people shows teams or roles.
func (a *App) people(ctx context.Context, c *Call, title string, blocks func(p text.Printer, o view.Organisation) []slack.Block) (Reply, error) {
	reply := Reply{Text: title}
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		o := view.Organisation{Name: names(ctx, r), Slash: "/" + a.Prefix}
		var err error
		if o.Org, err = r.Organisation(ctx); err != nil {
			return err
		}
		if o.Processes, err = r.Processes(ctx); err != nil {
			return err
		}
		o.MayChange = o.Org.Leads(c.User)
		reply.Blocks = blocks(c.Printer, o)
		return nil
	})
	return c.inPlace(reply), err
}

// teamAnd reads the team and the people behind it.
func (a *App) teamAnd(ctx context.Context, c *Call, words []Word) (sales.Team, []string, error) {
	o, err := a.organisation(ctx)
	if err != nil {
		return sales.Team{}, nil, err
	}
	if err := o.MayOrganise(c.User); err != nil {
		return sales.Team{}, nil, err
	}
	team, rest, err := c.matchTeam(o, words)
	if err != nil {
		return sales.Team{}, nil, err
	}
	users, err := a.members(ctx, c, rest)
	return team, users, err
}

func (a *App) organisation(ctx context.Context) (*sales.Organisation, error) {
	var o *sales.Organisation
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		o, err = r.Organisation(ctx)
		return err
	})
	return o, err
}

func (a *App) teamAdd(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	team, users, err := a.teamAnd(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	who, err := a.peopleNamed(ctx, users)
	if err != nil {
		return Reply{}, err
	}
	return a.organise(ctx, c, reorganise{why: why, change: func(o *sales.Organisation, _ []*sales.Process) (reorganised, error) {
		added, err := o.AddMembers(team.Key, users)
		if err != nil {
			return reorganised{}, err
		}
		return reorganised{
			sentence: c.T("New in *%s*: %s.", view.TeamName(c.Printer, o, team.Key), c.listed(who, added)),
			undo:     "process team remove " + team.Key + " " + mentions(added),
			told:     added,
			tell:     func(p text.Printer) string { return a.welcome(p, view.TeamName(p, o, team.Key)) },
		}, nil
	}})
}

// welcome is what somebody hears who was added to a team.
func (a *App) welcome(p text.Printer, team string) string {
	return p.T("You are now in the team *%s*. `%s` creates a deal, and my App Home shows the rest.", team, "/"+a.Prefix+"deal new")
}

func (a *App) teamRemove(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	team, users, err := a.teamAnd(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	who, err := a.peopleNamed(ctx, users)
	if err != nil {
		return Reply{}, err
	}
	return a.organise(ctx, c, reorganise{why: why, change: func(o *sales.Organisation, _ []*sales.Process) (reorganised, error) {
		if err := o.RemoveMembers(team.Key, users); err != nil {
			return reorganised{}, err
		}
		return reorganised{
			sentence: c.T("No longer in *%s*: %s. Deals stay with their owners.", view.TeamName(c.Printer, o, team.Key), c.listed(who, users)),
			undo:     "process team add " + team.Key + " " + mentions(users),
		}, nil
	}})
}

func (a *App) teamManager(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	words, nobody := cutNothing(words)
	if nobody {
		words = append(slices.Clone(words), Word{Text: "<@" + c.User + ">"}) // only to find the team
	}
	team, users, err := a.teamAnd(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	if len(users) > 1 {
		return Reply{}, sales.Refuse(sales.Invalid, "user.one")
	}
	if nobody {
		users = []string{""}
	}
	who, err := a.peopleNamed(ctx, users)
	if err != nil {
		return Reply{}, err
	}
	return a.organise(ctx, c, reorganise{why: why, change: func(o *sales.Organisation, _ []*sales.Process) (reorganised, error) {
		was, err := o.SetManager(team.Key, users[0])
		if err != nil {
			return reorganised{}, err
		}
		name := view.TeamName(c.Printer, o, team.Key)
		done := reorganised{sentence: c.T("*%s* has no manager now.", name), undo: "process team manager " + team.Key + " " + cmp.Or(mentionOf(was), "none")}
		if !nobody {
			done.sentence = c.T("%s now manages *%s*.", who[users[0]], name)
			done.told = users
			done.tell = func(p text.Printer) string {
				return p.T("You now manage the team *%s*: its deals are yours to change, and you may pass gates with a reason.", view.TeamName(p, o, team.Key))
			}
		}
		return done, nil
	}})
}

// peopleNamed names people, by id, as they stand in a sentence.
func (a *App) peopleNamed(ctx context.Context, users []string) (map[string]string, error) {
	out := map[string]string{}
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		name := names(ctx, r)
		for _, u := range users {
			out[u] = name(u)
		}
		return nil
	})
	return out, err
}

// listed names those with the ids as in a sentence.
func (c *Call) listed(who map[string]string, ids []string) string {
	var out []string
	for _, id := range ids {
		out = append(out, who[id])
	}
	return c.List(out)
}

// cutNothing parts "none" off the end.
func cutNothing(words []Word) ([]Word, bool) {
	if n := len(words); n > 0 && words[n-1].is(nothing...) {
		return words[:n-1], true
	}
	return words, false
}

func mentionOf(user string) string {
	if user == "" {
		return ""
	}
	return "<@" + user + ">"
}

func mentions(users []string) string {
	var out []string
	for _, u := range users {
		out = append(out, mentionOf(u))
	}
	return strings.Join(out, " ")
}
