package playground

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// ask is a request at the control door; each call uses the fields that it needs.
type ask struct {
	User       string   `json:"user"`
	Channel    string   `json:"channel"` // id or name; dm is the app's direct message; home, modal
	Text       string   `json:"text"`
	Command    string   `json:"command"`
	TS         string   `json:"ts"`
	ThreadTS   string   `json:"thread_ts"`
	CallbackID string   `json:"callback_id"`
	ActionID   string   `json:"action_id"`
	BlockID    string   `json:"block_id"`
	Value      any      `json:"value"`
	Values     obj      `json:"values"`
	Stale      bool     `json:"stale"` // an earlier version of the message is clicked
	All        bool     `json:"all"`
	Private    bool     `json:"private"`
	Locale     string   `json:"locale"`
	TZ         string   `json:"tz"`
	RealName   string   `json:"real_name"`
	Title      string   `json:"title"`
	UserGroup  string   `json:"usergroup"`
	Users      []string `json:"users"`
	N          int      `json:"n"`
	Times      int      `json:"times"`
	Advance    string   `json:"advance"`
	Name       string   `json:"name"`
	Content    []byte   `json:"content"` // base64
}

// call is one call of the control door.
type call func(s *Server, r *http.Request, in ask) (obj, error)

// problem is a refusal at the control door, in words.
type problem string

func (p problem) Error() string { return string(p) }

func (s *Server) routeControl(mux *http.ServeMux) {
	handle := func(pattern string, h http.HandlerFunc) { mux.Handle(pattern, sameOrigin(h)) }
	handle("GET /_control/state", s.get((*Server).controlState))
	handle("GET /_control/stream", s.serveStream)
	handle("GET /_control/messages", s.get((*Server).controlMessages))
	handle("GET /_control/view", s.get((*Server).controlView))
	handle("GET /_control/clock", s.get((*Server).controlNow))
	handle("GET /_control/log", s.serveLog)
	for name, do := range map[string]call{
		"command": (*Server).controlCommand, "message": (*Server).controlMessage, "shortcut": (*Server).controlShortcut,
		"click": (*Server).controlClick, "options": (*Server).controlOptions, "submit": (*Server).controlSubmit,
		"close": (*Server).controlClose, "home": (*Server).controlHome, "clock": (*Server).controlClock,
		"user": (*Server).controlUser, "join": (*Server).controlJoin, "leave": (*Server).controlLeave, "archive": (*Server).controlArchive,
		"adduser": (*Server).controlAddUser, "addchannel": (*Server).controlAddChannel, "verify": (*Server).controlVerify,
		"usergroup": (*Server).controlUserGroup, "redeliver": (*Server).controlRedeliver, "upload": (*Server).controlUpload,
	} {
		handle("POST /_control/"+name, s.posted(do))
	}
	handle("POST /_control/faults", s.serveFaults)
	handle("POST /_control/features", s.serveFeatures)
	handle("/_control/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, "there is no "+r.Method+" "+r.URL.Path+" at the control door")
	})
}

// get answers a call whose arguments stand in the address.
func (s *Server) get(do call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		out, err := do(s, r, ask{User: q.Get("user"), Channel: q.Get("channel"), ThreadTS: q.Get("thread_ts")})
		reply(w, out, err)
	}
}

// posted answers a call whose arguments are the JSON body.
func (s *Server) posted(do call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in ask
		if err := readJSON(w, r, &in); err != nil {
			refuse(w, err.Error())
			return
		}
		out, err := do(s, r, in)
		reply(w, out, err)
	}
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFile*2)).Decode(into)
	if err != nil && !errors.Is(err, io.EOF) {
		return problem("the body must be JSON as the call takes it: " + err.Error())
	}
	return nil
}

func reply(w http.ResponseWriter, out obj, err error) {
	if err != nil {
		refuse(w, err.Error())
		return
	}
	if out == nil {
		out = obj{}
	}
	out["ok"] = true
	writeJSON(w, out)
}

func refuse(w http.ResponseWriter, problem string) { writeJSON(w, obj{"ok": false, "error": problem}) }

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v)
}

// actor finds the person who acts. Server.mu is held.
func (s *Server) actor(in ask) (*User, error) {
	if u := s.ws.user(in.User); u != nil && in.User != "" {
		return u, nil
	}
	return nil, problem("user_not_found")
}

// scene finds the person and the channel where they act; they must be in it. Server.mu is held.
func (s *Server) scene(in ask) (*User, *channel, error) {
	u, err := s.actor(in)
	if err != nil {
		return nil, nil, err
	}
	c := s.ws.channel(in.Channel, u.ID)
	switch {
	case c == nil, !c.sees(u.ID):
		return nil, nil, problem("channel_not_found")
	case c.archived:
		return nil, nil, problem("is_archived")
	case !c.has(u.ID):
		return nil, nil, problem("not_in_channel")
	}
	return u, c, nil
}
