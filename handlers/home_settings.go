package handlers

import (
	"context"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// settle changes what the person chose, in one transaction.
func (a *App) settle(ctx context.Context, c *Call, change func(s *store.Settings), done func(s store.Settings) Reply) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		s, err := tx.ChangeSettings(ctx, c.User, change)
		if err != nil {
			return Reply{}, err
		}
		return done(s), redrawHome(ctx, tx, c.User)
	})
}

// silently answers nothing: what was chosen shows in Home.
func silently(store.Settings) Reply { return Reply{} }

func (a *App) clickIntro(ctx context.Context, c *Call) (Reply, error) {
	return a.settle(ctx, c, func(s *store.Settings) { s.HomeSeen = c.Value != "show" }, silently)
}

// chooseLanguage sets the language that the person is spoken to in, and that of the
// digests in their direct messages.
func (a *App) chooseLanguage(ctx context.Context, c *Call) (Reply, error) {
	lang := c.Value
	switch lang {
	case view.SlackLanguage:
		lang = ""
	case "en", "zh":
	default:
		return Reply{}, sales.Refuse(sales.NotFound, "button.old")
	}
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		s, err := tx.ChangeSettings(ctx, c.User, func(s *store.Settings) { s.Lang = lang })
		if err != nil {
			return Reply{}, err
		}
		return Reply{}, translateDigests(ctx, tx, c.User, a.printerFor(c.Person, s).Lang())
	})
}

func translateDigests(ctx context.Context, tx *store.Tx, user, lang string) error {
	subs, err := tx.Subscriptions(ctx)
	if err != nil {
		return err
	}
	for _, s := range subs {
		if s.Channel != user || s.Lang == lang {
			continue
		}
		s.Lang = lang
		if _, err := tx.SaveSubscription(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// reminders is which of the ways to be reminded the person chose.
func reminders(s store.Settings) string {
	switch {
	case s.Daily:
		return view.RemindersDaily
	case s.Muted:
		return view.RemindersMute
	}
	return view.RemindersDue
}

func (a *App) chooseReminders(ctx context.Context, c *Call) (Reply, error) {
	return a.settle(ctx, c, func(s *store.Settings) { remind(s, c.Value) }, silently)
}

// remind sets one of the ways to be reminded; any choice ends a snooze.
func remind(s *store.Settings, choice string) {
	s.Daily, s.Muted = choice == view.RemindersDaily, choice == view.RemindersMute
	s.Snoozed = store.Settings{}.Snoozed
}
