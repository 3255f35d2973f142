package store

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"pipewright/internal/sales"
)

// The log is the truth, and the rows of deals and approvals are made from it. A deal's row must be what
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
