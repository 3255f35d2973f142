package gateway

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers"
)

// maxBody is above everything that Slack sends.
const maxBody = 1 << 20

// ServeHTTP is the HTTP door: /slack/events, /slack/commands and
// /slack/interactions, where selects ask for their options as well.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.doors.ServeHTTP(w, r) }

func (g *Gateway) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /slack/events", g.door(g.serveEvent))
	mux.HandleFunc("POST /slack/commands", g.door(g.serveCommand))
	mux.HandleFunc("POST /slack/interactions", g.door(g.serveInteraction))
	return mux
}

// door lets in what Slack signed over the raw body within five minutes. A
// request that is sent again within them finds its key in the inbox.
func (g *Gateway) door(serve func(http.ResponseWriter, []byte, time.Time)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		received := time.Now()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			var large *http.MaxBytesError
			if errors.As(err, &large) {
				http.Error(w, "the request is too large", http.StatusRequestEntityTooLarge)
				return
			}
			http.Error(w, "the request did not arrive whole", http.StatusBadRequest)
			return
		}
		if err := verify(r.Header, body, g.Secret); err != nil {
			g.refusal("gateway: a request was refused", "path", r.URL.Path, "from", r.RemoteAddr, "error", err)
			http.Error(w, "the signature does not fit", http.StatusUnauthorized)
			return
		}
		serve(w, body, received)
	}
}

// verify checks the signature and the age of a request.
func verify(header http.Header, body []byte, secret string) error {
	v, err := slack.NewSecretsVerifier(header, secret)
	if err != nil {
		return err
	}
	if _, err := v.Write(body); err != nil {
		return err
	}
	return v.Ensure()
}

func (g *Gateway) serveEvent(w http.ResponseWriter, body []byte, received time.Time) {
	var c callback
	if err := json.Unmarshal(body, &c); err != nil {
		g.refuse(w, errMalformed)
		return
	}
	if c.Type == "url_verification" {
		reply(w, map[string]string{"challenge": c.Challenge})
		return
	}
	in, ch, err := g.event(c)
	if err == nil && ch != nil {
		err = g.people.apply(g.life, *ch, g.Now())
	}
	g.serve(w, in, err, received)
}

func (g *Gateway) serveCommand(w http.ResponseWriter, body []byte, received time.Time) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		g.refuse(w, errMalformed)
		return
	}
	in, err := g.command(commandOf(form))
	g.serve(w, in, err, received)
}

func (g *Gateway) serveInteraction(w http.ResponseWriter, body []byte, received time.Time) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		g.refuse(w, errMalformed)
		return
	}
	in, err := g.interaction([]byte(form.Get("payload")))
	g.serve(w, in, err, received)
}

// serve takes the intent and acknowledges it.
func (g *Gateway) serve(w http.ResponseWriter, in handlers.Intent, err error, received time.Time) {
	if err != nil {
		g.refuse(w, err)
		return
	}
	if in.Kind == "" {
		w.WriteHeader(http.StatusOK)
		return
	}
	ack, after, err := g.take(in, received)
	if err != nil {
		g.refuse(w, err)
		return
	}
	reply(w, ack)
	if after != nil {
		_ = http.NewResponseController(w).Flush()
		g.running.Go(after)
	}
}

// reply acknowledges; a nil ack is an empty body.
func reply(w http.ResponseWriter, ack any) {
	if ack == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	body, encoded := ack.(json.RawMessage)
	if !encoded {
		var err error
		if body, err = json.Marshal(ack); err != nil {
			http.Error(w, "the reply cannot be written", http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body)
}

func (g *Gateway) refuse(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errForeign):
		g.refusal("gateway: a payload was refused", "error", err)
		http.Error(w, "this is another workspace's", http.StatusForbidden)
	case errors.Is(err, errMalformed):
		g.refusal("gateway: a payload was refused", "error", err)
		http.Error(w, "the payload cannot be read", http.StatusBadRequest)
	case errors.Is(err, errBusy):
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too much to do, please try again", http.StatusServiceUnavailable)
	default:
		http.Error(w, "nothing was changed, please try again", http.StatusInternalServerError)
	}
}
