package main

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"pipewright/internal/sales"
	"pipewright/store"
	"pipewright/store/pgtest"
)

// TestKilledWhileDeciding kills the bot while the first copies of a request's card are posted, and at every point
// between an approver's click and the last copy: after the restart the decision is there once if it was acknowledged, at most once if it was not, the
// next approver goes on, and in the end every copy stands once and shows the truth.
func TestKilledWhileDeciding(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	for _, test := range []struct {
		name, mode, driver string
		database           func(*testing.T) string
	}{
		{"sqlite", modeSocket, "sqlite3", sqliteFile},
		{"postgres", modeHTTP, "pgx", func(t *testing.T) string { return pgtest.Start(t) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k := newKiller(t, openLab(t, test.database(t), test.mode), test.driver)
			for i, point := range killPoints {
				k.decide(fmt.Sprintf("Rock%d", i+1), point)
				if t.Failed() {
					return
				}
			}
			delivered(t, k.c)
			k.c.signal(syscall.SIGTERM)
			k.reckon()
		})
	}
}

// killPoint is a moment between a click and the last copy of its card.
type killPoint struct {
	name  string
	arm   func(k *killer) (disarm func()) // what holds the bot at that point
	there func(k *killer, deal string) bool
	done  bool // the decision is committed by then
}

var killPoints = []killPoint{
	{"before the commit", (*killer).lock, func(k *killer, _ string) bool { return k.waitsForLock() }, false},
	{"after the commit, before the acknowledgement", faulty("lost_reply", "interactive"), (*killer).decided, true},
	{"before the posts", faulty("disconnect", "chat.postMessage", "chat.update"), (*killer).triedToPost, true},
	{"between a post and its mark", faulty("slow", "chat.postMessage"), func(k *killer, deal string) bool { return k.copies("lin", "dm", deal) > 0 }, true},
	{"between an update and its mark", faulty("slow", "chat.update"), func(k *killer, deal string) bool { return k.shows("raj", "dm", deal, "approved by Raj Patel") }, true},
	{"after a post whose answer was lost", faulty("lost_reply", "chat.postMessage", "chat.update"), func(k *killer, deal string) bool { return k.copies("lin", "dm", deal) > 0 }, true},
}

// killer has a bot in a process of its own, and its database.
type killer struct {
	*story
	c  *child
	db *sqlx.DB
}

func newKiller(t *testing.T, l *lab, driver string) *killer {
	t.Helper()
	st, err := openStore(t.Context(), l.cfg, l.log)
	if err != nil {
		t.Fatal(err)
	}
	if err := saveMap(t.Context(), st, companyMap(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	address := l.cfg.Database
	if file, ok := strings.CutPrefix(address, "sqlite:"); ok {
		address = "file:" + file + "?_txlock=immediate&_busy_timeout=5000"
	}
	db, err := sqlx.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	k := &killer{story: &story{t: t, lines: []line{{1, "killed"}}, lab: l}, c: newChild(t, l), db: db}
	k.c.start()
	return k
}

// decide has Raj approve a quote and kills the bot at the point; then Lin approves as well.
func (k *killer) decide(deal string, point killPoint) {
	k.t.Helper()
	k.lines[0].text = "killed " + point.name
	k.types("ana", "deals", "/deal new "+deal+" 12k for "+deal)
	k.types("ana", "deals", "/quote "+deal)
	k.eventually(func() bool { return k.view("ana") != nil }, func() { k.failf("no form") })
	cut := faulty("slow", "chat.postMessage")(k) // the first copies are posted, and the bot never learns it
	k.submits("ana", obj{"Discount": "20", "Margin": "35", "Terms": "30 days net"})
	k.within(10*time.Second, func() bool { return k.copies("raj", "dm", deal) > 0 && k.copies("sam", "deals", deal) > 0 }, "no copies")
	k.c.signal(syscall.SIGKILL)
	cut()
	k.c.start()
	k.ask("close", obj{"user": "ana", "all": true})
	delivered(k.t, k.c)

	disarm := point.arm(k)
	k.act = k.lastEntry()
	at := k.clickable("raj", "Approve", "dm", deal)
	click := obj{"user": "raj", "channel": "dm", "ts": at.ts, "action_id": at.action, "block_id": at.block, "value": at.value}
	answered := make(chan string, 1)
	go func() {
		out, problem := k.tryAsk("click", click)
		answered <- problem + fmt.Sprint(out["reply"])
	}()
	k.within(10*time.Second, func() bool { return point.there(k, deal) }, "the bot did not come to the point")
	k.c.signal(syscall.SIGKILL)
	disarm()
	k.c.start()
	<-answered
	if is := k.decided(deal); is != point.done {
		k.failf("decided: %t, want %t", is, point.done)
	}
	n := 0
	for _, e := range k.entries(k.act) {
		if e["dir"] == "to_bot" && n == 0 {
			n = int(num(e["n"]))
		}
	}
	k.ask("redeliver", obj{"n": n, "times": 3}) // the same click again does it now, or nothing
	if !k.decided(deal) {
		k.failf("the same payload after the restart does not decide")
	}
	k.clicks("lin", "批准", "dm", deal)
	delivered(k.t, k.c)
}

// within waits longer than eventually.
func (k *killer) within(most time.Duration, ok func() bool, otherwise string) {
	k.t.Helper()
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	k.failf("%s", otherwise)
}

// faulty has Slack misbehave at every call of the methods.
func faulty(kind string, methods ...string) func(k *killer) func() {
	return func(k *killer) func() {
		for _, m := range methods {
			k.ask("faults", obj{"method": m, "kind": kind, "times": 100})
		}
		return func() { k.ask("faults", obj{"clear": true}) }
	}
}

// lock holds what a decision has to write.
func (k *killer) lock() func() {
	tx, err := k.db.Beginx()
	if err != nil {
		k.t.Fatal(err)
	}
	if k.db.DriverName() == "pgx" {
		if _, err := tx.Exec(`LOCK TABLE approval IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			k.t.Fatal(err)
		}
	}
	return func() { _ = tx.Rollback() }
}

// waitsForLock reports whether the click has come to the lock.
func (k *killer) waitsForLock() bool {
	for _, e := range k.entries(k.act) {
		if e["dir"] == "to_bot" {
			time.Sleep(300 * time.Millisecond)
			return true
		}
	}
	return false
}

func (k *killer) triedToPost(string) bool {
	for _, e := range k.entries(k.act) {
		if m := str(e["method"]); e["dir"] == "from_bot" && (m == "chat.postMessage" || m == "chat.update") {
			return true
		}
	}
	return false
}

// decided reports whether Raj's approval is committed.
func (k *killer) decided(deal string) bool {
	var steps string
	err := k.db.Get(&steps, k.db.Rebind(`SELECT a.steps FROM approval a JOIN deal d ON d.id = a.deal WHERE d.name = ?`), deal)
	return err == nil && strings.Contains(steps, `"by":"`+userRaj+`"`)
}

// cards are the copies of the deal's request in a place.
func (k *killer) cards(user, channel, deal string) []obj {
	k.t.Helper()
	thread := ""
	if channel == "deals" {
		thread = str(k.message(user, channel, deal)["ts"])
	}
	var out []obj
	for _, m := range k.messages(user, channel, thread) {
		if text := words(m); strings.Contains(text, deal) && (strings.Contains(text, "Feasibility") || strings.Contains(text, "可行性")) {
			out = append(out, m)
		}
	}
	return out
}

func (k *killer) copies(user, channel, deal string) int { return len(k.cards(user, channel, deal)) }

func (k *killer) shows(user, channel, deal, text string) bool {
	cards := k.cards(user, channel, deal)
	return len(cards) > 0 && strings.Contains(words(cards[0]), text)
}

// reckon compares every copy with the truth, and the truth with the log.
func (k *killer) reckon() {
	k.t.Helper()
	for i, point := range killPoints {
		deal := fmt.Sprintf("Rock%d", i+1)
		k.lines[0].text = "killed " + point.name
		for _, place := range []struct{ user, channel, want string }{
			{"sam", "deals", "Price*: approved by"}, {"raj", "dm", "Price*: approved by"}, {"lin", "dm", "批准"},
		} {
			cards := k.cards(place.user, place.channel, deal)
			if len(cards) != 1 || !strings.Contains(strings.ReplaceAll(words(cards[0]), "Price:", "Price*:"), place.want) {
				k.t.Errorf("%s: %d copies for %s in %s, want one that says %q", point.name, len(cards), place.user, place.channel, place.want)
				continue
			}
			for _, label := range []string{"Approve", "批准", "Reject…", "拒绝…"} {
				if _, live := elementIn(cards[0]["blocks"], label); live {
					k.t.Errorf("%s: %q is still live for %s in %s", point.name, label, place.user, place.channel)
				}
			}
		}
		told := 0
		for _, m := range k.messages("ana", "dm", "") {
			if strings.Contains(words(m), "approved your quote") && strings.Contains(words(m), deal) {
				told++
			}
		}
		if told != 1 {
			k.t.Errorf("%s: Ana was told %d times", point.name, told)
		}
	}
	st, err := openStore(k.t.Context(), k.lab.cfg, k.lab.log)
	if err != nil {
		k.t.Fatal(err)
	}
	defer st.Close()
	err = st.Read(k.t.Context(), func(ctx context.Context, r *store.Reader) error {
		all, err := r.Approvals(ctx, store.ApprovalFilter{})
		for _, a := range all {
			for _, s := range a.Steps {
				if skipped := s.Status == sales.StepSkipped; a.State != sales.Approved || !skipped && len(s.Decisions) != 1 {
					k.t.Errorf("request %d is %s, %s has %d decisions", a.ID, a.State, s.Key, len(s.Decisions))
				}
			}
		}
		if len(all) != len(killPoints) {
			k.t.Errorf("%d requests", len(all))
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	if _, err := st.Seal(k.t.Context(), time.Now()); err != nil {
		k.t.Fatal(err)
	}
	if report, err := st.VerifyAudit(k.t.Context()); err != nil || report.Broken != nil {
		k.t.Errorf("the audit trail does not hold: %+v, %v", report.Broken, err)
	}
}
