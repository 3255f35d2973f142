package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pipewright/store"
	"pipewright/store/pgtest"
)

// childEnv makes the test's own binary be the program.
const childEnv = "PIPEWRIGHT_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], terminal{out: os.Stdout, err: os.Stderr, config: func() (Config, error) {
		cfg, err := readConfig()
		cfg.pace, cfg.lease = time.Millisecond, 3*time.Second
		return cfg, err
	}}))
}

// child is the bot in a process of its own.
type child struct {
	t      *testing.T
	env    []string
	listen string
	mu     sync.Mutex
	cmd    *exec.Cmd
}

func newChild(t *testing.T, l *lab) *child {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, listen: free.Addr().String()}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	c.env = append(os.Environ(), childEnv+"=1", "SLACK_BOT_TOKEN="+l.cfg.BotToken, "SLACK_APP_TOKEN="+l.cfg.AppToken, "SLACK_SIGNING_SECRET="+l.cfg.SigningSecret,
		"SLACK_MODE="+l.cfg.Mode, "SLACK_API_URL="+l.cfg.APIURL, "DATABASE_URL="+l.cfg.Database, "LISTEN_ADDR="+c.listen, "ADMINS="+userSam, "DEALS_CHANNEL="+channelDeals, "TIME_ZONE="+companyZone, "LOCALE=en-US", "LOG_LEVEL=error")
	if l.cfg.Mode == modeHTTP {
		l.ground.SetEventsURL("http://" + c.listen)
	}
	t.Cleanup(func() { c.signal(syscall.SIGKILL) })
	return c
}

// start starts the process and returns when it is ready; it must be within five seconds.
func (c *child) start() {
	c.t.Helper()
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command(self, "run")
	cmd.Env, cmd.Stderr = c.env, os.Stderr
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	c.cmd = cmd
	c.mu.Unlock()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, status := c.get("/readyz"); status == http.StatusOK {
			return
		}
	}
	said, _ := c.get("/readyz")
	c.t.Errorf("not ready within five seconds: %s", said)
}

func (c *child) signal(s syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd != nil {
		_ = c.cmd.Process.Signal(s)
		_ = c.cmd.Wait()
		c.cmd = nil
	}
}

func (c *child) get(path string) (string, int) {
	client := http.Client{Timeout: time.Second}
	res, err := client.Get("http://" + c.listen + path)
	if err != nil {
		return err.Error(), 0
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	return string(raw), res.StatusCode
}

// TestKilled kills the bot again and again while people work: what was
// acknowledged stands, nothing happens twice, and every message is posted once.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	for _, test := range []struct {
		name, mode string
		database   func(*testing.T) string
	}{
		{"sqlite", modeSocket, sqliteFile},
		{"postgres", modeHTTP, func(t *testing.T) string { return pgtest.Start(t) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			seed := uint64(time.Now().UnixNano())
			t.Logf("seed %d", seed)
			killed(t, openLab(t, test.database(t), test.mode), rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func killed(t *testing.T, l *lab, dice *rand.Rand) {
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
	c := newChild(t, l)
	c.start()
	s := &story{t: t, lines: []line{{1, "killed"}}, lab: l}
	s.ask("command", obj{"user": "ana", "channel": "deals", "command": "/deal", "text": "new Granite 9k"})

	acknowledged := map[string]bool{}
	var mu sync.Mutex
	var people sync.WaitGroup
	stop := make(chan struct{})
	for worker := range 4 {
		people.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				note := fmt.Sprintf("note-%d-%d.", worker, n)
				out, problem := s.tryAsk("command", obj{"user": "ana", "channel": "deals", "command": "/log", "text": "call granite 25m " + note})
				if problem == "" && strings.Contains(fmt.Sprint(out["reply"]), "Logged") {
					mu.Lock()
					acknowledged[note] = true
					mu.Unlock()
				} else {
					time.Sleep(50 * time.Millisecond)
				}
			}
		})
	}
	for range 8 {
		time.Sleep(time.Duration(100+dice.IntN(700)) * time.Millisecond)
		c.signal(syscall.SIGKILL)
		c.start()
	}
	close(stop)
	people.Wait()
	delivered(t, c)
	c.signal(syscall.SIGTERM)
	if len(acknowledged) < 20 {
		t.Errorf("only %d commands were acknowledged: the test shows little", len(acknowledged))
	}
	reckon(t, s, acknowledged)
}

// delivered waits until the outbox is empty.
func delivered(t *testing.T, c *child) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if said, _ := c.get("/metrics"); strings.Contains(said, "pipewright_outbox_due 0") {
			return
		}
	}
	t.Error("the outbox does not empty")
}

// reckon compares what was acknowledged with the database and with the channel.
func reckon(t *testing.T, s *story, acknowledged map[string]bool) {
	t.Helper()
	st, err := openStore(t.Context(), s.lab.cfg, s.lab.log)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	logged := loggedNotes(t, st)
	thread := s.message("sam", "deals", "Granite")
	shown := s.messages("sam", "deals", str(thread["ts"]))
	for note := range acknowledged {
		if logged[note] == 0 {
			t.Errorf("%s was acknowledged and is lost", note)
		}
	}
	for note, n := range logged {
		posts := 0
		for _, m := range shown {
			if strings.Contains(words(m), note) {
				posts++
			}
		}
		if n != 1 || posts != 1 {
			t.Errorf("%s was logged %d times and posted %d times", note, n, posts)
		}
	}
	t.Logf("%d acknowledged, %d logged", len(acknowledged), len(logged))
	if _, err := st.Seal(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if report, err := st.VerifyAudit(t.Context()); err != nil || report.Broken != nil {
		t.Errorf("the audit trail does not hold: %+v, %v", report.Broken, err)
	}
}

// loggedNotes counts the notes of the first deal's activities, as the database has them.
func loggedNotes(t *testing.T, st *store.Store) map[string]int {
	t.Helper()
	logged := map[string]int{}
	err := st.Read(t.Context(), func(ctx context.Context, r *store.Reader) error {
		activities, err := r.Activities(ctx, 1)
		for _, a := range activities {
			logged[a.Note]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return logged
}
