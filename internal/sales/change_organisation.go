package sales

import "maps"

// DiffOrganisation returns what changed between two versions of the organisation:
//
//	team.added, team.removed   team, name
//	team.renamed               team, was, name
//	team.manager               team, name, was, user: "" for nobody
//	team.members               team, name, added, removed: user ids
//	team.channel               team, name, was, channel: "" for none
//	team.private               team, name, private: true or false
//	role.added, role.removed   role, name
//	role.renamed               role, was, name
//	role.holders               role, name, added, removed: ids of users and user groups
//	role.rate                  role, name, was, rate
//
// Names are Text. A nil old organisation makes everything new.
func DiffOrganisation(old, new *Organisation) []MapChange {
	if old == nil {
		old = &Organisation{}
	}
	var out []MapChange
	for _, t := range new.Teams {
		was, ok := old.Team(t.Key)
		if !ok {
			out = append(out, mapChange("team.added", "team", t.Key, "name", t.Name))
			was = Team{Name: t.Name}
		}
		out = append(out, diffTeam(was, t)...)
	}
	for _, t := range old.Teams {
		if _, ok := new.Team(t.Key); !ok {
			out = append(out, mapChange("team.removed", "team", t.Key, "name", t.Name))
		}
	}
	for _, r := range new.Roles {
		was, ok := old.Role(r.Key)
		if !ok {
			out = append(out, mapChange("role.added", "role", r.Key, "name", r.Name))
			was = Role{Name: r.Name}
		}
		out = append(out, diffRole(was, r)...)
	}
	for _, r := range old.Roles {
		if _, ok := new.Role(r.Key); !ok {
			out = append(out, mapChange("role.removed", "role", r.Key, "name", r.Name))
		}
	}
	return out
}

func diffTeam(old, new Team) []MapChange {
	var out []MapChange
	add := func(code string, facts ...any) {
		out = append(out, mapChange(code, append([]any{"team", new.Key, "name", new.Name}, facts...)...))
	}
	if !maps.Equal(old.Name, new.Name) {
		add("team.renamed", "was", old.Name)
	}
	if old.Manager != new.Manager {
		add("team.manager", "was", old.Manager, "user", new.Manager)
	}
	if in, gone := without(new.Members, old.Members), without(old.Members, new.Members); len(in)+len(gone) > 0 {
		add("team.members", "added", in, "removed", gone)
	}
	if old.Channel != new.Channel {
		add("team.channel", "was", old.Channel, "channel", new.Channel)
	}
	if old.Private != new.Private {
		add("team.private", "private", new.Private)
	}
	return out
}

func diffRole(old, new Role) []MapChange {
	var out []MapChange
	add := func(code string, facts ...any) {
		out = append(out, mapChange(code, append([]any{"role", new.Key, "name", new.Name}, facts...)...))
	}
	if !maps.Equal(old.Name, new.Name) {
		add("role.renamed", "was", old.Name)
	}
	was, is := append(compact(old.Users), old.Groups...), append(compact(new.Users), new.Groups...)
	if in, gone := without(is, was), without(was, is); len(in)+len(gone) > 0 {
		add("role.holders", "added", in, "removed", gone)
	}
	if old.Rate != new.Rate {
		add("role.rate", "was", old.Rate, "rate", new.Rate)
	}
	return out
}

// Keep returns the organisation of a file with the people that the file leaves
// open as they are now: teams when it lists none, the manager, members, channel and privacy of a
// team for which it names nobody, and the holders of a role for which it names nobody.
// People are mostly added from Slack, and a file must not take them out by silence.
func (o *Organisation) Keep(now *Organisation) *Organisation {
	out := *o
	if len(o.Teams) == 0 {
		out.Teams = now.Teams
	}
	out.Teams = append([]Team(nil), out.Teams...)
	for i, t := range out.Teams {
		if was, ok := now.Team(t.Key); ok && t.Manager == "" && len(t.Members) == 0 {
			out.Teams[i].Manager, out.Teams[i].Members, out.Teams[i].Private = was.Manager, was.Members, t.Private || was.Private
			if t.Channel == "" {
				out.Teams[i].Channel = was.Channel
			}
		}
	}
	out.Roles = append([]Role(nil), out.Roles...)
	for i, r := range out.Roles {
		if was, ok := now.Role(r.Key); ok && len(r.Users)+len(r.Groups) == 0 {
			out.Roles[i].Users, out.Roles[i].Groups = was.Users, was.Groups
		}
	}
	out.Admins, out.Gone, out.Version = now.Admins, now.Gone, now.Version
	out.Groups, out.Handles = now.Groups, now.Handles
	return &out
}
