package playground

import (
	"slices"
	"strings"
	"time"
)

// userObject is a person as users.info gives them.
func (s *Server) userObject(u *User) obj {
	zone, err := time.LoadLocation(u.TZ)
	if err != nil {
		zone = time.UTC
	}
	label, offset := s.clock.Now().In(zone).Zone()
	first, last, _ := strings.Cut(u.RealName, " ")
	profile := obj{
		"real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.Name, "display_name_normalized": u.Name,
		"first_name": first, "last_name": last, "title": u.Title, "team": s.ws.id, "phone": "", "skype": "", "avatar_hash": "g" + makeID("", u.ID),
		"status_text": "", "status_emoji": "", "status_expiration": 0,
	}
	if s.scope("users:read.email") {
		profile["email"] = or(u.Email, u.Name+"@"+s.ws.domain+".example")
	}
	return obj{
		"id": u.ID, "team_id": s.ws.id, "name": u.Name, "deleted": false, "color": strings.ToLower(makeID("", u.ID)[1:4]), "real_name": u.RealName,
		"tz": u.TZ, "tz_label": label, "tz_offset": offset, "profile": profile, "locale": u.Locale,
		"is_admin": u.Admin, "is_owner": false, "is_primary_owner": false, "is_restricted": false, "is_ultra_restricted": false,
		"is_bot": false, "is_app_user": false, "is_email_confirmed": true, "who_can_share_contact_card": "EVERYONE", "updated": u.updated.Unix(),
	}
}

// botObject is the app's own user.
func (s *Server) botObject() obj {
	return obj{
		"id": s.app.botUser, "team_id": s.ws.id, "name": strings.ToLower(s.app.botName), "deleted": false, "color": "4a154b", "real_name": s.app.botName,
		"tz": "UTC", "tz_label": "UTC", "tz_offset": 0, "locale": s.ws.locale, "is_bot": true, "is_app_user": false, "is_admin": false, "is_owner": false,
		"updated": s.ws.created.Unix(), "profile": obj{
			"real_name": s.app.botName, "real_name_normalized": s.app.botName, "display_name": "", "display_name_normalized": "",
			"bot_id": s.app.botID, "api_app_id": s.app.id, "team": s.ws.id, "always_active": true, "title": "", "avatar_hash": "g" + s.app.botID,
		},
	}
}

// channelObject is a conversation as conversations.info gives it to the app.
func (s *Server) channelObject(c *channel) obj {
	created := s.ws.created.Unix()
	if c.isIM() {
		return obj{
			"id": c.id, "created": created, "is_im": true, "is_org_shared": false, "user": c.user, "is_user_deleted": false,
			"is_archived": false, "is_open": true, "priority": 0, "context_team_id": s.ws.id,
		}
	}
	return obj{
		"id": c.id, "name": c.name, "name_normalized": c.name, "created": created, "creator": s.app.botUser, "context_team_id": s.ws.id,
		"is_channel": !c.private, "is_group": c.private, "is_private": c.private, "is_im": false, "is_mpim": false, "is_general": c.name == "general",
		"is_archived": c.archived, "is_member": c.has(s.app.botUser), "is_shared": false, "is_ext_shared": false, "is_org_shared": false,
		"unlinked": 0, "previous_names": list{}, "num_members": len(c.members),
		"topic":   obj{"value": c.topic, "creator": "", "last_set": 0},
		"purpose": obj{"value": "", "creator": "", "last_set": 0},
	}
}

func (s *Server) groupObject(g *UserGroup, withUsers bool) obj {
	o := obj{
		"id": g.ID, "team_id": s.ws.id, "is_usergroup": true, "is_subteam": true, "is_external": false, "name": g.Name, "handle": g.Handle, "description": "",
		"date_create": s.ws.created.Unix(), "date_update": g.updated.Unix(), "date_delete": 0, "auto_type": nil,
		"created_by": s.app.botUser, "updated_by": s.app.botUser, "deleted_by": nil,
		"prefs": obj{"channels": list{}, "groups": list{}}, "user_count": len(g.Users),
	}
	if withUsers {
		o["users"] = g.Users
	}
	return o
}

// scope reports whether the installed app holds that scope.
func (s *Server) scope(name string) bool {
	return s.app.scopes[name] && !slices.Contains(s.features.WithoutScope, name)
}

func (s *Server) botProfile() obj {
	return obj{
		"id": s.app.botID, "app_id": s.app.id, "name": s.app.botName, "deleted": false, "updated": s.ws.created.Unix(), "team_id": s.ws.id,
		"icons": obj{"image_36": s.base + "/_page/icon.svg", "image_48": s.base + "/_page/icon.svg", "image_72": s.base + "/_page/icon.svg"},
	}
}
