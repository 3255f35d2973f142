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

// withHistory gives the company a past: deals of Ana, Ben and, in the private east, Li,
// which went different ways.
func withHistory(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.now = monday.AddDate(0, -3, 0)
	for i := range 24 {
		owner := []string{ana, ben, li}[i%3]
		w.types(owner, fmt.Sprintf("/deal new Deal%d %dk EUR", i, i+1))
		ref := fmt.Sprintf("D-%d", i+1)
		w.now = w.now.Add(26 * time.Hour)
		if i%4 > 0 {
			w.types(owner, "/log call "+ref)
			w.types(owner, "/deal advance "+ref)
		}
		w.now = w.now.Add(30 * time.Hour)
		switch i % 8 {
		case 2:
			w.types(owner, "/deal lost "+ref+" price")
		case 3:
			w.types(maxim, "/deal advance "+ref+" to signed override because they signed")
		case 5:
			w.types(owner, "/deal lost "+ref+" timing")
		case 6:
			w.types(owner, "/deal back "+ref+" to lead because of a new contact")
		}
	}
	w.deliver()
	w.now = monday
	return w
}

func TestReports(t *testing.T) {
	for _, tt := range []struct{ name, user string }{{"report_en", ana}, {"report_zh", wei}} {
		t.Run(tt.name, func(t *testing.T) {
			w := withHistory(t)
			var out strings.Builder
			for _, line := range []string{
				"/report", "/report funnel", "/report outcomes last quarter", "/report outcomes since 1 Oct me", "/report funnel 上个月 north", "/report 漏斗 @ben",
				"/report cycle", "/report stages", "/report process", "/report bottleneck",
				"/report funel", "/report digest", "/report outcomes yesterdy", "/report outcomes from 1 Nov to 1 Oct", "/report outcomes since 1 Oct north south",
				"/report list", "/report unsubscribe", "/report subscribe digest #sales", "/report subscribe digest me weekly mn", "/report subscribe digest me in Berlin/Europe",
			} {
				r := w.types(tt.user, line)
				checkView(t, r.Blocks, 50, 200_000)
				checkView(t, r.Plain, 50, 200_000)
				r.Blocks = slices.Concat(r.Plain, r.Blocks[min(len(r.Blocks), len(r.Blocks)*min(1, len(r.Plain))):])
				if r.Plain == nil {
					r = w.types(tt.user, line)
				}
				out.WriteString("> " + line + "\n" + shown(t, r) + "\n")
			}
			golden(t, tt.name, out.String())
		})
	}
}

// TestReportOfAMention reads a person as Slack sends them, whatever the name beside the id.
func TestReportOfAMention(t *testing.T) {
	w := withHistory(t)
	want := shown(t, w.types(maxim, "/report outcomes since 1 Oct @ana"))
	if got := shown(t, w.types(maxim, "/report outcomes since 1 Oct <@"+ana+"|ana.formerly>")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestNumbersOpenTheDealsBehindThem compares every number of every report, and those beside it in the
// list, with the deals that they list.
func TestNumbersOpenTheDealsBehindThem(t *testing.T) {
	w := withHistory(t)
	opened := map[string]int{}
	open := func(report string, b button) Reply {
		t.Helper()
		opened[report]++
		number := b.label[strings.LastIndex(b.label, " ")+1:]
		if got := w.listed(maxim, b); fmt.Sprint(got) != number {
			t.Errorf("%s: %s lists %d deals", report, b.label, got)
		}
		return w.do(Intent{Kind: Action, Name: b.action, Value: b.value, User: maxim, Channel: "C1", Ephemeral: true})
	}
	for _, report := range reports.Names() {
		for _, b := range buttonsOf(t, w.types(maxim, "/report "+report)) {
			if !strings.HasPrefix(b.action, "report.deals") {
				continue
			}
			for _, part := range buttonsOf(t, Reply{Modal: open(report, b).Modal}) {
				if strings.HasPrefix(part.action, "report.deals") && strings.Contains(part.label, ": ") {
					open(report, part)
				}
			}
		}
		if opened[report] < 3 {
			t.Errorf("%s: only %d numbers were opened", report, opened[report])
		}
	}
}

// listed counts the deals behind a number, over all pages.
func (w *world) listed(user string, b button) int {
	w.t.Helper()
	n := 0
	for range 20 {
		r := w.do(Intent{Kind: Action, Name: b.action, Value: b.value, User: user, View: View{ID: "V1", Callback: "notice"}})
		if r.Modal == nil {
			w.t.Fatalf("no list: %s", shown(w.t, r))
		}
		next := button{}
		for _, x := range buttonsOf(w.t, Reply{Modal: r.Modal}) {
			if x.action == "deal.open" {
				n++
			}
			if x.label == "Next page" {
				next = x
			}
		}
		if next.label == "" {
			return n
		}
		b = next
	}
	w.t.Fatal("the pages do not end")
	return 0
}

func TestPrivateTeamsStayPrivate(t *testing.T) {
	w := withHistory(t)
	count := func(user string) int {
		n := 0
		for _, b := range buttonsOf(t, w.types(user, "/report outcomes")) {
			if strings.Contains(b.value, reports.ByOutcome+":") && strings.Count(b.label, ": ") == 1 { // each deal once: not for the reasons beside the lost ones
				n += w.listed(user, b)
			}
		}
		return n
	}
	if all, mine := count(maxim), count(ana); all != 24 || mine != 16 {
		t.Errorf("a manager sees %d deals, a rep of another team %d", all, mine)
	}
	if r := w.types(ana, "/report funnel east"); !strings.Contains(r.Text, "I don't know what") {
		t.Errorf("the private team is named: %s", r.Text)
	}
}

func TestShare(t *testing.T) {
	w := withHistory(t)
	r := w.types(wei, "/report outcomes east")
	refused := w.do(Intent{Kind: Action, Name: "report.share", Value: value(t, r, "report.share"), User: wei, Channel: "CSALES", Ephemeral: true})
	if refused.Public || !strings.Contains(refused.Text, "私密") {
		t.Errorf("a private team's report was shared: %s", refused.Text)
	}
	shared := w.do(Intent{Kind: Action, Name: "report.share", Value: value(t, r, "report.share"), User: wei, Channel: east, Ephemeral: true, Key: "k"})
	if !shared.Public || !strings.Contains(shared.Text, "Shared by 韩梅梅.") || !strings.Contains(shared.Text, "Only deals of East.") {
		t.Errorf("not shared in the team's own channel, in the workspace's language: %s", shared.Text)
	}
	again := w.do(Intent{Kind: Action, Name: "report.share", Value: value(t, r, "report.share"), User: wei, Channel: east, Ephemeral: true, Key: "k"})
	if again.Text != shared.Text {
		t.Errorf("the same click has another answer: %s", again.Text)
	}
	if twice := w.do(Intent{Kind: Action, Name: "report.share", Value: value(t, r, "report.share"), User: wei, Channel: east, Ephemeral: true}); twice.Public {
		t.Error("a double click shares it twice")
	}
	all := w.types(wei, "/report outcomes")
	public := w.do(Intent{Kind: Action, Name: "report.share", Value: value(t, all, "report.share"), User: wei, Channel: "CSALES", Ephemeral: true})
	if !strings.Contains(public.Text, "16 deals") || !strings.Contains(all.Text, "24") {
		t.Errorf("in public the private deals are not left out:\n%s\n%s", all.Text, public.Text)
	}
}

func value(t *testing.T, r Reply, action string) string {
	t.Helper()
	for _, b := range buttonsOf(t, r) {
		if b.action == action {
			return b.value
		}
	}
	t.Fatalf("there is no %s on:\n%s", action, shown(t, r))
	return ""
}

func (w *world) subs() []store.Subscription {
	w.t.Helper()
	var out []store.Subscription
	w.read(func(ctx context.Context, r *store.Reader) (err error) {
		out, err = r.Subscriptions(ctx)
		return err
	})
	return out
}

func TestSubscribe(t *testing.T) {
	w := newWorld(t)
	w.moveTo(maxim, "Europe/Berlin")
	for _, tt := range []struct {
		line string
		want store.Subscription
	}{
		{"digest <#C123|sales> weekly mon 09:00", store.Subscription{Report: "digest", Channel: "C123", Every: "weekly", Weekday: time.Monday, Hour: 9, Zone: "Europe/Berlin", Lang: "en"}},
		{"digest <#C123|sales> weekly fri 16:30 in Asia/Shanghai", store.Subscription{Report: "digest", Channel: "C123", Every: "weekly", Weekday: time.Friday, Hour: 16, Minute: 30, Zone: "Asia/Shanghai", Lang: "en"}},
		{"weekly tue 10:00 <#C124|x>", store.Subscription{Report: "digest", Channel: "C124", Every: "weekly", Weekday: time.Tuesday, Hour: 10, Zone: "Europe/Berlin", Lang: "en"}},
		{"funnel here daily 8:30", store.Subscription{Report: "funnel", Channel: "CSALES", Every: "daily", Weekday: time.Monday, Hour: 8, Minute: 30, Zone: "Europe/Berlin", Lang: "en"}},
		{"digest me monthly 10:00 for north", store.Subscription{Report: "digest", Channel: maxim, Team: "north", Every: "monthly", Weekday: time.Monday, Hour: 10, Zone: "Europe/Berlin", Lang: "en"}},
		{"摘要 我 每周 周一 9点 团队 北区", store.Subscription{Report: "digest", Channel: maxim, Team: "north", Every: "weekly", Weekday: time.Monday, Hour: 9, Zone: "Europe/Berlin", Lang: "en"}},
		{"漏斗 <#C125> 每天 8:30 流程 renewal 在 Asia/Shanghai", store.Subscription{Report: "funnel", Process: "renewal", Channel: "C125", Every: "daily", Weekday: time.Monday, Hour: 8, Minute: 30, Zone: "Asia/Shanghai", Lang: "en"}},
	} {
		r := w.types(maxim, "/report subscribe "+tt.line)
		subs := w.subs()
		i := slices.IndexFunc(subs, func(s store.Subscription) bool {
			return s.Report == tt.want.Report && s.Channel == tt.want.Channel && s.Team == tt.want.Team
		})
		if i < 0 {
			t.Errorf("%s: %s", tt.line, shown(t, r))
			continue
		}
		got := subs[i]
		if tt.want.Process == "" {
			tt.want.Process = "b2b"
		}
		tt.want.ID, tt.want.Owner, tt.want.Created = got.ID, maxim, w.now
		if got != tt.want {
			t.Errorf("%s:\n%+v, want\n%+v", tt.line, got, tt.want)
		}
		if !strings.Contains(r.Text, "your time") {
			t.Errorf("%s does not say when: %s", tt.line, r.Text)
		}
	}
	if n := len(w.subs()); n != 5 {
		t.Errorf("%d subscriptions", n)
	}
}

func TestSubscriptionConfirmsAndChanges(t *testing.T) {
	w := withHistory(t)
	var out strings.Builder
	step := func(what string, r Reply) Reply {
		out.WriteString("> " + what + "\n" + shown(t, r) + "\n")
		return r
	}
	made := step("subscribe", w.types(maxim, "/report subscribe digest <#C123|sales> weekly mon 09:00 in Asia/Shanghai"))
	step("again, at another time", w.types(maxim, "/report subscribe digest <#C123|sales> weekly tue 10:00"))
	paused := step("pause", w.clicks(maxim, made, "Pause"))
	if !w.subs()[0].Paused {
		t.Error("not paused")
	}
	w.now = w.now.Add(30 * 24 * time.Hour)
	step("resume", w.clicks(maxim, paused, "Resume"))
	d := &reports.Digests{Store: w.app.Store}
	if err := d.Due(context.Background(), w.now); err != nil {
		t.Fatal(err)
	}
	if got := w.deliver(); slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "digest") }) {
		t.Errorf("what was missed while paused was caught up: %v", got)
	}
	step("rep's list", w.types(ana, "/report list"))
	step("rep subscribes a channel", w.types(ana, "/report subscribe digest <#C123|sales> daily 9:00"))
	step("rep ends the channel's", w.do(Intent{Kind: Action, Name: "report.end", Value: "1", User: ana, Channel: "C1"}))
	preview := w.clicks(maxim, made, "Preview")
	if len(preview.Blocks) < 4 || preview.Plain == nil || preview.Replace {
		t.Errorf("no preview:\n%s", shown(t, preview))
	}
	ended := step("unsubscribe", w.types(maxim, "/report unsubscribe digest <#C123|sales>"))
	if len(w.subs()) != 0 {
		t.Error("not ended")
	}
	step("undo", w.clicks(maxim, ended, "Undo"))
	if s := w.subs(); len(s) != 1 || s[0].Weekday != time.Tuesday || s[0].Hour != 10 || s[0].Zone != "UTC" {
		t.Errorf("%+v", s)
	}
	form := step("form", w.types(ana, "/report subscribe"))
	step("sent", w.submits(ana, form, map[string]string{"report.when": "daily 7:45"}))
	bad := w.submits(ana, form, map[string]string{"report.when": "whenever"})
	if bad.Errors["report.when"] == "" {
		t.Errorf("%+v", bad)
	}
	step("form of a manager", w.types(maxim, "/report subscribe"))
	golden(t, "subscribe_en", out.String())
}

func TestNobodyReadsAnothersSubscription(t *testing.T) {
	w := newWorld(t)
	w.types(ana, "/report subscribe digest me daily 9:00")
	if s := shown(t, w.types(maxim, "/report list")); strings.Contains(s, "Digest") && !strings.Contains(s, "Nobody has") {
		t.Errorf("Ana's own is listed:\n%s", s)
	}
	for _, action := range []string{"report.preview", "report.end", "report.pause"} {
		w.do(Intent{Kind: Action, Name: action, Value: "1", User: maxim, Channel: "C1"})
	}
	if s := w.subs(); len(s) != 1 || s[0].Paused {
		t.Errorf("somebody else changed it: %+v", s)
	}
}

func TestPlainReportsWhereNativeBlocksAreRefused(t *testing.T) {
	w := withHistory(t)
	native := w.types(ana, "/report funnel")
	if native.Plain == nil || !strings.Contains(string(must(t, native.Blocks)), "data_table") {
		t.Fatal("no native blocks")
	}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SetMeta(ctx, MetaNativeBlocks, "off") })
	if s := string(must(t, w.types(ana, "/report funnel").Blocks)); strings.Contains(s, "data_table") || strings.Contains(s, "data_visualization") {
		t.Error("native blocks although Slack refuses them")
	}
}

// TestDigestsNumbersOpenTheDealsBehindThem compares what a digest counts with the deals that it lists: all of
// them for who may read them, and none of a private team's for who may not.
func TestDigestsNumbersOpenTheDealsBehindThem(t *testing.T) {
	w := withHistory(t)
	var page reports.Message
	w.read(func(ctx context.Context, r *store.Reader) (err error) {
		sub := store.Subscription{Report: reports.DigestReport, Channel: maxim, Process: "b2b", Every: "weekly", Weekday: time.Monday, Hour: 9, Zone: "UTC", Owner: maxim}
		page, err = reports.Preview(ctx, r, sub, w.now, text.For("en", nil))
		return err
	})
	opened, hidden := 0, 0
	for _, b := range buttonsOf(t, Reply{Blocks: page.Blocks}) {
		number := b.label[strings.LastIndex(b.label, " ")+1:]
		if got := w.listed(maxim, b); fmt.Sprint(got) != number {
			t.Errorf("%s lists %d deals", b.label, got)
		}
		opened++
		if fmt.Sprint(w.listed(ana, b)) != number {
			hidden++
		}
	}
	if opened < 5 || hidden == 0 {
		t.Errorf("%d numbers were opened, %d of them have deals that a rep of another team may not see", opened, hidden)
	}
}
