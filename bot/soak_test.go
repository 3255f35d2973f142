package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pipewright/store"
)

var (
	soakFor  = flag.Duration("soak", 0, "how long TestSoak runs; 0 leaves it out")
	soakRate = flag.Int("soak-rate", 200, "commands a second of TestSoak")
)

// TestSoak keeps a bot in a process of its own busy for long, with a fault of Slack's every thirty seconds, and
// looks whether it grows: memory, goroutines, open files, the log of the database, what waits to be
// delivered. In the end what was acknowledged is there, everything is delivered, and the audit trail holds.
func TestSoak(t *testing.T) {
	if *soakFor == 0 {
		t.Skip("make soak runs it")
	}
	file := filepath.Join(t.TempDir(), "soak.db")
	l := openLab(t, "sqlite:"+file, modeSocket)
	st, err := openStore(t.Context(), l.cfg, l.log)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(saveMap(t.Context(), st, companyMap(), time.Now()), seedMany(t.Context(), st), st.Close()); err != nil {
		t.Fatal(err)
	}
	k := &soak{story: &story{t: t, lines: []line{{1, "soak"}}, lab: l}, c: newChild(t, l), file: file}
	k.c.start()
	k.run()
	for end := time.Now().Add(10 * time.Minute); time.Now().Before(end) && k.sample().due > 0; {
		time.Sleep(time.Second)
	}
	delivered(t, k.c)
	k.c.signal(syscall.SIGTERM)
	k.grew()
	k.reckon()
}

// soak is a bot under load.
type soak struct {
	*story
	c    *child
	file string

	sent, logged, refused atomic.Int64
	mu                    sync.Mutex
	answers               map[string]int // first words of what was no answer to a log
	took                  []time.Duration
	samples               []sample
}

// sample is how large the bot is at one moment.
type sample struct{ memory, goroutines, files, due, wal float64 }

// run sends commands at the rate, each at its own instant.
func (k *soak) run() {
	k.answers = map[string]int{}
	begun, total := time.Now(), int64(soakFor.Seconds()*float64(*soakRate))
	stop := make(chan struct{})
	var watchers, people sync.WaitGroup
	watchers.Go(func() { k.every(10*time.Second, stop, func(int) { k.samples = append(k.samples, k.sample()) }) })
	watchers.Go(func() { k.every(30*time.Second, stop, k.fault) })
	for range 64 {
		people.Go(func() {
			client := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
			for i := k.sent.Add(1) - 1; i < total; i = k.sent.Add(1) - 1 {
				due := begun.Add(time.Duration(i) * time.Second / time.Duration(*soakRate))
				time.Sleep(time.Until(due))
				k.command(client, int(i), due)
			}
		})
	}
	people.Wait()
	k.t.Logf("%d commands in %s: %.0f a second", total, time.Since(begun).Round(time.Second), float64(total)/time.Since(begun).Seconds())
	close(stop)
	watchers.Wait()
}

func (k *soak) every(pause time.Duration, stop <-chan struct{}, do func(n int)) {
	for n := 0; ; n++ {
		select {
		case <-time.After(pause):
			do(n)
		case <-stop:
			return
		}
	}
}

// command is the i-th: of ten, one activity, three changes of a field, and six questions.
func (k *soak) command(client *http.Client, i int, due time.Time) {
	deal := i%benchDeals + 1
	user, name, text := benchOwner(deal), "/deal", fmt.Sprintf("D-%d", deal)
	switch i % 10 {
	case 0:
		name, text = "/log", fmt.Sprintf("call D-%d 25m soaked %d.", deal, i)
	case 1, 2, 3:
		text = fmt.Sprintf("set D-%d source campaign %d", deal, i)
	case 4:
		text = "list mine"
	case 5:
		name, text = "/approvals", ""
	}
	body, err := json.Marshal(obj{"user": user, "channel": "deals", "command": name, "text": text})
	if err != nil {
		k.t.Error(err)
		return
	}
	res, err := client.Post(k.lab.ground.URL()+"/_control/command", "application/json", strings.NewReader(string(body)))
	if err != nil {
		k.t.Error(err)
		return
	}
	defer res.Body.Close()
	var out obj
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		k.t.Error(err)
		return
	}
	reply, problem := fmt.Sprint(out["reply"]), str(out["error"])
	k.mu.Lock()
	defer k.mu.Unlock()
	k.took = append(k.took, time.Since(due))
	switch {
	case problem != "":
		k.refused.Add(1)
		k.answers[problem]++
	case name == "/log" && strings.Contains(reply, ".undo"):
		k.logged.Add(1)
	case name == "/log":
		k.answers[words(asObj(out["reply"]))]++
	}
}

// fault has Slack misbehave in one way after the other.
func (k *soak) fault(n int) {
	faults := []obj{
		{"method": "chat.postMessage", "kind": "rate_limited", "times": 5, "retry_after": 2},
		{"method": "chat.update", "kind": "error", "times": 20},
		{"method": "chat.postMessage", "kind": "lost_reply", "times": 3},
		{"kind": "disconnect"},
		{"method": "chat.update", "kind": "slow", "times": 10, "ms": 3000},
		{"method": "chat.postMessage", "kind": "disconnect", "times": 10},
		{"method": "chat.update", "kind": "rate_limited", "times": 5, "retry_after": 2},
	}
	if _, problem := k.tryAsk("faults", faults[n%len(faults)]); problem != "" {
		k.t.Error(problem)
	}
}

func (k *soak) sample() sample {
	said, _ := k.c.get("/metrics")
	s := sample{
		memory:     gauge(said, "process_resident_memory_bytes") / 1e6,
		goroutines: gauge(said, "go_goroutines"), files: gauge(said, "process_open_fds"), due: gauge(said, "pipewright_outbox_due"),
	}
	if info, err := os.Stat(k.file + "-wal"); err == nil {
		s.wal = float64(info.Size()) / 1e6
	}
	return s
}

// gauge reads one value of the metrics.
func gauge(metrics, name string) float64 {
	for line := range strings.Lines(metrics) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err == nil {
				return v
			}
		}
	}
	return -1
}

// grew compares the last third of the time with the third before.
func (k *soak) grew() {
	n := len(k.samples)
	if n < 6 {
		k.t.Fatalf("only %d samples: let it run for longer", n)
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		load = []byte("unknown")
	}
	k.t.Logf("load of the machine: %s", load)
	for _, of := range []struct {
		what  string
		value func(s sample) float64
		spare float64 // that it may grow by, beside a quarter
	}{
		{"memory, MB", func(s sample) float64 { return s.memory }, 20},
		{"goroutines", func(s sample) float64 { return s.goroutines }, 50},
		{"open files", func(s sample) float64 { return s.files }, 20},
		{"log of the database, MB", func(s sample) float64 { return s.wal }, 16},
		{"waiting to be delivered", func(s sample) float64 { return s.due }, 1000},
	} {
		median := func(part []sample) float64 {
			var values []float64
			for _, s := range part {
				values = append(values, of.value(s))
			}
			slices.Sort(values)
			return values[len(values)/2]
		}
		first, before, after := median(k.samples[:n/3]), median(k.samples[n/3:2*n/3]), median(k.samples[2*n/3:])
		most := of.value(slices.MaxFunc(k.samples, func(a, b sample) int { return int(of.value(a)*100) - int(of.value(b)*100) }))
		k.t.Logf("%s: medians of the thirds %.1f, %.1f, %.1f; at most %.1f", of.what, first, before, after, most)
		if after > before*1.25+of.spare {
			k.t.Errorf("%s grows", of.what)
		}
	}
}

// reckon compares what was acknowledged with the database, and walks the audit trail.
func (k *soak) reckon() {
	slices.Sort(k.took)
	k.t.Logf("answered after %s (median), %s (99th percentile); %d failed visibly; other answers: %v",
		k.took[len(k.took)/2].Round(time.Millisecond), k.took[len(k.took)*99/100].Round(time.Millisecond), k.refused.Load(), k.answers)
	st, err := openStore(k.t.Context(), k.lab.cfg, k.lab.log)
	if err != nil {
		k.t.Fatal(err)
	}
	defer st.Close()
	there := map[string]int{}
	err = st.Read(k.t.Context(), func(ctx context.Context, r *store.Reader) error {
		for id := range int64(benchDeals) {
			all, err := r.Activities(ctx, id+1)
			if err != nil {
				return err
			}
			for _, a := range all {
				there[a.Note]++
			}
		}
		return nil
	})
	if err != nil {
		k.t.Fatal(err)
	}
	for note, n := range there {
		if n != 1 {
			k.t.Errorf("%s is there %d times", note, n)
		}
	}
	if logged := int(k.logged.Load()); len(there) < logged {
		k.t.Errorf("%d were acknowledged, and %d are there", logged, len(there))
	}
	for {
		n, err := st.Seal(k.t.Context(), time.Now())
		if err != nil {
			k.t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	report, err := st.VerifyAudit(k.t.Context())
	if err != nil || report.Broken != nil {
		k.t.Errorf("the audit trail does not hold: %+v, %v", report.Broken, err)
	}
	k.t.Logf("%d activities acknowledged, %d there; audit: %d events", k.logged.Load(), len(there), report.Events)
}
