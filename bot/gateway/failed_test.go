package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pipewright/handlers"
	"pipewright/store"
)

const (
	notSaved = "I could not do that just now. Nothing was changed."
	unknown  = "can't tell whether that was saved"
)

// Slack sends a command, a click, a form or a shortcut once: whoever waits is told that it was
// not saved, on the way that their reply would have taken. Events come again.
func TestWhatIsNotTakenIsSaid(t *testing.T) {
	fails := func(err error) handle {
		return func(context.Context, handlers.Intent) (handlers.Reply, error) { return handlers.Reply{}, err }
	}
	for _, cause := range []struct {
		name   string
		handle handle
		want   string
	}{
		{"disk full", fails(errors.New("database or disk is full")), notSaved},
		{"busy", fails(store.ErrBusy), notSaved},
		{"commit lost", fails(fmt.Errorf("decide: %w", store.ErrUnsure)), unknown},
		{"panic", func(context.Context, handlers.Intent) (handlers.Reply, error) { panic("bug") }, unknown},
	} {
		f := newFakeSlack(t)
		g := newGateway(t, f, cause.handle)
		if w := sendCommand(g, "new", "1.1", ""); w.Code != 200 || !strings.Contains(said(w), cause.want) {
			t.Errorf("%s: a command: %d %s", cause.name, w.Code, w.Body)
		}
		sendInteraction(g, strings.Replace(click, "https://hooks.slack.com/x", f.URL+"/hook", 1))
		if c := f.called(t, "hook", 1); !strings.Contains(fmt.Sprint(c.body["text"]), cause.want) || c.body["replace_original"] != false {
			t.Errorf("%s: a click: %v", cause.name, c.body)
		}
		if w := sendInteraction(g, submit); w.Code != 200 || !strings.Contains(said(w), `"response_action":"push"`) || !strings.Contains(said(w), cause.want) {
			t.Errorf("%s: a form: %d %s", cause.name, w.Code, w.Body)
		}
		sendInteraction(g, strings.Replace(shortcut, "https://hooks.slack.com/x", f.URL+"/hook2", 1))
		if c := f.called(t, "hook2", 1); !strings.Contains(fmt.Sprint(c.body["text"]), cause.want) {
			t.Errorf("%s: a shortcut: %v", cause.name, c.body)
		}
		if w := sendEvent(g, mention); w.Code != 500 {
			t.Errorf("%s: an event is acknowledged with %d: it would not come again", cause.name, w.Code)
		}
	}
}

func said(w *httptest.ResponseRecorder) string {
	return strings.ReplaceAll(w.Body.String(), `\u0026`, "&")
}

// A database that is held by another program lets nothing be parked either: the person is told to wait, and
// then how it ended.
func TestOverdue(t *testing.T) {
	for name, ends := range map[string]struct {
		reply handlers.Reply
		err   error
		want  string
	}{
		"done after all": {handlers.Reply{Text: "D-12 is open."}, nil, "D-12 is open."},
		"failed":         {handlers.Reply{}, store.ErrBusy, notSaved},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeSlack(t)
			release := make(chan struct{})
			g := newGateway(t, f, func(context.Context, handlers.Intent) (handlers.Reply, error) {
				<-release
				return ends.reply, ends.err
			})
			g.park, g.deadline = 100*time.Millisecond, 150*time.Millisecond
			g.people.checked = g.Now()              // the memberships were looked at
			if err := g.Store.Close(); err != nil { // nothing can be parked
				t.Fatal(err)
			}
			const wait = "This takes longer than it should."
			if w := sendCommand(g, "new", "1.1", f.URL+"/hook"); w.Code != 200 || !strings.Contains(said(w), wait) {
				t.Errorf("a command: %d %s", w.Code, w.Body)
			}
			sendInteraction(g, strings.Replace(click, "https://hooks.slack.com/x", f.URL+"/hook2", 1))
			if c := f.called(t, "hook2", 1); !strings.Contains(fmt.Sprint(c.body["text"]), wait) {
				t.Errorf("a click: %v", c.body)
			}
			if w := sendInteraction(g, submit); w.Code != 200 || !strings.Contains(said(w), wait) {
				t.Errorf("a form: %d %s", w.Code, w.Body)
			}
			if w := sendEvent(g, mention); w.Code != 500 {
				t.Errorf("an event: %d", w.Code)
			}
			close(release)
			if c := f.called(t, "hook", 1); c.body["text"] == nil || !strings.Contains(fmt.Sprint(c.body["text"]), ends.want) {
				t.Errorf("the end of the command: %v", c.body)
			}
			if c := f.called(t, "views.update", 1); !strings.Contains(fmt.Sprint(c), ends.want) {
				t.Errorf("the end of the form: %v", c)
			}
		})
	}
}
