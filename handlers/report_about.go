package handlers

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// about is which deals a report is about, as somebody said it.
type about struct {
	reports.Options
	period []Word // as typed: it is read anew each time a subscription comes
	asOf   bool   // a day was named
	rest   []Word // what a subscription says beside it
}

// aboutReader reads it.
type aboutReader struct {
	*about
	c        *Call
	r        *store.Reader
	subjects []named // what has a name
	sources  []named
	band     []Word
}

func (a *App) newAboutReader(ctx context.Context, c *Call, r *store.Reader) (*aboutReader, error) {
	x := &aboutReader{about: &about{Options: reports.Options{AsOf: c.Now}}, c: c, r: r}
	var err error
	x.subjects, x.sources, err = a.subjects(ctx, r, c)
	return x, err
}

// readAbout reads which deals a report is about, in any order: a period, a person, a team,
// a process, a source, a range of amounts, and as of when.
func (a *App) readAbout(ctx context.Context, c *Call, r *store.Reader, words []Word) (*about, error) {
	x, err := a.newAboutReader(ctx, c, r)
	if err != nil {
		return nil, err
	}
	for len(words) > 0 {
		n, err := x.take(words)
		if err == nil && n == 0 {
			n, err = x.takeName(words)
		}
		if err != nil {
			return nil, err
		}
		words = words[n:]
	}
	return x.about, x.readBand(ctx)
}

// readScope is readAbout among the words of a subscription, where names need a keyword
// before them. What it does not understand is the rest.
func (a *App) readScope(ctx context.Context, c *Call, r *store.Reader, words []Word) (*about, error) {
	x, err := a.newAboutReader(ctx, c, r)
	if err != nil {
		return nil, err
	}
	for len(words) > 0 {
		n, err := x.take(words)
		if err == nil && n == 0 && words[0].is(scopeWords...) && len(words) > 1 {
			n, err = x.takeName(words)
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			x.rest = append(x.rest, words[0])
			n = 1
		}
		words = words[n:]
	}
	return x.about, x.readBand(ctx)
}

// scopeWords come before names.
var scopeWords = []string{"of", "for", "by", "team", "process", "owner", "rep", "的", "给", "团队", "流程", "负责人"}

// take reads what can be told without knowing names, and returns of how many words it was.
func (x *aboutReader) take(words []Word) (int, error) {
	if n, err := x.takeAsOf(words); n > 0 || err != nil {
		return n, err
	}
	if n := x.takePeriod(words); n > 0 {
		return n, nil
	}
	if n, err := x.takeBand(words); n > 0 || err != nil {
		return n, err
	}
	if n := x.takeBy(words); n > 0 {
		return n, nil
	}
	after, n := cutKeyword(words, "source", "来源", "渠道")
	if n < 0 || x.Source != "" {
		return 0, nil
	}
	key, m, err := pick("report.source", x.sources, after)
	if err != nil {
		return 0, choosing(err, func(k string) string { return x.c.with(after[:min(1, len(after))], quoted(k)) })
	}
	x.Source = key
	return n + m, nil
}

// eachWords come before what a report is broken down by.
var eachWords = []string{"by", "per", "each", "按", "分"}

// groupWords are what a report can be broken down by, as people call them.
var groupWords = map[string][]string{
	reports.EachOwner:  {"owner", "owners", "rep", "reps", "person", "people", "负责人", "人", "销售"},
	reports.EachTeam:   {"team", "teams", "团队"},
	reports.EachSource: {"source", "sources", "来源", "渠道"},
}

// takeBy reads by what the report is broken down: "by owner". With a name behind it, as in "by owner
// @ana", some deals are chosen instead, and only the first word is taken.
func (x *aboutReader) takeBy(words []Word) int {
	if x.By != "" {
		return 0
	}
	after, n := cutKeyword(words, eachWords...)
	if n < 0 || len(after) == 0 {
		return 0
	}
	for by, names := range groupWords {
		switch {
		case !after[0].is(names...):
		case n == 1 && len(after) > 1 && x.names(by, after[1:]):
			return 1
		default:
			x.By = by
			return n + 1
		}
	}
	return 0
}

// names reports whether the words begin with an owner, a team or a source.
func (x *aboutReader) names(by string, words []Word) bool {
	if by == reports.EachSource {
		_, _, err := pick("report.source", x.sources, words)
		return err == nil
	}
	if userMention.MatchString(words[0].Text) {
		return by == reports.EachOwner
	}
	key, _, err := pick("report.subject", x.subjects, words)
	_, owner := ownerOf(key)
	return err == nil && (owner && by == reports.EachOwner || strings.HasPrefix(key, "team:") && by == reports.EachTeam)
}

// cutKeyword takes a keyword off the words; one in Chinese may stand without a space
// before what it is about. n is how many words are gone then, -1 when it is not there.
func cutKeyword(words []Word, keywords ...string) (after []Word, n int) {
	if words[0].is(keywords...) {
		return words[1:], 1
	}
	for _, k := range keywords {
		if rest, ok := strings.CutPrefix(words[0].Text, k); ok && hasHan(k) && !words[0].Quoted {
			first := words[0]
			first.Text, first.Pos = rest, first.Pos+len(k)
			return append([]Word{first}, words[1:]...), 0
		}
	}
	return nil, -1
}

const longestDay = 5 // words

func (x *aboutReader) takeAsOf(words []Word) (int, error) {
	after, n := cutKeyword(words, "as-of", "asof", "截至", "截止")
	if n < 0 && len(words) > 1 && words[0].is("as") && words[1].is("of", "at") {
		after, n = words[2:], 2
	}
	if n < 0 || x.asOf {
		return 0, nil
	}
	for m := min(longestDay, len(after)); m > 0; m-- {
		if at, ok := text.ParseAsOf(spoken(after[:m]), x.c.Now, x.c.Location()); ok {
			if at.After(x.c.Now) {
				return 0, sales.Refuse(sales.Invalid, "report.as_of")
			}
			x.AsOf, x.asOf = at, true
			return n + m, nil
		}
	}
	return 0, sales.Refuse(sales.Invalid, "report.day", "input", spoken(words[:min(longestDay, len(words))]))
}

// longestPeriod is of how many words a period, or a range of amounts, may be.
const longestPeriod = 8

func (x *aboutReader) takePeriod(words []Word) int {
	if len(x.period) > 0 {
		return 0
	}
	return longest(words, func(s string, n int) bool {
		span, ok := text.ParsePeriod(s, x.c.Now, x.c.Location())
		if ok {
			x.From, x.To, x.period = span.From, span.To, words[:n]
		}
		return ok
	})
}

// longest tries as many words as possible, and returns how many were right.
func longest(words []Word, right func(s string, n int) bool) int {
	for n := min(longestPeriod, len(words)); n > 0; n-- {
		if !slices.ContainsFunc(words[:n], func(w Word) bool { return w.Quoted }) && right(spoken(words[:n]), n) {
			return n
		}
	}
	return 0
}

// bandBegins is how a range of amounts begins.
var bandBegins = regexp.MustCompile(`(?i)\d|^(over|above|more|at|from|min|under|below|less|up|max|between|[<>≤≥].*|超过|大于|高于|不少于|不低于|至少|低于|少于|小于|不到|不超过|至多|最多|在)$`)

// takeBand finds a range of amounts, which is read when the currency is known. A refusal
// counts only when no part of the words is one.
func (x *aboutReader) takeBand(words []Word) (int, error) {
	if len(x.band) > 0 || !bandBegins.MatchString(words[0].Text) {
		return 0, nil
	}
	var refused error
	n := longest(words, func(s string, _ int) bool {
		_, err := sales.ParseBand(s, "EUR")
		if err != nil && !isCode(err, "band.unreadable") {
			refused = err
		}
		return err == nil
	})
	if n > 0 {
		x.band = words[:n]
		return n, nil
	}
	return 0, refused
}

// readBand reads the range of amounts in the process's currency.
func (x *aboutReader) readBand(ctx context.Context) error {
	if len(x.band) == 0 {
		return nil
	}
	process, err := x.r.Process(ctx, x.Process)
	if err != nil {
		return err
	}
	x.Band, err = sales.ParseBand(spoken(x.band), process.Currency)
	return err
}

// takeName reads who or what the words name.
func (x *aboutReader) takeName(all []Word) (int, error) {
	words := all
	for len(words) > 1 && words[0].is(append(scopeWords, "in", "the", "from")...) {
		words = words[1:]
	}
	if rest, n := cutKeyword(words, "负责人", "团队", "流程"); n == 0 {
		words = rest
	}
	gone := len(all) - len(words)
	if m := userMention.FindStringSubmatch(words[0].Text); m != nil { // Slack adds the person's name to it, which may have changed
		return gone + 1, x.setOwner(m[1])
	}
	if err := x.whichOne(words); err != nil {
		return 0, err
	}
	key, n, err := pick("report.subject", slices.Concat(x.subjects, phrases(x.c)), words)
	if err != nil {
		return 0, x.askAmount(err, words)
	}
	if span, ok := strings.CutPrefix(key, "period:"); ok && len(x.period) == 0 {
		return gone + n, x.setPeriod(span)
	}
	if owner, ok := ownerOf(key); ok {
		return gone + n, x.setOwner(owner)
	}
	if !x.set(key) {
		return 0, noMore(words)
	}
	return gone + n, nil
}

// whichOne asks of what kind of deals somebody said only the kind: "by owner", "团队".
func (x *aboutReader) whichOne(words []Word) error {
	kinds := map[string][]string{"<@ owner:": {"owner", "rep", "负责人"}, "team:": {"team", "团队"}, "process:": {"process", "流程"}}
	for prefixes, keywords := range kinds {
		if len(words) != 1 || !words[0].is(keywords...) {
			continue
		}
		ask := sales.Refuse(sales.Ambiguous, "report.subject.missing")
		for _, s := range x.subjects {
			if s.label != x.c.T("You") && slices.ContainsFunc(strings.Fields(prefixes), func(p string) bool { return strings.HasPrefix(s.key, p) }) {
				ask.Choices = append(ask.Choices, sales.Choice{Key: s.key, Label: s.label})
			}
		}
		return choosing(ask, func(k string) string { return x.c.with(words, lineOfSubject(k)) })
	}
	return nil
}

// setPeriod takes a period that was not written out: "last q".
func (x *aboutReader) setPeriod(typed string) error {
	if n := x.takePeriod(split(typed)); n == 0 {
		return sales.Refuse(sales.NotFound, "report.subject.unknown", "input", typed)
	}
	return nil
}

// askAmount asks of a single amount on which side of it the deals are meant, and leaves
// the choices out of another refusal when nothing is called nearly so.
func (x *aboutReader) askAmount(err error, words []Word) error {
	e, ok := errors.AsType[*sales.Error](err)
	if !ok {
		return err
	}
	line := func(k string) string { return x.c.with(words[:1], lineOfSubject(k)) }
	if _, bad := sales.ParseMoney(words[0].Text, "EUR"); bad == nil && e.Kind == sales.NotFound {
		ask := sales.Refuse(sales.Ambiguous, "report.amount", "input", words[0].Text)
		for _, s := range []string{x.c.T("over %s", words[0].Text), x.c.T("under %s", words[0].Text)} {
			ask.Choices = append(ask.Choices, sales.Choice{Key: s, Label: s})
		}
		return choosing(ask, line)
	}
	if len(e.Choices) == len(x.subjects)+len(phrases(x.c)) {
		e.Choices = nil
	}
	return choosing(err, line)
}
