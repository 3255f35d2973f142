package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"pipewright/internal/sales"
)

// Keys of map_head beside those of processes.
const (
	keyOrganisation = ""
	keyGroups       = "@groups"
)

// head is the version of one map that is in force.
type head struct {
	Key       string
	Version   int
	Preferred bool
	Created   int64
}

const headsSQL = `SELECT key, version, preferred, created FROM map_head`

// versions reads what is in force, once per snapshot.
func (r *Reader) versions(ctx context.Context) (map[string]head, error) {
	if r.heads != nil {
		return r.heads, nil
	}
	var rows []head
	if err := r.all(ctx, &rows, headsSQL); err != nil {
		return nil, wrap("read the versions of the map", err)
	}
	r.heads = map[string]head{}
	for _, h := range rows {
		r.heads[h.Key] = h
	}
	return r.heads, nil
}

const mapBodySQL = `SELECT body FROM map_version WHERE key = ? AND version = ?`

// Organisation returns the organisation in force, with the admins of the
// options and the members of user groups. It is shared: do not change it.
// Before the first SaveOrganisation it is empty, with version 0.
func (r *Reader) Organisation(ctx context.Context) (*sales.Organisation, error) {
	heads, err := r.versions(ctx)
	if err != nil {
		return nil, err
	}
	at := [2]int{heads[keyOrganisation].Version, heads[keyGroups].Version}
	if o := r.cachedOrg(at); o != nil {
		return o, nil
	}
	o, err := r.OrganisationVersion(ctx, at[0])
	if err != nil {
		return nil, err
	}
	o.Admins = slices.Clone(r.store.options.Admins)
	if o.Groups, err = r.groups(ctx); err != nil {
		return nil, err
	}
	r.learned.learn(&mapCache{org: o, orgAt: at})
	return o, nil
}

// OrganisationVersion returns one version of the organisation, without admins and
// the members of user groups, which have no versions. Version 0 is empty, as is one that there is not.
func (r *Reader) OrganisationVersion(ctx context.Context, version int) (*sales.Organisation, error) {
	o := &sales.Organisation{}
	var body string
	found, err := r.get(ctx, &body, mapBodySQL, keyOrganisation, version)
	if err != nil {
		return nil, wrap("read the organisation", err)
	}
	if found {
		if err := json.Unmarshal([]byte(body), o); err != nil {
			return nil, wrap("read the organisation", err)
		}
	}
	o.Version = version
	return o, nil
}

// Process returns the version in force; "" asks for the default process. It is
// shared: do not change it. NotFound "process.unknown".
func (r *Reader) Process(ctx context.Context, key string) (*sales.Process, error) {
	heads, err := r.versions(ctx)
	if err != nil {
		return nil, err
	}
	if key == "" {
		if keys := processKeys(heads); len(keys) > 0 {
			key = keys[0]
		}
	}
	h, ok := heads[key]
	if !ok || key == keyOrganisation || key == keyGroups {
		return nil, sales.Refuse(sales.NotFound, "process.unknown", "process", key)
	}
	return r.ProcessVersion(ctx, key, h.Version)
}

// processKeys lists the processes, the default one first, then as they appeared.
func processKeys(heads map[string]head) []string {
	var out []string
	for key := range heads {
		if key != keyOrganisation && key != keyGroups {
			out = append(out, key)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		x, y := heads[a], heads[b]
		switch {
		case x.Preferred != y.Preferred && x.Preferred:
			return -1
		case x.Preferred != y.Preferred:
			return 1
		case x.Created != y.Created:
			return int(x.Created - y.Created)
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	return out
}

// ProcessVersion returns one version of a process. NotFound "process.unknown".
func (r *Reader) ProcessVersion(ctx context.Context, key string, version int) (*sales.Process, error) {
	at := mapKey{key, version}
	if p := r.cachedProcess(at); p != nil {
		return p, nil
	}
	var body string
	found, err := r.get(ctx, &body, mapBodySQL, key, version)
	if err != nil {
		return nil, wrap("read the process", err)
	}
	if !found || key == keyOrganisation {
		return nil, sales.Refuse(sales.NotFound, "process.unknown", "process", key, "version", version)
	}
	p := &sales.Process{}
	if err := json.Unmarshal([]byte(body), p); err != nil {
		return nil, fmt.Errorf("read the process %s: %w", key, err)
	}
	p.Version = version
	r.learned.learn(&mapCache{processes: map[mapKey]*sales.Process{at: p}})
	return p, nil
}

// Processes returns the versions in force, the default process first.
func (r *Reader) Processes(ctx context.Context) ([]*sales.Process, error) {
	heads, err := r.versions(ctx)
	if err != nil {
		return nil, err
	}
	var out []*sales.Process
	for _, key := range processKeys(heads) {
		p, err := r.ProcessVersion(ctx, key, heads[key].Version)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// MapVersion is one change of the map: of a process, or with the key "" of the organisation.
type MapVersion struct {
	Key     string
	Version int
	Actor   string
	At      time.Time
	Why     string
}

const mapHistorySQL = `SELECT key, version, actor, at, why FROM map_version WHERE key = ? ORDER BY version DESC`

// MapHistory returns who changed what, when and why, newest first; the key "" asks for the organisation.
func (r *Reader) MapHistory(ctx context.Context, key string) ([]MapVersion, error) {
	var rows []struct {
		Key, Actor, Why string
		Version         int
		At              sql.NullInt64
	}
	if err := r.all(ctx, &rows, mapHistorySQL, key); err != nil {
		return nil, wrap("read the history of the map", err)
	}
	out := make([]MapVersion, len(rows))
	for i, row := range rows {
		out[i] = MapVersion{Key: row.Key, Version: row.Version, Actor: row.Actor, At: fromMillis(row.At), Why: row.Why}
	}
	return out, nil
}

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

const dealsInSQL = `SELECT process, stage, COUNT(*) AS n FROM deal WHERE alive AND ` + visible + ` GROUP BY process, stage`

// DealsIn returns how many deals are alive in each stage of each process, by process and stage.
func (r *Reader) DealsIn(ctx context.Context) (map[string]map[string]int, error) {
	var rows []struct {
		Process, Stage string
		N              int
	}
	if err := r.all(ctx, &rows, dealsInSQL); err != nil {
		return nil, wrap("count the deals in the stages", err)
	}
	out := map[string]map[string]int{}
	for _, row := range rows {
		if out[row.Process] == nil {
			out[row.Process] = map[string]int{}
		}
		out[row.Process][row.Stage] = row.N
	}
	return out, nil
}
