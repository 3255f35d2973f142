package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

const sealAtOnce = 100 // commands wait for the writer meanwhile: a few milliseconds

const (
	unsealedSQL = `SELECT deal, version, at, actor, type, data FROM event WHERE pos IS NULL AND (deal, version) > (?, ?)
		ORDER BY deal, version LIMIT ?`
	sealSQL = `WITH seal (deal, version, pos, hash) AS (VALUES %s)
		UPDATE event SET pos = seal.pos, hash = seal.hash FROM seal WHERE event.deal = seal.deal AND event.version = seal.version`
	sealRow                 = `, (CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS %s))`
	headSQL                 = `SELECT pos, hash FROM audit_head WHERE id = 1`
	unsealedOrganisationSQL = `SELECT CAST(0 AS BIGINT) AS deal, version, at, actor, type, data FROM organisation_event WHERE pos IS NULL
		ORDER BY version LIMIT ?`
	sealOrganisationSQL = `UPDATE organisation_event SET pos = ?, hash = ? WHERE version = ?`
	moveHeadSQL         = `UPDATE audit_head SET pos = ?, hash = ? WHERE id = 1`
)

type auditHead struct {
	Pos  int64
	Hash []byte
}

// canonical is what is hashed of an event. Data are the bytes that are stored, so
// that a later version of the program hashes the same.
type canonical struct {
	Pos     int64           `json:"pos"`
	Deal    int64           `json:"deal"`
	Version int             `json:"version"`
	At      int64           `json:"at"`
	Actor   string          `json:"actor"`
	Type    string          `json:"type"`
	Data    json.RawMessage `json:"data"`
}

// chain returns the hash of the event at the position: SHA-256 over the former hash and the event.
func chain(former []byte, pos int64, e *eventRow) ([]byte, error) {
	text, err := json.Marshal(canonical{pos, e.Deal, e.Version, e.At.Int64, e.Actor, e.Type, json.RawMessage(e.Data)})
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write(former)
	h.Write(text)
	return h.Sum(nil), nil
}

// append moves the head on to the event.
func (h *auditHead) append(e *eventRow) (err error) {
	h.Pos++
	h.Hash, err = chain(h.Hash, h.Pos, e)
	return err
}

// Seal gives committed events their position and hash, in batches, and returns
// how many they were. Published imports are adopted first.
func (s *Store) Seal(ctx context.Context, now time.Time) (int, error) {
	if err := s.adopt(ctx); err != nil {
		return 0, wrap("adopt an import", err)
	}
	total := 0
	var after eventRow // going on behind the last saves walking over the dead entries of PostgreSQL's index
	for {
		var rows []eventRow
		n := 0
		err := s.InTx(ctx, func(ctx context.Context, tx *Tx) (err error) {
			rows, n, err = tx.seal(ctx, after)
			return err
		})
		total += n
		if err != nil || len(rows) < sealAtOnce {
			return total, wrap("seal the audit chain", err)
		}
		after = rows[len(rows)-1]
	}
}

// seal seals the next events of deals behind the given one and some of the organisation. It
// returns the former, and how many all are.
func (tx *Tx) seal(ctx context.Context, after eventRow) (rows []eventRow, n int, err error) {
	if err := tx.lock(ctx, lockSealer); err != nil {
		return nil, 0, err
	}
	var head auditHead
	if _, err := tx.get(ctx, &head, headSQL); err != nil {
		return nil, 0, err
	}
	if err := tx.all(ctx, &rows, unsealedSQL, after.Deal, after.Version, sealAtOnce); err != nil {
		return nil, 0, err
	}
	var args []any
	for i := range rows {
		if err := head.append(&rows[i]); err != nil {
			return nil, 0, err
		}
		args = append(args, rows[i].Deal, rows[i].Version, head.Pos, head.Hash)
		if len(args) == 4*bulkRows || i == len(rows)-1 {
			if _, err := tx.exec(ctx, tx.dialect.sealing(len(args)/4), args...); err != nil {
				return nil, 0, err
			}
			args = nil
		}
	}
	own, err := tx.sealOrganisation(ctx, &head)
	if n = len(rows) + own; err != nil || n == 0 {
		return rows, n, err
	}
	_, err = tx.exec(ctx, moveHeadSQL, head.Pos, head.Hash)
	return rows, n, err
}

// sealOrganisation seals what happened to the organisation, and returns how many events that were.
func (tx *Tx) sealOrganisation(ctx context.Context, head *auditHead) (int, error) {
	var rows []eventRow
	if err := tx.all(ctx, &rows, unsealedOrganisationSQL, sealAtOnce); err != nil {
		return 0, err
	}
	for i := range rows {
		if err := head.append(&rows[i]); err != nil {
			return 0, err
		}
		if _, err := tx.exec(ctx, sealOrganisationSQL, head.Pos, head.Hash, rows[i].Version); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// sealing is the statement that seals n events.
func (d dialect) sealing(n int) string {
	blob := map[dialect]string{sqliteDialect: "BLOB", postgresDialect: "BYTEA"}[d]
	return fmt.Sprintf(sealSQL, strings.Repeat(fmt.Sprintf(sealRow, blob), n)[2:])
}

// AuditReport is what VerifyAudit found.
type AuditReport struct {
	Events   int    // sealed ones
	Unsealed int    // committed, but not in the chain yet
	Head     string // hash of the last one, to be noted outside
	Broken   *Break // the first place that does not hold; nil when all does
}

// Break is a place where the log is not what was written.
type Break struct {
	Pos     int64 // in the chain; 0 when the event is not in it
	Deal    int64 // 0 for an event of the organisation, or an unknown one
	Version int
	What    BreakKind

	// For BreakRow: whose row does not hold; with neither it is the deal's.
	Approval, Delegation int64
}

// BreakKind says what happened to an event.
type BreakKind string

const (
	BreakModified BreakKind = "modified"
	BreakMissing  BreakKind = "missing"
	BreakInserted BreakKind = "inserted"
	BreakRow      BreakKind = "row" // a row is not what the log says
)

type sealedRow struct {
	eventRow
	Pos  int64
	Hash []byte
}

const (
	sealedSQL = `SELECT pos, hash, deal, version, at, actor, type, data FROM event WHERE pos > 0
		UNION ALL SELECT pos, hash, CAST(0 AS BIGINT), version, at, actor, type, data FROM organisation_event WHERE pos > 0 ORDER BY pos`
	countsSQL   = `SELECT (SELECT COUNT(*) FROM event WHERE pos IS NULL OR pos = 0 AND deal IN (SELECT id FROM deal WHERE ` + visible + `)) + (SELECT COUNT(*) FROM organisation_event WHERE pos IS NULL)`
	unevenEvent = `SELECT deal.id AS deal, deal.version AS wanted, COUNT(e.version) AS events, COALESCE(MAX(e.version), 0) AS last
		FROM deal LEFT JOIN event e ON e.deal = deal.id
		GROUP BY deal.id, deal.version
		HAVING COUNT(e.version) <> deal.version OR COALESCE(MAX(e.version), 0) <> deal.version ORDER BY deal.id LIMIT 1`
)

// VerifyAudit walks the whole chain, and compares the rows of deals, approvals and delegations with the log.
func (s *Store) VerifyAudit(ctx context.Context) (AuditReport, error) {
	var report AuditReport
	err := s.Read(ctx, func(ctx context.Context, r *Reader) error {
		report = AuditReport{}
		if _, err := r.get(ctx, &report.Unsealed, countsSQL); err != nil {
			return err
		}
		if err := r.walk(ctx, &report); err != nil || report.Broken != nil {
			return err
		}
		if err := r.compareVersions(ctx, &report); err != nil || report.Broken != nil {
			return err
		}
		if err := r.compareRows(ctx, &report); err != nil || report.Broken != nil {
			return err
		}
		return r.compareDelegations(ctx, &report)
	})
	return report, wrap("verify the audit chain", err)
}

func (r *Reader) walk(ctx context.Context, report *AuditReport) error {
	var head auditHead
	if _, err := r.get(ctx, &head, headSQL); err != nil {
		return err
	}
	var last auditHead
	err := each(ctx, r.session, func(row *sealedRow) error {
		report.Events++
		if report.Broken != nil {
			return nil
		}
		broken := func(what BreakKind) error {
			report.Broken = &Break{Pos: row.Pos, Deal: row.Deal, Version: row.Version, What: what}
			return nil
		}
		if row.Pos > head.Pos {
			return broken(BreakInserted)
		}
		if row.Pos != last.Pos+1 {
			report.Broken = &Break{Pos: last.Pos + 1, What: BreakMissing}
			return nil
		}
		hash, err := chain(last.Hash, row.Pos, &row.eventRow)
		if err != nil || string(hash) != string(row.Hash) {
			return broken(BreakModified)
		}
		last = auditHead{row.Pos, hash}
		return nil
	}, sealedSQL)
	if err != nil {
		return err
	}
	report.Head = hex.EncodeToString(last.Hash)
	if report.Broken != nil {
		return nil
	}
	if last.Pos != head.Pos {
		report.Broken = &Break{Pos: last.Pos + 1, What: BreakMissing}
	} else if string(last.Hash) != string(head.Hash) {
		report.Broken = &Break{Pos: last.Pos, What: BreakModified}
	}
	return nil
}

// compareVersions finds events that were taken out of or put into a deal's log outside of the chain.
func (r *Reader) compareVersions(ctx context.Context, report *AuditReport) error {
	var row struct {
		Deal                 int64
		Wanted, Events, Last int
	}
	found, err := r.get(ctx, &row, unevenEvent)
	if err != nil || !found {
		return err
	}
	what := BreakInserted
	if row.Events < row.Wanted || row.Last < row.Wanted {
		what = BreakMissing
	}
	report.Broken = &Break{Deal: row.Deal, Version: row.Wanted, What: what}
	return nil
}

const adoptableSQL = `SELECT id FROM deal WHERE batch IN (SELECT id FROM import_batch WHERE published IS NOT NULL) AND batch <> 0
	AND id > ? ORDER BY id LIMIT 300`

// adopt makes the deals of published imports ordinary ones, a few hundred at a time.
func (s *Store) adopt(ctx context.Context) error {
	last := int64(0)
	for {
		var ids []int64
		err := s.Read(ctx, func(ctx context.Context, r *Reader) (err error) {
			ids, err = columnOf[int64](ctx, r.session, adoptableSQL, last)
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		err = s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
			list := idList(ids)
			if err := tx.execOnce(ctx, `UPDATE deal SET batch = 0 WHERE id IN `+list); err != nil {
				return err
			}
			return tx.execOnce(ctx, `UPDATE event SET pos = NULL WHERE pos = 0 AND deal IN `+list)
		})
		if err != nil {
			return err
		}
		last = ids[len(ids)-1]
	}
}
