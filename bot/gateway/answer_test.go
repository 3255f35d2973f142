package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers"
	"pipewright/internal/sales"
	"pipewright/store"
)

func nowFunc() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }

func modal(title string) *slack.ModalViewRequest {
	return &slack.ModalViewRequest{Type: slack.VTModal, CallbackID: "deal.new", Title: slack.NewTextBlockObject("plain_text", title, false, false), Blocks: slack.Blocks{BlockSet: []slack.Block{}}}
}

func replies(r handlers.Reply) handle {
	return func(context.Context, handlers.Intent) (handlers.Reply, error) { return r, nil }
}

func TestSubmissionIsAnsweredInItsAcknowledgement(t *testing.T) {
	for _, test := range []struct {
		name  string
		reply handlers.Reply
		want  string // part of the acknowledgement
	}{
		{"closed", handlers.Reply{}, ""},
		{"errors", handlers.Reply{Errors: map[string]string{"name": "give it a name"}}, `{"response_action":"errors","errors":{"name":"give it a name"}}`},
		{"next form", handlers.Reply{Modal: modal("Next")}, `{"response_action":"update","view":{"type":"modal"`},
		{"pushed form", handlers.Reply{Modal: modal("Next"), Push: true}, `{"response_action":"push"`},
		{"all closed", handlers.Reply{Clear: true}, `{"response_action":"clear"}`},
		{"said", handlers.Reply{Text: "D-12 is open."}, `"text":"D-12 is open."`},
	} {
		g := newGateway(t, newFakeSlack(t), replies(test.reply))
		w := sendInteraction(g, submit)
		if w.Code != 200 || !strings.Contains(w.Body.String(), test.want) || (test.want == "") != (w.Body.Len() == 0) {
			t.Errorf("%s: got %d %s, want %s", test.name, w.Code, w.Body, test.want)
		}
	}
}

func TestLargeFormIsShownOverTheWebAPI(t *testing.T) {
	f := newFakeSlack(t)
	large := modal("Large")
	for range 50 {
		said := slack.NewTextBlockObject(slack.MarkdownType, strings.Repeat("x", 500), false, false)
		large.Blocks.BlockSet = append(large.Blocks.BlockSet, slack.NewSectionBlock(said, nil, nil))
	}
	g := newGateway(t, f, replies(handlers.Reply{Modal: large}))
	w := sendInteraction(g, submit)
	if w.Code != 200 || w.Body.Len() > 20<<10 || !strings.Contains(w.Body.String(), "takes a moment") {
		t.Errorf("got %d with %d bytes", w.Code, w.Body.Len())
	}
	if c := f.called(t, "views.update", 1); c.body["view_id"] != "V1" {
		t.Errorf("got %v", c.body)
	}
}

// An acknowledgement whose picture Slack does not know would be lost without a word.
func TestPicturesAreAnsweredOverTheResponseURL(t *testing.T) {
	f := newFakeSlack(t)
	image := slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: "F012345678"}, "The map", "", nil)
	g := newGateway(t, f, replies(handlers.Reply{Text: "The map", Blocks: []slack.Block{image}}))
	if w := sendCommand(g, "process", "6.6", f.URL+"/hook"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("acknowledged with %d %s", w.Code, w.Body)
	}
	if c := f.called(t, "hook", 1); c.body["text"] != "The map" || c.body["blocks"] == nil {
		t.Errorf("got %v", c.body)
	}
}

func TestClickIsAnsweredOverTheResponseURL(t *testing.T) {
	f := newFakeSlack(t)
	g := newGateway(t, f, replies(handlers.Reply{Text: "moved", Replace: true}))
	payload := strings.Replace(click, "https://hooks.slack.com/x", f.URL+"/hook", 1)
	for range 5 {
		if w := sendInteraction(g, payload); w.Code != 200 || w.Body.Len() != 0 {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
	}
	c := f.called(t, "hook", 1)
	if c.body["text"] != "moved" || c.body["replace_original"] != true {
		t.Errorf("got %v", c.body)
	}
	time.Sleep(50 * time.Millisecond)
	if n := f.count("hook"); n != 1 {
		t.Errorf("answered %d times for one click that was delivered five times", n)
	}
}

func TestForms(t *testing.T) {
	f := newFakeSlack(t)
	g := newGateway(t, f, replies(handlers.Reply{Modal: modal("New deal")}))
	sendCommand(g, "new", "5.5", "")
	if c := f.called(t, "views.open", 1); c.body["trigger_id"] != "5.5" {
		t.Errorf("got %v", c.body)
	}
	g.Handle = replies(handlers.Reply{Modal: modal("Sure?"), Push: true})
	sendInteraction(g, pick)
	f.called(t, "views.push", 1)
	g.Handle = replies(handlers.Reply{Modal: modal("Other")})
	sendInteraction(g, strings.Replace(pick, "77.2", "77.3", 1))
	if c := f.called(t, "views.update", 1); c.body["view_id"] != "V1" || c.body["hash"] != "h" {
		t.Errorf("got %v", c.body)
	}
}

func TestFormThatDoesNotOpenIsSaid(t *testing.T) {
	f := newFakeSlack(t)
	f.refuse["views.open"] = "expired_trigger_id"
	g := newGateway(t, f, replies(handlers.Reply{Modal: modal("New deal")}))
	sendCommand(g, "new", "5.5", f.URL+"/hook")
	if c := f.called(t, "hook", 1); !strings.Contains(c.body["text"].(string), "try again") {
		t.Errorf("got %v", c.body)
	}
}

func TestMentionIsAnsweredWhereItWasSaid(t *testing.T) {
	f := newFakeSlack(t)
	g := newGateway(t, f, replies(handlers.Reply{Text: "logged"}))
	sendEvent(g, mention)
	c := f.called(t, "chat.postEphemeral", 1)
	if c.args.Get("user") != "U0ANA" || c.args.Get("thread_ts") != "11.0" || c.args.Get("channel") != "C1" {
		t.Errorf("got %v", c.args)
	}
	sendEvent(g, direct)
	if c := f.called(t, "chat.postMessage", 1); c.args.Get("channel") != "D1" || c.args.Get("text") != "logged" {
		t.Errorf("got %v", c.args)
	}
}

func TestOptions(t *testing.T) {
	g := newGateway(t, newFakeSlack(t), replies(handlers.Reply{}))
	if w := sendInteraction(g, suggestion); w.Body.String() != `{"options":[]}` {
		t.Errorf("got %s", w.Body)
	}
}

func TestResponseURLsLeadToSlackOnly(t *testing.T) {
	g := &Gateway{Config: Config{APIURL: "http://127.0.0.1:8900/api/"}}
	for link, want := range map[string]bool{
		"https://hooks.slack.com/commands/1/2":           true,
		"http://127.0.0.1:8900/hooks/abc":                true,
		"http://hooks.slack.com/commands/1/2":            false,
		"https://hooks.slack.com.evil.example/x":         false,
		"https://hooks.slack.com@evil.example/x":         false,
		"https://evil.example/https://hooks.slack.com/x": false,
		"http://127.0.0.1:8901/hooks/abc":                false,
		"https://127.0.0.1:8900/hooks/abc":               false,
		"file:///etc/passwd":                             false,
		"":                                               false,
		"https://hooks.slack.com:8443/commands/1/2":      false,
	} {
		if got := g.allowed(link); got != want {
			t.Errorf("%s: allowed %t, want %t", link, got, want)
		}
	}
}

func TestSlowCommandIsParkedAndAnsweredLater(t *testing.T) {
	f := newFakeSlack(t)
	release := make(chan struct{})
	g := newGateway(t, f, func(context.Context, handlers.Intent) (handlers.Reply, error) {
		<-release
		return handlers.Reply{Text: "at last"}, nil
	})
	g.park, g.deadline = 30*time.Millisecond, time.Second
	if w := sendCommand(g, "report", "5.5", f.URL+"/hook"); w.Code != 200 || w.Body.Len() != 0 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if n := pending(t, g); n != 1 {
		t.Fatalf("%d rows pending, want 1: it was acknowledged", n)
	}
	close(release)
	if c := f.called(t, "hook", 1); c.body["text"] != "at last" {
		t.Errorf("got %v", c.body)
	}
	if n := pending(t, g); n != 0 {
		t.Errorf("%d rows pending, want 0", n)
	}
}

func TestRestartFinishesWhatWasParked(t *testing.T) {
	f := newFakeSlack(t)
	var got handlers.Intent
	g := newGateway(t, f, func(_ context.Context, in handlers.Intent) (handlers.Reply, error) {
		got = in
		return handlers.Reply{Text: "finished after the restart"}, nil
	})
	body, _ := json.Marshal(handlers.Intent{Kind: handlers.Command, Key: "command:7", Name: "deal", Text: "new Acme", User: "U0ANA", ResponseURL: f.URL + "/hook"})
	err := g.Store.Park(t.Context(), store.Inbound{Key: "command:7", Kind: "command", User: "U0ANA", Body: body, At: time.Now().Add(-time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	n, err := g.FinishPending(t.Context(), 0)
	if err != nil || n != 1 || got.Text != "new Acme" {
		t.Fatalf("finished %d, %v, %+v", n, err, got)
	}
	f.called(t, "hook", 1)
	if n := pending(t, g); n != 0 {
		t.Errorf("%d rows pending, want 0", n)
	}
}

// What fails each time is not tried for ever, and its person is told.
func TestWhatFailsForLongIsGivenUp(t *testing.T) {
	f := newFakeSlack(t)
	g := newGateway(t, f, func(context.Context, handlers.Intent) (handlers.Reply, error) {
		return handlers.Reply{}, errors.New("no way")
	})
	for key, age := range map[string]time.Duration{"command:old": 26 * time.Minute, "command:new": 20 * time.Minute} {
		body, _ := json.Marshal(handlers.Intent{Kind: handlers.Command, Key: key, Name: "deal", User: "U0ANA", ResponseURL: f.URL + "/hook"})
		err := g.Store.Park(t.Context(), store.Inbound{Key: key, Kind: "command", User: "U0ANA", Body: body, At: time.Now().Add(-age)})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.FinishPending(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if c := f.called(t, "hook", 1); !strings.Contains(fmt.Sprint(c.body["text"]), "Nothing was changed") {
		t.Errorf("said %v", c.body)
	}
	if n := pending(t, g); n != 1 {
		t.Errorf("%d rows pending, want the newer one", n)
	}
}

// A decision that was parked is made with the memberships of now, not with those that
// were fresh when it was meant.
func TestParkedDecisionsAskWhoBelongsNow(t *testing.T) {
	f := newFakeSlack(t)
	handled := 0
	g := newGateway(t, f, func(context.Context, handlers.Intent) (handlers.Reply, error) {
		handled++
		return handlers.Reply{Text: "ok"}, nil
	})
	now := nowFunc()
	g.Now = func() time.Time { return now }
	withLegal(t, g, now)
	in := handlers.Intent{Kind: handlers.Command, Key: "command:8", Name: "deal", User: "U0LEO", ResponseURL: f.URL + "/hook", Now: now}
	body, _ := json.Marshal(in)
	if err := g.Store.Park(t.Context(), store.Inbound{Key: in.Key, Kind: "command", User: in.User, Body: body, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	f.refuse["usergroups.users.list"] = "internal_error"
	if _, err := g.FinishPending(t.Context(), -time.Minute); err != nil {
		t.Fatal(err)
	}
	if c := f.called(t, "hook", 1); handled != 0 || !strings.Contains(fmt.Sprint(c.body["text"]), "user groups") {
		t.Errorf("handled %d: %v", handled, c.body)
	}
	if may, err := g.people.mayDecide(t.Context(), "U0LEO", now.Add(-time.Second)); may || err != nil {
		t.Error("somebody who came a moment earlier decides")
	}
}

// withLegal gives the role legal to a user group of one person, as seen now.
func withLegal(t *testing.T, g *Gateway, now time.Time) {
	t.Helper()
	err := g.Store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		org := &sales.Organisation{Roles: []sales.Role{{Key: "legal", Name: sales.Text{"": "Legal"}, Groups: []string{"S1"}}}}
		if err := tx.SaveOrganisation(ctx, org, "U0SAM", "test", now); err != nil {
			return err
		}
		return tx.SaveGroup(ctx, "S1", "legal", []string{"U0LEO"}, now)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pending(t *testing.T, g *Gateway) int {
	t.Helper()
	n := 0
	err := g.Store.Read(t.Context(), func(ctx context.Context, r *store.Reader) error {
		rows, err := r.PendingInbound(ctx, time.Now().Add(time.Hour))
		n = len(rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMirrorFollowsEvents(t *testing.T) {
	g := newGateway(t, newFakeSlack(t), echo)
	sendEvent(g, `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev1","event":{"type":"user_change","user":{"id":"U0BO","name":"bo","real_name":"Bo Chen","locale":"zh-CN","tz":"Asia/Shanghai","profile":{"display_name":"bochen"}}}}`)
	sendEvent(g, `{"type":"event_callback","team_id":"T0OURS","event_id":"Ev2","event":{"type":"subteam_updated","subteam":{"id":"S1","handle":"legal","users":["U0BO"]}}}`)
	err := g.Store.Read(t.Context(), func(ctx context.Context, r *store.Reader) error {
		p, err := r.Person(ctx, "U0BO")
		if p.Name != "bochen" || p.Locale != "zh-CN" || p.TZ != "Asia/Shanghai" {
			t.Errorf("got %+v", p)
		}
		org, err2 := r.Organisation(ctx)
		if err2 == nil && len(org.Groups["S1"]) != 1 {
			t.Errorf("got %v", org.Groups)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOldMembershipDecidesNothing shows that a person in a group whose members
// cannot be read anew is refused, and others are not.
func TestOldMembershipDecidesNothing(t *testing.T) {
	f := newFakeSlack(t)
	handled := 0
	g := newGateway(t, f, func(context.Context, handlers.Intent) (handlers.Reply, error) {
		handled++
		return handlers.Reply{Text: "ok"}, nil
	})
	now := nowFunc()
	g.Now = func() time.Time { return now }
	withLegal(t, g, now)
	as := func(user, trigger string) string {
		f := commandForm("acme", trigger, "")
		f.Set("user_id", user)
		return serve(g, signed("/slack/commands", form, f.Encode(), time.Now(), secret)).Body.String()
	}
	as("U0LEO", "1")
	now = now.Add(16 * time.Minute)
	f.refuse["usergroups.users.list"] = "internal_error"
	if said := as("U0LEO", "2"); !strings.Contains(said, "user groups") || handled != 1 {
		t.Errorf("handled %d: %s", handled, said)
	}
	if as("U0ANA", "3"); handled != 2 {
		t.Error("somebody in no group was refused")
	}
	f.mu.Lock()
	delete(f.refuse, "usergroups.users.list")
	f.groups["S1"] = []string{"U0EVA"}
	f.mu.Unlock()
	now = now.Add(time.Minute)
	if as("U0LEO", "4"); handled != 3 {
		t.Error("refused although the membership is known again")
	}
}
