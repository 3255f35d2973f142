package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers"
	"pipewright/store"
)

// Config is what a gateway needs. Only Observe may be left out; zero sizes get a default.
type Config struct {
	Handle func(context.Context, handlers.Intent) (handlers.Reply, error) // handlers.App.Handle
	Store  *store.Store
	API    *slack.Client // with the app-level token, for Socket Mode
	APIURL string        // where API goes: response URLs may lead there as well
	Log    *slog.Logger
	Now    func() time.Time // business time
	Locale string           // the workspace's language, where the person's is unknown

	Team   string // id of our workspace: payloads of others are refused
	App    string // id of our app, when it is known
	Bot    string // id of our user
	Prefix string // before every slash command

	Secret  string // signs requests in HTTP mode
	Sockets int    // connections in Socket Mode; 0 is two
	Workers int    // intents handled at the same time; 0 is 64
	Waiting int    // intents waiting for a worker; 0 is 512

	Observe func(in handlers.Intent, outcome string, took time.Duration) // metrics
}

// Gateway takes payloads from Slack and answers them.
type Gateway struct {
	Config
	people *People
	client *http.Client // for response URLs

	slots    chan struct{} // one for each worker
	admitted chan struct{} // one for each intent, waiting or handled
	answered answered
	running  sync.WaitGroup
	life     context.Context // of the handlers; ends after the doors are closed
	kill     context.CancelFunc
	sockets  sockets
	doors    *http.ServeMux
	refused  refused
	turned   turnedAway

	permalink func(ctx context.Context, channel, message string) string // "" when Slack gives none

	park, deadline time.Duration // after which a payload is parked, and given up
}

// Outcomes of an intent, as Observe gets them.
const (
	OutcomeDone   = "done"
	OutcomeLate   = "late"   // parked, then done
	OutcomeFailed = "failed" // not committed
	OutcomeShed   = "shed"   // turned away: too much to do
)

var (
	errBusy      = errors.New("gateway: too much to do")
	errForeign   = errors.New("gateway: the payload belongs to another workspace or app")
	errMalformed = errors.New("gateway: the payload is malformed")
)

// New returns a gateway; its doors are RunSockets and ServeHTTP.
func New(c Config, people *People) *Gateway {
	if c.Sockets == 0 {
		c.Sockets = 2
	}
	if c.Workers == 0 {
		c.Workers = 64
	}
	if c.Waiting == 0 {
		c.Waiting = 512
	}
	if c.Observe == nil {
		c.Observe = func(handlers.Intent, string, time.Duration) {}
	}
	g := &Gateway{
		Config: c, people: people, client: responseClient(),
		slots: make(chan struct{}, c.Workers), admitted: make(chan struct{}, c.Workers+c.Waiting),
		park: 2 * time.Second, deadline: 2600 * time.Millisecond,
	}
	g.doors, g.permalink = g.routes(), g.askPermalink
	g.life, g.kill = context.WithCancel(context.Background())
	return g
}

// Drain waits until what was taken is done, or ctx ends; then it stops the rest.
// What is stopped was either not acknowledged or is pending.
func (g *Gateway) Drain(ctx context.Context) {
	done := make(chan struct{})
	go func() { g.running.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
	g.kill()
}

// outcome is a handler's answer.
type outcome struct {
	reply handlers.Reply
	err   error
}

// take handles one intent and returns what to acknowledge it with (nil is an
// empty acknowledgement) and what to do after that (or nil). An error means that
// the payload must not be acknowledged: nothing was committed, and Slack sends it again or
// tells the person.
func (g *Gateway) take(in handlers.Intent, received time.Time) (ack any, after func(), err error) {
	select {
	case g.admitted <- struct{}{}:
	default:
		g.Observe(in, OutcomeShed, 0)
		return g.shed(in)
	}
	done := make(chan outcome, 1)
	g.running.Go(func() {
		defer func() { <-g.admitted }()
		done <- g.work(in, received)
	})
	timer := time.NewTimer(time.Until(received.Add(g.park)))
	defer timer.Stop()
	select {
	case o := <-done:
		return g.finish(in, received, o)
	case <-timer.C:
	}
	if in.Kind != handlers.Options && g.parkIntent(in) {
		g.running.Go(func() { g.late(in, received, <-done) })
		return g.lateAck(in), nil, nil
	}
	select { // it could not be parked: the last moment in which an acknowledgement counts
	case o := <-done:
		return g.finish(in, received, o)
	case <-time.After(time.Until(received.Add(g.deadline))):
	}
	if !answersFailure(in) {
		g.Observe(in, OutcomeFailed, time.Since(received))
		return nil, nil, context.DeadlineExceeded
	}
	ack, after = g.overdue(in, received, done)
	return ack, after, nil
}

// work runs the handler as soon as a worker is free.
func (g *Gateway) work(in handlers.Intent, received time.Time) (o outcome) {
	select {
	case g.slots <- struct{}{}:
	case <-time.After(time.Until(received.Add(g.park))):
		return outcome{err: errBusy}
	case <-g.life.Done():
		return outcome{err: g.life.Err()}
	}
	defer func() { <-g.slots }()
	return g.handle(in)
}

// handle runs the handler, with the memberships that it decides on up to date.
func (g *Gateway) handle(in handlers.Intent) (o outcome) {
	ctx, cancel := context.WithTimeout(g.life, 25*time.Second)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			g.Log.Error("gateway: a handler panicked", "name", in.Name, "panic", p, "stack", stack())
			o = outcome{err: errPanicked}
		}
	}()
	if decides(in.Kind) {
		may, err := g.people.mayDecide(ctx, in.User, g.Now())
		switch {
		case err != nil:
			return outcome{err: err}
		case !may:
			return outcome{reply: g.unsure(ctx, in)}
		}
	}
	if in.Kind == handlers.Shortcut && in.Message != "" {
		in.Link = g.permalink(ctx, in.Channel, in.Message)
	}
	reply, err := g.Handle(ctx, in)
	return outcome{reply, err}
}

// askPermalink asks Slack for the link of a message. The form that waits for it
// must open within three seconds, so it is done without when Slack is slow.
func (g *Gateway) askPermalink(ctx context.Context, channel, message string) string {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	link, err := g.API.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: message})
	if err != nil {
		g.Log.Warn("gateway: a message's link is not known", "channel", channel, "error", err)
		return ""
	}
	return link
}

func decides(k handlers.Kind) bool {
	return k == handlers.Command || k == handlers.Mention || k == handlers.Action || k == handlers.Submission
}

// finish turns a handler's answer into the acknowledgement.
func (g *Gateway) finish(in handlers.Intent, received time.Time, o outcome) (any, func(), error) {
	if o.err != nil {
		result := OutcomeFailed
		if errors.Is(o.err, errBusy) {
			result = OutcomeShed
		} else {
			g.Log.Error("gateway: not taken", "kind", in.Kind, "name", in.Name, "user", in.User, "key", in.Key, "error", o.err)
		}
		g.Observe(in, result, time.Since(received))
		if !answersFailure(in) || g.life.Err() != nil {
			return nil, nil, o.err
		}
		if result == OutcomeShed {
			return g.shed(in)
		}
		ack, after := g.apologise(in, o.err)
		return ack, after, nil
	}
	g.Observe(in, OutcomeDone, time.Since(received))
	ack, later := g.split(in, o.reply)
	if later == nil || !g.answered.first(in.Key) {
		return ack, nil, nil
	}
	return ack, func() { g.inTime(later) }, nil
}

// answered remembers which payloads were answered beside their acknowledgement,
// so that a repeated one is not answered twice. It forgets after some minutes:
// what comes later is a retry after a crash, whose first answer may be missing.
type answered struct {
	mu       sync.Mutex
	now, old map[string]bool
	turned   time.Time
}

const (
	answeredFor  = 5 * time.Minute
	answeredMost = 20000
)

// first reports whether the key is new, and remembers it.
func (a *answered) first(key string) bool {
	if key == "" {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.now == nil || time.Since(a.turned) > answeredFor || len(a.now) >= answeredMost {
		a.old, a.now, a.turned = a.now, map[string]bool{}, time.Now()
	}
	if a.now[key] || a.old[key] {
		return false
	}
	a.now[key] = true
	return true
}
