package view

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Deal is what a card shows.
type Deal struct {
	Case     *sales.Case
	Now      time.Time
	Name     func(user string) string // names people, escaped, without pinging them
	Missing  []sales.Missing          // for the next stage
	Standing bool                     // the card stays: it says dates, which stay true, instead of ages
	WaitWhy  string                   // why it waits for somebody, as was typed; "" when nobody said
	Thread   string                   // where its history stands, as a link; "" in that thread itself
}

// DealCard is the present state of a deal, with buttons for what can be done now.
func DealCard(p text.Printer, d Deal) Message {
	deal := d.Case.Deal
	title := DealName(deal)
	if deal.Account != "" && text.Fold(deal.Account) != text.Fold(deal.Name) {
		title += " · " + Name(deal.Account)
	}
	blocks := []slack.Block{Section(title), Fields(d.fields(p)...)}
	if s := d.rests(p); s != "" {
		blocks = append(blocks, Context(s))
	}
	if s := d.needs(p); s != "" {
		blocks = append(blocks, Section(s))
	}
	if d.Thread != "" {
		blocks = append(blocks, Context(d.Thread))
	}
	blocks = append(blocks, Actions(d.buttons(p)...)...)
	return Message{Text: d.summary(p), Blocks: blocks}
}

// summary is the card in one sentence, for notifications and screen readers.
func (d Deal) summary(p text.Printer) string {
	deal := d.Case.Deal
	parts := []string{p.T("%s: %s", Name(deal.Name)+" ("+deal.Ref()+")", d.Where(p))}
	if deal.Amount.IsSet() {
		parts = append(parts, p.Money(deal.Amount.Minor, deal.Amount.Currency))
	}
	return strings.Join(append(parts, d.Name(deal.Owner)), " · ")
}

func (d Deal) fields(p text.Printer) []string {
	deal := d.Case.Deal
	field := func(name, value string) string { return "*" + name + "*\n" + value }
	out := []string{field(p.T("Stage"), d.Where(p))}
	if d.working() {
		out = append(out, field(p.T("Time in stage"), d.age(p)))
	}
	amount := "–"
	if deal.Amount.IsSet() {
		amount = p.Money(deal.Amount.Minor, deal.Amount.Currency)
	}
	out = append(out, field(p.T("Amount"), amount), field(p.T("Owner"), d.Name(deal.Owner)))
	if deal.Status == sales.Open && !deal.Close.IsZero() {
		out = append(out, field(p.T("Close date"), d.dated(p, deal.Close, sales.ClosePast)))
	}
	if d.working() {
		out = append(out, field(p.T("Next step"), d.step(p)))
	}
	if last := d.last(p); last != "" {
		out = append(out, field(p.T("Last activity"), last))
	}
	return out
}

// working reports whether the deal still moves: open, or won and not completed.
func (d Deal) working() bool { return d.Case.Deal.Status != sales.Lost && d.Case.Deal.Done.IsZero() }

// Where is the stage with its position, or how the deal ended.
func (d Deal) Where(p text.Printer) string {
	deal, process := d.Case.Deal, d.Case.Process
	switch {
	case deal.Status == sales.Lost && deal.Reason != "":
		return p.T("Lost on %s: %s", p.DateShort(deal.Closed, d.Now), ReasonName(p, process, deal.Reason))
	case deal.Status == sales.Lost:
		return p.T("Lost on %s", p.DateShort(deal.Closed, d.Now))
	case !deal.Done.IsZero():
		return p.T("Completed on %s", p.DateShort(deal.Done, d.Now))
	}
	stage := StageName(p, process, deal.Stage)
	if i := process.StageIndex(deal.Stage); i >= 0 {
		stage = p.T("%s (%d of %d)", stage, i+1, len(process.Stages))
	}
	if deal.Status == sales.Won {
		return p.T("%s · won on %s", stage, p.DateShort(deal.Closed, d.Now))
	}
	return stage
}

// age is how long the deal is in its stage, against the target.
func (d Deal) age(p text.Printer) string {
	deal, process := d.Case.Deal, d.Case.Process
	if !d.Standing || deal.Entered.IsZero() {
		return Age(p, deal, process, d.Now)
	}
	stage, _ := process.Stage(deal.Stage)
	since := p.DateShort(deal.Entered, d.Now)
	if stage.Target == 0 {
		return p.T("since %s", since)
	}
	until := process.Calendar.Add(deal.Entered, stage.Target)
	if d.Now.After(until) {
		return p.T("since %s, over the target since %s", since, p.DateShort(until, d.Now))
	}
	return p.T("since %s, target %s", since, p.DateShort(until, d.Now))
}

// Age is how long a deal is in its stage, in working days, against the stage's
// target: "3 of 5 working days", "7 of 5 working days, over the target".
func Age(p text.Printer, d sales.Deal, process *sales.Process, now time.Time) string {
	age := sales.Age(d, process, now)
	stage, _ := process.Stage(d.Stage)
	switch {
	case d.Entered.IsZero():
		return "–" // an import did not say
	case stage.Target == 0:
		return p.T("%s working days", aged(p, age, 0))
	case age > stage.Target:
		return p.T("%s of %s working days, over the target", aged(p, age, stage.Target), number(p, float64(stage.Target)))
	}
	return p.T("%s of %s working days", aged(p, age, stage.Target), number(p, float64(stage.Target)))
}

// aged writes an age in whole days once there are ten, unless it would look like the target then.
func aged(p text.Printer, age, target sales.Days) string {
	if whole := math.Round(float64(age)); whole >= 10 && whole != float64(target) {
		return p.Number(whole, 0)
	}
	return number(p, float64(age))
}

func (d Deal) step(p text.Printer) string {
	deal := d.Case.Deal
	if deal.NextStep == "" {
		return p.T("none yet")
	}
	if deal.NextBy.IsZero() {
		return Note(deal.NextStep)
	}
	return p.T("%s, by %s", Note(deal.NextStep), d.dated(p, deal.NextBy, sales.NextPast))
}

// dated writes a date, and that it has passed where that is an alert.
func (d Deal) dated(p text.Printer, date time.Time, alert sales.Alert) string {
	day := Day(p, date, d.Now)
	for _, a := range sales.Attention(d.Case.Deal, d.Case.Process, d.Now) {
		if a == alert {
			return p.T("%s, which has passed", day)
		}
	}
	return day
}

// last is the latest activity, "" when there is none.
func (d Deal) last(p text.Printer) string {
	var last sales.Activity
	for _, a := range d.Case.Activities {
		if !a.Undone && !a.At.Before(last.At) {
			last = a
		}
	}
	if last.Type == "" {
		return ""
	}
	return p.T("%s on %s, %s", ActivityName(p, d.Case.Process, last.Type), p.DateShort(last.At, d.Now), d.Name(last.Actor))
}

// rests says that the deal waits or is parked.
func (d Deal) rests(p text.Printer) string {
	deal := d.Case.Deal
	var lines []string
	if deal.IsParked(d.Now) {
		parked := p.T("Parked until %s.", p.DateShort(deal.Parked, d.Now))
		if deal.ParkWhy != "" {
			parked = p.T("Parked until %s: “%s”", p.DateShort(deal.Parked, d.Now), Note(deal.ParkWhy))
		}
		lines = append(lines, parked)
	}
	if deal.Waiting != "" {
		lines = append(lines, d.waits(p))
	}
	return Lines(lines...)
}

func (d Deal) waits(p text.Printer) string {
	since, why := p.DateShort(d.Case.Deal.WaitFrom, d.Now), Note(d.WaitWhy)
	switch customer := d.Case.Deal.Waiting == sales.WaitCustomer; {
	case customer && why != "":
		return p.T("Waiting for the customer since %s: “%s”", since, why)
	case customer:
		return p.T("Waiting for the customer since %s.", since)
	case why != "":
		return p.T("Waiting for us since %s: “%s”", since, why)
	}
	return p.T("Waiting for us since %s.", since)
}

// needs says what the next stage asks for.
func (d Deal) needs(p text.Printer) string {
	if !d.working() {
		return ""
	}
	s, _ := d.following()
	return Before(p, d.Case.Process, s.Key, d.Missing)
}

// following is the stage after the present one.
func (d Deal) following() (sales.Stage, bool) {
	i := d.Case.Process.StageIndex(d.Case.Deal.Stage) + 1
	if i >= len(d.Case.Process.Stages) {
		return sales.Stage{}, false
	}
	return d.Case.Process.Stages[i], true
}

func (d Deal) buttons(p text.Printer) []slack.BlockElement {
	deal := d.Case.Deal
	id, moves := fmt.Sprint(deal.ID), fmt.Sprintf("%d:%d", deal.ID, deal.Moves)
	if !d.working() {
		return []slack.BlockElement{Button("deal.reopen", moves, p.T("Reopen…"))}
	}
	out := append(d.next(p, moves), Button("activity.form", id, p.T("Log…")), Button("deal.plan", id, p.T("Next step…")))
	for i, m := range d.Missing {
		if i > 0 && m.Kind == sales.NeedApproval && m.State != sales.Pending && len(out) < 6 {
			out = append(out, requestButton(p, d.Case, m.Type))
		}
	}
	return append(out, Overflow("deal.more", d.more(p, moves)...))
}

// next is the button that moves the deal on, behind the first thing that has to be done for that.
func (d Deal) next(p text.Printer, moves string) []slack.BlockElement {
	onward := Button("deal.advance", moves, d.forward(p))
	for _, e := range GateButtons(p, Gate{Case: d.Case, Missing: d.Missing}) {
		if b, ok := e.(*slack.ButtonBlockElement); ok {
			return []slack.BlockElement{b.WithStyle(slack.StylePrimary), onward}
		}
	}
	return []slack.BlockElement{onward.WithStyle(slack.StylePrimary)}
}

// forward is what the button for going on says.
func (d Deal) forward(p text.Printer) string {
	s, ok := d.following()
	switch {
	case !ok:
		return p.T("Complete")
	case s.Won:
		return p.T("Won")
	}
	return p.T("On to %s", unescaped(Name(s.Name.In(p.Lang()))))
}

func (d Deal) more(p text.Printer, moves string) []*slack.OptionBlockObject {
	deal := d.Case.Deal
	out := []*slack.OptionBlockObject{Option("edit:"+moves, p.T("Edit…"))}
	if d.Case.Process.StageIndex(deal.Stage) > 0 {
		out = append(out, Option("back:"+moves, p.T("Go back…")))
	}
	if deal.Status != sales.Open {
		return out
	}
	rest := Option("rest:"+moves, p.T("Wait or park…"))
	if deal.IsParked(d.Now) || deal.Waiting != "" {
		rest = Option("resume:"+moves, p.T("Resume"))
	}
	out = append(out, rest, Option("lose:"+moves, p.T("Lost…")))
	if s, ok := d.following(); ok && !s.Won {
		out = append(out, Option("win:"+moves, p.T("Won…")))
	}
	return out
}
