package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers"
	"pipewright/store"
)

// Memberships older than freshFor are read from Slack again before a decision;
// whether there are any is looked at every checkEvery.
const (
	freshFor     = 15 * time.Minute
	refreshAfter = 5 * time.Minute
	checkEvery   = 30 * time.Second
)

// People asks Slack about people and user groups, and keeps their mirror in the
// store. It is the [handlers.Directory].
type People struct {
	API   *slack.Client
	Store *store.Store
	Log   *slog.Logger

	mu      sync.Mutex
	checked time.Time       // business time of the last look at the mirror
	stale   map[string]bool // people in groups whose members could not be read in time
}

// Profile returns what Slack says about a person.
func (p *People) Profile(ctx context.Context, user string) (handlers.Profile, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	u, err := p.API.GetUserInfoContext(ctx, user)
	if err != nil {
		return handlers.Profile{}, fmt.Errorf("users.info: %w", err)
	}
	return profileOf(*u), nil
}

// GroupMembers returns the ids of a user group's members.
func (p *People) GroupMembers(ctx context.Context, group string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	members, err := p.API.GetUserGroupMembersContext(ctx, group)
	if err != nil {
		return nil, fmt.Errorf("usergroups.users.list: %w", err)
	}
	return members, nil
}

func profileOf(u slack.User) handlers.Profile {
	return handlers.Profile{
		ID: u.ID, Name: first(u.Profile.DisplayName, u.Name), RealName: first(u.RealName, u.Profile.RealName),
		Locale: u.Locale, TZ: u.TZ, Bot: u.IsBot || u.ID == "USLACKBOT", Deleted: u.Deleted,
	}
}

func personOf(p handlers.Profile, now time.Time) store.Person {
	return store.Person{ID: p.ID, Name: p.Name, RealName: p.RealName, Locale: p.Locale, TZ: p.TZ, Bot: p.Bot, Deleted: p.Deleted, Seen: now}
}

// Sync reads all people of the workspace into the mirror.
func (p *People) Sync(ctx context.Context, now time.Time) error {
	users, err := p.API.GetUsersContext(ctx, slack.GetUsersOptionLimit(200), slack.GetUsersOptionIncludeLocale(true))
	if err != nil {
		return fmt.Errorf("users.list: %w", err)
	}
	for batch := range slices.Chunk(users, 500) {
		var people []store.Person
		for _, u := range batch {
			people = append(people, personOf(profileOf(u), now))
		}
		if err := p.save(ctx, people, now); err != nil {
			return err
		}
	}
	p.Log.Info("people: mirror filled", "people", len(users))
	return nil
}

func (p *People) save(ctx context.Context, people []store.Person, now time.Time) error {
	return p.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SavePeople(ctx, people, now) })
}

// change is what an event says about a person or a user group.
type change struct {
	person  *handlers.Profile
	group   string
	handle  string
	members []string // nil: unknown, to be read when needed
}

func readChange(kind string, raw []byte) (*change, error) {
	var e struct {
		User    slack.User `json:"user"`
		Subteam struct {
			ID      string   `json:"id"`
			Handle  string   `json:"handle"`
			Users   []string `json:"users"`
			Deleted int64    `json:"date_delete"` // when it was disabled
		} `json:"subteam"`
		SubteamID string `json:"subteam_id"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	switch kind {
	case "user_change", "team_join":
		profile := profileOf(e.User)
		return &change{person: &profile}, nil
	case "subteam_members_changed":
		return &change{group: e.SubteamID}, nil
	}
	if e.Subteam.Deleted != 0 {
		e.Subteam.Users = []string{} // it gives nobody a right any more
	}
	return &change{group: e.Subteam.ID, handle: e.Subteam.Handle, members: e.Subteam.Users}, nil
}

// apply writes a change into the mirror.
func (p *People) apply(ctx context.Context, c change, now time.Time) error {
	if c.person != nil {
		return p.save(ctx, []store.Person{personOf(*c.person, now)}, now)
	}
	if c.members == nil {
		return p.refresh(ctx, c.group, now)
	}
	return p.saveGroup(ctx, c.group, c.handle, c.members, now)
}

func (p *People) saveGroup(ctx context.Context, id, handle string, members []string, now time.Time) error {
	return p.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SaveGroup(ctx, id, handle, members, now) })
}

// refresh reads who is in the group, again when an event told of it meanwhile: what was read may be older.
func (p *People) refresh(ctx context.Context, group string, now time.Time) error {
	const tries = 3
	for range tries {
		before, err := p.groupsSeen(ctx)
		if err != nil {
			return err
		}
		members, err := p.GroupMembers(ctx, group)
		if err != nil {
			return err
		}
		saved := false
		err = p.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			seen, err := tx.GroupsSeen(ctx)
			if saved = seen[group].Equal(before[group]); err != nil || !saved {
				return err
			}
			return tx.SaveGroup(ctx, group, "", members, now)
		})
		if saved || err != nil {
			return err
		}
	}
	return nil // events tell of it all the time
}

func (p *People) groupsSeen(ctx context.Context) (seen map[string]time.Time, err error) {
	err = p.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		seen, err = r.GroupsSeen(ctx)
		return err
	})
	return seen, err
}

// SyncGroups reads all user groups of the workspace into the mirror: what happened to them while the bot did not
// listen, and what they are called. What an event tells meanwhile is newer, and stays.
func (p *People) SyncGroups(ctx context.Context, now time.Time) error {
	before, err := p.groupsSeen(ctx)
	if err != nil {
		return err
	}
	groups, err := p.API.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))
	if err != nil {
		return fmt.Errorf("usergroups.list: %w", err)
	}
	err = p.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		seen, err := tx.GroupsSeen(ctx)
		if err != nil {
			return err
		}
		for _, g := range groups {
			if g.Users == nil || !seen[g.ID].Equal(before[g.ID]) {
				continue // Slack does not say whom, or said so meanwhile
			}
			if err := tx.SaveGroup(ctx, g.ID, g.Handle, g.Users, now); err != nil {
				return err
			}
		}
		return nil
	})
	p.Log.Info("people: user groups read", "groups", len(groups))
	return err
}

// mayDecide brings the memberships that rights hang on up to date. It reports
// false when that fails for a group in which the person stands: they may have
// been taken out of it meanwhile. Whoever is in no such group can only be denied
// something by an old membership, never granted it. An error is the database's.
func (p *People) mayDecide(ctx context.Context, user string, now time.Time) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.checked).Abs() >= checkEvery { // of two at once either may come first
		ctx, cancel := context.WithTimeout(ctx, 1500*time.Millisecond) // the person waits
		defer cancel()
		stale, err := p.check(ctx, now, freshFor)
		if err != nil {
			return false, fmt.Errorf("look at the memberships: %w", err)
		}
		p.checked, p.stale = now, stale
	}
	return !p.stale[user], nil
}

// Refresh reads the memberships that are older than five minutes, so that
// decisions seldom have to wait for it.
func (p *People) Refresh(ctx context.Context, now time.Time) error {
	_, err := p.check(ctx, now, refreshAfter)
	return err
}

// check refreshes what is older than most, and returns the people whose
// memberships it could not.
func (p *People) check(ctx context.Context, now time.Time, most time.Duration) (map[string]bool, error) {
	old := map[string][]string{} // members by group
	err := p.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		groups, err := r.RulingGroups(ctx)
		if err != nil {
			return err
		}
		seen, err := r.GroupsSeen(ctx)
		if err != nil {
			return err
		}
		clear(old)
		for _, g := range groups {
			if age := now.Sub(seen[g]); age > most {
				old[g] = org.Groups[g]
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	stale := map[string]bool{}
	for group, members := range old {
		if err := p.refresh(ctx, group, now); err != nil {
			p.Log.Warn("people: a user group cannot be read", "group", group, "error", err)
			for _, m := range members {
				stale[m] = true
			}
		}
	}
	return stale, nil
}
