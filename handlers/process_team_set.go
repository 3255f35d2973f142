package handlers

import (
	"context"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

func (a *App) teamChannel(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	words, none := cutNothing(words)
	channel := ""
	if !none {
		m := []string(nil)
		if n := len(words); n > 0 {
			m = channelMention.FindStringSubmatch(c.raw(words[n-1]))
			words = words[:n-1]
		}
		if m == nil {
			return Reply{}, sales.Refuse(sales.Invalid, "channel.unreadable")
		}
		channel = m[1]
	}
	return a.oneTeam(ctx, c, words, why, func(o *sales.Organisation, key string) (reorganised, error) {
		was, err := o.SetChannel(key, channel)
		if err != nil {
			return reorganised{}, err
		}
		undo := "process team channel " + key + " none"
		if was != "" {
			undo = "process team channel " + key + " <#" + was + ">"
		}
		name := view.TeamName(c.Printer, o, key)
		done := reorganised{sentence: c.T("Deals of *%s* now have their cards in the channel for all.", name), undo: undo, private: key}
		if channel != "" {
			done.sentence = c.T("Deals of *%s* now have their cards in %s, from their next change on. Invite me there.", name, "<#"+channel+">")
		}
		return done, nil
	})
}

// oneTeam changes the team that all the words name.
func (a *App) oneTeam(ctx context.Context, c *Call, words []Word, why string, change func(o *sales.Organisation, team string) (reorganised, error)) (Reply, error) {
	o, err := a.organisation(ctx)
	if err != nil {
		return Reply{}, err
	}
	team, rest, err := c.matchTeam(o, words)
	if err == nil {
		err = noMore(rest)
	}
	if err != nil {
		return Reply{}, err
	}
	return a.organise(ctx, c, reorganise{why: why, change: func(o *sales.Organisation, _ []*sales.Process) (reorganised, error) {
		return change(o, team.Key)
	}})
}

func (a *App) teamNew(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	if len(words) == 0 {
		return Reply{}, sales.Refuse(sales.Invalid, "team.no_key")
	}
	key, name := strings.ToLower(words[0].Text), c.typed(words[1:])
	if name == "" {
		name = words[0].Text
	}
	return a.organise(ctx, c, reorganise{why: why, change: func(o *sales.Organisation, _ []*sales.Process) (reorganised, error) {
		if err := o.NewTeam(key, sales.Text{"": name}); err != nil {
			return reorganised{}, err
		}
		return reorganised{sentence: c.T("The team *%s* is there. `%s` adds people, `%s` names its manager.",
			view.TeamName(c.Printer, o, key), a.slash("process team add "+key+" @…"), a.slash("process team manager "+key+" @…"))}, nil
	}})
}

func (a *App) teamPrivate(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	return a.oneTeam(ctx, c, words, why, func(o *sales.Organisation, key string) (reorganised, error) {
		if err := o.SetPrivate(key, true); err != nil {
			return reorganised{}, err
		}
		name := view.TeamName(c.Printer, o, key)
		done := reorganised{sentence: c.T("*%s* is private now: only its people, managers and admins read its deals.", name), undo: "process team open " + key, private: key}
		if t, _ := o.Team(key); t.Channel == "" {
			done.sentence = c.Printer.Sentences(done.sentence, c.T("Its deals have no cards until it has a channel: `%s`", a.slash("process team channel "+key+" #…")))
		}
		return done, nil
	})
}

// teamOpen lets everybody read a team's deals, once that is confirmed.
func (a *App) teamOpen(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	if !c.Sure {
		o, t, err := a.teamToAskAbout(ctx, c, words)
		if err != nil {
			return Reply{}, err
		}
		if t.Private {
			sentence := c.T("Everybody in this workspace could then read the deals of *%s*. Open them?", view.TeamName(c.Printer, o, t.Key))
			return c.inPlace(say(sentence, view.Actions(view.RunSure(c.line(), c.T("Yes, open them")), view.Button("dismiss", "", c.T("No")))...)), nil
		}
	}
	return a.oneTeam(ctx, c, words, why, func(o *sales.Organisation, key string) (reorganised, error) {
		if err := o.SetPrivate(key, false); err != nil {
			return reorganised{}, err
		}
		return reorganised{sentence: c.T("*%s* is open now: everybody reads its deals.", view.TeamName(c.Printer, o, key)), undo: "process team private " + key, private: key}, nil
	})
}

// teamDelete takes a team out of the organisation, once that is confirmed. Its deals stay with their owners.
func (a *App) teamDelete(ctx context.Context, c *Call, words []Word, why string) (Reply, error) {
	if !c.Sure {
		o, t, err := a.teamToAskAbout(ctx, c, words)
		if err == nil {
			err = t.MayDelete()
		}
		if err != nil {
			return Reply{}, err
		}
		return a.askToDelete(ctx, c, o, t)
	}
	return a.oneTeam(ctx, c, words, why, func(o *sales.Organisation, key string) (reorganised, error) {
		t, err := o.DeleteTeam(key)
		if err != nil {
			return reorganised{}, err
		}
		return reorganised{sentence: c.T("The team *%s* is gone. Deals stay with their owners.", view.Name(t.Name.In(c.Lang()))), private: key}, nil
	})
}

// teamToAskAbout finds the team that a person who may change it named, before they are asked whether they are sure.
func (a *App) teamToAskAbout(ctx context.Context, c *Call, words []Word) (*sales.Organisation, sales.Team, error) {
	o, err := a.organisation(ctx)
	if err != nil {
		return nil, sales.Team{}, err
	}
	if err := o.MayOrganise(c.User); err != nil {
		return nil, sales.Team{}, err
	}
	t, rest, err := c.matchTeam(o, words)
	if err == nil {
		err = noMore(rest)
	}
	return o, t, err
}

func (a *App) askToDelete(ctx context.Context, c *Call, o *sales.Organisation, t sales.Team) (Reply, error) {
	n := 0
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		n, err = r.CountDeals(ctx, store.DealFilter{Team: t.Key, Alive: true})
		return err
	})
	sentence := c.T("Delete the team *%s*? %s and %s are in it; the deals stay with their owners, and managers can assign them.",
		view.TeamName(c.Printer, o, t.Key), c.N(len(t.Members), "%d person", "%d people"), c.N(n, "%d deal", "%d deals"))
	return c.inPlace(say(sentence, view.Actions(view.RunSure(c.line(), c.T("Yes, delete it")), view.Button("dismiss", "", c.T("No")))...)), err
}
