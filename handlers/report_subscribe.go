package handlers

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/reports"
	"pipewright/store"
)

// subscribe answers /report subscribe digest #channel weekly mon 09:00 [in ZONE] [for TEAM] [which deals].
func (a *App) subscribe(ctx context.Context, c *Call) (Reply, error) {
	if len(c.Words) == 0 {
		return a.subscribeForm(ctx, c)
	}
	sub := store.Subscription{Report: reports.DigestReport, Channel: c.User}
	words := c.Words
	if !c.omitsReport(words) {
		name, n, err := c.matchReport(words, true)
		if err != nil {
			return Reply{}, err
		}
		sub.Report, words = name, words[n:]
	}
	var about *about
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		about, err = a.readScope(ctx, c, r, words)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	words, channel, err := c.cutChannel(about.rest)
	if err != nil {
		return Reply{}, err
	}
	if channel != "" {
		sub.Channel = channel
		if words, err = about.cutOwner(words); err != nil {
			return Reply{}, err
		}
	}
	if err := about.subscribes(&sub); err != nil {
		return Reply{}, err
	}
	if err := c.setRhythm(&sub, words); err != nil {
		return Reply{}, err
	}
	return a.saveSubscription(ctx, c, sub)
}

// omitsReport reports whether the words begin with where or when already: it is the digest then.
func (c *Call) omitsReport(words []Word) bool {
	_, place, _ := c.channelOf(words[:1])
	_, err := reports.ParseRhythm([]string{words[0].Text}, c.Location())
	return place || err == nil
}

// setRhythm reads when the subscription comes; without a zone in that of the person.
func (c *Call) setRhythm(sub *store.Subscription, words []Word) error {
	var typed []string
	for _, w := range words {
		typed = append(typed, w.Text)
	}
	rhythm, err := reports.ParseRhythm(typed, c.Location())
	rhythm.Set(sub)
	return err
}

// subscribes makes a subscription be about those deals.
func (x *about) subscribes(sub *store.Subscription) error {
	if x.asOf {
		return sales.Refuse(sales.Invalid, "subscription.as_of")
	}
	if len(x.period) > 0 && sub.Report == reports.DigestReport {
		return sales.Refuse(sales.Invalid, "subscription.period")
	}
	if x.By != "" && sub.Report == reports.DigestReport {
		return sales.Refuse(sales.Invalid, "subscription.by")
	}
	if x.By != "" && !reports.Divisible(sub.Report) {
		return reports.Undivided(sub.Report)
	}
	sub.Team, sub.Process = x.Team, x.Process
	sub.Report = reports.Subject{Name: sub.Report, Owner: x.Owner, Source: x.Source, By: x.By, Band: x.Band, Period: spoken(x.period)}.String()
	return nil
}

// channelOf reads a word as the place where something is posted: a channel, here,
// or the person's own direct messages, which go by the person's id.
func (c *Call) channelOf(words []Word) (channel string, found bool, err error) {
	w := words[0]
	if m := channelMention.FindStringSubmatch(c.raw(w)); m != nil {
		return m[1], true, nil
	}
	switch m := userMention.FindStringSubmatch(w.Text); {
	case m != nil && m[1] == c.User, w.is("me", "dm", "myself", "我", "私信", "自己"):
		return c.User, true, nil
	case m != nil:
		return "", true, sales.Refuse(sales.Invalid, "subscription.other")
	case w.is("here", "这里", "本频道", "此处"):
		if c.Channel == "" || strings.HasPrefix(c.Channel, "D") {
			return c.User, true, nil
		}
		return c.Channel, true, nil
	case strings.HasPrefix(w.Text, "#"):
		return "", true, sales.Refuse(sales.NotFound, "subscription.no_channel", "input", w.Text)
	}
	return "", false, nil
}

// cutChannel takes the channel out of the words. Another person is none, but may be whose
// deals are meant where there is a channel.
func (c *Call) cutChannel(words []Word) ([]Word, string, error) {
	var other error
	for i := range words {
		channel, found, err := c.channelOf(words[i:])
		switch {
		case isCode(err, "subscription.other"):
			other = err
		case err != nil:
			return nil, "", err
		case found:
			return slices.Concat(words[:i], words[i+1:]), channel, nil
		}
	}
	return words, "", other
}

// cutOwner takes the person whose deals are meant out of words that name the channel otherwise.
func (x *about) cutOwner(words []Word) ([]Word, error) {
	var rest []Word
	for _, w := range words {
		m := userMention.FindStringSubmatch(w.Text)
		if m == nil {
			rest = append(rest, w)
		} else if err := x.setOwner(m[1]); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// subscribeForm opens the form for a subscription.
func (a *App) subscribeForm(ctx context.Context, c *Call) (Reply, error) {
	var f view.SubscribeForm
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		f.Leads = org.Leads(c.User)
		if f.Leads && strings.HasPrefix(c.Channel, "C") {
			f.Channel = c.Channel
		}
		for _, t := range org.Teams {
			if org.MayRead(c.User, sales.Deal{Team: t.Key}) {
				f.Teams = append(f.Teams, t)
			}
		}
		f.Processes, err = r.Processes(ctx)
		return err
	})
	return Reply{Modal: view.SubscribeModal(c.Printer, f)}, err
}

func (a *App) clickSubscribe(ctx context.Context, c *Call) (Reply, error) {
	return a.subscribeForm(ctx, c)
}

func (a *App) submitSubscribe(ctx context.Context, c *Call) (Reply, error) {
	sub := store.Subscription{Report: c.Input("report.name"), Channel: c.Input("report.channel")}
	if sub.Channel == "" {
		sub.Channel = c.User
	}
	if err := a.aboutForm(ctx, c, &sub); err != nil {
		return Reply{}, atInput("report.about", err)
	}
	if err := c.setRhythm(&sub, split(c.Input("report.when"))); err != nil {
		return Reply{}, atInput("report.when", err)
	}
	r, err := a.saveSubscription(ctx, c, sub)
	if isCode(err, "subscription.channel") || isCode(err, "report.private") {
		err = atInput("report.channel", err)
	}
	return c.formDone(r, err)
}

// aboutForm reads which deals the form is about.
func (a *App) aboutForm(ctx context.Context, c *Call, sub *store.Subscription) error {
	return a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		about, err := a.readAbout(ctx, c, r, split(c.Input("report.about")))
		if e, ok := errors.AsType[*sales.Error](err); ok {
			return e // without the command that a choice would finish: a form has none
		}
		if err != nil {
			return err
		}
		about.Team = cmp.Or(about.Team, view.TeamChosen(c.Input("report.team")))
		about.Process = cmp.Or(about.Process, c.Input("report.process"))
		return about.subscribes(sub)
	})
}

// saveSubscription makes a subscription, or changes the rhythm of the one that there
// is already for the same report in the same place.
func (a *App) saveSubscription(ctx context.Context, c *Call, sub store.Subscription) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		sub := sub
		process, err := tx.Process(ctx, sub.Process)
		if err != nil {
			return Reply{}, err
		}
		sub.Process, sub.Owner, sub.Created, sub.Lang = process.Key, c.User, c.Now, a.Channel().Lang()
		if sub.Channel == c.User {
			sub.Lang = c.Lang()
		}
		if err := a.maySubscribe(ctx, tx.Reader, c, sub); err != nil {
			return Reply{}, err
		}
		subs, err := tx.Subscriptions(ctx)
		if err != nil {
			return Reply{}, err
		}
		i := slices.IndexFunc(subs, func(s store.Subscription) bool {
			return s.Report == sub.Report && s.Channel == sub.Channel && s.Team == sub.Team && s.Process == sub.Process
		})
		if i >= 0 {
			sub.ID, sub.Owner = subs[i].ID, subs[i].Owner
		}
		if sub, err = tx.SaveSubscription(ctx, sub); err != nil {
			return Reply{}, err
		}
		row, err := a.subscriptionRow(ctx, tx.Reader, c, sub)
		if err != nil {
			return Reply{}, err
		}
		sentence := c.T("Subscribed: %s, %s.", row.What(c.Printer), reports.RhythmOf(sub).Words(c.Printer))
		if i >= 0 {
			sentence = c.T("Changed: %s, now %s.", row.What(c.Printer), reports.RhythmOf(sub).Words(c.Printer))
		}
		sentence = c.Printer.Sentences(sentence, c.T("The next one comes on %s, your time.", moment(c.Printer, row.Next)))
		return c.inPlace(say(sentence, view.Actions(row.Buttons(c.Printer)...)...)), nil
	})
}

// maySubscribe refuses who may not have the report posted there: anybody may to
// themselves, those who lead to channels, and a private team's only to its own channel.
func (a *App) maySubscribe(ctx context.Context, r *store.Reader, c *Call, sub store.Subscription) error {
	org, err := r.Organisation(ctx)
	if err != nil {
		return err
	}
	team, ok := org.Team(sub.Team)
	if sub.Team != "" && (!ok || !org.MayRead(c.User, sales.Deal{Team: sub.Team})) {
		return sales.Refuse(sales.NotFound, "team.unknown", "input", sub.Team)
	}
	if sub.Channel == c.User {
		return nil
	}
	if err := org.MustLead(c.User, "subscription.channel"); err != nil {
		return err
	}
	if team.Private && team.Channel != sub.Channel {
		return sales.Refuse(sales.NotAllowed, "report.private")
	}
	return nil
}
