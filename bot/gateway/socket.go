package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack/socketmode"

	"pipewright/handlers"
)

// sockets counts the connections of Socket Mode.
type sockets struct{ open atomic.Int32 }

// Connected returns how many sockets are open.
func (g *Gateway) Connected() int { return int(g.sockets.open.Load()) }

// RunSockets keeps the connections of Socket Mode open until ctx ends. Slack
// gives each payload to one of them; two leave no gap while one is renewed. When
// ctx ends, no payload is taken any more, what was taken is acknowledged, and
// then the sockets are closed.
func (g *Gateway) RunSockets(ctx context.Context) {
	life, kill := context.WithCancel(context.WithoutCancel(ctx))
	defer kill()
	ended := make(chan struct{}, g.Config.Sockets)
	for n := range g.Config.Sockets {
		go func() {
			g.superviseSocket(ctx, life, n)
			ended <- struct{}{}
		}()
	}
	<-ctx.Done()
	drain, cancel := context.WithTimeout(life, 5*time.Second)
	g.Drain(drain)
	cancel()
	kill()
	for range g.Config.Sockets {
		<-ended
	}
}

// superviseSocket opens the connection again whenever slack-go gives up on it.
func (g *Gateway) superviseSocket(ctx, life context.Context, n int) {
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, time.Minute) {
		start := time.Now()
		err := g.runSocket(ctx, life, n)
		if ctx.Err() != nil {
			return
		}
		if time.Since(start) > time.Minute {
			wait = time.Second
		}
		g.Log.Error("gateway: a socket ended; it is opened again", "socket", n, "error", scrub(err), "wait", wait)
		select {
		case <-time.After(wait + rand.N(wait/2)):
		case <-ctx.Done():
		}
	}
}

// scrub takes the URL, which holds a ticket, out of an error.
func scrub(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func (g *Gateway) runSocket(ctx, life context.Context, n int) error {
	client := socketmode.New(g.API, socketmode.OptionLog(log.New(io.Discard, "", 0)), socketmode.OptionReadLimit(4*maxBody))
	life, stop := context.WithCancel(life)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- client.RunContext(life) }()
	up := false
	note := func(now bool) {
		if now != up {
			up = now
			g.sockets.open.Add(map[bool]int32{true: 1, false: -1}[now])
		}
	}
	defer note(false)
	for {
		select {
		case e := <-client.Events:
			note(g.socketEvent(ctx, client, e, n, up))
		case err := <-failed:
			return err
		}
	}
}

// socketEvent reacts to what a socket reports, and returns whether it is open.
// Payloads are handed to goroutines of their own, whose number take bounds: this
// loop must not wait, or the pings stop.
func (g *Gateway) socketEvent(ctx context.Context, client *socketmode.Client, e socketmode.Event, n int, up bool) bool {
	switch data := e.Data.(type) {
	case *socketmode.ConnectedEvent:
		g.Log.Info("gateway: socket open", "socket", n)
		return true
	case *socketmode.ErrorBadMessage: // slack-go cannot read it; we may
		var req socketmode.Request
		if err := json.Unmarshal(data.Message, &req); err != nil || req.EnvelopeID == "" {
			g.Log.Warn("gateway: a message without an envelope", "cause", data.Cause)
			return up
		}
		g.received(ctx, client, req)
		return up
	}
	switch e.Type {
	case socketmode.EventTypeConnecting, socketmode.EventTypeDisconnect, socketmode.EventTypeInvalidAuth:
		return false
	case socketmode.EventTypeConnectionError:
		if ctx.Err() == nil {
			g.Log.Warn("gateway: socket not open yet", "socket", n)
		}
		return false
	case socketmode.EventTypeErrorWriteFailed:
		g.Log.Warn("gateway: an acknowledgement was not written", "socket", n)
	}
	if e.Request != nil && e.Request.EnvelopeID != "" {
		g.received(ctx, client, *e.Request)
	}
	return up
}

// received takes an envelope, unless we are about to end: Slack then gives it to
// another connection.
func (g *Gateway) received(ctx context.Context, client *socketmode.Client, req socketmode.Request) {
	if ctx.Err() != nil {
		return
	}
	received := time.Now()
	g.running.Go(func() {
		in, err := g.translate(req)
		if err != nil { // it would be refused each time: acknowledged, so that Slack does not send it again
			g.Log.Warn("gateway: a payload was refused", "type", req.Type, "error", err)
		}
		if err != nil || in.Kind == "" {
			if !errors.Is(err, errNotKept) {
				g.acknowledge(client, req, nil)
			}
			return
		}
		ack, after, err := g.take(in, received)
		if err != nil {
			return
		}
		g.acknowledge(client, req, ack)
		if after != nil {
			after()
		}
	})
}

// errNotKept is for a change of people that could not be committed: Slack sends it again.
var errNotKept = errors.New("gateway: not kept")

// translate reads an envelope by its type. It returns an Intent without a Kind
// for what needs nothing but its acknowledgement.
func (g *Gateway) translate(req socketmode.Request) (handlers.Intent, error) {
	switch req.Type {
	case socketmode.RequestTypeSlashCommands:
		var c command
		if err := json.Unmarshal(req.Payload, &c); err != nil {
			return handlers.Intent{}, fmt.Errorf("%w: %w", errMalformed, err)
		}
		return g.command(c)
	case socketmode.RequestTypeInteractive:
		return g.interaction(req.Payload)
	case socketmode.RequestTypeEventsAPI:
		var c callback
		if err := json.Unmarshal(req.Payload, &c); err != nil {
			return handlers.Intent{}, fmt.Errorf("%w: %w", errMalformed, err)
		}
		in, ch, err := g.event(c)
		if err == nil && ch != nil {
			if err = g.people.apply(g.life, *ch, g.Now()); err != nil {
				err = fmt.Errorf("%w: %w", errNotKept, err)
			}
		}
		return in, err
	}
	return handlers.Intent{}, fmt.Errorf("%w: an envelope of type %q", errMalformed, req.Type)
}

func (g *Gateway) acknowledge(client *socketmode.Client, req socketmode.Request, ack any) {
	if !req.AcceptsResponsePayload {
		ack = nil
	}
	ctx, cancel := context.WithTimeout(g.life, 3*time.Second) // later than that nobody listens
	defer cancel()
	if err := client.AckCtx(ctx, req.EnvelopeID, ack); err != nil {
		g.Log.Error("gateway: an acknowledgement was not sent", "type", req.Type, "error", err)
	}
}
