package store

import (
	"context"
	"database/sql"
	"time"

	"pipewright/internal/sales"
)

// Subscription is who gets which report where and when.
type Subscription struct {
	ID           int64
	Report       string
	Process      string
	Channel      string // channel's id, or a user's for a DM
	Owner        string // who subscribed
	Team         string // "" is all
	Lang         string
	Zone         string // IANA name
	Every        string // "daily", "weekly", "monthly"
	Weekday      time.Weekday
	Hour, Minute int
	Paused       bool
	Created      time.Time
}

type subscriptionRow struct {
	ID      int64
	Report  string
	Process string
	Channel string
	Owner   string
	Team    string
	Lang    string
	Zone    string
	Every   string
	Weekday int
	Hour    int
	Minute  int
	Paused  bool
	Created sql.NullInt64
}

const (
	subscriptionsSQL = `SELECT id, report, process, channel, owner, team, lang, zone, every, weekday, hour, minute, paused, created
		FROM subscription ORDER BY id`
	insertSubscriptionSQL = `INSERT INTO subscription
		(report, process, channel, owner, team, lang, zone, every, weekday, hour, minute, paused, created)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`
	updateSubscriptionSQL = `UPDATE subscription SET report = ?, process = ?, channel = ?, owner = ?, team = ?, lang = ?, zone = ?,
		every = ?, weekday = ?, hour = ?, minute = ?, paused = ?, created = ? WHERE id = ?`
	deleteSubscriptionSQL = `DELETE FROM subscription WHERE id = ?`
	deleteSlotsSQL        = `DELETE FROM slot WHERE subscription = ?`
)

// Subscriptions returns all of them, in the order in which they were made.
func (r *Reader) Subscriptions(ctx context.Context) ([]Subscription, error) {
	var rows []subscriptionRow
	if err := r.all(ctx, &rows, subscriptionsSQL); err != nil {
		return nil, wrap("read the subscriptions", err)
	}
	out := make([]Subscription, len(rows))
	for i, s := range rows {
		out[i] = Subscription{
			s.ID, s.Report, s.Process, s.Channel, s.Owner, s.Team, s.Lang, s.Zone, s.Every, time.Weekday(s.Weekday), s.Hour,
			s.Minute, s.Paused, fromMillis(s.Created),
		}
	}
	return out, nil
}

// SaveSubscription adds a subscription (ID 0) and gives it its id, or changes one. NotFound "subscription.unknown".
func (tx *Tx) SaveSubscription(ctx context.Context, s Subscription) (Subscription, error) {
	args := []any{
		s.Report, s.Process, s.Channel, s.Owner, s.Team, s.Lang, s.Zone, s.Every, int(s.Weekday), s.Hour, s.Minute, s.Paused,
		millis(s.Created),
	}
	if s.ID == 0 {
		_, err := tx.get(ctx, &s.ID, insertSubscriptionSQL, args...)
		return s, wrap("save a subscription", err)
	}
	n, err := tx.exec(ctx, updateSubscriptionSQL, append(args, s.ID)...)
	if err == nil && n == 0 {
		return s, sales.Refuse(sales.NotFound, "subscription.unknown", "id", s.ID)
	}
	return s, wrap("save a subscription", err)
}

// DeleteSubscription ends a subscription. NotFound "subscription.unknown".
func (tx *Tx) DeleteSubscription(ctx context.Context, id int64) error {
	n, err := tx.exec(ctx, deleteSubscriptionSQL, id)
	if err != nil {
		return wrap("end a subscription", err)
	}
	if n == 0 {
		return sales.Refuse(sales.NotFound, "subscription.unknown", "id", id)
	}
	_, err = tx.exec(ctx, deleteSlotsSQL, id)
	return wrap("end a subscription", err)
}

const (
	// Periods of one form sort as text; those of a rhythm that a subscription had before are of another length.
	lastSlotsSQL = `SELECT id, COALESCE((SELECT slot FROM slot WHERE subscription = s.id
		AND LENGTH(slot) = CASE s.every WHEN 'daily' THEN 10 WHEN 'weekly' THEN 8 ELSE 7 END ORDER BY slot DESC LIMIT 1), '') AS slot
		FROM subscription s`
	claimSlotSQL = `INSERT INTO slot (subscription, slot, claimed) VALUES (?, ?, ?) ON CONFLICT (subscription, slot) DO NOTHING`
)

// LastSlots returns the latest period of each subscription, of its present rhythm, that was claimed; "" when none was.
func (r *Reader) LastSlots(ctx context.Context) (map[int64]string, error) {
	var rows []struct {
		ID   int64
		Slot string
	}
	err := r.all(ctx, &rows, lastSlotsSQL)
	out := make(map[int64]string, len(rows))
	for _, row := range rows {
		out[row.ID] = row.Slot
	}
	return out, wrap("read the last slots", err)
}

// ClaimSlot claims one period of the subscription, such as "2026-W47"; false when somebody has it.
func (tx *Tx) ClaimSlot(ctx context.Context, sub int64, slot string, now time.Time) (bool, error) {
	n, err := tx.exec(ctx, claimSlotSQL, sub, slot, now.UnixMilli())
	return n == 1, wrap("claim a slot", err)
}
