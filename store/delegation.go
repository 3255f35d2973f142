package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"pipewright/internal/sales"
)

type delegationRow struct {
	ID       int64
	Approver string
	Delegate string
	Begins   sql.NullInt64
	Ends     sql.NullInt64
	Why      string
	MadeBy   string `db:"made_by"`
	Made     sql.NullInt64
	Begun    bool
}

func (d delegationRow) delegation() sales.Delegation {
	return sales.Delegation{
		ID: d.ID, Approver: d.Approver, Delegate: d.Delegate, From: fromMillis(d.Begins), Until: fromMillis(d.Ends), Why: d.Why,
		By: d.MadeBy, At: fromMillis(d.Made), Begun: d.Begun,
	}
}

const (
	delegationColumns   = `id, approver, delegate, begins, ends, why, made_by, made, begun`
	delegationsSQL      = `SELECT ` + delegationColumns + ` FROM delegation WHERE over IS NULL ORDER BY id`
	insertDelegationSQL = `INSERT INTO delegation (approver, delegate, begins, ends, why, made_by, made, begun)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`
	beginDelegationSQL = `UPDATE delegation SET begun = TRUE WHERE id = ? AND NOT begun AND over IS NULL`
	endDelegationSQL   = `UPDATE delegation SET over = ? WHERE id = ? AND over IS NULL`
)

// delegations returns those that are not over.
func (r *Reader) delegations(ctx context.Context) ([]sales.Delegation, error) {
	var rows []delegationRow
	if err := r.all(ctx, &rows, delegationsSQL); err != nil {
		return nil, wrap("read the delegations", err)
	}
	var out []sales.Delegation
	for _, row := range rows {
		out = append(out, row.delegation())
	}
	return out, nil
}

// Arrange makes the delegation that arrange returns for the organisation as it is now, and
// gives it its number. Nobody else changes the organisation until the transaction ends.
func (tx *Tx) Arrange(ctx context.Context, arrange func(o *sales.Organisation) (sales.Delegation, error)) (sales.Delegation, error) {
	o, err := tx.lockedOrganisation(ctx)
	if err != nil {
		return sales.Delegation{}, err
	}
	d, err := arrange(o)
	if err != nil {
		return d, err
	}
	d.From, d.Until, d.At, d.Why = stored(d.From), stored(d.Until), stored(d.At), clean(d.Why)
	_, err = tx.get(ctx, &d.ID, insertDelegationSQL,
		d.Approver, d.Delegate, millis(d.From), millis(d.Until), d.Why, d.By, millis(d.At), d.Begun)
	if err != nil {
		return d, wrap("save a delegation", err)
	}
	if err := tx.logOrganisation(ctx, sales.Delegated, d.By, d.At, d); err != nil {
		return d, err
	}
	return d, tx.membersChanged(ctx)
}

// BeginDelegation notes that the delegation was given effect. NotFound "delegation.over" when it
// was before, or is over.
func (tx *Tx) BeginDelegation(ctx context.Context, id int64) error {
	if _, err := tx.lockedOrganisation(ctx); err != nil {
		return err
	}
	n, err := tx.exec(ctx, beginDelegationSQL, id)
	if err != nil {
		return wrap("begin a delegation", err)
	}
	if n == 0 {
		return sales.Refuse(sales.NotFound, "delegation.over", "id", id)
	}
	return tx.membersChanged(ctx)
}

// EndDelegation ends the delegation if may, which is shown it, has no objection. The actor ""
// is the end of its period. NotFound "delegation.over" when it is over.
func (tx *Tx) EndDelegation(ctx context.Context, id int64, actor string, now time.Time, may func(sales.Delegation) error) (sales.Delegation, error) {
	o, err := tx.lockedOrganisation(ctx)
	if err != nil {
		return sales.Delegation{}, err
	}
	for _, d := range o.Delegations {
		if d.ID != id {
			continue
		}
		if err := may(d); err != nil {
			return d, err
		}
		if _, err := tx.exec(ctx, endDelegationSQL, millis(now), id); err != nil {
			return d, wrap("end a delegation", err)
		}
		if err := tx.logOrganisation(ctx, sales.DelegationEnded, actor, now, d); err != nil {
			return d, err
		}
		return d, tx.membersChanged(ctx)
	}
	return sales.Delegation{}, sales.Refuse(sales.NotFound, "delegation.over", "id", id)
}

// lockedOrganisation is the organisation as it is now; nobody else changes it until the transaction ends.
func (tx *Tx) lockedOrganisation(ctx context.Context) (*sales.Organisation, error) {
	if err := tx.lock(ctx, lockMap); err != nil {
		return nil, err
	}
	tx.heads = nil
	return tx.Organisation(ctx)
}

const insertOrganisationEventSQL = `INSERT INTO organisation_event (version, at, actor, type, data)
	VALUES ((SELECT COALESCE(MAX(version), 0) + 1 FROM organisation_event), ?, ?, ?, ?)`

// logOrganisation appends to the organisation's log, under the lock of the map.
func (tx *Tx) logOrganisation(ctx context.Context, kind sales.EventType, actor string, at time.Time, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, insertOrganisationEventSQL, millis(at), actor, string(kind), string(text))
	return wrap("write the organisation's log", err)
}
