package reports

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// queueOfPricing is 120 days in which a deal comes each day and asks for a price, which one person
// gives every other day, in order. Every fifth is one of UANA in north, the others are of UBEN in east, which is private.
func queueOfPricing(t *testing.T) *store.Store {
	t.Helper()
	s := newScript(wonLast())
	s.process.Policies = []sales.Policy{{Kind: "quote", Name: sales.Text{"en": "Quote"}, Steps: []sales.Step{{Key: "price", Roles: []string{"pricing"}}}}}
	org := &sales.Organisation{
		Teams: []sales.Team{
			{Key: "north", Name: sales.Text{"en": "North"}, Members: []string{"UANA"}},
			{Key: "east", Name: sales.Text{"en": "East"}, Members: []string{"UBEN"}, Private: true},
		},
		Roles: []sales.Role{{Key: "pricing", Name: sales.Text{"en": "Pricing", "zh": "定价"}, Users: []string{"UPRICE"}}},
	}
	const deals = 120
	for i := range int64(deals) {
		s.create(i+1, float64(i), "lead").move(i+1, float64(i)+0.25, "offer")
		if i%5 != 0 {
			s.log[i+1][0].Data.User, s.log[i+1][0].Data.Team = "UBEN", "east"
		}
	}
	st, _ := seeded(t, s, org)
	var asked []sales.Approval
	for i := range int64(deals) {
		inTx(t, st, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.CaseWithLog(ctx, i+1)
			if err != nil {
				return err
			}
			a, events, err := c.Request(c.Deal.Owner, "quote", map[string]string{"discount": "12"}, at(float64(i)+0.3))
			if err == nil {
				a, err = tx.SaveApproval(ctx, c, a, events)
			}
			asked = append(asked, a)
			return err
		})
	}
	for i, a := range asked[:deals/2] {
		inTx(t, st, func(ctx context.Context, tx *store.Tx) error {
			now := at(2*float64(i) + 0.4)
			c, err := tx.CaseWithLog(ctx, a.Deal)
			if err != nil {
				return err
			}
			a, events, err := c.Decide(a, sales.Decision{By: "UPRICE", Verdict: sales.Approve}, now)
			if err != nil {
				return err
			}
			if _, err := tx.SaveApproval(ctx, c, a, events); err != nil {
				return err
			}
			if c, err = tx.CaseWithLog(ctx, a.Deal); err != nil {
				return err
			}
			won := sales.Event{Deal: a.Deal, Version: c.Deal.Version + 1, At: now, Type: sales.Moved,
				Data: sales.EventData{From: "offer", To: "signed", Direction: sales.ExitWon, Ends: true}}
			return tx.Apply(ctx, c, []sales.Event{won})
		})
	}
	return st
}

// Who is never idle while ever more waits is named, by role, in Slack, in JSON and in the digest.
func TestApproversWhoAreNeverIdle(t *testing.T) {
	st := queueOfPricing(t)
	err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		res, err := Compute(ctx, r, "bottleneck", Options{AsOf: at(120)})
		if err != nil {
			return err
		}
		for locale, want := range map[string]string{
			"en": "Offer is the bottleneck: 99% of the time of all deals. Pricing has had no idle day for 4 weeks, and the more waits there, the longer it takes. 60 deals are there now.",
			"zh": "报价是瓶颈：占全部商机停留天数的 99%。定价已有 4 周没有一天空闲，等的商机越多，等得越久。目前有 60 个商机停在这里。",
		} {
			if got := res.Body.Lead(text.For(locale, nil)); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		}
		raw, err := json.Marshal(res.Body.Rows())
		if !strings.Contains(string(raw), `"verdict":"bottleneck","waits_for":"approver"`) {
			t.Errorf("%s %v", raw, err)
		}
		page, err := Preview(ctx, r, store.Subscription{Report: DigestReport, Zone: "UTC", Every: "weekly"}, at(120), english)
		if err != nil {
			return err
		}
		if !strings.Contains(page.Text, "Pricing has had no idle day for 4 weeks") {
			t.Errorf("the digest does not say it: %s", page.Text)
		}
		// As of earlier, when nothing had piled up yet, nobody is named.
		if res, err = Compute(ctx, r, "bottleneck", Options{AsOf: at(24)}); err != nil {
			return err
		}
		if row := res.Body.(bottleneckBody).rows[0]; row.desk != nil || row.Verdict == VerdictBottleneck {
			t.Errorf("on day 24 already: %+v", row)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Approvers are shared: a team's part of what lies before them looks as if they had time. Whether they do is
// asked of all of it, and of the deals of a private team no number, name or deal shows.
func TestApproversAreAsNeverIdleInAPart(t *testing.T) {
	st := queueOfPricing(t)
	err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		const want = "Offer is the bottleneck: 99% of the time of all deals. Pricing has had no idle day for 4 weeks, and the more waits there, the longer it takes. 12 deals are there now."
		rows := ""
		for name, o := range map[string]Options{
			"by team": {Team: "north"}, "by owner": {Owner: "UANA"}, "by who may not see east": {Hide: Hidden(org, "UANA", "")},
		} {
			o.AsOf = at(120)
			res, err := Compute(ctx, r, "bottleneck", o)
			if err != nil {
				return err
			}
			if got := res.Body.Lead(english); got != want {
				t.Errorf("%s: got  %s\nwant %s", name, got, want)
			}
			raw, err := json.Marshal(res.Body.Rows())
			if err != nil {
				return err
			}
			if rows == "" {
				rows = string(raw)
			}
			if string(raw) != rows {
				t.Errorf("%s, the deals are the same, and the numbers are not:\n%s\n%s", name, raw, rows)
			}
			page, err := json.Marshal(Render(res, english))
			if err != nil || strings.Contains(string(page), "East") || strings.Contains(string(page), "UBEN") {
				t.Errorf("%s, it tells of a private team: %s %v", name, page, err)
			}
		}
		// Whom none of the deals waits for is not named, however busy they are with others.
		res, err := Compute(ctx, r, "bottleneck", Options{AsOf: at(120)})
		if err != nil {
			return err
		}
		h := res.History
		none := h.Only(func(d *Deal) bool { return d.Status != sales.Open })
		offer, w := h.Process.StageIndex("offer"), Options{AsOf: at(120)}.window()
		if h.saturated(offer, w) == nil || none.saturated(offer, w) != nil {
			t.Errorf("limited: all %v, decided %v", h.saturated(offer, w), none.saturated(offer, w))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A desk is idle when at some working instant of the span there was too little on it: counted
// minute by minute.
func TestIdleIsCountedMinuteByMinute(t *testing.T) {
	calendar := testProcess().Calendar
	rapid.Check(t, func(t *rapid.T) {
		d := &desk{}
		for range rapid.IntRange(0, 12).Draw(t, "requests") {
			from := rapid.IntRange(-20, 20).Draw(t, "from")
			a := asked{from: at(float64(from) / 4).UnixMilli(), people: rapid.IntRange(1, 2).Draw(t, "people"), over: true}
			a.to = a.from + rapid.Int64Range(0, 40).Draw(t, "quarters")*dayMillis/4
			a.decided = rapid.Bool().Draw(t, "decided")
			d.asked = append(d.asked, a)
		}
		w := span{at(0).UnixMilli(), at(4).UnixMilli()}
		people, decided := 1, 0
		for _, a := range d.asked {
			people = max(people, a.people)
			if a.decided && a.to > w.from {
				decided++
			}
		}
		least, want := max(people, decided/idleWeeks), false
		for now := w.from; now < w.to; now += 60_000 {
			n := 0
			for _, a := range d.asked {
				if a.from <= now && now < a.to {
					n++
				}
			}
			want = want || n < least && calendar.InHours(instant(now))
		}
		if got := d.idle(calendar, w); got != want {
			t.Fatalf("idle %v, want %v: %+v", got, want, d.asked)
		}
	})
}

func TestSlowerNeedsManyDecisions(t *testing.T) {
	fifo := func(n int) *desk {
		d := &desk{}
		for i := range n {
			from := float64(i)
			d.asked = append(d.asked, asked{from: at(from).UnixMilli(), to: at(2 * from).UnixMilli(), over: true, decided: true, people: 1})
		}
		return d
	}
	if fifo(enough - 1).slower(math.MinInt64) {
		t.Error("too few decisions say something")
	}
	if !fifo(enough).slower(math.MinInt64) {
		t.Error("a queue that grows is not seen")
	}
}
