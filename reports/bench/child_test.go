package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pipewright/reports"
	"pipewright/store"
)

// measured is what a process of its own found out; times in milliseconds.
type measured struct {
	Answer answer
	First  float64   // until the first report, the funnel
	Whole  float64   // until the whole answer
	CPU    float64   // processor time meanwhile, of all threads
	Peak   float64   // MB resident at most
	Rounds []float64 // warm: the time of each round of six reports
	CPUs   []float64 // and its processor time
}

// jobs are what a child can do; the child is this program again, with its job as arguments.
var jobs = map[string]func(args []string) (measured, error){"ours": oursCold, "duck": duckCold, "warm": warm}

func TestMain(m *testing.M) {
	if job, ok := jobs[os.Getenv("PIPEWRIGHT_BENCH_JOB")]; ok {
		stop := profile(os.Getenv("PIPEWRIGHT_BENCH_PROFILE"))
		out, err := job(strings.Fields(os.Getenv("PIPEWRIGHT_BENCH_ARGS")))
		stop()
		if err == nil {
			out.Peak, err = resident()
		}
		if err == nil {
			err = json.NewEncoder(os.Stdout).Encode(out)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// profile writes down where the processor time goes, into a file of that name.
func profile(name string) (stop func()) {
	if name == "" {
		return func() {}
	}
	f, err := os.Create(name)
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}
}

// child runs a job in a process of its own.
func child(tb testing.TB, job string, args ...string) measured {
	tb.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), "PIPEWRIGHT_BENCH_JOB="+job, "PIPEWRIGHT_BENCH_ARGS="+strings.Join(args, " "))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("%s: %v\n%s", job, err, stderr.String())
	}
	var m measured
	must(tb, json.Unmarshal(out, &m))
	return m
}

// oursCold opens the database and answers.
func oursCold(args []string) (m measured, err error) {
	ctx, done := context.Background(), m.clock()
	st, err := store.Open(ctx, args[0], store.Options{})
	if err != nil {
		return m, err
	}
	defer st.Close()
	if err := answerAll(ctx, st, asOf, "funnel"); err != nil {
		return m, err
	}
	m.First, _ = done()
	m.Answer, err = ours(ctx, st)
	m.Whole, m.CPU = done()
	return m, err
}

func duckCold(args []string) (m measured, err error) {
	ctx, done := context.Background(), m.clock()
	db, err := duckOpen(args[0], args[1])
	if err != nil {
		return m, err
	}
	defer db.Close()
	m.Answer, err = theirs(ctx, db)
	m.Whole, m.CPU = done()
	return m, err
}

// warm answers all six reports after each new event.
func warm(args []string) (m measured, err error) {
	ctx := context.Background()
	st, err := store.Open(ctx, args[0], store.Options{})
	if err != nil {
		return m, err
	}
	defer st.Close()
	deals, err1 := strconv.ParseInt(args[1], 10, 64)
	rounds, err2 := strconv.Atoi(args[2])
	if err1 != nil || err2 != nil {
		return m, fmt.Errorf("warm %v: want the address, deals and rounds", args)
	}
	if err := answerAll(ctx, st, asOf, reports.Names()...); err != nil {
		return m, err
	}
	rng := rand.New(rand.NewPCG(2, uint64(deals)))
	for i := range rounds {
		now := asOf.Add(time.Duration(i+1) * time.Minute)
		if err := move(ctx, st, 1+rng.Int64N(deals), now); err != nil {
			return m, err
		}
		done := m.clock()
		if err := answerAll(ctx, st, now, reports.Names()...); err != nil {
			return m, err
		}
		took, cpu := done()
		m.Rounds, m.CPUs = append(m.Rounds, took), append(m.CPUs, cpu)
	}
	return m, nil
}

func answerAll(ctx context.Context, st *store.Store, asOf time.Time, names ...string) error {
	return st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		for _, name := range names {
			if _, err := reports.Compute(ctx, r, name, reports.Options{AsOf: asOf}); err != nil {
				return err
			}
		}
		return nil
	})
}

// clock starts to measure; what it returns tells the time and the processor time since.
func (m *measured) clock() func() (wall, cpu float64) {
	begin, used := time.Now(), processor()
	return func() (float64, float64) { return float64(time.Since(begin).Microseconds()) / 1000, processor() - used }
}

func processor() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// resident returns what the process had resident at most. (What rusage says counts the parent's memory as well.)
func resident() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); f[0] == "VmHWM:" {
			kB, err := strconv.ParseFloat(f[1], 64)
			return kB / 1000, err
		}
	}
	return 0, nil
}

func percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}
