package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"pipewright/store/pgtest"
)

// TestKilledWhileDeciding kills the bot while the first copies of requests are posted, and at every point between
// the acts that change a request, each on a request of its own in the same moment, and the last copy of its card. After
// the restart an act is there once if it was acknowledged, at most once if it was not; the same payload again does it
// now, or nothing; the request goes on to its end; and every copy stands once and shows the truth.
func TestKilledWhileDeciding(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
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
				k.round = i + 1
				k.killAt(point)
				if t.Failed() {
					return
				}
			}
			k.c.signal(syscall.SIGTERM)
			k.reckon()
		})
	}
}

// killPoint is a moment between an act and the last copy of its card.
type killPoint struct {
	name  string
	arm   func(k *killer) (disarm func()) // what holds the bot at that point
	there func(k *killer, a killAct) bool
	done  bool // the act is committed by then
}

var killPoints = []killPoint{
	{"before the commit", (*killer).lock, func(k *killer, _ killAct) bool { return k.waitForLock() }, false},
	{"after the commit, before the acknowledgement", faulty("lost_reply", "interactive"), func(k *killer, a killAct) bool { return k.done(a) == 1 }, true},
	{"before the posts", faulty("disconnect", "chat.postMessage", "chat.update"), func(k *killer, a killAct) bool { return k.done(a) == 1 && k.triedToPost() }, true},
	{"between a post and its mark", faulty("slow", "chat.postMessage"), func(k *killer, a killAct) bool { return k.sights(a, a.post) > 0 }, true},
	{"between an update and its mark", faulty("slow", "chat.update"), func(k *killer, a killAct) bool { return k.sights(a, a.update) > 0 }, true},
	{"after a post whose answer was lost", faulty("lost_reply", "chat.postMessage", "chat.update"), func(k *killer, a killAct) bool { return k.sights(a, a.post) > 0 }, true},
}

// killer has a bot in a process of its own, and its database.
type killer struct {
	*story
	c     *child
	db    *sqlx.DB
	round int
	name  string // of the point
}

// product are the people who can answer for the product: each does one act, and has a form of their own open.
var product = []string{userRaj, userEva, userLeo, userTom}

func newKiller(t *testing.T, l *lab, driver string) *killer {
	t.Helper()
	for i, r := range l.m.Organisation.Roles {
		if r.Key == "product" {
			l.m.Organisation.Roles[i].Users = product
		}
	}
	st, err := openStore(t.Context(), l.cfg, l.log)
	if err != nil {
		t.Fatal(err)
	}
	if err := saveMap(t.Context(), st, l.m, time.Now()); err != nil {
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
	k := &killer{story: &story{t: t, lines: []line{{1, "killed"}}, lab: l, replicas: 1, turned: map[string]bool{}}, c: newChild(t, l), db: db}
	k.c.start()
	return k
}

// deal is what the deal is called on which the act is done in this round.
func (k *killer) deal(a killAct) string { return fmt.Sprint(a.deal, k.round) }

// killAt has every act done on a request of its own and kills the bot when all of them have come to the point; then
// the requests are taken to their ends.
func (k *killer) killAt(point killPoint) {
	k.t.Helper()
	k.name = point.name
	k.lines[0].text = "killed while the first copies are posted, then " + point.name
	k.request()
	for _, a := range killActs {
		if a.before != nil {
			a.before(k, k.deal(a))
		}
	}
	delivered(k.t, k.c)

	var posts []func() string
	for _, a := range killActs { // looked up before Slack misbehaves
		door, body := a.do(k, k.deal(a))
		posts = append(posts, func() string {
			out, problem := k.tryAsk(door, body)
			return problem + fmt.Sprint(out["reply"])
		})
	}
	disarm := point.arm(k)
	k.act = k.lastEntry()
	answered := make(chan string, len(posts))
	for _, post := range posts {
		go func() { answered <- post() }()
	}
	for _, a := range killActs {
		k.within(10*time.Second, func() bool { return point.there(k, a) }, a.deal+": the bot did not come to the point")
	}
	k.c.signal(syscall.SIGKILL)
	disarm()
	k.c.start()
	for range posts {
		<-answered
	}
	for _, a := range killActs {
		if is := k.done(a); is == 1 != point.done || is > 1 {
			k.failf("%s is done %d times; want it done: %t", a.deal, is, point.done)
		}
	}
	k.payloadsAgain()
	for _, a := range killActs {
		if is := k.done(a); is != 1 {
			k.failf("%s is done %d times after the same payload came again", a.deal, is)
		}
	}
	delivered(k.t, k.c)
	for _, a := range killActs {
		if a.after != nil {
			a.after(k, k.deal(a))
		}
	}
	delivered(k.t, k.c)
}

// request has everything asked for, and the bot killed while the first copies are posted, so that it never learns that
// they stand.
func (k *killer) request() {
	k.t.Helper()
	for _, a := range killActs {
		k.types(a.requester, "deals", "/deal new "+k.deal(a)+" 12k for "+k.deal(a))
	}
	delivered(k.t, k.c)
	cut := faulty("slow", "chat.postMessage")(k)
	for _, a := range killActs {
		k.types(a.requester, "deals", "/quote "+k.deal(a))
		k.submits(a.requester, obj{"Discount": "20", "Margin": "35", "Terms": "30 days net"})
	}
	k.within(10*time.Second, func() bool {
		posted := 0
		for _, a := range killActs {
			posted += k.copies("raj", k.deal(a)) * k.copies(inThread, k.deal(a))
		}
		return posted > 0
	}, "no copies")
	k.c.signal(syscall.SIGKILL)
	cut()
	k.c.start()
	k.ask("close", obj{"user": "ana", "all": true})
	k.ask("close", obj{"user": "noor", "all": true})
	delivered(k.t, k.c)
}

// payloadsAgain has Slack deliver the payloads of the acts again, three times each.
func (k *killer) payloadsAgain() {
	k.t.Helper()
	payloads := k.payloads()
	if len(payloads) != len(killActs) {
		k.failf("%d payloads for %d acts", len(payloads), len(killActs))
	}
	for _, n := range payloads {
		k.ask("redeliver", obj{"n": n, "times": 3})
	}
}

// payloads are the entries of the log that are an act.
func (k *killer) payloads() []int {
	var out []int
	for _, e := range k.entries(k.act) {
		if e["dir"] == "to_bot" && str(e["method"]) == "interactive" {
			out = append(out, int(num(e["n"])))
		}
	}
	return out
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

// waitForLock reports whether the acts have come to the lock.
func (k *killer) waitForLock() bool {
	if len(k.payloads()) < len(killActs) {
		return false
	}
	time.Sleep(300 * time.Millisecond)
	return true
}

func (k *killer) triedToPost() bool {
	for _, e := range k.entries(k.act) {
		if m := str(e["method"]); e["dir"] == "from_bot" && (m == "chat.postMessage" || m == "chat.update") {
			return true
		}
	}
	return false
}

// done returns how often the act stands in the log of its deal.
func (k *killer) done(a killAct) int {
	k.t.Helper()
	n := 0
	err := k.db.Get(&n, k.db.Rebind(`SELECT COUNT(*) FROM event e JOIN deal d ON d.id = e.deal WHERE d.name = ? AND e.type = ? AND e.actor = ?`), k.deal(a), a.event, a.actor)
	if err != nil {
		k.t.Fatal(err)
	}
	return n
}
