package handlers

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// monday is when the tests begin: 9:00 on Monday, 23 November 2026.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// world is a bot with a company: Ana and Ben sell in the north, led by Max; Li
// sells in the east, which is private, led by Wei. Ada is the admin.
type world struct {
	t   testing.TB
	app *App
	now time.Time
	n   int
}

const (
	ana, ben, maxim, li, wei, ada = "UANA", "UBEN", "UMAX", "ULI", "UWEI", "UADA"
	deals, east                   = "CDEALS", "CEAST"
)

func newWorld(t testing.TB) *world {
	t.Helper()
	return worldOn(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
}

func openStore(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), url, store.Options{Admins: []string{ada}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// worldOn is newWorld in a database of one's own choice.
func worldOn(t testing.TB, url string) *world {
	t.Helper()
	ctx := context.Background()
	s := openStore(t, url)
	w := &world{t: t, now: monday}
	w.app = &App{Store: s, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), DealsChannel: deals, Locale: "en-US", Zone: time.UTC, Bot: "UBOT"}
	w.app.Clock = func() time.Time { return w.now }
	m := sales.Shipped()
	m.Organisation.Teams = []sales.Team{
		{Key: "north", Name: sales.Text{"en": "North", "zh": "北区"}, Manager: maxim, Members: []string{ana, ben}},
		{Key: "east", Name: sales.Text{"en": "East", "zh": "东区"}, Manager: wei, Members: []string{li}, Channel: east, Private: true},
	}
	err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveOrganisation(ctx, m.Organisation, ada, "first", monday); err != nil {
			return err
		}
		for _, p := range m.Processes {
			if err := tx.SaveProcess(ctx, p, ada, "first", monday); err != nil {
				return err
			}
		}
		return tx.SavePeople(ctx, []store.Person{
			person(ana, "ana", "Ana Silva", "en-US"), person(ben, "ben", "Ben Ode", "en-US"), person(maxim, "max", "Max Power", "en-US"),
			person(li, "li", "李雷", "zh-CN"), person(wei, "wei", "韩梅梅", "zh-CN"), person(ada, "ada", "Ada Byte", "en-US"),
		}, monday)
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func person(id, name, real, locale string) store.Person {
	return store.Person{ID: id, Name: name, RealName: real, Locale: locale, TZ: "UTC"}
}

// do hands an intent over, each under a key of its own.
func (w *world) do(in Intent) Reply {
	w.t.Helper()
	w.n++
	if in.Key == "" {
		in.Key = fmt.Sprintf("key-%d", w.n)
	}
	if in.Kind != Mention && in.Kind != Options && in.Trigger == "" {
		in.Trigger = "trigger"
	}
	if in.Now.IsZero() {
		in.Now = w.now
	}
	r, err := answered(w.t, w.app, in)
	if err != nil {
		w.t.Fatalf("%s %s %q: %v", in.Kind, in.Name, in.Text, err)
	}
	return r
}

// types enters a slash command, "/deal advance acme".
func (w *world) types(user, line string) Reply {
	w.t.Helper()
	name, text, _ := strings.Cut(strings.TrimPrefix(line, "/"), " ")
	return w.do(Intent{Kind: Command, Name: name, Text: text, User: user, Channel: "CSALES"})
}

// mentions writes to the bot in a thread, or beside one.
func (w *world) mentions(user, channel, thread, text string) Reply {
	w.t.Helper()
	return w.do(Intent{Kind: Mention, Text: text, User: user, Channel: channel, Thread: thread})
}

// clicks presses the button with the label on an answer that only the person sees.
func (w *world) clicks(user string, r Reply, label string) Reply {
	w.t.Helper()
	for _, b := range buttonsOf(w.t, r) {
		if b.label == label {
			return w.do(Intent{Kind: Action, Name: b.action, Value: b.value, User: user, Channel: "CSALES", Ephemeral: true, Message: "1.1"})
		}
	}
	w.t.Fatalf("there is no button %q on:\n%s", label, shown(w.t, r))
	return Reply{}
}

// submits fills the form in and sends it.
func (w *world) submits(user string, r Reply, values map[string]string) Reply {
	w.t.Helper()
	if r.Modal == nil {
		w.t.Fatalf("no form is open, but:\n%s", shown(w.t, r))
	}
	return w.do(w.submission(user, r, values))
}

func (w *world) submission(user string, r Reply, values map[string]string) Intent {
	in := Intent{Kind: Submission, Name: r.Modal.CallbackID, User: user, Values: map[string][]string{}}
	in.View = View{ID: "V1", Callback: r.Modal.CallbackID, Meta: r.Modal.PrivateMetadata}
	for _, i := range inputsOf(w.t, r.Modal) {
		in.Values[i.action] = i.initial
	}
	for k, v := range values {
		if _, ok := in.Values[k]; !ok {
			w.t.Fatalf("the form has no input %q", k)
		}
		in.Values[k] = []string{v}
	}
	return in
}

// deal reads a deal by its number.
func (w *world) deal(id int64) sales.Deal {
	w.t.Helper()
	var d sales.Deal
	w.read(func(ctx context.Context, r *store.Reader) (err error) {
		d, err = r.Deal(ctx, id)
		return err
	})
	return d
}

func (w *world) log(id int64) []sales.Event {
	w.t.Helper()
	var log []sales.Event
	w.read(func(ctx context.Context, r *store.Reader) (err error) {
		log, err = r.Events(ctx, id)
		return err
	})
	return log
}

func (w *world) read(fn func(ctx context.Context, r *store.Reader) error) {
	w.t.Helper()
	if err := w.app.Store.Read(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// deliver renders and delivers everything that is due, as the outbox does, and
// returns what was said: one line for each message.
func (w *world) deliver() []string {
	w.t.Helper()
	ctx := context.Background()
	var out []string
	for {
		rows, err := w.app.Store.Lease(ctx, 20, time.Minute)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(rows) == 0 {
			return out
		}
		slices.SortFunc(rows, func(a, b store.Outbound) int { return int(a.ID - b.ID) }) // not by the clock
		for _, o := range rows {
			w.n++
			text := w.render(o)
			ts := fmt.Sprintf("%d.000000", w.n)
			if o.Kind == "card" {
				w.read(func(ctx context.Context, r *store.Reader) error {
					places, err := r.Places(ctx, o.Subject)
					for _, p := range places {
						if p.Channel == o.Channel && p.TS != "" {
							ts = p.TS
						}
					}
					return err
				})
			}
			if err := w.app.Store.Delivered(ctx, o, o.Channel, ts, text); err != nil {
				w.t.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%s %s: %s", o.Kind, o.Channel, text))
		}
	}
}

func (w *world) render(o store.Outbound) string {
	w.t.Helper()
	switch o.Kind {
	case "card":
		m, err := drawnCard(w.t, w.app, o.Subject, o.Channel)
		if err != nil {
			w.t.Fatal(err)
		}
		return m.Text
	case "history":
		m, err := drawnHistory(w.t, w.app, o.Body)
		if err != nil {
			w.t.Fatal(err)
		}
		return m.Text
	}
	m, err := drawnPost(w.t, w.app, o.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return m.Text
}

// cardTS returns where the deal's card stands.
func (w *world) cardTS(id int64, channel string) string {
	w.t.Helper()
	return w.cardAt(dealSubject(id), channel)
}

// cardAt returns where the subject's card stands.
func (w *world) cardAt(subject, channel string) string {
	w.t.Helper()
	ts := ""
	w.read(func(ctx context.Context, r *store.Reader) error {
		places, err := r.Places(ctx, subject)
		for _, p := range places {
			if p.Channel == channel {
				ts = p.TS
			}
		}
		return err
	})
	if ts == "" {
		w.t.Fatalf("%s has no card in %s", subject, channel)
	}
	return ts
}

type button struct{ label, action, value string }

type input struct {
	label, action string
	initial       []string
}

// node is any part of Slack's JSON.
type node map[string]any

func nodes(t testing.TB, blocks any) []node {
	t.Helper()
	raw, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	var out []node
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (n node) str(path ...string) string {
	var v any = map[string]any(n)
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	s, _ := v.(string)
	return s
}

func (n node) list(name string) []node {
	l, _ := n[name].([]any)
	var out []node
	for _, x := range l {
		m, _ := x.(map[string]any)
		out = append(out, m)
	}
	return out
}

func (n node) child(name string) node {
	m, _ := n[name].(map[string]any)
	return m
}

func buttonsOf(t testing.TB, r Reply) []button {
	t.Helper()
	blocks := nodes(t, r.Blocks)
	if r.Modal != nil {
		blocks = append(blocks, nodes(t, r.Modal.Blocks)...)
	}
	var out []button
	for _, b := range blocks {
		elements := b.list("elements")
		if a := b.child("accessory"); a != nil {
			elements = append(elements, a)
		}
		for _, e := range elements {
			switch e.str("type") {
			case "button":
				out = append(out, button{e.str("text", "text"), e.str("action_id"), e.str("value")})
			case "overflow", "static_select":
				for _, o := range e.list("options") {
					out = append(out, button{o.str("text", "text"), e.str("action_id"), o.str("value")})
				}
			}
		}
	}
	return out
}

func inputsOf(t testing.TB, m *slack.ModalViewRequest) []input {
	t.Helper()
	var out []input
	for _, b := range nodes(t, m.Blocks) {
		e := b.child("element")
		if e == nil {
			continue
		}
		if b.str("block_id") != e.str("action_id") {
			t.Errorf("block id %q is not the action id %q", b.str("block_id"), e.str("action_id"))
		}
		i := input{label: b.str("label", "text"), action: e.str("action_id")}
		for _, v := range []string{e.str("initial_value"), e.str("initial_date"), e.str("initial_user"), e.str("initial_option", "value")} {
			if v != "" {
				i.initial = []string{v}
			}
		}
		out = append(out, i)
	}
	return out
}

// shown is an answer as its person sees it, for golden files.
func shown(t testing.TB, r Reply) string {
	t.Helper()
	var b strings.Builder
	if r.Replace {
		b.WriteString("(in place)\n")
	}
	showBlocks(t, &b, nodes(t, r.Blocks))
	if len(r.Blocks) == 0 && r.Text != "" {
		b.WriteString(r.Text + "\n")
	}
	if m := r.Modal; m != nil {
		fmt.Fprintf(&b, "┌ %s\n", m.Title.Text)
		showBlocks(t, &b, nodes(t, m.Blocks))
		if m.Submit != nil {
			fmt.Fprintf(&b, "└ [%s] [%s]\n", m.Submit.Text, m.Close.Text)
		} else {
			fmt.Fprintf(&b, "└ [%s]\n", m.Close.Text)
		}
	}
	for block, e := range r.Errors {
		fmt.Fprintf(&b, "! %s: %s\n", block, e)
	}
	for _, o := range r.Options {
		fmt.Fprintf(&b, "○ %s = %s\n", o.Text.Text, o.Value)
	}
	return b.String()
}

func showBlocks(t testing.TB, b *strings.Builder, blocks []node) {
	for _, n := range blocks {
		if s := n.str("text", "text"); s != "" {
			b.WriteString(s + "\n")
		}
		for _, f := range n.list("fields") {
			b.WriteString("  " + strings.ReplaceAll(f.str("text"), "\n", ": ") + "\n")
		}
		if e := n.child("element"); e != nil {
			i := inputsOf(t, &slack.ModalViewRequest{Blocks: slack.Blocks{BlockSet: []slack.Block{rawBlock{must(t, n)}}}})[0]
			fmt.Fprintf(b, "%s: <%s> %s\n", i.label, e.str("type"), strings.Join(i.initial, ","))
		}
		var line []string
		elements := n.list("elements")
		if a := n.child("accessory"); a != nil {
			elements = append(elements, a)
		}
		for _, e := range elements {
			switch e.str("type") {
			case "button":
				line = append(line, "["+e.str("text", "text")+"]")
			case "overflow", "static_select":
				for _, o := range e.list("options") {
					line = append(line, "("+o.str("text", "text")+")")
				}
			default:
				line = append(line, e.str("text"))
			}
		}
		if len(line) > 0 {
			b.WriteString(strings.Join(line, " ") + "\n")
		}
	}
}

func must(t testing.TB, v any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// golden compares with testdata/NAME.golden, or writes it with -update.
func golden(t testing.TB, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got); run with -update if that is right:\n%s", file, diff)
	}
}
