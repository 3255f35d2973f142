package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// ProcessMap is a process as people read it.
type ProcessMap struct {
	Process *sales.Process
	Org     *sales.Organisation
	Stages  map[string]StageLoad // by key
	Others  []*sales.Process
	Changed MapVersion // the latest change
	Name    func(user string) string
	Now     time.Time
}

// StageLoad is what stands in a stage now.
type StageLoad struct {
	Deals int
	Worth []sales.Money // of each currency, never added up
	Pace  sales.Days    // median of how long the open deals that are not parked have been there
	Paced int           // over how many deals that is
}

// MapVersion is one change of a map.
type MapVersion struct {
	Version int
	Actor   string
	At      time.Time
	Why     string
	Changes []string // plain text
}

// What of a process fits into a message.
const (
	maxStages    = 40
	maxWhatRows  = 15 // with more stages, what is done there is only in the details
	maxWhat      = 150
	maxParagraph = 1500
)

// ProcessBlocks are the stages in order: who, by when, and what stands there, each
// with a button for what, why and how.
func ProcessBlocks(p text.Printer, m ProcessMap) []slack.Block {
	blocks := []slack.Block{Section("*" + Name(m.Process.Name.In(p.Lang())) + "*")}
	if m.Changed.Version > 0 {
		blocks = append(blocks, Context(m.Changed.head(p, m.Name, m.Now)))
	}
	stages := m.Process.Stages
	for i, s := range stages[:min(len(stages), maxStages)] {
		row := Section(m.row(p, i, s))
		row.Accessory = slack.NewAccessory(Button("process.stage", m.Process.Key+":"+s.Key, p.T("Details")))
		blocks = append(blocks, row)
	}
	if more := len(stages) - maxStages; more > 0 {
		blocks = append(blocks, Context(p.N(more, "%d more stage", "%d more stages")))
	}
	buttons := []slack.BlockElement{Run("process history "+m.Process.Key, p.T("What changed"))}
	for _, o := range m.Others[:min(len(m.Others), 10)] {
		buttons = append(buttons, Run("process "+o.Key, o.Name.In(p.Lang())))
	}
	return append(fit(blocks), Actions(buttons...)...)
}

func (m ProcessMap) row(p text.Printer, i int, s sales.Stage) string {
	title := fmt.Sprintf("*%d. %s*", i+1, Name(s.Name.In(p.Lang())))
	if s.Won {
		title += " · " + p.T("the deal is won here")
	}
	what := ""
	if len(m.Process.Stages) <= maxWhatRows {
		what = text.Plain(text.Truncate(s.What.In(p.Lang()), maxWhat))
	}
	var facts []string
	if len(s.Who) > 0 {
		facts = append(facts, m.roles(p, s.Who))
	}
	if s.Target > 0 {
		facts = append(facts, p.T("target %s", workDays(p, s.Target)))
	}
	facts = append(facts, m.Stages[s.Key].sentence(p, s.Target))
	return Lines(title, what, strings.Join(facts, " · "))
}

func (m ProcessMap) roles(p text.Printer, keys []string) string {
	var names []string
	for _, r := range keys[:min(len(keys), 5)] {
		names = append(names, RoleName(p, m.Org, r))
	}
	return strings.Join(names, p.T(", "))
}

func workDays(p text.Printer, d sales.Days) string {
	n := number(p, float64(d))
	if n == "1" { // rounded, too
		return p.T("1 working day")
	}
	return p.T("%s working days", n)
}

// sentence says how many deals stand there, what they are worth and for how long they have.
func (l StageLoad) sentence(p text.Printer, target sales.Days) string {
	if l.Deals == 0 {
		return p.T("no deals")
	}
	parts := []string{p.N(l.Deals, "%d deal", "%d deals")}
	if worth := l.worth(p); worth != "" {
		parts = append(parts, worth)
	}
	if l.Paced > 0 {
		pace := p.T("now %s (median)", workDays(p, l.Pace))
		if target > 0 && l.Pace > target {
			pace = ":bell: " + p.T("now %s (median), over the target", workDays(p, l.Pace))
		}
		parts = append(parts, pace)
	}
	return strings.Join(parts, " · ")
}

func (l StageLoad) worth(p text.Printer) string {
	var sums []string
	for _, m := range l.Worth[:min(len(l.Worth), 4)] {
		sums = append(sums, p.MoneyShort(m.Minor, m.Currency))
	}
	return strings.Join(sums, " + ")
}

func (v MapVersion) head(p text.Printer, name func(string) string, now time.Time) string {
	s := p.T("Version %d · %s, %s", v.Version, name(v.Actor), p.DateShort(v.At, now))
	if v.Why != "" {
		s += ": “" + Note(v.Why) + "”"
	}
	return s
}

// StageBlocks are all that the map says about one stage.
func StageBlocks(p text.Printer, m ProcessMap, s sales.Stage) []slack.Block {
	i := m.Process.StageIndex(s.Key)
	title := p.T("*%s* · stage %d of %d of %s", Name(s.Name.In(p.Lang())), i+1, len(m.Process.Stages), Name(m.Process.Name.In(p.Lang())))
	blocks := []slack.Block{Section(title)}
	add := func(head string, lines ...string) {
		if body := Lines(lines...); body != "" {
			blocks = append(blocks, Section("*"+head+"*\n"+body))
		}
	}
	said := func(t sales.Text) string { return Paragraph(t.In(p.Lang()), maxParagraph) }
	won := ""
	if s.Won {
		won = p.T("A deal is won when it comes here.")
	}
	add(p.T("What"), said(s.What), won)
	add(p.T("Who"), m.who(p, s.Who))
	add(p.T("When"), m.when(p, s))
	add(p.T("Why"), said(s.Why), m.affects(p, s.Affects))
	add(p.T("How"), said(s.How), links(p, s.Links))
	add(p.T("Before a deal goes on"), m.gate(p, s.Gate))
	for _, need := range s.Gate.Approvals {
		if policy, ok := m.Process.Policy(need.Kind); ok {
			add(p.T("%s approval", Name(policy.Name.In(p.Lang()))), m.policy(p, policy))
		}
	}
	return fit(blocks)
}

// who names the roles with those who have them.
func (m ProcessMap) who(p text.Printer, roles []string) string {
	var lines []string
	for _, r := range roles[:min(len(roles), 10)] {
		line := RoleName(p, m.Org, r)
		if r != sales.RoleRep { // everybody in a team
			if people := m.people(p, m.Org.Holders(r)); people != "" {
				line = p.T("%s: %s", line, people)
			}
		}
		lines = append(lines, line)
	}
	return Lines(lines...)
}

func (m ProcessMap) people(p text.Printer, users []string) string {
	return People(p, users, m.Name)
}

// People lists people by name, ten of them at most.
func People(p text.Printer, users []string, name func(string) string) string {
	const most = 10
	var names []string
	for _, u := range users[:min(len(users), most)] {
		names = append(names, name(u))
	}
	if more := len(users) - most; more > 0 {
		names = append(names, p.N(more, "%d other", "%d others"))
	}
	return p.List(names)
}

func (m ProcessMap) when(p text.Printer, s sales.Stage) string {
	target := p.T("No target is set.")
	if s.Target > 0 {
		target = p.T("Within %s.", workDays(p, s.Target))
	}
	return Lines(target, p.T("Here now: %s", m.Stages[s.Key].sentence(p, s.Target)))
}

func (m ProcessMap) affects(p text.Printer, keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	var names []string
	for _, k := range keys[:min(len(keys), 10)] {
		names = append(names, StageName(p, m.Process, k))
	}
	return p.T("It affects: %s.", p.List(names))
}

func links(p text.Printer, all []sales.Link) string {
	var lines []string
	for _, l := range all[:min(len(all), 10)] {
		lines = append(lines, "• "+NamedLink(l.URL, l.Name.In(p.Lang())))
	}
	return Lines(lines...)
}

// gate is what a gate requires, a line each.
func (m ProcessMap) gate(p text.Printer, g sales.Gate) string {
	process := m.Process
	var lines []string
	for _, f := range g.Fields {
		lines = append(lines, "• "+p.T("%s is set", FieldName(p, process, f)))
	}
	for _, a := range g.Activities {
		lines = append(lines, "• "+activityNeed(p, process, a))
	}
	for _, a := range g.Approvals {
		line := p.T("%s approved", PolicyName(p, process, a.Kind))
		if a.When != "" {
			line = p.T("%s approved, if %s", PolicyName(p, process, a.Kind), m.conditions(sales.Policy{}).say(p, a.When))
		}
		lines = append(lines, "• "+line)
	}
	return Lines(lines[:min(len(lines), 30)]...)
}

func activityNeed(p text.Printer, process *sales.Process, a sales.ActivityNeed) string {
	name, n := ActivityName(p, process, a.Type), max(a.N, 1)
	switch {
	case a.Since == sales.SinceEver && n == 1:
		return p.T("%s logged at any time", name)
	case a.Since == sales.SinceEver:
		return p.T("%s logged %d times, at any time", name, n)
	case n == 1:
		return p.T("%s logged since the deal came here", name)
	}
	return p.T("%s logged %d times since the deal came here", name, n)
}

// MapHistory is one page of the changes of a map.
type MapHistory struct {
	Title    string
	Versions []MapVersion
	Older    string // what the button for older ones carries; "" when there are none
	Name     func(user string) string
	Now      time.Time
}

// How much of a change is shown.
const (
	maxChanges = 8
	maxChange  = 110
)

// MapHistoryBlocks say who changed what, when and why, newest first.
func MapHistoryBlocks(p text.Printer, h MapHistory) []slack.Block {
	blocks := []slack.Block{Section("*" + h.Title + "*")}
	if len(h.Versions) == 0 {
		return append(blocks, Section(p.T("Nothing was changed yet.")))
	}
	for _, v := range h.Versions {
		lines := []string{v.head(p, h.Name, h.Now)}
		for _, c := range v.Changes[:min(len(v.Changes), maxChanges)] {
			lines = append(lines, "• "+text.Plain(text.Truncate(c, maxChange)))
		}
		if more := len(v.Changes) - maxChanges; more > 0 {
			lines = append(lines, p.N(more, "and %d more change", "and %d more changes"))
		}
		blocks = append(blocks, Section(Lines(lines...)))
	}
	if fit(blocks); h.Older != "" {
		blocks = append(blocks, Actions(Button("process.history", h.Older, p.T("Older")))...)
	}
	return blocks
}
