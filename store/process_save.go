package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"pipewright/internal/sales"
)

// SaveOrganisation makes a new version, following o.Version: Conflict
// "map.changed_meanwhile" when that is not the one in force. It does not change o.
func (tx *Tx) SaveOrganisation(ctx context.Context, o *sales.Organisation, actor, why string, now time.Time) error {
	next := *o
	next.Version = o.Version + 1
	return tx.saveMap(ctx, keyOrganisation, o.Version, next, actor, why, now)
}

// SaveProcess makes a new version of a process, or its first. p.Version is the
// version that it follows (Conflict "map.changed_meanwhile" when another is in
// force), or 0 for whichever is. Deals that stand in a removed stage go where
// p.Moved says; when it doesn't say, Conflict "stage.occupied" with the stage and
// the number of deals. It does not change p.
func (tx *Tx) SaveProcess(ctx context.Context, p *sales.Process, actor, why string, now time.Time) error {
	if err := tx.lock(ctx, lockMap); err != nil {
		return err
	}
	tx.heads = nil
	heads, err := tx.versions(ctx)
	if err != nil {
		return err
	}
	next := *p
	if next.Version == 0 {
		next.Version = heads[p.Key].Version
	}
	follows := next.Version
	next.Version++
	if err := tx.saveMap(ctx, p.Key, follows, next, actor, why, now); err != nil {
		return err
	}
	if err := tx.prefer(ctx, p.Key, p.Default); err != nil {
		return err
	}
	return tx.relocate(ctx, &next, actor, why, now)
}

const (
	insertMapSQL = `INSERT INTO map_version (key, version, actor, at, why, body) VALUES (?, ?, ?, ?, ?, ?)`
	setHeadSQL   = `INSERT INTO map_head (key, version, created) VALUES (?, ?, (SELECT COUNT(*) FROM map_head))
		ON CONFLICT (key) DO UPDATE SET version = excluded.version`
	preferSQL = `UPDATE map_head SET preferred = (key = ?) WHERE preferred OR key = ?`
	spurnSQL  = `UPDATE map_head SET preferred = FALSE WHERE key = ?`
)

func (tx *Tx) saveMap(ctx context.Context, key string, follows int, body any, actor, why string, now time.Time) error {
	if err := tx.lock(ctx, lockMap); err != nil {
		return err
	}
	tx.heads = nil
	heads, err := tx.versions(ctx)
	if err != nil {
		return err
	}
	if heads[key].Version != follows {
		return sales.Refuse(sales.Conflict, "map.changed_meanwhile", "process", key, "version", heads[key].Version)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, insertMapSQL, key, follows+1, actor, millis(now), clean(why), string(text)); err != nil {
		return wrap("save the map", err)
	}
	return tx.setHead(ctx, key, follows+1)
}

func (tx *Tx) setHead(ctx context.Context, key string, version int) error {
	_, err := tx.exec(ctx, setHeadSQL, key, version)
	tx.heads = nil
	return wrap("save the map's version", err)
}

// prefer makes the process the default one, or no longer.
func (tx *Tx) prefer(ctx context.Context, key string, yes bool) error {
	tx.heads = nil
	var err error
	if yes {
		_, err = tx.exec(ctx, preferSQL, key, key)
	} else {
		_, err = tx.exec(ctx, spurnSQL, key)
	}
	return wrap("save the default process", err)
}

const strandedSQL = `SELECT id, stage FROM deal WHERE process = ? AND alive ORDER BY id`

// relocate moves the deals out of stages that the process no longer has.
func (tx *Tx) relocate(ctx context.Context, p *sales.Process, actor, why string, now time.Time) error {
	var rows []struct {
		ID    int64
		Stage string
	}
	if err := tx.all(ctx, &rows, strandedSQL, p.Key); err != nil {
		return wrap("look for deals in removed stages", err)
	}
	left := map[string][]int64{}
	for _, row := range rows {
		if p.StageIndex(row.Stage) < 0 {
			left[row.Stage] = append(left[row.Stage], row.ID)
		}
	}
	for _, stage := range slices.Sorted(maps.Keys(left)) {
		to := p.Moved[stage]
		if p.StageIndex(to) < 0 {
			return sales.Refuse(sales.Conflict, "stage.occupied", "stage", stage, "deals", len(left[stage]))
		}
		for _, id := range left[stage] {
			if err := tx.relocateDeal(ctx, id, stage, to, p.Version, actor, why, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) relocateDeal(ctx context.Context, id int64, from, to string, version int, actor, why string, now time.Time) error {
	d, err := tx.anyDeal(ctx, id)
	if err != nil {
		return err
	}
	return tx.Apply(ctx, &sales.Case{Deal: d}, []sales.Event{{
		Deal: id, Version: d.Version + 1, At: now, Actor: actor, Type: sales.Relocated,
		Data: sales.EventData{From: from, To: to, Why: why, Map: version},
	}})
}
