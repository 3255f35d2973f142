package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/reports"
	"pipewright/store"
)

// mayChange reports whether the person may end or pause the subscription.
func mayChange(org *sales.Organisation, user string, s store.Subscription) bool {
	return s.Owner == user || s.Channel == user || !isPerson(s.Channel) && org.Leads(user)
}

// subscriptions answers /report list: the person's own, and those of channels.
func (a *App) subscriptions(ctx context.Context, c *Call) (Reply, error) {
	if err := noMore(c.Words); err != nil {
		return Reply{}, err
	}
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		rows, err := a.subscriptionRows(ctx, r, c, func(s store.Subscription) bool { return s.Channel == c.User || !isPerson(s.Channel) })
		if err != nil {
			return err
		}
		sentence := c.N(len(rows), "%d subscription", "%d subscriptions")
		if len(rows) == 0 {
			sentence = c.T("Nobody has subscribed to anything yet. `%s` posts a digest every Monday.", "/"+a.Prefix+c.T("report subscribe digest #sales weekly mon 09:00"))
		}
		blocks := append(view.SubscriptionBlocks(c.Printer, rows), view.Actions(view.Button("report.form", "", c.T("Subscribe…")))...)
		reply = c.inPlace(say(sentence, blocks...))
		return nil
	})
	return reply, err
}

// subscriptionRows are those of the subscriptions that are kept and that the person may know of.
func (a *App) subscriptionRows(ctx context.Context, r *store.Reader, c *Call, keep func(store.Subscription) bool) ([]view.SubscriptionRow, error) {
	org, err := r.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	subs, err := r.Subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	var rows []view.SubscriptionRow
	for _, s := range subs {
		if !keep(s) || s.Channel != c.User && !org.MayRead(c.User, sales.Deal{Team: s.Team}) {
			continue
		}
		row, err := a.subscriptionRow(ctx, r, c, s)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (a *App) subscriptionRow(ctx context.Context, r *store.Reader, c *Call, s store.Subscription) (view.SubscriptionRow, error) {
	row := view.SubscriptionRow{Subscription: s, Next: reports.RhythmOf(s).Next(c.Now).At, Mine: s.Channel == c.User}
	org, err := r.Organisation(ctx)
	if err != nil {
		return row, err
	}
	row.Team, _ = org.Team(s.Team)
	row.About = a.aboutWords(ctx, r, c, reports.ParseSubject(s.Report))
	row.Change = mayChange(org, c.User, s)
	all, err := r.Processes(ctx)
	if len(all) > 1 {
		i := slices.IndexFunc(all, func(p *sales.Process) bool { return p.Key == s.Process })
		row.Process = all[max(i, 0)]
	}
	return row, err
}

// aboutWords are what a subscription is about beside its team and process.
func (a *App) aboutWords(ctx context.Context, r *store.Reader, c *Call, s reports.Subject) []string {
	var out []string
	if s.Owner != "" {
		out = append(out, names(ctx, r)(s.Owner))
	}
	if s.Source != "" {
		out = append(out, view.Name(s.Source))
	}
	if s.Band.IsSet() {
		out = append(out, reports.BandWords(s.Band, c.Printer))
	}
	if s.By != "" {
		out = append(out, reports.ByWords(s.By, c.Printer))
	}
	if s.Period != "" {
		out = append(out, view.Name(s.Period))
	}
	return out
}

// unsubscribe answers /report unsubscribe [REPORT] [#channel].
func (a *App) unsubscribe(ctx context.Context, c *Call) (Reply, error) {
	words, channel, err := c.cutChannel(c.Words)
	if err != nil {
		return Reply{}, err
	}
	report := ""
	if len(words) > 0 {
		var n int
		if report, n, err = c.matchReport(words, true); err != nil {
			return Reply{}, err
		}
		if err := noMore(words[n:]); err != nil {
			return Reply{}, err
		}
	}
	var rows []view.SubscriptionRow
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		rows, err = a.subscriptionRows(ctx, r, c, func(s store.Subscription) bool {
			mine := s.Channel == c.User || s.Owner == c.User
			return (channel == "" && mine || s.Channel == channel) && (report == "" || reports.ParseSubject(s.Report).Name == report)
		})
		return err
	})
	switch {
	case err != nil:
		return Reply{}, err
	case len(rows) == 0:
		return Reply{}, sales.Refuse(sales.NotFound, "subscription.unknown")
	case len(rows) == 1:
		return a.end(ctx, c, rows[0].Subscription.ID)
	}
	return c.inPlace(say(c.T("Which one?"), view.SubscriptionBlocks(c.Printer, rows)...)), nil
}

func (a *App) clickEnd(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.Value)
	return a.end(ctx, c, id)
}

// end ends a subscription, and offers to have it back.
func (a *App) end(ctx context.Context, c *Call, id int64) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		row, err := a.changeable(ctx, tx.Reader, c, id)
		if err != nil {
			return Reply{}, err
		}
		if err := tx.DeleteSubscription(ctx, id); err != nil {
			return Reply{}, err
		}
		sentence := c.T("Ended: %s.", row.What(c.Printer))
		return c.inPlace(say(sentence, view.Actions(view.Run(lineOf(row.Subscription, c.User), c.T("Undo")))...)), nil
	})
}

// lineOf is the command that makes the subscription.
func lineOf(s store.Subscription, user string) string {
	where := "<#" + s.Channel + ">"
	if s.Channel == user {
		where = "me"
	}
	about := reports.ParseSubject(s.Report)
	words := []string{"report subscribe", about.Name, where, s.Every}
	if s.Every == "weekly" {
		words = append(words, strings.ToLower(s.Weekday.String()[:3]))
	}
	words = append(words, fmt.Sprintf("%02d:%02d", s.Hour, s.Minute))
	if s.Team != "" {
		words = append(words, "team", s.Team)
	}
	if about.Owner != "" {
		words = append(words, "owner", ownerWord(about.Owner))
	}
	if about.Source != "" {
		words = append(words, "source", quoted(about.Source))
	}
	if about.By != "" {
		words = append(words, "by", about.By)
	}
	if about.Band.IsSet() {
		words = append(words, about.Band.Canonical())
	}
	if about.Period != "" {
		words = append(words, about.Period)
	}
	return strings.Join(append(words, "process", s.Process, "in", s.Zone), " ")
}

// ownerWord is how a person is typed: a mention, or the name that an import knew.
func ownerWord(owner string) string {
	if isPerson(owner) {
		return "<@" + owner + ">"
	}
	return quoted(owner)
}

// changeable returns the subscription, if the person may change it.
func (a *App) changeable(ctx context.Context, r *store.Reader, c *Call, id int64) (view.SubscriptionRow, error) {
	row, err := a.findSubscription(ctx, r, c, id)
	if err != nil || row.Change {
		return row, err
	}
	e := sales.Refuse(sales.NotAllowed, "subscription.not_yours")
	e.Who = []string{row.Subscription.Owner}
	return row, e
}

// findSubscription returns a subscription that the person may know of.
func (a *App) findSubscription(ctx context.Context, r *store.Reader, c *Call, id int64) (view.SubscriptionRow, error) {
	rows, err := a.subscriptionRows(ctx, r, c, func(s store.Subscription) bool { return s.ID == id && (s.Channel == c.User || !isPerson(s.Channel)) })
	if err == nil && len(rows) == 0 {
		err = sales.Refuse(sales.NotFound, "subscription.unknown", "id", strconv.FormatInt(id, 10))
	}
	if err != nil {
		return view.SubscriptionRow{}, err
	}
	return rows[0], nil
}

func (a *App) clickPause(ctx context.Context, c *Call) (Reply, error) { return a.pause(ctx, c, true) }

func (a *App) clickResume(ctx context.Context, c *Call) (Reply, error) { return a.pause(ctx, c, false) }

// pause pauses a subscription or takes it up again. What was missed meanwhile is not caught up.
func (a *App) pause(ctx context.Context, c *Call, paused bool) (Reply, error) {
	id, _, _ := ids(c.Value)
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		row, err := a.changeable(ctx, tx.Reader, c, id)
		if err != nil {
			return Reply{}, err
		}
		s := row.Subscription
		if s.Paused && !paused {
			s.Created = c.Now
		}
		s.Paused = paused
		if row.Subscription, err = tx.SaveSubscription(ctx, s); err != nil {
			return Reply{}, err
		}
		sentence := c.T("Paused: %s.", row.What(c.Printer))
		if !paused {
			sentence = c.Printer.Sentences(c.T("Goes on: %s.", row.What(c.Printer)), c.T("The next one comes on %s, your time.", moment(c.Printer, row.Next)))
		}
		return c.inPlace(say(sentence, view.Actions(row.Buttons(c.Printer)...)...)), nil
	})
}

// clickPreview shows what would come now.
func (a *App) clickPreview(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.Value)
	var s illustrated
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		row, err := a.findSubscription(ctx, r, c, id)
		if err != nil {
			return err
		}
		m, err := reports.Preview(ctx, r, row.Subscription, c.Now, c.Printer)
		if err != nil {
			return err
		}
		head := []slack.Block{view.Context(c.T("Only you see this preview of %s.", row.What(c.Printer)))}
		message := view.Message{Text: m.Text, Blocks: append(head, m.Blocks...)}
		if m.Plain != nil {
			message.Plain = append(slices.Clone(head), m.Plain...)
		}
		s, err = a.answer(ctx, r, c, message)
		return err
	})
	return a.followed(ctx, c, s, err)
}
