package store

import "context"

// Group is the deals of a process that have owner, team and source in common.
type Group struct {
	Process, Owner, Team, Source string
	Deals                        int
}

const dealGroupsSQL = `SELECT process, owner, team, source, COUNT(*) AS deals FROM deal WHERE ` + visible + `
	GROUP BY process, owner, team, source ORDER BY 5 DESC, 1, 2, 3, 4`

// Groups returns by whom, for which team and from which source there are deals, the most first.
func (r *Reader) Groups(ctx context.Context) ([]Group, error) {
	var out []Group
	err := r.all(ctx, &out, dealGroupsSQL)
	return out, wrap("group the deals", err)
}
