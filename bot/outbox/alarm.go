package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/text"
	"pipewright/store"
)

// alarmKind is the Kind of the outbox's own messages to the admins.
const alarmKind = "alarm"

// alarmBody is frozen when the alarm is enqueued.
type alarmBody struct {
	Channel string `json:"channel"`
	Why     string `json:"why"`
	Locale  string `json:"locale"`
}

// alarm tells the admins that a message was set aside: at most once an hour and
// person, whatever the number of replicas.
func (b *Outbox) alarm(ctx context.Context, o store.Outbound, why string) {
	now := b.Now()
	err := b.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, admin := range b.Admins {
			person, err := tx.Person(ctx, admin)
			if err != nil {
				return err
			}
			settings, err := tx.Settings(ctx, admin)
			if err != nil {
				return err
			}
			locale := person.Locale
			if settings.Lang != "" {
				locale = settings.Lang
			}
			body, err := json.Marshal(alarmBody{Channel: o.Channel, Why: why, Locale: locale})
			if err != nil {
				return err
			}
			key := fmt.Sprintf("alarm:%s:%s", admin, now.UTC().Truncate(time.Hour).Format("2006-01-02T15"))
			err = tx.Enqueue(ctx, store.Outbound{Key: key, Kind: alarmKind, Channel: admin, Body: body})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Log.Error("outbox: the admins were not told about a dead letter", "id", o.ID, "error", err)
	}
}

// RenderAlarm renders a message to an admin; the renderer hands rows of kind
// "alarm" to it.
func RenderAlarm(o store.Outbound) (view.Message, error) {
	var a alarmBody
	if err := json.Unmarshal(o.Body, &a); err != nil {
		return view.Message{}, err
	}
	where := "<#" + a.Channel + ">"
	if isUser(a.Channel) {
		where = "<@" + a.Channel + ">"
	}
	p := text.For(a.Locale, nil)
	return view.Message{Text: p.T("A message to %s could not be delivered and was set aside: %s. `pipewright doctor` on the server shows all of them and what to do.", where, text.Escape(a.Why))}, nil
}
