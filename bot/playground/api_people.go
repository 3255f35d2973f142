package playground

func (s *Server) apiTest(in args) (obj, error) {
	if code := in.text("error"); code != "" {
		return nil, &apiError{code: code, extra: obj{"args": in}}
	}
	return obj{"args": in}, nil
}

func (s *Server) authTest(args) (obj, error) {
	return obj{
		"url": s.base + "/", "team": s.ws.name, "team_id": s.ws.id, "user": s.app.botName, "user_id": s.app.botUser,
		"bot_id": s.app.botID, "is_enterprise_install": false,
	}, nil
}

func (s *Server) botsInfo(in args) (obj, error) {
	if id := in.text("bot"); id != "" && id != s.app.botID {
		return nil, fail("bot_not_found")
	}
	bot := s.botProfile()
	bot["user_id"] = s.app.botUser
	return obj{"bot": bot}, nil
}

func (s *Server) teamInfo(args) (obj, error) {
	return obj{"team": obj{
		"id": s.ws.id, "name": s.ws.name, "domain": s.ws.domain, "url": s.base + "/", "email_domain": "", "icon": obj{"image_default": true},
	}}, nil
}

func (s *Server) usersInfo(in args) (obj, error) {
	if in.text("user") == s.app.botUser {
		return obj{"user": s.localeAsAsked(s.botObject(), in)}, nil
	}
	u := s.ws.user(in.text("user"))
	if u == nil || u.ID != in.text("user") {
		return nil, fail("user_not_found")
	}
	return obj{"user": s.localeAsAsked(s.userObject(u), in)}, nil
}

// localeAsAsked leaves the locale out unless the call asked for it, as Slack does.
func (s *Server) localeAsAsked(o obj, in args) obj {
	if !in.yes("include_locale") {
		delete(o, "locale")
	}
	return o
}

func (s *Server) usersList(in args) (obj, error) {
	all := []obj{s.localeAsAsked(s.botObject(), in)}
	for _, u := range s.ws.users {
		all = append(all, s.localeAsAsked(s.userObject(u), in))
	}
	members, next, err := page(all, in, 1000)
	if err != nil {
		return nil, err
	}
	return obj{"members": members, "cache_ts": s.clock.Now().Unix(), "response_metadata": obj{"next_cursor": next}}, nil
}

func (s *Server) usergroupsList(in args) (obj, error) {
	groups := list{}
	for _, g := range s.ws.groups {
		groups = append(groups, s.groupObject(g, in.yes("include_users")))
	}
	return obj{"usergroups": groups}, nil
}

func (s *Server) usergroupsUsersList(in args) (obj, error) {
	for _, g := range s.ws.groups {
		if g.ID == in.text("usergroup") {
			return obj{"users": g.Users}, nil
		}
	}
	return nil, fail("no_such_subteam")
}
