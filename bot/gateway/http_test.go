package gateway

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"pipewright/handlers"
)

func echo(_ context.Context, in handlers.Intent) (handlers.Reply, error) {
	return handlers.Reply{Text: in.Name + ": " + in.Text}, nil
}

func TestOnlySlackComesIn(t *testing.T) {
	g := newGateway(t, newFakeSlack(t), echo)
	body := commandForm("new", "1.1", "").Encode()
	foreign := commandForm("new", "1.1", "")
	foreign.Set("team_id", "T0OTHER")
	unnamed := commandForm("new", "", "")
	now := time.Now()
	tampered := signed("/slack/commands", form, body, now, secret)
	tampered.Body = http.NoBody
	unsigned := signed("/slack/commands", form, body, now, secret)
	unsigned.Header.Del("X-Slack-Signature")
	for _, test := range []struct {
		name string
		r    *http.Request
		want int
	}{
		{"signed", signed("/slack/commands", form, body, now, secret), 200},
		{"four minutes old", signed("/slack/commands", form, body, now.Add(-4*time.Minute), secret), 200},
		{"six minutes old", signed("/slack/commands", form, body, now.Add(-6*time.Minute), secret), 401},
		{"six minutes ahead", signed("/slack/commands", form, body, now.Add(6*time.Minute), secret), 401},
		{"another key", signed("/slack/commands", form, body, now, "guess"), 401},
		{"another body", tampered, 401},
		{"no signature", unsigned, 401},
		{"another workspace", signed("/slack/commands", form, foreign.Encode(), now, secret), 403},
		{"no trigger", signed("/slack/commands", form, unnamed.Encode(), now, secret), 400},
		{"no form", signed("/slack/commands", form, "%zz", now, secret), 400},
		{"no payload", signed("/slack/interactions", form, "x=y", now, secret), 400},
		{"no JSON", signed("/slack/interactions", form, url.Values{"payload": {"{"}}.Encode(), now, secret), 400},
		{"no event", signed("/slack/events", "application/json", `{"type":"event_callback","team_id":"`+team+`"}`, now, secret), 400},
		{"garbage", signed("/slack/events", "application/json", `[`, now, secret), 400},
		{"too large", signed("/slack/commands", form, "text="+strings.Repeat("x", maxBody), now, secret), 413},
		{"another path", signed("/slack/other", form, body, now, secret), 404},
	} {
		if got := serve(g, test.r).Code; got != test.want {
			t.Errorf("%s: status %d, want %d", test.name, got, test.want)
		}
	}
}

func TestURLVerification(t *testing.T) {
	g := newGateway(t, newFakeSlack(t), echo)
	w := sendEvent(g, `{"type":"url_verification","challenge":"abc"}`)
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"challenge":"abc"}` {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestCommandIsAnsweredInItsAcknowledgement(t *testing.T) {
	g := newGateway(t, newFakeSlack(t), echo)
	w := sendCommand(g, "set acme &lt;5", "1.1", "")
	want := `{"response_type":"ephemeral","text":"deal: set acme \u003c5","replace_original":false}`
	if w.Code != 200 || w.Body.String() != want {
		t.Errorf("got %d %s, want %s", w.Code, w.Body, want)
	}
}

// Each person is told once a minute that there is too much to do; the rest is turned away without a word.
func TestFloodIsShed(t *testing.T) {
	block := make(chan struct{})
	f := newFakeSlack(t)
	g := newGateway(t, f, func(context.Context, handlers.Intent) (handlers.Reply, error) {
		<-block
		return handlers.Reply{Text: "done"}, nil
	})
	g.slots, g.admitted = make(chan struct{}, 1), make(chan struct{}, 2)
	const toldWhy = "I have too much to do just now, and did not do that. Nothing was changed. Please try again in a minute."
	answers := make(chan *httptest.ResponseRecorder, 10)
	for i := range 10 {
		go func() { answers <- sendCommand(g, "new", string(rune('a'+i)), "") }()
	}
	shed, told := 0, 0
	for range 8 { // two are in: one handled, one waiting
		switch w := <-answers; {
		case w.Code == 503:
			shed++
		case strings.Contains(w.Body.String(), toldWhy):
			told++
		}
	}
	if shed != 7 || told != 1 {
		t.Errorf("%d shed in silence and %d with a word, want 7 and 1", shed, told)
	}
	sendInteraction(g, strings.Replace(strings.ReplaceAll(click, "U0ANA", "U0BO"), "https://hooks.slack.com/x", f.URL+"/hook", 1))
	if c := f.called(t, "hook", 1); c.body["text"] != toldWhy || c.body["replace_original"] != false {
		t.Errorf("somebody else's click is answered with %v", c.body)
	}
	if w := sendEvent(g, mention); w.Code != 503 {
		t.Errorf("an event is acknowledged with %d: it would not come again", w.Code)
	}
	g.turned.told["U0ANA"] = time.Now().Add(-turnedEvery)
	if w := sendCommand(g, "new", "k", ""); !strings.Contains(w.Body.String(), toldWhy) {
		t.Errorf("after a minute: %d %s", w.Code, w.Body)
	}
	close(block)
	for range 2 {
		if w := <-answers; !strings.Contains(w.Body.String(), "done") {
			t.Errorf("what was taken is answered with %d %s", w.Code, w.Body)
		}
	}
}

// However many people there are, few are told, and those who were told long ago are forgotten.
func TestTurnedAway(t *testing.T) {
	var told turnedAway
	at := nowFunc()
	n := 0
	for i := range turnedMost + 10 {
		if told.tell(strconv.Itoa(i), at) {
			n++
		}
	}
	if n != turnedMost || told.tell("0", at.Add(turnedEvery-1)) {
		t.Errorf("%d people were told", n)
	}
	if !told.tell("new", at.Add(turnedEvery)) || len(told.told) != 1 {
		t.Errorf("%d people are remembered after a minute", len(told.told))
	}
}
