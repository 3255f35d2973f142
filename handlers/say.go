package handlers

import (
	"context"
	"encoding/json"
	"fmt"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

func dealSubject(id int64) string { return fmt.Sprintf("deal:%d", id) }

// dealChannel is where the deal's card stands: its team's channel, or the one for
// all deals; "" when there is none, as for a private team without a channel.
func (a *App) dealChannel(org *sales.Organisation, d sales.Deal) string {
	team, ok := org.Team(d.Team)
	switch {
	case ok && team.Channel != "":
		return team.Channel
	case ok && team.Private:
		return ""
	}
	return a.DealsChannel
}

// changed says in Slack that a deal changed: its card is drawn anew wherever it
// stands, each event becomes a line in its thread, and other nouns do their part.
func (a *App) changed(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, events []sales.Event) error {
	if err := a.card(ctx, tx, k); err != nil {
		return err
	}
	for _, e := range events {
		if e.Type == sales.Requested {
			continue // the request's own card stands in the thread
		}
		if err := a.history(ctx, tx, k, e.Version); err != nil {
			return err
		}
	}
	for _, b := range nouns() {
		if b.changed == nil {
			continue
		}
		if err := b.changed(a, ctx, tx, c, k, events); err != nil {
			return err
		}
	}
	return nil
}

// card makes the deal's card stand in its channel, and has it drawn anew everywhere.
func (a *App) card(ctx context.Context, tx *store.Tx, k *sales.Case) error {
	subject := dealSubject(k.Deal.ID)
	if channel := a.dealChannel(k.Org, k.Deal); channel != "" {
		return tx.Show(ctx, subject, channel)
	}
	return tx.Refresh(ctx, subject)
}

// historyBody is the frozen part of a line in a deal's thread.
type historyBody struct {
	Deal    int64 `json:"deal"`
	Version int   `json:"version"`
}

// history enqueues the line for one event in the thread of the deal's card.
func (a *App) history(ctx context.Context, tx *store.Tx, k *sales.Case, version int) error {
	channel := a.dealChannel(k.Org, k.Deal)
	if channel == "" {
		return nil
	}
	return EnqueueHistory(ctx, tx, k.Deal.ID, version, channel)
}

// EnqueueHistory has the event of that version told in the thread of the deal's card in the channel.
func EnqueueHistory(ctx context.Context, tx *store.Tx, deal int64, version int, channel string) error {
	body, err := json.Marshal(historyBody{deal, version})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, store.Outbound{
		Key:  fmt.Sprintf("history:%d:%d", deal, version),
		Kind: "history", Channel: channel, Under: dealSubject(deal), Body: body,
	})
}

// direct enqueues a direct message. It is frozen as it is: whoever builds it writes
// in that person's language (see printerOf).
func (a *App) direct(ctx context.Context, tx *store.Tx, key, user string, r Reply) error {
	body, err := r.encode()
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, store.Outbound{Key: key, Kind: "post", Channel: user, Body: body})
}

// inPlace makes an answer take the place of the message that was clicked, if only
// this person sees that, or of the modal: what it asked is answered.
func (c *Call) inPlace(r Reply) Reply {
	answered := r.Text != "" || len(r.Blocks) > 0
	r.Replace = c.Kind == Action && answered && (c.Ephemeral || c.View.ID != "")
	return r
}

// distinct makes a form that takes the place of a modal differ in its name from
// whatever was sent in that modal before: what was sent under the same view and name
// counts as the same form, and the first answer would be given again.
func (c *Call) distinct(r Reply) Reply {
	if r.Modal != nil && !r.Push && c.View.ID != "" && c.View.Hash != "" {
		r.Modal.CallbackID += ":" + text.Truncate(c.View.Hash, 100)
	}
	return r
}
