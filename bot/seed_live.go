package main

import (
	"math/rand/v2"
	"time"

	"pipewright/internal/sales"
)

// livingDeal is one that a visitor meets first: its card stands in the channel.
type livingDeal struct {
	process string
	deal    sales.NewDeal
	days    float64 // working days since it was created
	story   func(l *life)
}

// livingDeals are what Ana and Bo have on their desks: each shows something else.
func livingDeals() []livingDeal {
	usd := func(units int64) sales.Money { return sales.Money{Minor: units * 100, Currency: "USD"} }
	deal := func(name, account, owner string, amount sales.Money) sales.NewDeal {
		return sales.NewDeal{Name: name, Account: account, Owner: owner, Amount: amount, Source: "referral"}
	}
	return []livingDeal{
		{"b2b", deal("Harbour upgrade", "Harbour Logistics", userAna, usd(48_000)), 26, quoteWaitsForPrice},
		{"b2b", deal("Solstice analytics", "Solstice Energy", userAna, usd(86_000)), 24, contractWaitsForLegal},
		{"b2b", deal("Kestrel fleet", "Kestrel Aviation", userAna, usd(134_000)), 30, waitsForCustomer},
		{"b2b", deal("Juniper onboarding", "Juniper Foods", userAna, usd(22_500)), 13, stepIsPast},
		{"b2b", deal("Lumen pilot", "Lumen Optics", userAna, usd(9_500)), 12, goneQuiet},
		{"b2b", deal("Tidewater hub", "Tidewater Ports", userAna, sales.Money{}), 1, fresh},
		{"renewal", deal("Orchard renewal", "Orchard Retail", userAna, usd(18_000)), 9, renewalReview},
		{"b2b", deal("Meridian labs", "Meridian Biotech", userAna, usd(61_000)), 17, parkedUntilSpring},
		{"b2b", deal("云仓试点", "云仓科技", userBo, usd(26_000)), 14, readyForDemo},
	}
}

// through brings the deal to a stage, with some days in each before it.
func (l *life) through(stage string, days float64) {
	for l.Deal.Stage != stage && !l.over() {
		l.pass(days)
		kind := habits[l.Process.Key][l.Deal.Stage].activity[0]
		l.logs(kind, 0, "reached", notesOf(kind, l.chinese())[0])
		l.next()
	}
}

// until lets time pass up to some working days before now.
func (l *life) until(days float64) {
	if at := l.Process.Calendar.Add(l.now, sales.Days(-days)); at.After(l.at) {
		l.at = at
	}
}

func quoteWaitsForPrice(l *life) {
	l.through("proposal", 2.5)
	l.until(8)
	l.logs("proposal", 90, "", "Two options, the small one first.")
	l.asks("quote", map[string]string{"amount": l.Deal.Amount.Canonical(), "discount": "12", "margin": "31", "terms": "30 days net"})
	l.until(7.3)
	l.decided(sales.Approve, "We can build that.")
	l.until(1)
	l.logs("call", 10, "reached", "They ask every other day where the quote is.")
	l.plan("Send the quote as soon as the price is approved", 2)
}

func contractWaitsForLegal(l *life) {
	l.haste = 0.4
	l.through("contract", 2)
	l.haste = 0
	l.until(2.2)
	l.asks("contract", map[string]string{"amount": l.Deal.Amount.Canonical(), "terms": "60 days net, their paper"})
	l.until(0.6)
	l.logs("email", 10, "", "Legal has their draft with the changes marked.")
	l.plan("Ask legal whether the liability clause can stay", 1)
}

func waitsForCustomer(l *life) {
	l.haste = 0.5
	l.through("negotiation", 2)
	l.haste = 0
	l.until(4)
	l.logs("meeting", 60, "follow-up agreed", "Price is fine, start date and support hours are open.")
	l.set("decision_maker", "Ada Brandt, COO")
	l.add(l.WaitOn(l.Deal.Owner, sales.WaitCustomer, "Their board meets on Thursday", l.at))
	l.plan("Call Ada after the board meeting", 7)
}

func stepIsPast(l *life) {
	l.through("demo", 2.5)
	l.until(4)
	l.set("close", l.day(30).Format(time.DateOnly))
	l.plan("Agree on a date for the demo with Jon", 2)
	l.until(3)
	l.logs("email", 10, "no answer", "Sent three dates for the demo.")
}

func goneQuiet(l *life) {
	l.through("discovery", 1)
	l.until(9)
	l.logs("call", 15, "no answer", "Left a message.")
}

func fresh(l *life) {
	l.until(0.3)
	l.logs("email", 10, "", "Answered their enquiry, offered two times for a call.")
	l.plan("Call them", 1)
}

func renewalReview(l *life) {
	l.set("ends_on", l.day(85).Format(time.DateOnly))
	l.through("review", 2)
	l.until(2)
	l.plan("Book the review with Olga", 5)
}

func parkedUntilSpring(l *life) {
	l.through("discovery", 2)
	l.until(6)
	l.add(l.Park(l.Deal.Owner, l.now.AddDate(0, 0, 40), "Their budget opens with the new quarter", l.at))
}

func readyForDemo(l *life) {
	l.through("demo", 3)
	l.until(1)
	l.logs("call", 20, "reached", "约好周四演示，决策人参加。")
	l.plan("准备演示环境", 2)
}

// living makes the deals of the first page.
func living(m sampleMap, seed uint64, begun, now time.Time) ([]*life, error) {
	var out []*life
	for i, d := range livingDeals() {
		p := m.processes[d.process]
		random := rand.New(rand.NewPCG(seed, uint64(i)+1_000_000)) //nolint:gosec // sample data, not a secret
		l := begin(p, m.org, random, begun, p.Calendar.Add(now, sales.Days(-d.days)), now, d.deal)
		d.story(l)
		if l.err != nil {
			return nil, l.err
		}
		out = append(out, l)
	}
	return out, nil
}
