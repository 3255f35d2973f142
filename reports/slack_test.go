package reports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// checkMessage holds a message against Slack's limits.
func checkMessage(t *testing.T, m Message) {
	t.Helper()
	if n := len([]rune(m.Text)); n == 0 || n > 4000 {
		t.Errorf("text of %d characters", n)
	}
	if strings.Contains(m.Text, "<!") {
		t.Errorf("unescaped markup in %q", m.Text)
	}
	for name, blocks := range map[string][]slack.Block{"blocks": pictured(m.Blocks), "plain": pictured(m.Plain), "without pictures": instead(m.Plain)} {
		if len(blocks) == 0 || len(blocks) > 50 {
			t.Errorf("%d %s", len(blocks), name)
		}
		total := 0
		for _, b := range blocks {
			n, err := checkBlock(b)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			total += n
		}
		if total > 10_000 {
			t.Errorf("%s: %d characters in all", name, total)
		}
	}
	for _, b := range m.Plain {
		switch b.(type) {
		case slack.DataVisualizationBlock, *slack.DataTableBlock:
			t.Errorf("plain has a native block: %T", b)
		}
	}
}

// pictured and instead put in the place of pictures what Slack gets, with them and without.
func pictured(blocks []slack.Block) []slack.Block {
	return replaced(blocks, func(x Picture) []slack.Block { return []slack.Block{x.Image("F012345678")} })
}

func instead(blocks []slack.Block) []slack.Block { return replaced(blocks, Picture.Instead) }

func replaced(blocks []slack.Block, by func(Picture) []slack.Block) (out []slack.Block) {
	for _, b := range blocks {
		if x, ok := b.(Picture); ok {
			out = append(out, by(x)...)
		} else {
			out = append(out, b)
		}
	}
	return out
}

// checkBlock returns the characters in a block.
func checkBlock(b slack.Block) (int, error) {
	raw, err := json.Marshal(b)
	if err != nil {
		return 0, err
	}
	if strings.Contains(string(raw), `\u003c!`) {
		return 0, fmt.Errorf("unescaped markup in %s", raw)
	}
	between := func(what, s string, most int) error {
		if n := len([]rune(s)); n == 0 || n > most {
			return fmt.Errorf("%s of %d characters: %q", what, n, s)
		}
		return nil
	}
	switch v := b.(type) {
	case *slack.HeaderBlock:
		return len([]rune(v.Text.Text)), between("header", v.Text.Text, 150)
	case *slack.SectionBlock:
		return len([]rune(v.Text.Text)), between("section", v.Text.Text, 3000)
	case *slack.ContextBlock:
		s := v.ContextElements.Elements[0].(*slack.TextBlockObject).Text
		return len([]rune(s)), between("context", s, 2000)
	case *slack.ActionBlock:
		return checkButtons(v, between)
	case *slack.ImageBlock:
		return 0, between("alternative text", v.AltText, 2000)
	case slack.DataVisualizationBlock:
		return 0, v.Validate()
	case *slack.DataTableBlock:
		return checkTable(v)
	}
	return 0, fmt.Errorf("unexpected %T", b)
}

func checkButtons(v *slack.ActionBlock, between func(what, s string, most int) error) (int, error) {
	total, ids := 0, map[string]bool{}
	if n := len(v.Elements.ElementSet); n == 0 || n > 25 {
		return 0, fmt.Errorf("%d buttons", n)
	}
	for _, e := range v.Elements.ElementSet {
		if choice, ok := e.(*slack.SelectBlockElement); ok {
			return checkChoice(choice, between)
		}
		b := e.(*slack.ButtonBlockElement)
		if err := errors.Join(between("button", b.Text.Text, 75), between("value", b.Value, 2000)); err != nil {
			return 0, err
		}
		if ids[b.ActionID] {
			return 0, fmt.Errorf("two buttons %s", b.ActionID)
		}
		ids[b.ActionID] = true
		total += len([]rune(b.Text.Text))
	}
	return total, nil
}

func checkChoice(v *slack.SelectBlockElement, between func(what, s string, most int) error) (int, error) {
	err := errors.Join(between("action", v.ActionID, 255), between("placeholder", v.Placeholder.Text, 150))
	if n := len(v.Options); n == 0 || n > 100 {
		return 0, fmt.Errorf("%d options", n)
	}
	seen := map[string]bool{}
	for _, o := range v.Options {
		err = errors.Join(err, between("option", o.Text.Text, 75), between("value", o.Value, 75))
		if seen[o.Value] {
			return 0, fmt.Errorf("two options %s", o.Value)
		}
		seen[o.Value] = true
	}
	return 0, err
}

func checkTable(v *slack.DataTableBlock) (int, error) {
	if len(v.Rows) < 2 || len(v.Rows) > 100 || v.Caption == "" || v.PageSize < 1 {
		return 0, fmt.Errorf("table of %d rows, caption %q, pages of %d", len(v.Rows), v.Caption, v.PageSize)
	}
	n := 0
	for i, row := range v.Rows {
		if len(row) != len(v.Rows[0]) || len(row) > 20 {
			return 0, fmt.Errorf("row %d has %d cells", i, len(row))
		}
		for _, c := range row {
			switch c := c.(type) {
			case *slack.DataTableRawTextCell:
				n += len([]rune(c.Text))
				if c.Text == "" {
					return 0, fmt.Errorf("row %d has an empty cell", i)
				}
			case *slack.DataTableRawNumberCell:
				n += len([]rune(c.Text))
				if i == 0 {
					return 0, fmt.Errorf("the header has a number")
				}
			}
		}
	}
	return n, nil
}

// monstrous has as many stages as anybody may think of, with the longest and the
// most poisonous names.
func monstrous(stages int) *script {
	s := newScript(testProcess())
	name := strings.Repeat("<!channel> *_~`@here & Überprüfung der Vertragsbedingungen 合同条款审核 ", 6)
	s.process.Name = sales.Text{"": name}
	s.process.Stages = nil
	for i := range stages {
		s.process.Stages = append(s.process.Stages, sales.Stage{Key: fmt.Sprintf("s%d", i), Name: sales.Text{"": name}, Target: 3, Won: i == stages-2})
	}
	s.process.Reasons = nil
	for id := int64(1); id <= 400; id++ {
		day := float64(id) / 8
		s.create(id, day, "s0").worth(id, 1e14+id, []string{"EUR", "CNY", "USD", "JPY", "INR"}[id%5])
		for i := 1; i <= int(id)%stages; i++ {
			day += 1.5
			s.move(id, day, fmt.Sprintf("s%d", i))
		}
		if id%3 == 0 && sales.Fold(s.log[id]).Deal.Status == sales.Open {
			s.lose(id, day+1, fmt.Sprint(name, id))
		}
	}
	return s
}

func TestReportsFitIntoSlack(t *testing.T) {
	for name, s := range map[string]*script{"none": newScript(testProcess()), "small": small(), "year": year(), "20 stages": monstrous(20), "120 stages": monstrous(120)} {
		for _, report := range Names() {
			for _, p := range []text.Printer{english, chinese} {
				t.Run(name+"/"+report+"/"+p.Lang(), func(t *testing.T) {
					m := Render(s.result(t, report, Options{AsOf: at(230), From: at(0), Hide: []string{"secret"}}), p)
					checkMessage(t, m)
				})
			}
		}
	}
}

func TestPlainShowsTheSame(t *testing.T) {
	m := Render(year().result(t, "funnel", Options{AsOf: at(210)}), english)
	raw, err := json.MarshalIndent(instead(m.Plain), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Of 300 deals", "First contact ████████████████ 300", "Demo          ████████████ 224", "*Offer*: Reached 216", "73 open"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("%q is missing in\n%s", want, raw)
		}
	}
}

// digestStore has half a year of deals with names, two teams, an approval that
// waits and things that are overdue.
func digestStore(t *testing.T, poison string) *store.Store {
	t.Helper()
	s := year()
	for id := range s.log {
		if id > 159 {
			delete(s.log, id)
			continue
		}
		s.log[id] = slices.DeleteFunc(s.log[id], func(e sales.Event) bool { return e.At.After(at(111.8)) }) // nothing is later than the digest
		for i := range s.log[id] {
			if e := &s.log[id][i]; e.Type == sales.Created && id%5 == 0 {
				e.Data.Team = "secret"
			}
		}
	}
	s.process.Policies = []sales.Policy{{Kind: "quote", Name: sales.Text{"en": "Quote", "zh": "报价单" + poison}, Steps: []sales.Step{{Key: "price", Roles: []string{"pricing"}}}}}
	s.process.Activities = []sales.ActivityType{{Key: "call", Minutes: 10}}
	st, _ := seeded(t, s, &sales.Organisation{
		Teams: []sales.Team{{Key: "north", Name: sales.Text{"en": "North", "zh": "北区"}, Members: []string{"UANA"}}, {Key: "secret", Private: true, Channel: "CSECRET", Members: []string{"UBEN"}}},
		Roles: []sales.Role{{Key: "pricing", Name: sales.Text{"en": "Pricing", "zh": "定价" + poison}, Users: []string{"UPRI"}}},
	})
	inTx(t, st, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SavePeople(ctx, []store.Person{{ID: "UANA", Name: "anna", RealName: "Anna Berg" + poison}}, at(100)); err != nil {
			return err
		}
		c, err := tx.CaseWithLog(ctx, 151)
		if err != nil {
			return err
		}
		events, err := c.Set("UANA", "name", "Acme "+poison, at(109))
		if err == nil {
			err = tx.Apply(ctx, c, events)
		}
		if err != nil {
			return err
		}
		a, events, err := c.Request("UANA", "quote", nil, at(109))
		if err != nil {
			return err
		}
		_, err = tx.SaveApproval(ctx, c, a, events)
		return err
	})
	return st
}

func digestOf(t *testing.T, st *store.Store, sub store.Subscription, now time.Time) Message {
	t.Helper()
	sub = subscribe(t, st, sub)
	if err := (&Digests{Store: st, Locale: "en"}).Due(ctx, now); err != nil {
		t.Fatal(err)
	}
	rows := delivered(t, st)
	if len(rows) != 1 || rows[0].Kind != "digest" || rows[0].Channel != sub.Channel {
		t.Fatalf("enqueued: %+v", rows)
	}
	m, err := RenderDigest(rows[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	checkMessage(t, m)
	inTx(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteSubscription(ctx, sub.ID) })
	return m
}

func TestGoldenDigest(t *testing.T) {
	st := digestStore(t, "")
	weekly := store.Subscription{Report: DigestReport, Channel: "C1", Zone: "Europe/Berlin", Every: "weekly", Weekday: time.Monday, Hour: 9, Created: at(50)}
	monday := time.Date(2026, 6, 22, 7, 0, 0, 0, time.UTC)
	var b strings.Builder
	for _, change := range []func(*store.Subscription){
		func(*store.Subscription) {},
		func(s *store.Subscription) { s.Lang = "zh-CN"; s.Every = "monthly" },
		func(s *store.Subscription) {
			s.Team = "secret"
			s.Channel = "CSECRET"
			s.Every = "daily"
			s.Lang = "zh"
		},
		func(s *store.Subscription) { s.Report = "stages"; s.Team = "north" },
	} {
		sub := weekly
		change(&sub)
		m := digestOf(t, st, sub, monday)
		raw, err := json.MarshalIndent(instead(m.Plain), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n\n%s\n----\n", m.Text, raw)
	}
	golden(t, "digest.txt", []byte(b.String()))
}

// What is said about private teams depends on where it is said.
func TestDigestHidesPrivateTeams(t *testing.T) {
	st := digestStore(t, "")
	sub := store.Subscription{Report: "outcomes", Zone: "UTC", Every: "daily", Hour: 9, Created: at(100)}
	for channel, want := range map[string]string{"C1": "deals", "UBEN": "159 deals", "UANA": "deals"} {
		sub.Channel = channel
		m := digestOf(t, st, sub, at(112))
		if all := strings.Contains(m.Text, "159 deals"); all != (want == "159 deals") {
			t.Errorf("%s sees: %s", channel, m.Text)
		}
		if said := strings.Contains(m.Text, "private teams are left out"); said == (channel == "UBEN") {
			t.Errorf("%s is told that deals are left out: %v", channel, said)
		}
	}
}

func TestLateDigestSaysSo(t *testing.T) {
	st := digestStore(t, "")
	sub := store.Subscription{Report: DigestReport, Channel: "C1", Zone: "UTC", Every: "weekly", Weekday: time.Monday, Hour: 9, Created: at(90)}
	monday := time.Date(2026, 6, 22, 9, 0, 0, 0, time.UTC)
	if m := digestOf(t, st, sub, monday.Add(14*time.Minute)); strings.Contains(m.Text, "late: ") {
		t.Errorf("a quarter of an hour is not late: %s", m.Text)
	}
	if m := digestOf(t, st, sub, monday.Add(50*time.Hour)); !strings.Contains(m.Text, "late: it was due on 22 Jun, 09:00") {
		t.Errorf("two days are late: %s", m.Text)
	}
}

func TestPoisonousNamesAreHarmless(t *testing.T) {
	st := digestStore(t, " <!channel> <@U1> *bold* `code` & "+strings.Repeat("很长的名字", 40))
	for _, lang := range []string{"en", "zh"} {
		sub := store.Subscription{Report: DigestReport, Channel: "C1", Lang: lang, Zone: "UTC", Every: "daily", Hour: 9, Created: at(100)}
		m := digestOf(t, st, sub, at(112.2))
		if strings.Contains(m.Text, "<@") {
			t.Errorf("somebody is pinged: %s", m.Text)
		}
	}
}

func TestPreviewIsTheDigestOfNow(t *testing.T) {
	st := digestStore(t, "")
	sub := store.Subscription{Report: DigestReport, Channel: "C1", Zone: "UTC", Every: "weekly", Weekday: time.Monday, Hour: 9}
	err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		m, err := Preview(ctx, r, sub, at(112), english)
		if err == nil {
			checkMessage(t, m)
			if strings.Contains(m.Text, "late: ") || !strings.Contains(m.Text, "Weekly digest") {
				t.Errorf("preview: %s", m.Text)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDigestNamesWhoIsAwaitedOnce names all that an approval waits for in steps asked together, and each
// deal under one heading.
func TestDigestNamesWhoIsAwaitedOnce(t *testing.T) {
	h := small().history(60)
	waiting := sales.Approval{Deal: 1, Kind: "quote", At: at(50), State: sales.Pending, Steps: []sales.StepState{
		{Key: "a", Roles: []string{"pricing"}, Status: sales.StepWaiting}, {Key: "b", Roles: []string{"legal", "pricing"}, Users: []string{"UBEN"}, Manager: true, Status: sales.StepWaiting},
		{Key: "c", Roles: []string{"executive"}, Status: sales.StepAhead},
	}}
	d := &digest{
		h: h, org: &sales.Organisation{}, slot: Slot{At: at(60)}, people: map[string]string{"UBEN": "Ben"}, pending: []sales.Approval{waiting},
		deals:  map[int64]sales.Deal{1: {ID: 1, Name: "Acme", Stage: "offer"}, 2: {ID: 2, Name: "Bolt", Stage: "offer"}},
		alerts: []attention{{id: 1, alerts: []sales.Alert{sales.Quiet}}, {id: 2, alerts: []sales.Alert{sales.NextPast, sales.ClosePast, sales.Quiet}}},
	}
	if got := d.decisionText(english); !strings.Contains(got, "waits for pricing, legal, Ben and the manager") {
		t.Errorf("it says %q", got)
	}
	got := d.attentionText(english)
	if strings.Contains(got, "Acme") || !strings.Contains(got, "Bolt") {
		t.Errorf("the deal that needs a decision is named twice, or the other is not: %q", got)
	}
	if strings.Contains(got, "next step") {
		t.Errorf("more than two reasons for one deal: %q", got)
	}
}
