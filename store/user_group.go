package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"pipewright/internal/sales"
)

// userGroupRow is a Slack user group in the mirror.
type userGroupRow struct {
	ID, Handle, Members string
	Seen                sql.NullInt64
}

const (
	userGroupColumns = `id, handle, members, seen`
	userGroupsSQL    = `SELECT ` + userGroupColumns + ` FROM user_group`
	userGroupSQL     = userGroupsSQL + ` WHERE id = ?`
	saveGroupSQL     = `INSERT INTO user_group (` + userGroupColumns + `) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, members = excluded.members, seen = excluded.seen`
)

func (g userGroupRow) members() ([]string, error) {
	members, err := fromJSON[[]string](g.Members)
	return members, wrap("read a user group", err)
}

// mirrorGroups fills in the members and the handles of the user groups.
func (r *Reader) mirrorGroups(ctx context.Context, o *sales.Organisation) error {
	var rows []userGroupRow
	if err := r.all(ctx, &rows, userGroupsSQL); err != nil {
		return wrap("read the user groups", err)
	}
	o.Groups, o.Handles = map[string][]string{}, map[string]string{}
	for _, row := range rows {
		members, err := row.members()
		if err != nil {
			return err
		}
		o.Groups[row.ID], o.Handles[row.ID] = members, row.Handle
	}
	return nil
}

// SaveGroup mirrors one user group and its members as Slack told about them now. Without a handle it keeps the one
// that it has.
func (tx *Tx) SaveGroup(ctx context.Context, id, handle string, members []string, now time.Time) error {
	if err := tx.lock(ctx, lockMap); err != nil {
		return err
	}
	var before userGroupRow
	found, err := tx.get(ctx, &before, userGroupSQL, id)
	if err != nil {
		return wrap("read a user group", err)
	}
	was, err := before.members()
	if err != nil {
		return err
	}
	if handle == "" {
		handle = before.Handle
	}
	text, err := toJSON(members, len(members) == 0)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, saveGroupSQL, id, handle, text, millis(now)); err != nil {
		return wrap("save a user group", err)
	}
	if found && handle == before.Handle && slices.Equal(was, members) {
		return nil
	}
	return tx.membersChanged(ctx)
}

// GroupsSeen returns when each mirrored user group was last told about, by its id.
func (r *Reader) GroupsSeen(ctx context.Context) (map[string]time.Time, error) {
	var rows []userGroupRow
	if err := r.all(ctx, &rows, userGroupsSQL); err != nil {
		return nil, wrap("read the user groups", err)
	}
	out := map[string]time.Time{}
	for _, row := range rows {
		out[row.ID] = fromMillis(row.Seen)
	}
	return out, nil
}

const waitingStepsSQL = `SELECT steps FROM approval WHERE state = 'pending'`

// RulingGroups returns the user groups that give somebody a right, by id and each once: those that hold roles, those that
// steps of the processes in force ask, and those that steps of requests which wait ask, by whatever version.
func (r *Reader) RulingGroups(ctx context.Context) ([]string, error) {
	o, err := r.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	out := o.UserGroups()
	all, err := r.Processes(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		out = append(out, p.UserGroups()...)
	}
	waiting, err := columnOf[string](ctx, r.session, waitingStepsSQL)
	if err != nil {
		return nil, wrap("read what waits", err)
	}
	for _, text := range waiting {
		steps, err := fromJSON[[]sales.StepState](text)
		if err != nil {
			return nil, wrap("read what waits", err)
		}
		for _, s := range steps {
			out = append(out, s.UserGroups()...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
