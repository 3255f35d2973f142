package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// withSources has deals from a fair and from the web, of very different worth.
func withSources(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	for i, amount := range []string{"5k", "12k", "30k", "80k", "", "20k EUR"} {
		w.types([]string{ana, ben}[i%2], "/deal new Deal"+fmt.Sprint(i)+" "+amount)
		w.types([]string{ana, ben}[i%2], fmt.Sprintf("/deal set D-%d source %s", i+1, []string{"web", "Trade fair", "partner"}[i%3]))
	}
	w.now = w.now.Add(time.Hour)
	return w
}

// aboutOf is what the report that answers is about, in short.
func aboutOf(t *testing.T, r Reply, now time.Time) string {
	t.Helper()
	q, _, err := reports.ParseQuery(value(t, r, "report.share"))
	if err != nil {
		t.Fatal(err)
	}
	return shortly(q.Options, now)
}

// reads is what the words are understood as, in short.
func (w *world) reads(user, words string) string {
	w.t.Helper()
	c := &Call{Intent: Intent{User: user, Now: w.now}, Printer: text.For("en", time.UTC)}
	var o reports.Options
	err := w.app.Store.Read(context.Background(), func(ctx context.Context, r *store.Reader) error {
		about, err := w.app.readAbout(ctx, c, r, split(words))
		if err == nil {
			o = about.Options
		}
		return err
	})
	if err != nil {
		w.t.Errorf("%s: %v", words, err)
	}
	return shortly(o, w.now)
}

func shortly(q reports.Options, now time.Time) string {
	var parts []string
	add := func(name, is string) {
		if is != "" {
			parts = append(parts, name+"="+is)
		}
	}
	day := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format(time.DateOnly)
	}
	add("process", q.Process)
	add("owner", q.Owner)
	add("team", q.Team)
	add("source", q.Source)
	add("by", q.By)
	add("amount", q.Band.Canonical())
	add("from", day(q.From))
	add("to", day(q.To))
	if !q.AsOf.Equal(now) {
		add("as of", q.AsOf.Format("2006-01-02 15:04"))
	}
	return strings.Join(parts, " ")
}

// TestReportAbout reads which deals a report is about, as people say it.
func TestReportAbout(t *testing.T) {
	w := withSources(t)
	for typed, want := range map[string]string{
		"":                                   "",
		"last quarter":                       "from=2026-07-01 to=2026-10-01",
		"since 1 Oct":                        "from=2026-10-01",
		"@ana":                               "owner=" + ana,
		"by @ana":                            "owner=" + ana,
		"owner Ana":                          "owner=" + ana,
		"me":                                 "owner=" + maxim,
		"team north":                         "team=north",
		"north":                              "team=north",
		"for the north":                      "team=north",
		"renewal":                            "process=renewal",
		"source web":                         "source=web",
		"source trade fair":                  "source=Trade fair",
		"from the trade fair":                "source=Trade fair",
		`source "Trade fair" north`:          "team=north source=Trade fair",
		"web":                                "source=web",
		"WEB last month":                     "source=web from=2026-10-01 to=2026-11-01",
		"10k-50k":                            "amount=10000.00 USD..50000.00 USD",
		"10k - 50k EUR":                      "amount=10000.00 EUR..50000.00 EUR",
		"over 50k":                           "amount=50000.00 USD..",
		"under 10k by ben":                   "owner=" + ben + " amount=0.00 USD..10000.00 USD",
		"between 10k and 50k since 1 Oct":    "amount=10000.00 USD..50000.00 USD from=2026-10-01",
		"as of 1 Nov":                        "as of=2026-11-01 23:59",
		"as of yesterday north":              "team=north as of=2026-11-22 23:59",
		"last month as of last month":        "from=2026-10-01 to=2026-11-01 as of=2026-10-31 23:59",
		"north 10k-50k web @ana as of 1 Nov": "owner=" + ana + " team=north source=web amount=10000.00 USD..50000.00 USD as of=2026-11-01 23:59",
		"上季度":                                "from=2026-07-01 to=2026-10-01",
		"北区 1万-5万":                           "team=north amount=10000.00 USD..50000.00 USD",
		"团队 北区":                              "team=north",
		"团队北区":                               "team=north",
		"来源 web":                             "source=web",
		"来源web 5万以上":                         "source=web amount=50000.00 USD..",
		"负责人 @ana":                           "owner=" + ana,
		"截至11月1日":                            "as of=2026-11-01 23:59",
		"截至 昨天":                              "as of=2026-11-22 23:59",
		"流程 renewal":                         "process=renewal",
		"by owner":                           "by=owner",
		"per rep last quarter":               "by=owner from=2026-07-01 to=2026-10-01",
		"by team":                            "by=team",
		"by source @ana over 50k":            "owner=" + ana + " by=source amount=50000.00 USD..",
		"by owner north":                     "team=north by=owner",
		"by owner @ana":                      "owner=" + ana,
		"by team north":                      "team=north",
		"by source web":                      "source=web",
		"按负责人":                               "by=owner",
		"按 团队 上季度":                           "by=team from=2026-07-01 to=2026-10-01",
		"北区 按来源":                             "team=north by=source",
	} {
		if got := w.reads(maxim, typed); got != want {
			t.Errorf("%s: %s, want %s", typed, got, want)
		}
	}
}

// TestReportAboutNothing says in one sentence what was not understood, with what is nearly so.
func TestReportAboutNothing(t *testing.T) {
	w := withSources(t)
	for typed, want := range map[string]string{
		"source wbe":         "No deal has the source “wbe”. These are the sources:\n[web]",
		"source":             "Which source?\n[Trade fair] [partner] [web]",
		"team":               "Which ones?\n[North] [East]",
		"@ana @ben":          "A report is about one person's deals, not about those of Ana Silva and Ben Ode. Name one of them, or a team, or say `by owner`.",
		"ana ben":            "A report is about one person's deals, not about those of Ana Silva and Ben Ode. Name one of them, or a team, or say `by owner`.",
		"流程":                 "Which ones?\n[New business] [Renewals]",
		"wbe":                "I don't know what “wbe” is. Name a period (last quarter, since 1 Oct), a person (@ana, me), a team, a process, a source, amounts (10k-50k, over 50k) or a day (as of 1 Oct).\n[web]",
		"last quartr":        "“last” can be more than one. Which one?\n[last week] [last month] [last quarter] [last year]",
		"50k":                "Deals worth more than “50k”, or less?\n[over 50k] [under 50k]",
		"50k-10k":            "That range of amounts ends before it begins: write the lower one first, such as `10k-50k`.",
		"as of whenever":     "I can't read the day in “as of whenever”. Say, for example, `as of 1 Oct` or `as of yesterday`.",
		"as of 2030-01-01":   "That day has not come yet: a report can only say what is known by now.",
		"since 1 Dec 2026":   "That period has not begun yet: give an earlier start.",
		"north south":        "I don't know what “south” is. Name a period (last quarter, since 1 Oct), a person (@ana, me), a team, a process, a source, amounts (10k-50k, over 50k) or a day (as of 1 Oct).\n[North]",
		"source web partner": "I don't know what to do with “partner”. Nothing was changed.",
		"10k-50k under 5k":   "I don't know what “under” is. Name a period (last quarter, since 1 Oct), a person (@ana, me), a team, a process, a source, amounts (10k-50k, over 50k) or a day (as of 1 Oct).",
		"10kkk-50k":          "I don't know a currency “KKK”. Use its three letters, such as EUR, USD or CNY.",
	} {
		if got := strings.TrimSpace(shown(t, w.types(maxim, "/report outcomes "+typed))); got != want {
			t.Errorf("%s: %s\nwant %s", typed, got, want)
		}
	}
	wrong := w.types(maxim, "/report outcomes north source fiar")
	if r := w.clicks(maxim, wrong, "Trade fair"); aboutOf(t, r, w.now) != "team=north source=Trade fair" {
		t.Errorf("the choice does not finish the command: %s", shown(t, r))
	}
}

// TestReportOfAmounts leaves out, and counts, what has another currency or none.
func TestReportOfAmounts(t *testing.T) {
	w := withSources(t)
	for user, want := range map[string][]string{
		maxim: {"Only deals worth $10,000 to less than $50,000.", "2 deals, 2 open", "2 deals are left out: they have no amount, or one in another currency."},
		wei:   {"只含金额为US$10,000到不足US$50,000的商机。", "2 个商机，进行中 2 个", "2 个商机没有计入：没有金额，或是其他币种。"},
	} {
		r := w.types(user, "/report outcomes 10k-50k")
		for _, s := range want {
			if !strings.Contains(r.Text, s) {
				t.Errorf("%q is not said in:\n%s", s, r.Text)
			}
		}
	}
	r := w.types(maxim, "/report outcomes 10k-50k source web")
	if !strings.Contains(r.Text, "0 deals, 0 open") {
		t.Errorf("%s", r.Text)
	}
	open := w.types(maxim, "/report funnel over 10k")
	for _, b := range buttonsOf(t, open) {
		if strings.HasPrefix(b.action, "report.deals") && w.listed(maxim, b) != 3 {
			t.Errorf("%s lists %d deals", b.label, w.listed(maxim, b))
		}
	}
}

// TestSubscribeToSomeDeals keeps which deals a subscription is about, and comes with them alone.
func TestSubscribeToSomeDeals(t *testing.T) {
	w := withSources(t)
	for line, want := range map[string]struct{ report, team, said string }{
		"funnel me daily 8:30 last quarter":                      {"funnel?period=last+quarter", "", "*Funnel* · New business · last quarter → you"},
		"funnel me daily 8:30 last quarter <@" + ana + "|ana>":   {"funnel?owner=" + ana + "&period=last+quarter", "", "*Funnel* · New business · Ana Silva · last quarter → you"},
		"funnel <@" + ana + "|ana> <#C9|x> daily 8:30":           {"funnel?owner=" + ana, "", "*Funnel* · New business · Ana Silva → <#C9>"},
		"digest <#C9|x> weekly mon 09:00 by @ana":                {"digest?owner=" + ana, "", "*Digest* · New business · Ana Silva → <#C9>"},
		"digest me weekly mon 09:00 source trade fair for north": {"digest?source=Trade+fair", "north", "*Digest* · New business · North · Trade fair → you"},
		"outcomes me 10k-50k monthly 10:00 in Europe/Berlin":     {"outcomes?amount=10000.00+USD..50000.00+USD", "", "*Won and lost* · New business · $10,000 to less than $50,000 → you"},
		"outcomes me by owner monthly 10:00 source web":          {"outcomes?by=owner&source=web", "", "*Won and lost* · New business · web · by owner → you"},
		"outcomes me over 50k EUR source web fri":                {"outcomes?amount=50000.00+EUR..&source=web", "", "*Won and lost* · New business · web · €50,000 or more → you"},
		"漏斗 我 每周 周一 9点 来源 web 上季度":                               {"funnel?period=%E4%B8%8A%E5%AD%A3%E5%BA%A6&source=web", "", "*Funnel* · New business · web · 上季度 → you"},
	} {
		r := w.types(maxim, "/report subscribe "+line)
		subs := w.subs()
		i := slices.IndexFunc(subs, func(s store.Subscription) bool { return s.Report == want.report && s.Team == want.team })
		if i < 0 || !strings.Contains(r.Text, want.said) {
			t.Errorf("%s: %s\n%+v", line, shown(t, r), subs)
			continue
		}
		ended := w.clicks(maxim, r, "Unsubscribe")
		if again := w.clicks(maxim, ended, "Undo"); !strings.Contains(again.Text, want.said) {
			t.Errorf("%s comes back as %s", line, shown(t, again))
		}
	}
	for line, want := range map[string]string{
		"digest me daily 8:30 <@" + ana + "> <@" + ben + ">": "A report is about one person's deals, not about those of Ana Silva and Ben Ode.",
		"digest me weekly mon 09:00 by owner":                "The digest is not broken down: subscribe to one report for that, such as `outcomes`.",
		"bottleneck me weekly mon 09:00 by owner":            "“bottleneck” looks at all deals together and cannot be broken down. These can: outcomes, funnel, stages and cycle.",
		"digest me weekly mon 09:00 last quarter":            "The digest tells of its own day, week or month: leave the period out, or subscribe to one report.",
		"funnel me weekly mon 09:00 as of 1 Oct":             "A subscription tells what is known when it comes: leave “as of” out.",
		"funnel me weekly mon 09:00 source wbe":              "No deal has the source “wbe”. These are the sources:",
		"funnel me weekly mon 09:00 50k-10k":                 "That range of amounts ends before it begins: write the lower one first, such as `10k-50k`.",
		"funnel <@" + ana + "|ana> weekly mon 09:00":         "A digest can go to a channel or to yourself, not to another person.",
		"funnel me weekly mon 09:00 for noth":                "I don't know what “noth” is. ",
	} {
		before := len(w.subs())
		if r := w.types(maxim, "/report subscribe "+line); !strings.HasPrefix(r.Text, want) || len(w.subs()) != before {
			t.Errorf("%s: %s", line, shown(t, r))
		}
	}
	form := w.types(maxim, "/report subscribe")
	w.submits(maxim, form, map[string]string{"report.name": "cycle", "report.when": "daily 7:45", "report.about": "@ben 10k-50k source partner"})
	if subs := w.subs(); subs[len(subs)-1].Report != "cycle?amount=10000.00+USD..50000.00+USD&owner="+ben+"&source=partner" {
		t.Errorf("%+v", subs[len(subs)-1])
	}
	if bad := w.submits(maxim, form, map[string]string{"report.when": "daily 7:45", "report.about": "wbe"}); !strings.Contains(bad.Errors["report.about"], "I don't know what “wbe” is.") {
		t.Errorf("%+v", bad)
	}
}
