package handlers

import (
	"context"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// reportBook holds /report: reports, the deals behind their numbers, and subscriptions.
func reportBook() book {
	return book{
		routes: []Route{
			{Command: "report", Args: text.Msg("[REPORT] [PERIOD] [@user|TEAM|PROCESS] [source NAME] [AMOUNTS] [by owner|team|source] [as of DAY]"), About: text.Msg("Answer a question about all deals, or about some: the funnel, what was won and lost, where deals wait."),
				Examples: []string{"report", text.Msg("report funnel last quarter"), text.Msg("report outcomes since 1 Oct @ana"), text.Msg("report outcomes by owner"), text.Msg("report bottleneck north"), text.Msg("report funnel 10k-50k source web as of 1 Oct")}, Run: (*App).report},
			{Command: "report", Verb: "subscribe", Also: []string{"订阅"}, Args: text.Msg("digest #channel weekly mon 09:00 [in ZONE] [for TEAM]"), About: text.Msg("Have the digest, or a report, posted to a channel or to yourself."),
				Examples: []string{text.Msg("report subscribe digest #sales weekly mon 09:00"), text.Msg("report subscribe digest me daily 8:30 in Europe/Berlin"), "report subscribe"}, Run: (*App).subscribe},
			{Command: "report", Verb: "unsubscribe", Also: []string{"退订", "取消订阅"}, Args: text.Msg("[REPORT] [#channel]"), About: text.Msg("End a subscription."),
				Examples: []string{text.Msg("report unsubscribe digest #sales")}, Run: (*App).unsubscribe},
			{Command: "report", Verb: "list", Also: []string{"subscriptions", "ls", "列表", "订阅列表"}, About: text.Msg("Who gets which report, where and when."),
				Examples: []string{"report list"}, Run: (*App).subscriptions},
		},
		actions: map[string]handler{
			"report.share": (*App).clickShare, "report.deals": (*App).clickBehind, "report.form": (*App).clickSubscribe, "report.preview": (*App).clickPreview,
			"report.pause": (*App).clickPause, "report.resume": (*App).clickResume, "report.end": (*App).clickEnd,
		},
		submissions: map[string]handler{"report.subscribe": (*App).submitSubscribe},
		refusals:    reportRefusals,
	}
}

// report answers /report [REPORT] [which deals]: a report, or which ones there are.
func (a *App) report(ctx context.Context, c *Call) (Reply, error) {
	if len(c.Words) == 0 {
		return a.reportMenu(ctx, c)
	}
	if name, _, err := c.matchReport(c.Words, true); err == nil && name == reports.DigestReport {
		return a.digestComes(c), nil
	}
	name, n, err := c.matchReport(c.Words, false)
	if err != nil {
		return Reply{}, err
	}
	var q reports.Query
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		about, err := a.readAbout(ctx, c, r, c.Words[n:])
		if err == nil {
			q = reports.Query{Name: name, Options: about.Options}
		}
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	return a.answerReport(ctx, c, q)
}

// digestComes says how to get the digest, which nobody asks for each time.
func (a *App) digestComes(c *Call) Reply {
	sentence := c.T("The digest comes by itself, to a channel or to you: `%s`", a.slash("report subscribe digest me daily 8:30"))
	return say(sentence, view.Actions(view.Button("report.form", "", c.T("Subscribe…")), view.Run("report list", c.T("All subscriptions")))...)
}

// matchReport finds the report that the leading words name; the digest is one of them when wanted.
func (c *Call) matchReport(words []Word, digest bool) (name string, n int, err error) {
	var list []named
	if digest {
		list = append(list, named{key: reports.DigestReport, label: c.T("Digest"), names: []string{"digest", "summary", "摘要", "周报", "日报", "月报"}})
	}
	english, chinese := text.For("en", nil), text.For("zh", nil)
	for _, r := range reports.All() {
		list = append(list, named{key: r.Name, label: c.T(r.Title), names: []string{r.Name, english.T(r.Title), chinese.T(r.Title)}})
	}
	name, n, err = pick("report", list, words)
	return name, n, choosing(err, func(k string) string { return c.with(words[:n], k) })
}

// answerReport computes the report for the person, with what they can do with it.
func (a *App) answerReport(ctx context.Context, c *Call, q reports.Query) (Reply, error) {
	var s illustrated
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		res, err := a.compute(ctx, r, q, c.User)
		if err != nil {
			return err
		}
		var share slack.BlockElement
		if !res.Empty() && c.Channel != "" && !strings.HasPrefix(c.Channel, "D") {
			share = view.Button("report.share", q.Value(), c.T("Share in this channel"))
		}
		s, err = a.answer(ctx, r, c, view.ReportMessage(reports.Render(res, c.Printer), "", share))
		return err
	})
	reply, err := a.followed(ctx, c, s, err)
	return c.inPlace(reply), err
}

// compute answers the report for a reader; "" is everybody in a channel.
func (a *App) compute(ctx context.Context, r *store.Reader, q reports.Query, reader string) (reports.Result, error) {
	org, err := r.Organisation(ctx)
	if err != nil {
		return reports.Result{}, err
	}
	o := q.Options
	o.Hide = reports.Hidden(org, reader, q.Team)
	return reports.Compute(ctx, r, q.Name, o)
}

// MetaNativeBlocks is the store's fact that is "off" where Slack has refused native blocks.
const MetaNativeBlocks = "native_blocks"

// clickShare posts the report for everybody in the channel, in the workspace's
// language, as of the instant at which the person saw it.
func (a *App) clickShare(ctx context.Context, c *Call) (Reply, error) {
	q, _, err := reports.ParseQuery(c.Value)
	if err != nil {
		return Reply{}, err
	}
	var s illustrated
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		if t, ok := org.Team(q.Team); ok && t.Private && t.Channel != c.Channel {
			return sales.Refuse(sales.NotAllowed, "report.private")
		}
		res, err := a.compute(ctx, r, q, "")
		if err != nil {
			return err
		}
		p := a.Channel()
		shared := p.T("Shared by %s.", names(ctx, r)(c.User))
		public := *c
		public.Printer = p
		s, err = a.answer(ctx, r, &public, view.ReportMessage(reports.Render(res, p), shared, nil))
		s.Public = true
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		again, err := tx.RecentSame(ctx, c.User, "share "+c.Channel+" "+c.Value, c.Now, time.Minute)
		if again {
			return say(c.T("It is shared already.")), err
		}
		if err != nil {
			return Reply{}, err
		}
		return s.Reply, c.follow(ctx, tx, s.Later, true)
	})
}

// reportMenu lists the reports, with what the person gets by itself.
func (a *App) reportMenu(ctx context.Context, c *Call) (Reply, error) {
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		mine, err := a.subscriptionRows(ctx, r, c, func(s store.Subscription) bool { return s.Owner == c.User || s.Channel == c.User })
		if err != nil {
			return err
		}
		m := view.ReportMenu{Slash: "/" + a.Prefix, Subscriptions: mine}
		for _, x := range reports.All() {
			m.Reports = append(m.Reports, view.ReportChoice{Name: x.Name, Title: x.Title, About: x.About})
		}
		sentence, blocks := view.ReportMenuBlocks(c.Printer, m)
		reply = Reply{Text: sentence, Blocks: blocks}
		return nil
	})
	return c.inPlace(reply), err
}

// reportRefusals words what is refused about reports and subscriptions.
var reportRefusals = map[string]wording{
	"report.unknown":           says(text.Msg("There is no report “%s”. These are the reports:"), "input"),
	"report.ambiguous":         says(text.Msg("“%s” can be more than one report. Which one?"), "input"),
	"report.missing":           says(text.Msg("Which report?")),
	"report.subject.unknown":   says(text.Msg("I don't know what “%s” is. Name a period (last quarter, since 1 Oct), a person (@ana, me), a team, a process, a source, amounts (10k-50k, over 50k) or a day (as of 1 Oct)."), "input"),
	"report.subject.ambiguous": says(text.Msg("“%s” can be more than one. Which one?"), "input"),
	"report.subject.missing":   says(text.Msg("Which ones?")),
	"report.source.unknown":    says(text.Msg("No deal has the source “%s”. These are the sources:"), "input"),
	"report.source.ambiguous":  says(text.Msg("“%s” can be more than one source. Which one?"), "input"),
	"report.source.missing":    says(text.Msg("Which source?")),
	"report.owners":            ownersRefused,
	"report.amount":            says(text.Msg("Deals worth more than “%s”, or less?"), "input"),
	"report.day":               says(text.Msg("I can't read the day in “%s”. Say, for example, `as of 1 Oct` or `as of yesterday`."), "input"),
	"band.order":               says(text.Msg("That range of amounts ends before it begins: write the lower one first, such as `10k-50k`.")),
	"report.private":           says(text.Msg("That team's deals are private: its report can only be shared in the team's own channel.")),
	"subscription.channel":     says(text.Msg("Only people who lead can have reports posted to a channel. `%sreport subscribe digest me` sends them to you."), "slash"),
	"subscription.not_yours":   says(text.Msg("That subscription is somebody else's.")),
	"subscription.unknown":     says(text.Msg("There is no such subscription. `%sreport list` shows those that there are."), "slash"),
	"subscription.other":       says(text.Msg("A digest can go to a channel or to yourself, not to another person.")),
	"subscription.no_channel":  says(text.Msg("I can't find the channel “%s”. Type # and pick it from Slack's list, or say `me`."), "input"),
	"subscription.period":      says(text.Msg("The digest tells of its own day, week or month: leave the period out, or subscribe to one report.")),
	"subscription.by":          says(text.Msg("The digest is not broken down: subscribe to one report for that, such as `outcomes`.")),
	"subscription.as_of":       says(text.Msg("A subscription tells what is known when it comes: leave “as of” out.")),
	"report.undivided":         explained,
	"report.period":            explained,
	"report.as_of":             explained,
	"report.future":            explained,
	"report.horizon":           explained,
	"rhythm.unreadable":        explained,
	"rhythm.zone":              explained,
}

// explained takes the words of the package that refused.
func explained(f facts) (string, []slack.Block) {
	s, _ := reports.Explain(f.Printer, f.e)
	return s, nil
}

// ownersRefused names the people of whom only one can be meant.
func ownersRefused(f facts) (string, []slack.Block) {
	var people []string
	for _, id := range f.e.Facts["owners"].([]string) {
		people = append(people, f.name(id))
	}
	return f.T("A report is about one person's deals, not about those of %s. Name one of them, or a team, or say `by owner`.", f.List(people)), nil
}
