package csvio

import (
	"slices"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// step is where a row of history or a deal's stage leads: the index of a stage, or
// one of the words that are stages in files alone.
type step int16

const (
	nowhere step = -1 - iota
	toWon        // wins the deal, whatever the stage is called
	toLost
	toDone // left the last stage after the win
)

// Words that mean the end of a deal where no stage has that name. They are compared
// without anything but letters and digits.
var endWords = map[string]step{
	"won": toWon, "closedwon": toWon, "dealwon": toWon, "win": toWon, "赢单": toWon, "已赢单": toWon, "成交": toWon, "已成交": toWon,
	"lost": toLost, "closedlost": toLost, "deallost": toLost, "loss": toLost, "输单": toLost, "已输单": toLost, "丢单": toLost, "已丢单": toLost, "失单": toLost,
	"completed": toDone, "已完成": toDone,
}

var statusWords = map[string]sales.Status{
	"open": sales.Open, "inprogress": sales.Open, "active": sales.Open, "进行中": sales.Open, "跟进中": sales.Open, "未结": sales.Open,
	"won": sales.Won, "closedwon": sales.Won, "赢单": sales.Won, "已赢单": sales.Won, "成交": sales.Won, "已成交": sales.Won,
	"lost": sales.Lost, "closedlost": sales.Lost, "输单": sales.Lost, "已输单": sales.Lost, "丢单": sales.Lost, "已丢单": sales.Lost, "失单": sales.Lost,
}

// names maps folded names to keys; a name that two things share is nobody's.
type names map[string]string

func (n names) add(key string, all ...string) {
	for _, name := range all {
		f := text.Fold(name)
		if f == "" {
			continue
		}
		if known, ok := n[f]; ok && known != key {
			n[f] = ""
			continue
		}
		n[f] = key
	}
}

// named collects the names of a list of things; keys go before names.
func named[T any](items []T, about func(T) (key string, all []string)) names {
	n := names{}
	for _, item := range items {
		key, all := about(item)
		n.add(key, all...)
	}
	for _, item := range items {
		key, _ := about(item)
		n[text.Fold(key)] = key
	}
	return n
}

func texts(t sales.Text) []string {
	var out []string
	for _, s := range t {
		out = append(out, s)
	}
	return out
}

// matcher finds what the words of a file mean in one process. It remembers what
// it was asked, since files repeat themselves.
type matcher struct {
	process    *sales.Process
	won        int
	stages     names
	activities names
	reasons    names
	fields     names
	aliases    map[string]string // what a person said that a stage's name in the file means
	steps      map[string]step
}

func newMatcher(p *sales.Process, aliases map[string]string) *matcher {
	return &matcher{
		process: p, won: p.WonIndex(), aliases: aliases, steps: map[string]step{},
		stages:     named(p.Stages, func(s sales.Stage) (string, []string) { return s.Key, texts(s.Name) }),
		activities: named(p.Activities, func(a sales.ActivityType) (string, []string) { return a.Key, append(texts(a.Name), a.Also...) }),
		reasons:    named(p.Reasons, func(r sales.Reason) (string, []string) { return r.Key, texts(r.Name) }),
		fields:     named(p.Fields, func(f sales.Field) (string, []string) { return f.Key, texts(f.Name) }),
	}
}

// step returns where a stage's name leads, or nowhere.
func (m *matcher) step(name string) step {
	if s, ok := m.steps[name]; ok {
		return s
	}
	s := m.findStep(name)
	m.steps[strings.Clone(name)] = s
	return s
}

func (m *matcher) findStep(name string) step {
	if alias, ok := m.aliases[text.Fold(name)]; ok {
		name = alias
	}
	if key := m.stages[text.Fold(name)]; key != "" {
		return step(m.process.StageIndex(key))
	}
	if s, ok := endWords[plainHeader(name)]; ok {
		return s
	}
	return nowhere
}

// reason returns the key of a loss reason, or the words as they stand.
func (m *matcher) reason(words string) string {
	if key := m.reasons[text.Fold(words)]; key != "" {
		return key
	}
	return strings.Clone(words)
}

// stageNames lists the stages for people.
func (m *matcher) stageNames() []string {
	var out []string
	for _, s := range m.process.Stages {
		out = append(out, s.Key)
	}
	return append(out, "won", "lost")
}

// people finds who is meant by a cell: a Slack id, a name, or an e-mail address.
type people struct {
	known map[string]bool
	byAny names
	cache map[string]string
}

func newPeople(all []store.Person) *people {
	p := &people{known: map[string]bool{}, cache: map[string]string{}}
	p.byAny = named(all, func(x store.Person) (string, []string) { return x.ID, []string{x.Name, x.RealName} })
	for _, x := range all {
		p.known[x.ID] = true
	}
	return p
}

// find returns the Slack id of the person, or the words themselves when nobody
// has that name: they are shown as they are.
func (p *people) find(words string) string {
	if words == "" || p.known[words] {
		return words
	}
	if id, ok := p.cache[words]; ok {
		return id
	}
	id := p.byAny[text.Fold(words)]
	if local, _, mail := strings.Cut(words, "@"); id == "" && mail {
		id = p.byAny[text.Fold(local)]
	}
	words = strings.Clone(words)
	if id == "" {
		id = words
	}
	p.cache[words] = id
	return id
}

// teamOf returns the key of the team that a cell names, or else of the owner's.
func teamOf(org *sales.Organisation, cell, owner string) string {
	if cell != "" {
		i := slices.IndexFunc(org.Teams, func(t sales.Team) bool {
			return t.Key == cell || slices.ContainsFunc(texts(t.Name), func(n string) bool { return text.Fold(n) == text.Fold(cell) })
		})
		if i >= 0 {
			return org.Teams[i].Key
		}
	}
	t, _ := org.TeamOf(owner)
	return t.Key
}
