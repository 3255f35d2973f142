package handlers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// App answers intents.
type App struct {
	Store        *store.Store
	Log          *slog.Logger
	DealsChannel string           // where cards go when the team has no channel of its own
	Locale       string           // the workspace's language, for channels
	Zone         *time.Location   // for channels
	Prefix       string           // before every slash command, for workspaces where /deal is taken
	Bot          string           // the bot's own user id
	Workspace    string           // its address, "https://team.slack.com/", for links; "" makes none
	Clock        func() time.Time // business time for what is drawn at delivery; nil is the real time
	Directory    Directory        // Slack's people, asked when the mirror does not know or is too old
}

// Directory fetches people and user groups from Slack. It is only asked
// outside transactions.
type Directory interface {
	Profile(ctx context.Context, user string) (Profile, error)
	GroupMembers(ctx context.Context, group string) ([]string, error)
}

// Call is an intent on its way through a handler: who acts, in which language
// they read, and the words that are still to be read.
type Call struct {
	Intent
	text.Printer
	Person   store.Person
	Settings store.Settings
	Words    []Word       // after the command and its verb
	Sure     bool         // confirmed what was asked back
	gap      int          // where in Text a deal that was left out belongs
	closed   bool         // a deal that is sought by name is rather a closed one
	resting  bool         // one that waits or rests
	within   []sales.Deal // found by letters in the middle of a word: something else may be meant
	asked    string       // the line that was typed or run, "" for forms and the buttons of cards
	home     bool         // it was done in Home, or in a form that was opened there
}

// Handle answers one intent. The error is only for what could not be taken at
// all, so that it is not acknowledged; a refusal is a Reply.
func (a *App) Handle(ctx context.Context, in Intent) (Reply, error) {
	call, err := a.call(ctx, in.legible())
	if err != nil {
		return Reply{}, err
	}
	reply, err := a.dispatch(ctx, call)
	if err == nil {
		return a.atHome(ctx, call, reply), nil
	}
	if reply, err = a.refusal(ctx, call, err); err != nil {
		return Reply{}, err
	}
	reply, err = a.keep(ctx, call, call.inPlace(reply))
	return a.atHome(ctx, call, reply), err
}

// call finds out who acts and how they read.
func (a *App) call(ctx context.Context, in Intent) (*Call, error) {
	call := &Call{Intent: in}
	call.home = call.fromHome()
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		call.Person, call.Settings, err = r.PersonWithSettings(ctx, in.User)
		return err
	})
	if err != nil {
		return nil, err
	}
	if call.Person.Seen.IsZero() && in.User != "" && a.Directory != nil {
		call.Person = a.meet(ctx, in.User, in.Now)
	}
	call.Printer = a.printerFor(call.Person, call.Settings)
	return call, nil
}

// meet asks Slack about somebody who is not in the mirror yet. When Slack does
// not answer, the person is spoken to in the workspace's language meanwhile.
func (a *App) meet(ctx context.Context, user string, now time.Time) store.Person {
	person := store.Person{ID: user, Name: user, Locale: a.Locale}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	p, err := a.Directory.Profile(ctx, user)
	if err != nil {
		a.Log.WarnContext(ctx, "people: Slack does not say who this is", "user", user, "error", err)
		return person
	}
	person = store.Person{ID: p.ID, Name: p.Name, RealName: p.RealName, Locale: p.Locale, TZ: p.TZ, Bot: p.Bot, Deleted: p.Deleted, Seen: now}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SavePeople(ctx, []store.Person{person}, now)
	})
	if err != nil {
		a.Log.WarnContext(ctx, "people: cannot be kept", "user", user, "error", err)
	}
	return person
}

func (a *App) printerFor(p store.Person, s store.Settings) text.Printer {
	locale := p.Locale
	if locale == "" {
		locale = a.Locale
	}
	if s.Lang != "" {
		locale = s.Lang
	}
	loc := text.Zone(p.TZ)
	if loc == nil {
		loc = a.Zone
	}
	return text.For(locale, loc)
}

// Channel speaks the workspace's language, for everything that stands in a channel.
func (a *App) Channel() text.Printer { return text.For(a.Locale, a.Zone) }

// decide runs a use case in one transaction under the intent's key: the same
// payload again gets the first reply and has no second effect. A refusal comes back
// as an error, which Handle puts into words and keeps.
func (a *App) decide(ctx context.Context, c *Call, fn func(ctx context.Context, tx *store.Tx) (Reply, error)) (Reply, error) {
	var reply Reply
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept, done, _, err := tx.Seen(ctx, c.Key)
		if err != nil {
			return err
		}
		if done {
			reply, err = decodeReply(kept)
			return err
		}
		if reply, err = fn(ctx, tx); err != nil {
			return err
		}
		return a.remember(ctx, tx, c, reply)
	})
	var e *sales.Error
	if err != nil && !errors.As(err, &e) {
		return Reply{}, &notTaken{err}
	}
	return reply, err
}

// notTaken is a failure to commit: what was asked for is not acknowledged.
type notTaken struct{ error }

func (e *notTaken) Unwrap() error { return e.error }

// keep remembers a refusal under the intent's key, or a replay an hour later
// would do what was refused. A form that was refused is sent again under the same
// key, and what changes nothing has none.
func (a *App) keep(ctx context.Context, c *Call, reply Reply) (Reply, error) {
	if c.Key == "" || c.Kind == Submission || c.Kind == Options || c.Kind == Event {
		return reply, nil
	}
	return a.decide(ctx, c, func(context.Context, *store.Tx) (Reply, error) { return reply, nil })
}

func (a *App) remember(ctx context.Context, tx *store.Tx, c *Call, r Reply) error {
	kept, err := r.encode()
	if err != nil {
		return err
	}
	return tx.MarkDone(ctx, c.Key, kept, c.Now)
}
