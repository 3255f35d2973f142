package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"pipewright/internal/sales"
)

// The log is the truth, and the rows of deals, approvals and delegations are made from it. A deal's row must be what
// its folded log amounts to. How people and roles stood at a decision is in no log, so that requests cannot be
// folded: the last event of each holds the digest of its row instead, and the chain holds the event.

// digest is what the last event of a request keeps of its row; the values are those of approvalValues.
func digest(values []any) (string, error) {
	text, err := json.Marshal(values[1:]) // behind the deal, which has another id after an import
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:16]), err
}

// sign gives the last of the events the digest of the row of its request.
func sign(events []sales.Event, values []any) error {
	if n := len(events); n > 0 && sales.OfApproval(events[n-1].Type) {
		sum, err := digest(values)
		events[n-1].Data.Digest = sum
		return err
	}
	return nil
}

// values are the row's columns as approvalValues gives them.
func (r *approvalRow) values() []any {
	return []any{
		r.Deal, r.Episode, r.Kind, r.Version, r.Requester, r.At, r.Form, r.State, r.Steps, r.Ended, r.Map, r.Expire, r.Questions, r.Facts,
	}
}

const (
	logsSQL     = `SELECT deal, version, at, actor, type, data FROM event ORDER BY deal, version`
	rowsSQL     = `SELECT ` + dealColumns + ` FROM deal ORDER BY id`
	requestsSQL = `SELECT ` + approvalColumns + ` FROM approval ORDER BY id`
)

// told is what the log tells of a request.
type told struct {
	deal   int64
	digest string // "" when it was written before events held digests
}

// compareRows finds the first row of a deal or a request that is not what the log says.
func (r *Reader) compareRows(ctx context.Context, report *AuditReport) error {
	deals, requests, err := r.replay(ctx)
	if err != nil {
		return err
	}
	broken := func(b Break) {
		if report.Broken == nil {
			report.Broken = &b
		}
	}
	err = each(ctx, r.session, func(row *dealRow) error {
		sum, err := rowSum(row)
		if want, known := deals[row.ID]; err == nil && (!known || want != sum) {
			broken(Break{Deal: row.ID, What: BreakRow})
		}
		return err
	}, rowsSQL)
	if err != nil {
		return err
	}
	err = each(ctx, r.session, func(row *approvalRow) error {
		sum, err := digest(row.values())
		want, known := requests[row.ID]
		if !known || want.deal != row.Deal || want.digest != "" && want.digest != sum {
			broken(Break{Deal: row.Deal, Approval: row.ID, What: BreakRow})
		}
		delete(requests, row.ID)
		return err
	}, requestsSQL)
	for id, t := range requests {
		broken(Break{Deal: t.deal, Approval: id, What: BreakRow}) // the row is gone
	}
	return err
}

// replay folds the log of every deal, one after the other: a hundred thousand of them would not fit into memory.
func (r *Reader) replay(ctx context.Context) (deals map[int64][32]byte, requests map[int64]told, err error) {
	deals, requests = map[int64][32]byte{}, map[int64]told{}
	var log []sales.Event
	fold := func() error {
		if len(log) == 0 {
			return nil
		}
		sum, err := dealSum(sales.Fold(log).Deal)
		deals[log[0].Deal], log = sum, log[:0]
		return err
	}
	err = each(ctx, r.session, func(row *eventRow) error {
		e, err := row.event()
		if err != nil {
			return err
		}
		if len(log) > 0 && log[0].Deal != e.Deal {
			if err := fold(); err != nil {
				return err
			}
		}
		log = append(log, e)
		if sales.OfApproval(e.Type) && e.Data.Approval != 0 {
			requests[e.Data.Approval] = told{e.Deal, e.Data.Digest}
		}
		return nil
	}, logsSQL)
	if err == nil {
		err = fold()
	}
	return deals, requests, err
}

func rowSum(row *dealRow) ([32]byte, error) {
	d, err := row.deal()
	if err != nil {
		return [32]byte{}, err
	}
	return dealSum(d)
}

// dealSum is the same for a deal and what was stored of it.
func dealSum(d sales.Deal) ([32]byte, error) {
	values, err := dealValues(d, 0)
	if err != nil {
		return [32]byte{}, err
	}
	for i, v := range values {
		if s, ok := v.(string); ok {
			values[i] = clean(s)
		}
	}
	text, err := json.Marshal(values)
	return sha256.Sum256(text), err
}

const (
	organisationLogSQL = `SELECT version, at, type, data FROM organisation_event ORDER BY version`
	allDelegationsSQL  = `SELECT ` + delegationColumns + `, over FROM delegation ORDER BY id`
)

type endedRow struct {
	delegationRow
	Over sql.NullInt64
}

// made is a delegation and when it ended. Whether it has begun is in no log.
type made struct {
	delegation sales.Delegation
	over       sql.NullInt64
}

// compareDelegations finds the first row of a delegation that is not what the organisation's log says.
func (r *Reader) compareDelegations(ctx context.Context, report *AuditReport) error {
	var log []eventRow
	if err := r.all(ctx, &log, organisationLogSQL); err != nil {
		return err
	}
	if n := len(log); n > 0 && log[n-1].Version != n {
		report.Broken = &Break{Version: log[n-1].Version, What: BreakMissing}
		return nil
	}
	want, err := arranged(log)
	if err != nil {
		return err
	}
	broken := func(id int64) {
		if report.Broken == nil {
			report.Broken = &Break{Delegation: id, What: BreakRow}
		}
	}
	err = each(ctx, r.session, func(row *endedRow) error {
		row.Begun = false
		is := made{row.delegation(), row.Over}
		if was, known := want[row.ID]; !known || was != is {
			broken(row.ID)
		}
		delete(want, row.ID)
		return nil
	}, allDelegationsSQL)
	for _, id := range slices.Sorted(maps.Keys(want)) {
		broken(id) // the row is gone
	}
	return err
}

// arranged are the delegations that the organisation's log tells of, by number.
func arranged(log []eventRow) (map[int64]made, error) {
	out := map[int64]made{}
	for _, e := range log {
		var d sales.Delegation
		if err := json.Unmarshal([]byte(e.Data), &d); err != nil {
			return nil, fmt.Errorf("read event %d of the organisation: %w", e.Version, err)
		}
		switch sales.EventType(e.Type) {
		case sales.Delegated:
			out[d.ID] = made{delegation: d}
		case sales.DelegationEnded:
			out[d.ID] = made{out[d.ID].delegation, e.At}
		}
	}
	return out, nil
}
