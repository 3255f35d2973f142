package main

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"pipewright/store"
)

// usedChannel is a channel that the bot posts to.
type usedChannel struct {
	id  string
	use string // what goes there, and where that is set
}

// usedChannels are those of the teams and of the subscriptions that go on.
func (d *doctor) usedChannels(ctx context.Context, r *store.Reader, prefix string) ([]usedChannel, error) {
	org, err := r.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	var out []usedChannel
	for _, t := range org.Teams {
		if t.Channel != "" {
			out = append(out, usedChannel{t.Channel, d.p.T("for the team %s, see /%s", t.Name.In(d.p.Lang()), prefix+"process team")})
		}
	}
	all, err := r.Subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if !s.Paused && !userID.MatchString(s.Channel) {
			out = append(out, usedChannel{s.Channel, d.p.T("for a subscription, see /%s", prefix+"report list")})
		}
	}
	return out, nil
}

// channels checks that the bot can post where cards and reports go. Without a channel for deals it cannot work;
// without one of the others, all but that works.
func (d *doctor) channels(ctx context.Context, api *slack.Client, deals string, used []usedChannel) {
	type state struct{ name, refusal string }
	known := map[string]state{}
	check := func(c usedChannel, fails func(what, said string)) {
		s, again := known[c.id]
		if !again {
			s.name, s.refusal = reach(ctx, api, c.id)
			known[c.id] = s
		}
		switch told := s.refusal != "" && s.refusal != "missing_scope"; {
		case told:
			fails("channel", d.p.T("%[1]s cannot be reached (%[2]s): %[3]s", s.name, c.use, s.refusal)+d.remedy(s.refusal))
		case again: // what is fine, or unknown, is said once
		case s.refusal == "":
			d.good("channel", d.p.T("%s can be reached", s.name))
		default:
			d.warn("channel", d.p.T("it cannot be told whether the bot is in %s; invite it there: /invite @Pipewright", s.name))
		}
	}
	if deals == "" {
		d.warn("channel", d.p.T("DEALS_CHANNEL is not set: deals of teams without a channel of their own get no card"))
	} else {
		check(usedChannel{deals, "DEALS_CHANNEL"}, d.bad)
	}
	for _, c := range used {
		check(c, d.warn)
	}
}

// reach asks Slack about a channel: what it is called, and what keeps the bot from posting there, such as
// "is_archived"; "" when nothing does, and "missing_scope" when the app may not know.
func reach(ctx context.Context, api *slack.Client, id string) (name, refusal string) {
	c, err := api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
	if err == nil {
		switch name = "#" + c.Name; {
		case c.IsArchived:
			return name, "is_archived"
		case !c.IsMember:
			return name, "not_in_channel"
		}
		return name, ""
	}
	var said slack.SlackErrorResponse
	if errors.As(err, &said) && said.Err == "missing_scope" { // to read the channel is another scope, which tells the half of it
		_, err = api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: id, Limit: 1})
	}
	switch {
	case err == nil:
		return id, ""
	case errors.As(err, &said):
		return id, said.Err
	}
	return id, err.Error()
}
