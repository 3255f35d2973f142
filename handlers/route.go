package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// Route is one subcommand. It declares its own help, so that what people are
// told, the README and the manifest cannot drift from what there is.
type Route struct {
	Command  string   // "deal"
	Verb     string   // "advance"; "" is the command without a verb
	Also     []string // other words for the verb, Chinese ones among them
	Args     string   // "REF [to STAGE]"; English, marked with text.Msg
	About    string   // one line; English, marked with text.Msg
	Examples []string // what to type after the slash, "deal advance acme"; marked with text.Msg when they differ by language
	Run      func(a *App, ctx context.Context, c *Call) (Reply, error)
}

// handler answers an action, a form, a shortcut, an options request or an event.
type handler func(a *App, ctx context.Context, c *Call) (Reply, error)

// book is what one noun contributes: its file fills one and names it in nouns.
type book struct {
	routes      []Route
	actions     map[string]handler // by action_id
	submissions map[string]handler // by callback_id
	shortcuts   map[string]handler // by callback_id
	options     map[string]handler // by action_id
	events      map[string]handler // by type
	refusals    map[string]wording // by sales.Error.Code
	cards       map[string]drawing // by the subject's kind: "deal"
	changed     reaction           // nil, or what follows from every change of a deal
	timed       timed              // what comes due by itself
}

// drawing draws the card of a subject, named by what follows its kind, as it stands in the channel.
type drawing func(a *App, ctx context.Context, name, channel string) (view.Message, error)

// numbered draws the cards of a noun whose subjects are named by their ids.
func numbered(draw func(a *App, ctx context.Context, id int64, channel string) (view.Message, error)) drawing {
	return func(a *App, ctx context.Context, name, channel string) (view.Message, error) {
		id, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			return view.Message{}, fmt.Errorf("card of %q: %w", name, err)
		}
		return draw(a, ctx, id, channel)
	}
}

// reaction is what a noun does about changes of a deal, in their transaction.
// It sees the deal as it is afterwards; events are in the order in which they happened.
type reaction func(a *App, ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, events []sales.Event) error

// Routes returns every subcommand, in the order of help.
func Routes() []Route { return slices.Clone(routes) }

func find(pick func(book) map[string]handler, name string) (handler, bool) {
	for _, b := range nouns() {
		if h, ok := pick(b)[name]; ok {
			return h, true
		}
	}
	return nil, false
}

// verb returns the command's route for the word, matched without case.
func verb(command, word string) (Route, bool) {
	word = fold(word)
	for _, r := range routes {
		if r.Command == command && (r.Verb == word || slices.ContainsFunc(r.Also, func(w string) bool { return foldedName(w) == word })) {
			return r, true
		}
	}
	return Route{}, false
}
