package main

import (
	"context"
	"fmt"

	"pipewright/bot/outbox"
	"pipewright/handlers"
	"pipewright/handlers/view"
	"pipewright/reports"
	"pipewright/store"
)

// renderer hands each row of the outbox to what can render it.
type renderer struct{ app *handlers.App }

// Render renders the row from the state at this moment.
func (r renderer) Render(ctx context.Context, o store.Outbound) (view.Message, error) {
	switch o.Kind {
	case "card":
		return r.app.RenderCard(ctx, o.Subject, o.Channel)
	case "history":
		return r.app.RenderHistory(ctx, o.Body)
	case "post":
		return r.app.RenderPost(o.Body)
	case "picture":
		return r.app.RenderPicture(o.Body)
	case "digest":
		m, err := reports.RenderDigest(o.Body)
		return view.Message{Text: m.Text, Blocks: m.Blocks, Plain: m.Plain}, err
	case "alarm":
		return outbox.RenderAlarm(o)
	}
	return view.Message{}, fmt.Errorf("nothing renders a message of kind %q", o.Kind)
}
