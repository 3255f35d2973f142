package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pipewright/internal/sales"
)

// Keys of map_head beside those of processes.
const (
	keyOrganisation = ""
	keyGroups       = "@groups" // and delegations: what belongs to the organisation but has no versions
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
// options, the user groups of the mirror and the delegations that are not over. It is shared: do not change it.
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
	if err := r.mirrorGroups(ctx, o); err != nil {
		return nil, err
	}
	if o.Gone, err = r.gone(ctx); err != nil {
		return nil, err
	}
	if o.Delegations, err = r.delegations(ctx); err != nil {
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
