package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// wording puts a refusal into a sentence that says what to do, and may add
// buttons that do it. Each noun has those for its own codes.
type wording func(f facts) (sentence string, more []slack.Block)

// says is the wording of a sentence whose verbs are filled with the facts of these names.
func says(sentence string, names ...string) wording {
	return func(f facts) (string, []slack.Block) {
		if len(names) == 0 {
			return f.T(sentence), nil
		}
		args := make([]any, len(names))
		for i, n := range names {
			args[i] = f.fact(n)
		}
		return f.T(sentence, args...), nil
	}
}

// trouble is a refusal together with what its answer needs.
type trouble struct {
	error
	k     *sales.Case             // names the deal, its stages and the like
	line  func(key string) string // the command with the choice made
	block string                  // the form's input that is at fault
}

func (t *trouble) Unwrap() error { return t.error }

// troubled returns the error's trouble, to be filled in, or nil for what is no refusal.
func troubled(err error) *trouble {
	var t *trouble
	if errors.As(err, &t) {
		return t
	}
	var e *sales.Error
	if errors.As(err, &e) {
		return &trouble{error: e}
	}
	return nil
}

// within says which deal was refused.
func within(k *sales.Case, err error) error {
	t := troubled(err)
	if t == nil {
		return err
	}
	t.k = k
	return t
}

// choosing says how the choice that the refusal offers finishes the command.
func choosing(err error, line func(key string) string) error {
	t := troubled(err)
	if t == nil {
		return err
	}
	if t.line == nil {
		t.line = line
	}
	return t
}

// atInput says which input of a form was refused.
func atInput(block string, err error) error {
	t := troubled(err)
	if t == nil {
		return err
	}
	t.block = block
	return t
}

// facts is a refusal on its way into words.
type facts struct {
	text.Printer
	app  *App
	call *Call
	e    *sales.Error
	k    *sales.Case // nil when the refusal is about no deal
	name func(user string) string
	log  func() []sales.Event // of the deal
}

// refusal turns every refusal by a rule into a friendly sentence that says what
// to do. What is no refusal is written to the log under an id; it is returned as an
// error when something could not be committed.
func (a *App) refusal(ctx context.Context, c *Call, err error) (Reply, error) {
	var lost *notTaken
	if errors.As(err, &lost) {
		return Reply{}, err
	}
	t := troubled(err)
	if t == nil {
		return a.broken(ctx, c, err), nil
	}
	var reply Reply
	failed := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		f := a.facts(ctx, r, c, t)
		sentence, more := f.words()
		reply = say(sentence, append(more, a.choices(c, t, f)...)...)
		return nil
	})
	if failed != nil {
		return a.broken(ctx, c, failed), nil
	}
	if c.Kind == Submission {
		return inForm(c, t, reply), nil
	}
	return reply, nil
}

func (a *App) facts(ctx context.Context, r *store.Reader, c *Call, t *trouble) facts {
	f := facts{Printer: c.Printer, app: a, call: c, k: t.k, name: names(ctx, r)}
	errors.As(t.error, &f.e)
	f.log = func() []sales.Event {
		if f.k == nil {
			return nil
		}
		log, err := r.Events(ctx, f.k.Deal.ID)
		if err != nil {
			a.Log.WarnContext(ctx, "refusal: the log cannot be read", "deal", f.k.Deal.ID, "error", err)
		}
		return log
	}
	return f
}

// words finds the wording for the refusal's code, and adds who may do it.
func (f facts) words() (string, []slack.Block) {
	for _, b := range nouns() {
		if w, ok := b.refusals[f.e.Code]; ok {
			sentence, more := w(f)
			if len(f.e.Who) > 0 {
				sentence = f.Printer.Sentences(sentence, f.T("Ask %s.", f.people(f.e.Who)))
			}
			return sentence, more
		}
	}
	f.app.Log.Warn("refusal: no words for this code", "code", f.e.Code)
	return f.T("That is not possible here. Nothing was changed. `%s` shows what is.", "/"+f.app.Prefix+"deal help"), nil
}

// people names some, without pinging them: "Ana, Li or others".
func (f facts) people(ids []string) string {
	const most = 4
	var out []string
	for _, id := range ids[:min(len(ids), most)] {
		out = append(out, f.name(id))
	}
	if len(ids) > most {
		out = append(out, f.T("others"))
	}
	return f.AnyOf(out)
}

// choices are buttons that finish the command with one of what was offered.
func (a *App) choices(c *Call, t *trouble, f facts) []slack.Block {
	if t.line == nil || len(f.e.Choices) == 0 {
		return nil
	}
	most := view.MaxButtons - 1
	if strings.HasPrefix(f.e.Code, "deal.") {
		most = 10 // of very many, a longer name tells better than more buttons
	}
	var buttons []slack.BlockElement
	for _, choice := range f.e.Choices[:min(len(f.e.Choices), most)] {
		run := view.Run(t.line(choice.Key), f.label(choice))
		if c.Sure {
			run = view.RunSure(t.line(choice.Key), f.label(choice))
		}
		buttons = append(buttons, run)
	}
	blocks := view.Actions(buttons...)
	if more := len(f.e.Choices) - most; more > 0 {
		blocks = append(blocks, view.Context(f.N(more, "%d more: type a longer part of the name.", "%d more: type a longer part of the name.")))
	}
	return blocks
}

// label is how a choice is shown on its button: money and dates in the reader's form.
func (f facts) label(choice sales.Choice) string {
	if m, err := sales.MoneyFromCanonical(choice.Key); err == nil && m.IsSet() {
		return f.Money(m.Minor, m.Currency)
	}
	if d, err := time.Parse(time.DateOnly, choice.Key); err == nil {
		return view.Day(f.Printer, d, time.Time{})
	}
	return choice.Label
}

// inForm shows a refusal beside the input at fault, or on top of the form, so
// that nothing that was typed is lost.
func inForm(c *Call, t *trouble, r Reply) Reply {
	if t.block != "" {
		return Reply{Errors: map[string]string{t.block: view.Unmarked(r.Text)}}
	}
	return Reply{Text: r.Text, Modal: view.Notice(c.Printer, c.T("Not yet"), r.Text, r.Blocks[1:]...), Push: true}
}

// broken answers what nobody foresaw.
func (a *App) broken(ctx context.Context, c *Call, err error) Reply {
	id := rand.Text()[:8]
	a.Log.ErrorContext(ctx, "internal error", "id", id, "kind", c.Kind, "name", c.Name, "user", c.User, "error", err)
	sentence := c.T("Something went wrong here (id %s). Nothing was changed. Try again, and tell your admin the id if it stays.", id)
	switch c.Kind {
	case Submission:
		return Reply{Modal: view.Notice(c.Printer, c.T("Not yet"), sentence), Push: true}
	case Options, Event:
		return Reply{}
	}
	return say(sentence)
}

// fact is one fact as it stands in a sentence.
func (f facts) fact(name string) string {
	v, known := f.e.Facts[name]
	if t, ok := v.(sales.Text); ok {
		return view.Name(t.In(f.Lang()))
	}
	s := fmt.Sprint(v)
	switch name {
	case "deal":
		if f.k != nil {
			return view.DealName(f.k.Deal)
		}
		return f.fact("ref")
	case "ref":
		if f.k != nil {
			return f.k.Deal.Ref()
		}
	case "owner":
		return f.name(f.k.Deal.Owner)
	case "slash":
		return "/" + f.app.Prefix
	case "role":
		return view.RoleName(f.Printer, &sales.Organisation{}, s)
	case "user":
		return f.name(s)
	case "input", "words":
		s = readable(s)
	case "until":
		if ms, ok := v.(int64); ok {
			return f.Date(time.UnixMilli(ms))
		}
	}
	if f.k != nil && known {
		if s, ok := f.named(name, s); ok {
			return s
		}
	}
	if !known && name == "input" {
		for _, other := range []string{"stage", "field", "type", "reason", "kind"} {
			if v, ok := f.e.Facts[other]; ok {
				return view.Name(fmt.Sprint(v))
			}
		}
	}
	if !known {
		return "–"
	}
	return view.Name(s)
}

// named is a fact that is the key of something with a name.
func (f facts) named(fact, key string) (string, bool) {
	switch fact {
	case "stage", "to":
		return view.StageName(f.Printer, f.k.Process, key), true
	case "type":
		return view.ActivityName(f.Printer, f.k.Process, key), true
	case "reason":
		return view.ReasonName(f.Printer, f.k.Process, key), true
	case "kind":
		return view.PolicyName(f.Printer, f.k.Process, key), true
	case "field":
		return view.FieldName(f.Printer, f.k.Process, key), true
	}
	return "", false
}

// names returns how people and user groups are written in sentences: by name, which pings nobody.
func names(ctx context.Context, r *store.Reader) func(user string) string {
	return func(user string) string {
		switch {
		case user == "":
			return "Pipewright"
		case sales.IsGroup(user):
			return groupName(ctx, r, user)
		}
		p, err := r.Person(ctx, user)
		if err != nil {
			return view.Name(user)
		}
		return view.Name(personName(p))
	}
}

// groupName is a user group as people call it, "@pricing", which pings nobody.
func groupName(ctx context.Context, r *store.Reader, id string) string {
	o, err := r.Organisation(ctx)
	if err != nil {
		return view.Name(id)
	}
	return view.Name(o.GroupName(id))
}

func personName(p store.Person) string {
	for _, s := range []string{p.RealName, p.Name} {
		if s != "" {
			return s
		}
	}
	return p.ID
}

// extraWords says which words nothing was done with and, where a deal was found, shows it.
func extraWords(f facts) (string, []slack.Block) {
	if f.k == nil {
		return f.T("I don't know what to do with “%s”. Nothing was changed.", f.fact("words")), nil
	}
	return f.T("I found %s, but don't know what to do with “%s”. Nothing was changed.", view.DealName(f.k.Deal), f.fact("words")),
		view.Actions(view.Run("deal "+f.k.Deal.Ref(), f.T("Show the deal")))
}

// coreRefusals words what belongs to no noun.
var coreRefusals = map[string]wording{
	"button.old":       says(text.Msg("That button is from an older message and no longer works. `%sdeal` shows what is there now."), "slash"),
	"words.extra":      extraWords,
	"user.unknown":     says(text.Msg("I don't know who “%s” is. Pick them with @."), "input"),
	"user.ambiguous":   says(text.Msg("Which person do you mean by “%s”?"), "input"),
	"user.cannot_own":  says(text.Msg("%s can't have deals. Choose another person."), "user"),
	"user.missing":     says(text.Msg("Who should have it? Add the person with @.")),
	"date.unreadable":  says(text.Msg("I can't read “%s” as a date. Write it like 1 Dec, next friday or 2026-12-01."), "input"),
	"date.far":         says(text.Msg("“%s” is too far from today. Choose a day within %s years."), "input", "years"),
	"date.ambiguous":   says(text.Msg("“%s” can be two dates. Which one?"), "input"),
	"money.unreadable": says(text.Msg("I can't read “%s” as an amount. Write it like 12k, 12,000.50 EUR or ¥12万."), "input"),
	"money.negative":   says(text.Msg("An amount can't be below zero: “%s”."), "input"),
	"money.too_large":  says(text.Msg("That amount is larger than any deal. Are there zeros too many?")),
	"money.currency":   says(text.Msg("I don't know a currency “%s”. Use its three letters, such as EUR, USD or CNY."), "currency"),
	"money.decimals":   says(text.Msg("“%s” is finer than the smallest unit of %s."), "input", "currency"),
	"money.ambiguous":  says(text.Msg("“%s” can be two amounts. Which one?"), "input"),
	"money.mixed":      says(text.Msg("Amounts in %s and %s can't be added up."), "currency", "other"),
	"number.unreadable": says(
		text.Msg("I can't read “%s” as a number. Write it like 15 or 15.5."), "input"),
	"link.unreadable":  says(text.Msg("“%s” is no link. It begins with https://."), "input"),
	"option.unknown":   says(text.Msg("“%s” is none of the answers. Choose one:"), "input"),
	"option.ambiguous": says(text.Msg("“%s” can be more than one answer. Which one?"), "input"),
	"process.unknown":  says(text.Msg("There is no process “%s”. `%sprocess` shows those that there are."), "process", "slash"),
}
