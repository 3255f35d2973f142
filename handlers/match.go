package handlers

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// named is something that people call by its key or by its name in any language.
type named struct {
	key   string
	label string
	names []string // as typed
}

func newNamed(lang, key string, name sales.Text, also ...string) named {
	n := named{key: key, label: name.In(lang), names: append([]string{key}, also...)}
	for _, s := range name {
		n.names = append(n.names, s)
	}
	return n
}

func (n named) folded() []string {
	out := make([]string, len(n.names))
	for i, s := range n.names {
		out[i] = foldedName(s)
	}
	return out
}

// How well a name fits what was typed.
const (
	noFit    = iota
	wordFit  // a word in it begins so
	startFit // it begins so
	wholeFit
)

// fit tells how well the best of the folded names fits what was typed, which may hold Han characters.
func fit(names []string, typed string, han bool) int {
	best := noFit
	for _, s := range names {
		switch {
		case typed == "" || len(s) < len(typed):
		case s == typed:
			return wholeFit
		case strings.HasPrefix(s, typed):
			best = max(best, startFit)
		case inside(s, typed, han):
			best = max(best, wordFit)
		}
	}
	return best
}

// inside reports whether typed stands in the name at the beginning of a word.
func inside(name, typed string, han bool) bool {
	return strings.Contains(name, " "+typed) || han && strings.Contains(name, typed)
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// foldedNames remembers the folded names of the map, which every command compares with.
var foldedNames sync.Map

const maxFolded = 20_000

var countFolded atomic.Int64

func foldedName(s string) string {
	if f, ok := foldedNames.Load(s); ok {
		return f.(string)
	}
	f := fold(s)
	if countFolded.Add(1) < maxFolded {
		foldedNames.Store(s, f)
	}
	return f
}

// longestName is how many words a name may have where it has no quotes.
const longestName = 8

// pick finds the one that the leading words name: by a whole name first, then by
// an unambiguous beginning, then by a word in it, of as many words as possible. It
// returns how many words that were. The refusals have the codes what+".ambiguous",
// with n words, and what+".unknown", with the nearest or else all as choices.
func pick(what string, list []named, words []Word) (key string, n int, err error) {
	most := min(len(words), longestName)
	if most > 0 && words[0].Quoted {
		most = 1
	}
	names := make([][]string, len(list))
	for i, x := range list {
		names[i] = x.folded()
	}
	fits := make([][]int, most+1) // for each number of words, how well each of the list fits
	for n := most; n > 0; n-- {
		typed := joined(words[:n])
		han := hasHan(typed)
		fits[n] = make([]int, len(list))
		for i := range list {
			fits[n][i] = fit(names[i], typed, han)
		}
		if i := slices.Index(fits[n], wholeFit); i >= 0 && count(fits[n], wholeFit) == 1 {
			return list[i].key, n, nil
		}
	}
	for _, least := range []int{wholeFit, startFit, wordFit} {
		for n := most; n > 0; n-- {
			switch count(fits[n], least) {
			case 0:
			case 1:
				return list[slices.IndexFunc(fits[n], func(f int) bool { return f >= least })].key, n, nil
			default:
				return "", n, refuseChoice(sales.Ambiguous, what+".ambiguous", words[:n], fitting(list, fits[n], least))
			}
		}
	}
	if len(words) == 0 {
		return "", 0, refuseChoice(sales.Invalid, what+".missing", nil, list)
	}
	return "", 1, refuseChoice(sales.NotFound, what+".unknown", words[:1], near(list, words))
}

func count(fits []int, least int) int {
	n := 0
	for _, f := range fits {
		if f >= least {
			n++
		}
	}
	return n
}

func fitting(list []named, fits []int, least int) []named {
	var out []named
	for i, x := range list {
		if fits[i] >= least {
			out = append(out, x)
		}
	}
	return out
}

// pickAll is pick for words that must be the name, all of them.
func pickAll(what string, list []named, words []Word) (string, error) {
	key, n, err := pick(what, list, words)
	if err == nil && n < len(words) {
		return "", refuseChoice(sales.NotFound, what+".unknown", words, near(list, words))
	}
	return key, err
}

// near returns those whose name is a slip away, or all when none is.
func near(list []named, words []Word) []named {
	var out []named
	for _, n := range []int{len(words), 2, 1} {
		typed := joined(words[:min(n, len(words))])
		for _, x := range list {
			if _, ok := nearest(typed, x.names); ok && !slices.ContainsFunc(out, func(y named) bool { return y.key == x.key }) {
				out = append(out, x)
			}
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

func refuseChoice(kind sales.Kind, code string, words []Word, list []named) *sales.Error {
	var typed []string
	for _, w := range words {
		typed = append(typed, w.Text)
	}
	e := sales.Refuse(kind, code, "input", strings.Join(typed, " "))
	for _, x := range list {
		e.Choices = append(e.Choices, sales.Choice{Key: x.key, Label: x.label})
	}
	return e
}

// matchStage finds the stage that all the words name.
func (c *Call) matchStage(p *sales.Process, words []Word) (string, error) {
	var list []named
	for _, s := range p.Stages {
		list = append(list, newNamed(c.Lang(), s.Key, s.Name))
	}
	key, err := pickAll("stage", list, words)
	return key, choosing(err, func(k string) string { return c.with(words, k) })
}

// matchReason finds the loss reason that all the words name.
func (c *Call) matchReason(p *sales.Process, words []Word) (string, error) {
	var list []named
	for _, r := range p.Reasons {
		list = append(list, newNamed(c.Lang(), r.Key, r.Name))
	}
	return pickAll("reason", list, words)
}

// matchActivity finds the activity type that the leading words name; automatic ones are nobody's to log.
func (c *Call) matchActivity(p *sales.Process, words []Word) (key string, n int, err error) {
	list := make([]named, 0, len(p.Activities))
	for _, t := range p.Activities {
		if !t.Automatic {
			list = append(list, newNamed(c.Lang(), t.Key, t.Name, t.Also...))
		}
	}
	key, n, err = pick("activity", list, words)
	return key, n, choosing(err, func(k string) string { return c.with(words[:n], k) })
}

// matchField finds the field that the leading words name: built in, the process's
// own, or "next", "owner" and "stage", which have commands of their own.
func (c *Call) matchField(p *sales.Process, words []Word) (key string, n int, err error) {
	var list []named
	for key, also := range fieldWords {
		label := view.FieldName(c.Printer, p, key)
		list = append(list, named{key: key, label: label, names: append([]string{key, label}, also...)})
	}
	slices.SortFunc(list, func(a, b named) int { return strings.Compare(a.key, b.key) })
	for _, f := range p.Fields {
		list = append(list, newNamed(c.Lang(), f.Key, f.Name))
	}
	key, n, err = pick("field", list, words)
	return key, n, choosing(err, func(k string) string { return c.with(words[:n], k) })
}

// fieldWords are what "/deal set" takes beside the process's own fields, with what people call them beside their names.
var fieldWords = map[string][]string{
	"name":    {"title", "名称", "名字"},
	"account": {"company", "customer", "客户", "公司"},
	"amount":  {"value", "price", "金额", "价值"},
	"close":   {"close date", "closing", "due", "预计成交日期", "成交日期", "预计成交"},
	"source":  {"来源", "渠道"},
	"margin":  {"毛利率", "毛利"},
	"next":    {"next step", "下一步"},
	"owner":   {"rep", "负责人", "归属"},
}

var userMention = regexp.MustCompile(`^<@([A-Z0-9]+)(?:\|[^>]*)?>$`)

// matchUser finds the person that the words name: a mention, or a name.
func (a *App) matchUser(ctx context.Context, r *store.Reader, c *Call, words []Word) (string, error) {
	if len(words) == 0 {
		return "", sales.Refuse(sales.Invalid, "user.missing")
	}
	if m := userMention.FindStringSubmatch(words[0].Text); m != nil {
		return m[1], noMore(words[1:])
	}
	if words[0].is("me", "我") && len(words) == 1 {
		return c.User, nil
	}
	people, err := r.People(ctx)
	if err != nil {
		return "", err
	}
	var list []named
	for _, p := range people {
		if !p.Bot && !p.Deleted {
			list = append(list, named{key: "<@" + p.ID + ">", label: personName(p), names: []string{p.Name, p.RealName}})
		}
	}
	typed := slices.Clone(words)
	typed[0].Text = strings.TrimPrefix(typed[0].Text, "@")
	key, err := pickAll("user", list, typed)
	if err != nil {
		if e, ok := errors.AsType[*sales.Error](err); ok && e.Kind == sales.NotFound && len(e.Choices) == len(list) {
			e.Choices = nil // nobody is called nearly so
		}
		return "", choosing(err, func(k string) string { return c.with(words, k) })
	}
	return userMention.FindStringSubmatch(key)[1], nil
}
