package playground

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Config says what a playground is made of. Manifest is required; everything else has a default.
type Config struct {
	Addr      string       // where to listen; "127.0.0.1:0" (the default) picks a free port
	Manifest  []byte       // the app's Slack manifest as JSON
	Workspace Workspace    // who and what is there at the start
	Clock     Clock        // business time; nil is real time plus an offset of the playground's own
	EventsURL string       // base URL of the bot for HTTP mode; "" is Socket Mode
	Log       *slog.Logger // nil discards
}

// obj and list are JSON as it stands: what Slack sends and takes is kept in its own shape.
type (
	obj  = map[string]any
	list = []any
)

// Server is one workspace with one app installed. All its methods may be called at the same time.
type Server struct {
	app     app
	log     *slog.Logger
	clock   Clock
	limits  limits
	secrets secrets
	base    string // http://127.0.0.1:8900
	ln      net.Listener
	http    *http.Server
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex // guards what follows
	ws        workspace
	eventsURL string
	features  features

	journal  *journal
	stream   *stream
	faults   faults
	rates    rates
	sockets  sockets
	triggers triggers
	hooks    hooks
	events   chan event
}

// secrets are what the app would be given at its installation.
type secrets struct{ bot, app, signing, verification string }

// limits are the protocol's times. They are Slack's; tests shorten them.
type limits struct {
	ack        time.Duration   // within which a payload must be acknowledged
	trigger    time.Duration   // life of a trigger id
	lateReply  time.Duration   // how long a command with an empty acknowledgement waits for its answer
	retries    []time.Duration // pauses before an event is sent again
	socketLife time.Duration   // after which a socket is told to reconnect
	warning    time.Duration   // between that warning and the end
	ping       time.Duration
}

func slackLimits() limits {
	return limits{
		ack: 3 * time.Second, trigger: 3 * time.Second, lateReply: 2 * time.Second,
		retries:    []time.Duration{0, time.Minute, 5 * time.Minute},
		socketLife: 4 * time.Hour, warning: 10 * time.Second, ping: 10 * time.Second,
	}
}

// New makes a workspace and takes its address, so that URL is known at once; Start answers there.
// It returns an error when the manifest cannot be read, the workspace contradicts itself, or the
// address is taken or not a loopback one.
func New(cfg Config) (*Server, error) {
	a, err := readManifest(cfg.Manifest)
	if err != nil {
		return nil, err
	}
	s := &Server{
		app: a, log: cfg.Log, clock: cfg.Clock, limits: slackLimits(), eventsURL: strings.TrimRight(cfg.EventsURL, "/"),
		features: features{NativeBlocks: true},
		journal:  newJournal(), stream: newStream(), events: make(chan event, 4096),
		secrets: secrets{
			bot: "xoxb-" + random(12), app: "xapp-1-" + a.id + "-" + random(12),
			signing: random(16), verification: random(12),
		},
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.clock == nil {
		s.clock = &ownClock{}
	}
	if err := s.ws.load(cfg.Workspace, a, s.clock.Now()); err != nil {
		return nil, err
	}
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	if s.ln, err = listen(cfg.Addr); err != nil {
		return nil, err
	}
	s.base = "http://" + s.ln.Addr().String()
	s.journal.mask = newMask(s.base, s.secrets)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.http = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	return s, nil
}

// listen takes addr, refusing what strangers could reach: the playground lets anyone be anyone.
func listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("playground: address %q: write it as 127.0.0.1:8900: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("playground: %q can be reached from outside; use 127.0.0.1 or localhost", addr)
	}
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("playground: %w; choose another address", err)
	}
	return ln, nil
}

// URL is the address of the page, such as http://127.0.0.1:8900.
func (s *Server) URL() string { return s.base }

// APIURL is the base of the Web API, with the trailing slash that slack-go wants.
func (s *Server) APIURL() string { return s.base + "/api/" }

// BotToken is the token for the Web API.
func (s *Server) BotToken() string { return s.secrets.bot }

// AppToken is the app-level token that opens sockets.
func (s *Server) AppToken() string { return s.secrets.app }

// SigningSecret is the key of the signatures in HTTP mode.
func (s *Server) SigningSecret() string { return s.secrets.signing }

// SetEventsURL moves delivery to the bot at that base URL, or to Socket Mode when it is "".
func (s *Server) SetEventsURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.eventsURL = strings.TrimRight(base, "/")
}

// Start answers requests until Close. It returns at once.
func (s *Server) Start() {
	s.running.Go(s.sendEvents)
	s.running.Go(func() {
		if err := s.http.Serve(s.ln); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("playground stopped", "error", err)
		}
	})
}

// Close ends all connections and what is still being retried. It returns ctx's error when that does
// not happen in time.
func (s *Server) Close(ctx context.Context) error {
	s.cancel()
	s.sockets.closeAll()
	s.stream.close()
	// A connection that a client opened and never used counts as busy for five seconds.
	soon, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if s.http.Shutdown(soon) != nil {
		_ = s.http.Close()
	}
	_ = s.ln.Close() // not yet Serve's when Start was never called
	done := make(chan struct{})
	go func() { s.running.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.HandleFunc("GET /link", s.serveSocket)
	mux.HandleFunc("POST /hooks/{id}", s.serveHook)
	mux.HandleFunc("POST /upload/{id}", s.serveUpload)
	mux.HandleFunc("GET /files/{id}/{name}", s.serveFile)
	s.routeControl(mux)
	s.routePage(mux)
	return loopbackOnly(mux)
}

// loopbackOnly refuses other machines, and names that only pretend to be this one (DNS rebinding).
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil || !net.ParseIP(host).IsLoopback() || !isLoopbackName(r.Host) {
			http.Error(w, "the playground answers this machine only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses requests that another site's page makes.
func sameOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin, err := url.Parse(r.Header.Get("Origin"))
		foreign := err != nil || r.Header.Get("Origin") != "" && origin.Host != r.Host
		if site := r.Header.Get("Sec-Fetch-Site"); foreign || site == "cross-site" || site == "same-site" {
			http.Error(w, "the playground does not answer other sites", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopbackName(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func random(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
