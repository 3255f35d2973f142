package main

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"pipewright/internal/sales"
)

// The half-year has a bottleneck that a report should find: since some weeks, quotes
// wait longer and longer for their price, since one person decides them all.
const (
	pricingUsual = 0.8 // working days
	pricingNow   = 28.0
	pricingWeeks = 14
)

// pricingWait returns how long a quote that is asked for now waits for its price.
func (l *life) pricingWait() float64 {
	since := 1 - l.now.Sub(l.at).Hours()/(24*7*pricingWeeks)
	return (pricingUsual + (pricingNow-pricingUsual)*math.Max(0, since)) * math.Exp(0.12*l.random.NormFloat64())
}

// approval asks for one, and lets time and people do the rest.
func (l *life) approval(kind string) {
	discount := 5 * l.random.IntN(5)
	if l.chance(0.06) {
		discount = 35
	}
	form := map[string]string{"amount": l.Deal.Amount.Canonical(), "discount": strconv.Itoa(discount), "margin": strconv.Itoa(22 + l.random.IntN(30))}
	if kind == "contract" {
		form["terms"] = pick(l.random, terms)
	}
	if !l.Deal.Amount.IsSet() {
		l.set("amount", l.fieldValue("amount"))
		form["amount"] = l.Deal.Amount.Canonical()
	}
	l.asks(kind, form)
	for !l.over() {
		step := l.Approvals[len(l.Approvals)-1].Current()
		if step == nil {
			return
		}
		switch step.Key {
		case "pricing":
			l.pass(l.pricingWait())
		case "legal", "executive":
			l.pass(l.about(1.6))
		default:
			l.pass(l.about(0.5))
		}
		verdict, comment := sales.Approve, ""
		if l.chance(0.09) {
			verdict, comment = sales.Reject, pick(l.random, rejections)
		}
		if l.decided(verdict, comment) {
			break
		}
	}
	l.pass(l.about(0.3))
}

// habit is how deals usually live in a stage.
type habit struct {
	days     float64 // working days, in the middle
	lost     float64 // share that is lost here
	activity []string
}

var habits = map[string]map[string]habit{
	"b2b": {
		"lead":        {1.3, 0.20, []string{"call", "email"}},
		"discovery":   {4, 0.14, []string{"call", "meeting", "email"}},
		"demo":        {4, 0.13, []string{"email", "demo", "workshop"}},
		"proposal":    {2, 0.10, []string{"meeting", "email", "proposal"}},
		"negotiation": {4, 0.12, []string{"meeting", "call", "visit"}},
		"contract":    {2, 0.03, []string{"email", "call"}},
		"signed":      {1.5, 0, []string{"email"}},
		"delivery":    {15, 0, []string{"meeting", "call"}},
		"payment":     {14, 0, []string{"email"}},
	},
	"renewal": {
		"upcoming": {4, 0.03, []string{"email", "call"}},
		"review":   {7, 0.06, []string{"meeting", "email"}},
		"offer":    {6, 0.12, []string{"call", "email"}},
		"renewed":  {15, 0, []string{"email"}},
	},
}

// live lets the deal go its way until it is over or the present is reached.
func (l *life) live() {
	for !l.over() && l.Deal.Status != sales.Lost && l.Deal.Done.IsZero() {
		h := habits[l.Process.Key][l.Deal.Stage]
		l.dwell(h)
		switch {
		case l.over():
		case l.chance(h.lost):
			l.loses()
		case l.Deal.Stage == "proposal" && l.chance(0.08):
			l.add(l.Back(l.Deal.Owner, sales.Move{To: "discovery", Because: pick(l.random, secondThoughts)}, l.at))
		case l.Deal.Stage == "discovery" && l.chance(0.10):
			l.goTo("proposal") // they had seen it before
		case l.Deal.Stage == "negotiation" && l.chance(0.12):
			l.overridden()
		default:
			l.next()
			l.pulse()
		}
	}
}

// dwell lets the time in a stage pass, with what is done meanwhile.
func (l *life) dwell(h habit) {
	days := l.about(h.days)
	n := 1 + l.random.IntN(2)
	waits := l.chance(0.22) && l.Deal.Status == sales.Open
	for i := range n {
		l.pass(days / float64(n+1))
		if len(h.activity) > 0 && l.chance(0.8) {
			kind := pick(l.random, h.activity)
			l.logs(kind, 0, pick(l.random, outcomes), pick(l.random, notesOf(kind, l.chinese())))
		}
		if waits && i == 0 && !l.over() {
			l.add(l.WaitOn(l.Deal.Owner, sales.WaitCustomer, pick(l.random, waitReasons), l.at))
		}
	}
	if l.chance(0.03) && l.Deal.Status == sales.Open && !l.over() {
		until := l.Process.Calendar.Add(l.at, sales.Days(5+l.random.IntN(15)))
		l.add(l.Park(l.Deal.Owner, until, pick(l.random, parkReasons), l.at))
		l.at = until
	}
	l.pass(days / float64(n+1))
	if l.Deal.Waiting != "" {
		l.add(l.Resume(l.Deal.Owner, l.at))
	}
	if l.Deal.Status == sales.Open && l.chance(0.5) && !l.over() {
		l.plan(pick(l.random, nextSteps), 2+l.random.IntN(6))
	}
}

func (l *life) loses() {
	var reasons []string
	for _, r := range l.Process.Reasons {
		reasons = append(reasons, r.Key)
	}
	reason := reasons[min(l.random.IntN(len(reasons)), l.random.IntN(len(reasons)))] // the first ones more often
	l.add(l.Lose(l.Deal.Owner, reason, "", 0, l.at))
}

// overridden has a manager pass the gate.
func (l *life) overridden() {
	team, _ := l.Org.Team(l.Deal.Team)
	if team.Manager == "" {
		l.next()
		return
	}
	l.add(l.Advance(team.Manager, sales.Move{Override: pick(l.random, overrides)}, l.at))
}

// pulse is what some answer when a stage was left.
func (l *life) pulse() {
	if !l.chance(0.15) || l.over() {
		return
	}
	stage := l.log[len(l.log)-1].Data.From
	if stage == "" {
		return
	}
	hard := map[string]int{"proposal": 2, "contract": 1}[stage]
	l.add(l.Pulse(l.Deal.Owner, stage, min(5, 1+hard+l.random.IntN(3)), 1+l.random.IntN(4), "", l.at))
}

// randomDeal is a new deal as it comes in any week.
func randomDeal(random *rand.Rand, p *sales.Process, owner string, n int) sales.NewDeal {
	account := accountsOf(owner)[n%len(accountsOf(owner))]
	what := pick(random, offersOf(p.Key, owner == userBo))
	amount := math.Round(18_000*math.Exp(0.8*random.NormFloat64())/500) * 500
	amount = math.Max(1500, math.Min(amount, 260_000))
	currency := p.Currency
	if owner == userNoor && random.IntN(2) == 0 {
		currency = "EUR"
	}
	money := sales.Money{Minor: int64(amount) * 100, Currency: currency}
	d := sales.NewDeal{Name: account + " " + what, Account: account, Owner: owner, Source: pick(random, sources), Amount: money}
	if random.IntN(10) == 0 {
		d.Amount = sales.Money{} // nobody knew yet
	}
	return d
}

// workday returns an instant in working hours, a share of the way from begun to now.
func workday(c sales.Calendar, random *rand.Rand, begun, now time.Time, share float64) time.Time {
	at := c.NextOpening(begun.Add(time.Duration(share * float64(now.Sub(begun)))))
	return at.Add(time.Duration(random.IntN(7*60)) * time.Minute)
}
