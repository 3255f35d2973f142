package playground

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const maxBody = 4 << 20

// method is one Web API method. It runs with Server.mu held, so it must not wait for anything.
type method struct {
	run    func(*Server, args) (obj, error)
	scopes []string // any one of them suffices; none means every token
	app    bool     // takes the app-level token
	tier   int      // calls per minute when the workspace enforces rates
}

var methods = map[string]method{
	"api.test":                     {run: (*Server).apiTest, tier: 100},
	"auth.test":                    {run: (*Server).authTest, tier: 600},
	"apps.connections.open":        {run: (*Server).openConnection, app: true, tier: 100},
	"bots.info":                    {run: (*Server).botsInfo, scopes: []string{"users:read"}, tier: 50},
	"team.info":                    {run: (*Server).teamInfo, scopes: []string{"team:read"}, tier: 50},
	"chat.postMessage":             {run: (*Server).chatPostMessage, scopes: []string{"chat:write"}, tier: 60},
	"chat.update":                  {run: (*Server).chatUpdate, scopes: []string{"chat:write"}, tier: 50},
	"chat.delete":                  {run: (*Server).chatDelete, scopes: []string{"chat:write"}, tier: 50},
	"chat.postEphemeral":           {run: (*Server).chatPostEphemeral, scopes: []string{"chat:write"}, tier: 100},
	"chat.getPermalink":            {run: (*Server).chatGetPermalink, tier: 600},
	"views.open":                   {run: (*Server).viewsOpen, tier: 100},
	"views.push":                   {run: (*Server).viewsPush, tier: 100},
	"views.update":                 {run: (*Server).viewsUpdate, tier: 100},
	"views.publish":                {run: (*Server).viewsPublish, tier: 100},
	"users.info":                   {run: (*Server).usersInfo, scopes: []string{"users:read"}, tier: 100},
	"users.list":                   {run: (*Server).usersList, scopes: []string{"users:read"}, tier: 20},
	"usergroups.list":              {run: (*Server).usergroupsList, scopes: []string{"usergroups:read"}, tier: 20},
	"usergroups.users.list":        {run: (*Server).usergroupsUsersList, scopes: []string{"usergroups:read"}, tier: 20},
	"conversations.info":           {run: (*Server).conversationsInfo, scopes: readScopes, tier: 50},
	"conversations.list":           {run: (*Server).conversationsList, scopes: readScopes, tier: 20},
	"conversations.members":        {run: (*Server).conversationsMembers, scopes: readScopes, tier: 100},
	"conversations.history":        {run: (*Server).conversationsHistory, scopes: historyScopes, tier: 50},
	"conversations.replies":        {run: (*Server).conversationsReplies, scopes: historyScopes, tier: 50},
	"conversations.open":           {run: (*Server).conversationsOpen, scopes: []string{"im:write", "mpim:write", "channels:manage", "groups:write"}, tier: 50},
	"conversations.join":           {run: (*Server).conversationsJoin, scopes: []string{"channels:join"}, tier: 50},
	"reactions.add":                {run: (*Server).reactionsAdd, scopes: []string{"reactions:write"}, tier: 50},
	"files.getUploadURLExternal":   {run: (*Server).filesGetUploadURL, scopes: []string{"files:write"}, tier: 100},
	"files.completeUploadExternal": {run: (*Server).filesCompleteUpload, scopes: []string{"files:write"}, tier: 100},
	"files.info":                   {run: (*Server).filesInfo, scopes: []string{"files:read"}, tier: 100},
}

var (
	readScopes    = []string{"channels:read", "groups:read", "im:read", "mpim:read"}
	historyScopes = []string{"channels:history", "groups:history", "im:history", "mpim:history"}
)

// apiError is a refusal in Slack's words.
type apiError struct {
	code  string
	extra obj
}

func (e *apiError) Error() string { return e.code }

func fail(code string) error { return &apiError{code: code} }

// invalid refuses arguments, saying where and why as Slack does.
func invalid(code string, problems []string) error {
	marked := make(list, len(problems))
	for i, p := range problems {
		marked[i] = "[ERROR] " + p
	}
	return &apiError{code: code, extra: obj{"errors": problems, "response_metadata": obj{"messages": marked}}}
}

// args are a call's arguments; forms have texts only, JSON bodies any value.
type args obj

func (a args) text(key string) string {
	switch v := a[key].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (a args) has(key string) bool { _, ok := a[key]; return ok }

func (a args) yes(key string) bool { t := a.text(key); return t == "true" || t == "1" }

// count reads a number of items between 1 and most.
func (a args) count(key string, fallback, most int) int {
	n, err := strconv.Atoi(a.text(key))
	if err != nil || n < 1 {
		return fallback
	}
	return min(n, most)
}

// json reads a value that forms carry as JSON text. It returns false when that is no JSON.
func (a args) json(key string) (any, bool) {
	text, isText := a[key].(string)
	if !isText {
		return a[key], true
	}
	if strings.TrimSpace(text) == "" {
		return nil, true
	}
	var v any
	return v, json.Unmarshal([]byte(text), &v) == nil
}

// serveAPI answers /api/METHOD.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	start, name := time.Now(), r.PathValue("method")
	token, in, err := readArgs(w, r)
	fault := s.faults.take(name, true)
	if fault != nil && fault.Kind == "disconnect" {
		s.noteCall(name, in, nil, "disconnect", start)
		cut(w)
		return
	}
	var body []byte
	var out any
	status := "ok"
	switch {
	case err != nil:
	case fault != nil && fault.Kind == "rate_limited":
		err = &rateLimited{fault.RetryAfter}
	case fault != nil && fault.Kind == "error":
		err = fail(fault.Error)
	default:
		body, out, err = s.call(name, token, in)
	}
	if err != nil {
		status = err.Error()
		body, out = errorBody(err)
	}
	if fault != nil && fault.Kind == "slow" {
		s.pause(r, fault.delay())
		status += ", slow"
	}
	if fault != nil && fault.Kind == "lost_reply" {
		s.noteCall(name, in, out, status+", reply lost", start)
		cut(w)
		return
	}
	s.noteCall(name, in, out, status, start)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if token == s.secrets.bot {
		s.mu.Lock()
		w.Header().Set("X-OAuth-Scopes", s.granted())
		s.mu.Unlock()
		w.Header().Set("X-Accepted-OAuth-Scopes", strings.Join(methods[name].scopes, ","))
	}
	var limited *rateLimited
	if errors.As(err, &limited) {
		w.Header().Set("Retry-After", strconv.Itoa(limited.seconds))
		w.WriteHeader(http.StatusTooManyRequests)
	}
	_, _ = w.Write(body)
}

// call runs the method and encodes its answer while nothing can change.
func (s *Server) call(name, token string, in args) ([]byte, any, error) {
	m, ok := methods[name]
	if !ok {
		return nil, nil, fail("unknown_method")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit(name, m, token); err != nil {
		return nil, nil, err
	}
	if err := s.checkRate(name, m, in); err != nil {
		return nil, nil, err
	}
	out, err := m.run(s, in)
	if err != nil {
		return nil, nil, err
	}
	if out == nil {
		out = obj{}
	}
	out["ok"] = true
	body, err := json.Marshal(out)
	return body, json.RawMessage(body), err
}

// admit checks the token and its scopes.
func (s *Server) admit(name string, m method, token string) error {
	switch {
	case name == "api.test":
		return nil
	case token == "":
		return fail("not_authed")
	case m.app && token == s.secrets.bot, !m.app && token == s.secrets.app:
		return fail("not_allowed_token_type")
	case m.app && token != s.secrets.app, !m.app && token != s.secrets.bot:
		return fail("invalid_auth")
	}
	if len(m.scopes) == 0 || slices.ContainsFunc(m.scopes, s.scope) {
		return nil
	}
	return s.missing(m.scopes...)
}

// missing refuses for want of one of those scopes.
func (s *Server) missing(scopes ...string) error {
	return &apiError{code: "missing_scope", extra: obj{"needed": strings.Join(scopes, ","), "provided": s.granted()}}
}

// granted lists the scopes that the app holds.
func (s *Server) granted() string {
	var held []string
	for _, scope := range slices.Sorted(maps.Keys(s.app.scopes)) {
		if s.scope(scope) {
			held = append(held, scope)
		}
	}
	return strings.Join(held, ",")
}

// readArgs takes the token and the arguments from a form, a multipart form or a JSON body.
func readArgs(w http.ResponseWriter, r *http.Request) (string, args, error) {
	token, in := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), args{}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return token, in, fail("request_timeout")
		}
		if len(bytes.TrimSpace(raw)) > 0 && !bytes.Equal(raw, []byte("null")) && json.Unmarshal(raw, &in) != nil {
			return token, args{}, fail("invalid_json")
		}
	} else {
		if err := r.ParseMultipartForm(maxBody); err != nil && !errors.Is(err, http.ErrNotMultipart) {
			return token, in, fail("invalid_form_data")
		}
		for key, values := range r.Form {
			in[key] = values[0]
		}
	}
	if t, ok := in["token"].(string); ok {
		token = or(token, t)
	}
	delete(in, "token")
	return token, in, nil
}

func errorBody(err error) ([]byte, any) {
	out := obj{}
	var api *apiError
	if errors.As(err, &api) {
		maps.Copy(out, api.extra)
	}
	out["ok"], out["error"] = false, err.Error()
	body, _ := json.Marshal(out)
	return body, out
}

func (s *Server) noteCall(name string, in args, out any, status string, start time.Time) {
	s.note(Entry{
		Dir: "from_bot", Method: name, Channel: in.text("channel"), User: or(in.text("user"), in.text("user_id")),
		Request: readable(in), Response: out, Status: status, Ms: ms(start),
	})
}

// readable shows JSON that a form carried as text as the JSON it is.
func readable(in args) obj {
	out := obj{}
	for key, v := range in {
		out[key] = v
		if text, ok := v.(string); ok && (strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")) {
			if parsed, ok := in.json(key); ok {
				out[key] = parsed
			}
		}
	}
	return out
}

func ms(start time.Time) float64 { return float64(time.Since(start).Microseconds()) / 1000 }

// cut breaks the connection without an answer.
func cut(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler)
}

func (s *Server) pause(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
}

// page cuts a list into pages: it returns the part that begins at the cursor, and the next cursor.
func page[T any](all []T, in args, fallback int) ([]T, string, error) {
	from := 0
	if cursor := in.text("cursor"); cursor != "" {
		n, err := fmt.Sscanf(cursor, "dXNlcjp%d=", &from)
		if err != nil || n != 1 || from < 0 || from > len(all) {
			return nil, "", fail("invalid_cursor")
		}
	}
	to := min(from+in.count("limit", fallback, 1000), len(all))
	if to == len(all) {
		return all[from:], "", nil
	}
	return all[from:to], fmt.Sprintf("dXNlcjp%d=", to), nil
}
