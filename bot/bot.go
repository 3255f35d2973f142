package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"pipewright/bot/gateway"
	"pipewright/bot/outbox"
	"pipewright/handlers"
	"pipewright/store"
)

// bot is the program at work: one store, with the gateway and the outbox on its
// two sides, the handlers between them, the clocks, and a door for operators.
type bot struct {
	cfg     Config
	log     *slog.Logger
	store   *store.Store
	api     *slack.Client
	clock   *clock
	metrics *metrics

	listener net.Listener
	mux      *http.ServeMux
	people   *gateway.People
	outbox   *outbox.Outbox
	gateway  atomic.Pointer[gateway.Gateway] // nil until Slack said who we are
	sealer   sealer
	homes    handlers.Homes
	followed string // address of the playground in another process whose clock is followed
}

// slackTimeout is for one call of the Web API, well below an outbox lease.
const slackTimeout = 10 * time.Second

// newSlack returns a client that never retries by itself: the outbox does.
func newSlack(cfg Config) *slack.Client {
	return slack.New(cfg.BotToken, slack.OptionAppLevelToken(cfg.AppToken), slack.OptionAPIURL(cfg.APIURL),
		slack.OptionHTTPClient(&http.Client{Timeout: slackTimeout}))
}

// newBot opens the database and takes the address; run does the rest.
func newBot(ctx context.Context, cfg Config, log *slog.Logger, c *clock) (*bot, error) {
	st, err := openStore(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		_ = st.Close()
		return nil, fmt.Errorf("LISTEN_ADDR %s cannot be used; choose another port: %w", cfg.Listen, err)
	}
	b := &bot{cfg: cfg, log: log, store: st, api: newSlack(cfg), clock: c, listener: listener, mux: http.NewServeMux()}
	b.metrics = newMetrics(b)
	b.homes.Store = st
	b.people = &gateway.People{API: b.api, Store: st, Log: log}
	b.routes()
	return b, nil
}

func openStore(ctx context.Context, cfg Config, log *slog.Logger) (*store.Store, error) {
	st, err := store.Open(ctx, cfg.Database, store.Options{Admins: cfg.Admins, Log: log})
	if err != nil {
		return nil, fmt.Errorf("the database %s cannot be opened: %w", mask(cfg.Database), err)
	}
	return st, nil
}

// url is where the bot answers HTTP.
func (b *bot) url() string { return "http://" + b.listener.Addr().String() }

// run works until ctx ends, then finishes what it began. It returns an error
// when it cannot begin.
func (b *bot) run(ctx context.Context) error {
	server := &http.Server{Handler: b.mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(b.listener) }()
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(end)
		if g := b.gateway.Load(); g != nil {
			g.Drain(end)
		}
		if err := <-served; err != nil && !errors.Is(err, http.ErrServerClosed) {
			b.log.Error("http server", "error", err)
		}
		if err := b.store.Close(); err != nil {
			b.log.Error("the database was not closed cleanly", "error", err)
		}
	}()
	if err := ensureMap(ctx, b.store, b.clock.Now()); err != nil {
		return err
	}
	who, err := b.introduce(ctx)
	if err != nil {
		return err
	}
	return b.work(ctx, who)
}

// work runs all parts side by side.
func (b *bot) work(ctx context.Context, who *slack.AuthTestResponse) error {
	app := b.app(who)
	g := b.openGateway(app, who, b.appID(ctx, who))
	b.outbox = outbox.New(outbox.Config{
		Store: b.store, API: b.api, Render: renderer{app}, Log: b.log, Admins: b.cfg.Admins, Now: b.clock.Now,
		Pace: b.cfg.pace, Lease: b.cfg.lease, Observe: b.metrics.delivered,
	})
	b.clock.attach(b.settle, b.schedules(app)...)
	stop, err := b.schedule(ctx, g)
	if err != nil {
		return err
	}
	defer stop()
	b.gateway.Store(g) // ready from now on
	b.log.Info("ready", "workspace", who.Team, "mode", b.cfg.Mode, "address", b.url(), "database", b.store.Driver())

	var parts sync.WaitGroup
	mirrored := make(chan struct{})
	parts.Go(func() { b.fillMirror(ctx); close(mirrored) })
	parts.Go(func() {
		select { // so that the first messages know people's names
		case <-mirrored:
		case <-time.After(2 * time.Second):
		}
		b.outbox.Run(ctx)
	})
	parts.Go(func() { b.finishPending(ctx, g, 0) })
	parts.Go(func() { b.follow(ctx) })
	if b.cfg.Mode == modeSocket {
		parts.Go(func() { g.RunSockets(ctx) })
	}
	<-ctx.Done()
	b.log.Info("stopping")
	parts.Wait()
	return nil
}

// introduce asks Slack who we are. It keeps asking while Slack cannot be
// reached, and gives up when Slack refuses the token.
func (b *bot) introduce(ctx context.Context) (*slack.AuthTestResponse, error) {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		who, err := b.api.AuthTestContext(ctx)
		if err == nil {
			return who, nil
		}
		var said slack.SlackErrorResponse
		if errors.As(err, &said) && isRefused(said.Err) {
			return nil, fmt.Errorf("the token in SLACK_BOT_TOKEN is refused by Slack (%s); install the app again and copy the new token", said.Err)
		}
		b.log.Warn("Slack does not answer; trying again", "error", err, "wait", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// appID returns the id of our app, so that payloads of other apps are refused; "" when
// Slack does not say it, and then the signature alone has to do.
func (b *bot) appID(ctx context.Context, who *slack.AuthTestResponse) string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	us, err := b.api.GetBotInfoContext(ctx, slack.GetBotInfoParameters{Bot: who.BotID})
	if err != nil {
		b.log.Warn("Slack does not say the app's id; payloads are not checked for it", "error", err)
		return ""
	}
	return us.AppID
}

func isRefused(code string) bool {
	switch code {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type":
		return true
	}
	return false
}

func (b *bot) app(who *slack.AuthTestResponse) *handlers.App {
	return &handlers.App{
		Store: b.store, Log: b.log, DealsChannel: b.cfg.DealsChannel, Locale: b.cfg.Locale, Zone: b.cfg.zone,
		Prefix: b.cfg.Prefix, Bot: who.UserID, Workspace: who.URL, Clock: b.clock.Now, Directory: b.people,
	}
}

func (b *bot) openGateway(app *handlers.App, who *slack.AuthTestResponse, id string) *gateway.Gateway {
	return gateway.New(gateway.Config{
		Handle: app.Handle, Store: b.store, API: b.api, APIURL: b.cfg.APIURL, Log: b.log, Now: b.clock.Now, Locale: b.cfg.Locale,
		Team: who.TeamID, App: id, Bot: who.UserID, Prefix: b.cfg.Prefix, Secret: b.cfg.SigningSecret, Observe: b.metrics.handled,
	}, b.people)
}

// fillMirror reads who is in the workspace, and in its user groups.
func (b *bot) fillMirror(ctx context.Context) {
	if err := b.people.Sync(ctx, b.clock.Now()); err != nil && ctx.Err() == nil {
		b.log.Warn("people are read one by one as they act", "error", err)
	}
	if err := b.people.SyncGroups(ctx, b.clock.Now()); err != nil && ctx.Err() == nil {
		b.log.Warn("user groups are read one by one where a right hangs on them", "error", err)
	}
}

func (b *bot) finishPending(ctx context.Context, g *gateway.Gateway, atLeast time.Duration) {
	n, err := g.FinishPending(ctx, atLeast)
	if err != nil && ctx.Err() == nil {
		b.log.Error("pending payloads cannot be finished", "error", err)
	}
	if n > 0 {
		b.log.Info("pending payloads finished", "count", n)
	}
}

// settle waits until everything that can be delivered now was delivered. What
// Slack postpones for long is not waited for.
func (b *bot) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		b.outbox.Poke()
		idle, err := b.store.Idle(ctx)
		if err != nil {
			return err
		}
		if idle {
			at, more, err := b.store.NextDue(ctx)
			if err != nil {
				return err
			}
			if !more || time.Until(at) > 5*time.Second {
				return nil
			}
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return nil
		}
	}
}
