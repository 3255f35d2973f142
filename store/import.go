package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"pipewright/internal/sales"
)

// ImportedDeal is one deal of an import with its whole history.
type ImportedDeal struct {
	External   string           // the deal's id where it comes from
	Events     []sales.Event    // from version 1, without the deal's number
	Activities []sales.Activity // Event is the version of its own event, 0 when it has none
	Approvals  []sales.Approval // with ids of any kind above 0, by which the events name them
}

// ImportResult is what an import brought.
type ImportResult struct {
	Deals      int // new ones
	Known      int // deals that were there already, by External, and stayed as they are
	Events     int
	Activities int
}

// Importer stages deals in small commits, so that everybody else goes on
// meanwhile. Nobody sees them until Publish. It serves one goroutine.
type Importer struct {
	store   *Store
	batch   int64
	process string
	now     time.Time
	known   map[string]bool // External of the deals that are there
	result  ImportResult
}

const importAbandoned = 2 * time.Minute

const (
	runningImportsSQL = `SELECT id, touched FROM import_batch WHERE process = ? AND published IS NULL`
	beginImportSQL    = `INSERT INTO import_batch (process, started, touched) VALUES (?, ?, ?) RETURNING id`
	touchImportSQL    = `UPDATE import_batch SET touched = ? WHERE id = ? AND published IS NULL`
	publishImportSQL  = `UPDATE import_batch SET published = ? WHERE id = ? AND published IS NULL`
	endImportSQL      = `DELETE FROM import_batch WHERE id = ? AND published IS NULL`
)

// Importer begins an import into the process ("" is the default one). What an
// import that died left behind is removed first; one that is still alive is
// Conflict "import.running".
func (s *Store) Importer(ctx context.Context, process string, now time.Time) (*Importer, error) {
	im := &Importer{store: s, now: now}
	var stale []int64
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		stale = nil
		if err := tx.lock(ctx, lockImport); err != nil {
			return err
		}
		p, err := tx.Process(ctx, process)
		if err != nil {
			return err
		}
		im.process = p.Key
		clock := s.options.Clock().UnixMilli()
		var running []struct{ ID, Touched int64 }
		if err := tx.all(ctx, &running, runningImportsSQL, p.Key); err != nil {
			return wrap("look for other imports", err)
		}
		for _, b := range running {
			if clock-b.Touched < importAbandoned.Milliseconds() {
				return sales.Refuse(sales.Conflict, "import.running", "process", p.Key)
			}
			stale = append(stale, b.ID)
		}
		_, err = tx.get(ctx, &im.batch, beginImportSQL, p.Key, now.UnixMilli(), clock)
		return wrap("begin an import", err)
	})
	for _, batch := range stale {
		if err == nil {
			err = s.discard(ctx, batch)
		}
	}
	if err == nil {
		err = im.readKnown(ctx)
	}
	return im, err
}

const knownSQL = `SELECT external FROM deal WHERE process = ? AND external <> ''`

// readKnown reads which deals are there already: nobody else imports into the process meanwhile.
func (im *Importer) readKnown(ctx context.Context) error {
	return im.store.Read(ctx, func(ctx context.Context, r *Reader) error {
		im.known = map[string]bool{}
		err := each(ctx, r.session, func(row *struct{ External string }) error {
			im.known[row.External] = true
			return nil
		}, knownSQL, im.process)
		return wrap("read the known deals", err)
	})
}

// Add stages a batch of deals, in one commit: some hundred at a time are best.
// Deals that are known already are counted and left as they are.
func (im *Importer) Add(ctx context.Context, batch []ImportedDeal) error {
	var added ImportResult
	err := im.store.InTx(ctx, func(ctx context.Context, tx *Tx) (err error) {
		n, err := tx.exec(ctx, touchImportSQL, im.store.options.Clock().UnixMilli(), im.batch)
		if err != nil {
			return err
		}
		if n == 0 {
			return sales.Refuse(sales.Conflict, "import.over", "process", im.process)
		}
		added, err = tx.stage(ctx, im, batch)
		return err
	})
	if err != nil {
		return wrap("stage an import", err)
	}
	for _, d := range batch {
		im.known[d.External] = true
	}
	im.result.Deals += added.Deals
	im.result.Known += added.Known
	im.result.Events += added.Events
	im.result.Activities += added.Activities
	return nil
}

// stage writes the deals that are not there yet.
func (tx *Tx) stage(ctx context.Context, im *Importer, batch []ImportedDeal) (ImportResult, error) {
	var res ImportResult
	var fresh []ImportedDeal
	twice := map[string]bool{}
	for _, d := range batch {
		if d.External != "" && (im.known[d.External] || twice[d.External]) {
			res.Known++
		} else if len(d.Events) > 0 {
			twice[d.External] = true
			fresh = append(fresh, d)
		}
	}
	ids, err := tx.nextIDs(ctx, "deal", len(fresh))
	if err != nil {
		return res, err
	}
	p, err := tx.Process(ctx, im.process)
	if err != nil {
		return res, err
	}
	w := &bulk{tx: tx, calendar: p.Calendar}
	for i, d := range fresh {
		res.Deals, res.Events, res.Activities = res.Deals+1, res.Events+len(d.Events), res.Activities+len(d.Activities)
		if err := w.deal(ids[i], im.batch, d); err != nil {
			return res, err
		}
	}
	return res, w.write(ctx)
}

// Publish makes everything that was staged visible at once.
func (im *Importer) Publish(ctx context.Context) (ImportResult, error) {
	err := im.store.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if err := tx.lock(ctx, lockMap); err != nil {
			return err
		}
		n, err := tx.exec(ctx, publishImportSQL, im.now.UnixMilli(), im.batch)
		if err == nil && n == 0 {
			return sales.Refuse(sales.Conflict, "import.over", "process", im.process)
		}
		return wrap("publish an import", err)
	})
	return im.result, err
}

// Discard removes everything that was staged, in small commits.
func (im *Importer) Discard(ctx context.Context) error { return im.store.discard(ctx, im.batch) }

const stagedSQL = `SELECT id FROM deal WHERE batch = ? AND batch IN (SELECT id FROM import_batch WHERE published IS NULL) ORDER BY id LIMIT 300`

func (s *Store) discard(ctx context.Context, batch int64) error {
	for more := true; more; {
		err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
			ids, err := columnOf[int64](ctx, tx.session, stagedSQL, batch)
			if err != nil {
				return err
			}
			if more = len(ids) > 0; !more {
				_, err := tx.exec(ctx, endImportSQL, batch)
				return err
			}
			return tx.dropDeals(ctx, idList(ids))
		})
		if err != nil {
			return wrap("discard an import", err)
		}
	}
	return nil
}

func (tx *Tx) dropDeals(ctx context.Context, ids string) error {
	for _, table := range []string{"approval_wait", "approval", "activity", "wait", "stay", "event"} {
		if err := tx.execOnce(ctx, `DELETE FROM `+table+` WHERE deal IN `+ids); err != nil {
			return err
		}
	}
	return tx.execOnce(ctx, `DELETE FROM deal WHERE id IN `+ids)
}

// idList writes numbers that came from the database as "(1, 2, 3)".
func idList(ids []int64) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.FormatInt(id, 10)
	}
	return "(" + strings.Join(list, ", ") + ")"
}
